"""Roads in tiny worlds that can be computed by hand, and searches against networkx."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest

import npc_world as nw
from npc_world.arena.towns import STYLES, make_town
from npc_world.models.road_belief import Eta, RoadBelief
from npc_world.planners.roads_search import arrival_times, eta_of, quickest_route


def two_ways() -> nx.DiGraph:
    """a to d by b (100 px each, a street) or by c (150 px each)."""
    town = nx.DiGraph()
    for name, at in {"a": (0, 0), "b": (70, 70), "c": (70, -120), "d": (140, 0)}.items():
        town.add_node(name, pos=at)
    for road, length in {("a", "b"): 100, ("b", "d"): 100, ("a", "c"): 150, ("c", "d"): 150}.items():
        town.add_edge(*road, length_px=length, speed_px_s=50, name=f"{road[0]}{road[1]}")
    return town


def test_the_quickest_way_changes_with_the_time_of_day() -> None:
    roads = nw.RoadMap(two_ways())
    seconds = np.repeat(roads.free_s[:, None], 4, axis=1)
    seconds[roads.edge(("b", "d")), 2] = 60.0
    is_open = np.ones(4, dtype=bool)
    assert [roads.edges[e] for e in quickest_route(roads, seconds, is_open, 0, 3, 12.5, 100.0)] == [("a", "b"), ("b", "d")]  # type: ignore[union-attr]
    assert [roads.edges[e] for e in quickest_route(roads, seconds, is_open, 0, 3, 60.5, 100.0)] == [("a", "c"), ("c", "d")]  # type: ignore[union-attr]


def test_a_closed_road_is_gone_round_and_a_closed_town_has_no_way() -> None:
    roads = nw.RoadMap(two_ways())
    is_open = np.ones(4, dtype=bool)
    is_open[roads.edge(("a", "b"))] = False
    assert [roads.edges[e] for e in quickest_route(roads, roads.free_s[:, None], is_open, 0, 3, 0.0, 100.0)] == [("a", "c"), ("c", "d")]  # type: ignore[union-attr]
    is_open[roads.edge(("c", "d"))] = False
    assert quickest_route(roads, roads.free_s[:, None], is_open, 0, 3, 0.0, 100.0) is None


@pytest.mark.parametrize("style", STYLES)
def test_it_finds_what_networkx_finds(style: str) -> None:
    for seed in range(5):
        town = make_town(seed, style)
        assert nx.is_strongly_connected(town)
        roads = nw.RoadMap(town)
        rng = np.random.default_rng(seed)
        seconds = roads.free_s * rng.uniform(0.5, 2.0, len(roads.edges))
        nx.set_edge_attributes(town, dict(zip(roads.edges, seconds, strict=True)), "s")
        expected = nx.single_source_dijkstra_path_length(town, roads.nodes[0], weight="s")
        arrival, _ = arrival_times(roads, seconds[:, None], np.ones(len(seconds), dtype=bool), 0, 0.0, 100.0)
        assert arrival == pytest.approx([expected[node] for node in roads.nodes])
        goal = len(roads.nodes) - 1
        route = quickest_route(roads, seconds[:, None], np.ones(len(seconds), dtype=bool), 0, goal, 0.0, 100.0)
        assert route is not None and seconds[route].sum() == pytest.approx(expected[roads.nodes[goal]])


def test_what_roads_share_adds_up_more_than_what_is_their_own() -> None:
    roads = nw.RoadMap(two_ways())
    route, flat = [roads.edge(("a", "b")), roads.edge(("b", "d"))], np.zeros((4, 2))
    log_s = np.log(np.repeat(roads.free_s[:, None], 2, axis=1))
    own = eta_of(roads, RoadBelief(log_s, flat + 0.04, flat, 0.0, np.zeros(4), 100.0), route, 0.0)
    shared = eta_of(roads, RoadBelief(log_s, flat, flat, 0.04, np.zeros(4), 100.0), route, 0.0)
    assert own.mean_s == pytest.approx(4.0 * np.exp(0.02)) and shared.mean_s == pytest.approx(own.mean_s)
    assert shared.high_s - shared.low_s == pytest.approx((own.high_s - own.low_s) * 2**0.5, rel=0.02)


def test_eighty_of_a_hundred_draws_lie_in_the_interval() -> None:
    eta, rng = Eta(40.0, 0.2), np.random.default_rng(3)
    draws = 40.0 * np.exp(rng.normal(-0.02, 0.2, 20000))
    assert np.mean((draws >= eta.low_s) & (draws <= eta.high_s)) == pytest.approx(0.8, abs=0.01)
    assert draws.mean() == pytest.approx(40.0, rel=0.01)


@pytest.mark.parametrize(("change", "said"), [
    ({"length_px": -1}, "length_px=-1"), ({"speed_px_s": float("nan")}, "speed_px_s=nan"), ({"length_px": "far"}, "length_px='far'"),
])
def test_bad_roads_are_named(change: dict[str, Any], said: str) -> None:
    town = two_ways()
    town.edges["a", "b"].update(change)
    with pytest.raises(nw.BadInputError, match=said):
        nw.RoadMap(town)


def test_bad_maps_and_places_are_named() -> None:
    with pytest.raises(nw.BadInputError, match="no roads"):
        nw.RoadMap(nx.DiGraph())
    town = two_ways()
    del town.nodes["b"]["pos"]
    with pytest.raises(nw.BadInputError, match="'b'"):
        nw.RoadMap(town)
    roads = nw.RoadMap(two_ways())
    with pytest.raises(nw.BadInputError, match="'nowhere'"):
        roads.node("nowhere")
    with pytest.raises(nw.BadInputError, match="'d', 'a'"):
        roads.edge(("d", "a"))

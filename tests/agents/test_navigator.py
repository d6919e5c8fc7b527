"""The navigator on a square with a short and a long way."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

import npc_world as nw


def town(second_px: float = 300.0) -> nx.Graph:
    graph = nx.Graph()
    for name, at in {"depot": (0, 0), "north": (200, -100), "south": (200, 100), "baker": (400, 0)}.items():
        graph.add_node(name, pos=at)
    graph.add_edge("depot", "north", length_px=250, name="Mill Street")
    graph.add_edge("north", "baker", length_px=250, name="the bridge")
    graph.add_edge("depot", "south", length_px=second_px, name="Harbour Road")
    graph.add_edge("south", "baker", length_px=second_px, name="Harbour Road")
    return graph


def navigator(second_px: float = 300.0) -> nw.Navigator:
    return nw.Navigator(nw.RoadMap(town(second_px)), day_s=240.0)


def test_it_takes_the_short_way_and_says_so() -> None:
    nav = navigator()
    promise = nav.depart(0.0, "depot", "baker")
    assert promise.low_s < 5.0 < promise.high_s
    assert nav.next_road(0.0, "depot") == ("depot", "north")
    said = str(nav.explain(0.0))
    assert "in 8 of 10 days" in said and "better than Harbour Road" in said


def test_it_learns_of_a_closure_only_by_seeing_it_and_goes_round() -> None:
    nav = navigator()
    nav.depart(0.0, "depot", "baker")
    nav.next_road(0.0, "depot")
    nav.observe_closed(2.5, ("north", "baker"))
    assert nav.next_road(3.0, "north") == ("north", "depot"), "there is no other way than back"
    assert "the bridge is closed" in nav.rerouted
    assert nav.next_road(6.0, "depot") == ("depot", "south")
    assert "closed since 4 s" in str(nav.explain(6.0))


def test_a_closure_seen_long_ago_is_tried_again() -> None:
    nav = navigator()
    nav.observe_closed(0.0, ("depot", "north"))
    nav.depart(10.0, "depot", "baker")
    assert nav.next_road(10.0, "depot") == ("depot", "south")
    nav.depart(500.0, "depot", "baker")
    assert nav.next_road(500.0, "depot") == ("depot", "north")


def test_it_takes_another_way_only_for_a_gain_beyond_its_hysteresis() -> None:
    nav = navigator(second_px=255.0)
    nav.depart(0.0, "depot", "baker")
    for k in range(3):
        nav.observe(("north", "baker"), 0.1 * k, 2.6)
    assert nav.next_road(1.0, "depot") == ("depot", "north"), "a little slower is no reason"
    for k in range(6):
        nav.observe(("depot", "north"), 1.0 + 0.1 * k, 9.0)
    assert nav.next_road(2.0, "depot") == ("depot", "south")
    assert "quicker" in nav.rerouted


def test_an_unknown_road_is_tried_when_many_trips_can_gain_by_it() -> None:
    def first(trips_left: int) -> object:
        nav = navigator(second_px=280.0)
        for k in range(30):
            nav.observe(("depot", "north"), 8.0 * k, 2.5)
            nav.observe(("north", "baker"), 8.0 * k + 3.0, 2.5)
        nav.depart(240.0, "depot", "baker", trips_left)
        return nav.next_road(240.0, "depot")

    assert first(0) == ("depot", "north")
    assert first(200) == ("depot", "south")


def test_promises_widen_when_arrivals_are_late() -> None:
    nav = navigator()
    before = nav.depart(0.0, "depot", "baker").log_sd
    for k in range(15):
        nav.arrived(20.0 * k + 15.0)
        after = nav.depart(20.0 * (k + 1), "depot", "baker").log_sd
    assert after > 1.1 * before


def test_closed_in_it_waits_and_bad_places_are_named() -> None:
    nav = navigator()
    nav.observe_closed(0.0, ("depot", "north"))
    nav.observe_closed(0.0, ("depot", "south"))
    nav.depart(0.0, "depot", "baker")
    assert nav.next_road(0.0, "depot") is None and "closed" in str(nav.explain(0.0))
    nav.observe_closed(1.0, ("depot", "south"), closed=False)
    assert nav.next_road(1.0, "depot") == ("depot", "south")
    with pytest.raises(nw.BadInputError, match="'moon'"):
        nav.depart(0.0, "depot", "moon")
    with pytest.raises(nw.BadInputError, match="trips_left='x'"):
        nav.depart(0.0, "depot", "baker", trips_left="x")  # type: ignore[arg-type]


def test_the_same_story_gives_the_same_bits() -> None:
    def run() -> list[float]:
        nav, rng, told = navigator(), np.random.default_rng(5), []
        for k in range(20):
            nav.observe(int(rng.integers(8)), 10.0 * k, float(rng.uniform(2, 6)))
            told.append(nav.depart(10.0 * k, "depot", "baker", 5).mean_s)
        return told

    assert run() == run()


def test_who_is_there_already_says_so_and_does_not_wait_for_a_road() -> None:
    nav = navigator()
    assert nav.depart(0.0, "baker", "baker").mean_s == 0.0
    assert nav.next_road(0.0, "baker") is None and str(nav.explain(0.0)) == "I am there."


def test_what_is_no_road_map_and_no_time_is_named() -> None:
    with pytest.raises(nw.BadInputError, match=r"roads=.*nw\.RoadMap\(graph\)"):
        nw.Navigator(town(300.0), day_s=240.0)  # type: ignore[arg-type]
    with pytest.raises(nw.BadInputError, match="day_s='long'"):
        nw.Navigator(nw.RoadMap(town(300.0)), day_s="long")  # type: ignore[arg-type]
    with pytest.raises(nw.BadInputError, match="time_s='now'"):
        navigator().depart("now", "depot", "baker")  # type: ignore[arg-type]
    circle = nx.DiGraph()
    circle.add_node(1, pos=(0, 0))
    circle.add_edge(1, 1)
    with pytest.raises(nw.BadInputError, match="no roads"):
        nw.RoadMap(circle)


def test_what_was_learned_of_roads_outlives_the_game(tmp_path: Path) -> None:
    nav, file = navigator(), tmp_path / "atlas.npz"
    for day in range(6):
        nav.observe(("depot", "north"), 240.0 * day + 30.0, 9.0)
    nav.observe_closed(1400.0, ("north", "baker"))
    nav.save(file)
    other = navigator()
    other.restore(file)
    # another day: what was learned counts, that morning's traffic does not
    assert other.depart(1450.0, "depot", "baker") == nav.depart(1450.0, "depot", "baker")
    assert other.closed_s == nav.closed_s and other.times.seen.tolist() == nav.times.seen.tolist()
    fresh = navigator()
    assert fresh.depart(1450.0, "depot", "baker") != other.eta
    strange = nx.DiGraph()
    strange.add_node(1, pos=(0, 0))
    strange.add_node(2, pos=(50, 0))
    strange.add_edge(1, 2)
    with pytest.raises(nw.SaveFileError, match="other roads"):
        nw.Navigator(nw.RoadMap(strange), day_s=240.0).restore(file)
    file.write_bytes(b"no file")
    with pytest.raises(nw.SaveFileError, match=r"atlas\.npz"):
        fresh.restore(file)

"""The courier's town and its rivals, without a window: what they see, what they believe, and that a day is decided by driving."""

from __future__ import annotations

import math

import numpy as np
import pytest

from demos.courier.balance import row
from demos.courier.drivers import NavigatorDriver, wake_drivers
from demos.courier.headless import run_day
from demos.courier.records import Barrier
from demos.courier.scripted import ScriptedCourier
from demos.courier.town import DAY_S, DAYS, Town
from demos.courier.world import SIGHT_PX, CourierWorld
from demos.hunt.records import Controls
from npc_world.planners.roads_search import arrival_times

TOWN = Town(3)


def started(day: int = 1, town: Town = TOWN) -> CourierWorld:
    world = CourierWorld(town, day)
    while world.grace_s > 0.0:
        world.step(Controls())
    return world


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("day", range(1, DAYS + 1))
def test_every_stop_of_every_day_can_be_reached(seed: int, day: int) -> None:
    town = TOWN if seed == 3 else Town(seed)
    today = town.day(day)
    is_open = np.ones(len(town.roads.edges), dtype=np.bool_)
    is_open[[*today.closed, *today.absent]] = False
    here = today.depot
    for stop in today.stops:
        arrival, _ = arrival_times(town.roads, town.roads.free_s[:, None], is_open, here, 0.0, DAY_S)
        assert math.isfinite(arrival[stop.node])
        here = stop.node
    assert bool(today.closed) == (day in (2, 5)) and bool(today.absent) == (day < 3) and bool(today.slow) == (day in (4, 5))


def test_same_seed_same_day() -> None:
    first, second = (run_day(Town(5), 1, seconds=25.0) for _ in range(2))
    assert str(first) == str(second)


def test_a_stranger_a_local_and_a_trickster_all_finish_or_see_it_decided() -> None:
    result = run_day(TOWN, 1, "trickster")
    assert result.state in ("won", "lost") and sorted(result.places.values()) == [1, 2, 3]
    first = min(result.places, key=lambda who: result.places[who])
    assert result.done[first] == max(result.done.values())
    assert f"{100 * (result.places['you'] == 1):4.0f} %" in row([result]) and str(result).startswith("courier: ")


def test_a_barrier_is_known_only_to_who_comes_near() -> None:
    world = started()
    atlas = world.rivals[0]
    mind = world.drivers["Atlas"]
    here = world.position(atlas)
    far = max(range(len(world.roads.edges)), key=lambda e: math.dist(world.town.point(e, 10.0), here) - 1e6 * (e in world.today.absent))
    near = int(mind.nav.route[0])
    for edge in (far, near):
        world.barriers[edge] = Barrier(math.inf, 0.5 * world.town.length_px[edge])
    for _ in range(30):
        world.step(Controls())
    assert math.dist(world.barrier_at(near), here) < SIGHT_PX + 100.0
    assert near in mind.nav.closed_s and far not in mind.nav.closed_s


def test_the_navigator_is_told_of_no_closure_in_the_morning_but_of_the_new_bypass() -> None:
    drivers = wake_drivers(TOWN)
    mind = drivers["Atlas"]
    assert isinstance(mind, NavigatorDriver)
    CourierWorld(TOWN, 2, drivers)
    assert not mind.nav.closed_s and mind.nav.not_built == set(TOWN.bypass)
    CourierWorld(TOWN, 3, drivers)
    assert not mind.nav.not_built and mind.nav.open_roads(3 * DAY_S).all()


def test_red_holds_everyone_and_who_boosts_through_loses_the_boost() -> None:
    world = started()
    car = world.player
    edge = next(e for e in range(len(world.roads.edges)) if int(world.roads.head[e]) in TOWN.lights and TOWN.length_px[e] > 150
                and int(world.roads.head[e]) != world.stops[0].node and not world.barriers and not world.green(e))
    world.others.clear()
    world._enter(car, edge)
    car.along_px = TOWN.length_px[edge] - 60.0
    while not world.green(edge):
        world.step(Controls())
    while world.green(edge):
        world.step(Controls())
        car.along_px = TOWN.length_px[edge] - 60.0
    for _ in range(90):
        world.step(Controls())
    assert car.edge == edge and car.speed_px_s == 0.0 and car.along_px <= TOWN.length_px[edge] - 24.0
    world.boost, kinds = 1.0, []
    for _ in range(30):
        world.step(Controls(dash=True))
        kinds += [event.kind for event in world.events]
    assert "whistle" in kinds and world.boost < 0.1


def test_barriers_are_limited_and_never_cut_anyone_off() -> None:
    world = started()
    left = world.barriers_left
    assert world.close_road(world.player.edge, 5.0) and world.barriers_left == left - 1
    assert not world.close_road(world.player.edge, 5.0), "there is one already"
    goal = world.goal(world.rivals[0])
    ways_in = [e for e in range(len(world.roads.edges)) if int(world.roads.head[e]) == goal and e not in world.today.absent]
    world.barriers_left = 99
    closed = [world.close_road(edge, 60.0) for edge in ways_in]
    world.step(Controls())
    assert not all(closed) and any(event.kind == "refused" for event in world.events)


def test_a_jam_makes_a_road_slow_and_ends() -> None:
    world = started()
    edge = world.player.edge
    before = world._speed(world.player)
    assert world.jam_road(edge)
    assert world._speed(world.player) < 0.5 * before
    world.jams = {edge: world.time_s + 0.01}
    world.step(Controls())
    world.step(Controls())
    assert edge not in world.jams


def test_promises_come_with_a_spread_and_reasons_with_a_sentence() -> None:
    world = started()
    hands = ScriptedCourier(world, "stranger")
    for _ in range(60 * 8):
        world.step(hands.controls())
    head, why = world.drivers["Atlas"].words(world, world.rivals[0])
    low_to_high = world.drivers["Atlas"].arrival_s()
    assert "±" in head and why.startswith("Via ") and low_to_high[1] < low_to_high[0] < low_to_high[2]
    head, why = world.drivers["Quill"].words(world, world.rivals[1])
    assert "usually" in head and why


def test_the_navigator_remembers_from_day_to_day() -> None:
    drivers = wake_drivers(TOWN)
    fresh = drivers["Atlas"].nav.believed(2.5 * DAY_S).own_var.mean()
    run_day(TOWN, 1, "stranger", drivers=drivers, seconds=45.0)
    assert drivers["Atlas"].nav.believed(2.5 * DAY_S).own_var.mean() < fresh

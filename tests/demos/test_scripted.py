"""The scripted player: plays like a person who thinks, and a headless round tells how it went."""

from __future__ import annotations

import math

import numpy as np
import pytest

from demos.hunt.balance import row
from demos.hunt.canvas import Canvas
from demos.hunt.difficulty import Difficulty
from demos.hunt.headless import HuntResult, run_headless
from demos.hunt.levels import LEVELS
from demos.hunt.safe_ways import arrivals
from demos.hunt.scripted import ScriptedPlayer
from demos.hunt.world import Controls, HuntWorld
from tests.demos.hunt_world_kit import STILL, blind, chasers, field, world_of


def absent(party: object) -> list[object]:
    return []


@pytest.mark.parametrize("name", LEVELS)
def test_every_island_can_be_won_by_walking(name: str) -> None:
    """Nobody hunts (they stand far off and see nothing); bodies, currents, ice, bridges and doors are real."""
    from dataclasses import replace

    from demos.hunt.levels import make_level

    level = replace(make_level(name), hunter_starts=())
    result = run_headless(level, seed=1, seconds=240.0, minds=absent)  # type: ignore[arg-type]
    assert result.state == "won" and result.relics == result.relics_total, result


@pytest.mark.parametrize("seed", range(4))
def test_random_islands_can_be_won_by_walking(seed: int) -> None:
    from dataclasses import replace

    from demos.hunt.levels import make_level

    level = replace(make_level("random", seed), hunter_starts=())
    assert run_headless(level, seed=seed, seconds=240.0, minds=absent).state == "won"  # type: ignore[arg-type]


def test_arrivals_go_round_walls_and_respect_closing_times() -> None:
    tile_s = np.ones((5, 9))
    tile_s[1:4, 4] = np.inf
    never = np.full(tile_s.shape, np.inf)
    times, came = arrivals(tile_s, never, np.array([[2.0, 2.0]]), np.zeros(1))
    assert times[2, 3] == 1.0 and math.isinf(times[2, 4]) and times[2, 6] == pytest.approx(4.0 + 2.0 * math.sqrt(2.0))
    assert came[2, 2] == -1.0
    closes = never.copy()
    closes[0, :], closes[4, :] = 1.5, 1.5  # both ways round shut too soon
    shut, _ = arrivals(tile_s, closes, np.array([[2.0, 2.0]]), np.zeros(1))
    assert math.isinf(shut[2, 6])


def test_arrivals_take_the_slow_tile_into_account() -> None:
    tile_s = np.ones((1, 5))
    tile_s[0, 2] = 4.0
    times, _ = arrivals(tile_s, np.full((1, 5), np.inf), np.array([[0.0, 0.0], [0.0, 4.0]]), np.array([0.0, 10.0]))
    assert times[0].tolist() == [0.0, 1.0, 3.5, 6.0, 7.0]


def test_it_does_not_run_into_a_hunter_that_stands_in_the_way() -> None:
    """A gap with a hunter behind it that has seen the player: the near relic is left for the far one."""
    def walls(canvas: Canvas) -> None:
        canvas.paint(canvas.box(14, 1, 1, 10), "wall")
        canvas.gap(14, 9, 1, 2)

    world = world_of(field(hunter=(18, 10), paint=walls), chasers, difficulty=Difficulty(grace_s=0.0))
    player = ScriptedPlayer(world, 0)
    least = math.inf
    for _ in range(240):
        world.step(player.controls())
        least = min(least, math.dist(world.player.position, world.hunters[0].position))
    assert world.state == "playing" and least > 40.0


def test_it_dashes_or_smokes_when_cornered() -> None:
    def dead_end(canvas: Canvas) -> None:
        canvas.paint(canvas.box(1, 1, 38, 10), "wall")
        canvas.paint(canvas.box(2, 5, 30, 2), "road")
        canvas.paint(canvas.box(20, 5, 1, 6), "road")

    world = world_of(field(hunter=(14, 5), paint=dead_end), chasers, difficulty=Difficulty(grace_s=0.0))
    player = ScriptedPlayer(world, 0)
    used = []
    while world.state == "playing" and world.time_s < 20.0:
        world.step(player.controls())
        used += [event.kind for event in world.events if event.kind in ("dash", "smoke")]
    assert used


def test_it_sees_only_what_the_screen_shows() -> None:
    world = world_of(field(cols=60, hunter=(50, 6)), blind)
    player = ScriptedPlayer(world, 0)
    for _ in range(30):
        player.controls()
        world.step(STILL)
    assert not player._outlook.seen
    world.hunters[0].walker.body.position = (14 * 32, 6 * 32)
    for _ in range(30):
        world.step(STILL)
        player.controls()
    assert list(player._outlook.seen) == [world.hunters[0].name]


def test_same_seed_same_round() -> None:
    one, two = (run_headless("harbour", 4, "normal", 12.0, minds=chasers) for _ in range(2))
    assert (one.time_s, one.distance_px, one.relics, one.state) == (two.time_s, two.distance_px, two.relics, two.state)
    other = run_headless("harbour", 5, "normal", 12.0, minds=chasers)
    assert other.distance_px != one.distance_px


def test_a_frame_callback_sees_every_step() -> None:
    seen: list[float] = []

    def on_frame(world: HuntWorld) -> None:
        seen.append(world.time_s)

    result = run_headless("lake", 0, "calm", 1.0, on_frame, minds=blind)
    assert len(seen) == 60 and result.state == "playing" and result.caught_by is None and result.difficulty == "calm"


def test_the_balance_row_counts() -> None:
    won = run_headless("harbour", 0, "calm", 0.1, minds=blind)
    assert won.state == "playing" and "1 undecided" in row([won])
    made = HuntResult("lake", "normal", 0, "won", 60.0, 5, 5, 1000, 1, 9000.0, None, "", ())
    assert row([made] * 4).startswith(" 100 % [ 51, 100]")


def test_controls_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Controls().dash = True  # type: ignore[misc]

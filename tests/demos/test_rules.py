"""Relics, boat, catches, near misses: what a round is about."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from demos.hunt.canvas import Canvas
from demos.hunt.difficulty import DIFFICULTIES, Difficulty
from demos.hunt.rules import CATCH_S, Tally
from demos.hunt.world import Controls, HuntWorld
from tests.demos.hunt_world_kit import EAST, STILL, blind, chasers, field, run, world_of


def east_of_player(world: HuntWorld, away_px: float) -> tuple[float, float]:
    x, y = world.player.position
    return float(x) + away_px, float(y)


def test_relics_first_then_the_boat() -> None:
    world = world_of(field())
    world.player.walker.body.position = world.level.boat
    run(world, STILL, 0.2)
    assert world.state == "playing" and not world.boat.ready, "no boat without the relics"
    assert set(world.hunters[0].npc.goals or world.goals) == {"the ruby", "the boat"}  # type: ignore[attr-defined]
    world.player.walker.body.position = world.level.relics[0].position
    kinds = run(world, STILL, 0.1)
    assert "relic" in kinds and "boat_ready" in kinds and world.relics[0].taken
    assert set(world.hunters[0].npc.goals) == {"the boat"}, "the hunters are told what is left"  # type: ignore[attr-defined]
    world.player.walker.body.position = world.level.boat
    kinds = run(world, STILL, 0.1)
    assert "won" in kinds and world.state == "won"
    assert world.score == 100 + 500 + 5 * round(world.tally.par_s - world.time_s)


def test_contact_must_last_to_be_a_catch() -> None:
    world = world_of(field(hunter=(10, 6)), difficulty=Difficulty(grace_s=0.0))
    hunter = world.hunters[0].walker.body
    for _ in range(3):  # brushes past, again and again
        hunter.position = east_of_player(world, 24.0)
        run(world, STILL, CATCH_S - 0.03)
        hunter.position = east_of_player(world, 200.0)
        run(world, STILL, 0.05)
    assert world.state == "playing"
    hunter.position = east_of_player(world, 24.0)
    kinds = run(world, STILL, CATCH_S + 0.05)
    assert world.state == "caught" and "caught" in kinds
    assert world.caught_by is world.hunters[0] and world.why_caught is not None and world.why_caught.sentence == "Running at you."


def test_nothing_happens_after_the_round() -> None:
    world = world_of(field(hunter=(10, 6)), chasers)
    run(world, STILL, 20.0)
    assert world.state == "caught"
    before, time_s = world.player.position.copy(), world.time_s
    assert run(world, EAST, 1.0) == []
    assert np.array_equal(before, world.player.position) and world.time_s == time_s


def test_grace_hunters_stand_still_at_first() -> None:
    world = world_of(field(hunter=(10, 6)), chasers)
    start = world.hunters[0].position.copy()
    kinds = run(world, STILL, world.difficulty.grace_s - 0.05)
    assert math.dist(start, world.hunters[0].position) < 0.5 and "go" not in kinds
    kinds = run(world, STILL, 1.0)
    assert "go" in kinds and math.dist(start, world.hunters[0].position) > 60.0


def test_near_misses_count_once_per_escape() -> None:
    world = world_of(field(hunter=(30, 6)))
    hunter = world.hunters[0].walker.body
    for _ in range(2):
        hunter.position = east_of_player(world, 30.0)
        run(world, STILL, 0.1)
        hunter.position = east_of_player(world, 300.0)
        kinds = run(world, STILL, 0.3)
        assert kinds.count("near_miss") == 1
    assert world.near_misses == 2 and world.score == 50


def test_seen_is_told_and_lost_is_told() -> None:
    world = world_of(field(), chasers)
    kinds = run(world, STILL, world.difficulty.grace_s + 0.1)
    assert kinds.count("seen") == 1
    world.hunters[0].npc.sight_px = 0.0  # type: ignore[attr-defined]
    assert run(world, STILL, 1.0).count("lost") == 1


def test_an_unseen_player_is_not_shown_to_the_hunter() -> None:
    world = world_of(field(), blind)
    run(world, STILL, world.difficulty.grace_s + 1.0)
    mind = world.hunters[0].npc
    assert mind.shown and not any(mind.shown)  # type: ignore[attr-defined]


def test_hunters_are_slower_than_the_player() -> None:
    for name, difficulty in DIFFICULTIES.items():
        world = world_of(field(cols=80, hunter=(60, 6)), chasers, difficulty=name)
        run(world, STILL, difficulty.grace_s + 3.0)
        speed = math.hypot(*world.hunters[0].velocity)
        assert speed == pytest.approx(difficulty.speed_ratio * 170.0, rel=0.02), name
        assert 0.85 <= difficulty.speed_ratio <= 0.95


def test_difficulty_names_and_numbers() -> None:
    with pytest.raises(ValueError, match="difficulty='hard'"):
        world_of(field(), difficulty="hard")
    assert [d.hunters(3, 5) for d in DIFFICULTIES.values()] == [2, 3, 4]
    assert Difficulty(more_hunters=3).hunters(4, 5) == 5


def test_points() -> None:
    assert Tally(relics=4, near_misses=2, time_s=90.0, won=True, par_s=100.0).points == 400 + 50 + 500 + 50
    assert Tally(relics=4, near_misses=2, time_s=90.0, won=False, par_s=100.0).points == 450


def test_same_controls_same_chase() -> None:
    tracks = []
    for _ in range(2):
        world = world_of(field("ice"), chasers, seed=3)
        track = []
        for i in range(400):
            world.step(Controls(move=(math.cos(i / 30), math.sin(i / 20)), dash=i % 90 == 0))
            track.append((*world.player.position, *world.hunters[0].position))
        tracks.append(track)
    assert tracks[0] == tracks[1]


def test_the_reason_for_a_catch_is_the_last_word_on_cutting_off() -> None:
    world = world_of(field(hunter=(10, 6)), difficulty=Difficulty(grace_s=0.0))
    hunter = world.hunters[0]

    def says(sentence: str, numbers: dict[str, float], seconds: float) -> None:
        hunter.npc.explain = lambda: nw.Explanation(sentence, numbers)  # type: ignore[method-assign]
        run(world, STILL, seconds)

    for sentence, numbers in (("Waiting.", {}), ("Cutting you off.", {"lead_s": 1.0}), ("Closing in.", {}), ("Closing in now.", {})):
        says(sentence, numbers, 0.27)
    assert hunter.reasons().sentence == "Cutting you off."
    says("Closing in still.", {}, 5.0)
    assert hunter.reasons().sentence == "Closing in still."


def test_places_have_names_by_where_they_lie() -> None:
    def bridges(canvas: Canvas) -> None:
        canvas.bridge(4, 2, 3, 2)
        canvas.bridge(30, 9, 3, 2)

    assert set(world_of(field(paint=bridges)).places) == {"the north-west bridge", "the south-east bridge"}

"""Bodies that turn by the clock, in small worlds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.beliefs.legs import Legs

DT_S = 1 / 60
AHEAD_S = np.linspace(0.1, 2.0, 20)


def walk(legs: list[tuple[float, float]], speed: float = 100.0, dt_s: float = DT_S) -> np.ndarray:
    """(n, 2): legs of (seconds, heading in degrees)."""
    headings = np.concatenate([np.full(round(seconds / dt_s), math.radians(degrees)) for seconds, degrees in legs])
    return 300.0 + np.cumsum(speed * dt_s * np.column_stack([np.cos(headings), np.sin(headings)]), axis=0)


def zigzag(count: int, seconds: float = 0.8, degrees: float = 40.0) -> list[tuple[float, float]]:
    return [(seconds, degrees if i % 2 else -degrees) for i in range(count)]


def seen(track: np.ndarray, until_s: float, dt_s: float = DT_S) -> Legs:
    legs = Legs()
    for i in range(round(until_s / dt_s)):
        legs.observe(i * dt_s, float(track[i, 0]), float(track[i, 1]))
    return legs


def ahead_of(track: np.ndarray, now_s: float, dt_s: float = DT_S) -> np.ndarray:
    return track[np.round((now_s + AHEAD_S) / dt_s).astype(int) - 1]


def test_a_zigzag_is_foretold_from_its_second_turn_on() -> None:
    track = walk(zigzag(12))
    early, later = seen(track, 1.4), seen(track, 2.0)
    hunch = early.track(AHEAD_S)
    assert hunch is not None and 0.2 < early.probability < 0.5  # one turn is no pattern, but it may be taken back
    np.testing.assert_allclose(hunch, ahead_of(track, 1.4), atol=6.0)
    assert seen(track, 0.7).track(AHEAD_S) is None
    assert later.probability > 0.5
    foretold = later.track(AHEAD_S)
    assert foretold is not None
    np.testing.assert_allclose(foretold, ahead_of(track, 2.0), atol=6.0)  # over two turns; a straight line would err by 130 px
    assert seen(track, 5.0).probability > 0.95


def test_an_about_turn_is_no_zigzag_and_a_hunch_that_does_not_come_true_is_given_up() -> None:
    assert seen(walk([(1.0, 0.0), (3.0, 170.0)]), 1.5).track(AHEAD_S) is None
    track = walk([(1.0, 0.0), (4.0, 80.0)])
    assert seen(track, 1.5).probability > 0.2
    assert seen(track, 2.6).probability == 0.0


def test_while_it_turns_as_foretold_the_pattern_speaks() -> None:
    track = walk(zigzag(12))
    turning = seen(track, 4.05)  # 0.05 s after a corner: the new direction is not clear yet
    foretold = turning.track(AHEAD_S)
    assert foretold is not None
    np.testing.assert_allclose(foretold, ahead_of(track, 4.05), atol=12.0)


def test_a_patrol_round_a_square_is_a_pattern_too() -> None:
    track = walk([(1.0, 90.0 * i) for i in range(12)])
    patrol = seen(track, 4.5)
    assert patrol.probability > 0.8 and not patrol.mirrored
    foretold = patrol.track(AHEAD_S)
    assert foretold is not None
    np.testing.assert_allclose(foretold, ahead_of(track, 4.5), atol=8.0)


def test_a_turn_at_an_edge_does_not_move_the_clock() -> None:
    track = walk([*zigzag(4), (0.3, -40.0), (0.5, 110.0), (0.8, 190.0), (0.8, 110.0), (0.8, 190.0), (0.8, 110.0)])
    turned_back = seen(track, 3.2 + 0.8 + 0.4)
    assert turned_back.probability > 0.5
    foretold = turned_back.track(AHEAD_S)
    assert foretold is not None
    np.testing.assert_allclose(foretold, ahead_of(track, 4.4), atol=8.0)


def test_who_stops_turning_is_let_go() -> None:
    assert seen(walk([*zigzag(6), (6.0, 0.0)]), 10.0).track(AHEAD_S) is None


@pytest.mark.parametrize("track", [
    walk([(12.0, 30.0)]),
    walk([(DT_S, 2.0 * i) for i in range(700)]),  # a circle
    walk([(seconds, degrees) for seconds, degrees in zip((0.7, 1.9, 1.1, 2.4, 0.9, 1.5), (0.0, 130.0, 20.0, -65.0, 200.0, 95.0), strict=True)]),
])
def test_straight_round_and_random_ways_have_no_legs(track: np.ndarray) -> None:
    legs = Legs()
    for i, (x, y) in enumerate(track[:480].tolist()):
        legs.observe(i * DT_S, x, y)
        assert legs.probability == 0.0


def test_whole_pixels_and_half_the_rate_are_enough() -> None:
    track = np.round(walk(zigzag(12), dt_s=1 / 30))
    legs = seen(track, 4.2, 1 / 30)
    foretold = legs.track(AHEAD_S)
    assert foretold is not None
    np.testing.assert_allclose(foretold, ahead_of(track, 4.2, 1 / 30), atol=20.0)


def test_a_gap_or_a_new_round_begins_anew_and_the_same_time_again_is_ignored() -> None:
    track = walk(zigzag(12))
    legs = seen(track, 4.0)
    before = legs.track(AHEAD_S)
    legs.observe(4.0 - DT_S, 0.0, 0.0)
    np.testing.assert_array_equal(legs.track(AHEAD_S), before)
    legs.observe(5.5, 300.0, 300.0)
    assert legs.track(AHEAD_S) is None and legs.probability == 0.0

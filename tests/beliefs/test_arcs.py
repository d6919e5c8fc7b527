"""Bodies that turn steadily, in small worlds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.beliefs.arcs import Arcs

DT_S = 1 / 60
AHEAD_S = np.linspace(0.1, 1.5, 15)


def turning(rates: list[tuple[float, float]], speed: float = 100.0) -> np.ndarray:
    """(n, 2): stretches of (seconds, rad/s)."""
    rate = np.concatenate([np.full(round(seconds / DT_S), rad_s) for seconds, rad_s in rates])
    heading = np.cumsum(rate * DT_S)
    return 200.0 + np.cumsum(speed * DT_S * np.column_stack([np.cos(heading), np.sin(heading)]), axis=0)


def seen(track: np.ndarray, until_s: float, arcs: Arcs | None = None) -> Arcs:
    arcs = arcs if arcs is not None else Arcs()
    for i in range(round(until_s / DT_S)):
        arcs.observe(i * DT_S, float(track[i, 0]), float(track[i, 1]))
    return arcs


@pytest.mark.parametrize("rate", [-2.0, -0.6, 0.6, 2.0])
def test_a_bend_is_told_in_half_a_second_and_which_way(rate: float) -> None:
    track = turning([(1.0, 0.0), (4.0, rate)])
    arcs = seen(track, 1.5)
    assert arcs.probability > 0.5 and arcs.side == ("right" if rate > 0 else "left")
    ahead = arcs.track(AHEAD_S)
    assert ahead is not None
    np.testing.assert_allclose(ahead, track[np.round((1.5 + AHEAD_S) / DT_S).astype(int) - 1], atol=2.0)


def test_straight_lines_corners_and_halts_are_no_arcs() -> None:
    corner = np.vstack([turning([(1.0, 0.0)]), turning([(1.0, 0.0)])[-1] + np.outer(np.arange(1, 61) * DT_S, (0.0, 100.0))])
    halt = np.vstack([turning([(1.0, 0.0)]), np.tile(turning([(1.0, 0.0)])[-1], (60, 1))])
    for track in (turning([(2.0, 0.0)]), corner, halt, np.round(turning([(2.0, 0.0)]) @ [[0.8, 0.6], [-0.6, 0.8]])):
        arcs = Arcs()
        for i, (x, y) in enumerate(track.tolist()):
            arcs.observe(i * DT_S, x, y)
            assert arcs.track(AHEAD_S) is None and arcs.probability == 0.0


def test_arcs_that_never_last_lose_credit_and_arcs_that_do_gain_it() -> None:
    weaver = turning([(0.45, 1.5), (0.45, -1.5)] * 12)  # every bend is over when it has just been told
    circler = turning([(10.0, 1.5)])
    doubted, trusted = 1.0, 0.0
    arcs = Arcs()
    for i, (x, y) in enumerate(weaver.tolist()):
        arcs.observe(i * DT_S, x, y)
        doubted = arcs.probability or doubted
    trusted = seen(circler, 8.0).probability
    assert doubted < 0.3
    assert trusted > 0.9
    begin_s = 100.0
    for i, (x, y) in enumerate(circler[:40].tolist()):  # what was learned outlasts a gap
        arcs.observe(begin_s + i * DT_S, x, y)
    assert 0.0 < arcs.probability < 0.4


def test_time_that_stands_still_and_gaps_are_taken_in_stride() -> None:
    track = turning([(4.0, 1.0)])
    arcs = seen(track, 2.0)
    before = arcs.track(AHEAD_S)
    arcs.observe(2.0 - DT_S, 0.0, 0.0)
    np.testing.assert_array_equal(arcs.track(AHEAD_S), before)
    arcs.observe(9.0, 50.0, 50.0)
    assert arcs.track(AHEAD_S) is None
    assert all(math.isfinite(value) for value in (arcs.probability,))


def test_who_looks_in_other_frames_sees_the_same_arc() -> None:
    track = turning([(4.0, 0.8)])
    apart = Arcs()
    apart.stagger(0.4)
    one, other = seen(track, 3.0), seen(track, 3.0, apart)
    assert one.probability == other.probability > 0.9
    np.testing.assert_array_equal(one.track(AHEAD_S), other.track(AHEAD_S))

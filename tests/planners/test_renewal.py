"""What may become of a hypothesis when the body changes its mind."""

from __future__ import annotations

import numpy as np

import npc_world as nw
from npc_world.core.home import NO_HOME
from npc_world.planners.renewal import FUTURES, catch_renewed, count_futures, favour_soon, renew

TIMES_S = np.linspace(0.0, 4.0, 21)
AHEAD = np.stack([100.0 * TIMES_S, 0.0 * TIMES_S], axis=1)[None]


def futures(change_hz: float, steady: float, tracks: np.ndarray = AHEAD, home: np.ndarray = NO_HOME) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    weights = np.full(len(tracks), 1.0 / len(tracks))
    owners = np.empty(FUTURES + 3 * len(tracks), np.int64)
    owners = owners[:count_futures(weights, owners)]
    out, shares = np.empty((len(owners), *tracks.shape[1:])), np.empty(len(owners))
    renew(TIMES_S, tracks, owners, change_hz, steady, home, out, shares)
    return out, shares, owners


def test_shares_are_those_of_a_poisson_process_and_pace_is_kept() -> None:
    tracks, shares, owners = futures(0.5, 0.25, np.concatenate([AHEAD, 0.5 * AHEAD]))
    for k in range(2):
        assert np.isclose(shares[owners == k].sum(), 1.0)
        assert np.isclose(shares[owners == k][0], 0.25 + 0.75 * np.exp(-2.0))
    steps = np.hypot(*np.moveaxis(np.diff(tracks, axis=1), 2, 0)) / 0.2
    assert steps[owners == 0].max() < 100.0 + 1e-6  # a corner within a step makes it shorter, none longer
    assert np.all(tracks[:, 0] == 0.0)
    still = np.exp(-0.5 * 2.0)  # of those that change, so many have not after 2 s
    left = np.abs(tracks[owners == 0][1:, 10] - AHEAD[0, 10]).max(axis=1) > 1e-6
    assert abs(left.mean() - (1.0 - still) / (1.0 - np.exp(-2.0))) < 0.08


def test_who_never_changes_is_caught_as_the_quadratic_says() -> None:
    tracks, shares, owners = futures(0.0, 0.0)
    out = np.empty((1, 1))
    catch_renewed(TIMES_S, tracks, owners, shares, np.array([[300.0, 0.0]]), np.zeros(1), 100.0, 0.0, 35.0, out)
    assert np.isclose(out[0, 0], 1.5)


def test_straight_runners_turn_back_and_circlers_go_on() -> None:
    angle = 1.0 * TIMES_S
    bend = 100.0 * np.stack([np.sin(angle), 1.0 - np.cos(angle)], axis=1)[None]
    straight, _, _ = futures(1.0, 0.0)
    bent, _, _ = futures(1.0, 0.0, bend)
    assert straight[1:, -1, 0].mean() < 100.0
    gone = [np.hypot(*np.moveaxis(tracks[1:, -1], 1, 0)).mean() for tracks in (straight, bent)]
    assert gone[1] > gone[0]


def test_a_fickle_runner_is_followed_more_closely_than_a_steady_one() -> None:
    forecast = nw.Forecast(TIMES_S[1:], np.array([[150.0, 0.0]]) + np.stack([0.0 * TIMES_S[1:], 100.0 * TIMES_S[1:]], axis=1)[None], np.ones(1),
                           np.tile(np.eye(2), (1, 20, 1, 1)), ("keeps going",))
    steady, fickle = (nw.intercept(None, (0, 0), 110.0, forecast, now_px=np.array([150.0, 0.0]), change_hz=hz) for hz in (0.0, 1.5))
    lead = [np.arctan2(meet.move_to_px[1], meet.move_to_px[0]) for meet in (steady, fickle)]
    assert 0.0 < lead[1] < lead[0] - 0.1


def test_what_a_slower_pursuer_never_catches_hardly_counts_and_a_faster_one_counts_all_alike() -> None:
    here = np.array([150.0, 0.0])
    ways = here + 100.0 * TIMES_S[:, None] * np.array([[[1.0, 0.0]], [[-1.0, 0.0]]])  # away from the pursuer at the origin, and towards it
    slower, faster = np.full(2, 0.5), np.full(2, 0.5)
    favour_soon(TIMES_S, ways, 0.0, 0.0, 80.0, 10.0, slower)
    favour_soon(TIMES_S, ways, 0.0, 0.0, 120.0, 10.0, faster)
    assert slower[0] < 0.05 * slower[1]
    assert np.isclose(slower[1], 0.5 / 0.8)  # they meet after 140 px at 180 px/s, between the fourth step and this one
    assert faster.tolist() == [0.5, 0.5]


def test_a_slower_pursuer_does_not_run_beside_one_that_gets_away() -> None:
    """It cannot be caught unless it changes its mind; where it then goes decides, not where it would be met in the end."""
    forecast = nw.Forecast(TIMES_S[1:], np.array([[150.0, 0.0]]) + np.stack([0.0 * TIMES_S[1:], 100.0 * TIMES_S[1:]], axis=1)[None], np.ones(1),
                           np.tile(np.eye(2), (1, 20, 1, 1)), ("holds its course",))
    lead = [np.arctan2(*nw.intercept(None, (0, 0), speed, forecast, now_px=np.array([150.0, 0.0]), change_hz=0.3, steady=0.25).move_to_px[::-1])
            for speed in (90.0, 110.0)]
    assert lead[0] < lead[1] - 0.2

"""Where a body may go that keeps to a region of which some places were seen."""

from __future__ import annotations

import numpy as np

import npc_world as nw
from npc_world.core.home import Home
from npc_world.planners.roaming import goes_straight
from tests.planners.test_renewal import AHEAD, TIMES_S, futures


def home(places: int, leg_x: float = -200.0, high: float = 100.0, probability: float = 1.0) -> Home:
    """Of a body at the origin that goes right at 100 px/s, seen in a square between -500 and `high` on either axis."""
    return Home(np.array([leg_x, 0.0]), np.array([-500.0, -500.0]), np.array([high, high]), places, probability)


def left_px(tracks: np.ndarray) -> np.ndarray:
    """How far each future goes on before it turns."""
    on = np.abs(tracks[1:] - AHEAD[0]).max(axis=2) < 1e-9
    return 100.0 * TIMES_S[on.sum(axis=1) - 1] + 10.0  # somewhere in that step


def test_a_region_well_known_is_hardly_left_and_one_hardly_known_may_be_wider() -> None:
    well, hardly = (futures(0.5, 0.0, home=home(places).row())[0] for places in (60, 3))
    assert well[1:, :, 0].max() < 160.0  # the last way goes on, and only a little beyond
    assert left_px(well).max() <= 120.0 < left_px(hardly).max()


def test_ways_end_as_places_are_spread_over_a_region() -> None:
    """Of a way from -200 that has come to 0, the edge being at 100: half of its ends lie before sqrt((200² + 300²) / 2) - 200 = 55 px."""
    ends = np.sort(left_px(futures(0.5, 0.0, home=home(10000).row())[0]))
    assert abs(np.median(ends) - 55.0) < 10.0
    fresh = left_px(futures(0.5, 0.0, home=home(10000, leg_x=0.0).row())[0])
    assert abs(np.median(fresh) - 71.0) < 10.0


def test_pace_is_kept_and_shares_add_up() -> None:
    tracks, shares, _ = futures(0.5, 0.25, home=home(4, probability=0.6).row())
    assert np.hypot(*np.moveaxis(np.diff(tracks, axis=1), 2, 0)).max() < 20.0 + 1e-6
    assert np.isclose(shares.sum(), 1.0) and np.isclose(shares[0], 1.0 - 0.75 * 0.6)


def test_bends_corners_and_halts_are_no_straight_ways() -> None:
    angle = TIMES_S
    bend = 100.0 * np.stack([np.sin(angle), 1.0 - np.cos(angle)], axis=1)
    corner = np.concatenate([AHEAD[0][:10], AHEAD[0][9] + AHEAD[0][:11] @ np.array([[0.0, 1.0], [1.0, 0.0]])])
    assert goes_straight(AHEAD[0])
    assert not any(goes_straight(track) for track in (bend, corner, 0.0 * AHEAD[0], AHEAD[0].clip(0.0, 40.0)))
    changed = futures(0.5, 0.25, bend[None], home(60).row())
    assert np.array_equal(changed[0], futures(0.5, 0.25, bend[None])[0])


def test_who_comes_to_the_edge_is_awaited_where_it_turns_back() -> None:
    """A slower pursuer that would be passed by a runner keeps back when the runner is known to turn."""
    forecast = nw.Forecast(TIMES_S[1:], np.array([[150.0, 0.0]]) + np.stack([0.0 * TIMES_S[1:], 100.0 * TIMES_S[1:]], axis=1)[None], np.ones(1),
                           np.tile(np.eye(2), (1, 20, 1, 1)), ("keeps going",))
    known = Home(np.array([150.0, -300.0]), np.array([-100.0, -300.0]), np.array([160.0, 20.0]), 30, 1.0)
    meets = [nw.intercept(None, (0, 0), 110.0, forecast, now_px=np.array([150.0, 0.0]), change_hz=0.1, home=home) for home in (None, known)]
    free, kept = (np.arctan2(meet.move_to_px[1], meet.move_to_px[0]) for meet in meets)
    assert kept < free - 0.2
    assert meets[0].kept is not None and meets[1].kept is not None
    assert meets[1].kept < 0.2 < meets[0].kept

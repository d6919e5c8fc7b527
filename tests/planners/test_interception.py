"""Interception over hypotheses, in worlds small enough to compute by hand."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw


def forecast_of(*tracks: tuple[tuple[float, float], tuple[float, float]], weights: tuple[float, ...] | None = None, horizon_s: float = 6.0,
                steps: int = 60) -> nw.Forecast:
    """Straight futures: (start, velocity) each."""
    times = np.linspace(horizon_s / steps, horizon_s, steps)
    positions = np.array([np.asarray(start) + times[:, None] * np.asarray(velocity) for start, velocity in tracks])
    k = len(tracks)
    return nw.Forecast(times_s=times, positions_px=positions, weights=np.array(weights if weights else [1 / k] * k),
                       covariances_px2=np.tile(np.eye(2), (k, steps, 1, 1)), labels=tuple(f"way {i}" for i in range(k)))


def test_a_straight_runner_is_met_where_geometry_says() -> None:
    # target at (300, 0) runs down at 60; pursuer at the origin with 100: 300² + (60 t)² = (100 t)² → t = 3.75 s
    meet = nw.intercept(None, (0, 0), 100.0, forecast_of(((300, 0), (0, 60))))
    assert meet.time_s == pytest.approx(3.75, abs=0.02)
    assert meet.point == pytest.approx([300, 225], abs=2)
    assert meet.probability == 1.0


def test_a_slower_pursuer_waits_ahead() -> None:
    # target comes by at 100 px/s along y = 0; a pursuer of half its speed stands 80 px off the line, ahead of it
    meet = nw.intercept(None, (400, 80), 50.0, forecast_of(((0, 0), (100, 0))))
    t = meet.time_s
    assert np.hypot(100 * t - 400, 80) == pytest.approx(50 * t, abs=1.0)
    assert t < 4.0


def test_two_equal_ways_are_hedged_and_a_likely_one_is_committed_to() -> None:
    ways = (((300, 0), (0, 90)), ((300, 0), (0, -90)))
    torn = nw.intercept(None, (0, 0), 100.0, forecast_of(*ways))
    sure = nw.intercept(None, (0, 0), 100.0, forecast_of(*ways, weights=(0.97, 0.03)))
    assert abs(torn.move_to_px[1]) < 0.1 * torn.move_to_px[0]
    assert sure.move_to_px[1] > 0.4 * sure.move_to_px[0]


def test_expected_time_is_never_above_that_of_heading_for_the_likeliest() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        tracks = [((rng.uniform(-300, 300), rng.uniform(-300, 300)), tuple(rng.uniform(-80, 80, 2))) for _ in range(4)]
        weights = tuple(rng.dirichlet(np.ones(4)))
        forecast = forecast_of(*tracks, weights=weights)
        every = nw.intercept(None, (0, 0), 100.0, forecast)
        k = int(np.argmax(weights))
        alone = nw.intercept(None, (0, 0), 100.0, forecast_of(tracks[k]))
        direction = (alone.move_to_px - 0.0) / max(1e-9, float(np.hypot(*alone.move_to_px)))
        commit = float(np.hypot(*every.move_to_px)) / 100.0
        if commit == 0.0:
            continue
        from npc_world.planners.catch_time import catch_open, with_present
        times, futures = with_present(forecast.times_s, forecast.positions_px, None)
        x, y = direction * 100.0 * commit
        out = [catch_open(times, future, x, y, commit, 100.0, 0.0, 0.0, 0.0, 1.5)[3] for future in futures]
        assert every.expected_catch_s <= float(np.array(out) @ np.array(weights)) + 0.02


def test_a_wall_makes_it_go_round() -> None:
    ground = nw.Terrain.from_rects([(190, 0, 20, 360)], size=(400, 400), cell_px=10)
    meet = nw.intercept(ground, (100, 50), 100.0, forecast_of(((300, 50), (0, 0.1))), size=(10, 10))
    detour = 2 * np.hypot(100, 315)
    assert 0.97 * detour / 100.0 < meet.time_s < 1.13 * detour / 100.0  # octile fields overstate slanted ways by up to 8 %
    assert meet.move_to_px == pytest.approx(meet.point)  # one way only: straight to the meeting, by the path round the wall


def test_teammates_take_different_ways() -> None:
    ways = forecast_of(((300, 0), (0, 90)), ((300, 0), (0, -90)))
    alone = nw.intercept(None, (150, 0), 100.0, ways)
    covered = np.array([alone.catch_times_s.min(), 60.0])  # a teammate already has the first way
    second = nw.intercept(None, (150, 0), 100.0, ways, covered_s=covered, cover_weight=0.8)
    assert second.move_to_px[1] < -20


def test_a_fickle_target_is_approached_rather_than_led() -> None:
    """One who runs by at about our own speed is met far ahead, if it keeps going; if it often changes its mind, being near counts."""
    runner = forecast_of(((0, 300), (95, 0)), horizon_s=20.0)
    steady = nw.intercept(None, (0, 0), 100.0, runner)
    fickle = nw.intercept(None, (0, 0), 100.0, runner, change_hz=0.5)
    assert fickle.move_to_px[1] / np.hypot(*fickle.move_to_px) > 1.3 * steady.move_to_px[1] / np.hypot(*steady.move_to_px)
    assert fickle.time_s == pytest.approx(steady.time_s)  # the meeting it speaks of is the same


def test_one_who_may_never_change_its_mind_is_led_the_more() -> None:
    runner = forecast_of(((0, 300), (95, 0)), horizon_s=20.0)
    ahead = [nw.intercept(None, (0, 0), 100.0, runner, change_hz=0.5, steady=steady).move_to_px for steady in (0.0, 0.3, 1.0)]
    lead = [float(move[0] / np.hypot(*move)) for move in ahead]
    assert lead[0] < lead[1] < lead[2]
    certain = nw.intercept(None, (0, 0), 100.0, runner).move_to_px
    assert ahead[2] == pytest.approx(certain)


@pytest.mark.parametrize("speed", [0.0, -5.0, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_named(speed: float) -> None:
    with pytest.raises(nw.BadInputError, match="speed_px_s="):
        nw.intercept(None, (0, 0), speed, forecast_of(((300, 0), (0, 60))))


def test_units_do_not_matter() -> None:
    big = nw.intercept(None, (0, 0), 100.0, forecast_of(((300, 0), (20, 60)), ((300, 0), (0, -60))))
    small = nw.intercept(None, (0, 0), 1.0, forecast_of(((3.0, 0), (0.2, 0.6)), ((3.0, 0), (0, -0.6))))
    assert small.time_s == pytest.approx(big.time_s, rel=1e-6)
    assert small.move_to_px * 100 == pytest.approx(big.move_to_px, rel=1e-6, abs=1e-6)


def test_a_teleporter_is_taken_where_nothing_stands_in_the_way_too() -> None:
    """In the open, and with one wall that does not matter: the straight line is clear, and a link is quicker."""
    target = forecast_of(((1200, 200), (0, 0)))
    for walls in ([], [(600, 300, 50, 100)]):
        for time_s, key, taken in ((0.1, None, True), (60.0, None, False), (0.1, "red key", False)):
            ground = nw.Terrain.from_rects(walls, size=(1280, 400)).with_links(
                nw.Link(start=(150, 200), end=(1150, 200), time_s=time_s, kind="teleporter", needs=key))
            meeting = nw.intercept(ground, (100, 200), 100.0, target)
            assert meeting.time_s == pytest.approx(1.1 if taken else 11.0, abs=0.2)

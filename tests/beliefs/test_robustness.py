"""Whatever a game does to a target model, it keeps answering, with finite numbers on the map."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.target_model import TargetConfig, TargetModel

KINDS = np.zeros((14, 18), dtype=int)
KINDS[4, 2:16] = 1
KINDS[9, :14] = 1
KINDS[11:, 14:] = 2


def grounds() -> list[nw.Terrain | None]:
    return [None, nw.Terrain.open_field((8.0, 6.0)), nw.Terrain.from_grid(KINDS, 32, {0: "grass", 1: "wall", 2: "mud"}),
            nw.Terrain.from_rects([(100, 37, 13, 300), (200, 0, 50, 333)], (640, 480), cell_px=20)]


def check(forecast: nw.Forecast, most: int | None = None) -> None:
    assert np.isfinite(forecast.positions_px).all() and np.isfinite(forecast.covariances_px2).all()
    assert forecast.weights.sum() == pytest.approx(1.0) and (forecast.weights >= 0.0).all()
    assert len(forecast.labels) == len(forecast.weights) and all(forecast.labels)
    assert (np.linalg.eigvalsh(forecast.covariances_px2) > 0.0).all()
    assert most is None or len(forecast.weights) <= most


@pytest.mark.parametrize("seed", range(4))
def test_wild_games_get_finite_answers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ground = grounds()[seed]
    scale = 600.0 if ground is None else max(ground.size)
    model = TargetModel(ground, [rng.uniform(-0.2, 1.2, 2) * scale for _ in range(3)])
    at, now_s = rng.uniform(0.2, 0.8, 2) * scale, 0.0
    for step in range(500):
        now_s += float(rng.choice([0.0, 1e-4, 0.016, 0.05, 0.4, 7.0], p=[0.05, 0.05, 0.6, 0.2, 0.08, 0.02]))
        at = at + rng.normal(0.0, 0.01 * scale, 2)
        if rng.random() < 0.02:
            at = rng.uniform(-0.3, 1.3, 2) * scale  # respawn, even off the map or in a wall
        if step % 120 > 90:
            seen = None if ground is None or rng.random() < 0.5 else rng.random(ground.shape) < 0.3
            model.observe_absence(now_s, seen)
        else:
            model.observe(now_s, at, threats=rng.uniform(0.0, scale, (int(rng.integers(0, 3)), 2)))
        if step % 70 == 69:
            model.set_goals({f"place {i}": rng.uniform(0.0, scale, 2) for i in range(int(rng.integers(0, 20)))})
        if step % 97 == 96 and ground is not None:
            ground.set_solid((0.4 * scale, 0.1 * scale, 0.05 * scale, 0.2 * scale), bool(rng.random() < 0.5))
        if step % 9 == 0:
            check(model.forecast(float(rng.uniform(0.05, 9.0)), 0.1, int(rng.integers(1, 21))), 20)
            belief = model.belief
            assert belief is not None and np.isfinite(belief.position_px).all() and np.isfinite(belief.covariance).all()
            assert all(math.isfinite(w) for w in model.weights.values())


def test_the_same_observations_give_the_same_forecast() -> None:
    def run() -> nw.Forecast:
        model = TargetModel(grounds()[2], {"ruby": (500.0, 60.0)})
        for i in range(200):
            model.observe(i / 60, (40.0 + i, 220.0 + 20.0 * math.sin(i / 20)), threats=[(10.0, 220.0)])
        return model.forecast(3.0, 0.1)
    one, other = run(), run()
    np.testing.assert_array_equal(one.positions_px, other.positions_px)
    np.testing.assert_array_equal(one.weights, other.weights)


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e3])
def test_a_pixel_is_only_a_unit(factor: float) -> None:
    track = np.array([(3.0 * i, 40.0 * math.sin(i / 15)) for i in range(240)])
    plain, scaled = TargetModel(), TargetModel()
    for i, point in enumerate(track):
        plain.observe(i / 60, point)
        scaled.observe(i / 60, factor * point)
    np.testing.assert_allclose(scaled.forecast(1.0, 0.1).mean(), factor * plain.forecast(1.0, 0.1).mean(), rtol=1e-3, atol=factor)


def test_the_clock_may_stand_still_or_begin_anew() -> None:
    model = TargetModel()
    for i in range(60):
        model.observe(i / 60, (2.0 * i, 0.0))
        model.observe(i / 60, (2.0 * i, 0.0))
    assert model.max_speed_px_s == pytest.approx(120.0, rel=0.05)
    model.observe(0.0, (500.0, 500.0))
    check(model.forecast(1.0, 0.1))
    assert model.max_speed_px_s == pytest.approx(120.0, rel=0.05)


@pytest.mark.parametrize(("call", "named"), [
    (lambda m: m.observe(math.nan, (0, 0)), "time_s"), (lambda m: m.observe("now", (0, 0)), "time_s"),
    (lambda m: m.forecast(0.0, 0.1), "horizon_s"), (lambda m: m.forecast(1.0, -0.1), "step_s"), (lambda m: m.forecast(1e9, 1e-3), "step_s"),
    (lambda m: m.forecast(1.0, 0.1, 0), "hypotheses"), (lambda m: m.set_goals(7), "goals"), (lambda m: m.set_goals([(0, math.nan)]), "goals"),
    (lambda m: m.observe(9.0, (0, 0), threats=[(math.inf, 0)]), "threats"), (lambda m: TargetModel("island"), "ground"),
    (lambda m: TargetConfig(memory_s=-1.0), "memory_s"),
])
def test_bad_arguments_are_named(call: object, named: str) -> None:
    model = TargetModel()
    model.observe(0.0, (1.0, 2.0))
    with pytest.raises(nw.BadInputError, match=named):
        call(model)  # type: ignore[operator]


def test_asking_before_seeing_is_an_error_and_not_a_guess() -> None:
    model = TargetModel()
    assert model.belief is None and model.weights == {} and model.occupancy is None
    model.observe_absence(1.0, None)
    with pytest.raises(nw.BadInputError, match="observe"):
        model.forecast(1.0, 0.1)


def test_what_was_learned_is_saved_and_damage_is_noticed() -> None:
    model = TargetModel(goals={"ruby": (400.0, 0.0)})
    for i in range(300):
        model.observe(i / 60, (2.0 * i, 30.0 * math.sin(i / 10)))
    twin = TargetModel(goals={"ruby": (400.0, 0.0)})
    twin.restore(model.state())
    assert twin.belief is None and twin.max_speed_px_s == model.max_speed_px_s
    twin.observe(100.0, (0.0, 0.0))
    check(twin.forecast(1.0, 0.1))
    for damage in ({"memory": np.zeros(3)}, {"version": np.array(99)}, {"memory": np.full_like(model.state()["memory"], math.nan)}):
        with pytest.raises(ValueError):
            twin.restore({**model.state(), **damage})
    with pytest.raises(KeyError):
        twin.restore({})

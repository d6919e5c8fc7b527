"""A target model with a motion prior: a stranger moves as most do, until it is known better."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.motion_prior import PriorConfig

DT_S = 0.1


def walkers(count: int, seed: int) -> list[np.ndarray]:
    """Bodies that bend all the time to one side, some more than others, at a speed of their own."""
    out = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        heading, speed, bend = rng.uniform(-np.pi, np.pi), rng.uniform(0.8, 1.6), rng.uniform(0.4, 1.0)
        way = heading - bend * DT_S * np.arange(70)
        steps = speed * DT_S * np.column_stack([np.cos(way), np.sin(way)]) + rng.normal(0.0, 0.01, (70, 2))
        out.append(rng.uniform(-5, 5, 2) + np.cumsum(steps, axis=0))
    return out


@pytest.fixture(scope="module")
def prior() -> nw.MotionPrior:
    return nw.MotionPrior.fit(walkers(50, 1), DT_S, horizon_s=2.0, config=PriorConfig(futures=7, members=1, parts=2, hidden=16, situations=2000, epochs=20, trees=0))


def watched(model: nw.TargetModel, track: np.ndarray) -> nw.TargetModel:
    for k, point in enumerate(track):
        model.observe(k * DT_S, point)
    return model


def error(model: nw.TargetModel, track: np.ndarray, at: int) -> float:
    """Of the mean forecast 2 s ahead from row `at`."""
    watched(model, track[:at + 1])
    return float(np.hypot(*(model.forecast(2.0, 0.5).mean()[-1] - track[at + 20])))


def test_a_stranger_of_the_kind_is_foretold_at_first_sight(prior: nw.MotionPrior):
    tracks = walkers(25, 21)
    with_prior = np.mean([error(nw.TargetModel(prior=prior), track, 10) for track in tracks])
    without = np.mean([error(nw.TargetModel(), track, 10) for track in tracks])
    assert with_prior < 0.7 * without


def test_a_body_of_another_kind_is_soon_not_taken_for_one(prior: nw.MotionPrior):
    """It runs straight and without a tremor, which none of the kind does."""
    long = [np.cumsum(np.full((140, 2), (0.1 + 0.01 * i, 0.03 * i)), axis=0) for i in range(6)]
    models = [nw.TargetModel(prior=prior) for _ in long]
    shares = [watched(model, track[:5]).weights["moves as most do"] for model, track in zip(models, long, strict=True)]
    assert min(shares) > 0.9
    later = [watched(nw.TargetModel(prior=prior), track[:100]).weights["moves as most do"] for track in long]
    assert np.mean(later) < 0.5
    with_prior = np.mean([error(nw.TargetModel(prior=prior), track, 100) for track in long])
    without = np.mean([error(nw.TargetModel(), track, 100) for track in long])
    assert with_prior < without + 0.02


def test_hypotheses_are_as_many_as_asked_for_and_sum_to_one(prior: nw.MotionPrior):
    model = watched(nw.TargetModel(prior=prior), walkers(1, 23)[0][:20])
    for most in (1, 3, 8, 20):
        forecast = model.forecast(2.0, 0.1, most)
        assert len(forecast.weights) <= most and forecast.weights.sum() == pytest.approx(1.0)
        assert len(forecast.labels) == len(forecast.weights)


def test_walls_stop_what_the_prior_says(prior: nw.MotionPrior):
    ground = nw.Terrain.from_rects([(12.0, 0.0, 1.0, 20.0)], size=(20.0, 20.0), cell_px=0.5)
    model = nw.TargetModel(ground, prior=prior, size=(0.5, 0.5))
    for k in range(10):
        model.observe(k * DT_S, (10.0 + 0.12 * k, 10.0))
    assert (model.forecast(2.0, 0.1).positions_px[..., 0] < 12.0).all()


def test_a_jump_a_reset_and_the_same_time_again_do_no_harm(prior: nw.MotionPrior):
    model = watched(nw.TargetModel(prior=prior), walkers(1, 24)[0][:20])
    model.observe(19 * DT_S, walkers(1, 24)[0][19])
    model.observe(2.0, (500.0, 500.0))
    assert np.isfinite(model.forecast(1.0, 0.1).positions_px).all()
    model.reset()
    model.observe(3.0, (1.0, 1.0))
    assert np.isfinite(model.forecast(1.0, 0.1).positions_px).all()
    model.forget()
    model.observe(4.0, (1.0, 1.0))
    assert np.isfinite(model.forecast(1.0, 0.1).positions_px).all()


def test_what_was_found_of_a_body_is_saved(prior: nw.MotionPrior):
    track = walkers(1, 25)[0] * (1.0, -1.0)
    model = watched(nw.TargetModel(prior=prior), track)
    again = nw.TargetModel(prior=prior)
    again.restore(model.state())
    watched(again, track[:3])
    assert again.weights["moves as most do"] == pytest.approx(model.weights["moves as most do"], abs=0.05)
    nw.TargetModel().restore(model.state())
    with pytest.raises(ValueError, match="prior_odds"):
        again.restore({**model.state(), "prior_odds": np.array([1.0])})


def test_the_prior_that_ships_speaks_for_strangers_in_any_unit() -> None:
    shipped = nw.MotionPrior.shipped()
    for scale in (0.05, 100.0):
        model = nw.TargetModel(prior=shipped)
        for k in range(12):
            model.observe(0.1 * k, (scale * 0.12 * k, 0.0))
        forecast = model.forecast(1.0, 0.1)
        assert model.weights["moves as most do"] > 0.9
        assert 0.5 * 1.2 * scale < forecast.mean()[-1, 0] - scale * 1.32 < 1.2 * 1.2 * scale


def test_a_preset_names_a_prior_which_is_read_when_it_is_loaded_never_in_a_frame(prior: nw.MotionPrior, tmp_path: Path) -> None:
    prior.save(tmp_path / "players.npz")
    preset = tmp_path / "mine.toml"
    preset.write_text('extends = "hunter"\n[target]\nprior = "players.npz"\n', encoding="utf-8")
    ground = nw.Terrain.open_field((40, 40), cell_px=0.5)
    npc = nw.load_npc(preset, ground, position=(5, 5), size=(0.5, 0.5), body=nw.TopDownBody(max_speed_px_s=2.0))
    (tmp_path / "players.npz").unlink()
    for point in np.add(walkers(1, 26)[0][:15], 20.0):
        npc.step((5.0, 5.0), point, DT_S)
    assert npc.weights["moves as most do"] > 0.5
    for text in ("gone.npz", "mine.toml"):
        preset.write_text(f'extends = "hunter"\n[target]\nprior = "{text}"\n', encoding="utf-8")
        with pytest.raises(nw.ConfigError, match=rf"target\.prior: .*{text}"):
            nw.load_npc(preset, ground, position=(5, 5))


def test_a_living_npc_is_not_held_up_by_another_prior(prior: nw.MotionPrior) -> None:
    from dataclasses import replace

    ground = nw.Terrain.open_field((40, 40), cell_px=0.5)
    npc = nw.load_npc("hunter", ground, position=(5, 5), size=(0.5, 0.5))
    npc.apply(replace(npc.config, target=replace(npc.config.target, prior="nowhere.npz", memory_s=3.0)))
    npc.step((5.0, 5.0), (20.0, 20.0), DT_S)
    npc.step((5.0, 5.0), (20.0, 20.1), DT_S)
    assert npc.config.target.memory_s == 3.0 and npc.config.target.prior == ""

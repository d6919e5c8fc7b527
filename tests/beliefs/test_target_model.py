"""Stories of watching one body, in small worlds."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.target_model import TargetModel

DT_S = 1 / 60


def watched(track: np.ndarray, model: TargetModel | None = None, dt_s: float = DT_S, start_s: float = 0.0) -> TargetModel:
    model = model if model is not None else TargetModel()
    for i, point in enumerate(track):
        model.observe(start_s + i * dt_s, point)
    return model


def straight(seconds: float, velocity: tuple[float, float] = (120.0, 50.0), start: tuple[float, float] = (10.0, 20.0)) -> np.ndarray:
    return np.array(start) + np.outer(np.arange(round(seconds / DT_S)) * DT_S, velocity)


def circle(seconds: float, rate: float = 1.5, radius: float = 90.0) -> np.ndarray:
    angle = rate * np.arange(round(seconds / DT_S)) * DT_S
    return 300.0 + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_who_stands_stays_and_who_sets_off_again_goes_on() -> None:
    walk = straight(2.0)
    halted = watched(np.vstack([walk, np.tile(walk[-1], (90, 1))]))
    assert halted.forecast(1.0, 0.1).labels[0] == "stays"
    assert max(halted.weights, key=halted.weights.get) == "stays"
    assert "keeps going" not in halted.weights and "keeps drifting" in halted.weights  # the mean over more than it has stood drifts
    halted = watched(np.tile(walk[-1], (300, 1)), halted, start_s=210 * DT_S)
    assert "keeps drifting" not in halted.weights
    again = watched(straight(1.0, start=tuple(walk[-1])), halted, start_s=510 * DT_S)
    assert again.forecast(1.0, 0.1).labels[0] == "keeps going"
    assert "stays" not in again.weights


def test_a_straight_runner_goes_on() -> None:
    model = watched(straight(1.0))
    forecast = model.forecast(1.0, 0.1)
    assert forecast.labels[0] == "keeps going"
    assert model.weights["keeps going"] > 0.5
    expected = straight(1.0)[-1] + np.outer(forecast.times_s, (120.0, 50.0))
    np.testing.assert_allclose(forecast.mean(), expected, atol=4.0)
    assert model.max_speed_px_s == pytest.approx(130.0, rel=0.02)


def test_a_circler_keeps_turning() -> None:
    model = watched(circle(3.0))
    forecast = model.forecast(1.0, 0.1)
    now = circle(5.0)
    ahead = now[np.round((3.0 - DT_S + forecast.times_s) / DT_S).astype(int)]
    assert np.abs(forecast.best() - ahead).max() < 25.0
    assert model.belief is not None and model.belief.turn_rate_rad_s == pytest.approx(1.5, rel=0.1)


def test_rounding_to_whole_pixels_hides_neither_speed_nor_rest() -> None:
    slow = np.round(straight(2.0, velocity=(23.0, -7.0)))
    belief = watched(slow).belief
    assert belief is not None
    np.testing.assert_allclose(belief.velocity_px_s, (23.0, -7.0), atol=6.0)
    standing = watched(np.full((60, 2), 5.0))
    assert standing.belief is not None and np.abs(standing.belief.velocity_px_s).max() < 1e-6


def test_a_teleport_is_not_speed() -> None:
    model = watched(straight(2.0))
    for i in range(30):
        model.observe(2.0 + i * DT_S, np.array([900.0, 900.0]) + i * DT_S * np.array([120.0, 50.0]))
        forecast = model.forecast(1.0, 0.1)
        assert np.hypot(*(forecast.best()[-1] - (900.0, 900.0))) < 400.0
    assert model.max_speed_px_s < 200.0


def test_with_known_goals_it_goes_for_one_of_them() -> None:
    model = watched(straight(2.0, velocity=(100.0, 0.0), start=(0.0, 300.0)),
                    TargetModel(nw.Terrain.open_field((1000, 600)), {"ruby": (900.0, 300.0), "boat": (100.0, 550.0)}))
    assert model.weights["goes for the ruby"] > 10 * model.weights["goes for the boat"]


def test_unseen_it_spreads_through_the_map_and_looking_clears() -> None:
    kinds = np.zeros((20, 30), dtype=int)
    kinds[10, :] = 1
    kinds[10, 25] = 0
    ground = nw.Terrain.from_grid(kinds, 20)
    model = watched(straight(1.0, velocity=(80.0, 0.0), start=(60.0, 100.0)), TargetModel(ground))
    seen = np.zeros(ground.shape, dtype=bool)
    for i in range(60, 240):
        model.observe_absence(i * DT_S, seen)
    occupancy = model.occupancy
    assert occupancy is not None and occupancy.sum() == pytest.approx(1.0)
    assert occupancy[ground.solid != 0].sum() == 0.0
    rows, cols = np.nonzero(occupancy > 1e-6)
    reach = np.hypot((cols + 0.5) * 20 - 140.0, (rows + 0.5) * 20 - 100.0)
    assert reach.max() <= 80.0 * 3.0 + 60.0
    seen[:, :15] = True
    model.observe_absence(4.0, seen)
    assert model.occupancy is not None and model.occupancy[:, :15].sum() == 0.0
    forecast = model.forecast(2.0, 0.2)
    assert all(label.startswith(("hides", "went")) for label in forecast.labels)
    model.observe(4.1, (330.0, 120.0))
    assert model.visible and model.occupancy is None


@pytest.mark.parametrize("position", [(math.nan, 1.0), (1.0, math.inf), "here", None])
def test_positions_that_are_none_are_refused(position: object) -> None:
    with pytest.raises(nw.BadInputError, match="position"):
        TargetModel().observe(0.0, position)


def test_however_thin_the_belief_is_spread_there_is_a_likeliest_place() -> None:
    ground = nw.Terrain.open_field((4000, 4000), cell_px=20)
    model = watched(straight(1.0, velocity=(200.0, 0.0), start=(2000.0, 2000.0)), TargetModel(ground))
    for second in range(1, 30):
        model.observe_absence(1.0 + second)
        assert model.belief is not None and ground.contains(model.belief.position_px)
        assert model.forecast(1.0, 0.2, 1).weights.tolist() == [1.0]

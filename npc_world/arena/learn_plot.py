"""Forecasts drawn over what was observed (needs matplotlib, the extra `plot`)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.learn import forecast_of_run
from npc_world.arena.learn_throws import geometry_of
from npc_world.arena.plot import panels_of, save_with_legend
from npc_world.learning.ball_model import BallModel
from npc_world.learning.recording import Run

__all__ = ["framed", "plot_forecasts"]

Floats = NDArray[np.float64]
_SEEN, _TRUTH, _FORECAST, _WALL = "#6b7280", "#1f2937", "#c8423b", "#9c8f7a"
_MOST = 6


def plot_forecasts(model: BallModel, runs: list[Run], path: Path, radius_px: float | None = None) -> None:
    """Up to six throws: the sightings it was shown, what then happened, the forecast and its 90 % region every tenth of a second."""
    every = max(1, math.ceil(len(runs) / _MOST))
    shown = runs[::every][:_MOST]
    figure, panels = panels_of(len(shown), 4.6, 3.2)
    for axes, run in zip(panels, shown, strict=True):
        _one(axes, model, run, radius_px)
    save_with_legend(figure, panels[0], path)


def framed(positions_px: Floats, radius_px: float) -> tuple[Floats, Floats]:
    """The corners (2,), (2,) of what is shown of a throw, three wide to two high: where the ball was and a little round it, however far walls go."""
    low, high = positions_px.min(axis=0), positions_px.max(axis=0)
    span = 1.3 * (high - low) + 8.0 * radius_px
    span = np.maximum(span, span[::-1] * (1.5, 1.0 / 1.5))
    middle = 0.5 * (low + high)
    return middle - 0.5 * span, middle + 0.5 * span


def _one(axes: Any, model: BallModel, run: Run, radius_px: float | None) -> None:
    from matplotlib.patches import Ellipse

    for x0, y0, x1, y1 in np.asarray(geometry_of(run, radius_px)["segments"], float).reshape(-1, 4):
        axes.plot([x0, x1], [y0, y1], color=_WALL, linewidth=2.0, solid_capstyle="round")
    forecast, truth, ahead = forecast_of_run(model, run, radius_px)
    seen = run.positions_px if forecast is None else run.positions_px[: len(run.positions_px) - len(truth)]
    axes.plot(seen[:, 0], seen[:, 1], ".", color=_SEEN, markersize=3.0, label="sightings shown")
    if forecast is not None:
        axes.plot(truth[:, 0], truth[:, 1], "-", color=_TRUTH, linewidth=2.6, alpha=0.35, label="what then happened")
        for k in np.argsort(forecast.weights)[::-1]:
            best = k == int(np.argmax(forecast.weights))
            course = forecast.positions_px[k]
            axes.plot(course[:, 0], course[:, 1], "-", color=_FORECAST, linewidth=1.1 if best else 0.6, alpha=1.0 if best else 0.5,
                      label="forecast" if best else None)
            for h in range(5, len(course), 6):
                values, vectors = np.linalg.eigh(forecast.covariances_px2[k, h])
                sizes = 2.0 * np.sqrt(4.605 * np.maximum(values, 0.0))
                turn = math.degrees(math.atan2(vectors[1, 1], vectors[0, 1]))
                axes.add_patch(Ellipse(course[h], sizes[1], sizes[0], angle=turn, fill=True, color=_FORECAST, alpha=0.18 * float(forecast.weights[k]) ** 0.5,
                                       linewidth=0.0))
        away = float(np.linalg.norm(forecast.best()[-1] - truth[-1]))
        axes.set_title(f"off by {away:.2g} px after {ahead[-1]:.2g} s", fontsize=9)
    (left, top), (right, bottom) = framed(run.positions_px, float(geometry_of(run, radius_px)["radius_px"]))
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal")
    axes.tick_params(labelsize=7)

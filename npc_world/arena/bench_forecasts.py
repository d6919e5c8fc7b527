"""`npc-world bench --forecasts`: what watching and forecasting costs per target, alone and in a batch, and the filter against filterpy's.

Times are minima over repeats of medians, so that what else the machine does counts little.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.progress import Progress
from npc_world.beliefs.imm import filter_step, start_filter
from npc_world.beliefs.layout import COUNT, NOISE, TOP_SPEED, new_memory
from npc_world.beliefs.target_model import TargetModel
from npc_world.beliefs.target_models import TargetModels
from npc_world.core.compiled import kernel

__all__ = ["bench_forecasts", "run_forecasts", "walkers"]

Floats = NDArray[np.float64]
_DT_S = 1.0 / 60.0
_HYPOTHESES, _STEPS, _STEP_S = 20, 30, 0.1
_WATCHED_S = 12.0
_PEER_TARGETS, _PEER_STEPS = 100, 30


def walkers(count: int, seconds: float, rng: np.random.Generator) -> Floats:
    """(frames, count, 2) px of bodies that run and turn as they like, some in zig-zags, some in circles."""
    frames = round(seconds / _DT_S)
    turning = rng.choice([0.0, 1.2, -0.8], count) + np.zeros((frames, count))
    turning += 3.0 * (rng.random((frames, count)) < 0.01) * rng.standard_normal((frames, count)) / _DT_S / 3.0
    heading = rng.uniform(-3.0, 3.0, count) + np.cumsum(turning * _DT_S, axis=0)
    speed = rng.uniform(60.0, 260.0, count)
    return np.cumsum(_DT_S * speed[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=-1), axis=0) + rng.uniform(0.0, 2000.0, (count, 2))


def _least_us(run: Callable[[], Any], repeats: int) -> float:
    spans = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        spans.append(time.perf_counter() - began)
    return 1e6 * min(float(np.median(part)) for part in np.array_split(np.array(spans), min(5, repeats)))


def _alone_us(track: Floats) -> tuple[float, float, float]:
    """(observe, forecast, both) µs for one target; observing is the mean over frames, as records are made at some of them."""
    model = TargetModel()
    warm = round(_WATCHED_S / _DT_S)
    for i in range(warm):
        model.observe(i * _DT_S, track[i])
    parts = []
    for part in np.array_split(np.arange(warm, len(track)), 5):
        began = time.perf_counter()
        for i in part:
            model.observe(i * _DT_S, track[i])
        parts.append(1e6 * (time.perf_counter() - began) / len(part))
    say = _least_us(lambda: model.forecast(_STEPS * _STEP_S, _STEP_S, _HYPOTHESES), 200)
    return min(parts), say, min(parts) + say


def _batch_us(tracks: Floats) -> tuple[float, float, float]:
    """The same per target of many."""
    count = tracks.shape[1]
    models = TargetModels(count)
    warm = round(_WATCHED_S / _DT_S)
    spans = []
    for i in range(len(tracks)):
        began = time.perf_counter()
        models.observe(i * _DT_S, tracks[i])
        spans.append(1e6 * (time.perf_counter() - began) / count)
    see = min(float(np.mean(part)) for part in np.array_split(np.array(spans[warm:]), 5))
    say = _least_us(lambda: models.forecast(_STEPS * _STEP_S, _STEP_S, _HYPOTHESES), 10) / count
    return see, say, see + say


@kernel
def _filter_all(memory, dt_s, positions):  # type: ignore[no-untyped-def]
    """One step of the three-model filter alone, for memory (N, MEMORY) and positions (N, 2)."""
    for n in range(memory.shape[0]):
        filter_step(memory[n], dt_s, positions[n, 0], positions[n, 1])


def _own_filter_us(tracks: Floats) -> float:
    """µs per step of one target, 100 at once."""
    memory = new_memory(tracks.shape[1])
    memory[:, TOP_SPEED], memory[:, NOISE], memory[:, COUNT] = 200.0, 1.0, 1.0
    for n in range(tracks.shape[1]):
        start_filter(memory[n], tracks[0, n, 0], tracks[0, n, 1], 0.0, 0.0, 100.0)
    steps = iter(np.tile(np.arange(1, len(tracks)), 50))
    return float(_least_us(lambda: _filter_all(memory, _DT_S, tracks[next(steps)]), 400) / tracks.shape[1])


def _peer_filter_us(tracks: Floats) -> float | None:
    """The same with filterpy's IMMEstimator over three Kalman filters of four states; None when it is not installed."""
    if find_spec("filterpy") is None:
        return None
    kalman = import_module("filterpy.kalman")
    estimators = [_peer(kalman, tracks[0, n]) for n in range(tracks.shape[1])]
    spans = []
    for i in range(1, _PEER_STEPS + 1):
        began = time.perf_counter()
        for n, estimator in enumerate(estimators):
            estimator.predict()
            estimator.update(tracks[i, n])
        spans.append(1e6 * (time.perf_counter() - began) / len(estimators))
    return float(min(np.median(part) for part in np.array_split(np.array(spans), 5)))


def _peer(kalman: Any, at: Floats) -> Any:
    """Constant velocity, constant turn and manoeuvre, each (x, y, vx, vy)."""
    filters = []
    for unrest, turn in ((20.0, 0.0), (40.0, 1.0), (700.0, 0.0)):
        one = kalman.KalmanFilter(dim_x=4, dim_z=2)
        one.x = np.array([at[0], at[1], 0.0, 0.0])
        c, s = np.cos(turn * _DT_S), np.sin(turn * _DT_S)
        one.F = np.array([[1.0, 0.0, _DT_S, 0.0], [0.0, 1.0, 0.0, _DT_S], [0.0, 0.0, c, -s], [0.0, 0.0, s, c]])
        one.H = np.eye(2, 4)
        one.P = np.diag([1.0, 1.0, 1e4, 1e4])
        one.R = np.eye(2)
        one.Q = unrest ** 2 * _DT_S * np.diag([_DT_S ** 2, _DT_S ** 2, 1.0, 1.0])
        filters.append(one)
    change = np.full((3, 3), 0.01) + np.diag(np.full(3, 0.97))
    return kalman.IMMEstimator(filters, np.array([0.5, 0.1, 0.4]), change)


def bench_forecasts(targets: int = 1000, advance: Callable[[], None] = lambda: None) -> dict[str, float | None]:
    """The figures, by name; times in µs per target."""
    rng = np.random.default_rng(5)
    found: dict[str, float | None] = {}
    one = walkers(1, _WATCHED_S + 10.0, rng)[:, 0]
    found["one_observe_us"], found["one_forecast_us"], found["one_us"] = _alone_us(one)
    advance()
    found["targets"] = float(targets)
    found["batch_observe_us"], found["batch_forecast_us"], found["batch_us"] = _batch_us(walkers(targets, _WATCHED_S + 2.0, rng))
    advance()
    tracks = walkers(_PEER_TARGETS, 1.0, rng)
    found["filter_us"] = _own_filter_us(tracks)
    found["filterpy_us"] = peer = _peer_filter_us(tracks)
    found["filterpy_over_own"] = None if peer is None else peer / max(float(found["filter_us"] or 0.0), 1e-9)
    advance()
    return found


def run_forecasts(json_file: Path | None, targets: int = 1000) -> int:
    """Print the figures; 0."""
    bar = Progress(3, "forecasts")
    found = bench_forecasts(targets, bar.advance)
    bar.close()
    print(f"{_HYPOTHESES} hypotheses over {_STEPS} steps, µs per target     observe  forecast  together      bar")
    for name, words, bar_us in (("one", "one target", 60.0), ("batch", f"{targets:,} in one call", 6.0)):
        see, say, both = (float(found[f"{name}{part}_us"] or 0.0) for part in ("_observe", "_forecast", ""))
        print(f"{words:<48} {see:>8.2f} {say:>9.2f} {both:>9.2f} {'≤':>4} {bar_us:.0f} {'held' if both <= bar_us else 'MISSED'}")
    print(f"three-model filter alone, {_PEER_TARGETS} targets: {found['filter_us']:.3f} µs a step", end="")
    ratio, peer = found["filterpy_over_own"], found["filterpy_us"]
    if ratio is None:
        print("; the comparison is left out: filterpy is not installed (pip install filterpy)")
    else:
        print(f"; filterpy {peer:.0f} µs: {ratio:.0f} times as long, bar 500 {'held' if ratio >= 500.0 else 'MISSED'}")
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.flush()
    return 0

"""What bodies of a kind do next, learned from recorded tracks: a prior for a body nobody has watched for long."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.arguments import step_times
from npc_world.beliefs.labels import SOMETHING_ELSE
from npc_world.beliefs.motion_prior_frame import input_size, read_past, resample
from npc_world.beliefs.motion_prior_loss import output_size
from npc_world.beliefs.motion_prior_mending import correction_arrays, mend, read_correction
from npc_world.beliefs.motion_prior_mixture import evaluate_networks, place_mixture
from npc_world.beliefs.motion_prior_steadiness import Steadiness, go_on, never
from npc_world.beliefs.motion_prior_training import NETWORK, PriorConfig, Trained, train_prior
from npc_world.beliefs.motion_prior_windows import Grid
from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError, SaveFileError
from npc_world.core.records import Forecast
from npc_world.core.save_file import read_snapshot, write_snapshot

__all__ = ["MotionPrior", "PriorConfig", "ways"]

Floats = NDArray[np.float64]
_SHIPPED = Path(__file__).parent / "priors" / "scripted.npz"
_KIND, _VERSION, _OLDER = "npc_world motion prior", 4, 2
"""In files of version 2 futures lie around the best guess, as the last number of their correction says; before 4 it never gives way to going on."""


@dataclass(frozen=True, slots=True)
class MotionPrior:
    """A mixture of futures given the last second or so of a body's way, in its own frame: moved, turned and scaled.

    Make one with `fit` or `load`.  Small networks read off the past a best guess (least absolute error); other futures, free of it,
    of which one comes near whatever happens (multiple choice learning, Guzman-Rivera et al. 2012); and weights and widths of all,
    a Gaussian mixture whose mean the best guess is (mixture density network, Bishop 1994), with regions corrected on bodies held out.
    All learn from the tracks as recorded and from noisy copies; where a past is steady the guess gives way to going straight on (`motion_prior_steadiness`).
    Where units are known and steps fine, boosted trees mend the guess, and all futures with it, also by the free ground around the place as others' routes have shown it (`motion_prior_correction`), if that helps with
    bodies held out.  Assumes that bodies to come move as those it was fitted on; it knows no walls that nobody's route has shown
    and no other bodies, and is wrong where these decide.
    """

    grid: Grid
    network: Trained
    typical_speed: float
    """Of the bodies it was fitted on, in their unit of length per second; 0: it is for any unit."""
    turned: bool
    """Whether the frame turns with the body; not where gravity makes down special."""

    # ---- making one ----------------------------------------------------------------------------------------------

    @classmethod
    def fit(cls, tracks: Sequence[Any], dt_s: float, *, groups: Sequence[int] | None = None, any_unit: bool = False, gravity: bool = False,
            history_s: float | None = None, horizon_s: float | None = None, config: PriorConfig | None = None, seed: int = 0,
            progress: Callable[[float, str], None] | None = None) -> MotionPrior:
        """Learn from tracks, each (L, 2) positions every dt_s.  Seconds to a few minutes; `progress(share, what)` is told how far it is.

        groups: a number per track; what is held out for calibration are whole groups (places, players, matches), so that the
        stated spread covers new ones; default: stretches of the list.  any_unit: tracks in different units, or to be used
        in one that is not theirs; otherwise lengths are known, which tells standing from slow.  gravity: the world's down is special.
        history_s, horizon_s: how much is read and foretold; default 1 s and 4 s, for steps of 0.25 s and more 7 and 12 steps.
        The same tracks and seed give the same prior.  Raises `BadInputError`.
        """
        step_s = _positive(dt_s, "dt_s")
        history = None if history_s is None else _positive(history_s, "history_s")
        horizon = None if horizon_s is None else _positive(horizon_s, "horizon_s")
        if not isinstance(seed, (int, np.integer)) or seed < 0:
            raise BadInputError(f"seed={seed!r}: expected a whole number, zero or more")
        checked = [_checked_track(track, f"tracks[{i}]") for i, track in enumerate(tracks)]
        if groups is not None and len(groups) != len(checked):
            raise BadInputError(f"groups has {len(groups)} numbers: expected one per track, {len(checked)}")
        if checked and not any(np.ptp(track, axis=0).any() for track in checked if len(track)):
            raise BadInputError("tracks: none of these bodies moves, so there is nothing to learn")
        grid, network, typical = train_prior(checked, step_s, groups, any_unit, not gravity, history, horizon,
                                             config if config is not None else PriorConfig(), np.random.default_rng(seed), progress)
        return cls(grid, network, typical, not gravity)._ready()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to `path`, an npz without pickle; whole or not at all."""
        arrays: dict[str, Any] = {name: getattr(self.network, name).astype(np.float32) for name in NETWORK}
        arrays |= {"spread": self.network.spread, "shapes": self.network.shapes, "correction": self.network.correction}
        arrays |= {"steady_edges": self.network.steady.edges, "steady_share": self.network.steady.share}
        arrays |= {"lags_s": self.grid.lags_s, "ahead_s": self.grid.ahead_s, "typical_speed": np.array(self.typical_speed),
                   "turned": np.array(self.turned)} | correction_arrays(self.network.mended)
        write_snapshot(path, arrays, _KIND, _VERSION)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> MotionPrior:
        """Read what `save` wrote.  Raises `SaveFileError` naming the file and what is wrong with it."""
        stored = read_snapshot(path, _KIND, _VERSION, _OLDER)
        try:
            parts = {name: np.ascontiguousarray(stored[name], dtype=np.float64) for name in (*NETWORK, "spread", "shapes", "correction")}
            grid = Grid(np.ascontiguousarray(stored["lags_s"], np.float64), np.ascontiguousarray(stored["ahead_s"], np.float64))
            steady = Steadiness(*(np.ascontiguousarray(stored[name], np.float64) for name in ("steady_edges", "steady_share"))) \
                if "steady_share" in stored else never(len(grid.ahead_s))
            typical, turned = float(stored["typical_speed"]), bool(stored["turned"])
        except (KeyError, ValueError, TypeError) as error:
            raise SaveFileError(f"{path}: not a whole motion prior ({error})") from None
        _check_parts(path, parts, steady, grid, typical)
        return cls(grid, Trained(**parts, steady=steady, mended=read_correction(path, stored, len(grid.lags_s), len(grid.ahead_s))), typical, turned)._ready()

    @classmethod
    def shipped(cls) -> MotionPrior:
        """The one that comes with the package: fitted on invented walkers, drivers, key pressers and patrols, for any unit.

        `npc-world prior --out FILE` makes it anew.  One fitted on recorded bodies of the kind in question is better.
        """
        return cls.load(_SHIPPED)

    # ---- using it ------------------------------------------------------------------------------------------------

    @property
    def futures(self) -> int:
        """Rows of its forecasts: the first is the best single guess, the last stands for what none of the others foresees."""
        return len(self.network.spread) + 1

    def forecast(self, points: Any, times_s: Any, horizon_s: float | None = None, step_s: float | None = None,
                 hypotheses: int | None = None, typical_speed: float | None = None) -> Forecast:
        """What a body may do that was at points (L, 2), L ≥ 2, at times_s: (L,) increasing seconds, or one number, the step.

        horizon_s, step_s: default the horizons it was fitted for.  hypotheses: at most so many rows, the weightiest.
        typical_speed: of such bodies, in this unit, where the prior is for any unit and the body may be standing at
        present; default the fastest it was seen to move.  A past shorter than the prior reads is continued backwards.
        """
        past_points, times = _checked_past(points, times_s)
        if horizon_s is None and step_s is None:
            ahead = self.grid.ahead_s
        else:
            ahead = step_times(self.grid.ahead_s[-1] if horizon_s is None else horizon_s, self.grid.ahead_s[0] if step_s is None else step_s)
        if hypotheses is not None and (not isinstance(hypotheses, (int, np.integer)) or hypotheses < 1):
            raise BadInputError(f"hypotheses={hypotheses!r}: expected a whole number, 1 or more")
        typical = self.typical_of(past_points, times) if typical_speed is None else _positive(typical_speed, "typical_speed")
        positions, covariances, weights, cover = self.mixture_and_cover(past_points, times, ahead, typical)
        labels = ways(positions, past_points, times)
        if hypotheses is not None and hypotheses < len(weights):
            rows = np.sort(np.argsort(-weights, kind="stable")[:hypotheses])
            positions, covariances, weights = positions[rows], covariances[rows], weights[rows] / weights[rows].sum()
            labels = tuple(labels[k] for k in rows)
        return Forecast(ahead, positions, weights, covariances, labels, cover_px=cover)

    def mixture(self, points: Floats, times: Floats, ahead_s: Floats, typical: float) -> tuple[Floats, Floats, Floats]:
        """(K, H, 2), (K, H, 2, 2), (K,) of `forecast`, unchecked: float64, contiguous."""
        return self.mixture_and_cover(points, times, ahead_s, typical)[:3]

    def mixture_and_cover(self, points: Floats, times: Floats, ahead_s: Floats, typical: float) -> tuple[Floats, Floats, Floats, Floats | None]:
        """The same, and the futures (K - 2, H, 2) as they were taught to cover together what comes, the weightiest first.

        None where they lie around the first, and in a prior for any unit: bodies of kinds it never saw are covered better by few futures
        that are found for the mixture's own, wider spread.
        The mixture's are moved with its mean, where the best guess gives way to going on (`motion_prior_steadiness`); these are not.
        """
        net, steps = self.network, len(ahead_s)
        positions, covariances = np.empty((self.futures, steps, 2)), np.empty((self.futures, steps, 2, 2))
        weights, moved = np.empty(self.futures), np.empty((steps, 2))
        predict(points, times, self.grid.lags_s, typical, self.turned, net.first, net.first_offset, net.second, net.second_offset, net.top,
                net.offset, net.straight, net.spread, net.shapes, self.grid.ahead_s, net.correction, net.steady.edges, net.steady.share, ahead_s,
                positions, covariances, weights, moved)
        if net.mended is not None:
            positions += mend(net, self.grid, points, times, ahead_s, typical, self.turned)
        if net.correction[-1, 1] == 0.0 or self.typical_speed == 0.0:
            return positions, covariances, weights, None
        return positions, covariances, weights, positions[1 + np.argsort(-weights[1:-1], kind="stable")] - moved

    def _ready(self) -> MotionPrior:
        """Compile now, so that no frame waits for it."""
        self.mixture(np.zeros((2, 2)), np.arange(2.0), self.grid.ahead_s, 1.0)
        return self

    def typical_of(self, points: Floats, times: Floats) -> float:
        """The speed by which standing is told from slow: that of the bodies it was fitted on, or the fastest step seen."""
        if self.typical_speed > 0.0:
            return self.typical_speed
        return float((np.hypot(*np.diff(points, axis=0).T) / np.diff(times)).max())


def _positive(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not np.isfinite(value) or value <= 0.0:
        raise BadInputError(f"{name}={value!r}: expected a positive number")
    return float(value)


def _checked_track(track: Any, name: str) -> Floats:
    try:
        points = np.ascontiguousarray(track, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInputError(f"{name}={track!r}: expected positions (L, 2)") from None
    if points.ndim != 2 or points.shape[1] != 2:
        raise BadInputError(f"{name} has shape {points.shape}: expected (L, 2)")
    if not np.isfinite(points).all():
        raise BadInputError(f"{name}: row {int(np.argmin(np.isfinite(points).all(axis=1)))} is not finite")
    return points


def _checked_past(points: Any, times_s: Any) -> tuple[Floats, Floats]:
    past = _checked_track(points, "points")
    if len(past) < 2:
        raise BadInputError(f"points has {len(past)} rows: expected at least 2, to tell which way it moves")
    if np.ndim(times_s) == 0:
        return past, _positive(times_s, "times_s") * np.arange(float(len(past)))
    times = np.ascontiguousarray(times_s, dtype=np.float64)
    if times.shape != (len(past),) or not np.isfinite(times).all() or (np.diff(times) <= 0.0).any():
        raise BadInputError(f"times_s={times_s!r}: expected {len(past)} increasing seconds, or the step as one number")
    return past, times


def _check_parts(path: str | os.PathLike[str], parts: dict[str, Floats], steady: Steadiness, grid: Grid, typical: float) -> None:
    """Shapes that fit together, and finite numbers."""
    members, width, hidden = parts["first"].shape if parts["first"].ndim == 3 else (0, 0, 0)
    futures, steps, shapes = len(parts["spread"]), len(grid.ahead_s), parts["shapes"].shape[-1]
    size = output_size(futures, shapes)
    expected = {"first": (members, input_size(len(grid.lags_s)), hidden), "first_offset": (members, hidden), "second": (members, hidden, hidden),
                "second_offset": (members, hidden), "top": (members, hidden, size), "offset": (members, size), "straight": (members, width, size),
                "spread": (futures, steps, 3), "shapes": (2, steps, shapes), "correction": (steps + 1, 2)}
    for name, shape in expected.items():
        if parts[name].shape != shape or 0 in shape:
            raise SaveFileError(f"{path}: {name} has shape {parts[name].shape}, expected {shape}")
        if not np.isfinite(parts[name]).all():
            raise SaveFileError(f"{path}: {name} is not finite")
    if steady.edges.ndim != 1 or steady.share.shape != (len(steady.edges) + 1, steps) or not np.isfinite(steady.edges).all() \
            or (np.diff(steady.edges) <= 0.0).any() or not ((steady.share >= 0.0) & (steady.share <= 1.0)).all():
        raise SaveFileError(f"{path}: steady_edges or steady_share out of range")
    for name, times in (("lags_s", grid.lags_s), ("ahead_s", grid.ahead_s)):
        if times.ndim != 1 or not np.isfinite(times).all() or times[0] <= 0.0 or (np.diff(times) <= 0.0).any():
            raise SaveFileError(f"{path}: {name}={times} are not increasing seconds")
    if not np.isfinite(typical) or typical < 0.0 or not 0.0 < parts["correction"][-1, 0] < 1.0:
        raise SaveFileError(f"{path}: typical_speed={typical} or correction out of range")


def ways(positions: Floats, points: Floats, times: Floats) -> tuple[str, ...]:
    """(K,) in words, by where each future ends; y points down, so what lies clockwise is to the right."""
    first = max(0, len(points) - 4)
    velocity = (points[-1] - points[first]) / (times[-1] - times[first])
    way = positions[:, -1] - points[-1]
    along, across = way @ velocity, way[:, 1] * velocity[0] - way[:, 0] * velocity[1]
    half = positions[:, (positions.shape[1] - 1) // 2] - points[-1]
    far, near = np.hypot(way[:, 0], way[:, 1]), np.hypot(half[:, 0], half[:, 1])
    angle = np.arctan2(across, along)
    stops = far < 0.25 * far.max()
    labels = np.where(angle > 0.35, "turns right", np.where(angle < -0.35, "turns left", "keeps going"))
    labels = np.where(np.abs(angle) > 2.2, "turns back", labels)
    labels = np.where(stops | (far < 0.8 * near), "stops", labels)
    return (*labels[:-1].tolist(), SOMETHING_ELSE)


@kernel
def predict(points, times, lags, typical, turned, first, first_offset, second, second_offset, top, offset, straight, spread, shapes,  # type: ignore[no-untyped-def]
            ahead, correction, edges, share, wanted, positions, covariances, weights, moved):
    """From points (L, 2) at times (L,) to the mixture at `wanted` (T,) s from the last of them: one native call.  moved (T, 2): see `go_on`."""
    past = np.empty((lags.shape[0] + 1, 2))
    known_s = resample(times, points, points.shape[0], lags, past)
    inputs, frame = np.empty(first.shape[1]), np.empty(5)
    read_past(past, lags, known_s, typical, turned, inputs, frame)
    out = np.empty(top.shape[2])
    evaluate_networks(first, first_offset, second, second_offset, top, offset, straight, inputs, out)
    place_mixture(out, spread, shapes, ahead, correction, frame, wanted, positions, covariances, weights)
    go_on(out, inputs, lags, shapes, ahead, edges, share, frame, wanted, positions, moved)

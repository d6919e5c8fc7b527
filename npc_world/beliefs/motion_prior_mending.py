"""A prior's correction at work: on one past, and in files."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.boosted_trees import Trees
from npc_world.beliefs.motion_prior_correction import Correction, features_read
from npc_world.beliefs.motion_prior_frame import input_size, read_past, resample
from npc_world.beliefs.motion_prior_mixture import evaluate_networks
from npc_world.beliefs.motion_prior_training import Trained
from npc_world.beliefs.motion_prior_windows import Grid
from npc_world.beliefs.route_map import RouteMap
from npc_world.core.errors import SaveFileError

__all__ = ["correction_arrays", "mend", "read_correction"]

Floats = NDArray[np.float64]


def mend(net: Trained, grid: Grid, points: Floats, times: Floats, ahead_s: Floats, speed: float, turned: bool) -> Floats:
    """(T, 2) to be added to all futures at ahead_s (T,) s, of a body that was at points (L, 2) at times (L,)."""
    assert net.mended is not None
    lags = grid.lags_s
    past, inputs, frame = np.empty((len(lags) + 1, 2)), np.empty((1, input_size(len(lags)))), np.empty((1, 5))
    known_s = resample(times, points, len(points), lags, past)
    read_past(past, lags, known_s, speed, turned, inputs[0], frame[0])
    said = np.empty(net.top.shape[2])
    evaluate_networks(net.first, net.first_offset, net.second, net.second_offset, net.top, net.offset, net.straight, inputs[0], said)
    guess = np.einsum("ab,ahb->ha", said[:2 * net.shapes.shape[2]].reshape(2, -1), net.shapes)[None]
    guess += net.steady.shift(inputs, guess, lags, grid.ahead_s)
    shift = net.mended.shift(inputs, frame, guess, speed, len(lags))[0]
    cos, sin, last = frame[0, 2], frame[0, 3], grid.ahead_s[-1]
    moved = frame[0, 4] * last * (shift @ np.array([[cos, sin], [-sin, cos]]))
    steps = np.concatenate([[0.0], grid.ahead_s])
    onward = np.maximum(1.0, ahead_s / last)
    return np.stack([np.interp(ahead_s, steps, np.concatenate([[0.0], moved[:, a]])) * onward for a in range(2)], axis=1)


def correction_arrays(mended: Correction | None) -> dict[str, Any]:
    """For a save file; nothing where there is none."""
    if mended is None:
        return {}
    out = {**_tree_arrays("plain", mended.plain), "plain_share": mended.plain_share}
    if mended.placed is not None and mended.placed_share is not None and mended.ground is not None:
        out |= {**_tree_arrays("placed", mended.placed), "placed_share": mended.placed_share}
        out |= {"ground_origin": mended.ground.origin, "ground_cell": np.array(mended.ground.cell), "ground_visits": mended.ground.visits}
    return out


def read_correction(path: str | os.PathLike[str], stored: dict[str, Any], lags: int, horizons: int) -> Correction | None:
    """What `correction_arrays` gave.  Raises `SaveFileError`."""
    if "plain_value" not in stored:
        return None
    try:
        plain = _read_trees(stored, "plain", features_read(lags, horizons, False), horizons)
        share = _read_share(stored, "plain_share", horizons)
        if "placed_value" not in stored:
            return Correction(plain, share)
        ground = RouteMap(np.asarray(stored["ground_origin"], np.float64), float(stored["ground_cell"]), np.asarray(stored["ground_visits"], np.int32))
        if ground.origin.shape != (2,) or ground.visits.ndim != 2 or not np.isfinite(ground.origin).all() or not 0.0 < ground.cell < np.inf:
            raise ValueError("the map of routes is damaged")
        return Correction(plain, share, _read_trees(stored, "placed", features_read(lags, horizons, True), horizons),
                          _read_share(stored, "placed_share", horizons), ground)
    except (KeyError, ValueError, TypeError) as error:
        raise SaveFileError(f"{path}: not a whole motion prior ({error})") from None


def _tree_arrays(name: str, trees: Trees) -> dict[str, Any]:
    return {f"{name}_feature": trees.feature.astype(np.int16), f"{name}_above": trees.above, f"{name}_value": trees.value.astype(np.float32)}


def _read_share(stored: dict[str, Any], name: str, horizons: int) -> Floats:
    share = np.asarray(stored[name], np.float64)
    if share.shape != (horizons,) or not ((share >= 0.0) & (share <= 1.0)).all():
        raise ValueError(f"{name} is damaged")
    return share


def _read_trees(stored: dict[str, Any], name: str, features: int, horizons: int) -> Trees:
    trees = Trees(np.asarray(stored[f"{name}_feature"], np.int64), np.asarray(stored[f"{name}_above"], np.float64),
                  np.ascontiguousarray(stored[f"{name}_value"], np.float64))
    count, depth = trees.feature.shape
    if trees.above.shape != (count, depth) or trees.value.shape != (count, 1 << depth, 2 * horizons) \
            or not np.isfinite(trees.above).all() or not np.isfinite(trees.value).all() \
            or ((trees.feature < 0) | (trees.feature >= features)).any():
        raise ValueError(f"{name} trees are damaged")
    return trees

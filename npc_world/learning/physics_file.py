"""What was learned of a ball and of surfaces, as a TOML file that people can read and edit: `npc-world learn` writes it, `BallModel` reads it.

    scheme = "chipmunk"
    step_s = 0.016666666666666666
    [constants]
    gravity_y_px_s2 = {value = 998.7, sd = 0.4}
    [surfaces.mud]
    speed_factor = 0.52
    speed_factor_sd = 0.01

Names are those of `BallModel.physics`; one that is missing is not known.  A constant with sd = 0 is believed exactly.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.config import load_config
from npc_world.core.errors import BadInputError, SaveFileError
from npc_world.core.tunable import check_tunables, tunable
from npc_world.learning.ball_knowledge import BallKnowledge
from npc_world.learning.ball_watch import LawBelief
from npc_world.models.ball_world import SCHEMES
from npc_world.models.surfaces import Surface

__all__ = ["BallPhysics", "Constant", "physics_of", "read_physics", "with_physics", "write_physics"]

Floats = NDArray[np.float64]
_LEAST_SD = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """One measured number."""

    value: float = tunable(help="in the game's units")
    sd: float = tunable(0.0, "standard deviation", low=0.0)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BallPhysics:
    """The file's content."""

    scheme: str = tunable("chipmunk", "how the engine steps", choices=tuple(SCHEMES))
    step_s: float = tunable(0.0, "the engine's step, s; 0 where the file says nothing of balls", low=0.0, high=1.0)
    noise_px: float = tunable(0.0, "standard deviation of a sighting, px; 0 is told by the sightings", low=0.0)
    rough: bool = tunable(False, "no scheme is exact: noise_px is how far off the best of them is")
    rounding_px: float = tunable(0.0, "sightings are rounded to multiples of this, px; 0 are not", low=0.0)
    spin_sd_rad_s: float = tunable(0.0, "spread of the spin at the start of a throw, rad/s", low=0.0)
    speed_px_s: float = tunable(0.0, "a high speed among the throws, px/s", low=0.0)
    constants: dict[str, Constant] = tunable(factory=dict, help="gravity_x_px_s2, gravity_y_px_s2, damping, inertia, restitution_m, friction_m")
    correlated: list[str] = tunable(factory=list, help="the constants that the rows of `correlation` are of, in this order")
    correlation: list[list[float]] = tunable(factory=list, help="correlations of their errors", low=-1.0, high=1.0)
    surfaces: dict[str, Surface] = tunable(factory=dict, help="what surfaces do to a body, by name: the priors of an NPC whose preset names the file")

    def __post_init__(self) -> None:
        check_tunables(self)
        size = len(self.correlated)
        if len(self.correlation) != size or any(len(row) != size for row in self.correlation):
            raise BadInputError(f"correlation has {len(self.correlation)} rows: expected {size} rows of {size}, as `correlated` names")
        if not self.step_s > 0.0 and (self.constants or not self.surfaces):
            raise BadInputError("step_s: must be given, the engine's step in seconds, where the file is not of surfaces only")


def read_physics(source: str | os.PathLike[str] | Mapping[str, Any]) -> BallPhysics:
    """The content of a file (or of such a mapping).  Raises `ConfigError` with everything that is wrong in it, `BadInputError` for what is neither."""
    if not isinstance(source, (str, os.PathLike, Mapping)) or (isinstance(source, os.PathLike) and not isinstance(os.fspath(source), str)):
        raise BadInputError(f"physics={source!r}: expected the path of a file of `npc-world learn`, or its content")
    return load_config(dict(source) if isinstance(source, Mapping) else Path(source), BallPhysics)


def physics_of(known: BallKnowledge) -> BallPhysics:
    """What a model has learned.  Raises `BadInputError` when that is nothing."""
    if not known.learned or known.step_s is None or known.scheme is None:
        raise BadInputError("nothing was learned yet: there is no physics to write")
    described = known.laws.describe(known.belief.z, known.belief.covariance)
    names = _free_names(known)
    deviation = np.sqrt(np.maximum(np.diag(known.belief.covariance), _LEAST_SD**2))
    correlation = np.clip(known.belief.covariance / np.outer(deviation, deviation), -1.0, 1.0)
    return BallPhysics(scheme=known.scheme, step_s=float(known.step_s), noise_px=float(known.noise_px or 0.0), rough=known.rough, rounding_px=float(known.rounding_px),
                       spin_sd_rad_s=float(known.spin_sd_rad_s or 0.0), speed_px_s=float(known.speed_px_s),
                       constants={n: Constant(value=v, sd=s) for n, (v, s) in described.items()},
                       correlated=names, correlation=[[float(v) for v in row] for row in correlation])


def with_physics(known: BallKnowledge, physics: BallPhysics) -> BallKnowledge:
    """`known` with what a file says of everything that is still open in it; what was given as known stays."""
    if not physics.step_s > 0.0:
        return known  # it is of surfaces only
    unknown = sorted(set(physics.constants) - set(_names(known)))
    if unknown:
        raise BadInputError(f"physics: {unknown[0]} is not a constant of this ball: it has {', '.join(_names(known))}")
    scale = max(physics.speed_px_s, 1e-9)
    fixed = known.laws.fixed.copy()
    fixed[:2] *= known.laws.gravity_scale / scale
    laws = replace(known.laws, fixed=fixed, gravity_scale=scale)
    mean, deviation = laws.prior()
    names = _free_names(known)
    low, high = np.full(len(names), -np.inf), np.full(len(names), np.inf)
    given = np.zeros(len(names), bool)
    for n, name in enumerate(names):
        constant = physics.constants.get(name)
        if constant is not None:
            mean[n], slope = _coordinate(name, constant.value, scale)
            deviation[n], given[n] = max(constant.sd / slope, _LEAST_SD), True
    correlation = np.eye(len(names))
    rows = {name: n for n, name in enumerate(physics.correlated)}
    shared = [(n, rows[name]) for n, name in enumerate(names) if name in rows and given[n]]
    for n, i in shared:
        for m, j in shared:
            correlation[n, m] = physics.correlation[i][j]
    return replace(known, laws=laws, belief=LawBelief(laws.clip(mean), correlation * np.outer(deviation, deviation), low, high), learned=True,
                   scheme=known.scheme if known.fixed_scheme else physics.scheme, step_s=known.step_s if known.fixed_step else physics.step_s,
                   noise_px=known.noise_px if known.fixed_noise else (physics.noise_px or None), rounding_px=physics.rounding_px,
                   rough=physics.rough and not known.fixed_noise, spin_sd_rad_s=physics.spin_sd_rad_s or None, speed_px_s=physics.speed_px_s)


def write_physics(path: str | os.PathLike[str], physics: BallPhysics, remarks: Sequence[str] = ()) -> None:
    """Write the file, all of it or nothing, with `remarks` as comments on top.  Raises `SaveFileError`."""
    lines = [f"# {line}" for remark in remarks for line in remark.splitlines()]
    lines += [f"scheme = {json.dumps(physics.scheme)}"]
    if physics.rough:
        lines.append("rough = true")
    lines += [f"{name} = {getattr(physics, name)!r}" for name in ("step_s", "noise_px", "rounding_px", "spin_sd_rad_s", "speed_px_s")]
    lines += [f"correlated = {json.dumps(physics.correlated)}", "correlation = ["]
    lines += ["  [" + ", ".join(f"{v:.6g}" for v in row) + "]," for row in physics.correlation]
    lines += ["]", "", "[constants]"]
    lines += [f"{name} = {{value = {c.value!r}, sd = {c.sd!r}}}" for name, c in physics.constants.items()]
    for name, surface in physics.surfaces.items():
        lines += ["", f"[surfaces.{json.dumps(name)}]", *(f"{f.name} = {getattr(surface, f.name)!r}" for f in fields(Surface))]
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write("\n".join(lines) + "\n")
            os.replace(part, target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SaveFileError(f"{target}: {error}") from None


def _names(known: BallKnowledge) -> list[str]:
    return list(known.laws.describe(known.belief.z, known.belief.covariance))


def _free_names(known: BallKnowledge) -> list[str]:
    return [name for name, free in zip(_names(known), known.laws.free, strict=True) if free]


def _coordinate(name: str, value: float, gravity_scale: float) -> tuple[float, float]:
    """A constant in the coordinate it is learned in, and how many of its units one of that coordinate makes."""
    if name.startswith("gravity"):
        return value / gravity_scale, gravity_scale
    if name == "damping":
        if not 0.0 < value <= 1.0:
            raise BadInputError(f"physics: damping={value!r}: expected the share of speed kept after one second, in (0, 1]")
        return -math.log(value), value
    if name == "inertia":
        if not value > 0.0:
            raise BadInputError(f"physics: inertia={value!r}: expected a number above zero")
        return value / (1.0 + value), (1.0 + value) ** 2
    return value, 1.0

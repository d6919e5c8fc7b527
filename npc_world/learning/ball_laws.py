"""Which physical constants of a ball are to be learned, their priors, and the coordinates they are learned in.

Coordinates z (F,) are near linear in what is seen: gravity x and y in units of `gravity_scale`, drag per second = -ln(damping),
grip share = inertia / (1 + inertia), then restitution and friction per material.  Physics rows are those of `BallWorld.roll`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.errors import BadInputError
from npc_world.models.ball_world import physics_size

__all__ = ["BallLaws"]

Floats = NDArray[np.float64]
_LIMITS = {"gravity_x": (-40.0, 40.0), "gravity_y": (-40.0, 40.0), "drag": (0.0, 6.0), "grip": (0.1, 0.9999),
           "restitution": (0.0, 1.3), "friction": (0.0, 5.0)}
_PRIORS = {"gravity_x": (0.0, 1.0), "gravity_y": (0.0, 3.0), "drag": (0.2, 0.6), "grip": (1.0 / 3.0, 0.02),
           "restitution": (0.6, 0.35), "friction": (0.5, 0.5)}


@dataclass(frozen=True, slots=True)
class BallLaws:
    """A fixed physics row with some entries free; z is the vector of the free ones."""

    fixed: Floats
    """(P,) a coordinate row; entries of free constants are their prior means."""
    free: NDArray[np.bool_]
    """(P,)."""
    names: tuple[str, ...]
    """(P,) "gravity_x", "gravity_y", "drag", "grip", "restitution_0" …, "friction_0" …"""
    gravity_scale: float
    """px/s² in one unit of gravity."""

    @classmethod
    def build(cls, materials: int, gravity_scale: float, *, gravity_px_s2: ArrayLike | None, damping: float | None,
              inertia: float | None, restitution: ArrayLike | None, friction: ArrayLike | None) -> BallLaws:
        """None is free; a number is known; sequences give one value per material, None inside them is free."""
        down = None if gravity_px_s2 is None else _numbers(gravity_px_s2)
        if down is not None and (down.shape not in ((), (2,)) or not np.isfinite(down).all()):
            raise BadInputError(f"gravity_px_s2={gravity_px_s2!r}: expected px/s² downwards, or (x, y)")
        if damping is not None and not (_is_number(damping) and 0.0 < damping <= 1.0):
            raise BadInputError(f"damping={damping!r}: expected the share of speed kept after one second, in (0, 1]")
        if inertia is not None and not (_is_number(inertia) and math.isfinite(inertia) and inertia > 0.0):
            raise BadInputError(f"inertia={inertia!r}: expected moment / (mass · radius²), above zero")
        pair = (None, None) if down is None else ((0.0, float(down)) if down.shape == () else (float(down[0]), float(down[1])))
        values: list[float | None] = [None if v is None else v / gravity_scale for v in pair]
        values.append(None if damping is None else -math.log(damping))
        values.append(None if inertia is None else 1.0 / (1.0 + 1.0 / inertia))
        values += _per_material(restitution, materials, "restitution") + _per_material(friction, materials, "friction")
        kinds = ["gravity_x", "gravity_y", "drag", "grip"] + ["restitution"] * materials + ["friction"] * materials
        names = (*kinds[:4], *(f"restitution_{m}" for m in range(materials)), *(f"friction_{m}" for m in range(materials)))
        fixed = np.array([_PRIORS[kind][0] if v is None else v for v, kind in zip(values, kinds, strict=True)])
        return cls(fixed, np.array([v is None for v in values]), names, float(gravity_scale))

    @property
    def materials(self) -> int:
        return (len(self.fixed) - 4) // 2

    def prior(self) -> tuple[Floats, Floats]:
        """Mean (F,) and standard deviation (F,) before anything was seen."""
        kinds = [name.partition("_")[0] if name[-1].isdigit() else name for name in self.names]
        return self.fixed[self.free].copy(), np.array([_PRIORS[k][1] for k in kinds])[self.free]

    def clip(self, z: Floats) -> Floats:
        """z (..., F) within the limits of each constant."""
        low, high = _limits(self.names)
        return np.asarray(np.minimum(np.maximum(z, low[self.free]), high[self.free]))

    def rows(self, z: Floats) -> Floats:
        """(B, P) physics rows for `BallWorld.roll` of z (B, F)."""
        full = np.tile(self.fixed, (len(z), 1))
        full[:, self.free] = self.clip(z)
        full[:, 0:2] *= self.gravity_scale
        full[:, 2] = np.exp(-full[:, 2])
        full[:, 3] = full[:, 3] / (1.0 - full[:, 3])
        return full

    def describe(self, z: Floats, covariance: Floats) -> dict[str, tuple[float, float]]:
        """Name → (value, standard deviation) in game units: gravity px/s², damping, inertia, restitution_m, friction_m."""
        row = self.rows(z[None])[0]
        spread = np.zeros(len(self.fixed))
        spread[self.free] = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        slope = np.ones(physics_size(self.materials))
        slope[0:2] = self.gravity_scale
        slope[2] = row[2]
        slope[3] = (1.0 + row[3]) ** 2
        names = ("gravity_x_px_s2", "gravity_y_px_s2", "damping", "inertia", *self.names[4:])
        return {name: (float(v), float(s)) for name, v, s in zip(names, row, spread * slope, strict=True)}


@lru_cache(maxsize=64)
def _limits(names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """(P,) and (P,) ends of what each constant may be."""
    low, high = np.array([_LIMITS[name.partition("_")[0] if name[-1].isdigit() else name] for name in names]).T
    return low, high


def _per_material(values: ArrayLike | None, materials: int, name: str) -> list[float | None]:
    if values is None:
        return [None] * materials
    given: Sequence[float | None] = [values] * materials if np.ndim(values) == 0 else list(values)  # type: ignore[arg-type,list-item]
    if len(given) != materials:
        raise BadInputError(f"{name}={values!r}: expected one number, or {materials}, one per material")
    for v in given:
        if v is not None and not (_is_number(v) and math.isfinite(v) and v >= 0.0):
            raise BadInputError(f"{name}={values!r}: expected numbers of zero or more")
    return [None if v is None else float(v) for v in given]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) or (isinstance(value, np.ndarray) and value.shape == () and value.dtype.kind in "iuf")


def _numbers(values: ArrayLike) -> Floats:
    """As an array; NaN where they are no numbers, which whoever asks will name."""
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return np.array(math.nan)

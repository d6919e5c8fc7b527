"""The static world a ball flies in, packed for compiled integrators, and the batch roll-out over it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.errors import BadInputError
from npc_world.models.ball_chipmunk import roll_chipmunk
from npc_world.models.ball_clamped import roll_clamped
from npc_world.models.ball_contact import clearances_of
from npc_world.models.ball_field import NO_FIELD, ForceField
from npc_world.models.ball_flow import roll_flow

__all__ = ["BALL_STATE", "SCHEMES", "BallWorld", "Rolls", "physics_size", "rolled_law"]

Floats = NDArray[np.float64]
BALL_STATE = 5
"""Length of a ball's state: x, y px, vx, vy px/s, spin rad/s (positive turns x towards y)."""
SCHEMES = {"chipmunk": roll_chipmunk, "continuous": roll_flow, "clamped": roll_clamped, "clamped_late": roll_clamped,
           "reflected": roll_clamped, "reflected_late": roll_clamped}
"""How engines step a ball, by name; of what the last four mean `ball_clamped` tells."""
CHIPMUNK_SLOP, CHIPMUNK_BIAS = 0.10000000149011612, 0.0017970074436457143
"""Overlap that is allowed, px, and the share of overlap left after one second: the engine's defaults (0.1 and 0.9^60, single precision)."""
_CELLS_ACROSS = 96


def physics_size(materials: int) -> int:
    """Length of a physics row: gravity x, y, damping, inertia, then per material a restitution, then per material a friction."""
    return 4 + 2 * materials


def rolled_law(world: BallWorld, physics: ArrayLike, scheme: str) -> Floats:
    """(4 + 2 · materials,) the one physics row that a caller gave for that world; `BadInputError` when it is none, or the scheme has no such name."""
    if not isinstance(world, BallWorld):
        raise BadInputError(f"world={world!r}: expected a BallWorld, such as the `world` of a BallModel")
    if scheme not in SCHEMES:
        raise BadInputError(f"scheme={scheme!r}: expected one of {', '.join(map(repr, SCHEMES))}")
    try:
        law = np.asarray(physics, np.float64)
    except (TypeError, ValueError):
        law = np.empty(0)
    if law.shape != (physics_size(world.materials),) or not np.isfinite(law).all():
        raise BadInputError(f"physics={physics!r}: expected {physics_size(world.materials)} finite numbers, such as the `row` of a BallModel")
    return law


@dataclass(frozen=True, slots=True)
class Rolls:
    """B balls rolled over S steps."""

    paths_px: Floats
    """(B, S + 1, 2) centres, the first at the start."""
    states: Floats
    """(B, 5) at the end."""
    contacts: Floats
    """(B, C, 4) the first new contacts: time s, x, y, obstacle index; rows of inf where there were fewer."""


@dataclass(frozen=True, slots=True)
class BallWorld:
    """Segments, convex polygons and fixed circles around one ball, each of a surface material."""

    radius_px: float
    edges: Floats
    """(E, 10), see `contact_of`."""
    obstacles: NDArray[np.int64]
    """(O, 4): first edge, edge count, material, kind: 0 a plain edge or disc, 1 a solid convex polygon, 2 an edge with neighbours."""
    lattice: Floats
    cell_starts: NDArray[np.int64]
    cell_items: NDArray[np.int64]
    materials: int
    slop_px: float = CHIPMUNK_SLOP
    bias_per_s: float = CHIPMUNK_BIAS
    iterations: int = 10
    field: ForceField = NO_FIELD
    """What acts on the ball beside its laws; of several members ball b feels member b modulo their number."""

    @classmethod
    def build(cls, segments: ArrayLike, radius_px: float, *, thickness_px: ArrayLike = 0.0, material: ArrayLike | None = None,
              polygons: Sequence[ArrayLike] = (), polygon_material: ArrayLike | None = None, circles: ArrayLike = (),
              circle_material: ArrayLike | None = None, neighbours: ArrayLike | None = None, materials: int | None = None,
              slop_px: float = CHIPMUNK_SLOP, bias_per_s: float = CHIPMUNK_BIAS, iterations: int = 10) -> BallWorld:
        """Pack `segments` (N, 4) x0, y0, x1, y1 with half thickness `thickness_px` (N,) or one for all; `polygons`, each (n, 2)
        corners; `circles` (M, 3) x, y, radius.  Materials are small integers, 0 where not given.  `neighbours` (N, 4): the
        corner before and after each segment, NaN for none.  `materials`: how many there are, when these shapes do not show all.  A polygon that is not convex counts as its outline.
        Raises `BadInputError` for wrong shapes and values that are not finite.
        """
        if not (isinstance(radius_px, (int, float, np.number)) and math.isfinite(radius_px) and radius_px > 0.0):
            raise BadInputError(f"radius_px={radius_px!r}: expected a length above zero")
        lines = _table(segments, 4, "segments")
        discs = _table(circles, 3, "circles")
        if len(discs) and not (discs[:, 2] > 0.0).all():
            raise BadInputError(f"circles: row {int(np.argmin(discs[:, 2]))} has radius {discs[:, 2].min()!r}: expected a length above zero")
        thick = _thickness(thickness_px, len(lines))
        rows, groups = list(_edge_rows(lines, thick, neighbours)), []
        for n, kind in enumerate(_materials(material, len(lines), "material")):
            groups.append((n, 1, int(kind), 2 if rows[n][6:].any() else 0))
        for corners, kind in zip(polygons, _materials(polygon_material, len(polygons), "polygon_material"), strict=True):
            outline = _table(corners, 2, "polygons")
            ring, convex = _outward(outline)
            sides = _edge_rows(np.hstack([ring, np.roll(ring, -1, axis=0)]), np.zeros(len(ring)), None)
            for n, side in enumerate(sides):
                if not convex or n == 0:
                    groups.append((len(rows), len(sides) if convex else 1, int(kind), int(convex)))
                rows.append(side)
        for disc, kind in zip(discs, _materials(circle_material, len(discs), "circle_material"), strict=True):
            groups.append((len(rows), 1, int(kind), 0))
            rows.append(np.array([disc[0], disc[1], 0.0, 0.0, 0.0, disc[2], 0.0, 0.0, 0.0, 0.0]))
        edges = np.array(rows, np.float64).reshape(-1, 10)
        obstacles = np.array(groups, np.int64).reshape(-1, 4)
        lattice, starts, items = _broad_phase(edges, obstacles, radius_px)
        count = int(obstacles[:, 2].max()) + 1 if len(obstacles) else 1
        if materials is not None and not (isinstance(materials, int) and count <= materials <= 1000):
            raise BadInputError(f"materials={materials!r}: expected a whole number, at least {count}, which the shapes use")
        count = count if materials is None else materials
        return cls(float(radius_px), edges, obstacles, lattice, starts, items, count, float(slop_px), float(bias_per_s), int(iterations))

    def roll(self, states: ArrayLike, physics: ArrayLike, dt_s: float, steps: int, *, scheme: str = "chipmunk",
             contacts: int = 8) -> Rolls:
        """Roll balls from `states` (B, 5) under `physics` (B, 4 + 2 · materials) for `steps` of `dt_s`: one compiled call."""
        start = np.ascontiguousarray(states, np.float64).reshape(-1, BALL_STATE)
        laws = np.ascontiguousarray(np.broadcast_to(np.asarray(physics, np.float64), (len(start), physics_size(self.materials))))
        paths = np.empty((len(start), steps + 1, 2))
        last = start.copy()
        events = np.full((len(start), contacts, 4), np.inf)
        engine = np.array([self.radius_px, self.slop_px, self.bias_per_s, float(self.iterations),
                           float(scheme.endswith("_late")), float(scheme.startswith("reflected"))])
        SCHEMES[scheme](last, laws, self.edges, self.obstacles, self.lattice, self.cell_starts, self.cell_items, engine, float(dt_s),
                        paths, events, self.field.nodes, self.field.swirl, self.field.frame)
        return Rolls(paths, last, events)

    def clearances_px(self, points: ArrayLike) -> Floats:
        """(n,) gaps between a ball at each of `points` (n, 2) and the nearest obstacle; negative: overlap; inf in an empty world."""
        at = np.ascontiguousarray(points, np.float64).reshape(-1, 2)
        return np.asarray(clearances_of(at, self.obstacles, self.edges, self.radius_px))


def _table(values: Any, width: int, name: str) -> Floats:
    try:
        table = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise BadInputError(f"{name}={values!r}: expected rows of {width} numbers") from None
    if table.size == 0:
        return np.empty((0, width))
    if table.ndim != 2 or table.shape[1] != width:
        raise BadInputError(f"{name} has shape {table.shape}: expected (n, {width})")
    if not np.isfinite(table).all():
        raise BadInputError(f"{name}: row {int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0])} is not finite")
    return table


def _thickness(value: Any, count: int) -> Floats:
    try:
        thick = np.broadcast_to(np.asarray(value, np.float64), (count,))
    except (TypeError, ValueError):
        thick = np.full(1, np.nan)
    if not (np.isfinite(thick).all() and (thick >= 0.0).all()):
        raise BadInputError(f"thickness_px={value!r}: expected half the thickness of the segments, zero or more, one for all or {count}")
    return thick


def _materials(values: ArrayLike | None, count: int, name: str) -> NDArray[np.int64]:
    if values is None:
        return np.zeros(count, np.int64)
    kinds = np.asarray(values)
    if kinds.shape != (count,) or (kinds < 0).any() or (kinds != np.floor(kinds)).any():
        raise BadInputError(f"{name}={values!r}: expected {count} whole numbers from 0")
    return kinds.astype(np.int64)


def _edge_rows(lines: Floats, thick: Floats, neighbours: ArrayLike | None) -> Floats:
    delta = lines[:, 2:4] - lines[:, 0:2]
    square = (delta * delta).sum(axis=1)
    inverse = np.where(square > 0.0, 1.0 / np.where(square > 0.0, square, 1.0), 0.0)
    onward = np.zeros((len(lines), 4))
    if neighbours is not None:
        beside = np.asarray(neighbours, np.float64)
        if beside.shape != (len(lines), 4):
            raise BadInputError(f"neighbours has shape {beside.shape}: expected ({len(lines)}, 4)")
        onward = np.nan_to_num(beside - lines, nan=0.0)
    return np.hstack([lines[:, 0:2], delta, inverse[:, None], thick[:, None], onward])


def _outward(corners: Floats) -> tuple[Floats, bool]:
    """Corners ordered so that (dy, -dx) points outwards, and whether the outline is convex."""
    if len(corners) < 3:
        raise BadInputError(f"polygons: an outline has {len(corners)} corners, expected 3 or more")
    following = np.roll(corners, -1, axis=0)
    area = float((corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]).sum())
    ring = corners if area > 0.0 else corners[::-1]
    side = np.roll(ring, -1, axis=0) - ring
    turn = side[:, 0] * np.roll(side, -1, axis=0)[:, 1] - side[:, 1] * np.roll(side, -1, axis=0)[:, 0]
    return np.ascontiguousarray(ring), bool((turn >= -1e-12 * np.abs(area)).all())


def _broad_phase(edges: Floats, obstacles: NDArray[np.int64], radius: float) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """A lattice over all obstacles grown by the ball's radius: per cell the obstacles that a ball centred in it may touch."""
    if len(edges) == 0:
        return np.array([0.0, 0.0, 1.0, 0.0, 0.0]), np.zeros(1, np.int64), np.zeros(0, np.int64)
    reach = radius * 1.001 + edges[:, 5]
    low = np.minimum(edges[:, 0:2], edges[:, 0:2] + edges[:, 2:4]) - reach[:, None]
    high = np.maximum(edges[:, 0:2], edges[:, 0:2] + edges[:, 2:4]) + reach[:, None]
    corner, span = low.min(axis=0), (high.max(axis=0) - low.min(axis=0)).max()
    cell = max(float(span) / _CELLS_ACROSS, radius)
    columns, rows = (int(v) + 1 for v in (high.max(axis=0) - corner) / cell)
    centre_x = corner[0] + (np.arange(columns) + 0.5) * cell
    centre_y = corner[1] + (np.arange(rows) + 0.5) * cell
    at = np.stack(np.meshgrid(centre_x, centre_y), axis=-1).reshape(-1, 2)
    held: list[list[int]] = [[] for _ in range(columns * rows)]
    for n, (first, count, _, kind) in enumerate(obstacles):
        near = np.zeros(len(at), bool)
        inside = np.full(len(at), kind == 1)
        for e in range(first, first + count):
            offset = at - edges[e, 0:2]
            along = np.clip(offset @ edges[e, 2:4] * edges[e, 4], 0.0, 1.0)
            near |= np.linalg.norm(along[:, None] * edges[e, 2:4] - offset, axis=1) <= reach[e] + 0.7072 * cell
            inside &= offset[:, 0] * edges[e, 3] - offset[:, 1] * edges[e, 2] <= 0.0
        for c in np.flatnonzero(near | inside):
            held[c].append(n)
    starts = np.concatenate([[0], np.cumsum([len(c) for c in held])]).astype(np.int64)
    items = np.array([n for c in held for n in c], np.int64)
    return np.array([corner[0], corner[1], 1.0 / cell, float(columns), float(rows)]), starts, items

"""pymunk bodies as NPCs see and move them, and levels read from the static shapes of a space."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pymunk
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.reading import Disc, position_of
from npc_world.core.records import Action
from npc_world.core.terrain import Terrain

__all__ = ["drive", "size_of_body", "terrain_from_space"]

Floats = NDArray[np.float64]
_FINER = 4
"""Slanted and round shapes become rects of a quarter of a cell."""


def drive(body: pymunk.Body, action: Action, dt_s: float, max_force: float | None = None, *, gravity: Any = (0.0, 0.0)) -> tuple[float, float]:
    """Push `body` towards `action.velocity_px_s` with at most `max_force` (mass · px/s²) during the next `space.step(dt_s)`.

    Call it before every step, sub-steps included: pymunk forgets forces after each.  gravity: the space's, when the body
    is to be held against it.  Returns the force.  Assumes no damping: with it, a body settles a little below the speed.
    """
    if not math.isfinite(dt_s) or dt_s < 0.0:
        raise BadInputError(f"dt_s={dt_s!r}: expected seconds, zero or more")
    if max_force is not None and not max_force >= 0.0:
        raise BadInputError(f"max_force={max_force!r}: expected zero or more")
    if body.body_type != pymunk.Body.DYNAMIC:
        raise BadInputError(f"body={body!r}: only dynamic bodies are driven; set the velocity of a kinematic one to action.velocity_px_s")
    if dt_s == 0.0:
        return 0.0, 0.0
    fx = body.mass * ((float(action.velocity_px_s[0]) - body.velocity.x) / dt_s - float(gravity[0]))
    fy = body.mass * ((float(action.velocity_px_s[1]) - body.velocity.y) / dt_s - float(gravity[1]))
    size = math.hypot(fx, fy)
    if max_force is not None and size > max_force:
        fx, fy = fx * max_force / size, fy * max_force / size
    body.apply_force_at_world_point((fx, fy), body.local_to_world(body.center_of_gravity))
    return fx, fy


def size_of_body(body: pymunk.Body) -> tuple[float, float]:
    """Width and height in px of the box round all shapes of a body as it stands, a `Disc` where that is one circle: the `size=` for `load_npc`."""
    solid = [shape for shape in body.shapes if not shape.sensor]
    if len(solid) == 1 and isinstance(solid[0], pymunk.Circle) and not any(solid[0].offset):
        return Disc(solid[0].radius)
    boxes = [shape.cache_bb() for shape in solid]
    if not boxes:
        raise BadInputError(f"body={body!r}: it has no shapes to measure")
    return max(b.right for b in boxes) - min(b.left for b in boxes), max(b.top for b in boxes) - min(b.bottom for b in boxes)


def terrain_from_space(space: pymunk.Space, size: tuple[float, float], cell_px: float = 16, surface: str = "ground",
                       surface_of: Callable[[pymunk.Shape], str | None] | None = None) -> Terrain:
    """The static shapes of `space` as walls of a `Terrain` of `size` (width, height) px, sensors left out.

    Boxes and segments along the axes keep their exact edges; circles, slanted segments and polygons are covered by rects
    of a quarter of a cell, never less than the shape.  surface_of: asked for every static shape, sensors included; a
    name it returns is painted under the shape instead of a wall, None leaves it what it is.
    """
    ground = Terrain.from_rects([], size=size, cell_px=cell_px, surface=surface)
    for shape in _static_shapes(space):
        name = surface_of(shape) if surface_of is not None else None
        if name is None and shape.sensor:
            continue
        for rect in _rects_of(shape, ground):
            if name is None:
                ground.set_solid(rect, True)
            else:
                ground.set_surface(rect, name)
    return ground


def _static_shapes(space: pymunk.Space) -> list[pymunk.Shape]:
    return [shape for shape in space.shapes if shape.body is not None and shape.body.body_type == pymunk.Body.STATIC]


def _rects_of(shape: pymunk.Shape, ground: Terrain) -> list[tuple[float, float, float, float]]:
    """(x, y, w, h) rects that cover the shape within the map."""
    bb = shape.cache_bb()
    width, height = ground.size
    left, top, right, bottom = max(0.0, bb.left), max(0.0, bb.bottom), min(width, bb.right), min(height, bb.top)
    if _along_axes(shape):
        thin = 1e-3 * ground.cell_px  # a segment of no thickness is a wall all the same
        left, right = (left, right) if right - left >= thin else (left - thin, right + thin)
        top, bottom = (top, bottom) if bottom - top >= thin else (top - thin, bottom + thin)
        return [(left, top, right - left, bottom - top)] if right > left and bottom > top else []
    if right <= left or bottom <= top:
        return []
    fine = ground.cell_px / _FINER
    col0, row0 = math.floor(left / fine), math.floor(top / fine)
    cols, rows = math.ceil(right / fine) - col0, math.ceil(bottom / fine) - row0
    x = (col0 + 0.5 + np.arange(cols)) * fine
    y = (row0 + 0.5 + np.arange(rows)) * fine
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    covered = _distance(shape, grid) <= fine * math.sqrt(0.5)
    merged = Terrain.from_grid(covered, cell_px=fine).rects if covered.any() else np.zeros((0, 4))
    return [(col0 * fine + a, row0 * fine + b, c - a, d - b) for a, b, c, d in merged.tolist()]


def _along_axes(shape: pymunk.Shape) -> bool:
    """Whether the shape is its own bounding box (the round caps of a thick segment count as corners)."""
    if isinstance(shape, pymunk.Segment):
        a, b = shape.body.local_to_world(shape.a), shape.body.local_to_world(shape.b)
        return bool(abs(a.x - b.x) < 1e-9 or abs(a.y - b.y) < 1e-9)
    if isinstance(shape, pymunk.Poly):
        corners = np.array([shape.body.local_to_world(v) for v in shape.get_vertices()])
        edges = np.abs(np.roll(corners, -1, axis=0) - corners)
        return len(corners) == 4 and bool((edges.min(axis=1) < 1e-9 * (1.0 + edges.max())).all())
    return False


def _distance(shape: pymunk.Shape, points: Floats) -> Floats:
    """(...) px from points (..., 2) to the shape, at most zero inside; near a polygon's corner up to √2 too small outside."""
    world = shape.body.local_to_world
    if isinstance(shape, pymunk.Circle):
        return np.asarray(np.linalg.norm(points - position_of(world(shape.offset)), axis=-1) - shape.radius)
    if isinstance(shape, pymunk.Segment):
        a, b = np.array(world(shape.a)), np.array(world(shape.b))
        along = np.clip(((points - a) @ (b - a)) / max(float((b - a) @ (b - a)), 1e-12), 0.0, 1.0)
        return np.asarray(np.linalg.norm(points - a - along[..., None] * (b - a), axis=-1) - shape.radius)
    if isinstance(shape, pymunk.Poly):
        corners = np.array([world(v) for v in shape.get_vertices()])
        edges = np.roll(corners, -1, axis=0) - corners
        outward = np.stack([edges[:, 1], -edges[:, 0]], axis=1) / np.maximum(np.linalg.norm(edges, axis=1, keepdims=True), 1e-12)
        if float(np.sum(outward * (corners - corners.mean(axis=0)))) < 0.0:
            outward = -outward
        beyond = np.einsum("...kc,kc->...k", points[..., None, :] - corners, outward)
        return np.asarray(beyond.max(axis=-1) - shape.radius)
    raise BadInputError(f"shape={shape!r}: expected a circle, a segment or a polygon")

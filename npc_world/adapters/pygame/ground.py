"""Levels read from what pygame games have: groups of wall sprites, lists of Rects, groups of surface tiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from npc_world.core.errors import BadInputError
from npc_world.core.reading import rect_of
from npc_world.core.terrain import Terrain

__all__ = ["terrain_from_group", "walls_of"]

Box = tuple[float, float, float, float]


def walls_of(*groups: Iterable[Any]) -> list[Box]:
    """(x, y, w, h) in px of everything in the groups: sprites (their `hitbox`, `hitbox_rect`, `hit_rect` or `rect`), Rects, 4-tuples.

    >>> walls_of([(0, 0, 32, 32)], [(64, 0, 32, 32)])
    [(0.0, 0.0, 32.0, 32.0), (64.0, 0.0, 32.0, 32.0)]
    """
    return [rect_of(item, f"walls[{number}]") for number, item in enumerate(item for group in groups for item in group)]


def terrain_from_group(walls: Iterable[Any], size: tuple[float, float] | None = None, cell_px: float | None = None, *,
                       surface: str = "ground", surfaces: Mapping[str, Iterable[Any]] | None = None,
                       hazards: Iterable[Any] = ()) -> Terrain:
    """A `Terrain` from groups (or lists of Rects): `walls` are solid, `surfaces` maps a name to its tiles, `hazards` are deadly.

    size: (width, height) px; left out, it is the far corner of everything given.  cell_px: left out, it is the
    shorter side of the smallest tile or wall, but at least 1/256 of the level's longer side; walls keep their exact
    edges whatever the cell.  Later surfaces paint over earlier ones.
    """
    wall_boxes = walls_of(walls)
    layers = {name: walls_of(tiles) for name, tiles in (surfaces or {}).items()}
    hazard_boxes = walls_of(hazards)
    boxes = [*wall_boxes, *(box for layer in layers.values() for box in layer), *hazard_boxes]
    if size is None:
        if not boxes:
            raise BadInputError("size=None: nothing given to measure the level by; pass size=(width, height)")
        size = max(x + w for x, _, w, _ in boxes), max(y + h for _, y, _, h in boxes)
    if cell_px is None:
        sides = [min(w, h) for _, _, w, h in boxes if w > 0 and h > 0]
        cell_px = max(min(sides, default=max(size) / 64.0), max(size) / 256.0)
    ground = Terrain.from_rects(wall_boxes, size=size, cell_px=cell_px, surface=surface)
    for name, tiles in layers.items():
        for box in tiles:
            ground.set_surface(box, name)
    for box in hazard_boxes:
        ground.set_hazard(box, True)
    return ground

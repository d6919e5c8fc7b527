"""Levels drawn with Tiled: maps (.tmx, or .tmj as JSON), and layers exported as CSV, read into a `Terrain`.

What a tile is stands in its custom properties in the tileset: `surface` (text), `solid`, `hazard`, `opaque` (yes or no);
without a `surface`, its class is taken for one.  The same properties on a layer hold for all its tiles, on a rectangle of
an object layer for what it covers.  Where layers overlap, the topmost that says something about a property decides it.
Many games say less than that: a layer, or a rectangle, that is merely *named* as one of `solid` is a wall.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.adapters.tiled_file import (
    FLAGS,
    MOST_CELLS,
    TURNS,
    Tileset,
    gids_of,
    layers_of,
    properties_of,
    read_text,
    source_of,
    tile_of,
    tilesets_of,
)
from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain

__all__ = ["TiledLevel", "read_tiled", "terrain_from_csv"]


@dataclass(frozen=True, slots=True)
class TiledLevel:
    """What a Tiled map says of a level."""

    ground: Terrain
    places: dict[str, tuple[float, float]]
    """Named points and named rectangles' centres of the object layers, px: goals for NPCs, names for `npc.set_places`."""


def read_tiled(path: str | Path, *, surface: str = "ground", solid: Iterable[str] = ("wall",)) -> TiledLevel:
    """Read an orthogonal, finite .tmx or .tmj map with square tiles; tilesets may be embedded or lie beside it (.tsx, .tsj).

    surface: the name where no tile says one.  solid: surfaces that are walls without saying `solid`, and names of layers
    and objects that are: `solid=("wall", "Collisions")`.
    Raises `BadInputError` naming the file and the layer for anything else, for damage, and for maps of more than four
    million cells.
    """
    path = Path(path)
    source = source_of(path, "map")
    rows, cols, cell_px = _checked_frame(source, path)
    tilesets = tilesets_of(source, path)
    walls = {solid} if isinstance(solid, str) else set(solid)
    names = [surface]
    kinds = np.zeros((rows, cols), dtype=np.int16)
    flags = {flag: np.zeros((rows, cols), dtype=np.bool_) for flag in FLAGS}
    layers = layers_of(source, path)
    for layer in layers:
        if layer.get("type") == "tilelayer":
            _paint_tiles(layer, _grid(layer, rows, cols, path), tilesets, names, kinds, flags, walls, path)
    ground = _ground(kinds, names, flags, cell_px)
    places: dict[str, tuple[float, float]] = {}
    for layer in layers:
        if layer.get("type") == "objectgroup":
            _paint_objects(layer, ground, places, tilesets, walls, path)
    return TiledLevel(ground, places)


def terrain_from_csv(path: str | Path, cell_px: float, legend: Mapping[int, str], solid: Iterable[str] = ("wall",)) -> Terrain:
    """Read one layer exported as CSV: whole numbers, a line per row; `legend` from number to surface name, -1 being empty.

    Raises `BadInputError` with file and line for ragged rows, other text, numbers without an entry, and too many cells.
    """
    path = Path(path)
    rows: list[list[int]] = []
    cells = 0
    for number, line in enumerate(csv.reader(io.StringIO(read_text(path))), start=1):
        values = line[:-1] if line and not line[-1].strip() else line  # Tiled ends rows with a comma
        if not values:
            continue
        try:
            rows.append([int(value) for value in values])
        except ValueError:
            raise BadInputError(f"{path}:{number}: expected whole numbers with commas between, got {','.join(line)[:40]!r}") from None
        if len(rows[-1]) != len(rows[0]):
            raise BadInputError(f"{path}:{number}: {len(rows[-1])} numbers, the first row has {len(rows[0])}")
        cells += len(rows[-1])
        if cells > MOST_CELLS:
            raise BadInputError(f"{path}:{number}: more than {MOST_CELLS:,} cells")
    if not rows:
        raise BadInputError(f"{path}: no rows")
    try:
        return Terrain.from_grid(np.array(rows), cell_px=cell_px, legend=legend, solid=solid)
    except (BadInputError, OverflowError) as error:
        raise BadInputError(f"{path}: {error}") from None


def _checked_frame(source: dict[str, Any], path: Path) -> tuple[int, int, float]:
    """(rows, cols, cell px)."""
    if source.get("orientation", "orthogonal") != "orthogonal":
        raise BadInputError(f"{path}: orientation={source.get('orientation')!r}: expected an orthogonal map")
    if source.get("infinite"):
        raise BadInputError(f"{path}: the map is infinite; in Tiled switch off Map > Map Properties > Infinite")
    numbers = {name: source.get(name) for name in ("width", "height", "tilewidth", "tileheight")}
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise BadInputError(f"{path}: {name}={value!r}: expected a whole number above 0; is this a Tiled map?")
    if numbers["tilewidth"] != numbers["tileheight"]:
        raise BadInputError(f"{path}: tiles of {numbers['tilewidth']} × {numbers['tileheight']} px: expected square ones")
    rows, cols = int(numbers["height"] or 0), int(numbers["width"] or 0)
    if rows * cols > MOST_CELLS:
        raise BadInputError(f"{path}: {cols} × {rows} tiles: expected at most {MOST_CELLS:,}")
    return rows, cols, float(numbers["tilewidth"] or 0)


def _grid(layer: dict[str, Any], rows: int, cols: int, path: Path) -> NDArray[np.uint32]:
    where = f"{path}: layer {layer.get('name', '')!r}"
    if (layer.get("height", rows), layer.get("width", cols)) != (rows, cols):
        raise BadInputError(f"{where}: {layer.get('width')} × {layer.get('height')} tiles in a map of {cols} × {rows}")
    return gids_of(layer, rows * cols, where).reshape(rows, cols)


def _paint_tiles(layer: dict[str, Any], grid: NDArray[np.uint32], tilesets: list[Tileset], names: list[str], kinds: NDArray[np.int16],
                 flags: dict[str, NDArray[np.bool_]], walls: set[str], path: Path) -> None:
    """Let every kind of tile in the layer say what it says of the cells it lies on."""
    where = f"{path}: layer {layer.get('name', '')!r}"
    common = {**({"solid": True} if layer.get("name") in walls else {}), **properties_of(layer, where)}
    for gid in np.unique(grid).tolist():
        if gid == 0:
            continue
        said = {**tile_of(tilesets, gid, where), **common}
        cells = grid == gid
        name = said.get("surface")
        if name is not None:
            if name not in names:
                names.append(name)
            kinds[cells] = names.index(name)
        for flag, layer_of in flags.items():
            value = said.get(flag, True if flag == "solid" and name in walls else None if name is None else False)
            if value is not None:
                layer_of[cells] = value


def _ground(kinds: NDArray[np.int16], names: list[str], flags: dict[str, NDArray[np.bool_]], cell_px: float) -> Terrain:
    # wall cells are a kind of their own beside every surface, so that what lies under a wall is known when it opens
    legend = {**dict(enumerate(names)), **{len(names) + k: f"\0{k}" for k in range(len(names))}}
    walled = Terrain.from_grid(np.where(flags["solid"], kinds + len(names), kinds), cell_px, legend,
                               solid=[name for name in legend.values() if name.startswith("\0")])
    ground = Terrain(walled.size, cell_px, kinds, names, walled.rects, flags["solid"])
    for flag, paint in (("hazard", ground.set_hazard), ("opaque", ground.set_opaque)):
        if flags[flag].any():
            for left, top, right, bottom in Terrain.from_grid(flags[flag], cell_px).rects.tolist():
                paint((left, top, right - left, bottom - top), True)
    return ground


def _paint_objects(layer: dict[str, Any], ground: Terrain, places: dict[str, tuple[float, float]], tilesets: list[Tileset],
                   walls: set[str], path: Path) -> None:
    where = f"{path}: layer {layer.get('name', '')!r}"
    objects = layer.get("objects", [])
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        raise BadInputError(f"{where}: objects={str(objects)[:40]!r}: expected a list of objects")
    common = {**({"solid": True} if layer.get("name") in walls else {}), **properties_of(layer, where)}
    for each in objects:
        numbers = [each.get(name, 0) for name in ("x", "y", "width", "height")]
        if not all(isinstance(n, (int, float)) and not isinstance(n, bool) and math.isfinite(n) for n in numbers):
            raise BadInputError(f"{where}: object {each.get('name', each.get('id'))!r}: x, y, width, height = {numbers}: expected numbers")
        x, y, w, h = (float(n) for n in numbers)
        tile: dict[str, Any] = {}
        if type(each.get("gid")) is int and each["gid"] > 0:  # a tile as an object stands on its lower left corner
            y, tile = y - h, tile_of(tilesets, each["gid"] & int(TURNS), where)
        if isinstance(each.get("name"), str) and each["name"] and each["name"] not in walls:
            places[each["name"]] = (x + 0.5 * w, y + 0.5 * h)
        shaped = any(each.get(kind) for kind in ("ellipse", "polygon", "polyline", "point", "text")) or each.get("rotation", 0) != 0
        if shaped or w <= 0 or h <= 0:
            continue
        named = each.get("name") in walls or (each.get("class") or each.get("type")) in walls
        said = {**tile, **common, **({"solid": True} if named else {}), **properties_of(each, where, class_is_surface=False)}
        if "surface" in said:
            ground.set_surface((x, y, w, h), said["surface"])
        if "solid" in said or said.get("surface") in walls:
            ground.set_solid((x, y, w, h), bool(said.get("solid", True)))
        if "hazard" in said:
            ground.set_hazard((x, y, w, h), said["hazard"])
        if "opaque" in said:
            ground.set_opaque((x, y, w, h), said["opaque"])

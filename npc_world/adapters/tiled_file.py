"""The pieces of a Tiled file, checked: text, properties, tilesets, layers, tile numbers."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError

__all__ = ["FLAGS", "MOST_CELLS", "TURNS", "Tileset", "gids_of", "layers_of", "properties_of", "read_json", "read_text", "source_of", "tile_of", "tilesets_of"]

MOST_CELLS = 1 << 22
FLAGS = ("solid", "hazard", "opaque")
_MOST_BYTES = 1 << 26
_MOST_LAYERS = 1000
TURNS = np.uint32(0x0FFFFFFF)
"""The upper four bits of a tile number say how the tile is turned."""


@dataclass(frozen=True, slots=True)
class Tileset:
    """Tile numbers from `first_gid` on, and what the tiles say by their number within the set."""

    first_gid: int
    tiles: dict[int, dict[str, Any]]


def read_text(path: Path) -> str:
    """The text of a file of at most 64 MB.  Raises `BadInputError` where there is none."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInputError(f"{path}: {path.stat().st_size:,} bytes: expected at most {_MOST_BYTES:,}")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BadInputError(f"{path}: not a text file") from None


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file.  Raises `BadInputError` with line and column."""
    try:
        found = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise BadInputError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise BadInputError(f"{path}: nested too deeply") from None
    if not isinstance(found, dict):
        raise BadInputError(f"{path}: expected a JSON object, got {type(found).__name__}")
    return found


def source_of(path: Path, kind: str) -> dict[str, Any]:
    """A "map" or "tileset" as Tiled's JSON has it, from JSON or, by the file's ending, from XML."""
    if path.suffix.lower() in (".tmx", ".tsx", ".xml"):
        from npc_world.adapters.tiled_xml import read_xml

        return read_xml(path, kind)
    return read_json(path)


def properties_of(owner: dict[str, Any], where: str, class_is_surface: bool = False) -> dict[str, Any]:
    """`surface`, `solid`, `hazard` and `opaque` of a tile, layer or object, with their types checked; others are left out."""
    said: dict[str, Any] = {}
    name = owner.get("class") or owner.get("type")
    if class_is_surface and isinstance(name, str) and name:
        said["surface"] = name
    listed = owner.get("properties", [])
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise BadInputError(f"{where}: properties={str(listed)[:40]!r}: expected a list")
    for item in listed:
        key, value = item.get("name"), item.get("value")
        if key == "surface":
            if not isinstance(value, str) or not value:
                raise BadInputError(f"{where}: surface={value!r}: expected a text property with a name")
            said["surface"] = value
        elif key in FLAGS:
            if not isinstance(value, bool):
                raise BadInputError(f"{where}: {key}={value!r}: expected a bool property")
            said[str(key)] = value
    return said


def tilesets_of(source: dict[str, Any], path: Path) -> list[Tileset]:
    """All tilesets, by first number; external ones are read from the .tsj beside the map."""
    found = []
    for entry in _list_of_dicts(source.get("tilesets", []), f"{path}: tilesets"):
        first = entry.get("firstgid")
        if isinstance(first, bool) or not isinstance(first, int) or first < 1:
            raise BadInputError(f"{path}: tileset {entry.get('name', entry.get('source'))!r}: firstgid={first!r}: expected 1 or more")
        where = f"{path}: tileset {entry.get('name', '')!r}"
        if "source" in entry:
            file = path.parent / str(entry["source"])
            entry, where = source_of(file, "tileset"), str(file)
        tiles: dict[int, dict[str, Any]] = {}
        for tile in _list_of_dicts(entry.get("tiles", []), f"{where}: tiles"):
            number = tile.get("id")
            if not isinstance(number, int):
                raise BadInputError(f"{where}: tile id={number!r}: expected a whole number")
            tiles[number] = properties_of(tile, f"{where}: tile {number}", class_is_surface=True)
        found.append(Tileset(first, tiles))
    return sorted(found, key=lambda tileset: tileset.first_gid)


def tile_of(tilesets: list[Tileset], gid: int, where: str) -> dict[str, Any]:
    """What the tile of that number says of itself."""
    tileset = next((each for each in reversed(tilesets) if each.first_gid <= gid), None)
    if tileset is None:
        raise BadInputError(f"{where}: tile {gid} belongs to no tileset")
    return tileset.tiles.get(gid - tileset.first_gid, {})


def layers_of(source: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """All layers from the bottom up, those in groups included."""
    flat: list[dict[str, Any]] = []
    waiting = list(reversed(_list_of_dicts(source.get("layers", []), f"{path}: layers")))
    while waiting:
        layer = waiting.pop()
        if layer.get("type") == "group":
            waiting.extend(reversed(_list_of_dicts(layer.get("layers", []), f"{path}: layer {layer.get('name', '')!r}: layers")))
        else:
            flat.append(layer)
        if len(flat) > _MOST_LAYERS:
            raise BadInputError(f"{path}: more than {_MOST_LAYERS} layers")
    return flat


def gids_of(layer: dict[str, Any], count: int, where: str) -> NDArray[np.uint32]:
    """(count,) tile numbers of a layer without their turns: written out, or base64 with none, zlib or gzip compression."""
    data = layer.get("data")
    if isinstance(data, str):
        packing = layer.get("compression") or "none"
        if packing not in ("none", "zlib", "gzip"):
            raise BadInputError(f"{where}: compression={packing!r}: expected zlib, gzip or none; set it under Map > Map Properties")
        try:
            raw = base64.b64decode(data, validate=True)
            if packing != "none":
                raw = zlib.decompressobj(wbits=47).decompress(raw, 4 * count + 1)  # no more than there can be
        except (binascii.Error, zlib.error, ValueError) as error:
            raise BadInputError(f"{where}: damaged data: {error}") from None
        if len(raw) != 4 * count:
            raise BadInputError(f"{where}: its data holds {'more' if len(raw) > 4 * count else 'fewer'} than {count} tiles")
        return np.frombuffer(raw, dtype="<u4").astype(np.uint32) & TURNS
    if not isinstance(data, list) or len(data) != count:
        raise BadInputError(f"{where}: {len(data) if isinstance(data, list) else 'no'} tiles in its data: expected {count}")
    if not all(type(value) is int and 0 <= value < 1 << 32 for value in data):
        raise BadInputError(f"{where}: its data holds something that is no tile number")
    return np.array(data, dtype=np.uint32) & TURNS


def _list_of_dicts(value: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BadInputError(f"{where}: expected a list of objects, got {str(value)[:40]!r}")
    return value

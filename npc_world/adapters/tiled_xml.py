"""Tiled's own XML files (.tmx maps, .tsx tilesets), turned into what its JSON export of the same file would hold."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from npc_world.adapters.tiled_file import read_text
from npc_world.core.errors import BadInputError

__all__ = ["read_xml"]

_MOST_NESTED = 64
_SHAPES = ("ellipse", "polygon", "polyline", "point", "text")


def read_xml(path: Path, kind: str) -> dict[str, Any]:
    """The `kind` ("map" or "tileset") in an XML file, as a dict with the keys of Tiled's JSON format that matter here.

    Raises `BadInputError` with line and column for what is no XML, and for files that declare entities: maps have none,
    and a few lines of them can unfold into gigabytes.
    """
    text = read_text(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadInputError(f"{path}: it declares a document type or entities; Tiled writes neither")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise BadInputError(f"{path}:{line}:{column + 1}: not XML: {str(error).split(':')[0]}") from None
    if root.tag != kind:
        raise BadInputError(f"{path}: expected a <{kind}>, got a <{root.tag}>")
    return _map(root, path) if kind == "map" else _tileset(root, str(path))


def _map(root: Element, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = _numbers(root, ("width", "height", "tilewidth", "tileheight"), str(path), whole=True)
    return {**found, "orientation": root.get("orientation", "orthogonal"), "infinite": root.get("infinite", "0") != "0",
            "tilesets": [_tileset(child, str(path)) for child in root.findall("tileset")], "layers": _layers(root, path, 0)}


def _layers(owner: Element, path: Path, depth: int) -> list[dict[str, Any]]:
    if depth > _MOST_NESTED:
        raise BadInputError(f"{path}: groups nested more than {_MOST_NESTED} deep")
    found = []
    for child in owner:
        where = f"{path}: layer {child.get('name', '')!r}"
        common = {"name": child.get("name", ""), "class": child.get("class", ""), "properties": _properties(child, where)}
        if child.tag == "layer":
            size = _numbers(child, ("width", "height"), where, whole=True)
            found.append({**common, **size, "type": "tilelayer", **_data(child.find("data"), where)})
        elif child.tag == "objectgroup":
            found.append({**common, "type": "objectgroup", "objects": [_object(each, where) for each in child.findall("object")]})
        elif child.tag == "group":
            found.append({**common, "type": "group", "layers": _layers(child, path, depth + 1)})
    return found


def _data(data: Element | None, where: str) -> dict[str, Any]:
    """The tile numbers of a layer: base64 stays packed, all else becomes a list."""
    if data is None:
        return {}
    text, encoding = (data.text or "").strip(), data.get("encoding")
    if encoding == "base64":
        return {"data": text, "compression": data.get("compression", "")}
    if encoding not in (None, "csv"):
        raise BadInputError(f"{where}: encoding={encoding!r}: expected csv or base64")
    numbers = text.split(",") if encoding == "csv" else [tile.get("gid", "0") for tile in data.findall("tile")]
    try:
        return {"data": [int(number) for number in numbers]}
    except ValueError:
        raise BadInputError(f"{where}: its data holds something that is no tile number") from None


def _object(each: Element, where: str) -> dict[str, Any]:
    about = f"{where}: object {each.get('name', each.get('id'))!r}"
    found: dict[str, Any] = {"x": 0.0, "y": 0.0, "width": 0.0, "height": 0.0, "name": each.get("name", ""),
                             "class": each.get("class") or each.get("type") or "", "properties": _properties(each, about)}
    found.update(_numbers(each, ("x", "y", "width", "height", "rotation"), about))
    found.update(_numbers(each, ("gid",), about, whole=True))
    found.update({shape: True for shape in _SHAPES if each.find(shape) is not None})
    return found


def _tileset(root: Element, where: str) -> dict[str, Any]:
    about = f"{where}: tileset {root.get('name', root.get('source', ''))!r}"
    found: dict[str, Any] = {"name": root.get("name", ""), **_numbers(root, ("firstgid",), about, whole=True)}
    if root.get("source") is not None:
        return {**found, "source": root.get("source")}
    tiles = []
    for tile in root.findall("tile"):
        number = _numbers(tile, ("id",), f"{about}: tile", whole=True)
        tiles.append({**number, "class": tile.get("class") or tile.get("type") or "", "properties": _properties(tile, f"{about}: tile {number.get('id')}")})
    return {**found, "tiles": tiles}


def _properties(owner: Element, where: str) -> list[dict[str, Any]]:
    found = []
    for each in owner.findall("properties/property"):
        name, kind = each.get("name", ""), each.get("type", "string")
        value: Any = each.get("value", each.text or "")
        if kind == "bool":
            if value not in ("true", "false"):
                raise BadInputError(f"{where}: {name}={value!r}: expected true or false")
            value = value == "true"
        found.append({"name": name, "type": kind, "value": value})
    return found


def _numbers(owner: Element, names: tuple[str, ...], where: str, whole: bool = False) -> dict[str, Any]:
    """Those of the attributes that are there, as numbers."""
    found: dict[str, Any] = {}
    for name in names:
        text = owner.get(name)
        if text is None:
            continue
        try:
            found[name] = int(text) if whole else float(text)
        except ValueError:
            found[name] = math.nan
        if not math.isfinite(found[name]):
            raise BadInputError(f"{where}: {name}={text!r}: expected a {'whole ' if whole else ''}number")
    return found

"""Tiled maps become terrains; whatever is wrong with a file is said with its name and place."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from npc_world.adapters.tiled import read_tiled, terrain_from_csv
from npc_world.core.errors import BadInputError


def prop(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "type": "bool" if isinstance(value, bool) else "string", "value": value}


MAP: dict[str, Any] = {
    "width": 4, "height": 3, "tilewidth": 32, "tileheight": 32, "orientation": "orthogonal", "infinite": False,
    "tilesets": [
        {"firstgid": 1, "name": "land", "tiles": [
            {"id": 0, "type": "grass"}, {"id": 1, "properties": [prop("surface", "ice")]}, {"id": 2, "class": "wall"},
            {"id": 3, "properties": [prop("surface", "lava"), prop("hazard", True)]}]},
        {"firstgid": 10, "name": "things", "tiles": [{"id": 0, "properties": [prop("surface", "bridge")]},
                                                     {"id": 1, "properties": [prop("opaque", True)]}]},
    ],
    "layers": [
        {"type": "tilelayer", "name": "land", "width": 4, "height": 3, "data": [1, 1, 2, 3, 1, 4, 4, 3, 0, 1, 1, 0x80000003]},
        {"type": "group", "name": "upper", "layers": [
            {"type": "tilelayer", "name": "bridges", "data": [0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0]},
            {"type": "tilelayer", "name": "smoke", "data": [11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]},
            {"type": "imagelayer", "name": "sky"}]},
        {"type": "objectgroup", "name": "things", "objects": [
            {"name": "the ruby", "point": True, "x": 50, "y": 20, "width": 0, "height": 0},
            {"name": "north door", "x": 32, "y": 0, "width": 32, "height": 8, "properties": [prop("solid", True)]},
            {"name": "", "x": 32, "y": 64, "width": 64, "height": 32, "properties": [prop("surface", "mud")]}]},
    ],
}


def written(folder: Path, source: Any) -> Path:
    path = folder / "level.tmj"
    path.write_text(json.dumps(source), encoding="utf-8")
    return path


def test_a_map_with_layers_objects_and_turned_tiles(tmp_path: Path) -> None:
    level = read_tiled(written(tmp_path, MAP))
    ground = level.ground
    assert ground.size == (128, 96) and ground.cell_px == 32
    names = [[ground.surfaces[kind] for kind in row] for row in ground.surface.tolist()]
    assert names == [["grass", "grass", "ice", "wall"], ["grass", "bridge", "lava", "wall"], ["ground", "mud", "mud", "wall"]]
    assert ground.solid.tolist() == [[0, 2, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1]]
    assert sorted(ground.rects.tolist()) == [[32, 0, 64, 8], [96, 0, 128, 96]]
    assert ground.hazard.tolist() == [[False] * 4, [False, False, True, False], [False] * 4]  # the bridge leads over the lava
    assert ground.opaque.tolist() == [[True, False, False, False], [False] * 4, [False] * 4]
    assert level.places == {"the ruby": (50, 20), "north door": (48, 4)}


@pytest.mark.parametrize("packing", ["none", "zlib", "gzip"])
def test_packed_layers_read_the_same(tmp_path: Path, packing: str) -> None:
    source = copy.deepcopy(MAP)
    raw = struct.pack("<12I", *source["layers"][0]["data"])
    squeezed = {"none": lambda: raw, "zlib": lambda: zlib.compress(raw), "gzip": lambda: gzip.compress(raw)}[packing]()
    source["layers"][0].update(data=base64.b64encode(squeezed).decode(), encoding="base64", compression="" if packing == "none" else packing)
    plain, packed = read_tiled(written(tmp_path, MAP)).ground, read_tiled(written(tmp_path, source)).ground
    assert (plain.surface == packed.surface).all() and (plain.solid == packed.solid).all()


def test_an_external_tileset_is_read_beside_the_map(tmp_path: Path) -> None:
    source = copy.deepcopy(MAP)
    (tmp_path / "land.tsj").write_text(json.dumps(source["tilesets"][0]), encoding="utf-8")
    source["tilesets"][0] = {"firstgid": 1, "source": "land.tsj"}
    assert read_tiled(written(tmp_path, source)).ground.surface_at((70, 10)) == "ice"


def test_what_lies_under_a_wall_is_known_when_it_opens(tmp_path: Path) -> None:
    source = copy.deepcopy(MAP)
    source["layers"][1]["layers"][0].update(data=[0, 0, 12, 0] + [0] * 8, properties=[prop("solid", True)])
    source["tilesets"][1]["tiles"] = []
    ground = read_tiled(written(tmp_path, source)).ground
    assert ground.is_solid((80, 16)) and ground.surface_at((80, 16)) == "ice"
    ground.set_solid((64, 0, 32, 32), False)
    assert not ground.is_solid((80, 16))


def changed(*path: Any, to: Any) -> dict[str, Any]:
    source = copy.deepcopy(MAP)
    at: Any = source
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = to
    return source


BOMB = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()


@pytest.mark.parametrize(("source", "says"), [
    (changed("orientation", to="isometric"), "orthogonal"),
    (changed("infinite", to=True), "infinite"),
    (changed("width", to=-4), "width=-4"),
    (changed("width", to="4"), "width='4'"),
    (changed("width", to=10**7), "at most"),
    (changed("tileheight", to=16), "square"),
    (changed("layers", to=5), "layers"),
    (changed("layers", 0, "data", to=[1, 2]), r"layer 'land': 2 tiles"),
    (changed("layers", 0, "data", to=["x"] * 12), "no tile number"),
    (changed("layers", 0, "data", to=[-1] * 12), "no tile number"),
    (changed("layers", 0, "data", to="!!"), "damaged data"),
    (changed("layers", 0, to={"type": "tilelayer", "name": "big", "data": BOMB, "compression": "zlib"}), "more than 12 tiles"),
    (changed("layers", 0, to={"type": "tilelayer", "name": "z", "data": "AAAA", "compression": "zstd"}), "zstd"),
    (changed("layers", 0, "width", to=9), "in a map of"),
    (changed("tilesets", to=[]), "belongs to no tileset"),
    (changed("tilesets", 0, "firstgid", to=0), "firstgid=0"),
    (changed("tilesets", 0, to={"firstgid": 1, "source": "land.tsx"}), "land.tsx: cannot be read"),
    (changed("tilesets", 0, to={"firstgid": 1, "source": "none.tsj"}), "none.tsj: cannot be read"),
    (changed("tilesets", 0, "tiles", 0, to={"id": 0, "properties": [prop("solid", "yes")]}), "tile 0: solid='yes'"),
    (changed("tilesets", 0, "tiles", 0, to={"id": 0, "properties": [prop("surface", 7)]}), "surface=7"),
    (changed("layers", 2, "objects", 0, "x", to=float("nan")), "object 'the ruby'"),
    ([1, 2], "expected a JSON object"),
])
def test_what_is_wrong_is_named(tmp_path: Path, source: Any, says: str) -> None:
    with pytest.raises(BadInputError, match=says) as raised:
        read_tiled(written(tmp_path, source))
    assert any(name in str(raised.value) for name in ("level.tmj", "none.tsj", "land.tsx"))


def test_files_that_are_no_maps_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.tmx").write_text("<map/>")
    with pytest.raises(BadInputError, match=r"a\.tmx: width=None"):
        read_tiled(tmp_path / "a.tmx")
    (tmp_path / "b.tmj").write_text('{"width": 4,\n  oops}')
    with pytest.raises(BadInputError, match=r"b\.tmj:2:3: not JSON"):
        read_tiled(tmp_path / "b.tmj")
    (tmp_path / "c.tmj").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(BadInputError, match="not a text file"):
        read_tiled(tmp_path / "c.tmj")
    (tmp_path / "d.tmj").write_text("[" * 200_000)
    with pytest.raises(BadInputError, match=r"nested too deeply|not JSON"):
        read_tiled(tmp_path / "d.tmj")
    with pytest.raises(BadInputError, match="cannot be read"):
        read_tiled(tmp_path / "missing.tmj")


def test_a_layer_as_csv(tmp_path: Path) -> None:
    (tmp_path / "land.csv").write_text("0,1,-1,\n0,0,2,\n")
    ground = terrain_from_csv(tmp_path / "land.csv", 16, {-1: "ground", 0: "grass", 1: "wall", 2: "ice"})
    assert ground.size == (48, 32) and ground.surface_at((40, 20)) == "ice" and ground.is_solid((20, 8))


@pytest.mark.parametrize(("text", "says"), [("0,1\n0\n", r":2: 1 numbers"), ("0,x\n", r":1: expected whole numbers"), ("", "no rows"),
                                            ("0,9\n", "9"), ("0,99999999999999999999999\n", "csv")])
def test_what_is_wrong_with_a_csv_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "land.csv").write_text(text)
    with pytest.raises(BadInputError, match=says) as raised:
        terrain_from_csv(tmp_path / "land.csv", 16, {0: "grass"})
    assert "land.csv" in str(raised.value)


XML = """<?xml version="1.0" encoding="UTF-8"?>
<map version="1.10" orientation="orthogonal" width="4" height="3" tilewidth="32" tileheight="32" infinite="0">
 <tileset firstgid="1" source="land.tsx"/>
 <tileset firstgid="10" name="things">
  <tile id="0"><properties><property name="surface" value="bridge"/></properties></tile>
  <tile id="1"><properties><property name="opaque" type="bool" value="true"/></properties></tile>
 </tileset>
 <layer id="1" name="land" width="4" height="3">{land}</layer>
 <group name="upper">
  <layer name="bridges" width="4" height="3"><data encoding="csv">0,0,0,0,\n0,10,0,0,\n0,0,0,0</data></layer>
  <layer name="smoke" width="4" height="3"><data><tile gid="11"/>{eleven}</data></layer>
  <imagelayer name="sky"/>
 </group>
 <objectgroup name="things">
  <object id="1" name="the ruby" x="50" y="20"><point/></object>
  <object id="2" name="north door" x="32" y="0" width="32" height="8"><properties><property name="solid" type="bool" value="true"/></properties></object>
  <object id="3" x="32" y="64" width="64" height="32"><properties><property name="surface" value="mud"/></properties></object>
 </objectgroup>
</map>"""
TSX = """<tileset name="land"><tile id="0" type="grass"/><tile id="1"><properties><property name="surface">ice</property></properties></tile>
<tile id="2" class="wall"/><tile id="3"><properties><property name="surface" value="lava"/><property name="hazard" type="bool" value="true"/></properties>
</tile></tileset>"""
LAND = "1,1,2,3,1,4,4,3,0,1,1,2147483651"
PACKED = base64.b64encode(zlib.compress(struct.pack("<12I", *map(int, LAND.split(","))))).decode()


def written_xml(folder: Path, land: str = f'<data encoding="csv">{LAND}</data>') -> Path:
    path = folder / "level.tmx"
    path.write_text(XML.format(land=land, eleven='<tile/>' * 11), encoding="utf-8")
    (folder / "land.tsx").write_text(TSX, encoding="utf-8")
    return path


@pytest.mark.parametrize("land", [f'<data encoding="csv">{LAND}</data>', f'<data encoding="base64" compression="zlib">{PACKED}</data>'])
def test_an_xml_map_is_the_map_that_its_json_export_is(tmp_path: Path, land: str) -> None:
    ours, theirs = read_tiled(written_xml(tmp_path, land)), read_tiled(written(tmp_path, MAP))
    assert ours.places == theirs.places
    assert ours.ground.surfaces == theirs.ground.surfaces
    for layer in ("surface", "solid", "hazard", "opaque", "rects"):
        assert (getattr(ours.ground, layer) == getattr(theirs.ground, layer)).all(), layer


@pytest.mark.parametrize(("source", "says"), [
    ("<map>", r"level\.tmx:1:6: not XML"),
    ("<tileset/>", "expected a <map>, got a <tileset>"),
    ('<!DOCTYPE a [<!ENTITY b "bbbb">]><map>&b;</map>', "document type"),
    (XML.format(land='<data encoding="csv">1,x</data>', eleven=""), "layer 'land': its data holds something that is no tile number"),
    (XML.format(land='<data encoding="zip">1</data>', eleven=""), "encoding='zip'"),
    (XML.format(land="", eleven=""), "layer 'land': no tiles in its data"),
    (XML.replace('width="4"', 'width="inf"').format(land="", eleven=""), "width='inf': expected a whole number"),
    (XML.replace('x="50"', 'x="nan"').format(land=f'<data encoding="csv">{LAND}</data>', eleven="<tile/>" * 11), "object 'the ruby': x='nan'"),
    ("<map width='1' height='1' tilewidth='1' tileheight='1'>" + "<group>" * 100 + "</group>" * 100 + "</map>", "nested"),
])
def test_what_is_wrong_with_xml_is_named(tmp_path: Path, source: str, says: str) -> None:
    path = written_xml(tmp_path)
    path.write_text(source)
    with pytest.raises(BadInputError, match=says):
        read_tiled(path)


def test_layers_and_objects_named_as_walls_are_walls_and_tiles_as_objects_stand_on_their_lower_edge(tmp_path: Path) -> None:
    source = copy.deepcopy(MAP)
    source["layers"] = [
        {"type": "tilelayer", "name": "Collisions", "width": 4, "height": 3, "data": [0] * 11 + [1]},
        {"type": "objectgroup", "name": "things", "objects": [
            {"name": "wall", "x": 0, "y": 0, "width": 32, "height": 16}, {"name": "wall", "x": 0, "y": 64, "width": 8, "height": 8, "ellipse": True},
            {"name": "hedge", "gid": 11, "x": 64, "y": 64, "width": 32, "height": 32}, {"name": "goal", "type": "block", "x": 96, "y": 0, "width": 32, "height": 32}]}]
    level = read_tiled(written(tmp_path, source), solid=("wall", "block", "Collisions"))
    assert sorted(level.ground.rects.tolist()) == [[0, 0, 32, 16], [96, 0, 128, 32], [96, 64, 128, 96]]
    assert sorted(level.places) == ["goal", "hedge"]
    assert level.places["hedge"] == (80, 48)
    assert level.ground.opaque[1, 2] and level.ground.opaque.sum() == 1

"""Strict loading of config files: what fits is built, and all that does not is told at once, with its place."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from npc_world.core.config import describe, explained, load_config, preset_names, template, write_template
from npc_world.core.errors import BadInputError, ConfigError
from npc_world.core.tunable import check_tunables, tunable


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    range_px: float | None = tunable(None, "how far it sees, px; leave out for no limit", low=0)
    cone_rad: float = tunable(1.0, "half the cone of sight, rad", low=0, high=3.2)
    told: bool = tunable(False, "whether it is told where the target is")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    grip: float = tunable(1.0, "share of the acceleration limit", low=0, high=4)
    speed: float = tunable(1.0, "share of the top speed", low=0, high=4)

    def __post_init__(self) -> None:
        check_tunables(self)
        if self.grip > 2 * self.speed:
            raise BadInputError("grip is more than twice\nthe speed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brain:
    mode: str = tunable("hunt", "what it does", choices=("hunt", "guard", "search"))
    kind: Literal["small", "large"] = tunable("small", "which")
    name: str = tunable("nobody", "its name")
    count: int = tunable(3, "how many", low=1, high=9)
    post: tuple[float, float] | None = tunable(None, "where it stands, px")
    weights: tuple[float, ...] = tunable((1.0, 2.0), "weight of each", low=0)
    words: list[str] = tunable(factory=list, help="words")
    reach: float | Literal["far"] = tunable("far", "how far", low=0)
    eyes: Eyes = tunable(factory=lambda: Eyes(cone_rad=0.5), help="what it sees")
    second: Eyes | None = tunable(None, "another pair")
    surfaces: dict[str, Ground] = field(default_factory=lambda: {"mud": Ground(grip=0.5, speed=0.5)})
    costs: dict[str, float] = tunable(factory=dict, help="weight of each cost", low=0)
    posts: list[Ground] = tunable(factory=list, help="grounds")
    secret: int = 7


def mistakes(source: Any, folder: Path | None = None, schema: type = Brain) -> list[str]:
    with pytest.raises(ConfigError) as error:
        load_config(source, schema, presets_folder=folder)
    return str(error.value).split("\n")


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_nothing_given_is_all_defaults(tmp_path: Path) -> None:
    assert load_config({}, Brain) == Brain() == load_config(write(tmp_path, "empty.toml", ""), Brain)


def test_every_sort_of_value(tmp_path: Path) -> None:
    path = write(tmp_path, "all.toml", """
        mode = "guard"
        kind = "large"
        count = 9
        post = [1, 2.5]
        weights = []
        words = ["a", "b"]
        reach = 3
        costs = {time = 1, effort = 0.5}
        second.told = true
        eyes = {range_px = 100}
        [surfaces.ice]
        grip = 0.1
        [[posts]]
        speed = 2
        [[posts]]
    """)
    brain = load_config(path, Brain)
    assert (brain.mode, brain.kind, brain.count, brain.post, brain.weights) == ("guard", "large", 9, (1.0, 2.5), ())
    assert (brain.words, brain.reach, brain.costs) == (["a", "b"], 3.0, {"time": 1.0, "effort": 0.5})
    assert isinstance(brain.reach, float) and isinstance(brain.costs["time"], float)
    assert brain.second == Eyes(told=True)
    assert brain.posts == [Ground(speed=2.0), Ground()]


def test_a_table_changes_the_fields_default_and_not_that_of_its_class() -> None:
    brain = load_config({"eyes": {"told": True}, "surfaces": {"mud": {"grip": 0.25}, "ice": {}}}, Brain)
    assert brain.eyes == Eyes(cone_rad=0.5, told=True)
    assert brain.surfaces == {"mud": Ground(grip=0.25, speed=0.5), "ice": Ground()}


def test_a_dict_may_hold_ready_components() -> None:
    assert load_config({"eyes": Eyes(told=True), "post": (1, 2)}, Brain).eyes == Eyes(told=True)


def test_all_mistakes_are_told_at_once_in_the_files_order(tmp_path: Path) -> None:
    path = write(tmp_path, "bad.toml", """mode = "hunr"
kind = "medium"
count = 12
name = 5
post = [1, "2"]
weights = [1, -2]
cone_rad = 3
reach = "near"
secret = 8
[eyes]
rangepx = 12
range_px = "7"
told = "true"
[surfaces.mud]
grip = nan
[surfaces.ice]
grip = 5
[costs]
b = true
[second]
cone_rad = 1979-05-27
[[posts]]
[[posts]]
grp = 1
""")
    assert mistakes(path) == [f"{path}:{line}" for line in [
        "1:8: mode: expected one of 'hunt', 'guard', 'search', got the text 'hunr' (did you mean 'hunt'?)",
        "2:8: kind: expected one of 'small', 'large', got the text 'medium'",
        "3:9: count: expected 1 to 9, got 12",
        "4:8: name: expected text in quotes, got 5",
        "5:12: post[1]: expected a number, got the text '2' (did you mean 2?)",
        "6:15: weights[1]: expected at least 0, got -2",
        "7:1: cone_rad: unknown key (did you mean 'eyes.cone_rad'?)",
        "8:9: reach: expected a number or one of 'far', got the text 'near'",
        "9:1: secret: cannot be set from a file",
        "11:1: eyes.rangepx: unknown key (did you mean 'range_px'?)",
        "12:12: eyes.range_px: expected a number, got the text '7' (did you mean 7?)",
        "13:8: eyes.told: expected true or false, got the text 'true' (did you mean true?)",
        "15:8: surfaces.mud.grip: expected a number, got nan",
        "17:8: surfaces.ice.grip: expected 0 to 4, got 5",
        "19:5: costs.b: expected a number, got true",
        "21:12: second.cone_rad: expected a number, got the date 1979-05-27",
        "24:1: posts[1].grp: unknown key (did you mean 'grip'?)",
    ]]


@pytest.mark.parametrize(("source", "line"), [
    ({"eyes": 3}, "eyes: expected a table, got 3"),
    ({"second": 3}, "second: expected a table, got 3"),
    ({"surfaces": 3}, "surfaces: expected a table of names, each a table, got 3"),
    ({"surfaces": {"mud": [1]}}, "surfaces.mud: expected a table, got a list"),
    ({"posts": {}}, "posts: expected a list, each a table, got a table"),
    ({"post": [1]}, "post: expected 2 values, got 1"),
    ({"post": 1}, "post: expected a list of 2: a number, a number, got 1"),
    ({"count": 3.0}, "count: expected a whole number, got 3.0 (did you mean 3?)"),
    ({"count": True}, "count: expected a whole number, got true"),
    ({"eyes": {"cone_rad": float("inf")}}, "eyes.cone_rad: expected 0 to 3.2, got inf"),
    ({"eyes": {"range_px": 10**400}}, "eyes.range_px: expected a number that fits in 64 bits, got 1" + 27 * "0" + "..." + 29 * "0"),
    ({"a.b c": 1}, '"a.b c": unknown key'),
    ({3: 1}, "the key 3 is not text"),
    ({"surfaces": {"mud": {"grip": 3}}}, "surfaces.mud: grip is more than twice the speed"),
    ({"extends": 3}, "extends: expected the name of a preset, in quotes"),
])
def test_one_mistake_in_a_dict(source: dict[Any, Any], line: str) -> None:
    assert mistakes(source) == [f"<dict>: {line}"]


def test_a_source_of_another_type() -> None:
    with pytest.raises(BadInputError, match="source=5: expected the name of a preset"):
        load_config(5, Brain)  # type: ignore[arg-type]


def test_a_dict_inside_itself_ends() -> None:
    loop: dict[str, Any] = {}
    loop["eyes"] = loop
    assert "lies more than 32 tables deep" in mistakes(loop)[0]


def test_a_field_without_default_must_be_given() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Must:
        speed: float = tunable(help="px/s")

    assert mistakes({}, schema=Must) == ["<dict>: speed: must be given, it has no default"]
    assert load_config({"speed": 2}, Must) == Must(speed=2.0)
    assert "speed = must be given" in explained(Must)


# ---- files ----------------------------------------------------------------------------------------------------


def test_a_preset_by_name_and_what_extends_it(tmp_path: Path) -> None:
    write(tmp_path, "animal.toml", "count = 2\nname = 'animal'\n[eyes]\ntold = true\n[surfaces.mud]\ngrip = 0.1")
    write(tmp_path, "hunter.toml", "extends = 'animal'\nname = 'hunter'\neyes.range_px = 5")
    elsewhere = tmp_path / "mine"
    elsewhere.mkdir()
    mine = write(elsewhere, "hunter.toml", "extends = 'hunter'\n[eyes]\ncone_rad = 2\n[surfaces.mud]\nspeed = 1")
    brain = load_config(mine, Brain, presets_folder=tmp_path)
    assert brain == Brain(count=2, name="hunter", eyes=Eyes(told=True, range_px=5.0, cone_rad=2.0), surfaces={"mud": Ground(grip=0.1, speed=1.0)})
    assert load_config({"extends": "hunter", "eyes": {"cone_rad": 2}, "surfaces": {"mud": {"speed": 1}}}, Brain, presets_folder=tmp_path) == brain
    assert load_config(str(mine), Brain, presets_folder=tmp_path) == brain
    assert preset_names(tmp_path) == ["animal", "hunter"]


def test_a_file_may_extend_a_file_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "base.toml", "count = 5")
    for name in ("base", "base.toml", "./base.toml"):
        assert load_config(write(tmp_path, "mine.toml", f"extends = '{name}'"), Brain).count == 5


def test_mistakes_of_a_preset_are_told_with_its_own_file(tmp_path: Path) -> None:
    below = write(tmp_path, "hunter.toml", "cout = 2\nname = 1")
    above = write(tmp_path, "mine.toml", "extends = 'hunter'\nname = 'me'\ncount = 0")
    assert mistakes(above, tmp_path) == [
        f"{above}:3:9: count: expected 1 to 9, got 0",
        f"{below}:1:1: cout: unknown key (did you mean 'count'?)",
    ]


def test_missing_presets_and_files(tmp_path: Path) -> None:
    write(tmp_path, "hunter.toml", "")
    write(tmp_path, "guard.toml", "")
    assert mistakes("huntr", tmp_path) == ["huntr: no preset of this name: there are guard, hunter (did you mean 'hunter'?)"]
    assert mistakes("zzz") == ["zzz: no preset of this name: there are none"]
    assert mistakes({"extends": "gard"}, tmp_path) == ["<dict>: extends: no preset 'gard': there are guard, hunter (did you mean 'guard'?)"]
    mine = write(tmp_path, "mine.toml", "\nextends = 'x.toml'")
    assert mistakes(mine, tmp_path) == [f"{mine}:2:11: extends: {tmp_path / 'x.toml'}: no such file"]
    assert mistakes(tmp_path / "gurd.toml") == [f"{tmp_path / 'gurd.toml'}: no such file (did you mean 'guard.toml'?)"]
    assert mistakes(tmp_path) == [f"{tmp_path}: is a folder"]
    assert len(mistakes(Path("a\0b.toml"))) == 1


def test_files_that_extend_each_other(tmp_path: Path) -> None:
    write(tmp_path, "one.toml", "extends = 'two'")
    two = write(tmp_path, "two.toml", "extends = 'one'")
    assert mistakes("one", tmp_path) == [f"{two}:1:11: extends: 'one' extends this file itself, so neither can be read"]


def test_a_long_chain_of_files_is_told(tmp_path: Path) -> None:
    for n in range(40):
        write(tmp_path, f"f{n}.toml", f"extends = 'f{n + 1}'")
    write(tmp_path, "f40.toml", "")
    assert mistakes("f0", tmp_path) == [f"{tmp_path / 'f15.toml'}:1:11: extends: more than 16 files extend one another"]


@pytest.mark.parametrize(("text", "lines"), [
    ("count = 3\nname = hunter\ncount2 = 1", ['2:8: not TOML: Invalid value (did you mean "hunter", in quotes?)', "3:1: count2: unknown key (did you mean 'count'?)"]),
    ("eyes.told = True\ncount = 99", ["1:13: not TOML: Invalid value (did you mean true?)", "2:9: count: expected 1 to 9, got 99"]),
    ("count 3\nmode 4\nkind = 1", ["1:7: not TOML: Expected '=' after a key in a key/value pair",
                                    "2:6: not TOML: Expected '=' after a key in a key/value pair",
                                    "3:8: kind: expected one of 'small', 'large', got 1"]),
    ("[eyes\ntold = 3", ["1:6: not TOML: Expected ']' at the end of a table declaration"]),
    ("count = 1\ncount = 22", ["2:11: not TOML: this key is set already"]),
    ("weights = [1,\n 2\n 3]\n", ["3:2: not TOML: Unclosed array"]),
    ("count = " + "9" * 5000, [" a number has too many digits"]),
    ("a = " + "[" * 3000, ["1:37: lies more than 32 tables or lists deep"]),
    ("a = @\nb = " + "[" * 100_000, ["2:37: lies more than 32 tables or lists deep"]),
    (b"count = 3\nname = '\xc3\xa9\xff'", ["2:10: not UTF-8 text: save the file as UTF-8"]),
    ("count = 3".encode("utf-16"), ["1:1: not UTF-8 text: save the file as UTF-8"]),
    ("name = 'a\0b'", ["1:10: not TOML: "]),
])
def test_text_that_is_not_toml(tmp_path: Path, text: str | bytes, lines: list[str]) -> None:
    path = write(tmp_path, "bad.toml", text)
    found = mistakes(path)
    assert len(found) == len(lines), found
    for line, start in zip(found, lines, strict=True):
        assert line.startswith(f"{path}:{start}")


def test_the_mark_that_windows_editors_write_first_is_no_mistake(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "a.toml", b"\xef\xbb\xbfcount = 4\r\n"), Brain).count == 4


def test_a_huge_file_is_refused_and_many_mistakes_are_cut_off(tmp_path: Path) -> None:
    assert "larger than 1024 KiB" in mistakes(write(tmp_path, "huge.toml", b"#" * (1 << 20) + b"#"))[0]
    found = mistakes(write(tmp_path, "many.toml", "\n".join(f"key{n} = 1" for n in range(3000))))
    assert len(found) == 101 and found[-1] == "… and 2900 more"


# ---- the table of settings ------------------------------------------------------------------------------------


def test_describe_lists_every_setting_with_default_range_and_help() -> None:
    settings = {setting.path: setting for setting in describe(Brain)}
    assert settings["eyes.cone_rad"].default == 0.5
    assert settings["eyes.cone_rad"].range == "0 to 3.2"
    assert settings["surfaces.mud.grip"].help == "share of the acceleration limit"
    assert settings["second.told"].takes == "true or false"
    assert settings["posts"].default == []
    assert "secret" not in settings
    text = explained(Brain)
    assert all(f"\n{path} = " in f"\n{text}" for path in settings)


def test_the_template_is_a_config_that_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    write_template(Brain, path)
    plain = load_config(path, Brain)
    assert plain == Brain(second=plain.second)
    with pytest.raises(BadInputError, match="exists already"):
        write_template(Brain, path)
    write(tmp_path, "hunter.toml", "count = 8")
    assert load_config(write(tmp_path, "b.toml", template(Brain, extends="hunter")), Brain, presets_folder=tmp_path).count == 8


def test_the_template_with_its_marks_taken_off_holds_the_defaults() -> None:
    lines = [line.removeprefix("#") for line in template(Brain).split("\n") if not line.startswith("# ")]
    data = tomllib.loads("\n".join(line for line in lines if not line.split("#")[0].rstrip().endswith("=")))
    data.pop("second")
    assert load_config(data, Brain) == Brain()


def test_what_extends_nothing_that_is_there_is_checked_all_the_same(tmp_path: Path) -> None:
    for name, what in (("gard", "no preset 'gard'"), ("none.toml", "no such file")):
        mine = write(tmp_path, "mine.toml", f"extends = '{name}'\n[eyes]\nrnge_px = 3\ncone_rad = 9")
        said = mistakes(mine, tmp_path)
        assert [line.split(": ")[0] for line in said] == [f"{mine}:1:11", f"{mine}:3:1", f"{mine}:4:12"] and what in said[0]

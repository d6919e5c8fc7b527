"""Positions of keys and values agree with what `tomllib` reads, on hand-written and on random documents."""

from __future__ import annotations

import json
import random
import time
import tomllib
from typing import Any

import pytest

from npc_world.core.toml_positions import KeyPath, NestedTooDeep, find_positions


def paths_of(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    found = {path} if path else set()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found |= paths_of(inner, (*path, key))
    return found


def offset_of(text: str, place: tuple[int, int]) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place[0] - 1]) + place[1] - 1


def test_keys_and_values_in_one_small_file() -> None:
    found = find_positions('# eyes\nspeed = 3\n[vision]  # here\ncone.half_rad = 1\n"a b" = [1,\n  {x = 2}]\n[[post]]\nat=1\n[[post]]\nat=2\n')
    assert found.values[("speed",)] == (2, 9)
    assert found.keys[("vision",)] == (3, 2)
    assert found.values[("vision",)] == (3, 1)
    assert found.keys[("vision", "cone", "half_rad")] == (4, 6)
    assert found.values[("vision", "cone", "half_rad")] == (4, 17)
    assert found.values[("vision", "a b", 0)] == (5, 10)
    assert found.values[("vision", "a b", 1, "x")] == (6, 8)
    assert found.keys[("post", 1, "at")] == (10, 1)


@pytest.mark.parametrize("text", [
    'a = """one\n[not.a.table]\nb = 1"""\nc = 2',
    "a = '''it''s\n'''''\nc = 2",
    'a = "# no comment" # one\n"a\\"b" = 1\n\'a"c\' = 2',
    "a = 1979-05-27 07:32:00Z\nb = 07:32:00\nc = [\n # remark ]\n 1, # one\n 2,\n]",
    "[a.b]\nc = 1\n[a]\nd = 2\n[[a.e]]\nf = 1\n[a.e.g]\nh = 1\n[[a.e]]\nf = 2\n[a.e.g]\nh = 2",
    "a = {b = {c = [1, [2, 3]]}, d.e = 'x'}\r\nf = 1\r\n",
    '"\\u00e9t\\u00e9" = 1\n"" = 2\n1234 = 3\n1.2 = 4',
    "",
    "  \n\t# only remarks",
])
def test_same_paths_as_tomllib(text: str) -> None:
    found = find_positions(text)
    assert set(found.keys) == set(found.values) == paths_of(tomllib.loads(text))


class RandomDocument:
    """A valid document in as many spellings as TOML has; every scalar is unique, and `written` says how it was spelt."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.written: dict[Any, str] = {}
        self.text = "".join(self.table([], 0))

    def space(self) -> str:
        return self.random.choice(["", " ", "  ", "\t"])

    def gap(self) -> str:
        """Blank space that may hold line ends and remarks, inside an array."""
        return self.random.choice(["", " ", "\n", "\r\n ", " # [x] = {\n", "\n\n\t"])

    def key(self) -> str:
        self.count += 1
        name = f"k{self.count}"
        return self.random.choice([name, name, f'"{name}.x #[]"', f"'{name} = \"'", f'"{name}\\t\\u00e9\\""', f"{self.count}", f"{name}-_"])

    def scalar(self) -> str:
        self.count += 1
        n = self.count
        text = self.random.choice([
            f"{n}", f"-{n}", f"{n}.5e3", f"0x{n:x}", f'"{n} # [a]"', f"'{n} \\'", f'"{n} \\" }}"', f'"""{n}\n[x]\n""y"" \\"""z"""',
            f"'''\n{n} ''' ".strip(), f'"""{n}"""""', f"{1000 + n % 8000}-01-01T00:00:{n % 60:02}.{n:06}Z", f"{1000 + n % 8000}-01-02 00:00:00.{n:06}",
        ])
        self.written[repr(tomllib.loads(f"v = {text}")["v"])] = text
        return text

    def value(self, depth: int) -> str:
        sort = self.random.random() if depth < 4 else 0.0
        if sort < 0.6:
            return self.scalar()
        if sort < 0.8:
            inner = [self.gap() + self.value(depth + 1) + self.gap() for _ in range(self.random.randrange(4))]
            return "[" + ",".join(inner) + ("," if inner and self.random.random() < 0.3 else "") + self.gap() + "]"
        return "{" + ",".join(self.space() + self.pair(depth + 1) + self.space() for _ in range(self.random.randrange(4))) + "}"

    def pair(self, depth: int) -> str:
        key = f"{self.space()}.{self.space()}".join(self.key() for _ in range(self.random.choice([1, 1, 1, 2, 3])))
        return f"{key}{self.space()}={self.space()}{self.value(depth)}"

    def table(self, path: list[str], depth: int) -> list[str]:
        end = self.random.choice(["\n", "\r\n", " # remark\n", "\n\n"])
        parts = [f"{self.space()}{self.pair(depth)}{end}" for _ in range(self.random.randrange(4))]
        for _ in range(self.random.randrange(3) if depth < 3 else 0):
            inner = [*path, *(self.key() for _ in range(self.random.choice([1, 1, 2])))]
            header = f"{self.space()}.{self.space()}".join(inner)
            if self.random.random() < 0.3:
                for _ in range(self.random.randrange(1, 4)):
                    parts += [f"[[{self.space()}{header}{self.space()}]]{end}", *self.table(inner, depth + 1)]
            else:
                parts += [f"{self.space()}[{header}]{end}", *self.table(inner, depth + 1)]
        return parts


def check_random_documents(seeds: range) -> int:
    """Every path is found, and at every scalar's position stands what was written there.  Returns how many scalars."""
    scalars = 0
    for seed in seeds:
        document = RandomDocument(seed)
        data = tomllib.loads(document.text)
        found = find_positions(document.text)
        assert set(found.keys) == paths_of(data), f"seed {seed}\n{document.text}"
        stack: list[tuple[KeyPath, Any]] = [((), data)]
        while stack:
            path, value = stack.pop()
            if isinstance(value, dict):
                stack += [((*path, key), inner) for key, inner in value.items()]
            elif isinstance(value, list):
                stack += [((*path, index), inner) for index, inner in enumerate(value)]
            else:
                at = offset_of(document.text, found.values[path])
                assert document.text.startswith(document.written[repr(value)], at), f"seed {seed}: {path}"
                scalars += 1
    return scalars


def test_random_documents_agree_with_tomllib() -> None:
    assert check_random_documents(range(150)) > 1000


@pytest.mark.slow
def test_many_random_documents_agree_with_tomllib() -> None:
    assert check_random_documents(range(150, 6000)) > 50_000


def test_text_that_is_not_toml_never_fails() -> None:
    letters = random.Random(5)
    for _ in range(3000):
        text = "".join(letters.choice(["[", "]", "{", "}", "=", '"', "'", '"""', "\n", "a", ".", ",", "#", "\\", " ", "1"]) for _ in range(30))
        found = find_positions(text)
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        assert set(found.keys) == paths_of(data), json.dumps(text)


@pytest.mark.parametrize("text", ["a = " + "[" * 50, "a = " + "{x=" * 50, "[" + "a." * 50 + "a]", "a." * 500_000 + "a = 1"])
def test_too_deep(text: str) -> None:
    with pytest.raises(NestedTooDeep) as error:
        find_positions("# first line\n" + text)
    assert error.value.line == 2


def test_a_mebibyte_is_quick() -> None:
    text = "\n".join(f"[table{n}]\nkey{n} = [{n}, 'text', {{x = 1}}]" for n in range(24_000))
    assert len(text) > 1_000_000
    begin = time.perf_counter()
    assert len(find_positions(text).keys) == 24_000 * 6
    assert time.perf_counter() - begin < 10.0

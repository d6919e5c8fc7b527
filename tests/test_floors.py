"""A folder imports only floors below it, and no engine outside the adapters (the table of the architecture)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "npc_world"
FLOOR = {"core": 0, "models": 1, "learning": 2, "beliefs": 2, "planners": 2, "agents": 3, "adapters": 4, "arena": 4}
ENGINES = {"pygame", "pymunk", "pytmx", "gymnasium", "PIL", "matplotlib", "scipy"}
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE]


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] == "npc_world" and len(parts) > 1 and parts[1] in FLOOR and parts[1] != room:
            assert FLOOR[parts[1]] < FLOOR[room], f"{room} (floor {FLOOR[room]}) imports {name}"
        if parts[0] in {"demos", "npc_world_demos", "tests"}:
            pytest.fail(f"the library imports {name}")


@pytest.mark.parametrize("path", [p for p in FILES if "adapters" not in p.parts], ids=lambda path: str(path.relative_to(PACKAGE)))
def test_engines_only_in_adapters(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports_of(path)}
    allowed = {"matplotlib"} if "arena" in path.parts else set()
    assert not tops & (ENGINES - allowed)

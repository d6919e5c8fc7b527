"""`import npc_world as nw`: quick, without engines, and every name that is promised is there."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import npc_world as nw

ROOT = Path(__file__).resolve().parents[1]


def in_fresh_python(code: str) -> Any:
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", nw.__all__)
def test_every_public_name_loads(name: str) -> None:
    value = getattr(nw, name)
    assert value.__name__ == name
    assert value.__doc__, f"{name} has no docstring"
    assert getattr(nw, name) is value


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse((ROOT / "npc_world" / "__init__.py").read_text(encoding="utf-8"))
    seen = {f"{alias.asname}": f"{node.module}".removeprefix("npc_world.")
            for block in tree.body if isinstance(block, ast.If) for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == nw._HOME
    assert set(nw.__all__) <= set(dir(nw))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'npc_world' has no attribute 'Hunterr'"):
        nw.Hunterr  # noqa: B018


def test_the_import_is_quick_and_light() -> None:
    code = "import json, sys, time; t = time.perf_counter(); import npc_world; print(json.dumps([time.perf_counter() - t, sorted(sys.modules)]))"
    runs = [in_fresh_python(code) for _ in range(3)]
    assert min(seconds for seconds, _ in runs) < 0.3
    assert not {"numpy", "numba", "networkx", "pygame", "pymunk", "matplotlib"} & set(runs[0][1])


def test_using_everything_imports_no_engine() -> None:
    """scipy is not in the list: numba itself imports it where it is installed."""
    code = """
import json, sys
import npc_world as nw
[getattr(nw, name) for name in nw.__all__]
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""
    assert not {"pygame", "pymunk", "pytmx", "gymnasium", "matplotlib", "PIL"} & set(in_fresh_python(code))


def test_the_package_is_typed_and_versioned() -> None:
    assert (ROOT / "npc_world" / "py.typed").is_file()
    assert f'version = "{nw.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")

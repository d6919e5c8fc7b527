"""A missing pygame and two pygames are said in so many words."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

import npc_world.adapters.pygame as adapter


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(("engine", "module"), [("pygame", "npc_world.adapters.pygame"), ("pymunk", "npc_world.adapters.pymunk")])
def test_a_missing_extra_says_how_to_get_it(engine: str, module: str) -> None:
    done = run(f"""
import sys
sys.modules[{engine!r}] = None  # as if it were not installed
import npc_world
try:
    import {module}
except npc_world.MissingExtraError as error:
    assert isinstance(error, ImportError)
    print(error)
""")
    assert done.returncode == 0, done.stderr
    assert 'pip install "npc-world[demos]"' in done.stdout


def test_the_package_itself_needs_neither() -> None:
    done = run("import sys; sys.modules['pygame'] = sys.modules['pymunk'] = None; import npc_world; npc_world.Terrain.open_field((8, 6))")
    assert done.returncode == 0, done.stderr


def test_both_pygames_at_once_give_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda name: object())
    with pytest.warns(RuntimeWarning, match="pip uninstall pygame pygame-ce"):
        assert adapter.warn_if_both_installed()


def test_one_of_them_gives_none() -> None:
    assert not adapter.warn_if_both_installed()

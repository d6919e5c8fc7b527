"""The shim around numba: same results without it, and no stale or foreign machine code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from npc_world.core import compiled

ROOT = Path(__file__).resolve().parents[2]


def run(code: str, **environment: str) -> str:
    result = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_same_rays_with_and_without_the_compiler() -> None:
    code = """
import json, numpy as np
from npc_world.core.compiled import COMPILED
from npc_world.core.geometry import first_hit, visible_cells
from npc_world.core.terrain import Terrain
rng = np.random.default_rng(1)
ground = Terrain.from_rects([(*rng.uniform(0, 90, 2), *rng.uniform(1, 20, 2)) for _ in range(12)], (100, 100), 8)
rays = [first_hit(ground.ray_walls, *row) for row in rng.uniform(-10, 110, (80, 4)).tolist()]
cells = visible_cells(ground.ray_walls, 50.0, 40.0, 60.0, 1.0, 2.0)
print(json.dumps([bool(COMPILED), [float(ray) for ray in rays], cells.tolist()]))
"""
    plain, fast = json.loads(run(code, NPC_WORLD_NO_JIT="1")), json.loads(run(code, NPC_WORLD_NO_JIT="0"))
    assert plain[0] is False
    assert fast[0] is compiled.COMPILED or compiled.COMPILED is False
    assert plain[1] == pytest.approx(fast[1], abs=1e-12)
    assert plain[2] == fast[2]


KERNELS = """from npc_world.core.compiled import kernel
{imports}

@kernel
def {name}(x):
    return {body}
"""


@pytest.mark.skipif(not compiled.COMPILED, reason="there is nothing to be stale")
def test_a_change_in_another_file_reaches_the_callers(tmp_path: Path) -> None:
    """numba alone would run the old inner kernel, and the old constant, from the cache of the outer one."""
    (tmp_path / "inner_part.py").write_text("FACTOR = 2.0\n" + KERNELS.format(imports="", name="inner", body="x * 2.0"))
    (tmp_path / "outer_part.py").write_text(KERNELS.format(imports="from inner_part import inner, FACTOR", name="outer", body="inner(x) + FACTOR"))
    code = "import outer_part; print(outer_part.outer(10.0), sum(outer_part.outer.stats.cache_hits.values()))"
    path = {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "NPC_WORLD_NO_JIT": "0"}
    assert run(code, **path).split() == ["22.0", "0"]
    assert run(code, **path).split() == ["22.0", "1"]  # cached
    (tmp_path / "inner_part.py").write_text("FACTOR = 2.0\n" + KERNELS.format(imports="", name="inner", body="x * 3.00"))
    assert run(code, **path).split() == ["32.0", "0"]
    (tmp_path / "inner_part.py").write_text("FACTOR = 5.0\n" + KERNELS.format(imports="", name="inner", body="x * 3.00"))
    assert run(code, **path).split() == ["35.0", "0"]
    assert run(code, **path).split() == ["35.0", "1"]


@pytest.mark.skipif(not compiled.COMPILED, reason="there is nothing to be stale")
def test_one_file_under_two_names(tmp_path: Path) -> None:
    """numba alone would look for the module by the name it was first compiled under."""
    (tmp_path / "inner_part.py").write_text(KERNELS.format(imports="", name="inner", body="x * 2.0"))
    path = {"PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "NPC_WORLD_NO_JIT": "0"}
    for name in ("first_name", "second_name"):
        code = f"""
import importlib.util as u, sys
spec = u.spec_from_file_location({name!r}, {str(tmp_path / 'inner_part.py')!r})
module = sys.modules[{name!r}] = u.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.inner(4.0))
"""
        assert run(code, **path) == "8.0\n"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="a matter of Unix permissions")
def test_the_temporary_cache_is_private(tmp_path: Path) -> None:
    folder = compiled._private_folder(tmp_path)
    assert folder is not None and folder.stat().st_mode & 0o777 == 0o700
    assert compiled._private_folder(tmp_path) == folder
    folder.chmod(0o777)
    assert compiled._private_folder(tmp_path) is None
    shutil.rmtree(folder)
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    assert compiled._private_folder(tmp_path) is None
    assert compiled._private_folder(tmp_path / "missing") is None


@pytest.mark.skipif(not compiled.COMPILED, reason="there is nothing to be stale")
def test_a_change_reaches_callers_by_way_of_a_kernel_further_down_in_their_file(tmp_path: Path) -> None:
    (tmp_path / "outer_part.py").write_text(KERNELS.format(imports="from inner_part import inner", name="outer", body="middle(x)")
                                            + KERNELS.format(imports="", name="middle", body="inner(x)"))
    code = "import outer_part; print(outer_part.outer(10.0))"
    path = {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "NPC_WORLD_NO_JIT": "0"}
    for body, result in (("x * 2.0", "20.0"), ("x * 3.00", "30.0")):
        (tmp_path / "inner_part.py").write_text(KERNELS.format(imports="", name="inner", body=body))
        assert run(code, **path).split() == [result]

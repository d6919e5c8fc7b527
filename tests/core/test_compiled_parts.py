"""Kernels made of parts: what they return, raise and leave behind is what numba's own would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from npc_world.core import compiled

pytestmark = pytest.mark.skipif(not compiled.COMPILED, reason="nothing is compiled")
ROOT = Path(__file__).resolve().parents[2]

KERNELS = """
import numpy as np
from npc_world.core.compiled import kernel

@kernel
def squares(count):
    if count > 5:
        raise ValueError("too many")
    out = np.empty(count)
    for i in range(count):
        out[i] = max(i * i, 1)
    return out

@kernel
def total(count):
    return squares(count).sum(), np.sqrt(float(count))
"""

STORY = """
import gc, numba, numpy as np
from numba.core.targetconfig import TargetConfig
from numba.core.registry import cpu_target
equal, create, libraries = TargetConfig.__eq__, cpu_target.target_context.create_cpython_wrapper, type(cpu_target.target_context.codegen())._library_class
from some_kernels import squares, total

@numba.njit
def users_own(count):
    return total(count)[0] + np.zeros(count).sum() + max(count, 1)

assert total(4) == (15.0, 2.0), total(4)
assert squares(3).tolist() == [1.0, 1.0, 4.0]
assert users_own(4) == 19.0
for call in (squares, total):
    try:
        call(9)
    except ValueError as error:
        assert str(error) == "too many"
    else:
        raise AssertionError("it was to refuse")
context = cpu_target.target_context
assert gc.isenabled() and TargetConfig.__eq__ is equal and context.create_cpython_wrapper == create
assert context.codegen()._library_class is libraries
assert type(squares).__name__ == "Kernel"
print(sum(squares.stats.cache_hits.values()), sum(total.stats.cache_hits.values()))
"""


def test_arrays_errors_and_other_users_of_numba_fresh_and_from_the_cache(tmp_path: Path) -> None:
    (tmp_path / "some_kernels.py").write_text(KERNELS)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "NPC_WORLD_NO_JIT": "0"}
    for hits in ("0 0", "1 1"):
        result = subprocess.run([sys.executable, "-c", STORY], env=environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        assert result.stdout.strip() == hits


ARRAYS = """
import numpy as np
from npc_world.core.compiled import kernel

@kernel
def read(grid, cube, row, i, j, high):
    a, b = grid[i, j], grid[-1, j]
    c = cube[i, -j - 1, j] + cube[high, 0, -1]
    d = grid[i].sum() + grid[1:, j].sum() + row[row > 2].sum() + cube[i, j].max()
    e = row[-1] + row[np.uint8(1)] + len(row) + grid.shape[1] + grid.strides[0] + cube.size + grid.ravel()[-2]
    return a, b, c, d, e

@kernel
def write(grid, cube, flags, i):
    grid[i, -1] = 7.0
    grid[-1] = grid[0]
    grid[:, 0] += 1.0
    cube[i, i, -i] = grid[i, i]
    for row in grid:
        row[0] *= 2.0
    flags[-2] = True
    point = np.zeros((2, 2))
    point[i], point[i - 1, 1] = 3.0, 4.0
    return point, grid.T[0, 1], np.array(5.0)[()]
"""

ARRAYS_STORY = """
import numpy as np
from some_arrays import read, write

def arrays(layout):
    grid, cube = np.arange(12.0).reshape(3, 4), np.arange(24.0).reshape(2, 3, 4) ** 2
    if layout == "F":
        return np.asfortranarray(grid), np.asfortranarray(cube)
    if layout == "A":
        return np.repeat(grid, 2, axis=1)[::1, ::2], np.repeat(cube, 2, axis=2)[:, :, ::-2]
    return grid, cube

for layout in "CFA":
    grid, cube = arrays(layout)
    row, flags = np.arange(5), np.zeros(3, np.bool_)
    for i, j in ((0, 1), (1, 2), (-1, -1), (-2, 0)):
        args = grid, cube, row, i, j, np.uint32(1)
        assert read(*args) == read.py_func(*args), (layout, i, j, read(*args), read.py_func(*args))
    ours, theirs = arrays(layout), arrays(layout)
    mine, his = write(*ours, flags, 1), write.py_func(*theirs, flags.copy(), 1)
    assert all(np.array_equal(a, b) for a, b in zip((*ours, *mine), (*theirs, *his), strict=True)), layout
    assert flags.tolist() == [False, True, False]
print("as numpy says")
"""


def test_elements_views_and_negative_indices_are_numpys_in_every_layout(tmp_path: Path) -> None:
    (tmp_path / "some_arrays.py").write_text(ARRAYS)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "NPC_WORLD_NO_JIT": "0"}
    result = subprocess.run([sys.executable, "-c", ARRAYS_STORY], env=environment, capture_output=True, text=True)
    assert result.stdout.strip() == "as numpy says", result.stderr

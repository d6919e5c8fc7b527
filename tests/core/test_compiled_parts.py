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

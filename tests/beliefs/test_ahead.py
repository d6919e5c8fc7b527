"""Many bodies at once are each as it would be alone, whatever is read of the next ones' memories meanwhile."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.ahead import read_ahead, read_due, read_state
from npc_world.beliefs.kinematic import _turn
from npc_world.beliefs.layout import new_memory

ROOT = Path(__file__).resolve().parents[2]


def walk(count: int, frames: int) -> np.ndarray:
    """(frames, count, 2) px of bodies that turn as they like."""
    rng = np.random.default_rng(7)
    heading = rng.uniform(-3.0, 3.0, count) + np.cumsum(rng.normal(0.0, 0.2, (frames, count)), axis=0)
    return np.cumsum(12.0 * np.stack([np.cos(heading), np.sin(heading)], axis=-1), axis=0)


def watched(count: int, frames: int) -> nw.TargetModels:
    """So many of them, after so many frames."""
    tracks, models = walk(count, frames), nw.TargetModels(count)
    for i in range(frames):
        models.observe(0.1 * i, tracks[i])
    return models


def test_many_are_as_each_alone_to_the_last_bit() -> None:
    tracks = walk(5, 120)
    said = watched(5, 120).forecast(3.0, 0.1, 20)
    for n in range(5):
        alone = nw.TargetModel()
        for i in range(120):
            alone.observe(0.1 * i, tracks[i, n])
        other = alone.forecast(3.0, 0.1, 20)
        np.testing.assert_array_equal(said[n].positions_px, other.positions_px)
        np.testing.assert_array_equal(said[n].covariances_px2, other.covariances_px2)
        np.testing.assert_array_equal(said[n].weights, other.weights)


def test_reading_ahead_stays_inside_the_memory_and_changes_nothing() -> None:
    """Without the compiler a place outside the memory is an error."""
    code = f"import numpy as np\nimport npc_world as nw\n\n{inspect.getsource(walk)}\n{inspect.getsource(watched)}" + """
models = watched(3, 40)
said = models.forecast(1.0, 0.25, 20)
print(said.positions_px[:, 0].round(6).tolist(), said.counts.tolist())
"""
    found = [subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT), "NPC_WORLD_NO_JIT": plain},
                            capture_output=True, text=True) for plain in ("1", "0")]
    assert found[0].stdout == found[1].stdout != "", found[0].stderr
    for memory in (new_memory(1)[0], watched(1, 80)._memory[0]):
        before = memory.copy()
        for total in (read_state(memory), read_due(memory, 9.0), read_ahead(memory, 3.0), read_ahead(memory, 1e6)):
            assert isinstance(total, float)
        np.testing.assert_array_equal(memory, before)


@pytest.mark.parametrize("rate", [0.0, 1e-7, 0.9, -2.5])
def test_turning_on_in_even_steps_is_turning_on_in_any(rate: float) -> None:
    """Even steps are turned by the same angle again and again: no step is off by more than rounding."""
    m = watched(1, 30)._memory[0]
    even, odd = 0.1 * np.arange(1.0, 61.0), np.sort(np.concatenate([0.1 * np.arange(1.0, 61.0), 0.1 * np.arange(1.0, 61.0) + 0.033]))
    by_turns, one_by_one = np.empty((60, 2)), np.empty((120, 2))
    for times, track in ((even, by_turns), (odd, one_by_one)):
        _turn(m, complex(5.0, 6.0), complex(80.0, -20.0), rate, 0.2, times, track)
    np.testing.assert_allclose(by_turns, one_by_one[::2], rtol=0.0, atol=1e-9)

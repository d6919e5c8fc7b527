"""What was learned of a target, as arrays that a save file can hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.judging import drop_records
from npc_world.beliefs.layout import (
    BINS,
    COUNT,
    DUE,
    ERROR,
    EXPERTS,
    GIVEN,
    JUDGED,
    LEARNED,
    LONG_SCORE,
    MISSED,
    OWN,
    PAST_COUNT,
    PEAK_STEPS,
    SCORE,
    SPOKEN,
    SPOKEN_TIME,
    TIME,
    new_memory,
)

__all__ = ["learned_state", "move_records", "restore_learned"]

_VERSION = 1
_SHAPE = (LEARNED, EXPERTS, BINS)


def learned_state(memory: NDArray[np.float64], goals: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Arrays of one target's memory; what was said and not judged yet is left out."""
    return {"version": np.array(_VERSION), "shape": np.array(_SHAPE), "memory": memory[:LEARNED].copy(),
            "goals": np.array(list(goals), dtype=np.str_)}


def restore_learned(state: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    """A memory with what `learned_state` gave.  The body itself has to be seen anew.  Raises KeyError or ValueError."""
    version = np.asarray(state["version"])
    if version.size != 1 or int(version.ravel()[0]) != _VERSION or tuple(np.asarray(state["shape"]).tolist()) != _SHAPE:
        raise ValueError(f"target memory is of another version: {state['version']}, {np.asarray(state['shape']).tolist()}")
    learned = np.asarray(state["memory"], dtype=np.float64)
    if learned.shape != (LEARNED,):
        raise ValueError(f"target memory has shape {learned.shape}, expected ({LEARNED},)")
    if np.isnan(learned).any() or not 0.0 <= learned[PAST_COUNT] < 1e15:
        raise ValueError("target memory holds impossible numbers")
    memory: NDArray[np.float64] = new_memory()[0]
    memory[:LEARNED] = learned
    memory[COUNT] = memory[PEAK_STEPS] = memory[TIME] = 0.0
    memory[SPOKEN] = memory[SPOKEN_TIME] = 0.0
    memory[DUE:DUE + BINS] = 0.0
    return memory


def move_records(memory: NDArray[np.float64], kept: Sequence[int]) -> None:
    """Given experts changed places: row i takes the record of what was row kept[i], or is new (-1).  What was said is not judged."""
    for base, width in ((SCORE, BINS), (LONG_SCORE, BINS), (MISSED, BINS), (ERROR, 2 * BINS), (JUDGED, BINS)):
        rows = memory[base + OWN * width:base + EXPERTS * width].reshape(GIVEN, width)
        old = rows.copy()
        rows[:] = 0.0
        for i, j in enumerate(kept):
            if j >= 0:
                rows[i] = old[j]
            elif base == MISSED:
                rows[i] = 0.3
    drop_records(memory)

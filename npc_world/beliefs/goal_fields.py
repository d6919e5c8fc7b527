"""Travel-time fields to the goals of a target, made once for all watchers who believe the same of the ground.

A field depends on the map, the body's size, the goal, and what is believed of surfaces, not on who asks.  A hundred strangers that
hunt one player hold equal beliefs for most of the time: they read one set of fields, and who learns otherwise turns to another.
"""

from __future__ import annotations

from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.surroundings import Surroundings
from npc_world.models.travel_time import travel_time

__all__ = ["NEVER", "GoalFields", "fields_for", "key_of"]

Key = tuple[object, ...]
NEVER: Key = ()
"""The key of a field that was not made yet."""


class GoalFields:
    """fields (G, rows, cols): seconds at 1 px/s to each goal.  corners (G, rows · cols): see `routes.trace`, which fills them as it goes.

    Shared: nobody writes to the fields once they are made.
    """

    __slots__ = ("__weakref__", "corners", "fields", "keys")

    def __init__(self, keys: tuple[Key, ...], shape: tuple[int, int]) -> None:
        rows, cols = shape
        self.keys = keys
        self.fields: NDArray[np.float64] = np.empty((len(keys), rows, cols))
        self.corners: NDArray[np.int32] = np.full((len(keys), rows * cols), -1, np.int32)


def key_of(around: Surroundings, point: list[float]) -> Key:
    """What the field to a point depends on, for bodies of one size on one ground."""
    return (*point, around.ground.version if around.ground is not None else -1, around.table_rows.tobytes())


def fields_for(around: Surroundings, points: NDArray[np.float64], old: GoalFields, kept: list[int], renew: list[int]) -> GoalFields:
    """Fields to points (G, 2), those of `renew` as the ground is now, the others as they are in `old`, where goal i is row kept[i] (-1: nowhere)."""
    keys = [old.keys[j] if j >= 0 else NEVER for j in kept]
    for i in renew:
        keys[i] = key_of(around, points[i].tolist())
    wanted = tuple(keys)
    if around.ground is None:
        return GoalFields(wanted, around.shape)
    known: WeakValueDictionary[tuple[Key, ...], GoalFields] = around.grid.kept.setdefault("goal fields", WeakValueDictionary())
    found = known.get(wanted)
    if found is None:
        found = GoalFields(wanted, around.shape)
        for i, j in enumerate(kept):
            if i in renew:
                found.fields[i] = travel_time(around.ground, points[i], 1.0, size=around.size, surfaces=around.table, links=False).times_s
            elif j >= 0:
                found.fields[i], found.corners[i] = old.fields[j], old.corners[j]
        if NEVER not in wanted:
            known[wanted] = found
    return found

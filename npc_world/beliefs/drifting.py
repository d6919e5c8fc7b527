"""How the belief about an unseen body spreads over the cells of a map, one cell's walk at a time."""

from __future__ import annotations

import numpy as np

from npc_world.beliefs.routes import downhill
from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS

__all__ = ["spread"]

_LEAST = 1e-9
_OUTWARD, _SIDEWAYS = 5.0, 2.2
"""How much likelier a body that lost its pursuers is to go on, or aside, than back."""
_ROAM = 0.75
"""Share of those without a known goal that moves on in one cell's time; the rest waits."""
_CHANGE = 0.02
"""Share of those on the way to a goal that gives it up in one cell's time …"""
_LEAVE = 0.06
"""… and of those that have arrived."""


@kernel
def spread(walls, moves, surface, table, fields, away, mass, steps):  # type: ignore[no-untyped-def]
    """Move mass (L, rows, cols) on by `steps` cells' walks, in place.

    Layer g < L-1 follows fields[g] (rows, cols), the travel time to goal g; the last one roams, rather up `away`, the travel
    time from where the body was lost, than down it.  A diagonal and slow ground take longer.
    """
    layers, rows, cols = mass.shape
    roam = layers - 1
    top, left, bottom, right = _extent(mass)
    after = np.zeros_like(mass)
    odds = np.empty(8)
    for _ in range(steps):
        top, left, bottom, right = max(0, top - 1), max(0, left - 1), min(rows, bottom + 1), min(cols, right + 1)
        for layer in range(layers):
            for row in range(top, bottom):
                for col in range(left, right):
                    after[layer, row, col] = 0.0
        for row in range(top, bottom):
            for col in range(left, right):
                speed = 1.0
                if table.shape[0] > 0:
                    speed = min(1.0, max(0.05, table[surface[row, col], 0]))
                for g in range(roam):
                    here = mass[g, row, col]
                    if here > _LEAST:
                        to = downhill(walls, moves, surface, table, fields[g], row, col)
                        r, c = to // cols, to % cols
                        if r == row and c == col:
                            after[g, row, col] += (1.0 - _LEAVE) * here
                            after[roam, row, col] += _LEAVE * here
                            continue
                        go = speed * (0.7071 if r != row and c != col else 1.0)
                        after[g, r, c] += (1.0 - _CHANGE) * go * here
                        after[g, row, col] += (1.0 - _CHANGE) * (1.0 - go) * here
                        after[roam, row, col] += _CHANGE * here
                here = mass[roam, row, col]
                if here <= _LEAST or moves[row, col] == 0:
                    after[roam, row, col] += here
                    continue
                total = 0.0
                for d in range(8):
                    odds[d] = _roaming(away, row, col, d) if (moves[row, col] >> d) & 1 else 0.0
                    total += odds[d]
                rest, go = here, here * _ROAM * speed / total
                for d in range(8):
                    if odds[d] > 0.0:
                        part = go * odds[d] * (0.7071 if d & 1 else 1.0)
                        after[roam, row + MOVE_ROWS[d], col + MOVE_COLS[d]] += part
                        rest -= part
                after[roam, row, col] += rest
        for layer in range(layers):
            for row in range(top, bottom):
                for col in range(left, right):
                    mass[layer, row, col] = after[layer, row, col]


@kernel
def _extent(mass):  # type: ignore[no-untyped-def]
    """(top, left, bottom, right) of the cells that hold any mass, ends exclusive."""
    layers, rows, cols = mass.shape
    top, left, bottom, right = rows, cols, 0, 0
    for layer in range(layers):
        for row in range(rows):
            for col in range(cols):
                if mass[layer, row, col] > 0.0:
                    top, left = min(top, row), min(left, col)
                    bottom, right = max(bottom, row + 1), max(right, col + 1)
    return top, left, bottom, right


@kernel
def _roaming(away, row, col, d):  # type: ignore[no-untyped-def]
    """Preference for move d: outward from where it was lost."""
    rise = away[row + MOVE_ROWS[d], col + MOVE_COLS[d]] - away[row, col]
    return _OUTWARD if rise > 0.0 else 1.0 if rise < 0.0 else _SIDEWAYS

"""How the belief about an unseen body spreads over the cells of a map, one cell's walk at a time."""

from __future__ import annotations

import math

from npc_world.beliefs.routes import downhill
from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS

__all__ = ["spread"]

_LEAST = 1e-9
_OUTWARD = 1.6
"""How much a body that lost its pursuers prefers to go on rather than back."""
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
    after = mass.copy()
    for _ in range(steps):
        after[:] = 0.0
        for row in range(rows):
            for col in range(cols):
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
                    if (moves[row, col] >> d) & 1:
                        total += _roaming(away, row, col, d)
                left = here
                for d in range(8):
                    if (moves[row, col] >> d) & 1:
                        part = here * _ROAM * speed * (0.7071 if d & 1 else 1.0) * _roaming(away, row, col, d) / total
                        after[roam, row + MOVE_ROWS[d], col + MOVE_COLS[d]] += part
                        left -= part
                after[roam, row, col] += left
        mass[:] = after


@kernel
def _roaming(away, row, col, d):  # type: ignore[no-untyped-def]
    """Preference for move d: outward from where it was lost."""
    rise = away[row + MOVE_ROWS[d], col + MOVE_COLS[d]] - away[row, col]
    return math.exp(_OUTWARD) if rise > 0.0 else 1.0 if rise < 0.0 else math.exp(0.5 * _OUTWARD)

"""Look for a target out of sight where it most likely is, for the time it takes to get there."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.behaviours.moves import go_to, stay
from npc_world.agents.situation import Situation
from npc_world.core.records import Plan
from npc_world.models.travel_time import travel_time

__all__ = ["search"]

Floats = NDArray[np.float64]
_LOOKED_FROM, _IN_VIEW = 4, 0.3
"""From so many places it is found out what is in view, and that share of what is near must be."""


def search(now: Situation) -> Plan:
    """Go to the cell with the greatest probability in view over the time to get there.

    Greedy: it does not plan a tour, and it leaves what teammates are on their way to search to them.  What is near a place counts as in view,
    and whether a corner is in between is looked up for the best places only; where they see little it goes to the likeliest cell itself.
    """
    assert now.target is not None
    occupancy = now.target.occupancy
    if occupancy is None:
        return stay(now, "search")
    ground, settings = now.ground, now.config.searching
    radius = max(1, round(settings.look_radius_cells))
    mass = _box_sum(occupancy, radius)
    for place in now.searched_px:
        row, col = ground.cell_of(place)
        mass[max(0, row - 2 * radius):row + 2 * radius + 1, max(0, col - 2 * radius):col + 2 * radius + 1] *= 0.2
    times = travel_time(ground, now.position_px, now.speed_px_s, size=now.size_px, surfaces=now.surfaces, holding=now.holding).times_s
    score = np.where(np.isfinite(times), mass / (times + settings.patience_s), -1.0)
    all_round = replace(now.config.vision, cone_rad=2.0 * math.pi)
    for _ in range(_LOOKED_FROM):
        row, col = divmod(int(np.argmax(score)), score.shape[1])
        if not math.isfinite(score[row, col]) or score[row, col] <= 0.0:
            break
        near = np.s_[max(0, row - radius):row + radius + 1, max(0, col - radius):col + radius + 1]
        in_view = all_round.seen_cells(ground, ground.centre_of(row, col), 0.0)[near]
        if float(occupancy[near][in_view].sum()) > _IN_VIEW * float(occupancy[near].sum()):
            return go_to(now, ground.centre_of(row, col), "search")
        score[max(0, row - 1):row + 2, max(0, col - 1):col + 2] = -1.0
    score = np.where(np.isfinite(times), occupancy / (times + settings.patience_s), -1.0)
    row, col = divmod(int(np.argmax(score)), score.shape[1])
    return go_to(now, ground.centre_of(row, col), "search") if score[row, col] > 0.0 else stay(now, "search")


def _box_sum(values: Floats, radius: int) -> Floats:
    """(rows, cols) sums over squares of 2 radius + 1 cells, clipped at the border."""
    rows, cols = values.shape
    total = np.zeros((rows + 1, cols + 1))
    total[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    r0, r1 = np.maximum(0, np.arange(rows) - radius), np.minimum(rows, np.arange(rows) + radius + 1)
    c0, c1 = np.maximum(0, np.arange(cols) - radius), np.minimum(cols, np.arange(cols) + radius + 1)
    return np.asarray(total[r1][:, c1] - total[r0][:, c1] - total[r1][:, c0] + total[r0][:, c0])

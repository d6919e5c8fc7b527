"""Where a body out of sight may be: a grid of probability that walks, and that looking clears."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.drifting import spread
from npc_world.beliefs.intent import Intent
from npc_world.beliefs.surroundings import Surroundings
from npc_world.models.travel_time import travel_time_fields

__all__ = ["Hidden", "Place"]

Floats = NDArray[np.float64]
_LONGEST_WALK = 96
"""Cells walked in one update at most: after a long pause little more is known anyway."""
_GONE = 1e-6


class Place:
    """One likely place: where, how sure, how wide, and the goal it is on the way to (-1: none)."""

    __slots__ = ("goal", "point", "variance", "weight")

    def __init__(self, point: Floats, weight: float, variance: Floats, goal: int) -> None:
        self.point, self.weight, self.variance, self.goal = point, weight, variance, goal


class Hidden:
    """The belief from the moment of losing sight at `point` on.

    mass (goals + 1, rows, cols): those on the way to each goal, and those who roam.  It walks at the body's own top speed through
    cells it can pass, so nothing is believed where it cannot have come to.  Wrong for bodies that dash or teleport unseen.
    """

    def __init__(self, around: Surroundings, intent: Intent, time_s: float, point: tuple[float, float], heading: tuple[float, float],
                 speed_px_s: float, goal_weights: Floats) -> None:
        self.around, self.intent = around, intent
        self.since_s = self.time_s = time_s
        self.speed_px_s = speed_px_s
        self.seen: NDArray[np.bool_] | None = None
        self._walked = 0.0
        self._places: dict[int, list[Place]] = {}
        self._start = around.nearest_free_point(*point)
        self._version = -1
        self._refresh()
        rows, cols = around.shape
        self.mass = np.zeros((len(intent.labels) + 1, rows, cols))
        row, col = around.grid.nearest_free(self._start) or around.grid.cell_of(self._start)
        share = goal_weights[:len(intent.labels)]
        self.mass[:-1, row, col] = share
        self._scatter(row, col, heading, max(0.0, 1.0 - float(share.sum())))
        self._renormalise()

    def _refresh(self) -> bool:
        """Take up changes of the ground; whether there were any."""
        ground = self.around.ground
        assert ground is not None
        changed = self._version != self.around.stamp
        if changed:
            self.around.refresh()
            away = travel_time_fields(ground, np.array([self._start]), 1.0, size=self.around.size, surfaces=self.around.table, links=False)[0]
            self._away = np.ascontiguousarray(away)
            self._version = self.around.stamp
            if hasattr(self, "mass"):
                self.mass[:, ~self.around.grid.free] = 0.0
        return changed

    def _scatter(self, row: int, col: int, heading: tuple[float, float], amount: float) -> None:
        """Those who roam begin around the cell, most of them ahead."""
        grid = self.around.grid
        length = math.hypot(*heading)
        moves, total = int(grid.moves[row, col]), 1.0
        cells = [(row, col, 1.0)]
        for d, (dr, dc) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))):
            if moves >> d & 1:
                ahead = (heading[0] * dc + heading[1] * dr) / (length * math.hypot(dr, dc)) if length > 0.0 else 0.0
                weight = math.exp(2.0 * ahead)
                cells.append((row + dr, col + dc, weight))
                total += weight
        for r, c, weight in cells:
            self.mass[-1, r, c] += amount * weight / total

    def update(self, time_s: float, seen: NDArray[np.bool_] | None) -> None:
        """Time has passed, and these cells (rows, cols) were looked at and are empty."""
        changed = self._refresh()
        around = self.around
        self._walked += max(0.0, time_s - self.time_s) * self.speed_px_s / around.cell_px
        self.time_s = max(self.time_s, time_s)
        steps = int(self._walked)
        if steps > 0:
            self._walked -= steps
            walls, _, moves, surface, table, _ = around.grid_arrays()
            spread(walls, moves, surface, table, self.intent.fields, self._away, self.mass, min(steps, _LONGEST_WALK))
        if seen is not None and seen.shape == self.mass.shape[1:]:
            self.seen = np.asarray(seen, dtype=np.bool_)
            self.mass[:, self.seen] = 0.0
        if changed or steps > 0 or seen is not None:
            self._places.clear()
            self._renormalise()

    def _renormalise(self) -> None:
        total = float(self.mass.sum())
        if total > _GONE and math.isfinite(total):
            self.mass /= total
            return
        # it is where it could not be: it was faster, or looking missed it.  Begin again wherever it can have come to by now
        free = self.around.grid.free
        unseen = free if self.seen is None else free & ~self.seen
        reach = (self.time_s - self.since_s) * self.speed_px_s * 1.3 + 2.0 * self.around.cell_px
        for cells in (unseen & (self._away <= reach), unseen & np.isfinite(self._away), unseen, free, np.ones_like(free)):
            if cells.any():
                self.mass[:] = 0.0
                self.mass[-1, cells] = 1.0 / int(cells.sum())
                return

    def goals_changed(self, kept: list[int]) -> None:
        """The intent's goals are others now: row i was row kept[i], or is new (-1)."""
        old = self.mass
        self._places.clear()
        self.mass = np.zeros((len(kept) + 1, *old.shape[1:]))
        self.mass[-1] = old[-1]
        stay = set(kept)
        for j in range(len(old) - 1):
            if j not in stay:
                self.mass[-1] += old[j]
        for i, j in enumerate(kept):
            if j >= 0:
                self.mass[i] = old[j]

    @property
    def occupancy(self) -> Floats:
        """(rows, cols) probability, sum 1."""
        return np.asarray(self.mass.sum(axis=0))

    def places(self, most: int) -> list[Place]:
        """The likeliest places, at most so many, weights summing to 1: one per goal, and the peaks of those who roam."""
        if most not in self._places:
            self._places[most] = self._find_places(most)
        return self._places[most]

    def _find_places(self, most: int) -> list[Place]:
        found: list[Place] = []
        for goal in range(len(self.mass) - 1):
            layer = self.mass[goal]
            weight = float(layer.sum())
            if weight > 0.01:
                row, col = divmod(int(np.argmax(layer)), layer.shape[1])
                found.append(self._place(layer, row, col, 3, weight, goal))
        roaming = self.mass[-1].copy()
        share = float(roaming.sum())
        radius = max(2, round(0.04 * max(roaming.shape)))
        peaks: list[Place] = []
        while len(peaks) < max(1, min(4, most - len(found))) and (share > 0.01 or not found):
            smooth = _box_sum(roaming, radius)
            row, col = divmod(int(np.argmax(np.where(roaming > 0.0, smooth, -1.0))), roaming.shape[1])
            if peaks and smooth[row, col] <= 0.02 * share:
                break
            peaks.append(self._place(roaming, row, col, radius, float(smooth[row, col]), -1))
            roaming[max(0, row - 2 * radius):row + 2 * radius + 1, max(0, col - 2 * radius):col + 2 * radius + 1] = 0.0
        covered = sum(peak.weight for peak in peaks)
        for peak in peaks:
            peak.weight *= share / max(covered, 1e-300)
        found = sorted(found + peaks, key=lambda place: -place.weight)[:most]
        total = sum(place.weight for place in found)
        for place in found:
            place.weight /= total
        return found

    def _place(self, layer: Floats, row: int, col: int, radius: int, weight: float, goal: int) -> Place:
        top, left = max(0, row - radius), max(0, col - radius)
        window = layer[top:row + radius + 1, left:col + radius + 1]
        total = max(float(window.sum()), 1e-300)
        r, c = np.arange(window.shape[0]) + top - row, np.arange(window.shape[1]) + left - col
        variance_x = float((window.sum(axis=0) * c * c).sum()) / total
        variance_y = float((window.sum(axis=1) * r * r).sum()) / total
        cell = self.around.cell_px
        return Place(np.array(self.around.grid.nodes_px[row, col]), weight, (np.array([variance_x, variance_y]) + 0.25) * cell * cell, goal)


def _box_sum(values: Floats, radius: int) -> Floats:
    """(rows, cols) sums over squares of 2 radius + 1 cells, clipped at the border."""
    rows, cols = values.shape
    total = np.zeros((rows + 1, cols + 1))
    total[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    r0, r1 = np.maximum(0, np.arange(rows) - radius), np.minimum(rows, np.arange(rows) + radius + 1)
    c0, c1 = np.maximum(0, np.arange(cols) - radius), np.minimum(cols, np.arange(cols) + radius + 1)
    return np.asarray(total[r1][:, c1] - total[r0][:, c1] - total[r1][:, c0] + total[r0][:, c0])

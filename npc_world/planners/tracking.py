"""Follow a path: at once with a body that obeys at once, by imagining ahead with one that has momentum."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.links import Link
from npc_world.models.rollout import rollout_top_down
from npc_world.planners.mppi import smoothed, weigh

__all__ = ["PathProgress", "point_along", "track_with_momentum"]

Floats = NDArray[np.float64]
_LANDING_SHARE = 0.25
"""How far off its end a link's time may leave a body, in shares of the link's length."""
_PATIENCE_S = 1.0
_STOP_S2 = 0.02
"""What a px/s left at the end costs, against a px off it: squared seconds."""


class PathProgress:
    """How far along waypoints a body has come.  links: those legs that are links, by the waypoint at which they begin."""

    def __init__(self, waypoints_px: Floats, links: Mapping[int, Link] | None = None) -> None:
        self.waypoints_px = waypoints_px
        self._points: list[list[float]] = waypoints_px.tolist()
        self.next = min(1, len(waypoints_px) - 1)
        self._links = links or {}
        self.all_walked = not self._links
        """Whether none of its legs is a link."""
        self._on_link_s = 0.0
        self.lost = False
        """Whether it has been on a link for so long that it must have fallen off."""

    def advance(self, position: Sequence[float], tolerance_px: float, dt_s: float = 0.0) -> None:
        """Pass every waypoint that has been reached within the tolerance; the last one is kept.

        A link's end also counts as reached from near by when the link's time is over, as a jump seldom lands on the spot.
        """
        link = self.link
        self._on_link_s = self._on_link_s + dt_s if link is not None else 0.0
        if link is not None and self._on_link_s > link.time_s:
            tolerance_px = max(tolerance_px, _LANDING_SHARE * link.length_px)
            self.lost = self._on_link_s > 2.0 * link.time_s + _PATIENCE_S
        x, y = position
        while self.next < len(self._points) - 1:
            to_x, to_y = self._points[self.next]
            if math.hypot(to_x - x, to_y - y) > tolerance_px:
                break
            self.next += 1
            if self.link is not None:  # a new leg, and another measure
                self._on_link_s = 0.0
                break

    @property
    def heads_for(self) -> list[float]:
        """The next waypoint, [x, y]."""
        return self._points[self.next]

    @property
    def leg(self) -> tuple[list[float], list[float]]:
        """The last waypoint passed, and the next one, each [x, y]."""
        return self._points[max(0, self.next - 1)], self._points[self.next]

    @property
    def link(self) -> Link | None:
        """The link it is on."""
        return self._links.get(self.next - 1) if self._links and self.next > 0 else None

    @property
    def remaining(self) -> Floats:
        """(n, 2) waypoints still ahead on foot: up to the start of the next link, or the end of the one it is on."""
        return self.waypoints_px[self.next:self._end]

    @property
    def remaining_points(self) -> list[list[float]]:
        """The same as n pairs of numbers."""
        return self._points[self.next:self._end]

    @property
    def _end(self) -> int:
        for at in range(self.next, len(self._points)) if self._links else ():
            if at in self._links or (at == self.next and self.link is not None):
                return at + 1
        return len(self._points)


def point_along(position: Sequence[float], ahead: Sequence[Sequence[float]], distance_px: float) -> tuple[float, float, bool]:
    """(x, y) of the point `distance_px` further from `position` through the n waypoints ahead, and whether the path ends before."""
    x, y = position
    for to_x, to_y in ahead:
        leg = math.hypot(to_x - x, to_y - y)
        if leg >= distance_px:
            share = distance_px / leg if leg > 0.0 else 0.0
            return x + (to_x - x) * share, y + (to_y - y) * share, False
        distance_px -= leg
        x, y = to_x, to_y
    return x, y, True


def track_with_momentum(state: Floats, ahead: Floats, speed: float, max_acceleration: float, surface: NDArray[np.int16], table: Floats,
                        solid: NDArray[np.uint8], cell_px: float, body_px: float, previous: Floats | None, *, samples: int, steps: int,
                        step_s: float, noise: float, wall_cost: float, temperature: float, stop: bool,
                        bank: Floats) -> tuple[Floats, float]:
    """Controls (H, 2), wanted velocities, that keep a body with momentum on its path, and their cost.

    One MPPI update (see `Mppi`) whose cost is named terms in body lengths squared: distance to a point that runs along
    the path at full speed, steps against walls, and speed left at the path's end when it is to `stop` there.
    state (4,), ahead (n, 2) waypoints, bank (samples, H, 2) standard normal noise, drawn once.
    """
    reference = np.empty((steps, 2))
    _reference(state[0], state[1], np.ascontiguousarray(ahead), speed, table, surface, cell_px, step_s, reference)
    stop_cost = _STOP_S2 if stop else 0.0
    nominal = _nominal(state[:2], reference, speed, previous)
    controls = nominal[None] + speed * noise * bank
    controls[0] = nominal
    controls[1] = _towards(state[:2], reference, speed)
    controls[2] = 0.0
    controls[3] = -state[2:4] / max(1e-9, math.hypot(state[2], state[3])) * speed
    states = np.empty((samples, steps, 4))
    hits = rollout_top_down(state, np.ascontiguousarray(controls), step_s, speed, max_acceleration, surface, table, solid, cell_px, states)
    costs = np.empty(samples)
    _cost(states, reference, hits, body_px, wall_cost, stop_cost, costs)
    mean = np.einsum("b,bhc->hc", weigh(costs, temperature), controls)
    final = np.empty((1, steps, 4))
    hits = rollout_top_down(state, mean[None], step_s, speed, max_acceleration, surface, table, solid, cell_px, final)
    of_mean = np.empty(1)
    _cost(final, reference, hits, body_px, wall_cost, stop_cost, of_mean)
    cost = float(of_mean[0])
    best = int(np.argmin(costs))
    if costs[best] < cost:
        return controls[best], float(costs[best])
    return mean, cost


def noise_bank(samples: int, steps: int, rng: np.random.Generator) -> Floats:
    """(samples, steps, 2) persistent standard normal noise, drawn once and used every frame."""
    return smoothed(rng.standard_normal((samples, steps, 2)))


@kernel
def _reference(x, y, ahead, speed, table, surface, cell_px, step_s, out):  # type: ignore[no-untyped-def]
    """Fill out (H, 2) with a point that runs along the path as fast as the ground lets a body without momentum."""
    rows, cols = surface.shape
    at = 0
    for h in range(out.shape[0]):
        row, col = min(rows - 1, max(0, int(y / cell_px))), min(cols - 1, max(0, int(x / cell_px)))
        left = speed * table[surface[row, col], 0] * step_s
        while at < ahead.shape[0]:
            dx, dy = ahead[at, 0] - x, ahead[at, 1] - y
            leg = math.sqrt(dx * dx + dy * dy)
            if leg > left:
                x, y = x + dx * left / leg, y + dy * left / leg
                break
            left -= leg
            x, y = ahead[at, 0], ahead[at, 1]
            at += 1
        out[h, 0], out[h, 1] = x, y


def _towards(position: Floats, reference: Floats, speed: float) -> Floats:
    """(H, 2) controls: full speed towards the reference's course, zero where it stands."""
    legs = np.diff(np.concatenate([position[None], reference]), axis=0)
    length = np.hypot(legs[:, 0], legs[:, 1])[:, None]
    return np.asarray(np.where(length > 1e-9, legs / np.maximum(length, 1e-9) * speed, 0.0))


def _nominal(position: Floats, reference: Floats, speed: float, previous: Floats | None) -> Floats:
    if previous is None or len(previous) != len(reference):
        return _towards(position, reference, speed)
    return previous


@kernel
def _cost(states, reference, hits, body_px, wall_cost, stop_cost, out):  # type: ignore[no-untyped-def]
    """Fill out (B,): off the path on average, off its end, speed left there (when it is to stop), and steps against walls."""
    samples, steps = states.shape[0], states.shape[1]
    for b in range(samples):
        off = 0.0
        for h in range(steps):
            dx, dy = states[b, h, 0] - reference[h, 0], states[b, h, 1] - reference[h, 1]
            square = dx * dx + dy * dy
            off += square / steps
            if h == steps - 1:
                off += square
        vx, vy = states[b, steps - 1, 2], states[b, steps - 1, 3]
        out[b] = (off + stop_cost * (vx * vx + vy * vy)) / (body_px * body_px) + wall_cost * hits[b]

"""From a plan to this frame's motion."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.config import NpcConfig
from npc_world.agents.getting_free import GettingFree
from npc_world.core.links import Link
from npc_world.core.records import Plan
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_links import links_along
from npc_world.planners.tracking import PathProgress, noise_bank, point_along, track_with_momentum

__all__ = ["Steerer"]

Floats = NDArray[np.float64]
_OBEYS_AT_ONCE_S = 0.3
"""A body that reaches top speed faster than this on its ground needs no imagining: it turns within about its own length."""

_HELD = 3
"""Frames after which a body that does not move is taken to be held up."""
_MORE_PX = (0.25, 0.6, 1.0, 0.0)
"""How much further than onto its path it means to move aside then, in turn: games round pixels, or cut them."""
_STUCK = 6
"""Frames after which it tries other ways than its path; twice as many where it has tried to get past a corner by moving aside."""
_STUCK_PX, _STUCK_BODIES = 2.0, 0.1
"""So far it should have come by then, the lesser of both: what moves slowly and is seen on whole pixels stands still for some frames."""
_UNKNOWN_S = 1.0
"""Where nothing is known to be in its way it waits for so long: the game may have stunned it."""
_THERE_PX, _THERE_BODIES = 1.0, 0.05
"""Nearer than this, the lesser of both, it has arrived, if its game does not move it on: cut to whole pixels nothing is left to move."""
_LEAST_LINK_S = 0.05
"""A link that takes no time is crossed in about so much."""


class Steerer:
    """Follows the plan's path and remembers how far it has come."""

    def __init__(self, ground: Terrain, rng: np.random.Generator) -> None:
        self.ground = ground
        self._rng = rng
        self._progress: PathProgress | None = None
        self._plan: Plan | None = None
        self._controls: Floats | None = None
        self._controls_age_s = 0.0
        self._bank: Floats | None = None
        self._grid: tuple[int, tuple[float, float], NavGrid] | None = None
        self._believed: tuple[Floats | None, list[list[float]]] = (None, [])
        self._cell = (0, 0)
        self._at = (math.nan, math.nan)
        self.aligning = False
        """Whether it was last asked to get past a corner: walls are then not to be kept clear of, it is a part of a pixel that is lacking."""
        self._asked_px, self._held, self._should_px = 0.0, 0, 0.0
        """How far it asked to move in the last frame; for how many frames it has not moved although it asked, and how far it should have come in them."""
        self._gathers_s = 0.0
        """So long a body that gathers speed may seem to stand, seen on whole pixels."""
        self._has_moved = False
        self._aside = False
        """Whether moving aside was tried since it is held up."""
        self.one_speed = False
        """Whether it goes as fast as it can whatever it asks for: it then stands or runs past where it is to stop."""
        self._free = GettingFree()

    def _arrived(self, reach: float, size: tuple[float, float]) -> bool:
        """Whether it is as near to its path's end as a body comes that moves in steps of `reach` or of whole pixels."""
        ahead = self._progress.remaining_points if self._progress is not None else []
        return len(ahead) == 1 and math.dist(self._at, ahead[0]) <= max(0.5 * reach, min(_THERE_PX, _THERE_BODIES * max(size)))

    def _beside_a_wall(self, reach: float, size: tuple[float, float]) -> bool:
        """Whether one is known in a step's reach along one of the axes."""
        (x, y), grid, far = self._at, self._grid_for(size), max(reach, _STUCK_BODIES * max(size))
        return not all(grid.clear_line((x, y), (x + across * far, y + down * far)) for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)))

    def _grid_for(self, size: tuple[float, float]) -> NavGrid:
        """The grid for a body of this size, looked up again when the ground or the size has changed: it is asked for several times a frame."""
        kept = self._grid
        if kept is None or kept[0] != self.ground.version or kept[1] is not size:
            kept = self._grid = self.ground.version, size, NavGrid.of(self.ground, size)
        return kept[2]

    def velocity(self, plan: Plan, position: Floats, own_velocity: tuple[float, float], dt_s: float, speed: float, size: tuple[float, float],
                 table: Floats, config: NpcConfig) -> Floats:
        """(2,) the velocity to ask for now."""
        self.aligning = False
        return self._along(plan, position, own_velocity, dt_s, speed, size, table, config)

    def insisted(self, asked: Floats, speed: float, size: tuple[float, float], dt_s: float, blocked: Callable[[], bool]) -> Floats:
        """(2,) what to ask for instead of `asked`, which others were minded in: where it does not get from its place, all it can, and then other ways.

        blocked: whether another body is in the way, which is then waited for.
        """
        x, y = asked.tolist()
        size_of_wish = math.hypot(x, y)
        if size_of_wish > 0.0 and self.link is None:
            held = (self._held >= _HELD and self._held * dt_s > self._gathers_s and self._should_px > min(_STUCK_PX, _STUCK_BODIES * max(size))
                    and not self._arrived(speed * dt_s, size) and not blocked())
            if held and size_of_wish < speed:  # a game that cuts moves to whole pixels makes nothing of slow ones
                asked = asked * (speed / size_of_wish)
            stuck = (held and self._has_moved and self._held >= (2 * _STUCK if self._aside else _STUCK)
                     and (self._held * dt_s >= _UNKNOWN_S or self._beside_a_wall(speed * dt_s, size)))
            asked = self._free.velocity(asked, self._at, stuck, speed, size, dt_s)
            self.aligning = self.aligning or held
        self._asked_px = dt_s * size_of_wish
        return asked

    def _along(self, plan: Plan, position: Floats, own_velocity: tuple[float, float], dt_s: float, speed: float, size: tuple[float, float],
               table: Floats, config: NpcConfig) -> Floats:
        if plan is not self._plan:
            self._plan, self._progress = plan, PathProgress(plan.waypoints_px, self._links(plan.waypoints_px, speed, size))
        assert self._progress is not None
        x, y = position.tolist()
        if table is not self._believed[0]:  # the same array for as long as nothing new is believed
            self._believed = table, table.tolist()
        if (x, y) == self._at and self._asked_px > 0.0:
            self._held, self._should_px = self._held + 1, self._should_px + self._asked_px
        else:
            self._has_moved = self._has_moved or ((x, y) != self._at and not math.isnan(self._at[0]))
            self._held, self._should_px, self._aside = 0, 0.0, False
        self._at = x, y
        row, col = self._cell = self.ground.cell_of((x, y))
        factor, grip, drift_x, drift_y = self._believed[1][self.ground.surface.item(row, col)]
        reach = speed * factor * dt_s
        acceleration = config.body.max_acceleration_px_s2 or 0.0
        self._gathers_s = 2.0 * math.sqrt(2.0 * _STUCK_PX / (acceleration * grip)) if acceleration > 0.0 else 0.0
        slides = acceleration > 0.0 and speed > _OBEYS_AT_ONCE_S * acceleration * grip
        if self._held >= _HELD and self.link is None and reach > 0.0:
            aside = self._aligned((x, y), reach, speed, size)
            if aside is not None:
                self.aligning = self._aside = True
                return aside
        if self._progress.all_walked and not (slides or drift_x or drift_y):  # most frames of most bodies: straight on, with the next waypoint out of reach
            to_x, to_y = self._progress.heads_for
            leg = math.hypot(to_x - x, to_y - y)
            if leg >= reach > 0.0:
                share = reach / leg
                return _paced((to_x - x) * share, (to_y - y) * share, speed)
        if self.one_speed and self._arrived(reach, size):
            return np.zeros(2)
        self._progress.advance((x, y), max(1.0 * size[0], reach) * 0.5 if slides else reach * 0.5, dt_s)
        link = self.link
        if link is not None:
            return self._over(link, position)
        if slides:
            return self._with_momentum(plan, self._progress.remaining, position, own_velocity, dt_s, speed, size, table, config)
        if drift_x or drift_y:
            return self._against_drift(self._progress.remaining_points, position, dt_s, speed, factor, [drift_x, drift_y], size)
        return self._at_once(self._progress.remaining_points, (x, y), dt_s, speed, factor, size)

    def _aligned(self, at: tuple[float, float], reach: float, speed: float, size: tuple[float, float]) -> Floats | None:
        """Held up at a corner that it is beside its path for, by a part of a pixel or a few: aside onto the path, however the game cuts moves to
        pixels.  None where nothing is in the way to the next waypoint, or it is on its path.

        A game that moves whole pixels along `action.direction` never moves aside by a direction of which less than a pixel is left.
        """
        assert self._progress is not None
        start, end = self._progress.leg
        across, down = end[0] - start[0], end[1] - start[1]
        length = math.hypot(across, down)
        if length < 1e-9 or self._grid_for(size).clear_line(at, end):
            return None
        across, down = across / length, down / length
        off = (start[0] - at[0]) * down - (start[1] - at[1]) * across  # to the path, along (down, -across)
        if not 1e-6 < abs(off) <= 0.5 * max(size):
            return None
        aside = min(1.0, (abs(off) + _MORE_PX[self._held // 2 % len(_MORE_PX)]) / reach)
        onwards = math.sqrt(1.0 - aside * aside)
        aside = math.copysign(aside, off)
        return np.array((speed * (aside * down + onwards * across), speed * (onwards * down - aside * across)))

    @property
    def link(self) -> Link | None:
        """The link it is on, from the frame in which it stands at its start until it has come to its end; None when it lost it."""
        progress = self._progress
        return None if progress is None or progress.all_walked or progress.lost else progress.link

    @property
    def lost(self) -> bool:
        """Whether it has fallen off a link, and needs another plan."""
        return self._progress is not None and self._progress.lost

    def forget(self) -> None:
        """No plan is followed any more."""
        self._plan = self._progress = None

    def _links(self, waypoints: Floats, speed: float, size: tuple[float, float]) -> dict[int, Link]:
        """Those legs that are links, and not as quickly walked."""
        legs = links_along(self.ground, waypoints)
        return {i: link for i, link in legs.items()
                if link.length_px > speed * link.time_s or not NavGrid.of(self.ground, size).clear_line(link.start, link.end)}

    def _over(self, link: Link, position: Floats) -> Floats:
        """Towards a link's end, as fast as the link takes; before a teleporter it stands and lets the game do it."""
        ahead = np.subtract(link.end, position)
        if link.kind == "teleporter" or not ahead.any():
            return np.zeros(2)
        pace = link.length_px / max(link.time_s, _LEAST_LINK_S)
        return np.asarray(ahead * (pace / math.hypot(ahead[0], ahead[1])))

    def _at_once(self, ahead: list[list[float]], position: tuple[float, float], dt_s: float, speed: float, factor: float, size: tuple[float, float]) -> Floats:
        reach = speed * factor * dt_s
        x, y, ends = point_along(position, ahead, reach)
        if len(ahead) > 1 and not self._grid_for(size).clear_line(position, (x, y)):
            x, y, ends = point_along(position, ahead[:1], reach)  # do not cut the corner: first reach it exactly
        across, down = x - position[0], y - position[1]
        if ends or math.hypot(across, down) < 0.9 * reach:  # arrive, or turn back at a waypoint: do not overshoot
            return _paced(across, down, speed, 1.0 / (dt_s * max(factor, 1e-3)))
        return _paced(across, down, speed)

    def _against_drift(self, ahead: list[list[float]], position: Floats, dt_s: float, speed: float, factor: float, push: list[float],
                       size: tuple[float, float]) -> Floats:
        """As `_at_once` on ground that carries along: what is asked for and the drift together lead along the path."""
        drift = speed * np.array(push)
        way = np.array(ahead[0]) - position
        length = max(1e-9, math.hypot(way[0], way[1]))
        with_it, across = float(drift @ way) / length, float(drift[0] * way[1] - drift[1] * way[0]) / length
        reach = max(0.0, with_it + math.sqrt(max(0.0, (speed * factor) ** 2 - across**2))) * dt_s
        x, y, _ = point_along(position.tolist(), ahead, reach)
        if len(ahead) > 1 and not NavGrid.of(self.ground, size).clear_line(position, (x, y)):
            x, y, _ = point_along(position.tolist(), ahead[:1], reach)
        wish = ((np.array((x, y)) - position) / dt_s - drift) / max(factor, 1e-3)
        asked = math.hypot(wish[0], wish[1])
        return np.asarray(wish * min(1.0, speed / asked) if asked > 0.0 else wish)

    def _with_momentum(self, plan: Plan, ahead: Floats, position: Floats, own_velocity: tuple[float, float], dt_s: float, speed: float,
                       size: tuple[float, float], table: Floats, config: NpcConfig) -> Floats:
        settings = config.steering
        if self._bank is None or self._bank.shape != (settings.samples, settings.steps, 2):
            self._bank = noise_bank(settings.samples, settings.steps, self._rng)
        assert self._progress is not None
        before_link = self._progress.next + len(ahead) < len(plan.waypoints_px)
        previous = self._warm_start(dt_s, settings.step_s)
        state = np.array([position[0], position[1], own_velocity[0], own_velocity[1]])
        controls, _ = track_with_momentum(
            state, ahead, speed, config.body.max_acceleration_px_s2 or 0.0, self.ground.surface, table, self.ground.solid,
            self.ground.cell_px, max(size), previous, samples=settings.samples, steps=settings.steps, step_s=settings.step_s,
            noise=settings.noise, wall_cost=settings.wall_cost, temperature=settings.temperature,
            stop=plan.behaviour != "intercept" or before_link,
            bank=self._bank)
        self._controls = controls
        wanted = controls[0]
        size_of_wish = math.hypot(wanted[0], wanted[1])
        return np.asarray(wanted * min(1.0, speed / size_of_wish) if size_of_wish > 0.0 else wanted)

    def _warm_start(self, dt_s: float, step_s: float) -> Floats | None:
        """The last controls, moved on by a step whenever one has passed."""
        if self._controls is None:
            return None
        self._controls_age_s += dt_s
        if self._controls_age_s >= step_s:
            self._controls_age_s -= step_s
            self._controls = np.concatenate([self._controls[1:], self._controls[-1:]])
        return self._controls

    def next_cell(self, wish_x: float, wish_y: float, size: tuple[float, float]) -> tuple[int, int]:
        """(column, row) of the cell to enter next from where `velocity` was last asked, along that wish by a legal move; the own one when standing."""
        row, col = self._cell
        if wish_x == 0.0 and wish_y == 0.0:
            return col, row
        moves = self._grid_for(size).moves.item(row, col)
        octant = 4.0 / math.pi * math.atan2(wish_y, wish_x)
        nearest = round(octant)
        if moves >> nearest % 8 & 1:
            across, down = _EIGHT[nearest % 8]
            return col + across, row + down
        side = 1 if octant > nearest else -1
        for turn in (side, -side, 2 * side):  # by how little they turn off; what turns off by a right angle leads nowhere
            direction = (nearest + turn) % 8
            if moves >> direction & 1 and abs(nearest + turn - octant) < 2.0 - 1e-9:
                return col + _EIGHT[direction][0], row + _EIGHT[direction][1]
        return col, row


def _paced(across: float, down: float, speed: float, most: float = math.inf) -> Floats:
    """(2,) a velocity along (across, down), at top speed but at most that vector times `most`."""
    length = math.hypot(across, down)
    if length < 1e-9:
        return np.zeros(2)
    pace = min(speed / length, most)
    return np.array((across * pace, down * pace))


_EIGHT = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""Moves in the order of `NavGrid.moves`: E SE S SW W NW N NE."""

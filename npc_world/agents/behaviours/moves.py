"""The moves behaviours are made of: go somewhere, stay, intercept."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.situation import Situation
from npc_world.core.compiled import kernel
from npc_world.core.pieces import Pieces
from npc_world.core.records import Forecast, Plan
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_links import links_along
from npc_world.planners.interception import Meeting, intercept_in_pieces
from npc_world.planners.line_guard import guard_line
from npc_world.planners.paths import find_path

__all__ = ["flanked", "from_here", "go_to", "guarded", "head_for", "intercepted", "path_time", "stay"]

Floats = NDArray[np.float64]
_LEAST_COMMITMENT_S = 0.02
"""A first move takes at least about a frame."""
_ROUTING = 1500
"""Work that a short route takes, in cells looked at; a long one takes more: round walls a few times its length in cells …"""
_PER_CELL = 10
_MOST_ROUTING = 12000
"""… and over several surfaces its square, up to so much."""


def stay(now: Situation, behaviour: str) -> Plan:
    """Stand still."""
    return Plan(waypoints_px=now.position_px[None, :].copy(), eta_s=0.0, behaviour=behaviour)


def go_to(now: Situation, goal: Floats, behaviour: str) -> Plan:
    """The fastest way to a place by the believed speeds; standing still when there is none."""
    path = find_path(now.ground, now.position_px, goal, size=now.size_px, surfaces=now.surfaces, speed_px_s=now.speed_px_s, holding=now.holding)
    if path is None or len(path) == 0:
        return replace(stay(now, behaviour), eta_s=math.inf)
    return Plan(waypoints_px=path, eta_s=path_time(now.ground, now.surfaces, now.speed_px_s, path), behaviour=behaviour)


def head_for(ground: Terrain, position: Floats, goal: Floats | None, size: tuple[float, float], speed_px_s: float, surfaces: Floats,
             holding: frozenset[str] = frozenset()) -> Plan:
    """The cheapest plan there is: the shortest way to a goal, or to stay for want of one.  For as long as there is no better."""
    path = None if goal is None else find_path(
        ground, position, goal, size=size, surfaces=surfaces, speed_px_s=speed_px_s, holding=holding)
    if path is None or len(path) == 0:
        return Plan(waypoints_px=position[None, :].copy(), eta_s=0.0, behaviour="hold")
    return Plan(waypoints_px=path, eta_s=path_time(ground, surfaces, speed_px_s, path), behaviour="chase")


def from_here(now_px: Floats, plan: Plan, ground: Terrain, size: tuple[float, float], surfaces: Floats, speed_px_s: float,
              holding: frozenset[str]) -> Plan:
    """A plan that was begun some frames ago and somewhere else, taken up from where the body is now."""
    waypoints = plan.waypoints_px
    if len(waypoints) < 2:
        return plan
    joined = now_px[None, :]
    if not NavGrid.of(ground, size).clear_line(now_px, waypoints[1]):
        path = find_path(ground, now_px, waypoints[1], size=size, surfaces=surfaces, speed_px_s=speed_px_s, holding=holding)
        joined = waypoints[:1] if path is None else path[:-1]
    return replace(plan, waypoints_px=np.concatenate([joined, waypoints[1:]]))


def path_time(ground: Terrain, surfaces: Floats, speed_px_s: float, path: Floats) -> float:
    """Seconds along waypoints (n, 2) at the believed speeds, sampled once per cell; links take the time they take."""
    if len(path) < 2:
        return 0.0
    links = links_along(ground, path)
    walked = np.ones(len(path) - 1, np.bool_)
    walked[[*links]] = False
    return float(walk_time(ground.surface, ground.cell_px, surfaces, np.ascontiguousarray(path), walked)) / speed_px_s + sum(link.time_s for link in links.values())


@kernel
def walk_time(surface, cell_px, table, path, walked):  # type: ignore[no-untyped-def]
    """Px on good ground that as long a walk takes as those legs of a path (n, 2) that are walked (n - 1,): each in steps of at most a cell."""
    rows, cols = surface.shape
    total = 0.0
    for leg in range(path.shape[0] - 1):
        if walked[leg]:
            across, down = path[leg + 1, 0] - path[leg, 0], path[leg + 1, 1] - path[leg, 1]
            length = math.hypot(across, down)
            count = max(1, int(math.ceil(length / cell_px)))
            for step in range(count):
                share = (step + 0.5) / count
                row, col = int((path[leg, 1] + share * down) / cell_px), int((path[leg, 0] + share * across) / cell_px)
                total += length / count / max(1e-3, table[surface[min(rows - 1, max(0, row)), min(cols - 1, max(0, col))], 0])
    return total


def intercepted(now: Situation, forecast: Forecast) -> Pieces[tuple[Plan, Meeting]]:
    """The plan that minimises the expected catch time over the forecast, shared with the team; worked out in pieces."""
    covered = None
    if now.covered_s:
        covered = np.array([now.covered_s.get(label, math.inf) for label in forecast.labels])
    visible = now.belief is not None and now.belief.visible
    away_s = float(np.hypot(*(forecast.positions_px[:, 0] - now.position_px).T).mean()) / now.speed_px_s
    commit_s = min(max(now.config.planning.commit_share * away_s, _LEAST_COMMITMENT_S), 0.5 * float(forecast.times_s[-1]))
    meeting = yield from intercept_in_pieces(now.ground, now.position_px, now.speed_px_s, forecast, size=now.size_px, reach_px=now.reach_px,
                                             surfaces=now.surfaces, now_px=now.belief.position_px if visible and now.belief else None,
                                             commit_s=commit_s, covered_s=covered, cover_weight=now.config.teamwork.cover if covered is not None else 0.0,
                                             change_hz=now.change_hz, steady=now.steady, home=now.home, change_cost=now.change_cost, holding=now.holding,
                                             afterwards=now.afterwards, most_meetings=now.meetings)
    if not meeting.reachable:
        return go_to(now, meeting.point, "besiege"), meeting
    yield -_routing(now, meeting.point)
    waypoints = _route(now, meeting)
    plan = Plan(waypoints_px=waypoints, eta_s=path_time(now.ground, now.surfaces, now.speed_px_s, waypoints), behaviour="intercept", meeting_px=meeting.point,
                meeting_time_s=meeting.time_s, expected_catch_s=meeting.expected_catch_s, hypothesis=meeting.hypothesis, kept=meeting.kept,
                waiting=meeting.waiting, cost=meeting.expected_catch_s)
    return plan, meeting


def flanked(now: Situation) -> Pieces[Plan | None]:
    """The way to where the target is headed off while a teammate drives it; None where it is better to go after it."""
    if now.hemming is None or now.belief is None or now.target is None:
        return None
    found = yield from now.hemming.flank(now.member, now.time_s, now.belief.position_px, now.target.max_speed_px_s, now.config.teamwork.flank)
    if found is None:
        return None
    flank, place = found
    yield -_routing(now, place)
    plan = go_to(now, place, "flank")
    return replace(plan, meeting_px=place, meeting_time_s=flank.caught_s, expected_catch_s=flank.caught_s, straight_s=flank.straight_s,
                   cost=flank.caught_s) if math.isfinite(plan.eta_s) else None


def guarded(now: Situation, forecast: Forecast, along: Floats) -> tuple[Plan, Meeting]:
    """For a body bound to a line: the place on it from which the least of what may come is missed."""
    target_px = now.target_size_px if now.target_size_px is not None else (0.0, 0.0)
    size = np.abs(np.array([now.size_px[0] + target_px[0], now.size_px[1] + target_px[1]])) / 2.0
    reach = float(np.abs(along) @ size), float(abs(along[1]) * size[0] + abs(along[0]) * size[1])
    visible = now.belief is not None and now.belief.visible
    meeting = guard_line(now.position_px, along, now.speed_px_s, forecast, reach_px=reach,
                         now_px=now.belief.position_px if visible and now.belief else None, commit_s=2.0 / now.config.planning.replan_hz)
    waypoints = np.stack([now.position_px, meeting.point])
    plan = Plan(waypoints_px=waypoints, eta_s=path_time(now.ground, now.surfaces, now.speed_px_s, waypoints), behaviour="intercept", meeting_px=meeting.point,
                meeting_time_s=meeting.time_s, expected_catch_s=meeting.expected_catch_s, hypothesis=meeting.hypothesis,
                cost=meeting.expected_catch_s)
    return plan, meeting


def _routing(now: Situation, place: Floats) -> int:
    """Work that a route to a place takes: said before it is done, so that a frame with too little left for it leaves it to the next."""
    cells = int(math.dist(now.position_px, place) / now.ground.cell_px)
    return _ROUTING + (_PER_CELL * cells if len(now.ground.surfaces) == 1 else min(_MOST_ROUTING, cells * cells))


def _route(now: Situation, meeting: Meeting) -> Floats:
    """From here to the first move, then on to the meeting point."""
    first = find_path(now.ground, now.position_px, meeting.move_to_px, size=now.size_px, surfaces=now.surfaces, speed_px_s=now.speed_px_s,
                      holding=now.holding)
    if first is None:
        return now.position_px[None, :].copy()
    onwards = find_path(now.ground, meeting.move_to_px, meeting.point, size=now.size_px, surfaces=now.surfaces, speed_px_s=now.speed_px_s,
                        holding=now.holding)
    if onwards is None or len(onwards) < 2 or np.array_equal(meeting.move_to_px, now.position_px):
        return first
    return np.concatenate([first, onwards[1:]])

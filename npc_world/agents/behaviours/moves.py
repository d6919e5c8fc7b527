"""The moves behaviours are made of: go somewhere, stay, intercept."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.situation import Situation
from npc_world.core.records import Forecast, Plan
from npc_world.planners.interception import Meeting, intercept
from npc_world.planners.line_guard import guard_line
from npc_world.planners.paths import find_path

__all__ = ["go_to", "guarded", "intercepted", "path_time", "stay"]

Floats = NDArray[np.float64]
_LEAST_COMMITMENT_S = 0.02
"""A first move takes at least about a frame."""


def stay(now: Situation, behaviour: str) -> Plan:
    """Stand still."""
    return Plan(waypoints_px=now.position_px[None, :].copy(), eta_s=0.0, behaviour=behaviour)


def go_to(now: Situation, goal: Floats, behaviour: str) -> Plan:
    """The fastest way to a place by the believed speeds; standing still when there is none."""
    path = find_path(now.ground, now.position_px, goal, size=now.size_px, surfaces=now.surfaces)
    if path is None or len(path) == 0:
        return replace(stay(now, behaviour), eta_s=math.inf)
    return Plan(waypoints_px=path, eta_s=path_time(now, path), behaviour=behaviour)


def path_time(now: Situation, path: Floats) -> float:
    """Seconds along waypoints (n, 2) at the believed speeds, sampled once per cell."""
    total = 0.0
    for start, end in pairwise(path):
        length = float(np.hypot(*(end - start)))
        count = max(1, math.ceil(length / now.ground.cell_px))
        points = start + (end - start) * ((np.arange(count) + 0.5) / count)[:, None]
        factors = [now.surfaces[now.ground.surface[now.ground.cell_of(point)], 0] for point in points]
        total += length / count / now.speed_px_s * float(np.sum(1.0 / np.maximum(factors, 1e-3)))
    return total


def intercepted(now: Situation, forecast: Forecast) -> tuple[Plan, Meeting]:
    """The plan that minimises the expected catch time over the forecast, shared with the team."""
    covered = None
    if now.covered_s:
        covered = np.array([now.covered_s.get(label, math.inf) for label in forecast.labels])
    visible = now.belief is not None and now.belief.visible
    away_s = float(np.hypot(*(forecast.positions_px[:, 0] - now.position_px).T).mean()) / now.speed_px_s
    commit_s = min(max(now.config.planning.commit_share * away_s, _LEAST_COMMITMENT_S), 0.5 * float(forecast.times_s[-1]))
    meeting = intercept(now.ground, now.position_px, now.speed_px_s, forecast, size=now.size_px, reach_px=now.reach_px,
                        surfaces=now.surfaces, now_px=now.belief.position_px if visible and now.belief else None,
                        commit_s=commit_s, covered_s=covered, cover_weight=now.config.teamwork.cover if covered is not None else 0.0,
                        change_hz=now.change_hz, change_cost=now.change_cost)
    waypoints = _route(now, meeting)
    plan = Plan(waypoints_px=waypoints, eta_s=path_time(now, waypoints), behaviour="intercept", meeting_px=meeting.point,
                meeting_time_s=meeting.time_s, expected_catch_s=meeting.expected_catch_s, hypothesis=meeting.hypothesis,
                cost=meeting.expected_catch_s)
    return plan, meeting


def guarded(now: Situation, forecast: Forecast, along: Floats) -> tuple[Plan, Meeting]:
    """For a body bound to a line: the place on it from which the least of what may come is missed."""
    target_px = now.target_size_px if now.target_size_px is not None else (0.0, 0.0)
    size = np.abs(np.array([now.size_px[0] + target_px[0], now.size_px[1] + target_px[1]])) / 2.0
    reach = float(np.abs(along) @ size), float(abs(along[1]) * size[0] + abs(along[0]) * size[1])
    visible = now.belief is not None and now.belief.visible
    meeting = guard_line(now.position_px, along, now.speed_px_s, forecast, reach_px=reach,
                         now_px=now.belief.position_px if visible and now.belief else None, commit_s=2.0 / now.config.planning.replan_hz)
    waypoints = np.stack([now.position_px, meeting.point])
    plan = Plan(waypoints_px=waypoints, eta_s=path_time(now, waypoints), behaviour="intercept", meeting_px=meeting.point,
                meeting_time_s=meeting.time_s, expected_catch_s=meeting.expected_catch_s, hypothesis=meeting.hypothesis,
                cost=meeting.expected_catch_s)
    return plan, meeting


def _route(now: Situation, meeting: Meeting) -> Floats:
    """From here to the first move, then on to the meeting point."""
    first = find_path(now.ground, now.position_px, meeting.move_to_px, size=now.size_px, surfaces=now.surfaces)
    if first is None:
        return now.position_px[None, :].copy()
    onwards = find_path(now.ground, meeting.move_to_px, meeting.point, size=now.size_px, surfaces=now.surfaces)
    if onwards is None or len(onwards) < 2 or np.array_equal(meeting.move_to_px, now.position_px):
        return first
    return np.concatenate([first, onwards[1:]])

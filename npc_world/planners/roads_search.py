"""Quickest ways over roads whose times change with the time of day, and how the uncertainty adds up along one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.models.road_belief import Eta, RoadBelief
from npc_world.planners.roads import RoadMap

__all__ = ["arrival_times", "eta_of", "quickest_route"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def time_on(seconds, edge, at_s, day_s):  # type: ignore[no-untyped-def]
    """Time of a road entered at `at_s`: `seconds` (E, B) interpolated linearly between the bins' centres, round the day."""
    bins = seconds.shape[1]
    x = at_s / day_s * bins - 0.5
    low = math.floor(x)
    share = x - low
    b = int(low) % bins
    return (1.0 - share) * seconds[edge, b] + share * seconds[edge, (b + 1) % bins]


@kernel
def search_roads(first, order, head, at_px, seconds, is_open, source, goal, depart_s, day_s, pace, banned, key, item, arrival, via):  # type: ignore[no-untyped-def]
    """A* over (time of arrival + pace · straight distance to the goal); goal -1 searches everything.

    key, item: (E + 1,) room for the heap; arrival (N,) s and via (N,) road taken there are filled.  `banned`: a road not to begin with.
    """
    for node in range(arrival.shape[0]):
        arrival[node], via[node] = np.inf, -1
    arrival[source] = depart_s
    size = 1
    key[0] = depart_s
    item[0] = source
    while size > 0:
        here, bound = item[0], key[0]
        size -= 1
        hole = 0
        last_key, last_item = key[size], item[size]
        while 2 * hole + 1 < size:  # sift down
            child = 2 * hole + 1
            if child + 1 < size and key[child + 1] < key[child]:
                child += 1
            if key[child] >= last_key:
                break
            key[hole], item[hole] = key[child], item[child]
            hole = child
        key[hole], item[hole] = last_key, last_item
        if here == goal:
            return
        still = 0.0
        if goal >= 0:
            still = pace * math.hypot(at_px[here, 0] - at_px[goal, 0], at_px[here, 1] - at_px[goal, 1])
        if bound > arrival[here] + still + 1e-9:  # an entry that was bettered since
            continue
        for k in range(first[here], first[here + 1]):
            edge = order[k]
            if not is_open[edge] or (here == source and edge == banned):
                continue
            there = head[edge]
            when = arrival[here] + time_on(seconds, edge, arrival[here], day_s)
            if when < arrival[there] - 1e-12:
                arrival[there] = when
                via[there] = edge
                bound = when
                if goal >= 0:
                    bound += pace * math.hypot(at_px[there, 0] - at_px[goal, 0], at_px[there, 1] - at_px[goal, 1])
                hole = size
                size += 1
                while hole > 0 and key[(hole - 1) // 2] > bound:  # sift up
                    key[hole], item[hole] = key[(hole - 1) // 2], item[(hole - 1) // 2]
                    hole = (hole - 1) // 2
                key[hole], item[hole] = bound, there


@kernel
def propagate(route, seconds, own_var, class_var, noise_var, kind, kinds, depart_s, day_s, share):  # type: ignore[no-untyped-def]
    """(mean s, variance s² that is each road's own, by-class standard deviations summed) along roads; `share` of the first is still to go."""
    at, alone = depart_s, 0.0
    loads = np.zeros(kinds)
    for i in range(route.shape[0]):
        edge = route[i]
        part = share if i == 0 else 1.0
        mean = part * time_on(seconds, edge, at, day_s)
        own = time_on(own_var, edge, at, day_s)
        common = time_on(class_var, edge, at, day_s)
        alone += mean * mean * (own + noise_var[edge] / max(part, 0.1))
        loads[kind[edge]] += mean * math.sqrt(common)
        at += mean
    return at - depart_s, alone, loads


def arrival_times(roads: RoadMap, seconds: Floats, is_open: NDArray[np.bool_], source: int, depart_s: float, day_s: float, goal: int = -1,
                  banned: int = -1) -> tuple[Floats, Ints]:
    """Earliest expected arrival (N,) at every junction, inf where there is no way, and the road (N,) that leads there.

    seconds (E, B): expected times by time of day.  Assumes that waiting never pays (a road entered later is left later),
    which holds unless times fall faster than the clock runs.  With a goal the search stops there (A*; Hart et al. 1968, with
    time-dependent costs as Dreyfus 1969), and junctions beyond it keep what they have.
    """
    count = len(roads.edges)
    arrival, via = np.empty(len(roads.nodes)), np.empty(len(roads.nodes), dtype=np.int64)
    apart = np.maximum(roads.straight_px, 1e-9)
    pace = float((seconds.min(axis=1) / apart).min()) if goal >= 0 else 0.0
    search_roads(roads.first, roads.order, roads.head, roads.positions_px, seconds, is_open, source, goal, float(depart_s), float(day_s), pace,
                 banned, np.empty(count + 2), np.empty(count + 2, dtype=np.int64), arrival, via)
    return arrival, via


def quickest_route(roads: RoadMap, seconds: Floats, is_open: NDArray[np.bool_], source: int, goal: int, depart_s: float, day_s: float,
                   banned: int = -1) -> Ints | None:
    """Road numbers of the quickest way, empty when already there, None when there is no way."""
    _, via = arrival_times(roads, seconds, is_open, source, depart_s, day_s, goal, banned)
    route: list[int] = []
    here = goal
    while here != source:
        edge = int(via[here])
        if edge < 0:
            return None
        route.append(edge)
        here = int(roads.tail[edge])
    return np.array(route[::-1], dtype=np.int64)


def eta_of(roads: RoadMap, belief: RoadBelief, route: Any, depart_s: float, share: float = 1.0, seconds: Floats | None = None) -> Eta:
    """How long `route` takes when entered at `depart_s` with `share` of its first road still to go.

    Mean and variance are propagated from road to road at the time of day each is reached; what is each road's own adds up as
    variances, what a class of roads or all of today's traffic shares adds up as deviations; the sum is matched by a log-normal
    (Fenton 1960).  It is wrong where two outcomes are likely and nothing in between, as at a level crossing.
    """
    chosen = np.asarray(route, dtype=np.int64)
    if len(chosen) == 0:
        return Eta(0.0, 0.0)
    table = belief.expected_s if seconds is None else seconds
    mean, alone, loads = propagate(chosen, table, belief.own_var, belief.class_var, belief.noise_var, roads.kind, len(roads.kinds),
                                   float(depart_s), belief.day_s, float(share))
    variance = alone + float((loads**2).sum()) + mean * mean * belief.traffic_var
    return Eta(float(mean), math.sqrt(math.log1p(variance / max(mean * mean, 1e-12))))

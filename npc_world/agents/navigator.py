"""A driver with a map: it learns how long roads take, promises when it arrives, and takes another way when that is worth it."""

from __future__ import annotations

import math
import os
from collections.abc import Hashable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError, SaveFileError
from npc_world.core.records import Explanation
from npc_world.core.save_file import read_snapshot, write_snapshot
from npc_world.core.tunable import check_tunables, tunable
from npc_world.learning.road_times import RoadTimes, RoadTimesConfig
from npc_world.models.road_belief import Eta, RoadBelief
from npc_world.planners.roads import RoadMap
from npc_world.planners.roads_search import eta_of, quickest_route

__all__ = ["Navigator", "NavigatorConfig"]

Ints = NDArray[np.int64]
_KIND = "npc_world roads"


@dataclass(frozen=True, kw_only=True)
class NavigatorConfig:
    """How it chooses; what it expects of roads is in `RoadTimesConfig`."""

    hysteresis: float = tunable(0.04, "share of the remaining time that another way must save before it is taken", low=0, high=1)
    optimism: float = tunable(1.0, "how many deviations better an unknown road may be, when it looks for one to try", low=0, high=4)
    reuse: float = tunable(0.08, "chance that a later trip can use what is found out on this one", low=0, high=1)
    closure_days: float = tunable(1.0, "days after which a closed road is tried again", low=0.01)

    doubt: float = tunable(1.5, "how much wider its first promises are than its model says; then its own past errors tell", low=0.5, high=3)

    def __post_init__(self) -> None:
        check_tunables(self)


class Navigator:
    """Drives from junction to junction of a `RoadMap`; the game moves the vehicle and tells what it sees.

        nav = Navigator(RoadMap(graph), day_s=240)
        nav.depart(time_s, "depot", "baker", trips_left=9)
        nav.observe(road, entered_s, seconds)            # own crossings and others', whole or in part
        nav.observe_closed(time_s, road)                 # seen from where it stands
        road = nav.next_road(time_s, junction)           # at each junction; reroutes when worth it
        nav.arrived(time_s)

    Roads are pairs (from, to).  Deterministic.  It believes what it is told; it never asks the game for travel times.
    """

    def __init__(self, roads: RoadMap, day_s: float, config: NavigatorConfig | None = None, times: RoadTimesConfig | None = None) -> None:
        if not isinstance(roads, RoadMap):
            raise BadInputError(f"roads={roads!r}: expected a RoadMap; make one of a networkx graph by nw.RoadMap(graph)")
        self.roads, self.config = roads, config or NavigatorConfig()
        self.times = RoadTimes(roads.free_s, roads.kind, day_s, times)
        self.closed_s: dict[int, float] = {}
        """When each road was seen closed, by its number."""
        self.not_built: set[int] = set()
        """Roads of the map, by number, that do not exist yet: never driven and never spoken of."""
        self.route: Ints = np.zeros(0, dtype=np.int64)
        """Roads still to be driven, by number."""
        self.alternative: Ints = np.zeros(0, dtype=np.int64)
        self.promise: Eta | None = None
        """The arrival that was promised at departure, seconds after it."""
        self.eta: Eta | None = None
        """The remaining time, as believed when it last looked."""
        self.rerouted = ""
        """Why the way was last changed; "" on the first choice."""
        self._goal = -1
        self._departed_s = 0.0
        self._trips_left = 0
        self._last = -1
        self._error_sum, self._error_count = 12.0 * self.config.doubt**2, 12.0
        self._gain_s = 0.0
        self._trying = ""

    # ---- what it is told ------------------------------------------------------------------------------------------

    def observe(self, road: Any, entered_s: float, seconds: float, share: float = 1.0) -> None:
        """A vehicle, itself or another, took `seconds` for `share` of a road.  Also tells that the road is open."""
        edge = self.roads.edge(road)
        self.times.observe(edge, entered_s, seconds, share)
        self.closed_s.pop(edge, None)

    def observe_closed(self, time_s: float, road: Any, closed: bool = True) -> None:
        """A road was seen closed, or open."""
        edge = self.roads.edge(road)
        if closed:
            self.closed_s[edge] = time_s
        else:
            self.closed_s.pop(edge, None)

    # ---- the way --------------------------------------------------------------------------------------------------

    def depart(self, time_s: float, here: Hashable, goal: Hashable, trips_left: int = 0) -> Eta:
        """Choose a way; returns the promised travel time.  trips_left: deliveries after this one, for which finding out is worth something."""
        if not (isinstance(time_s, (int, float, np.number)) and math.isfinite(time_s)):
            raise BadInputError(f"time_s={time_s!r}: expected a finite number")
        if not isinstance(trips_left, (int, np.integer)):
            raise BadInputError(f"trips_left={trips_left!r}: expected a whole number of deliveries")
        self._goal, self._trips_left, self._departed_s, self._last = self.roads.node(goal), max(0, trips_left), time_s, -1
        self.rerouted, self._trying = "", ""
        self._choose(time_s, self.roads.node(here), None)
        self.promise = self.eta
        assert self.promise is not None
        return self.promise

    def next_road(self, time_s: float, here: Hashable) -> tuple[Hashable, Hashable] | None:
        """The road to take from a junction; None when it is there, or when no road leads on (it waits for one to open)."""
        node = self.roads.node(here)
        if node == self._goal or self._goal < 0:
            return None
        keep = None
        at = np.flatnonzero(self.roads.tail[self.route] == node)
        if len(at):
            keep = self.route[at[0]:]
        self._choose(time_s, node, keep)
        if len(self.route) == 0:
            return None
        self._last = int(self.route[0])
        return self.roads.edges[self._last]

    def arrived(self, time_s: float) -> None:
        """It is there: the promise is compared with what came of it, and later promises are as wide as past errors say."""
        if self.promise is not None and math.isfinite(self.promise.mean_s) and self.promise.log_sd > 0.0 and time_s > self._departed_s:
            spread = self.promise.log_sd
            error = (math.log((time_s - self._departed_s) / self.promise.mean_s) + 0.5 * spread**2) / (spread / self._widening)
            self._error_sum += min(error**2, 9.0)
            self._error_count += 1.0
        self._goal, self.route, self.promise, self.eta = -1, np.zeros(0, dtype=np.int64), None, None

    @property
    def _widening(self) -> float:
        return math.sqrt(self._error_sum / self._error_count)

    def believed(self, time_s: float) -> RoadBelief:
        """What it believes of all roads now."""
        return self.times.belief(time_s)

    def open_roads(self, time_s: float) -> NDArray[np.bool_]:
        """(E,) roads it believes open; closures seen too long ago are forgotten."""
        limit = time_s - self.config.closure_days * self.times.day_s
        self.closed_s = {edge: seen for edge, seen in self.closed_s.items() if seen >= limit}
        is_open = np.ones(len(self.roads.edges), dtype=np.bool_)
        is_open[[*self.closed_s, *self.not_built]] = False
        return is_open

    def _choose(self, time_s: float, node: int, keep: Ints | None) -> None:
        """The best way from a junction, or the one it has when the best is not better by the hysteresis."""
        belief, is_open, day_s = self.times.belief(time_s), self.open_roads(time_s), self.times.day_s
        seconds = belief.expected_s
        back = int(self.roads.back[self._last]) if self._last >= 0 else -1
        best = quickest_route(self.roads, seconds, is_open, node, self._goal, time_s, day_s, back)
        if best is None:
            best = quickest_route(self.roads, seconds, is_open, node, self._goal, time_s, day_s)
        if best is None:  # closed in: wait
            self.route, self.eta, self.rerouted = np.zeros(0, dtype=np.int64), Eta(math.inf, 0.0), "every way is closed"
            return
        eta = eta_of(self.roads, belief, best, time_s, seconds=seconds)
        blocked = next((int(e) for e in keep if not is_open[e]), None) if keep is not None else None
        if keep is not None and blocked is None:
            kept = eta_of(self.roads, belief, keep, time_s, seconds=seconds)
            if kept.mean_s - eta.mean_s <= self.config.hysteresis * kept.mean_s or self._trying:
                best, eta = keep, kept
            else:
                self.rerouted = f"{kept.mean_s - eta.mean_s:.0f} s quicker than going on by {self.roads.via(keep, best)}"
        elif blocked is not None:
            self.rerouted = f"{self.roads.names[blocked]} is closed"
            self._trying = ""
        if keep is None:
            best, eta = self._explored(belief, is_open, best, eta, node, time_s)
        self.route = best
        self.eta = Eta(eta.mean_s, eta.log_sd * self._widening)
        dearer = seconds.copy()
        dearer[best] *= 1.5  # the penalty method: another way that shares little with this one
        other = quickest_route(self.roads, dearer, is_open, node, self._goal, time_s, day_s, back)
        self.alternative = best if other is None else other
        self._gain_s = eta_of(self.roads, belief, self.alternative, time_s, seconds=seconds).mean_s - eta.mean_s

    def _explored(self, belief: RoadBelief, is_open: NDArray[np.bool_], best: Ints, eta: Eta, node: int, time_s: float) -> tuple[Ints, Eta]:
        """An unknown way instead, when what it may teach, over the trips to come, is worth more than it costs now.

        Value of information for one use is E[max(0, known − unknown)] under a normal belief of the unknown way's time
        (the knowledge gradient, Frazier et al. 2008).
        """
        worth = self._trips_left * self.config.reuse
        if worth <= 0.0 or self.config.optimism <= 0.0:
            return best, eta
        hopeful = quickest_route(self.roads, belief.optimistic_s(self.config.optimism), is_open, node, self._goal, time_s, belief.day_s)
        if hopeful is None or np.array_equal(hopeful, best):
            return best, eta
        tried = eta_of(self.roads, belief, hopeful, time_s)
        own = belief.own_var.mean(axis=1)
        new = hopeful[~np.isin(hopeful, best)]
        unsure = math.sqrt(float((np.square(belief.expected_s[new].mean(axis=1)) * own[new]).sum())) + 1e-9
        cost = tried.mean_s - eta.mean_s
        normal, z = NormalDist(), -cost / unsure
        value = unsure * normal.pdf(z) - cost * normal.cdf(z)
        if worth * value <= cost:
            return best, eta
        self._trying = self.roads.via(hopeful, best)
        return hopeful, tried

    # ---- save and restore -----------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what it has learned of its roads to a file, atomically; a trip under way is not part of it."""
        closed = np.array(sorted(self.closed_s.items()), dtype=np.float64).reshape(-1, 2)
        write_snapshot(path, {"roads": self._known_roads(), "closed": closed, "errors": np.array([self._error_sum, self._error_count]),
                              **self.times.state()}, _KIND)

    def restore(self, path: str | os.PathLike[str]) -> None:
        """Take up what `save` wrote for a map with the same roads.  Raises `SaveFileError`; it is then unchanged."""
        arrays = read_snapshot(path, _KIND)
        try:
            if not np.array_equal(arrays["roads"], self._known_roads()):
                raise ValueError("it was written for other roads")
            closed, errors = np.asarray(arrays["closed"], np.float64), np.asarray(arrays["errors"], np.float64)
            known = {int(edge): float(seen) for edge, seen in closed}
            if errors.shape != (2,) or not (np.isfinite(errors) & (errors > 0.0)).all() or not all(0 <= edge < len(self.roads.edges) for edge in known):
                raise ValueError("impossible numbers")
            self.times.restore(arrays)
        except (KeyError, ValueError, TypeError) as error:
            raise SaveFileError(f"{path}: not what this navigator saves ({error})") from None
        self.closed_s, (self._error_sum, self._error_count) = known, errors.tolist()

    def _known_roads(self) -> NDArray[np.str_]:
        """(E,) each road in words, by which a file is known to be of this map."""
        return np.array([repr(edge) for edge in self.roads.edges])

    # ---- what it says ---------------------------------------------------------------------------------------------

    def explain(self, time_s: float) -> Explanation:
        """One sentence with the numbers used: the way, its time and spread, what is closed, and the next best."""
        if self._goal < 0:
            return Explanation("Waiting for a delivery.", {})
        if self.eta is not None and self.eta.mean_s == 0.0:
            return Explanation("I am there.", {"eta_s": 0.0})
        if self.eta is None or len(self.route) == 0:
            return Explanation("Waiting: every way I know is closed.", {"closed": float(len(self.closed_s))})
        via, numbers = self.roads.via(self.route, self.alternative), {"eta_s": self.eta.mean_s, "low_s": self.eta.low_s, "high_s": self.eta.high_s}
        parts = [f"Via {via}: {self.eta.mean_s:.0f} s, {self.eta.low_s:.0f} to {self.eta.high_s:.0f} s in 8 of 10 days"]
        if self._trying:
            parts.append(f"trying {self._trying}, which I do not know yet")
        if self.closed_s:
            edge = max(self.closed_s, key=lambda e: self.closed_s[e])
            parts.append(f"{self.roads.names[edge]} is closed since {time_s - self.closed_s[edge]:.0f} s")
            numbers["closed_since_s"] = time_s - self.closed_s[edge]
        others: tuple[str, ...] = ()
        if not np.array_equal(self.alternative, self.route) and self._gain_s > 0.0:
            other = self.roads.via(self.alternative, self.route)
            numbers["gain_s"] = self._gain_s
            parts.append(f"{self._gain_s:.0f} s better than {other if other != via else 'the next way'}")
            others = (f"via {other}: {self.eta.mean_s + self._gain_s:.0f} s",)
        return Explanation("; ".join(parts) + ".", numbers, others)

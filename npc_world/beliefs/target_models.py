"""Many bodies watched at once: hundreds of `TargetModel`s in one array, one native call per frame and core for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.beliefs.arguments import checked_time, step_times, threat_points
from npc_world.beliefs.calibrating import regions
from npc_world.beliefs.composing import blank_forecasts, compose_all
from npc_world.beliefs.labels import expert_labels, with_side
from npc_world.beliefs.layout import COUNT, EXPERTS, GIVEN, HABITS_OFF, PEAK_STEPS, TIME, TURN_RATE, TURN_RATE_SLOW, new_memory
from npc_world.beliefs.surroundings import Surroundings
from npc_world.beliefs.target_config import TargetConfig
from npc_world.beliefs.target_model import TargetModel
from npc_world.beliefs.unrolling import NOBODY
from npc_world.beliefs.watching import watch_all
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain
from npc_world.core.threads import share_out

__all__ = ["Forecasts", "TargetModels"]

Floats = NDArray[np.float64]
_NO_GOALS = np.full(GIVEN, -np.inf)
_LABELS = expert_labels([])


@dataclass(frozen=True, slots=True)
class Forecasts:
    """The forecasts of N bodies: arrays for who reads them all, `forecasts[n]` for the `Forecast` of one."""

    times_s: Floats
    """(H,) from now."""
    positions_px: Floats
    """(N, K, H, 2); rows from counts[n] on are empty."""
    weights: Floats
    """(N, K); zero in empty rows."""
    covariances_px2: Floats
    """(N, K, H, 2, 2)"""
    counts: NDArray[np.int64]
    """(N,) futures of each body; 0 for one that was never seen."""
    _experts: NDArray[np.int64]
    _memory: Floats

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, n: int) -> Forecast:
        """The forecast of body n.  Raises `BadInputError` for one that was never seen, IndexError beyond the last."""
        count = int(self.counts[n])
        if count == 0:
            raise BadInputError(f"forecasts[{n}]: that body was never seen")
        memory = self._memory[n]
        labels = with_side(_LABELS, float(memory[TURN_RATE]), float(memory[TURN_RATE_SLOW]))
        return Forecast(self.times_s, self.positions_px[n, :count], self.weights[n, :count], self.covariances_px2[n, :count],
                        tuple(labels[e] for e in self._experts[n, :count].tolist()), regions(memory, self.times_s))


class TargetModels:
    """`count` other bodies, each as a `TargetModel` would know it, in one array.

    ground, config, size: as for `TargetModel`; all live on one ground and have one size.  Goals and experts of the game's own
    are a single model's matter: `models[n]` is that model, on the same memory.
    """

    def __init__(self, count: int, ground: Terrain | None = None, *, config: TargetConfig | None = None, size: Any = None) -> None:
        if not isinstance(count, (int, np.integer)) or count < 1:
            raise BadInputError(f"count={count!r}: expected a whole number, 1 or more")
        self.ground, self.size = ground, size
        self.config = config if config is not None else TargetConfig()
        self._settings = self.config.settings()
        self._around = Surroundings(ground, size)
        self._memory: Floats = new_memory(int(count))
        self._memory[:, HABITS_OFF] = 0.0 if self.config.habits else 1.0
        self._now_s = 0.0

    def __len__(self) -> int:
        return len(self._memory)

    def observe(self, time_s: float, positions: ArrayLike, *, threats: Any = ()) -> None:
        """All were looked for at `time_s`: positions (N, 2) px, rows of NaN for those that were not seen.

        An earlier time begins a new round for all.  Raises `BadInputError` for another shape and for infinite positions.
        """
        time = checked_time(time_s)
        at = np.ascontiguousarray(positions, dtype=np.float64)
        if at.shape != (len(self), 2) or np.isinf(at).any():
            raise BadInputError(f"positions of shape {at.shape}: expected ({len(self)}, 2), finite, or NaN for who is not seen")
        if time < self._now_s:
            self.reset()
        self._now_s = time
        walls, clear = self._around.walls()
        near = threat_points(threats)
        share_out(len(self), lambda rows: watch_all(self._memory[rows], time, at[rows], near, self._settings, NOBODY, _NO_GOALS, walls, clear))

    def forecast(self, horizon_s: float, step_s: float, hypotheses: int | None = None) -> Forecasts:
        """What each may do in the next `horizon_s`; as `TargetModel.forecast`, for all in one call."""
        times = step_times(horizon_s, step_s)
        most = self.config.hypotheses if hypotheses is None else hypotheses
        if not isinstance(most, (int, np.integer)) or most < 1:
            raise BadInputError(f"hypotheses={hypotheses!r}: expected a whole number, 1 or more")
        said = blank_forecasts(len(self), min(int(most), EXPERTS), len(times))
        walls, clear = self._around.walls()
        unseen_s = np.maximum(self._now_s - self._memory[:, TIME], 0.0)
        given = np.full((1, GIVEN, len(times), 2), np.nan)
        share_out(len(self), lambda rows: compose_all(self._memory[rows], times, unseen_s[rows], given, _NO_GOALS, walls, clear, said[0].shape[1],
                                                      *(each[rows] for each in said)))
        positions, covariances, weights, chosen, counts = said
        return Forecasts(times, positions, weights, covariances, counts, chosen, self._memory)

    def reset(self) -> None:
        """A new round: where they are is forgotten, what was learned of them is kept."""
        self._memory[:, [COUNT, PEAK_STEPS, TIME]] = 0.0

    def __getitem__(self, n: int) -> TargetModel:
        """Body n as a `TargetModel` that shares this memory: what one learns the other knows."""
        if not -len(self) <= n < len(self):
            raise IndexError(n)
        model = TargetModel(self.ground, config=self.config, size=self.size)
        row = n % len(self)
        model.share(self._memory[row], self._now_s)
        return model

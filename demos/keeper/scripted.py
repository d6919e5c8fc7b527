"""A thrower without hands: tries this and that, and remembers what got past."""

from __future__ import annotations

import numpy as np

from .records import KINDS, Controls
from .world import KeeperWorld

__all__ = ["ScriptedThrower"]


class ScriptedThrower:
    """Draws throws at random; most of the time it varies one that got past the keeper on this stage."""

    def __init__(self, world: KeeperWorld, seed: int = 0) -> None:
        self._world = world
        self._rng = np.random.default_rng([seed, 77])
        self._plan: tuple[str, float, float] | None = None
        self._good: list[tuple[str, float, float]] = []
        self._round = 0
        self._seen = 0
        self._wait_s = 0.0

    def controls(self) -> Controls:
        """For the next step."""
        world = self._world
        if world.round != self._round:
            self._round, self._good, self._seen = world.round, [], 0
        results = world.results[world.round]
        if len(results) > self._seen:
            self._seen = len(results)
            if results[-1].outcome == "goal" and self._plan is not None:
                self._good.append(self._plan)
            self._plan = None
        if world.state != "aiming":
            self._wait_s = 0.0
            return Controls()
        if self._plan is None:
            self._plan = self._draw()
        self._wait_s += 1.0 / 60.0
        kind, angle, power = self._plan
        if self._wait_s < 0.5 or world.kind != kind:
            return Controls(kind=kind, turn=float(np.clip(3.0 * (angle - world.angle_rad), -1.0, 1.0)))
        off = angle - world.angle_rad
        if abs(off) > 0.02 and kind != "roll" and not world.charging:
            return Controls(turn=float(np.clip(6.0 * off, -1.0, 1.0)))
        return Controls(hold=not (world.charging and world.power >= power))

    def _draw(self) -> tuple[str, float, float]:
        rng = self._rng
        if self._good and rng.random() < 0.6:
            kind, angle, power = self._good[int(rng.integers(len(self._good)))]
            return kind, float(np.clip(angle + rng.normal(0, 0.06), -1.4, 0.45)), float(np.clip(power + rng.normal(0, 0.04), 0.15, 0.98))
        kind = str(rng.choice(KINDS, p=(0.5, 0.3, 0.2)))
        return kind, float(rng.uniform(-1.15, 0.1)), float(rng.uniform(0.5, 0.98))

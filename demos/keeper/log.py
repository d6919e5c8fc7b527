"""A match written down: the ball in whole pixels, as the keeper sees it, and the keeper."""

from __future__ import annotations

from typing import Any

from ..logs import RoundLog
from .stages import BALL_PX, GROUND_PX, THICKNESS_PX
from .world import KeeperWorld

__all__ = ["KeeperLog"]


class KeeperLog(RoundLog):
    """The ball of each place has a name of its own, such as "ball/moon", because each place has laws of its own."""

    game = "keeper"
    _stage: Any = None
    _flying = False

    def write(self, world: KeeperWorld, time_s: float, fresh: bool) -> None:
        stage, name, at = world.stage, f"ball/{world.stage.name}", world.truth.position
        if stage is not self._stage:
            self._stage = stage
            self.recorder.world(name, stage.segments, BALL_PX, thickness_px=THICKNESS_PX, material=stage.material)
        if fresh:
            self.recorder.begin("keeper")
        flying = world.state == "flying"
        if flying and (fresh or not self._flying):
            self.recorder.begin(name)
        self._flying = flying
        ball = None if at is None else (round(at[0]), round(at[1]))
        self.recorder.frame(time_s, {name: ball, "keeper": (world.keeper.x, GROUND_PX - world.keeper.lift)})

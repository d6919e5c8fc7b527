"""A round written down: where the player and the hunters were at every step, and what velocity the hunters had asked for on what ground."""

from __future__ import annotations

from ..logs import RoundLog
from .world import HuntWorld

__all__ = ["HuntLog"]


class HuntLog(RoundLog):
    """What a hunter asks for is left out while it collides: then it is not the ground that decides what comes of it."""

    game = "hunt"

    def write(self, world: HuntWorld, time_s: float, fresh: bool) -> None:
        names = [hunter.name for hunter in world.hunters]
        bodies, commanded = {"player": world.player.position}, {}
        for n, hunter in enumerate(world.hunters):
            name = hunter.name if names.count(hunter.name) == 1 else f"{hunter.name} {n + 1}"
            bodies[name] = hunter.position
            if not hunter.walker.collides:
                commanded[name] = (hunter.walker.wanted_px_s, world.ground.surface_at(hunter.position))
        if fresh:
            for name in bodies:
                self.recorder.begin(name)
        self.recorder.frame(time_s, bodies, commanded)

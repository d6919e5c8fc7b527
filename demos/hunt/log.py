"""A round written down: where the player and the hunters were at every step, and what velocity the hunters had asked for on what ground."""

from __future__ import annotations

from pathlib import Path

import npc_world as nw

from .world import HuntWorld

__all__ = ["HuntLog"]

_PAUSE_S = 1.0


class HuntLog:
    """Records one round after the other into one file; their clocks run on.

    What a hunter asks for is left out while it collides: then it is not the ground that decides what comes of it.
    """

    def __init__(self, path: Path) -> None:
        self._recorder = nw.Recorder(path, about={"game": "hunt"})
        self._world: HuntWorld | None = None
        self._since_s = 0.0
        self._last_s = -_PAUSE_S

    def step(self, world: HuntWorld) -> None:
        """After every step of a world."""
        names = [hunter.name for hunter in world.hunters]
        bodies, commanded = {"player": world.player.position}, {}
        for n, hunter in enumerate(world.hunters):
            name = hunter.name if names.count(hunter.name) == 1 else f"{hunter.name} {n + 1}"
            bodies[name] = hunter.position
            if not hunter.walker.collides:
                commanded[name] = (hunter.walker.wanted_px_s, world.ground.surface_at(hunter.position))
        if world is not self._world:
            self._world, self._since_s = world, self._last_s + _PAUSE_S - world.time_s
            for name in bodies:
                self._recorder.begin(name)
        self._last_s = self._since_s + world.time_s
        self._recorder.frame(self._last_s, bodies, commanded)

    def close(self) -> str:
        """Finish the file; says what it holds."""
        return f"{self._recorder.close()}: {self._recorder.frames} frames"

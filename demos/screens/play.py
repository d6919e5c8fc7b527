"""The hunt itself: fixed steps, drawing in between, the mind view, hints."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import pygame

from ..fixed_steps import FixedSteps
from ..hunt.camera import Camera
from ..hunt.hud import RoundInfo
from ..hunt.records import Controls
from ..hunt.sprites import between
from ..hunt.view import View
from ..hunt.world import STEP_S, HuntWorld
from ..input import Command
from .base import Round
from .mind import MindLayer
from .replay import Recorder
from .round_end import RoundEndScreen

if TYPE_CHECKING:
    from ..game import App

__all__ = ["PlayScreen"]

_MOST_STEPS = 5
"""Steps per frame at most: a machine that cannot keep up plays slower instead of falling ever further behind."""
_END_PAUSE_S = 1.3
_HINTS = ((0.5, 7.0, "Run with WASD or the arrows. Collect the relics, then reach the boat."),
          (9.0, 16.0, "They are slower than you, but they guess. Change your mind on the way."),
          (18.0, 25.0, "Space dashes. Q throws smoke that nobody sees through."),
          (28.0, 36.0, "Tab shows what a hunter thinks."))


class PlayScreen(Round):
    """One round.  `controls` stands in for the hands when given: a scripted player, a benchmark."""

    def __init__(self, app: App, world: HuntWorld, view: View, number: int, controls: Any = None) -> None:
        self.world, self.view, self.number = world, view, number
        self.mind_of: int | None = None
        """Number of the hunter whose mind is shown, or None."""
        self.think_ms: deque[float] = deque(maxlen=600)
        self.draw_ms: deque[float] = deque(maxlen=600)
        self.recorder = Recorder(world)
        self._log = getattr(app.options, "log", None)
        """What writes the round down, when that was asked for."""
        self._controls = controls
        self._mind = MindLayer()
        self._mind.prepare(view.camera.view_px)
        self._steps = FixedSteps(STEP_S, _MOST_STEPS)
        self._alpha = 1.0
        self._frame_s = STEP_S
        self._over_s = 0.0
        self._ended = False

    # ---- input --------------------------------------------------------------------------------------------------

    def handle(self, app: App, command: Command) -> None:
        name = command.name
        if name == "mind":
            self.mind_of = 0 if self.mind_of is None else self._next_mind()
        elif name.startswith("hunter ") and self.mind_of is not None:
            self._choose(name.removeprefix("hunter "))
        elif name == "click" and self.mind_of is not None and command.at is not None:
            self._choose_at(self.view.camera.to_world(app.to_canvas(command.at)))
        else:
            super().handle(app, command)

    def _next_mind(self) -> int | None:
        """The next hunter; after the last one the view closes."""
        assert self.mind_of is not None
        return self.mind_of + 1 if self.mind_of + 1 < len(self.world.hunters) else None

    def _choose(self, which: str) -> None:
        count = len(self.world.hunters)
        if which in "+-" and self.mind_of is not None:
            self.mind_of = (self.mind_of + (1 if which == "+" else -1)) % count
        elif which.isdigit() and int(which) <= count:
            self.mind_of = int(which) - 1

    def _choose_at(self, point: Any) -> None:
        near = min((math.dist(hunter.position, point), k) for k, hunter in enumerate(self.world.hunters))
        if near[0] < 60.0:
            self.mind_of = near[1]

    # ---- time ---------------------------------------------------------------------------------------------------

    def update(self, app: App, frame_s: float) -> None:
        """As many steps of 1/60 s as have come due; what cannot be caught up is let go."""
        self._frame_s = frame_s
        app.watch_npc(self.world)
        controls: Controls = app.hands.controls() if self._controls is None else self._controls.controls()
        for _ in self._steps.due(frame_s):
            started = time.perf_counter()
            self.world.step(controls, STEP_S)
            self.think_ms.append(1000.0 * (time.perf_counter() - started))
            self.view.advance(self.world, STEP_S)
            self.recorder.step(self.world)
            if self._log is not None:
                self._log.step(self.world)
            app.audio.hear(self.world.events, self.world.player.position)
            self._feel(app)
        self._alpha = self._steps.share if self.world.state == "playing" else 1.0
        app.tension = self.view.hunted if self.world.state == "playing" else 0.0
        if self.world.state != "playing" and not self._ended:
            self._over_s += frame_s
            if self._over_s > _END_PAUSE_S:
                self._ended = True
                app.push(RoundEndScreen(app, self))

    def _feel(self, app: App) -> None:
        for event in self.world.events:
            if event.kind == "caught":
                app.hands.rumble(0.9, 0.5)
            elif event.kind in ("seen", "bridge_fall"):
                app.hands.rumble(0.35, 0.15)

    # ---- drawing ------------------------------------------------------------------------------------------------

    def draw(self, app: App, surface: pygame.Surface) -> None:
        started = time.perf_counter()
        best = app.settings.best(self.world.level.name, app.settings.difficulty)
        info = RoundInfo(number=self.number, best_s=best, hint=self._hint(app), pad=app.hands.pad_in_use)
        frame_s = self._frame_s if app.top is self else 0.0
        self.view.draw(surface, self.world, self._alpha, frame_s, info=info, mind=self._draw_mind if self.mind_of is not None else None)
        self.draw_ms.append(1000.0 * (time.perf_counter() - started))

    def _hint(self, app: App) -> str:
        if self.mind_of is not None:
            return "Tab: next hunter, then back to the game.   1-9 or a click chooses one."
        if not app.settings.hints or self.number > 1:
            return ""
        return next((words for start, end, words in _HINTS if start <= self.world.time_s < end), "")

    def _draw_mind(self, surface: pygame.Surface, camera: Camera) -> None:
        assert self.mind_of is not None
        hunter = self.world.hunters[self.mind_of]
        self._mind.draw(surface, camera, self.world.hunters, self.mind_of, self.view.time_s, at=between(hunter, self._alpha))

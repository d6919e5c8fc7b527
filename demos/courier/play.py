"""The day itself: fixed steps, drawing in between, the mind view, hints; before it a card with the day's news."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import pygame

from ..assets import colour
from ..fixed_steps import FixedSteps
from ..hunt.records import Controls
from ..input import Command
from ..screens.base import Round, Screen, dim, heading
from ..screens.panels import plate, ui_scale
from ..screens.text import typeface, wrapped
from .hud import HudInfo
from .mind import MindView
from .view import View
from .world import STEP_S, CourierWorld

if TYPE_CHECKING:
    from .app import CourierApp

__all__ = ["NewsScreen", "PlayScreen"]

_MOST_STEPS = 5
_END_PAUSE_S = 1.6
_HEARD_PX = 620.0
_SOUNDS = {"take": "parcel_take", "give": "parcel_give", "finish": "won", "barrier": "barrier", "jam": "lorry", "refused": "lost",
           "whistle": "whistle", "reroute": "reroute", "turn": "brakes", "go": "horn"}
_HINTS = ((0.2, 7.0, "Hold a direction to take the next turn. Follow the arrow: take the parcel, bring it, six stops."),
          (9.0, 15.0, "Space boosts past queues. Boosting through red costs the whole boost."),
          (17.0, 24.0, "E drops a barrier behind you; a click closes any road in view. Look at the violet route: where will Atlas come?"),
          (27.0, 33.0, "Q sends a lorry that blocks half the road. Both only hold for a while."),
          (36.0, 42.0, "Tab shows what a rival believes, and what is true."))


class NewsScreen(Screen):
    """The morning paper, over the town."""

    see_through = True

    def __init__(self, play: PlayScreen) -> None:
        self._play, self._time_s = play, 0.0

    def handle(self, app: CourierApp, command: Command) -> None:  # type: ignore[override]
        if command.name in ("accept", "click") and self._time_s > 0.25:
            app.audio.play("menu_pick")
            app.pop()
        elif command.name in ("back", "pause"):
            app.open_pause()
        elif command.name == "help":
            app.open_help()

    def update(self, app: CourierApp, frame_s: float) -> None:  # type: ignore[override]
        self._time_s += frame_s
        if app.hurried and self._time_s > 0.5:
            app.pop()

    def draw(self, app: CourierApp, surface: pygame.Surface) -> None:  # type: ignore[override]
        dim(surface, 110)
        width, height = surface.get_size()
        s = ui_scale(height)
        today, week = self._play.world.today, app.week
        sheet = pygame.Rect(0, 0, round(700 * s), round(560 * s))
        sheet.center = (width // 2, round(0.5 * height + (1.0 - min(1.0, 4 * self._time_s)) ** 2 * 200))
        surface.blit(plate(sheet.width, sheet.height, 250, 8, "ivory", "ivory_dim"), sheet)
        ink, soft = colour("ink"), colour("ink_soft")
        typeface(round(44 * s), True).write(surface, f"The {week.town.name} Post", (sheet.centerx, sheet.y + 16 * s), ink, align=0.5)
        y = sheet.y + 68 * s
        pygame.draw.line(surface, ink, (sheet.x + 24 * s, y), (sheet.right - 24 * s, y), 2)
        typeface(round(18 * s)).write(surface, f"{today.name}, day {today.number} of 5", (sheet.x + 28 * s, y + 5 * s), soft)
        score = "   ".join(f"{who} {points}" for who, points in week.points.items())
        typeface(round(18 * s)).write(surface, score, (sheet.right - 28 * s, y + 5 * s), soft, align=1.0)
        pygame.draw.line(surface, ink, (sheet.x + 24 * s, y + 30 * s), (sheet.right - 24 * s, y + 30 * s), 2)
        y += 44 * s
        bold = typeface(round(33 * s), True)
        for line in wrapped(bold, today.headline, sheet.width - 60 * s)[:2]:
            bold.write(surface, line, (sheet.centerx, y), ink, align=0.5)
            y += 38 * s
        font = typeface(round(21 * s))
        y += 6 * s
        for line in wrapped(font, today.story, sheet.width - 80 * s)[:3]:
            font.write(surface, line, (sheet.centerx, y), soft, align=0.5)
            y += 26 * s
        town_map = self._play.view.hud.map
        width = round(min(360 * s, (sheet.bottom - 62 * s - y - 10 * s) * town_map.town.size[0] / town_map.town.size[1]))
        box = pygame.Rect(0, 0, width, town_map.height_for(width))
        box.midtop = (sheet.centerx, round(y + 8 * s))
        town_map.ground(surface, box, 0.45)
        town_map.tour(surface, box, self._play.world, typeface(round(15 * s), True))
        pygame.draw.rect(surface, ink, box, width=2)
        words = "Enter: start your scooter"
        pulse = 0.5 + 0.5 * math.sin(4 * self._time_s)
        typeface(round(24 * s), True).write(surface, words, (sheet.centerx, sheet.bottom - 48 * s), colour("coral_dark" if pulse > 0.3 else "coral"), align=0.5)


class PlayScreen(Round):
    """One day.  `controls` stands in for the hands when given: a scripted player, a benchmark."""

    def __init__(self, app: CourierApp, world: CourierWorld, view: View, controls: Any = None) -> None:
        self.world, self.view = world, view
        self.mind_of: int | None = None
        """Number of the rival whose mind is shown, or None."""
        self.think_ms: deque[float] = deque(maxlen=600)
        self._controls = controls
        self._log = getattr(app.options, "log", None)
        self._mind = MindView(view.hud.map)
        self._steps = FixedSteps(STEP_S, _MOST_STEPS)
        self._over_s, self._frame_s = 0.0, STEP_S
        self._ended = False

    def handle(self, app: CourierApp, command: Command) -> None:  # type: ignore[override]
        name = command.name
        if name == "mind":
            self.mind_of = {None: 0, 0: 1, 1: None}[self.mind_of]
        elif name.startswith("hunter ") and self.mind_of is not None:
            which = name.removeprefix("hunter ")
            self.mind_of = 1 - self.mind_of if which in "+-" else {"1": 0, "2": 1}.get(which, self.mind_of)
        elif name == "click" and command.at is not None:
            self._click(app.to_canvas(command.at))
        else:
            super().handle(app, command)

    def _click(self, at: tuple[float, float]) -> None:
        """Close the road under the mouse."""
        found = self.world.road_at(self.view.camera.to_world(at))
        if found is not None:
            self.world.close_road(*found)

    def update(self, app: CourierApp, frame_s: float) -> None:  # type: ignore[override]
        """As many steps of 1/60 s as have come due; what cannot be caught up is let go."""
        self._frame_s = frame_s
        controls: Controls = app.hands.controls() if self._controls is None else self._controls.controls()
        for _ in self._steps.due(frame_s):
            started = time.perf_counter()
            self.world.step(controls, STEP_S)
            self.think_ms.append(1000.0 * (time.perf_counter() - started))
            self.view.advance(self.world, STEP_S)
            if self._log is not None:
                self._log.step(self.world)
            self._hear(app)
            if self._controls is not None:
                controls = self._controls.controls()
        app.tension = self._tension() if self.world.state == "playing" else 0.0
        if self.world.state != "playing" and not self._ended:
            self._over_s += frame_s
            if self._over_s > _END_PAUSE_S:
                self._ended = True
                app.end_day(self)

    def _tension(self) -> float:
        """How close the race is: a rival at the same stop or further."""
        best = max(car.done for car in self.world.rivals)
        return 0.2 if self.world.player.done > best + 1 else 0.55 if self.world.player.done > best else 1.0

    def _hear(self, app: CourierApp) -> None:
        ear = self.world.position(self.world.player)
        for event in self.world.events:
            near = 1.0 if event.who == "you" else max(0.0, 1.0 - math.dist(event.at, ear) / _HEARD_PX)
            if event.kind == "reroute":
                near = max(near, 0.35)
            app.audio.play(_SOUNDS.get(event.kind, ""), near, max(-0.7, min(0.7, (event.at[0] - ear[0]) / _HEARD_PX)))
            if event.kind in ("turn", "whistle") and event.who == "you":
                app.hands.rumble(0.4, 0.15)

    def draw(self, app: CourierApp, surface: pygame.Surface) -> None:  # type: ignore[override]
        info = HudInfo(hint=self._hint(app), pad=app.hands.pad_in_use)
        frame_s = self._frame_s if app.top is self else 0.0
        mind = None
        if self.mind_of is not None:
            number = self.mind_of

            def mind(target: pygame.Surface, camera: Any) -> None:
                rival = self.world.rivals[number]
                self._mind.draw(target, camera, self.world, number, self.view.place(self.world, rival), self.view.time_s)

        self.view.draw(surface, self.world, frame_s, hud=info, mind=mind)
        if self.world.state != "playing":
            heading(surface, "First!" if self.world.state == "won" else f"{self.world.standing()[0].who} was first", 0.36 * surface.get_height(), 84)

    def _hint(self, app: CourierApp) -> str:
        if self.mind_of is not None:
            return "Tab: the other rival, then back to the street."
        if not app.settings.hints or self.world.today.number > 1:
            return ""
        since = self.world.time_s - self.world.began_s
        return next((words for start, end, words in _HINTS if start <= since < end), "")

"""The screens of Safe Hands: menu, play, the card between rounds, the end of the match, help."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

import pygame

from ..assets import colour, picture
from ..fixed_steps import FixedSteps
from ..input import Command
from ..screens.base import Choice, Choices, Ending, Round, Screen, dim, heading
from ..screens.games import games_choice
from ..screens.page import help_page, key_lines, title_page
from ..screens.panels import plate, ui_scale
from ..screens.text import typeface, wrapped
from .difficulty import DIFFICULTIES
from .frame import scaled
from .hud import MatchInfo
from .records import KINDS, Controls
from .scoring import tale_of
from .stages import STAGES
from .truth import STEP_S
from .view import View
from .world import KeeperWorld

if TYPE_CHECKING:
    from .app import KeeperApp

__all__ = ["CardScreen", "KeeperHelp", "KeeperMenu", "MatchEnd", "PlayScreen"]

_MOST_STEPS = 5
_AFTER_S = 0.9
_HINTS = ((0.3, 6.5, "Aim with the mouse or the arrows.  Hold the button or Space for power, let go to throw."),
          (7.0, 14.0, "The ball must touch the keeper's ground before the keeper touches the ball."),
          (15.0, 22.0, "1 throws, 2 kicks, 3 rolls.  Off the ramp, the step or the wall counts more."),
          (23.0, 30.0, "The threads are what it imagines.  Tab hides them."))


class PlayScreen(Round):
    """One match.  `thrower` stands in for the hands when given."""

    def __init__(self, app: KeeperApp, world: KeeperWorld, view: View, thrower: Any = None) -> None:
        self.world, self.view = world, view
        self.mind = True
        self.think_ms: deque[float] = deque(maxlen=600)
        self._thrower = thrower
        self._log = getattr(app.options, "log", None)
        self._kind: str | None = None
        self._mouse: tuple[float, float] | None = None
        self._steps = FixedSteps(STEP_S, _MOST_STEPS)
        self._alpha, self._frame_s = 1.0, STEP_S
        self._over_s = 0.0
        self._carded = False
        self._armed = False
        """The button that led here has been let go: it is not meant to throw."""

    # ---- input --------------------------------------------------------------------------------------------------

    def handle(self, app: KeeperApp, command: Command) -> None:
        name = command.name
        if name == "mind":
            self.mind = not self.mind
        elif name.startswith("hunter "):
            self._choose(name.removeprefix("hunter "))
        elif name == "point":
            self._mouse = command.at
        else:
            super().handle(app, command)

    def _choose(self, which: str) -> None:
        at = KINDS.index(self.world.kind)
        if which in "+-":
            self._kind = KINDS[(at + (1 if which == "+" else -1)) % len(KINDS)]
        elif which.isdigit() and 1 <= int(which) <= len(KINDS):
            self._kind = KINDS[int(which) - 1]

    def _controls(self, app: KeeperApp) -> Controls:
        if self._thrower is not None:
            return Controls() if self.world.state != "aiming" else self._thrower.controls()
        held = app.hands.controls()
        mouse, pressed = app.hands.pointing
        turn = held.move[1] if abs(held.move[1]) > 0.2 else 0.0
        point = None
        if turn != 0.0:
            self._mouse = None  # keys aim until the mouse moves again
        elif self._mouse is not None:
            point = self.view.frame.to_world(app.to_canvas(mouse))
        kind = self._kind
        if self.world.state != "flying":
            self._kind = None
        hold = held.dash or pressed
        self._armed = self._armed or not hold
        return Controls(turn=turn, point=point, hold=hold and self._armed, kind=kind)

    # ---- time ---------------------------------------------------------------------------------------------------

    def update(self, app: KeeperApp, frame_s: float) -> None:
        """As many steps of 1/60 s as have come due; what cannot be caught up is let go."""
        self._frame_s = frame_s
        if self.world.state in ("between", "done"):
            self._over_s += frame_s
            self.view.advance(self.world)
            if self._over_s > _AFTER_S and not self._carded:
                self._carded = True
                app.push(CardScreen(self) if self.world.state == "between" else MatchEnd(app, self))
            return
        for _ in self._steps.due(frame_s):
            controls = self._controls(app)
            started = time.perf_counter()
            self.world.step(controls)
            self.think_ms.append(1000.0 * (time.perf_counter() - started))
            self.view.advance(self.world)
            if self._log is not None:
                self._log.step(self.world)
            app.hear(self.world)
        self._alpha = self._steps.share
        app.tension = 1.0 if self.world.state == "flying" else 0.25

    def go_on(self, app: KeeperApp) -> None:
        """To the next stage."""
        self.world.next_round()
        self._over_s, self._carded, self._steps.left_s, self._armed = 0.0, False, 0.0, False

    # ---- drawing ------------------------------------------------------------------------------------------------

    def draw(self, app: KeeperApp, surface: pygame.Surface) -> None:
        info = MatchInfo(best=app.best, hint=self._hint(app), pad=app.hands.pad_in_use, mind=self.mind)
        shows = app.top is self
        if not shows:  # what is held when play goes on was pressed for something else
            self._armed = False
            self.world.lower()
        self.view.draw(surface, self.world, self._alpha, self._frame_s if shows else 0.0, info=info, mind=self.mind)

    def _hint(self, app: KeeperApp) -> str:
        if not app.settings.hints or self.world.round > 0:
            return ""
        return next((words for start, end, words in _HINTS if start <= self.world.time_s < end and self.world.state != "flying"), "")


class CardScreen(Screen):
    """Between two rounds: how it went, and where one goes next."""

    see_through = True

    def __init__(self, play: PlayScreen) -> None:
        self.play = play
        self._time_s = 0.0
        self.tale = tale_of(play.world, play.world.round)
        self.next = STAGES[play.world.stages[play.world.round + 1]]

    def handle(self, app: KeeperApp, command: Command) -> None:
        if command.name in ("accept", "click") and self._time_s > 0.35:
            app.audio.play("menu_pick")
            app.pop()
            self.play.go_on(app)
        elif command.name in ("back", "pause"):
            app.open_pause()

    def update(self, app: KeeperApp, frame_s: float) -> None:
        self._time_s += frame_s

    def draw(self, app: KeeperApp, surface: pygame.Surface) -> None:
        dim(surface, round(min(150.0, 600.0 * self._time_s)))
        width, height = surface.get_size()
        s = ui_scale(height)
        heading(surface, self.next.title, 0.30 * height, 84)
        box = plate(round(760 * s), round(196 * s), 228, 18)
        x, y = round(width / 2 - box.get_width() / 2), round(0.30 * height + 128 * s)
        surface.blit(box, (x, y))
        bold, font = typeface(round(25 * s), True), typeface(round(20 * s))
        bold.write(surface, self.next.words, (width / 2, y + 20 * s), colour("ember"), align=0.5)
        font.write(surface, "The keeper knows only what it saw so far, and nobody tells it what changed.", (width / 2, y + 58 * s), colour("ivory"), align=0.5)
        font.write(surface, f"{self.tale.title}: {self.tale.words}.", (width / 2, y + 98 * s), colour("ivory_dim"), align=0.5)
        if self._time_s % 1.2 < 0.85:
            bold.write(surface, "Enter, Space or click", (width / 2, y + 144 * s), colour("coral_light"), align=0.5)


class MatchEnd(Ending):
    """The end of the match: points, rounds, what it learned."""

    deaf_s, deaf_to = 0.5, ("accept", "click")

    def __init__(self, app: KeeperApp, play: PlayScreen) -> None:
        self.play = play
        self.new_best = app.note_match(play.world)
        self.tales = [tale_of(play.world, number) for number in range(play.world.rounds)]
        super().__init__([Choice(lambda: "Again", app.restart), Choice(lambda: "Menu", app.to_menu)])

    def draw(self, app: KeeperApp, surface: pygame.Surface) -> None:
        dim(surface, round(min(170.0, 600.0 * self._time_s + 30)))
        width, height = surface.get_size()
        s = ui_scale(height)
        world = self.play.world
        goals, saved = world.count("goal"), world.count("saved")
        heading(surface, "Past it!" if goals > saved else "Safe hands", 0.05 * height, 80)
        panel = pygame.Rect(0, 0, round(900 * s), round(472 * s))
        panel.midtop = (width // 2, round(0.21 * height))
        surface.blit(plate(panel.width, panel.height, 232, 20), panel)
        bold, font = typeface(round(40 * s), True), typeface(round(21 * s))
        bold.write(surface, f"{world.score} points", (panel.centerx, panel.y + 22 * s), colour("gold"), align=0.5)
        words = f"{goals} past it, {saved} saved" + ("   ·   new best!" if self.new_best else f"   ·   best {app.best}" if app.best else "")
        font.write(surface, words, (panel.centerx, panel.y + 76 * s), colour("ivory"), align=0.5)
        y = panel.y + 124 * s
        for tale in self.tales:
            typeface(round(22 * s), True).write(surface, tale.title, (panel.x + 60 * s, y), colour("sand_light"))
            font.write(surface, tale.words, (panel.x + 250 * s, y + s), colour("ivory"))
            font.write(surface, f"{tale.points}", (panel.right - 50 * s, y + s), colour("gold" if tale.points else "ivory_dim"), align=1.0)
            y += 34 * s
        self._choices.draw(surface, panel.centerx, panel.bottom - 152 * s, self._time_s, size=30, width=330)


class KeeperMenu(Screen):
    """The title over the quay, where the keeper waits."""

    def __init__(self, app: KeeperApp) -> None:
        settings = app.settings

        def turn(step: int) -> None:
            names = list(DIFFICULTIES)
            settings.difficulty = names[(names.index(app.difficulty) + step) % len(names)]
            self._choices.choices[1].note = DIFFICULTIES[app.difficulty].words

        self._choices = Choices([
            Choice(lambda: "Play", app.start_match),
            Choice(lambda: f"Keeper: {app.difficulty}", change=turn, note=DIFFICULTIES[app.difficulty].words),
            Choice(lambda: "How to play", app.open_help), Choice(lambda: "Settings", app.open_settings),
            *games_choice(app), Choice(lambda: "Quit", app.quit),
        ])
        self._time_s = 0.0

    def handle(self, app: KeeperApp, command: Command) -> None:
        if not self._choices.handle(app, command):
            if command.name == "back":
                self._choices.marked = len(self._choices.choices) - 1
            elif command.name == "help":
                app.open_help()

    def update(self, app: KeeperApp, frame_s: float) -> None:
        self._time_s += frame_s

    def draw(self, app: KeeperApp, surface: pygame.Surface) -> None:
        app.draw_backdrop(surface, self._time_s)
        if app.top is not self:
            return
        footer = "arrows and Enter, mouse or gamepad   ·   M mute   ·   F11 full screen" + (f"   ·   best {app.best}" if app.best else "")
        title_page(surface, app.title, "Throw balls past a keeper that learns how they fly.", self._choices, footer, self._time_s, top=0.315)


_AIM = ("Get the ball onto the keeper's ground before it catches it.  It starts without any idea of how a ball falls; it learns from every "
        "ball it sees, and then it hardly misses.  So throw what it has not seen.")
_KEYS = ((("Mouse",), "aim; hold the button for power, let go"), (("Up", "Down"), "or W S: aim"), (("Space",), "hold for power, let go"),
         (("1", "2", "3"), "throw, kick, roll"), (("Tab",), "what it imagines"), (("Esc",), "or P: pause"), (("R",), "start again"),
         (("F12",), "picture"), (("F9",), "save the last seconds as a GIF"), (("M",), "mute"), (("F11",), "full screen"))
_SIGNS = (("icons/throw", "Past the keeper: 100 points."), ("icons/roll", "Off a step, ramp, board or the wall: 50 more."),
          ("icons/keeper", "While it was sure of the catch: 50 more."), ("icons/eye", "It sees where the ball is. That is all."),
          ("things/ball", "Six balls a place, five places, one memory."))


class KeeperHelp(Screen):
    """The aim, the keys, the points."""

    see_through = True

    def __init__(self) -> None:
        self._time_s = 0.0

    def handle(self, app: KeeperApp, command: Command) -> None:
        if command.name in ("back", "accept", "help", "pause", "click"):
            app.pop()

    def update(self, app: KeeperApp, frame_s: float) -> None:
        self._time_s += frame_s

    def draw(self, app: KeeperApp, surface: pygame.Surface) -> None:
        panel = help_page(surface)
        s = ui_scale(surface.get_height())
        font, bold = typeface(round(20 * s)), typeface(round(22 * s), True)
        x, y = panel.x + 28 * s, panel.y + 20 * s
        for line in wrapped(bold, _AIM, panel.width - 170 * s)[:3]:
            bold.write(surface, line, (x, y), colour("ivory"))
            y += 26 * s
        figure = scaled("actors/keeper", 0.62 * s, "", ((2 + int(9 * self._time_s) % 6) * 128, 0, 128, 152))
        surface.blit(figure, figure.get_rect(topright=(panel.right - round(24 * s), panel.y + round(2 * s))))
        y = panel.y + 112 * s
        key_lines(surface, _KEYS, x, y, s, cap=25, indent=96, row=35)
        y = panel.y + 118 * s
        for name, words in _SIGNS:
            sprite = picture(name)
            scale = 40 * s / max(sprite.get_size())
            icon = pygame.transform.smoothscale(sprite, (round(sprite.get_width() * scale), round(sprite.get_height() * scale)))
            surface.blit(icon, icon.get_rect(center=(round(panel.x + 632 * s), round(y + 16 * s))))
            font.write(surface, words, (panel.x + 668 * s, y + 5 * s), colour("ivory"))
            y += 56 * s
        words = "Gamepad: stick aims, hold A for power, shoulder buttons change the throw, Y mind, Start pause"
        font.write(surface, words, (panel.centerx, panel.bottom - 36 * s), colour("ember"), align=0.5)
        font.write(surface, "Esc or Enter closes", (panel.centerx, panel.bottom + 10 * s), colour("ivory_dim"), align=0.5)

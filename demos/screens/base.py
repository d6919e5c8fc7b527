"""What a screen is, and the list of choices that menus share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pygame

from ..assets import colour
from ..input import Command
from .panels import ui_scale
from .text import typeface

if TYPE_CHECKING:
    from ..shell import Shell

__all__ = ["Cards", "Choice", "Choices", "Ending", "Round", "Screen", "dim", "heading"]


class Screen:
    """One screen of the game.  The topmost gets commands; those it lets shine through are drawn below it."""

    see_through = False
    is_round = False
    """Play goes on here: it is paused when the window or the gamepad is lost."""

    def handle(self, app: Shell, command: Command) -> None:
        """Someone asked for something."""

    def update(self, app: Shell, frame_s: float) -> None:
        """A frame has passed."""

    def draw(self, app: Shell, surface: pygame.Surface) -> None:
        """Paint on `surface`, whose size may change from frame to frame."""


@dataclass(slots=True)
class Choice:
    """A line of a menu.  `change` is called with −1 or 1 by left and right; a choice without `accept` only changes."""

    label: Callable[[], str]
    accept: Callable[[], None] | None = None
    change: Callable[[int], None] | None = None
    note: str = ""


class Choices:
    """A column of choices with one of them marked, for keys, gamepad and mouse."""

    def __init__(self, choices: list[Choice]) -> None:
        self.choices = choices
        self.marked = 0
        self._boxes: list[pygame.Rect] = []

    def handle(self, app: Shell, command: Command) -> bool:
        """True when the command was for the list."""
        if command.name in ("up", "down"):
            self._mark(app, (self.marked + (1 if command.name == "down" else -1)) % len(self.choices))
            return True
        if command.name in ("point", "click") and command.at is not None:
            at = app.to_canvas(command.at)
            for k, box in enumerate(self._boxes):
                if box.collidepoint(at):
                    self._mark(app, k)
                    if command.name == "click":
                        self._pick(app, 1 if at[0] >= box.centerx else -1)
                    return True
            return False
        choice = self.choices[self.marked]
        if command.name in ("left", "right") and choice.change is not None:
            app.audio.play("menu_move")
            choice.change(1 if command.name == "right" else -1)
            return True
        if command.name == "accept":
            self._pick(app, 1)
            return True
        return False

    def _mark(self, app: Shell, index: int) -> None:
        if index != self.marked:
            app.audio.play("menu_move")
        self.marked = index

    def _pick(self, app: Shell, step: int) -> None:
        choice = self.choices[self.marked]
        app.audio.play("menu_pick")
        if choice.accept is not None:
            choice.accept()
        elif choice.change is not None:
            choice.change(step)

    def draw(self, surface: pygame.Surface, x: float, y: float, time_s: float, *, align: float = 0.5, size: int = 34, width: int = 380) -> float:
        """Paint the column with its middle (or left edge) at x from y downwards; returns where it ends."""
        s = ui_scale(surface.get_height())
        font, small = typeface(round(size * s), True), typeface(round(17 * s))
        self._boxes = []
        for k, choice in enumerate(self.choices):
            marked = k == self.marked
            row = round((size + 20) * s)
            box = pygame.Rect(0, 0, round(width * s), row)
            box.topleft = (round(x - align * box.width), round(y))
            self._boxes.append(box)
            if marked:
                glow = pygame.Surface(box.size, pygame.SRCALPHA)
                pygame.draw.rect(glow, (*colour("coral"), 235), glow.get_rect(), border_radius=round(14 * s))
                surface.blit(glow, box)
                if choice.change is not None:
                    self._chevrons(surface, box, s, time_s)
            label = choice.label()
            at = (box.centerx, y + 8 * s) if align == 0.5 else (box.left + 22 * s, y + 8 * s)
            font.write(surface, label, at, colour("ink" if marked else "ivory"), align=align, shadow=None if marked else colour("ink"))
            y += row
            if marked and choice.note:
                small.write(surface, choice.note, (box.centerx if align == 0.5 else box.left + 24 * s, y + 2 * s), colour("ivory"), align=align, shadow=colour("ink"))
                y += 20 * s
            y += 5 * s
        return y

    def _chevrons(self, surface: pygame.Surface, box: pygame.Rect, s: float, time_s: float) -> None:
        nudge = 2 * s * math.sin(6 * time_s)
        for side in (-1, 1):
            tip = (box.centerx + side * (box.width / 2 - 14 * s + nudge), box.centery)
            pygame.draw.polygon(surface, colour("ink"), [tip, (tip[0] - side * 9 * s, tip[1] - 8 * s), (tip[0] - side * 9 * s, tip[1] + 8 * s)])


class Round(Screen):
    """Play goes on here."""

    is_round = True

    def handle(self, app: Any, command: Command) -> None:
        """Pause, begin again, help: the same in every game."""
        if command.name in ("back", "pause"):
            app.open_pause()
        elif command.name == "restart":
            app.restart()
        elif command.name == "help":
            app.open_help()


class Cards(Screen):
    """Cards in rows of `columns`, one of them marked, for keys, gamepad and mouse.  Who draws them says where in `_boxes`."""

    columns = 3

    def __init__(self, count: int, marked: int = 0) -> None:
        self._count, self._marked = count, marked
        self._boxes: list[pygame.Rect] = []
        self._time_s = 0.0

    def handle(self, app: Shell, command: Command) -> None:
        moves = {"left": -1, "right": 1, "up": -self.columns, "down": self.columns}
        if command.name in moves:
            self._marked = (self._marked + moves[command.name]) % self._count
            app.audio.play("menu_move")
        elif command.name in ("point", "click") and command.at is not None:
            for k, box in enumerate(self._boxes):
                if box.collidepoint(app.to_canvas(command.at)):
                    self._marked = k
                    if command.name == "click":
                        self._take(app)
        elif command.name == "accept":
            self._take(app)
        elif command.name == "back":
            app.pop()

    def _take(self, app: Shell) -> None:
        app.audio.play("menu_pick")
        self.pick(app)

    def pick(self, app: Shell) -> None:
        """The marked card was chosen."""

    def update(self, app: Shell, frame_s: float) -> None:
        self._time_s += frame_s


class Ending(Screen):
    """How a round went, over what is left of it, and what to do next."""

    see_through = True
    deaf_s = 0.35
    """A thumb may still be on the key that ended the round."""
    deaf_to = ("accept",)

    def __init__(self, choices: list[Choice]) -> None:
        self._choices = Choices(choices)
        self._time_s = 0.0

    def handle(self, app: Any, command: Command) -> None:
        if self._time_s < self.deaf_s and command.name in self.deaf_to:
            return
        if self._choices.handle(app, command):
            return
        if command.name == "back":
            app.to_menu()
        elif command.name == "restart":
            app.restart()

    def update(self, app: Any, frame_s: float) -> None:
        self._time_s += frame_s


def dim(surface: pygame.Surface, opacity: int = 150) -> None:
    """Lay dusk over what is below."""
    veil = pygame.Surface(surface.get_size())
    veil.fill(colour("ink"))
    veil.set_alpha(opacity)
    surface.blit(veil, (0, 0))


def heading(surface: pygame.Surface, text: str, y: float, size: int = 64) -> None:
    """Large words in the middle, in the game's two colours."""
    s = ui_scale(surface.get_height())
    font = typeface(round(size * s), True)
    middle = surface.get_width() / 2
    for dx, dy in ((-3, 0), (3, 0), (0, -3), (0, 6), (-2, 3), (2, 3)):
        font.write(surface, text, (middle + dx * s, y + dy * s), colour("ink"), align=0.5)
    font.write(surface, text, (middle, y + 2 * s), colour("coral_dark"), align=0.5)
    font.write(surface, text, (middle, y), colour("ivory"), align=0.5)

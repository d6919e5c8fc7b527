"""The panel beside the mind view: weights, believed surfaces, surprise, and the sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pygame

from npc_world.adapters.pygame.lettering import Lettering
from npc_world.adapters.pygame.palette import Colour, MindPalette, mixed

__all__ = ["Panel", "draw_panel"]

_PAD = 14
_SURPRISE_END = 6.0
_JUDGED = 20
"""Forecasts judged from which on the shares say something."""
_SENTENCES = 4
_FULL_SCALE = 1.5
"""Speed factor and grip at the right end of their bars."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel as it was written: its ground and, over it, its rows; `size` of it is filled."""

    plate: pygame.Surface
    rows: pygame.Surface
    size: tuple[int, int]

    def blit(self, surface: pygame.Surface, corner: tuple[int, int]) -> pygame.Rect:
        """Put it with its top left corner there, and return what it takes."""
        taken = pygame.Rect(corner, self.size)
        surface.blit(self.plate, taken)
        surface.blit(self.rows, taken, (0, 0, *self.size))
        return taken


def draw_panel(npc: Any, rect: pygame.Rect, truth: Any, lettering: Lettering, palette: MindPalette,
               colour_of: Callable[[str], Colour], instead_of: Panel | None = None) -> Panel:
    """The panel for the top of `rect`: no larger than `rect`, no higher than its rows.

    What does not fit is left out from the end: surfaces, then the unlikeliest hypotheses.
    instead_of: one that is not needed any more: it is written on, for fresh surfaces cost more than what is on them.
    """
    if instead_of is not None and instead_of.rows.get_size() == rect.size:
        layer = instead_of.rows
        layer.fill((0, 0, 0, 0))
    else:
        layer = pygame.Surface(rect.size, pygame.SRCALPHA)
    pen = _Pen(layer, layer.get_rect().inflate(-2 * _PAD, -2 * _PAD), lettering, palette)
    pen.title(npc)
    pen.sentence(npc.explain())
    forecast = npc.forecast  # the weights it planned with; between forecasts, those its model holds
    held = list(npc.weights.items()) if forecast is None else list(zip(forecast.labels, forecast.weights.tolist(), strict=True))
    together: dict[str, float] = {}
    for label, weight in held:  # futures that read the same are one row
        together[label] = together.get(label, 0.0) + weight
    held = list(together.items())
    pen.weights(sorted(held, key=lambda item: -item[1]), colour_of, len(walkable(npc)))
    pen.surprise(float(npc.surprise))
    pen.calibration(npc)
    pen.learned(npc)
    found = getattr(npc, "ground_surprise", None)
    pen.surfaces(walkable(npc), truth or {}, None if found is None else found.surface)
    size = rect.width, min(rect.height, pen.y + _PAD - 4)
    same = instead_of is not None and instead_of.size == size
    return Panel(instead_of.plate if same and instead_of is not None else _plate(size, palette), layer, size)


def walkable(npc: Any) -> dict[str, Any]:
    """What it believes of the surfaces that a body can stand on somewhere: walls and deadly ground need no opinion."""
    ground = getattr(npc, "ground", None)
    if ground is None:
        return dict(npc.surfaces)
    kept = _PRESENT.get(ground)
    if kept is None or kept[0] != ground.version:  # all cells are looked at: once for each state of the ground
        open_cells = ground.surface[(ground.solid == 0) & ~ground.hazard]
        kept = _PRESENT[ground] = ground.version, frozenset(ground.surfaces[i] for i in np.unique(open_cells))
    return {name: belief for name, belief in npc.surfaces.items() if name in kept[1]}


_PRESENT: WeakKeyDictionary[Any, tuple[int, frozenset[str]]] = WeakKeyDictionary()
"""By ground: its version, and the surfaces a body could stand on then."""


def _plate(size: tuple[int, int], palette: MindPalette) -> pygame.Surface:
    """The translucent rounded ground of the panel."""
    plate = pygame.Surface(size, pygame.SRCALPHA)
    pygame.draw.rect(plate, (*palette.shade, round(255 * palette.panel_opacity)), plate.get_rect(), border_radius=12)
    pygame.draw.rect(plate, (*palette.track, 255), plate.get_rect(), width=1, border_radius=12)
    return plate


class _Pen:
    """Writes downwards in an area, row by row."""

    def __init__(self, surface: pygame.Surface, area: pygame.Rect, lettering: Lettering, palette: MindPalette) -> None:
        self.surface, self.area, self.lettering, self.palette = surface, area, lettering, palette
        self.y = area.top
        self.row = lettering.height + 6

    def room(self, rows: float) -> bool:
        return self.y + rows * self.row <= self.area.bottom

    def write(self, text: str, x: int, colour: Colour, right: bool = False) -> None:
        words = self.lettering.text(text, colour)
        self.surface.blit(words, (x - words.get_width() if right else x, self.y))

    def heading(self, text: str) -> None:
        self.y += 7
        self.write(text, self.area.left, self.palette.faint)
        self.y += self.row - 2

    def title(self, npc: Any) -> None:
        """Name on the left, what it is doing and for how long on the right."""
        plan = npc.plan
        doing = "nothing yet" if plan is None else plan.behaviour
        if plan is not None and math.isfinite(plan.eta_s) and plan.eta_s > 0.0:
            doing += f"  {plan.eta_s:.1f} s"
        self.write(doing, self.area.right, self.palette.faint, right=True)
        room = self.area.w - self.lettering.width(doing) - 12
        self.write(self.lettering.shortened(str(npc.name), room), self.area.left, self.palette.ink)
        self.y += self.row
        pygame.draw.line(self.surface, self.palette.track, (self.area.left, self.y - 2), (self.area.right, self.y - 2))

    def sentence(self, text: str) -> None:
        """What it says of itself, with a bar beside it."""
        lines = self.lettering.wrapped(text, self.area.w - 12)
        step = self.lettering.height + 2
        self.y += 6
        pygame.draw.rect(self.surface, self.palette.doubt, (self.area.left, self.y - 1, 3, len(lines) * step), border_radius=1)
        for line in lines:
            self.write(line, self.area.left + 11, self.palette.ink)
            self.y += step

    def weights(self, weights: list[tuple[str, float]], colour_of: Callable[[str], Colour], surfaces_below: int) -> None:
        """One bar per hypothesis, likeliest first, as many as leave room for the rows below."""
        if not weights or not self.room(2):
            return
        self.heading("what you will do")
        below = 2.5 + min(surfaces_below, 4) + (1 if surfaces_below else 0)
        for count, (label, weight) in enumerate(weights):
            if not self.room(1) or (count >= 2 and not self.room(1 + below)) or (count >= 1 and weight < 0.005):
                break
            bar = pygame.Rect(self.area.left, self.y - 2, self.area.w, self.row - 2)
            colour = colour_of(label)
            pygame.draw.rect(self.surface, self.palette.track, bar, border_radius=5)
            filled = bar.copy()
            filled.width = max(4, round(bar.w * min(1.0, weight)))
            pygame.draw.rect(self.surface, mixed(self.palette.shade, colour, 0.62), filled, border_radius=5)
            pygame.draw.rect(self.surface, colour, (bar.left, bar.top, 4, bar.h), border_radius=2)
            percent = f"{100 * weight:.0f} %"
            self.write(percent, bar.right - 7, self.palette.ink, right=True)
            self.write(self.lettering.shortened(label, bar.w - self.lettering.width(percent) - 30), bar.left + 11, self.palette.ink)
            self.y += self.row

    def surprise(self, value: float) -> None:
        """A gauge: 1 is as expected, from 3 on the model does not fit."""
        if not self.room(2) or not math.isfinite(value):
            return
        palette = self.palette
        says, colour = (("as expected", palette.good) if value < 1.8 else ("unsure of you", palette.doubt) if value < 3.0
                        else ("you do not fit its model", palette.bad))
        self.heading("surprise")
        self.y -= self.row - 2
        self.write(f"{says}  {value:.1f}", self.area.right, colour, right=True)
        self.y += self.row - 2
        bar = pygame.Rect(self.area.left, self.y, self.area.w, 7)
        pygame.draw.rect(self.surface, palette.track, bar, border_radius=3)
        filled = bar.copy()
        filled.width = max(4, round(bar.w * min(1.0, value / _SURPRISE_END)))
        pygame.draw.rect(self.surface, colour, filled, border_radius=3)
        for mark in (1.0, 3.0):
            x = bar.left + round(bar.w * mark / _SURPRISE_END)
            pygame.draw.line(self.surface, palette.faint, (x, bar.top - 2), (x, bar.bottom + 1))
        self.y += 13

    def calibration(self, npc: Any) -> None:
        """Whether its regions held in the last minute."""
        half, most, count = getattr(npc, "calibration", (math.nan, math.nan, 0))
        if count < _JUDGED or not self.room(1):
            return
        off = max(abs(half - 0.5), abs(most - 0.9))
        colour = self.palette.good if off < 0.08 else self.palette.doubt if off < 0.2 else self.palette.bad
        said = f"my 90 % regions held {100 * most:.0f} % of the time"
        self.write(self.lettering.shortened(said, self.area.w), self.area.left, colour)
        self.y += self.row - 2

    def learned(self, npc: Any) -> None:
        """What it has learned of you, as far as it fits."""
        sentences = npc.learned()[:_SENTENCES] if hasattr(npc, "learned") else []
        if not sentences or not self.room(2):
            return
        self.heading("what I have learned of you")
        for sentence in sentences:
            if not self.room(1):
                break
            self.write(self.lettering.shortened(sentence, self.area.w), self.area.left, self.palette.ink)
            self.y += self.row - 4
        self.y += 4

    def surfaces(self, believed: Any, truth: Any, surprising: str | None = None) -> None:
        """Speed and grip of each surface as the NPC believes them, ± one deviation, with the truth as a tick when given.

        A surface that has just turned out to be other than believed stands first, in the colour of what is wrong.
        """
        if not believed or not self.room(2):
            return
        third = self.area.w // 3
        self.heading("the ground")
        self.y -= self.row - 2
        for column, name in enumerate(("speed", "grip"), start=1):
            self.write(name, self.area.left + column * third + 6, self.palette.faint)
        self.y += self.row - 2
        for name, surface in sorted(believed.items(), key=lambda item: item[0] != surprising):
            if not self.room(1):
                break
            self.write(self.lettering.shortened(str(name), third - 6), self.area.left, self.palette.bad if name == surprising else self.palette.ink)
            real = truth.get(name)
            for column, field in enumerate(("speed_factor", "grip"), start=1):
                box = pygame.Rect(self.area.left + column * third + 6, self.y + self.lettering.height // 2 - 3, third - 8, 6)
                actual = None if real is None else float(getattr(real, field))
                self._belief(box, float(getattr(surface, field)), float(getattr(surface, f"{field}_sd")), actual)
            self.y += self.row

    def _belief(self, box: pygame.Rect, value: float, deviation: float, actual: float | None) -> None:
        palette = self.palette

        def place(amount: float) -> int:
            return box.left + round(box.w * min(1.0, max(0.0, amount / _FULL_SCALE)))

        pygame.draw.rect(self.surface, palette.track, box, border_radius=3)
        low, high = place(value - deviation), place(value + deviation)
        sure = mixed(palette.doubt, palette.good, 1.0 - deviation / 0.25)
        pygame.draw.rect(self.surface, mixed(palette.track, sure, 0.55), (low, box.top, max(2, high - low), box.h), border_radius=3)
        pygame.draw.line(self.surface, sure, (place(value), box.top - 3), (place(value), box.bottom + 2), 3)
        if actual is not None:
            x = place(actual)
            pygame.draw.polygon(self.surface, palette.truth, [(x, box.bottom + 1), (x - 4, box.bottom + 6), (x + 4, box.bottom + 6)])

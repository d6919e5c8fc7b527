"""The mind of one hunter, laid over the game: the adapter's mind view in the game's typeface, beside what is true."""

from __future__ import annotations

import math
from typing import Any

import pygame

from npc_world.adapters.pygame.mind_view import MindView

from ..assets import colour
from ..hunt.camera import ART_ZOOM, Camera
from ..hunt.physics import FOOTINGS
from .panels import ui_scale
from .text import typeface

__all__ = ["MindLayer"]


class MindLayer:
    """Keeps the mind view of one letter size."""

    def __init__(self) -> None:
        self._view: tuple[int, MindView] | None = None

    def prepare(self, size_px: tuple[int, int]) -> MindView:
        """The mind view for a surface of that size: made before play, as it would hold up the frame that opens it."""
        size = round(18 * ui_scale(size_px[1]))
        if self._view is None or self._view[0] != size:
            self._view = (size, MindView(typeface(size)))  # type: ignore[arg-type]
            self._view[1].prepare(size_px)
        return self._view[1]

    def draw(self, surface: pygame.Surface, camera: Camera, hunters: list[Any], number: int, time_s: float, *, panel: bool = True, at: Any = None) -> None:
        """Draw what hunters[number] thinks; at: where it is drawn this frame, world px."""
        hunter = hunters[number]
        here = hunter.position if at is None else at
        s, view = ui_scale(surface.get_height()), self.prepare(surface.get_size())
        width, height = surface.get_size()
        room = pygame.Rect(width - round(372 * s), round(16 * s), round(356 * s), height - round(90 * s))
        hud = [pygame.Rect(0, 0, round(290 * s), round(92 * s)), pygame.Rect(0, height - round(110 * s), round(200 * s), round(110 * s)),
               pygame.Rect(width // 2 - round(140 * s), 0, round(280 * s), round(150 * s)), pygame.Rect(0, height - round(56 * s), width, round(56 * s))]
        view.draw(surface, hunter.npc, camera.offset_px, ART_ZOOM, at=here, keep_clear=[*hud, room] if panel else hud)
        self._mark(surface, camera.to_screen(here), hunter.colour_index, s, time_s)
        if panel:
            truth = {name: FOOTINGS[name.partition("_")[0]] for name in hunter.npc.surfaces if name.partition("_")[0] in FOOTINGS}
            taken = view.panel(surface, hunter.npc, room, truth, time_s=time_s)
            words = f"{number + 1} of {len(hunters)}"
            typeface(round(18 * s), True).write(surface, words, (taken.right - 6 * s, taken.bottom + 4 * s), colour(f"hunters/{hunter.colour_index}"), align=1.0, shadow=colour("ink"))

    def _mark(self, surface: pygame.Surface, at: tuple[float, float], colour_index: int, s: float, time_s: float) -> None:
        """A bracket round the hunter whose mind is open."""
        reach = (30 + 2 * math.sin(6 * time_s)) * s
        for sx in (-1, 1):
            for sy in (-1, 1):
                corner = (at[0] + sx * reach, at[1] - 14 * s + sy * reach)
                points = [(corner[0] - sx * 10, corner[1]), corner, (corner[0], corner[1] - sy * 10)]
                pygame.draw.lines(surface, colour("ink"), False, points, 6)
                pygame.draw.lines(surface, colour(f"hunters/{colour_index}"), False, points, 3)

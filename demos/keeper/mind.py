"""The keeper's mind over the stage: the fan of balls it imagines, its hypotheses, where it means to be, and when."""

from __future__ import annotations

import numpy as np
import pygame

from npc_world.agents.catcher import Thought

from ..assets import colour
from ..screens.text import typeface
from .frame import Frame
from .stages import COURT_PX, GROUND_PX
from .world import KeeperWorld

__all__ = ["Fan"]

_DRAWN = 56
"""Imagined balls that are drawn."""
_TINTS = ("danger", "ember", "teal", "hunters/1", "hunters/2", "good")


class Fan:
    """Painted anew for each thought, some ten times a second, and laid over every frame."""

    def __init__(self) -> None:
        self._painted: tuple[Thought, tuple[int, int]] | None = None
        self._layer: pygame.Surface | None = None
        self._corner = (0, 0)

    def draw(self, surface: pygame.Surface, frame: Frame, world: KeeperWorld) -> None:
        thought = world.catcher.thought
        if thought is None or world.state != "flying":
            return
        if self._painted is None or self._painted[0] is not thought or self._painted[1] != frame.size:
            self._paint(frame, thought)
            self._painted = (thought, frame.size)
        if self._layer is not None:
            surface.blit(self._layer, self._corner)
        self._stand(surface, frame, thought)

    def _paint(self, frame: Frame, thought: Thought) -> None:
        """All imagined balls as threads, the hypotheses as bands on them, their ends as dots."""
        every = max(1, len(thought.paths_px) // _DRAWN)
        lasts = np.clip(np.searchsorted(thought.times_s, thought.until_s) + 1, 2, len(thought.times_s))
        left, top = frame.corner
        shift = np.array((left, top))
        rows = [shift + frame.scale * path[:last] for path, last in zip(thought.paths_px[::every], lasts[::every], strict=True)]
        points = np.concatenate(rows)
        low = np.maximum(np.floor(points.min(axis=0)) - 8, 0).astype(int)
        high = np.minimum(np.ceil(points.max(axis=0)) + 9, frame.size).astype(int)
        if (high <= low).any():
            self._layer = None
            return
        layer = pygame.Surface((high - low).tolist(), pygame.SRCALPHA)
        self._corner = (int(low[0]), int(low[1]))
        thread = (*colour("ivory"), 92)
        for row in rows:
            if len(row) > 1:
                pygame.draw.lines(layer, thread, False, (row - low).tolist(), 1)
        forecast = thought.forecast
        order = np.argsort(forecast.weights)
        for rank, k in enumerate(order):
            tint = colour(_TINTS[(len(order) - 1 - rank) % len(_TINTS)])
            last = int(np.median(lasts))
            band = shift + frame.scale * forecast.positions_px[k][:last] - low
            if len(band) > 1:
                width = max(2, round((1.5 + 4.5 * float(forecast.weights[k])) * frame.scale))
                pygame.draw.lines(layer, (*tint, 190), False, band.tolist(), width)
        for row in rows:
            pygame.draw.circle(layer, (*colour("ember"), 170), (row[-1] - low).tolist(), max(2.0, 2.6 * frame.scale))
        self._layer = layer

    def _stand(self, surface: pygame.Surface, frame: Frame, thought: Thought) -> None:
        """A bracket where it means to stand, with how sure it is."""
        catch = thought.catch
        s = frame.scale
        if catch is None:
            return
        x = float(np.clip(catch.point_px[0], *COURT_PX))
        foot = frame.to_screen((x, GROUND_PX - 4))
        half, high = 30 * s, (96 + (55 if catch.jump_s is not None else 0)) * s
        tint = colour("teal")
        for side in (-1, 1):
            corner = (foot[0] + side * half, foot[1] - high)
            for width, tone in ((max(4, round(5 * s)), colour("ink")), (max(2, round(2.5 * s)), tint)):
                pygame.draw.lines(surface, tone, False, [(corner[0] - side * 12 * s, corner[1]), corner, (corner[0], corner[1] + 14 * s)], width)
                pygame.draw.line(surface, tone, (foot[0] + side * half, foot[1]), (foot[0] + side * (half - 12 * s), foot[1]), width)
        words = f"{100 * catch.probability:.0f} %"
        typeface(round(19 * s), True).write(surface, words, (foot[0], foot[1] - high - 26 * s), tint, align=0.5, shadow=colour("ink"))

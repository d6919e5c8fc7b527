"""The last seconds of a round, kept for the picture of why you were caught."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

from ..assets import colour, mixed
from ..hunt.camera import ART_ZOOM
from ..hunt.sprites import FOOT, figure
from ..hunt.view_map import IslandMap
from .text import typeface

__all__ = ["Decision", "Ghosts", "Recorder"]

Floats = NDArray[np.float64]

_KEPT_S = 6.0
_PLACE_EVERY_S = 0.1
_THOUGHTS = 24
_DRAWN_WEIGHT = 0.03
_MARGIN_PX = 56
"""Of picture round everyone's way."""
_TINTS = ("coral", "ember", "teal", "hunters/0", "good", "hunters/1")


@dataclass(frozen=True, slots=True)
class Decision:
    """What one hunter foresaw at one moment."""

    time_s: float
    player: Floats
    hunter: Floats
    forecast: Any
    plan: Any
    said: Any
    """The explanation it gave at that moment."""


class Recorder:
    """Keeps where everyone was, and what each hunter thought, for the last seconds."""

    def __init__(self, world: Any) -> None:
        self.places: deque[tuple[float, Floats, tuple[Floats, ...]]] = deque(maxlen=round(_KEPT_S / _PLACE_EVERY_S))
        self._thoughts: list[deque[Decision]] = [deque(maxlen=_THOUGHTS) for _ in world.hunters]
        self._place_due_s = 0.0

    def step(self, world: Any) -> None:
        if world.time_s >= self._place_due_s:
            self._place_due_s = world.time_s + _PLACE_EVERY_S
            self.places.append((world.time_s, world.player.position.copy(), tuple(hunter.position.copy() for hunter in world.hunters)))
        for hunter, kept in zip(world.hunters, self._thoughts, strict=True):
            said = hunter.last_word
            if said is None or (kept and kept[-1].said is said):
                continue
            forecast, plan = getattr(hunter.npc, "forecast", None), getattr(hunter.npc, "plan", None)
            if forecast is not None and plan is not None:
                kept.append(Decision(world.time_s, world.player.position.copy(), hunter.position.copy(), forecast, plan, said))

    def decision(self, hunter: int, said: Any) -> Decision | None:
        """The moment at which that hunter gave the explanation `said`; None when it is no longer kept."""
        return next((thought for thought in self._thoughts[hunter] if thought.said is said), None)


class Ghosts:
    """The picture: the island where it happened, the futures the hunter weighed, and what you then did."""

    def __init__(self, island: IslandMap, recorder: Recorder, decision: Decision, hunter: int, colour_index: int) -> None:
        self._island, self._decision = island, decision
        self._colour_index = colour_index
        self._paths = [(time_s, player, hunters[hunter]) for time_s, player, hunters in recorder.places if time_s >= decision.time_s - 0.11]
        self._still: pygame.Surface | None = None
        self._corner, self._scale = (0.0, 0.0), 1.0

    def draw(self, surface: pygame.Surface, box: pygame.Rect, time_s: float) -> None:
        """Paint into `box`; `time_s` runs the ghosts round and round."""
        if self._still is None or self._still.get_size() != box.size:
            self._still = self._painted(box.size)
        surface.blit(self._still, box)
        if len(self._paths) >= 2:
            span = self._paths[-1][0] - self._paths[0][0]
            u = (time_s % (span + 1.0)) / max(span, 1e-6)
            k = min(len(self._paths) - 1, int(u * (len(self._paths) - 1)))
            hunter_heading = _heading(self._paths, k, 2)
            for who, at, heading in ((f"hunter/{self._colour_index}", self._paths[k][2], hunter_heading), ("player", self._paths[k][1], _heading(self._paths, k, 1))):
                x, y = self._spot(at)
                sprite = figure(who, round(heading / (math.pi / 4)) % 8, 2 + int(8 * time_s) % 6)
                surface.set_clip(box)
                surface.blit(sprite, (box.x + x - FOOT[0], box.y + y - FOOT[1] + 4))
                surface.set_clip(None)
        pygame.draw.rect(surface, colour("ivory"), box, width=2, border_radius=6)

    def _spot(self, point: Any) -> tuple[float, float]:
        return (float(point[0]) * ART_ZOOM - self._corner[0]) * self._scale, (float(point[1]) * ART_ZOOM - self._corner[1]) * self._scale

    def _painted(self, size: tuple[int, int]) -> pygame.Surface:
        decision = self._decision
        places = np.array([decision.player, decision.hunter, *(at for _, *both in self._paths for at in both)]) * ART_ZOOM
        low, high = places.min(axis=0), places.max(axis=0)
        self._scale = float(np.clip(min((size[0] - 2 * _MARGIN_PX) / max(high[0] - low[0], 1.0), (size[1] - 2 * _MARGIN_PX) / max(high[1] - low[1], 1.0)), 0.4, 1.0))
        large = pygame.Surface((round(size[0] / self._scale), round(size[1] / self._scale)))
        corner = 0.5 * (low + high) - 0.5 * np.array(large.get_size()) + (0, -12)
        self._corner = (float(corner[0]), float(corner[1]))
        self._island.draw(large, round(corner[0]), round(corner[1]), 0.0)
        picture = pygame.transform.smoothscale(large, size)
        veil = pygame.Surface(size)
        veil.fill(colour("ink"))
        veil.set_alpha(95)
        picture.blit(veil, (0, 0))
        self._futures(picture)
        self._plan(picture)
        self._what_happened(picture)
        return picture

    def _futures(self, picture: pygame.Surface) -> None:
        """Each future as a line, as thick as it was likely, with its share at the end."""
        forecast = self._decision.forecast
        order = sorted(range(len(forecast.weights)), key=lambda k: float(forecast.weights[k]))
        font = typeface(16, True)
        area = picture.get_rect().inflate(-70, -36)
        written: list[pygame.Rect] = []
        for rank, k in enumerate(order):
            weight = float(forecast.weights[k])
            if weight < _DRAWN_WEIGHT:
                continue
            points = [self._spot(self._decision.player), *(self._spot(point) for point in forecast.positions_px[k])]
            tint = colour(_TINTS[(len(order) - 1 - rank) % len(_TINTS)])
            pygame.draw.lines(picture, colour("ink"), False, points, round(5 + 7 * weight))
            pygame.draw.lines(picture, tint, False, points, round(2 + 7 * weight))
            end = (min(max(points[-1][0], area.left), area.right), min(max(points[-1][1], area.top), area.bottom))
            pygame.draw.circle(picture, tint, end, 5)
            if rank >= len(order) - 3:
                label = f"{round(100 * weight)} %"
                box = pygame.Rect(0, 0, *font.size(label))
                box.midbottom = (round(end[0]), round(end[1]) - 6)
                while box.collidelist(written) >= 0:
                    box.y += box.height
                written.append(box)
                font.write(picture, label, box.topleft, tint, shadow=colour("ink"))

    def _plan(self, picture: pygame.Surface) -> None:
        plan = self._decision.plan
        points = [self._spot(self._decision.hunter), *(self._spot(point) for point in plan.waypoints_px)]
        _dashes(picture, points, colour("ink"), 5)
        _dashes(picture, points, mixed(colour("violet_light"), colour("ivory"), 0.6), 3)
        if plan.meeting_px is not None:
            x, y = self._spot(plan.meeting_px)
            for radius, tint in ((11, "ink"), (10, "danger"), (5, "ivory")):
                pygame.draw.circle(picture, colour(tint), (x, y), radius, width=3 if radius > 5 else 0)

    def _what_happened(self, picture: pygame.Surface) -> None:
        for _, player, hunter in self._paths:
            for point, tint in ((player, "ivory"), (hunter, f"hunters/{self._colour_index}")):
                pygame.draw.circle(picture, colour("ink"), self._spot(point), 4)
                pygame.draw.circle(picture, colour(tint), self._spot(point), 3)


def _heading(paths: list[tuple[float, Floats, Floats]], k: int, which: int) -> float:
    before, after = paths[max(0, k - 1)][which], paths[min(len(paths) - 1, k + 1)][which]
    return math.atan2(float(after[1] - before[1]), float(after[0] - before[0]))  # type: ignore[index]


def _dashes(picture: pygame.Surface, points: list[tuple[float, float]], tint: tuple[int, int, int], width: int) -> None:
    """A broken line along points."""
    for (ax, ay), (bx, by) in pairwise(points):
        length = math.hypot(bx - ax, by - ay)
        count = max(1, int(length / 12))
        for k in range(count):
            u, v = k / count, (k + 0.55) / count
            pygame.draw.line(picture, tint, (ax + (bx - ax) * u, ay + (by - ay) * u), (ax + (bx - ax) * v, ay + (by - ay) * v), width)

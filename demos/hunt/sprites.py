"""Figures that walk: sheets of 8 directions by 10 frames, and for each body which frame it shows now."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pygame
from numpy.typing import NDArray

from ..assets import PALETTE, colour, picture

__all__ = ["CELL", "FOOT", "Walk", "between", "figure", "ghost", "hunter_look"]

CELL = (64, 76)
FOOT = (32, 58)
"""Where the ground point of a figure lies in its cell."""

STAND, BLINK, WALK, DASH, SLIDE = 0, 1, 2, 8, 9
_WALK_FRAMES = 6
_STRIDE_PX = 44.0
"""World px per full cycle of steps."""
_BLINK_EVERY_S, _BLINK_S = 3.1, 0.13


def hunter_look(colour_index: int) -> str:
    """The name of a hunter's look: there are as many as accent colours, however many hunt."""
    return f"hunter/{colour_index % len(PALETTE['hunters'])}"  # type: ignore[arg-type]


@lru_cache(maxsize=16)
def _sheet(who: str) -> pygame.Surface:
    """"player", or "hunter/2" with the third accent colour."""
    if who == "player":
        return picture("actors/player")
    sheet = picture("actors/hunter").copy()
    trim = picture("actors/hunter_trim").copy()
    trim.fill((*colour(f"hunters/{who.partition('/')[2]}"), 255), special_flags=pygame.BLEND_RGBA_MULT)
    sheet.blit(trim, (0, 0), special_flags=pygame.BLEND_RGB_ADD)
    return sheet


@lru_cache(maxsize=1024)
def figure(who: str, direction: int, frame: int) -> pygame.Surface:
    """One cell of a sheet."""
    return _sheet(who).subsurface((frame * CELL[0], direction * CELL[1], *CELL))


@lru_cache(maxsize=64)
def ghost(who: str, direction: int, frame: int) -> pygame.Surface:
    """The figure as a light shape of one colour, for trails."""
    shape = figure(who, direction, frame).copy()
    shape.fill((0, 0, 0, 255), special_flags=pygame.BLEND_RGBA_MULT)
    shape.fill((*colour("coral_light" if who == "player" else "hunters/0"), 0), special_flags=pygame.BLEND_RGBA_ADD)
    return shape


class Walk:
    """How one body moves its legs: turned where it heads, stepping as far as it goes."""

    def __init__(self, who: str, seed: int) -> None:
        self.who = who
        self.direction = 2
        self._walked_px = 0.0
        self._clock_s = float(np.random.default_rng(seed).uniform(0, _BLINK_EVERY_S))
        self._speed_px_s = 0.0

    def step(self, moved_px: float, heading_rad: float, dt_s: float) -> None:
        """Once per physics step."""
        self._clock_s += dt_s
        self._walked_px += moved_px
        self._speed_px_s += (moved_px / max(dt_s, 1e-6) - self._speed_px_s) * 0.25
        self._turn(heading_rad)

    def _turn(self, heading_rad: float) -> None:
        """The nearest of eight directions, with some reluctance, so that it does not flicker between two."""
        wanted = heading_rad / (math.pi / 4)
        away = (wanted - self.direction + 4) % 8 - 4
        if abs(away) > 0.62:
            self.direction = round(wanted) % 8

    def frame(self, *, dashing: bool = False, sliding: bool = False) -> int:
        if dashing:
            return DASH
        if sliding:
            return SLIDE
        if self._speed_px_s > 12.0:
            return WALK + int(self._walked_px / _STRIDE_PX * _WALK_FRAMES) % _WALK_FRAMES
        return BLINK if self._clock_s % _BLINK_EVERY_S < _BLINK_S else STAND

    def picture(self, *, dashing: bool = False, sliding: bool = False) -> pygame.Surface:
        return figure(self.who, self.direction, self.frame(dashing=dashing, sliding=sliding))


def between(body: object, alpha: float) -> NDArray[np.float64]:
    """(2,) where a body is drawn: `alpha` of the way from its previous to its present position; a jump is not drawn as a glide."""
    now, before = np.asarray(body.position, dtype=np.float64), np.asarray(body.previous, dtype=np.float64)  # type: ignore[attr-defined]
    step = now - before
    if abs(step[0]) + abs(step[1]) > 4.0 * float(body.radius):  # type: ignore[attr-defined]
        return now
    return np.asarray(before + alpha * step)

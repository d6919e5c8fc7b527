"""Keeper and thrower on the screen: which frame of their sheets shows now."""

from __future__ import annotations

import math

import pygame

from .frame import Frame, scaled
from .stages import GROUND_PX
from .world import KeeperWorld

__all__ = ["draw_ball", "draw_keeper", "draw_thrower", "pose_of"]

_CELL = (128, 152)
_FOOT = (64, 117)
_STRIDE_PX = 62.0
_NEAR_PX, _HIGH_PX = 130.0, 240.0


def _cell(sheet: str, row: int, frame_number: int, scale: float) -> pygame.Surface:
    return scaled(f"actors/{sheet}", scale, "", (frame_number * _CELL[0], row * _CELL[1], *_CELL))


def _place(surface: pygame.Surface, frame: Frame, sprite: pygame.Surface, feet: tuple[float, float]) -> None:
    x, y = frame.to_screen(feet)
    surface.blit(sprite, (round(x - _FOOT[0] * frame.scale), round(y - _FOOT[1] * frame.scale)))


def pose_of(world: KeeperWorld, walked_px: float, time_s: float) -> tuple[int, int]:
    """(row, frame) of the keeper's sheet."""
    body = world.keeper
    row = 1 if body.velocity_px_s > 1.0 else 0
    if body.mood == "caught":
        return 0, 10
    if body.mood == "beaten":
        return 0, 11
    if body.lift > 2.0:
        return row, 9
    ball = world.truth.position if world.state == "flying" else None
    if ball is not None and abs(ball[0] - body.x) < _NEAR_PX and 0.0 < GROUND_PX - ball[1] < _HIGH_PX:
        return (1 if ball[0] > body.x + 4 else 0), 8
    if abs(body.velocity_px_s) > 12.0:
        return row, 2 + int(walked_px / _STRIDE_PX * 6) % 6
    return 0, 1 if time_s % 3.3 < 0.13 else 0


def draw_keeper(surface: pygame.Surface, frame: Frame, world: KeeperWorld, x: float, walked_px: float, time_s: float) -> None:
    """The keeper at x, with its shadow, and the ball in its hands when it has caught it."""
    body = world.keeper
    shadow = scaled("things/shadow", 1.7 * frame.scale * (1.0 - 0.4 * min(1.0, body.lift / 80.0)))
    surface.blit(shadow, shadow.get_rect(center=frame.to_screen((x, GROUND_PX - 3))))
    row, number = pose_of(world, walked_px, time_s)
    bob = 1.2 * math.sin(2.6 * time_s) if number < 2 else 0.0
    if number == 10:
        draw_ball(surface, frame, (x, GROUND_PX - 106 - 3 * abs(math.sin(7 * time_s))), 0.4 * math.sin(5 * time_s))
    _place(surface, frame, _cell("keeper", row, number, frame.scale), (x, GROUND_PX - 3 - body.lift + bob))


def draw_thrower(surface: pygame.Surface, frame: Frame, world: KeeperWorld, time_s: float) -> None:
    left, _, top = world.stage.table
    number = 1 if time_s % 4.1 < 0.13 else 0
    last = world.results[world.round][-1] if world.results[world.round] else None
    if world.state == "aiming" and (world.charging or world.kind == "throw"):
        number = 2 if world.kind == "throw" or world.charging else number
    elif world.swing < 1.0:
        number = 4 if world.kind == "kick" else 3
    elif world.state == "over" and last is not None:
        number = 5 if last.outcome == "goal" else 6
    hop = 9.0 * abs(math.sin(9 * time_s)) if number == 5 else 0.0
    shake = 1.3 * math.sin(48 * time_s) * world.power if world.charging else 0.0
    x = left + (34 if world.kind == "throw" or number in (5, 6, 3) else 62)
    shadow = scaled("things/shadow", 1.5 * frame.scale)
    surface.blit(shadow, shadow.get_rect(center=frame.to_screen((x, top - 6))))
    _place(surface, frame, _cell("thrower", 0, number, frame.scale), (x + shake, top - 5 - hop))


def draw_ball(surface: pygame.Surface, frame: Frame, at: tuple[float, float], angle_rad: float) -> None:
    """The picture has 27 px from its middle to its rim; the ball 14."""
    sprite = scaled("things/ball", 15.0 / 28.0 * frame.scale)
    turned = pygame.transform.rotozoom(sprite, -math.degrees(angle_rad), 1.0)
    surface.blit(turned, turned.get_rect(center=frame.to_screen(at)))

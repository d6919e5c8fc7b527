"""Hands on keyboard, mouse and gamepads: events become commands, held keys become Controls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pygame

from .hunt.records import Controls

__all__ = ["Command", "Hands"]

_KEYS = {
    pygame.K_ESCAPE: "back", pygame.K_p: "pause", pygame.K_RETURN: "accept", pygame.K_KP_ENTER: "accept", pygame.K_SPACE: "accept",
    pygame.K_UP: "up", pygame.K_w: "up", pygame.K_DOWN: "down", pygame.K_s: "down",
    pygame.K_LEFT: "left", pygame.K_a: "left", pygame.K_RIGHT: "right", pygame.K_d: "right",
    pygame.K_r: "restart", pygame.K_F1: "help", pygame.K_h: "help", pygame.K_m: "mute", pygame.K_F11: "fullscreen",
    pygame.K_F12: "screenshot", pygame.K_F9: "record", pygame.K_F3: "times", pygame.K_TAB: "mind",
    **{getattr(pygame, f"K_{n}"): f"hunter {n}" for n in range(1, 10)},
}
_BUTTONS = {0: "accept", 1: "back", 3: "mind", 4: "hunter -", 5: "hunter +", 6: "restart", 7: "pause", 8: "help"}
_DEAD = 0.28
_PUSHED, _RELEASED = 0.6, 0.4
_DASH, _SMOKE, _INTERACT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Command:
    """One thing someone asked for: a name such as "accept", and where the mouse was, in window px."""

    name: str
    at: tuple[float, float] | None = None
    pad: bool = False


class Hands:
    """Knows which gamepads are plugged in; they may come and go at any time."""

    def __init__(self) -> None:
        self._pads: dict[int, pygame.joystick.JoystickType] = {}
        self._leaning: dict[tuple[int, int], int] = {}
        self.pad_in_use = False
        """The last thing touched was a gamepad."""
        if not pygame.joystick.get_init():
            pygame.joystick.init()
        for index in range(pygame.joystick.get_count()):
            self._plug(index)

    def _plug(self, index: int) -> str | None:
        try:
            pad = pygame.joystick.Joystick(index)
        except pygame.error:
            return None
        self._pads[pad.get_instance_id()] = pad
        return str(pad.get_name())

    def commands(self, event: pygame.event.Event) -> list[Command]:
        """What an event asks for; often nothing."""
        if event.type == pygame.KEYDOWN:
            self.pad_in_use = False
            if event.key == pygame.K_RETURN and event.mod & pygame.KMOD_ALT:
                return [Command("fullscreen")]
            return [Command(_KEYS[event.key])] if event.key in _KEYS else []
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            return [Command("click", event.pos)]
        if event.type == pygame.MOUSEMOTION:
            return [Command("point", event.pos)]
        if event.type == pygame.JOYDEVICEADDED:
            name = self._plug(event.device_index)
            return [Command(f"pad in {name}", pad=True)] if name else []
        if event.type == pygame.JOYDEVICEREMOVED:
            pad = self._pads.pop(event.instance_id, None)
            return [Command("pad out", pad=True)] if pad is not None else []
        return self._pad_commands(event)

    def _pad_commands(self, event: pygame.event.Event) -> list[Command]:
        if event.type == pygame.JOYBUTTONDOWN:
            self.pad_in_use = True
            return [Command(_BUTTONS[event.button], pad=True)] if event.button in _BUTTONS else []
        if event.type == pygame.JOYHATMOTION:
            self.pad_in_use = True
            x, y = event.value
            return [Command("left" if x < 0 else "right", pad=True)] * (x != 0) + [Command("up" if y > 0 else "down", pad=True)] * (y != 0)
        if event.type == pygame.JOYAXISMOTION and event.axis in (0, 1):
            key = (getattr(event, "instance_id", 0), event.axis)
            before = self._leaning.get(key, 0)
            now = before
            if abs(event.value) > _PUSHED:
                now = 1 if event.value > 0 else -1
            elif abs(event.value) < _RELEASED:
                now = 0
            self._leaning[key] = now
            if now != 0:
                self.pad_in_use = True
            if now != before and now != 0:
                return [Command((("left", "right"), ("up", "down"))[event.axis][now > 0], pad=True)]
        return []

    def controls(self) -> Controls:
        """What is held down now."""
        keys = pygame.key.get_pressed()
        x = float(keys[pygame.K_RIGHT] or keys[pygame.K_d]) - float(keys[pygame.K_LEFT] or keys[pygame.K_a])
        y = float(keys[pygame.K_DOWN] or keys[pygame.K_s]) - float(keys[pygame.K_UP] or keys[pygame.K_w])
        dash = bool(keys[pygame.K_SPACE])
        smoke = bool(keys[pygame.K_q] or keys[pygame.K_LSHIFT] or keys[pygame.K_RSHIFT])
        interact = bool(keys[pygame.K_e] or keys[pygame.K_RETURN])
        for pad in self._pads.values():
            stick = _stick(pad)
            x, y = x + stick[0], y + stick[1]
            dash |= _held(pad, _DASH)
            smoke |= _held(pad, _SMOKE)
            interact |= _held(pad, _INTERACT)
        length = math.hypot(x, y)
        move = (x / length, y / length) if length > 1.0 else (x, y)
        return Controls(move=move, dash=dash, smoke=smoke, interact=interact)

    @property
    def pointing(self) -> tuple[tuple[float, float], bool]:
        """Where the mouse is, in window px, and whether its button is held."""
        x, y = pygame.mouse.get_pos()
        return (float(x), float(y)), bool(pygame.mouse.get_pressed()[0])

    def rumble(self, strength: float, seconds: float) -> None:
        """Shake the gamepad in use, if it can."""
        for pad in self._pads.values():
            if self.pad_in_use and hasattr(pad, "rumble"):
                pad.rumble(strength, strength, round(1000 * seconds))


def _held(pad: pygame.joystick.JoystickType, button: int) -> bool:
    return button < pad.get_numbuttons() and bool(pad.get_button(button))


def _stick(pad: pygame.joystick.JoystickType) -> tuple[float, float]:
    """Left stick beyond its dead zone, or the cross."""
    x = pad.get_axis(0) if pad.get_numaxes() > 1 else 0.0
    y = pad.get_axis(1) if pad.get_numaxes() > 1 else 0.0
    length = math.hypot(x, y)
    if length < _DEAD:
        x = y = 0.0
        if pad.get_numhats():
            hat_x, hat_y = pad.get_hat(0)
            x, y = float(hat_x), -float(hat_y)
        return x, y
    scale = min(1.0, (length - _DEAD) / (1.0 - _DEAD)) / length
    return x * scale, y * scale

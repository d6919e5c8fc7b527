"""What all games do before their first frame: shared options, whether there is a display, and a window."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pygame

from .assets import assets_path
from .settings import Settings
from .shell import Shell

__all__ = ["at_least_one", "has_display", "not_negative", "play_in_a_window", "shared_options"]


def has_display() -> bool:
    """Whether a window can be opened."""
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")):
        return False
    try:
        pygame.display.init()
    except pygame.error:
        return False
    return True


def not_negative(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is below zero")
    return value


def at_least_one(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value}: expected 1 or more")
    return value


def shared_options(parser: argparse.ArgumentParser) -> None:
    """--mute, --fullscreen, --headless, --frames, --screenshot, --record and --benchmark: what `Shell` and films read."""
    parser.add_argument("--mute", action="store_true", help="no sound")
    parser.add_argument("--fullscreen", action="store_true", help="start in full screen")
    parser.add_argument("--headless", action="store_true", help="no window: a scripted player plays, the result is printed and filmed")
    parser.add_argument("--frames", type=at_least_one, metavar="N", help="leave after N frames of 1/60 s each, as fast as they come")
    parser.add_argument("--screenshot", type=Path, metavar="PATH", help="save the last frame there on leaving")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write down where everyone was (npc-world record)")
    parser.add_argument("--benchmark", action="store_true", help="measure drawing and thinking over a scripted round, print ms per frame")


def play_in_a_window(options: argparse.Namespace, settings: Settings, make: Callable[[argparse.Namespace, Settings], Shell],
                     begin: Callable[[Shell], None], icon: str = "icons/hood") -> int | str:
    """Open the window, show the first screen, run; the exit code, or the word of the game the player goes on with."""
    with contextlib.suppress(NotImplementedError):  # pygame without its mixer
        pygame.mixer.pre_init(44100, -16, 2, 512)
    pygame.init()
    settings.muted = settings.muted or options.mute
    settings.fullscreen = settings.fullscreen or options.fullscreen
    _set_icon(icon)
    try:
        shell = make(options, settings)
    except pygame.error as error:
        print(f"No window could be opened ({error}); try --headless", file=sys.stderr)
        return 1
    begin(shell)
    try:
        code = shell.run()
    finally:
        pygame.quit()
    return shell.chosen_game or code


def _set_icon(name: str) -> None:
    """The window's icon; must be set before the window opens."""
    raw = pygame.image.load(str(assets_path(f"{name}.png")))
    pygame.display.set_icon(pygame.transform.smoothscale(raw, (64, 64)))

"""Second Guess: its options, and whether it runs in a window, filmed without one, or measured.

    npc-world play [--level lake] [--seed 3] [--difficulty calm|normal|fierce] [--npc my.toml] [--mute] [--fullscreen]

WASD or arrows run · Space dash · Q smoke · E lever · Tab mind view · Esc pause · R again · H help · M mute
F3 frame times · F9 save a GIF of the last seconds · F11 full screen · F12 screenshot
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pygame

from .assets import assets_path
from .game import App
from .hunt.difficulty import DIFFICULTIES
from .hunt.levels import LEVELS, RANDOM, make_level
from .settings import Settings, load_settings

__all__ = ["main"]


def _has_display() -> bool:
    """Whether a window can be opened."""
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")):
        return False
    try:
        pygame.display.init()
    except pygame.error:
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="npc-world play", description="Second Guess: take the relics, reach the boat, be where they do not expect you.")
    parser.add_argument("--level", choices=[*LEVELS, RANDOM, *map(str, range(1, len(LEVELS) + 1))], help="start on this island at once")
    parser.add_argument("--seed", type=_seed, default=0, help="dice of the hunters, and which random island")
    parser.add_argument("--difficulty", choices=list(DIFFICULTIES), help="default: as last time")
    parser.add_argument("--npc", metavar="FILE", help="hunters from your own TOML file, or a preset; edits count while you play")
    parser.add_argument("--mute", action="store_true", help="no sound")
    parser.add_argument("--fullscreen", action="store_true", help="start in full screen")
    parser.add_argument("--headless", action="store_true", help="no window: a scripted player plays, the result is printed and filmed")
    parser.add_argument("--frames", type=_count, metavar="N", help="leave after N frames of 1/60 s each, as fast as they come")
    parser.add_argument("--screenshot", type=Path, metavar="PATH", help="save the last frame there on leaving")
    parser.add_argument("--benchmark", action="store_true", help="measure drawing and thinking over a scripted round, print ms per frame")
    parser.add_argument("--hunters", type=_count, metavar="N", default=20, help="how many hunt in the benchmark (default 20)")
    return parser


def _seed(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is below zero")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value}: expected 1 or more")
    return value


def main(argv: Sequence[str] | None = None) -> int:
    """Run the game; returns the exit code.  Raises `nw.ConfigError` when the --npc file is wrong at the start."""
    options = _parser().parse_args(argv)
    if options.npc is not None:
        from npc_world.agents.load import read_npc_config

        options.npc = Path(options.npc) if Path(options.npc).is_file() else options.npc
        read_npc_config(options.npc)
    settings = load_settings()
    if options.difficulty is not None:
        settings.difficulty = options.difficulty
    if settings.difficulty not in DIFFICULTIES:
        settings.difficulty = "normal"
    if options.level is not None:
        settings.level = make_level(options.level, options.seed).name if options.level != RANDOM else RANDOM
    if settings.level not in (*LEVELS, RANDOM):
        settings.level = LEVELS[0]
    if options.benchmark:
        from .benchmark import run_benchmark

        return run_benchmark(settings.level, options)
    if options.headless or not _has_display():
        from .film import play_filmed

        return play_filmed(settings.level, options, settings.difficulty, asked=options.headless)
    return _windowed(options, settings)


def _windowed(options: argparse.Namespace, settings: Settings) -> int:
    with contextlib.suppress(NotImplementedError):  # pygame without its mixer
        pygame.mixer.pre_init(44100, -16, 2, 512)
    pygame.init()
    settings.muted = settings.muted or options.mute
    settings.fullscreen = settings.fullscreen or options.fullscreen
    _set_icon()
    try:
        app = App(options, settings)
    except pygame.error as error:
        print(f"Second Guess: no window could be opened ({error}); try --headless", file=sys.stderr)
        return 1
    app.begin(straight_to_play=options.level is not None)
    try:
        return app.run()
    finally:
        pygame.quit()


def _set_icon() -> None:
    """The window's icon; must be set before the window opens."""
    raw = pygame.image.load(str(assets_path("icons/hood.png")))
    pygame.display.set_icon(pygame.transform.smoothscale(raw, (64, 64)))


if __name__ == "__main__":
    sys.exit(main())

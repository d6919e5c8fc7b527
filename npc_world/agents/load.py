"""Build an NPC from a preset, a designer's file, or a dict."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from npc_world.agents.config import NpcConfig
from npc_world.agents.npc import Npc
from npc_world.agents.team import Team, goal_points
from npc_world.beliefs.motion_prior import MotionPrior
from npc_world.core.config import load_config
from npc_world.core.errors import BadInputError, ConfigError, SaveFileError
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid, checked_body_size
from npc_world.models.top_down import TopDownBody

__all__ = ["PRESETS_FOLDER", "load_npc", "read_npc_config"]

PRESETS_FOLDER = Path(__file__).resolve().parents[1] / "presets"


def read_npc_config(source: str | os.PathLike[str] | Mapping[str, Any]) -> NpcConfig:
    """A preset's name, a path to a TOML file, or a dict → config.  Raises `ConfigError` with every mistake in it.

    Files that it names, of physics or of a motion prior, are looked for beside it, and checked.
    """
    plain = dict(source) if isinstance(source, Mapping) else source
    config = load_config(plain, NpcConfig, presets_folder=PRESETS_FOLDER)
    beside = Path() if isinstance(source, Mapping) else Path(source).parent
    if config.physics:
        from npc_world.learning.physics_file import read_physics  # takes the ball along: only when asked for
        learned = read_physics(beside / config.physics)  # what was measured of a surface replaces the prior of its name
        config = replace(config, physics=str(beside / config.physics), surfaces={**config.surfaces, **learned.surfaces})
    if config.target.prior not in ("", "shipped"):
        try:
            MotionPrior.load(beside / config.target.prior)
        except SaveFileError as error:
            raise ConfigError(f"{source}: target.prior: {error}") from None
        config = replace(config, target=replace(config.target, prior=str(beside / config.target.prior)))
    return config


def load_npc(source: str | os.PathLike[str] | Mapping[str, Any] | NpcConfig, ground: Terrain, position: Any, seed: int = 0, *,
             goals: Any = None, body: TopDownBody | None = None, size: tuple[float, float] | None = None, team: Team | None = None,
             time: str = "seconds", name: str | None = None) -> Npc:
    """An NPC on a terrain.

    source: a preset ("hunter", "guard", "sentry" …), a path, a dict, or a ready config.  position: where it stands, and its post.
    goals: what the player may want, points or a mapping from name to point.  body: overrides the file's.  size: (width, height) px
    of its body, otherwise read from the sprite given to `step`.  team: shares sight and work with its other members.
    time: "seconds", or "frames" for games that count frames (dt and every speed are then per frame).
    The first NPC of a process takes about a second, in which its kernels are read, and half a minute the first time on a machine, in
    which they are compiled and stderr says so: load before play, or show a loading screen and call `warmup`.
    Raises `ConfigError` or `BadInputError`, and `SaveFileError` for a prior's file that a ready config names.
    """
    if not isinstance(ground, Terrain):
        raise BadInputError(f"ground={ground!r}: expected a Terrain")
    if time not in ("seconds", "frames"):
        raise BadInputError(f"time={time!r}: expected \"seconds\" or \"frames\"")
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise BadInputError(f"seed={seed!r}: expected a whole number, zero or more")
    if goals is not None:
        _check_goals(goals)
    config = source if isinstance(source, NpcConfig) else read_npc_config(source)
    _ready()
    if body is not None:
        config = replace(config, body=body)
    if time == "frames":
        config = replace(config, body=_per_second(config.body))
    team = team if team is not None else Team(ground, int(seed))
    team.configure(config.target, config.persistence, goals)
    called = name if name is not None else (str(source) if isinstance(source, str) else config.behaviour)
    body_size = _body_size(size, config.body, ground)
    _ = NavGrid.of(ground, body_size).moves  # laid out now, not in the first frame of play
    return Npc(ground, config, position, int(seed), team, body_size, called, time == "frames")


def _ready() -> None:
    from npc_world.agents.warming_npcs import warm_npcs  # which loads NPCs itself
    warm_npcs()


def _body_size(size: tuple[float, float] | None, body: TopDownBody, ground: Terrain) -> tuple[float, float]:
    if size is not None:
        return checked_body_size(size)
    if body.radius_px is not None:
        return 2.0 * body.radius_px, 2.0 * body.radius_px
    return 0.75 * ground.cell_px, 0.75 * ground.cell_px


def _per_second(body: TopDownBody) -> TopDownBody:
    speed, acceleration = body.max_speed_px_s, body.max_acceleration_px_s2
    return replace(body, max_speed_px_s=None if speed is None else speed * 60.0,
                   max_acceleration_px_s2=None if acceleration is None else acceleration * 3600.0)


def _check_goals(goals: Any) -> None:
    goal_points(goals)  # names what is wrong

"""The hunters' minds: npc_world NPCs, tuned by the difficulty.  Anything with the same few methods can hunt in their place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import npc_world as nw

from .difficulty import Difficulty
from .level import TILE_PX, Point
from .physics import PLAYER_ACCELERATION_PX_S2, PLAYER_SPEED_PX_S, RADIUS_PX

__all__ = ["HuntingParty", "Memory", "Mind", "MindFactory", "npc_minds", "tuned"]

_STREAM_PUSH = 0.25
"""What a hunter expects of a stream it has never stood in: anyone can see which way it flows."""
_COMPASS = {"e": (1.0, 0.0), "se": (0.7, 0.7), "s": (0.0, 1.0), "sw": (-0.7, 0.7), "w": (-1.0, 0.0), "nw": (-0.7, -0.7),
            "n": (0.0, -1.0), "ne": (0.7, -0.7)}

Memory = tuple[bytes, ...]
"""What the hunters of a round learned: one npc_world save file each."""


class Mind(Protocol):
    """What the world asks of a hunter's mind; `nw.Npc` is one."""

    @property
    def heading_rad(self) -> float: ...
    def step(self, me: Any, target: Any, dt_s: float, others: Iterable[Any] = ()) -> Any: ...
    def sees(self, point: Any) -> bool: ...
    def set_goals(self, goals: Any) -> None: ...
    def explain(self) -> nw.Explanation: ...


@dataclass(frozen=True, slots=True)
class HuntingParty:
    """All that is known when the hunters are given their minds."""

    ground: nw.Terrain
    starts: Sequence[Point]
    names: Sequence[str]
    goals: Mapping[str, Point]
    places: Mapping[str, Point]
    """Names for `explain`: bridges, doors."""
    difficulty: Difficulty
    seed: int
    memory: Memory | None


MindFactory = Callable[[HuntingParty], Sequence[Mind]]


def npc_minds(source: Any = "hunter") -> MindFactory:
    """Minds from an npc_world preset, a TOML file or a dict: one team."""

    def make(party: HuntingParty) -> Sequence[Mind]:
        team = nw.Team(party.ground, party.seed)
        config = tuned(source, party.ground, party.difficulty)
        npcs = []
        for number, (start, name) in enumerate(zip(party.starts, party.names, strict=True)):
            npc = nw.load_npc(config, party.ground, start, party.seed * 16 + number, goals=dict(party.goals), team=team, name=name,
                              size=(2.0 * RADIUS_PX, 2.0 * RADIUS_PX))
            npc.set_places(party.places)
            npcs.append(npc)
        if party.memory:
            _recall(npcs, party.memory)
        return npcs

    return make


def tuned(source: Any, ground: nw.Terrain, difficulty: Difficulty) -> Any:
    """The config of `source` with the game's body, and with the difficulty's eyes, reaction and foresight unless the file sets its own."""
    config = nw.load_npc(source, ground, (0.0, 0.0)).config
    blank = type(config)()
    body = nw.TopDownBody(max_speed_px_s=difficulty.speed_ratio * PLAYER_SPEED_PX_S, max_acceleration_px_s2=PLAYER_ACCELERATION_PX_S2,
                          radius_px=RADIUS_PX)
    vision = replace(config.vision, told=True, occlusion=True)  # the world asks `sees` before it tells, and tells what is heard
    if config.vision == blank.vision:
        vision = replace(vision, range_px=difficulty.vision_tiles * TILE_PX, cone_rad=difficulty.vision_cone_rad)
    planning = config.planning
    if planning.reaction_s == blank.planning.reaction_s:
        planning = replace(planning, reaction_s=difficulty.reaction_s)
    if planning.foresight == blank.planning.foresight:
        planning = replace(planning, foresight=difficulty.foresight)
    return replace(config, body=body, vision=vision, planning=planning, surfaces={**_streams(ground, config.surfaces), **config.surfaces})


def remembered(minds: Sequence[Any]) -> Memory:
    """What npc_world minds have learned, as save files; empty for other minds."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, mind in enumerate(minds):
            if hasattr(mind, "save"):
                path = Path(folder) / f"{number}.npz"
                mind.save(path)
                files.append(path.read_bytes())
        return tuple(files)


def _recall(npcs: Sequence[Any], memory: Memory) -> None:
    """Hand last round's save files to this round's hunters; more hunters than files: they learn from the first."""
    with tempfile.TemporaryDirectory() as folder:
        for number, npc in enumerate(npcs):
            path = Path(folder) / "memory.npz"
            path.write_bytes(memory[number if number < len(memory) else 0])
            npc.restore(path)
            npc.reset()


def _streams(ground: nw.Terrain, known: Mapping[str, nw.Surface]) -> dict[str, nw.Surface]:
    """Streams are water that visibly flows one way."""
    water = known.get("water", nw.Surface(speed_factor=0.55, grip=0.6, push_sd=0.3))
    streams = {}
    for name in ground.surfaces:
        kind, _, compass = name.partition("_")
        if kind == "water" and compass in _COMPASS:
            x, y = np.array(_COMPASS[compass]) * _STREAM_PUSH
            streams[name] = replace(water, push_x=float(x), push_y=float(y))
    return streams

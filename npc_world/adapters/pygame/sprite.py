"""A sprite group whose sprites hunt: every sprite has an NPC, and `update` moves it by what the NPC advises."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pygame

from npc_world.adapters.pygame.moving import Walls, box_of, move_box
from npc_world.agents.perception import bodies_of
from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of
from npc_world.core.records import Action, Bodies
from npc_world.core.terrain import Terrain

__all__ = ["NPCGroup"]

_SECONDS_PER_UNIT = {"seconds": 1.0, "milliseconds": 0.001, "frames": 1.0}


class NPCGroup(pygame.sprite.Group):  # type: ignore[misc, type-arg]
    """A `pygame.sprite.Group` that thinks for its sprites and moves them.

        hunters = NPCGroup(ground, "hunter", seed=7)
        hunters.add(enemy)                        # or Enemy(hunters), as with any group
        hunters.update(player, dt_s)              # once per frame, in place of your chase code

    Sprites are moved by whole pixels with the remainder carried, so they keep their true speed in every direction on
    pygame (whose Rects round) and on pygame-ce (whose Rects truncate).  They stop at `walls`, axis by axis: left out,
    these are the ground's own walls; pass a list or group of rects for others, or `()` for none.  A sprite with a
    `hitbox`, `hitbox_rect` or `hit_rect` collides with that, and its `rect` goes along.  The sprites' own `update` is not called:
    a body that both moves itself and is moved would go twice as fast.

    time: "seconds", "milliseconds" (what `Clock.tick` returns) or "frames" (dt counts frames, speeds are px/frame).
    """

    def __init__(self, ground: Terrain, preset: str | Path | dict[str, Any] = "hunter", *sprites: Any, seed: int = 0,
                 team: Any = None, walls: Iterable[Any] | None = None, time: str = "seconds") -> None:
        if time not in _SECONDS_PER_UNIT:
            raise BadInputError(f"time={time!r}: expected one of {', '.join(_SECONDS_PER_UNIT)}")
        if not isinstance(ground, Terrain):
            raise BadInputError(f"ground={ground!r}: expected a Terrain")
        if isinstance(preset, (pygame.sprite.Sprite, pygame.sprite.AbstractGroup, list, tuple)):
            raise BadInputError(f"preset={preset!r}: expected a preset's name, a path or a dict; sprites come after it")
        self.ground = ground
        self._preset, self._seed, self._team, self._time = preset, seed, team, time
        self._walls = Walls(ground, walls)
        self._npcs: dict[Any, Any] = {}
        self._actions: dict[Any, Action] = {}
        self._loaded = 0
        super().__init__(*sprites)

    def add(self, *sprites: Any, npc: Any = None) -> None:
        """Add sprites; with `npc=`, the one sprite given is led by that NPC instead of a new one of the group's preset."""
        if npc is not None:
            if len(sprites) != 1 or not isinstance(sprites[0], pygame.sprite.Sprite):
                raise BadInputError(f"npc=…: expected exactly one sprite with it, got {len(sprites)}")
            self._npcs[sprites[0]] = npc
        super().add(*sprites)

    def npc(self, sprite: Any) -> Any:
        """The NPC behind a sprite, loaded now if this is the first time it is needed.  KeyError for a sprite of another group."""
        if not self.has(sprite):
            raise KeyError(f"{sprite!r} is not in this group")
        found = self._npcs.get(sprite)
        return found if found is not None else self._load(sprite)

    def action(self, sprite: Any) -> Action | None:
        """What the sprite's NPC advised in the last update: for animation, sounds, aiming.  None before the first."""
        return self._actions.get(sprite)

    def update(self, target: Any = None, dt: float = 0.0, *, others: Iterable[Any] = (), **options: Any) -> None:
        """Step every NPC and move its sprite.

        target: as for `npc.step`: a sprite, rect or pair, None while unseen, or a dict of several by name.
        dt: since the last frame, in the group's time unit.  others: further bodies to avoid, beside the group's own.
        Positions are read before anyone moves, so the order of sprites does not matter.  `options` go to `npc.step`.
        """
        dt = dt * _SECONDS_PER_UNIT[self._time]
        sprites = self.sprites()
        boxes = np.array([(box.x, box.y, box.w, box.h) for box in map(box_of, sprites)], dtype=np.float64).reshape(-1, 4)
        around = bodies_of(others)
        places = np.concatenate([boxes[:, :2] + 0.5 * boxes[:, 2:], around.positions_px])
        sizes = np.concatenate([boxes[:, 2:], around.sizes_px if around.sizes_px is not None else np.empty((0, 2))])
        for index, sprite in enumerate(sprites):
            self._actions[sprite] = self.npc(sprite).step(sprite, target, dt, others=Bodies(places, sizes, index), **options)
        walls = self._walls.edges()
        for sprite in sprites:
            move_box(sprite, self._actions[sprite].pixels(dt), walls)

    def remove_internal(self, sprite: Any) -> None:
        """pygame's hook for every way a sprite leaves: its NPC goes with it."""
        super().remove_internal(sprite)
        self._npcs.pop(sprite, None)
        self._actions.pop(sprite, None)

    def _load(self, sprite: Any) -> Any:
        import npc_world as nw  # the agents, and their compiled parts, load with the first NPC

        body = box_of(sprite)
        npc = nw.load_npc(self._preset, self.ground, position=tuple(position_of(sprite)), seed=self._seed + self._loaded,
                          size=(float(body.w), float(body.h)), team=self._team,
                          time="frames" if self._time == "frames" else "seconds")
        self._loaded += 1
        self._npcs[sprite] = npc
        return npc

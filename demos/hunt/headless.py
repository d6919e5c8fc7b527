"""A round without a window: the scripted player against the hunters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .difficulty import Difficulty
from .level import Level
from .levels import make_level
from .minds import Memory, MindFactory
from .scripted import ScriptedPlayer
from .world import HuntWorld

__all__ = ["HuntResult", "run_headless"]


@dataclass(frozen=True, slots=True)
class HuntResult:
    """How a round went."""

    level: str
    difficulty: str
    seed: int
    state: str
    """"won", "caught", or "playing" when the time ran out."""
    time_s: float
    relics: int
    relics_total: int
    score: int
    near_misses: int
    distance_px: float
    """How far the player ran."""
    caught_by: str | None
    sentence: str
    """What the catching hunter said a moment before; "" when none caught."""
    memory: Memory

    def __str__(self) -> str:
        """One line for people.

        >>> print(HuntResult("lake", "normal", 1, "caught", 31.24, 2, 5, 225, 1, 4800.0, "Brand", "Cutting you off.", ()))
        lake, normal, seed 1: caught by Brand after 31.2 s with 2 of 5 relics, 1 near miss, 225 points: "Cutting you off."
        """
        end = {"won": "escaped", "caught": f"caught by {self.caught_by}", "playing": "still at large"}[self.state]
        missed = f"{self.near_misses} near miss{'' if self.near_misses == 1 else 'es'}"
        told = f": \"{self.sentence}\"" if self.sentence else ""
        return (f"{self.level}, {self.difficulty}, seed {self.seed}: {end} after {self.time_s:.1f} s with {self.relics} of "
                f"{self.relics_total} relics, {missed}, {self.score} points{told}")


def run_headless(level: str | int | Level, seed: int = 0, difficulty: str | Difficulty = "normal", seconds: float = 180.0,
                 on_frame: Callable[[HuntWorld], None] | None = None, *, npc: Any = None, memory: Memory | None = None,
                 minds: MindFactory | None = None) -> HuntResult:
    """Play one round with the scripted player; `on_frame(world)` is called after each step of 1/60 s.

    `seed` draws the random island, the hunters' dice and the player's character.
    """
    island = level if isinstance(level, Level) else make_level(level, seed)
    world = HuntWorld(island, difficulty=difficulty, seed=seed, npc=npc, memory=memory, minds=minds)
    player = ScriptedPlayer(world, seed)
    while world.state == "playing" and world.time_s < seconds:
        world.step(player.controls())
        if on_frame is not None:
            on_frame(world)
    return HuntResult(
        level=island.name, difficulty=difficulty if isinstance(difficulty, str) else "own", seed=seed, state=world.state,
        time_s=world.time_s, relics=sum(relic.taken for relic in world.relics), relics_total=len(world.relics), score=world.score,
        near_misses=world.near_misses, distance_px=world.player.distance_px,
        caught_by=world.caught_by.name if world.caught_by is not None else None,
        sentence=world.why_caught.sentence if world.why_caught is not None else "", memory=world.memory())

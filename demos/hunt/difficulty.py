"""How hard the hunters play: their legs, their eyes, their number, and what the player carries."""

from __future__ import annotations

from dataclasses import dataclass

from npc_world.core.tunable import check_tunables, tunable

__all__ = ["DIFFICULTIES", "Difficulty"]

_MOST_HUNTERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Difficulty:
    """One step of the difficulty menu."""

    speed_ratio: float = tunable(0.9, "hunters' top speed over the player's", low=0.5, high=0.99)
    more_hunters: int = tunable(0, "hunters beyond the level's own number", low=-2, high=3)
    vision_tiles: float = tunable(11.0, "how far a hunter sees, tiles", low=3.0, high=40.0)
    vision_cone_rad: float = tunable(2.4, "full width of a hunter's field of view, radians", low=0.3, high=6.3)
    reaction_s: float = tunable(0.25, "seconds from being in a hunter's sight to being noticed", low=0.0, high=2.0)
    foresight: float = tunable(1.0, "0 hunters head for where the player is, 1 for where it will be", low=0.0, high=1.0)
    alarm_tiles: float = tunable(30.0, "how far a hunter hears a relic being taken, tiles", low=0.0, high=200.0)
    footsteps_tiles: float = tunable(3.0, "how far a hunter hears running feet, tiles", low=0.0, high=20.0)
    grace_s: float = tunable(3.0, "seconds at the start in which the hunters stand still", low=0.0, high=20.0)
    smokes: int = tunable(3, "smoke bombs the player carries", low=0, high=9)
    dash_cooldown_s: float = tunable(2.5, "seconds until the next dash", low=0.3, high=20.0)

    def __post_init__(self) -> None:
        check_tunables(self)

    def hunters(self, level_hunters: int, places: int) -> int:
        """How many hunt on a level of so many hunters and starting places: at least two where there is room."""
        return max(min(2, places), min(level_hunters + self.more_hunters, _MOST_HUNTERS, places))


DIFFICULTIES: dict[str, Difficulty] = {
    "calm": Difficulty(speed_ratio=0.85, more_hunters=-1, vision_tiles=9.0, vision_cone_rad=2.0, reaction_s=0.45, foresight=0.5, alarm_tiles=16.0,
                       footsteps_tiles=2.0, grace_s=4.0, smokes=4, dash_cooldown_s=2.0),
    "normal": Difficulty(),
    "fierce": Difficulty(speed_ratio=0.95, more_hunters=1, vision_tiles=13.0, vision_cone_rad=2.8, reaction_s=0.12, alarm_tiles=60.0,
                         footsteps_tiles=4.0, grace_s=2.0, smokes=2, dash_cooldown_s=3.0),
}
"""By the name in the menu, easiest first."""

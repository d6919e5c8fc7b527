"""How hard the rivals drive and what the player may do, by difficulty."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RULES", "Rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Times in seconds of play, speeds relative to the traffic's."""

    pace: float = 1.0
    """Of both rivals."""
    barriers: int = 2
    jams: int = 2
    barrier_s: float = 35.0
    jam_s: float = 28.0
    jam_speed: float = 0.3
    boost_s: float = 1.4
    boost_recovers_s: float = 9.0
    boost_speed: float = 1.7
    begins: float = 0.27
    """Share of the day that is over when the race starts: half past six."""
    ends: float = 0.96


RULES = {"calm": Rules(pace=0.91, barriers=3, jams=3), "normal": Rules(pace=0.99), "fierce": Rules(pace=1.06, barriers=1, jams=2)}

"""What a designer may tune of how a ball is imagined and learned."""

from __future__ import annotations

from dataclasses import dataclass

from npc_world.core.tunable import check_tunables, tunable

__all__ = ["BallConfig"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BallConfig:
    """How a ball is imagined and learned."""

    balls: int = tunable(256, "imagined balls behind a forecast", low=32, high=20000)
    hypotheses: int = tunable(6, "most hypotheses in a forecast", low=1, high=64)
    tolerance_radii: float = tunable(0.25, "hypotheses are split until their deviation is below this, in ball radii", low=0.0)
    doubt: float = tunable(1.8, "error over noise of the newest sightings from which the model is said not to fit", low=1.2)
    throws_kept: int = tunable(5, "throws that are fitted together; older ones live on in the belief only", low=1, high=100)
    sightings_kept: int = tunable(180, "sightings of the throw in the air that are used", low=30)
    shortest_throw: int = tunable(12, "sightings below which a throw teaches nothing", low=6)
    residual: bool = tunable(True, "learn from place and velocity what the laws leave unexplained: wind zones, fans, spin's pull")

    def __post_init__(self) -> None:
        check_tunables(self)

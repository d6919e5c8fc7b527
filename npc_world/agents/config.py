"""Everything a designer may tune of an NPC: the components, each its own config, composed."""

from __future__ import annotations

from dataclasses import dataclass

from npc_world.beliefs.persistence import PersistenceConfig
from npc_world.beliefs.target_model import TargetConfig
from npc_world.beliefs.vision import Vision
from npc_world.core.tunable import check_tunables, tunable
from npc_world.learning.surface_learning import SurfaceLearning
from npc_world.models.surfaces import DEFAULT_SURFACES, Surface
from npc_world.models.top_down import TopDownBody
from npc_world.planners.avoidance import Avoidance

__all__ = ["Guarding", "NpcConfig", "Patrolling", "Planning", "Searching", "Steering", "Teamwork"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """How often and how far ahead it thinks."""

    replan_hz: float = tunable(12.0, "plans per second; between plans the last one goes on", low=0.5, high=240.0)
    open_plans: float = tunable(5.0, "in the open, where plans cost little, one NPC alone plans so many times as often after a target on an exact course; several share that out", low=0.0, high=20.0)
    closing_plans: float = tunable(8.0, "at least so many plans over the time it takes to walk to a target in sight: at arm's length it plans every frame", low=0.0, high=100.0)
    renewal_share: float = tunable(0.05, "a plan goes on for this share of the time to catch while the target does as foreseen; 0 plans always at replan_hz", low=0.0, high=0.5)
    horizon_factor: float = tunable(1.6, "forecast horizon over the time it would take to walk to the target", low=0.2, high=10.0)
    min_horizon_s: float = tunable(1.0, "shortest forecast, s", low=0.05, high=30.0)
    max_horizon_s: float = tunable(8.0, "longest forecast, s", low=0.1, high=60.0)
    steps: int = tunable(30, "steps of a forecast", low=2, high=200)
    hypotheses: int = tunable(12, "futures kept in a forecast", low=1, high=64)
    commit_share: float = tunable(0.25, "share of the way to the target it commits to before it expects to know more", low=0.01, high=1.0)
    reaction_s: float = tunable(0.0, "delay before it acts on what it sees, s: 0.15 to 0.3 feels human", low=0.0, high=2.0)
    meetings: int = tunable(6, "round walls so many of the likeliest futures decide on the first move; half as many where many NPCs share out the plans", low=1, high=64)
    change_cost: float = tunable(1.5, "among walls and surfaces: once the target changes its mind, catching it takes so many times the walk over the gap then left; twice that where it is faster", low=0.0, high=20.0)
    foresight: float = tunable(1.0, "0 heads for where the target is, 1 for where it will be: the main difficulty knob", low=0.0, high=1.0)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """How a body with momentum follows its path: sampled controls rolled out through what it believes of the ground."""

    samples: int = tunable(64, "imagined control sequences per frame", low=4, high=4096)
    steps: int = tunable(15, "steps imagined ahead", low=2, high=100)
    step_s: float = tunable(0.06, "length of an imagined step, s", low=0.005, high=0.5)
    noise: float = tunable(0.5, "spread of the sampled controls, share of top speed", low=0.01, high=2.0)
    wall_cost: float = tunable(4.0, "cost of a step against a wall, in body lengths squared", low=0.0, high=1000.0)
    temperature: float = tunable(0.08, "how many samples share the say: small trusts the best one", low=0.001, high=10.0)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """What it does about a target it has lost or not yet seen."""

    give_up_s: float = tunable(60.0, "after so long unseen it goes back to its rounds, s", low=0.0, high=1e6)
    patience_s: float = tunable(1.5, "time it takes off the travel time of far places: larger goes further for likelier places", low=0.05, high=60.0)
    look_radius_cells: float = tunable(4.0, "how far around a place counts as looked at on arrival, cells", low=0.5, high=100.0)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarding:
    """Guards and sentries: a post, and how far from it they go."""

    leash_s: float = tunable(3.0, "how far from its post it goes after a target, in seconds of its own travel", low=0.0, high=1e6)
    return_s: float = tunable(2.0, "how long after losing the target it walks back, s", low=0.0, high=1e6)
    scan_rad_s: float = tunable(0.8, "how fast it turns to look around at its post, rad/s", low=0.0, high=20.0)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patrolling:
    """Rounds before a target is known."""

    points: tuple[tuple[float, float], ...] = tunable((), "places to visit in turn, px; empty wanders between far places")
    speed_factor: float = tunable(0.6, "walking speed on rounds over top speed", low=0.05, high=1.0)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teamwork:
    """How hunters of one team share the work."""

    full_rate_members: int = tunable(5, "so many NPCs of one ground plan at replan_hz; more of them share out as many plans per second", low=1, high=1000)
    flank: float = tunable(0.3, "a target that is seen to flee is headed off where that saves at least this share of the time to catch it; 1 all run after it", low=0.0, high=1.0)
    cover: float = tunable(0.8, "0 each minimises its own catch time, 1 only the team's: what a teammate covers counts for little", low=0.0, high=1.0)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NpcConfig:
    """One NPC, as its TOML file describes it."""

    behaviour: str = tunable("hunt", "what it is for", choices=("hunt", "guard", "sentry", "patrol"))
    body: TopDownBody = tunable(factory=TopDownBody, help="what it can do")
    vision: Vision = tunable(factory=Vision, help="what it can see")
    target: TargetConfig = tunable(factory=TargetConfig, help="how it forecasts another body")
    persistence: PersistenceConfig = tunable(factory=PersistenceConfig, help="how often the target is expected to change its mind")
    planning: Planning = tunable(factory=Planning, help="how often and how far it thinks")
    steering: Steering = tunable(factory=Steering, help="how a body with momentum follows a path")
    searching: Searching = tunable(factory=Searching, help="what it does about a target out of sight")
    guarding: Guarding = tunable(factory=Guarding, help="posts and leashes")
    patrolling: Patrolling = tunable(factory=Patrolling, help="rounds")
    teamwork: Teamwork = tunable(factory=Teamwork, help="sharing the work")
    avoidance: Avoidance = tunable(factory=Avoidance, help="keeping clear of other bodies")
    learning: SurfaceLearning = tunable(factory=SurfaceLearning, help="how it learns the ground from its own steps")
    physics: str = tunable("", "file of `npc-world learn` with what it believes of balls and of surfaces; relative to the file that names it")
    surfaces: dict[str, Surface] = tunable(factory=lambda: dict(DEFAULT_SURFACES), help="prior beliefs by surface name")

    def __post_init__(self) -> None:
        check_tunables(self)

"""npc_world: NPCs that carry a world model.  They watch, believe, imagine what happens next, plan on it, and act.

    import npc_world as nw
    ground = nw.Terrain.from_rects(walls, size=(1280, 720))
    npc = nw.load_npc("hunter", ground, position=(100, 100), seed=7)
    action = npc.step(enemy, player, dt_s)        # every frame; the game moves its own sprite by action.velocity_px_s

Names load when first used, so that `import npc_world` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from npc_world.agents.catcher import Catcher as Catcher
    from npc_world.agents.load import load_npc as load_npc
    from npc_world.agents.navigator import Navigator as Navigator
    from npc_world.agents.npc import Npc as Npc
    from npc_world.agents.team import Team as Team
    from npc_world.agents.warmup import warmup as warmup
    from npc_world.beliefs.motion_prior import MotionPrior as MotionPrior
    from npc_world.beliefs.target_model import TargetModel as TargetModel
    from npc_world.beliefs.target_models import TargetModels as TargetModels
    from npc_world.beliefs.vision import Vision as Vision
    from npc_world.core.errors import BadInputError as BadInputError
    from npc_world.core.errors import ConfigError as ConfigError
    from npc_world.core.errors import MissingExtraError as MissingExtraError
    from npc_world.core.errors import NpcWorldError as NpcWorldError
    from npc_world.core.errors import SaveFileError as SaveFileError
    from npc_world.core.links import Link as Link
    from npc_world.core.reading import Disc as Disc
    from npc_world.core.records import Action as Action
    from npc_world.core.records import Belief as Belief
    from npc_world.core.records import Bodies as Bodies
    from npc_world.core.records import Explanation as Explanation
    from npc_world.core.records import Forecast as Forecast
    from npc_world.core.records import Observation as Observation
    from npc_world.core.records import Plan as Plan
    from npc_world.core.terrain import Terrain as Terrain
    from npc_world.learning.ball_model import BallModel as BallModel
    from npc_world.learning.recorder import Recorder as Recorder
    from npc_world.learning.recording import Recording as Recording
    from npc_world.learning.travel_writer import TravelWriter as TravelWriter
    from npc_world.models.nav_links import links_along as links_along
    from npc_world.models.on_ground import OnGround as OnGround
    from npc_world.models.surfaces import Surface as Surface
    from npc_world.models.top_down import TopDownBody as TopDownBody
    from npc_world.models.vehicle import Vehicle as Vehicle
    from npc_world.planners.avoidance import Avoidance as Avoidance
    from npc_world.planners.avoidance import avoid as avoid
    from npc_world.planners.avoidance import avoid_all as avoid_all
    from npc_world.planners.ballistics import Shot as Shot
    from npc_world.planners.ballistics import aim as aim
    from npc_world.planners.ballistics import launch_to_land as launch_to_land
    from npc_world.planners.ballistics import shots as shots
    from npc_world.planners.catching import Catch as Catch
    from npc_world.planners.catching import CatchReach as CatchReach
    from npc_world.planners.catching import catch_point as catch_point
    from npc_world.planners.cem import Cem as Cem
    from npc_world.planners.crowd import Crowd as Crowd
    from npc_world.planners.fields import TravelTime as TravelTime
    from npc_world.planners.fields import travel_time as travel_time
    from npc_world.planners.icem import ICem as ICem
    from npc_world.planners.interception import Meeting as Meeting
    from npc_world.planners.interception import intercept as intercept
    from npc_world.planners.landing import throw_to as throw_to
    from npc_world.planners.line_guard import guard_line as guard_line
    from npc_world.planners.mppi import Mppi as Mppi
    from npc_world.planners.mppi_crowd import MppiCrowd as MppiCrowd
    from npc_world.planners.paths import PathSearch as PathSearch
    from npc_world.planners.paths import find_path as find_path
    from npc_world.planners.pursuit_cost import PursuitCost as PursuitCost
    from npc_world.planners.risk import Risk as Risk
    from npc_world.planners.roads import RoadMap as RoadMap

_HOME = {
    "load_npc": "agents.load", "Npc": "agents.npc", "Team": "agents.team", "warmup": "agents.warmup",
    "MotionPrior": "beliefs.motion_prior", "TargetModel": "beliefs.target_model", "TargetModels": "beliefs.target_models",
    "Vision": "beliefs.vision",
    "BallModel": "learning.ball_model", "Recorder": "learning.recorder", "Recording": "learning.recording",
    "TravelWriter": "learning.travel_writer", "Navigator": "agents.navigator", "RoadMap": "planners.roads",
    "BadInputError": "core.errors", "ConfigError": "core.errors", "MissingExtraError": "core.errors",
    "NpcWorldError": "core.errors", "SaveFileError": "core.errors",
    "Action": "core.records", "Belief": "core.records", "Bodies": "core.records", "Explanation": "core.records", "Forecast": "core.records",
    "Observation": "core.records", "Plan": "core.records",
    "Terrain": "core.terrain", "Link": "core.links", "Disc": "core.reading", "links_along": "models.nav_links",
    "Surface": "models.surfaces", "TopDownBody": "models.top_down",
    "TravelTime": "planners.fields", "travel_time": "planners.fields",
    "guard_line": "planners.line_guard",
    "avoid": "planners.avoidance", "avoid_all": "planners.avoidance", "Avoidance": "planners.avoidance", "Crowd": "planners.crowd",
    "Shot": "planners.ballistics", "aim": "planners.ballistics", "launch_to_land": "planners.ballistics", "shots": "planners.ballistics",
    "throw_to": "planners.landing", "Catch": "planners.catching", "CatchReach": "planners.catching", "catch_point": "planners.catching",
    "Catcher": "agents.catcher",
    "Meeting": "planners.interception", "intercept": "planners.interception",
    "OnGround": "models.on_ground", "Vehicle": "models.vehicle",
    "Cem": "planners.cem", "ICem": "planners.icem", "MppiCrowd": "planners.mppi_crowd", "PursuitCost": "planners.pursuit_cost", "Risk": "planners.risk",
    "Mppi": "planners.mppi", "find_path": "planners.paths", "PathSearch": "planners.paths",
}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'npc_world' has no attribute {name!r}")
    value = getattr(import_module(f"npc_world.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})

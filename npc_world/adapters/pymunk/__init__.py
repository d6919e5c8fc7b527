"""pymunk: NPCs that watch and drive bodies, levels read from a space, and a shadow of the space to imagine with."""

from __future__ import annotations

from npc_world.core.errors import MissingExtraError

try:
    import pymunk  # noqa: F401
except ImportError as error:
    raise MissingExtraError('npc_world.adapters.pymunk needs pymunk 7: pip install "npc-world[demos]"') from error

from npc_world.adapters.pymunk.bodies import drive, size_of_body, terrain_from_space
from npc_world.adapters.pymunk.rollout import Contact, Region, Rest, Trajectories
from npc_world.adapters.pymunk.shadow import BelievedPhysics, ShadowModel, ShadowSpace

__all__ = ["BelievedPhysics", "Contact", "Region", "Rest", "ShadowModel", "ShadowSpace", "Trajectories", "drive", "size_of_body",
           "terrain_from_space"]

"""The same as `core.pieces`, by the names that the ball's learning uses."""

from __future__ import annotations

from npc_world.core.pieces import Pieces
from npc_world.core.pieces import finished as whole

__all__ = ["Pieces", "whole"]

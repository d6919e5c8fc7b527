"""Travel-time fields, where planners look for them; they live with the models because beliefs use them too."""

from __future__ import annotations

from npc_world.models.travel_time import TravelTime, travel_time, travel_time_fields

__all__ = ["TravelTime", "travel_time", "travel_time_fields"]

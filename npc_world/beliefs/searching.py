"""Forecast of a body that has been out of sight for a while: from its likeliest places on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.hidden import Place
from npc_world.beliefs.intent import Intent
from npc_world.beliefs.labels import place_label
from npc_world.beliefs.surroundings import Surroundings
from npc_world.core.records import Forecast

__all__ = ["forecast_from_places"]


def forecast_from_places(places: Sequence[Place], intent: Intent, around: Surroundings, times: NDArray[np.float64], pace_px_s: float) -> Forecast:
    """Those on the way to goals go on at pace_px_s, the others wait about where they are; times (H,) s."""
    assert around.ground is not None
    positions, covariances = np.empty((len(places), len(times), 2)), np.zeros((len(places), len(times), 2, 2))
    labels = []
    for k, place in enumerate(places):
        positions[k] = place.point
        grow = 0.25 * pace_px_s * around.cell_px * times
        if place.goal >= 0:
            positions[k] = intent.track_from(place.goal, float(place.point[0]), float(place.point[1]), pace_px_s, times)
            grow = (0.15 * pace_px_s * times) ** 2
        covariances[k, :, 0, 0] = place.variance[0] + grow
        covariances[k, :, 1, 1] = place.variance[1] + grow
        labels.append(place_label(place, intent.labels, intent.points, around.ground))
    return Forecast(times, positions, np.array([place.weight for place in places]), covariances, tuple(labels))

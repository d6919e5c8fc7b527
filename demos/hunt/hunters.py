"""A hunter: a mind in a body that is a little slower than the player's."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

import npc_world as nw

from .minds import Mind
from .physics import Physics, Walker, Walks
from .records import Event

__all__ = ["NAMES", "Hunter"]

NAMES = ("Vesper", "Brand", "Isolde", "Corvin", "Maren")
_LOST_AFTER_S = 0.5
_TELL_EVERY_S = 0.25
_TELL_BACK, _TELL_KEPT = 4, 12
_TELL_WITHIN_BODIES = 24.0


class Hunter(Walks):
    """What the screen draws of one hunter.  It is shown the player only while it sees or hears it."""

    def __init__(self, physics: Physics, position: tuple[float, float], max_speed_px_s: float, npc: Mind, name: str, colour_index: int) -> None:
        self.walker: Walker = physics.add(position, max_speed_px_s, mass=1.3)
        self.npc = npc
        self.name, self.colour_index = name, colour_index
        self.sees_player: bool = False
        """Shown to the player: in sight now or half a second ago."""
        self.last_action: Any = None
        self.contact_s: float = 0.0
        """How long it has been touching the player."""
        self._heard = False
        self._unseen_s = math.inf
        self._said: deque[nw.Explanation] = deque(maxlen=_TELL_KEPT)
        self._silent_s = 0.0

    @property
    def heading_rad(self) -> float:
        return float(self.npc.heading_rad)

    def think(self, player: NDArray[np.float64], heard: bool, others: nw.Bodies, physics: Physics, dt_s: float) -> list[Event]:
        """Look, think, and push off the ground as advised; it is shown the player only if it sees or hears it."""
        seen = bool(self.npc.sees(player))
        self.last_action = self.npc.step(self.walker, player if seen or heard else None, dt_s, others=others)
        physics.steer(self.walker, self.last_action.velocity_px_s, dt_s)
        self._remember_reasons(player, dt_s)
        self._unseen_s = 0.0 if seen else self._unseen_s + dt_s
        was, self.sees_player = self.sees_player, self._unseen_s < _LOST_AFTER_S
        if heard and not self._heard and not seen:
            self._heard = True
            return [Event("heard", self.position)]
        self._heard = heard
        if was == self.sees_player:
            return []
        return [Event("seen" if self.sees_player else "lost", self.position)]

    def stand(self, physics: Physics, dt_s: float) -> None:
        """Wait for the grace to pass."""
        physics.steer(self.walker, (0.0, 0.0), dt_s)

    def reasons(self) -> nw.Explanation:
        """What it said before the catch was certain: its last word on cutting the player off, else that of a second ago."""
        if not self._said:
            return self.npc.explain()
        ahead = [said for said in self._said if "lead_s" in said.numbers]
        return ahead[-1] if ahead else self._said[max(0, len(self._said) - _TELL_BACK)]

    @property
    def last_word(self) -> nw.Explanation | None:
        """What it told itself last; one of these is what `reasons` gives.  None as long as it was never near the player."""
        return self._said[-1] if self._said else None

    def _remember_reasons(self, player: NDArray[np.float64], dt_s: float) -> None:
        self._silent_s -= dt_s
        if self._silent_s <= 0.0 and math.dist(player, self.position) < _TELL_WITHIN_BODIES * self.radius:
            self._silent_s = _TELL_EVERY_S
            self._said.append(self.npc.explain())

"""Stories of an NPC that finds its way: what it learns of the ground changes where it walks."""

from __future__ import annotations

import numpy as np

import npc_world as nw

DT = 1 / 30
BODY = nw.TopDownBody(max_speed_px_s=180.0)


def test_ground_that_turns_out_to_be_slow_is_walked_around_the_next_time() -> None:
    """Two ways of about the same length; the shorter leads over moss, of which the NPC knows nothing but that it is slow in truth."""
    kinds = np.zeros((15, 40), int)
    kinds[4:8, 8:32] = 1
    ground = nw.Terrain.from_grid(kinds, 16, {0: "path", 1: "moss"})
    npc = nw.load_npc("hunter", ground, position=(40, 100), body=BODY, seed=2)
    start, thief = np.array([40.0, 100.0]), (600.0, 90.0)

    def walk() -> list[str]:
        me, under = start.copy(), []
        for _ in range(600):
            action = npc.step(me, thief, DT)
            under.append(ground.surface_at(me))
            me = me + action.velocity_px_s * (0.3 if under[-1] == "moss" else 1.0) * DT
            if np.hypot(*(me - thief)) < 16.0:
                return under
        raise AssertionError("it never arrived")

    assert "moss" in walk(), "the straight way first: it has no reason not to"
    assert npc.surfaces["moss"].speed_factor < 0.4
    npc.reset()
    assert "moss" not in walk(), "it has learned better"

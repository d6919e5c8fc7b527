"""What an NPC finds out of the ground reaches its words, its steps and its forecasts."""

from __future__ import annotations

import numpy as np

import npc_world as nw

DT, SPEED = 1 / 60, 160.0


def island() -> nw.Terrain:
    """Road on the left, ice on the right."""
    kinds = np.zeros((20, 40), int)
    kinds[:, 12:] = 1
    return nw.Terrain.from_grid(kinds, 32, {0: "road", 1: "ice"})


def hunter(ground: nw.Terrain, **config: object) -> nw.Npc:
    return nw.load_npc("hunter", ground, position=(100, 320), seed=1, size=(20, 20), body=nw.TopDownBody(max_speed_px_s=SPEED))


def test_a_hunter_on_mud_drawn_as_ice_says_so_and_reckons_with_it() -> None:
    ground = island()
    npc, me = hunter(ground), np.array([100.0, 320.0])
    said = []
    for frame in range(8 * 60):
        factor = 0.45 if ground.surface_at(me) == "ice" else 1.0
        me = me + factor * npc.step(tuple(me), (1200.0, 320.0 + 0.05 * frame), DT).velocity_px_s * DT
        said.append(str(npc.explain()))
    assert abs(npc.surfaces["ice"].speed_factor - 0.45) < 0.045
    assert abs(npc.surfaces["road"].speed_factor - 1.0) < 0.05
    assert any("ice lets me go at 4" in sentence for sentence in said)
    assert npc.ground_surprise is None or "ice" in str(npc.explain())
    assert not any("ice" in sentence for sentence in said[:60])
    # the forecasts of the target now take it for as slow there
    assert npc.target_model is not None
    assert abs(npc.target_model._around.table_rows[ground.surfaces.index("ice"), 0] - 0.45) < 0.1


def test_it_steers_against_a_current_it_has_learned() -> None:
    kinds = np.zeros((30, 40), int)
    ground = nw.Terrain.from_grid(kinds, 32, {0: "river"})
    npc, me, off = hunter(ground), np.array([100.0, 320.0]), []
    other, drifted = me, []  # heads straight for where it wants to be
    for frame in range(8 * 60):
        goal = (1100.0, 320.0) if frame < 300 else (100.0, 320.0)
        me = me + (npc.step(tuple(me), goal, DT).velocity_px_s * 0.8 + SPEED * np.array([0.0, 0.3])) * DT
        other = other + (SPEED * (goal - other) / np.hypot(*(goal - other)) * 0.8 + SPEED * np.array([0.0, 0.3])) * DT
        off.append(abs(me[1] - 320.0))
        drifted.append(abs(other[1] - 320.0))
    assert npc.surfaces["river"].push_y > 0.2
    assert max(off[420:]) < 0.1 * max(drifted[420:])


def test_options_of_the_game_are_what_the_ground_answers_to() -> None:
    ground = nw.Terrain.from_grid(np.zeros((30, 40), int), 32, {0: "road"})
    npc, me = hunter(ground), np.array([100.0, 100.0])
    four = SPEED * np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])
    for frame in range(5 * 60):
        me = me + npc.step(tuple(me), (1100.0, 500.0 + frame), DT, options=four).velocity_px_s * DT
    assert abs(npc.surfaces["road"].speed_factor - 1.0) < 0.05
    assert npc.ground_surprise is None

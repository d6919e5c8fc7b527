"""NPCs that are loaded together do not all do their heavier work in the same frames, and a lone one is as it was."""

from __future__ import annotations

import npc_world as nw
from npc_world.agents.turns import Turns
from npc_world.beliefs.layout import PAST_COUNT

DT = 1 / 60


def ground() -> nw.Terrain:
    return nw.Terrain.open_field(size=(1200, 800))


def recording_frames(npcs: list[nw.Npc], frames: int = 40) -> list[set[int]]:
    """Per NPC the frames in which its record of the player grew."""
    grew: list[set[int]] = [set() for _ in npcs]
    for k in range(frames):
        for i, npc in enumerate(npcs):
            before = [model._memory[PAST_COUNT] for model in npc.team.models.values()]
            npc.step((50.0 + 40.0 * i, 50.0), (300.0 + 120.0 * k * DT, 200.0), DT)
            if before and [model._memory[PAST_COUNT] for model in npc.team.models.values()] != before:
                grew[i].add(k)
    return grew


def test_strangers_loaded_together_record_in_different_frames() -> None:
    here = ground()
    grew = recording_frames([nw.load_npc("hunter", here, position=(50.0 + 40.0 * i, 50.0), size=(20, 20), seed=i) for i in range(4)])
    assert all(5 <= len(frames) <= 8 for frames in grew), "each still ten times a second"
    assert all(grew[0] != frames for frames in grew[1:])
    assert len(set.intersection(*grew)) <= 1


def test_a_lone_one_records_as_any_lone_one_does_also_in_the_next_round_on_the_same_ground() -> None:
    here = ground()
    first = recording_frames([nw.load_npc("hunter", here, position=(50, 50), size=(20, 20))])
    assert recording_frames([nw.load_npc("hunter", here, position=(50, 50), size=(20, 20))]) == first
    assert recording_frames([nw.load_npc("hunter", ground(), position=(50, 50), size=(20, 20))]) == first


def test_who_is_loaded_after_play_began_counts_anew() -> None:
    here = ground()
    turns = Turns.of(here)
    first = nw.load_npc("hunter", here, position=(50, 50), size=(20, 20))
    nw.load_npc("hunter", here, position=(90, 50), size=(20, 20))
    assert turns.together == 2
    first.step((50.0, 50.0), (300.0, 200.0), DT)
    assert turns.together == 0

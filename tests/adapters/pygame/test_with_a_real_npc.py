"""The adapters with a real NPC behind them: a group that hunts, and a mind that is drawn while it thinks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pygame
import pytest

import npc_world as nw
from npc_world.adapters.pygame import MindView, NPCGroup


class Body(pygame.sprite.Sprite):
    def __init__(self, *groups: Any, at: tuple[int, int]) -> None:
        super().__init__(*groups)
        self.rect = pygame.Rect(0, 0, 24, 24)
        self.rect.center = at


@pytest.fixture(scope="module")
def ground() -> nw.Terrain:
    return nw.Terrain.from_rects([(300, 120, 24, 300), (460, 0, 24, 200)], (640, 480), 16)


def test_two_lines_make_a_group_hunt_round_walls(ground: nw.Terrain) -> None:
    hunters = NPCGroup(ground, "hunter", seed=3)
    enemy, player = Body(hunters, at=(100, 240)), Body(at=(560, 100))
    inside = 0
    for _ in range(600):
        player.rect.centery = 100 if player.rect.centery > 400 else player.rect.centery + 2
        hunters.update(player, 1 / 60)
        inside += any(pygame.Rect(x0, y0, x1 - x0, y1 - y0).colliderect(enemy.rect) for x0, y0, x1, y1 in ground.rects.tolist())
        if enemy.rect.colliderect(player.rect):
            break
    assert enemy.rect.colliderect(player.rect)
    assert inside == 0
    assert hunters.action(enemy) is not None and hunters.npc(enemy).plan is not None


def test_a_group_of_several_is_the_same_chase_every_time() -> None:
    courses = []
    for _ in range(2):
        ground = nw.Terrain.from_rects([(300, 120, 24, 300), (460, 0, 24, 200)], (640, 480), 16)  # NPCs of one ground take turns: also with former ones
        group = NPCGroup(ground, "hunter", seed=5, time="milliseconds")
        bodies = [Body(group, at=(60 + 60 * i, 60)) for i in range(3)]
        course = []
        for frame in range(90):
            group.update((500 - 2 * frame, 400), 16)
            course.append([tuple(body.rect.center) for body in bodies])
        courses.append(course)
    assert courses[0] == courses[1]
    assert len({tuple(at) for at in courses[0][-1]}) == 3  # they keep apart


def test_the_mind_of_a_hunter_is_drawn_at_every_moment(ground: nw.Terrain) -> None:
    npc = nw.load_npc("hunter", ground, position=(100, 240), seed=2, size=(24, 24), goals={"ruby": (600, 60), "boat": (600, 440)})
    view, screen = MindView(), pygame.Surface((640, 480), 0, 32)
    me, target = np.array([100.0, 240.0]), np.array([560.0, 240.0])
    drawn = []
    for frame in range(240):
        shown = target if not 100 <= frame < 180 else None  # hidden for a while
        target[1] += 1.5 if frame % 120 < 60 else -1.5
        me += npc.step(me, shown, 1 / 60).velocity_px_s / 60
        if frame % 12 == 0:
            screen.fill((90, 110, 90))
            view.draw(screen, npc, at=me)
            panel = view.panel(screen, npc, (400, 10, 230, 300))
            drawn.append(int((pygame.surfarray.array3d(screen) != (90, 110, 90)).any(axis=2).sum()) - panel.w * panel.h)
    assert min(drawn[1:]) > 500

"""What the renderer makes of a world: read back from the pixels, without a window."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from demos.assets import PALETTE, assets_path, colour, need_display, picture
from demos.hunt import view_things
from demos.hunt.camera import Camera
from demos.hunt.dusk import Dusk
from demos.hunt.effects import Effects
from demos.hunt.fixtures import Cloud
from demos.hunt.hud import RoundInfo, map_pixels
from demos.hunt.level import KINDS
from demos.hunt.levels import LEVELS, make_level
from demos.hunt.records import Controls, Event
from demos.hunt.sprites import BLINK, STAND, Walk, between, figure, hunter_look
from demos.hunt.view import View
from demos.hunt.view_map import IslandMap
from demos.screens.text import Typeface
from tests.demos.hunt_world_kit import EAST, STILL, chasers, field, world_of

SIZE = (640, 360)


@pytest.fixture(autouse=True)
def display() -> None:
    need_display()


def view_of(world: Any) -> View:
    view = View(world, SIZE)
    view.prepare()
    return view


def frame(view: View, world: Any, **more: Any) -> np.ndarray:
    """(h, w, 3) of one frame."""
    surface = pygame.Surface(SIZE, 0, 32)
    view.draw(surface, world, 1.0, 1 / 60, **more)
    return np.array(pygame.surfarray.array3d(surface)).swapaxes(0, 1).astype(float)


def mean_of(floor: str) -> np.ndarray:
    """Mean colour of the middle of a field of one surface."""
    island = IslandMap(field(floor))
    island.prepare()
    surface = pygame.Surface((300, 200), 0, 32)
    island.draw(surface, 600, 190, 0.0)
    return np.array(pygame.surfarray.array3d(surface)).reshape(-1, 3).mean(axis=0)


def test_every_surface_reads_as_what_it_is():
    means = {floor: mean_of(floor) for floor in ("road", "grass", "sand", "mud", "ice", "water", "deep")}
    assert means["grass"].argmax() == 1
    assert means["sand"].sum() > means["road"].sum() > means["mud"].sum()
    assert means["ice"].argmin() == 0 and means["ice"].min() > 150
    assert means["deep"].sum() < 0.7 * means["water"].sum()
    names = list(means)
    for i, a in enumerate(names):
        for b in names[i + 1:]:
            assert np.abs(means[a] - means[b]).sum() > 40, f"{a} and {b} look alike"


def test_neighbours_meet_in_a_curve_near_the_edge_of_their_tiles():
    level = field("grass", paint=lambda canvas: canvas.paint(canvas.box(20, 1, 10, 10), "sand"))
    island = IslandMap(level)
    island.prepare()
    surface = pygame.Surface((400, 200), 0, 32)
    island.draw(surface, 20 * 48 - 200, 200, 0.0)
    pixels = np.array(pygame.surfarray.array3d(surface)).astype(int)
    sandy = pixels[:, :, 0] > pixels[:, :, 1]
    edges = [int(np.argmax(np.convolve(sandy[:, y], np.ones(9), "valid") >= 8)) for y in range(sandy.shape[1])]
    assert np.ptp(edges) >= 4, "a straight cut, not a curve"
    assert abs(np.mean(edges) - 200) < 16


def test_water_moves_and_land_does_not():
    level = field("grass", paint=lambda canvas: canvas.paint(canvas.box(20, 1, 10, 10), "water"))
    island = IslandMap(level)
    island.prepare()
    pictures = []
    for time_s in (0.0, 0.9):
        surface = pygame.Surface((200, 200), 0, 32)
        island.draw(surface, 23 * 48, 200, time_s)
        land = pygame.Surface((200, 200), 0, 32)
        island.draw(land, 8 * 48, 200, time_s)
        pictures.append((pygame.image.tobytes(surface, "RGB"), pygame.image.tobytes(land, "RGB")))
    assert pictures[0][0] != pictures[1][0]
    assert pictures[0][1] == pictures[1][1]


def test_the_player_is_drawn_where_it_is_and_hunters_too():
    world = world_of(field("grass", hunter=(8.0, 6.0)))
    view = view_of(world)
    view.camera.follow(world.player.position, np.zeros(2), 10.0)
    picture_with = frame(view, world)
    x, y = view.camera.to_screen(world.player.position)
    body = picture_with[int(y) - 24:int(y) - 6, int(x) - 8:int(x) + 8].reshape(-1, 3)
    assert (np.abs(body - colour("coral")).sum(axis=1) < 120).mean() > 0.2
    x, y = view.camera.to_screen(world.hunters[0].position)
    hood = picture_with[int(y) - 40:int(y) - 8, int(x) - 10:int(x) + 10].reshape(-1, 3)
    assert (np.abs(hood - colour("violet")).sum(axis=1) < 90).mean() > 0.2


def test_drawing_between_steps_follows_alpha_but_a_jump_is_not_a_glide():
    class Body:
        radius = 10.0
        previous, position = np.array((0.0, 0.0)), np.array((4.0, 8.0))

    assert between(Body, 0.25).tolist() == [1.0, 2.0]
    Body.position = np.array((400.0, 0.0))
    assert between(Body, 0.25).tolist() == [400.0, 0.0]


def test_drawing_never_changes_the_world():
    def played(draw: bool) -> list[float]:
        world = world_of(field("grass", hunter=(20.0, 6.0)), chasers, seed=3)
        view = view_of(world)
        for _ in range(40):
            world.step(EAST)
            if draw:
                view.advance(world, 1 / 60)
                frame(view, world, info=RoundInfo())
        return [*world.player.position, *world.hunters[0].position, world.time_s]

    assert played(True) == played(False)


def test_an_actor_behind_a_wall_is_covered_by_its_top():
    level = field("grass", paint=lambda canvas: canvas.paint(canvas.box(1, 7, 38, 1), "wall"))
    island = IslandMap(level)
    island.prepare()
    feet = 7 * 48 - 4
    box = pygame.Rect(4 * 48, feet - 50, 36, 54)
    assert island.in_front(box, feet)
    assert not island.in_front(box.move(0, 110), feet + 110)


def test_a_closed_gate_stands_and_an_open_one_lies_flat():
    def paint(canvas: Any) -> None:
        canvas.paint(canvas.box(10, 1, 1, 10), "wall")
        canvas.door(10, 5, 1, 2, canvas.lever(6, 5), open=False)

    world = world_of(field("grass", paint=paint))
    view = view_of(world)
    view.camera.follow(np.array((10.5 * 32, 6 * 32.0)), np.zeros(2), 10.0)
    view.time_s = 0.0
    shut = frame(view, world)
    world.doors[0].open = True
    for _ in range(30):
        view.advance(world, 1 / 60)
    view.time_s = 0.0
    opened = frame(view, world)
    x, y = view.camera.to_screen((10.5 * 32, 5.2 * 32))
    patch = (slice(int(y) - 10, int(y) + 10), slice(int(x) - 8, int(x) + 8))
    assert np.abs(shut[patch] - opened[patch]).mean() > 15


@pytest.mark.parametrize("state", ["standing", "shaking", "fallen"])
def test_a_bridge_looks_different_in_each_state(state: str):
    def paint(canvas: Any) -> None:
        canvas.paint(canvas.box(8, 1, 6, 10), "deep")
        canvas.bridge(8, 5, 6, 2)

    world = world_of(field("grass", paint=paint))
    view = view_of(world)
    view.camera.follow(np.array((11 * 32.0, 6 * 32.0)), np.zeros(2), 10.0)
    plain = pygame.Surface(SIZE, 0, 32)
    view.island.draw(plain, *view.camera.corner, 0.0)
    bare = np.array(pygame.surfarray.array3d(plain)).swapaxes(0, 1).astype(float)
    world.bridges[0].state, world.bridges[0].time_s_left = state, 1.0
    view.time_s = 0.0
    drawn = frame(view, world)
    x, y = view.camera.to_screen((11 * 32, 6 * 32))
    changed = (np.abs(drawn - bare).sum(axis=2) > 60)[int(y) - 40:int(y) + 40, int(x) - 100:int(x) + 100].mean()
    assert changed > 0.8 if state != "fallen" else changed < 0.6


def test_events_leave_particles_and_they_fade():
    effects, body = Effects(1), type("Body", (), {"heading_rad": 0.0})
    here = np.array((50.0, 50.0))
    effects.hear([Event(kind, here) for kind in ("relic", "dash", "splash", "step:sand", "bridge_fall", "seen")], body)
    assert len(effects.particles) > 30 and effects.marks and [word.name for word in effects.words] == ["!"]
    for _ in range(600):
        effects.step(1 / 60)
    assert not effects.particles and not effects.marks and not effects.words


def test_particles_are_bounded():
    effects, body = Effects(1), type("Body", (), {"heading_rad": 0.0})
    for _ in range(300):
        effects.hear([Event("won", np.zeros(2))], body)
        effects.step(1 / 60)
    assert len(effects.particles) <= 420


def test_walking_turns_in_eight_directions_steps_and_blinks():
    walk = Walk("player", 0)
    seen = set()
    for k in range(8):
        for _ in range(20):
            walk.step(2.5, k * np.pi / 4, 1 / 60)
            seen.add((walk.direction, walk.frame()))
    assert {direction for direction, _ in seen} == set(range(8))
    assert {step for _, step in seen} == set(range(2, 8))
    still = set()
    for _ in range(400):
        walk.step(0.0, 0.0, 1 / 60)
        still.add(walk.frame())
    assert {STAND, BLINK} <= still
    cells = {pygame.image.tobytes(figure("player", d, f), "RGBA") for d in range(8) for f in range(10)}
    assert len(cells) > 70


def test_hunters_wear_their_own_colours():
    assert len({pygame.image.tobytes(figure(f"hunter/{k}", 2, 0), "RGBA") for k in range(5)}) == 5


def test_the_camera_follows_leads_and_stays_on_the_island():
    camera = Camera((2000.0, 1500.0), SIZE, (1000.0, 700.0))
    for _ in range(240):
        camera.follow(np.array((1000.0, 700.0)), np.array((170.0, 0.0)), 1 / 60)
    x, y = camera.to_screen((1000.0, 700.0))
    assert x < SIZE[0] / 2 - 40 and abs(y - SIZE[1] / 2) < 3
    for _ in range(240):
        camera.follow(np.array((5.0, 5.0)), np.zeros(2), 1 / 60)
    left, top = camera.corner
    assert -160 < left < 0 and -160 < top < 0
    assert np.allclose(camera.to_world(camera.to_screen((123.0, 45.0))), (123.0, 45.0))


def test_the_camera_does_not_depend_on_the_frame_rate():
    ends = []
    for rate in (30, 120):
        camera = Camera((4000.0, 4000.0), SIZE, (1000.0, 1000.0))
        for _ in range(rate):
            camera.follow(np.array((1500.0, 1000.0)), np.zeros(2), 1 / rate)
        ends.append(camera.corner)
    assert abs(ends[0][0] - ends[1][0]) <= 1 and ends[0][1] == ends[1][1]


def test_a_catch_shakes_the_camera_and_it_calms_down():
    camera = Camera((4000.0, 4000.0), SIZE, (1000.0, 1000.0))
    still = camera.corner
    camera.shake(1.0)
    corners = set()
    for _ in range(20):
        camera.follow(np.array((1000.0, 1000.0)), np.zeros(2), 1 / 60)
        corners.add(camera.corner)
    assert len(corners) > 5
    for _ in range(240):
        camera.follow(np.array((1000.0, 1000.0)), np.zeros(2), 1 / 60)
    assert camera.corner == still


def test_the_hud_shows_the_seen_indicator_the_map_and_the_relics():
    world = world_of(field("grass", hunter=(12.0, 6.0)), chasers)
    view = view_of(world)
    before = frame(view, world, info=RoundInfo())
    for _ in range(300):
        world.step(STILL)
        view.advance(world, 1 / 60)
        if world.hunters[0].sees_player:
            break
    assert world.hunters[0].sees_player
    for _ in range(60):
        after = frame(view, world, info=RoundInfo())
    middle = (slice(60, 110), slice(SIZE[0] // 2 - 30, SIZE[0] // 2 + 30))
    assert np.abs(before[middle] - after[middle]).max() > 100
    bare = frame(view, world)
    assert np.abs(bare[10:60, 10:60] - after[10:60, 10:60]).mean() > 20
    assert np.abs(bare[14:60, -150:-20] - after[14:60, -150:-20]).mean() > 10


def test_the_minimap_knows_every_kind_of_tile():
    for name in LEVELS:
        pixels = map_pixels(make_level(name))
        assert pixels.shape == (*make_level(name).tiles.shape, 3)
    level = field("grass")
    tiles = level.tiles.copy()
    tiles[1, 1:1 + len(KINDS)] = range(len(KINDS))
    level = replace(level, tiles=tiles)
    assert len({tuple(p) for p in map_pixels(level)[1, 1:1 + len(KINDS)].tolist()}) >= len(KINDS) - 1


def test_smoke_hides_what_is_in_it():
    world = world_of(field("grass"))
    view = view_of(world)
    clear = frame(view, world)
    world.step(Controls(smoke=True))
    smoky = frame(view, world)
    x, y = (int(v) for v in view.camera.to_screen(world.player.position))
    assert np.abs(clear[y - 60:y + 40, x - 60:x + 60] - smoky[y - 60:y + 40, x - 60:x + 60]).mean() > 25


def test_a_view_can_change_size_between_frames():
    world = world_of(field("grass"))
    view = view_of(world)
    for size in ((640, 360), (1280, 720), (400, 300)):
        surface = pygame.Surface(size, 0, 32)
        view.draw(surface, world, 1.0, 1 / 60, info=RoundInfo(number=3, best_s=12.0, hint="hello"))
        assert view.camera.view_px == size


def test_all_assets_are_there_and_small():
    total = sum(path.stat().st_size for path in assets_path().rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert total < 7_000_000  # three games
    assert "made by this project" in assets_path("CREDITS.md").read_text(encoding="utf-8")
    for kind in {relic.kind for name in LEVELS for relic in make_level(name).relics}:
        assert picture(f"things/relic_{kind}").get_width() == 44


def test_a_rehearsal_leaves_no_trace():
    world = world_of(field("grass"))
    plain, rehearsed = View(world, SIZE, seed=3), View(world, SIZE, seed=3)
    plain.prepare()
    rehearsed.prepare(world=world)
    assert (frame(plain, world, info=RoundInfo()) == frame(rehearsed, world, info=RoundInfo())).all()


def test_smoke_that_thins_out_needs_no_picture_that_was_not_made_before_play():
    view = view_of(world_of(field("grass")))
    surface, cloud = pygame.Surface(SIZE, 0, 32), Cloud(np.array([200.0, 120.0]))
    before = view_things._puff.cache_info().misses
    for time_s in np.arange(0.0, 9.0, 0.1):
        for left_s in (5.0, 1.1, 0.6, 0.05):
            cloud.time_s_left = left_s
            view_things.draw_clouds(surface, [cloud], 0, 0, float(time_s))
    assert view is not None and view_things._puff.cache_info().misses == before


def test_however_many_hunt_there_are_as_many_looks_as_colours():
    assert len({hunter_look(number) for number in range(50)}) == len(PALETTE["hunters"])


@pytest.mark.parametrize("glow", [0.0, 0.3, 0.65])
def test_dusk_and_alarm_lie_on_the_rim_alone_and_look_the_same_however_they_are_blended(glow: float):
    plain = pygame.Surface((120, 90), 0, 32)
    plain.fill((120, 160, 90))
    part = pygame.Surface((150, 100), 0, 32).subsurface((20, 5, 120, 90))  # of another surface: blitted
    part.blit(plain, (0, 0))
    for surface in (plain, part):
        Dusk((120, 90)).draw(surface, glow)
    drawn, blitted = (pygame.surfarray.array3d(surface).astype(int) for surface in (plain, part))
    assert np.abs(drawn - blitted).max() <= 2
    assert (drawn[30:90, 30:60] == (120, 160, 90)).all()
    assert drawn[0, 0].sum() < 340 and (drawn[0, 45] == drawn[119, 45]).all() and (drawn[60, 0] == drawn[60, 89]).all()


def test_a_line_of_words_is_as_wide_as_it_says_and_each_word_is_rendered_once():
    font = Typeface("bold", 20)
    line = font.render("goes for the ruby", True, (255, 255, 255))
    assert line.get_size() == font.size("goes for the ruby")
    assert pygame.mask.from_surface(line).count() > 100 and font.render("ruby", True, (255, 255, 255)) is font.render("ruby", True, (255, 255, 255))
    assert abs(pygame.mask.from_surface(line).count() - sum(pygame.mask.from_surface(font.render(word)).count() for word in ("goes", "for", "the", "ruby"))) == 0

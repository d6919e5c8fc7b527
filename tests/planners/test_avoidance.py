"""Bodies that pass each other: no bumping, no walking into walls, no jams where there is room."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain
from npc_world.models.travel_time import travel_time
from npc_world.planners.avoidance import Avoidance, Avoider, avoid, avoid_all
from npc_world.planners.velocity_program import nearest_velocity


def walk(positions: list, goals: list, radius: float, speed: float, steps: int, ground: Terrain | None = None,
         radii: np.ndarray | None = None, fields: list | None = None) -> tuple[np.ndarray, float, float]:
    """Everyone wants straight to its goal, or along its field: (arrived (n,), deepest overlap in radii, deepest push into a wall in radii)."""
    where, to = np.array(positions, float), np.array(goals, float)
    size = np.full(len(where), radius) if radii is None else radii
    velocity, arrived, overlap, pushed = np.zeros_like(where), np.zeros(len(where), bool), 0.0, 0.0
    dt_s = 0.25 * radius / speed
    for _ in range(steps):
        gap = to - where
        far = np.hypot(gap[:, 0], gap[:, 1])
        arrived |= far < 2 * radius
        wanted = gap / np.maximum(far, 1e-9)[:, None] * np.minimum(speed, far / dt_s)[:, None]
        if fields is not None:
            wanted = speed * np.array([field.direction(point) for field, point in zip(fields, where, strict=True)])
        velocity = avoid_all(where, velocity, wanted, size, dt_s, ground=ground, top_speeds=speed)
        where = where + velocity * dt_s
        apart = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1)) - size[:, None] - size[None]
        np.fill_diagonal(apart, 1.0)
        overlap = max(overlap, float(-apart.min() / radius))
        if ground is not None:
            for left, top, right, bottom in ground.rects:
                nearest = np.clip(where, (left, top), (right, bottom))
                pushed = max(pushed, float(((size - np.hypot(*(where - nearest).T)) / radius).max()))
    return arrived, overlap, pushed


def test_alone_it_goes_where_it_wants() -> None:
    np.testing.assert_allclose(avoid_all([(0, 0)], [(0, 0)], [(3, 4)], 1.0, 0.1), [(3, 4)])


@pytest.mark.parametrize("scale", [0.1, 1.0, 100.0])
def test_two_that_meet_head_on_pass_without_touching(scale: float) -> None:
    arrived, overlap, _ = walk([(0, 0), (30 * scale, 0)], [(30 * scale, 0), (0, 0)], scale, 4 * scale, 300)
    assert arrived.all()
    assert overlap < 0.01


def test_a_standing_player_is_walked_around() -> None:
    where, velocity = np.array([0.0, 0.1]), np.zeros(2)
    for _ in range(200):
        wanted = np.array([30.0, 0.0]) - where
        wanted *= 3.0 / max(3.0, np.hypot(*wanted))
        velocity = avoid(where, velocity, wanted, 1.0, [(15, 0)], [(0, 0)], 1.5, 0.1, top_speed_px_s=3.0)
        where = where + velocity * 0.1
        assert np.hypot(*(where - (15, 0))) > 2.5 - 1e-6
    np.testing.assert_allclose(where, (30, 0), atol=0.1)


def test_forty_swap_places_on_a_circle() -> None:
    angle = np.arange(40) / 40 * 2 * np.pi
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * 25 + 40
    arrived, overlap, _ = walk(ring, 80 - ring, 1.0, 4.0, 400)
    assert arrived.mean() > 0.95
    assert overlap < 0.35


def test_two_streams_pass_in_a_corridor() -> None:
    ground = Terrain.from_rects([(0, 0, 120, 4), (0, 20, 120, 4)], size=(120, 24), cell_px=2)
    grid = np.array([(x, y) for x in np.arange(5, 40, 3.5) for y in np.arange(5.5, 19, 3.2)])
    there = np.column_stack([120 - grid[:, 0], grid[:, 1]])
    arrived, overlap, pushed = walk(np.vstack([grid, there]), np.vstack([there, grid]), 1.0, 4.0, 900, ground)
    assert arrived.mean() > 0.8
    assert overlap < 0.6
    assert pushed < 0.02


def test_in_a_corridor_for_one_the_others_give_way() -> None:
    ground = Terrain.from_rects([(30, 0, 40, 9), (30, 12, 40, 9)], size=(100, 21), cell_px=1)
    goals = [(90, 8), (8, 9), (8, 14), (90, 14)]
    fields = [travel_time(ground, goal, 4.0, size=(2.0, 2.0)) for goal in goals]
    arrived, overlap, pushed = walk([(35, 10.5), (65, 10.5), (69, 10.5), (31, 10.5)], goals, 1.0, 4.0, 1500, ground, fields=fields)
    assert arrived.all()
    assert overlap < 0.1
    assert pushed < 0.02


@pytest.mark.parametrize("cell", [10.0, 7.0])
def test_nobody_is_pushed_through_a_wall(cell: float) -> None:
    ground = Terrain.from_rects([(50, 0, 2, 100), (20, 80, 33, 11)], size=(100, 100), cell_px=cell)
    crowd = [(x, y) for x in range(34, 48, 3) for y in range(40, 60, 3)]
    _, _, pushed = walk(crowd, [(90, 50)] * len(crowd), 1.4, 10.0, 150, ground)
    assert pushed < 0.05


def test_bodies_of_different_sizes() -> None:
    arrived, overlap, _ = walk([(0, 0), (40, 1), (20, -20)], [(40, 0), (0, 0), (20, 20)], 1.0, 4.0, 400, radii=np.array([1.0, 5.0, 2.5]))
    assert arrived.all()
    assert overlap < 0.05


def test_walls_slow_down_only_towards_them() -> None:
    ground = Terrain.from_rects([(0, 50, 100, 50)], size=(100, 100), cell_px=10)
    config = Avoidance(wall_horizon_s=0.5)
    (along,) = avoid_all([(50, 48)], [(0, 0)], [(5, 0)], 2.0, 0.1, ground=ground, config=config)
    np.testing.assert_allclose(along, (5, 0))
    (into,) = avoid_all([(50, 47)], [(0, 0)], [(5, 5)], 2.0, 0.1, ground=ground, config=config)
    np.testing.assert_allclose(into, (5, 2), atol=1e-6)


def test_the_nearest_velocity_is_the_nearest() -> None:
    rng = np.random.default_rng(0)
    tried = np.stack(np.meshgrid(np.linspace(-1, 1, 201), np.linspace(-1, 1, 201)), -1).reshape(-1, 2)
    tried = tried[np.hypot(*tried.T) <= 1.0]
    checked = 0
    for _ in range(60):
        planes = rng.normal(size=(5, 3))
        planes[:, :2] /= np.hypot(planes[:, 0], planes[:, 1])[:, None]
        planes[:, 2] = rng.uniform(-0.8, 0.4, 5)
        wanted = rng.uniform(-1.2, 1.2, 2)
        found = np.array(nearest_velocity(planes, 0, 5, 1.0, wanted[0], wanted[1], np.empty((5, 3))))
        violation = (planes[:, 2] - tried @ planes[:, :2].T).max(axis=1)
        own = (planes[:, 2] - planes[:, :2] @ found).max()
        assert np.hypot(*found) <= 1.0 + 1e-9
        if violation.min() < -0.02:
            allowed = tried[violation <= 0]
            assert own < 1e-9
            assert np.hypot(*(found - wanted)) <= np.hypot(*(allowed - wanted).T).min() + 1e-9
            checked += 1
        else:
            assert own <= max(0.0, violation.min()) + 0.03
    assert checked > 15


@pytest.mark.parametrize("change, name", [({"velocities": [(0, 0)]}, "velocities"), ({"positions": [(0, np.nan), (1, 1)]}, "positions"),
                                          ({"radii": -1.0}, "radii"), ({"dt_s": 0.0}, "dt_s")])
def test_bad_input_is_named(change: dict, name: str) -> None:
    given = {"positions": [(0, 0), (5, 5)], "velocities": [(0, 0), (0, 0)], "wanted": [(1, 0), (0, 1)], "radii": 1.0, "dt_s": 0.1, **change}
    with pytest.raises(BadInputError, match=name):
        avoid_all(**given)


def test_one_that_is_asked_in_every_frame_gets_the_same_as_one_that_asks_anew():
    """Some near, some far, one that jumped, one of unknown size, itself among them."""
    ground = Terrain.from_rects([(0, 0, 10, 200)], (400, 200), 10)
    rng = np.random.default_rng(8)
    for case in range(20):
        places = rng.uniform((15, 5), (160, 195), (7, 2))
        places[6] = (390.0, 190.0)
        before = places - rng.normal(0.0, 1.0, (7, 2))
        before[3] += 100.0
        sizes = rng.uniform(4, 12, (7, 2))
        sizes[2] = np.nan
        own, wanted, dt_s = rng.normal(0, 40, 2), rng.normal(0, 40, 2), 1 / 60
        asked = Avoider(Avoidance()).velocity(np.concatenate([places[1], own, wanted]), 5.0, places, before, sizes, 1, 120.0, dt_s, ground, 60.0)
        near = [k for k in range(7) if k != 1 and np.hypot(*(places[k] - places[1])) < 120.0]
        moves = (places - before)[near] / dt_s
        moves[np.hypot(*moves.T) > 240.0] = 0.0
        radii = [5.0 if k == 2 else 0.5 * sizes[k].max() for k in near]
        anew = avoid(places[1], own, wanted, 5.0, places[near], moves, radii, dt_s, ground=ground, top_speed_px_s=60.0, reciprocal=True)
        assert asked is not None and asked.tolist() == anew.tolist(), case
    alone = Avoider(Avoidance()).velocity(np.array([50.0, 50, 0, 0, 10, 0]), 5.0, places[6:], before[6:], None, -1, 120.0, dt_s, ground, 60.0)
    assert alone is None

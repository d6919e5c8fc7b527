"""What walls and other bodies do to an NPC's steps is not taken for the ground's doing."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.hindrance import hindered, touches_a_body
from npc_world.agents.load import read_npc_config
from npc_world.agents.own_ground import OwnGround
from npc_world.core.records import Bodies, Observation

_DRAWN = """
###################
#........#........#
#.##.###.#.###.##.#
#.................#
#.##.#.#####.#.##.#
#....#...#...#....#
####.###.#.###.####
####.#.......#.####
####.#.##.##.#.####
#......#...#......#
####.#.#####.#.####
####.#.......#.####
####.#.#####.#.####
#........#........#
#.##.###.#.###.##.#
#..#.....P.....#..#
##.#.#.#####.#.#.##
#....#...#...#....#
#.######.#.######.#
#.................#
###################"""
MAZE = _DRAWN.split()
TILE = 24.0
DT = 1 / 60


class Maze:
    """A game of corridors exactly as wide as the bodies in it: moves into walls are refused, axis by axis."""

    def __init__(self, seed: int) -> None:
        self.walls = np.array([[letter == "#" for letter in row] for row in MAZE])
        self.rng = np.random.default_rng(seed)
        cells = np.argwhere(~self.walls)[:, ::-1]
        self.player = self.centre(cells[self.rng.integers(len(cells))])
        self.goal, self.facing = self.player, np.array([1, 0])

    @staticmethod
    def centre(cell: np.ndarray) -> np.ndarray:
        return (np.asarray(cell) + 0.5) * TILE

    def free(self, at: np.ndarray) -> bool:
        corners = at + 11.9 * np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)])
        return not any(self.walls[int(y // TILE), int(x // TILE)] for x, y in corners)

    def moved(self, at: np.ndarray, step: np.ndarray) -> np.ndarray:
        for axis in (0, 1):
            tried = at.copy()
            tried[axis] += step[axis]
            at = tried if self.free(tried) else at
        return at

    def move_player(self, distance: float) -> None:
        """On to the next cell; at crossings anywhere but back."""
        if np.array_equal(self.goal, self.player):
            here = (self.player // TILE).astype(int)
            ways = [d for d in np.array([(1, 0), (0, 1), (-1, 0), (0, -1)]) if not self.walls[here[1] + d[1], here[0] + d[0]]]
            onwards = [d for d in ways if not np.array_equal(d, -self.facing)] or ways
            self.facing = onwards[self.rng.integers(len(onwards))]
            self.goal = self.centre(here + self.facing)
        way = self.goal - self.player
        length = float(np.hypot(*way))
        self.player = self.goal.copy() if length <= distance else self.player + way * (distance / length)


@pytest.mark.parametrize("seed", [0, 3])
def test_corridors_as_wide_as_itself_do_not_teach_a_hunter_that_roads_are_slow(seed: int) -> None:
    game, speed = Maze(seed), 108.0
    ground = nw.Terrain.from_grid(game.walls.astype(int), cell_px=TILE, legend={0: "road", 1: "wall"}, solid={"wall"})
    me = game.centre(np.array([9, 9]))
    npc = nw.load_npc("hunter", ground, position=tuple(me), seed=seed, size=(TILE, TILE), body=nw.TopDownBody(max_speed_px_s=speed))
    caught = False
    for _ in range(20 * 60):
        game.move_player(120.0 * DT)
        me = game.moved(me, npc.step(tuple(me), tuple(game.player), DT).velocity_px_s * DT)
        caught = bool(np.hypot(*(me - game.player)) < 0.6 * TILE)
        if caught:
            break
    assert npc.surfaces["road"].speed_factor > 0.95
    assert caught


def test_a_wall_that_is_leaned_on_hinders_and_one_that_is_walked_along_does_not() -> None:
    ground = nw.Terrain.from_rects([(100, 0, 20, 300)], size=(640, 480))
    beside = np.array([90.0, 150.0])
    assert hindered(ground, beside, np.array([2.0, 1.0]), (20, 20))
    assert hindered(ground, beside - (1.9, 0.0), np.array([2.0, 0.5]), (20, 20))  # a game that refuses the move leaves this gap
    assert not hindered(ground, beside, np.array([0.0, 2.0]), (20, 20))
    assert not hindered(ground, beside, np.array([-2.0, 1.0]), (20, 20))
    assert hindered(ground, np.array([10.0, 150.0]), np.array([-1.0, 0.0]), (20, 20))  # the map's edge
    assert not hindered(ground, beside, np.zeros(2), (20, 20))


def test_a_body_beside_it_is_noticed() -> None:
    def seeing(*places: tuple[float, float]) -> Observation:
        others = Bodies(np.array(places).reshape(-1, 2), np.full((len(places), 2), 20.0))
        return Observation(time_s=0.0, dt_s=DT, position_px=np.array([100.0, 100.0]), size_px=(20.0, 20.0), targets={}, others=others)

    assert touches_a_body(seeing((300, 100), (119.5, 90.0)))
    assert not touches_a_body(seeing((300, 100), (140, 100)))
    assert not touches_a_body(seeing())


def ground_learned_by(ground: nw.Terrain, places: list[tuple[float, float]], asked: list[tuple[float, float]]) -> OwnGround:
    """What a body of 24 px at 160 px/s learns that came to these places, having asked for these velocities on the way."""
    own = OwnGround(ground, read_npc_config("hunter"), 0.0)
    for k in range(1, len(places)):
        here, before = np.array(places[k]), np.array(places[k - 1])
        now = Observation(time_s=k * DT, dt_s=DT, position_px=here, size_px=(24.0, 24.0), targets={})
        own.learn(now, (float(here[0] - before[0]), float(here[1] - before[1])), np.array(asked[k]), 160.0, 0.0, False)
    return own


def test_momentum_into_a_wall_that_it_no_longer_asks_for_is_no_property_of_the_ground() -> None:
    """It turns along the wall too late, again and again, and the wall takes the speed that it still had towards it."""
    own = OwnGround(nw.Terrain.from_rects([(400, 0, 32, 9000)], size=(640, 9000)), read_npc_config("hunter"), 0.0)
    rng, at, velocity, wish, worst = np.random.default_rng(3), np.array([200.0, 40.0]), np.zeros(2), np.array([160.0, 0.0]), 0.0
    for k in range(1, 3600):
        if k % 40 == 0:
            angle = rng.uniform(-1.5, 1.9)
            wish = 160.0 * np.array([np.cos(angle), np.sin(angle)])
        if at[0] < 150.0:
            wish = np.array([160.0, 20.0])
        if at[0] > 300.0:
            wish = np.array([-16.0, 159.0])
        if at[0] > 370.0 and rng.uniform() < 0.02:
            wish = np.array([-160.0, 0.0])
        change = wish - velocity
        velocity = velocity + change * min(1.0, 400.0 * DT / max(1e-9, float(np.hypot(*change))))
        if at[0] + velocity[0] * DT > 388.0:
            velocity = velocity * (0.0, 1.0)
        before, at = at, at + velocity * DT
        now = Observation(time_s=k * DT, dt_s=DT, position_px=at, size_px=(24.0, 24.0), targets={})
        own.learn(now, at - before, wish, 160.0, 400.0, False)
        worst = max(worst, abs(own.learner.belief("ground").speed_factor - 1.0)) if k > 300 else 0.0
    assert worst < 0.01


@pytest.mark.parametrize(("whole", "walks", "stands"), [(True, 120, 79), (False, 52, 5), (False, 37, 1)])
def test_a_body_stuck_at_a_corner_that_it_seems_to_be_clear_of_learns_nothing_of_the_ground(whole: bool, walks: int, stands: int) -> None:
    at, places, asked = 100.0, [(100.0, 300.0)], [(0.0, 0.0)]
    for k in range(1200):
        if k % (walks + stands) < walks:
            at += 160.0 * DT
        places.append((float(np.round(at)) if whole else at, 300.0 if whole else 300.3))
        asked.append((160.0, 0.0))
    own = ground_learned_by(nw.Terrain.open_field(size=(4000, 600)), places, asked)
    assert own.learner.surprise is None
    assert own.learner.belief("ground").speed_factor == pytest.approx(1.0, abs=0.05)


def test_ground_so_slow_that_pixels_come_seldom_is_learned_all_the_same() -> None:
    places = [(float(np.round(100.0 + 0.08 * 160.0 * k * DT)), 300.0) for k in range(400)]
    own = ground_learned_by(nw.Terrain.open_field(size=(3000, 600)), places, [(160.0, 0.0)] * 400)
    assert own.learner.belief("ground").speed_factor == pytest.approx(0.08, abs=0.02)

"""A chase imagined on places, and where to head off who flees."""

from __future__ import annotations

import numpy as np

import npc_world as nw
from npc_world.core.pieces import finished
from npc_world.planners.evasion import RUN_AFTER, Roadmap, Scene, flight
from npc_world.planners.flanking import Flank, flanking
from npc_world.planners.places import Places, places_of, spread_cells

RING = nw.Terrain.from_rects([(100, 100, 400, 200)], size=(600, 400), cell_px=20)
"""A way round a block."""
SPEED, PURSUERS = 110.0, 100.0


def placed(ground: nw.Terrain, most: int = 90) -> Places:
    steps = list(places_of(ground, most, size=(16, 16)))
    assert all(step is None for step in steps[:-1])
    assert steps[-1] is not None
    return steps[-1]


def scene(ground: nw.Terrain, *bodies: tuple[float, float]) -> Scene:
    cells = np.array([row * ground.shape[1] + col for row, col in map(ground.cell_of, bodies)])
    return Roadmap(placed(ground)).scene(cells, np.array(bodies))


def fled(at: Scene, steps: int = 40) -> tuple[float, np.ndarray]:
    track = np.empty((steps, 2))
    firsts = np.full(len(at.points_px) - at.dist.shape[1] - 1, RUN_AFTER)
    return float(flight(at.dist, at.hops, at.points_px, firsts, SPEED, PURSUERS, 25.0, 1.2, 0.2, track)), track


def test_places_know_the_way_round() -> None:
    places = placed(RING)
    west, east = (int(np.argmin(np.hypot(*(places.points_px - at).T))) for at in ((50.0, 200.0), (550.0, 200.0)))
    assert places.between[west, east] > 640.0  # straight through the block it would be 500
    assert np.allclose(places.between, places.between.T, rtol=1e-4)
    assert np.allclose(places.between[west], places.away[west, places.cells[:, 0] * RING.shape[1] + places.cells[:, 1]])


def test_who_flees_runs_away_from_who_is_near() -> None:
    for pursuer, ahead in (((200.0, 50.0), 1.0), ((400.0, 50.0), -1.0)):
        _, track = fled(scene(RING, (300.0, 50.0), pursuer))
        assert ahead * (track[4, 0] - 300.0) > 40.0


def test_the_faster_one_is_not_caught_from_behind_and_never_between_two() -> None:
    alone, _ = fled(scene(RING, (300.0, 50.0), (200.0, 50.0)))
    queued, _ = fled(scene(RING, (300.0, 50.0), (200.0, 50.0), (190.0, 50.0)))
    between, _ = fled(scene(RING, (300.0, 50.0), (200.0, 50.0), (400.0, 50.0)))
    assert alone == queued == np.inf
    assert between < 4.0


def found(first: tuple[float, float], second: tuple[float, float], turn: int = 0, kept: int = RUN_AFTER) -> tuple[Scene, Flank]:
    at = scene(RING, (300.0, 50.0), first, second)
    return at, finished(flanking(at, np.array([RUN_AFTER, RUN_AFTER]), 1, SPEED, PURSUERS, 25.0, turn=turn, kept=kept))


def test_the_second_of_two_who_queue_goes_the_other_way_round() -> None:
    at, best = found((200.0, 50.0), (180.0, 50.0))
    assert best.place != RUN_AFTER
    assert best.caught_s < 0.75 * best.straight_s
    place = at.points_px[best.place]
    assert place[0] < 300.0 or place[1] > 300.0  # back where it came from, or beyond the block


def test_who_is_already_on_the_other_side_just_closes_in() -> None:
    _, best = found((200.0, 50.0), (400.0, 50.0))
    assert best.straight_s < 4.0 and best.caught_s >= best.straight_s - 0.6


def test_a_place_that_was_chosen_is_kept_while_no_other_is_clearly_better() -> None:
    _, best = found((200.0, 50.0), (180.0, 50.0))
    _, again = found((200.0, 50.0), (180.0, 50.0), turn=1, kept=best.place)
    assert again.place == best.place or again.caught_s < best.caught_s - 0.3


def test_places_are_the_free_cells_nearest_the_middles_of_a_lattice() -> None:
    free = np.ones((5, 7), np.bool_)
    free[1, 1] = free[1, 4] = False
    free[:, 6] = False
    assert spread_cells(free, 4).tolist() == [[0, 1], [0, 4], [4, 1], [4, 4]]  # squares of three cells: of equals the first

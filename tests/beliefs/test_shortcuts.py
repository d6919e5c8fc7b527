"""What is quicker says the same: short steps through free cells, and many moments of the past compared at a time."""

import numpy as np

import npc_world as nw
from npc_world.beliefs.contact import clearance, slide
from npc_world.beliefs.habit import AGES, SHARE, find_similar
from npc_world.beliefs.layout import MATCH, PAST, PAST_COUNT, SEGMENT, TOP_SPEED, new_memory
from npc_world.models.nav_grid import NavGrid


def test_steps_through_free_cells_end_where_a_closer_look_would_have_them_end() -> None:
    rng = np.random.default_rng(2)
    kinds = (rng.random((24, 24)) < 0.12).astype(int)
    ground = nw.Terrain.from_grid(kinds, 32, {0: "grass", 1: "wall"})
    for size in ((0.0, 0.0), (20.0, 20.0), (40.0, 24.0)):
        grid = NavGrid.of(ground, size)
        clear = clearance(grid.free, ground.solid)
        wary = (*grid.walls[:8], np.ones_like(grid.walls[8]))  # there may be something everywhere
        for _ in range(150):
            start = rng.uniform(10.0, 758.0, 2)
            steps = rng.normal(0.0, rng.choice([3.0, 12.0, 60.0]), (20, 2))
            quick, careful = start + np.cumsum(steps, axis=0), start + np.cumsum(steps, axis=0)
            slide(grid.walls, clear, start[0], start[1], quick)
            slide(wary, np.zeros_like(clear), start[0], start[1], careful)
            np.testing.assert_allclose(quick, careful, atol=1e-9)


def test_the_most_similar_moment_is_the_one_a_plain_search_finds() -> None:
    rng = np.random.default_rng(3)
    memory = new_memory()[0]
    track = np.cumsum(rng.normal(0.0, 5.0, (200, 2)), axis=0)
    memory[PAST:PAST + 600] = np.column_stack([track, np.ones(200)]).ravel()
    memory[PAST_COUNT], memory[SEGMENT], memory[TOP_SPEED] = 200.0, 1.0, 100.0
    find_similar(memory)

    def shape(k: int) -> np.ndarray:
        return np.array([complex(*(track[k] - track[k - age])) for age in AGES.tolist()])

    def distance(k: int) -> float:
        now, then = shape(199), shape(k)
        match = abs(np.sum(SHARE * now * then.conj()))
        return float(np.sum(SHARE * (np.abs(now) ** 2 + np.abs(then) ** 2)) - 2.0 * match)

    found = [distance(k) for k in range(20, 197)]
    assert int(memory[MATCH]) == 20 + int(np.argmin(found))
    np.testing.assert_allclose(memory[MATCH + 1], min(found), rtol=1e-9)

"""The fit of one stretch finds what explains it."""

from __future__ import annotations

import numpy as np

from npc_world.learning.surface_window import fit_window
from npc_world.models.top_down import step_top_down

SPEED, ACCELERATION, DT = 240.0, 630.0, 1 / 60
LAW = np.array([0.51, np.log(0.6), -0.09, 0.15])


def excess_over_the_truth(seed: int) -> float:
    """Cost of the fit less that of the truth, of a stretch of a sliding body that is seen exactly, by one who believes otherwise."""
    rng = np.random.default_rng(seed)
    before = rng.normal(0.0, 60.0, 2)
    (x, y), (vx, vy) = (100.0, 100.0), before
    rows, left = [(0.0, x, y, 0.0, 0.0)], 0
    for _ in range(39):
        if left == 0:
            left, angle = int(rng.integers(18, 60)), rng.integers(8) * np.pi / 4
            wish = SPEED * np.array([np.cos(angle), np.sin(angle)])
        left -= 1
        x, y, vx, vy = step_top_down(x, y, vx, vy, *wish, DT, ACCELERATION, LAW[0], np.exp(LAW[1]), *(LAW[2:] * SPEED))
        rows.append((DT, x, y, *wish))
    deviation = np.array([0.05, 0.1, 0.05, 0.05])
    believed, entered = LAW + 1.6 * deviation * rng.normal(size=4), before + rng.normal(0.0, 3.0, 2)
    cost, _ = fit_window(np.array(rows), believed, np.diag(deviation**-2.0), SPEED, ACCELERATION, 0.004, *entered, 10.0, np.empty(10), np.empty((8, 8)))
    return float(cost - 0.5 * ((LAW - believed) ** 2 / deviation**2).sum() - 0.5 * ((before - entered) ** 2).sum() / 10.0**2)


def test_a_sharp_fit_goes_all_the_way_along_the_valley_between_speed_and_push() -> None:
    assert max(excess_over_the_truth(seed) for seed in range(60)) < 0.1

"""The truth costs little: time for the minds."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np

from demos.hunt.difficulty import Difficulty
from demos.hunt.levels import make_level
from demos.hunt.physics import Physics
from demos.hunt.player import Player
from demos.hunt.records import Controls


def test_a_step_with_twenty_walkers_is_cheap() -> None:
    """Bodies alone: 20 walkers and the player on the castle island; the bar is 0.5 ms, tested with room for a busy machine."""
    level = replace(make_level("castle"))
    physics = Physics(level)
    player = Player(physics, level.player_start, Difficulty())
    rng = np.random.default_rng(0)
    free = np.argwhere(level.mask("grass", "road"))
    for row, col in free[rng.integers(len(free), size=20)]:
        physics.add(((col + 0.5) * 32.0, (row + 0.5) * 32.0), 150.0)
    lengths = []
    for i in range(300):
        begun = time.perf_counter()
        player.steer(Controls(move=(math.cos(i / 40), math.sin(i / 40))), physics, 1 / 60)
        for number, walker in enumerate(physics.walkers[1:]):
            physics.steer(walker, (150.0 * math.cos(number + i / 50), 150.0 * math.sin(number + i / 50)), 1 / 60)
        physics.step(1 / 60)
        lengths.append(time.perf_counter() - begun)
    print(f"{1e3 * float(np.median(lengths)):.3f} ms")
    assert float(np.median(lengths)) < 1.5e-3

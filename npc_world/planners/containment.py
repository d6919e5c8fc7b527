"""Hem in a body that reacts: leave it as little ground as possible that it reaches first.

Against one who flees, no forecast of a path holds; what counts is the ground it can still reach before any pursuer.
Moving so as to shrink that region captures in bounded convex worlds at equal speed (Zhou, Zhang, Ding, Huang, Stipanović
and Tomlin, "Cooperative pursuit with Voronoi partitions", Automatica 2016).  Wrong for one who does not react: it is herded
where it could simply have been met.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel

__all__ = ["escape_room"]

Floats = NDArray[np.float64]


@kernel
def escape_room(target_s, mates_s, mine_s, delay_s, out):  # type: ignore[no-untyped-def]
    """out (C,): how much room the target has if I make each move, as mean seconds of safety over the ground it can reach.

    target_s (rows, cols) its travel times; mates_s (rows, cols) the least of the teammates' (inf without any); mine_s
    (C, rows, cols) mine from each candidate, delay_s (C,) when I am there.  A cell counts by how long the target may stay there before
    anyone arrives, at most as long as it took to come: far ground that all reach late is not worth more than near ground.
    """
    candidates, rows, cols = mine_s.shape
    for c in range(candidates):
        total, count = 0.0, 0.0
        for row in range(rows):
            for col in range(cols):
                there = target_s[row, col]
                if there == math.inf:
                    continue
                count += 1.0
                first = min(mates_s[row, col], mine_s[c, row, col] + delay_s[c])
                margin = first - there
                if margin > 0.0:
                    total += min(margin, there)
        out[c] = total / max(count, 1.0)

"""exp by powers of a polynomial."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.exponential import exp_below


def test_it_is_exp_as_far_as_stated() -> None:
    for x in np.linspace(-10.0, 0.0, 401).tolist():
        assert abs(exp_below(x) / math.exp(x) - 1.0) < 2e-9
    for x in np.linspace(-60.0, -10.0, 401)[1:].tolist():
        assert abs(exp_below(x) / math.exp(x) - 1.0) < 1e-4
    assert exp_below(-60.0) == exp_below(-1e300) == exp_below(-math.inf) == 0.0 and exp_below(0.0) == 1.0

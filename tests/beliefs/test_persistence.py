"""How a target's fickleness is told from how often it breaks what was foreseen."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.persistence import Persistence


def straight_on(time_s: float) -> nw.Forecast:
    times = np.linspace(0.1, 2.0, 20)
    along = np.column_stack([100.0 * (time_s + times), np.zeros(20)])
    return nw.Forecast(times, along[None], np.ones(1), np.tile(np.eye(2), (1, 20, 1, 1)), ("straight on",))


def watched(at: list[tuple[float, float]]) -> Persistence:
    """One look a second: foreseen to run on at 100 px/s, then seen at (x, y) relative to that."""
    found = Persistence()
    for second, (x, y) in enumerate(at):
        found.expect(float(second), straight_on(float(second)), 100.0)
        found.compare(second + 0.8, np.array([100.0 * (second + 0.8) + x, y]))
    return found


def test_who_is_seen_to_change_its_mind_is_no_longer_taken_for_steady() -> None:
    kept, broke = watched([(0.0, 0.0)] * 3), watched([(0.0, 0.0), (0.0, 80.0), (0.0, 0.0)])
    assert kept.steady == Persistence().steady  # running straight for long earns no more belief in it
    assert broke.steady < 0.2 * kept.steady
    assert broke.change_hz() > kept.change_hz()


def test_a_broken_look_long_ago_is_forgiven() -> None:
    broke = watched([(0.0, 80.0)])
    later = watched([(0.0, 80.0), *[(0.0, 0.0)] * 60])
    assert broke.steady < later.steady < Persistence().steady


def test_what_was_counted_is_kept_and_saves_without_odds_are_read() -> None:
    broke, again, older = watched([(0.0, 80.0)]), Persistence(), Persistence()
    again.restore(broke.state())
    assert (again.steady, again.change_hz()) == (broke.steady, broke.change_hz())
    older.restore(broke.state()[:2])
    assert older.steady == Persistence().steady
    with pytest.raises(ValueError, match="persistence="):
        older.restore(np.array([-1.0, 2.0, 0.0]))

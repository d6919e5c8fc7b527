"""Work in pieces comes out as it does at once."""

from __future__ import annotations

from npc_world.core.pieces import Pieces, at_once, finished


def counting(upto: int) -> Pieces[int]:
    """Counts."""
    yield from range(upto)
    return upto


def test_a_function_in_pieces_has_a_twin_that_does_all_at_once():
    whole = at_once(counting, "whole")
    assert whole(7) == finished(counting(7)) == 7
    assert (whole.__name__, whole.__doc__) == ("whole", "Counts.")

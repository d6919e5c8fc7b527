"""Long computations that a game can spread over its frames: generators that stop every millisecond or two, and return what was found.

    pieces = ball.lesson()
    next(pieces, None)          # each frame a little
    whole(ball.lesson())        # or all of it at once; the outcome is the same
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

__all__ = ["Pieces", "whole"]

Found = TypeVar("Found")
Pieces = Generator[None, None, Found]


def whole(pieces: Pieces[Found]) -> Found:
    """Run to the end."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            found: Found = end.value
            return found

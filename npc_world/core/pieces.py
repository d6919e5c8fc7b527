"""Work that can be laid down and taken up again: a generator that yields after each piece and returns what it found.

What it yields is how much was done, in cells of a map that are looked at or steps of a ball that is rolled, either about a tenth
of a microsecond, or, below zero, how much comes next in one piece, for a frame with too little left to leave it to another: a measure that is the same on every machine, so that
who shares out the frames by it gives the same chase again for the same seed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from typing import ParamSpec, TypeVar

__all__ = ["Pieces", "at_once", "finished"]

Given = ParamSpec("Given")
Found = TypeVar("Found")
Pieces = Generator[int, None, Found]


def finished(pieces: Pieces[Found]) -> Found:
    """All of it at once.

    >>> def counted() -> Pieces[str]:
    ...     yield 1
    ...     yield 2
    ...     return "three"
    >>> finished(counted())
    'three'
    """
    while True:
        try:
            next(pieces)
        except StopIteration as done:
            found: Found = done.value
            return found


def at_once(in_pieces: Callable[Given, Pieces[Found]], name: str) -> Callable[Given, Found]:
    """The same function for who does not want pieces, under a name of its own."""

    @functools.wraps(in_pieces)
    def whole(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        return finished(in_pieces(*args, **kwargs))

    whole.__name__ = whole.__qualname__ = name
    return whole

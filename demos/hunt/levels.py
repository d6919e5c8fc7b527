"""The islands by name and number, and seeded random ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from .islands import archipelago, castle, harbour, lake, marsh, wild
from .level import Level

__all__ = ["LEVELS", "RANDOM", "make_level"]

_BUILDERS: dict[str, Callable[[], Level]] = {
    "harbour": harbour.build, "lake": lake.build, "marsh": marsh.build, "castle": castle.build, "archipelago": archipelago.build,
}

LEVELS: tuple[str, ...] = tuple(_BUILDERS)
"""Names of the hand-made islands, easiest first."""

RANDOM = "random"
"""Name of the island that each seed draws anew."""


def make_level(name: str | int, seed: int = 0) -> Level:
    """The island called `name`, or with that number counted from 1; `seed` draws the one called "random".

    >>> make_level("harbour").title, make_level(1).name, make_level("random", 3).seed
    ('Harbour village', 'harbour', 3)
    """
    if isinstance(name, int) or name.isdigit():
        number = int(name)
        if not 1 <= number <= len(LEVELS):
            raise ValueError(f"level={name!r}: expected 1 to {len(LEVELS)}")
        name = LEVELS[number - 1]
    if name == RANDOM:
        return _wild(int(seed))
    if name not in _BUILDERS:
        raise ValueError(f"level={name!r}: expected one of {', '.join((*LEVELS, RANDOM))}, or a number from 1 to {len(LEVELS)}")
    return _built(name)


@cache
def _built(name: str) -> Level:
    return _BUILDERS[name]()


@lru_cache(maxsize=16)
def _wild(seed: int) -> Level:
    return wild.build(seed)

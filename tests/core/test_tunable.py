"""Tunables: ranges that hold however a component is made."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.tunable import Tunable, check_tunables, tunable, tunable_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    range_s: float = tunable(2.0, "how far it hears, s", low=0, high=10)
    mode: str = tunable("soft", "how", choices=("soft", "sharp"))
    limit: float | None = tunable(None, "px", low=1)
    sure: bool = tunable(True, "whether")
    names: tuple[str, ...] = tunable(factory=tuple, help="names")
    inner: int = 3

    def __post_init__(self) -> None:
        check_tunables(self)


@pytest.mark.parametrize("values", [{}, {"range_s": 0}, {"range_s": 10}, {"mode": "sharp"}, {"limit": 1}, {"limit": math.inf}, {"inner": -99}])
def test_values_in_range(values: dict[str, Any]) -> None:
    assert replace(Ears(), **values) == Ears(**values)


@pytest.mark.parametrize(("values", "message"), [
    ({"range_s": -0.1}, "Ears.range_s=-0.1: expected at least 0"), ({"range_s": 10.5}, "Ears.range_s=10.5: expected at most 10"),
    ({"range_s": math.nan}, "Ears.range_s=nan: expected a number"), ({"mode": "loud"}, "Ears.mode='loud': expected one of soft, sharp"),
    ({"limit": 0}, "Ears.limit=0: expected at least 1"), ({"limit": -math.inf}, "expected at least 1"),
])
def test_values_out_of_range(values: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message.replace("(", r"\(")):
        Ears(**values)


def test_only_tunables_are_found() -> None:
    found = {item.name: tunable_of(item) for item in fields(Ears)}
    assert found["inner"] is None
    assert found["range_s"] == Tunable("how far it hears, s", 0, 10)

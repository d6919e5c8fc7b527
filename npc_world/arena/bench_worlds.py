"""Measurements over kinds of hidden worlds: one row a kind, with a progress bar, printed and written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from npc_world.arena.progress import Progress

__all__ = ["run_worlds"]


def run_worlds(option: str, kinds: Sequence[str], row_of: Callable[[str, range, Callable[[], None]], Any], worlds: int, first_seed: int, said: str,
               about: Mapping[str, Any], file: Path | None) -> int:
    """Measure every kind over `worlds` worlds from `first_seed` on; 0 when it ran, 2 for wrong arguments.

    row_of(kind, seeds, on_world) → a dataclass whose `str` is what is printed; said: how it is measured; about: written beside the rows.
    """
    if worlds < 1 or first_seed < 0:
        print(f"{option} {worlds} --first-seed {first_seed}: expected at least 1 world, and seeds from 0", file=sys.stderr)
        return 2
    print(f"{worlds} hidden worlds of each kind, seeds from {first_seed}, {said}")
    rows = []
    for kind in kinds:
        bar = Progress(worlds, kind)
        rows.append(row_of(kind, range(first_seed, first_seed + worlds), bar.advance))
        bar.close()
        print(rows[-1], flush=True)
    if file is not None:
        file.write_text(json.dumps({"worlds": worlds, "first_seed": first_seed, **about, "rows": [asdict(row) for row in rows]}, indent=1) + "\n",
                        encoding="utf-8")
    return 0

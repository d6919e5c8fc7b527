"""Games that have no NPCs in the library's sense wait at their first start for the kernels they use, not for all there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("part, program", [
    ("balls", "from demos.keeper.world import KeeperWorld; from demos.keeper.film import play_headless; play_headless(KeeperWorld(seed=2), 2, 40.0)"),
    ("roads", "from demos.courier.headless import run_day; from demos.courier.town import Town; run_day(TOWN, 1, 'trickster', 'normal', seconds=10.0)"),
])
def test_what_a_game_without_npcs_does_in_play_was_ready(part: str, program: str) -> None:
    """In a process of its own: no kernel gets machine code for other types once the game has begun.  A town is made on a loading screen."""
    town = "from demos.courier.town import Town; TOWN = Town(1); TOWN.day(1)" if part == "roads" else ""
    before = f"""
import npc_world as nw
nw.warmup(lambda share, what: None, parts=("{part}",))
{town}
from npc_world.core import compiled
count = lambda: {{f"{{k.__module__}}.{{k.__name__}}": len(k.overloads) for k in compiled._KERNELS if hasattr(k, "overloads")}}
before = count()
{program}
after = count()
print(sorted(name for name in after if after[name] != before.get(name, 0)))
"""
    done = subprocess.run([sys.executable, "-c", before], capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stdout + done.stderr

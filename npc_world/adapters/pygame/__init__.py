"""pygame and pygame-ce: sprites that hunt, levels read from groups, what an NPC thinks drawn on any surface, GIFs.

The two share the import name `pygame`; everything here takes the same path on both.
"""

from __future__ import annotations

import warnings
from importlib import metadata

from npc_world.core.errors import MissingExtraError

try:
    import pygame  # noqa: F401
except ImportError as error:
    raise MissingExtraError('npc_world.adapters.pygame needs pygame or pygame-ce: pip install "npc-world[demos]"') from error

from npc_world.adapters.pygame.gif import GifRecorder
from npc_world.adapters.pygame.ground import terrain_from_group, walls_of
from npc_world.adapters.pygame.mind_view import MindView
from npc_world.adapters.pygame.palette import MindPalette
from npc_world.adapters.pygame.sprite import NPCGroup

__all__ = ["GifRecorder", "MindPalette", "MindView", "NPCGroup", "terrain_from_group", "walls_of", "warn_if_both_installed"]


def warn_if_both_installed() -> bool:
    """Whether pygame and pygame-ce are installed side by side, with a warning if so: they overwrite each other's files."""
    for name in ("pygame", "pygame-ce"):
        try:
            metadata.distribution(name)
        except metadata.PackageNotFoundError:
            return False
    warnings.warn("pygame and pygame-ce are both installed and share one folder, so either may be broken: "
                  "pip uninstall pygame pygame-ce, then install one of them", RuntimeWarning, stacklevel=2)
    return True


warn_if_both_installed()

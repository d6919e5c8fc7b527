"""Config files: strict loading, the table of everything that can be set, and reloading while a game runs.

    load_config("hunter" | Path("my_hunter.toml") | {...}, NpcConfig, presets_folder=...)
"""

from __future__ import annotations

from npc_world.core.config_help import Setting, describe, explained, template, write_template
from npc_world.core.config_load import load_config, preset_names
from npc_world.core.config_watch import ConfigWatcher

__all__ = ["ConfigWatcher", "Setting", "describe", "explained", "load_config", "preset_names", "template", "write_template"]

"""The game "Second Guess".  `python -m demos` sets up what it needs and plays; in a wheel this folder is `npc_world_demos`."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # one line on the console is one line

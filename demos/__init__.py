"""The game "Second Guess".  `python -m demos` sets up what it needs and plays; in a wheel this folder is `npc_world_demos`."""

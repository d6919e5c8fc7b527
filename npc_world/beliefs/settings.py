"""Places of the tuned numbers in the vector that kernels read (see `TargetConfig.settings`)."""

from __future__ import annotations

MEMORY_S, MEMORY_PER_S, BOLDNESS, DEPTH, ERROR_MEMORY_S, SPREAD_RATE, LONG_MEMORY_S, LONG_DEPTH, STACKING, TRUSTING = range(10)
"""Places in `settings`: score memory in s, more of it per s of horizon, weight of evidence, least score below the best, …"""

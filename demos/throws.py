"""A ball thrown about a room again and again, seen at 60 Hz and written down: something to learn from, without a window."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

import npc_world as nw
from npc_world.adapters.pymunk.ball_truth import throw_ball
from npc_world.arena.bench_balls import FRAME_S, hidden_world, random_start
from npc_world.arena.progress import Progress

__all__ = ["record_throws"]

_FRAMES = 181
_PAUSE_S = 1.0


def record_throws(path: Path, throws: int, seed: int, noise_px: float = 0.0, *, exact: bool = False) -> int:
    """Record throws of three seconds in the room that `seed` draws; returns the exit code.  What is true is not in the recording."""
    if not (math.isfinite(noise_px) and noise_px >= 0.0):
        print(f"--noise {noise_px}: expected px, zero or more", file=sys.stderr)
        return 2
    rng = np.random.default_rng(seed)
    world = hidden_world(rng)
    bar = Progress(throws, "throwing")
    with nw.Recorder(path, about={"game": "throws", "seed": seed}) as recorder:
        recorder.world("ball", world.segments, world.radius_px, thickness_px=world.thickness_px, material=world.material)
        for n in range(throws):
            recorder.begin("ball")
            seen = throw_ball(world, random_start(rng), _FRAMES - 1, FRAME_S) + rng.normal(0.0, 1.0, (_FRAMES, 2)) * noise_px
            for k, place in enumerate(seen if exact else np.round(seen)):
                recorder.frame(n * (_FRAMES * FRAME_S + _PAUSE_S) + k * FRAME_S, {"ball": place})
            bar.advance()
    bar.close()
    laws = [("gravity", world.gravity_px_s2), ("damping", world.damping), *((f"restitution_{m}", v) for m, v in enumerate(world.restitution)),
            *((f"friction_{m}", v) for m, v in enumerate(world.friction))]
    print(f"{path}: {recorder.frames} frames, {throws} throws")
    print("What it was, to compare: " + ", ".join(f"{name} {float(value):.4g}" for name, value in laws))
    return 0

"""`npc-world prior`: fit a motion prior and write it down.

    npc-world prior --out mine.npz --data tracks.npz …    on recorded tracks of one unit (formats: npc-world forecast --help)
    npc-world prior --out default.npz                     on scripted bodies of many kinds, for any unit: the one that ships
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from npc_world.arena.forecast_data import read_recorded
from npc_world.arena.prior_players import prior_tracks
from npc_world.arena.progress import Progress
from npc_world.beliefs.motion_prior import MotionPrior, PriorConfig
from npc_world.core.errors import BadInputError

__all__ = ["fit_scripted", "main"]

_SCRIPTED = PriorConfig(hidden=32, epochs=20, situations=16_000, fair=100.0, wide=1.4)
"""Bodies of many kinds, which their pasts tell apart: a larger network.  What one kind does, invented, binds nobody else; and real bodies are
less like any of them than these are like each other, so that futures lie wider than those held out ask for."""
_STEP_S, _HISTORY_S, _HORIZON_S = 0.1, 2.0, 4.8


def fit_scripted(tracks: int, seed: int, config: PriorConfig, bar: Progress | None = None) -> MotionPrior:
    """The prior that ships: fitted on scripted bodies, each kind held out in turn for its stated regions."""
    points, kinds = prior_tracks(tracks, seed, _STEP_S)
    return MotionPrior.fit(points, _STEP_S, groups=kinds, any_unit=True, history_s=_HISTORY_S, horizon_s=_HORIZON_S, config=config, seed=seed,
                           progress=_told(bar))


def _told(bar: Progress | None) -> Callable[[float, str], None]:
    done = 0

    def told(share: float, what: str) -> None:
        nonlocal done
        if bar is not None and round(100 * share) > done:
            bar.advance(round(100 * share) - done)
            done = round(100 * share)

    return told


def main(argv: list[str]) -> int:
    """Fit and save."""
    parser = argparse.ArgumentParser(prog="npc-world prior", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="npz to write")
    parser.add_argument("--data", type=Path, nargs="+", help="npz of recorded tracks; default: scripted bodies")
    parser.add_argument("--tracks", type=int, default=800, help="scripted bodies (default 800)")
    parser.add_argument("--gravity", action="store_true", help="down is special, as in platform games")
    parser.add_argument("--any-unit", action="store_true", help="bodies to come may be measured in another unit")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    bar = Progress(100, "fitting")
    try:
        if options.data is None:
            prior = fit_scripted(options.tracks, options.seed, _SCRIPTED, bar)
        else:
            tracks = [track for path in options.data for track in read_recorded(path)]
            steps = np.array([track.dt_s for track in tracks])
            if len(tracks) == 0 or np.ptp(steps) > 0.02 * np.median(steps):
                raise BadInputError(f"--data: tracks of one step are needed, found {sorted(set(np.round(steps, 4).tolist()))[:5]} s")
            names = sorted({track.session or track.player for track in tracks})
            groups = [names.index(track.session or track.player) for track in tracks] if len(names) > 1 else None
            prior = MotionPrior.fit([track.points for track in tracks], float(np.median(steps)), groups=groups, any_unit=options.any_unit,
                                    gravity=options.gravity, seed=options.seed, progress=_told(bar))
        prior.save(options.out)
    except BadInputError as error:
        parser.error(str(error))
    bar.close()
    print(f"{options.out}: {options.out.stat().st_size / 1000:.0f} kB, {prior.futures} futures, {prior.grid.lags_s[-1]:g} s read, "
          f"{prior.grid.ahead_s[-1]:g} s foretold")
    return 0

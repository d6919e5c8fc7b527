"""The last step of identification: convergence, the eyes' noise, the spin of throws, and frictions known only to suffice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.learning.ball_candidates import costs_in_pieces
from npc_world.learning.ball_pieces import MISFIT, Progress, fit_running
from npc_world.learning.ball_shooting import Setting, Solution, fit_pieces, inverse_of

__all__ = ["NO_SPIN", "Identified", "polish"]

Floats = NDArray[np.float64]
NO_SPIN = 0.002
"""Share of the widest plausible spin that counts as none."""
_WIDEST_FRICTION = 2.0


@dataclass(frozen=True, slots=True)
class Identified:
    """What was found from a set of throws under one scheme."""

    setting: Setting
    z: Floats
    z_covariance: Floats
    z_low: Floats
    """(F,) z is not below this, whatever the covariance says; -inf where nothing is excluded."""
    z_high: Floats
    misfit: float
    """Error over noise, all stretches together; 1 as expected."""
    cuts: int
    """Throws that could not be explained to their end."""
    spin_sd_rad_s: float
    """Believed spread of the spin at the start of a throw."""


def polish(setting: Setting, running: list[Progress], z: Floats, believed: tuple[Floats, Floats], spin: float,
            wide: float, rounding_px: float, cuts: int, bounds: tuple[Floats, Floats] | None = None) -> Pieces[Identified]:
    """Fit to convergence, then let the residuals say how exactly the ball was seen, and whether throws begin without spin.

    bounds: (F,) and (F,) ends of what earlier throws left possible of each z.
    """
    floor = rounding_px / np.sqrt(12.0) if rounding_px else 1e-9 * setting.world.radius_px
    solution = yield from fit_running(setting, running, z, *believed, iterations=15, tolerance=1e-4)
    for _ in range(3):  # a piece that fits no longer beside the others leaves, the worst first, while better ones stay
        worst = int(np.argmax(solution.rms))
        if solution.rms[worst] <= MISFIT or np.sort(solution.rms)[0] > MISFIT:
            break
        running = running[:worst] + running[worst + 1:]
        cuts += 1
        solution = yield from fit_running(setting, running, solution.z, *believed, iterations=15, tolerance=1e-4)
    for _ in range(8):
        seen = float(np.sqrt(np.mean(solution.rms**2)))
        if rounding_px or 0.9 < seen < 1.15 or seen > 2.5:
            break
        setting = replace(setting, noise_px=max(floor, setting.noise_px * seen))
        solution = yield from fit_running(setting, running, solution.z, *believed, iterations=15, tolerance=1e-4)
    spread = _spin_spread(running, solution, wide, spin)
    for p in (q for q in running if not q.onward):
        p.piece = replace(p.piece, precision=np.diag([0.0, 0.0, 0.0, 0.0, spread**-2.0]))
    solution = yield from fit_running(setting, running, solution.z, *believed, iterations=15, tolerance=1e-4)
    solution, low, high = yield from _loosen(setting, running, solution, believed, bounds)
    weights = np.array([p.used for p in running], np.float64)
    misfit = float(np.sqrt((weights * solution.rms**2).sum() / weights.sum()))
    return Identified(setting, solution.z, solution.z_covariance, low, high, misfit, cuts, spread)


def _spin_spread(running: list[Progress], solution: Solution, wide: float, spin: float) -> float:
    """Spread of the spin at a throw's start: near zero when no throw contradicts that all begin without, else as found."""
    own = np.maximum(solution.joint_covariances[:, 4, 4], 1e-30)
    known = [n for n, p in enumerate(running) if not p.onward and own[n] < 0.25 * spin**2]
    if not known:
        return spin
    square = solution.states[known, 4] ** 2
    found = float(np.sqrt(np.mean(square + own[known])))
    if spin == wide and float(np.mean(square / own[known])) < 1.0 + np.log(len(known) + 1.0):
        return min(found, NO_SPIN * wide)
    return found


def _loosen(setting: Setting, running: list[Progress], solution: Solution, believed: tuple[Floats, Floats],
            bounds: tuple[Floats, Floats] | None) -> Pieces[tuple[Solution, Floats, Floats]]:
    """Frictions that are only known to suffice: above some value every contact so far gripped, and the sightings are the same.

    A Gaussian at the edge of such a plateau would be falsely certain.  The plateau is found on a grid, and the friction takes the
    mean and spread over it of what was believed before; returns also the plateau's ends (F,), infinite where there is none.
    """
    names = [name for name, free in zip(setting.laws.names, setting.laws.free, strict=True) if free]
    low, high = np.full(len(names), -np.inf), np.full(len(names), np.inf)
    pieces, used = [p.piece for p in running], [p.used for p in running]
    mean, deviation = believed[0], np.sqrt(np.maximum(np.diag(inverse_of(believed[1])), 0.0)) if len(names) else np.zeros(0)
    before_low, before_high = (low, high) if bounds is None else bounds
    variances: dict[int, float] = {}
    z = solution.z.copy()
    for j in (n for n, name in enumerate(names) if name.startswith("friction")):
        laplace = float(np.sqrt(solution.z_covariance[j, j]))
        near = solution.z[j] + laplace * np.concatenate([-(2.0 ** np.arange(-1, 12)), [0.0], 2.0 ** np.arange(-1, 12)])
        grid = np.unique(np.clip(np.concatenate([np.linspace(0.0, _WIDEST_FRICTION, 41), near]), 0.0, _WIDEST_FRICTION))
        trials = np.tile(solution.z, (len(grid), 1))
        trials[:, j] = grid
        states = np.tile(solution.states, (len(grid), 1, 1))
        costs = yield from costs_in_pieces(setting, pieces, used, states, trials, mean, np.zeros((len(mean), len(mean))))
        level = costs - float(costs.min())
        weight = _weights(grid, level, mean[j], deviation[j])
        permitted = (grid >= before_low[j]) & (grid <= before_high[j])
        if weight[permitted].sum() > 1e-3 * weight.sum():
            weight, level = np.where(permitted, weight, 0.0), np.where(permitted, level, np.inf)
            level = level - float(level.min())  # of what is permitted, the best may be far from the best of all
        weight /= weight.sum()
        centre = float(weight @ grid)
        variance = float(weight @ (grid - centre) ** 2)
        inside = grid[level < 9.0]
        if variance > 4.0 * laplace**2 or inside[-1] - inside[0] > 8.0 * laplace:
            variances[j] = max(variance, laplace**2)
            z[j], low[j] = centre, float(inside[0])
            high[j] = float(inside[-1]) if inside[-1] < _WIDEST_FRICTION else np.inf
    if not variances:
        return solution, low, high
    loose = yield from fit_pieces(setting, pieces, used, np.array([p.state for p in running]), z, *believed, iterations=0)
    covariance, joint = loose.z_covariance.copy(), loose.joint_covariances.copy()
    for j, variance in variances.items():
        scale = np.sqrt(variance / max(covariance[j, j], 1e-300))
        for matrix, at in ((covariance, j), *((one, 5 + j) for one in joint)):
            matrix[at] *= scale
            matrix[:, at] *= scale
    return replace(loose, z_covariance=covariance, joint_covariances=joint), low, high


def _weights(grid: Floats, level: Floats, mean: float, deviation: float) -> Floats:
    """(n,) what each value on the grid counts, by the squares of errors over noise and by what was believed before.  Where these are far from each
    other all counts for little, and the best of it the most."""
    loss = level + ((grid - mean) / deviation) ** 2
    return np.asarray(np.exp(-0.5 * (loss - loss.min())) * np.gradient(grid))

"""How often regions of every stated probability held: a curve per horizon and class, on the diagonal when they are true."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.plot import require_matplotlib

__all__ = ["draw_reliability", "shares_inside"]

Floats = NDArray[np.float64]
_STATED = np.linspace(0.0, 1.0, 21)


def shares_inside(levels: Floats, stated: Floats = _STATED) -> Floats:
    """(P, horizons) share of what happened that lay inside the region of each stated probability (P,); levels (moments, horizons)."""
    return np.asarray((levels[None] <= stated[:, None, None]).mean(axis=1))


def draw_reliability(found: dict[str, Floats], horizons_s: Floats, path: Path) -> None:
    """Write a picture of all classes; found: levels (moments, horizons) by class, see `Forecast.levels`.  Classes without any are left out."""
    require_matplotlib()
    from matplotlib.figure import Figure

    classes = {name: levels for name, levels in found.items() if len(levels)}
    columns = min(3, max(1, len(classes)))
    rows = -(-max(1, len(classes)) // columns)
    figure = Figure(figsize=(4.0 * columns, 3.8 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, (name, levels) in zip(panels, classes.items(), strict=False):
        panel.plot((0, 1), (0, 1), color="0.6", linewidth=1, linestyle="--")
        for h, ahead_s in enumerate(horizons_s):
            panel.plot(_STATED, shares_inside(levels)[:, h], marker=".", label=f"{ahead_s:g} s ahead")
        panel.set(title=f"{name}, {len(levels)} forecasts", xlabel="stated probability of the region", ylabel="share inside", xlim=(0, 1), ylim=(0, 1), aspect="equal")
        panel.grid(alpha=0.3)
    panels[0].legend(loc="upper left")
    for panel in panels[len(classes):]:
        panel.set_visible(False)
    figure.savefig(path, dpi=110)

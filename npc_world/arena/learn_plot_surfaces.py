"""Where a body would be by what was learned of the ground, drawn over where it was (needs matplotlib, the extra `plot`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from npc_world.arena.learn_surfaces import SurfaceFound, unrolled
from npc_world.arena.plot import panels_of, save_with_legend
from npc_world.models.surfaces import DEFAULT_SURFACES, UNKNOWN

__all__ = ["plot_surfaces"]

_SEEN, _LEARNED, _PROMISED = "#1f2937", "#c8423b", "#4f9d9d"
_MOST = 6


def plot_surfaces(found: dict[str, SurfaceFound], speed_px_s: float, acceleration_px_s2: float, path: Path) -> bool:
    """Up to six surfaces, those trodden longest: held-out stretches from their first sightings on, laid so that they begin at one point.

    False, and nothing is drawn, when nothing was held out.
    """
    names = sorted((name for name, one in found.items() if one.shown), key=lambda name: -found[name].seconds)[:_MOST]
    if not names:
        return False
    figure, panels = panels_of(len(names), 4.2, 3.9)
    for axes, name in zip(panels, names, strict=True):
        one = found[name]
        for number, stretch in enumerate(one.shown):
            learned, seen = unrolled(stretch, one.surface, speed_px_s, acceleration_px_s2)
            promised, _ = unrolled(stretch, DEFAULT_SURFACES.get(name, UNKNOWN), speed_px_s, acceleration_px_s2)
            for line, colour, width, style, label in ((seen, _SEEN, 3.0, "-", "where it was"), (learned, _LEARNED, 1.2, "-", "as learned"),
                                                      (promised, _PROMISED, 1.0, "--", "as its name promises")):
                axes.plot(*(line - seen[0]).T, style, color=colour, linewidth=width, alpha=0.4 if colour == _SEEN else 0.9, label=None if number else label)
        ends = np.array([seen[-1] - seen[0] for _, seen in (unrolled(s, one.surface, speed_px_s, acceleration_px_s2) for s in one.shown)])
        axes.plot(*ends.T, ".", color=_SEEN, markersize=4.0)
        axes.set_title(f"{name}: off by {one.error:.1%}, by its name {one.error_before:.1%}", fontsize=9)
        axes.invert_yaxis()
        axes.set_aspect("equal", adjustable="datalim")
        axes.tick_params(labelsize=7)
    save_with_legend(figure, panels[0], path)
    return True

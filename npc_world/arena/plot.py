"""The table as a picture (needs matplotlib, the extra `plot`)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from npc_world.arena.report import Row, ratio_bar
from npc_world.core.errors import MissingExtraError

__all__ = ["panels_of", "plot_rows", "require_matplotlib", "save_with_legend"]

_COLOURS = {"chase": "#8d99ae", "lead": "#4f9d9d", "pursue": "#d9a441", "hunter": "#c8423b"}


def require_matplotlib() -> None:
    """Raise `MissingExtraError` when there is no matplotlib: before the episodes are played, not after."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise MissingExtraError("--plot needs matplotlib: pip install 'npc-world[plot]'") from None


def plot_rows(rows: list[Row], path: Path) -> None:
    """Mean time over the bound with its interval, per class and policy, and the bars as dashes; classes without a bound are left out."""
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = [row for row in rows if row.measure == "ratio"]
    classes = list(dict.fromkeys(row.klass for row in shown))
    policies = list(dict.fromkeys(row.policy for row in shown))
    figure = Figure(figsize=(max(6.0, 0.55 * len(classes) + 2.0), 5.0), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    width = 0.8 / max(1, len(policies))
    for i, policy in enumerate(policies):
        of_policy = {row.klass: row for row in shown if row.policy == policy}
        here = [row for klass in classes if (row := of_policy.get(klass)) is not None]
        at = [classes.index(row.klass) + (i - 0.5 * (len(policies) - 1)) * width for row in here]
        axes.bar(at, [row.mean - 1.0 for row in here], width, bottom=1.0, color=_COLOURS.get(policy, "#555555"), label=policy)
        spread = [[row.mean - row.low for row in here], [row.high - row.mean for row in here]]
        axes.errorbar(at, [row.mean for row in here], yerr=spread, fmt="none", ecolor="#222222", elinewidth=0.8)
    for i, klass in enumerate(classes):
        bar = ratio_bar(klass)
        if bar is not None:
            axes.plot([i - 0.45, i + 0.45], [bar, bar], color="#c8423b", linestyle="--", linewidth=1.0)
    axes.set_xticks(range(len(classes)), [klass.name for klass in classes], rotation=60, ha="right", fontsize=8)
    axes.set_ylabel("time to catch / clairvoyant bound")
    axes.set_ylim(bottom=1.0)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


def panels_of(count: int, width: float, height: float) -> tuple[Any, list[Any]]:
    """A figure, and the axes of its `count` panels, three beside each other, each so many inches wide and high."""
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(3, count)
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(width * columns, height * rows + 0.4), layout="constrained")
    FigureCanvasAgg(figure)
    grid = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for axes in grid[count:]:
        axes.set_axis_off()
    return figure, grid[:count]


def save_with_legend(figure: Any, panel: Any, path: Path) -> None:
    """Write a figure to `path`, with what is drawn in one of its panels named below."""
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False, fontsize=9)
    figure.savefig(path, dpi=130)

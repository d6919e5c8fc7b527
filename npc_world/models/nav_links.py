"""Links of a terrain as searches and fields use them: pairs of cells with a time, for one body that holds certain things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError
from npc_world.core.links import Link
from npc_world.core.terrain import Terrain
from npc_world.models.nav_cells import enter_cell
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_lines import line_is_clear, line_time, node_of

__all__ = ["NO_LINKS", "LinkTable", "checked_holding", "links_along", "usable_links"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LinkTable:
    """n links, each in one direction, for one body."""

    links: tuple[Link, ...]
    cells: Ints
    """(n, 2) flat cells it leads from and to."""
    times: Floats
    """(n,) time from one cell's node to the other's, at 1 px/s: what lies between the nodes and the link's ends is walked."""


NO_LINKS = LinkTable((), np.empty((0, 2), np.int64), np.empty(0))
"""Shared and never written to."""


@kernel
def link_cells(walls, free, surface, table, ends, times, cells):  # type: ignore[no-untyped-def]
    """Fill cells (n, 2) for links with ends (n, 4) px, -1 where the body cannot stand; adds the walk to and from their ends to times (n,)."""
    cols, cell = free.shape[1], walls[7][0]
    for i in range(ends.shape[0]):
        for side in range(2):
            x, y = ends[i, 2 * side], ends[i, 2 * side + 1]
            at = enter_cell(walls, free, x, y)
            if at >= 0:
                nx, ny = node_of(walls, at // cols, at % cols)
                if not line_is_clear(walls, x, y, nx, ny):
                    at = -1
                elif side == 0:
                    times[i] += line_time(surface, table, cell, nx, ny, x, y)
                else:
                    times[i] += line_time(surface, table, cell, x, y, nx, ny)
            cells[i, side] = at


def usable_links(ground: Terrain, grid: NavGrid, table: Floats, speed_px_s: float, holding: frozenset[str]) -> LinkTable:
    """The links that a body of the grid's size can take with what it holds; speed_px_s makes seconds comparable with walking."""
    if not ground.links:
        return NO_LINKS
    kept: dict[frozenset[str], Any] = grid.kept.setdefault("links", {})
    of, links, ends, seconds = kept.get(holding, (None, (), None, None))
    if of is not ground.links:
        allowed = [link for link in ground.links if link.needs is None or link.needs in holding]
        links = tuple(way for link in allowed for way in ((link, link.backwards()) if link.both_ways else (link,)))
        ends = np.array([(*link.start, *link.end) for link in links]).reshape(-1, 4)
        seconds = np.array([link.time_s for link in links])
        kept[holding] = (ground.links, links, ends, seconds)
    if not links:
        return NO_LINKS
    times, cells = seconds * speed_px_s, np.empty((len(links), 2), np.int64)
    link_cells(grid.walls, grid.free, grid.surface, table, ends, times, cells)
    good = (cells[:, 0] >= 0) & (cells[:, 1] >= 0) & (cells[:, 0] != cells[:, 1])
    if good.all():
        return LinkTable(links, cells, times)
    return LinkTable(tuple(link for link, fits in zip(links, good.tolist(), strict=True) if fits), cells[good], times[good])


def links_along(ground: Terrain, waypoints: ArrayLike) -> dict[int, Link]:
    """Which legs of a path are links, by the index of the waypoint at which the leg begins: those whose ends are exactly a link's.

    >>> ground = Terrain.open_field((300, 100)).with_links(Link(start=(50, 50), end=(250, 50), time_s=0.5, kind="teleporter"))
    >>> links_along(ground, [(10, 50), (50, 50), (250, 50)])[1].kind
    'teleporter'
    """
    if not ground.links:
        return {}
    points = np.asarray(waypoints, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise BadInputError(f"waypoints has shape {points.shape}: expected (n, 2) px")
    known: dict[tuple[float, ...], Link] = {}
    for link in ground.links:
        for way in (link, link.backwards()) if link.both_ways else (link,):
            quicker = known.get((*way.start, *way.end))
            if quicker is None or way.time_s < quicker.time_s:
                known[*way.start, *way.end] = way
    legs = np.concatenate([points[:-1], points[1:]], axis=1).tolist()
    return {i: known[tuple(leg)] for i, leg in enumerate(legs) if tuple(leg) in known}


def checked_holding(holding: Iterable[str]) -> frozenset[str]:
    """What a body holds, as a set of names."""
    if isinstance(holding, frozenset):
        return holding
    if isinstance(holding, str):
        raise BadInputError(f"holding={holding!r}: expected several names, as in ({holding!r},)")
    try:
        names = frozenset(holding)
    except TypeError:
        names = frozenset({None})  # type: ignore[arg-type]
    if not all(isinstance(name, str) for name in names):
        raise BadInputError(f"holding={holding!r}: expected names")
    return names

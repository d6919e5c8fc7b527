"""What an NPC thinks, drawn over the game: its futures of you, how sure it is, where it means to meet you, what it sees.

        mind = MindView()                               # once, before the frame loop: it compiles its strokes
        mind.draw(screen, npc, camera_offset, zoom)     # every frame, after the game is drawn

It reads records and never changes them; the NPC does not know that it is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pygame
from numpy.typing import ArrayLike, NDArray

from npc_world.adapters.pygame import strokes
from npc_world.adapters.pygame.blending import fill_polygons
from npc_world.adapters.pygame.clouds import Grid, density_grid, heat_grid
from npc_world.adapters.pygame.kept_cloud import KeptCloud
from npc_world.adapters.pygame.lettering import Lettering, free_place
from npc_world.adapters.pygame.palette import Colour, MindPalette
from npc_world.adapters.pygame.panel import Panel, draw_panel
from npc_world.core.geometry import first_hits
from npc_world.core.reading import position_of
from npc_world.core.records import Belief, Forecast
from npc_world.core.terrain import Terrain

__all__ = ["MindView"]

Floats = NDArray[np.float64]
_RAYS = 32
_CLOUDS = 4
"""NPCs whose clouds are kept."""
_BENT_PX = 0.5
"""So far a ribbon may pass beside the points of its forecast."""
_WRITTEN_S = 1.0 / 15.0 - 1e-6
"""So long a panel stays as it was written.  A hair less: frames' times are sums."""
_LABELLED, _DRAWN = 0.03, 0.015
"""Weight from which a hypothesis has a label, and from which it is drawn at all."""


class MindView:
    """Draws the mind of any NPC on any pygame surface; keeps only colours and places of labels between frames."""

    def __init__(self, font: pygame.font.Font | None = None, palette: MindPalette | None = None) -> None:
        self.palette = palette if palette is not None else MindPalette()
        self._lettering = Lettering(font)
        self._colour_slots: dict[str, int] = {}
        self._label_places: dict[str, int] = {}
        self._clouds: dict[int, tuple[Any, KeptCloud]] = {}
        self._made_cloud = False
        self._written: tuple[Any, tuple[int, int], float, Panel] | None = None
        self._scratches: dict[str, pygame.Surface] = {}
        self._brush = strokes.Brush()
        self._compile()

    def _compile(self) -> None:
        """Draw a little of everything: what is not compiled yet would hold up the frame that draws it first."""
        ring, grid = strokes.circle((2, 2), 1.0, 1.0, 1.0), Grid(np.full((2, 2, 4), 9, np.uint8), (0.0, 0.0), 4.0)
        for surface in (pygame.Surface((4, 4), 0, 32), pygame.Surface((4, 4), pygame.SRCALPHA, 32)):
            self._brush.draw(surface, ring, (0, 0, 0))
            fill_polygons(surface, [np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]])], (9, 9, 9), [0.5], self._scratch)
            KeptCloud().draw(surface, self, np.zeros(2), 1.0, lambda _: grid)
        strokes.bends(np.zeros((2, 2)), _BENT_PX)
        first_hits(Terrain.open_field((8, 8), 4).ray_walls, 0.0, 0.0, np.zeros((1, 2)))

    def prepare(self, size: tuple[int, int]) -> None:
        """Before play: have working memory for surfaces of that size, px; else the first frame that is drawn takes some ms longer."""
        self._brush.make_room(*size)

    def draw(self, surface: pygame.Surface, npc: Any, camera_offset: ArrayLike = (0.0, 0.0), zoom: float = 1.0, *,
             at: Any = None, keep_clear: Iterable[Any] = ()) -> None:
        """Draw everything that lies in the world, within the surface's clip.

        A world point p is drawn at (p - camera_offset) · zoom.  at: where the NPC's body is on the screen this frame, in
        world px (a sprite or a pair), when the game draws it between two steps; left out, where it made its plan.
        keep_clear: rects in screen px that labels stay off: a panel, the score.
        """
        camera = np.array(position_of(camera_offset, "camera_offset"))
        self._made_cloud = False
        here = position_of(at, "at") if at is not None else _own_position(npc)
        if here is not None:
            self._cone(surface, npc, here, camera, zoom)
        belief, forecast = npc.belief, npc.forecast
        if belief is not None and not belief.visible:
            self._heat(surface, npc, belief, camera, zoom)
        if forecast is not None and len(forecast.weights):
            self._tell_apart(forecast)
            start = belief.position_px if belief is not None else forecast.positions_px[0, 0]
            if belief is None or belief.visible:  # unseen, the heat map is what it knows
                self._density(surface, npc, forecast, camera, zoom)
            self._ribbons(surface, forecast, (np.asarray(start) - camera) * zoom, camera, zoom)
        taken = [pygame.Rect(rect) for rect in keep_clear]
        self._own_plan(surface, npc, here, camera, zoom, taken)
        if forecast is not None and len(forecast.weights):
            self._labels(surface, forecast, taken, camera, zoom)

    def panel(self, surface: pygame.Surface, npc: Any, rect: Any, truth: Any = None, *, time_s: float | None = None) -> pygame.Rect:
        """Draw `npc.explain()`, and the weights, the surprise and the believed surfaces as bars, at the top of `rect`.

        Returns what was taken of it: the panel is no higher than its rows.

        truth: surface name to the real `nw.Surface` (anything with speed_factor and grip), marked beside the beliefs.
        time_s: the game's time.  With it the panel is written anew 15 times a second, faster than anybody reads, and only put there in
        between; without it, at every call.
        """
        place, kept = pygame.Rect(rect), self._written
        stays_s = 2.0 * _WRITTEN_S if self._made_cloud else _WRITTEN_S  # not both in one frame
        if time_s is None or kept is None or kept[0] is not npc or kept[1] != place.size or not 0.0 <= time_s - kept[2] < stays_s:
            picture = draw_panel(npc, place, truth, self._lettering, self.palette, self.colour_of, None if kept is None else kept[3])
            self._written = None if time_s is None else (npc, place.size, time_s, picture)
        else:
            picture = kept[3]
        return picture.blit(surface, place.topleft)

    def colour_of(self, label: str) -> Colour:
        """The colour of a hypothesis: kept while its label is among the 24 last seen and no likelier one at hand has it."""
        slots = self._colour_slots
        slot = slots.pop(label, None)
        if slot is None:
            used = list(slots.values())
            slot = min(range(len(self.palette.hypotheses)), key=lambda i: (used.count(i), i))
        slots[label] = slot
        if len(slots) > 24:
            del slots[next(iter(slots))]
        return self.palette.hypotheses[slot]

    def _tell_apart(self, forecast: Forecast) -> None:
        """Give the labels of one forecast different colours, the likelier ones keeping theirs."""
        order = np.argsort(-forecast.weights)
        taken: dict[int, str] = {}
        for label in dict.fromkeys(forecast.labels[row] for row in order):
            self.colour_of(label)
            if taken.setdefault(self._colour_slots[label], label) != label:
                free = [slot for slot in range(len(self.palette.hypotheses)) if slot not in taken]
                if free:
                    self._colour_slots[label] = free[0]
                    taken[free[0]] = label

    # ---- parts, from the ground up ----------------------------------------------------------------------------

    def _cone(self, surface: pygame.Surface, npc: Any, here: Floats, camera: Floats, zoom: float) -> None:
        """What it can see: brighter near, cut off by walls and smoke.  Eyes without limits are not drawn."""
        reach, spread = npc.vision.range_px, min(2.0 * math.pi, float(npc.vision.cone_rad))
        if reach is None and spread > 6.28:
            return
        view = surface.get_clip()
        longest = 0.5 * math.hypot(view.w, view.h) / zoom
        reach = longest if reach is None or not math.isfinite(reach) else min(float(reach), 2.0 * longest)
        angles = npc.heading_rad + spread * np.linspace(-0.5, 0.5, _RAYS + 1)
        ends = here + reach * np.column_stack([np.cos(angles), np.sin(angles)])
        ground = getattr(npc, "ground", None)
        if ground is not None and npc.vision.occlusion:
            share = np.minimum(1.0, first_hits(ground.ray_walls, float(here[0]), float(here[1]), ends))
            ends = here + (ends - here) * share[:, None]
        eye, rim = (here - camera) * zoom, (ends - camera) * zoom
        shape = rim if spread >= 2.0 * math.pi - 1e-6 else np.vstack([eye, rim])
        outward = shape - eye
        away = np.maximum(np.hypot(outward[:, 0], outward[:, 1]), 1e-9)
        parts = [eye + outward * np.minimum(1.0, part * reach * zoom / away)[:, None] for part in (1.0, 0.66, 0.33)]
        fill_polygons(surface, parts, self.palette.cone, [14 / 255, 22 / 255, 31 / 255], self._scratch)
        if spread < 2.0 * math.pi - 1e-6:
            edges = np.vstack([strokes.polyline([eye, side], 0.6, [0.5, 0.0]) for side in (rim[0], rim[-1])])
            self._brush.draw(surface, edges, self.palette.cone)

    def _scratch(self, name: str, size: tuple[int, int]) -> pygame.Surface:
        """A part of a kept surface, to be overwritten: fresh surfaces this large cost more than drawing on them."""
        kept = self._scratches.get(name)
        if kept is None or size[0] > kept.get_width() or size[1] > kept.get_height():
            width, height = (0, 0) if kept is None else kept.get_size()
            kept = self._scratches[name] = pygame.Surface((max(width, size[0]), max(height, size[1])), pygame.SRCALPHA, 32)
        return kept.subsurface((0, 0, *size))

    def _kept_cloud(self, npc: Any) -> KeptCloud:
        """That of an NPC, of the last few that were drawn."""
        found = self._clouds.pop(id(npc), None)
        if found is None or found[0] is not npc:
            found = (npc, KeptCloud())
        self._clouds[id(npc)] = found
        if len(self._clouds) > _CLOUDS:
            del self._clouds[next(iter(self._clouds))]
        return found[1]

    def _heat(self, surface: pygame.Surface, npc: Any, belief: Belief, camera: Floats, zoom: float) -> None:
        """Where it thinks an unseen target may be."""
        model = npc.target_model
        ground = getattr(npc, "ground", None)
        if model is None or ground is None:
            return

        def make(part: pygame.Rect) -> Grid | None:
            occupancy = model.occupancy
            return None if occupancy is None else heat_grid(occupancy, ground.cell_px, (float(camera[0]), float(camera[1])), zoom,
                                                            self.palette.heat_low, self.palette.heat_high, part)

        self._made_cloud = self._kept_cloud(npc).draw(surface, belief, camera, zoom, make)

    def _density(self, surface: pygame.Surface, npc: Any, forecast: Forecast, camera: Floats, zoom: float) -> None:
        """How sure it is: every hypothesis' spread at up to eight moments, fainter the further ahead."""
        height = surface.get_clip().h

        def make(part: pygame.Rect) -> Grid | None:
            steps = forecast.positions_px.shape[1]
            moments = np.unique(np.linspace(0, steps - 1, min(8, steps)).astype(int))
            means = ((forecast.positions_px[:, moments] - camera) * zoom).reshape(-1, 2)
            covariances = (forecast.covariances_px2[:, moments] * zoom * zoom).reshape(-1, 2, 2)
            wide = np.sqrt(np.maximum(np.trace(covariances, axis1=1, axis2=2), 1e-9))
            strengths = (np.sqrt(forecast.weights)[:, None] * np.linspace(1.0, 0.55, len(moments))).ravel()
            strengths = strengths * np.minimum(1.0, 0.15 * height / wide) ** 2  # what may be anywhere tints nothing
            colours = [self.colour_of(label) for label in forecast.labels for _ in moments]
            return density_grid(means, covariances, strengths, colours, part, strongest=0.42)

        self._made_cloud = self._kept_cloud(npc).draw(surface, forecast, camera, zoom, make)

    def _ribbons(self, surface: pygame.Surface, forecast: Forecast, start: Floats, camera: Floats, zoom: float) -> None:
        """The hypotheses: wide and bright where they begin, the likelier the wider; likely ones above unlikely ones."""
        shapes = []
        tracks = (forecast.positions_px - camera) * zoom
        tracks = np.concatenate([np.broadcast_to(start, (len(tracks), 1, 2)), tracks], axis=1)
        finite = np.asarray(np.isfinite(tracks).all(axis=2))
        tracks = np.clip(tracks, -1e6, 1e6)
        for row in np.argsort(forecast.weights).tolist():
            weight = float(forecast.weights[row])
            points = tracks[row] if finite[row].all() else tracks[row, finite[row]]
            if weight < _DRAWN or len(points) < 2:
                continue
            kept = strokes.bends(points, _BENT_PX)
            along = kept / kept[-1]
            half = (1.8 + 6.0 * math.sqrt(weight)) * (1.0 - 0.8 * along)
            opacity = (0.45 + 0.5 * math.sqrt(weight)) * (1.0 - 0.55 * along)
            shapes.append((strokes.polyline(points[kept], half, opacity), self.colour_of(forecast.labels[row])))
        self._brush.draw_all(surface, shapes, self.palette.shade, edge=1.4, edge_opacity=0.45)

    def _own_plan(self, surface: pygame.Surface, npc: Any, here: Floats | None, camera: Floats, zoom: float,
                  taken: list[pygame.Rect]) -> None:
        """Its path as dots, the meeting point as a ring with its time; adds to `taken` what labels must keep off."""
        plan, palette = npc.plan, self.palette
        if plan is None:
            return
        path = plan.waypoints_px if here is None else np.vstack([here, plan.waypoints_px[1:]])
        marks = strokes.dots((path - camera) * zoom, 11.0, 2.4, 0.95)
        self._brush.draw(surface, marks, palette.ink, palette.shade, edge=1.3, edge_opacity=0.7)
        if plan.meeting_px is None:
            return
        meeting = (plan.meeting_px - camera) * zoom
        labels = npc.forecast.labels if npc.forecast is not None else ()
        known = plan.hypothesis is not None and plan.hypothesis < len(labels)
        colour = self.colour_of(labels[plan.hypothesis]) if known else palette.ink
        rings = [(strokes.circle(meeting, 13.0, 2.0, 1.0), palette.ink), (strokes.circle(meeting, 3.0, 3.0, 1.0), colour)]
        self._brush.draw_all(surface, rings, palette.shade, edge=1.8, edge_opacity=0.6)
        spot = pygame.Rect(0, 0, 34, 34)
        spot.center = (round(_on_screen(meeting[0])), round(_on_screen(meeting[1])))
        taken.append(spot)
        if plan.meeting_time_s is not None and math.isfinite(plan.meeting_time_s) and surface.get_clip().colliderect(spot):
            chip = self._lettering.chip(f"{plan.meeting_time_s:.1f} s", colour, palette.ink, palette.shade)
            place, _ = free_place(chip.get_size(), spot.center, taken, surface.get_clip(), first=6)
            surface.blit(chip, place)
            taken.append(place)

    def _labels(self, surface: pygame.Surface, forecast: Forecast, taken: list[pygame.Rect], camera: Floats, zoom: float) -> None:
        """Weight and name at the end of each ribbon, moved along or aside where they would cover one another."""
        view = surface.get_clip()
        tracks = (forecast.positions_px - camera) * zoom
        inside = np.asarray(((tracks >= view.topleft) & (tracks <= view.bottomright)).all(axis=2))
        likely = forecast.weights >= _LABELLED
        ribbons = [pygame.Rect(round(x) - 5, round(y) - 5, 10, 10) for x, y in tracks[likely, ::3][inside[likely, ::3]].tolist()]
        lines, chips = [], []
        for row in np.argsort(-forecast.weights).tolist():
            weight, label = float(forecast.weights[row]), forecast.labels[row]
            if weight < _LABELLED:
                break
            if not inside[row].any():
                continue
            remembered = f"{label} {forecast.labels[:row].count(label)}"
            anchor = tracks[row, inside.shape[1] - 1 - int(inside[row, ::-1].argmax())]
            text = f"{self._lettering.shortened(label, 220)}  {100 * weight:.0f} %"
            chip = self._lettering.chip(text, self.colour_of(label), self.palette.ink, self.palette.shade)
            place, number = free_place(chip.get_size(), (float(anchor[0]), float(anchor[1])), taken, view,
                                       self._label_places.pop(remembered, 0), ribbons)
            self._label_places[remembered] = number
            if number >= 8:
                lines.append((strokes.polyline([anchor, _nearest(place, anchor)], 0.7, 0.8), self.colour_of(label)))
            chips.append((chip, place))
            taken.append(place)
        self._brush.draw_all(surface, lines)  # below all of the labels
        surface.blits(chips, False)
        while len(self._label_places) > 48:
            del self._label_places[next(iter(self._label_places))]


def _own_position(npc: Any) -> Floats | None:
    position = getattr(npc, "position_px", None)
    if position is None and npc.plan is not None:
        position = npc.plan.waypoints_px[0]
    return None if position is None else np.asarray(position, dtype=np.float64)


def _nearest(rect: pygame.Rect, point: Floats) -> tuple[float, float]:
    return min(max(float(point[0]), rect.left), rect.right), min(max(float(point[1]), rect.top), rect.bottom)


def _on_screen(value: float) -> float:
    return min(30000.0, max(-30000.0, float(value)))

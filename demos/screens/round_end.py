"""The end of a round: caught, and why; or away, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ..assets import colour
from .base import Choice, Ending, dim, heading
from .panels import plate, ui_scale
from .replay import Ghosts
from .text import typeface, wrapped

if TYPE_CHECKING:
    from ..game import App
    from .play import PlayScreen

__all__ = ["RoundEndScreen"]


class RoundEndScreen(Ending):
    """Caught, or away: the facts, and why."""

    def __init__(self, app: App, play: PlayScreen) -> None:
        self.play = play
        world = play.world
        self.won = world.state == "won"
        self.new_best = app.note_round(world)
        self._ghosts = None if self.won else self._picture()
        self.sentence = "" if world.why_caught is None else world.why_caught.sentence
        self.others = () if world.why_caught is None else tuple(text for text in world.why_caught.alternatives if not text.startswith("0 %"))[:2]
        first = Choice(lambda: "Next island", lambda: app.next_level()) if self.won else Choice(lambda: "Again", app.next_round, note="they remember how you moved")
        second = Choice(lambda: "Again", app.next_round, note="they remember how you moved") if self.won else Choice(lambda: "Again, unknown to them", app.restart)
        super().__init__([first, second, Choice(lambda: "Choose an island", app.to_levels), Choice(lambda: "Menu", app.to_menu)])

    def _picture(self) -> Ghosts | None:
        world = self.play.world
        if world.caught_by is None:
            return None
        number = world.hunters.index(world.caught_by)
        decision = self.play.recorder.decision(number, world.why_caught)
        if decision is None:
            return None
        return Ghosts(self.play.view.island, self.play.recorder, decision, number, world.caught_by.colour_index)

    def draw(self, app: App, surface: pygame.Surface) -> None:
        dim(surface, round(min(170.0, 600.0 * self._time_s + 30)))
        width, height = surface.get_size()
        s = ui_scale(height)
        world = self.play.world
        name = world.caught_by.name if world.caught_by is not None else "them"
        heading(surface, "Away!" if self.won else f"Caught by {name}", 0.045 * height, 76)
        panel = pygame.Rect(0, 0, round(1120 * s), round(520 * s))
        panel.midtop = (width // 2, round(0.185 * height))
        surface.blit(plate(panel.width, panel.height, 232, 20), panel)
        self._facts(app, surface, panel, s)
        right = panel.x + round(545 * s)
        if self._ghosts is not None:
            self._why(surface, right, panel, s)
        else:
            self._won_words(surface, right, panel, s)
        self._choices.draw(surface, panel.x + 26 * s, panel.y + 236 * s, self._time_s, align=0.0, size=29, width=420)

    def _facts(self, app: App, surface: pygame.Surface, panel: pygame.Rect, s: float) -> None:
        world = self.play.world
        x, y = panel.x + 32 * s, panel.y + 24 * s
        rows = [("Time", f"{int(world.time_s) // 60}:{world.time_s % 60:04.1f}" + ("   new best!" if self.new_best else "")),
                ("Relics", f"{sum(relic.taken for relic in world.relics)} of {len(world.relics)}"),
                ("Close calls", f"{world.near_misses}"), ("Points", f"{world.score}"),
                ("Round", f"{self.play.number}" + (" against the same minds" if self.play.number > 1 else ""))]
        font, bold = typeface(round(23 * s)), typeface(round(25 * s), True)
        for label, value in rows:
            font.write(surface, label, (x, y), colour("ivory_dim"))
            bold.write(surface, value, (x + 150 * s, y - 1), colour("gold" if "best" in value else "ivory"))
            y += 37 * s

    def _why(self, surface: pygame.Surface, x: int, panel: pygame.Rect, s: float) -> None:
        """What it foresaw when it decided, drawn and in its own words."""
        font, bold = typeface(round(20 * s)), typeface(round(24 * s), True)
        bold.write(surface, "Why you were caught", (x, panel.y + 18 * s), colour("coral_light"))
        y = panel.y + 50 * s
        for line in wrapped(font, self.sentence or "It stood where you went.", panel.right - x - 26 * s)[:4]:
            font.write(surface, line, (x, y), colour("ivory"))
            y += 25 * s
        for text in self.others:
            for line in wrapped(font, text, panel.right - x - 26 * s)[:1]:
                font.write(surface, line, (x, y), colour("ivory_dim"))
                y += 24 * s
        y += 6 * s
        box = pygame.Rect(x, round(y), panel.right - x - round(26 * s), round(panel.bottom - y - 52 * s))
        assert self._ghosts is not None
        if box.height > 60:
            self._ghosts.draw(surface, box, self._time_s)
        words = "what it thought then: its guesses (lines), its way (dashes); and what happened (dots)"
        typeface(round(16 * s)).write(surface, words, (box.centerx, panel.bottom - 38 * s), colour("ivory_dim"), align=0.5)

    def _won_words(self, surface: pygame.Surface, x: int, panel: pygame.Rect, s: float) -> None:
        font, bold = typeface(round(22 * s)), typeface(round(26 * s), True)
        bold.write(surface, "What they will remember", (x, panel.y + 18 * s), colour("coral_light"))
        y = panel.y + 60 * s
        for hunter in self.play.world.hunters:
            bold.write(surface, hunter.name, (x, y), colour(f"hunters/{hunter.colour_index}"))
            y += 30 * s
            for line in wrapped(font, str(hunter.npc.explain()), panel.right - x - 26 * s)[:2]:
                font.write(surface, line, (x, y), colour("ivory"))
                y += 26 * s
            y += 8 * s
            if y > panel.bottom - 80 * s:
                break

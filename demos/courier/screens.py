"""The courier's menu, its help, and the evening of each day with what decided it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pygame

from ..assets import colour
from ..input import Command
from ..screens.base import Choice, Choices, Ending, Screen, dim, heading
from ..screens.games import games_choice
from ..screens.menu import next_difficulty
from ..screens.page import help_page, key_lines, title_page
from ..screens.panels import plate, ui_scale
from ..screens.text import typeface, wrapped
from .sprites import TINTS, icon, turned
from .town import clock
from .week import POINTS

if TYPE_CHECKING:
    from .app import CourierApp
    from .play import PlayScreen
    from .records import Car

__all__ = ["EveningScreen", "HelpScreen", "MenuScreen"]

_ABOUT = {"calm": "slower rivals; one more barrier and one more lorry", "normal": "rivals as quick as you: only knowing the town helps",
          "fierce": "quicker rivals, and a barrier less"}
_AIM = ("Three couriers, one tour: take each parcel, bring it, and be the first to finish. You all drive at the speed of the traffic. "
        "What wins is knowing where it is slow, and closing roads where it hurts.")
_KEYS = ((("W", "A", "S", "D"), "or arrows: which way at the next corner"), (("Space",), "boost: past queues; through red it is lost"),
         (("E",), "drop a barrier behind you (a click: anywhere in view)"), (("Q",), "send a lorry: this road is slow for a while"),
         (("Tab",), "read a rival's mind, beside the truth"), (("Esc",), "or P: pause"), (("R",), "the day again"), (("F12",), "picture"),
         (("F9",), "save the last seconds as a GIF"), (("M",), "mute"), (("F11",), "full screen"))
_RIVALS = (("courier/atlas", "Atlas", "has a map and a model of it: learns how slow roads are at each hour, promises when it arrives, sees a closed road "
            "only when it comes near, and takes another way when that is worth it. It remembers."),
           ("courier/quill", "Quill", "has read hundreds of journeys and writes the next turn from the last three. No map, no clock. On an "
            "ordinary day that goes far; behind a barrier it is lost."))


class MenuScreen(Screen):
    """Play, difficulty, help, settings, another game, quit."""

    def __init__(self, app: CourierApp) -> None:
        settings = app.settings

        def turn(step: int) -> None:
            settings.difficulty = next_difficulty(settings.difficulty, step)
            note()

        def note() -> None:
            self._choices.choices[2].note = _ABOUT.get(settings.difficulty, "")

        self._choices = Choices([
            Choice(lambda: "Play" if app.week.day == 1 and not app.week.results else f"Go on: day {app.week.day}", app.start_day),
            Choice(lambda: f"Another town (this is {app.week.town.name})", app.next_town),
            Choice(lambda: f"Difficulty: {settings.difficulty}", change=turn),
            Choice(lambda: "How to play", lambda: app.open_help()),
            Choice(lambda: "Settings", lambda: app.open_settings()),
            *games_choice(app),
            Choice(lambda: "Quit", app.quit),
        ])
        note()
        self._time_s = 0.0

    def handle(self, app: CourierApp, command: Command) -> None:  # type: ignore[override]
        if not self._choices.handle(app, command):
            if command.name == "back":
                self._choices.marked = len(self._choices.choices) - 1
            elif command.name == "help":
                app.open_help()

    def update(self, app: CourierApp, frame_s: float) -> None:  # type: ignore[override]
        self._time_s += frame_s

    def draw(self, app: CourierApp, surface: pygame.Surface) -> None:  # type: ignore[override]
        app.draw_backdrop(surface, self._time_s)
        if app.top is not self:
            return
        title_page(surface, app.title, "Three couriers. One has a map, one has read a lot, and one is you.", self._choices,
                   "arrows and Enter, mouse or gamepad   ·   M mute   ·   F11 full screen", self._time_s, top=0.32,
                   plate_width=470, row=57, pad=52, width=430, size=32)


class HelpScreen(Screen):
    """The aim, the keys, the rivals."""

    see_through = True

    def __init__(self) -> None:
        self._time_s = 0.0

    def handle(self, app: CourierApp, command: Command) -> None:  # type: ignore[override]
        if command.name in ("back", "accept", "help", "pause", "click"):
            app.pop()

    def update(self, app: CourierApp, frame_s: float) -> None:  # type: ignore[override]
        self._time_s += frame_s

    def draw(self, app: CourierApp, surface: pygame.Surface) -> None:  # type: ignore[override]
        panel = help_page(surface, 1150)
        s = ui_scale(surface.get_height())
        font, bold = typeface(round(19 * s)), typeface(round(22 * s), True)
        x, y = panel.x + 28 * s, panel.y + 18 * s
        for line in wrapped(bold, _AIM, panel.width - 56 * s):
            bold.write(surface, line, (x, y), colour("ivory"))
            y += 27 * s
        top = panel.y + 112 * s
        key_lines(surface, _KEYS, x, top, s, size=19, row=36)
        x, y = panel.x + 625 * s, top
        for name, who, words in _RIVALS:
            sprite = turned(name, round(3 * math.sin(self._time_s)) % 72, 0.8)
            surface.blit(sprite, sprite.get_rect(center=(round(x + 40 * s), round(y + 22 * s))))
            bold.write(surface, who, (x + 92 * s, y + 8 * s), colour(TINTS[who]))
            y += 50 * s
            for line in wrapped(font, words, panel.right - x - 30 * s)[:5]:
                font.write(surface, line, (x, y), colour("ivory"))
                y += 24 * s
            y += 14 * s
        for name, words in (("icons/barrier", "A barrier holds half a minute. Nobody may be cut off."), ("icons/lorry", "A lorry makes a road three times as slow."),
                            ("courier/parcel", "Each delivery brings a barrier and a lorry back.")):
            sign = icon(name, round(30 * s))
            surface.blit(sign, sign.get_rect(center=(round(x + 18 * s), round(y + 12 * s))))
            font.write(surface, words, (x + 48 * s, y), colour("ivory"))
            y += 37 * s
        words = "Gamepad: left stick steers, A boost, X barrier, B lorry, Y mind, Start pause"
        font.write(surface, words, (panel.centerx, panel.bottom - 32 * s), colour("ember"), align=0.5)
        font.write(surface, "Esc or Enter closes", (panel.centerx, panel.bottom + 10 * s), colour("ivory_dim"), align=0.5)


class EveningScreen(Ending):
    """The day is over: who came when to each stop, what cost them time, the week's points."""

    def __init__(self, app: CourierApp, play: PlayScreen) -> None:
        self.play = play
        self.won = play.world.state == "won"
        over = app.week.over
        first = Choice(lambda: "A new week", app.new_week) if over else Choice(lambda: "Next day", app.start_day, note="they remember the town")
        super().__init__([first, Choice(lambda: "This day again", app.restart), Choice(lambda: "Menu", app.to_menu)])
        self._title = self._verdict(app) if over else ("You were first" if self.won else f"{play.world.standing()[0].who} was first")

    def _verdict(self, app: CourierApp) -> str:
        best = app.week.order()[0]
        return "The week is yours!" if best == "you" else f"{best} wins the week"

    def draw(self, app: CourierApp, surface: pygame.Surface) -> None:  # type: ignore[override]
        dim(surface, round(min(170.0, 600.0 * self._time_s + 30)))
        width, height = surface.get_size()
        s = ui_scale(height)
        heading(surface, self._title, 0.04 * height, 72)
        panel = pygame.Rect(0, 0, round(1120 * s), round(530 * s))
        panel.midtop = (width // 2, round(0.18 * height))
        surface.blit(plate(panel.width, panel.height, 232, 20), panel)
        y = self._race(surface, panel, s)
        wide = round(300 * s)
        town_map = self.play.view.hud.map
        box = pygame.Rect(panel.right - wide - round(26 * s), round(y + 30 * s), wide, town_map.height_for(wide))
        self._reasons(surface, pygame.Rect(panel.x + round(400 * s), round(y), box.x - panel.x - round(424 * s), round(panel.bottom - y)), s)
        self._ways(surface, box, s)
        self._points(app, surface, panel.x + 32 * s, y, s)
        self._choices.draw(surface, panel.x + 26 * s, panel.bottom - 176 * s, self._time_s, align=0.0, size=27, width=340)

    def _race(self, surface: pygame.Surface, panel: pygame.Rect, s: float) -> float:
        """A line for each courier, from morning to evening, with its stops on it."""
        world = self.play.world
        font, bold = typeface(round(17 * s)), typeface(round(21 * s), True)
        x0, x1 = panel.x + 130 * s, panel.right - 120 * s
        last = max([car.finished_s for car in world.couriers if math.isfinite(car.finished_s)] + [world.time_s])

        def at(time_s: float) -> float:
            return x0 + (time_s - world.began_s) / max(1.0, last - world.began_s) * (x1 - x0)

        y = panel.y + 40 * s
        for car in sorted(world.couriers, key=lambda car: car.place):
            tint = colour(TINTS[car.who])
            bold.write(surface, f"{car.place}. {car.who}", (panel.x + 30 * s, y - 12 * s), tint)
            end = car.finished_s if math.isfinite(car.finished_s) else world.time_s
            pygame.draw.line(surface, colour("ink_soft"), (x0, y), (x1, y), 6)
            pygame.draw.line(surface, tint, (x0, y), (at(end), y), 6)
            for k, moment in enumerate(car.done_s):
                sign = icon("courier/parcel" if world.stops[k].take else "courier/house_0", round(24 * s))
                surface.blit(sign, sign.get_rect(center=(round(at(moment)), round(y))))
            words = clock(car.finished_s) if math.isfinite(car.finished_s) else f"{car.done} of {len(world.stops)}"
            bold.write(surface, words, (panel.right - 28 * s, y - 12 * s), colour("ivory"), align=1.0)
            for time_s, who, _ in world.heard:
                if who == car.who:
                    px = at(time_s)
                    pygame.draw.polygon(surface, colour("ember"), [(px, y + 8 * s), (px - 5 * s, y + 17 * s), (px + 5 * s, y + 17 * s)])
            y += 46 * s
        font.write(surface, f"from {clock(world.began_s)}   ·   small triangles: it changed its way", (x0, y - 16 * s), colour("ivory_dim"))
        return y + 16 * s

    def _reasons(self, surface: pygame.Surface, box: pygame.Rect, s: float) -> None:
        """Where the player lost or won most against Atlas, and what the rivals said."""
        world = self.play.world
        font, bold = typeface(round(18 * s)), typeface(round(22 * s), True)
        y = float(box.y)
        bold.write(surface, "What decided it", (box.x, y), colour("coral_light"))
        y += 30 * s
        for line in self._decided():
            for part in wrapped(font, line, box.width)[:2]:
                font.write(surface, part, (box.x, y), colour("ivory"))
                y += 23 * s
        y += 8 * s
        bold.write(surface, "What they said", (box.x, y), colour("coral_light"))
        y += 30 * s
        for time_s, who, words in world.heard[-5:]:
            if y > box.bottom - 60 * s:
                break
            font.write(surface, clock(time_s), (box.x, y), colour("ivory_dim"))
            font.write(surface, who, (box.x + 58 * s, y), colour(TINTS[who]))
            for part in wrapped(font, words, box.width - 116 * s)[:2]:
                font.write(surface, part, (box.x + 116 * s, y), colour("ivory"))
                y += 22 * s
        if not world.heard:
            font.write(surface, "Nothing: nobody had to change their way.", (box.x, y), colour("ivory_dim"))

    def _legs(self) -> tuple[Car, list[float]]:
        """The better rival, and for each leg that both have done how many seconds the player was quicker."""
        world = self.play.world
        rival = min(world.rivals, key=lambda car: car.place)
        you, other = (world.began_s, *world.player.done_s), (world.began_s, *rival.done_s)
        return rival, [(other[k + 1] - other[k]) - (you[k + 1] - you[k]) for k in range(min(len(you), len(other)) - 1)]

    def _decided(self) -> list[str]:
        """The legs with the greatest differences to the better rival, kept promises, and how often words did not fit."""
        world = self.play.world
        lines = []
        rival, legs = self._legs()
        if legs:
            best, worst = max(range(len(legs)), key=lambda k: legs[k]), min(range(len(legs)), key=lambda k: legs[k])
            if legs[best] > 1.0:
                lines.append(f"You gained {legs[best] * 6:.0f} minutes on {rival.who} on the way to {world.stops[best].street}.")
            if legs[worst] < -1.0:
                lines.append(f"You lost {-legs[worst] * 6:.0f} minutes to {rival.who} on the way to {world.stops[worst].street}.")
        kept = [low <= actual <= high for _, low, high, actual in world.drivers["Atlas"].promises]
        if kept:
            lines.append(f"Atlas kept {sum(kept)} of {len(kept)} promises (it aims at 8 in 10).")
        lost = sum(who == "Quill" for _, who, _ in world.heard)
        if lost:
            lines.append(f"Quill's directions did not fit {'once' if lost == 1 else f'{lost} times'}.")
        return lines

    def _ways(self, surface: pygame.Surface, box: pygame.Rect, s: float) -> None:
        """The leg that cost the player most (or, after a win, the rival), as both drove it."""
        world, town_map = self.play.world, self.play.view.hud.map
        rival, legs = self._legs()
        font, bold = typeface(round(17 * s)), typeface(round(22 * s), True)
        bold.write(surface, "Where it was decided", (box.x, box.y - 30 * s), colour("coral_light"))
        town_map.ground(surface, box, 0.6)
        pygame.draw.rect(surface, colour("violet_light"), box, width=2)
        if not legs:
            return
        leg = max(range(len(legs)), key=lambda k: legs[k] if self.won else -legs[k])
        for car, side, width in ((rival, 14.0, 4), (world.player, -2.0, 4)):
            roads = [edge for done, edge in car.trail if done == leg]
            town_map.route(surface, box, roads, colour("ink"), width + 3, side)
            town_map.route(surface, box, roads, colour(TINTS[car.who]), width, side)
        for edge in world.today.closed:
            town_map.cross(surface, town_map.spot(box, world.barrier_at(edge)), colour("danger"), 4.0)
        nodes = [world.today.depot, *(stop.node for stop in world.stops)]
        for node, tint in ((nodes[leg], "ivory"), (nodes[leg + 1], "gold")):
            x, y = town_map.spot(box, world.roads.positions_px[node])
            pygame.draw.circle(surface, colour("ink"), (x, y), 7)
            pygame.draw.circle(surface, colour(tint), (x, y), 5)
        words = f"leg {leg + 1}: you {'gained' if legs[leg] > 0 else 'lost'} {abs(legs[leg]) * 6:.0f} min"
        font.write(surface, words, (box.centerx, box.bottom + 6 * s), colour("ivory"), align=0.5)

    def _points(self, app: CourierApp, surface: pygame.Surface, x: float, y: float, s: float) -> None:
        font, bold = typeface(round(18 * s)), typeface(round(22 * s), True)
        bold.write(surface, "The week", (x, y), colour("coral_light"))
        y += 32 * s
        for who in app.week.order():
            bold.write(surface, who, (x, y), colour(TINTS[who]))
            for k, day in enumerate(app.week.results):
                place = day[who]
                centre = (x + (96 + 34 * k) * s, y + 12 * s)
                pygame.draw.circle(surface, colour({1: "gold", 2: "ivory_dim"}.get(place, "ink_soft")), centre, 12 * s)
                font.write(surface, str(POINTS[place]), (centre[0], y + 3 * s), colour("ink" if place < 3 else "ivory"), align=0.5)
            bold.write(surface, str(app.week.points[who]), (x + 300 * s, y), colour("ivory"), align=1.0)
            y += 34 * s

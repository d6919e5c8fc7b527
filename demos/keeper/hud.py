"""What is written over the stage: score, balls, the kinds of throw, and what the keeper believes beside what is true."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import pygame

from ..assets import Colour, colour, mixed, picture
from ..screens.panels import key_cap, plate, ui_scale
from ..screens.text import typeface, wrapped
from .frame import Frame
from .records import KINDS
from .world import KeeperWorld

__all__ = ["BELIEFS", "Hud", "MatchInfo"]

_WORST_PX = 600.0
_KEYS = {"throw": ("1", "1"), "kick": ("2", "2"), "roll": ("3", "3")}


@dataclass(frozen=True, slots=True)
class MatchInfo:
    """What the world itself does not know."""

    best: int = 0
    hint: str = ""
    pad: bool = False
    mind: bool = True
    """The keeper's mind is shown."""


@dataclass(frozen=True, slots=True)
class BeliefRow:
    label: str
    key: str
    """In `BallModel.physics`."""
    low: float
    high: float
    digits: int


BELIEFS = (
    BeliefRow("gravity", "gravity_y_px_s2", 0.0, 1500.0, 0), BeliefRow("wind", "gravity_x_px_s2", -400.0, 400.0, 0),
    BeliefRow("speed kept in air", "damping", 0.6, 1.0, 2), BeliefRow("bounce of the ground", "restitution_0", 0.0, 1.0, 2),
    BeliefRow("bounce of the wall", "restitution_1", 0.0, 1.0, 2), BeliefRow("bounce of the table", "restitution_2", 0.0, 1.0, 2),
    BeliefRow("bounce of what follows", "restitution_3", 0.0, 1.0, 2), BeliefRow("grip of the table", "friction_2", 0.0, 1.0, 2),
)


def truth_of(world: KeeperWorld) -> dict[str, float]:
    """The stage's laws under the names of `BallModel.physics`."""
    laws = world.stage.laws
    values = {"gravity_y_px_s2": laws.gravity_px_s2, "gravity_x_px_s2": laws.wind_px_s2, "damping": laws.damping}
    values |= {f"restitution_{m}": value for m, value in enumerate(laws.restitution)}
    return values | {f"friction_{m}": value for m, value in enumerate(laws.friction)}


@lru_cache(maxsize=64)
def _icon(name: str, size: int, dim: bool = False) -> pygame.Surface:
    icon = pygame.transform.smoothscale(picture(name), (size, size))
    if dim:
        icon.fill((*mixed(colour("ink_soft"), colour("ivory_dim"), 0.55), 255), special_flags=pygame.BLEND_RGBA_MULT)
    return icon


class Hud:
    """Draws on a view of any size."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[float, float]] = {}
        """Beliefs as drawn: they glide to what is believed, so that learning can be seen."""

    def draw(self, surface: pygame.Surface, frame: Frame, world: KeeperWorld, info: MatchInfo, time_s: float, frame_s: float) -> None:
        s = ui_scale(surface.get_height())
        self._score(surface, world, info, s)
        self._kinds(surface, world, info, s)
        if world.state == "aiming":
            self._aim(surface, frame, world, time_s)
        self._beliefs(surface, world, s, frame_s)
        self._words(surface, world, info, s)

    # ---- the player's side --------------------------------------------------------------------------------------

    def _score(self, surface: pygame.Surface, world: KeeperWorld, info: MatchInfo, s: float) -> None:
        x, y = round(16 * s), round(14 * s)
        box = plate(round(424 * s), round(92 * s))
        surface.blit(box, (x, y))
        bold, font = typeface(round(31 * s), True), typeface(round(18 * s))
        where = bold.write(surface, f"{world.score}", (x + 16 * s, y + 8 * s), colour("gold" if world.score else "ivory"))
        font.write(surface, f"points   best {info.best}" if info.best else "points", (where.right + 8 * s, y + 19 * s), colour("ivory_dim"))
        font.write(surface, f"{world.round + 1} of {world.rounds}   {world.stage.title}", (x + box.get_width() - 16 * s, y + 19 * s), colour("ivory"), align=1.0)
        size = round(26 * s)
        for k in range(world.balls):
            results = world.results[world.round]
            at = (x + 14 * s + k * 34 * s, y + 54 * s)
            if k < len(results):
                tint = {"saved": "teal", "goal": "gold", "short": "ivory_dim"}[results[k].outcome]
                centre = (at[0] + size / 2, at[1] + size / 2)
                pygame.draw.circle(surface, colour(tint), centre, size * 0.44)
                pygame.draw.circle(surface, colour("ink"), centre, size * 0.44, max(2, round(2 * s)))
                self._mark(surface, results[k].outcome, centre, size * 0.22, s)
            else:
                thrown = k == len(results) and world.state == "flying"
                surface.blit(_icon("things/ball", size, thrown), at)
        font.write(surface, f"past it {world.count('goal')}   saved {world.count('saved')}", (x + box.get_width() - 16 * s, y + 58 * s), colour("ivory_dim"), align=1.0)

    def _mark(self, surface: pygame.Surface, outcome: str, at: tuple[float, float], r: float, s: float) -> None:
        ink, w = colour("ink"), max(2, round(3 * s))
        if outcome == "goal":
            pygame.draw.lines(surface, ink, False, [(at[0] - r, at[1]), (at[0] - 0.2 * r, at[1] + 0.9 * r), (at[0] + 1.1 * r, at[1] - r)], w)
        elif outcome == "saved":
            pygame.draw.line(surface, ink, (at[0] - r, at[1] - r), (at[0] + r, at[1] + r), w)
            pygame.draw.line(surface, ink, (at[0] - r, at[1] + r), (at[0] + r, at[1] - r), w)
        else:
            pygame.draw.line(surface, ink, (at[0] - r, at[1]), (at[0] + r, at[1]), w)

    def _kinds(self, surface: pygame.Surface, world: KeeperWorld, info: MatchInfo, s: float) -> None:
        """Throw, kick, roll: lower left."""
        radius, y = 27 * s, surface.get_height() - 46 * s
        for k, kind in enumerate(KINDS):
            x = 48 * s + k * 72 * s
            chosen = kind == world.kind
            pygame.draw.circle(surface, colour("panel"), (x, y), radius + 3 * s)
            pygame.draw.circle(surface, colour("coral" if chosen else "ink_soft"), (x, y), radius, max(3, round(4 * s)))
            icon = _icon(f"icons/{kind}", round(34 * s), not chosen)
            surface.blit(icon, icon.get_rect(center=(round(x), round(y - 2 * s))))
            cap = key_cap(_KEYS[kind][0] if not info.pad else kind, round(16 * s))
            surface.blit(cap, (round(x - cap.get_width() / 2), round(y + radius - 9 * s)))

    def _aim(self, surface: pygame.Surface, frame: Frame, world: KeeperWorld, time_s: float) -> None:
        """An arrow as long as the throw is strong, and where the last ball of this kind was aimed."""
        s = frame.scale
        start = frame.to_screen(world.start)
        vx, vy = world.aimed_velocity
        angle = math.atan2(vy, vx)
        last = world.last_throws.get(world.kind)
        if last is not None and world.kind != "roll":
            a = min(last[0], -0.05) if world.kind == "kick" else last[0]
            reach = (44 + 150 * last[1]) * s
            tip = (start[0] + reach * math.cos(a), start[1] + reach * math.sin(a))
            pygame.draw.circle(surface, colour("ink"), tip, 5 * s)
            pygame.draw.circle(surface, colour("ivory_dim"), tip, 3.2 * s)
        reach = (44 + 150 * (world.power if world.charging else 0.12)) * s
        tip = (start[0] + reach * math.cos(angle), start[1] + reach * math.sin(angle))
        tint: Colour = mixed(colour("ember"), colour("danger"), world.power) if world.charging else colour("ivory")
        base = (start[0] + 20 * s * math.cos(angle), start[1] + 20 * s * math.sin(angle))
        for width, tone in ((9, colour("ink")), (5, tint)):
            pygame.draw.line(surface, tone, base, tip, max(2, round(width * s)))
        wing = 13 * s
        head = [(tip[0] + wing * math.cos(angle + a), tip[1] + wing * math.sin(angle + a)) for a in (0.0, 2.3, -2.3)]
        pygame.draw.polygon(surface, tint, head)
        pygame.draw.polygon(surface, colour("ink"), head, max(2, round(2 * s)))
        if world.charging:
            typeface(round(18 * s), True).write(surface, f"{100 * world.power:.0f}", (tip[0] + 16 * s, tip[1] - 26 * s), tint, shadow=colour("ink"))

    # ---- the keeper's side --------------------------------------------------------------------------------------

    def _beliefs(self, surface: pygame.Surface, world: KeeperWorld, s: float, frame_s: float) -> None:
        width = round(372 * s)
        row = round(23 * s)
        height = round(46 * s) + row * len(BELIEFS) + round(72 * s)
        x, y = surface.get_width() - width - round(16 * s), round(14 * s)
        surface.blit(plate(width, height, 212), (x, y))
        bold, font = typeface(round(19 * s), True), typeface(round(16 * s))
        surface.blit(_icon("icons/keeper", round(24 * s)), (x + 12 * s, y + 9 * s))
        bold.write(surface, "what it believes", (x + 44 * s, y + 10 * s), colour("ivory"))
        note = "thinking it over …" if world.catcher.learning else ""
        font.write(surface, note, (x + width - 14 * s, y + 12 * s), colour("ember"), align=1.0)
        believed, truth = world.catcher.laws, truth_of(world)
        track = (x + width - 176 * s, 96 * s)
        for k, belief in enumerate(BELIEFS):
            top = y + 40 * s + k * row
            mean, deviation = believed[belief.key]
            self._row(surface, belief, mean, deviation, truth[belief.key], (x + 14 * s, top), track, x + width - 14 * s, s, frame_s)
        self._errors(surface, world, (x + 14 * s, y + height - 66 * s), width - 28 * s, s)

    def _row(self, surface: pygame.Surface, belief: BeliefRow, mean: float, deviation: float, truth: float, at: tuple[float, float], track: tuple[float, float],
             right: float, s: float, frame_s: float) -> None:
        font = typeface(round(16 * s))
        deviation = min(deviation, belief.high - belief.low)
        if deviation >= belief.high - belief.low:
            mean = 0.5 * (belief.low + belief.high)
        old = self._shown.get(belief.key, (mean, deviation))
        glide = min(1.0, 5.0 * frame_s)
        shown = (old[0] + (mean - old[0]) * glide, old[1] + (deviation - old[1]) * glide)
        self._shown[belief.key] = shown
        span = belief.high - belief.low

        def spot(value: float) -> float:
            return track[0] + track[1] * min(1.0, max(0.0, (value - belief.low) / span))

        middle = at[1] + 9 * s
        sure = shown[1] < 0.05 * span
        tint = colour("teal") if sure and abs(mean - truth) < max(3.0 * deviation, 0.03 * span) else colour("coral_light")
        font.write(surface, belief.label, at, colour("ivory" if sure else "ivory_dim"))
        pygame.draw.line(surface, colour("ink_soft"), (track[0], middle), (track[0] + track[1], middle), max(3, round(6 * s)))
        low, high = spot(shown[0] - 2 * shown[1]), spot(shown[0] + 2 * shown[1])
        pygame.draw.line(surface, mixed(tint, colour("panel"), 0.35), (low, middle), (max(high, low + 2), middle), max(3, round(6 * s)))
        pygame.draw.line(surface, tint, (spot(shown[0]), middle - 6 * s), (spot(shown[0]), middle + 6 * s), max(2, round(3 * s)))
        true_x = spot(truth)
        pygame.draw.polygon(surface, colour("ivory"), [(true_x, middle + 4 * s), (true_x - 4 * s, middle + 10 * s), (true_x + 4 * s, middle + 10 * s)])
        text = f"{round(mean, belief.digits) + 0.0:,.{belief.digits}f}"  # never "-0"
        wide = deviation > 0.25 * span
        font.write(surface, "unknown" if wide else text, (right, at[1]), colour("ivory_dim") if wide else tint, align=1.0)

    def _errors(self, surface: pygame.Surface, world: KeeperWorld, at: tuple[float, float], width: float, s: float) -> None:
        """One bar a ball: how far off its forecast was, one second ahead; on a log scale."""
        font = typeface(round(15 * s))
        font.write(surface, "how far off, ball by ball", at, colour("ivory_dim"))
        total = world.rounds * world.balls
        step = width / total
        bottom = at[1] + 56 * s
        latest = None
        for r, results in enumerate(world.results):
            left = at[0] + r * world.balls * step
            pygame.draw.line(surface, colour("violet_light" if r == world.round else "ink_soft"), (left, bottom + 2), (left + world.balls * step - 3 * s, bottom + 2), max(1, round(2 * s)))
            for k, result in enumerate(results):
                tint = colour({"saved": "teal", "goal": "gold", "short": "ivory_dim"}[result.outcome])
                if result.error_px is None:
                    pygame.draw.circle(surface, tint, (left + (k + 0.5) * step - s, bottom - 3 * s), 1.6 * s)
                    continue
                latest = result.error_px
                high = 34 * s * math.log1p(min(result.error_px, _WORST_PX)) / math.log1p(_WORST_PX)
                pygame.draw.rect(surface, tint, (left + k * step, bottom - high, max(2.0, step - 2.2 * s), high), border_radius=round(2 * s))
        if latest is not None:
            font.write(surface, f"last {latest:,.0f} px", (at[0] + width, at[1]), colour("ivory"), align=1.0)

    def _words(self, surface: pygame.Surface, world: KeeperWorld, info: MatchInfo, s: float) -> None:
        """The keeper's own words, or a hint, along the lower rim."""
        font = typeface(round(18 * s))
        left, right = 250 * s, surface.get_width() - 24 * s
        words = info.hint
        if not words and info.mind:
            words = world.catcher.explain().sentence
        if not words:
            return
        lines = wrapped(font, words, right - left - 70 * s)[:2]
        width = max(font.size(line)[0] for line in lines) + round(66 * s)
        height = round((16 + 23 * len(lines)) * s)
        x = left + 0.5 * (right - left - width)
        y = surface.get_height() - height - 10 * s
        surface.blit(plate(round(width), height, 220), (round(x), round(y)))
        if not info.hint:
            surface.blit(_icon("icons/keeper", round(26 * s)), (x + 14 * s, y + 0.5 * height - 13 * s))
        for k, line in enumerate(lines):
            font.write(surface, line, (x + 50 * s, y + (8 + 23 * k) * s), colour("ember" if info.hint else "ivory"))

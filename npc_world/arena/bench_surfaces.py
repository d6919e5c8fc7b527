"""`npc-world bench --surfaces`: how well and how fast a body learns its ground, against worlds whose laws it is not told.

Two kinds of world: the project's own body (what the learner's model says, so only noise stands in the way), and those of an engine given, as
`npc_world.adapters.pymunk.surface_truth.walk_in_space`, whose bodies are tied to a walking foot by a joint of limited force.  Seeds below `REPORTED_SEEDS` are for tuning, from there on for reporting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.progress import Progress
from npc_world.learning.surface_learning import SurfaceLearner, SurfaceLearning
from npc_world.models.surfaces import Surface
from npc_world.models.top_down import step_top_down

__all__ = ["REPORTED_SEEDS", "Engine", "SurfaceRow", "measured", "own_body", "run_surfaces"]

Floats = NDArray[np.float64]
Engine = Callable[[Floats, Floats, float, float, float], Floats]
"""(laws (T, 4), wishes (T, 2) px/s, step s, top speed, acceleration limit or 0) → (T + 1, 2) px."""
REPORTED_SEEDS = 20_000
FRAME_S = 1.0 / 60.0
SPEED_PX_S, ACCELERATION_PX_S2 = 160.0, 900.0
CONTACT_S, CHANGE_S, CALM_S = 3.0, 3.0, 600.0


@dataclass(frozen=True, slots=True)
class SurfaceRow:
    """One kind of world and of sight."""

    what: str
    worlds: int
    speed_error: float
    """Median relative error of the speed factor after 3 s of contact."""
    speed_within: float
    """Share of the worlds in which it is within a tenth."""
    grip_error: float | None
    """The same of grip (friction), where the body has momentum and the ground is slippery enough to be felt."""
    grip_within: float | None
    push_error: float
    """Median error of the push, shares of top speed."""
    change_within: float
    """Share of the changes after which, 3 s later, the factor that changed is within a tenth."""
    change_s: float
    """Median time until it is and stays so."""
    false_alarms: float
    """Words of a ground other than believed, per 10 minutes of unchanged ground after 10 s on it, that lead away from the truth."""
    late_words: float
    """The same that lead to it: what only showed late, as the top speed of ground on which one slides."""

    def __str__(self) -> str:
        grip = "" if self.grip_error is None else f", grip {self.grip_error:.1%} ({self.grip_within:.0%} within 10 %)"
        return (f"{self.what}, {self.worlds} worlds: after 3 s speed {self.speed_error:.1%} ({self.speed_within:.0%} within 10 %){grip}, "
                f"push {self.push_error:.3f}; 3 s after a change {self.change_within:.0%} within 10 %, there after {self.change_s:.1f} s; "
                f"{self.false_alarms:.2f} false alarms in 10 min, {self.late_words:.2f} late corrections")


def run_surfaces(worlds: int, engines: Mapping[str, Engine] | None = None, report: Callable[[str], None] = print,
                 first_seed: int = REPORTED_SEEDS) -> list[dict[str, object]]:
    """A row per kind of world and of sight; `report` gets a line for each as it is done.

    engines: name to engine of further worlds; they are an argument because the library's measuring rooms import none.
    """
    rows = []
    for name, engine in {"own body": own_body, **(engines or {})}.items():
        for momentum in (False, True):
            for seen in ("whole pixels", "1 px noise"):
                what = f"{name}{', momentum' if momentum else ''}, {seen}"
                bar = Progress(worlds, what)
                row = measured(what, engine, momentum, seen, range(first_seed, first_seed + worlds), bar.advance)
                bar.close()
                report(str(row))
                rows.append(asdict(row))
    return rows


def own_body(laws: Floats, wishes: Floats, step_s: float, speed: float, acceleration: float) -> Floats:
    """The project's top-down body in the open."""
    x = y = vx = vy = 0.0
    path = np.zeros((len(wishes) + 1, 2))
    for k, ((factor, grip, push_x, push_y), (ux, uy)) in enumerate(zip(laws, wishes, strict=True)):
        x, y, vx, vy = step_top_down(x, y, vx, vy, ux, uy, step_s, acceleration, factor, grip, push_x * speed, push_y * speed)
        path[k + 1] = x, y
    return path


def law(rng: np.random.Generator) -> Floats:
    """Speed factor 0.3 to 1.2, grip 0.08 to 1, and in every second world a push of up to 0.3."""
    angle, push = rng.uniform(0, 2 * np.pi), rng.uniform(0.0, 0.3) * (rng.uniform() < 0.5)
    return np.array([rng.uniform(0.3, 1.2), 0.08 * (1 / 0.08) ** rng.uniform(), push * np.cos(angle), push * np.sin(angle)])


def slippery(ground: Floats) -> bool:
    """Whether a body needs more than half a second to its top speed there: then its grip shows, and its top speed hardly."""
    return bool(ground[0] * SPEED_PX_S > 0.5 * ground[1] * ACCELERATION_PX_S2)


def other_law(before: Floats, rng: np.random.Generator) -> Floats:
    """A law whose speed factor differs by a quarter at least."""
    while True:
        after = law(rng)
        if abs(after[0] / before[0] - 1.0) >= 0.25:
            return after


def walk(rng: np.random.Generator, frames: int) -> Floats:
    """(frames, 2) px/s: full speed most of the time, a new direction every half second to 1.5 s."""
    wishes = np.empty((frames, 2))
    at = 0
    while at < frames:
        until = at + int(rng.uniform(0.5, 1.5) / FRAME_S)
        angle, share = rng.uniform(0, 2 * np.pi), 1.0 if rng.uniform() < 0.8 else rng.uniform(0.4, 1.0)
        wishes[at:until] = SPEED_PX_S * share * np.array([np.cos(angle), np.sin(angle)])
        at = until
    return wishes


class _Watch:
    """One learner in one world, fed frame by frame."""

    def __init__(self, engine: Engine, momentum: bool, seen: str, rng: np.random.Generator) -> None:
        self.engine, self.acceleration, self.seen, self.rng = engine, ACCELERATION_PX_S2 if momentum else 0.0, seen, rng
        prior = Surface(speed_factor=float(rng.uniform(0.5, 1.1)), grip=float(rng.uniform(0.3, 1.0)), speed_factor_sd=0.2, grip_sd=0.3)
        self.learner = SurfaceLearner(SurfaceLearning(), {"ground": prior})
        self.alarms = self.corrections = 0

    def go(self, laws: Floats) -> Floats:
        """(T, 4) factor, grip and push believed after each frame."""
        wishes = walk(self.rng, len(laws))
        path = self.engine(laws, wishes, FRAME_S, SPEED_PX_S, self.acceleration)
        seen = np.round(path) if self.seen == "whole pixels" else path + self.rng.normal(0.0, 1.0, path.shape)
        believed, alarm = np.empty((len(laws), 4)), self.learner.surprise
        self.learner.learn(0.0, seen[0], "ground", wishes[0], SPEED_PX_S, self.acceleration)
        for k, wish in enumerate(wishes):
            self.learner.learn((k + 1) * FRAME_S, seen[k + 1], "ground", wish, SPEED_PX_S, self.acceleration)
            belief = self.learner.belief("ground")
            believed[k] = belief.speed_factor, belief.grip, belief.push_x, belief.push_y
            if self.learner.surprise is not alarm:
                alarm = self.learner.surprise
                assert alarm is not None
                true = {"speed": laws[k, 0], "grip": laws[k, 1], "push": np.hypot(*laws[k, 2:])}[alarm.quality]
                if abs(alarm.found - true) < abs(alarm.believed - true):
                    self.corrections += 1
                else:
                    self.alarms += 1
        return believed


def measured(what: str, engine: Engine, momentum: bool, seen: str, seeds: range, advance: Callable[[], None] = lambda: None,
             calm_s: float = CALM_S) -> SurfaceRow:
    """Contact, change and calm in as many worlds as there are seeds; ground changes half-way through 20 s."""
    speed, grip, push, after, settled, alarms, late = [], [], [], [], [], 0, 0
    for number, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        first = law(rng)
        second = other_law(first, rng)
        contact, change = round(CONTACT_S / FRAME_S), round(CHANGE_S / FRAME_S)
        laws = np.concatenate([np.tile(first, (600, 1)), np.tile(second, (600, 1))])
        believed = _Watch(engine, momentum, seen, rng).go(laws)
        at = believed[contact - 1]
        if momentum and slippery(first):
            grip.append(abs(at[1] / first[1] - 1.0))
        else:
            speed.append(abs(at[0] / first[0] - 1.0))
        push.append(float(np.hypot(*(at[2:] - first[2:]))))
        which = 1 if momentum and slippery(second) else 0
        off = np.abs(believed[600:, which] / second[which] - 1.0)
        after.append(off[change - 1] <= 0.1)
        settled.append(FRAME_S * (1 + int(np.flatnonzero(off > 0.1)[-1])) if (off > 0.1).any() else 0.0)
        if number < max(1, len(seeds) // 10):
            calm = _Watch(engine, momentum, seen, rng)
            calm.go(np.tile(first, (600, 1)))  # ten seconds to become acquainted
            calm.alarms = calm.corrections = 0
            calm.learner.forget_motion()
            calm.go(np.tile(first, (round(calm_s / FRAME_S), 1)))
            alarms += calm.alarms
            late += calm.corrections
        advance()
    grip_error, grip_within = (float(np.median(grip)), float(np.mean(np.array(grip) <= 0.1))) if grip else (None, None)
    return SurfaceRow(what, len(seeds), float(np.median(speed)), float(np.mean(np.array(speed) <= 0.1)), grip_error, grip_within, float(np.median(push)),
                      float(np.mean(after)), float(np.median(settled)), *(n / max(1, len(seeds) // 10) * CALM_S / calm_s for n in (alarms, late)))

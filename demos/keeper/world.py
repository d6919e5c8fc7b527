"""Safe Hands as a world of its own: the stage, the thrower's arm, the keeper's body, the rules.  It draws nothing.

    world = KeeperWorld(seed=3)
    world.step(Controls(hold=True))        # 1/60 s
    world.state                            # "aiming", "flying", "over" (the ball), "between" (rounds), "done"
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

import npc_world as nw
from npc_world.agents.catcher import Catcher, CatcherConfig
from npc_world.learning.ball_model import BallConfig

from .difficulty import DIFFICULTIES, Difficulty
from .records import KINDS, BallResult, Controls, Event
from .stages import BALL_PX, COURT_PX, GROUND_PX, STAGES, THICKNESS_PX, WORDS_OF_MATERIALS, Stage
from .truth import STEP_S, Truth, material_of

__all__ = ["BALLS", "KeeperBody", "KeeperWorld"]

BALLS = 6
"""Per round."""
_LIMITS_PX = (COURT_PX[0] + 24.0, COURT_PX[1] - 24.0)
_REACH_PX, _UP_PX = 30.0, 96.0
_RISE_S = 0.27
_LOW_RAD, _HIGH_RAD = 0.5, -1.5
_TURN_RAD_S = 1.1
_CHARGE_S = 1.15
_SLOWEST_PX_S = 130.0
_FASTEST_PX_S = {"throw": 800.0, "kick": 860.0, "roll": 460.0}
_LONGEST_S, _STILL_PX_S = 12.0, 6.0
_AFTER_S, _SWING_S = 1.25, 0.35
_SURE = 0.85
"""A keeper that gave its catch this probability was sure."""


@dataclass(slots=True)
class KeeperBody:
    """The keeper as it moves: feet at (x, GROUND_PX − lift)."""

    x: float
    before_x: float
    lift: float = 0.0
    velocity_px_s: float = 0.0
    leapt_s: float = -math.inf
    mood: str = "ready"
    """"ready", "caught" (holding the ball), "beaten"."""


class KeeperWorld:
    """One match of five rounds against one keeper, who keeps what it has learned.  rounds: indices of stages, to play others."""

    def __init__(self, *, difficulty: str | Difficulty = "normal", seed: int = 0, worker: Any = None, rounds: tuple[int, ...] = tuple(range(len(STAGES))),
                 balls: int = BALLS) -> None:
        self.difficulty = difficulty if isinstance(difficulty, Difficulty) else DIFFICULTIES[difficulty]
        self.seed, self.balls, self._worker, self._rounds = seed, balls, worker, rounds
        self.round = 0
        self.time_s = 0.0
        self.score = 0
        self.results: list[list[BallResult]] = [[] for _ in rounds]
        self.events: list[Event] = []
        self.angle_rad, self.power, self.kind = -0.7, 0.0, "throw"
        self.last_throws: dict[str, tuple[float, float]] = {}
        """Angle and power of the last ball of each kind."""
        self.swing_s = math.inf
        """Since the ball left the hand."""
        self._charging_s: float | None = None
        self._state_s = 0.0
        self.state = "aiming"
        self._memory: Any = None
        self._enter()

    # ---- rounds -------------------------------------------------------------------------------------------------

    def _enter(self) -> None:
        """The stage of this round; the keeper's knowledge comes with it, untold that anything changed."""
        self.stage: Stage = STAGES[self._rounds[self.round]]
        self.truth = Truth(self.stage)
        model = nw.BallModel(self.stage.segments, BALL_PX, material=self.stage.material, material_names=WORDS_OF_MATERIALS,
                             thickness_px=THICKNESS_PX, scheme="chipmunk", step_s=STEP_S,
                             seed=self.seed, config=BallConfig(balls=192, sightings_kept=100, throws_kept=4))
        if self._memory is not None:
            model.restore(self._memory)
        body = self.difficulty
        reach = nw.CatchReach(sideways_px=_REACH_PX, up_px=_UP_PX, jump_px=body.jump_px, rise_s=_RISE_S)
        self.catcher = Catcher(model, reach, body.speed_px_s * self.stage.pace, limits_px=_LIMITS_PX, floor=(0,), touches=self.stage.touches,
                               config=CatcherConfig(reaction_s=body.reaction_s), worker=self._worker)
        middle = 0.5 * sum(_LIMITS_PX)
        self.keeper = KeeperBody(middle, middle)
        self.touches, self.flight_s, self.trail = 0, 0.0, []  # type: int, float, list[tuple[float, float]]
        self._course: list[str] = []
        self._surprised = False
        self.state, self._state_s = "aiming", 0.0

    def next_round(self) -> None:
        """Go on after a round; raises `RuntimeError` when none is over."""
        if self.state != "between":
            raise RuntimeError(f"state is {self.state!r}: no round is over")
        self.catcher.settle()
        self._memory = self.catcher.ball.state()
        self.round += 1
        self._enter()

    @property
    def stages(self) -> tuple[int, ...]:
        """Indices into STAGES, by round."""
        return self._rounds

    @property
    def rounds(self) -> int:
        return len(self._rounds)

    @property
    def balls_left(self) -> int:
        return self.balls - len(self.results[self.round]) - (1 if self.state == "flying" else 0)

    def count(self, outcome: str, round_: int | None = None) -> int:
        rows = self.results if round_ is None else [self.results[round_]]
        return sum(result.outcome == outcome for row in rows for result in row)

    # ---- time ---------------------------------------------------------------------------------------------------

    def step(self, controls: Controls, dt_s: float = STEP_S) -> None:
        """One step of 1/60 s; `events` then tells what happened in it."""
        self.events = []
        self.time_s += STEP_S
        self._state_s += STEP_S
        self.swing_s += STEP_S
        if controls.kind in KINDS and controls.kind != self.kind and not self.charging and self.state != "flying":
            self.kind = str(controls.kind)
            self.events.append(Event("pick", self.start))
        if self.state == "aiming":
            self._aim(controls)
        elif self.state == "flying":
            self._fly()
        elif self.state == "over":
            self._linger()
        self._move_keeper()

    # ---- the thrower --------------------------------------------------------------------------------------------

    @property
    def hand(self) -> tuple[float, float]:
        """Where a thrown ball leaves the hand."""
        left, _, top = self.stage.table
        return left + 66.0, top - 76.0

    @property
    def start(self) -> tuple[float, float]:
        """Where the ball waits."""
        left, _, top = self.stage.table
        return self.hand if self.kind == "throw" else (left + 96.0, top - THICKNESS_PX - BALL_PX)

    @property
    def aimed_velocity(self) -> tuple[float, float]:
        """px/s with the power of now."""
        speed = _SLOWEST_PX_S + (_FASTEST_PX_S[self.kind] - _SLOWEST_PX_S) * self.power
        angle = 0.0 if self.kind == "roll" else (min(self.angle_rad, -0.05) if self.kind == "kick" else self.angle_rad)
        return speed * math.cos(angle), speed * math.sin(angle)

    def _aim(self, controls: Controls) -> None:
        if controls.point is not None:
            dx, dy = controls.point[0] - self.start[0], controls.point[1] - self.start[1]
            if dx * dx + dy * dy > 9.0:
                self.angle_rad = math.atan2(dy, max(dx, 1e-6))
        self.angle_rad = min(_LOW_RAD, max(_HIGH_RAD, self.angle_rad + _TURN_RAD_S * STEP_S * controls.turn))
        if controls.hold and self._state_s > 0.2:
            self._charging_s = 0.0 if self._charging_s is None else self._charging_s + STEP_S
            phase = (self._charging_s / _CHARGE_S) % 2.0
            self.power = phase if phase <= 1.0 else 2.0 - phase
        elif self._charging_s is not None:
            self._launch()

    @property
    def charging(self) -> bool:
        return self._charging_s is not None

    def lower(self) -> None:
        """Let the arm sink without a throw."""
        self._charging_s, self.power = None, 0.0

    def _launch(self) -> None:
        self._charging_s = None
        self.truth.launch(self.start, self.aimed_velocity)
        self.last_throws[self.kind] = (self.angle_rad, self.power)
        self.events.append(Event(self.kind, self.start, self.power))
        self.state, self._state_s, self.swing_s = "flying", 0.0, 0.0
        self.touches, self.flight_s, self.trail, self._course, self._surprised = 0, 0.0, [self.start], [], False
        self.keeper.mood = "ready"

    # ---- the ball -----------------------------------------------------------------------------------------------

    def _fly(self) -> None:
        self.flight_s += STEP_S
        for piece, hit in self.truth.step():
            at = self.truth.position or self.start
            if hit > 25.0:
                self.events.append(Event(f"bounce:{material_of(self.stage, piece)}", at, hit))
            if piece == 0:
                self.touches += 1
                self.events.append(Event("touch", at, hit))
            else:
                self._course.append(self.stage.pieces[piece].look)
        at = self.truth.position
        assert at is not None
        self.trail.append(at)
        lift = self.keeper.lift
        over = GROUND_PX - lift - at[1]
        if self.touches >= self.stage.touches:
            self._end("goal", at)
        elif abs(at[0] - self.keeper.x) <= _REACH_PX and 0.0 <= over <= _UP_PX:
            self._end("saved", at)
        elif self.flight_s > _LONGEST_S or (self.flight_s > 1.0 and self.truth.speed_px_s < _STILL_PX_S):
            self._end("short", at)

    def _end(self, outcome: str, at: tuple[float, float]) -> None:
        thought = self.catcher.thought
        sure = thought is not None and thought.catch is not None and thought.catch.probability >= _SURE
        points, why = 0, ""
        if outcome == "goal":
            bank = next((look for look in self._course if look in ("wall", "ramp", "step", "board")), None)
            points = 100 + (50 if bank else 0) + (50 if sure else 0)
            parts = [f"off the {bank}" if bank else "", "though it was sure" if sure else ""]
            why = ", ".join(part for part in parts if part)
        self.score += points
        self.keeper.mood = {"saved": "caught", "goal": "beaten"}.get(outcome, "ready")
        if outcome == "saved":
            self.truth.remove()
        self.events.append(Event(outcome, at, float(points)))
        known = len(self.catcher.errors_px)
        self.catcher.reset()
        error = self.catcher.errors_px[-1] if len(self.catcher.errors_px) > known else None
        self.results[self.round].append(BallResult(outcome, self.kind, points, why, error))
        self.state, self._state_s = "over", 0.0

    def _linger(self) -> None:
        """A ball that got past rolls on for a moment."""
        if self.truth.position is not None:
            for piece, hit in self.truth.step():
                if hit > 25.0:
                    self.events.append(Event(f"bounce:{material_of(self.stage, piece)}", self.truth.position or self.start, hit))
            self.trail.append(self.truth.position)
        if self._state_s < _AFTER_S:
            return
        self.truth.remove()
        self.trail = []
        self.keeper.mood = "ready"
        if len(self.results[self.round]) < self.balls:
            self.state = "aiming"
            self.power = 0.0
            self.events.append(Event("new_ball", self.start))
        else:
            self.state = "between" if self.round + 1 < self.rounds else "done"
            self.events.append(Event("round_over", self.start))
        self._state_s = 0.0

    # ---- the keeper ---------------------------------------------------------------------------------------------

    def _move_keeper(self) -> None:
        body = self.keeper
        body.before_x = body.x
        at = self.truth.position if self.state == "flying" else None
        seen = None if at is None else (round(at[0]), round(at[1]))  # whole pixels: all it is ever told
        action = self.catcher.step((body.x, GROUND_PX), seen, STEP_S, touches=self.touches)
        held = body.mood in ("caught", "beaten")
        body.velocity_px_s = 0.0 if held else float(action.velocity_px_s[0])
        body.x = float(np.clip(body.x + body.velocity_px_s * STEP_S, *_LIMITS_PX))
        if action.jump and body.lift == 0.0 and not held:
            body.leapt_s = self.time_s
            self.events.append(Event("jump", (body.x, GROUND_PX)))
        share = (self.time_s - body.leapt_s) / (2.0 * _RISE_S)
        body.lift = 4.0 * self.difficulty.jump_px * share * (1.0 - share) if 0.0 < share < 1.0 else 0.0
        thought = self.catcher.thought
        if thought is not None and thought.surprise > self.catcher.ball.config.doubt and not self._surprised:
            self._surprised = True
            self.events.append(Event("surprised", (body.x, GROUND_PX - 110.0)))

    @property
    def swing(self) -> float:
        """0 at the start of the arm's swing … 1 when it is over."""
        return min(1.0, self.swing_s / _SWING_S)

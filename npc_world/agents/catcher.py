"""An NPC that catches a ball: it watches, learns what laws the ball obeys, imagines where it will come down, and is there.

    catcher = nw.Catcher(ball_model, nw.CatchReach(sideways_px=26, up_px=96), speed_px_s=260, limits_px=(620, 1240), floor=(0,))
    action = catcher.step(feet, ball, dt_s)      # every frame; ball None while it is not seen
    catcher.reset()                              # the ball is caught or dead: learn from what was seen

Thinking takes several milliseconds, a lesson a tenth of a second or, when a ball is hard to explain, more: both run beside the game
in an executor or, without one, a few pieces a frame, and no frame waits for them.  What is found counts `reaction_s` after the
sightings it rests on, not earlier, so that a game comes out the same on any machine that thinks in time.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.catcher_thought import CatcherConfig, SpreadJob, Thought, Worker, lost_at, started
from npc_world.agents.perception import checked_frame
from npc_world.core.errors import BadInputError
from npc_world.core.pieces import Pieces
from npc_world.core.reading import position_of
from npc_world.core.records import Action, Explanation, Forecast
from npc_world.learning.ball_forecast import forecast_in_pieces
from npc_world.learning.ball_model import BallModel
from npc_world.planners.catching import CatchReach, catch_in_pieces

__all__ = ["Catcher", "CatcherConfig", "Thought"]

Floats = NDArray[np.float64]
_STEP_S = 1.0 / 30.0
_WORDS = 5000
"""Work of putting a thought into words."""
_LONGEST_FRAME_S = 0.05
"""A frame that lasted longer has no more work for it."""
_NEAR_PX = 0.12
"""A place this near, in sideways reaches, is where one already stands."""
_JUDGED_AFTER_S, _JUDGED_AHEAD_S = 0.3, 1.0
"""A ball's prediction error is that of the first forecast after so long, for so long ahead."""


class Catcher:
    """Keeps one ball model and one body that runs along the ground."""

    def __init__(self, ball: BallModel, reach: CatchReach, speed_px_s: float, *, limits_px: tuple[float, float] = (-math.inf, math.inf),
                 home_px: float | None = None, floor: Collection[int] = (), touches: int = 2, config: CatcherConfig | None = None,
                 worker: Worker | None = None) -> None:
        """floor: obstacles of the ball's world whose `touches`-th contact loses the ball; none: it can always still be caught.

        home_px: x where it waits for the next ball, the middle of `limits_px` when None.  worker: where thinking runs, a few
        pieces a frame in the calling thread when None.
        """
        if not (math.isfinite(speed_px_s) and speed_px_s > 0.0):
            raise BadInputError(f"speed_px_s={speed_px_s!r}: expected a number above zero")
        if touches < 1:
            raise BadInputError(f"touches={touches!r}: expected 1 or more")
        if not limits_px[0] < limits_px[1]:
            raise BadInputError(f"limits_px={limits_px!r}: expected (left, right)")
        if home_px is not None and not math.isfinite(home_px):
            raise BadInputError(f"home_px={home_px!r}: expected a place along the ground, or None")
        self.config = config or CatcherConfig()
        self.ball, self.reach, self.speed_px_s, self.limits_px = ball, reach, float(speed_px_s), limits_px
        middle = 0.5 * (limits_px[0] + limits_px[1])
        self.home_px = home_px if home_px is not None else (middle if math.isfinite(middle) else None)
        self._floor, self._touches, self._worker = np.array(sorted(floor), np.float64), touches, worker
        self.thought: Thought | None = None
        """What it acts on now; None before it has seen enough."""
        self.errors_px: list[float] = []
        """Per ball: how far off the first settled forecast was, one second ahead or at the ball's end."""
        self._time_s = 0.0
        self._waiting: list[tuple[float, Floats]] = []
        self._seen: list[tuple[float, Floats]] = []
        self._touched = self._shown = self._frames = 0
        self._job: Any = None
        self._job_due_s = 0.0
        self._next_s = 0.0
        self._lesson: Any = None
        self._watching = True
        """The ball model has done with the last ball, and watches for the next, though the lesson goes on."""
        self._judged: Thought | None = None
        self._jump_at_s: float | None = None
        self._news = ball.explain().sentence

    # ---- every frame --------------------------------------------------------------------------------------------

    def step(self, me: Any, ball: Any, dt_s: float, touches: int = 0) -> Action:
        """Advice for a body whose feet are at `me`; touches: how often the ball has touched the floor so far.

        Raises `BadInputError` for a dt that is no duration in seconds (16 for 0.016); a sighting that is no position counts as none.
        """
        dt_s = checked_frame(dt_s, self._frames)
        feet = position_of(me, "me")
        self._frames += 1
        self._touched = touches
        self._see(ball)
        self._adopt()
        if self._job is None and self._time_s >= self._next_s and len(self._seen) >= self.config.fewest and self._may_think:
            self._think(feet)
        self._go_on(dt_s)
        self._time_s += dt_s
        return self._act(feet)

    def reset(self) -> None:
        """This ball is over: judge the forecast, learn from what was seen (beside the game, or while `step` is called), wait for the next."""
        self._job = None
        if self._seen:
            self._judge()
            waiting, self._waiting = self._waiting, []
            before = self._lesson if isinstance(self._lesson, SpreadJob) else None
            self._watching = False
            self._lesson = started(self._learn(waiting, before), self._worker)
        self.thought = self._judged = self._jump_at_s = None
        self._seen, self._time_s, self._next_s, self._touched = [], 0.0, 0.0, 0

    @property
    def learning(self) -> bool:
        """Whether the last ball is still being thought about.  What a new one does is only noted meanwhile where a worker thinks; otherwise it is
        foreseen by what was known before that lesson."""
        return self._lesson is not None and not bool(self._lesson.done())

    @property
    def _may_think(self) -> bool:
        return not self.learning or (self._watching and isinstance(self._lesson, SpreadJob))

    def settle(self) -> None:
        """Wait until the last ball is understood; raises what went wrong in that."""
        if self._lesson is not None:
            self._lesson.result()

    @property
    def laws(self) -> dict[str, tuple[float, float]]:
        """What is believed now: name → (value, standard deviation); an infinite deviation before anything was seen of gravity."""
        if self.thought is not None:
            return self.thought.laws
        laws = dict(self.ball.physics)
        if not self.ball.knowledge.learned:  # its prior counts in a unit that the first throw will set
            laws |= {name: (value, math.inf) for name, (value, _) in laws.items() if name.startswith("gravity")}
        return laws

    @property
    def forecast(self) -> Forecast | None:
        return self.thought.forecast if self.thought is not None else None

    # ---- seeing and thinking ------------------------------------------------------------------------------------

    def _see(self, ball: Any) -> None:
        if ball is None:
            return
        try:
            at = position_of(ball)
        except BadInputError:
            return
        self._waiting.append((self._time_s, at))
        self._seen.append((self._time_s, at))

    def _think(self, feet: Floats) -> None:
        waiting, self._waiting = self._waiting, []
        lead = self.config.reaction_s
        left = self._touches - self._touched
        goal, why, _ = self._goal(feet)
        if goal is not None:  # until the thought counts it goes on to where the last one sent it
            feet = np.array([feet[0] + np.clip(goal - feet[0], -lead * self.speed_px_s, lead * self.speed_px_s), feet[1]])
        self._job = started(self._imagine(waiting, feet, goal if why == "catching" else None, lead, left), self._worker)
        self._job_due_s = self._time_s + lead
        self._next_s = self._time_s + max(self.config.replan_s, lead)

    def _go_on(self, dt_s: float) -> None:
        """Without a worker: as much of what is being thought about as a frame has work for, the ball in the air before the last one."""
        job = self._lesson if self.learning and (self._job is None or self._job.done()) else self._job
        if isinstance(job, SpreadJob):
            job.go_on(self.config.work_per_s * min(dt_s, _LONGEST_FRAME_S))

    def _adopt(self) -> None:
        """Act on what was thought, once its time has come."""
        if self._job is None or self._time_s < self._job_due_s - 1e-9 or not self._job.done():
            return
        thought = self._job.result()
        self._job = None
        if thought is None:
            return
        self.thought = thought
        if self._judged is None and thought.time_s >= _JUDGED_AFTER_S:
            self._judged = thought
        catch = thought.catch
        self._jump_at_s = None if catch is None or catch.jump_s is None else thought.time_s + catch.jump_s

    def _imagine(self, waiting: list[tuple[float, Floats]], feet: Floats, heading: float | None, lead_s: float, touches_left: int) -> Pieces[Thought | None]:
        self._show(waiting)
        if self._shown < self.config.fewest:
            return None
        imagined = yield from self.ball.imagining(self.config.horizon_s, _STEP_S, contacts=8)
        until = lost_at(imagined.contacts, self._floor, touches_left)
        futures = (imagined.times_s, imagined.paths_px)
        catch = yield from catch_in_pieces(futures, feet, self.speed_px_s, self.reach, on_ground=True, limits_px=self.limits_px, ready_s=lead_s,
                                           until_s=until, heading_to=None if heading is None else (heading, feet[1]))
        forecast = yield from forecast_in_pieces(imagined.times_s, imagined.paths_px, imagined.contacts, 0.0, self.ball.config.hypotheses,
                                                 self.ball.config.tolerance_radii * self.ball.world.radius_px)
        yield _WORDS
        return Thought(waiting[-1][0], imagined.times_s, imagined.paths_px, until, forecast, catch, self.ball.surprise, self._shown,
                       self.ball.physics_in_flight, self.ball.explain().sentence)

    def _show(self, waiting: list[tuple[float, Floats]]) -> None:
        for time_s, at in waiting:
            try:
                self.ball.observe(time_s, at)
            except BadInputError:  # first seen inside a wall: wait for a better look
                continue
            self._shown += 1

    def _learn(self, waiting: list[tuple[float, Floats]], before: SpreadJob | None) -> Pieces[None]:
        self._show(waiting)
        self._shown, lesson = 0, self.ball.lesson()  # what is left of the lesson before is its beginning
        self._watching = True
        yield from lesson
        if before is not None:
            yield from before.rest()  # nothing, but its last words
        self._news = self.ball.explain().sentence

    def _judge(self) -> None:
        if self._judged is None:
            return
        times = np.array([t for t, _ in self._seen])
        until = min(self._judged.time_s + _JUDGED_AHEAD_S, float(times[-1]))
        ahead = until - self._judged.time_s
        if ahead < _STEP_S:
            return
        seen = np.array([at for _, at in self._seen])
        truth = np.array([np.interp(until, times, seen[:, axis]) for axis in range(2)])
        path = np.median(self._judged.paths_px, axis=0)
        guess = np.array([np.interp(ahead, self._judged.times_s, path[:, axis]) for axis in range(2)])
        self.errors_px.append(float(np.hypot(*(guess - truth))))

    # ---- acting -------------------------------------------------------------------------------------------------

    def _act(self, feet: Floats) -> Action:
        goal, why, confidence = self._goal(feet)
        speed = 0.0
        if goal is not None:
            off = goal - float(feet[0])
            if abs(off) > _NEAR_PX * self.reach.sideways_px:
                speed = math.copysign(min(self.speed_px_s, abs(off) * 60.0), off)
        jump = self._jump_at_s is not None and self._time_s >= self._jump_at_s
        if jump:
            self._jump_at_s = None
        catch = self.thought.catch if self.thought is not None else None
        aim = None if catch is None or self.thought is None else (catch.point_px, max(0.0, self.thought.time_s + catch.time_s - self._time_s))
        return Action(np.array([speed, 0.0]), np.zeros(2), jump=jump, aim=aim, why=why, confidence=confidence)

    def _goal(self, feet: Floats) -> tuple[float | None, str, float]:
        if self.thought is None:
            return (None, "watching", 0.0) if self._seen else (self.home_px, "waiting", 0.0)
        if self.thought.catch is not None:
            return float(self.thought.catch.point_px[0]), "catching", self.thought.catch.probability
        low, high = self.limits_px
        ends = self.thought.paths_px[np.arange(len(self.thought.paths_px)), self._last_steps(), 0]
        return float(np.clip(np.median(ends), low, high)), "too far", 0.0

    def _last_steps(self) -> NDArray[np.int64]:
        assert self.thought is not None
        return np.minimum(np.searchsorted(self.thought.times_s, self.thought.until_s), len(self.thought.times_s) - 1)

    # ---- words --------------------------------------------------------------------------------------------------

    def explain(self) -> Explanation:
        """What it believes of the ball and what it is about to do, with the numbers it planned with."""
        laws = self.laws
        numbers = {name: value for name, (value, _) in laws.items()}
        numbers |= {f"{name}_sd": deviation for name, (_, deviation) in laws.items()}
        if self.thought is None:
            return Explanation(self._news if not self._seen else f"Watching.  {self._news}", numbers)
        thought, catch = self.thought, self.thought.catch
        numbers |= {"surprise": thought.surprise, "sightings": float(thought.sightings)}
        labels = tuple(f"{100 * w:.0f} % {label}" for w, label in zip(thought.forecast.weights, thought.forecast.labels, strict=True))
        count = len(thought.paths_px)
        if catch is None:
            return Explanation(f"Too far: none of {count} imagined balls comes within my reach.  {thought.words}", numbers, labels)
        numbers |= {"probability": catch.probability, "place_px": float(catch.point_px[0]), "time_s": catch.time_s}
        how = "jump" if catch.jump_s is not None else "stand"
        return Explanation(f"I {how} at {catch.point_px[0]:,.0f}: {100 * catch.probability:.0f} % of {count} imagined balls come to me, "
                           f"in {catch.time_s:.1f} s.  {thought.words}", numbers, labels)

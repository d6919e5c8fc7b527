"""The truth of a stage: a pymunk space with one ball.  The keeper is told none of it but the ball's whole pixels."""

from __future__ import annotations

import math

import pymunk

from .stages import BALL_PX, MATERIALS, THICKNESS_PX, Stage

__all__ = ["STEP_S", "Truth", "material_of"]

STEP_S = 1.0 / 60.0
_TOUCH_PX = 0.6


class Truth:
    """Steps the ball and tells what it touches."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        laws = stage.laws
        self.space = pymunk.Space()
        self.space.gravity = (laws.wind_px_s2, laws.gravity_px_s2)
        self.space.damping = laws.damping
        self._walls: list[pymunk.Segment] = []
        for piece in stage.pieces:
            x0, y0, x1, y1 = piece.line
            wall = pymunk.Segment(self.space.static_body, (x0, y0), (x1, y1), THICKNESS_PX)
            wall.elasticity, wall.friction = laws.restitution[piece.material], laws.friction[piece.material]
            self.space.add(wall)
            self._walls.append(wall)
        self._ball: pymunk.Body | None = None
        self._touching: set[int] = set()

    @property
    def position(self) -> tuple[float, float] | None:
        """Centre of the ball, None when there is none."""
        return None if self._ball is None else (float(self._ball.position.x), float(self._ball.position.y))

    @property
    def angle_rad(self) -> float:
        return 0.0 if self._ball is None else float(self._ball.angle)

    @property
    def speed_px_s(self) -> float:
        return 0.0 if self._ball is None else float(self._ball.velocity.length)

    def launch(self, position: tuple[float, float], velocity: tuple[float, float]) -> None:
        self.remove()
        body = pymunk.Body(1.0, pymunk.moment_for_circle(1.0, 0.0, BALL_PX))
        disc = pymunk.Circle(body, BALL_PX)
        disc.elasticity = disc.friction = 1.0  # the products are then those of the walls
        body.position, body.velocity = position, velocity
        self.space.add(body, disc)
        self._ball = body
        self._touching = self._touched()

    def remove(self) -> None:
        if self._ball is not None:
            self.space.remove(self._ball, *self._ball.shapes)
            self._ball = None
        self._touching = set()

    def step(self) -> list[tuple[int, float]]:
        """One step of 1/60 s; (piece, change of speed px/s) of what the ball newly touches."""
        if self._ball is None:
            return []
        before = self._ball.velocity
        self.space.step(STEP_S)
        touched = self._touched()
        hit = math.dist(before, self._ball.velocity)
        new = [(n, hit) for n in sorted(touched - self._touching)]
        self._touching = touched
        return new

    def _touched(self) -> set[int]:
        """Pieces the ball touches; it counts as leaving one only when it is a little away, so that rolling is one touch."""
        assert self._ball is not None
        x, y = self._ball.position
        found = set()
        for n, piece in enumerate(self.stage.pieces):
            slack = _TOUCH_PX if n not in self._touching else 3.0 * _TOUCH_PX
            if _distance((x, y), piece.line) < BALL_PX + THICKNESS_PX + slack:
                found.add(n)
        return found


def _distance(point: tuple[float, float], line: tuple[float, float, float, float]) -> float:
    x0, y0, x1, y1 = line
    dx, dy = x1 - x0, y1 - y0
    share = max(0.0, min(1.0, ((point[0] - x0) * dx + (point[1] - y0) * dy) / (dx * dx + dy * dy)))
    return math.hypot(point[0] - x0 - share * dx, point[1] - y0 - share * dy)


def material_of(stage: Stage, piece: int) -> str:
    return MATERIALS[stage.pieces[piece].material]

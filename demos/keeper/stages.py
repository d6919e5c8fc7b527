"""The five places where balls are thrown: what stands there, and the laws of the place, which nobody tells the keeper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BALL_PX", "COURT_PX", "GROUND_PX", "MATERIALS", "SIZE_PX", "STAGES", "THICKNESS_PX", "WALL_PX", "WORDS_OF_MATERIALS", "Laws", "Piece", "Stage"]

SIZE_PX = (1280, 720)
GROUND_PX = 632.0
COURT_PX = (600.0, 1236.0)
"""Left and right of the keeper's ground."""
WALL_PX = 1236.0
BALL_PX = 14.0
THICKNESS_PX = 4.0
"""Half of how thick boards and walls are."""
MATERIALS = ("ground", "wall", "table", "ramp")
WORDS_OF_MATERIALS = ("the ground", "the wall", "the table", "what stands after it")
_SKY_PX = -4000.0

Line = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight surface: board, step, wall or ground."""

    line: Line
    material: int
    """Index into MATERIALS: what bounces and grips alike."""
    look: str
    """"ground", "wall", "table", "ramp", "step", "board"."""


@dataclass(frozen=True, slots=True)
class Laws:
    """The truth of a place."""

    gravity_px_s2: float = 900.0
    wind_px_s2: float = 0.0
    """Sideways, to the right."""
    damping: float = 0.95
    restitution: tuple[float, float, float, float] = (0.62, 0.55, 0.5, 0.5)
    """By material."""
    friction: tuple[float, float, float, float] = (0.6, 0.4, 0.35, 0.35)


@dataclass(frozen=True, slots=True)
class Stage:
    """A place.  The first piece is the keeper's ground, on which touches count."""

    name: str
    title: str
    words: str
    """What one sees at once, for the card before the round."""
    laws: Laws
    table: tuple[float, float, float]
    """Left, right, top px."""
    pieces: tuple[Piece, ...]
    sky: str
    """"dusk", "moon", "noon", "frost", "storm"."""
    touches: int = 1
    """The touch of the keeper's ground at which a ball is past it."""
    pace: float = 1.0
    """Of the keeper's legs here."""
    ground: str = "sand"
    board: str = "planks"

    @property
    def segments(self) -> NDArray[np.float64]:
        """(N, 4)."""
        return np.array([piece.line for piece in self.pieces], np.float64)

    @property
    def material(self) -> NDArray[np.int64]:
        return np.array([piece.material for piece in self.pieces])


def _stage(name: str, title: str, words: str, laws: Laws, table: tuple[float, float, float], more: tuple[Piece, ...], sky: str, **more_of_it: Any) -> Stage:
    always = (Piece((COURT_PX[0], GROUND_PX, COURT_PX[1], GROUND_PX), 0, "ground"), Piece((0.0, GROUND_PX, COURT_PX[0], GROUND_PX), 0, "ground"),
              Piece((0.0, GROUND_PX, 0.0, _SKY_PX), 1, "edge"), Piece((WALL_PX, GROUND_PX, WALL_PX, _SKY_PX), 1, "wall"),
              Piece((table[0], table[2], table[1], table[2]), 2, "table"))
    return Stage(name, title, words, laws, table, always + more, sky, **more_of_it)


STAGES = (
    _stage("quay", "The quay", "An evening by the sea. It has never seen a ball.", Laws(), (36.0, 360.0, 430.0),
           (Piece((392.0, 538.0, 500.0, 538.0), 3, "step"),), "dusk"),
    _stage("moon", "On the moon", "Everything falls slowly here.", Laws(gravity_px_s2=300.0, damping=1.0), (36.0, 330.0, 440.0),
           (Piece((330.0, 440.0, 470.0, 520.0), 3, "ramp"),), "moon", pace=0.5, ground="rock", board="stone_top"),
    _stage("rubber", "Rubber court", "Its ground is of rubber, and here the ball may bounce on it once.", Laws(restitution=(0.93, 0.55, 0.5, 0.8), damping=0.97), (36.0, 320.0, 400.0),
           (Piece((352.0, 486.0, 432.0, 486.0), 3, "step"), Piece((448.0, 566.0, 528.0, 566.0), 3, "step")), "noon", touches=2, pace=0.6, ground="road"),
    _stage("ice", "The ice table", "Table and ramp are of ice: what rolls, slides.", Laws(restitution=(0.45, 0.5, 0.3, 0.3), friction=(0.5, 0.3, 0.02, 0.02)),
           (36.0, 300.0, 392.0), (Piece((300.0, 392.0, 520.0, 520.0), 3, "ramp"),), "frost", ground="grass", board="ice"),
    _stage("gale", "In the gale", "The wind blows in your face.", Laws(wind_px_s2=-240.0, damping=0.85), (36.0, 330.0, 420.0),
           (Piece((560.0, 330.0, 690.0, 290.0), 3, "board"),), "storm"),
)

"""The colours of the mind view: one place, so that a game can match them to its own."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Colour", "MindPalette", "mixed"]

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MindPalette:
    """RGB colours, 0 to 255.  The defaults are bright and set off by a dark edge, so they read on light and dark ground."""

    hypotheses: tuple[Colour, ...] = ((255, 112, 97), (88, 184, 255), (255, 196, 77), (92, 224, 160),
                                      (190, 142, 255), (255, 138, 206), (190, 228, 92), (76, 214, 222))
    """One per hypothesis; a label keeps its colour for as long as it is held."""
    ink: Colour = (244, 247, 252)
    """Text and the own path."""
    faint: Colour = (148, 160, 180)
    """Secondary text and scales."""
    shade: Colour = (12, 16, 26)
    """Edges, chips, the panel's ground."""
    track: Colour = (44, 52, 70)
    """The empty part of bars."""
    cone: Colour = (255, 244, 200)
    heat_low: Colour = (96, 62, 170)
    heat_high: Colour = (255, 170, 80)
    good: Colour = (92, 224, 160)
    doubt: Colour = (255, 196, 77)
    bad: Colour = (255, 96, 88)
    truth: Colour = (255, 255, 255)
    panel_opacity: float = 0.84
    """In [0, 1]."""


def mixed(low: Colour, high: Colour, share: float) -> Colour:
    """The colour `share` in [0, 1] of the way from `low` to `high`."""
    u = min(1.0, max(0.0, share))
    return (round(low[0] + u * (high[0] - low[0])), round(low[1] + u * (high[1] - low[1])), round(low[2] + u * (high[2] - low[2])))

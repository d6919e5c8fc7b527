"""An expert that takes movement for a language: the next move follows from the last ones, as words do in a sentence.

A move is the way of TOKEN_S: a symbol of the turn against the last heading (eight sectors), fast, slow, or a rest.  The
longest recent sequences are looked up in all that was kept, and prediction by partial matching (Cleary & Witten 1984) blends
the counts of every order: an order whose context was seen often outweighs the shorter ones, and escapes to them as often as
it saw something new.  The likeliest symbol is taken, with the mean displacement of those that followed the longest contexts,
and so on, symbol by symbol.  Wrong where timing is finer than TOKEN_S, and for whoever does not repeat himself.
"""

from __future__ import annotations

import cmath
import math

import numpy as np

from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import (
    GRID_S,
    NGRAM_COUNT,
    NGRAM_HEADING_X,
    NGRAM_HEADING_Y,
    NGRAM_PATH,
    NGRAM_READY,
    NGRAM_SEGMENT,
    NGRAM_STEP,
    PAST_COUNT,
    PAST_FIRST,
    PAST_TIME,
    SEGMENT,
    SENTENCE,
    SENTENCE_KEPT,
    TIME,
    TOKEN_STEPS,
    TOKENS,
    TOKENS_AHEAD,
    TOP_SPEED,
)
from npc_world.beliefs.past import past_index
from npc_world.core.compiled import kernel

__all__ = ["note_moves", "speak_tokens"]

TOKEN_S = TOKEN_STEPS * GRID_S
SYMBOLS = 17
"""0 rests, 1 … 8 slow and 9 … 16 fast by sector; -1 stands for a break of the track."""
ORDERS = 10
"""Longest context that is told from longer ones."""
_REST, _FAST = 0.15, 0.6
"""Of the top speed."""
_LEAST_KEPT = 12
_SURELY = 1.0 + 1e-9
"""More by this factor is more, however the sums were rounded."""
_SHARES = 4.0 ** np.arange(ORDERS + 1)
"""What a move counts that followed so long a context."""


@kernel
def _sentence(k):  # type: ignore[no-untyped-def]
    """Place in memory of the k-th move since the beginning: symbol, displacement in the frame of the heading before (2)."""
    return SENTENCE + 3 * (int(k) % SENTENCE_KEPT)


@kernel
def note_moves(m):  # type: ignore[no-untyped-def]
    """The past has grown: add the moves that are complete, and say what comes next."""
    if m[NGRAM_SEGMENT] != m[SEGMENT]:
        m[NGRAM_SEGMENT], m[NGRAM_STEP] = m[SEGMENT], m[PAST_FIRST]
        m[NGRAM_HEADING_X] = m[NGRAM_HEADING_Y] = 0.0
        m[_sentence(m[NGRAM_COUNT])] = -1.0
        m[NGRAM_COUNT] += 1.0
        m[NGRAM_READY] = 0.0
    grown = False
    while m[NGRAM_STEP] + TOKEN_STEPS < m[PAST_COUNT]:
        a, b = past_index(m[NGRAM_STEP]), past_index(m[NGRAM_STEP] + TOKEN_STEPS)
        _add_move(m, complex(m[b] - m[a], m[b + 1] - m[a + 1]))
        m[NGRAM_STEP] += TOKEN_STEPS
        grown = True
    if grown:
        _foretell(m)


@kernel
def _add_move(m, d):  # type: ignore[no-untyped-def]
    pace = abs(d) / max(m[TOP_SPEED] * TOKEN_S, 1e-12)
    heading = complex(m[NGRAM_HEADING_X], m[NGRAM_HEADING_Y])
    at = _sentence(m[NGRAM_COUNT])
    m[NGRAM_COUNT] += 1.0
    if pace < _REST:
        m[at], m[at + 1], m[at + 2] = 0.0, 0.0, 0.0
        return
    if heading == 0.0:
        heading = d / abs(d)
    turned = d * heading.conjugate()
    sector = int(math.floor(cmath.phase(turned) / (0.25 * math.pi) + 0.5)) % 8
    m[at], m[at + 1], m[at + 2] = 1.0 + sector + (8.0 if pace > _FAST else 0.0), turned.real, turned.imag
    heading = d / abs(d)
    m[NGRAM_HEADING_X], m[NGRAM_HEADING_Y] = heading.real, heading.imag


@kernel
def _foretell(m):  # type: ignore[no-untyped-def]
    """Write the way of the next TOKENS_AHEAD moves, from the end of the last one, into NGRAM_PATH."""
    count = int(m[NGRAM_COUNT])
    first = max(0, count - SENTENCE_KEPT)
    n = count - first
    m[NGRAM_READY] = 0.0
    if n < _LEAST_KEPT:
        return
    symbols, matched = np.empty(n, np.int64), np.zeros(n, np.int64)
    for j in range(n):
        symbols[j] = int(m[_sentence(first + j)])
    for j in range(n - 1):
        while matched[j] < ORDERS and matched[j] <= j and symbols[j - matched[j]] >= 0 and symbols[j - matched[j]] == symbols[n - 1 - matched[j]]:
            matched[j] += 1
    counts, blended = np.empty((ORDERS + 1, SYMBOLS), np.int64), np.empty(SYMBOLS)
    heading = complex(m[NGRAM_HEADING_X], m[NGRAM_HEADING_Y])
    at = complex(0.0, 0.0)
    m[NGRAM_PATH], m[NGRAM_PATH + 1] = 0.0, 0.0
    for step in range(1, TOKENS_AHEAD + 1):
        counts[:, :] = 0
        top = 0
        for j in range(n - 1):
            if symbols[j + 1] >= 0:
                counts[matched[j], symbols[j + 1]] += 1
                top = max(top, matched[j])
        best = _likeliest(counts, top, blended)
        if best < 0:
            return
        moved, shares = complex(0.0, 0.0), 0.0
        for j in range(n - 1):
            if symbols[j + 1] == best:
                share, place = _SHARES[matched[j]], _sentence(first + j + 1)
                moved += share * complex(m[place + 1], m[place + 2])
                shares += share
        move = moved / shares
        at += heading * move
        if best > 0 and abs(move) > 0.0:
            heading *= move / abs(move)
        m[NGRAM_PATH + 2 * step], m[NGRAM_PATH + 2 * step + 1] = at.real, at.imag
        for j in range(n - 1, 0, -1):
            matched[j] = min(ORDERS, matched[j - 1] + 1) if symbols[j] == best else 0
        matched[0] = 1 if symbols[0] == best else 0
    m[NGRAM_READY] = 1.0


@kernel
def _likeliest(counts, top, blended):  # type: ignore[no-untyped-def]
    """Symbol of highest blended probability; counts (ORDERS + 1, SYMBOLS) by the longest context that matched,
    `top` at most, summed up here.  blended (SYMBOLS,): to work in.  -1: none."""
    blended[:] = 0.0
    left, best = 1.0, -1
    for order in range(top, -1, -1):
        row, total, kinds = counts[order], 0, 0
        if order < top:
            longer = counts[order + 1]
            for s in range(SYMBOLS):
                row[s] += longer[s]
        for s in range(SYMBOLS):
            total += row[s]
            kinds += 1 if row[s] > 0 else 0
        if total == 0:
            continue
        new = total + kinds
        for s in range(SYMBOLS):
            blended[s] += left * row[s] / new
        most, second, best = 0.0, 0.0, -1
        for s in range(SYMBOLS):
            if blended[s] > most:
                most, second, best = blended[s], most, s
            elif blended[s] > second:
                second = blended[s]
        left *= kinds / new
        if most - second > _SURELY * left:
            break  # whatever the shorter contexts say
    return best


@kernel
def _told(m, k):  # type: ignore[no-untyped-def]
    """Position on the foretold way after k moves, from the end of the last one; beyond its end at its last pace."""
    whole = min(TOKENS_AHEAD - 1, max(0, int(k)))
    at = NGRAM_PATH + 2 * whole
    u = k - whole
    return complex(m[at] + u * (m[at + 2] - m[at]), m[at + 1] + u * (m[at + 3] - m[at + 1]))


@kernel
def speak_tokens(m, times, out):  # type: ignore[no-untyped-def]
    """Write the track of TOKENS at `times` (H,) into out (EXPERTS, H, 2); to be called when NGRAM_READY."""
    z, _, _, _, _ = blend(m)
    since = (m[TIME] - m[PAST_TIME]) / GRID_S + m[PAST_COUNT] - 1.0 - m[NGRAM_STEP]
    phase = since / TOKEN_STEPS
    start = _told(m, phase)
    for h in range(times.shape[0]):
        at = z + _told(m, phase + times[h] / TOKEN_S) - start
        out[TOKENS, h, 0], out[TOKENS, h, 1] = at.real, at.imag


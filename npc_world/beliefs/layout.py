"""Where everything known of one target lies in its memory: one flat float64 vector of MEMORY numbers.

One vector per target makes a batch a plain (N, MEMORY) array, a save file one array, and a native call cheap.
Kernels name places by the constants below.  When these change, compiled caches of the kernels that use them are stale.
"""

from __future__ import annotations

import numpy as np

# ---- time ------------------------------------------------------------------------------------------------------
GRID_S = 0.1
"""Step of the target's recorded past, and least time between two records of what each expert says."""
BINS = 5
BIN_S = np.array([0.25, 0.5, 1.0, 2.0, 4.0])
"""(BINS,) s ahead at which every expert is judged."""
FINE_STEPS = 32
FINE_S = BIN_S[-1] / FINE_STEPS
"""Predictions that are to be judged are unrolled in such steps; BIN_S are multiples."""

# ---- experts ---------------------------------------------------------------------------------------------------
STOP, GO, GO_SHORT, GO_LONG, GO_LONGEST, TURN, TURN_SLOW, WAYS, REPEAT, REPEAT_MEAN, PLACE, FLEE, PRIOR, TOKENS, BOUNCE = range(15)
OWN = 15
"""Experts that read this memory only."""
GIVEN = 16
"""Places for experts computed elsewhere: goals and experts of the game's own."""
EXPERTS = OWN + GIVEN
GO_WINDOWS_S = np.array([0.5, 2.0, 4.0])
"""Spans over which GO_SHORT, GO_LONG, GO_LONGEST take the mean velocity."""

# ---- scalars ---------------------------------------------------------------------------------------------------
(COUNT, TIME, X, Y, STEP_S, STEP_MEAN_S, TOP_SPEED, NOISE, NOISE_PREV_X, NOISE_PREV_Y, NOISE_COUNT, MOVE_X, MOVE_Y, HEADING, TURN_RATE,
 TURN_RATE_SLOW, JUMP_TIME, JUMP_X, JUMP_Y, PAST_COUNT, PAST_TIME, PAST_FIRST, SEGMENT, SPOKEN, SPOKEN_TIME, SURPRISE, THREAT,
 THREAT_X, THREAT_Y, THREAT_SPEED, LAST_SEEN, DUE, DUE_1, DUE_2, DUE_3, DUE_4, SPEED, PEAK_STEPS, MOVED_PX, THREAT_TIME, NOISE_SCALE,
 HABITS_OFF, HOME_KNOWN, HOME_X, HOME_Y, GOALS) = range(46)

FILTER = 48
"""Three modes of 8: position (2), velocity (2), variance of position, covariance (complex, 2), variance of velocity, per axis; then 3 weights."""
FILTER_SIZE = 32

# ---- the past --------------------------------------------------------------------------------------------------
PAST = FILTER + FILTER_SIZE
PAST_LENGTH = 1024
"""(PAST_LENGTH, 3) ring of x, y, segment every GRID_S: a bit more than 100 s."""

# ---- regression (WAYS) -----------------------------------------------------------------------------------------
FEATURES = 13
REGRESSION = PAST + 3 * PAST_LENGTH
REGRESSION_SIZE = 2 * FEATURES * (FEATURES + 2)
"""Per bin: normal matrix (F, F), right side (F), coefficients (F), all complex."""

# ---- similar situations (REPEAT, PLACE) ------------------------------------------------------------------------
MATCHES = 5
MATCH = REGRESSION + BINS * REGRESSION_SIZE
"""(MATCHES, 4) index of the past step, distance, rotation (complex); the last is PLACE's."""

# ---- records of the experts ------------------------------------------------------------------------------------
SCORE = MATCH + 4 * MATCHES
"""(EXPERTS, BINS) discounted log likelihood."""
ERROR = SCORE + EXPERTS * BINS
"""(EXPERTS, BINS, 2) mean squared error along and across the heading when the expert was right, px²."""
JUDGED = ERROR + 2 * EXPERTS * BINS
"""(EXPERTS, BINS) discounted number of moments at which it was."""
MISSED = JUDGED + EXPERTS * BINS
"""(EXPERTS, BINS) share of moments that were nothing like what the expert said."""
LONG_SCORE = MISSED + EXPERTS * BINS
"""(EXPERTS, BINS) log likelihood that is discounted slowly."""
BIN_JUDGED = LONG_SCORE + EXPERTS * BINS
"""(BINS,) number of moments judged."""
SPREAD = BIN_JUDGED + BINS
"""(BINS,) log factor on standard deviations that keeps the narrow stated regions true."""
WIDE = SPREAD + BINS
"""(BINS, 3) squared error in px² of the mixture's mean when no expert was right, along and across, and the weight of that."""

# ---- what was said and is not judged yet -----------------------------------------------------------------------
RECORDS = 44
RECORD_TIME, RECORD_HEADING, RECORD_SPEED, RECORD_X, RECORD_Y, RECORD_SEGMENT = range(6)
RECORD_FEATURES = 6
RECORD_SAID = RECORD_FEATURES + 2 * FEATURES
"""(BINS, EXPERTS, 2) where each expert saw it; a horizon is judged as a whole, so what is read together lies together."""
RECORD_SHARES = RECORD_SAID + BINS * EXPERTS * 2
"""(BINS, EXPERTS) what each counted."""
RECORD_TRUST = RECORD_SHARES + BINS * EXPERTS
RECORD_MIXTURE = RECORD_TRUST + BINS
MIXED = 9
"""Rows of the forecast as it was stated: first their weights (MIXED,), then (BINS, MIXED, 5) of x, y, xx, yy, xy."""
RECORD_LEVELS = RECORD_MIXTURE + MIXED + 5 * MIXED * BINS
"""(BINS, 2) LEVEL as it was then."""
RECORD_SIZE = RECORD_LEVELS + 2 * BINS
PLAIN = WIDE + 3 * BINS
"""(BINS, 2) how much less the mixture's mean erred than GO (discounted, in mean errors of GO), and GO's mean error in px."""
TAIL = PLAIN + 2 * BINS
"""(BINS,) log factor on the probability that no expert is right, which keeps the wide stated regions true."""
LEVEL = TAIL + BINS
"""(BINS, 2) what the mixture must call the 50 % and the 90 % region for these to hold 50 % and 90 % of what happens …"""
HELD = LEVEL + 2 * BINS
"""(BINS, 3) … and whether they did in the last minute: discounted share inside both, and how many moments that is of."""

# ---- moves as words (TOKENS), and where it rebounds (BOUNCE) ----------------------------------------------------
TOKEN_STEPS = 2
"""Grid steps of one move."""
TOKENS_AHEAD = 22
SENTENCE_KEPT = 256
SENTENCE = HELD + 3 * BINS
"""(SENTENCE_KEPT, 3) ring of moves: symbol, displacement in the frame of the heading before."""
NGRAM = SENTENCE + 3 * SENTENCE_KEPT
NGRAM_COUNT, NGRAM_SEGMENT, NGRAM_STEP, NGRAM_HEADING_X, NGRAM_HEADING_Y, NGRAM_READY = range(NGRAM, NGRAM + 6)
"""Moves since the beginning, the stretch of track and the step of the past up to which they are noted, heading, whether it has an opinion."""
NGRAM_PATH = NGRAM + 6
"""(TOKENS_AHEAD + 1, 2) the way it foretells, from the end of the last move."""
WALLS = NGRAM_PATH + 2 * (TOKENS_AHEAD + 1)
"""(2 axes, 2 sides, 2) where it rebounds, and how often it was seen to."""

# ---- what was said and is not judged yet -----------------------------------------------------------------------
RECORD = WALLS + 8
"""(RECORDS, RECORD_SIZE) ring."""

LEARNED = RECORD
"""What precedes is worth saving; the records are not."""
MEMORY = RECORD + RECORDS * RECORD_SIZE

FIRST_LEVELS = np.array([(0.32, 0.92), (0.32, 0.92), (0.38, 0.93), (0.45, 0.96), (0.5, 0.97)])
"""(BINS, 2) LEVEL before anything was judged, as strangers needed it."""


def new_memory(targets: int = 1) -> np.ndarray:
    """(targets, MEMORY) of nothing known."""
    memory = np.zeros((targets, MEMORY))
    memory[:, [PEAK_STEPS, SURPRISE]] = 0.0, 1.0
    memory[:, JUMP_TIME] = -1e300
    memory[:, MISSED:MISSED + EXPERTS * BINS] = 0.3
    memory[:, LEVEL:LEVEL + 2 * BINS] = FIRST_LEVELS.ravel()
    memory[:, MATCH:MATCH + 4 * MATCHES] = -1.0
    return memory

"""Several futures of which one comes near whatever happens: multiple choice learning for a motion prior.

Of K futures only the one nearest to what came is taught, by its error over all steps, and the one nearest at the last step by its
error there (Guzman-Rivera et al. 2012): together they cover what may come as a quantiser would.  They are free of the best guess.
A trace of the error of all keeps a future that is never nearest within reach.  How likely and how wide each is, such teaching does
not say: that is read off afterwards, the futures held, by the density of what came (Bishop 1994, mixture density networks).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior_loss import SPREADS, TERMS, known_steps, mixture_loss
from npc_world.beliefs.motion_prior_network import Network, backwards, joined, outputs, product, summed
from npc_world.core.compiled import kernel

__all__ = ["Lesson", "spread_futures", "winner_loss"]

Floats = NDArray[np.float64]
AnyFloats = NDArray[Any]
Rows = NDArray[np.int64]
_BETA_1, _BETA_2, _TINY = 0.9, 0.995, 1e-8
_OVER_ALL, _AT_LAST = 2.0, 1.0
"""What the error over all steps counts, and that at the last."""
_TRACE = 1e-3
_NARROW = 1e-3
"""An input that varies less is as good as constant."""
_SIZE, _APART = 0.25, 0.1
"""Size that coefficients are brought to, and how far of it futures begin from constant velocity."""
_BATCH = 256
_WEIGHING, _WEIGHED, _WEIGHING_RATE, _WEIGHING_HIDDEN = 16, 12_000, 3e-3, 32
"""Rounds in which weights and spreads are fitted, situations in each, length of a step, units per hidden layer."""
_MEASURED = 3000
"""Situations that the first spreads are measured on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What futures are taught on, and for how long."""

    x: Floats
    """(N, D)"""
    truth: Floats
    """(N, H, 2)"""
    chance: Floats
    """(N,) how often each situation is drawn."""
    importance: Floats
    """(N,) what its errors count."""
    guess: Floats
    """(N, 2B) coefficients of the best guess."""
    shapes: Floats
    """(2, H, B)"""
    mirror: tuple[Floats, Floats]
    """Signs (D,) of the inputs and (2,) of the axes under reflection, drawn per sample."""
    futures: int
    hidden: int
    epochs: int
    situations: int
    """Per epoch, drawn anew."""
    rate: float
    decay: float
    """Pull of the weights towards zero, relative to the rate."""

    def with_more(self, x: Floats, truth: Floats) -> Lesson:
        """The same situations and beside them the same again as (N, D) and (N, H, 2) show them."""
        return replace(self, x=np.concatenate([self.x, x]), truth=np.concatenate([self.truth, truth]), chance=np.tile(self.chance, 2),
                       importance=np.tile(self.importance, 2), guess=np.tile(self.guess, (2, 1)))

    def sizes(self) -> tuple[Floats, Floats]:
        """What to take off the inputs and to divide them by, so that all are of one size; reflected they are so as well."""
        return np.where(self.mirror[0] < 0.0, 0.0, self.x.mean(axis=0)), self.x.std(axis=0) + _NARROW

    def steps(self, situations: int) -> int:
        """Batches of an epoch of so many."""
        return max(1, min(situations, len(self.x)) // min(_BATCH, len(self.x)))

    def batches(self, epochs: int, rng: np.random.Generator, situations: int) -> Iterator[list[tuple[Rows, NDArray[np.bool_]]]]:
        """Per epoch its batches: rows (n,), and which of them are reflected (n, 1)."""
        ladder = np.cumsum(self.chance)
        batch, steps = min(_BATCH, len(self.x)), self.steps(situations)
        for _ in range(epochs):
            drawn = np.minimum(np.searchsorted(ladder, rng.random(steps * batch) * ladder[-1], side="right"), len(self.x) - 1)
            yield [(rows, rng.random((batch, 1)) < 0.5) for rows in drawn.reshape(steps, batch)]


@kernel
def _strays(shapes, base, out, truth, x, y, off):  # type: ignore[no-untyped-def]
    """Fill x, y, off (H,): from truth (H, 2) to the way of coefficients base + out (2B,) in shapes (2, B, H)."""
    steps, width = truth.shape[0], shapes.shape[1]
    for h in range(steps):
        x[h], y[h] = -truth[h, 0], -truth[h, 1]
    for b in range(width):
        along, across = base[b] + out[b], base[width + b] + out[width + b]
        for h in range(steps):
            x[h] += along * shapes[0, b, h]
            y[h] += across * shapes[1, b, h]
    for h in range(steps):
        off[h] = math.sqrt(x[h] * x[h] + y[h] * y[h])


@kernel
def _pull(shapes, x, y, off, truth, over, end, last, d_out):  # type: ignore[no-untyped-def]
    """Add to d_out (2B,) the gradient of `over` times the sum of errors and `end` times the last."""
    width = shapes.shape[1]
    for h in range(last + 1):
        if truth[h, 0] == truth[h, 0]:
            w = (over + (end if h == last else 0.0)) / max(off[h], 1e-6)
            for b in range(width):
                d_out[b] += w * x[h] * shapes[0, b, h]
                d_out[width + b] += w * y[h] * shapes[1, b, h]


@kernel
def winner_loss(out, base, truth, importance, shapes, trace, anyone, d_out):  # type: ignore[no-untyped-def]
    """Fill d_out (N, K 2B), return the mean loss.

    out (N, K 2B): coefficients of K futures in shapes (2, B, H), on top of base (N, 2B); truth (N, H, 2), NaN where the track
    ended; importance (N,) of its errors; trace: what the error of one future counts besides, row n that of (anyone + n) mod K.
    """
    count, steps, size = truth.shape[0], truth.shape[1], base.shape[1]
    futures = out.shape[1] // size
    x, y, off = (np.empty((futures, steps), truth.dtype), np.empty((futures, steps), truth.dtype), np.empty((futures, steps), truth.dtype))
    lost = 0.0
    d_out[:] = 0.0
    for n in range(count):
        known, last = known_steps(truth[n])
        if known == 0:
            continue
        over_best, over_least, end_best, end_least = 0, math.inf, 0, math.inf
        for k in range(futures):
            _strays(shapes, base[n], out[n, k * size:(k + 1) * size], truth[n], x[k], y[k], off[k])
            total = 0.0
            for h in range(steps):
                if off[k, h] == off[k, h]:
                    total += off[k, h]
            if total < over_least:
                over_best, over_least = k, total
            if off[k, last] < end_least:
                end_best, end_least = k, off[k, last]
        lost += importance[n] / count * (_OVER_ALL * over_least / known + _AT_LAST * end_least)
        g, some = importance[n] / count, (anyone + n) % futures
        for k, over, end in ((over_best, _OVER_ALL, 0.0), (end_best, 0.0, _AT_LAST), (some, trace * _OVER_ALL, trace * _AT_LAST)):
            _pull(shapes, x[k], y[k], off[k], truth[n], g * over / known, g * end, last, d_out[n, k * size:(k + 1) * size])
    return lost


def spread_futures(lesson: Lesson, rng: np.random.Generator, advance: Callable[[], None] = lambda: None, taught_on: Lesson | None = None) -> Network:
    """A network of 1 + K futures: the first left for the best guess, K futures around it, weights and spreads of all.

    taught_on: what the futures themselves learn from, where that is more than the situations whose likelihood and spread is to be stated.
    """
    teaching = lesson if taught_on is None else taught_on
    net = _begun(teaching, rng)
    _teach(net, teaching, rng, advance)
    return joined(net, _weighed(net, lesson, rng), (1 + lesson.futures) * 2 * lesson.shapes.shape[2])


def _begun(lesson: Lesson, rng: np.random.Generator) -> Network:
    """On at the newest velocity, futures strewn about it."""
    (_, inputs), (_, steps, width), hidden, size = lesson.x.shape, lesson.shapes.shape, lesson.hidden, 2 * lesson.shapes.shape[2]
    out = (1 + lesson.futures) * size + 1 + lesson.futures + SPREADS
    top, offset, straight = np.zeros((hidden, out)), np.zeros(out), np.zeros((inputs, out))
    taught = slice(size, (1 + lesson.futures) * size)
    length = _APART / np.tile(_lengths(lesson), lesson.futures)
    top[:, taught] = rng.normal(0.0, 0.1 * hidden ** -0.5, (hidden, lesson.futures * size))
    offset[taught] = length * rng.normal(size=lesson.futures * size)
    straight[0, size:taught.stop:size] = straight[1, size + width:taught.stop:size] = 1.0
    return Network(rng.normal(0.0, inputs ** -0.5, (inputs, hidden)), np.zeros(hidden), rng.normal(0.0, hidden ** -0.5, (hidden, hidden)),
                   np.zeros(hidden), top, offset, straight, np.zeros((1 + lesson.futures, steps, 3)))


def _lengths(lesson: Lesson) -> Floats:
    """(2B,) by which coefficients are made alike in size: what strays from constant velocity then has about the size `_SIZE` in each shape."""
    steps = lesson.shapes.shape[1]
    whole = np.flatnonzero(~np.isnan(lesson.truth[:, :, 0]).any(axis=1))
    if len(whole) < 10 * steps:
        return np.asarray(np.sqrt((lesson.shapes ** 2).mean(axis=1)).ravel())
    out = []
    for a in range(2):
        strays = lesson.truth[whole, :, a] - np.outer(lesson.x[whole, a], lesson.shapes[a, :, 0])
        out.append(np.abs(strays @ np.linalg.pinv(lesson.shapes[a]).T).mean(axis=0))
    return np.asarray(_SIZE / np.maximum(np.concatenate(out), 1e-3))


def _teach(net: Network, lesson: Lesson, rng: np.random.Generator, advance: Callable[[], None]) -> None:
    """Bring futures near what came, in inputs and shapes of one size, in which all are learned alike soon; in single precision, three times as fast."""
    signs, axes, turned = (a.astype(np.float32) for a in (*lesson.mirror, np.repeat(lesson.mirror[1], lesson.shapes.shape[2])))
    size, width = 2 * lesson.shapes.shape[2], lesson.shapes.shape[2]
    taught = slice(size, (1 + lesson.futures) * size)
    length = _lengths(lesson)
    shapes = np.ascontiguousarray((lesson.shapes / length.reshape(2, 1, width)).transpose(0, 2, 1), dtype=np.float32)
    middle, spread = lesson.sizes()
    x, truth, importance = ((lesson.x - middle) / spread).astype(np.float32), lesson.truth.astype(np.float32), lesson.importance.astype(np.float32)
    base = np.zeros((len(x), size), dtype=np.float32)
    base[:, 0], base[:, width] = lesson.x[:, 0] * length[0], lesson.x[:, 1] * length[width]
    parts = [part.astype(np.float32) for part in (net.first, net.first_offset, net.second, net.second_offset, net.top[:, taught],
                                                  net.offset[taught] * np.tile(length, lesson.futures))]
    step = _Adam(parts, lesson.epochs * lesson.steps(lesson.situations), lesson.rate, lesson.decay)
    d_out = np.empty((min(_BATCH, len(x)), lesson.futures * size), dtype=np.float32)
    for batches in lesson.batches(lesson.epochs, rng, lesson.situations):
        for rows, flip in batches:
            xb = np.where(flip, x[rows] * signs, x[rows])
            yb = np.where(flip[:, :, None], truth[rows] * axes, truth[rows])
            one = np.tanh(product(xb, parts[0]) + parts[1])
            two = np.tanh(product(one, parts[2]) + parts[3])
            winner_loss(product(two, parts[4]) + parts[5], np.where(flip, base[rows] * turned, base[rows]), yb, importance[rows], shapes, _TRACE, step.done, d_out)
            d_two = product(d_out, parts[4].T) * (1.0 - two ** 2)
            d_one = product(d_two, parts[2].T) * (1.0 - one ** 2)
            step.take([summed(xb, d_one), d_one.sum(axis=0), summed(one, d_two), d_two.sum(axis=0), summed(two, d_out), d_out.sum(axis=0)])
        advance()
    first, first_offset, second, second_offset, top, offset = (part.astype(np.float64) for part in parts)
    net.first[:] = first / spread[:, None]
    net.first_offset[:] = first_offset - middle @ net.first
    net.second[:], net.second_offset[:] = second, second_offset
    net.top[:, taught] = top / np.tile(length, lesson.futures)
    net.offset[taught] = offset / np.tile(length, lesson.futures)


class _Adam:
    """Steps of Adam (Kingma & Ba 2015), weights apart from offsets pulled to zero (Loshchilov & Hutter 2019), first longer, then shorter."""

    def __init__(self, parameters: list[AnyFloats], total: int, rate: float, decay: float) -> None:
        self._parameters, self._total, self._rate, self._decay, self.done = parameters, total, rate, decay, 0
        self._slow, self._fast = ([np.zeros_like(p) for p in parameters] for _ in range(2))

    def take(self, gradients: list[AnyFloats]) -> None:
        """One step."""
        self.done += 1
        share = self.done / self._total
        rate = self._rate * min(1.0, 20.0 * share) * 0.5 * (1.0 + math.cos(math.pi * share))
        for p, g, slow, fast in zip(self._parameters, gradients, self._slow, self._fast, strict=True):
            slow += (1.0 - _BETA_1) * (g - slow)
            fast += (1.0 - _BETA_2) * (g * g - fast)
            if p.ndim == 2 and self._decay > 0.0:
                p *= 1.0 - rate * self._decay
            p -= rate / (1.0 - _BETA_1 ** self.done) * slow / (np.sqrt(fast * (1.0 / (1.0 - _BETA_2 ** self.done))) + _TINY)


def _measured(said: Floats, lesson: Lesson) -> Floats:
    """(K + 1, H, 3) deviations of each horizon around the nearest of the futures said (N, O), for a start."""
    rows = np.arange(0, len(lesson.x), max(1, len(lesson.x) // _MEASURED))
    size, width = 2 * lesson.shapes.shape[2], lesson.shapes.shape[2]
    ways = np.einsum("nkab,ahb->nkha", said[rows, size:(1 + lesson.futures) * size].reshape(len(rows), lesson.futures, 2, width), lesson.shapes)
    off = np.abs(lesson.truth[rows][:, None] - ways)
    near = off[np.arange(len(rows)), np.argmin(np.nan_to_num(off).sum(axis=(2, 3)), axis=1)]
    known = ~np.isnan(near)
    spread = np.zeros((1 + lesson.futures, ways.shape[2], 3))
    spread[:, :, :2] = np.log(np.where(known, near, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0)) + 1e-3)
    return spread


def _weighed(net: Network, lesson: Lesson, rng: np.random.Generator) -> Network:
    """A network of its own for weights and spreads of all futures of net, these held."""
    size, count, inputs, hidden = 2 * lesson.shapes.shape[2], net.top.shape[1], lesson.x.shape[1], _WEIGHING_HIDDEN
    signs, axes = lesson.mirror
    turned = np.repeat(axes, lesson.shapes.shape[2])
    heads = slice((1 + lesson.futures) * size, count)
    middle, width = lesson.sizes()
    x = (lesson.x - middle) / width
    said = [outputs(net, lesson.x * s)[0] for s in (np.ones(inputs), signs)]
    for out, guess in zip(said, (lesson.guess, lesson.guess * turned), strict=True):
        out[:, :size] = guess
    small = Network(rng.normal(0.0, inputs ** -0.5, (inputs, hidden)), np.zeros(hidden), rng.normal(0.0, hidden ** -0.5, (hidden, hidden)),
                    np.zeros(hidden), np.zeros((hidden, count - heads.start)), np.zeros(count - heads.start), np.zeros((inputs, count - heads.start)),
                    _measured(said[0], lesson))
    weights, terms = np.array([1.0, 0.0]), np.zeros(TERMS)
    step = _Adam([p for p in small.arrays() if p is not small.straight], _WEIGHING * lesson.steps(_WEIGHED), _WEIGHING_RATE, lesson.decay)
    for batches in lesson.batches(_WEIGHING, rng, _WEIGHED):
        for rows, flip in batches:
            xb = np.where(flip, x[rows] * signs, x[rows])
            yb = np.where(flip[:, :, None], lesson.truth[rows] * axes, lesson.truth[rows])
            out = np.where(flip, said[1][rows], said[0][rows])
            out[:, heads], one, two = outputs(small, xb)
            d_out, d_spread = np.empty_like(out), np.zeros_like(small.spread)
            mixture_loss(out, yb, lesson.importance[rows], lesson.shapes, small.spread, weights, d_out, d_spread, terms)
            d_heads = d_out[:, heads] / np.maximum(1.0, np.sqrt((d_out[:, heads] ** 2).sum(axis=1, keepdims=True)) * len(rows) / 20.0)  # see `train`
            step.take([*backwards(small, xb, one, two, d_heads)[:-1], d_spread])  # no straight way: among strangers it would lead far out
    first, top, offset = small.first / width[:, None], np.zeros((hidden, count)), np.zeros(count)
    top[:, heads], offset[heads] = small.top, small.offset
    return Network(first, small.first_offset - middle @ first, small.second, small.second_offset, top, offset, np.zeros((inputs, count)), small.spread)

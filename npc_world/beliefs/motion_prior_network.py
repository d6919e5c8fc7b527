"""The small network of a motion prior: two hidden layers and a straight way past them, trained with Adam on numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior_loss import SPREADS, TERMS, mixture_loss

__all__ = ["Network", "Schedule", "averaged", "backwards", "initial", "joined", "outputs", "product", "summed", "train"]

Floats = NDArray[np.float64]
AnyFloats = NDArray[Any]
_BETA_1, _BETA_2, _TINY = 0.9, 0.999, 1e-8
_CALMED = (0, 2, 4)
"""Of a network's arrays those that are pulled towards zero."""
_ALONE = 1 << 18
"""Multiplications of a product that OpenBLAS leaves to one thread.  It shares greater ones out, and for matrices this small its threads
wait for each other longer than they work: ten times as long in all where something else is running."""


@dataclass(slots=True)
class Network:
    """out = straight · x + top · tanh(second · tanh(first · x + …) + …) + offset, and a table of spreads beside it."""

    first: Floats
    """(D, U)"""
    first_offset: Floats
    second: Floats
    """(U, U)"""
    second_offset: Floats
    top: Floats
    """(U, O)"""
    offset: Floats
    straight: Floats
    """(D, O)"""
    spread: Floats
    """(K, H, 3), see `mixture_loss`."""

    def arrays(self) -> list[Floats]:
        """All parameters, in order."""
        return [self.first, self.first_offset, self.second, self.second_offset, self.top, self.offset, self.straight, self.spread]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast to train."""

    epochs: int = 30
    batch: int = 256
    rate: float = 3e-3
    decay: float = 1e-3
    """Pull of the weights towards zero, relative to the rate."""
    weights: tuple[float, float] = (1.0, 1.0)
    """Of density, best guess."""


def initial(inputs: int, hidden: int, best: Floats, steps: int, rng: np.random.Generator) -> Network:
    """A network of one future that says the linear guess best (D, C)."""
    size = best.shape[1]
    straight = np.zeros((inputs, size + 1 + SPREADS))
    straight[:, :size] = best
    return Network(rng.normal(0.0, inputs ** -0.5, (inputs, hidden)), np.zeros(hidden), rng.normal(0.0, hidden ** -0.5, (hidden, hidden)),
                   np.zeros(hidden), rng.normal(0.0, 0.02 * hidden ** -0.5, (hidden, straight.shape[1])), np.zeros(straight.shape[1]), straight,
                   np.zeros((1, steps, 3)))


def outputs(net: Network, x: Floats) -> tuple[Floats, Floats, Floats]:
    """(N, O) outputs and both hidden layers, for inputs (N, D)."""
    one = np.tanh(product(x, net.first) + net.first_offset)
    two = np.tanh(product(one, net.second) + net.second_offset)
    return product(two, net.top) + product(x, net.straight) + net.offset, one, two


def product(rows: AnyFloats, by: AnyFloats) -> AnyFloats:
    """rows (N, A) @ by (A, B), a few rows at a time: the same on any number of cores."""
    few = max(1, _ALONE // by.size)
    whole = len(rows) // few * few
    out = np.empty((len(rows), by.shape[1]), dtype=rows.dtype)
    np.matmul(rows[:whole].reshape(-1, few, rows.shape[1]), by, out=out[:whole].reshape(-1, few, by.shape[1]))
    np.matmul(rows[whole:], by, out=out[whole:])
    return out


def summed(rows: AnyFloats, others: AnyFloats) -> AnyFloats:
    """rows (N, A) transposed @ others (N, B), likewise."""
    few = max(1, _ALONE // (rows.shape[1] * others.shape[1]))
    total = np.zeros((rows.shape[1], others.shape[1]), dtype=rows.dtype)
    for i in range(0, len(rows), few):
        total += rows[i:i + few].T @ others[i:i + few]
    return total


def train(net: Network, x: Floats, truth: Floats, importance: Floats, shapes: Floats, schedule: Schedule, rng: np.random.Generator,
          mirror: tuple[Floats, Floats], advance: Callable[[], None] = lambda: None) -> Floats:
    """Fit in place; returns (epochs, TERMS).  mirror: signs (D,) of the inputs and (2,) of the axes under reflection, drawn per sample."""
    parameters = net.arrays()
    slow = [np.zeros_like(p) for p in parameters]
    fast = [np.zeros_like(p) for p in parameters]
    count, batch = len(x), min(schedule.batch, len(x))
    steps_per_epoch = max(1, count // batch)
    total, done = steps_per_epoch * schedule.epochs, 0
    history = np.zeros((schedule.epochs, TERMS))
    weights, terms = np.array(schedule.weights), np.zeros(TERMS)
    for epoch in range(schedule.epochs):
        order = rng.permutation(count)
        for step in range(steps_per_epoch):
            rows = order[step * batch:(step + 1) * batch]
            flip = (rng.random(batch) < 0.5)[:, None]
            xb = np.where(flip, x[rows] * mirror[0], x[rows])
            yb = np.where(flip[:, :, None], truth[rows] * mirror[1], truth[rows])
            gradients = _gradients(net, xb, yb, importance[rows], shapes, weights, terms)
            history[epoch] += terms / steps_per_epoch
            done += 1
            share = done / total
            rate = schedule.rate * min(1.0, 20.0 * share) * 0.5 * (1.0 + np.cos(np.pi * share))
            for i, (p, g) in enumerate(zip(parameters, gradients, strict=True)):
                slow[i] += (1.0 - _BETA_1) * (g - slow[i])
                fast[i] += (1.0 - _BETA_2) * (g * g - fast[i])
                p -= rate * (slow[i] / (1.0 - _BETA_1 ** done) / (np.sqrt(fast[i] / (1.0 - _BETA_2 ** done)) + _TINY))
                if i in _CALMED:
                    p -= rate * schedule.decay * p
        advance()
    return history


def _gradients(net: Network, x: Floats, truth: Floats, importance: Floats, shapes: Floats, weights: Floats, terms: Floats) -> list[Floats]:
    out, one, two = outputs(net, x)
    d_out, d_spread = np.empty_like(out), np.zeros_like(net.spread)
    mixture_loss(out, truth, importance, shapes, net.spread, weights, d_out, d_spread, terms)
    length = np.sqrt((d_out ** 2).sum(axis=1, keepdims=True))  # a single strange window must not throw the network off
    d_out /= np.maximum(1.0, length * len(x) / 20.0)
    return [*backwards(net, x, one, two, d_out), d_spread]


def backwards(net: Network, x: Floats, one: Floats, two: Floats, d_out: Floats) -> list[Floats]:
    """Gradients of all parameters but the spreads, from that of the outputs; one, two: the hidden layers."""
    d_two = product(d_out, net.top.T) * (1.0 - two ** 2)
    d_one = product(d_two, net.second.T) * (1.0 - one ** 2)
    return [summed(x, d_one), d_one.sum(axis=0), summed(one, d_two), d_two.sum(axis=0), summed(two, d_out), d_out.sum(axis=0), summed(x, d_out)]


def averaged(nets: Sequence[Network]) -> Network:
    """One network that says the mean of what several say."""
    second, at = np.zeros((sum(len(net.second) for net in nets),) * 2), 0
    for net in nets:
        second[at:at + len(net.second), at:at + len(net.second)] = net.second
        at += len(net.second)
    return Network(np.concatenate([net.first for net in nets], axis=1), np.concatenate([net.first_offset for net in nets]), second,
                   np.concatenate([net.second_offset for net in nets]), np.concatenate([net.top for net in nets]) / len(nets),
                   np.mean([net.offset for net in nets], axis=0), np.mean([net.straight for net in nets], axis=0),
                   np.mean([net.spread for net in nets], axis=0))


def joined(centre: Network, around: Network, size: int) -> Network:
    """One network that says the first `size` outputs of `centre`, and the others of `around`."""
    mine, hidden = centre.first.shape[1], centre.first.shape[1] + around.first.shape[1]
    second, top = np.zeros((hidden, hidden)), np.zeros((hidden, around.top.shape[1]))
    second[:mine, :mine], second[mine:, mine:] = centre.second, around.second
    top[:mine, :size], top[mine:, size:] = centre.top[:, :size], around.top[:, size:]
    offset, straight = around.offset.copy(), around.straight.copy()
    offset[:size], straight[:, :size] = centre.offset[:size], centre.straight[:, :size]
    return Network(np.concatenate([centre.first, around.first], axis=1), np.concatenate([centre.first_offset, around.first_offset]), second,
                   np.concatenate([centre.second_offset, around.second_offset]), top, offset, straight, around.spread)

"""The cloud of imagined balls stands for what is believed, not for the luck of a few hundred draws."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.core.pieces import finished
from npc_world.learning.ball_laws import BallLaws
from npc_world.learning.ball_shooting import Piece, Setting, fit_pieces
from npc_world.learning.ball_watch import Cloud, LawBelief, _tempered, cloud_of
from npc_world.models.ball_world import BallWorld

FRAME = 1.0 / 60.0


def clouds_of_one_flight(seeds: range) -> tuple[list[Cloud], np.ndarray]:
    """Clouds drawn with several seeds about one flight in the open under known laws, and the (5, 5) covariance they are of."""
    world = BallWorld.build([], 15.0)
    laws = BallLaws.build(world.materials, 500.0, gravity_px_s2=1000.0, damping=1.0, inertia=0.5, restitution=0.5, friction=0.5)
    setting = Setting(world, laws, "chipmunk", FRAME, 1.0)
    seen = np.stack([200.0 * FRAME * np.arange(12), 100.0 + np.arange(12) * (np.arange(12) + 1) * 500.0 * FRAME**2], axis=1)
    piece = Piece(np.arange(12.0), seen + np.random.default_rng(4).normal(0.0, 1.0, seen.shape), np.zeros(5), np.diag([0, 0, 1e-6, 1e-6, 1.0]))
    nothing, ends = np.zeros((1, 0)), np.zeros(0)
    belief = LawBelief(ends, np.zeros((0, 0)), ends, ends)
    solution = finished(fit_pieces(setting, [piece], [12], np.array([[0.0, 100.0, 200.0, 0.0, 0.0]]), nothing[0], ends, np.zeros((0, 0))))
    drawn = [finished(cloud_of(setting, piece, solution, belief, 256, 0.0, np.random.default_rng(seed))) for seed in seeds]
    return drawn, solution.joint_covariances[0]


def test_two_hundred_balls_are_as_wide_as_what_they_stand_for_whatever_the_seed() -> None:
    clouds, covariance = clouds_of_one_flight(range(40))
    deviation = np.sqrt(np.diag(covariance)[2:4])
    widths = np.array([c.states[:, 2:4].std(axis=0) for c in clouds]) / deviation
    assert abs(widths.mean() - 1.0) < 0.02
    assert widths.std() < 0.03, "independent draws would vary by 0.044"


def test_their_middle_hardly_depends_on_the_seed() -> None:
    clouds, covariance = clouds_of_one_flight(range(40))
    ahead = np.array([c.states[:, 0] + 0.8 * c.states[:, 2] for c in clouds])
    expected = np.sqrt(covariance[0, 0] + 1.6 * covariance[0, 2] + 0.64 * covariance[2, 2])
    assert np.median(ahead, axis=1).std() < 0.04 * expected, "independent draws would vary by 0.078"


def thrown_in_whole_pixels() -> tuple[Setting, Piece, np.ndarray, Cloud]:
    """A flight of 41 frames seen in whole pixels under known laws: how, what was seen, its true start (1, 5), and the cloud drawn."""
    world = BallWorld.build([], 15.0)
    laws = BallLaws.build(world.materials, 500.0, gravity_px_s2=1000.0, damping=1.0, inertia=0.5, restitution=0.5, friction=0.5)
    setting = Setting(world, laws, "chipmunk", FRAME, 12.0**-0.5)
    start = np.array([[100.3, 100.8, 213.0, -37.0, 0.0]])
    path = world.roll(start, laws.rows(np.zeros((1, 0))), FRAME, 40).paths_px[0]
    piece = Piece(np.arange(41.0), np.round(path), np.zeros(5), np.diag([0, 0, 1e-6, 1e-6, 1.0]))
    nothing, ends = np.zeros((1, 0)), np.zeros(0)
    solution = finished(fit_pieces(setting, [piece], [41], start, nothing[0], ends, np.zeros((0, 0))))
    cloud = finished(cloud_of(setting, piece, solution, LawBelief(ends, np.zeros((0, 0)), ends, ends), 256, 1.0, np.random.default_rng(0)))
    return setting, piece, start, cloud


def test_seen_in_whole_pixels_hardly_a_ball_was_further_than_half_a_pixel_from_where_it_was_seen() -> None:
    setting, piece, start, cloud = thrown_in_whole_pixels()
    off = np.abs(cloud.roll(setting, 40, 0).paths_px - piece.seen_px).max(axis=(1, 2))
    assert np.quantile(off, 0.95) < 0.515, "a soft edge lets balls be where none can have been, and regions hold too much"
    assert (cloud.states[:, :4].min(axis=0) < start[0, :4]).all()
    assert (cloud.states[:, :4].max(axis=0) > start[0, :4]).all()


def test_where_a_few_draws_would_carry_all_the_weights_are_evened_out() -> None:
    apart = 100.0 * np.arange(768.0)
    weights = _tempered(apart, 20.0)
    assert 20.0 <= 1.0 / (weights**2).sum() < 40.0, "one ball out of hundreds of draws would be falsely certain"
    assert weights.sum() == pytest.approx(1.0) and (np.diff(weights) < 0.0).all()
    near = 0.001 * np.arange(768.0)
    assert np.allclose(_tempered(near, 20.0), np.exp(-0.5 * near) / np.exp(-0.5 * near).sum()), "else they are what the likelihood says"


@pytest.mark.parametrize("possible, drawn", [(12, 12), (3, 768), (1, 1)])
def test_fewer_draws_than_are_wanted_are_evened_out_and_come_to_an_end(possible: int, drawn: int) -> None:
    loss = np.where(np.arange(drawn) < possible, 100.0 * np.arange(drawn), np.inf)
    weights = _tempered(loss, 20.0)
    assert weights.sum() == pytest.approx(1.0) and (weights[possible:] == 0.0).all()
    assert 1.0 / (weights**2).sum() >= 0.5 * possible

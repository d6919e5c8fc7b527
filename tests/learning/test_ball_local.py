"""A ball pushed by what nobody knows: the push of here is told from the newest sightings, and further off one is as unsure as experience says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from npc_world.core.pieces import finished
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_knowledge import BallKnowledge, nothing_known
from npc_world.learning.ball_laws import BallLaws
from npc_world.learning.ball_leftover import SCALES, Leftover
from npc_world.learning.ball_local import imagined_ahead, scales_shown, track_locally
from npc_world.learning.ball_tracking import Tracking
from npc_world.models.ball_field import ForceField
from npc_world.models.ball_world import BallWorld

FRAME, GRAVITY = 1.0 / 60.0, 900.0
OPEN = BallWorld.build([(-5000, 5000, 5000, 5000)], 15.0)
FRAME_OF_NODES = np.array([-1000.0, -1000.0, 1 / 100.0])
EVEN = np.ones((2, len(SCALES))) / (2 * len(SCALES))


def known_laws(scheme: str, step_s: float = FRAME) -> BallKnowledge:
    laws = BallLaws.build(OPEN.materials, 1000.0, gravity_px_s2=GRAVITY, damping=0.9, inertia=0.5, restitution=0.5, friction=0.5)
    return replace(nothing_known(laws, scheme, step_s, 0.3), learned=True, speed_px_s=600.0, spin_sd_rad_s=0.01)


def field(push: float) -> ForceField:
    nodes = np.zeros((1, 30, 30, 2))
    nodes[..., 0] = push
    return ForceField(nodes, np.zeros((1, 2, 2)), FRAME_OF_NODES)


def nothing_felt(deviation: float) -> Leftover:
    return Leftover(field(0.0), np.full((30, 30), deviation), EVEN)


def flight(push: float | ForceField, rng: np.random.Generator, scheme: str, steps_per_frame: int = 1, frames: int = 60) -> tuple[Throw, np.ndarray]:
    """Sightings of a ball pushed to the right, and where it truly is in every frame."""
    start = [(0.0, 0.0, rng.uniform(-200, 200), rng.uniform(-300, 0), 0.0)]
    felt = push if isinstance(push, ForceField) else field(push)
    rolls = replace(OPEN, field=felt).roll(start, [0.0, GRAVITY, 0.9, 0.5, 0.5, 0.5], FRAME / steps_per_frame, frames * steps_per_frame, scheme=scheme)
    path = rolls.paths_px[0][::steps_per_frame]
    return Throw(np.arange(25) * FRAME, path[:25] + rng.normal(0.0, 0.3, (25, 2))), path


def tracked(throw: Throw, left: Leftover, known: BallKnowledge) -> Tracking:
    return finished(track_locally(replace(OPEN, field=left.field), known, throw, left, 256, np.random.default_rng(0)))


@pytest.mark.parametrize(("scheme", "steps"), [("chipmunk", 1), ("chipmunk", 3), ("continuous", 1), ("clamped", 1)])
def test_an_unknown_push_is_told_and_goes_on_nearby(scheme: str, steps: int) -> None:
    known, left = known_laws(scheme, FRAME / steps), nothing_felt(400.0)
    throw, path = flight(300.0, np.random.default_rng(1), scheme, steps)
    found = tracked(throw, left, known)
    assert found.push_px_s2 is not None
    off = (found.push_px_s2.mean(axis=0) - (300.0, 0.0)) / found.push_px_s2.std(axis=0)
    assert np.abs(off).max() < 2.0 and found.push_px_s2.std(axis=0).max() < 200.0, "half of what was thought possible"
    times = np.arange(1, 13) * FRAME
    ahead, z = imagined_ahead(found, known, left)
    paths, _contacts = found.imagine(times, 4, ahead, z)
    assert np.abs(np.median(paths, axis=0) - path[25:37]).max() < 2.0
    assert found.surprise < 1.8


def test_errors_are_as_large_as_they_are_said_to_be() -> None:
    known, left, off = known_laws("chipmunk"), nothing_felt(300.0), []
    pushes = left.pushes(256, np.array([-900.0, -900.0]), np.zeros((256, 2)))
    for seed in range(60):
        throw, path = flight(ForceField(pushes[seed : seed + 1], np.zeros((1, 2, 2)), FRAME_OF_NODES), np.random.default_rng(seed), "chipmunk")
        states = tracked(throw, left, known).states_now()
        speed = (path[25] - path[24]) / FRAME
        off.append([(states[:, 0].mean() - path[24, 0]) / states[:, 0].std(), (states[:, 2].mean() - speed[0]) / states[:, 2].std()])
    rms = np.sqrt(np.mean(np.square(off), axis=0))
    assert (rms > 0.5).all() and (rms < 1.3).all(), "between two nodes pushes are smoother here than hard edges, for which there is room"


def test_a_calm_flight_is_followed_as_closely_as_the_laws_allow() -> None:
    known, left = known_laws("chipmunk"), nothing_felt(300.0)
    calm, pushed = (tracked(flight(push, np.random.default_rng(2), "chipmunk")[0], left, known) for push in (0.0, 300.0))
    assert calm.push_px_s2 is not None and pushed.push_px_s2 is not None
    assert calm.cloud.states[:, 2].std() < 0.6 * pushed.cloud.states[:, 2].std()
    shown = [finished(scales_shown(OPEN, known, flight(push, np.random.default_rng(2), "chipmunk")[0], left)).sum(axis=0) for push in (0.0, 300.0)]
    assert np.argmax(shown[0]) < np.argmax(shown[1])


def test_what_is_felt_wrongly_is_not_believed_against_the_sightings() -> None:
    known, wrong = known_laws("chipmunk"), Leftover(field(500.0), np.full((30, 30), 30.0), EVEN)
    throw, path = flight(0.0, np.random.default_rng(3), "chipmunk")
    found = finished(track_locally(replace(OPEN, field=wrong.field), known, throw, wrong, 256, np.random.default_rng(0)))
    assert found.states_now()[:, 2].mean() == pytest.approx((path[25, 0] - path[24, 0]) / FRAME, abs=4.0)


def test_just_after_a_bounce_the_flight_before_it_still_counts() -> None:
    floor = BallWorld.build([(-500, 300, 500, 300)], 15.0, thickness_px=5.0)
    rolls = replace(floor, field=field(200.0)).roll([(0.0, 100.0, 100.0, 0.0, 0.0)], [0.0, GRAVITY, 0.9, 0.5, 0.5, 0.5], FRAME, 80)
    path, bounce = rolls.paths_px[0], int(round(float(rolls.contacts[0, 0, 0]) / FRAME))
    seen = bounce + 4
    throw = Throw(np.arange(seen) * FRAME, path[:seen] + np.random.default_rng(0).normal(0.0, 0.3, (seen, 2)))
    known, left = known_laws("chipmunk"), nothing_felt(300.0)
    found = finished(track_locally(floor, known, throw, left, 256, np.random.default_rng(0)))
    paths, _contacts = found.imagine(np.arange(1, 13) * FRAME, 4, *imagined_ahead(found, known, left))
    away = np.abs(np.median(paths, axis=0) - path[seen : seen + 12])
    assert away[:3].max() < 1.5 and (away < 3.0 * paths.std(axis=0)).all()


def test_pushes_are_what_is_known_here_and_unsure_further_off() -> None:
    left, here = Leftover(field(0.0), np.full((30, 30), 200.0), np.eye(2, len(SCALES), 3)), np.array([30.0, 40.0])
    known = np.tile([120.0, -50.0], (256, 1))
    pushes = left.pushes(256, here, known)
    felt = ForceField(pushes, np.zeros((256, 2, 2)), FRAME_OF_NODES)
    np.testing.assert_allclose(felt.at(here[None], np.zeros((1, 2)))[:, 0], known, atol=1e-9)
    np.testing.assert_array_equal(pushes, left.pushes(256, here, known))
    assert pushes[:, 25, 25].std(axis=0) == pytest.approx([200.0, 200.0], rel=0.15)
    assert np.abs(pushes[:, 25, 25].mean(axis=0)).max() < 30.0

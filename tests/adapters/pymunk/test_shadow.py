"""The shadow goes the way the truth goes, keeps up with it, believes what it is told, and reports what happens."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pymunk
import pytest

from npc_world.adapters.pymunk import BelievedPhysics, Contact, Region, Rest, ShadowModel, ShadowSpace
from npc_world.adapters.pymunk import states as states_module
from npc_world.core.errors import BadInputError


def room() -> pymunk.Space:
    """800 × 500 px, closed all round, gravity down."""
    space = pymunk.Space()
    space.gravity = (0, 900)
    for a, b in (((0, 500), (800, 500)), ((0, 0), (0, 500)), ((800, 0), (800, 500)), ((0, 0), (800, 0))):
        wall = pymunk.Segment(space.static_body, a, b, 3)
        wall.friction, wall.elasticity, wall.collision_type = 0.6, 0.7, 1
        space.add(wall)
    return space


def ball(space: pymunk.Space, at: tuple[float, float], velocity: tuple[float, float] = (0, 0), radius: float = 12) -> pymunk.Body:
    body = pymunk.Body(1, pymunk.moment_for_circle(1, 0, radius))
    body.position, body.velocity = at, velocity
    shape = pymunk.Circle(body, radius)
    shape.friction, shape.elasticity, shape.collision_type = 0.5, 0.8, 2
    space.add(body, shape)
    return body


def truth(space: pymunk.Space, body: pymunk.Body, steps: int) -> np.ndarray:
    course = []
    for _ in range(steps):
        space.step(1 / 60)
        course.append(tuple(body.position))
    return np.array(course)


def settle(space: pymunk.Space, steps: int = 20) -> None:
    for _ in range(steps):
        space.step(1 / 60)


def test_one_ball_through_bounces_is_the_truth_itself() -> None:
    space = room()
    body = ball(space, (100, 100), (230, -50))
    settle(space)
    shadow = ShadowSpace(space)
    imagined = shadow.roll([body], 3.0).trajectories()
    assert imagined.event is None and len(imagined.times_s) == 180
    np.testing.assert_allclose(imagined.positions_px[0], truth(space, body, 180), atol=1e-6)


def test_ten_balls_that_hit_each_other_stay_close_to_it() -> None:
    space = room()
    rng = np.random.default_rng(0)
    bodies = [ball(space, tuple(rng.uniform((50, 50), (750, 300))), tuple(rng.normal(0, 200, 2))) for _ in range(10)]
    settle(space)
    imagined = ShadowSpace(space).roll(bodies, 1.0).trajectories()
    course = []
    for _ in range(60):
        space.step(1 / 60)
        course.append([tuple(body.position) for body in bodies])
    assert np.abs(imagined.positions_px - np.array(course).transpose(1, 0, 2)).max() < 0.5


def jointed(kind: str, space: pymunk.Space) -> pymunk.Body:
    a, b = ball(space, (400, 150), radius=8), ball(space, (460, 150), (0, 40), radius=8)
    static = space.static_body
    joints = {
        "pin": lambda: [pymunk.PinJoint(static, a, (400, 100)), pymunk.PinJoint(a, b)],
        "slide": lambda: [pymunk.SlideJoint(static, a, (400, 100), (0, 0), 20, 80), pymunk.SlideJoint(a, b, (0, 0), (2, 1), 10, 70)],
        "pivot": lambda: [pymunk.PivotJoint(static, a, (400, 100)), pymunk.PivotJoint(a, b, (430, 150))],
        "groove": lambda: [pymunk.GrooveJoint(static, a, (350, 150), (450, 150), (0, 0)), pymunk.PinJoint(a, b)],
        "spring": lambda: [pymunk.DampedSpring(static, a, (400, 50), (0, 0), 80, 60, 1), pymunk.DampedSpring(a, b, (0, 0), (3, 0), 50, 40, 0.5)],
        "rotary spring": lambda: [pymunk.PivotJoint(static, a, (400, 100)), pymunk.DampedRotarySpring(static, a, 0.4, 9000, 50),
                                  pymunk.PinJoint(a, b)],
        "limit": lambda: [pymunk.PivotJoint(static, a, (400, 100)), pymunk.RotaryLimitJoint(static, a, -0.3, 0.3), pymunk.PinJoint(a, b)],
        "ratchet": lambda: [pymunk.PivotJoint(static, a, (400, 100)), pymunk.RatchetJoint(static, a, 0.1, 0.5), pymunk.PinJoint(a, b)],
        "gear": lambda: [pymunk.PivotJoint(static, a, (400, 150)), pymunk.PivotJoint(static, b, (460, 150)), pymunk.GearJoint(a, b, 0, 2),
                         pymunk.SimpleMotor(static, a, 2.0)],
    }[kind]()
    for joint in joints:
        joint.max_force, joint.collide_bodies = 1e7, False
    space.add(*joints)
    return b


@pytest.mark.parametrize("kind", ["pin", "slide", "pivot", "groove", "spring", "rotary spring", "limit", "ratchet", "gear"])
def test_joints_are_copied(kind: str) -> None:
    space = room()
    body = jointed(kind, space)
    settle(space, 15)
    imagined = ShadowSpace(space).roll([body], 0.5).trajectories()
    actual = truth(space, body, 30)
    free = room()
    loose = ball(free, tuple(body.position), radius=8)
    assert np.abs(imagined.positions_px[0] - actual).max() < 1.0
    assert np.abs(truth(free, loose, 30) - actual).max() > 5.0 or kind == "gear"


def test_compound_and_off_centre_bodies_are_copied() -> None:
    space = room()
    body = pymunk.Body()
    hammer = [pymunk.Poly.create_box(body, (60, 8)), pymunk.Circle(body, 12, (30, 0))]
    for shape, density in zip(hammer, (0.01, 0.05), strict=True):
        shape.density, shape.friction, shape.elasticity = density, 0.4, 0.3
    space.add(body, *hammer)
    body.position, body.velocity, body.angular_velocity = (300, 100), (120, -40), 6.0
    assert tuple(body.center_of_gravity) != (0, 0)
    shadow = ShadowSpace(space)
    settle(space)
    shadow.sync()
    imagined = shadow.roll([body], 0.7).trajectories()
    np.testing.assert_allclose(imagined.positions_px[0], truth(space, body, 42), atol=0.05)


def test_imagining_twice_gives_the_same_and_leaves_the_truth_alone() -> None:
    space = room()
    bodies = [ball(space, (100 + 25 * i, 460)) for i in range(8)]
    settle(space, 60)
    before = [(tuple(body.position), tuple(body.velocity)) for body in bodies]
    shadow = ShadowSpace(space)
    first, second = (shadow.roll(bodies, 1.0).trajectories() for _ in range(2))
    np.testing.assert_array_equal(first.positions_px, second.positions_px)
    assert before == [(tuple(body.position), tuple(body.velocity)) for body in bodies]


def test_sync_follows_the_truth_through_added_removed_and_reordered_bodies() -> None:
    space = room()
    bodies = [ball(space, (60 + 60 * i, 200), (0, 10 * i)) for i in range(6)]
    shadow = ShadowSpace(space)
    settle(space, 10)
    space.remove(bodies[1], *bodies[1].shapes)
    bodies.append(ball(space, (600, 100)))
    settle(space, 5)
    shadow.sync()
    for body in (bodies[0], *bodies[2:]):
        assert shadow.state[shadow.row_of(body), 0:2].tolist() == pytest.approx(list(body.position))
    with pytest.raises(BadInputError, match="not a body of the space"):
        shadow.row_of(bodies[1])
    shape = next(iter(bodies[2].shapes))
    space.remove(bodies[2], shape)
    space.add(bodies[2], shape)  # same bodies, another order
    settle(space, 1)
    shadow.sync()
    for body in (bodies[0], *bodies[2:]):
        assert shadow.state[shadow.row_of(body), 0:2].tolist() == pytest.approx(list(body.position))


def test_sleeping_bodies_and_moved_walls_are_taken_over() -> None:
    space = room()
    space.sleep_time_threshold = 0.3
    sleeper, falling = ball(space, (200, 485)), ball(space, (500, 50))
    plank_body = pymunk.Body(body_type=pymunk.Body.STATIC)
    plank_body.position = (500, 300)
    space.add(plank_body, pymunk.Poly.create_box(plank_body, (100, 20)))
    shadow = ShadowSpace(space)
    settle(space, 40)
    assert sleeper.is_sleeping
    shadow.sync()
    assert shadow.state[shadow.row_of(sleeper), 0:2].tolist() == pytest.approx(list(sleeper.position))
    falling.position, falling.velocity = (500, 50), (0, 0)
    shadow.sync()
    landed = shadow.roll([falling], 3.0, until=[Contact(plank_body)]).trajectories()
    assert landed.body is falling and landed.positions_px[0, -1, 1] == pytest.approx(278, abs=12)
    plank_body.position = (200, 300)
    space.reindex_shapes_for_body(plank_body)
    shadow.sync()
    missed = shadow.roll([falling], 3.0, until=[Contact(plank_body)]).trajectories()
    assert missed.event is None


def test_believed_physics_takes_the_place_of_the_true() -> None:
    space = room()
    body = ball(space, (400, 250))
    shadow = ShadowSpace(space, BelievedPhysics(gravity_px_s2=(0, -200), damping=0.5))
    course = shadow.roll([body], 0.5).trajectories()
    assert course.positions_px[0, -1, 1] < 250 - 15
    assert tuple(space.gravity) == (0, 900) and space.damping == 1.0
    drop = shadow.roll([body], 0.5).trajectories()
    shadow.believe(BelievedPhysics())
    np.testing.assert_allclose(shadow.roll([body], 0.5).trajectories().positions_px[0], truth(space, body, 30), atol=1e-6)
    assert drop.positions_px[0, -1, 1] < 250


def test_elasticity_and_friction_are_believed_by_collision_type() -> None:
    space = room()
    body = ball(space, (400, 300))
    dead = ShadowSpace(space, BelievedPhysics(elasticity={1: 0.0}))
    lively = ShadowSpace(space, BelievedPhysics(elasticity={None: 1.0}))
    assert dead.roll([body], 2.0).trajectories().positions_px[0, -1, 1] == pytest.approx(485, abs=1)
    assert lively.roll([body], 2.0).trajectories().positions_px[0, :, 1].min() < 330
    body.velocity, body.position = (300, 0), (100, 484)
    for shadow, friction in ((dead, 0.0), (lively, 5.0)):
        shadow.believe(BelievedPhysics(friction={None: friction}, elasticity={None: 0.0}))
        shadow.sync()
    assert dead.roll([body], 1.0).trajectories().velocities_px_s[0, -1, 0] == pytest.approx(300)
    assert lively.roll([body], 1.0).trajectories().velocities_px_s[0, -1, 0] == pytest.approx(200, abs=10)  # rolls: v · 2/3


def test_events_end_a_rollout_when_they_happen() -> None:
    space = room()
    body, other = ball(space, (100, 400)), ball(space, (100, 300))
    shadow = ShadowSpace(space, BelievedPhysics(elasticity={None: 0.0}))
    fall = shadow.roll([body, other], 5.0, until=[Contact(space.static_body)]).trajectories()
    assert fall.body is body and fall.time_s == pytest.approx(math.sqrt(2 * 85 / 900), abs=0.04)
    meet = shadow.roll([other], 5.0, until=[Contact(body)]).trajectories()
    assert isinstance(meet.event, Contact) and meet.time_s > fall.time_s
    low = shadow.roll([other], 5.0, until=[Region((0, 420, 800, 80))]).trajectories()
    assert low.positions_px[0, -1, 1] > 420 and low.positions_px[0, -2, 1] <= 420
    out = shadow.roll([other], 5.0, until=[Region((0, 0, 800, 350), leaving=True)]).trajectories()
    assert out.positions_px[0, -1, 1] >= 350
    still = shadow.roll([body], 20.0, until=[Rest()]).trajectories()
    assert isinstance(still.event, Rest) and still.time_s < 19.9
    assert np.hypot(*still.velocities_px_s[0, -1]) < 0.04 * 24


def test_slices_of_two_rollouts_may_alternate() -> None:
    space = room()
    first, second = ball(space, (100, 100), (200, 0)), ball(space, (600, 200), (-150, 0))
    shadow = ShadowSpace(space)
    whole = [shadow.roll([body], 1.5).trajectories().positions_px for body in (first, second)]
    sliced = [shadow.roll([first], 1.5), shadow.roll([second], 1.5)]
    slices = 0
    while not min([rollout.advance(7) for rollout in sliced]):
        slices += 1
        shadow.sync()
    assert slices > 10
    for course, rollout in zip(whole, sliced, strict=True):
        np.testing.assert_allclose(rollout.trajectories().positions_px, course, atol=2.0)  # a bounce may be cut in two


def test_a_sure_belief_forecasts_the_truth_with_one_hypothesis() -> None:
    space = room()
    body = ball(space, (100, 100), (230, -50))
    forecast = ShadowModel(ShadowSpace(space), body, samples=4).forecast(1.5, 0.1)
    assert forecast.positions_px.shape == (1, 15, 2) and forecast.weights.tolist() == [1.0]
    assert forecast.times_s == pytest.approx(np.arange(1, 16) * 0.1)
    np.testing.assert_allclose(forecast.best(), truth(space, body, 90)[5::6], atol=1e-6)


def test_the_spread_grows_with_time_and_covers_the_truth() -> None:
    believed = BelievedPhysics(gravity_px_s2=(0, 880), gravity_sd_px_s2=30, elasticity_sd=0.05, velocity_sd_px_s=6, position_sd_px=1)
    inside = []
    for seed in range(12):
        space = room()
        rng = np.random.default_rng(seed)
        body = ball(space, tuple(rng.uniform((100, 50), (700, 250))), tuple(rng.uniform((-200, -150), (200, 100))))
        forecast = ShadowModel(ShadowSpace(space, believed), body, samples=32, seed=seed).forecast(1.0, 0.1)
        assert forecast.weights.sum() == pytest.approx(1.0) and len(set(forecast.labels)) == len(forecast.labels)
        deviation = np.sqrt(np.trace(forecast.covariances_px2[0], axis1=1, axis2=2))
        assert deviation[-1] > 2 * deviation[0]
        inside.append(forecast.contains(truth(space, body, 60)[5::6], 0.9))
    assert 0.75 <= np.mean(inside) <= 1.0


def test_ways_that_part_become_hypotheses() -> None:
    space = room()
    edge = pymunk.Poly(space.static_body, [(400, 300), (440, 360), (360, 360)])
    edge.elasticity, edge.collision_type = 0.6, 1
    space.add(edge)
    body = ball(space, (400, 100))
    forecast = ShadowModel(ShadowSpace(space, BelievedPhysics(position_sd_px=4)), body, samples=24).forecast(1.6, 0.1)
    ends = forecast.positions_px[:, -1, 0]
    assert len(ends) >= 2 and ends.min() < 380 and ends.max() > 420


def test_a_forecast_is_spread_over_frames_and_comes_out_the_same() -> None:
    space = room()
    body = ball(space, (100, 100), (230, -50))
    model = ShadowModel(ShadowSpace(space, BelievedPhysics(velocity_sd_px_s=5)), body, samples=8)
    whole = model.forecast(1.0, 0.1)
    imagination, frames = model.imagine(1.0, 0.1), 0
    while not imagination.advance(50):
        frames += 1
        settle(space, 1)
        model.shadow.sync()
    assert frames == 8 * 60 // 50
    np.testing.assert_allclose(imagination.forecast().positions_px, whole.positions_px, atol=0.5)


def test_an_older_pymunk_without_batch_writing_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    space = room()
    body = ball(space, (100, 100), (230, -50))
    fast = ShadowSpace(space).roll([body], 2.0).trajectories()
    monkeypatch.delattr(states_module.batch, "set_space_bodies")
    slow = ShadowSpace(space).roll([body], 2.0).trajectories()
    np.testing.assert_array_equal(fast.positions_px, slow.positions_px)


@pytest.mark.parametrize(("call", "says"), [
    (lambda s, b: s.roll([b], float("nan")), "horizon_s=nan"), (lambda s, b: s.roll([], 1.0), "at least one body"),
    (lambda s, b: s.roll([b], 1.0, step_s=0), "step_s=0"), (lambda s, b: s.roll([b], 1.0, until=["contact"]), "until has 'contact'"),
    (lambda s, b: s.roll([pymunk.Body(1, 1)], 1.0), "not a body"), (lambda s, b: ShadowSpace(s.space, dt_s=16), "dt_s=16"),
    (lambda s, b: BelievedPhysics(damping=2.0), "damping=2.0"), (lambda s, b: BelievedPhysics(gravity_sd_px_s2=-1), "gravity_sd_px_s2=-1"),
    (lambda s, b: BelievedPhysics(gravity_px_s2=(0, float("inf"))), "gravity_px_s2"),
    (lambda s, b: ShadowModel(s, b, samples=0).forecast(1, 0.1), "samples=0"),
])
def test_wrong_use_is_named(call: Any, says: str) -> None:
    space = room()
    body = ball(space, (100, 100))
    with pytest.raises(BadInputError, match=says):
        call(ShadowSpace(space), body)

"""A ball model that begins ignorant, watches pymunk, and becomes right, with honest doubt on the way."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymunk
import pytest

from npc_world.adapters.pymunk.ball_truth import throw_ball
from npc_world.arena.bench_balls import hidden_world, model_of, random_start
from npc_world.core.errors import BadInputError
from npc_world.core.pieces import Pieces
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_identify import identify
from npc_world.learning.ball_model import BallConfig, BallModel
from npc_world.learning.ball_polish import _weights
from npc_world.models.ball_world import BallWorld

RADIUS, FRAME = 15.0, 1.0 / 60.0
ROOM = np.array([(0, 0, 1000, 0), (0, 600, 1000, 600), (0, 0, 0, 600), (1000, 0, 1000, 600), (300, 420, 520, 470)], float)
HAND_WRITTEN_ROOM = np.array([(0, 600, 1000, 600), (0, 0, 0, 600), (1000, 0, 1000, 600)], float)
TIMES = np.arange(181) * FRAME


def throw(rng: np.random.Generator, *, gravity: float = 1000.0, damping: float = 0.85, restitution: float = 0.7, friction: float = 0.4,
          substeps: int = 1, spin: float = 0.0) -> np.ndarray:
    """(181, 2) of one throw in pymunk."""
    space = pymunk.Space()
    space.gravity, space.damping = (0.0, gravity), damping
    for a, b, c, d in ROOM:
        wall = pymunk.Segment(space.static_body, (a, b), (c, d), 5.0)
        wall.elasticity, wall.friction = restitution, friction
        space.add(wall)
    body = pymunk.Body(1.0, pymunk.moment_for_circle(1.0, 0.0, RADIUS))
    disc = pymunk.Circle(body, RADIUS)
    disc.elasticity = disc.friction = 1.0
    body.position = (rng.uniform(100, 900), rng.uniform(60, 150))
    body.velocity = (rng.uniform(-500, 500), rng.uniform(-300, 100))
    body.angular_velocity = spin
    space.add(body, disc)
    path = [body.position]
    for _ in range(180):
        for _ in range(substeps):
            space.step(FRAME / substeps)
        path.append(body.position)
    return np.array(path)


def model(**known) -> BallModel:
    return BallModel(ROOM, RADIUS, thickness_px=5.0, **known)


def watch(ball: BallModel, path: np.ndarray, frames: int, start_s: float = 0.0) -> None:
    for k in range(frames):
        ball.observe(start_s + TIMES[k], path[k])


@pytest.fixture(scope="module")
def learned() -> BallModel:
    rng = np.random.default_rng(1)
    ball = model()
    ball.fit([(TIMES, np.round(throw(rng))) for _ in range(3)])
    return ball


def test_laws_from_whole_pixels(learned: BallModel) -> None:
    physics = learned.physics
    for name, truth, within in (("gravity_y_px_s2", 1000.0, 2.0), ("damping", 0.85, 0.003), ("restitution_0", 0.7, 0.003)):
        value, deviation = physics[name]
        assert value == pytest.approx(truth, abs=within), name
        assert abs(value - truth) <= 4.0 * deviation, name
    assert learned.scheme == "chipmunk"


def test_foresees_through_bounces(learned: BallModel) -> None:
    rng = np.random.default_rng(2)
    errors = []
    for _ in range(5):
        path = throw(rng)
        learned.reset()
        watch(learned, np.round(path), 60)
        away = np.linalg.norm(learned.forecast(2.0, FRAME).best() - path[60:180], axis=1)
        errors.append((away[59], away[-1]))
    assert np.median(errors, axis=0)[0] < 0.5
    assert np.median(errors, axis=0)[1] < 1.0


def test_exact_sightings_give_exact_forecasts() -> None:
    rng = np.random.default_rng(3)
    ball = model()
    ball.fit([(TIMES, throw(rng)) for _ in range(3)])
    path = throw(rng)
    watch(ball, path, 60)
    assert np.linalg.norm(ball.forecast(2.0, FRAME).best() - path[60:180], axis=1).max() < 1e-6


def test_rows_of_time_x_y_with_gaps_and_noise() -> None:
    rng = np.random.default_rng(4)
    rows = []
    for _ in range(4):
        path = throw(rng) + rng.normal(0.0, 1.0, (181, 2))
        keep = rng.random(181) > 0.25
        keep[:2] = True
        rows.append(np.column_stack([TIMES, path])[keep])
    ball = model()
    physics = ball.fit(rows)
    assert physics["gravity_y_px_s2"][0] == pytest.approx(1000.0, rel=0.01)
    assert physics["restitution_0"][0] == pytest.approx(0.7, abs=0.02)


def test_learns_throw_by_throw_and_keeps_little() -> None:
    rng = np.random.default_rng(5)
    ball = model(friction=0.4, inertia=0.5)
    widths = []
    for n in range(9):
        watch(ball, np.round(throw(rng)), 120, start_s=10.0 * n)
        ball.reset()
        widths.append(ball.physics["restitution_0"][1])
    assert widths[-1] < widths[0] < 0.35
    assert ball.physics["gravity_y_px_s2"][0] == pytest.approx(1000.0, rel=0.005)
    assert len(ball._learner._throws) <= ball.config.throws_kept


def test_a_friction_far_from_what_was_believed_is_weighed_all_the_same() -> None:
    grid = np.linspace(0.0, 2.0, 41)
    weight = _weights(grid, 1e6 * (grid - 1.5) ** 2, 0.0, 1e-4)  # neither leaves the other anything
    assert np.isfinite(weight).all() and weight.sum() > 0.0
    near = _weights(grid, ((grid - 0.5) / 0.2) ** 2, 0.5, 0.2)
    assert np.allclose(near / near.max(), np.exp(-((grid - 0.5) / 0.2) ** 2), atol=0.02)


def test_a_fit_that_comes_to_no_end_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    ball = model()
    ball.fit([(TIMES, np.round(throw(rng))) for _ in range(3)])
    before = ball.knowledge

    def lost(*given: object, **more: object) -> Pieces[object]:
        found = yield from identify(*given, **more)  # type: ignore[arg-type]
        return replace(found, z=np.full_like(found.z, np.nan))

    monkeypatch.setattr("npc_world.learning.ball_knowledge.identify", lost)
    watch(ball, np.round(throw(rng)), 181)
    ball.reset()
    assert np.array_equal(ball.knowledge.belief.z, before.belief.z) and not ball.knowledge.explains
    watch(ball, np.round(throw(rng)), 30, start_s=10.0)
    assert np.isfinite(ball.forecast(1.0, 0.1).positions_px).all()


def test_ignorant_forecasts_are_wide_not_wrong() -> None:
    rng = np.random.default_rng(6)
    path = throw(rng)
    ball = model()
    ball.observe(0.0, path[0])
    single = ball.forecast(0.5, FRAME)
    assert single.contains(path[1:31], 0.99).all()
    for k in range(1, 8):
        ball.observe(TIMES[k], np.round(path[k]))
    forecast = ball.forecast(0.5, FRAME)
    assert forecast.covariances_px2[0, -1].trace() > 100.0
    assert forecast.contains(path[8:38], 0.95).mean() > 0.8


def test_surprise_at_a_new_world_then_learns_it() -> None:
    rng = np.random.default_rng(7)
    ball = model()
    ball.fit([(TIMES, np.round(throw(rng))) for _ in range(3)])
    watch(ball, np.round(throw(rng)), 60)
    assert ball.surprise < ball.config.doubt
    assert ball.fits
    moon = throw(rng, gravity=300.0)
    ball.reset()
    watch(ball, np.round(moon), 40)
    assert not ball.fits
    forecast = ball.forecast(0.5, FRAME)
    assert np.linalg.norm(forecast.best()[:5] - moon[40:45], axis=1).max() < 0.5  # gravity is found anew in mid-flight
    assert forecast.contains(moon[40:70], 0.9)[:5].all()
    assert forecast.sample(200, rng)[:, -1].std(axis=0).max() > 10.0  # and the wall it then meets may be of any kind
    watch_on = range(40, 181)
    for k in watch_on:
        ball.observe(TIMES[k], np.round(moon[k]))
    ball.reset()
    assert ball.physics["gravity_y_px_s2"][0] == pytest.approx(300.0, rel=0.05)
    again = throw(rng, gravity=300.0)
    watch(ball, np.round(again), 40)
    assert ball.fits


@pytest.mark.parametrize("substeps", [2, 4])
def test_finds_the_engines_steps_per_frame(substeps: int) -> None:
    rng = np.random.default_rng(8)
    ball = model()
    ball.fit([(TIMES, throw(rng, substeps=substeps)) for _ in range(3)])
    assert ball.scheme == "chipmunk"
    assert ball.knowledge.step_s == pytest.approx(FRAME / substeps)


def test_finds_that_another_engine_is_continuous() -> None:
    rng = np.random.default_rng(9)
    world = BallWorld.build(ROOM, RADIUS, thickness_px=5.0)
    law = np.array([0.0, 1000.0, 0.85, 0.5, 0.7, 0.4])
    paths = [world.roll([(rng.uniform(100, 900), 100.0, rng.uniform(-400, 400), 0.0, 0.0)], law, FRAME, 180, scheme="continuous").paths_px[0]
             for _ in range(2)]
    ball = model()
    ball.fit([(TIMES, np.round(p)) for p in paths])
    assert ball.scheme == "continuous"
    assert ball.physics["restitution_0"][0] == pytest.approx(0.7, abs=0.01)


def hand_written(seed: int, along: float = 1.0, back: float = 0.0, late: bool = False) -> np.ndarray:
    """Velocity += gravity, position += velocity, out of the wall by `back` of the depth more, turn round: as games do without a physics engine.

    late: gravity comes after the position.
    """
    rng = np.random.default_rng(seed)
    (x, y), (vx, vy), out = rng.uniform((100, 60), (300, 200)), rng.uniform((100, -200), (500, 100)), []
    for _ in TIMES:
        vy += 0.0 if late else 900.0 * FRAME
        x, y = x + vx * FRAME, y + vy * FRAME
        vy += 900.0 * FRAME if late else 0.0
        if y > 600 - RADIUS:
            y, vy, vx = 600 - RADIUS - back * (y - 600 + RADIUS), -0.75 * vy, along * vx
        if not RADIUS < x < 1000 - RADIUS:
            wall = RADIUS if x <= RADIUS else 1000 - RADIUS
            x, vx, vy = wall - back * (x - wall), -0.75 * vx, along * vy
        out.append((x, y))
    return np.array(out)


def taught_by(throws: list[np.ndarray]) -> BallModel:
    ball = BallModel(HAND_WRITTEN_ROOM, RADIUS)
    for path in throws:
        watch(ball, np.round(path), len(TIMES))
        ball.reset()
    return ball


def off_px(ball: BallModel, path: np.ndarray) -> float:
    """How far off a throw is foreseen for a second, after 70 frames."""
    watch(ball, np.round(path), 70)
    return float(np.hypot(*(ball.forecast(1.0, FRAME).best()[-1] - path[69 + 60])))


@pytest.mark.parametrize(("along", "back", "late", "scheme"), [(1.0, 0.0, False, "clamped"), (0.9, 0.0, False, "clamped"), (0.9, 0.0, True, "clamped_late"),
                                                               (1.0, 1.0, False, "reflected"), (0.9, 1.0, True, "reflected_late")])
def test_balls_of_games_without_an_engine_are_understood_after_a_few_throws(along: float, back: float, late: bool, scheme: str) -> None:
    """One or two may not tell how the game steps; a wrong guess is given up when others are not explained either."""
    ball = taught_by([hand_written(seed, along, back, late) for seed in (50, 51, 53)])
    assert ball.scheme == scheme
    assert ball.physics["restitution_0"][0] == pytest.approx(0.75, abs=0.005)
    assert off_px(ball, hand_written(52, along, back, late)) < 2.0


def uneven(seed: int) -> np.ndarray:
    """A game that no scheme does: what is kept of a bounce hangs on where."""
    rng = np.random.default_rng(seed)
    (x, y), (vx, vy), out = rng.uniform((100, 60), (300, 200)), rng.uniform((100, -200), (500, 100)), []
    for _ in TIMES:
        vy += 900.0 * FRAME
        x, y = x + vx * FRAME, y + vy * FRAME
        if y > 600 - RADIUS:
            y, vy = 600 - RADIUS, -(0.72 if int(x) % 80 < 40 else 0.78) * vy
        if not RADIUS < x < 1000 - RADIUS:
            x, vx = min(max(x, RADIUS), 1000 - RADIUS), -0.75 * vx
        out.append((x, y))
    return np.array(out)


@pytest.fixture(scope="module")
def roughly() -> BallModel:
    return taught_by([uneven(seed) for seed in (50, 51, 53)])  # two alone may agree by chance


def test_what_no_scheme_does_is_foretold_roughly(roughly: BallModel) -> None:
    ball = BallModel(HAND_WRITTEN_ROOM, RADIUS)
    ball.restore(roughly.state())
    assert ball.knowledge.rough
    assert ball.physics["restitution_0"][0] == pytest.approx(0.75, abs=0.05)
    assert off_px(ball, uneven(52)) < 40.0


def test_that_no_scheme_is_exact_is_kept_with_what_was_learned(roughly: BallModel, tmp_path: Path) -> None:
    """Else the next throws would be held against eyes far too sharp, and all forgotten."""
    other = BallModel(HAND_WRITTEN_ROOM, RADIUS)
    other.restore(roughly.state())
    roughly.save_physics(tmp_path / "physics.toml")
    read = BallModel(HAND_WRITTEN_ROOM, RADIUS, physics=tmp_path / "physics.toml")
    for ball in (other, read):
        for seed in (54, 55, 56):
            watch(ball, np.round(uneven(seed)), len(TIMES))
            ball.reset()
        assert ball.knowledge.rough and ball.knowledge.noise_px == pytest.approx(roughly.knowledge.noise_px)


def test_throws_among_other_walls_and_of_another_past_explain_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new beginning is made with throws of this world alone, each long enough to tell something."""
    asked: list[int] = []

    def nothing_explains(_world: object, _known: object, throws: list[Throw], _rng: object, _but: object) -> Pieces[None]:
        asked.append(len(throws))
        yield 1

    monkeypatch.setattr("npc_world.learning.ball_learner.explicable", nothing_explains)
    learned, rng = model(), np.random.default_rng(4)
    watch(learned, np.round(throw(rng)), len(TIMES))
    learned.reset()

    def puzzle(frames: int) -> None:
        jumps = np.cumsum(rng.normal(0.0, 60.0, (frames, 2)), axis=0)
        watch(learned, np.clip(np.add((500.0, 300.0), jumps), 60.0, 540.0), frames)
        learned.reset()

    puzzle(60)
    learned.rebuild(HAND_WRITTEN_ROOM, thickness_px=0.0)
    puzzle(60)
    assert not asked, "one throw here, one elsewhere"
    learned.restore(learned.state())
    puzzle(60)
    assert not asked, "one throw since it was restored"
    puzzle(5)
    assert not asked, "a throw too short to learn from"
    puzzle(60)
    assert asked == [2], "two throws of this world"


def test_what_was_learned_can_be_kept(learned: BallModel, tmp_path) -> None:
    np.savez(tmp_path / "ball.npz", **learned.state())
    other = model()
    with np.load(tmp_path / "ball.npz", allow_pickle=False) as arrays:
        other.restore(dict(arrays))
    assert other.physics == learned.physics
    path = np.round(throw(np.random.default_rng(10)))
    for ball in (other, learned):
        ball.reset()
        watch(ball, path, 40)
    assert other.forecast(1.0, FRAME).best() == pytest.approx(learned.forecast(1.0, FRAME).best(), abs=1.0)
    with pytest.raises(BadInputError, match="arrays"):
        other.restore({"z": np.zeros(3)})


def test_the_same_seed_gives_the_same_forecast() -> None:
    path = np.round(throw(np.random.default_rng(11)))
    forecasts = []
    for _ in range(2):
        ball = model(gravity_px_s2=1000.0, damping=0.85, seed=5)
        watch(ball, path, 30)
        forecasts.append(ball.forecast(1.0, FRAME))
    assert (forecasts[0].positions_px == forecasts[1].positions_px).all()


def test_long_watching_uses_only_the_latest() -> None:
    path = throw(np.random.default_rng(12))
    short = BallModel(ROOM, RADIUS, 1000.0, 0.85, 0.7, 0.4, inertia=0.5, thickness_px=5.0, scheme="chipmunk", step_s=FRAME, noise_px=0.29,
                      config=BallConfig(sightings_kept=60))
    for k in range(150):
        short.observe(TIMES[k], np.round(path[k]))
        if k % 10 == 9:
            short.forecast(0.5, FRAME)
    away = np.linalg.norm(short.forecast(0.5, FRAME).best() - path[150:180], axis=1)
    assert np.median(away) < 2.0


@pytest.mark.parametrize(("trajectories", "match"), [
    ([np.zeros((5, 2))], r"trajectories\[0\] has shape"),
    ([([0.0], [(100.0, 100.0)])], "needs at least 2"),
    ([(TIMES[:3], np.array([(100, 100), (math.nan, 1), (3, 3)]))], "row 1 is not finite"),
    ([(np.array([0.0, 0.1, 0.1]), np.full((3, 2), 100.0))], "does not increase at row 2"),
    ([(TIMES[:20], np.tile([400.0, 600.0], (20, 1)))], "starts inside a wall"),
    ([], "empty")])
def test_bad_trajectories_change_nothing(learned: BallModel, trajectories: list, match: str) -> None:
    before = learned.physics
    with pytest.raises(BadInputError, match=match):
        learned.fit([*trajectories])
    assert learned.physics == before


def test_bad_sightings_change_nothing(learned: BallModel) -> None:
    learned.reset()
    watch(learned, np.round(throw(np.random.default_rng(13))), 20)
    before = learned.forecast(0.5, FRAME)
    for time_s, position, match in ((1.0, (math.nan, 0.0), "not finite"), (0.1, (100.0, 100.0), "not after"), (math.inf, (1.0, 1.0), "time_s")):
        with pytest.raises(BadInputError, match=match):
            learned.observe(time_s, position)
    learned.observe(1.0, None)
    assert (learned.forecast(0.5, FRAME).positions_px == before.positions_px).any()
    learned.reset()
    with pytest.raises(BadInputError, match="inside a wall"):
        learned.observe(0.0, (500.0, 602.0))
    with pytest.raises(BadInputError, match="no sighting"):
        learned.forecast(1.0, FRAME)
    with pytest.raises(BadInputError, match="horizon_s"):
        learned.forecast(-1.0, FRAME)


def test_bad_luck_with_two_throws_does_not_choose_another_engine() -> None:
    """A world in which the first search loses a bounce: whole throws are asked once more before steps are taken to be shorter."""
    rng = np.random.default_rng(1025)
    hidden = hidden_world(rng)
    paths = [throw_ball(hidden, random_start(rng), 180, FRAME) for _ in range(3)]
    ball = model_of(hidden)
    ball.fit([(TIMES, np.round(path)) for path in paths])
    assert (ball.scheme, ball.knowledge.step_s) == ("chipmunk", pytest.approx(FRAME))
    assert ball.knowledge.explains
    assert ball.physics["restitution_0"][0] == pytest.approx(hidden.restitution[0], abs=0.001)


@pytest.mark.parametrize(("name", "value"), [("gravity_px_s2", "down"), ("damping", "much"), ("restitution", "high"), ("restitution", [None, "high"]),
                                             ("friction", "low"), ("inertia", "some"), ("step_s", "short"), ("noise_px", [])])
def test_words_for_constants_are_named(name: str, value: object) -> None:
    with pytest.raises(BadInputError, match=name):
        BallModel(ROOM, RADIUS, material=[0, 0, 0, 0, 1], **{name: value})  # type: ignore[arg-type]


def test_a_game_that_steps_in_no_way_known_is_learned_roughly_from_whole_throws() -> None:
    """Metres, y up, eight steps of its own to a frame, turned round where it touches: no scheme is exact, and places are told exactly."""
    def thrown(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        at, velocity, path = rng.uniform((2.0, 2.0), (8.0, 3.0)), rng.uniform((-2.0, -1.0), (2.0, 1.0)), []
        for step in range(8 * 45 + 1):
            if step % 8 == 0:
                path.append(at)
            velocity = 0.9998 * np.array([velocity[0], velocity[1] - 9.81 / 240.0])
            at = at + velocity / 240.0
            if at[1] < 0.12:
                at, velocity = np.array([at[0], 0.12]), velocity * (1.0, -0.75 if velocity[1] < 0.0 else 1.0)
        return np.array(path)

    ball, times = BallModel([(0.0, 0.0, 10.0, 0.0)], 0.12), np.arange(46) / 30.0
    ball.fit([(times, thrown(seed)) for seed in range(3)])
    assert ball.physics["restitution_0"][0] == pytest.approx(0.75, abs=0.03)
    assert ball.physics["gravity_y_px_s2"][0] == pytest.approx(-9.81, abs=0.15)
    path = thrown(7)
    watch_at = 16
    for k in range(watch_at):
        ball.observe(times[k], path[k])
    off = np.hypot(*(ball.forecast(0.9, 0.1).best()[-1] - path[watch_at - 1 + 27]))
    assert off < 0.12

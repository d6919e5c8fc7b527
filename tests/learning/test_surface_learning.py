"""A body learns its ground from what it asked for against what it got."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.learning.surface_learning import SurfaceLearner, SurfaceLearning
from npc_world.models.surfaces import Surface

SPEED, DT = 180.0, 1 / 60


def walk(learner: SurfaceLearner, surface: str, factor: float, seconds: float, *, start_s: float = 0.0, grip: float | None = None,
         whole_pixels: bool = False) -> float:
    """Walk east over a surface whose truth is `factor` (and `grip`); returns the time at the end."""
    position, velocity, time_s = np.zeros(2), np.zeros(2), start_s
    wanted = np.array([SPEED, 0.0])
    for _ in range(int(seconds / DT)):
        change = factor * wanted - velocity
        if grip is not None:
            change = change * min(1.0, grip * 900.0 * DT / max(1e-9, float(np.hypot(*change))))
        velocity = velocity + change
        position = position + velocity * DT
        time_s += DT
        seen = np.round(position) if whole_pixels else position
        learner.learn(time_s, seen, surface, wanted, SPEED, 900.0 if grip is not None else 0.0)
    return time_s


@pytest.mark.parametrize("factor", [0.3, 0.55, 1.0, 1.4])
@pytest.mark.parametrize("whole_pixels", [False, True])
def test_the_speed_of_a_surface_is_learned_within_seconds(factor: float, whole_pixels: bool) -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    walk(learner, "mud", factor, 3.0, whole_pixels=whole_pixels)
    learned = learner.belief("mud")
    assert learned.speed_factor == pytest.approx(factor, rel=0.1)
    assert learned.speed_factor_sd < Surface().speed_factor_sd


def test_a_surface_that_changes_is_learned_again() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    end = walk(learner, "ice", 1.0, 20.0)
    walk(learner, "ice", 0.4, 3.0, start_s=end)
    assert learner.belief("ice").speed_factor == pytest.approx(0.4, rel=0.1)


def test_grip_is_learned_while_gathering_speed() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {"ice": Surface(grip=0.6)})
    end = 0.0
    for _ in range(4):
        end = walk(learner, "ice", 1.0, 2.5, start_s=end + 1.0, grip=0.1)
        learner.forget_motion()
    assert learner.belief("ice").grip == pytest.approx(0.1, abs=0.05)


def test_standing_against_a_wall_says_nothing() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    before = learner.belief("grass")
    for frame in range(300):
        learner.learn(frame * DT, np.array([100.0, 100.0]), "grass", np.array([SPEED, 0.0]), SPEED, 0.0)
    assert learner.belief("grass") == before


def wander(learner: SurfaceLearner, law: tuple[float, float, float], seconds: float, *, start_s: float = 0.0, seed: int = 0, noise_px: float = 0.0,
           late_frames: int = 0) -> float:
    """Walk about, turning every half second, on ground of (factor, push x, push y); returns the time at the end."""
    rng = np.random.default_rng(seed)
    position, time_s, wishes = np.zeros(2), start_s, [np.zeros(2)] * (late_frames + 1)
    for frame in range(int(seconds / DT)):
        if frame % 30 == 0:
            angle = rng.uniform(0, 2 * np.pi)
            wanted = SPEED * np.array([np.cos(angle), np.sin(angle)])
        wishes.append(wanted)
        position = position + (law[0] * wishes[-1 - late_frames] + SPEED * np.array(law[1:])) * DT
        time_s += DT
        learner.learn(time_s, position + rng.normal(0.0, noise_px, 2), "ground", wanted, SPEED, 0.0)
    return time_s


def test_a_current_is_told_from_slow_ground() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    wander(learner, (0.6, 0.2, -0.1), 3.0, noise_px=0.5)
    learned = learner.belief("ground")
    assert learned.speed_factor == pytest.approx(0.6, rel=0.1)
    assert (learned.push_x, learned.push_y) == pytest.approx((0.2, -0.1), abs=0.03)
    assert learned.push_sd < 0.05


def test_along_a_straight_way_ground_is_slow_rather_than_a_current_strong() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    walk(learner, "ground", 0.35, 3.0)
    assert learner.belief("ground").speed_factor == pytest.approx(0.35, rel=0.1)


@pytest.mark.parametrize("seed", [1, 2])
def test_unchanged_ground_gives_no_alarm_and_changed_ground_gives_one(seed: int) -> None:
    learner = SurfaceLearner(SurfaceLearning(), {"ground": Surface(speed_factor=0.9)})
    end = wander(learner, (0.9, 0.0, 0.0), 120.0, seed=seed, noise_px=1.0)
    assert learner.surprise is None
    wander(learner, (0.5, 0.0, 0.0), 3.0, start_s=end, seed=seed + 10, noise_px=1.0)
    assert learner.surprise is not None
    assert (learner.surprise.surface, learner.surprise.quality) == ("ground", "speed")
    assert learner.belief("ground").speed_factor == pytest.approx(0.5, rel=0.1)
    assert "ground lets me go at" in str(learner.surprise)


def test_one_knock_is_forgiven() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    end = wander(learner, (1.0, 0.0, 0.0), 5.0)
    learner.forget_motion()
    position, wanted = np.array([500.0, 500.0]), np.array([SPEED, 0.0])
    for frame in range(80):
        held = 20 <= frame < 34  # something unseen holds it for a moment
        position = position + (0.1 if held else 1.0) * wanted * DT
        learner.learn(end + (frame + 1) * DT, position, "ground", wanted, SPEED, 0.0)
    assert learner.belief("ground").speed_factor == pytest.approx(1.0, abs=0.1)
    assert learner.surprise is None


@pytest.mark.parametrize("seconds_of_a_wish", [0.05, 0.5])
def test_a_wrong_belief_recovers_even_in_a_body_that_dithers(seconds_of_a_wish: float) -> None:
    learner = SurfaceLearner(SurfaceLearning(), {"road": Surface(speed_factor=0.13, speed_factor_sd=0.08)})
    position = np.zeros(2)
    for frame in range(180):
        wanted = SPEED * np.array([(-1.0) ** int(frame * DT / seconds_of_a_wish), 0.3])
        position = position + wanted * DT
        learner.learn((frame + 1) * DT, position, "road", wanted, SPEED, 0.0)
    assert learner.belief("road").speed_factor == pytest.approx(1.0, rel=0.1)


def test_a_game_that_moves_a_frame_late_is_seen_through() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    wander(learner, (0.7, 0.0, 0.0), 60.0, late_frames=1)
    assert learner.belief("ground").speed_factor == pytest.approx(0.7, rel=0.03)
    end = learner.surprise.time_s if learner.surprise is not None else 0.0
    assert end < 5.0  # the first acquaintance may surprise, the turns later do not


def test_an_unknown_wall_on_one_side_says_nothing() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    before = learner.belief("grass")
    position, wanted = np.array([100.0, 100.0]), SPEED * np.array([0.8, 0.6])
    for frame in range(300):
        position = position + np.array([0.0, 0.13 * wanted[1] * DT])
        learner.learn(frame * DT, position, "grass", wanted, SPEED, 0.0)
    assert learner.belief("grass") == before


def test_what_is_not_trodden_for_long_becomes_again_what_its_name_promises() -> None:
    learner = SurfaceLearner(SurfaceLearning(forget_s=20.0), {"mud": Surface(speed_factor=0.5)})
    end = walk(learner, "mud", 0.9, 3.0)
    walk(learner, "grass", 0.9, 60.0, start_s=end)
    assert learner.belief("mud").speed_factor < 0.65
    assert learner.belief("mud").speed_factor_sd > 0.1


def test_what_was_not_trodden_keeps_its_prior() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    walk(learner, "grass", 0.7, 2.0)
    assert learner.belief("mud") == SurfaceLearner(SurfaceLearning(), {}).belief("mud")


def test_it_believes_at_once_and_speaks_once_that_has_lasted() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {"mud": Surface(speed_factor=1.0, speed_factor_sd=0.1)})
    end = walk(learner, "mud", 0.7, 1.0)
    assert learner.belief("mud").speed_factor == pytest.approx(0.7, rel=0.05)
    assert learner.surprise is None
    walk(learner, "mud", 0.7, 2.0, start_s=end)
    assert learner.surprise is not None
    assert learner.surprise.quality == "speed"


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("moves_first", [True, False])
def test_ground_left_a_moment_ago_is_not_taken_for_the_new(width: int, moves_first: bool) -> None:
    """Stripes crossed again and again: the first steps on one are the other's, two where the engine moves first and pushes then."""
    learner = SurfaceLearner(SurfaceLearning(), {})
    truth = {"road": (1.0, 1.0), "grass": (0.9, 1.0), "reeds": (0.75, 0.9)}
    position, velocity, rng, wanted = np.zeros(2), np.zeros(2), np.random.default_rng(0), np.zeros(2)
    wrong, frames = 0, 60 * 60
    for frame in range(frames):
        surface = tuple(truth)[int(abs(position[0]) // width) % 3]
        learner.learn(frame * DT, position, surface, wanted, SPEED, 1100.0)
        if frame % 40 == 0:
            turn = rng.uniform(0.0, 2.0 * np.pi) if frame % 80 else np.arctan2(*-position[::-1])
            wanted = SPEED * np.array([np.cos(turn), np.sin(turn)])
        factor, grip = truth[surface]
        change = factor * wanted - velocity
        after = velocity + change * min(1.0, grip * 1100.0 * DT / max(1e-9, float(np.hypot(*change))))
        position, velocity = position + (velocity if moves_first else after) * DT, after
        believed = {name: learner.belief(name) for name in truth}
        wrong += sum(abs(b.grip - truth[n][1]) > max(0.15, 3.0 * b.grip_sd) or abs(b.speed_factor - truth[n][0]) > max(0.05, 3.0 * b.speed_factor_sd)
                     for n, b in believed.items())
    assert wrong < 0.005 * len(truth) * frames, "falsely sure"
    assert learner.surprise is None or learner.surprise.time_s < 10.0

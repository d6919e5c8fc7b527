"""A body that goes where it points."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw

CAR = nw.Vehicle(max_speed_px_s=200.0, max_acceleration_px_s2=100.0, max_braking_px_s2=400.0, min_turn_radius_px=50.0, max_lateral_px_s2=1e6)


def drive(model, state, control, seconds: float, dt_s: float = 0.01) -> np.ndarray:  # type: ignore[no-untyped-def]
    path = [np.asarray(state, dtype=float)]
    for _ in range(round(seconds / dt_s)):
        path.append(model.predict(path[-1], np.asarray(control, dtype=float), dt_s))
    return np.array(path)


def test_it_gathers_speed_and_brakes_as_it_can() -> None:
    path = drive(CAR, (0, 0, 0, 0), (200, 0), 1.0)
    assert path[-1] == pytest.approx((50.5, 0, 0, 100))
    assert drive(CAR, path[-1], (0, 0), 0.25)[-1][3] == pytest.approx(0.0)
    assert drive(CAR, (0, 0, 0, 0), (-200, 0), 1.0)[-1][0] == 0.0  # no reverse


def test_a_full_turn_is_the_circle_of_its_radius() -> None:
    path = drive(CAR, (0, 0, 0, 100), (100, 1), 2 * np.pi * 50 / 100, 2 * np.pi * 50 / 100 / 400)
    assert path[-1][:2] == pytest.approx((0, 0), abs=0.01)
    assert np.hypot(path[:, 0], path[:, 1] - 50) == pytest.approx(50, abs=0.01)  # to the right, which is down


def test_what_the_ground_cannot_hold_is_a_wider_turn() -> None:
    slipping = nw.Vehicle(max_speed_px_s=200.0, min_turn_radius_px=50.0, max_lateral_px_s2=200.0)
    turned = drive(slipping, (0, 0, 0, 200), (200, 1), 1.0)[-1][2]
    assert turned == pytest.approx(200.0 / 200.0)  # lateral / speed, rad/s


def test_a_shark_cannot_stop() -> None:
    shark = nw.Vehicle(min_speed_px_s=40.0)
    assert drive(shark, (0, 0, 0, 100), (0, 0), 2.0)[-1][3] == pytest.approx(40.0)
    with pytest.raises(nw.BadInputError, match="min_speed_px_s"):
        nw.Vehicle(min_speed_px_s=300.0)


@pytest.mark.parametrize("body", [nw.Vehicle, nw.TopDownBody])
@pytest.mark.parametrize("name", ["max_speed_px_s", "max_acceleration_px_s2"])
def test_speeds_no_game_can_mean_are_named(body: type, name: str) -> None:
    with pytest.raises(nw.BadInputError, match=f"{name}=1e[+]26: expected at most"):
        body(**{name: 1e26})


@pytest.mark.parametrize("body", [CAR, nw.Vehicle(max_reverse_px_s=50.0), nw.TopDownBody(max_speed_px_s=150.0, max_acceleration_px_s2=300.0)])
def test_on_good_ground_the_compiled_body_does_as_the_model_says(body) -> None:  # type: ignore[no-untyped-def]
    ground = nw.Terrain.open_field((4000, 4000), surface="road")
    controls = np.random.default_rng(3).uniform((-200, -1), (200, 1), (8, 20, 2))
    if isinstance(body, nw.TopDownBody):
        controls[..., 1] *= 200
    start = np.array([2000.0, 2000.0, 0.3, 60.0])
    found = nw.OnGround(body, ground).unroll(start, controls, 0.05)
    states = np.broadcast_to(start, (8, 4))
    for h in range(20):
        states = body.predict(states, controls[:, h], 0.05)
        assert found[:, h] == pytest.approx(states)


def test_ground_slows_carries_and_walls_stop_it() -> None:
    kinds = np.zeros((20, 40), int)
    kinds[:, 30:] = 1
    ground = nw.Terrain.from_grid(kinds, 10, {0: "river", 1: "wall"})
    river = {"river": nw.Surface(speed_factor=0.5, push_x=0.0, push_y=0.25)}
    body = nw.OnGround(CAR, ground, river)
    path = drive(body, (50, 20, 0, 100), (200, 0), 1.0)
    assert path[-1] == pytest.approx((150, 70, 0, 100), abs=0.5)
    assert drive(body, (50, 20, 0, 100), (200, 0), 3.0)[-1][0] <= 300.0
    assert drive(body, (50, 20, 0, 100), (200, 0), 3.0)[-1][3] < 5.0


@pytest.mark.parametrize(("surfaces", "word"), [(np.zeros((1, 4)), "surfaces"), (np.full((2, 4), np.nan), "surfaces")])
def test_tables_of_another_shape_are_refused(surfaces: np.ndarray, word: str) -> None:
    ground = nw.Terrain.from_grid([[0, 1]], 10)
    with pytest.raises(nw.BadInputError, match=word):
        nw.OnGround(CAR, ground, surfaces)
    with pytest.raises(nw.BadInputError, match="body"):
        nw.OnGround(nw.TopDownBody(), ground)

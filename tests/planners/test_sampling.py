"""MPPI, CEM and iCEM, judged by what they achieve; one contract for all of them."""

from __future__ import annotations

import time

import numpy as np
import pytest

import npc_world as nw
from npc_world.planners.icem import coloured
from npc_world.planners.risk import collapsed

PLANNERS = [nw.Mppi, nw.Cem, nw.ICem]
WALKER = nw.TopDownBody(max_speed_px_s=150.0, max_acceleration_px_s2=400.0)
CAR = nw.Vehicle(max_speed_px_s=150.0, min_turn_radius_px=40.0)
GOAL = np.array([400.0, 100.0])


def island() -> nw.Terrain:
    kinds = np.zeros((40, 40), int)
    kinds[10:30, 20] = 1
    kinds[:, 30:] = 2
    return nw.Terrain.from_grid(kinds, 16, {0: "road", 1: "wall", 2: "mud"})


def forecast(*tracks: tuple[tuple[float, float], tuple[float, float]], weights: tuple[float, ...]) -> nw.Forecast:
    """Hypotheses given as (start, velocity), 20 steps of 0.05 s."""
    times = 0.05 * np.arange(1, 21)
    places = np.array([np.array(start) + times[:, None] * np.array(velocity) for start, velocity in tracks])
    return nw.Forecast(times, places, np.array(weights), np.tile(np.eye(2), (len(tracks), 20, 1, 1)), tuple(f"{k}" for k in range(len(tracks))))


class Plain:
    """A user's model: the walker in numpy, without anything compiled."""

    max_speed_px_s = 150.0

    def predict(self, states: np.ndarray, controls: np.ndarray, dt_s: float) -> np.ndarray:
        return WALKER.predict(states, controls, dt_s)


@pytest.mark.parametrize("planner", PLANNERS)
@pytest.mark.parametrize("body", [WALKER, CAR])
def test_it_drives_round_a_wall_to_its_goal_and_stays(planner, body) -> None:  # type: ignore[no-untyped-def]
    model = nw.OnGround(body, island())
    mind, rng = planner(model, nw.PursuitCost(goal=GOAL), samples=128), np.random.default_rng(0)
    state, plan = np.array([100.0, 320.0, 0.0, 0.0]), None
    for _ in range(100):
        plan = mind.plan(state, None, plan, rng=rng)
        state = model.predict(state, plan.controls[0], 0.05)
    assert np.hypot(*(state[:2] - GOAL)) < 15.0
    assert plan is not None and plan.waypoints_px.shape == (31, 2) and np.isfinite(plan.cost)


@pytest.mark.parametrize("planner", PLANNERS)
def test_it_plans_over_a_users_own_model_and_cost(planner) -> None:  # type: ignore[no-untyped-def]
    def cost(rollouts: np.ndarray, _: object) -> np.ndarray:
        return np.sum((rollouts[:, :, :2] - (120.0, 40.0)) ** 2, axis=2).mean(axis=1)

    mind, rng, state, plan = planner(Plain(), cost, samples=128, horizon_s=1.0), np.random.default_rng(1), np.zeros(4), None
    for _ in range(50):
        plan = mind.plan(state, None, plan, rng=rng)
        state = Plain().predict(state, plan.controls[0], 0.05)
    assert np.hypot(*(state[:2] - (120, 40))) < 12.0


@pytest.mark.parametrize("planner", PLANNERS)
def test_same_seed_same_plan(planner) -> None:  # type: ignore[no-untyped-def]
    model = nw.OnGround(WALKER, island())
    plans = [planner(model, nw.PursuitCost(goal=GOAL)).plan((100, 320, 0, 0), rng=np.random.default_rng(4)) for _ in range(2)]
    assert np.array_equal(plans[0].controls, plans[1].controls)


@pytest.mark.parametrize("planner", PLANNERS)
def test_a_budget_of_time_ends_it_after_the_round_it_is_in(planner) -> None:  # type: ignore[no-untyped-def]
    model = nw.OnGround(WALKER, island())
    mind = planner(model, nw.PursuitCost(goal=GOAL), rounds=100_000, budget_s=0.02)
    mind.plan((100, 320, 0, 0), rng=np.random.default_rng(0))
    began = time.perf_counter()
    assert np.isfinite(mind.plan((100, 320, 0, 0), rng=np.random.default_rng(0)).cost)
    assert time.perf_counter() - began < 5.0  # a hundred thousand rounds would take minutes


def test_the_compiled_cost_is_the_plain_one() -> None:
    ground = nw.Terrain.open_field((4000, 4000), surface="road")
    model = nw.OnGround(WALKER, ground)
    guess = forecast(((2100, 2000), (50, 0)), ((2050, 2080), (0, -90)), weights=(0.7, 0.3))
    controls = np.random.default_rng(2).normal(0, 100, (6, 20, 2))
    state = np.array([2000.0, 2000.0, 20.0, 0.0])
    from npc_world.planners.evaluating import evaluation

    for risk in (nw.Risk(), nw.Risk(kind="worst"), nw.Risk(kind="cvar", share=0.4)):
        cost = nw.PursuitCost(risk=risk, reach_px=30.0, end=0.5)
        compiled = evaluation(model, cost, state, guess, 20, 0.05, None)(controls)
        assert compiled == pytest.approx(cost(model.unroll(state, controls, 0.05), guess))


def test_the_worst_case_keeps_both_ways_open_and_the_expected_one_bets() -> None:
    """A target that goes up or down, rather up: who minimises the mean leans up, who minds the worst stays between."""
    model = nw.OnGround(WALKER, nw.Terrain.open_field((4000, 4000), surface="road"))
    guess = forecast(((2000, 2000), (0, -150)), ((2000, 2000), (0, 150)), weights=(0.8, 0.2))
    ends = {}
    for kind in ("expected", "worst", "cvar"):
        mind, plan, rng = nw.Cem(model, nw.PursuitCost(risk=nw.Risk(kind=kind, share=0.4)), horizon_s=1.0), None, np.random.default_rng(5)
        for _ in range(3):
            plan = mind.plan((1900.0, 2000.0, 0.0, 0.0), guess, plan, rng=rng)
        ends[kind] = plan.waypoints_px[-1, 1] - 2000.0
    assert ends["expected"] < -40.0
    assert abs(ends["worst"]) < 15.0
    assert ends["expected"] < ends["cvar"] - 10.0


def test_risk_in_figures_one_can_check() -> None:
    costs, weights = np.array([[1.0, 2.0, 10.0]]), np.array([0.5, 0.4, 0.1])
    assert collapsed(costs, weights, nw.Risk()) == pytest.approx(2.3)
    assert collapsed(costs, weights, nw.Risk(kind="worst")) == pytest.approx(10.0)
    assert collapsed(costs, weights, nw.Risk(kind="worst", unlikely=0.2)) == pytest.approx(2.0)
    assert collapsed(costs, weights, nw.Risk(kind="cvar", share=0.2)) == pytest.approx((10 * 0.1 + 2 * 0.1) / 0.2)
    assert collapsed(costs, weights, nw.Risk(kind="cvar", share=1.0)) == pytest.approx(2.3)


def test_a_crowd_plans_in_turns_and_everybody_arrives() -> None:
    model, count = nw.OnGround(WALKER, island()), 30
    crowd = nw.MppiCrowd(model, nw.PursuitCost(), count, samples=64, horizon_s=1.5, replan_hz=10.0)
    states = np.column_stack([np.linspace(60, 140, count), np.linspace(250, 400, count), np.zeros((count, 2))])
    planned = []
    for frame in range(6 * 60):
        before = crowd._planned_s.copy()
        states = model.predict(states, crowd.step(frame / 60, states, np.tile(GOAL, (count, 1))), 1 / 60)
        planned.append(int((crowd._planned_s != before).sum()))
    assert np.hypot(*(states[:, :2] - GOAL).T).max() < 25.0
    assert planned[0] == count and max(planned[1:]) <= count // 3  # then spread over the frames
    assert sum(planned[60:120]) == pytest.approx(10 * count, abs=count)
    again = nw.MppiCrowd(model, nw.PursuitCost(), count)
    first = nw.MppiCrowd(model, nw.PursuitCost(), count).step(0.0, states, np.tile((100.0, 100.0), (count, 1)))
    assert np.array_equal(first, again.step(0.0, states, np.tile((100.0, 100.0), (count, 1))))


def test_coloured_noise_keeps_its_variance_and_varies_slowly() -> None:
    white = np.random.default_rng(0).standard_normal((4000, 30, 2))
    slow = coloured(white, 2.0)
    assert slow.std() == pytest.approx(1.0, rel=0.03)
    assert np.diff(slow, axis=1).std() < 0.5 * np.diff(white, axis=1).std()


@pytest.mark.parametrize(("maker", "word"), [
    (lambda m, c: nw.Mppi(m, c, samples=1), "samples"), (lambda m, c: nw.Cem(m, c, elites=1.5), "elites"), (lambda m, c: nw.ICem(m, c, decay=0.5), "decay"),
    (lambda m, c: nw.Cem(m, c, rounds=0), "rounds"), (lambda m, c: nw.Mppi(m, c, budget_s=-1.0), "budget_s"),
    (lambda m, c: nw.Mppi(m, c, control_sd=(1.0, -1.0)), "control_sd"), (lambda m, c: nw.MppiCrowd(Plain(), c, 3), "model"),
    (lambda m, c: nw.MppiCrowd(m, lambda r, f: r, 3), "cost"), (lambda m, c: nw.MppiCrowd(m, c, 0), "count"),
    (lambda m, c: nw.PursuitCost(goal=(np.nan, 0)), "goal"), (lambda m, c: nw.Mppi(m, nw.PursuitCost()).plan((0, 0, 0, 0), rng=np.random.default_rng(0)), "forecast"),
    (lambda m, c: nw.MppiCrowd(m, c, 2).step(0.0, np.zeros((2, 3)), np.zeros((2, 2))), "states"),
    (lambda m, c: nw.MppiCrowd(m, c, 2).step(0.0, np.zeros((2, 4)), np.full((2, 2), np.inf)), "targets"),
])
def test_bad_arguments_are_named(maker, word: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(nw.BadInputError, match=word):
        maker(nw.OnGround(WALKER, island()), nw.PursuitCost(goal=GOAL))


class _Drift:
    def predict(self, states: np.ndarray, controls: np.ndarray, dt_s: float) -> np.ndarray:
        return states + np.concatenate([controls, controls], axis=-1) * dt_s


class _Forgetful:
    def predict(self, states: np.ndarray, controls: np.ndarray, dt_s: float) -> np.ndarray:
        return np.zeros(3)


@pytest.mark.parametrize("planner", [nw.Mppi, nw.Cem, nw.ICem])
def test_what_a_user_s_own_parts_give_wrong_is_named(planner: type) -> None:
    def far(rollouts: np.ndarray, forecast: object) -> np.ndarray:
        return np.asarray(np.hypot(*rollouts[:, -1, :2].T))

    rng = np.random.default_rng(5)
    options = {"samples": 16, "horizon_s": 0.5, "step_s": 0.1}
    with pytest.raises(nw.BadInputError, match=r"model.predict gave \(3,\)"):
        planner(_Forgetful(), far, **options).plan(np.zeros(4), rng=rng)
    with pytest.raises(nw.BadInputError, match=r"cost gave \(\)"):
        planner(_Drift(), lambda rollouts, forecast: 1.0, **options).plan(np.zeros(4), rng=rng)
    with pytest.raises(nw.BadInputError, match="rng=7"):
        planner(_Drift(), far, **options).plan(np.zeros(4), rng=7)
    with pytest.raises(nw.BadInputError, match=r"samples=2\.5"):
        planner(_Drift(), far, samples=2.5)
    assert planner(_Drift(), far, **options).plan(np.zeros(4), rng=rng).controls.shape == (5, 2)

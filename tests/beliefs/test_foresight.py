"""What a target model foresees of players with known structure, against plain constant velocity."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

import npc_world as nw
from npc_world.arena.forecasting import Scores, Track, evaluate, main, read_tracks, synthetic_tracks, table
from npc_world.beliefs.base import Hypotheses
from npc_world.beliefs.contact import slide
from npc_world.beliefs.layout import EXPERTS, FLEE
from npc_world.beliefs.reaction import flee
from npc_world.beliefs.surroundings import Surroundings
from npc_world.beliefs.target_model import TargetModel
from npc_world.core.records import Belief

DT_S = 1 / 60


def zigzag(seconds: float, leg_s: float = 0.7, speed: float = 120.0) -> np.ndarray:
    steps = np.arange(round(seconds / DT_S))
    heading = np.where((steps * DT_S / leg_s).astype(int) % 2 == 0, 0.8, -0.8)
    return np.cumsum(speed * DT_S * np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)


def over_velocity(scores: Scores) -> np.ndarray:
    least = 1e-3 * scores.mean_error("still")
    return np.asarray((scores.mean_error("mean") + least) / (scores.mean_error("velocity") + least))


def test_a_regular_zigzag_is_foreseen_after_a_few_periods() -> None:
    scores = evaluate([Track(zigzag(20.0)[600:], DT_S)])
    late = evaluate([Track(zigzag(30.0), DT_S)])
    assert (over_velocity(late) < 0.6).all()
    assert (over_velocity(scores) < 0.75).all()


@pytest.mark.parametrize("kind", ["straight", "circle", "waypoint"])
def test_never_much_worse_than_constant_velocity(kind: str) -> None:
    ratio = over_velocity(evaluate(synthetic_tracks(kind, 8, seed=77)))
    assert (ratio < 1.04).all()
    if kind == "circle":
        assert (ratio < 0.3).all()


def test_stated_regions_hold_for_noisy_walkers() -> None:
    rng = np.random.default_rng(5)
    tracks = []
    for _ in range(6):
        heading = np.cumsum(rng.normal(0.0, 0.12, 1500))
        tracks.append(Track(np.cumsum(2.0 * np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0), DT_S))
    scores = evaluate(tracks)
    assert (np.abs(scores.inside(0.5) - 0.5) < 0.12).all()
    assert (np.abs(scores.inside(0.9) - 0.9) < 0.08).all()


def test_it_recovers_when_the_style_changes() -> None:
    circle = 90.0 * np.stack([np.cos(1.4 * np.arange(900) * DT_S), np.sin(1.4 * np.arange(900) * DT_S)], axis=1)
    straight = circle[-1] + np.outer(np.arange(1, 241) * DT_S, (100.0, 40.0))
    model = TargetModel()
    for i, point in enumerate(np.vstack([circle, straight])):
        model.observe(i * DT_S, point)
    ahead = model.forecast(1.0, 0.1).mean()[-1] - straight[-1]
    assert math.dist(ahead, (100.0, 40.0)) < 15.0


def test_tracks_slide_along_walls_and_never_cross_them() -> None:
    ground = nw.Terrain.from_rects([(200, 0, 20, 400), (0, 500, 640, 9)], size=(640, 640), cell_px=16)
    walls, clear = Surroundings(ground).walls()
    rng = np.random.default_rng(0)
    for _ in range(50):
        start = rng.uniform((20.0, 20.0), (180.0, 480.0))
        track = start + np.outer(np.linspace(0.1, 1.0, 12), rng.uniform(-600.0, 600.0, 2))
        slide(walls, clear, start[0], start[1], track)
        way = np.vstack([start, track])
        assert all(ground.line_of_sight(a, b) for a, b in pairwise(way))
        assert (way >= 0.0).all() and (way <= 640.0).all()
    upward = np.array([[195.0, 300.0], [230.0, 280.0], [260.0, 250.0]])
    slide(walls, clear, 180.0, 310.0, upward)
    assert upward[-1, 0] <= 200.0 and upward[-1, 1] == pytest.approx(250.0, abs=1.0)


def test_goals_on_a_map_are_reached_around_the_wall() -> None:
    kinds = np.zeros((20, 30), dtype=int)
    kinds[3:17, 15] = 1
    ground = nw.Terrain.from_grid(kinds, 20)
    model = TargetModel(ground, {"ruby": (400.0, 200.0)})
    for i in range(60):
        model.observe(i * DT_S, (100.0 + 100.0 * i * DT_S, 200.0 - 90.0 * i * DT_S))
    forecast = model.forecast(5.0, 0.1)
    row = forecast.labels.index("goes for the ruby")
    way = forecast.positions_px[row]
    assert math.dist(way[-1], (400.0, 200.0)) < 60.0
    assert not any(ground.is_solid(point) for point in way)


def test_fleeing_leads_away_from_the_nearest_pursuer_and_is_silent_without_one() -> None:
    times = np.array([0.5, 1.0, 2.0])
    out = np.zeros((EXPERTS, 3, 2))
    model = TargetModel()
    for i in range(60):
        model.observe(i * DT_S, (100.0 - 80.0 * i * DT_S, 50.0), threats=[(0.0, 50.0), (900.0, 900.0)])
    flee(model._memory, times, out)
    assert (np.diff(np.hypot(out[FLEE, :, 0], out[FLEE, :, 1] - 50.0)) > 30.0).all()  # it turns round
    assert any(label == "runs from you" for label in model.weights)
    model.observe(1.0, (20.0, 50.0))
    flee(model._memory, times, out)
    assert np.isnan(out[FLEE]).all() and "runs from you" not in model.weights


def test_many_targets_in_one_call_are_each_as_if_alone() -> None:
    rng = np.random.default_rng(2)
    tracks = np.cumsum(rng.normal(1.0, 0.4, (90, 5, 2)), axis=0)
    together, alone = nw.TargetModels(5), [TargetModel() for _ in range(5)]
    for i, points in enumerate(tracks):
        together.observe(i * DT_S, points)
        for model, point in zip(alone, points, strict=True):
            model.observe(i * DT_S, point)
    forecasts = together.forecast(2.0, 0.1)
    assert len(forecasts) == len(together) == 5
    for n, model in enumerate(alone):
        mine, theirs = model.forecast(2.0, 0.1), forecasts[n]
        np.testing.assert_array_equal(mine.positions_px, theirs.positions_px)
        np.testing.assert_array_equal(mine.covariances_px2, theirs.covariances_px2)
        np.testing.assert_array_equal(mine.regions, theirs.regions)
        assert mine.labels == theirs.labels and together[n].weights == model.weights


def test_of_many_some_are_unseen_and_one_was_never_met() -> None:
    models = nw.TargetModels(3)
    for i in range(90):
        models.observe(i * DT_S, [(60.0 * i * DT_S, 0.0), (0.0, 90.0 * i * DT_S) if i < 60 else (math.nan, math.nan), (math.nan, math.nan)])
    forecasts = models.forecast(1.0, 0.1)
    assert forecasts[1].best()[0, 1] == pytest.approx(90.0 * (89 * DT_S + 0.1), abs=3.0)  # from now, not from when it was lost
    with pytest.raises(nw.BadInputError, match="never seen"):
        forecasts[2]
    models[0].observe(90 * DT_S, (90.0, 0.0))  # a model of one is a view of the same memory
    assert models[0].max_speed_px_s == pytest.approx(60.0, rel=0.05)
    with pytest.raises(nw.BadInputError, match="positions"):
        models.observe(2.0, [(0.0, 0.0)])


def test_a_game_can_bring_its_own_expert() -> None:
    class Conveyor:
        rows = 1

        def hypotheses(self, belief: Belief, times_s: np.ndarray) -> Hypotheses:
            tracks = belief.position_px + np.stack([60.0 * times_s, 5.0 * np.sin(9.0 * (belief.time_s + times_s))], axis=1)
            return Hypotheses(tracks[None], ("rides the belt",))

    model = TargetModel(experts=[Conveyor()])
    for i in range(300):
        model.observe(i * DT_S, (60.0 * i * DT_S, 0.0))
    assert model.weights["rides the belt"] > 0.0


def test_losing_sight_and_finding_again_makes_no_jump() -> None:
    ground = nw.Terrain.open_field((2000, 800))
    model = TargetModel(ground)
    for i in range(120):
        model.observe(i * DT_S, (100.0 + 120.0 * i * DT_S, 400.0))
    before = dict(model.weights)
    for i in range(120, 180):
        model.observe_absence(i * DT_S, np.zeros(ground.shape, bool))
    belief = model.belief
    assert belief is not None and math.dist(belief.position_px, (100.0 + 120.0 * 179 * DT_S, 400.0)) < 30.0
    for i in range(180, 186):
        model.observe(i * DT_S, (100.0 + 120.0 * i * DT_S, 400.0))
        assert model.belief is not None and np.hypot(*model.belief.velocity_px_s) < 200.0
    assert model.max_speed_px_s < 140.0
    assert abs(model.weights["keeps going"] - before["keeps going"]) < 0.3


def test_the_command_reads_tracks_and_prints_a_table(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    path = f"{tmp_path}/tracks.npz"
    xyz = np.vstack([np.pad(zigzag(6.0), ((0, 0), (0, 1))), np.pad(zigzag(7.0, 0.4), ((0, 0), (0, 1)))])
    np.savez(path, xyz=xyz, start=np.array([0, 360, len(xyz)]), dt=np.array([DT_S, DT_S]))
    assert [len(track.points) for track in read_tracks(path)] == [360, 420]
    assert main(["--data", path, "--json", f"{tmp_path}/out.json"]) == 0
    assert "tracks" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--data", f"{tmp_path}/none.npz"])
    assert table({}) != ""

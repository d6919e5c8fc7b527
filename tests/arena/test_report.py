"""Figures, intervals and verdicts from outcomes made up for the purpose."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.arena.clairvoyant import DETOUR
from npc_world.arena.episode import Outcome
from npc_world.arena.report import interval, rows_of, table, verdict_table, verdicts
from npc_world.arena.scenarios import Class, make_scenario
from npc_world.arena.teams import team_rows, team_table, team_verdicts
from npc_world.arena.tournament import Outcomes, standing_s

STRAIGHT = Class("straight", "open", 0.9)


def outcomes(hunter_s: list[float], lead_s: list[float], bound_s: float = 2.0) -> Outcomes:
    def ends(policy: str, times: list[float]) -> list[Outcome]:
        return [Outcome(policy, i, time < 10.0, time, bound_s) for i, time in enumerate(times)]
    return {STRAIGHT: {"lead": ends("lead", lead_s), "hunter": ends("hunter", hunter_s)}}


def test_rows_hold_mean_ratio_and_share() -> None:
    lead, hunter = rows_of(outcomes([2.0, 3.0, 4.0, 10.0], [2.0, 2.0, 2.0, 2.0]))
    assert (lead.mean, lead.low, lead.high, lead.caught) == (1.0, 1.0, 1.0, 1.0)
    assert hunter.mean == (1.0 + 1.5 + 2.0 + 5.0) / 4 and hunter.caught == 0.75
    assert hunter.low < hunter.mean < hunter.high
    assert "straight/open/0.9" in table([lead, hunter])


def test_the_interval_narrows_with_episodes_and_covers_the_mean() -> None:
    rng = np.random.default_rng(0)
    few, many = rng.normal(2.0, 1.0, 20), rng.normal(2.0, 1.0, 2000)
    low_few, high_few = interval(few, "a")
    low_many, high_many = interval(many, "a")
    assert high_few - low_few > 4.0 * (high_many - low_many)
    assert low_many < 2.0 < high_many
    assert high_many - low_many == pytest.approx(2 * 1.96 / np.sqrt(2000), rel=0.15)


def test_a_paired_interval_is_narrow_where_episodes_move_together() -> None:
    hard = np.random.default_rng(0).uniform(1.0, 10.0, 50)
    low, high = interval(1.1 * hard, "a", hard)
    assert low == pytest.approx(1.1) and high == pytest.approx(1.1)


def test_verdicts_pass_and_fail() -> None:
    good = {v.name: v for v in verdicts(outcomes([2.2] * 20, [2.2] * 20))}
    assert all(v.passed for v in good.values()) and len(good) == 3
    bad = {v.name: v for v in verdicts(outcomes([2.2] * 18 + [30.0] * 2, [2.2] * 20))}
    assert not any(v.passed for v in bad.values())
    assert bad["straight/open/0.9: share caught"].figure == 0.9
    assert "FAIL" in verdict_table(list(bad.values())) and "0 of 3" in verdict_table(list(bad.values()))


def test_a_team_must_more_than_halve_the_time() -> None:
    evader = Class("evader", "walls", 0.9)

    def ends(label: str, time_s: float) -> list[Outcome]:
        return [Outcome(label, i, True, time_s, None) for i in range(10)]

    played: Outcomes = {evader: {"one": ends("one", 20.0), "two": ends("two", 11.0), "team": ends("team", 9.0)}}
    assert [row.seconds_per_catch for row in team_rows(played)] == [20.0, 11.0, 9.0]
    (verdict,) = team_verdicts(played)
    assert verdict.figure == pytest.approx(0.9) and verdict.passed
    assert "team" in team_table(team_rows(played))
    played[evader]["team"] = ends("team", 11.0)
    assert not team_verdicts(played)[0].passed


def test_a_team_is_held_against_as_many_who_hunt_apart() -> None:
    evader = Class("evader", "walls", 0.9)

    def ends(label: str, times: list[float]) -> list[Outcome]:
        return [Outcome(label, i, time_s < 60.0, time_s, None) for i, time_s in enumerate(times)]

    played: Outcomes = {evader: {"one": ends("one", [10.0, 60.0]), "second": ends("second", [20.0, 6.0]), "two": ends("two", [9.0, 9.0]),
                                 "team": ends("team", [6.0, 6.0])}}
    rows = {row.lineup: row for row in team_rows(played)}
    assert "second" not in rows
    assert rows["2 apart"].seconds_per_catch == 8.0 and rows["2 apart"].caught == 1.0
    assert [verdict.figure for verdict in team_verdicts(played)] == pytest.approx([2.0 * 6.0 / 70.0, 6.0 / 8.0])


def test_a_share_of_ones_time_is_shown_beside_what_a_player_that_stands_still_would_leave() -> None:
    evader = Class("evader", "walls", 0.9)
    played: Outcomes = {evader: {label: [Outcome(label, 0, True, time_s, None)] for label, time_s in
                                 {"one": 10.0, "two": 9.0, "team": 7.0, "2, it stands": 6.0}.items()}}
    (verdict,) = team_verdicts(played)
    assert verdict.figure == pytest.approx(1.4) and verdict.note.endswith("; 1.20 if the player stood still")


def test_the_nearest_reaches_one_that_stands_no_sooner_than_along_a_straight_line() -> None:
    for index in range(3):
        scenario = make_scenario(Class("evader", "walls", 0.9), index, 1003)
        straight_s = [(float(np.hypot(*(scenario.player_px - start))) - scenario.reach_px) / scenario.speed_px_s for start in scenario.starts_px]
        stands_s = [standing_s(scenario, hunters) for hunters in (1, 2, 3)]
        assert stands_s[0] >= stands_s[1] >= stands_s[2] >= min(straight_s) / DETOUR
        assert stands_s[0] >= straight_s[0] / DETOUR and stands_s[0] < 60.0


def test_episodes_cut_off_count_as_time_without_a_catch() -> None:
    evader = Class("evader", "walls", 0.9)
    ends = [Outcome("one", 0, True, 20.0, None), Outcome("one", 1, False, 60.0, None)]
    played: Outcomes = {evader: dict.fromkeys(("one", "two", "team"), ends)}
    assert team_rows(played)[0].seconds_per_catch == 80.0

"""Many episodes over all cores: the same figures whatever the number of processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from npc_world.arena.clairvoyant import arrival_times, earliest_catch_s
from npc_world.arena.episode import Outcome, run_episode
from npc_world.arena.scenarios import Class, Scenario, make_scenario

__all__ = ["STANDING", "Outcomes", "Settings", "cores", "play", "play_teams", "standing_s"]

Outcomes = dict[Class, dict[str, list[Outcome]]]
"""Class → policy → outcomes, episode by episode: entry i of every policy is the same episode."""

_CHUNK = 4


@dataclass(frozen=True, slots=True)
class LineUp:
    """Who hunts: so many, from one start onwards, as a team or as strangers."""

    hunters: int
    team: bool = False
    first: int = 0


TEAMS: dict[int, dict[str, LineUp]] = {
    2: {"one": LineUp(1), "second": LineUp(1, first=1), "two": LineUp(2), "team": LineUp(2, True)},
    3: {"one": LineUp(1), "second": LineUp(1, first=1), "third": LineUp(1, first=2), "three": LineUp(3), "team of 3": LineUp(3, True)},
}
"""Size → label → line-up: each of them alone, all as strangers, all as a team."""
STANDING = {2: "2, it stands", 3: "3, it stands"}
"""Size → label of the time the nearest of them needs to get to the player's start: what is left when the player never moves."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What all episodes of a run share."""

    policies: tuple[str, ...]
    episodes: int
    seed: int
    preset: str | Path = "hunter"
    dt_s: float = 1 / 60
    swap: bool = False
    sizes: tuple[int, ...] = (2,)
    """Of the teams, keys of `TEAMS`."""


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def play(classes: list[Class], settings: Settings, processes: int, advance: Callable[[int], None]) -> Outcomes:
    """Every policy on the same episodes of every class; `advance` is told of episodes done."""
    return _gather(_chunk, classes, settings, processes, advance)


def play_teams(classes: list[Class], settings: Settings, processes: int, advance: Callable[[int], None]) -> Outcomes:
    """Each hunter alone, all as strangers, and all as a team, on the same episodes: labels of `TEAMS`, and of `STANDING`, as policies."""
    return _gather(_team_chunk, classes, settings, processes, advance)


Task = tuple[Class, range, Settings]


def _chunk(task: Task) -> tuple[Class, list[Outcome]]:
    klass, indices, settings = task
    outcomes = []
    for index in indices:
        scenario = make_scenario(klass, index, settings.seed, settings.dt_s, settings.swap)
        outcomes += [run_episode(scenario, policy, settings.preset) for policy in settings.policies]
    return klass, outcomes


def _team_chunk(task: Task) -> tuple[Class, list[Outcome]]:
    klass, indices, settings = task
    outcomes = []
    for index in indices:
        scenario = make_scenario(klass, index, settings.seed, settings.dt_s, settings.swap)
        for label, lineup in {label: lineup for size in settings.sizes for label, lineup in TEAMS[size].items()}.items():
            end = run_episode(scenario, "hunter", settings.preset, lineup.hunters, lineup.team, lineup.first)
            outcomes.append(Outcome(label, end.index, end.caught, end.time_s, end.bound_s))
        outcomes += [Outcome(STANDING[size], index, True, standing_s(scenario, size), None) for size in settings.sizes]
    return klass, outcomes


def standing_s(scenario: Scenario, hunters: int) -> float:
    """The least time in which the nearest of so many can reach where the player starts, at most the limit."""
    level, truth, speed = scenario.level, scenario.truth(), scenario.speed_px_s
    stays = np.repeat(scenario.player_px[None], round(scenario.limit_s / scenario.dt_s) + 1, axis=0)
    return min(scenario.limit_s, *(earliest_catch_s(arrival_times(level, truth, start, speed, scenario.limit_s), level, truth, stays, speed,
                                                    scenario.reach_px, scenario.dt_s) for start in scenario.starts_px[:hunters]))


def _gather(work: Callable[[Task], tuple[Class, list[Outcome]]], classes: list[Class], settings: Settings, processes: int,
            advance: Callable[[int], None]) -> Outcomes:
    tasks = [(klass, range(first, min(first + _CHUNK, settings.episodes)), settings)
             for first in range(0, settings.episodes, _CHUNK) for klass in classes]
    found: Outcomes = {klass: {} for klass in classes}
    if processes <= 1 or len(tasks) <= 1:
        _collect(map(work, tasks), found, advance)
    else:
        with multiprocessing.get_context("spawn").Pool(min(processes, len(tasks))) as pool:
            _collect(pool.imap_unordered(work, tasks), found, advance)
    for policies in found.values():
        for outcomes in policies.values():
            outcomes.sort(key=lambda outcome: outcome.index)
    return found


def _collect(results: Iterable[tuple[Class, list[Outcome]]], found: Outcomes, advance: Callable[[int], None]) -> None:
    for klass, outcomes in results:
        for outcome in outcomes:
            found[klass].setdefault(outcome.policy, []).append(outcome)
        advance(len({outcome.index for outcome in outcomes}))

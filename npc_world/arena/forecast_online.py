"""What learning this very player adds: each player's tracks in order of time, with habit memory and without.

    npc-world forecast --protocol online [--data FILE.npz …]

Without data: scripted players that repeat themselves, and some that change their style half way.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.forecast_data import Steps, by_name, read_recorded
from npc_world.arena.progress import Progress
from npc_world.beliefs.labels import NGRAM_LABEL
from npc_world.beliefs.target_model import TargetConfig, TargetModel
from npc_world.core.errors import BadInputError

__all__ = ["LEARNED_S", "OnlineScores", "Player", "online", "online_main", "online_table", "read_players", "repetitive_players"]

Floats = NDArray[np.float64]
HORIZONS_S = np.array([0.5, 1.0, 2.0])
LEARNED_S = 60.0
"""A player watched for so long counts as known."""
_STEP_S = 0.1
_WARM_UP_S = 2.0
_LENGTH_S = 120.0


@dataclass(frozen=True, slots=True)
class Player:
    """One player's tracks in order of time, each (L, 2), rows every dt_s; changes_s: when it takes up another style."""

    tracks: tuple[Floats, ...]
    dt_s: float
    changes_s: float = math.inf


@dataclass(slots=True)
class OnlineScores:
    """Of one class of players; lists over moments, errors (horizons,) px."""

    watched_s: list[float] = field(default_factory=list)
    """How long the player had been watched."""
    changed: list[bool] = field(default_factory=list)
    errors: dict[str, list[Floats]] = field(default_factory=dict)
    """By "memory", "stranger", "velocity" and "ngram", the next-move model alone."""

    def mean_error(self, method: str, when: NDArray[np.bool_]) -> Floats:
        """(horizons,) over the moments `when`; NaN when there are none."""
        chosen = np.array(self.errors[method])[when]
        return np.asarray(chosen.mean(axis=0)) if len(chosen) else np.full(len(HORIZONS_S), math.nan)

    def spans(self) -> dict[str, NDArray[np.bool_]]:
        """The moments of the first ten seconds, of those after LEARNED_S in the first style, after a change, and all."""
        watched, changed = np.array(self.watched_s), np.array(self.changed, dtype=bool)
        return {"start": watched < 10.0, "known": (watched >= LEARNED_S) & ~changed, "changed": changed, "all": np.ones(len(watched), bool)}


def online(players: Iterable[Player], every_s: float = 0.25, config: TargetConfig | None = None,
           advance: Callable[[], None] = lambda: None) -> OnlineScores:
    """Watch each player with two models, one of which has no habit memory; a new track is a new round for both."""
    base = config if config is not None else TargetConfig()
    scores = OnlineScores(errors={"memory": [], "stranger": [], "velocity": [], "ngram": []})
    for player in players:
        models = {"memory": TargetModel(config=_with_habits(base, True)), "stranger": TargetModel(config=_with_habits(base, False))}
        watched_s = 0.0
        for track in player.tracks:
            for model in models.values():
                model.reset()
            _watch_track(player, track, models, watched_s, every_s, scores)
            watched_s += len(track) * player.dt_s
        advance()
    return scores


def _watch_track(player: Player, track: Floats, models: dict[str, TargetModel], watched_s: float, every_s: float, scores: OnlineScores) -> None:
    at = Steps.at(HORIZONS_S, player.dt_s, _STEP_S)
    ahead = at.rows
    pause = max(1, round(every_s / player.dt_s))
    for i in range(len(track) - int(ahead[-1])):
        for model in models.values():
            model.observe(i * player.dt_s, track[i])
        if i * player.dt_s < _WARM_UP_S or i % pause:
            continue
        truth = track[i + ahead]
        for name, model in models.items():
            scores.errors[name].append(_distance(model.forecast(at.times_s[-1], at.step_s).mean()[at.steps], truth))
        velocity = (track[i] - track[i - 1]) / player.dt_s
        plain = track[i] + at.times_s[:, None] * velocity
        scores.errors["velocity"].append(_distance(plain, truth))
        scores.errors["ngram"].append(_distance(models["memory"].expert_tracks(at.times_s).get(NGRAM_LABEL, plain), truth))
        now_s = watched_s + i * player.dt_s
        scores.watched_s.append(now_s)
        scores.changed.append(now_s >= player.changes_s)


def _distance(points: Floats, truth: Floats) -> Floats:
    return np.asarray(np.hypot(points[:, 0] - truth[:, 0], points[:, 1] - truth[:, 1]))


def _with_habits(config: TargetConfig, habits: bool) -> TargetConfig:
    fields = {name: getattr(config, name) for name in config.__dataclass_fields__}
    return TargetConfig(**{**fields, "habits": habits})


def online_table(found: dict[str, OnlineScores]) -> str:
    """Rows per class, span and horizon: errors over constant velocity's, and how much habit memory lowers the error."""
    lines = [f"{'class':<14} {'when':<8} {'ahead':>5} {'moments':>7} {'velocity':>9} {'stranger':>8} {'n-gram':>7} {'memory':>7} {'lower by':>9} {'than start':>10}"]
    for name, scores in found.items():
        spans = scores.spans()
        start = scores.mean_error("memory", spans["start"])
        for span, when in spans.items():
            if not when.any():
                continue
            plain, stranger, memory, ngram = (scores.mean_error(method, when) for method in ("velocity", "stranger", "memory", "ngram"))
            for h, ahead_s in enumerate(HORIZONS_S):
                base = max(float(plain[h]), 1e-12)
                lines.append(f"{name[:14]:<14} {span:<8} {ahead_s:>4.1f}s {int(when.sum()):>7} {base:>9.4g} {stranger[h] / base:>8.3f} {ngram[h] / base:>7.3f} {memory[h] / base:>7.3f} "
                             f"{100.0 * (1.0 - memory[h] / max(stranger[h], 1e-12)):>7.1f} % {100.0 * (1.0 - memory[h] / max(start[h], 1e-12)):>8.1f} %")
    return "\n".join(lines)


def online_main(data: Sequence[Path] | None, count: int, seed: int, every_s: float, json_file: Path | None, fail: Callable[[str], Any]) -> int:
    """`npc-world forecast --protocol online`; fail is called with what is wrong with the data."""
    try:
        players = repetitive_players(max(1, count // 3), seed) if data is None else {name: read_players(file) for name, file in by_name(data).items()}
    except BadInputError as error:
        fail(str(error))
        return 2
    bar = Progress(sum(map(len, players.values())), "watching")
    found = {name: online(group, every_s, advance=bar.advance) for name, group in players.items()}
    bar.close()
    print(online_table(found))
    if json_file is not None:
        figures = {name: {span: {method: scores.mean_error(method, when).tolist() for method in scores.errors}
                          for span, when in scores.spans().items() if when.any()} for name, scores in found.items()}
        json_file.write_text(json.dumps({"horizons_s": HORIZONS_S.tolist(), "errors": figures}, indent=1) + "\n", encoding="utf-8")
    return 0


def read_players(path: str | Path) -> list[Player]:
    """Recorded players out of an npz file (see `forecast_data`): tracks of one player in one session are one Player, in the file's order;
    where no players are told apart, all tracks of a session are one's.  Raises `BadInputError` when it is not such a file.
    """
    found: dict[tuple[str, str, float], list[Floats]] = {}
    for track in read_recorded(path):
        found.setdefault((track.session, track.player, track.dt_s), []).append(track.points)
    if not found:
        raise BadInputError(f"{path}: no tracks")
    return [Player(tuple(tracks), step) for (_, _, step), tracks in found.items()]


# ---- scripted players that repeat themselves -------------------------------------------------------------------------


def _from_headings(headings: Floats, dt_s: float) -> Floats:
    return np.cumsum(dt_s * np.stack([np.cos(headings), np.sin(headings)], axis=1), axis=0)


def _zigzag(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """Legs of one length, left and right of a course, in human time."""
    leg_s, angle, course = rng.uniform(0.5, 1.6), math.radians(rng.uniform(25.0, 70.0)), rng.uniform(-3.0, 3.0)
    return _from_headings(_switching(rng, n, dt_s, (leg_s, leg_s), (course + angle, course - angle)), dt_s)


def _juke(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """A run, a short step aside, a run, one to the other side or the same again."""
    run_s, aside_s, angle = rng.uniform(0.8, 2.0), rng.uniform(0.2, 0.45), math.radians(rng.uniform(50.0, 100.0))
    course, other = rng.uniform(-3.0, 3.0), rng.choice([-1.0, 1.0])
    return _from_headings(_switching(rng, n, dt_s, (run_s, aside_s, run_s, aside_s), (course, course + angle, course, course + other * angle)), dt_s)


def _switching(rng: np.random.Generator, n: int, dt_s: float, lengths_s: Sequence[float], headings: Sequence[float]) -> Floats:
    """(n,) headings that take turns, each for about its length (± 4 %)."""
    out, phase, left_s = np.empty(n), 0, lengths_s[0]
    for k in range(n):
        left_s -= dt_s
        if left_s <= 0.0:
            phase = (phase + 1) % len(lengths_s)
            left_s += lengths_s[phase] * (1.0 + 0.04 * rng.standard_normal())
        out[k] = headings[phase]
    return out


def _patrol(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """Round three to five places, with or without a rest at each."""
    places, pause_s = rng.uniform((0.0, 0.0), (6.0, 4.0), (int(rng.integers(3, 6)), 2)), rng.choice([0.0, rng.uniform(0.3, 1.0)])
    at, aim, wait_s, out = places[0].copy(), 1, 0.0, np.empty((n, 2))
    for k in range(n):
        way = places[aim] - at
        far = math.hypot(way[0], way[1])
        if wait_s > 0.0:
            wait_s -= dt_s
        elif far <= dt_s:
            at, aim, wait_s = places[aim].copy(), (aim + 1) % len(places), pause_s * (1.0 + 0.05 * rng.standard_normal())
        else:
            at = at + way * (dt_s / far)
        out[k] = at
    return out


_STYLES = {"zigzag": _zigzag, "juke": _juke, "patrol": _patrol}


def repetitive_players(count: int, seed: int, dt_s: float = 1 / 60) -> dict[str, list[Player]]:
    """`count` players of each style for two minutes, and as many that take up another style after one; worlds differ in scale."""
    n, names = round(_LENGTH_S / dt_s), list(_STYLES)
    found: dict[str, list[Player]] = {name: [] for name in (*names, "change")}
    for c, name in enumerate(names):
        for i in range(count):
            rng = np.random.default_rng([seed, c, i])
            scale = math.exp(rng.uniform(math.log(2.0), math.log(400.0)))
            found[name].append(Player((scale * _STYLES[name](rng, n, dt_s),), dt_s))
            before = _STYLES[name](rng, n // 2, dt_s)
            after = _STYLES[names[(c + 1) % len(names)]](rng, n - n // 2, dt_s)
            found["change"].append(Player((scale * np.vstack([before, after - after[0] + before[-1]]),), dt_s, _LENGTH_S / 2))
    return found

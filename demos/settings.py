"""What is kept between games: settings and best times, in one JSON file in the user's config folder."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Settings", "config_folder", "load_settings", "save_settings"]

VERSION = 1
_FILE = "settings.json"


@dataclass(slots=True)
class Settings:
    """Everything the player may choose.  Fields that a file gets wrong keep their defaults."""

    difficulty: str = "normal"
    level: str = "harbour"
    music: float = 0.6
    """0 to 1."""
    sounds: float = 0.8
    """0 to 1."""
    muted: bool = False
    fullscreen: bool = False
    hints: bool = True
    rounds: int = 0
    """Rounds ever played."""
    best_s: dict[str, float] = field(default_factory=dict)
    """Best time by "level/difficulty", s."""
    best_score: dict[str, int] = field(default_factory=dict)
    """Best points by "game/difficulty"."""
    problem: str = ""
    """What was wrong with the file, for the screen; never saved."""

    def best(self, level: str, difficulty: str) -> float | None:
        return self.best_s.get(f"{level}/{difficulty}")

    def note_win(self, level: str, difficulty: str, time_s: float) -> bool:
        """Keep a winning time; True when it is a new best."""
        before = self.best(level, difficulty)
        if before is not None and before <= time_s:
            return False
        self.best_s[f"{level}/{difficulty}"] = round(time_s, 2)
        return True


def config_folder() -> Path:
    """The user's folder for this game, by the custom of the system; `SECOND_GUESS_CONFIG` overrides it."""
    if chosen := os.environ.get("SECOND_GUESS_CONFIG"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "SecondGuess"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "SecondGuess"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "second-guess"


def load_settings(folder: Path | None = None) -> Settings:
    """The saved settings, or defaults.  A damaged file is set aside as settings.json.damaged and told in `problem`."""
    path = (folder or config_folder()) / _FILE
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(raw, dict) or not isinstance(raw.get("version"), int):
            raise ValueError("it is no settings file")
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        with contextlib.suppress(OSError):
            os.replace(path, path.with_suffix(".json.damaged"))
        return Settings(problem=f"Settings could not be read and start anew ({error})")
    if raw["version"] > VERSION:
        return Settings(problem=f"Settings were written by a newer version ({raw['version']}) and are left alone")
    return _checked(raw)


def save_settings(settings: Settings, folder: Path | None = None) -> bool:
    """Write them at once or not at all; False when the folder cannot be written or holds a newer version's file."""
    path = (folder or config_folder()) / _FILE
    if "newer version" in settings.problem:
        return False
    data = {"version": VERSION, **{key: value for key, value in asdict(settings).items() if key != "problem"}}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".settings-", suffix=".json")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(data, file, indent=2, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    except OSError:
        return False
    return True


def _checked(raw: dict[str, Any]) -> Settings:
    """Settings from a file's dict: each value of the right type and range is taken, the others keep their default."""
    settings = Settings()
    for name, kind in (("difficulty", str), ("level", str), ("muted", bool), ("fullscreen", bool), ("hints", bool)):
        if isinstance(raw.get(name), kind):
            setattr(settings, name, raw[name])
    for name in ("music", "sounds"):
        value = raw.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0.0 <= value <= 1.0:
            setattr(settings, name, float(value))
    if isinstance(raw.get("rounds"), int) and not isinstance(raw["rounds"], bool) and raw["rounds"] >= 0:
        settings.rounds = raw["rounds"]
    scores = raw.get("best_score")
    if isinstance(scores, dict):
        settings.best_score = {key: value for key, value in scores.items()
                               if isinstance(key, str) and isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000_000}
    best = raw.get("best_s")
    if isinstance(best, dict):
        settings.best_s = {key: float(value) for key, value in best.items()
                           if isinstance(key, str) and isinstance(value, (int, float)) and not isinstance(value, bool) and 0.0 < value < 1e6}
    return settings

"""What `pyproject.toml` asks for, and what of it this Python lacks."""

from __future__ import annotations

import operator
import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

__all__ = ["Requirement", "lacking", "parse_requirement", "pygame_clash", "requirements_of"]

_PROJECT = "npc-world"
_SAME_IMPORT = {"pygame": "pygame-ce", "pygame-ce": "pygame"}
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne}
_FORM = re.compile(r"([A-Za-z0-9_.-]+)\s*(?:\[([^\]]*)\])?\s*(?:>=\s*([0-9.]+))?\s*(?:;\s*python_version\s*([<>=!]+)\s*'([0-9.]+)')?\s*$")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of dependencies, in the few forms that this project uses: `name[extras]>=version ; python_version < '3.14'`."""

    name: str
    extras: tuple[str, ...] = ()
    least: tuple[int, ...] = ()
    applies: bool = True


def parse_requirement(text: str, python: tuple[int, int] = sys.version_info[:2]) -> Requirement:
    """Raises `ValueError` for a form that is not understood, so that a new form in `pyproject.toml` fails a test.

    >>> parse_requirement("pygame>=2.6 ; python_version < '3.14'", (3, 11))
    Requirement(name='pygame', extras=(), least=(2, 6), applies=True)
    """
    match = _FORM.match(text)
    if not match:
        raise ValueError(f"requirement {text!r} is of an unknown form")
    name, extras, least, sign, version = match.groups()
    applies = sign is None or _COMPARE[sign](python, _numbers(version)[:2])
    return Requirement(name.lower(), tuple(part.strip() for part in (extras or "").split(",") if part.strip()), _numbers(least or ""), applies)


def requirements_of(root: Path, extra: str) -> list[Requirement]:
    """What the project in `root` needs for an extra, with what the project needs at all and the extras within the extra."""
    project = tomllib.loads((Path(root) / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: list[Requirement] = []
    waiting = [parse_requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"][extra])]
    while waiting:
        requirement = waiting.pop(0)
        if requirement.name == _PROJECT:
            waiting += [parse_requirement(text) for inner in requirement.extras for text in project["optional-dependencies"][inner]]
        elif requirement.applies and requirement not in found:
            found.append(requirement)
    return found


def lacking(root: Path, extra: str) -> list[str]:
    """Names of the packages for an extra that are not installed, or are too old.  pygame and pygame-ce stand for each other."""
    return [requirement.name for requirement in requirements_of(root, extra)
            if not _is_there(requirement.name, requirement.least) and not _is_there(_SAME_IMPORT.get(requirement.name, ""), (2,))]


def pygame_clash(installed: Iterable[str] | None = None) -> str | None:
    """A warning when pygame and pygame-ce are both installed: they overwrite each other's files, and removing one breaks the other."""
    names = set(installed) if installed is not None else {name for name in _SAME_IMPORT if _is_there(name, ())}
    if not names >= set(_SAME_IMPORT):
        return None
    return ("pygame and pygame-ce are both installed, and overwrite each other's files.  Keep one: "
            "pip uninstall -y pygame pygame-ce, then pip install pygame-ce")


def _is_there(name: str, least: tuple[int, ...]) -> bool:
    if not name:
        return False
    try:
        return _numbers(metadata.version(name)) >= least
    except (metadata.PackageNotFoundError, TypeError, ValueError):  # the others: a damaged installation
        return False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.match(r"[0-9.]*", version)[0].split(".") if part)  # type: ignore[index]

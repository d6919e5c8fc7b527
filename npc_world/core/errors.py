"""What can go wrong, by name.  Every message names the argument and the value that was given."""

from __future__ import annotations

__all__ = ["BadInputError", "ConfigError", "MissingExtraError", "NpcWorldError", "SaveFileError"]


class NpcWorldError(Exception):
    """Any error this library raises on purpose."""


class BadInputError(NpcWorldError, ValueError):
    """An argument that cannot be used: its name, its value, and what was expected."""


class ConfigError(NpcWorldError, ValueError):
    """One or more mistakes in a config file: one per line, `file:line:column: path: what is wrong`."""


class SaveFileError(NpcWorldError, ValueError):
    """A save file that is damaged, of another version, or of something else."""


class MissingExtraError(NpcWorldError, ImportError):
    """An optional package is needed and not installed: the message says which, and how to get it."""

"""Files of what was learned: one versioned npz, written atomically, free of pickle."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from npc_world.core.errors import SaveFileError

__all__ = ["VERSION", "read_snapshot", "write_snapshot"]

VERSION = 1
_MAGIC = "npc_world"
_LARGEST_BYTES = 256 * 1024 * 1024


def write_snapshot(path: str | os.PathLike[str], arrays: Mapping[str, Any], kind: str = _MAGIC, version: int = VERSION) -> None:
    """Write arrays to `path`: either all of it is there afterwards or the old file is untouched.  kind: what it is a file of."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez_compressed(stream, format=np.array(kind), version=np.array(version), **{f"data/{k}": v for k, v in arrays.items()})
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_snapshot(path: str | os.PathLike[str], kind: str = _MAGIC, version: int = VERSION, oldest: int | None = None) -> dict[str, Any]:
    """The arrays of a save file of that kind and version; oldest: the first version that is read too.  Raises `SaveFileError` naming the file and what is wrong with it."""
    source = Path(path)
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(item.file_size for item in archive.infolist()) > _LARGEST_BYTES:
                raise SaveFileError(f"{source}: unpacks to more than {_LARGEST_BYTES >> 20} MiB")
        with np.load(source, allow_pickle=False) as stored:
            if "format" not in stored or str(stored["format"]) != kind:
                raise SaveFileError(f"{source}: not an {kind} save file")
            found = int(stored["version"])
            if not (version if oldest is None else oldest) <= found <= version:
                raise SaveFileError(f"{source}: version {found}; this npc_world reads version {version}")
            return {name.removeprefix("data/"): stored[name] for name in stored.files if name.startswith("data/")}
    except FileNotFoundError:
        raise SaveFileError(f"{source}: no such file") from None
    except SaveFileError:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError) as error:
        raise SaveFileError(f"{source}: damaged or not an npc_world save file ({error})") from None

"""Make, mend and find the virtual environment `.venv` of a checkout."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from npc_world.setup_here.pip_wheel import NoPip, fetch_pip
from npc_world.setup_here.progress import run_with_progress, say

__all__ = ["SetupFailed", "forget", "set_up", "venv_folder"]

_STAMP = "npc_world_setup.json"
_INCLUDES = {"demos": {"demos", "test"}, "test": {"test"}}
"""Which finished set-ups serve an extra."""


class SetupFailed(Exception):
    """The set-up cannot go on; the message is for the user."""


def venv_folder(root: str | Path) -> Path:
    """`.venv` in the checkout, or what the environment variable `NPC_WORLD_VENV` says."""
    chosen = os.environ.get("NPC_WORLD_VENV")
    return Path(chosen).resolve() if chosen else Path(root).resolve() / ".venv"


def set_up(root: str | Path, extra: str) -> Path:
    """The Python of an environment in which the checkout is installed with an extra.  Done at once when it was done before.

    Safe to interrupt: the stamp is written last, and the next call goes on.  Raises `SetupFailed`.
    """
    root = Path(root).resolve()
    folder = venv_folder(root)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = _wanted(root)
    if _is_done(folder, extra, wanted) and python.exists():
        return python
    with _alone(folder):
        if _is_done(folder, extra, wanted) and python.exists():  # another process has just finished it
            return python
        say(f"setting up {folder} (once; about 250 MB and a few minutes)")
        if not _works(python):
            _make(folder)
        if not _has_pip(python):
            _give_pip(folder, python)
        _install(root, python, extra)
        done = _stamps(folder)
        (folder / _STAMP).write_text(json.dumps({**done, extra: wanted}), encoding="utf-8")
    say("set up")
    return python


def forget(root: str | Path) -> None:
    """Take back what was noted as done, so that the next call installs anew."""
    (venv_folder(root) / _STAMP).unlink(missing_ok=True)


def _wanted(root: Path) -> str:
    """Changes when there is something to install anew: other dependencies, another Python, a checkout that was moved."""
    digest = hashlib.sha256((root / "pyproject.toml").read_bytes())
    digest.update(f"{sys.version_info[:2]} {root}".encode())
    return digest.hexdigest()


def _stamps(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_done(folder: Path, extra: str, wanted: str) -> bool:
    return any(_stamps(folder).get(name) == wanted for name in _INCLUDES[extra])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Held by one process at a time, where the system can lock files."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = open(folder.parent / f"{folder.name}.lock", "w")  # noqa: SIM115
    except OSError as error:
        raise SetupFailed(f"cannot write to {folder.parent} ({error.strerror}).  Set NPC_WORLD_VENV to a folder that can be written.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is at work here; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            pass
        yield


def _works(python: Path) -> bool:
    """Whether the environment's Python starts and is of this version: after an upgrade of the system it may be neither."""
    code = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])!r} or sys.prefix == sys.base_prefix)"
    return python.exists() and _quiet([str(python), "-I", "-c", code])


def _make(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not any((folder / name).exists() for name in ("pyvenv.cfg", "bin", "Scripts")):
        raise SetupFailed(f"{folder} exists and is no virtual environment.  Move it away, or set NPC_WORLD_VENV to another folder.")
    if importlib.util.find_spec("venv") is None:
        _apt_install("Python came without its module venv")
    # without pip on purpose: Debian's venv refuses where ensurepip is missing, and pip is seen to next
    tried = ""
    for way in ([], ["--copies"]):  # copies: for file systems without links
        result = subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", *way, str(folder)],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        if result.returncode == 0:
            return
        tried = (result.stderr or result.stdout).strip()
    raise SetupFailed(f"cannot make {folder}:\n{tried}\nSet NPC_WORLD_VENV to a folder that can be written.")


def _has_pip(python: Path) -> bool:
    return _quiet([str(python), "-I", "-m", "pip", "--version"])


def _give_pip(folder: Path, python: Path) -> None:
    """From Python's own copy; else from the package index; else from Debian's."""
    if _quiet([str(python), "-I", "-m", "ensurepip", "--default-pip"]):
        return
    say("this Python came without pip: getting it from the package index")
    try:
        wheel = fetch_pip(folder)
    except NoPip as problem:
        _apt_install(f"this Python came without pip, and pip cannot be downloaded ({problem})")
        if _quiet([str(python), "-I", "-m", "ensurepip", "--default-pip"]):
            return
        raise SetupFailed(_no_pip(str(problem))) from None
    code, last = run_with_progress([str(python), f"{wheel}/pip", "install", "--no-index", "--disable-pip-version-check", str(wheel)], "installing pip")
    if code != 0:
        raise SetupFailed(f"pip could not be installed:\n{last}")


def _install(root: Path, python: Path, extra: str) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
               "--editable", f"{root}[{extra}]"]
    environment = {**os.environ, "PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}
    code, last = run_with_progress(command, "installing", environment)
    if code != 0 and "CERTIFICATE_VERIFY_FAILED" in last and "PIP_CERT" not in environment:
        trusted = _system_certificates()  # older pips know only the certificates they brought along
        if trusted:
            code, last = run_with_progress(command, "installing", {**environment, "PIP_CERT": trusted})
    if code != 0:
        raise SetupFailed(f"pip could not install what is needed:\n{last}\n\nIs there a network?  The same command goes on where it stopped.")


def _system_certificates() -> str | None:
    """The file or folder of certificates that this machine trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` say which), or None."""
    paths = ssl.get_default_verify_paths()
    return next((path for path in (paths.cafile, paths.capath) if path and (os.path.isfile(path) or any(os.scandir(path)))), None)


def _apt_install(why: str) -> None:
    """Install Debian's python3-venv when that can be done without asking for a password; else say what to do."""
    as_root = [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["sudo", "-n"]
    possible = shutil.which("apt-get") and (not as_root or (shutil.which("sudo") and _quiet(["sudo", "-n", "true"])))
    if possible:
        say(f"{why}: installing Debian's python3-venv")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "python3-venv"]):
            run_with_progress([*as_root, "apt-get", *arguments], f"apt-get {arguments[0]}", environment)
        if importlib.util.find_spec("ensurepip") is not None:
            return
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is not None:
            return
    raise SetupFailed(_no_pip(why))


def _no_pip(why: str) -> str:
    return (f"{why}.  Either connect this machine to the network and run the same command again, or install Python's own copy, "
            "on Debian and Ubuntu by: sudo apt-get install python3-venv")


def _quiet(command: list[str]) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False

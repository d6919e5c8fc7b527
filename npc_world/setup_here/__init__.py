"""From a fresh clone to running: what `python -m demos` and `python -m tests` do before anything else.

Needs the standard library only.  This file and `__main__.py` of both folders keep to the syntax of Python 3.7, so
that a Python that is too old can say so.
"""

import os
import subprocess
import sys

__all__ = ["OLDEST_PYTHON", "ensure", "refuse_old_python"]

OLDEST_PYTHON = (3, 11)
_GUARD = "NPC_WORLD_SETTING_UP"


def refuse_old_python(version=None):  # type: ignore[no-untyped-def]
    """Exit with one clear line when Python (by default the running one) is older than this project needs."""
    version = tuple(version or sys.version_info)[:2]
    if version < OLDEST_PYTHON:
        sys.exit(f"npc_world needs Python {_dotted(OLDEST_PYTHON)} or newer, and this is Python {_dotted(version)} ({sys.executable}).")


def _dotted(version):  # type: ignore[no-untyped-def]
    return ".".join(map(str, version))


def ensure(extra, module, root):  # type: ignore[no-untyped-def]
    """Return when this Python has what the extra needs ("demos" or "test"); else set up `.venv`, and go on in there.

    module: what to run again there, by `python -m`; root: the checkout.  Does not return in the second case.
    """
    refuse_old_python()
    try:
        from npc_world.setup_here.environment import SetupFailed, forget, set_up, venv_folder
        from npc_world.setup_here.requirements import lacking
    except ImportError as error:  # a minimal Python, such as Debian's python3-minimal
        sys.exit(f"npc_world: this Python lacks parts of its own library ({error}); on Debian and Ubuntu: sudo apt-get install python3 python3-venv")

    been_here = os.environ.pop(_GUARD, None) == extra
    missing = lacking(root, extra)
    if not missing:
        return
    if been_here:
        forget(root)
        sys.exit(f"npc_world: {venv_folder(root)} was set up, and lacks {', '.join(missing)}.  The same command, once more, mends it.")
    try:
        python = set_up(root, extra)
    except SetupFailed as failure:
        sys.exit(f"npc_world: {failure}")
    except KeyboardInterrupt:
        sys.stderr.write("\nnpc_world: interrupted.  The same command goes on where it stopped.\n")
        sys.exit(130)
    _go_on(str(python), module, extra)


def _go_on(python, module, extra):  # type: ignore[no-untyped-def]
    command = [python, "-m", module, *sys.argv[1:]]
    environment = dict(os.environ, **{_GUARD: extra})
    environment.pop("__PYVENV_LAUNCHER__", None)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execve(python, command, environment)
    try:
        sys.exit(subprocess.call(command, env=environment))
    except KeyboardInterrupt:
        sys.exit(130)

"""`python -m demos`: sets up what is missing in `.venv`, and plays.  Old syntax, so that an old Python can say it is too old."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
IN_CHECKOUT = os.path.isfile(os.path.join(ROOT, "pyproject.toml"))
if IN_CHECKOUT and ROOT not in sys.path:  # also when run as a folder, `python path/to/demos`
    sys.path.insert(0, ROOT)

from npc_world.setup_here import ensure, refuse_old_python  # noqa: E402

if __name__ == "__main__":
    refuse_old_python()
    if IN_CHECKOUT:
        ensure("demos", "demos", ROOT)
    from npc_world.cli import main

    sys.exit(main(["play", *sys.argv[1:]]))

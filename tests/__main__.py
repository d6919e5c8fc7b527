"""`python -m tests`: sets up what is missing in `.venv`, and runs the tests.  Old syntax, so that an old Python can say it is too old."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from npc_world.setup_here import ensure  # noqa: E402


def main(arguments):  # type: ignore[no-untyped-def]
    """Run pytest in the checkout; returns its exit code."""
    ensure("test", "tests", ROOT)
    import pytest

    os.chdir(ROOT)
    return int(pytest.main(["--color=auto", *arguments]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The command `npc-world`: play the game, check a designer's file, measure."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from types import ModuleType

from npc_world.core.errors import MissingExtraError, NpcWorldError

__all__ = ["main"]

_PASSED_ON = {
    "play": ("play the game Second Guess (--help lists its options)", "app"),
    "arena": ("measure NPCs against scripted players, without a window", "npc_world.arena.cli"),
    "forecast": ("measure how well forecasts hold", "npc_world.arena.forecasting"),
    "prior": ("fit a motion prior on tracks and write it down", "npc_world.arena.fit_prior"),
    "bench": ("measure how long a step takes", "npc_world.arena.bench"),
    "record": ("play a demo and write down where everything was", "record"),
    "learn": ("learn the physics of a ball and of surfaces from recordings", "npc_world.arena.learn"),
}
"""Subcommands that read their own options: help, and the module whose `main(argv)` runs."""

_EXTRA_OF = {"pygame": "demos", "pymunk": "demos", "PIL": "demos", "matplotlib": "plot"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; returns the exit code.  Ctrl-C is 130, a reader that went away is no error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the flush at exit is quiet too
        return 141
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if package not in _EXTRA_OF:
            raise
        print(f"npc-world: {package} is not installed.  It comes with: {_pip_command(_EXTRA_OF[package])}", file=sys.stderr)
        return 2
    except NpcWorldError as error:
        print(f"npc-world: {error}", file=sys.stderr)
        return 2


def _run(arguments: list[str]) -> int:
    if arguments and arguments[0] in _passed_on():
        name = _PASSED_ON[arguments[0]][1]
        module = _game(name) if "." not in name else importlib.import_module(name)
        if arguments[0] == "bench" and any(argument.startswith("--surfaces") for argument in arguments):
            return int(module.main(arguments[1:], _walking_engines) or 0)
        return int(module.main(arguments[1:]) or 0)
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _walking_engines() -> dict[str, object]:
    """Engines in which `bench --surfaces` walks beside its own body, as far as they are installed."""
    if importlib.util.find_spec("pymunk") is None:
        print("npc-world: pymunk is not installed, so only the project's own body is measured", file=sys.stderr)
        return {}
    from npc_world.adapters.pymunk.surface_truth import walk_in_space

    return {"pymunk": walk_in_space}


def _passed_on() -> list[str]:
    """Those whose module this installation has."""
    return [name for name, (_, module) in _PASSED_ON.items() if "." not in module or importlib.util.find_spec(module) is not None]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="npc-world", description="NPCs that carry a world model: a game to meet them, and tools to tune and measure them.")
    commands = parser.add_subparsers(metavar="command", required=True)
    for name in _passed_on():
        commands.add_parser(name, help=_PASSED_ON[name][0], add_help=False)
    check = commands.add_parser("check", help="check NPC files, and tell all that is wrong in them at once")
    check.add_argument("files", nargs="+", metavar="FILE", help="a TOML file, or the name of a preset")
    check.set_defaults(run=_check)
    presets = commands.add_parser("presets", help="list the presets, print one, or explain every setting")
    presets.add_argument("name", nargs="?", help="print the file of this preset")
    presets.add_argument("--explain", nargs="?", const="", metavar="WORD", help="every setting with its default, range and help; only those with WORD in their path")
    presets.add_argument("--template", metavar="FILE", type=Path, help="write a new file with every setting in it, as comments; `extends` the preset when one is named")
    presets.set_defaults(run=_presets)
    commands.add_parser("warmup", help="compile everything once, so that play never waits").set_defaults(run=_warmup)
    commands.add_parser("version", help="versions of this package and of what it runs on").set_defaults(run=_version)
    return parser


# ---- the subcommands ------------------------------------------------------------------------------------------


def _game(module: str) -> ModuleType:
    """A module of the game: of the checkout this package lies in, else of the installed wheel."""
    for package in ("pygame", "pymunk", "PIL"):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(f"the game needs {package}, which is not installed.  It comes with: {_pip_command('demos')}")
    from npc_world.setup_here.requirements import pygame_clash

    clash = pygame_clash()
    if clash:
        print(f"npc-world: warning: {clash}", file=sys.stderr)
    checkout = Path(__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "demos" / "__init__.py").is_file():
        _import_folder("demos", checkout / "demos")
        return importlib.import_module(f"demos.{module}")
    if importlib.util.find_spec("npc_world_demos") is None:
        raise MissingExtraError("this installation of npc_world came without the game; install the wheel, or run `python -m demos` in a checkout")
    return importlib.import_module(f"npc_world_demos.{module}")


def _import_folder(name: str, folder: Path) -> None:
    """Import a package from that folder, wherever Python would look for the name.

    In a checkout the game goes by the name it has in `python -m demos` and in the tests: numba's cache beside the
    files remembers the name that they were compiled under.
    """
    if str(folder) in list(getattr(sys.modules.get(name), "__path__", [])):
        return
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)


def _pip_command(extra: str) -> str:
    return f'"{sys.executable}" -m pip install "npc-world[{extra}]"'


def _check(options: argparse.Namespace) -> int:
    from npc_world.agents.load import read_npc_config
    from npc_world.core.errors import ConfigError

    wrong = 0
    for name in options.files:
        try:
            read_npc_config(Path(name) if Path(name).exists() else name)
        except ConfigError as error:
            wrong += 1
            print(error)
        else:
            print(f"{name}: ok")
    return 1 if wrong else 0


def _presets(options: argparse.Namespace) -> int:
    from npc_world.agents.config import NpcConfig
    from npc_world.agents.load import PRESETS_FOLDER, read_npc_config
    from npc_world.core.config import explained, preset_names, write_template

    if options.explain is not None:
        print(explained(NpcConfig, containing=options.explain), end="")
        return 0
    if options.name is not None:
        read_npc_config(options.name)  # says what there is when the name is wrong
    if options.template is not None:
        write_template(NpcConfig, options.template, extends=options.name)
        print(f"{options.template}: written")
    elif options.name is not None:
        print((PRESETS_FOLDER / f"{options.name}.toml").read_text(encoding="utf-8"), end="")
    else:
        for name in preset_names(PRESETS_FOLDER):
            first = (PRESETS_FOLDER / f"{name}.toml").read_text(encoding="utf-8").split("\n", 1)[0]
            print(f"{name:<10} {first.removeprefix('#').strip()}")
    return 0


def _warmup(_: argparse.Namespace) -> int:
    import npc_world

    npc_world.warmup()
    return 0


def _version(_: argparse.Namespace) -> int:
    import npc_world

    print(f"npc-world {npc_world.__version__}, Python {sys.version.split()[0]} on {sys.platform}")
    for package in ("numpy", "numba", "networkx", "pygame", "pygame-ce", "pymunk"):
        try:
            print(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return 0


if __name__ == "__main__":
    sys.exit(main())

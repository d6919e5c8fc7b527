"""The wheel and the source archive hold the library, the game and its assets, and the game plays from them."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def build(kind: str, source: Path, folder: Path) -> Path:
    """A wheel or a source archive of the project in `source`, built by its own build backend."""
    result = subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)], cwd=source, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    [made] = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def files_of(folder: str, *endings: str) -> set[str]:
    return {str(path.relative_to(ROOT / folder)) for path in (ROOT / folder).rglob("*") if path.suffix in endings and "__pycache__" not in path.parts}


def test_the_wheel_holds_the_library_the_game_and_its_assets(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"npc_world/{name}" for name in files_of("npc_world", ".py", ".toml", ".typed")} <= names
    assert {"npc_world/py.typed", "npc_world/presets/hunter.toml"} <= names
    assert {f"npc_world_demos/{name}" for name in files_of("demos", ".py")} <= names
    assert {f"npc_world_demos/assets/{name}" for name in files_of("assets", ".png", ".wav", ".json", ".ogg", ".md")} <= names
    assert "npc_world_demos/assets/CREDITS.md" in names


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    assert {name.split("/")[0] for name in archive.namelist()} - {"npc_world", "npc_world_demos"} == {"npc_world-0.1.0.dist-info"}
    assert not [name for name in archive.namelist() if name.endswith((".nbi", ".nbc", ".pyc", ".reach"))]
    assert not [name for name in archive.namelist() if name.startswith("npc_world_demos/assets/") and name.endswith(".py")]
    entry_points = archive.read("npc_world-0.1.0.dist-info/entry_points.txt").decode()
    assert "npc-world = npc_world.cli:main" in entry_points
    assert b"MIT" in archive.read("npc_world-0.1.0.dist-info/METADATA")


def test_the_source_archive_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    [source] = (tmp_path / "source").iterdir()
    assert (source / "tests" / "test_packaging.py").is_file() and (source / "assets").is_dir()
    again = build("wheel", source, tmp_path / "wheel")
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The `bin` of a new environment with the wheel in it and nothing of the checkout; what it depends on is borrowed from here."""
    folder = tmp_path_factory.mktemp("an environment") / "venv"
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    result = subprocess.run([sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
                            capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    [packages] = folder.glob("**/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"])  # without its .pth files, so without the checkout
    yield programs


def run(programs: Path, where: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    return subprocess.run([str(programs / command[0]), *command[1:]], cwd=where, capture_output=True, text=True, timeout=900, env={**environment, "HOME": str(where)})


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, "python", "-c", "import npc_world, importlib.util as u; print(npc_world.__file__, u.find_spec('npc_world_demos').origin, u.find_spec('demos'))")
    assert str(ROOT) not in where.stdout and where.stdout.split()[-1] == "None", where.stdout + where.stderr
    assert run(installed, tmp_path, "npc-world", "version").stdout.startswith("npc-world 0.")
    assert "hunter" in run(installed, tmp_path, "npc-world", "presets").stdout


@pytest.mark.slow
def test_the_game_plays_from_the_wheel_without_a_display(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "npc-world", "play", "--headless", "--seed", "3")
    assert result.returncode == 0, result.stdout + result.stderr
    [gif] = tmp_path.glob("**/*.gif")
    assert gif.read_bytes()[:6] == b"GIF89a" and gif.stat().st_size > 10_000

"""From a fresh clone to running: what is needed, what is lacking, how pip is found, what happens without a network."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from npc_world.setup_here import environment, pip_wheel, refuse_old_python, requirements
from npc_world.setup_here.environment import SetupFailed
from npc_world.setup_here.pip_wheel import Link, NoPip, fetch_pip, links_in, newest
from npc_world.setup_here.requirements import lacking, parse_requirement, pygame_clash, requirements_of

ROOT = Path(__file__).resolve().parents[1]


# ---- what is needed -------------------------------------------------------------------------------------------


def test_this_checkout_has_what_its_tests_need() -> None:
    assert lacking(ROOT, "test") == []
    names = {requirement.name for requirement in requirements_of(ROOT, "test")}
    assert {"numpy", "numba", "networkx", "pymunk", "pillow", "pytest", "matplotlib"} <= names
    assert len(names & {"pygame", "pygame-ce"}) == 1


def project(folder: Path, *needed: str) -> Path:
    (folder / "pyproject.toml").write_text(f"[project]\nname = 'x'\ndependencies = {list(needed)!r}\n[project.optional-dependencies]\ntest = ['npc-world[more]']\nmore = ['numpy>=1']\n")
    return folder


def test_what_is_lacking(tmp_path: Path) -> None:
    assert lacking(project(tmp_path, "numpy>=1.0"), "test") == []
    assert lacking(project(tmp_path, "numpy>=999", "no-such-package-here", "nothing ; python_version < '3.0'"), "test") == ["numpy", "no-such-package-here"]


def test_a_requirement_of_an_unknown_form_is_an_error() -> None:
    assert parse_requirement("a[b, c]>=1.2; python_version >= '3.14'", (3, 14)).applies
    assert not parse_requirement("a[b, c]>=1.2; python_version >= '3.14'", (3, 9)).applies
    assert parse_requirement("npc-world[demos,plot]").extras == ("demos", "plot")
    for form in ("a~=1.0", "a @ https://x", "a ; sys_platform == 'linux'"):
        with pytest.raises(ValueError, match="unknown form"):
            parse_requirement(form)


def test_pygame_and_pygame_ce_stand_for_each_other_and_clash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pygame_clash(["pygame"]) is None is pygame_clash(["pygame-ce", "numpy"])
    warning = pygame_clash(["pygame", "pygame-ce"])
    assert warning is not None and "pip uninstall" in warning
    installed = {"pygame-ce": "2.5.5"}

    def version(name: str) -> str:
        if name not in installed:
            raise requirements.metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(requirements.metadata, "version", version)
    assert not requirements._is_there("pygame", (2, 6)) and requirements._is_there("pygame-ce", (2,))


def test_an_old_python_is_told_so() -> None:
    with pytest.raises(SystemExit) as end:
        refuse_old_python((3, 9, 2))
    assert "needs Python 3.11 or newer, and this is Python 3.9" in str(end.value.code)
    refuse_old_python()


@pytest.mark.parametrize("name", ["npc_world/__init__.py", "npc_world/setup_here/__init__.py", "demos/__init__.py", "demos/__main__.py", "tests/__init__.py", "tests/__main__.py"])
def test_what_an_old_python_reads_it_can_parse(name: str) -> None:
    ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_set_up_needs_the_standard_library_only() -> None:
    code = "import sys; import npc_world.setup_here.environment, npc_world.setup_here.requirements; print(*sorted({n.split('.')[0] for n in sys.modules} - set(sys.stdlib_module_names)))"
    out = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"], capture_output=True, text=True)
    assert out.stdout.split() == ["__main__", "npc_world"] or out.stdout.split() == ["npc_world"], out.stderr


# ---- pip from an index ----------------------------------------------------------------------------------------


def test_the_newest_pip_for_this_python() -> None:
    def link(name: str, needs: str = ">=3.8", yanked: bool = False) -> Link:
        return Link(f"https://x/{name}", "0" * 64, needs, yanked)

    links = [link("pip-9.0-py3-none-any.whl"), link("pip-24.10-py3-none-any.whl"), link("pip-24.9-py3-none-any.whl"), link("pip-25.0b1-py3-none-any.whl"),
             link("pip-26.0-py3-none-any.whl", ">=3.99"), link("pip-25.1-py3-none-any.whl", yanked=True), link("pip-27.0.tar.gz"), link("pipx-28.0-py3-none-any.whl")]
    best = newest(links, (3, 11))
    assert best is not None and best.name == "pip-24.10-py3-none-any.whl"
    assert newest([], (3, 11)) is None


def test_both_forms_of_an_index_page() -> None:
    page = json.dumps({"files": [{"url": "../f/pip-1.0-py3-none-any.whl", "hashes": {"sha256": "ab"}, "requires-python": ">=3.9", "yanked": False},
                                 {"url": "pip-2.0-py3-none-any.whl", "hashes": {}, "yanked": "broken"}]})
    assert links_in(page, "application/vnd.pypi.simple.v1+json", "https://i/simple/pip/") == [Link("https://i/simple/f/pip-1.0-py3-none-any.whl", "ab", ">=3.9")]
    page = '<a href="https://f/pip-1.0-py3-none-any.whl#sha256=cd" data-requires-python="&gt;=3.8">pip</a><a href="pip-2.0-py3-none-any.whl">no hash</a><a data-yanked href="p#sha256=ef">'
    assert links_in(page, "text/html", "https://i/simple/pip/") == [Link("https://f/pip-1.0-py3-none-any.whl", "cd", ">=3.8"), Link("https://i/simple/pip/p", "ef", "", True)]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index in a folder, with a wheel in it, that pip's settings point to."""
    pages = tmp_path / "an index" / "pip"
    pages.mkdir(parents=True)
    wheel = pages / "pip-99.1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pip/__init__.py", "")
    (pages / "index.html").write_text(f'<a href="{wheel.name}#sha256={hashlib.sha256(wheel.read_bytes()).hexdigest()}">pip</a>')
    for name in list(os.environ):
        if name.startswith(("PIP_", "XDG_", "REQUESTS_CA", "CURL_CA")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", pages.parent.as_uri())
    return pages


def test_pip_is_fetched_checked_and_kept(index: Path, tmp_path: Path) -> None:
    wheel = fetch_pip(tmp_path / "to here")
    assert wheel == tmp_path / "to here" / "pip-99.1-py3-none-any.whl"
    (index / wheel.name).unlink()
    assert fetch_pip(tmp_path / "to here") == wheel  # as it is there


def test_a_damaged_pip_is_refused(index: Path, tmp_path: Path) -> None:
    (index / "pip-99.1-py3-none-any.whl").write_bytes(b"something else")
    with pytest.raises(NoPip, match="damaged"):
        fetch_pip(tmp_path / "to here")
    assert not list(tmp_path.glob("to here/*"))


def test_settings_of_pip_are_read_from_its_files(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(f"[global]\nindex-url = file:///nowhere\n[install]\nindex-url = {index.parent.as_uri()}\n")
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    assert fetch_pip(tmp_path / "to here").is_file()


def test_no_index_is_told_without_passwords(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:secret@127.0.0.1:9/simple")
    with pytest.raises(NoPip) as error:
        fetch_pip(tmp_path)
    assert "127.0.0.1:9" in str(error.value) and "secret" not in str(error.value)


def test_the_known_release_is_checked_like_any_other(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = (index / "pip-99.1-py3-none-any.whl").as_uri()
    with pytest.raises(ValueError, match="damaged"):
        pip_wheel._download(Link(other, pip_wheel._KNOWN_RELEASE.sha256), tmp_path / "to here", pip_wheel._context())


# ---- the environment ------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "a check out"
    root.mkdir()
    monkeypatch.delenv("NPC_WORLD_VENV", raising=False)
    return project(root)


class Steps:
    """Stands for pip: notes what would be installed, and fails when told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.installed: list[str] = []
        self.fail = False
        monkeypatch.setattr(environment, "_give_pip", lambda folder, python: None)
        monkeypatch.setattr(environment, "_install", self.install)

    def install(self, root: Path, python: Path, extra: str) -> None:
        if self.fail:
            raise SetupFailed("no network")
        self.installed.append(extra)


def test_one_environment_serves_both_commands_and_is_made_once(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch)
    python = environment.set_up(checkout, "demos")
    assert python.is_file() and python.is_relative_to(checkout / ".venv")
    assert environment.set_up(checkout, "demos") == python
    assert environment.set_up(checkout, "test") == python
    assert environment.set_up(checkout, "demos") == python
    assert steps.installed == ["demos", "test"]
    environment.forget(checkout)
    environment.set_up(checkout, "test")
    environment.set_up(checkout, "demos")  # what the tests need includes what the game needs
    assert steps.installed == ["demos", "test", "test"]


def test_it_installs_anew_when_the_dependencies_change_and_goes_on_after_a_failure(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch)
    environment.set_up(checkout, "demos")
    project(checkout, "numpy>=1")
    steps.fail = True
    with pytest.raises(SetupFailed):
        environment.set_up(checkout, "demos")
    steps.fail = False
    environment.set_up(checkout, "demos")
    assert steps.installed == ["demos", "demos"]


def test_a_broken_environment_is_made_anew_and_a_foreign_folder_is_left_alone(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Steps(monkeypatch)
    python = environment.set_up(checkout, "demos")
    python.unlink()
    assert environment.set_up(checkout, "demos").is_file()
    mine = checkout / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me")
    monkeypatch.setenv("NPC_WORLD_VENV", str(mine))
    with pytest.raises(SetupFailed, match="no virtual environment"):
        environment.set_up(checkout, "demos")
    assert (mine / "letter.txt").read_text() == "keep me"


def test_where_nothing_can_be_written_it_says_so(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "file").write_text("")
    monkeypatch.setenv("NPC_WORLD_VENV", str(checkout / "file" / "venv"))
    with pytest.raises(SetupFailed, match="NPC_WORLD_VENV"):
        environment.set_up(checkout, "demos")


def test_without_pip_and_network_it_says_what_to_do(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_has_pip", lambda python: False)
    monkeypatch.setattr(environment, "_quiet", lambda command: False)
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)

    def no_network(folder: Path) -> Path:
        raise NoPip("no network")

    monkeypatch.setattr(environment, "fetch_pip", no_network)
    with pytest.raises(SetupFailed, match=r"no network.*sudo apt-get install python3-venv"):
        environment.set_up(checkout, "demos")


def test_the_play_command_runs_at_once_where_everything_is_there() -> None:
    result = subprocess.run([sys.executable, "-m", "demos", "--help"], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "SDL_VIDEODRIVER": "dummy"})
    assert result.returncode == 0, result.stderr
    assert "usage:" in result.stdout and "setting up" not in result.stderr


def test_the_test_command_passes_its_options_on() -> None:
    result = subprocess.run([sys.executable, "-m", "tests", "-q", "--collect-only", "tests/test_floors.py"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0 and "test_imports_point_down" in result.stdout

"""Get pip from the package index, for a Python that came without it (Debian's, until python3-venv is installed).

Follows pip's own settings for the index and its certificates.  The file is only taken when its SHA-256 is the
one that the index states; where this machine knows no certificates at all, one release whose SHA-256 is
written here.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import json
import os
import re
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import URLError
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.request import Request, urlopen

__all__ = ["NoPip", "fetch_pip", "links_in", "newest"]

_PUBLIC_INDEX = "https://pypi.org/simple"
_JSON = "application/vnd.pypi.simple.v1+json"
_WHEEL = re.compile(r"pip-(\d+(?:\.\d+)*)-py3-none-any\.whl$")
_LARGEST_BYTES = 64 << 20


class NoPip(Exception):
    """pip could not be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Link:
    """A file that an index offers."""

    url: str
    sha256: str
    requires_python: str = ""
    yanked: bool = False

    @property
    def name(self) -> str:
        return unquote(urlsplit(self.url).path.rsplit("/", 1)[-1])


_KNOWN_RELEASE = Link(
    "https://files.pythonhosted.org/packages/ef/7d/500c9ad20238fcfcb4cb9243eede163594d7020ce87bd9610c9e02771876/pip-24.3.1-py3-none-any.whl",
    "3790624780082365f47549d032f3770eeb2b1e8bd1f7b2e02dace1afa361b4ed",
)
"""Its hash is what makes it safe to download without a certificate."""


def fetch_pip(folder: Path) -> Path:
    """Download pip's wheel into `folder`; a wheel that is there already is used.  Raises `NoPip`."""
    for index in _indexes():
        try:
            page, kind = _get(index.rstrip("/") + "/pip/", _context())
            link = newest(links_in(page.decode("utf-8", "replace"), kind, index.rstrip("/") + "/pip/"))
            if link is not None:
                return _download(link, folder, _context())
            problem = f"{_shown(index)} offers no pip for Python {sys.version_info[0]}.{sys.version_info[1]}"
        except (OSError, ValueError) as error:
            problem = f"{_shown(index)}: {getattr(error, 'reason', error)}"
            if _is_untrusted(error) and index == _PUBLIC_INDEX:
                try:
                    return _download(_KNOWN_RELEASE, folder, ssl._create_unverified_context())
                except (OSError, ValueError) as second:
                    problem = f"{_KNOWN_RELEASE.url}: {getattr(second, 'reason', second)}"
    raise NoPip(problem)


def links_in(page: str, kind: str, base: str) -> list[Link]:
    """The files on a page of a package index, in JSON or HTML.  Files without a SHA-256 are left out."""
    if "json" in kind:
        files = json.loads(page).get("files", [])
        return [Link(urljoin(base, file["url"]), file["hashes"]["sha256"], file.get("requires-python") or "", bool(file.get("yanked")))
                for file in files if "sha256" in file.get("hashes", {})]
    reader = _Anchors()
    reader.feed(page)
    found = []
    for attributes in reader.anchors:
        url, fragment = urldefrag(urljoin(base, attributes.get("href") or ""))
        if fragment.startswith("sha256="):
            found.append(Link(url, fragment.removeprefix("sha256="), attributes.get("data-requires-python") or "", "data-yanked" in attributes))
    return found


def newest(links: list[Link], python: tuple[int, int] = sys.version_info[:2]) -> Link | None:
    """The newest release of pip for this Python; neither pre-releases nor what was withdrawn."""
    best: tuple[tuple[int, ...], Link] | None = None
    for link in links:
        match = _WHEEL.match(link.name)
        if match is None or link.yanked or any(python < (3, int(minor)) for minor in re.findall(r">=\s*3\.(\d+)", link.requires_python)):
            continue
        version = tuple(map(int, match[1].split(".")))
        if best is None or version > best[0]:
            best = (version, link)
    return best[1] if best else None


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.anchors.append(dict(attrs))


def _download(link: Link, folder: Path, context: ssl.SSLContext) -> Path:
    target = folder / link.name
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == link.sha256:
        return target
    content, _ = _get(link.url, context)
    if hashlib.sha256(content).hexdigest() != link.sha256:
        raise ValueError(f"{link.name} is damaged: its SHA-256 is not {link.sha256}")
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(content)
    part.replace(target)
    return target


def _get(url: str, context: ssl.SSLContext) -> tuple[bytes, str]:
    """Content and content type of a URL; user and password in it go into a header."""
    parts = urlsplit(url)
    headers = {"Accept": f"{_JSON}, text/html;q=0.5, */*;q=0.1", "User-Agent": "npc_world set-up"}
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(credentials).decode()
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    if parts.scheme == "file" and url.endswith("/"):
        url += "index.html"
    with urlopen(Request(url, headers=headers), timeout=60, context=context if parts.scheme == "https" else None) as answer:
        content: bytes = answer.read(_LARGEST_BYTES)
        return content, answer.headers.get("Content-Type") or ""


def _indexes() -> list[str]:
    main = _setting("index-url") or _PUBLIC_INDEX
    return [main.strip(), *(_setting("extra-index-url") or "").split()]


def _context() -> ssl.SSLContext:
    """Trusts what pip would trust; `SSL_CERT_FILE` and `SSL_CERT_DIR` are read by ssl itself."""
    chosen = _setting("cert") or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    context = ssl.create_default_context()
    if chosen and Path(chosen).exists():
        context.load_verify_locations(**({"capath": chosen} if Path(chosen).is_dir() else {"cafile": chosen}))
    return context


def _is_untrusted(error: BaseException) -> bool:
    reason = error.reason if isinstance(error, URLError) else error
    return isinstance(reason, ssl.SSLCertVerificationError)


def _setting(name: str) -> str | None:
    """A setting of pip: from the environment, else from its files, the user's before the machine's."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value:
        return value
    for path in _settings_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        for section in ("install", "global"):
            if parser.has_option(section, name):
                return parser.get(section, name)
    return None


def _settings_files() -> Iterator[Path]:
    chosen = os.environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return
    if chosen:
        yield Path(chosen)
    home = Path(os.path.expanduser("~"))
    yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    yield home / ".pip" / "pip.conf"
    if os.environ.get("APPDATA"):
        yield Path(os.environ["APPDATA"]) / "pip" / "pip.ini"
    for folder in (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
        yield Path(folder) / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")


def _shown(url: str) -> str:
    """A URL without its password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

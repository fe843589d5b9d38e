"""A pretended web, and a home with models that cost nothing, for tests of imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from bot.bootstrap import Wired, build
from bot.flow.bulk_models import BulkModels
from bot.settings import Settings
from knowledge.errors import SiteBusy, UnreadableSource
from knowledge.fetching import Fetched, Known
from knowledge.polite import Visitor
from tests import on_servers
from tests.conftest import SetClock

TEXT = "A press stops for one of three reasons, and two of them give a warning days before. " * 4
SITE = "https://www.tidewell.example"


@dataclass
class Web:
    """A pretended web: pages by address, and what was asked of it, in order."""

    pages: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    busy: dict[str, list[float | None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    time: float = 0.0

    def fetch(
        self, url: str, _network: object, *, kinds: Mapping[str, str], known: Known | None
    ) -> Fetched:
        self.asked.append(url)
        if self.busy.get(url):
            raise SiteBusy("the site answered 429 Too Many Requests", self.busy[url].pop(0))
        if url not in self.pages:
            raise UnreadableSource("the site answered 404 Not Found")
        etag = self.etags.get(url, "")
        if etag and known and known.etag == etag:
            return Fetched(url, "", b"", url, known, unchanged=True)
        kind = self.kinds.get(url, "text/html")
        if kind not in kinds:
            raise UnreadableSource(f"content of the type {kind} is not read")
        return Fetched(url, kind, self.pages[url], url, Known(etag))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def visitor(self, pause: float = 0.0) -> Visitor:
        return Visitor(pause, now=lambda: self.time, sleep=self.sleep, fetch=self.fetch)

    def put(self, path: str, topic: str, etag: str = "") -> str:
        url = f"{SITE}{path}"
        told = TEXT.replace("press", topic)
        self.pages[url] = (
            f"<html><head><title>About {topic}</title></head><body><article><h1>About {topic}</h1>"
            f"<p>{told}</p></article></body></html>"
        ).encode()
        self.etags[url] = etag
        return url

    def put_list(self, path: str, body: str, kind: str = "application/xml") -> str:
        url = f"{SITE}{path}"
        self.pages[url], self.kinds[url] = body.encode(), kind
        return url


def sitemap(*urls: str, changed: str = "") -> str:
    mod = f"<lastmod>{changed}</lastmod>" if changed else ""
    rows = "".join(f"<url><loc>{u}</loc>{mod}</url>" for u in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def rss(*urls: str) -> str:
    rows = "".join(f"<item><title>t</title><link>{u}</link></item>" for u in urls)
    return f'<rss version="2.0"><channel><title>News</title>{rows}</channel></rss>'


@pytest.fixture(scope="module")
def embedded() -> BulkModels:
    """Models that know nothing and cost nothing: what is tested here is the plan."""
    return BulkModels(
        lambda texts: np.full((len(texts), 384), 384**-0.5, np.float32),
        "none", lambda texts: [0.1] * len(texts), "none", lanes=2,
    )  # fmt: skip


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose tables are made, to be copied."""
    home = tmp_path_factory.mktemp("blank")
    tools = build(Settings(home=home))
    tools.library.all()
    tools.close()
    return home


@pytest.fixture
def blank_tools(
    blank: Path, tmp_path: Path, clock: SetClock, embedded: BulkModels
) -> Iterator[Wired]:
    home = tmp_path / "home"
    home.mkdir()
    if not on_servers.wanted():  # which make empty tables by themselves
        (home / "trailguide.db").write_bytes((blank / "trailguide.db").read_bytes())
    wired = build(Settings(home=home, import_pause_seconds=0), clock)
    wired.__dict__["bulk_models"] = embedded
    yield wired
    wired.close()


@pytest.fixture
def web() -> Web:
    return Web()


def folder_of(tmp_path: Path, count: int) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    for n in range(count):
        text = f"# Piece {n}\n\n{TEXT}\n\nNumber {n} ends here.\n"
        (folder / f"piece-{n:03}.md").write_text(text)
    return folder

"""Imports: planned in SQL, gone on with after a kill, polite to sites, and asking for little."""

from __future__ import annotations

import gzip
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.bootstrap import Wired
from bot.flow import import_run, importing
from bot.flow.import_planning import Options
from bot.flow.storing import Added
from bot.views import words_importing
from knowledge.errors import BadInput, NotFound, UnreadableSource
from knowledge.fetching import Fetched
from storage.import_records import REJECTED
from storage.imports import Imports
from tests.conftest import Ran
from tests.import_web import SITE, TEXT, Web, folder_of, rss, sitemap

pytest_plugins = ("tests.import_web",)
Run = Callable[..., Ran]


@pytest.fixture
def tools(blank_tools: Wired) -> Wired:
    """In place of the seeded ones."""
    return blank_tools


def run(tools: Wired, web: Web, *sources: str, **options: Any) -> Added:
    typed = options.pop("typed", None)
    identity = importing.plan(sources, tools, Options(**options), typed=typed)
    return to_end(identity, tools, web)


def to_end(identity: str, tools: Wired, web: Web) -> Added:
    for _ in range(20):
        worked = importing.work(identity, tools, visitor=web.visitor())
        if worked.wait is None:
            return importing.result(identity, tools, worked)
        web.time += worked.wait
        tools.clock.at += timedelta(seconds=worked.wait)
    raise AssertionError("the import never ends")


def titles(tools: Wired) -> list[str]:
    return [a.title for a in tools.library.all()]


def test_a_sitemap_index_is_opened_down_to_its_pages(tools: Wired, web: Web) -> None:
    web.put("/blog/a", "pumps")
    web.put("/guides/b", "valves")
    web.put_list("/s1.xml", sitemap(f"{SITE}/blog/a", f"{SITE}/gone"))
    packed = f"{SITE}/s2.xml.gz"
    web.pages[packed] = gzip.compress(sitemap(f"{SITE}/guides/b").encode())
    web.kinds[packed] = "application/x-gzip"
    index = web.put_list(
        "/sitemap.xml",
        f"<sitemapindex><sitemap><loc>{SITE}/s1.xml</loc></sitemap>"
        f"<sitemap><loc>{packed}</loc></sitemap>"
        f"<sitemap><loc>{SITE}/sitemap.xml</loc></sitemap></sitemapindex>",
    )
    done = run(tools, web, index)
    assert titles(tools) == ["About pumps", "About valves"]
    assert [(r.source, r.reason) for r in done.rejected] == [
        (f"{SITE}/gone", "the site answered 404 Not Found")
    ]
    assert tools.library.all()[0].url == f"{SITE}/blog/a"


@pytest.mark.parametrize("kind", ["application/rss+xml", "text/xml", "text/html"])
def test_a_feed_is_told_by_its_content(tools: Wired, web: Web, kind: str) -> None:
    feed = web.put_list("/feed", rss(web.put("/blog/a", "pumps")), kind)
    assert len(run(tools, web, feed).added) == 1


def test_an_atom_feed_and_its_next_page(tools: Wired, web: Web) -> None:
    web.put("/a", "pumps")
    web.put("/b", "valves")
    head = '<feed xmlns="http://www.w3.org/2005/Atom">'
    web.put_list("/p2", f'{head}<entry><link href="/b"/></entry></feed>', "application/atom+xml")
    first = web.put_list(
        "/p1", f'{head}<link rel="next" href="/p2"/><entry><link href="/a"/></entry></feed>'
    )
    assert len(run(tools, web, first).added) == 2


def test_a_text_file_of_addresses_is_a_list(tools: Wired, web: Web, tmp_path: Path) -> None:
    listed = tmp_path / "pages.txt"
    listed.write_text(f"# ours\n{web.put('/a', 'pumps')}\n\n{web.put('/b', 'valves')}\nnot one\n")
    done = run(tools, web, str(listed))
    assert len(done.added) == 2
    assert [r.reason for r in done.rejected] == ["is not a web address: not one"]
    assert done.rejected[0].source == "pages.txt line 5"


def test_a_text_file_of_words_is_a_piece(tools: Wired, web: Web, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(f"See https://a.example\n{TEXT}")
    assert len(run(tools, web, str(tmp_path / "note.txt")).added) == 1
    assert web.asked == []


def test_addresses_come_from_stdin(tools: Wired, web: Web) -> None:
    done = run(tools, web, "-", typed=[web.put("/a", "pumps"), "http://www.tidewell.example/a"])
    assert len(done.added) == 1
    with pytest.raises(BadInput, match="stdin"):
        run(tools, web, "-")


def test_a_sitemap_file_and_a_file_that_is_none(tools: Wired, web: Web, tmp_path: Path) -> None:
    (tmp_path / "sitemap.xml").write_text(sitemap(web.put("/a", "pumps")))
    assert len(run(tools, web, str(tmp_path / "sitemap.xml")).added) == 1
    (tmp_path / "other.xml").write_text("<invoice/>")
    with pytest.raises(BadInput, match="neither a sitemap nor a feed"):
        run(tools, web, str(tmp_path / "other.xml"))


def test_only_what_a_pattern_names_is_read(tools: Wired, web: Web) -> None:
    pages = [web.put("/blog/a", "pumps"), web.put("/pricing", "offers")]
    run(tools, web, web.put_list("/sitemap.xml", sitemap(*pages)), only=("/blog/*",))
    assert titles(tools) == ["About pumps"]


def test_a_list_grows_no_further_than_the_cap_and_says_so(tools: Wired, web: Web) -> None:
    pages = [web.put(f"/p{n}", f"topic{n}") for n in range(8)]
    identity = importing.plan([web.put_list("/s.xml", sitemap(*pages))], tools, Options(cap=5))
    to_end(identity, tools, web)
    assert len(titles(tools)) == 4  # the list itself counts
    (listed,) = Imports(tools.db, tools.clock).pieces(identity, "listed")
    assert listed.reason == (
        "sitemap of 8 addresses, of which 4 are left out; TRAILGUIDE_IMPORT_PAGES allows more"
    )


def test_a_second_run_of_a_feed_fetches_only_what_changed(tools: Wired, web: Web) -> None:
    pages = [web.put(f"/p{n}", f"topic{n}", etag=f'"{n}"') for n in range(3)]
    feed = web.put_list("/feed.xml", rss(*pages))
    run(tools, web, feed)
    web.put("/p1", "news", etag='"new"')
    done = run(tools, web, feed)
    assert (len(done.unchanged), len(done.updated), done.added) == (2, 1, [])
    assert "About news" in titles(tools)


def test_a_page_that_the_sitemap_calls_unchanged_is_not_asked_for(tools: Wired, web: Web) -> None:
    page = web.put("/a", "pumps")
    listed = web.put_list("/s.xml", sitemap(page, changed="2026-01-01"))
    run(tools, web, listed)
    web.asked.clear()
    assert len(run(tools, web, listed).unchanged) == 1
    assert page not in web.asked
    tools.clock.at += timedelta(days=8)
    run(tools, web, listed)
    assert page in web.asked, "after a week the site itself is asked"
    web.put_list("/s.xml", sitemap(page, changed="2026-01-02"))
    web.asked.clear()
    run(tools, web, listed)
    assert page in web.asked


def test_a_known_page_is_read_again_to_be_approved(tools: Wired, web: Web) -> None:
    feed = web.put_list("/feed.xml", rss(web.put("/a", "pumps", etag='"1"')))
    run(tools, web, feed)
    run(tools, web, feed, approve=True)
    assert [a.status for a in tools.library.all()] == ["approved"]


def test_robots_txt_is_heeded_for_listed_pages_and_not_for_named_ones(
    tools: Wired, web: Web
) -> None:
    private = web.put("/private/a", "pumps")
    web.put_list("/robots.txt", "User-agent: *\nDisallow: /private/", "text/plain")
    done = run(tools, web, web.put_list("/s.xml", sitemap(private)))
    assert [r.reason for r in done.rejected] == ["the site's robots.txt asks not to read this page"]
    assert len(run(tools, web, private).added) == 1


def test_a_robots_txt_that_cannot_be_had_allows_nothing(tools: Wired, web: Web) -> None:
    web.pages[f"{SITE}/robots.txt"] = b"\0" * 99
    fetch = web.fetch

    def broken(url: str, *a: Any, **k: Any) -> Fetched:
        if url.endswith("robots.txt"):
            raise UnreadableSource("the site answered 500 Oops")
        return fetch(url, *a, **k)

    web.fetch = broken  # type: ignore[method-assign]
    done = run(tools, web, web.put_list("/s.xml", sitemap(web.put("/a", "pumps"))))
    assert "robots.txt cannot be read: the site answered 500" in done.rejected[0].reason


def test_a_site_is_given_its_pause_and_its_crawl_delay(web: Web) -> None:
    visitor = web.visitor(pause=2.0)
    web.put_list("/robots.txt", "User-agent: *\nCrawl-delay: 7\nDisallow:", "text/plain")
    for path in ("/a", "/b"):
        visitor.page(web.put(path, "pumps"))
    assert web.slept == [2.0]
    visitor.page(web.put("/c", "pumps"), crawled=True)
    visitor.page(web.put("/d", "pumps"), crawled=True)
    assert web.slept[-1] == 7.0


def test_a_busy_site_is_left_alone_for_as_long_as_it_asks(tools: Wired, web: Web) -> None:
    first, second = web.put("/a", "pumps"), web.put("/b", "valves")
    web.busy[first] = [120.0]
    identity = importing.plan([first, second], tools, Options())
    worked = importing.work(identity, tools, visitor=web.visitor())
    assert worked.wait == pytest.approx(120, abs=1)
    assert web.slept == []
    assert web.asked == [first], "the other page of that site waits too"
    done = to_end(identity, tools, web)
    assert len(done.added) == 2


def test_a_site_that_stays_busy_is_given_up_with_a_reason(tools: Wired, web: Web) -> None:
    page = web.put("/a", "pumps")
    web.busy[page] = [1.0, 1.0, 1.0]
    identity = importing.plan([page], tools, Options())
    done = to_end(identity, tools, web)
    assert done.rejected[0].reason == (
        "the site answered 429 Too Many Requests, 3 times; try it again later"
    )
    assert Imports(tools.db, tools.clock).try_again(identity) == 1
    assert len(to_end(identity, tools, web).added) == 1


def test_what_was_done_is_not_done_again_after_a_kill(
    tools: Wired, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path, 60)
    identity = importing.plan([str(folder)], tools, Options())
    prepare, calls = import_run.prepare, []

    def dies(assets: list[Any], *rest: Any) -> Any:
        calls.append(len(assets))
        if len(calls) > 1:
            raise KeyboardInterrupt
        return prepare(assets, *rest)

    monkeypatch.setattr(import_run, "prepare", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.work(identity, tools, visitor=web.visitor())
    record = Imports(tools.db, tools.clock).get(identity)
    assert (record.left, record.total, record.ended_at) == (36, 60, None)
    seen: list[str] = []
    monkeypatch.setattr(
        import_run, "prepare", lambda a, *r: seen.extend(x.title for x in a) or prepare(a, *r)
    )
    done = to_end(identity, tools, web)
    assert len(seen) == 36
    assert len(done.added) == 60
    assert importing.work(identity, tools, visitor=web.visitor()).wait is None, "it stays over"


def test_an_import_given_up_meanwhile_ends_at_its_next_group(
    tools: Wired, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 What is in stays, the rest is not read, and nobody is told that it is done."""
    identity = importing.plan([str(folder_of(tmp_path, 150))], tools, Options())
    prepare, groups = import_run.prepare, []

    def given_up(*told: Any) -> Any:
        groups.append(told)
        importing.stop(identity, tools)
        return prepare(*told)

    monkeypatch.setattr(import_run, "prepare", given_up)
    assert importing.work(identity, tools, visitor=web.visitor()).wait is None
    record = Imports(tools.db, tools.clock).get(identity)
    assert record.ended_because == "stopped"
    assert len(groups) <= tools.bulk_models.lanes + 1 < 150 / import_run.AT_ONCE
    assert record.left > 0
    assert "was given up" in words_importing.over(record)


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_manifest_goes_on_at_its_row(
    tools: Wired, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    manifest = tmp_path / f"library.{kind}"
    rows = [{"id": f"a{n}", "title": f"About {n}", "text": f"{TEXT} {n}"} for n in range(60)]
    if kind == "jsonl":
        manifest.write_text("\n".join(json.dumps(r) for r in [*rows[:3], "broken", *rows[3:]]))
    else:
        lines = [f'{r["id"]},{r["title"]},"{r["text"]}"' for r in rows]
        manifest.write_text("\n".join(["id,title,text", *lines[:3], "x,y,", *lines[3:]]))
    identity = importing.plan([str(manifest)], tools, Options())
    groups = [0]

    def enough() -> bool:
        groups[0] += 1
        return groups[0] > 40

    told: list[tuple[int, int]] = []
    importing.work(
        identity, tools, visitor=web.visitor(), enough=enough, progress=lambda *p: told.append(p)
    )
    assert 0 < len(titles(tools)) < 60
    assert told[-1][1] == 61
    prepared: list[str] = []
    prepare = import_run.prepare
    monkeypatch.setattr(
        import_run, "prepare", lambda a, *r: prepared.extend(x.id for x in a) or prepare(a, *r)
    )
    before = len(titles(tools))
    done = to_end(identity, tools, web)
    assert len(prepared) == 60 - before
    assert (len(done.added), len(done.rejected)) == (60, 1)
    manifest.write_text("\n".join(json.dumps(r) for r in rows[:10]))
    if kind == "jsonl":
        assert len(run(tools, web, str(manifest)).retired) == 50


def test_an_older_import_taken_up_again_retires_nothing_that_came_later(
    tools: Wired, web: Web, tmp_path: Path
) -> None:
    """M59 What it did not see may have been brought in since."""
    folder = folder_of(tmp_path, 2)
    (folder / "broken.md").write_bytes(b"\0\1\2" * 99)
    older = importing.plan([str(folder)], tools, Options())
    to_end(older, tools, web)
    tools.clock.at += timedelta(days=1)
    (folder / "later.md").write_text((folder / "piece-001.md").read_text() + "\nAnd some more.\n")
    assert len(run(tools, web, str(folder)).added) == 1
    assert Imports(tools.db, tools.clock).try_again(older) == 1
    assert to_end(older, tools, web).retired == []


def test_a_piece_gone_from_a_folder_is_retired_and_an_unreadable_one_kept(
    tools: Wired, web: Web, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, 5)
    run(tools, web, str(folder))
    (folder / "piece-001.md").unlink()
    (folder / "piece-002.md").write_bytes(b"\0\1\2" * 99)
    done = run(tools, web, str(folder))
    assert (len(done.retired), len(done.unchanged), len(done.rejected)) == (1, 3, 1)
    assert done.retired[0].startswith("piece-1")


def test_a_bug_in_one_piece_costs_that_piece_only(
    tools: Wired, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = import_run.prepare

    def stumbles(assets: list[Any], *rest: Any) -> Any:
        if any(a.title == "Piece 3" for a in assets):
            raise ZeroDivisionError
        return prepare(assets, *rest)

    monkeypatch.setattr(import_run, "prepare", stumbles)
    done = run(tools, web, str(folder_of(tmp_path, 6)))
    assert len(done.added) == 5
    assert "fail (ZeroDivisionError)" in done.rejected[0].reason


def test_an_id_belongs_to_one_piece_over_a_resume_too(
    tools: Wired, web: Web, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text(f"---\nid: same\ntitle: {name}\n---\n{TEXT}")
    identity = importing.plan([str(tmp_path / "a.md"), str(tmp_path / "b.md")], tools, Options())
    count = [0]

    def first_only() -> bool:
        count[0] += 1
        return True

    importing.work(identity, tools, visitor=web.visitor(), enough=first_only)
    done = to_end(identity, tools, web)
    assert done.added == ["same"]
    assert "id 'same' is already used by" in done.rejected[0].reason


def test_the_same_sources_again_close_the_unfinished_import(
    tools: Wired, web: Web, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, 3)
    first = importing.plan([str(folder)], tools, Options())
    second = importing.plan([str(folder)], tools, Options())
    imports = Imports(tools.db, tools.clock)
    assert imports.get(first).ended_because == "replaced"
    assert [r.id for r in imports.all(unfinished=True)] == [second]
    importing.stop(second, tools)
    assert imports.all(unfinished=True) == []
    assert titles(tools) == []
    with pytest.raises(NotFound, match="no import 'nope'"):
        imports.get("nope")


def test_old_imports_are_forgotten_with_their_pieces(
    tools: Wired, web: Web, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, 2)
    run(tools, web, str(folder))
    tools.clock.at += timedelta(days=91)
    identity = importing.plan([str(folder)], tools, Options())
    assert [r.id for r in Imports(tools.db, tools.clock).all()] == [identity]


def test_a_redirect_to_a_known_page_makes_no_second_asset(tools: Wired, web: Web) -> None:
    page = web.put("/a", "pumps")
    run(tools, web, page)
    fetch = web.fetch

    def moved(url: str, *a: Any, **k: Any) -> Fetched:
        return (
            replace(fetch(page, *a, **k), url=url) if url.endswith("/old") else fetch(url, *a, **k)
        )

    web.fetch = moved  # type: ignore[method-assign]
    done = run(tools, web, f"{SITE}/old")
    assert done.rejected[0].reason == f"leads to {page}, which is in the library already"


def test_embedding_runs_beside_reading(tools: Wired, web: Web, tmp_path: Path) -> None:
    threads: set[str] = set()
    models = replace(
        tools.bulk_models,
        embed=lambda texts: (
            threads.add(threading.current_thread().name) or np.ones((len(texts), 384), np.float32)
        ),
    )
    identity = importing.plan([str(folder_of(tmp_path, 50))], tools, Options())
    importing.work(identity, tools, models, visitor=web.visitor())
    assert threads
    assert all(name.startswith("import") for name in threads)


@pytest.fixture
def home(blank: Path, tmp_path: Path) -> Path:
    """In place of the seeded one."""
    return Path(shutil.copytree(blank, tmp_path / "own"))


def test_the_commands_list_resume_and_stop(trailguide: Run, home: Path, tmp_path: Path) -> None:
    def at(*words: object) -> Ran:
        return trailguide("--home", home, *words)

    folder = folder_of(tmp_path, 3)
    (folder / "bad.md").write_bytes(b"\0\1\2" * 99)
    planned = at("library", "add", folder, "--later", "--json").json
    assert (planned["left"], planned["for_bot"], planned["state"]) == (4, True, "unfinished")
    assert at("library", "imports", "--json").json[0]["import"] == planned["import"]
    done = at("library", "import", "--resume", "--json").json
    assert (done["added"], done["import"]) == (3, planned["import"])
    shown = at("library", "imports", planned["import"], "--json").json
    assert shown["reasons"] == [{"source": str(folder / "bad.md"), "reason": "is not text"}]
    assert "is not text" in at("library", "imports", planned["import"]).out
    assert "No import waits" in at("library", "import", "--resume").err
    (folder / "bad.md").write_text(f"# Good now\n\n{TEXT}")
    assert at("library", "import", planned["import"], "--retry", "--json").json["added"] == 4
    later = at("library", "add", folder, "--later", "--json").json["import"]
    assert at("library", "import", later, "--stop", "--json").json["state"] == "stopped"
    assert at("library", "import").status == 2
    assert at("library", "import", "nope", "--resume").status == 2


def test_stdin_feeds_the_command(
    trailguide: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("https://127.0.0.1/a\nnonsense\n"))
    ran = trailguide("--home", home, "library", "add", "-", "--json")
    assert ran.status == 0
    assert [(r["source"], r["reason"]) for r in ran.json["rejected"]] == [
        ("https://127.0.0.1/a", "the host 127.0.0.1 is not on the public internet"),
        ("stdin line 2", "is not a web address: nonsense"),
    ]


def test_counts_of_an_import_add_up(tools: Wired, web: Web, tmp_path: Path) -> None:
    identity = importing.plan([str(folder_of(tmp_path, 4))], tools, Options())
    to_end(identity, tools, web)
    record = Imports(tools.db, tools.clock).get(identity)
    assert (record.total, record.left, record.counts["added"]) == (4, 0, 4)
    assert REJECTED not in record.counts
    assert record.ended_because == "done"

"""The report as a page: self-contained, readable, printable, and inert whatever names hold."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, sync_playwright

from bot.bootstrap import build
from bot.flow.report import report
from bot.settings import Settings
from bot.views import words_report as words
from bot.views.report_page import report_page
from bot.views.report_svg import COLOURS
from knowledge.report import Asked, ProgressLine, Report
from tests.conftest import SetClock
from tests.quarter import NOW
from tests.slack.local import skip
from tests.slack.page import ARGUMENTS, CHROMIUM

pytest_plugins = ("tests.quarter",)
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
ATTACKS = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "{{ 7 * 7 }} {% raw %} $\\frac{1}{2}$ & </style></svg>",
    "<svg/onload=document.title='owned'>\x07\u202e",
)

CONTRASTS = """
() => {
  const lum = ([r, g, b]) => {
    const f = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b);
  };
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const back = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const bad = [];
  let seen = 0;
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !e.getClientRects().length || ['title', 'desc'].includes(e.localName)) continue;
    seen++;
    const style = getComputedStyle(e);
    const colour = e.namespaceURI.endsWith('svg') ? style.fill : style.color;
    const [a, b] = [lum(parse(colour)), lum(back(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push([e.localName, e.textContent.trim().slice(0, 30), ratio]);
  }
  return {seen, bad};
}
"""


@pytest.fixture(scope="module")
def made(quarter_home: Path) -> Iterator[Report]:
    tools = build(Settings(home=quarter_home), SetClock(NOW))
    yield report(tools)
    tools.close()


@pytest.fixture(scope="module")
def page_file(made: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(report_page(made), "utf-8")
    return file


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next((p for p in map(shutil.which, CHROMIUM) if p), None)
    if path is None:
        skip("Chromium is not installed: the page of the report needs a browser")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


class Heard:
    """A page with all it said and asked for."""

    def __init__(self, browser: Browser, file: Path, **options: Any) -> None:
        self.page: Page = browser.new_page(**options)
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())


@pytest.fixture
def opened(browser: Browser) -> Iterator[Any]:
    pages: list[Heard] = []

    def open_(file: Path, width: int, scheme: str) -> Heard:
        size = {"width": width, "height": 900}
        pages.append(Heard(browser, file, viewport=size, color_scheme=scheme))
        return pages[-1]

    yield open_
    for heard in pages:
        heard.page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_fits_says_nothing_asks_for_nothing_and_can_be_read(
    opened: Any, page_file: Path, width: int, scheme: str
) -> None:
    heard = opened(page_file, width, scheme)
    assert heard.said == []
    assert heard.asked == [page_file.as_uri()]
    wide = heard.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    found = heard.page.evaluate(CONTRASTS)
    assert found["seen"] > 400
    assert found["bad"] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_chart_is_seen_once_in_its_size_with_words_that_can_be_read(
    opened: Any, page_file: Path, width: int
) -> None:
    heard = opened(page_file, width, "light")
    charts = heard.page.locator("figure").all()
    assert len(charts) >= 8
    for chart in charts:
        seen = [s for s in chart.locator("svg").all() if s.is_visible()]
        assert len(seen) == 1
        box = seen[0].bounding_box()
        assert box
        assert 300 <= box["width"] <= 700
        assert box["height"] > 40
        height = seen[0].locator("text").first.evaluate("e => e.getBoundingClientRect().height")
        assert height >= 11


def test_dark_and_light_draw_the_same_charts_in_other_colours(opened: Any, page_file: Path) -> None:
    colours = []
    for scheme in SCHEMES:
        page = opened(page_file, 1280, scheme).page
        mark = page.locator("figure .desk svg path[style*='--forward']").first
        colours.append(mark.evaluate("e => getComputedStyle(e).fill + getComputedStyle(e).stroke"))
    assert colours[0] != colours[1]


def test_the_marks_of_charts_stand_out_from_the_page(opened: Any, page_file: Path) -> None:
    """Blue and orange are told apart by people who see colours otherwise; each has 3:1."""
    for scheme in SCHEMES:
        page = opened(page_file, 1280, scheme).page
        lightness = page.evaluate(
            """() => ['--forward', '--back', '--page'].map(name => {
              const e = document.createElement('i');
              e.style.color = `var(${name})`; document.body.append(e);
              const [r, g, b] = getComputedStyle(e).color.match(/[\\d.]+/g).map(Number); e.remove();
              const f = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
              return .2126 * f(r) + .7152 * f(g) + .0722 * f(b);
            })"""
        )
        forward, back, ground = lightness
        for mark in (forward, back):
            assert (max(mark, ground) + 0.05) / (min(mark, ground) + 0.05) >= 3


def test_it_prints_to_pages_in_the_colours_of_paper(browser: Browser, page_file: Path) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(page_file.as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 5 <= pages <= 60
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    page.close()


def test_the_keyboard_goes_through_the_page_and_sees_where_it_is(
    opened: Any, page_file: Path
) -> None:
    page = opened(page_file, 1280, "light").page
    page.keyboard.press("Tab")
    first = page.evaluate("[document.activeElement.className, document.activeElement.hash]")
    assert first == ["skip", "#main"]
    page.keyboard.press("Tab")
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"
    assert page.evaluate("document.activeElement.hash") == "#stages"


def test_headings_are_in_order_tables_have_heads_and_charts_have_words(page_file: Path) -> None:
    tree = html.fromstring(page_file.read_text("utf-8"))
    levels = [int(h.tag[1]) for h in tree.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    for table in tree.iter("table"):
        assert table.findtext("caption")
        assert all(th.get("scope") == "col" for th in table.findall("thead/tr/th"))
        assert table.find("caption/span") is not None  # of what
    for svg in tree.iter("svg"):
        assert svg.get("role") == "img"
        assert svg.find("title") is not None
        words = [e.text for e in svg.iter("desc")]
        assert words
        assert len(str(words[0])) > 10
    ids = [e.get("id") for e in tree.iter() if isinstance(e.tag, str) and e.get("id")]
    assert len(ids) == len(set(ids))
    for link in tree.iter("a"):
        assert str(link.get("href"))[1:] in ids
    assert tree.get("lang") == "en"


def test_nothing_on_the_page_leads_outside(page_file: Path) -> None:
    text = page_file.read_text("utf-8")
    assert "default-src 'none'" in text
    bare = text.replace("http://www.w3.org/2000/svg", "").replace(
        "http://www.w3.org/1999/xlink", ""
    )
    assert not re.findall(r"(?:src|href|action)\s*=\s*[\"'](?!#)", bare)
    assert not re.findall(r"url\((?!#)|@import|<script|<iframe|<form|javascript:", bare)
    assert not [colour for colour in COLOURS if colour in text]


def _renamed(lines: tuple[ProgressLine, ...], name: str) -> tuple[ProgressLine, ...]:
    return (replace(lines[0], name=name), *lines[1:])


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_titles_names_and_segments_stay_text(
    made: Report, attack: str, opened: Any, tmp_path: Path
) -> None:
    hostile = replace(
        made,
        asked=Asked(rep=attack, segment=attack),
        by_asset=_renamed(made.by_asset, attack),
        by_rep=_renamed(made.by_rep, attack),
        by_industry=_renamed(made.by_industry, attack),
        by_persona=_renamed(made.by_persona, attack),
        cards_by_rep=(replace(made.cards_by_rep[0], name=attack), *made.cards_by_rep[1:]),
        edits=replace(
            made.edits, put_in=tuple(replace(w, text=attack) for w in made.edits.put_in[:1])
        ),
    )
    file = tmp_path / "hostile.html"
    file.write_text(report_page(hostile), "utf-8")
    heard = opened(file, 1280, "light")
    assert heard.said == []
    assert heard.asked == [file.as_uri()]
    assert "owned" not in heard.page.title()
    assert heard.page.evaluate("document.querySelectorAll('img, script').length") == 0
    cells = heard.page.locator("tbody th").all_inner_texts()
    wanted = " ".join(attack.replace("\x07", "").split())
    assert wanted in {" ".join(cell.replace("\x07", "").split()) for cell in cells}


def test_an_empty_period_makes_a_page_without_charts(
    quarter_home: Path, tmp_path: Path, opened: Any
) -> None:
    tools = build(Settings(home=quarter_home), SetClock(NOW))
    empty = report(tools, date(2025, 1, 1), date(2025, 1, 7))
    tools.close()
    file = tmp_path / "empty.html"
    file.write_text(report_page(empty), "utf-8")
    heard = opened(file, 390, "light")
    assert heard.said == []
    assert "nothing in this period" in heard.page.inner_text("main")
    assert heard.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_few_touches_stand_as_counts_and_in_no_chart(made: Report) -> None:
    tree = html.fromstring(report_page(replace(made, least=10**6)))
    shown = tree.find("body").text_content()
    assert "too few to compare" in shown
    assert f"{words.THIN}%" not in shown

"""Pages of many layouts: the lesson with its headings and lists, and nothing that stands around."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.assets import Asset
from knowledge.page_parts import without_lines
from knowledge.parsing import DocumentParser
from knowledge.reading import read_all
from knowledge.shortcodes import without_shortcodes
from tests.page_layouts import HEADING, LAYOUTS, NOISE, PARAGRAPHS, STEPS


@pytest.fixture(scope="module")
def parser() -> Iterator[DocumentParser]:
    with DocumentParser() as parser:
        yield parser


@pytest.mark.parametrize("layout", LAYOUTS)
def test_only_the_lesson_of_a_page_is_read(parser: DocumentParser, layout: str) -> None:
    text = parser.parse("html", LAYOUTS[layout]).text
    assert [p for p in (*PARAGRAPHS, *STEPS) if p not in text] == []
    assert [n for n in NOISE if n.lower() in text.lower()] == []
    assert f"## {HEADING}" in text
    assert f"1. {STEPS[0]}" in text
    assert all(text.count(p) == 1 for p in PARAGRAPHS)


def test_a_lesson_in_a_box_with_a_misleading_name_is_kept(parser: DocumentParser) -> None:
    told = "".join(f"<p>{p} {p}</p>" for p in PARAGRAPHS)
    page = f"<html><body><div class='sidebar-layout menu'>{told}</div></body></html>"
    assert PARAGRAPHS[2] in parser.parse("html", page.encode()).text


def test_words_after_a_removed_element_stay(parser: DocumentParser) -> None:
    told = f"<p>{PARAGRAPHS[0]} <span class='share'>Share</span>{PARAGRAPHS[1]}</p>"
    page = f"<html><body><article>{told}<p>{PARAGRAPHS[2]}</p></article></body></html>"
    text = parser.parse("html", page.encode()).text
    assert PARAGRAPHS[1] in text
    assert "Share" not in text


@pytest.mark.parametrize(
    "code",
    [
        '[bctt tweet="A line." username="us"]',
        r"\[vc\_row el\_class=\"wide\"\]".replace(r"\"", '"'),
        "[/caption]",
        "[gallery ids='1,2']",
        "[contact-form-7 id=12 title=Ask]",
    ],
)
def test_shortcodes_are_no_words(code: str) -> None:
    assert without_shortcodes(f"Before {code}after") == "Before after"


@pytest.mark.parametrize(
    "words",
    ["[1]", "[x] done", "[sic]", "see [the guide](/g)", "[audio](/a)", "a[i] = b[j]", "[ ]"],
)
def test_brackets_of_the_author_stay(words: str) -> None:
    assert without_shortcodes(words) == words


def test_shortcodes_leave_markdown_but_not_its_code(tmp_path: Path) -> None:
    code = '```\n[bctt tweet="kept"]\n```\n\nand `[embed a=b]` here'
    (tmp_path / "a.md").write_text(
        f'# A\n\n[bctt tweet="gone"]\n\n{" ".join(PARAGRAPHS)}\n\n{code}\n'
    )
    (asset,) = read_all([str(tmp_path / "a.md")])
    assert isinstance(asset, Asset)
    assert "gone" not in asset.text
    assert '[bctt tweet="kept"]' in asset.text
    assert "`[embed a=b]`" in asset.text


def test_endless_brackets_do_not_hold_the_reader() -> None:
    started = time.monotonic()
    for text in ("[a" * 50_000, "[a b=" * 50_000, '[a b="' * 50_000, "[/" * 50_000):
        without_shortcodes(text)
        without_lines(text)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("Click to tweet", False),
        ("## Leave a comment", False),
        ("© 2026 Tidewell. All rights reserved.", False),
        ("3 comments", False),
        ("Share the list with the crew before the shift.", True),
        ("Older pumps fail first.", True),
        ("Subscribe to the feed of your pump, and it tells you when it is worn.", True),
    ],
)
def test_lines_that_only_invite_go_and_sentences_stay(line: str, *, stays: bool) -> None:
    assert (without_lines(line) == line) is stays

"""Markdown and MDX: front matter is kept, page code goes, and no text holds the reader up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.asset_fields import first_heading, title_from_name
from knowledge.assets import Asset
from knowledge.front_matter import plain_markdown
from knowledge.journey import Stage
from knowledge.reading import Rejected, read_all
from tests.documents import LESSON, LIBRARY

BASE = "https://www.tidewell.example"


def _assets(*arguments: Path | str, base_url: str | None = None) -> dict[str, Asset]:
    items = list(read_all([str(a) for a in arguments], base_url))
    assert all(isinstance(item, Asset) for item in items), items
    return {Path(item.source).name: item for item in items if isinstance(item, Asset)}


def _written(tmp_path: Path, name: str, text: str) -> Asset | Rejected:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    (item,) = read_all([str(path)])
    return item


def _reason(tmp_path: Path, name: str, text: str) -> str:
    item = _written(tmp_path, name, text)
    assert isinstance(item, Rejected), item
    return item.reason


def test_front_matter_is_kept() -> None:
    asset = _assets(LIBRARY)["counting-stops.md"]
    assert asset.id == "counting-stops-1f0c2d3e"
    assert asset.stages == (Stage.AWARENESS,)
    assert asset.personas == ("operations",)
    assert asset.topics == ("downtime", "planning")
    assert asset.published == date(2026, 2, 3)
    assert asset.description == "Why the stops nobody writes down cost the most."
    assert asset.url is None, "a relative address without a base is none"
    assert asset.text.startswith("Most plants log")


def test_mdx_loses_its_code_and_keeps_its_words() -> None:
    text = _assets(LIBRARY)["spare-parts.mdx"].text
    assert "A part that takes ten weeks" in text
    assert "quarterwith" not in text
    for code in ("components/callout", "export const", "Callout", "onClick", "Chart", "reviewed"):
        assert code not in text
    assert 'import { Kept } from "code-example"\n<Kept />' in text, "examples stay as written"


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("a <!-- hidden --> b", "a   b"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("write <your-name> here", "write <your-name> here"),
        (
            "see <https://x.example/a> or <me@x.example>",
            "see <https://x.example/a> or <me@x.example>",
        ),
        ("use `<div>` to wrap", "use `<div>` to wrap"),
        ('<div class="a > b">text</div>', "text"),
        ("<details><summary>More</summary>inside</details>", "More inside"),
        ('before {{< youtube "x" >}} after', "before   after"),
        ("<script>alert(1)</script>words", "words"),
        ("Import duties rose.\n\nimport taxes too", "Import duties rose.\n\nimport taxes too"),
        ("<b never closed", "<b never closed"),
    ],
)
def test_markdown_keeps_what_a_reader_sees(markdown: str, plain: str) -> None:
    assert plain_markdown(markdown).split() == plain.split()


@pytest.mark.timeout(20)  # each took minutes when every opening searched to the end
@pytest.mark.parametrize(
    "opening", ["<a ", "<A x={", "<!--", "<script ", "{{<", "`a", "` ``", "[", "# [", "```\n"]
)
def test_endless_openings_do_not_hold_the_reader(opening: str) -> None:
    text = opening * (1_000_000 // len(opening))
    assert plain_markdown(text, mdx=True)
    first_heading(text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"# A *first* [heading](/x) #\n\n{LESSON}", "A first heading"),
        (f"Underlined\n==========\n\n{LESSON}", "Underlined"),
        (f"```\n# a comment\n```\n\n# Real\n\n{LESSON}", "Real"),
        (LESSON, "Night shift plan"),
        (f"---\ntitle: 2024\n---\n{LESSON}", "2024"),
        (f"---\ntitle: yes\n---\n{LESSON}", "yes"),
        (f"---\ntitle: null\n---\n{LESSON}", "Night shift plan"),
        (f'---\ntitle: "A: b"\n---\n{LESSON}', "A: b"),
        (f"---\n---\n{LESSON}", "Night shift plan"),
    ],
)
def test_title_comes_from_front_matter_heading_or_file_name(
    tmp_path: Path, text: str, title: str
) -> None:
    item = _written(tmp_path, "night-shift_plan.md", text)
    assert isinstance(item, Asset)
    assert item.title == title


def test_rule_of_hyphens_at_the_top_is_not_front_matter(tmp_path: Path) -> None:
    item = _written(tmp_path, "a.md", f"---\nA note between rules\n---\n{LESSON}")
    assert isinstance(item, Asset)
    assert "A note between rules" in item.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: [a\nurl: b\n---\n", "its front matter is not valid YAML at line 3"),
        ("---\ntitle: a\n\tb: c\n---\n", "its front matter is not valid YAML at line 3"),
        ("---\n? [a]\n: b\n---\n", "its front matter is not valid YAML at line 2"),
        ("---\ntitle: a\nstage: soon\n---\n", "unknown stage 'soon'; use one of: awareness"),
        ("---\ntitle: {a: b}\n---\n", "its title is an object of its own; write one text"),
        ("---\nid: a b\n---\n", "its id must be 1 to 200 printable characters"),
        ("---\ntitle: never closed\n", "its front matter is not closed"),
        (
            "---\na: &a [x]\nb: &b [*a,*a]\n<<: {c: d}\nid: [1]\n---\n",
            "its id is a list; ",
        ),
    ],
)
def test_broken_front_matter_is_named(tmp_path: Path, text: str, reason: str) -> None:
    assert _reason(tmp_path, "a.md", text + LESSON).startswith(reason)


def test_yaml_bomb_does_no_harm(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{f'*a{n},' * 9}]\n" for n in range(20))
    assert isinstance(_written(tmp_path, "a.md", f"---\n{bomb}title: T\n---\n{LESSON}"), Asset)
    assert "write a list of words" in _reason(
        tmp_path, "a.md", f"---\n{bomb}tags: *a20\n---\n{LESSON}"
    )


def test_names_and_headings() -> None:
    assert title_from_name("cut-down_time  now") == "Cut down time now"
    assert first_heading("no heading here") == ""

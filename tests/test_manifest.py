"""Manifests: every row is judged on its own, and the reason names file and line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.assets import Asset
from knowledge.journey import AssetType, Stage
from knowledge.reading import Rejected, read_all
from tests.documents import LESSON, LIBRARY

BASE = "https://www.tidewell.example"


def _read(path: Path, base_url: str | None = BASE) -> list[Asset | Rejected]:
    return list(read_all([str(path)], base_url))


def _jsonl(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "manifest.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n")
    return path


def _row(**more: object) -> dict[str, object]:
    return {"id": "a", "title": "A", "text": LESSON} | more


def _one(tmp_path: Path, base_url: str | None = BASE, **more: object) -> Asset:
    (item,) = _read(_jsonl(tmp_path, _row(**more)), base_url)
    assert isinstance(item, Asset), item
    return item


def _reason(tmp_path: Path, *lines: object) -> str:
    last = _read(_jsonl(tmp_path, *lines))[-1]
    assert isinstance(last, Rejected), last
    return last.reason


def test_the_sample_manifests_are_read_with_ids_kept() -> None:
    path = LIBRARY / "manifest.jsonl"
    routes, payback = _read(path)
    assert isinstance(routes, Asset)
    assert isinstance(payback, Asset)
    assert (routes.id, routes.source) == ("route-basics", f"{path}#route-basics")
    assert routes.folder == str(path)
    assert routes.url == f"{BASE}/guides/route-basics"
    assert routes.topics == ("routes", "vans")
    assert (payback.type, payback.published) == (AssetType.ROI, date(2026, 1, 15))
    assert payback.text.startswith("Take a plant"), "body is another name of text"


def test_csv_keeps_commas_line_breaks_and_lists() -> None:
    (item,) = _read(LIBRARY / "manifest.csv")
    assert isinstance(item, Asset)
    assert item.title == "Lubrication, by hand or not"
    assert "\nWrite the amount" in item.text
    assert item.stages == (Stage.AWARENESS, Stage.INTEREST)
    assert item.personas == ("operations", "executive")


BAD_LINES: list[tuple[object, str]] = [
    ("{not json", "is not valid JSON"),
    ('["a"]', "is not an object; write one in braces"),
    ("[" * 100_000, "is not valid JSON"),
    ("7" * 10_000, "is not valid JSON"),
    ({"id": "b", "title": "B"}, "has no text"),
    (_row(id="b", text=""), "has no text"),
    (_row(id="b", text=7), "its text is a number; write the piece's words in quotes"),
    (_row(id="b", text=LESSON + "\0"), "its text holds NUL bytes"),
    (_row(id="b", stages=["someday"]), "unknown stage 'someday'; use one of: awareness"),
    (_row(id="b", title=["x"]), "its title is a list; write one text instead"),
    (_row(id="b", published=True), "its published is true or false; write one text instead"),
    (_row(id="b", topics={"x": 1}), "its topics is an object of its own; write a list of words"),
    (_row(id="b", personas=[["x"]]), "its personas holds a list; write a list of words instead"),
    (_row(id="b", text="Far too short."), "too short: 3 words"),
    (_row(id="two words"), "its id must be 1 to 200 printable characters"),
    (_row(id="x" * 201), "its id must be 1 to 200 printable characters"),
    (_row(id="tab\tbed"), "its id must be"),
    (_row(id="a"), "id 'a' is already used on line 1"),
    ({"text": LESSON}, "has no title"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES, ids=[reason for _, reason in BAD_LINES])
def test_bad_line_is_named_and_reading_goes_on(tmp_path: Path, line: object, reason: str) -> None:
    first, bad, last = _read(_jsonl(tmp_path, _row(), "", line, _row(id="z")))
    assert isinstance(first, Asset)
    assert isinstance(bad, Rejected)
    assert bad.reason.startswith(f"manifest.jsonl line 3: {reason}")
    assert isinstance(last, Asset)
    assert last.id == "z"


def test_rejected_row_with_an_id_is_named_by_it(tmp_path: Path) -> None:
    path = _jsonl(tmp_path, _row(id="b", text="short"))
    (bad,) = _read(path)
    assert isinstance(bad, Rejected)
    assert bad.source == f"{path}#b"


def test_missing_id_is_made_and_stays_when_rows_move(tmp_path: Path) -> None:
    row = {"title": "Why pumps fail", "url": "/blog/pumps", "text": LESSON}
    (before,) = _read(_jsonl(tmp_path, row))
    *_, after = _read(_jsonl(tmp_path, _row(), row))
    assert isinstance(before, Asset)
    assert isinstance(after, Asset)
    assert before.id == after.id
    assert before.id.startswith("why-pumps-fail-")
    assert before.source == f"{tmp_path}/manifest.jsonl#{before.id}"


def test_two_rows_for_one_piece_without_ids(tmp_path: Path) -> None:
    row = {"title": "Why pumps fail", "text": LESSON}
    assert "names the same piece as line 1" in _reason(tmp_path, row, row)


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("/blog/a", BASE, f"{BASE}/blog/a"),
        ("blog/a", BASE + "/", f"{BASE}/blog/a"),
        ("/blog/a", None, None),
        ("http://x.example/a?b=c#d", None, "http://x.example/a?b=c#d"),
        ("https://x.example/a", BASE, "https://x.example/a"),
        ("javascript:alert(1)", BASE, None),
        ("ftp://x.example/a", BASE, None),
        ("https://user:word@x.example/", None, None),
        ("https://x.example/a|b>c", None, None),
        ("https://x.example/a b", None, None),
        ("https://x.example:port/", None, None),
        (None, BASE, None),
    ],
)
def test_url_is_absolute_or_absent(
    tmp_path: Path, url: str | None, base: str | None, expected: str | None
) -> None:
    assert _one(tmp_path, base, url=url).url == expected


def test_words_of_the_field_have_other_names(tmp_path: Path) -> None:
    asset = _one(
        tmp_path, type="case_study", stage="near_purchase", tags=["pumps", "pumps", "vans"],
        persona="Finance", industry="utilities;logistics", date="2025-07-01T10:00:00Z",
    )  # fmt: skip
    assert asset.stages == (Stage.DECISION,)
    assert asset.topics == ("pumps", "vans")
    assert asset.personas == ("finance",)
    assert asset.industries == ("utilities", "logistics")
    assert asset.published == date(2025, 7, 1)


def test_early_guide_stays_in_interest_and_early_blog_in_awareness(tmp_path: Path) -> None:
    """M38 M39 `early` covers two stages; the type says which."""
    assert _one(tmp_path, type="guide", stage="early").fitting_stages == (Stage.INTEREST,)
    assert _one(tmp_path, type="blog", stage="early").fitting_stages == (Stage.AWARENESS,)


def test_given_stage_wins_over_the_type(tmp_path: Path) -> None:
    asset = _one(tmp_path, type="guide", stages=["Decision", "consideration"])
    assert asset.stages == (Stage.CONSIDERATION, Stage.DECISION)


def test_unknown_type_is_other_and_a_missing_one_is_told_by_the_address(tmp_path: Path) -> None:
    assert _one(tmp_path, type="hologram", url="/blog/a").type is AssetType.OTHER
    assert _one(tmp_path, url="/case-studies/a").type is AssetType.CASE_STUDY


def test_null_values_and_unknown_columns_are_passed_over(tmp_path: Path) -> None:
    asset = _one(tmp_path, url=None, stages=None, topics=[], published="null", weather="mild")
    assert (asset.url, asset.stages, asset.topics, asset.published) == (None, (), (), None)


def test_broken_surrogates_never_reach_the_database(tmp_path: Path) -> None:
    line = json.dumps(_row(title="A \ud800 title", text=LESSON + " \udfff"))
    (item,) = _read(_jsonl(tmp_path, line))
    assert isinstance(item, Asset)
    (item.title + item.text).encode()
    assert item.content_hash


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_encodings_of_spreadsheets_are_read(tmp_path: Path, encoding: str, suffix: str) -> None:
    path = tmp_path / f"manifest.{suffix}"
    title = "Überholung — geplant"
    if suffix == "jsonl":
        text = json.dumps(_row(title=title), ensure_ascii=False) + "\n"
    else:
        text = f"id,title,text\na,{title},{LESSON.replace(',', ' ')}\n"
    path.write_bytes(text.encode(encoding))
    (item,) = _read(path)
    assert isinstance(item, Asset)
    assert item.title == title


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_with_the_marks_of_other_spreadsheets(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text(
        mark.join(["ID", "Title", "Body"]) + "\r\n" + mark.join(["a", "A", f'"{LESSON}"'])
    )
    (item,) = _read(path)
    assert isinstance(item, Asset)
    assert item.text == LESSON


def test_csv_with_a_book_in_one_field(tmp_path: Path) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text(f'id,title,text\na,A,"{"word " * 100_000}"\nb,B,"{LESSON}"\n')
    assert [type(item) for item in _read(path)] == [Asset, Asset]


def test_csv_rows_that_do_not_fit_the_header_are_named(tmp_path: Path) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text(f'id,title,text\n\na,A,"{LESSON}",more\nb,B\nc,C,"{LESSON}"\n')
    reasons = [item.reason for item in _read(path) if isinstance(item, Rejected)]
    assert reasons == [
        "manifest.csv line 3: has 4 fields where the header names 3",
        "manifest.csv line 4: has no text",
    ]


def test_csv_quote_that_never_closes_swallows_nothing_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text(f'id,title,text\na,A,"{LESSON}"\nb,B,"{LESSON}\nc,C,{LESSON}\n')
    items = _read(path)
    assert isinstance(items[0], Asset)
    assert isinstance(items[1], Rejected)
    assert items[1].reason == "manifest.csv line 3: opens a quote that is never closed"


def test_a_stray_quote_in_csv_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(f'id,title,text\na,"Big" pumps,{LESSON}\n')
    (bad,) = _read(tmp_path / "m.csv")
    assert isinstance(bad, Rejected)
    assert bad.reason == (
        'm.csv line 2: goes on after a closing quote; write "" for a quote within a field'
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("m.csv", b"name,address\nx,y\n", "its first line names no column text (or body) and no"),
        ("m.csv", b"id,title,words\nx,y,z\n", "its first line names no column text (or body);"),
        ("m.csv", b"", "is empty"),
        ("m.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "is not text"),
        ("m.jsonl", b" \n\n", "is empty"),
        ("m.jsonl", b"PK\x03\x04\0\0\0\0", "is not text"),
        ("m.jsonl", b'[\n {"id": "a"},\n {"id": "b"}\n]\n', "is one JSON list"),
    ],
)
def test_file_that_is_no_manifest_is_rejected_once(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (item,) = _read(path)
    assert isinstance(item, Rejected)
    assert item.source == str(path)
    assert item.reason.startswith(reason)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ["id", "title", "url", "type", "text", "stages", "tags", "published", "description"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(row=st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_any_json_gives_an_asset_or_a_reason(tmp_path: Path, row: dict[str, object]) -> None:
    rows = [row, row | {"text": LESSON}]
    for item in _read(_jsonl(tmp_path, *rows)):
        if isinstance(item, Asset):
            assert item.title
            assert item.content_hash
        else:
            assert item.reason.startswith("manifest.jsonl line ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    content=st.binary(max_size=300), suffix=st.sampled_from(["csv", "jsonl", "md", "mdx", "txt"])
)
def test_any_bytes_give_a_reason_and_never_a_failure(
    tmp_path: Path, content: bytes, suffix: str
) -> None:
    path = tmp_path / f"noise.{suffix}"
    path.write_bytes(content)
    for item in _read(path):
        assert isinstance(item, Asset | Rejected)

"""Fuzz: whatever a file or a reply holds is read, or refused in one sentence."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import load_settings
from knowledge.asset_fields import Place
from knowledge.assets import Asset
from knowledge.crm_mapping import parse_mapping
from knowledge.csv_tables import read_table
from knowledge.dates_said import day_said
from knowledge.day_formats import ORDERS, day_format, read_day
from knowledge.errors import BadInput, StorageFailed, TrailguideError, UnreadableSource
from knowledge.front_matter import read_markdown
from knowledge.journey_map import load_journey
from knowledge.manifest import read_manifest
from knowledge.pacing_settings import load_pacing
from knowledge.parse_listing import NoList, parse_listing
from knowledge.parsing import DocumentParser, Limits
from knowledge.personas import load_definitions, load_personas
from knowledge.rejected import Rejected
from knowledge.segments import load_segments
from knowledge.track_files import load_tracks
from prompts.model_reply import read_reply
from storage.backup_file import FileSum, Manifest, unpack, write_backup
from tests.documents import docx, pdf
from tests.fuzzing import ANY_JSON, NASTY, WORDS, fuzzed, one_sentence, spoilt, torn

LEADS = (files("knowledge") / "sample" / "leads.csv").read_bytes()[:1500]
PIECE = (
    "---\ntitle: What a stop costs\ntype: guide\nstages: [interest]\npublished: 2026-01-05\n"
    "url: https://tidewell.example/stop\n---\n\n# What a stop costs\n\n"
    + "A line that stands still costs more than the hour: parts, people and trust. "
    * 6
)
SITEMAP = (
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>'
    b"<loc>https://tidewell.example/a</loc><lastmod>2026-01-05</lastmod></url></urlset>"
)
PAGE = (
    b"<html><head><title>What a stop costs</title></head><body><article><h1>What a stop costs</h1>"
    + b"<p>A line that stands still costs more than the hour: parts, people and trust.</p>" * 8
    + b"</article></body></html>"
)
TODAY = date(2026, 11, 28)


@fuzzed(20)
@given(st.binary(max_size=300) | torn(LEADS))
def test_any_bytes_of_a_list_are_a_table_or_a_sentence(body: bytes) -> None:
    """M59 And no row of a table has another number of cells than its columns."""
    try:
        table = read_table("leads.csv", body)
    except BadInput as told:
        one_sentence(told)
        return
    assert all(len(row.cells) == len(table.columns) for row in table.rows)


@fuzzed(20)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=5), min_size=1, max_size=6))
def test_a_list_that_a_spreadsheet_wrote_keeps_every_line(rows: list[list[str]]) -> None:
    """Nothing is lost: each line that says something is a row, or named among those left out."""
    rows = [[c.encode("utf-8", "replace").decode() for c in row] for row in rows]
    text = io.StringIO()
    csv.writer(text).writerows([["Name", "Email", "Company", "Notes", "On"], *rows])
    try:
        table = read_table("x.csv", text.getvalue().encode())
    except BadInput as told:
        one_sentence(told)
        return
    assert len(table.rows) <= len(rows)


@fuzzed(20)
@given(st.text(max_size=200) | torn(PIECE.encode()).map(lambda b: b.decode("utf-8", "replace")))
def test_any_markdown_is_a_piece_or_a_sentence(text: str) -> None:
    try:
        piece = read_markdown(text, Place("a.md"))
    except UnreadableSource as told:
        one_sentence(told)
        return
    assert piece.title
    assert piece.text


@fuzzed(20)
@given(
    st.dictionaries(
        st.sampled_from(["title", "type", "stages", "url", "published", "id", "topics", "owner"]),
        ANY_JSON,
    )
)
def test_any_front_matter_is_read_or_refused(fields: dict[str, Any]) -> None:
    import yaml

    try:
        head = yaml.safe_dump(fields)
    except (yaml.YAMLError, ValueError):  # what YAML itself cannot write
        return
    text = f"---\n{head}---\n{PIECE.split('---')[2]}".encode("utf-8", "replace").decode()
    try:
        read_markdown(text, Place("a.md"))
    except UnreadableSource as told:
        one_sentence(told)


MANIFEST_LINE = {
    "id": "stop-1", "title": "What a stop costs", "text": PIECE.split("---")[2], "type": "guide",
    "url": "https://tidewell.example/stop", "stages": ["interest"], "published": "2026-01-05",
}  # fmt: skip


@fuzzed(20)
@given(st.lists(spoilt(MANIFEST_LINE) | ANY_JSON, min_size=1, max_size=4), st.booleans())
def test_any_manifest_answers_each_line(lines: list[Any], as_csv: bool) -> None:
    """M59 A piece or a reason for each; the others are not lost by a bad one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("m.csv" if as_csv else "m.jsonl")
        if as_csv:
            text = io.StringIO()
            rows = [list(map(str, line.values())) for line in lines if isinstance(line, dict)]
            csv.writer(text).writerows([list(MANIFEST_LINE), *rows])
            path.write_bytes(text.getvalue().encode("utf-8", "replace"))
        else:
            path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        try:
            answers = list(read_manifest(path, path.suffix[1:], None))
        except UnreadableSource as told:
            one_sentence(told)
            return
    assert all(isinstance(a, Asset | Rejected) for a in answers)
    assert as_csv or len(answers) == len(lines)


@fuzzed(20)
@given(st.binary(max_size=200) | torn(SITEMAP))
def test_any_sitemap_is_a_list_or_none(body: bytes) -> None:
    from lxml import etree

    try:
        told = parse_listing(body)
    except (NoList, etree.LxmlError, ValueError, OSError, EOFError):
        return  # what a library raises, the process around it calls a damaged document
    assert told["text"].strip()


@pytest.fixture(scope="module")
def parser():
    with DocumentParser(Limits()) as parser:
        yield parser


DOCUMENTS = {
    "html": PAGE, "pdf": pdf("Stops. " * 60), "docx": docx("What a stop costs", "Stops. " * 60),
}  # fmt: skip


@fuzzed(3)
@given(
    st.sampled_from(sorted(DOCUMENTS)).flatmap(
        lambda kind: st.tuples(st.just(kind), torn(DOCUMENTS[kind]))
    )
)
def test_any_document_is_text_or_a_sentence(parser: Any, document: tuple[str, bytes]) -> None:
    """In the process with limits, which lives on for the next one."""
    kind, body = document
    try:
        assert parser.parse(kind, body).text.strip()
    except UnreadableSource as told:
        one_sentence(told)


@fuzzed(20)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "on",
                "next",
                "friday",
                "monday week",
                "the 5th",
                "of march",
                "2026",
                "31 february",
                "tomorrow",
                "in 3 months",
                "Q1",
                "spring",
                "99",
                "0",
                "-1",
                "13/13/13",
                "end of",
            ]
        )
        | NASTY,
        max_size=7,
    ).map(" ".join),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_any_words_name_a_later_day_or_none(said: str, today: date) -> None:
    found = day_said(said, today)
    assert found is None or found > today


@fuzzed(20)
@given(st.lists(st.text(max_size=12) | st.dates().map(str) | NASTY, max_size=6))
def test_any_column_has_days_in_one_order_or_none(cells: list[str]) -> None:
    found = day_format(cells, TODAY)
    assert found is None or found.order in ORDERS
    for cell in cells:
        for order in ORDERS:
            assert isinstance(read_day(cell, order), date | None)


SETTING_FILES = {
    "journey.toml": load_journey, "personas.toml": load_personas, "segments.toml": load_segments,
    "pacing.toml": load_pacing, "definitions.toml": load_definitions,
    "tracks/asked.toml": load_tracks, "tracks/new.toml": load_tracks,
}  # fmt: skip


def packaged(name: str) -> bytes:
    found = files("knowledge") / "defaults" / name.replace("new", "attended")
    return found.read_bytes()[:2500]


@fuzzed(20)
@given(
    st.sampled_from(sorted(SETTING_FILES)).flatmap(
        lambda name: st.tuples(st.just(name), torn(packaged(name)) | st.binary(max_size=80))
    )
)
def test_any_file_of_a_team_is_read_or_named_with_what_is_wrong(file: tuple[str, bytes]) -> None:
    """M59 Journey, personas, segments, pacing, definitions and tracks."""
    name, body = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        try:
            SETTING_FILES[name](Path(folder))
        except TrailguideError as told:
            one_sentence(str(told).splitlines()[0])


@fuzzed(20)
@given(
    torn((files("knowledge") / "defaults" / "crm_csv.toml").read_bytes())
    .map(lambda b: b.decode("utf-8", "replace"))
)  # fmt: skip
def test_any_mapping_of_a_crm_is_read_or_refused(text: str) -> None:
    try:
        parse_mapping(text, "crm.toml")
    except TrailguideError as told:
        one_sentence(told)


@fuzzed(20)
@given(
    st.sampled_from(["time_zone", "digest_time", "port", "role_groups", "signal_secrets",
                     "chat_model", "health_address", "card_channels", "first_admin", "no_such"]),
    WORDS | st.integers(-(2**62), 2**62) | st.booleans() | st.just([1, "x"]),
)  # fmt: skip
def test_any_setting_is_taken_or_named(name: str, value: Any) -> None:
    """M59 And a time zone that is taken is one."""
    shown = json.dumps(value) if not isinstance(value, str) else toml_text(value)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "trailguide.toml").write_bytes(f"{name} = {shown}\n".encode())
        try:
            told = load_settings(Path(folder))
        except BadInput as refused:
            one_sentence(refused)
            return
    datetime.now(UTC).astimezone(ZoneInfo(told.time_zone))


def toml_text(text: str) -> str:
    bare = text.encode("utf-8", "replace").decode()
    return json.dumps(bare, ensure_ascii=False).replace("\x7f", "\\u007f")


REPLY = {
    "asset_id": "a", "evidence": "Stops cost more than the hour.", "subject": "Stops",
    "opening": "You asked what a stop costs.", "insight": "It costs more than the hour.",
    "closing_question": "Which line stops most?",
}  # fmt: skip


@fuzzed(20)
@given(
    spoilt(REPLY).map(json.dumps)
    | torn(json.dumps(REPLY).encode()).map(lambda b: b.decode("utf-8", "replace"))
    | st.text(max_size=80)
)
def test_any_reply_of_a_model_is_one_of_the_form_or_none(answer: str) -> None:
    found = read_reply(answer)
    assert found is None or found.insight


def a_backup() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file, to = Path(folder) / "settings.toml", Path(folder) / "x.zip"
        file.write_text("time_zone = 'UTC'\n")
        write_backup(to, empty_manifest(), {"trailguide.toml": file})
        return to.read_bytes()


def empty_manifest() -> Manifest:
    return Manifest(1, "id", "2026-11-28", "0.1", "0001", "sqlite", {}, [], {})


BACKUP = a_backup()


@fuzzed(20)
@given(torn(BACKUP) | st.binary(max_size=100))
def test_any_backup_is_whole_or_refused(body: bytes) -> None:
    """M59 A file that is none, or was cut or changed, restores nothing; what it holds is hashed."""
    with tempfile.TemporaryDirectory() as folder:
        path, to = Path(folder) / "b.zip", Path(folder) / "to"
        path.write_bytes(body)
        to.mkdir()
        try:
            told = unpack(path, to)
        except (BadInput, StorageFailed) as refused:
            one_sentence(refused)
            return
        assert told.files == {
            name: FileSum(len(data := (to / name).read_bytes()), sha(data)) for name in told.files
        }


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_name_in_a_backup_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    """A stranger's file may name any place; none outside the folder is written."""
    names = ("../evil.txt", "/tmp/evil.txt", "a/../../evil.txt", "..\\evil.txt")
    for number, name in enumerate(names):
        path = tmp_path / "b.zip"
        with zipfile.ZipFile(io.BytesIO(BACKUP)) as good, zipfile.ZipFile(path, "w") as bad:
            (head,) = [n for n in good.namelist() if n.endswith(".json")]
            told = json.loads(good.read(head))
            told["files"][name] = {"bytes": 1, "sha256": sha(b"x")}
            bad.writestr(head, json.dumps(told))
            for other in good.namelist():
                if other != head:
                    bad.writestr(other, good.read(other))
            bad.writestr(name, b"x")
        to = tmp_path / f"to{number}"
        to.mkdir()
        with pytest.raises(BadInput):
            unpack(path, to)
        assert not list(tmp_path.parent.glob("evil*"))

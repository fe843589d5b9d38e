"""`trailguide touches list|show|sample|export`: the manager's view on the command line."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import build
from bot.cli import touches as touches_cli
from bot.flow.touch_list import exported
from bot.settings import Settings
from knowledge.leads import LeadFacts
from knowledge.touch import CheckReport, Draft, Finding
from storage.tables import SuggestionRow, SuggestionTextRow
from storage.touch_filter import TouchFilter
from tests.conftest import Ran
from tests.storage_examples import a_suggestion

Run = Callable[..., Ran]
PITCH = CheckReport(passed=False, findings=(Finding("pitch", "Buy.", "It sells."),))


@pytest.fixture(scope="module")
def kept_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three suggestions: overridden, approved, and one whose title is a formula."""
    home = tmp_path_factory.mktemp("touches") / "home"
    tools = build(Settings(home=home))
    tools.leads.put("L1", LeadFacts(name="Ada Quill", company="Quill"), "import", "U1")
    for name, lead in (("s1", "L1"), ("s2", None), ("s3", None)):
        made = a_suggestion(name, lead_id=lead)
        tools.suggestions.save(replace(made, draft=Draft("V", "Buy.", "email", "composer", PITCH)))
    tools.suggestions.edit("s1", "U1", "V", "Buy it.", PITCH, reason=" \uff1dcmd|' /C calc'!A0")
    hashed = tools.suggestions.get("s2").text_hash
    assert hashed
    tools.suggestions.approve("s2", "U1", hashed)
    tools.close()
    return home


@pytest.fixture
def run(trailguide: Run, kept_home: Path) -> Run:
    return lambda *told: trailguide("--home", kept_home, "touches", *told)


def ids(ran: Ran) -> list[str]:
    return [line["id"] for line in ran.json["touches"]]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["s3", "s2", "s1"]),
        (("--lead", "ada quill"), ["s1"]),
        (("--company", "QUILL"), ["s1"]),
        (("--state", "approved_unchanged"), ["s2"]),
        (("--overridden",), ["s1"]),
        (("--not-overridden", "--failed", "pitch"), ["s3", "s2"]),
        (("--rep", "U2"), []),
        (("--stage", "interest", "--until", "2001-01-01"), []),
        (("--limit", "1"), ["s3"]),
    ],
)
def test_the_list_takes_the_filters_of_the_view(
    run: Run, options: tuple[str, ...], found: list[str]
) -> None:
    """M54: as in Slack, with the counts of all."""
    assert ids(run("list", "--json", *options)) == found


def test_the_list_is_a_table_and_says_how_to_see_more(run: Run) -> None:
    """M54: with the next page by the id that ended this one."""
    told = run("list", "--limit", "2")
    assert "Ada Quill" not in told.out
    assert "1 to 2 of 3" in told.out
    assert "--after s2" in told.out
    more = run("list", "--limit", "2", "--after", "s2")
    assert "Ada Quill" in " ".join(more.out.split()) or "Ada" in more.out
    assert "Nothing fits" in run("list", "--rep", "U2").out


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--failed", "wibble"), "No check is called"),
        (("--since", "soon"), "Name a day"),
        (("--since", "2026-03-02", "--until", "2026-03-01"), "before the first"),
        (("--stage", "later"), "Unknown stage"),
    ],
)
def test_a_wrong_option_is_one_sentence(run: Run, options: tuple[str, ...], why: str) -> None:
    """M59: with what to do, and exit 2."""
    told = run("list", *options)
    assert (told.status, why in told.err) == (2, True)


def test_a_story_is_told_whole(run: Run) -> None:
    """M56: readable, and the same as JSON."""
    told = run("show", "s1").out
    for part in ("Asked", "Piece chosen", "Turned down", "Draft edited", "[-Buy.-]"):
        assert part in told
    events = [e["what"] for e in run("show", "s1", "--json").json["events"]]
    assert events[0] == "asked"
    assert "edited" in events
    assert run("show", "nothing").status == 2


def test_a_sample_is_drawn_for_a_week_that_is_over(run: Run) -> None:
    """M57: the last whole week by default; a week to come has none."""
    assert run("sample", "--json").json["sample"] == []
    assert "not over" in run("sample", "--week", "2199-W01").err
    assert "Name a week" in run("sample", "--week", "soon").err


def test_an_export_is_filtered_and_no_cell_is_a_formula(run: Run, tmp_path: Path) -> None:
    """M54: the columns of the contract, with what fits alone."""
    out = run("export", "--overridden").out
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["suggestion_id"] == "s1"
    assert row["kept_reason"].startswith("'")
    lines = run("export", "--format", "jsonl", "--state", "approved").out.splitlines()
    assert [json.loads(line)["suggestion_id"] for line in lines] == ["s2"]
    assert run("export", "--output", tmp_path / "all.csv").out == ""
    assert len(list(csv.reader((tmp_path / "all.csv").open(newline="")))) == 4


def test_an_export_that_fails_leaves_the_former_file_whole(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59: written beside, then renamed; a full disk or a bug leaves no half."""
    target = tmp_path / "out.csv"
    target.write_text("as it was")

    def dies(*_: Any) -> Any:
        yield "half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(touches_cli, "_csv", dies)
    told = run("export", "--output", target)
    assert (told.status, "No space left" in told.err) == (1, True)
    assert target.read_text() == "as it was"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_an_export_of_many_rows_takes_no_more_memory(tmp_path: Path) -> None:
    """M54: rows are read on in stretches; four times as many take the same room."""
    tools = build(Settings(home=tmp_path / "home"))
    text = "word " * 200

    def grow(begin: int, end: int) -> None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        with tools.db.write() as session:
            for n in range(begin, end):
                session.add(SuggestionRow(
                    id=f"t{n:06}", created_at=at + timedelta(minutes=n), stage="interest",
                    stage_confidence=0.5, decision="send", touch_number=1, budget=27, rules=[],
                    state="pending",
                ))  # fmt: skip
            session.flush()
            for n in range(begin, end):
                session.add(SuggestionTextRow(suggestion_id=f"t{n:06}", card={}, body=text))

    def peak() -> int:
        _, rows = exported(TouchFilter(), "command line", tools)
        tracemalloc.start()
        sum(len(line) for line in touches_cli._csv(rows))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    grow(0, 500)
    peak()  # what is loaded once
    few = peak()
    grow(500, 2000)
    assert peak() < 1.5 * few
    tools.close()

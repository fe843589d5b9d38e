"""Bad input gets one clear sentence and the right exit status, and nothing is lost (M59)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from pydantic import ValidationError

from bot.cli.batch import run_batch
from bot.flow.line_problems import first_problem
from bot.flow.lines import CheckLine, Line, NextLine, SearchLine
from bot.flow.near_leads import near_leads
from bot.flow.tools import Tools
from bot.flow.unknown_fields import MOST_TOLD, nearest_field
from tests.conftest import Ran

Run = Callable[..., Ran]


def one_sentence(ran: Ran, status: int, *parts: str) -> None:
    """The status is right, stderr is one readable line, and it says what it must."""
    lines = [line for line in ran.err.splitlines() if line.strip()]
    assert ran.status == status, ran
    assert "Traceback" not in ran.err + ran.out
    assert len(lines) == 1, ran.err
    for part in parts:
        assert part in ran.err


def counts(run: Run, home: Path) -> int:
    return len(run("--home", home, "library", "list", "--json").json)


def batch(tmp_path: Path, *lines: object) -> tuple[Path, Path]:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    source.write_text(text + "\n", encoding="utf-8")
    return source, target


def answers(target: Path) -> list[dict]:
    return [json.loads(line) for line in target.read_text().splitlines()]


def test_missing_file(trailguide: Run, home: Path, tmp_path: Path) -> None:
    one_sentence(trailguide("--home", home, "library", "add", tmp_path / "nope.md"), 2, "nope.md")


def test_kind_of_file_that_is_not_read(trailguide: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(b"ID3")
    one_sentence(trailguide("--home", home, "library", "add", tmp_path / "song.mp3"), 2, "song.mp3")


def test_binary_as_markdown_is_rejected_and_the_rest_goes_in(
    trailguide: Run, home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "bad.md").write_bytes(bytes(range(256)) * 40)
    (folder / "good.md").write_text("# Pumps\n\n" + "A pump moves water from here to there. " * 8)
    ran = trailguide("--home", home, "library", "add", folder, "--json")
    assert ran.status == 0
    assert ran.json["added"] == 1
    assert "bad.md" in ran.json["rejected"][0]["source"]
    assert "text" in ran.json["rejected"][0]["reason"]


def test_empty_library_names_the_home_folder_and_still_decides(
    trailguide: Run, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    searched = trailguide("--home", empty, "search", "downtime", "--json")
    one_sentence(searched, 0, str(empty))
    assert searched.json == {"query": "downtime", "results": []}
    asked = trailguide("--home", empty, "next", "--question", "What is downtime?", "--json")
    one_sentence(asked, 0, str(empty))
    assert asked.json["decision"] == "send"
    assert asked.json["asset"] is None
    assert asked.json["unanswered"] == ["What is downtime?"]


def test_bad_json_lines_are_answered_in_order_and_the_batch_goes_on(
    trailguide: Run, home: Path, tmp_path: Path
) -> None:
    source, target = batch(
        tmp_path,
        {"id": "a", "query": "downtime"},
        "{not json",
        "[1, 2]",
        {"query": "no id"},
        {"id": "b"},
        {"id": "c", "query": "   "},
        {"id": 7, "query": "spare parts"},
    )
    ran = trailguide("--home", home, "search", "--batch", source, "--output", target)
    assert ran.status == 0
    got = answers(target)
    assert [a["id"] for a in got] == ["a", None, None, None, "b", "c", 7]
    assert [("error" in a) for a in got] == [False, True, True, True, True, True, False]
    assert "line 2" in got[1]["error"]
    assert got[6]["results"][0]["asset_id"].startswith("spare-parts")


def test_unknown_stage(trailguide: Run, home: Path) -> None:
    ran = trailguide("--home", home, "next", "--stage", "warm", "--question", "What is downtime?")
    one_sentence(ran, 2, "warm", "awareness")


def test_question_of_100_kilobytes(trailguide: Run, home: Path) -> None:
    started = time.monotonic()
    ran = trailguide("--home", home, "next", "--question", "why downtime " * 8000)
    one_sentence(ran, 2, "characters")
    assert time.monotonic() - started < 20


def test_question_in_japanese(trailguide: Run, home: Path) -> None:
    ran = trailguide(
        "--home", home, "next", "--question", "設備の停止時間を減らすにはどうすればよいですか。"
    )
    one_sentence(ran, 2, "Japanese", "English")


def test_lead_that_does_not_exist(trailguide: Run, home: Path) -> None:
    one_sentence(trailguide("--home", home, "next", "--lead", "nobody"), 2, "nobody")
    one_sentence(trailguide("--home", home, "leads", "show", "nobody"), 2, "nobody")
    one_sentence(trailguide("--home", home, "leads", "erase", "nobody"), 2, "nobody")


def test_a_lead_that_may_be_meant_is_named(trailguide: Run, home: Path) -> None:
    meant = "Did you mean lead-dana-ortiz (Dana Ortiz"
    one_sentence(trailguide("--home", home, "next", "--lead", "dana"), 2, "'dana'", meant)
    one_sentence(trailguide("--home", home, "leads", "show", "Dana Ortis"), 2, meant)
    one_sentence(trailguide("--home", home, "leads", "erase", "lead-dana-ortz"), 2, meant)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("nina", ["nina-park-1a2b3c4d (Nina Park, Northwind)"]),
        ("nian-park", ["nina-park-1a2b3c4d (Nina Park, Northwind)"]),
        ("Northwnd", ["nina-park-1a2b3c4d (Nina Park, Northwind)"]),
        ("contoso", ["c-7 (Contoso)", "c-8 (Omar Reed, Contoso)"]),
        ("l", []),
        ("nobody", []),
        ("--", []),
    ],
)
def test_a_lead_is_near_by_id_name_or_company(said: str, named: list[str]) -> None:
    on_record = [
        ("nina-park-1a2b3c4d", "Nina Park", "Northwind", "n@northwind.example"),
        ("c-7", None, "Contoso", None),
        ("c-8", "Omar Reed", "Contoso", None),
        ("x9", None, None, None),
    ]
    tools = SimpleNamespace(leads=SimpleNamespace(names=lambda: on_record))
    assert near_leads(said, cast("Tools", tools)) == named


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_write_permission_as_a_plain_user(trailguide: Run, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    one_sentence(trailguide("--home", locked / "x", "library", "list"), 1, str(locked))


def test_home_that_cannot_be_made(trailguide: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    ran = trailguide("--home", tmp_path / "file" / "home", "library", "list")
    one_sentence(ran, 1, "home")


def test_output_that_cannot_be_written(trailguide: Run, home: Path, tmp_path: Path) -> None:
    source, _ = batch(tmp_path, {"id": 1, "query": "downtime"})
    ran = trailguide("--home", home, "search", "--batch", source, "--output", tmp_path / "no" / "x")
    one_sentence(ran, 1, "--output")


def test_output_over_its_own_input_is_refused_and_the_input_kept(
    trailguide: Run, home: Path, tmp_path: Path
) -> None:
    source, _ = batch(tmp_path, {"id": 1, "query": "downtime"})
    before = source.read_text()
    ran = trailguide("--home", home, "search", "--batch", source, "--output", source)
    one_sentence(ran, 2, "same file")
    assert source.read_text() == before


def test_missing_batch_file(trailguide: Run, home: Path, tmp_path: Path) -> None:
    ran = trailguide(
        "--home", home, "stage", "--batch", tmp_path / "none", "--output", tmp_path / "o"
    )
    one_sentence(ran, 2, "none")


def test_batch_without_output(trailguide: Run, home: Path, tmp_path: Path) -> None:
    source, _ = batch(tmp_path, {"id": 1, "query": "x"})
    one_sentence(trailguide("--home", home, "search", "--batch", source), 2, "--output")


def test_second_process_on_the_index_is_served_from_sql(
    trailguide: Run, home: Path, tmp_path: Path
) -> None:
    """Decision 2: one process owns the index; a command beside it scans the vectors kept in SQL."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        ran = trailguide("--home", home, "search", "spare parts stock", "--json")
        assert ran.status == 0
        assert ran.json["results"][0]["asset_id"].startswith("spare-parts")
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout:
            holder.stdout.close()


_HOLD = """
import sys, time
from pathlib import Path
from bot.bootstrap import build
from bot.settings import Settings
tools = build(Settings(home=Path(sys.argv[1])), must_own_index=True)
tools.vectors
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.embedded
def test_second_bot_on_the_index_is_refused(home: Path) -> None:
    from bot.bootstrap import build
    from bot.settings import Settings
    from knowledge.errors import IndexBusy

    first = build(Settings(home=home), must_own_index=True)
    second = build(Settings(home=home), must_own_index=True)
    try:
        assert first.vectors.count() > 0
        with pytest.raises(IndexBusy, match="Another"):
            second.vectors  # noqa: B018 - made when first used
    finally:
        second.close()
        first.close()


def test_unknown_setting(trailguide: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAILGUIDE_HOEM", "x")
    one_sentence(trailguide("--home", home, "library", "list"), 2, "TRAILGUIDE_HOEM")


def test_broken_settings_file(trailguide: Run, home: Path) -> None:
    (home / "trailguide.toml").write_text("port = [")
    one_sentence(trailguide("--home", home, "library", "list"), 2, "trailguide.toml")


@pytest.mark.embedded
def test_corrupt_database_is_named_and_left_alone(trailguide: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "trailguide.db").write_bytes(b"this is no database, but somebody's file" * 30)
    before = (home / "trailguide.db").read_bytes()
    one_sentence(trailguide("--home", home, "library", "list"), 1, "trailguide.db")
    assert (home / "trailguide.db").read_bytes() == before


@pytest.mark.embedded
def test_corrupt_index_is_made_again_from_sql(trailguide: Run, home: Path) -> None:
    """Decision 1: the index is disposable."""
    for file in (home / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(b"rubbish")
    ran = trailguide("--home", home, "search", "spare parts stock", "--json")
    assert ran.status == 0
    assert ran.json["results"][0]["asset_id"].startswith("spare-parts")


def test_empty_query(trailguide: Run, home: Path) -> None:
    one_sentence(trailguide("--home", home, "search", "   "), 2, "empty")
    one_sentence(trailguide("--home", home, "search"), 2, "empty")


@pytest.mark.parametrize(
    "line",
    [
        {"id": 1, "history": [{"action": "teleported", "on": "2026-01-01"}]},
        {"id": 1, "history": [{"action": "sent", "on": "yesterday"}]},
        {"id": 1, "history": "sent"},
        {"id": 1, "questions": "not a list"},
        {"id": 1, "lead": {"company_size": "many"}},
        {"id": 1, "lead": "nobody-at-all"},
        {"id": 1, "lead": {"stage": "lukewarm"}},
        {"id": 1, "today": "2026-13-45"},
        {"id": 1, "channel": "pigeon"},
    ],
)
def test_bad_fields_of_a_next_line(trailguide: Run, home: Path, tmp_path: Path, line: dict) -> None:
    source, target = batch(tmp_path, line, {"id": 2, "questions": ["What does downtime cost?"]})
    assert trailguide("--home", home, "next", "--batch", source, "--output", target).status == 0
    bad, good = answers(target)
    assert bad["id"] == 1
    assert len(bad["error"].splitlines()) == 1
    assert good["decision"] == "send"


def test_approving_a_piece_without_an_address(trailguide: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "a.md").write_text("# A\n\n" + "Water flows down the hill to the sea. " * 8)
    added = trailguide("--home", home, "library", "add", tmp_path / "a.md", "--approve", "--json")
    assert added.json["added"] == 1
    asset_id = trailguide("--home", home, "library", "list", "--json").json[0]["asset_id"]
    one_sentence(trailguide("--home", home, "library", "approve", asset_id), 2, "URL")


def test_control_characters_and_markup_stay_data(trailguide: Run, home: Path) -> None:
    nasty = "What does \x1b[31mdowntime\x00 cost? <!channel> [link](http://evil.example) {{7*7}}"
    ran = trailguide("--home", home, "next", "--question", nasty, "--json")
    assert ran.status == 0
    body = (ran.json["draft"] or {"body": ""})["body"]
    assert "evil.example" not in body
    assert "\x1b" not in body
    assert "{{" not in body


def test_failures_lose_nothing(trailguide: Run, home: Path, tmp_path: Path) -> None:
    before = counts(trailguide, home)
    trailguide("--home", home, "library", "add", tmp_path / "missing")
    trailguide("--home", home, "library", "retire", "no-such-asset")
    trailguide("--home", home, "leads", "import", tmp_path / "missing.csv")
    assert counts(trailguide, home) == before


def test_the_reader_of_our_output_may_leave(home: Path) -> None:
    command = f"{sys.executable} -m bot.cli --home {home} library list | head -1"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "lead": {"name": "\\ud800"}}',
        '{"id": "\\ud800", "questions": []}',
        '{"id": 1, "today": "9999-12-31"}',
        '{"id": 1, "today": "0001-01-01"}',
        '{"id": 1, "lead": {"account_touched_on": "9999-12-31"}}',
        '{"id": 1, "lead": {"gap_days": 1000000000000}}',
        '{"id": 1, "lead": {"replied_at": "9999-12-31T23:59:59"}}',
        '{"id": 1, "lead": {"stage": "foo"}}',
        '{"id": 1, "lead": 7}',
        '{"id": 1, "questions": [7]}',
        '{"id": 1, "questions": ["What\\u0000is it?"], "lead": {"problem": "a\\u0000b"}}',
    ],
)
def test_one_extreme_line_never_costs_the_others(
    trailguide: Run, home: Path, tmp_path: Path, line: str
) -> None:
    source, target = batch(tmp_path, line, {"id": 2, "questions": ["What does downtime cost?"]})
    assert trailguide("--home", home, "next", "--batch", source, "--output", target).status == 0
    first, good = answers(target)
    assert "error" in first or "decision" in first
    assert "inside Trailguide" not in first.get("error", "")
    assert good["decision"] == "send"


def test_the_reason_names_the_field_as_the_writer_knows_it(
    trailguide: Run, home: Path, tmp_path: Path
) -> None:
    source, target = batch(tmp_path, {"id": 1, "lead": {"stage": "foo"}}, {"id": 2, "questions": 7})
    trailguide("--home", home, "next", "--batch", source, "--output", target)
    first, second = answers(target)
    assert "'lead.stage'" in first["error"]
    assert "awareness" in first["error"]
    assert "'questions'" in second["error"]
    assert "list" in second["error"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"questions": "What?"}, "'questions' is 'What?'; give a list in square brackets"),
        ({"questions": [7]}, "'questions' (entry 1) is 7; give a text in quotes"),
        ({"history": ["sent"]}, "'history' (entry 1) is 'sent'; give an object in braces"),
        (
            {"history": [{"action": "sent", "on": "yesterday"}]},
            "'history.on' (entry 1) is 'yesterday'; give a date like 2026-11-03",
        ),
        ({"today": "2026-13-45"}, "'today' is '2026-13-45'; give a date like 2026-11-03"),
        ({"today": "2026-13-45T09:00"}, "'today' is '2026-13-45T09:00'; give a date like"),
        ({"today": ["a"]}, "'today' is a list; give a date like 2026-11-03"),
        ({"today": "1800-01-01"}, "'today' is '1800-01-01'; give 1900-01-01 or later"),
        ({"lead": 1042}, "'lead' is 1042; give the id of a stored lead in quotes, or an object"),
        ({"lead": {"replied_at": "soon"}}, "'lead.replied_at' is 'soon'; give a date like"),
        ({"lead": {"products": 7}}, "'lead.products' is 7; give a list in square brackets"),
        ({"lead": {"company_size": "many"}}, "'lead.company_size' is 'many'; give a whole number"),
        ({"lead": {"gap_days": -1}}, "'lead.gap_days' is -1; give 0 or more"),
        ({"lead": {"opted_out": "maybe"}}, "'lead.opted_out' is 'maybe'; give true or false"),
        ({"lead": {"stage": 7}}, "'lead.stage' is 7; use one of: awareness, interest, "),
        ({"id": None}, "'id' is null; give a text in quotes or a whole number"),
    ],
)
def test_a_wrong_value_is_told_with_its_place_and_what_to_write(
    line: dict[str, object], told: str
) -> None:
    with pytest.raises(ValidationError) as wrong:
        NextLine.model_validate({"id": 1, **line})
    assert first_problem(wrong.value).startswith(told)


def test_a_field_that_nothing_reads_is_named_once_and_its_line_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = batch(
        tmp_path,
        {"id": 1, "questions": ["Why?"]},
        {"id": 2, "quesitons": ["Why?"], "lead": {"compnay": "A"}},
        {"id": 3, "quesitons": ["Why?"], "history": [{"acton": "sent"}]},
    )
    run_batch(source, target, NextLine, lambda lines: [{"id": line.id} for line in lines], "Asking")
    assert [a["id"] for a in answers(target)] == [1, 2, 3]
    assert [("error" in a) for a in answers(target)] == [False, False, True]
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Line ")]
    assert told == [
        "Line 2: nothing reads the field 'quesitons'; did you mean 'questions'?",
        "Line 2: nothing reads the field 'lead.compnay'; did you mean 'lead.company'?",
        "Line 3: nothing reads the field 'history.acton'; did you mean 'history.action'?",
    ]


def test_fields_of_the_contract_draw_no_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = {"company": "A", "trust_gaps": ["known"], "account_roles": []}
    history = [{"asset_id": None, "action": "read", "on": "2026-11-03", "note": "x"}]
    source, target = batch(
        tmp_path,
        {"id": 1, "lead": lead, "history": history, "today": "2026-11-03", "channel": "text"},
    )
    run_batch(source, target, NextLine, lambda lines: [{"id": line.id} for line in lines], "Asking")
    assert capsys.readouterr().err.strip() == ""


def test_the_note_on_unknown_fields_is_bounded_and_printable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"id": n, "query": "x", f"\x1b{n}{'z' * 900}": 1} for n in range(3 * MOST_TOLD)]
    source, target = batch(tmp_path, *lines)
    run_batch(source, target, SearchLine, lambda lines: [{"id": n.id} for n in lines], "Searching")
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == MOST_TOLD + 1
    assert all(line.isprintable() and len(line) < 200 for line in told)


@pytest.mark.parametrize(
    ("place", "form", "near"),
    [
        ("question", NextLine, "questions"),
        ("companySize", NextLine, "company_size"),
        ("role", NextLine, "lead.role"),
        ("lead.question", NextLine, "questions"),
        ("Query", SearchLine, "query"),
        ("txt", CheckLine, "text"),
        ("expected", SearchLine, None),
    ],
)
def test_the_nearest_field_is_one_that_is_read(
    place: str, form: type[Line], near: str | None
) -> None:
    assert nearest_field(place, form) == near


def test_approving_all_of_nothing_is_no_failure(trailguide: Run, home: Path) -> None:
    ran = trailguide("--home", home, "library", "approve", "--all")
    assert (ran.status, ran.out.strip()) == (0, "0 approved.")

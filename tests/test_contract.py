"""The command-line contract: shapes, order and exit statuses, on the sample library."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import __version__
from bot.views.terminal import print_library
from knowledge.assets import Asset
from knowledge.journey import AssetType
from tests.conftest import Ran

Run = Callable[..., Ran]
ROOT = Path(__file__).resolve().parents[1]


def ask_batch(run: Run, home: Path, tmp_path: Path, command: str, *lines: dict) -> list[dict]:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    ran = run("--home", home, command, "--batch", source, "--output", target)
    assert ran.status == 0, ran
    assert ran.out == ""
    return [json.loads(line) for line in target.read_text().splitlines()]


def test_version(trailguide: Run) -> None:
    assert trailguide("--version").out == f"trailguide {__version__}\n"


def test_search_prints_ranked_results(trailguide: Run, home: Path) -> None:
    got = trailguide("--home", home, "search", "spare parts stock", "--top", 3, "--json").json
    assert got["query"] == "spare parts stock"
    assert [r["rank"] for r in got["results"]] == [1, 2, 3]
    first = got["results"][0]
    assert set(first) >= {"rank", "asset_id", "title", "url", "type", "stages", "score", "passage"}
    assert first["asset_id"].startswith("spare-parts")
    scores = [r["score"] for r in got["results"]]
    assert scores == sorted(scores, reverse=True)


def test_search_does_not_filter_promotion(trailguide: Run, home: Path) -> None:
    """Search shows all that is approved; only recommending is choosy (M17)."""
    got = trailguide(
        "--home", home, "search", "How do I cut unplanned downtime in my plant?", "--json"
    ).json
    assert "brochure" in {r["type"] for r in got["results"]}


def test_search_batch_answers_in_order_and_like_single_searches(
    trailguide: Run, home: Path, tmp_path: Path
) -> None:
    queries = ["water leak season", "backlog cost", "offline mobile app", "security questions"]
    lines = [{"id": f"q{i}", "query": q} for i, q in enumerate(queries)]
    got = ask_batch(trailguide, home, tmp_path, "search", *lines)
    assert [g["id"] for g in got] == ["q0", "q1", "q2", "q3"]
    for query, answer in zip(queries, got, strict=True):
        single = trailguide("--home", home, "search", query, "--json").json["results"]
        assert [r["asset_id"] for r in answer["results"]] == [r["asset_id"] for r in single]


def test_next_has_the_shape_of_the_contract(trailguide: Run, home: Path) -> None:
    """M4 M10 M15 Every suggestion names stage, asset, touch count, and when."""
    got = trailguide(
        "--home", home, "next", "--lead", "lead-dana-ortiz", "--question",
        "What does a maintenance backlog cost?", "--json",
    ).json  # fmt: skip
    assert set(got) >= {
        "decision", "reason", "when", "stage", "asset", "reasons", "alternates", "touch",
        "profiling_question", "draft",
    }  # fmt: skip
    assert got["decision"] == "send"
    assert set(got["stage"]) == {"stage", "confidence", "evidence"}
    assert set(got["asset"]) == {"asset_id", "title", "url", "type", "score"}
    assert all(
        {"asset_id", "title", "url", "type", "score", "why_not"} <= set(a)
        for a in got["alternates"]
    )
    assert got["touch"]["number"] >= 2
    assert got["touch"]["budget"] == 27
    assert set(got["draft"]) >= {"subject", "body", "channel", "source", "checks"}
    assert got["draft"]["source"] == "composer"
    assert got["draft"]["checks"] == {"passed": True, "findings": []}
    assert got["asset"]["url"] in got["draft"]["body"]


def test_a_given_field_beats_the_lead_object_that_beats_inference(
    trailguide: Run, home: Path, tmp_path: Path
) -> None:
    lead = {"stage": "decision", "persona": "finance", "problem": "downtime"}
    given, object_only, inferred = ask_batch(
        trailguide, home, tmp_path, "next",
        {"id": 1, "stage": "awareness", "lead": lead},
        {"id": 2, "lead": lead},
        {"id": 3, "lead": {"problem": "downtime"}, "questions": ["What is downtime?"]},
    )  # fmt: skip
    assert given["stage"]["stage"] == "awareness"
    assert object_only["stage"]["stage"] == "decision"
    assert object_only["stage"]["confidence"] == 1
    assert inferred["stage"]["confidence"] < 1


def test_a_batch_of_next_stores_nothing(trailguide: Run, home: Path, tmp_path: Path) -> None:
    ask_batch(
        trailguide, home, tmp_path, "next", {"id": 1, "questions": ["Can it fly to the moon?"]}
    )
    assert trailguide("--home", home, "touches", "export", "--format", "jsonl").out == ""
    assert trailguide("--home", home, "library", "coverage", "--json").json["requests"] == []


def test_stage_batch(trailguide: Run, home: Path, tmp_path: Path) -> None:
    """M33 Stage is inferred from what the lead asked and did, with the evidence."""
    got = ask_batch(
        trailguide, home, tmp_path, "stage",
        {"id": "a", "questions": ["What does unplanned downtime mean?"]},
        {"id": "b", "history": [{"action": "bought", "on": "2026-01-02", "asset_id": None}]},
        {"id": "c"},
    )  # fmt: skip
    assert [g["stage"] for g in got[:2]] == ["awareness", "customer"]
    assert all(g["evidence"] for g in got)
    assert got[2]["confidence"] < got[1]["confidence"]


def test_check_batch_judges_drafts_and_assets(trailguide: Run, home: Path, tmp_path: Path) -> None:
    """M2 M3 M7 M18 Pitching, checking in and hurrying are found; what is absent is skipped."""
    pitch = (
        "Hi Dana, just checking in. Are you ready to buy? Our offer ends Friday, book a demo now!"
    )
    calm = "Presses stop for three reasons. " * 30
    loud = "Revolutionary! The best platform ever! Book your demo today! Unbeatable! " * 10
    got = ask_batch(
        trailguide, home, tmp_path, "check",
        {"id": 1, "kind": "draft", "text": pitch},
        {"id": 2, "kind": "asset", "text": calm},
        {"id": 3, "kind": "asset", "text": loud},
        {"id": 4, "kind": "poem", "text": calm},
        {"id": 5, "kind": "draft", "text": " "},
    )  # fmt: skip
    assert set(got[0]) == {"id", "hype", "passed", "findings", "skipped"}
    assert not got[0]["passed"]
    assert {"rule", "sentence", "why"} == set(got[0]["findings"][0])
    assert got[0]["skipped"]
    assert got[1]["passed"]
    assert not got[2]["passed"]
    assert got[2]["hype"] > got[1]["hype"]
    assert "error" in got[3]
    assert "error" in got[4]


def test_understand_batch(trailguide: Run, home: Path, tmp_path: Path) -> None:
    got = ask_batch(
        trailguide, home, tmp_path, "understand",
        {"id": 1, "text": "Jo Marsh at Fernhill Foods (CFO, logistics, 400 people) read the TCO "
         "paper and asks how long rollout takes and if it works with SAP. What next?"},
        {"id": 2, "text": "thanks!"},
    )  # fmt: skip
    assert set(got[0]) >= {
        "id", "intent", "lead_name", "company", "role", "industry", "company_size", "stage",
        "questions", "signals",
    }  # fmt: skip
    assert got[0]["intent"] == "next"
    assert (got[0]["lead_name"], got[0]["company"]) == ("Jo Marsh", "Fernhill Foods")
    assert (got[0]["role"], got[0]["industry"], got[0]["company_size"]) == ("CFO", "logistics", 400)
    assert len(got[0]["questions"]) == 2
    assert "read" in got[0]["signals"]
    assert got[1]["intent"] == "thanks"


def test_library_commands(trailguide: Run, home: Path) -> None:
    listed = trailguide("--home", home, "library", "list", "--json").json
    assert len(listed) >= 24
    one = next(a for a in listed if a["asset_id"].startswith("spare-parts"))
    shown = trailguide("--home", home, "library", "show", one["asset_id"], "--json").json
    assert shown["title"] == one["title"]
    assert trailguide("--home", home, "library", "retire", one["asset_id"]).status == 0
    found = trailguide("--home", home, "search", "spare parts stock", "--json").json["results"]
    assert one["asset_id"] not in {r["asset_id"] for r in found}
    assert trailguide("--home", home, "library", "approve", one["asset_id"]).status == 0
    found = trailguide("--home", home, "search", "spare parts stock", "--json").json["results"]
    assert found[0]["asset_id"] == one["asset_id"]


@pytest.mark.parametrize("columns", [20, 80, 200])
@pytest.mark.parametrize("piped", [True, False])
def test_the_table_of_the_library_never_cuts_an_id(
    columns: int, piped: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    if not piped:
        monkeypatch.setenv("FORCE_COLOR", "1")
    title = "How to keep a store of spare parts in good order, week after week and year after year"
    asset_id = "how-to-keep-a-store-of-spare-parts-in-good-order[x]-1a2b3c4d"
    asset = Asset(asset_id, title, AssetType.GUIDE, "Text.", "a.md", url="https://a.example/a")
    print_library([asset])
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "how-to" in line]
    assert asset_id in row
    assert asset.status in row
    assert (title in row) is (piped or columns == 200)


def test_a_miss_becomes_a_counted_content_request(trailguide: Run, home: Path) -> None:
    """M47 Every miss in a rep's search becomes a counted content request."""
    question = "Which football team won the cup?"
    for _ in range(2):
        got = trailguide("--home", home, "next", "--question", question, "--json").json
        assert got["asset"] is None
        assert got["unanswered"] == [question]
    requests = trailguide("--home", home, "library", "coverage", "--json").json["requests"]
    assert [(r["question"], r["count"]) for r in requests] == [(question, 2)]


def test_leads_import_is_checked_line_by_line_and_idempotent(
    trailguide: Run, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(
        "id,name,company_size,stage\n"
        "l1,Ann Example,120,interest\nl2,Bo Example,many,\nl3,Cy Example,,lukewarm\n"
    )
    first = trailguide("--home", home, "leads", "import", file, "--json").json
    assert (first["added"], [r["line"] for r in first["rejected"]]) == (1, [3, 4])
    again = trailguide("--home", home, "leads", "import", file, "--json").json
    assert (again["added"], again["unchanged"]) == (0, 1)
    assert trailguide("--home", home, "leads", "show", "l1", "--json").json["company_size"] == 120


@pytest.mark.embedded
def test_an_erased_lead_is_gone_and_the_audit_log_still_verifies(
    trailguide: Run, home: Path
) -> None:
    trailguide(
        "--home", home, "next", "--lead", "lead-dana-ortiz", "--question", "What is a backlog?"
    )
    assert trailguide("--home", home, "leads", "erase", "lead-dana-ortiz").status == 0
    assert trailguide("--home", home, "leads", "show", "lead-dana-ortiz").status == 2
    assert trailguide("--home", home, "audit", "verify", "--json").json["ok"] is True
    for file in home.glob("trailguide.db*"):
        assert b"dana.ortiz@" not in file.read_bytes()


def test_an_ask_about_nobody_says_so_beside_its_answer(trailguide: Run, home: Path) -> None:
    """A touch for nobody known is to ask first, and the reader hears whose it is not."""
    bare = trailguide("--home", home, "next", "--json")
    assert (bare.status, bare.json["decision"]) == (0, "ask")
    assert "No lead is named" in bare.err
    assert "--lead ID" in bare.err
    for told in (("--lead", "lead-dana-ortiz"), ("--persona", "cfo"), ("--question", "Why?")):
        assert "No lead is named" not in trailguide("--home", home, "next", *told).err


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_touches_are_exported(trailguide: Run, home: Path, form: str) -> None:
    """M56 Every suggestion is on record."""
    asked = trailguide(
        "--home", home, "next", "--question", "What does downtime cost?", "--json"
    ).json
    out = trailguide("--home", home, "touches", "export", "--format", form).out
    assert asked["suggestion_id"] in out
    assert asked["asset"]["asset_id"] in out


@pytest.mark.embedded
def test_audit_verify_fails_when_an_entry_was_changed(trailguide: Run, home: Path) -> None:
    """M56 The log is tamper-evident."""
    import sqlite3

    trailguide("--home", home, "next", "--question", "What does downtime cost?")
    assert trailguide("--home", home, "audit", "verify").status == 0
    with sqlite3.connect(home / "trailguide.db") as db:
        (table,) = [
            r[0]
            for r in db.execute(
                "select name from sqlite_master where name = 'audit' and type = 'table'"
            )
        ]
        for (trigger,) in db.execute(
            "select name from sqlite_master where type='trigger'"
        ).fetchall():
            db.execute(f"drop trigger {trigger}")
        db.execute(f"update {table} set actor = 'somebody else' where seq = 1")
    db.close()
    ran = trailguide("--home", home, "audit", "verify", "--json")
    assert ran.status == 1
    assert ran.json["first_bad"] == 1


def test_doctor_is_content_with_a_fresh_home(trailguide: Run, home: Path) -> None:
    ran = trailguide("--home", home, "doctor", "--json")
    assert ran.status == 0
    health = {f["part"]: f["health"] for f in ran.json}
    assert health["database"] == health["embedding model"] == health["index"] == "good"
    assert health["Slack"] == "not set"


def test_search_answers_from_a_cold_start_without_torch(home: Path) -> None:
    code = (
        "import sys\n"
        "from bot.cli import app\n"
        "try: app(['--home', sys.argv[1], 'search', 'downtime', '--json'])\n"
        "except SystemExit as e: status = e.code\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
        "print(status or 0, sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.stderr.splitlines()[-1] == "0 []", done.stderr
    assert json.loads(done.stdout)["results"]


def test_leads_are_listed_with_their_ids(trailguide: Run, home: Path) -> None:
    listed = trailguide("--home", home, "leads", "list", "--json").json
    assert {"lead_id", "name", "company", "email"} == set(listed[0])
    assert "lead-dana-ortiz" in {lead["lead_id"] for lead in listed}


def test_waiting_drafts_are_named_when_nothing_is_approved(trailguide: Run, tmp_path: Path) -> None:
    home, text = tmp_path / "home", "Water flows down the hill to the sea. " * 8
    (tmp_path / "a.md").write_text(f"# A\n\n{text}")
    add = ("--home", home, "library", "add", tmp_path / "a.md", "--base-url", "https://a.example")
    trailguide(*add)
    ran = trailguide("--home", home, "search", "water")
    assert "1 wait as drafts" in ran.err
    assert trailguide("--home", home, "library", "approve", "--all").out == "1 approved.\n"


def test_promotional_pieces_are_named_as_they_go_in(trailguide: Run, home: Path) -> None:
    """M17 M18 The marketer hears at once what will never be recommended."""
    brochures = [
        a["asset_id"]
        for a in trailguide("--home", home, "library", "list", "--json").json
        if a["type"] == "brochure"
    ]
    (home / "new.md").write_text(
        "---\ntype: brochure\nurl: https://a.example/b\n---\n# Buy\n\n" + "The best there is! " * 20
    )
    added = trailguide("--home", home, "library", "add", home / "new.md", "--json").json
    assert len(added["promotional"]) == 1
    assert len(brochures) == 4


def test_a_reviewer_may_overrule_the_score_but_never_a_brochure(
    trailguide: Run, home: Path
) -> None:
    """M17 A brochure stays one, whoever says otherwise."""
    listed = trailguide("--home", home, "library", "list", "--json").json
    brochure = next(a["asset_id"] for a in listed if a["type"] == "brochure")
    guide = next(a["asset_id"] for a in listed if a["type"] == "guide")
    refused = trailguide("--home", home, "library", "overrule", brochure, "--reason", "I like it")
    assert refused.status == 2
    overruled = trailguide("--home", home, "library", "overrule", guide, "--reason", "It teaches")
    assert overruled.status == 0
    shown = trailguide("--home", home, "library", "show", guide, "--json").json
    assert shown["hype_overruled"] is True


def test_words_about_a_lead_not_on_record_can_be_erased(trailguide: Run, home: Path) -> None:
    question = "What does downtime cost our plant in Exampleville?"
    made = trailguide("--home", home, "next", "--question", question, "--json").json
    assert trailguide("--home", home, "touches", "erase", made["suggestion_id"]).status == 0
    for file in home.glob("trailguide.db*"):
        assert b"Exampleville" not in file.read_bytes()
    assert trailguide("--home", home, "audit", "verify").status == 0

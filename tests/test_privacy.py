"""M56 Erasing, exporting and forgetting a lead: nothing stays, nothing is left out."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.bootstrap import Wired
from bot.flow import retention
from bot.flow.erasing import DATABASE_LOG, erase_lead, is_unfinished
from bot.flow.import_leads import import_leads
from bot.flow.lead_export import held_on
from bot.flow.next_touch import next_touch
from bot.flow.plans import kept_handovers, kept_plans
from bot.jobs import Jobs, _jobs_database
from bot.listeners import chores
from bot.listeners.incoming import Incoming, Kind
from bot.settings import Settings
from bot.views.lead_export import lead_text
from knowledge.assets import Asset
from knowledge.clock import team_date
from knowledge.errors import NotAllowed
from knowledge.handover import Handover
from knowledge.journey import AssetType, Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.plan_place import HeldPlan
from knowledge.proposals import Proposals
from knowledge.retention import Kept
from knowledge.review import NoteAbout, NoteKind
from knowledge.touch import Ask
from knowledge.track_files import load_tracks
from storage import database
from storage.crm import CrmRecords, Link
from storage.crm_queue import CrmQueue
from storage.jobs_store import erase_from_jobs, says
from storage.lead_files import WaitingFiles
from storage.person import mentions
from storage.review_notes import ReviewNotes
from storage.signals import Signals
from storage.unmatched import Sign, Unmatched
from tests.conftest import Ran
from tests.slack.local import button_of, buttons
from tests.slack.office import ASK, ROBIN, Office
from tests.traces import traces

pytest_plugins = ("tests.slack.fixtures", "tests.databases")

DANA = "lead-dana-ortiz"
PLACES = (
    "name", "mail", "company", "role", "problem", "note", "question", "draft", "kept", "sent",
    "outcome", "helped", "snoozed", "delivered", "window", "message", "missed", "field", "comment",
    "proposal", "job", "logline", "correction", "crmrecord", "crmwrite", "handover", "back",
    "signal", "stranger", "list",
)  # fmt: skip
WORD = {place: f"zqx{place}wv" for place in PLACES}
"""A word for each place where something about a lead may be kept; nothing else holds one."""


def plant(office: Office, folder: Path) -> str:
    """Put each word where it belongs, the way that people and programs do; one suggestion's id."""
    tools, w = office.tools, WORD
    leads = folder / "leads.csv"
    leads.write_text(
        "id,name,email,company,role,problem,obstacles\n"
        f"{DANA},Dana {w['name']},{w['mail']}@x.example,{w['company']} Ltd,{w['role']},"
        f"{w['problem']},{w['field']}\n"
    )
    history = folder / "history.csv"
    on = team_date(tools.clock, tools.settings.time_zone) - timedelta(days=40)
    history.write_text(f"lead_id,action,on,note\n{DANA},met_at_event,{on},{w['note']}\n")
    assert import_leads(leads, history, tools).history == 1
    tools.leads.put(DANA, LeadFacts(intent=w["correction"]), "rep in Slack", ROBIN)
    today = team_date(tools.clock, tools.settings.time_zone)
    tools.requests.count_miss(f"Is {w['missed']} blue?", Stage.INTEREST, ROBIN, DANA, "ask-1")
    question = f"What does a maintenance backlog cost us, and {w['question']}?"
    made = next_touch(Ask(today, DANA, questions=(question,), asked_by=ROBIN), tools)
    asked = ASK.replace("Dana Ortiz", f"Dana {w['name']}")
    office.send(office.event(f"{asked} {w['delivered']}"))
    id_ = str(button_of(office.card, buttons(office.card)[-1])["value"]).partition("#")[0]
    office.click(office.card, "edit")
    shown = {b["block_id"]: b["element"].get("initial_value")
             for b in office.slack.views[-1]["blocks"] if b["type"] == "input"}  # fmt: skip
    body = f"{shown['body']}\n\n{w['draft']} {w['window']} Buy now, before the offer ends!"
    assert not office.submit(subject=shown["subject"], body=body, reason=w["kept"]).body
    office.click(office.card, "approve")
    stored = tools.suggestions.get(id_)
    assert (stored.state, stored.lead_id) == ("approved", DANA)
    office.click(office.card, "mark_sent")
    office.submit(choice="email", body=w["sent"])
    office.click(office.card, "helped")
    office.click(office.card, "help_reason")
    office.submit(reason=w["helped"])
    office.click(office.card, "outcome")
    assert not office.submit(choice="replied", reason=w["outcome"]).body
    snoozed = next_touch(Ask(today, DANA, questions=(f"What is a {w['missed']}?",)), tools)
    tools.suggestions.snooze(snoozed.id, ROBIN, today + timedelta(days=9), w["snoozed"])
    notes = ReviewNotes(tools.db, tools.audit, tools.clock)
    about = next(iter(NoteAbout))
    notes.write("n1", made.id, NoteKind.COMMENT, about, "U02MIKA", text=w["comment"])
    plant_sales(tools, w)
    office.hold = lambda _: None  # the bot is down: what comes now waits
    office.send(office.event(f"Dana {w['name']} says {w['message']}"))
    tools.outbox.plan("o1", "chat.postMessage", {"text": f"about {DANA}: {w['message']}"})
    piece = Asset("p-1", "T", AssetType.GUIDE, f"For Dana {w['name']}: {w['proposal']}", "p.md")
    tools.waiting_pieces.keep("p1", ROBIN, piece, Proposals("T", AssetType.GUIDE))
    plant_in_crm(tools)
    Signals(tools.db, tools.clock, tools.audit).keep(
        "s1", {"id": "s1", "lead": {"email": f"{w['mail']}@x.example"}, "note": w["signal"]}
    )
    sign = Sign(f"{w['mail']}@x.example", "", "attended", on, note=w["stranger"])
    Unmatched(tools.db, tools.clock, tools.audit).keep([sign], "webhook")
    sent = {"leads.csv": f"Mail,Problem\n{w['mail']}@x.example,{w['list']}\n"}
    WaitingFiles(tools.db, tools.clock).keep("l1", ROBIN, sent)
    plant_in_files(tools.settings.home)
    return id_


def plant_in_crm(tools: Wired) -> None:
    """What a CRM said of her, and what is to be written there."""
    link = Link(f"003{WORD['crmrecord']}", "contacts", DANA, tools.clock.now(), seen={"note": "x"})
    CrmRecords(tools.db, tools.clock, tools.audit, "hubspot").keep([link])
    queue = CrmQueue("hubspot", {"problem": "their_problem"})
    with tools.db.write() as session:
        queue.told(session, DANA, {"problem": WORD["crmwrite"]}, tools.clock.now())


def plant_sales(tools: Any, w: dict[str, str]) -> None:
    """The lead went to sales and came back, and is on a track."""
    today = team_date(tools.clock, tools.settings.time_zone)
    given = Handover("h1", DANA, "qualified", w["handover"], ROBIN, 1, "Qualified.", today, ROBIN)
    kept_handovers(tools).give(given)
    kept_handovers(tools).take_back(DANA, today, ROBIN, w["back"])
    plan = HeldPlan(load_tracks()["long_term"], "long_silence", today, 3, today)
    kept_plans(tools).start(DANA, plan, ROBIN)


def plant_in_files(home: Path) -> None:
    """What nobody should write there: a job that failed with a name, a line of the log."""
    failed = base64.b64encode(pickle.dumps(ValueError(f"Dana {WORD['name']} {WORD['job']}")))
    url = make_url(_jobs_database(Settings(home=home)))
    on_a_server = url.get_backend_name() != "sqlite"
    engine = create_engine(url.set(drivername="postgresql+psycopg") if on_a_server else url)
    with engine.begin() as jobs:
        jobs.execute(
            text(
                f"INSERT INTO {'dbos.' * on_a_server}workflow_status (workflow_uuid, status, name, "
                "error, created_at, updated_at, priority) "
                "VALUES ('old', 'ERROR', 'answer', :failed, 1, 1, 0)"
            ),
            {"failed": failed.decode()},
        )
    engine.dispose()
    log = home / "logs" / "trailguide.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text(f"2026-11-01 ab12 ValueError {DANA} {WORD['logline']}\n2026-11-02 cd34 other\n")


@pytest.fixture
def planted(office: Office, tmp_path: Path) -> Iterator[tuple[Office, str]]:
    jobs = Jobs(office.tools.settings)
    jobs.launch(office.edge)  # makes the queue's tables
    jobs.close(patience_seconds=0)
    return office, plant(office, tmp_path)


def test_an_erased_lead_leaves_no_byte_behind(
    planted: tuple[Office, str], trailguide: Callable[..., Ran]
) -> None:
    """M56 Every place where something may be kept, looked for in every file and every form."""
    office, made = planted
    home = office.tools.settings.home
    there = traces(home, WORD.values())
    assert set(there) == set(WORD.values()), set(WORD.values()) - set(there)
    text = lead_text(DANA, held_on(DANA, "command line", office.tools))
    unread = {"job", "logline", "delivered"}  # of which no table of ours knows
    assert [p for p in PLACES if WORD[p] not in text and p not in unread] == []
    ran = trailguide("--home", home, "leads", "erase", DANA, "--json")
    assert ran.status == 0, ran.err
    assert json.loads(ran.out)["left"] == []
    assert traces(home, WORD.values()) == {}
    assert office.tools.audit.verify(office.tools.db).ok
    stored = office.tools.suggestions.get(made)
    assert (stored.erased, stored.state) == (True, "approved")
    assert "other" in (home / "logs" / "trailguide.log").read_text()


def test_words_in_any_form_are_found(tmp_path: Path) -> None:
    """The search itself: what it cannot see would be no proof."""
    word = "zqxnamewv"
    forms = (
        word.upper().encode(), f"a{word}b".encode("utf-16-le"), gzip.compress(word.encode() * 9),
        *(base64.b64encode(b"x" * n + word.encode() + b"yy") for n in range(3)),
        pickle.dumps({"a": [word]}),
    )  # fmt: skip
    for n, form in enumerate(forms):
        (tmp_path / f"f{n}").write_bytes(b"\0\1" + form)
    assert len(traces(tmp_path, [word])[word]) == len(forms)


@pytest.mark.parametrize(
    ("kept", "about"),
    [
        ({"text": "help\nJane Doe asked"}, True),
        ({"text": 'she is "Jane Doe"'}, True),
        ({"blocks": [{"text": {"text": "an old mail:\tjane@old.example"}}]}, True),
        ({"text": "Mark as sent, Janet Doeller"}, False),
        ({"text": "line 7 of 70"}, False),
        ({"Jane Doe": "a key is no text"}, False),
        ({"value": "7"}, True),
    ],
)
def test_a_person_is_found_by_whole_words_and_by_former_names(
    office: Office, kept: dict[str, Any], about: bool
) -> None:
    """M56 Neither a line's start hides a person, nor does a short name hit somebody else."""
    tools = office.tools
    tools.leads.put("7", LeadFacts(name="Jane Doe", email="jane@old.example"), "import", "test")
    tools.leads.put("7", LeadFacts(name="Mark", email="jane@new.example"), "import", "test")
    assert mentions(kept, tools.leads.signs("7")) is about


def test_a_short_id_takes_no_job_or_line_of_others_along(tmp_path: Path) -> None:
    """M56"""
    signs = frozenset({"7", "jane doe"})
    assert not says('{"attempt": 7, "took": 70}', signs)
    assert not says("2026-11-07 12:07 job 7 done", signs)
    assert says('["7"]', signs)
    assert says(base64.b64encode(pickle.dumps("about Jane Doe")).decode(), signs)


@pytest.mark.embedded  # PostgreSQL has no log beside it that a reader keeps full
def test_an_erasure_while_another_process_reads_is_ended_by_the_bot(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M56 The command says what it could not empty; the next chore does it."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    tools = office.tools
    tools.db.close()  # connections that are open already are more patient
    tools.leads.put("lead-eve", LeadFacts(name=f"Eve {WORD['name']}"), "import", "test")
    path = tools.settings.database.removeprefix("sqlite:///")
    code = ("import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('BEGIN');"
            "c.execute('SELECT count(*) FROM lead').fetchone(); print('reads',flush=True);"
            "sys.stdin.read()")  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == "reads\n"
        done = erase_lead("lead-eve", "command line", tools)
        assert DATABASE_LOG in done.left
        assert is_unfinished(tools)
        assert WORD["name"] in traces(tools.settings.home, [WORD["name"]])
        reader.communicate("")
    due = [e for e in chores._due(office.edge) if e.action == "emptying"]
    chores.do(due[0], office.edge)
    assert not is_unfinished(tools)
    assert traces(tools.settings.home, [WORD["name"]]) == {}


def test_the_words_of_a_suggestion_go_from_the_logs_too(
    office: Office, trailguide: Callable[..., Ran]
) -> None:
    """M56 A lead that is not on record is erased by its suggestion, in every place as well."""
    tools, name = office.tools, f"Jo {WORD['name']}"
    today = team_date(tools.clock, tools.settings.time_zone)
    made = next_touch(Ask(today, facts=LeadFacts(name=name), questions=("Why plan?",)), tools)
    log = tools.settings.home / "logs" / "trailguide.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text(f"2026-11-01 ab12 about {name}\n")
    home = tools.settings.home
    assert trailguide("--home", home, "touches", "erase", made.id).status == 0
    assert traces(home, [WORD["name"]]) == {}
    assert tools.audit.verify(tools.db).ok


def test_only_an_admin_erases_and_exports(office: Office) -> None:
    """M53 M56"""
    for act in (erase_lead, held_on):
        with pytest.raises(NotAllowed):
            act(DANA, ROBIN, office.tools)  # type: ignore[operator]
    assert office.tools.leads.get(DANA)


def test_a_refused_try_names_no_lead_in_the_log(office: Office) -> None:
    """M56 The id of a lead may be a name, and nothing is ever erased from the log."""
    with pytest.raises(NotAllowed):
        erase_lead(DANA, ROBIN, office.tools)
    entry = office.tools.audit.entries(office.tools.db)[-1]
    assert (entry.kind, entry.actor) == ("refused", ROBIN)
    assert "dana" not in entry.subject_id


def test_an_export_is_audited_and_written_for_its_owner_only(
    office: Office, trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M56"""
    home, file = office.tools.settings.home, tmp_path / "dana.txt"
    assert trailguide("--home", home, "leads", "export", DANA, "--output", file).status == 0
    assert file.stat().st_mode & 0o077 == 0
    assert "Dana Ortiz" in file.read_text()
    ran = trailguide("--home", home, "leads", "export", DANA, "--json")
    held = json.loads(ran.out)["held"]
    assert held["lead"][0]["name"] == "Dana Ortiz"
    assert {fact["fact"] for fact in held["lead_fact"]} >= {"name", "email"}
    assert all(fact["source"] for fact in held["lead_fact"])
    entries = [e for e in office.tools.audit.entries(office.tools.db) if e.kind == "lead.exported"]
    assert len(entries) == 2
    assert "dana" not in str(entries).lower()
    assert trailguide("--home", home, "leads", "export", "lead-nobody").status == 2


def test_the_queue_on_a_server_is_erased_too(empty_postgres: str) -> None:
    """M56 In the schema of its own, whatever its tables are called."""
    from sqlalchemy import create_engine, text

    engine = create_engine(empty_postgres.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA dbos"))
        connection.execute(text("CREATE TABLE dbos.anything (id int primary key, output text)"))
        connection.execute(text("INSERT INTO dbos.anything VALUES (1, 'for Eve Q'), (2, 'x')"))
    assert erase_from_jobs(empty_postgres, frozenset({"eve q"})) == 1
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT output FROM dbos.anything ORDER BY id")).scalars()
        assert rows.all() == [None, "x"]
    engine.dispose()


# How long what is kept


def old(office: Office, **ago: float) -> None:
    office.tools.clock.at = office.tools.clock.now() + timedelta(**ago)  # type: ignore[attr-defined]


def test_what_was_kept_too_long_goes_by_kind_and_figures_stay(office: Office) -> None:
    """M56 Shown first, then taken out, audited with its counts; a second run takes nothing."""
    tools = office.tools
    today = team_date(tools.clock, tools.settings.time_zone)
    question = "What does a maintenance backlog cost us in a year?"
    open_one = next_touch(Ask(today, DANA, questions=(question,)), tools)
    tools.requests.count_miss("Is it blue?", Stage.INTEREST, ROBIN, DANA, "ask-1")
    stuck = Incoming("event:T01:Old", Kind.DIRECT, "T01", ROBIN, "D01", "1.1", text="hello")
    tools.inbox.record(stuck.key, stuck.kind, stuck.payload())
    piece = Asset("p-1", "T", AssetType.GUIDE, "Some text", "p.md")
    tools.waiting_pieces.keep("p1", ROBIN, piece, Proposals("T", AssetType.GUIDE))
    log = tools.settings.home / "logs" / "trailguide.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("an undated line\n2020-01-01 ab12 old\n2999-01-01 cd34 new\n")
    assert retention.due(tools)[Kept.UNDECIDED] == 0
    old(office, days=400)
    tools.leads.put("lead-new", LeadFacts(name="New"), "import", "test")
    tools.leads.add_history(DANA, [HistoryEntry(Action.READ, today + timedelta(days=390))])
    due = retention.due(tools)
    assert due == {
        Kept.PAYLOADS: 1, Kept.PROPOSALS: 1, Kept.UNDECIDED: 1, Kept.WORDINGS: 1, Kept.LEADS: 0,
        Kept.LOGS: 2,
    }  # fmt: skip
    assert retention.run("command line", tools) == due
    assert not any(retention.run("command line", tools).values())
    stored = tools.suggestions.get(open_one.id)
    assert (stored.erased, stored.state, stored.lead_id) == (True, "withdrawn", DANA)
    assert tools.inbox.payload(stuck.key) is None
    assert not tools.inbox.record(stuck.key, stuck.kind, {})  # a repeat is still known
    assert tools.waiting_pieces.find("p1") is None
    assert [r.count for r in tools.requests.all()] == [1]
    assert log.read_text() == "2999-01-01 cd34 new\n"
    runs = [e.data["rows"] for e in tools.audit.entries(tools.db, "retention")]
    assert runs[0] == {kept.value: n for kept, n in due.items()}
    assert tools.audit.verify(tools.db).ok


def test_a_lead_without_contact_goes_and_one_with_news_stays(office: Office) -> None:
    """M56 Whatever was learnt, asked or done counts as contact; outcomes stay as figures."""
    tools = office.tools
    known = {lead_id for lead_id, *_ in tools.leads.names()}
    old(office, days=1100)
    today = team_date(tools.clock, tools.settings.time_zone)
    tools.leads.add_history(DANA, [HistoryEntry(Action.READ, today)])
    tools.leads.put("lead-new", LeadFacts(name="New"), "import", "test")
    assert retention.due(tools)[Kept.LEADS] == len(known) - 1
    retention.run("", tools)
    assert {lead_id for lead_id, *_ in tools.leads.names()} == {DANA, "lead-new"}


def test_the_bot_takes_it_out_once_a_day(office: Office) -> None:
    """M56"""
    office.tools.clock.at = office.tools.clock.now().replace(hour=9)  # type: ignore[attr-defined]
    assert chores.record_due(office.edge)
    assert [e.action for e in chores._due(office.edge)].count("retention") == 1

    def runs() -> int:
        return len(office.tools.audit.entries(office.tools.db, "retention"))

    keys = [k for k in office.tools.inbox.pending() if "retention" in k]
    assert len(keys) == 1
    office.work(keys[0])
    assert runs() == 1
    chores.record_due(office.edge)
    assert [k for k in office.tools.inbox.pending() if "retention" in k] == []


def test_the_command_shows_what_would_go(office: Office, trailguide: Callable[..., Ran]) -> None:
    home = office.tools.settings.home
    told = json.loads(trailguide("--home", home, "retention", "show", "--json").out)
    assert [(row["kind"], row["days"]) for row in told][:2] == [("payloads", 30), ("proposals", 14)]
    done: dict[str, Any] = json.loads(trailguide("--home", home, "retention", "run", "--json").out)
    assert set(done) == set(Kept)

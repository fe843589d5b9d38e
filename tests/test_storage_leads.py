"""Lead records, their history and their erasure, on both databases."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from knowledge.errors import NotFound
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from storage.audit import Audit
from storage.inbox import Inbox
from storage.leads import Leads
from storage.outbox import Outbox
from storage.requests import ContentRequests, plain_wording
from storage.salts import salted
from storage.suggestions import Suggestions
from storage.tables import ContentRequestRow, SaltRow
from tests.storage_examples import a_suggestion

pytest_plugins = ("tests.databases",)

ADA = LeadFacts(
    name="Ada Quillfeather",
    email="ada@quillfeather.example",
    company="Quillfeather Waterworks",
    role="Head of planning",
    company_size=420,
    products=("SAP PM",),
    stage=Stage.INTEREST,
    problem="too many emergency call-outs",
    obstacles=("no budget", "old data"),
    opted_out=False,
    qualified=False,
    replied_at=datetime(2026, 2, 1, 8, 0, tzinfo=UTC),
    contact_after=date(2026, 4, 1),
    gap_days=10,
)


@pytest.fixture
def audit(set_clock, tmp_path) -> Audit:
    return Audit(b"k" * 32, tmp_path / "audit.anchor", set_clock)


@pytest.fixture
def leads(db, set_clock, audit) -> Leads:
    return Leads(db, set_clock, audit)


def test_a_lead_comes_back_as_it_was_put(leads):
    """M28 Intent, outcome and obstacles among its facts."""
    assert leads.put("L1", ADA, "import", "U1") == "added"
    assert leads.get("L1") == LeadProfile(facts=ADA, lead_id="L1")
    assert leads.all() == [("L1", ADA)]
    assert leads.names() == [("L1", ADA.name, ADA.company, ADA.email)]


def test_putting_the_same_again_changes_nothing(leads):
    leads.put("L1", ADA, "import", "U1")
    logged = leads.facts_log("L1")
    assert leads.put("L1", ADA, "import", "U2") == "unchanged"
    assert leads.put("L1", LeadFacts(), "import", "U2") == "unchanged"
    assert leads.facts_log("L1") == logged


def test_m31_what_is_learnt_is_kept_with_who_said_so_and_when(leads, set_clock):
    leads.put("L1", LeadFacts(name="Ada", problem="call-outs"), "import", "U1")
    set_clock.move(days=2)
    learnt = LeadFacts(problem="call-outs at night", company_size=420)
    assert leads.put("L1", learnt, "conversation", "U2") == "updated"
    assert leads.get("L1").facts == LeadFacts(
        name="Ada", problem="call-outs at night", company_size=420
    )
    told = [(f.fact, f.value, f.source, f.by, f.at.day) for f in leads.facts_log("L1")]
    assert told == [
        ("name", "Ada", "import", "U1", 2),
        ("problem", "call-outs", "import", "U1", 2),
        ("company_size", 420, "conversation", "U2", 4),
        ("problem", "call-outs at night", "conversation", "U2", 4),
    ]


def test_m33_a_correction_wins_over_a_list_imported_again_but_not_over_news(leads):
    leads.put("L1", LeadFacts(name="Ada", stage=Stage.DECISION), "import", "U1")
    leads.correct_stage("L1", Stage.INTEREST, "U2")
    assert leads.put("L1", LeadFacts(name="Ada", stage=Stage.DECISION), "import", "U1") == (
        "unchanged"
    )
    assert leads.get("L1").facts.stage is Stage.INTEREST
    leads.put("L1", LeadFacts(stage=Stage.CUSTOMER), "import", "U1")
    assert leads.get("L1").facts.stage is Stage.CUSTOMER


def test_m33_a_correction_is_logged_and_audited_even_when_it_confirms(leads, audit, db):
    leads.put("L1", LeadFacts(stage=Stage.INTEREST), "import", "U1")
    leads.correct_stage("L1", Stage.INTEREST, "U2")
    assert [(f.value, f.source, f.by) for f in leads.facts_log("L1")][-1] == (
        "interest",
        "correction",
        "U2",
    )
    added, entry = audit.entries(db)
    assert (added.kind, added.data["facts"]) == ("lead.added", ["stage"])
    assert (entry.kind, entry.actor) == ("lead.stage_corrected", "U2")
    assert (entry.data["from"], entry.data["to"]) == ("interest", "interest")
    assert "L1" not in str(entry.data)


def test_history_is_kept_oldest_first_and_once(leads):
    leads.put("L1", ADA, "import", "U1")
    sent = HistoryEntry(Action.SENT, date(2026, 2, 3), "pumps-1")
    asked = HistoryEntry(Action.ASKED, date(2026, 2, 1), None, "What does it cost?")
    other = HistoryEntry(Action.ASKED, date(2026, 2, 1), None, "Does it run offline?")
    assert leads.add_history("L1", [sent, asked, asked]) == 2
    assert leads.add_history("L1", [other, sent]) == 1
    assert leads.get("L1").history == (asked, other, sent)


def test_an_unknown_lead_is_not_found_with_a_hint(leads):
    for act in (
        lambda: leads.get("ghost"),
        lambda: leads.add_history("ghost", []),
        lambda: leads.facts_log("ghost"),
        lambda: leads.correct_stage("ghost", Stage.INTEREST, "U1"),
        lambda: leads.erase("ghost", "U1"),
    ):
        with pytest.raises(NotFound, match=r"'ghost'.*leads import"):
            act()


plain = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
some_facts = st.builds(
    LeadFacts,
    name=st.none() | plain,
    problem=st.none() | plain,
    products=st.lists(plain, max_size=3).map(tuple),
    company_size=st.none() | st.integers(0, 10**7),
    stage=st.none() | st.sampled_from(Stage),
    opted_out=st.none() | st.booleans(),
    replied_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    contact_after=st.none() | st.dates(),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=some_facts, second=some_facts)
def test_facts_merge_as_the_vocabulary_says(sqlite_db, set_clock, first, second):
    leads = Leads(sqlite_db, set_clock)
    lead_id = f"L{len(leads.all())}"
    leads.put(lead_id, first, "import", "U1")
    leads.put(lead_id, second, "import", "U1")
    expected = second.over(first.over(LeadFacts()))
    if first.opted_out:  # it stands until the lead opts in (M16)
        expected = replace(expected, opted_out=True)
    assert leads.get(lead_id).facts == expected
    held = {f.fact for f in leads.facts_log(lead_id)}
    known = {f.name for f in fields(expected) if getattr(expected, f.name) not in (None, (), "")}
    assert held == known


SECRETS = ("Quillfeather", "quillfeather", "Dear Ada Q", "why is our water brown", "LEAD-7741")


def fill_and_erase(db, set_clock, audit, leads):
    """A lead with everything there can be, beside another one; then the first is erased."""
    lead_id = "LEAD-7741"
    leads.put(lead_id, ADA, "import", "U1")
    leads.put("L2", LeadFacts(name="Ben Ashdown"), "import", "U1")
    question = "why is our water brown"
    leads.add_history(lead_id, [HistoryEntry(Action.ASKED, date(2026, 2, 1), None, question)])
    suggestions = Suggestions(db, audit, set_clock)
    suggestions.save(
        a_suggestion("s1", lead_id=lead_id, facts=ADA, questions=(question,), body="Dear Ada Q")
    )
    suggestions.save(a_suggestion("s2", lead_id="L2", body="Dear Ben"))
    inbox, outbox = Inbox(db, set_clock), Outbox(db, set_clock)
    inbox.record("e1", "mention", {"text": "next for ADA QUILLFEATHER please"})
    inbox.record("e2", "mention", {"blocks": [{"text": "about LEAD-7741"}]})
    inbox.record("e3", "mention", {"text": "next for Ben, not for Adam"})
    inbox.record("e4", "mention", {"text": "next for ms. quillfeather: why is our water brown"})
    inbox.done("e4")
    outbox.plan("o1", "chat.postMessage", {"text": "Ada Quillfeather: send this"})
    requests = ContentRequests(db, set_clock)
    requests.count_miss(question, Stage.INTEREST, "U1", lead_id, "a1")
    requests.count_miss(question.upper() + "?", Stage.INTEREST, "U1", "L2", "a2")
    erasure = leads.erase(lead_id, "U9")
    return erasure, suggestions, inbox, outbox, requests


def test_erasing_a_lead_leaves_nothing_of_it_but_the_rest(db, set_clock, audit, leads):
    erasure, suggestions, inbox, outbox, requests = fill_and_erase(db, set_clock, audit, leads)
    assert (erasure.history, erasure.suggestions, erasure.payloads, erasure.wordings) == (
        1, 1, 3, 1,
    )  # fmt: skip
    assert erasure.facts == 14
    assert erasure.log_emptied
    assert [i for i, *_ in leads.names()] == ["L2"]
    bare = suggestions.get("s1")
    assert bare.erased
    assert (bare.draft, bare.ask, bare.facts, bare.questions) == (None, None, LeadFacts(), ())
    assert bare.lead_id.startswith("erased-")
    assert suggestions.recent_bodies("LEAD-7741") == []
    assert suggestions.get("s2").draft.body == "Dear Ben"
    assert inbox.payload("e1") is None
    assert inbox.payload("e2") is None
    assert inbox.payload("e3") == {"text": "next for Ben, not for Adam"}
    assert inbox.pending() == ["e3"]
    assert not inbox.record("e1", "mention", {"text": "again"})  # still known, so not taken twice
    assert (outbox.get("o1").state, outbox.get("o1").payload) == ("failed", None)
    (request,) = requests.all()
    assert (request.count, request.wordings) == (2, ("WHY IS OUR WATER BROWN?",))


def test_the_audit_log_still_verifies_after_an_erasure_and_links_to_nobody(
    db, set_clock, audit, leads
):
    fill_and_erase(db, set_clock, audit, leads)
    assert audit.verify(db).ok
    assert [e.kind for e in audit.entries(db)] == [
        "lead.added",
        "lead.added",
        "lead.history_added",
        "suggestion.made",
        "suggestion.made",
        "lead.erased",
    ]
    with db.write() as session:
        assert session.get(SaltRow, "LEAD-7741") is None
        mark = salted(session, "LEAD-7741", "LEAD-7741")  # a new salt: the old mark is not found
    assert mark not in str(audit.entries(db))


def test_no_bytes_of_an_erased_lead_remain_on_disk(sqlite_db, set_clock, audit):
    leads = Leads(sqlite_db, set_clock, audit)
    leads.put("LEAD-7741", ADA, "import", "U1")

    def bytes_on_disk() -> bytes:
        return b"".join(p.read_bytes() for p in Path(sqlite_db.where).parent.iterdir())

    assert b"Quillfeather" in bytes_on_disk()
    leads.erase("LEAD-7741", "U9")
    fill_and_erase(sqlite_db, set_clock, audit, leads)
    found = bytes_on_disk()
    for secret in SECRETS:
        assert secret.encode() not in found
    assert b"Ben Ashdown" in found


def test_nothing_derived_from_an_erased_question_remains_unless_others_asked_it_too(
    db, set_clock, leads
):
    for lead_id in ("L1", "L2"):
        leads.put(lead_id, LeadFacts(name=lead_id), "import", "U1")
    requests = ContentRequests(db, set_clock)
    requests.count_miss("Why is our water brown?", Stage.INTEREST, "U1", "L1", "a1")
    requests.count_miss("Why is our water brown?", Stage.DECISION, "U1", "L1", "a1")
    requests.count_miss("Does it run offline?", Stage.INTEREST, "U1", "L1", "a1")
    requests.count_miss("Does it run offline?", Stage.INTEREST, "U1", "L2", "a2")

    def marks() -> set[str]:
        with db.read() as session:
            return set(session.exec(select(ContentRequestRow.wording_hash)))

    brown, offline = (
        hashlib.sha256(plain_wording(question).encode()).hexdigest()
        for question in ("Why is our water brown?", "Does it run offline?")
    )
    assert marks() == {brown, offline}
    assert leads.erase("L1", "U9").wordings == 3
    assert brown not in marks()
    assert offline in marks()
    assert [r.count for r in requests.all()] == [2, 1, 1]
    requests.count_miss("Does it run offline?", Stage.INTEREST, "U1", "L2", "a3")
    requests.count_miss("Why is our water brown?", Stage.INTEREST, "U1", "L2", "a3")
    assert next((r.question, r.count) for r in requests.all()) == ("Does it run offline?", 3)
    assert len(requests.all()) == 4


def test_an_erasure_says_when_a_reader_still_holds_the_log(
    sqlite_db, set_clock, audit, monkeypatch
):
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.1)
    leads = Leads(sqlite_db, set_clock, audit)
    leads.put("LEAD-7741", ADA, "import", "U1")
    with sqlite_db.read() as session:
        session.get(SaltRow, "x")
        assert not leads.erase("LEAD-7741", "U9").log_emptied
    assert sqlite_db.empty_log()

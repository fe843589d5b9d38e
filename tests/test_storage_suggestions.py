"""Suggestions: stored as shown, decided once, audited with each change; on both databases."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import BadInput, NotFound
from knowledge.journey import AssetType, Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import CheckReport, Draft, Finding, PaceDecision
from storage.audit import Audit
from storage.inbox import Inbox
from storage.leads import Leads
from storage.outbox import Outbox
from storage.requests import ContentRequests
from storage.suggestions import StoredAsset, Suggestions, text_hash
from storage.tables import SaltRow
from tests.storage_examples import a_suggestion

pytest_plugins = ("tests.databases",)

PASSED = CheckReport(passed=True)
PITCHED = Finding("pitch", "Buy.", "It sells.")
FOUND = CheckReport(False, (PITCHED, PITCHED, Finding("urgency", "Now.", "It hurries.")))


@pytest.fixture
def audit(set_clock, tmp_path) -> Audit:
    return Audit(b"k" * 32, tmp_path / "audit.anchor", set_clock)


@pytest.fixture
def suggestions(db, audit, set_clock) -> Suggestions:
    """For the leads L1 and L2."""
    for lead_id in ("L1", "L2"):
        Leads(db, set_clock).put(lead_id, LeadFacts(company="Quill Waterworks"), "import", "U1")
    return Suggestions(db, audit, set_clock)


def kinds(audit: Audit, db: object) -> list[str]:
    return [e.kind.removeprefix("suggestion.") for e in audit.entries(db)]


def test_a_suggestion_comes_back_with_everything_its_card_needs(suggestions, set_clock):
    given = a_suggestion()
    saved = suggestions.save(given)
    found = suggestions.get("s1")
    assert found == saved
    assert (found.state, found.is_open, found.erased) == ("pending", True, False)
    assert (found.lead_id, found.asked_by, found.team) == ("L1", "U1", "T1")
    assert found.created_at == set_clock.now()
    assert found.ask == given.ask
    assert found.facts == given.profile.facts
    assert found.stage == given.stage
    assert found.pace == given.pace
    assert found.asset == StoredAsset(
        "valves-1", "All about valves", "https://example.com/valves", AssetType.GUIDE, 0.9,
        points=given.chosen.contributions,
    )  # fmt: skip
    (alternate,) = found.alternates
    assert (alternate.asset_id, alternate.rule, alternate.why_not, alternate.score) == (
        "suite-1",
        "promotional",
        "A brochure.",
        1.2,
    )
    assert found.reasons == given.reasons
    assert found.unanswered == ("Is it blue?",)
    assert found.questions == given.ask.questions
    assert found.profiling_question == "Who decides?"
    assert found.draft == found.original_draft == given.draft
    assert found.text_hash == text_hash("Valves", given.draft.body)


def test_a_suggestion_without_asset_draft_or_stored_lead_comes_back_too(suggestions):
    given = a_suggestion(lead_id=None, body=None, questions=())
    found = suggestions.save(given)
    assert (found.draft, found.text_hash, found.lead_id) == (None, None, None)
    with pytest.raises(BadInput, match="no draft"):
        suggestions.approve("s1", "U1", "")


def test_an_unknown_suggestion_is_not_found(suggestions):
    with pytest.raises(NotFound, match="'ghost'"):
        suggestions.get("ghost")
    with pytest.raises(NotFound, match="'ghost'"):
        suggestions.approve("ghost", "U1", "x")


def test_approval_binds_to_the_exact_text_that_was_seen(suggestions):
    shown = suggestions.save(a_suggestion())
    suggestions.edit("s1", "U2", "Valves", "Other words.", PASSED)
    with pytest.raises(BadInput, match="was changed after this card was shown"):
        suggestions.approve("s1", "U1", shown.text_hash)
    assert suggestions.get("s1").state == "edited"
    approved = suggestions.approve("s1", "U1", text_hash("Valves", "Other words."))
    assert (approved.state, approved.decided_by, approved.is_open) == ("approved", "U1", False)


def test_an_edit_keeps_the_original_and_waits_for_approval(suggestions):
    suggestions.save(a_suggestion())
    found = suggestions.edit("s1", "U1", "New", "New words.", PASSED)
    assert (found.state, found.is_open, found.edits) == ("edited", True, 1)
    assert (found.draft.subject, found.draft.body, found.draft.checks) == (
        "New",
        "New words.",
        PASSED,
    )
    assert found.original_draft.body == "Hello Ada, here is a guide."
    assert suggestions.get("s1") == found


def test_a_rep_may_write_the_draft_that_was_missing(suggestions):
    suggestions.save(a_suggestion(body=None))
    found = suggestions.edit("s1", "U1", "Mine", "My words.", PASSED)
    assert found.draft == Draft("Mine", "My words.", "email", "person", PASSED)
    assert suggestions.approve("s1", "U1", found.text_hash).state == "approved"


def test_what_was_kept_with_a_reason_is_stored_with_who_kept_it(suggestions, set_clock):
    suggestions.save(a_suggestion())
    set_clock.move(minutes=5)
    found = suggestions.edit("s1", "U2", "New", "Buy. Now.", FOUND, reason="She asked.")
    assert (found.kept_rules, found.kept_reason) == (("pitch", "urgency"), "She asked.")
    assert (found.edited_by, found.edited_at) == ("U2", set_clock.now())
    assert suggestions.get("s1") == found
    snoozed = suggestions.snooze("s1", "U1", date(2026, 3, 9), "Away.")
    assert (snoozed.kept_reason, snoozed.decision_reason) == ("She asked.", "Away.")


def test_a_reason_without_findings_keeps_none_and_the_next_edit_starts_afresh(suggestions):
    suggestions.save(a_suggestion())
    found = suggestions.edit("s1", "U1", "New", "New words.", PASSED, reason="Nicer.")
    assert (found.kept_rules, found.kept_reason, found.decision_reason) == ((), "", "Nicer.")
    suggestions.edit("s1", "U1", "New", "Buy. Now.", FOUND, reason="She asked.")
    again = suggestions.edit("s1", "U1", "New", "New words again.", PASSED)
    assert (again.kept_rules, again.kept_reason) == ((), "")


def test_m20_a_text_with_a_binding_finding_is_not_stored_whatever_the_reason(
    suggestions, audit, db
):
    before = suggestions.save(a_suggestion())
    link = Finding("foreign_link", "elsewhere.example", "Not the piece's own.", binding=True)
    with pytest.raises(BadInput, match="Not the piece's own"):
        suggestions.edit("s1", "U1", "New", "x", CheckReport(False, (link,)), reason="Please.")
    assert suggestions.get("s1") == before
    assert kinds(audit, db) == ["made"]


def test_nothing_is_stored_for_a_lead_that_was_erased_meanwhile(suggestions, audit, db, set_clock):
    answer = a_suggestion()  # worked out while the lead was on record
    Leads(db, set_clock).erase("L1", "U9")
    with pytest.raises(NotFound, match="no lead 'L1'"):
        suggestions.save(answer)
    assert suggestions.rows() == []
    assert audit.entries(db) == []
    with db.read() as session:
        assert session.get(SaltRow, "L1") is None


def test_the_words_about_a_lead_that_is_not_on_record_can_be_erased(
    suggestions, audit, db, set_clock
):
    ada = LeadFacts(name="Ada Quillfeather", email="ada@quillfeather.example")
    suggestions.save(a_suggestion(lead_id=None, facts=ada, body="Dear Ada Quillfeather"))
    suggestions.save(a_suggestion("s2", lead_id=None, body="Dear Ben"))
    requests = ContentRequests(db, set_clock)
    requests.count_miss("Why is Quillfeather water brown?", Stage.INTEREST, "U1", None, "s1")
    requests.count_miss("Does it run offline?", Stage.INTEREST, "U1", None, "s2")
    inbox, outbox = Inbox(db, set_clock), Outbox(db, set_clock)
    inbox.record("e1", "mention", {"text": "next for Ada Quillfeather"})
    outbox.plan("o1", "chat.postMessage", {"metadata": {"suggestion": "s1"}})
    erasure = suggestions.erase_texts("s1", "U9")
    assert (erasure.suggestions, erasure.wordings, erasure.payloads) == (1, 1, 2)
    assert erasure.log_emptied
    bare = suggestions.get("s1")
    assert (bare.erased, bare.draft, bare.ask, bare.facts) == (True, None, None, LeadFacts())
    assert suggestions.get("s2").draft.body == "Dear Ben"
    assert (inbox.payload("e1"), outbox.get("o1").payload) == (None, None)
    assert {r.question for r in requests.all()} == {"Does it run offline?", ""}
    with db.read() as session:
        assert session.get(SaltRow, "suggestion:s1") is None
        assert session.get(SaltRow, "suggestion:s2") is not None
    if db.is_sqlite:
        on_disk = b"".join(p.read_bytes() for p in Path(db.where).parent.iterdir())
        assert b"uillfeather" not in on_disk
    assert audit.verify(db).ok
    assert (audit.entries(db)[-1].kind, audit.entries(db)[-1].actor) == ("suggestion.erased", "U9")
    assert suggestions.erase_texts("s1", "U9").suggestions == 0  # and nothing more is audited
    assert len(audit.entries(db)) == 3


def test_the_words_about_a_lead_on_record_go_with_the_lead_only(suggestions):
    suggestions.save(a_suggestion())
    with pytest.raises(BadInput, match="leads erase L1"):
        suggestions.erase_texts("s1", "U9")
    assert suggestions.get("s1").draft is not None
    with pytest.raises(NotFound, match="'ghost'"):
        suggestions.erase_texts("ghost", "U9")


DECISIONS = {
    "approved": lambda s: s.approve("s1", "U1", s.get("s1").text_hash or ""),
    "replaced": lambda s: s.replace("s1", "U1", "s2"),
    "snoozed": lambda s: s.snooze("s1", "U1", date(2026, 3, 9)),
}


@pytest.mark.parametrize("first", DECISIONS)
def test_what_is_decided_cannot_be_decided_again(suggestions, audit, db, first):
    suggestions.save(a_suggestion())
    decided = DECISIONS[first](suggestions)
    assert decided.state == first
    again = [*DECISIONS.values(), lambda s: s.edit("s1", "U1", "a", "b", PASSED)]
    for act in again:
        with pytest.raises(BadInput, match="on 2026-03-02 already"):
            act(suggestions)
    assert suggestions.get("s1") == decided
    assert kinds(audit, db) == ["made", first]


def test_of_two_reps_who_click_at_once_one_is_told_no(suggestions, audit, db):
    shown = suggestions.save(a_suggestion())
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def click(by: str) -> None:
        gate.wait()
        try:
            outcomes.append(suggestions.approve("s1", by, shown.text_hash).state)
        except BadInput:
            outcomes.append("told no")

    threads = [threading.Thread(target=click, args=(by,)) for by in ("U1", "U2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "told no"]
    assert kinds(audit, db) == ["made", "approved"]


def test_m56_every_change_is_in_the_audit_log(suggestions, audit, db):
    suggestions.save(a_suggestion())
    suggestions.card_posted("s1", "D1", "17.5")
    suggestions.card_posted("s1", "D1", "17.5")  # told twice, noted once
    suggestions.edit("s1", "U1", "New", "New words.", PASSED)
    suggestions.snooze("s1", "U1", date(2026, 3, 9))
    assert kinds(audit, db) == ["made", "card_posted", "edited", "snoozed"]
    made, _, edited, snoozed = (e.data for e in audit.entries(db, "s1"))
    assert (made["asset"], made["stage"], made["decision"]) == ("valves-1", "interest", "send")
    assert made["turned_down"] == [
        {"asset": "suite-1", "rule": "promotional", "score": 1.2, "rules": {}}
    ]
    assert made["draft"]["checks"] == {"passed": True, "findings": ["M19"], "skipped": ["M26"]}
    assert edited["original"]["text"] == made["draft"]["text"] != edited["draft"]["text"]
    assert snoozed["until"] == "2026-03-09"
    assert audit.verify(db).ok
    card = suggestions.get("s1")
    assert (card.card_channel, card.card_ts) == ("D1", "17.5")


def test_no_words_about_the_lead_are_in_the_audit_log(suggestions, audit, db):
    suggestions.save(a_suggestion())
    suggestions.edit("s1", "U1", "New", "New words for Ada.", FOUND, reason="Ada said so")
    log = str(audit.entries(db))
    for word in ("Ada", "Quill", "How long", "words", "read a guide", "L1", "It answers"):
        assert word not in log


def test_a_change_that_cannot_be_audited_is_not_made(suggestions, audit, db, monkeypatch):
    suggestions.save(a_suggestion())

    def breaks(*_: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(audit, "append", breaks)
    with pytest.raises(RuntimeError):
        suggestions.replace("s1", "U1")
    with pytest.raises(RuntimeError):
        suggestions.save(a_suggestion("s2"))
    assert suggestions.get("s1").state == "pending"
    assert len(suggestions.rows()) == 1


def test_the_latest_drafts_for_a_lead_are_told_newest_first(suggestions, set_clock):
    for n in range(5):
        body = None if n == 3 else f"Body {n}"
        suggestions.save(a_suggestion(f"s{n}", body=body))
        set_clock.move(minutes=1)
    suggestions.save(a_suggestion("other", lead_id="L2"))
    assert suggestions.recent_bodies("L1") == ["Body 4", "Body 2", "Body 1"]
    assert suggestions.recent_bodies("L1", 1) == ["Body 4"]
    assert suggestions.recent_bodies("nobody") == []


def test_m8_m44_what_was_approved_counts_as_sent_on_the_day_of_the_team(suggestions, set_clock):
    set_clock.move(hours=14)  # 23:30 in UTC: the next morning in Tokyo
    for n in range(4):
        suggestions.save(a_suggestion(f"s{n}"))
    suggestions.save(a_suggestion("other", lead_id="L2"))
    seen = suggestions.get("s0").text_hash
    suggestions.replace("s0", "U1", "s1")
    suggestions.snooze("s2", "U1", date(2026, 3, 9))
    suggestions.approve("other", "U1", seen)
    assert suggestions.touches_of("L1", "UTC") == ()
    suggestions.approve("s3", "U1", seen)
    set_clock.move(days=8)
    suggestions.approve("s1", "U1", seen)
    first, second = date(2026, 3, 2), date(2026, 3, 10)
    assert suggestions.touches_of("L1", "UTC") == (
        HistoryEntry(Action.SENT, first, "valves-1"),
        HistoryEntry(Action.SENT, second, "valves-1"),
    )
    assert [t.on.day for t in suggestions.touches_of("L1", "Asia/Tokyo")] == [3, 11]
    assert suggestions.touches_of("nobody", "UTC") == ()


def test_a_lead_is_put_off_until_its_latest_snooze_or_a_newer_decision(suggestions, set_clock):
    for n in range(4):
        suggestions.save(a_suggestion(f"s{n}"))
    assert suggestions.snoozed_until("L1") is None
    steps = (
        (lambda: suggestions.snooze("s0", "U1", date(2026, 3, 20)), date(2026, 3, 20)),
        (lambda: suggestions.edit("s1", "U1", "a", "b", PASSED), date(2026, 3, 20)),
        (lambda: suggestions.snooze("s2", "U1", date(2026, 3, 9)), date(2026, 3, 9)),
        (lambda: suggestions.approve("s1", "U1", text_hash("a", "b")), None),
        (lambda: suggestions.snooze("s3", "U1", date(2026, 4, 1)), date(2026, 4, 1)),
    )
    for act, until in steps:
        set_clock.move(minutes=1)
        act()
        assert suggestions.snoozed_until("L1") == until
    assert suggestions.snoozed_until("L2") is None


def test_the_report_tells_original_from_final_and_leaves_erased_texts_out(
    suggestions, audit, db, set_clock
):
    leads = Leads(db, set_clock, audit)
    leads.put("L1", LeadFacts(name="Ada Quill"), "import", "U1")
    suggestions.save(a_suggestion("s1"))
    edited = suggestions.edit("s1", "U1", "New", "New words.", FOUND, reason="Ada asked.")
    suggestions.approve("s1", "U7", edited.text_hash)
    set_clock.move(days=1)
    suggestions.save(a_suggestion("s2", lead_id=None))
    one, two = suggestions.rows()
    assert (one.suggestion_id, one.verdict, one.decided_by) == ("s1", "approved_edited", "U7")
    assert (one.asked_by, one.lead_id, one.stage, one.decision) == (
        "U1",
        "L1",
        Stage.INTEREST.value,
        PaceDecision.SEND.value,
    )
    assert (one.asset_id, one.questions, one.rules) == ("valves-1", 1, ("question",))
    assert (one.original_text, one.final_text) == ("Hello Ada, here is a guide.", "New words.")
    assert (one.edited_by, one.kept_rules, one.kept_reason) == (
        "U1",
        ("pitch", "urgency"),
        "Ada asked.",
    )
    assert (two.verdict, two.decided_at, two.edited_by, two.kept_rules) == (
        "pending",
        None,
        None,
        (),
    )
    leads.erase("L1", "U9")
    one, _ = suggestions.rows()
    assert (one.original_subject, one.original_text, one.final_subject, one.final_text) == (
        None,
        None,
        None,
        None,
    )
    assert (one.verdict, one.edited_by) == ("approved_edited", "U1")
    assert (one.kept_rules, one.kept_reason) == ((), None)

"""Flags, comments and answers: kept and told once, audited by marks, erased with their lead."""

from __future__ import annotations

import pytest

from knowledge.errors import BadInput, NotFound
from knowledge.leads import LeadFacts
from knowledge.review import NoteAbout, NoteKind
from storage import notices
from storage.audit import Audit
from storage.leads import Leads
from storage.review_notes import ReviewNotes
from storage.suggestions import Suggestions
from storage.tables_review import ReviewTextRow
from tests.storage_examples import a_suggestion

pytest_plugins = ("tests.databases",)

FLAG, COMMENT = NoteKind.FLAG, NoteKind.COMMENT
WORDS = "Ada never asked for a price; why is one in it?"
REP, MANAGER = "U01ROBIN", "U03NOOR"


@pytest.fixture
def audit(set_clock, tmp_path) -> Audit:
    return Audit(b"k" * 32, tmp_path / "audit.anchor", set_clock)


@pytest.fixture
def leads(db, set_clock, audit) -> Leads:
    leads = Leads(db, set_clock, audit)
    leads.put("L1", LeadFacts(name="Ada Quill"), "import", "U1")
    return leads


@pytest.fixture
def notes(db, audit, set_clock, leads) -> ReviewNotes:
    """With a suggestion about the lead L1 that a rep asked for, and a nameless one."""
    kept = Suggestions(db, audit, set_clock)
    for name, lead_id in (("s1", "L1"), ("s2", None)):
        made = a_suggestion(name, lead_id=lead_id)
        object.__setattr__(made.ask, "asked_by", REP)
        kept.save(made)
    return ReviewNotes(db, audit, set_clock)


def words_kept(db) -> list[str]:
    with db.read() as session:
        return [row.text for row in session.query(ReviewTextRow).all()]


def test_a_flag_is_told_to_the_rep_once_and_audited_by_a_mark(db, notes, audit):
    """M57 M56: a second run of the job changes nothing; the chain holds no word of it."""
    for _ in range(2):
        made = notes.write("n1", "s1", FLAG, NoteAbout.PROMOTIONAL, MANAGER, text=WORDS)
    assert (made.text, made.to, made.is_open) == (WORDS, REP, True)
    assert notices.waiting(db) == ["notice:note:n1"]
    (entry,) = [e for e in audit.entries(db, "s1") if e.kind.startswith("review.")]
    assert (entry.kind, entry.actor, entry.data["about"]) == (
        "review.flagged",
        MANAGER,
        "promotional",
    )
    assert WORDS not in str(entry.data)
    assert audit.verify(db).ok
    assert notes.of("s1") == (made,)


def test_an_answer_reaches_whoever_wrote_the_note_and_the_flag_stays_open_until_settled(db, notes):
    """M57: an answer to an answer belongs to the same note; settling is said once."""
    notes.write("n1", "s1", FLAG, NoteAbout.OTHER, MANAGER, text=WORDS)
    said = notes.answer("a1", "n1", REP, "She wrote it on Monday.")
    assert (said.to, said.answers, said.about) == (MANAGER, "n1", NoteAbout.OTHER)
    assert notes.answer("a2", "a1", MANAGER, "Fine.").to == REP
    assert [n.id for n in notes.answers_to(["n1"])["n1"]] == ["a1", "a2"]
    assert [n.id for n in notes.open_flags(9)[0]] == ["n1"]
    notes.settle("n1", MANAGER)
    assert notes.settle("n1", "U04ELSE").settled_by == MANAGER
    assert notes.open_flags(9) == ((), 0)
    with pytest.raises(BadInput, match="Only a flag"):
        notes.settle("a1", MANAGER)


def test_whoever_writes_of_their_own_card_or_of_nobodys_is_told_nothing(db, notes):
    """M57: no message to oneself, and none where nobody in Slack asked."""
    notes.write("n1", "s1", COMMENT, NoteAbout.GOOD_EXAMPLE, REP, text=WORDS)
    assert notices.waiting(db) == []


def test_the_words_go_with_the_lead_and_the_note_stays(db, notes, leads, audit):
    """M57 M56: after an erasure the note is there without a word, and nothing more is written."""
    notes.write("n1", "s1", FLAG, NoteAbout.OTHER, MANAGER, text=WORDS)
    notes.write("n2", "s2", COMMENT, NoteAbout.OTHER, MANAGER, text="Nobody we know.")
    leads.erase("L1", "U1")
    assert words_kept(db) == ["Nobody we know."]
    assert [n.text for n in notes.of("s1")] == [""]
    with pytest.raises(BadInput, match="erased"):
        notes.write("n3", "s1", COMMENT, NoteAbout.OTHER, MANAGER, text=WORDS)
    with pytest.raises(BadInput, match="erased"):
        notes.answer("a1", "n1", REP, WORDS)
    Suggestions(db, audit, leads._clock).erase_texts("s2", "U1")
    assert words_kept(db) == []
    assert audit.verify(db).ok


def test_a_note_on_nothing_is_refused(notes):
    """M59: in one plain sentence."""
    with pytest.raises(NotFound, match="no suggestion"):
        notes.write("n1", "nothing", FLAG, NoteAbout.OTHER, MANAGER, text=WORDS)
    with pytest.raises(NotFound, match="no note"):
        notes.answer("a1", "nothing", REP, WORDS)

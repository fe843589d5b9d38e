"""M56 The story of one suggestion: everything that happened with it, in order, for a reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow import after_approval, decide
from bot.flow.next_touch import next_touch
from bot.flow.setting_files import note_changed_settings
from bot.flow.story import story
from bot.views.words_story import FACT, HAPPENED
from knowledge import text_difference
from knowledge.clock import team_date
from knowledge.errors import NotFound
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.outcomes import Outcome
from knowledge.review import NoteAbout, NoteKind
from knowledge.story import Fact, Happening, Story, StoryEvent
from knowledge.text_difference import as_lines, difference, words_changed
from knowledge.touch import Ask
from storage.review_notes import ReviewNotes
from tests.conftest import SetClock
from tests.due_examples import put, suggested

DANA = "lead-dana-ortiz"
QUESTION = "What does a maintenance backlog cost us in a year?"


def today(tools: Wired):
    return team_date(tools.clock, tools.settings.time_zone)


def one(told: Story, what: Happening) -> StoryEvent:
    (event,) = [e for e in told.events if e.what is what]
    return event


def facts(event: StoryEvent) -> dict[Fact, str]:
    return dict(event.told)


@pytest.fixture
def lived(tools: Wired, clock: SetClock) -> Iterator[str]:
    """A suggestion that was edited, approved, sent, answered and followed by a move."""
    made = next_touch(
        Ask(today(tools), lead_id=DANA, questions=(QUESTION,), asked_by="U01ROBIN"), tools
    )
    assert made.draft
    clock.at += timedelta(minutes=5)
    body = made.draft.body.replace(made.draft.body.split()[3], "certainly", 1)
    assert not decide.edit(made.id, "U01ROBIN", made.draft.subject, body, tools, reason="Our tone.")
    clock.at += timedelta(minutes=5)
    decide.approve(made.id, "U01ROBIN", tools)
    clock.at += timedelta(minutes=5)
    stored = tools.suggestions.get(made.id)
    sent = (made.draft.subject, f"{body} P.S. See you.")
    after_approval.mark_sent(stored, "U01ROBIN", today(tools), "email", tools, text=sent)
    clock.at += timedelta(days=2)
    stored = tools.suggestions.get(made.id)
    after_approval.tell_outcome(
        stored, "U01ROBIN", Outcome.REPLIED, today(tools), tools, note="Thank you, very clear."
    )
    tools.track_record.answer(made.id, "U01ROBIN", helped=True)
    tools.after_approval.why_helped(made.id, "U01ROBIN", "It had the numbers.")
    tools.leads.correct_stage(DANA, Stage.DECISION, "U02MIKA")
    ReviewNotes(tools.db, tools.audit, clock).write(
        "n1", made.id, NoteKind.COMMENT, next(iter(NoteAbout)), "U02MIKA", text="Well put, Robin."
    )
    return made.id


def test_a_story_tells_everything_that_happened_in_order(tools: Wired, lived: str) -> None:
    """M56 Inputs, evidence, rules, alternates, texts, checks, decision, outcome, stage moves."""
    told = story(lived, tools)
    assert [e.what for e in told.events] == [
        Happening.ASKED, Happening.UNDERSTOOD, Happening.STAGE_READ, Happening.PACED,
        Happening.CHOSEN, Happening.TURNED_DOWN, Happening.DRAFTED, Happening.EDITED,
        Happening.APPROVED, Happening.SENT, Happening.OUTCOME, Happening.HELPED,
        Happening.EXPLAINED, Happening.STAGE_MOVED, Happening.REVIEWED,
    ]  # fmt: skip
    assert [e.at for e in told.events] == sorted(e.at for e in told.events)
    assert one(told, Happening.ASKED).by == "U01ROBIN"
    assert facts(one(told, Happening.ASKED))[Fact.QUESTION] == QUESTION
    assert facts(one(told, Happening.UNDERSTOOD))[Fact.PERSON] == "Dana Ortiz"
    assert facts(one(told, Happening.STAGE_READ))[Fact.EVIDENCE]
    (chosen,) = one(told, Happening.CHOSEN).pieces
    assert chosen.points[0].points > 0
    assert any(p.sentence for p in chosen.points)
    down = one(told, Happening.TURNED_DOWN).pieces
    assert all(p.title and p.why_not and p.rule for p in down)
    assert any(p.points for p in down)
    assert "+certainly+" in as_lines(one(told, Happening.EDITED).difference)
    assert facts(one(told, Happening.SENT))[Fact.AS_APPROVED] == "no"
    assert "{+P.S. See you.+}" in as_lines(one(told, Happening.SENT).difference).replace(
        "{+ P.S.", "{+P.S."
    )
    assert facts(one(told, Happening.OUTCOME))[Fact.NOTE] == "Thank you, very clear."
    assert facts(one(told, Happening.EXPLAINED))[Fact.BECAUSE] == "It had the numbers."
    assert facts(one(told, Happening.REVIEWED))[Fact.COMMENT] == "Well put, Robin."
    moved = one(told, Happening.STAGE_MOVED)
    assert (moved.by, facts(moved)[Fact.TO], facts(moved)[Fact.HOW]) == (
        "U02MIKA", "decision", "correction",
    )  # fmt: skip


def test_an_erased_story_tells_what_is_left_and_no_word_of_the_lead(
    tools: Wired, lived: str
) -> None:
    """M56 Rules, points, days and people outlast the lead; names, questions and texts do not."""
    whole = [e.what for e in story(lived, tools).events]
    tools.leads.erase(DANA, "U01ROBIN")
    told = story(lived, tools)
    assert told.erased
    assert [e.what for e in told.events] == [w for w in whole if w is not Happening.UNDERSTOOD]
    (chosen,) = one(told, Happening.CHOSEN).pieces
    assert chosen.points
    assert facts(one(told, Happening.OUTCOME)) == {
        Fact.OUTCOME: "replied", Fact.ON: today(tools).isoformat()
    }  # fmt: skip
    for word in (
        "Dana",
        "Ortiz",
        "certainly",
        "backlog cost us",
        "very clear",
        "numbers",
        "Well put",
    ):
        assert word not in repr(told)


def test_a_story_of_nothing_is_refused(tools: Wired) -> None:
    with pytest.raises(NotFound):
        story("touch-nobody", tools)


def test_every_happening_and_fact_has_words() -> None:
    assert set(HAPPENED) == set(Happening)
    assert set(FACT) == set(Fact)


# Stage moves


def moves(tools: Wired, made: str) -> list[tuple[str, str, str]]:
    entries = tools.audit.entries(tools.db, made)
    return [
        (e.data["from"], e.data["to"], e.data["how"])
        for e in entries
        if e.kind == "suggestion.stage_moved"
    ]


def test_a_later_move_is_told_with_each_touch_that_it_follows(
    tools: Wired, clock: SetClock
) -> None:
    """M56 By import, by correction and by signals read; a move before the touch is none of it."""
    put(tools, "ann", stage=Stage.AWARENESS)
    for n in (1, 2):
        clock.at += timedelta(days=8)
        made = suggested(tools, f"t{n}", "ann")  # read as interest
        tools.suggestions.approve(made.id, "U01ROBIN", str(made.text_hash))
        clock.at += timedelta(hours=1)
    assert (moves(tools, "t1"), moves(tools, "t2")) == ([], [])
    tools.leads.put("ann", LeadFacts(stage=Stage.CONSIDERATION), "import of x.csv", "U9")
    first = ("interest", "consideration", "import")
    assert (moves(tools, "t1"), moves(tools, "t2")) == ([first], [first])
    tools.leads.put("ann", LeadFacts(stage=Stage.CONSIDERATION), "import of x.csv", "U9")
    clock.at += timedelta(hours=1)
    tools.leads.correct_stage("ann", Stage.AWARENESS, "U9")
    clock.at += timedelta(hours=1)
    suggested(tools, "t3", "ann")
    assert moves(tools, "t2") == [
        first,
        ("consideration", "awareness", "correction"),
        ("awareness", "interest", "read"),
    ]
    assert moves(tools, "t1") == [first]  # the rest followed the touch after it
    assert moves(tools, "t3") == []


# The difference of two texts

WORDS = st.text(alphabet="ab \n", max_size=30)


@pytest.mark.parametrize("compared", [text_difference.COMPARED, 4], ids=["usual", "too_long"])
@given(before=WORDS, after=WORDS)
def test_a_difference_leads_from_one_text_to_the_other(
    before: str, after: str, compared: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_difference, "COMPARED", compared)
        changes = difference(before, after)
    if before == after:
        assert changes == ()
        return
    assert "".join(c.text for c in changes if c.kind != "in") == before
    assert "".join(c.text for c in changes if c.kind != "out") == after
    assert any(c.kind != "same" for c in changes)


def test_a_difference_is_by_words_not_letters() -> None:
    changes = difference("Here is a guide on pumps.", "Here is one guide on pumps.")
    assert as_lines(changes) == "Here is [-a-]{+one+} guide on pumps."
    assert words_changed(changes) == (1, 1)


@pytest.mark.timeout(10)
def test_a_difference_of_texts_of_one_word_over_and_over_takes_no_time() -> None:
    """M59 Nobody may keep the bot from its work by what they paste into a draft."""
    word = "next? " * 16_000
    changes = difference(f"one {word}two", f"one two {word}")
    assert [c.kind for c in changes] == ["same", "out", "in"]
    assert changes[0].text.strip() == "one"


# Setting files


def test_a_changed_setting_file_is_in_the_log_before_the_suggestion_it_shaped(
    tools: Wired,
) -> None:
    """M56 By the hash of what it says, once for each change, and when it is taken away."""

    def noted() -> list[tuple[str, bool]]:
        found = tools.audit.entries(tools.db)
        return [(e.subject_id, e.data["now"] is None) for e in found if e.kind == "setting.changed"]

    assert note_changed_settings(tools) == 0
    file = tools.settings.home / "pacing.toml"
    file.write_text("gap_days = 9\n")
    for _ in range(2):
        note_changed_settings(tools)
    assert noted() == [("setting:pacing.toml", False)]
    file.unlink()
    note_changed_settings(tools)
    assert noted() == [("setting:pacing.toml", False), ("setting:pacing.toml", True)]

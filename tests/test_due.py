"""What is due for a rep: which leads, in which list, why, and in what order (M16, M50, M55)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow import due_reason
from bot.flow.due import Accounts, due_lists
from bot.flow.due_reason import known, pace_of, place_in
from bot.flow.own_leads import first_leads
from bot.flow.plans import kept_of_all, place_of_lead
from bot.flow.recalling import recall_lead
from bot.flow.whose import Person
from bot.settings import Settings
from knowledge.due import Listed
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.outcomes import Outcome
from knowledge.pacing import decide_pace
from knowledge.touch import Ask, Pace, PaceDecision, StageReading
from storage.overview import Overview
from storage.stored_suggestion import SentText
from tests.conftest import SetClock
from tests.due_examples import MIKA, ROBIN, happened, listed, lists, put, suggested, today
from tests.storage_examples import a_suggestion

SENT, ASKED, REPLIED = Action.SENT, Action.ASKED, Action.REPLIED


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Wired]:
    """A home without a library: nothing is searched for a list."""
    wired = build(Settings(home=tmp_path / "home"), SetClock(datetime(2026, 11, 18, 9, tzinfo=UTC)))
    yield wired
    wired.close()


def test_a_lead_is_due_once_its_gap_is_over(tools: Wired) -> None:
    """M8 M16"""
    put(tools, "resting", (SENT, 6))
    put(tools, "due", (SENT, 7))
    assert listed(tools) == {"due": ("due", "gap_over")}


def test_a_lead_put_off_is_due_on_the_day_it_was_put_off_to(tools: Wired) -> None:
    """M16 Until then it is nowhere, unless the lead turns to us meanwhile."""
    put(tools, "ann", (SENT, 20))
    suggested(tools, "s1", "ann")
    tools.suggestions.snooze("s1", ROBIN.user, today(tools) + timedelta(days=3))
    assert listed(tools) == {}
    tools.clock.at += timedelta(days=2)  # type: ignore[attr-defined]
    assert listed(tools) == {}
    happened(tools, "ann", (REPLIED, 1))
    assert listed(tools) == {"ann": ("asked", "replied")}
    happened(tools, "ann", (Action.ANSWERED, 1))
    tools.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert listed(tools) == {"ann": ("due", "put_off_over")}


def test_a_date_that_the_lead_named_makes_it_due_when_it_comes(tools: Wired) -> None:
    put(tools, "fact", (SENT, 30), contact_after=today(tools) - timedelta(days=1))
    put(tools, "words", (SENT, 30))
    happened(tools, "words", (Action.CALLED, 29), note="Too busy, try me in two weeks.")
    put(tools, "later", (SENT, 30), contact_after=today(tools) + timedelta(days=1))
    assert listed(tools) == {
        "fact": ("due", "later_date_came"),
        "words": ("due", "later_date_came"),
    }


def test_m55_leads_never_touched_and_long_untouched_are_neglected(tools: Wired) -> None:
    """A newsletter is no touch; a spent budget rests first and is then looked at again (M1)."""
    put(tools, "never", (Action.NEWSLETTER, 5), (Action.READ, 9))
    put(tools, "long", (SENT, tools.pacing.neglected_days + 1))
    put(tools, "not-yet", (SENT, tools.pacing.neglected_days))
    put(tools, "spent", (SENT, 89), budget=1)
    put(tools, "rested", (SENT, 90), budget=1)
    assert listed(tools) == {
        "never": ("neglected", "never_touched"),
        "long": ("neglected", "long_untouched"),
        "rested": ("neglected", "budget_spent"),
        "not-yet": ("due", "gap_over"),
    }


def test_a_question_or_reply_that_nobody_answered_is_listed(tools: Wired) -> None:
    put(tools, "asked", (SENT, 9))
    happened(tools, "asked", (ASKED, 2), note="How long does it take?")
    put(tools, "replied", (SENT, 9), (REPLIED, 3))
    put(tools, "answered", (ASKED, 4), (Action.ANSWERED, 3), (SENT, 2))
    put(tools, "told", (ASKED, 4), (SENT, 20), waiting_for_answer=False)
    assert listed(tools) == {
        "asked": ("asked", "asked"),
        "replied": ("asked", "replied"),
        "told": ("due", "gap_over"),
    }
    (row,) = [r for r in lists(tools).of(Listed.ASKED) if r.lead_id == "asked"]
    assert (row.why.told, row.why.on) == (
        "How long does it take?", today(tools) - timedelta(days=2),
    )  # fmt: skip


def test_m50_a_lead_ready_for_sales_is_listed_as_such_whatever_else_holds(tools: Wired) -> None:
    put(tools, "demo", (SENT, 30), (Action.REQUESTED_DEMO, 1), (REPLIED, 1))
    put(tools, "marked", qualified=True)
    suggested(tools, "s1", "marked")
    assert listed(tools) == {"demo": ("ready", "ready"), "marked": ("ready", "ready")}
    assert "asked for a demo" in lists(tools).of(Listed.READY)[1].why.told


def test_an_open_card_waits_for_review_until_it_is_decided(tools: Wired) -> None:
    put(tools, "ann", (SENT, 30))
    suggested(tools, "s1", "ann")
    suggested(tools, "s2", None)
    assert listed(tools) == {"ann": ("review", "card"), "s2": ("review", "card")}
    stored = tools.suggestions.get("s1")
    assert stored.text_hash
    tools.suggestions.approve("s1", ROBIN.user, stored.text_hash)
    tools.suggestions.replace("s2", ROBIN.user)
    assert listed(tools) == {}  # approved counts as sent today


def test_an_approved_touch_counts_from_the_day_it_was_sent(tools: Wired) -> None:
    """M8 M16 M35 The lead's own gap, its account's quiet days, and what is known already."""
    put(tools, "ann", (SENT, 30), company="Holmvik Paper")
    put(tools, "bo", (SENT, 30), company="Holmvik Paper")
    suggested(tools, "s1", "ann")
    tools.suggestions.approve("s1", ROBIN.user, str(tools.suggestions.get("s1").text_hash))
    tools.clock.at += timedelta(days=20)  # type: ignore[attr-defined]
    assert set(listed(tools)) == {"ann", "bo"}
    sent = SentText(today(tools) - timedelta(days=1), "email", ROBIN.user, "S", "B")
    tools.after_approval.mark_sent("s1", sent)
    assert listed(tools) == {}


def test_an_outcome_put_right_changes_the_row(tools: Wired) -> None:
    """M48 The new act takes the id of the one taken back; the list must see it all the same."""
    put(tools, "ann", (SENT, 30))
    suggested(tools, "s1", "ann")
    tools.suggestions.approve("s1", ROBIN.user, str(tools.suggestions.get("s1").text_hash))
    tell = tools.after_approval.tell
    tools.clock.at += timedelta(days=20)  # type: ignore[attr-defined]
    tell("s1", ROBIN.user, Outcome.NO_ANSWER, today(tools))
    before = listed(tools)
    tools.clock.at += timedelta(minutes=1)  # type: ignore[attr-defined]
    tell("s1", ROBIN.user, Outcome.OPTED_OUT, today(tools))
    assert before
    assert listed(tools) == {}


def test_a_lead_is_offered_by_its_owner_and_only_while_a_channel_is_open(tools: Wired) -> None:
    """M16 M53"""
    put(tools, "ann", owner=ROBIN.user)
    put(tools, "bo", owner="Robin@Tidewell.example")
    put(tools, "cy", (Action.OPTED_OUT, 2), owner=ROBIN.user)
    put(tools, "di", owner=ROBIN.user, opted_out=True)
    put(tools, "ed", owner=ROBIN.user)
    happened(tools, "ed", (REPLIED, 3), note="Please remove me from your list.")
    assert first_leads(ROBIN.user, tools, 9) == ["Ann"]
    assert set(first_leads(ROBIN.user, tools, 9, mail=ROBIN.called[0])) == {"Ann", "Bo"}


def test_a_card_answers_a_question_from_before_it_and_none_that_came_later(tools: Wired) -> None:
    put(tools, "ann", (SENT, 30), (ASKED, 0))
    suggested(tools, "s1", "ann")
    assert listed(tools) == {"ann": ("review", "card")}
    tools.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    happened(tools, "ann", (ASKED, 0))
    assert listed(tools) == {"ann": ("asked", "asked")}


def test_a_card_without_a_draft_is_nothing_to_review(tools: Wired) -> None:
    """A card that says "send nothing now" has done its work; what is due is decided anew."""
    put(tools, "ann", (SENT, 30))
    whole = a_suggestion("s1", lead_id="ann", body=None)
    wait = replace(whole.pace, decision=PaceDecision.WAIT, rule="gap")
    tools.suggestions.save(replace(whole, pace=wait, chosen=None))
    assert listed(tools) == {"ann": ("due", "gap_over")}


def test_a_lead_who_was_sent_everything_rests_until_the_day_that_its_card_named(
    tools: Wired,
) -> None:
    """Only a full ask knows that nothing fits any more, so its answer is heeded (M44)."""
    put(tools, "ann", (SENT, 30))
    whole = a_suggestion("s1", lead_id="ann", body=None)
    until = today(tools) + timedelta(days=2)
    wait = replace(whole.pace, decision=PaceDecision.WAIT, rule="all_sent", when=until)
    tools.suggestions.save(replace(whole, pace=wait, chosen=None))
    assert listed(tools) == {}
    tools.clock.at += timedelta(days=2)  # type: ignore[attr-defined]
    assert listed(tools) == {"ann": ("due", "gap_over")}


def test_whoever_opted_out_is_in_no_list(tools: Wired) -> None:
    """Not even with a card that waits: it could not be approved."""
    put(tools, "out", (SENT, 99), (Action.OPTED_OUT, 2), (REPLIED, 1))
    suggested(tools, "s1", "out")
    put(tools, "stop", (SENT, 99))
    happened(tools, "stop", (REPLIED, 3), note="Please remove me from your list.")
    assert listed(tools) == {}


def test_a_colleagues_contact_with_the_account_makes_the_others_wait(tools: Wired) -> None:
    """M16 M35 What was approved here counts, and leads of other reps as well."""
    put(tools, "ann", (SENT, 30), company="Holmvik Paper")
    put(tools, "bo", (SENT, 3), company="Holmvik Paper Ltd", owner="Mika Tanaka")
    put(tools, "cy", (SENT, 30), company="Tarn Dairy")
    put(tools, "di", company="TARN DAIRY GmbH", owner="Mika Tanaka")
    assert listed(tools) == {"cy": ("due", "gap_over")}
    suggested(tools, "s1", "di", by=MIKA)
    tools.suggestions.approve("s1", MIKA.user, str(tools.suggestions.get("s1").text_hash))
    assert listed(tools) == {}


def test_each_list_begins_with_whoever_waits_longest(tools: Wired) -> None:
    for ago in (9, 40, 20):
        put(tools, f"sent-{ago}", (SENT, ago))
    assert [r.lead_id for r in lists(tools).of(Listed.DUE)] == ["sent-40", "sent-20", "sent-9"]
    assert list(lists(tools).rows) == [Listed.DUE]


@pytest.mark.parametrize(
    "owner", ["U01ROBIN", "Robin@Tidewell.example", " robin  reyes ", "robin reyes"]
)
def test_an_owner_is_told_by_slack_id_mail_or_full_name(tools: Wired, owner: str) -> None:
    """M53 Reps own their leads."""
    put(tools, "ann", owner=owner)
    assert listed(tools)
    assert not listed(tools, MIKA)
    assert not listed(tools, Person("U03ROB", ("Rob",)))


def test_a_lead_that_somebody_asked_about_is_in_their_lists_too(tools: Wired) -> None:
    put(tools, "ann", (SENT, 30))
    suggested(tools, "s1", "ann", by=MIKA)
    tools.suggestions.replace("s1", MIKA.user)
    assert listed(tools, MIKA) == listed(tools, ROBIN) == {"ann": ("due", "gap_over")}


def test_a_card_is_in_the_list_of_whom_it_was_made_for_alone(tools: Wired) -> None:
    put(tools, "ann", (SENT, 30))
    suggested(tools, "s1", "ann", by=MIKA)
    suggested(tools, "s2", None, by=MIKA)
    assert listed(tools, MIKA) == {"ann": ("review", "card"), "s2": ("review", "card")}
    assert listed(tools, ROBIN) == {"ann": ("due", "gap_over")}


def test_a_lead_of_nobody_belongs_to_the_only_rep_and_to_nobody_once_there_are_two(
    tools: Wired,
) -> None:
    put(tools, "ann", owner=None)
    assert not listed(tools)  # whoever just looks in is no rep yet
    suggested(tools, "s1", None)
    assert listed(tools)["ann"] == ("neglected", "never_touched")
    assert not listed(tools, MIKA)
    suggested(tools, "s2", None, by=Person("command line"))  # nobody in particular
    assert "ann" in listed(tools)
    suggested(tools, "s3", None, by=MIKA)
    assert "ann" not in listed(tools)
    assert "ann" not in listed(tools, MIKA)


def test_a_lead_of_nobody_is_in_no_list_where_another_person_owns_one(tools: Wired) -> None:
    put(tools, "ann", owner=None)
    put(tools, "bo", owner="Somebody Else")
    suggested(tools, "s1", None)
    assert "ann" not in listed(tools)


def test_only_what_changed_is_worked_out_anew(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So thousands of leads open at once; the clock need not have moved for a change to count."""
    for n in range(30):
        put(tools, f"lead-{n}", (SENT, 30))
    paces: list[str | None] = []

    def counting(lead: due_reason.Known, *rest: object) -> Pace | None:
        paces.append(lead.profile.lead_id)
        return pace_of(lead, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(due_reason, "pace_of", counting)
    assert lists(tools).count == 30
    assert lists(tools).count == len(paces) == 30
    happened(tools, "lead-3", (REPLIED, 1))
    tools.leads.put("lead-4", LeadFacts(qualified=True), "rep", "U01ROBIN")
    tools.leads.erase("lead-5", "U01ROBIN")
    found = listed(tools)
    assert found["lead-3"] == ("asked", "replied")
    assert found["lead-4"] == ("ready", "ready")
    assert "lead-5" not in found
    assert sorted(str(p) for p in paces[30:]) == ["lead-3", "lead-4"]
    tools.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert lists(tools).count == 29
    assert len(paces) == 61


NOTES = ("", "How long does it take?", "Try me in spring.", "Please send me an offer.", "Stop.")
ENTRIES = st.lists(
    st.tuples(st.sampled_from(Action), st.integers(-3, 120), st.sampled_from(NOTES)), max_size=7
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    acts=ENTRIES,
    other=ENTRIES,
    days=st.tuples(st.none() | st.integers(-30, 30), st.integers(-5, 9)),
    problem=st.booleans(),
)
def test_a_list_recalls_a_lead_as_an_ask_does(
    tools: Wired,
    acts: list[tuple[Action, int, str]],
    other: list[tuple[Action, int, str]],
    days: tuple[int | None, int],
    problem: bool,
) -> None:
    """The pace of a row is that of the answer that opening it gives, by the same record."""
    day, (after, snooze) = today(tools), days
    for lead_id, told in (("ann", acts), ("bo", other)):
        facts = LeadFacts(
            name=lead_id,
            company="Holmvik",
            problem="Press stops" if problem else None,
            contact_after=day + timedelta(days=after) if after else None,
        )
        tools.leads.put(lead_id, facts, "import", "test")
        tools.leads.add_history(
            lead_id, [HistoryEntry(a, day - timedelta(days=ago), note=n) for a, ago, n in told]
        )
    suggested(tools, "s1", "ann")
    suggested(tools, "s2", "bo")
    tools.suggestions.snooze("s1", ROBIN.user, day + timedelta(days=snooze))
    tools.suggestions.approve("s2", ROBIN.user, str(tools.suggestions.get("s2").text_hash))
    try:
        _compare(tools, day)
    finally:
        for lead_id in ("ann", "bo"):
            tools.leads.erase(lead_id, "test")
        _forget(tools)


def _compare(tools: Wired, day: date) -> None:
    overview = Overview(tools.db, "UTC")
    accounts = Accounts(overview.heads(), overview, day, tools)
    for lead in overview.leads(["ann", "bo"]):
        lead_id = str(lead.record.lead_id)
        asked = recall_lead(Ask(day, lead_id), (), tools)
        made = overview.suggested([lead_id])[lead_id]
        kept = kept_of_all([lead_id], tools)[lead_id]
        touches = accounts.touches(lead_id)
        mine = known(
            lead, made, accounts.touched_on(lead_id), tools, kept=kept, account_touches=touches
        )
        assert mine.profile.history == asked.history
        stage = mine.stage
        reading = StageReading(stage, 1.0, ()) if stage else None
        plan = place_of_lead(asked, day, stage, tools).pace
        assert place_in(mine, day, tools).pace == plan
        whole = decide_pace(asked, day, tools.pacing, reading, plan=plan)
        assert decide_pace(mine.profile, day, tools.pacing, reading, plan=plan) == whole
    rows = [row for rows in due_lists(ROBIN, tools).rows.values() for row in rows]
    assert len({row.lead_id for row in rows}) == len(rows)


def _forget(tools: Wired) -> None:
    from sqlalchemy import text

    with tools.db.write() as session:
        for table in ("suggestion_text", "suggestion"):
            session.connection().execute(text(f"delete from {table}"))

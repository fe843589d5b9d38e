"""The main use case over the sample library: what is recommended, and what never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow import decide
from bot.flow.next_touch import next_touch
from knowledge.assets import AssetStatus
from knowledge.errors import BadInput, NotFound
from knowledge.journey import PROMOTIONAL_TYPES, Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask, PaceDecision, Suggestion

TODAY = date(2026, 6, 15)
DOWNTIME = "How do I cut unplanned downtime on the presses in my plant?"


def ask(*questions: str, **changes: object) -> Ask:
    return Ask(today=TODAY, questions=questions, asked_by="U1", **changes)  # type: ignore[arg-type]


def touch(
    action: Action, days_ago: int, asset_id: str | None = None, note: str = ""
) -> HistoryEntry:
    return HistoryEntry(action, TODAY - timedelta(days=days_ago), asset_id, note)


def chosen(suggestion: Suggestion) -> str:
    assert suggestion.chosen is not None, suggestion.pace
    return suggestion.chosen.asset.id


def test_never_the_same_asset_twice(tools: Wired) -> None:
    """M14 M44 Another history gets another asset."""
    first = chosen(next_touch(ask(DOWNTIME), tools))
    again = next_touch(ask(DOWNTIME, history=(touch(Action.SENT, 20, first),)), tools)
    assert chosen(again) != first
    read = next_touch(ask(DOWNTIME, history=(touch(Action.READ, 2, first),)), tools)
    assert chosen(read) != first


def test_a_retired_asset_is_gone_from_the_next_answer(tools: Wired) -> None:
    first = chosen(next_touch(ask(DOWNTIME), tools))
    tools.library.retire([first], "test")
    after = next_touch(ask(DOWNTIME), tools)
    assert chosen(after) != first
    assert first not in {a.candidate.asset.id for a in after.alternates}


def test_an_opted_out_lead_is_never_sent_anything(tools: Wired) -> None:
    """M16 Opted out: wait, and no date."""
    got = next_touch(ask(DOWNTIME, facts=LeadFacts(opted_out=True)), tools)
    assert (got.pace.decision, got.pace.when, got.chosen, got.draft) == (
        PaceDecision.WAIT,
        None,
        None,
        None,
    )


def test_a_channel_the_lead_opted_out_of_is_never_drafted_for(tools: Wired) -> None:
    """M16 M52 Opted out of one channel: the draft is for another."""
    facts = LeadFacts(opted_out_channels=("email",))
    got = next_touch(ask(DOWNTIME, facts=facts), tools)
    assert got.pace.decision is PaceDecision.SEND
    assert got.draft is not None
    assert got.draft.channel != "email"
    assert got.pace.warnings[0] == "The lead opted out of email; reach them by phone instead."
    assert not next_touch(ask(DOWNTIME, facts=facts, channel="phone"), tools).pace.warnings


def test_m16_closed_channels_are_told_when_the_rep_is_to_ask_first_too(tools: Wired) -> None:
    """M16 No channel that was asked for is left out without a word."""
    facts = LeadFacts(name="Bo Ash", opted_out_channels=("email", "phone"))
    got = next_touch(ask(facts=facts), tools)
    assert got.pace.decision is PaceDecision.ASK
    told = "Bo opted out of email and phone calls; reach them by text message instead."
    assert told in got.pace.warnings


def test_right_after_a_download_no_call_is_drafted(tools: Wired) -> None:
    """M5 The next step after a download is another piece, never a phone call."""
    asked = ask(DOWNTIME, history=(touch(Action.DOWNLOADED, 1),), channel="phone")
    got = next_touch(asked, tools)
    assert got.draft is None or got.draft.channel != "phone"
    assert "A call right after a download" in got.pace.warnings[0]


def test_an_unknown_problem_brings_the_question_to_ask_instead(tools: Wired) -> None:
    """M22 M29 No solution talk before the problem is understood."""
    got = next_touch(ask(facts=LeadFacts(name="Ann Example", role="CFO")), tools)
    assert got.pace.decision is PaceDecision.ASK
    assert got.profiling_question
    assert got.profiling_question.endswith("?")
    assert got.draft is None


def test_a_sales_ready_lead_is_handed_over(tools: Wired) -> None:
    """M50 Asked for a demo in deed."""
    got = next_touch(ask(DOWNTIME, history=(touch(Action.REQUESTED_DEMO, 1),)), tools)
    assert got.pace.decision is PaceDecision.HAND_OVER
    assert got.draft is None


def test_a_newsletter_is_not_a_touch(tools: Wired) -> None:
    """M13 The gap runs from the last touch, and a newsletter is none."""
    got = next_touch(ask(DOWNTIME, history=(touch(Action.NEWSLETTER, 1),)), tools)
    assert got.pace.decision is PaceDecision.SEND
    assert got.pace.touch_number == 1


def test_pieces_that_would_fit_are_named_while_waiting(tools: Wired) -> None:
    got = next_touch(ask(DOWNTIME, history=(touch(Action.SENT, 1),)), tools)
    assert got.pace.decision is PaceDecision.WAIT
    assert got.pace.when == TODAY + timedelta(days=6)
    assert got.alternates
    assert got.chosen is None


def test_persona_changes_the_order(tools: Wired) -> None:
    """M30 Who the lead is changes the ranking."""
    question = "What does maintenance software cost over five years?"
    scores = {}
    for persona in ("finance", "it"):
        got = next_touch(ask(question, facts=LeadFacts(persona=persona)), tools)
        assert got.chosen is not None
        scores[persona] = {c.rule: c.points for c in got.chosen.contributions}
    assert scores["finance"] != scores["it"]


def test_the_draft_speaks_of_what_this_lead_asked(tools: Wired) -> None:
    """M20 M21 One link, and the lead's own matter."""
    got = next_touch(
        ask("How much spare parts stock is enough?", facts=LeadFacts(name="Ann Example")), tools
    )
    assert got.draft is not None
    assert got.draft.body.count("https://") == 1
    assert "Ann" in got.draft.body
    assert "stock" in got.draft.body.lower()


def test_a_lead_without_a_name_is_greeted_naturally(tools: Wired) -> None:
    got = next_touch(ask("How much spare parts stock is enough?"), tools)
    assert got.draft is not None
    greeting = got.draft.body.splitlines()[0]
    assert greeting.strip(" ,!") not in {"Hi", "Dear", "Hi None"}
    assert "None" not in got.draft.body


def test_an_unknown_lead_is_named(tools: Wired) -> None:
    with pytest.raises(NotFound, match="nobody"):
        next_touch(ask("What is downtime?", lead_id="nobody"), tools)


def test_what_was_suggested_is_stored_with_its_reasons(tools: Wired) -> None:
    """M56 Stored and audited in one step."""
    got = next_touch(ask(DOWNTIME), tools)
    stored = tools.suggestions.get(got.id)
    assert stored.asset is not None
    assert stored.asset.asset_id == chosen(got)
    assert stored.reasons == got.reasons
    assert [a.asset_id for a in stored.alternates] == [a.candidate.asset.id for a in got.alternates]
    assert tools.audit.verify(tools.db).ok


def test_approve_binds_to_the_text_and_happens_once(tools: Wired) -> None:
    """M24 M56 A person decides, once, and it is on record."""
    got = next_touch(ask(DOWNTIME), tools)
    assert decide.approve(got.id, "U1", tools).state == "approved"
    with pytest.raises(BadInput, match="already"):
        decide.approve(got.id, "U2", tools)


def test_an_old_card_of_a_retired_asset_cannot_be_approved(tools: Wired) -> None:
    got = next_touch(ask(DOWNTIME), tools)
    tools.library.retire([chosen(got)], "test")
    with pytest.raises(BadInput, match="Another"):
        decide.approve(got.id, "U1", tools)


def test_another_leaves_out_what_was_turned_down(tools: Wired) -> None:
    got = next_touch(ask("What does maintenance software cost over five years?"), tools)
    second = decide.another(got.id, "U1", tools)
    assert chosen(second) != chosen(got)
    assert tools.suggestions.get(got.id).state == "replaced"
    third = decide.another(second.id, "U1", tools)
    assert chosen(third) not in {chosen(got), chosen(second)}


def test_not_now_needs_a_day_to_come(tools: Wired) -> None:
    got = next_touch(ask(DOWNTIME), tools)
    with pytest.raises(BadInput, match="after today"):
        decide.not_now(got.id, "U1", tools.clock.now().date(), tools)
    later = tools.clock.now().date() + timedelta(days=10)
    assert decide.not_now(got.id, "U1", later, tools).snoozed_until == later


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stage=st.sampled_from([None, *Stage]),
    question=st.sampled_from([
        DOWNTIME, "Is the mobile app any good?", "Why do leaders choose this?",
        "What does it cost?", "Can it work with SAP?", "Who else uses it?",
    ]),
    opted_out=st.booleans(),
)  # fmt: skip
def test_nothing_promotional_unapproved_or_unwanted_is_ever_recommended(
    tools: Wired, stage: Stage | None, question: str, opted_out: bool
) -> None:
    """M17 M27 Never a brochure; never anything to a lead who opted out."""
    facts = LeadFacts(stage=stage, opted_out=opted_out or None)
    got = next_touch(replace(ask(question), facts=facts), tools, keep=False)
    if opted_out:
        assert got.pace.decision is PaceDecision.WAIT
    if got.chosen is not None:
        assert got.chosen.asset.type not in PROMOTIONAL_TYPES
        assert got.chosen.asset.status is AssetStatus.APPROVED


def test_entries_of_one_day_keep_their_order(tools: Wired) -> None:
    """M16 A reply that was answered the same day waits for nothing."""
    day = (touch(Action.CALLED, 30), touch(Action.REPLIED, 30), touch(Action.ANSWERED, 30))
    assert next_touch(ask(DOWNTIME, history=day), tools).pace.rule == "due"


def test_a_late_reply_is_counted_in_the_teams_zone(tools: Wired) -> None:
    """M16 A reply at 23:30 in London is the next day in Tokyo, and so is our answer."""
    at = datetime(2026, 6, 14, 23, 30, tzinfo=UTC)
    facts = LeadFacts(replied_at=at, answered_at=at + timedelta(minutes=10))
    zoned = tools.settings.model_copy(update={"time_zone": "Asia/Tokyo"})
    tools.settings = zoned
    assert next_touch(ask(DOWNTIME, facts=facts), tools).pace.decision is PaceDecision.SEND


def test_pieces_the_rep_turned_down_are_no_miss(tools: Wired) -> None:
    """M47 Turning everything down is not a question without an answer."""
    found = tuple(c.asset.id for c in tools.finder.search(DOWNTIME, 50))
    got = next_touch(ask(DOWNTIME, exclude=found), tools)
    assert got.chosen is None
    assert got.unanswered == ()
    assert "turned down" in got.pace.reason
    assert tools.requests.all() == []


def test_what_was_approved_counts_as_sent(tools: Wired) -> None:
    """M6 M10 M44 Approved for a lead on record: the gap runs, and never the same piece again."""
    question = "What does maintenance software really cost over five years?"
    today = tools.clock.now().date()
    first = next_touch(replace(ask(question, lead_id="lead-dana-ortiz"), today=today), tools)
    decide.approve(first.id, "U1", tools)
    again = next_touch(replace(ask(question, lead_id="lead-dana-ortiz"), today=today), tools)
    assert again.pace.decision is PaceDecision.WAIT
    assert again.pace.touch_number == first.pace.touch_number + 1
    later = replace(ask(question, lead_id="lead-dana-ortiz"), today=today + timedelta(days=30))
    assert chosen(next_touch(later, tools)) != chosen(first)


def test_two_cards_of_one_lead_cannot_both_be_approved(tools: Wired) -> None:
    """M6 M12 One lead, one touch, and then the gap."""
    today = tools.clock.now().date()
    questions = ("What does maintenance software cost over five years?", "How long is a rollout?")
    made = [
        next_touch(replace(ask(q, lead_id="lead-dana-ortiz"), today=today), tools)
        for q in questions
    ]
    decide.approve(made[0].id, "U1", tools)
    with pytest.raises(BadInput, match="approved for this lead"):
        decide.approve(made[1].id, "U1", tools)


def test_an_opt_out_is_the_only_thing_said(tools: Wired) -> None:
    """M16 No other reason and no question beside a lead's no."""
    history = (touch(Action.SENT, 1), touch(Action.OPTED_OUT, 1))
    got = next_touch(ask(DOWNTIME, history=history), tools)
    assert got.pace.rule == "opted_out"
    assert (got.pace.also, got.profiling_question) == ((), None)


def test_not_now_is_kept_for_the_next_ask(tools: Wired) -> None:
    """M1 M16 The date that the rep chose holds."""
    today = tools.clock.now().date()
    asked = replace(ask("What is wrench time?", lead_id="lead-dana-ortiz"), today=today)
    until = today + timedelta(days=40)
    decide.not_now(next_touch(asked, tools).id, "U1", until, tools)
    again = next_touch(asked, tools)
    assert (again.pace.decision, again.pace.when) == (PaceDecision.WAIT, until)


def test_m4_a_touch_names_the_step_it_serves(tools: Wired) -> None:
    """Stage, question and asset."""
    question = "How much stock of spare parts is enough?"
    got = next_touch(ask(question, facts=LeadFacts(stage=Stage.INTEREST)), tools)
    assert got.stage.stage is Stage.INTEREST
    assert any(question in reason for reason in got.reasons)
    assert got.draft is not None
    assert got.chosen is not None
    assert got.chosen.asset.title in got.draft.body


def test_m12_one_touch_is_for_one_lead_and_is_stored_for_that_one(tools: Wired) -> None:
    question = "How long does a pilot take?"
    one, two = (
        next_touch(ask(question, lead_id=name), tools)
        for name in ("lead-ines-carvalho", "lead-tomas-lind")
    )
    assert one.profile.lead_id == "lead-ines-carvalho"
    assert two.profile.lead_id == "lead-tomas-lind"
    assert one.id != two.id
    assert tools.suggestions.get(one.id).lead_id == "lead-ines-carvalho"


def test_m15_a_recommendation_says_when_as_well_as_what(tools: Wired) -> None:
    now = next_touch(ask("How long does a pilot take?"), tools)
    assert now.pace.decision is PaceDecision.SEND
    assert now.pace.when == TODAY
    recent = (touch(Action.SENT, 2),)
    later = next_touch(ask("How long does a pilot take?", history=recent), tools)
    assert later.pace.decision is PaceDecision.WAIT
    assert later.pace.when == TODAY + timedelta(days=5)

"""Deciding on a card in Bolt's real dispatch: why, stage, approval, sent, outcome, and by whom."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.flow import after_approval, rewriting
from bot.flow.next_touch import next_touch
from bot.views import words, words_card, words_follow_ups
from knowledge.clock import team_date
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.outcomes import Outcome
from knowledge.touch import Ask, CheckReport
from storage.stored_suggestion import StoredSuggestion
from tests.due_examples import suggested
from tests.slack.local import button_of, buttons, said
from tests.slack.office import ASK, MIKA, ROBIN, Office
from tests.traces import traces

pytest_plugins = ("tests.slack.fixtures",)

DANA = "lead-dana-ortiz"
STRANGER = "Jo Marsh at Ferrow Foods asked what a maintenance backlog costs in a year."


def id_of(card: dict[str, Any]) -> str:
    return str(button_of(card, buttons(card)[-1])["value"]).partition("#")[0]


def stored(office: Office, card: dict[str, Any] | None = None) -> StoredSuggestion:
    return office.tools.suggestions.get(id_of(card or office.card))


def ask(office: Office, text: str = ASK) -> StoredSuggestion:
    office.send(office.event(text))
    return stored(office)


def approve(office: Office, text: str = ASK) -> str:
    made = ask(office, text).id
    office.click(office.card, "approve")
    assert office.tools.suggestions.get(made).state == "approved"
    return made


def kinds(office: Office, made: str) -> list[str]:
    return [e.kind for e in office.tools.audit.entries(office.tools.db) if e.subject_id == made]


def errors(response: Any) -> dict[str, str]:
    return dict(json.loads(response.body)["errors"]) if response.body else {}


def today(office: Office) -> Any:
    return team_date(office.tools.clock, office.tools.settings.time_zone)


# Why


def test_why_tells_reasons_evidence_and_points_in_the_cards_thread(office: Office) -> None:
    """M33 M56 Private, in plain words: the stage, the pace, and what counted for the piece."""
    made = ask(office)
    office.click(office.card, "why")
    told = office.slack.messages[-1]
    assert (told["channel"], told["thread_ts"]) == ("D01ROBIN", office.card["ts"])
    assert made.asset
    assert made.reasons[0].rstrip(".") in said(told)
    assert made.stage.evidence[0][:40] in said(told)
    assert words_card.NOW_WORKED_OUT in said(told)
    assert "counts a lot" in said(told)
    assert made.is_open


# The stage


@pytest.mark.parametrize(("read", "stage"), [("decision", "awareness"), ("awareness", "decision")])
def test_a_wrong_stage_is_corrected_and_a_new_card_takes_the_place(
    office: Office, read: str, stage: str
) -> None:
    """M33 In one click, backwards too: the lead's record has it, and the new card goes by it."""
    office.tools.leads.put(DANA, LeadFacts(stage=Stage(read)), "crm", "crm")
    old = ask(office)
    assert old.stage.stage == read
    office.click(office.card, "wrong_stage")
    assert not office.submit(choice=stage).body
    first, second = office.cards
    assert not buttons(first)
    assert words_card.stage_corrected("<@U01ROBIN>", "", Stage(stage))[:30] in said(first)
    new = stored(office, second)
    assert new.stage.stage == stage
    assert office.tools.leads.get(DANA).facts.stage == stage
    closed = office.tools.suggestions.get(old.id)
    assert (closed.state, closed.replaced_by, closed.stage_corrected) == ("replaced", new.id, stage)
    assert [e.kind for e in office.tools.audit.entries(office.tools.db)].count(
        "lead.stage_corrected"
    ) == 1
    row = next(r for r in office.tools.suggestions.rows() if r.suggestion_id == old.id)
    assert row.stage_corrected == stage


def test_a_stage_sent_twice_makes_one_card_and_one_correction(office: Office) -> None:
    """M58 A repeat changes nothing twice."""
    ask(office)
    office.click(office.card, "wrong_stage")
    office.submit(choice="decision")
    again = office.submit(choice="decision")
    assert errors(again) == {"choice": words.ALREADY_DECIDED}
    assert len(office.cards) == 2
    assert [f.source for f in office.tools.leads.facts_log(DANA)].count("correction") == 1


def test_a_stage_that_died_half_way_is_taken_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 The correction is not made twice, and the card that was made is the one shown."""
    made = ask(office)
    office.click(office.card, "wrong_stage")

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(office.tools.suggestions, "replace", dies)
        office.submit(choice="decision")
    assert office.tools.suggestions.get(made.id).is_open
    office.submit(choice="decision")
    assert len(office.tools.suggestions.rows()) == 2
    assert [f.source for f in office.tools.leads.facts_log(DANA)].count("correction") == 1


def test_the_stage_of_an_unknown_lead_is_kept_with_the_ask(office: Office) -> None:
    """M33 Nobody is on record; the next card of the thread still goes by what the rep said."""
    old = ask(office, STRANGER)
    office.click(office.card, "wrong_stage")
    other = "decision" if old.stage.stage != "decision" else "interest"
    office.submit(choice=other)
    new = stored(office)
    assert new.id != old.id
    assert new.stage.stage == other
    assert new.ask
    assert new.ask.facts.stage == other


def test_a_window_of_the_stage_wants_another_stage(office: Office) -> None:
    read = ask(office).stage.stage
    office.click(office.card, "wrong_stage")
    assert errors(office.submit(choice=read)) == {"choice": words_card.STAGE_AS_READ}
    assert errors(office.submit(choice=None)) == {"choice": words_card.NO_STAGE_CHOSEN}
    assert len(office.cards) == 1


# Approval


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (HistoryEntry(Action.REPLIED, None, note="I will look at it."), "answer first"),
        (HistoryEntry(Action.REQUESTED_DEMO, None), "hand over"),
        (HistoryEntry(Action.CALLED, None), "gap"),
    ],
)  # type: ignore[arg-type]
def test_what_the_lead_or_a_colleague_did_since_refuses_the_approval(
    office: Office, happened: HistoryEntry, told: str
) -> None:
    """M16 Checked again at that moment, and said in one sentence with what to do."""
    made = ask(office)
    office.tools.leads.add_history(DANA, [replace(happened, on=today(office))])
    office.click(office.card, "approve")
    assert office.tools.suggestions.get(made.id).is_open
    refusal = office.slack.messages[-1]["text"]
    assert told in refusal
    assert "ask for the next touch" in refusal
    assert "approve" in buttons(office.card), "the card stays as it is"


def test_a_touch_in_the_account_refuses_the_approval(office: Office) -> None:
    """M16 M35 A colleague wrote to somebody else at the company in the meantime."""
    made = ask(office)
    company = office.tools.leads.get(DANA).facts.company
    office.tools.leads.put("lead-colleague", LeadFacts(name="Kim", company=company), "t", "t")
    office.tools.leads.add_history("lead-colleague", [HistoryEntry(Action.SENT, today(office))])
    office.click(office.card, "approve")
    assert office.tools.suggestions.get(made.id).is_open
    assert "touch with this account" in office.slack.messages[-1]["text"]


# By whom


def test_the_owner_of_the_lead_may_act_and_nobody_else(office: Office) -> None:
    """M53 Reps own their leads: told by Slack id or by address, looked up once."""
    made = ask(office)
    office.slack.users[MIKA] = {"profile": {"email": "Mika@tidewell.example"}}
    office.tools.leads.put(DANA, LeadFacts(owner="mika@tidewell.example"), "test", "test")
    office.click(office.card, "approve", user="U03ALEX")
    assert office.tools.suggestions.get(made.id).is_open
    office.click(office.card, "edit", user=MIKA)
    assert len(office.slack.views) == 1
    office.click(office.card, "approve", user=MIKA)
    assert office.tools.suggestions.get(made.id).decided_by == MIKA
    # Once for each person's address, and once to see who runs the workspace.
    assert office.slack.calls.count("users.info") <= 3


@pytest.mark.parametrize("owner", [MIKA, f"<@{MIKA}>", MIKA.lower()])
def test_an_owner_may_be_told_by_slack_id(office: Office, owner: str) -> None:
    made = ask(office)
    office.tools.leads.put(DANA, LeadFacts(owner=owner), "test", "test")
    office.click(office.card, "approve", user=MIKA)
    assert office.tools.suggestions.get(made.id).state == "approved"
    assert "users.info" not in office.slack.calls


def test_a_name_makes_nobody_an_owner(office: Office) -> None:
    """Everybody chooses their own name in Slack."""
    made = ask(office)
    office.tools.leads.put(DANA, LeadFacts(owner="Mika"), "test", "test")
    office.click(office.card, "approve", user=MIKA)
    assert office.tools.suggestions.get(made.id).is_open


# Sent


def test_marking_as_sent_keeps_day_channel_and_text_and_counts_from_that_day(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M8 M52 M56 The touch is what left, when it left; the audit has a mark of the text."""
    made = approve(office)
    start = today(office)
    monkeypatch.setattr(office.tools.clock, "at", office.tools.clock.now() + timedelta(days=3))
    sent_on = start + timedelta(days=2)
    office.click(office.card, "mark_sent")
    assert not office.submit(until=str(sent_on), choice="social", body="What I wrote.").body
    kept = office.tools.suggestions.get(made).sent
    assert kept
    assert (kept.on, kept.channel, kept.body, kept.by) == (
        sent_on, "social", "What I wrote.", ROBIN,
    )  # fmt: skip
    assert "by social media, with your changes" in said(office.card)
    (touch,) = office.tools.suggestions.touches_of(DANA, "UTC")
    assert touch.on == sent_on
    pace = next_touch(Ask(today(office), DANA), office.tools, keep=False).pace
    assert pace.rule == "gap"
    assert pace.when == sent_on + timedelta(days=pace.gap_days)
    entry = next(
        e for e in office.tools.audit.entries(office.tools.db) if e.kind == "suggestion.sent"
    )
    assert entry.data["channel"] == "social"
    assert entry.data["as_approved"] is False
    assert "What I wrote" not in json.dumps(entry.data)
    row = next(r for r in office.tools.suggestions.rows() if r.suggestion_id == made)
    assert (row.sent_on, row.sent_channel, row.sent_text) == (sent_on, "social", "What I wrote.")


def test_marking_as_sent_again_changes_it_and_the_same_again_nothing(office: Office) -> None:
    """M56 The last word counts; a double press leaves no second trace."""
    made = approve(office)
    for channel in ("email", "email", "phone"):
        office.click(office.card, "mark_sent")
        office.submit(choice=channel)
    assert kinds(office, made).count("suggestion.sent") == 2
    sent, draft = (s := office.tools.suggestions.get(made)).sent, s.draft
    assert sent
    assert draft
    assert (sent.channel, sent.subject, sent.body) == ("phone", draft.subject, draft.body)
    assert "as approved" in said(office.card)


def test_a_day_that_cannot_be_is_said_in_the_window(office: Office) -> None:
    """M59 The window stays open, and nothing typed is lost."""
    approve(office)
    office.click(office.card, "mark_sent")
    tomorrow, before = today(office) + timedelta(days=1), today(office) - timedelta(days=1)
    assert "today or a day before" in errors(office.submit(until=str(tomorrow)))["until"]
    assert "before the card" in errors(office.submit(until=str(before)))["until"]
    assert errors(office.submit(body=" ")) == {"body": words.EMPTIED["body"]}


def test_it_was_sent_no_later_than_what_came_of_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M16 A touch sent after the reply would pass for its answer; the window offers that day."""
    made = approve(office)
    start = today(office)
    office.click(office.card, "outcome")
    office.submit(choice="replied")
    monkeypatch.setattr(office.tools.clock, "at", office.tools.clock.now() + timedelta(days=1))
    office.click(office.card, "mark_sent")
    assert str(start) in json.dumps(office.slack.views[-1])
    told = errors(office.submit(until=str(today(office))))
    assert told == {"until": after_approval.AFTER_WHAT_HAPPENED}
    assert not office.submit(choice="email").body
    kept = office.tools.suggestions.get(made).sent
    assert kept
    assert kept.on == start


def test_an_open_card_cannot_be_marked(office: Office) -> None:
    """M59 An old window is answered plainly."""
    ask(office)
    open_card = copy.deepcopy(office.card)
    office.click(open_card, "approve")
    office.click(office.card, "mark_sent")
    other = next_touch(Ask(today(office), questions=("What does it cost?",)), office.tools)
    view = {**office.slack.views[-1], "private_metadata": other.id}
    office.slack.views.append(view)
    assert errors(office.submit(choice="email")) == {"until": words_card.NOT_APPROVED}


# What happened


@pytest.mark.parametrize(
    ("outcome", "act"),
    [
        ("replied", Action.REPLIED), ("moved_on", Action.READ),
        ("no_answer", Action.NO_ANSWER), ("opted_out", Action.OPTED_OUT),
    ],
)  # fmt: skip
def test_what_happened_is_in_the_history_and_can_be_changed(
    office: Office, outcome: str, act: Action
) -> None:
    """M48 M56 One outcome a touch; another one takes the former's entry back."""
    made = approve(office)
    before = office.tools.leads.get(DANA).history
    for choice in ("no_answer" if outcome != "no_answer" else "replied", outcome, outcome):
        office.click(office.card, "outcome")
        assert not office.submit(choice=choice).body
    after = office.tools.leads.get(DANA).history
    (entry,) = [e for e in after if e not in before]
    assert (entry.action, entry.on) == (act, today(office))
    assert kinds(office, made).count("suggestion.outcome") == 2
    assert words_card.OUTCOMES[outcome] in said(office.card)  # type: ignore[index]
    row = next(r for r in office.tools.suggestions.rows() if r.suggestion_id == made)
    assert (row.outcome, row.outcome_on) == (outcome, today(office))


def test_an_opt_out_told_on_a_card_ends_all_touches(office: Office) -> None:
    """M16 M24 The next ask sends nothing."""
    approve(office)
    office.click(office.card, "outcome")
    office.submit(choice="opted_out")
    assert next_touch(Ask(today(office), DANA), office.tools, keep=False).pace.rule == "opted_out"


def test_what_the_lead_wrote_is_kept_for_a_reply_only(office: Office) -> None:
    approve(office)
    office.click(office.card, "outcome")
    wrong = errors(office.submit(choice="no_answer", reason="Thanks, I read it."))
    assert wrong == {"reason": words_card.NOTE_ONLY_FOR_A_REPLY}
    for _ in range(2):
        assert not office.submit(choice="replied", reason="Thanks, I read it.").body
    (row,) = office.tools.suggestions.rows()
    assert kinds(office, row.suggestion_id).count("suggestion.outcome") == 1
    assert office.tools.leads.get(DANA).history[-1].note == "Thanks, I read it."


def test_a_day_put_right_keeps_what_the_lead_wrote(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M16 M59 Their words may be the opt-out; the window shows them, emptied or left alone."""
    approve(office)
    start = today(office)
    monkeypatch.setattr(office.tools.clock, "at", office.tools.clock.now() + timedelta(days=3))
    words_told = "Please stop writing to me."
    office.click(office.card, "outcome")
    office.submit(choice="replied", reason=words_told)
    fields: list[dict[str, str]] = [{}, {"reason": ""}, {"reason": words_told}]
    for ago, typed in enumerate(fields, 1):
        office.click(office.card, "outcome")
        assert words_told in json.dumps(office.slack.views[-1])
        on = start + timedelta(days=3 - ago)
        assert not office.submit(choice="replied", until=str(on), **typed).body
        replies = [e for e in office.tools.leads.get(DANA).history if e.action is Action.REPLIED]
        assert (replies[-1].on, replies[-1].note) == (on, words_told)
        assert len([e for e in replies if e.note == words_told]) == 1
    assert next_touch(Ask(today(office), DANA), office.tools, keep=False).pace.rule == "opted_out"


def test_words_that_no_lead_on_record_could_keep_are_refused_beside_their_field(
    office: Office,
) -> None:
    """M59 Nothing typed is dropped in silence."""
    approve(office, STRANGER)
    office.click(office.card, "outcome")
    told = errors(office.submit(choice="replied", reason="Thanks."))
    assert told == {"reason": after_approval.NOT_ON_RECORD}
    assert not office.submit(choice="replied").body


def test_what_the_lead_wrote_may_follow_an_entry_that_was_on_record(office: Office) -> None:
    """M59 The reply was imported; the words come with the card, once."""
    made = approve(office)
    office.tools.leads.add_history(DANA, [HistoryEntry(Action.REPLIED, today(office))])
    for reason in ("", "Thanks.", "Thanks."):
        office.click(office.card, "outcome")
        assert not office.submit(choice="replied", reason=reason).body
    assert office.tools.leads.get(DANA).history[-1].note == "Thanks."
    assert kinds(office, made).count("suggestion.outcome") == 2


def test_a_reply_that_two_cards_told_stays_while_one_of_them_says_so(office: Office) -> None:
    """M48 Correcting the first takes nothing from the second; correcting both takes it out."""
    before = office.tools.leads.get(DANA).history
    told = office.tools.after_approval
    on, made = today(office), []
    for n in ("a", "b"):
        stored = suggested(office.tools, n, DANA)
        office.tools.suggestions.approve(stored.id, ROBIN, str(stored.text_hash))
        told.tell(stored.id, ROBIN, Outcome.REPLIED, on)
        made.append(stored.id)
    told.tell(made[0], ROBIN, Outcome.NO_ANSWER, on)
    acts = [e.action for e in office.tools.leads.get(DANA).history if e not in before]
    assert sorted(acts) == [Action.NO_ANSWER, Action.REPLIED]
    told.tell(made[1], ROBIN, Outcome.NO_ANSWER, on)
    acts = [e.action for e in office.tools.leads.get(DANA).history if e not in before]
    assert acts == [Action.NO_ANSWER]


def test_the_outcome_of_a_stranger_is_kept_without_a_history(office: Office) -> None:
    made = approve(office, STRANGER)
    office.click(office.card, "outcome")
    office.submit(choice="replied")
    told = office.tools.after_approval.outcome_of(made)
    assert told
    assert told.outcome == "replied"
    (came,) = office.tools.track_record.outcomes("UTC", today(office))
    assert came.moved is True


# Did it help


def test_a_reason_may_follow_whether_it_helped(office: Office) -> None:
    """M48 The reason is on the card, and erased with the lead; the audit has a mark of it."""
    made = approve(office)
    assert "help_reason" not in buttons(office.card)
    office.click(office.card, "not_helped")
    office.click(office.card, "help_reason")
    assert errors(office.submit(reason=" ")) == {"reason": words_card.NO_REASON}
    office.submit(reason="Too long for <her>.")
    assert "Because: Too long for &lt;her&gt;." in said(office.card)
    data = office.tools.audit.entries(office.tools.db)[-1].data
    assert data["helped"] is False
    assert "Too long" not in json.dumps(data)
    assert office.tools.suggestions.get(made).helped_reason == "Too long for <her>."


# Erasing


def test_an_erased_lead_takes_the_texts_that_were_told_with_it(office: Office) -> None:
    """M56 What was sent and why it helped is gone; that it was sent, and the audit, stay."""
    made = approve(office)
    office.click(office.card, "mark_sent")
    office.submit(choice="email", body="A very private text.")
    office.click(office.card, "helped")
    office.click(office.card, "help_reason")
    office.submit(reason="A very private reason.")
    office.click(office.card, "outcome")
    office.submit(choice="replied", reason="A very private note.")
    office.tools.leads.erase(DANA, "test")
    assert traces(office.tools.settings.home, ["very private"]) == {}
    row = next(r for r in office.tools.suggestions.rows() if r.suggestion_id == made)
    assert (row.sent_channel, row.sent_text, row.outcome) == ("email", None, "replied")
    assert office.tools.audit.verify(office.tools.db).ok
    office.click(office.card, "outcome")
    assert words_card.ERASED in office.slack.whispers[-1]["text"]


# Softer, shorter


@pytest.mark.parametrize("wish", ["softer", "shorter"])
def test_softer_and_shorter_put_the_rewritten_text_on_the_card(
    office: Office, monkeypatch: pytest.MonkeyPatch, wish: str
) -> None:
    made = ask(office)

    def rewrite(
        suggestion_id: str, by: str, asked: str, tools: Any, channel: str | None = None, **_: str
    ) -> StoredSuggestion:
        assert (asked, channel) == (wish, None)
        report = CheckReport(passed=True)
        return tools.suggestions.edit(suggestion_id, by, "S", f"A {wish} text.", report)

    monkeypatch.setattr(rewriting, "rewrite", rewrite)
    old = copy.deepcopy(office.card)
    office.click(office.card, wish)
    assert f"A {wish} text." in said(office.card)
    assert len(office.cards) == 1
    office.slack.messages.append(stale := {**old, "ts": "1771.9"})
    office.click(stale, "approve")
    assert office.tools.suggestions.get(made.id).is_open, "it does not show that text"


@pytest.mark.parametrize("wish", ["softer", "shorter"])
def test_a_text_that_gives_way_to_a_rewriting_comes_back_to_whoever_typed_it(
    office: Office, wish: str
) -> None:
    """M59 Nothing typed is lost."""
    made = ask(office)
    assert made.draft
    typed = f"{made.draft.body}\n\nP.S. My own words."
    office.tools.suggestions.edit(made.id, ROBIN, "S", typed, CheckReport(passed=True))
    office.click(office.card, wish)
    assert "My own words." not in said(office.card)
    back = office.slack.messages[-1]
    assert back["channel"] == "D01ROBIN"
    assert words_follow_ups.YOUR_WORDS in said(back)
    assert "P.S. My own words." in said(back)


def test_a_second_copy_of_a_corrected_card_posts_no_new_card_again(office: Office) -> None:
    """M58 The form posted it; Another on an old copy shows the state alone."""
    ask(office)
    old = copy.deepcopy(office.card)
    office.click(office.card, "correct")
    office.fill_in(stage="decision")
    cards = len(office.cards)
    office.slack.messages.append(stale := {**old, "ts": "1771.9"})
    office.click(stale, "another")
    assert len(office.cards) == cards + 1  # the stale copy itself

"""An edited text, at the use case: judged again, kept with a reason, and what nobody may keep."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.bootstrap import Wired
from bot.flow import decide
from bot.flow.next_touch import next_touch
from knowledge.errors import BadInput
from knowledge.leads import Action, HistoryEntry
from knowledge.touch import Ask, Draft
from storage.stored_suggestion import StoredSuggestion
from tests.conftest import Ran

LEAD = "lead-dana-ortiz"
PUSHY = "Are you ready to buy? Book a demo with me before Friday!"
STRANGE = "Prices are at https://www.elsewhere.example/prices."
"""A link that nobody approved, beside the piece's own."""
SECOND = "See www.tidewell.example/another too."


@pytest.fixture
def card(tools: Wired) -> StoredSuggestion:
    """An open card with a draft by email for a lead on record."""
    today = tools.clock.now().date()
    question = "What does maintenance software cost over five years?"
    ask = Ask(today=today, questions=(question,), lead_id=LEAD, asked_by="U1")
    return tools.suggestions.get(next_touch(ask, tools).id)


def draft(card: StoredSuggestion) -> Draft:
    assert card.draft is not None
    return card.draft


def edit(card: StoredSuggestion, more: str, tools: Wired, reason: str = "") -> set[str]:
    """Add a line to the draft's body; the rules that stand against it."""
    now = draft(card)
    body = f"{now.body}\n\n{more}"
    against = decide.edit(card.id, "U1", now.subject, body, tools, reason=reason)
    return {f.rule for found in against.values() for f in found}


def heard(tools: Wired, action: Action, note: str = "", on: date | None = None) -> None:
    today = tools.clock.now().date()
    tools.leads.add_history(LEAD, [HistoryEntry(action, on or today, note=note)])


def now(card: StoredSuggestion, tools: Wired) -> StoredSuggestion:
    return tools.suggestions.get(card.id)


def kinds(card: StoredSuggestion, tools: Wired) -> list[str]:
    return [e.kind for e in tools.audit.entries(tools.db, card.id)]


def test_an_edit_is_checked_like_any_draft(tools: Wired, card: StoredSuggestion) -> None:
    """M2 M19 A person's wording passes the same checks, or is kept with a reason."""
    assert {"ready_to_buy", "meeting_ask"} <= edit(card, PUSHY, tools)
    assert now(card, tools) == card
    assert edit(card, PUSHY, tools, "She asked me to say so.") == set()
    kept = now(card, tools)
    assert PUSHY in draft(kept).body
    assert {"ready_to_buy", "meeting_ask"} <= set(kept.kept_rules)
    assert (kept.kept_reason, kept.edited_by) == ("She asked me to say so.", "U1")
    assert decide.approve(card.id, "U1", tools).state == "approved"


@pytest.mark.parametrize("blank", ["", "  ", "\n\t "])
def test_a_blank_reason_is_no_reason(tools: Wired, card: StoredSuggestion, blank: str) -> None:
    assert edit(card, PUSHY, tools, blank)
    assert now(card, tools) == card


@pytest.mark.parametrize("link", [STRANGE, SECOND])
def test_m20_no_reason_keeps_a_link_that_is_not_the_pieces_own(
    tools: Wired, card: StoredSuggestion, link: str
) -> None:
    against = edit(card, f"{link} {PUSHY}", tools, "My manager wants it in.")
    assert against == {"foreign_link", "one_topic"}
    assert now(card, tools) == card


def test_a_reason_keeps_a_third_question_but_not_a_second_link(
    tools: Wired, card: StoredSuggestion
) -> None:
    """M20 One rule, two kinds: what is asked is the rep's to say, what is linked is not."""
    three = "What do you count today? Who counts it? How often do they?"
    assert "one_topic" in edit(card, three, tools)
    assert edit(card, three, tools, "She likes questions.") == set()
    assert "one_topic" in now(card, tools).kept_rules


def test_a_text_with_a_link_that_is_not_the_pieces_own_is_never_approved(
    tools: Wired, card: StoredSuggestion
) -> None:
    """M20 Not even one that was the piece's own when the card was made."""
    assert card.asset is not None
    asset = tools.library.get(card.asset.asset_id)
    moved = replace(asset, url="https://www.tidewell.example/moved")
    tools.library.put(moved, (), {}, "none")
    with pytest.raises(BadInput, match="cannot be approved"):
        decide.approve(card.id, "U1", tools)
    assert now(card, tools).is_open


NOES = {
    "every channel": (Action.OPTED_OUT, "", "nothing may be sent"),
    "this channel": (Action.OPTED_OUT, "email", "opted out of email"),
    "in words": (Action.REPLIED, "Please stop emailing me.", "nothing may be sent"),
}


@pytest.mark.parametrize("no", NOES)
def test_m16_m24_an_opt_out_after_the_card_refuses_edit_and_approval(
    tools: Wired, card: StoredSuggestion, no: str
) -> None:
    """What happened since the card was made counts, and no reason overrides a lead's no."""
    action, note, told = NOES[no]
    heard(tools, action, note)
    with pytest.raises(BadInput, match=told):
        edit(card, "One more line.", tools, "They did not mean me.")
    with pytest.raises(BadInput, match=told):
        decide.approve(card.id, "U1", tools)
    assert now(card, tools) == card
    assert kinds(card, tools) == ["suggestion.made"]


def test_m16_another_channels_opt_out_and_one_taken_back_refuse_nothing(
    tools: Wired, card: StoredSuggestion
) -> None:
    heard(tools, Action.OPTED_OUT, "phone, sms")
    yesterday = tools.clock.now().date() - timedelta(days=1)
    heard(tools, Action.OPTED_OUT, "email", on=yesterday)
    heard(tools, Action.OPTED_IN, "email")
    assert edit(card, PUSHY, tools, "She asked.") == set()
    assert decide.approve(card.id, "U1", tools).state == "approved"


def test_m16_an_opt_in_of_a_later_day_opens_nothing_today(
    tools: Wired, card: StoredSuggestion
) -> None:
    heard(tools, Action.OPTED_OUT, "email")
    heard(tools, Action.OPTED_IN, "email", on=tools.clock.now().date() + timedelta(days=3))
    with pytest.raises(BadInput, match="opted out of email"):
        decide.approve(card.id, "U1", tools)


@pytest.mark.parametrize("around", ["{}", "  {}\n", "{}\n\n"])
def test_an_edit_that_changes_nothing_is_no_edit(
    tools: Wired, card: StoredSuggestion, around: str
) -> None:
    was = draft(card)
    body = around.format(was.body)
    assert decide.edit(card.id, "U1", was.subject, body, tools, reason="As it was.") == {}
    assert now(card, tools) == card
    assert kinds(card, tools) == ["suggestion.made"]


def test_the_same_text_again_does_not_lose_why_it_was_kept(
    tools: Wired, card: StoredSuggestion
) -> None:
    """A job that runs twice, or a window that is saved again, changes nothing."""
    edit(card, PUSHY, tools, "She asked me to say so.")
    kept = now(card, tools)
    text = draft(kept)
    assert decide.edit(card.id, "U1", text.subject, text.body, tools) == {}
    assert now(card, tools) == kept
    assert kept.edits == 1


@pytest.mark.parametrize(
    ("subject", "body"), [("On costs", " \n"), (" ", "Words."), ("", "Words.")]
)
def test_an_emptied_text_is_refused(
    tools: Wired, card: StoredSuggestion, subject: str, body: str
) -> None:
    with pytest.raises(BadInput, match="Nothing is left"):
        decide.edit(card.id, "U1", subject, body, tools, reason="Short is good.")
    assert now(card, tools) == card


def test_a_text_too_long_to_be_checked_to_its_end_is_refused(
    tools: Wired, card: StoredSuggestion
) -> None:
    """Else a link past the part that is read would be kept with a reason."""
    with pytest.raises(BadInput, match="too long"):
        edit(card, f"{'word ' * 4000} {STRANGE}", tools, "It is a long story.")
    assert now(card, tools) == card


def test_a_clean_edit_keeps_no_finding_and_a_later_one_forgets_the_reason(
    tools: Wired, card: StoredSuggestion
) -> None:
    edit(card, PUSHY, tools, "She asked me to say so.")
    text = draft(card)
    assert decide.edit(card.id, "U1", f"{text.subject} again", text.body, tools) == {}
    later = now(card, tools)
    assert (later.kept_rules, later.kept_reason, later.edits) == ((), "", 2)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_m53_m56_the_manager_sees_who_kept_what_and_why(
    tools: Wired, card: StoredSuggestion, trailguide: Callable[..., Ran], form: str
) -> None:
    """Both exports name editor, rules and reason; a later reason for not now hides none of it."""
    edit(card, PUSHY, tools, "She asked me to say so.")
    day = tools.clock.now().date() + timedelta(days=9)
    decide.not_now(card.id, "U1", day, tools, "She is away.")
    home = tools.settings.home
    out = trailguide("--home", home, "touches", "export", "--format", form).out
    read = csv.DictReader(io.StringIO(out)) if form == "csv" else map(json.loads, out.splitlines())
    (row,) = [r for r in read if r["suggestion_id"] == card.id]
    told = {k: row[k] for k in ("edited_by", "kept_reason", "decision_reason", "verdict")}
    assert told == {
        "edited_by": "U1",
        "kept_reason": "She asked me to say so.",
        "decision_reason": "She is away.",
        "verdict": "snoozed",
    }
    rules = row["kept_rules"].split("; ") if form == "csv" else row["kept_rules"]
    assert tuple(rules) == now(card, tools).kept_rules


def test_m56_the_audit_log_names_the_rules_kept_and_hashes_the_reason(
    tools: Wired, card: StoredSuggestion
) -> None:
    edit(card, PUSHY, tools, "Dana asked me to say so.")
    decide.approve(card.id, "U1", tools)
    made, edited, approved = tools.audit.entries(tools.db, card.id)
    kept = now(card, tools).kept_rules
    assert (edited.actor, edited.kind) == ("U1", "suggestion.edited")
    assert tuple(edited.data["kept"]) == tuple(approved.data["kept"]) == kept
    assert edited.data["kept_reason"]
    assert "kept" not in made.data
    assert "Dana" not in str([edited, approved])
    assert tools.audit.verify(tools.db).ok

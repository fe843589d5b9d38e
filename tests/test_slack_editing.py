"""Editing a draft in Bolt's real dispatch: what keeps the window open, and what is kept."""

from __future__ import annotations

import json
import sys

import pytest
from slack_bolt import BoltResponse

from bot.listeners import answering, deciding
from bot.views import words
from bot.views.modals import edit_modal
from knowledge.leads import Action, HistoryEntry
from knowledge.touch import Draft
from prompts.checks import RULES
from storage.stored_suggestion import StoredSuggestion
from tests.slack.local import button_of, buttons, said
from tests.slack.office import ASK, Office

pytest_plugins = ("tests.slack.fixtures",)

PUSHY = "Are you ready to buy?"
STRANGE = "Prices: https://www.elsewhere.example/prices"
RECORDING = sys.modules["bot.listeners.recording"]


def stored(office: Office) -> StoredSuggestion:
    return office.tools.suggestions.get(button_of(office.card, "edit")["value"])


def open_edit(office: Office) -> tuple[str, str]:
    """A card and its open window; the subject and the body that it shows."""
    office.send(office.event(ASK))
    office.click(office.card, "edit")
    shown = {b["block_id"]: b["element"].get("initial_value")
             for b in office.slack.views[-1]["blocks"] if b["type"] == "input"}  # fmt: skip
    return shown["subject"], shown["body"]


def errors(response: BoltResponse) -> dict[str, str]:
    """What the window shows beside its fields; empty when it closed."""
    assert response.status == 200
    if not response.body:
        return {}
    told = json.loads(response.body)
    assert told["response_action"] == "errors"
    return dict(told["errors"])


def opt_out(office: Office, note: str = "") -> None:
    today = office.tools.clock.now().date()
    office.tools.leads.add_history(
        "lead-dana-ortiz", [HistoryEntry(Action.OPTED_OUT, today, note=note)]
    )


def test_each_finding_stands_beside_the_field_it_is_about(office: Office) -> None:
    """M19 The sentence, and what to do; a reason is asked for, since it could help."""
    _, body = open_edit(office)
    told = errors(office.submit(subject="Book a demo with us today!", body=f"{body}\n\n{PUSHY}"))
    assert "“Book a demo with us today!”: Asks for a meeting" in told["subject"]
    assert "ready to buy" not in told["subject"]
    assert f"“{PUSHY}”: Asks whether the lead is ready to buy" in told["body"]
    assert "demo" not in told["body"].split(PUSHY)[0]
    assert told["subject"].endswith(words.keep_or_change())
    assert told["body"].endswith(words.keep_or_change())


def test_a_clean_field_has_no_message_beside_it(office: Office) -> None:
    subject, body = open_edit(office)
    assert set(errors(office.submit(subject=subject, body=f"{body}\n\n{PUSHY}"))) == {"body"}
    assert set(errors(office.submit(subject="Book a demo today!", body=body))) == {"subject"}


def test_many_findings_are_counted_and_four_are_shown(office: Office) -> None:
    open_edit(office)
    lines = "\n".join(f"Book a demo number {n} with me today." for n in range(6))
    told = errors(office.submit(body=lines))["body"]
    count = int(told.split(" ", 1)[0])
    assert count >= 6
    assert told.startswith(f"{count} things to look at, the first 4 here:")
    assert told.count("“") == 4


def test_m20_a_strange_link_keeps_the_window_open_whatever_the_reason(office: Office) -> None:
    """It is named first, and it is plain that no reason helps."""
    subject, body = open_edit(office)
    bad = f"{body}\n\n{PUSHY} {STRANGE}"
    first = errors(office.submit(subject=subject, body=bad))["body"]
    assert "No reason keeps the first 2; they have to be changed." in first
    assert first.index("elsewhere.example") < first.index("ready to buy")
    again = errors(office.submit(subject=subject, body=bad, reason="My manager wants it."))
    assert set(again) == {"body"}
    assert again["body"].endswith(words.MUST_CHANGE_ALL)
    assert "ready to buy" not in again["body"]
    assert "below" not in again["body"]
    assert stored(office).state == "pending"


def test_m20_a_strange_link_in_the_subject_stands_beside_the_subject(office: Office) -> None:
    _, body = open_edit(office)
    told = errors(office.submit(subject="See elsewhere.example", body=body, reason="I like it."))
    assert set(told) == {"subject"}
    assert "“elsewhere.example”" in told["subject"]
    assert "tidewell.example" not in told["subject"]


def test_what_was_kept_and_why_is_on_the_card(office: Office) -> None:
    """M19 M53 With the rules' plain names, and the wording still to be approved."""
    subject, body = open_edit(office)
    reason = "She asked me *to say so*."
    assert not errors(office.submit(subject=subject, body=f"{body}\n\n{PUSHY}", reason=reason))
    shown = said(office.card)
    assert "Kept with a reason: She asked me" in shown
    assert "*to say so*" not in shown
    assert words.RULE_NAMES["ready_to_buy"] in shown
    assert "Edited by <@U01ROBIN>" in shown
    assert "approve" in buttons(office.card)
    kept = stored(office)
    assert (kept.kept_reason, kept.kept_rules) == (reason, ("ready_to_buy",))


def test_a_clean_edit_says_nothing_of_a_reason(office: Office) -> None:
    subject, body = open_edit(office)
    assert not errors(office.submit(subject=f"{subject} again", body=body, reason="Nicer."))
    assert "Kept with a reason" not in said(office.card)
    assert stored(office).kept_reason == ""


@pytest.mark.parametrize("untouched", ["given back", "left out", "without a value"])
def test_an_edit_that_changes_nothing_closes_the_window_and_is_no_edit(
    office: Office, untouched: str
) -> None:
    """However a Slack hands on a field that nobody touched."""
    subject, body = open_edit(office)
    typed: dict[str, dict[str, str | None]] = {
        "given back": {"subject": subject, "body": body, "reason": ""},
        "left out": {},
        "without a value": {"subject": None, "body": None, "reason": None},
    }
    assert not errors(office.submit(**typed[untouched]))
    assert (stored(office).state, stored(office).edits) == ("pending", 0)
    assert "Edited by" not in said(office.card)
    assert buttons(office.card)[:2] == ["approve", "edit"]


def test_a_draft_longer_than_the_field_is_not_cut_by_saving_it_unchanged(office: Office) -> None:
    """The window shows the start of it only."""
    open_edit(office)
    made = stored(office)
    assert made.draft is not None
    long = f"{made.draft.body}\n\n{'The guide has more. ' * 200}".strip()
    office.tools.suggestions.edit(made.id, "U01ROBIN", made.draft.subject, long, made.draft.checks)
    office.click(office.card, "edit")
    shown = {b["block_id"]: b["element"].get("initial_value")
             for b in office.slack.views[-1]["blocks"] if b["type"] == "input"}  # fmt: skip
    assert len(shown["body"]) < len(long)
    assert not errors(office.submit(subject=shown["subject"], body=shown["body"]))
    now = stored(office)
    assert now.draft is not None
    assert (now.draft.body, now.edits) == (long, 1)


def test_a_reason_for_nothing_is_said_beside_the_reason(office: Office) -> None:
    """M59 Nothing typed is lost, not even a reason."""
    subject, body = open_edit(office)
    told = errors(office.submit(subject=subject, body=body, reason="It is fine."))
    assert told == {"reason": words.NOTHING_CHANGED}


def test_a_blank_reason_is_no_reason(office: Office) -> None:
    subject, body = open_edit(office)
    assert errors(office.submit(subject=subject, body=f"{body}\n\n{PUSHY}", reason=" \n "))
    assert stored(office).state == "pending"


@pytest.mark.parametrize("field", ["subject", "body"])
@pytest.mark.parametrize("blank", ["", " \n"])
def test_an_emptied_field_is_refused_beside_it(office: Office, field: str, blank: str) -> None:
    subject, body = open_edit(office)
    typed = {"subject": subject, "body": body, "reason": "Less is more.", field: blank}
    assert errors(office.submit(**typed)) == {field: words.EMPTIED[field]}
    assert stored(office).state == "pending"


@pytest.mark.parametrize(("note", "told"), [("", "nothing may be sent"), ("email", "of email")])
def test_m16_an_opt_out_while_the_window_is_open_refuses_the_edit_and_the_approval(
    office: Office, note: str, told: str
) -> None:
    subject, body = open_edit(office)
    opt_out(office, note)
    refused = errors(office.submit(subject=subject, body=f"{body} So.", reason="Just this once."))
    assert set(refused) == {"body"}
    assert told in refused["body"]
    office.click(office.card, "approve")
    assert told in office.slack.messages[-1]["text"]
    assert stored(office).state == "pending"


def test_m16_the_window_does_not_open_for_a_lead_who_opted_out(office: Office) -> None:
    office.send(office.event(ASK))
    opt_out(office)
    office.click(office.card, "edit")
    assert not office.slack.views
    assert "opted out" in office.slack.whispers[-1]["text"]


@pytest.mark.parametrize("late", ["link", "opt-out"])
def test_the_job_keeps_nothing_that_nobody_may_keep(
    office: Office, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """M59 What slipped in while the window closed is given back, with why."""
    subject, body = open_edit(office)
    monkeypatch.setattr(RECORDING, "objections", lambda *_: {})
    if late == "opt-out":
        opt_out(office)
    typed = f"{body}\n\n{STRANGE}" if late == "link" else f"{body} So."
    office.submit(subject=subject, body=typed, reason="My manager wants it.")
    assert stored(office).state == "pending"
    given_back = said(office.slack.messages[-1])
    assert words.NOT_KEPT in given_back
    assert "My manager wants it." in given_back
    assert ("elsewhere.example" if late == "link" else "opted out") in given_back


def test_a_job_that_runs_twice_edits_once(office: Office) -> None:
    """M58 A death between keeping and planning is taken up, and nothing is kept anew."""
    subject, body = open_edit(office)
    keys: list[str] = []
    office.hold = keys.append
    office.submit(subject=subject, body=f"{body}\n\n{PUSHY}", reason="She asked.")
    (key,) = keys
    event = answering.event_of(key, office.edge)
    assert event is not None
    for _ in range(2):
        (update,) = deciding.submitted(event, office.edge)
        assert update.part == "update"
    assert stored(office).edits == 1


def test_a_message_without_a_subject_has_all_findings_beside_the_message(office: Office) -> None:
    """Slack refuses an error beside a field that is not there."""
    open_edit(office)
    made = stored(office)
    assert made.draft is not None
    office.tools.suggestions.edit(made.id, "U01ROBIN", "", made.draft.body, made.draft.checks)
    office.slack.views.append(edit_modal(made.id, Draft("", made.draft.body, "email", "person")))
    assert set(errors(office.submit(body="Book a demo today!"))) == {"body"}


def test_every_rule_has_a_plain_name() -> None:
    assert {rule.name for rule in RULES} == set(words.RULE_NAMES)

"""The form for the next touch: how it opens, what it refuses, and what a submission does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.flow import intake as judged
from bot.listeners import answering
from bot.listeners.incoming import Incoming
from bot.views import words_intake, words_lead
from bot.views.words import ONLY_ASKER, failed
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from tests.slack.local import buttons, said
from tests.slack.office import CARD_OWNERS, MIKA, Office

pytest_plugins = ("tests.slack.fixtures",)

QUESTION = "How long does a rollout take?"
WANTS = "wants to know how long a rollout takes. What next?"
MAIL = (
    "Hi Robin, thanks for the guide. How long does a rollout take? "
    "And does it connect to our SAP system? We also watched the webinar."
)


@pytest.fixture
def office(shared_office: Office) -> Office:
    return shared_office


def errors(body: str) -> dict[str, str]:
    told: dict[str, str] = json.loads(body).get("errors", {}) if body else {}
    return told


def shown(view: dict[str, Any], block: str) -> Any:
    element = next(b["element"] for b in view["blocks"] if b.get("block_id") == block)
    for name in ("initial_value", "initial_option", "initial_options"):
        if name in element:
            return element[name]
    return None


def test_the_global_shortcut_opens_a_view_at_once_and_then_the_form(office: Office) -> None:
    """M58 A trigger lasts 3 seconds: something opens before anything is looked up."""
    office.shortcut("next_touch")
    views = [call for call in office.slack.calls if call.startswith("views.")]
    assert views == ["views.open", "views.update"]
    (form,) = office.slack.views
    assert form["callback_id"] == "intake"
    assert form["private_metadata"] == ""
    fields = [b["block_id"] for b in form["blocks"] if b["type"] == "input"]
    assert {"lead", "lead_name", "stage", "persona", "buying_role", "intent", "outcome",
            "obstacle", "questions", "channel"} <= set(fields)  # fmt: skip


def test_a_known_lead_with_a_question_gets_a_card_in_direct_messages(office: Office) -> None:
    """M12 M31 The form's facts make the suggestion, and go into the record with who told them."""
    office.shortcut("next_touch")
    reply = office.fill_in(
        lead="lead-dana-ortiz", questions=f"- {QUESTION}\n\n", role="Chief Financial Officer"
    )
    assert errors(reply.body) == {}
    assert "Dana Ortiz" in said(office.card)
    assert office.card["channel"].startswith("D")
    assert all(m["channel"].startswith("D") for m in office.slack.messages)
    learnt = [f for f in office.tools.leads.facts_log("lead-dana-ortiz") if f.by == "U01ROBIN"]
    assert [(f.fact, f.value) for f in learnt] == [("role", "Chief Financial Officer")]


def test_a_new_lead_needs_no_record(office: Office) -> None:
    office.shortcut("next_touch")
    office.fill_in(
        lead_name="Jo Marsh", company="Fernhill Foods", questions=QUESTION, stage="decision"
    )
    assert "Jo Marsh" in said(office.card)
    assert "Decision" in said(office.card)


def test_somebody_typed_as_new_who_is_on_record_is_that_lead(office: Office) -> None:
    office.shortcut("next_touch")
    office.fill_in(lead_name="tomas lind", questions=QUESTION)
    made = office.tools.suggestions.get(_made(office))
    assert made.lead_id == "lead-tomas-lind"


def test_a_stage_told_in_the_form_is_a_correction(office: Office) -> None:
    """M33 The rep's word on the stage wins over inference."""
    office.shortcut("next_touch")
    office.fill_in(lead="lead-tomas-lind", stage="consideration", questions=QUESTION)
    assert office.tools.leads.get("lead-tomas-lind").facts.stage is Stage.CONSIDERATION


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({}, "questions", judged.NOTHING_TOLD),
        ({"stage": "decision"}, "questions", judged.NOTHING_TOLD),
        ({"lead": "nobody"}, "lead", judged.LEAD_GONE),
        ({"lead": "lead-dana-ortiz", "lead_name": "Jo"}, "lead_name", judged.ONE_OR_THE_OTHER),
        ({"lead_name": "x" * 201}, "lead_name", "shorten it to 200"),
        ({"questions": "Wie lange dauert die Einführung, und was kostet sie uns?"}, "questions",
         "German"),
        ({"obstacle": "Wir haben keine Zeit und auch kein Geld für die Einführung"}, "obstacle",
         "German"),
        ({"questions": "\n".join(f"What about {n}?" for n in range(11))}, "questions", "more than"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_beside_its_field_and_nothing_is_lost(
    office: Office, typed: dict[str, str], field: str, why: str
) -> None:
    """M59 The form stays open with what was typed; nothing starts."""
    office.shortcut("next_touch")
    told = errors(office.fill_in(**typed).body)
    assert list(told) == [field]
    assert why in told[field]
    assert office.started == []


def test_a_lead_erased_after_the_form_closed_brings_back_what_was_typed(office: Office) -> None:
    """M59 Nothing typed is lost."""
    office.tools.leads.put("lead-gone", LeadFacts(name="Sam Gone"), "test", "test")
    kept: list[str] = []
    office.hold = kept.append
    office.shortcut("next_touch")
    office.fill_in(lead="lead-gone", questions=QUESTION, outcome="Fewer stops")
    office.tools.leads.erase("lead-gone", "test")
    office.hold = None
    for key in kept:
        office.work(key)
    assert office.slack.messages == []  # the erasure took the event, too: nothing may come back

    office.tools.leads.put("lead-gone", LeadFacts(name="Sam Gone"), "test", "test")
    office.shortcut("next_touch")
    office.fill_in(lead_name="Sam Gone", questions=QUESTION, outcome="Fewer stops")
    assert office.cards


def test_a_form_that_fails_in_the_job_is_given_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 What was typed comes back to copy, with the reason."""
    office.shortcut("next_touch")
    office.hold = (kept := []).append
    office.fill_in(lead="lead-dana-ortiz", questions=QUESTION, outcome="Fewer stops")
    monkeypatch.setattr("bot.listeners.intake.problems", lambda *_: {"lead": judged.LEAD_GONE})
    office.hold = None
    office.work(kept[0])
    (told,) = office.slack.messages
    assert judged.LEAD_GONE in said(told)
    assert QUESTION in said(told)
    assert "Fewer stops" in said(told)


def test_a_bug_gives_back_what_was_typed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """M59 Nothing typed is lost, whatever breaks; the reason is a reference."""

    def bug(*_: object, **__: object) -> None:
        raise ValueError("Dana Ortiz broke it")

    monkeypatch.setattr("bot.listeners.intake.next_touch", bug)
    office.shortcut("next_touch")
    office.fill_in(lead_name="Ada Broke", questions=QUESTION)
    (told,) = office.slack.messages
    assert QUESTION in said(told)
    assert "reference" in said(told)
    assert "broke it" not in said(told)


def test_a_submission_delivered_or_run_twice_makes_one_suggestion(office: Office) -> None:
    """M58 Exactly one effect."""
    office.shortcut("next_touch")
    office.fill_in(lead_name="Ada Twice", questions=QUESTION)
    first = _made(office)
    event = Incoming.from_payload(office.payloads[-1])
    again = answering.handling.answer(event, office.edge)
    assert [r.card_of for r in again] == [first]


def test_the_search_finds_leads_as_one_types_and_shows_no_address(office: Office) -> None:
    office.shortcut("next_touch")
    for typed in ("dan", "ortiz", "northgate", "dana.ortiz@north", "Danna Ortis"):
        found = office.options("lead", typed)
        assert found[0]["value"] == "lead-dana-ortiz", typed
        assert found[0]["text"]["text"] == "Dana Ortiz · Northgate Haulage"
    assert "@" not in json.dumps(office.options("lead", ""))
    assert office.options("lead", "zzzqqq") == []


def test_the_search_offers_twenty_at_most(office: Office) -> None:
    for n in range(25):
        office.tools.leads.put(f"many-{n:02}", LeadFacts(name=f"Quill {n:02}"), "test", "test")
    assert len(office.options("lead", "quill")) == 20


def test_a_pasted_mail_fills_the_form(office: Office) -> None:
    """M12 The shortcut on a message reads questions and acts; the rep names the lead."""
    office.shortcut(
        "plan_next_touch", {"type": "message", "user": "U9", "ts": "1771.5", "text": MAIL}
    )
    (form,) = office.slack.views
    asked = shown(form, "questions").splitlines()
    assert QUESTION in asked
    assert len(asked) == 2
    assert [o["value"] for o in shown(form, "acts")] == ["watched"]
    assert "thanks for the guide" in json.dumps(form["blocks"])
    assert MAIL not in json.dumps(form["private_metadata"])
    office.fill_in(lead="lead-dana-ortiz")
    made = office.tools.suggestions.get(_made(office))
    assert made.questions == tuple(asked)


def test_a_message_without_a_question_still_opens_the_form(office: Office) -> None:
    office.shortcut("plan_next_touch", {"type": "message", "ts": "1771.5", "text": "ok"})
    (form,) = office.slack.views
    assert words_intake.NOTHING_FOUND_IN_IT in json.dumps(form["blocks"])


def test_next_without_words_opens_the_form(office: Office) -> None:
    office.command("next")
    assert office.slack.views[0]["callback_id"] == "intake"
    assert office.started == []


def test_a_trigger_that_is_gone_is_said_in_direct_messages(office: Office) -> None:
    """M58 Never silent: a global shortcut has no channel to whisper in."""
    office.slack.trouble["views.open"].append("expired_trigger_id")
    office.shortcut("next_touch")
    assert [m["text"] for m in office.slack.messages] == [words_intake.TRY_AGAIN]


def test_a_view_closed_before_it_was_filled_is_nothing_to_talk_of(office: Office) -> None:
    office.slack.trouble["views.update"].append("not_found")
    office.shortcut("next_touch")
    assert office.slack.messages == []


def test_a_bug_in_filling_is_said_in_the_view(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 A bug becomes a sentence with a reference."""

    def bug(*_: object) -> None:
        raise ValueError("Dana Ortiz broke it")

    monkeypatch.setattr("bot.listeners.intake_opening.understand", bug)
    office.shortcut("plan_next_touch", {"ts": "1771.5", "text": MAIL})
    told = json.dumps(office.slack.views[0])
    assert failed("")[:40] in told
    assert "broke it" not in told


def test_correct_opens_what_was_understood_and_replaces_the_card(office: Office) -> None:
    """M32 M56 One click corrects what was understood; the old card gives way to the new one."""
    office.send(office.event(f"A plant manager at Quarry Lane Foods {WANTS}"))
    first = office.card
    old = _made(office)
    assert "correct" in buttons(first)
    office.click(first, "correct")
    (form,) = office.slack.views
    assert form["private_metadata"] == old
    assert shown(form, "questions") == QUESTION
    office.fill_in(role="Maintenance Planner", lead_name="Kim Vale")
    new = _made(office)
    assert new != old
    was = office.tools.suggestions.get(old)
    assert (was.state, was.replaced_by) == ("replaced", new)
    assert buttons(first) == []  # the same message, brought up to date
    made = office.tools.suggestions.get(new)
    assert made.ask is not None
    assert (made.ask.facts.role, made.ask.facts.name) == ("Maintenance Planner", "Kim Vale")
    assert made.questions == (QUESTION,)


def test_a_slack_that_hands_on_nothing_for_an_untouched_field_loses_nothing(
    office: Office,
) -> None:
    """M59 The local Slack does so; Slack itself hands on what the field showed."""
    office.send(office.event(f"Ola Berg at Vista Dairy {WANTS}"))
    office.click(office.card, "correct")
    view = office.slack.views[-1]
    state = {
        b["block_id"]: {b["block_id"]: {"type": b["element"]["type"], "value": None}}
        for b in view["blocks"]
        if b["type"] == "input"
    }
    state["role"]["role"]["value"] = "CFO"
    office.send({
        "type": "view_submission", "team": {"id": "T01"}, "api_app_id": "A1",
        "user": {"id": "U01ROBIN", "team_id": "T01"}, "trigger_id": "t.local",
        "view": {**view, "state": {"values": state}},
    })  # fmt: skip
    made = office.tools.suggestions.get(_made(office))
    assert made.questions == (QUESTION,)
    assert (made.facts.name, made.facts.role) == ("Ola Berg", "CFO")


def test_two_corrections_of_one_card_leave_one_open(office: Office) -> None:
    office.send(office.event(f"Uma Reed at Sallow Works {WANTS}"))
    first = _made(office)
    message = office.card
    office.click(message, "correct")
    form = office.slack.views[-1]
    office.fill_in(role="CFO")
    office.slack.views.append(form)
    office.fill_in(role="CTO")
    states = [office.tools.suggestions.get(first)]
    while states[-1].replaced_by:
        states.append(office.tools.suggestions.get(states[-1].replaced_by))
    assert [s.state for s in states] == ["replaced", "replaced", "pending"]
    assert states[-1].facts.role == "CTO"


def test_a_card_decided_meanwhile_stays_and_the_new_one_comes_all_the_same(office: Office) -> None:
    """M59 Nothing typed is lost, and nothing decided is changed."""
    office.send(office.event(f"Ike Stone at Barrow Mill {WANTS}"))
    old = _made(office)
    office.click(office.card, "correct")
    office.tools.suggestions.snooze(old, "U01ROBIN", office.tools.clock.now().date())
    office.fill_in(role="CFO")
    assert office.tools.suggestions.get(old).state == "snoozed"
    assert office.tools.suggestions.get(_made(office)).is_open


def test_nobody_else_corrects_a_card(office: Office) -> None:
    office.send(office.event(f"Lou Finch at Tarn Paper {WANTS}"))
    office.click(office.card, "correct", user=MIKA)
    assert not office.slack.views
    assert CARD_OWNERS in office.slack.whispers[-1]["text"]


def test_several_leads_are_offered_and_one_press_answers(office: Office) -> None:
    """M58 What was asked need not be said again; the button holds none of it."""
    for n, company in enumerate(("Elm Dairy", "Oak Dairy")):
        office.tools.leads.put(
            f"lead-noor-{n}", LeadFacts(name="Noor Salim", company=company), "test", "test"
        )
    office.send(office.event(f"Noor Salim {WANTS}"))
    (offered,) = office.slack.messages
    assert words_lead.WHICH in said(offered)
    assert buttons(offered) == ["choose_lead_0", "choose_lead_1"]
    assert "Oak Dairy" in said(offered)
    office.click(offered, "choose_lead_0", user=MIKA)
    assert office.cards == []
    assert ONLY_ASKER in said(office.slack.messages[-1])
    office.click(offered, "choose_lead_1")
    assert buttons(offered) == []
    made = office.tools.suggestions.get(_made(office))
    assert made.lead_id == "lead-noor-1"
    assert made.questions == (QUESTION,)


def test_what_was_asked_goes_with_the_lead(office: Office) -> None:
    """M52 An erasure takes the note behind the buttons, too; a press says what to do."""
    for n in range(2):
        office.tools.leads.put(f"lead-pat-{n}", LeadFacts(name="Pat Holm"), "test", "test")
    office.send(office.event(f"Pat Holm {WANTS}"))
    (offered,) = office.slack.messages
    office.tools.leads.erase("lead-pat-0", "test")
    office.click(offered, "choose_lead_1")
    assert words_lead.FORGOTTEN.split(".")[0] in said(office.slack.messages[-1])
    assert office.cards == []


def _made(office: Office) -> str:
    """The id of the suggestion behind the newest card."""
    rows = [b for b in office.card["blocks"] if b["type"] == "actions"]
    return str(rows[-1]["elements"][-1]["value"]).partition("#")[0]

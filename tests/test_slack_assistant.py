"""The assistant's own threads in Bolt's real dispatch: greeting, prompts, status, title."""

from __future__ import annotations

from typing import Any

from bot.listeners import answering
from bot.views import words_assistant, words_follow_ups
from knowledge.leads import LeadFacts
from tests.slack.local import said
from tests.slack.office import ASK, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)

THREAD = "1770.000001"


def opened(office: Office, kind: str = "assistant_thread_started") -> dict[str, Any]:
    body = office.event("")
    thread = {"user_id": ROBIN, "channel_id": "D01ROBIN", "thread_ts": THREAD,
              "context": {"channel_id": "C1", "team_id": "T01"}}  # fmt: skip
    body["event"] = {"type": kind, "assistant_thread": thread, "event_ts": "1.1"}
    return body


def extras(office: Office, what: str) -> list[dict[str, Any]]:
    return [args for told, args in office.slack.assistant if told == what]


def test_a_thread_is_greeted_once_with_prompts_that_fit_the_person(office: Office) -> None:
    """M58 Recorded before the ack; own leads first, samples after, four at most."""
    facts = LeadFacts(owner=ROBIN)
    office.tools.leads.put("lead-marcus-feld", facts, "test", ROBIN)
    office.send(office.event(ASK))
    body = opened(office)
    assert office.send(body).status == 200
    assert office.send(body).status == 200
    greetings = [m for m in office.slack.messages if words_assistant.GREETING in said(m)]
    assert [m["thread_ts"] for m in greetings] == [THREAD]
    (prompts,) = (p["prompts"] for p in extras(office, "prompts"))
    titles = [p["title"] for p in prompts]
    assert titles[:2] == ["Dana Ortiz: what next?", "Marcus Feld: what next?"]
    assert len(titles) == 4
    assert titles[2] == words_assistant.SAMPLES[0][0]


def test_an_ask_in_the_thread_shows_status_card_and_title_and_goes_on(office: Office) -> None:
    """M58 The card comes into the thread, and follow-ups mean it."""
    office.send(opened(office))
    office.send(office.event(ASK, thread_ts=THREAD))
    assert office.card["thread_ts"] == THREAD
    assert extras(office, "status")[0]["status"] == words_assistant.STATUS
    (title,) = extras(office, "title")
    assert title["title"].startswith("Dana Ortiz: ")
    office.send(office.event("something shorter", thread_ts=THREAD))
    assert words_follow_ups.ALL_MADE["shorter"] in said(office.slack.messages[-1])
    assert office.slack.messages[-1]["thread_ts"] == THREAD
    assert len(extras(office, "title")) == 1


def test_no_answer_fails_or_waits_for_the_extras(office: Office) -> None:
    """M59 Without the scope, or when Slack has trouble, greeting and card come all the same."""
    for method in ("setSuggestedPrompts", "setStatus", "setTitle"):
        office.slack.trouble[f"assistant.threads.{method}"].extend(["missing_scope", "500"])
    office.send(opened(office))
    office.send(office.event(ASK, thread_ts=THREAD))
    assert office.card["thread_ts"] == THREAD
    assert not office.slack.assistant


def test_a_changed_context_is_acknowledged_and_nothing_else(office: Office) -> None:
    assert office.send(opened(office, "assistant_thread_context_changed")).status == 200
    assert not office.slack.messages
    assert not office.slack.assistant
    assert not office.started


def test_a_thread_of_a_card_that_the_assistant_did_not_open_has_no_status(office: Office) -> None:
    office.send(office.event(ASK))
    office.send(office.event("why?", thread_ts=office.card["ts"]))
    assert not office.slack.assistant


def test_a_greeting_that_runs_twice_is_posted_once(office: Office) -> None:
    office.send(opened(office))
    for outbox_key in answering.plan(office.started[-1], office.edge):
        answering.post(outbox_key, office.edge)
    assert len(office.slack.messages) == 1

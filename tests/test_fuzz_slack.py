"""Fuzz: whatever Slack might send is answered, and what a person typed is never lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.http_server import EVENTS_PATH, slack_routes
from bot.listeners import acts, faults
from knowledge.errors import places
from tests.fuzzing import ANY_JSON, NASTY, WORDS, fuzzed, one_sentence, spoilt
from tests.slack.office import ASK, ROBIN, Office, _signed

pytest_plugins = ["tests.slack.fixtures"]

EVENT = {
    "type": "event_callback", "team_id": "T01", "api_app_id": "A1", "event_id": "Ev1",
    "authorizations": [],
    "event": {"type": "message", "channel_type": "im", "channel": "D01ROBIN", "user": ROBIN,
              "ts": "1771.000001", "text": "thanks", "files": [{"id": "F1"}],
              "blocks": [{"type": "rich_text"}], "thread_ts": "1771.000001"},
}  # fmt: skip
PRESS = {
    "type": "block_actions", "team": {"id": "T01"}, "user": {"id": ROBIN, "team_id": "T01"},
    "api_app_id": "A1", "trigger_id": "1.2.3", "channel": {"id": "D01ROBIN"},
    "container": {"type": "message", "message_ts": "1771.000001", "channel_id": "D01ROBIN"},
    "message": {"ts": "1771.000001", "blocks": []}, "view": {"private_metadata": "x"},
    "actions": [{"action_id": "why", "block_id": "b", "type": "button", "value": "touch-1#a",
                 "action_ts": "1", "selected_option": {"value": "x"}}],
}  # fmt: skip
FORM = {
    "type": "view_submission", "team": {"id": "T01"}, "api_app_id": "A1", "trigger_id": "1.2.3",
    "user": {"id": ROBIN, "team_id": "T01"},
    "view": {"id": "V1", "type": "modal", "callback_id": "x", "private_metadata": "touch-1",
             "blocks": [{"type": "input", "block_id": "reason"}],
             "state": {"values": {"reason": {"reason": {"type": "t", "value": "no"}},
                                  "until": {"until": {"type": "d", "selected_date": "2026-12-01"}},
                                  "choice": {"choice": {"selected_option": {"value": "interest"}}},
                                  "people": {"people": {"type": "multi_static_select",
                                                        "selected_options": [{"value": "x"}]}}}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def fuzz_office(module_office: Office) -> Iterator[Office]:
    """The office where a bug of ours is raised, and is not told as a number."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(faults, "note", _raised)
        yield module_office


def _raised(event: str, bug: BaseException, **_: str) -> str:
    raise AssertionError(f"{event}: {bug!r} at {places(bug)}") from bug


def objects(given: Any) -> Any:
    """Only JSON objects: of anything else Bolt itself makes nothing."""
    return st.dictionaries(WORDS, given, max_size=3) | given.filter(lambda v: isinstance(v, dict))


def sent(office: Office, body: Any, *, form: bool = False) -> int:
    """The status of it at the bot's own door, signed as Slack signs."""
    raw = json.dumps(body)
    if form:
        raw = urlencode({"payload": raw})
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    door = TestClient(Starlette(routes=slack_routes(office.app)))
    return door.post(EVENTS_PATH, content=raw, headers=_signed(raw, kind)).status_code


def fresh(office: Office, body: Any) -> Any:
    """The same with keys that were not met before, as far as it has any."""
    office.serial += 1
    mark = f"fuzz{office.serial}"
    if isinstance(body, dict):
        body = {**body, **{k: mark for k in ("event_id", "trigger_id") if k in body}}
        first = (body.get("actions") or [None])[0] if isinstance(body.get("actions"), list) else 0
        if isinstance(first, dict):
            body["actions"] = [{**first, "action_ts": mark}]
    return body


@fuzzed(20)
@given(objects(spoilt(EVENT)))
def test_any_event_is_answered(fuzz_office: Office, body: Any) -> None:
    """M59 A status, whatever is missing or of another kind."""
    assert sent(fuzz_office, fresh(fuzz_office, body)) in {200, 400, 401, 404}


@fuzzed(20)
@given(objects(spoilt(PRESS)), st.sampled_from(sorted({*acts.ACTIONS, *acts.WINDOWS})), NASTY)
def test_any_press_is_answered(fuzz_office: Office, body: Any, action: str, value: str) -> None:
    if isinstance(body, dict) and isinstance(body.get("actions"), list) and body["actions"]:
        first = body["actions"][0]
        if isinstance(first, dict) and "action_id" in first:
            first["action_id"] = action
    answered = sent(fuzz_office, fresh(fuzz_office, body), form=True)
    assert answered in {200, 400, 401, 404}


@fuzzed(20)
@given(objects(spoilt(FORM)), st.sampled_from(sorted(acts.FORMS)))
def test_any_form_is_answered(fuzz_office: Office, body: Any, callback: str) -> None:
    """M59 Errors beside fields that the form has, or it closes."""
    if isinstance(body, dict) and isinstance(body.get("view"), dict):
        body["view"]["callback_id"] = callback
    answered = sent(fuzz_office, fresh(fuzz_office, body), form=True)
    assert answered in {200, 400, 401, 404}


@fuzzed(10)
@given(
    st.sampled_from(["next", "lead", "account", "add", "gaps", "audit", "due", "library", "plan",
                     "segments", "tracks", "definitions", "roles", "report", "crm", "help", ""]),
    WORDS | st.just(ASK),
)  # fmt: skip
def test_any_command_is_answered(fuzz_office: Office, word: str, rest: str) -> None:
    answered = fuzz_office.command(f"{word} {rest}".encode("utf-8", "replace").decode())
    assert answered.status == 200
    for message in fuzz_office.slack.messages:
        one_sentence(message["text"][:1999])
    fuzz_office.slack.messages.clear()


@fuzzed(20)
@given(objects(ANY_JSON))
def test_any_body_is_answered(fuzz_office: Office, body: Any) -> None:
    """M59 Nothing like Slack's at all."""
    assert sent(fuzz_office, body) in {200, 400, 401, 404}
    assert sent(fuzz_office, body, form=True) in {200, 400, 401, 404}

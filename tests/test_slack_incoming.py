"""What the bot takes from Slack's payloads, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.listeners.commands import COMMAND, at_once
from bot.listeners.handling import SHORTCUTS
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.reading import incoming
from bot.listeners.reading.shortcuts import ADD_SHORTCUT
from bot.listeners.wire_text import readable
from bot.views import words
from tests.slack.payloads import _check_blocks

BOT = "U0TRAILGUIDE"


def event(**fields: Any) -> dict[str, Any]:
    inner = {"type": "message", "user": "U1", "channel": "D1", "channel_type": "im", "ts": "1.1",
             "text": "hi", **fields}  # fmt: skip
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner}


def taken(body: dict[str, Any], ours: bool = False) -> Incoming | None:
    return incoming(body, BOT, lambda _channel, _thread, _user: ours)


def test_a_direct_message_is_taken_under_its_event_id() -> None:
    found = taken(event())
    assert found is not None
    assert (found.kind, found.key) == (Kind.DIRECT, "event:T1:Ev1")


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B1"},
        {"user": BOT},
        {"user": None},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"edited": {"user": "U1", "ts": "2.2"}},
        {"channel_type": "channel", "channel": "C1"},
        {"type": "reaction_added"},
    ],
)
def test_what_is_not_said_to_the_bot_is_left_alone(fields: dict[str, Any]) -> None:
    assert taken(event(**fields)) is None


def test_a_mention_is_taken_once_although_slack_sends_two_events() -> None:
    """M58 Never answered twice: a mention comes as a mention and as a message."""
    said = {"channel": "C1", "channel_type": "channel", "text": f"<@{BOT}> hi", "thread_ts": "0.9"}
    mention = taken(event(**said | {"type": "app_mention"}), ours=True)
    assert mention is not None
    assert mention.kind is Kind.MENTION
    assert taken(event(**said), ours=True) is None


def test_a_follow_up_in_our_thread_needs_no_mention() -> None:
    """M58 Follow-ups in the thread need no new mention; other threads are not read."""
    said = event(channel="C1", channel_type="channel", thread_ts="0.9", text="and the CFO?")
    found = taken(said, ours=True)
    assert found is not None
    assert found.kind is Kind.FOLLOW_UP
    assert taken(said, ours=False) is None


def test_two_clicks_have_two_keys_and_one_click_has_one() -> None:
    def click(at: str) -> dict[str, Any]:
        return {
            "type": "block_actions",
            "user": {"id": "U1"},
            "container": {"message_ts": "5.5", "channel_id": "D1"},
            "actions": [{"action_id": "approve", "value": "touch-1", "action_ts": at}],
        }

    first, repeat, second = taken(click("7.1")), taken(click("7.1")), taken(click("7.2"))
    assert first is not None
    assert second is not None
    assert first == repeat
    assert first.key != second.key


def test_a_second_try_in_a_modal_is_a_new_event() -> None:
    def submit(trigger: str) -> dict[str, Any]:
        return {
            "type": "view_submission",
            "trigger_id": trigger,
            "user": {"id": "U1"},
            "view": {
                "id": "V1",
                "callback_id": "edit_draft",
                "private_metadata": "touch-1",
                "state": {"values": {"body": {"body": {"type": "plain_text_input", "value": "x"}},
                                     "reason": {"reason": {"value": None}}}},
            },
        }  # fmt: skip

    first, second = taken(submit("t1")), taken(submit("t2"))
    assert first is not None
    assert second is not None
    assert (first.body, first.reason, first.suggestion_id) == ("x", "", "touch-1")
    assert first.key != second.key


def test_only_next_with_words_is_work_and_everything_else_gets_help() -> None:
    def command(text: str) -> dict[str, Any]:
        return {"command": COMMAND, "text": text, "user_id": "U1", "channel_id": "C1",
                "team_id": "T1", "trigger_id": "t.1"}  # fmt: skip

    found = taken(command("next  a CFO asked what downtime costs"))
    assert found is not None
    assert found.text == "a CFO asked what downtime costs"
    for text in ("", "help", "next", "dance"):
        assert taken(command(text)) is None
        reply = at_once(text, taken=False)
        assert reply["response_type"] == "ephemeral"
        assert words.HELP in reply["blocks"][0]["text"]["text"]
    assert "dance" in at_once("dance", taken=False)["text"]


@given(st.text(max_size=300))
def test_an_unknown_command_word_cannot_break_the_help(word: str) -> None:
    _check_blocks(at_once(word, taken=False)["blocks"])


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        (f"<@{BOT}> what next?", "what next?"),
        (f"<@{BOT}|trailguide>: what next?", "what next?"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        (
            "see <https://a.example/x?a=1&amp;b=2|the page>",
            "see the page (https://a.example/x?a=1&b=2)",
        ),
        ("<https://a.example/x>", "https://a.example/x"),
        ("mail <mailto:dana@b.example|dana@b.example>", "mail dana@b.example"),
        ("in <#C1|sales> by <@U9|robin>", "in sales by robin"),
    ],
)
def test_wire_text_is_read_as_a_person_reads_it(wire: str, read: str) -> None:
    assert readable(wire, BOT) == read


@given(st.text(max_size=200), st.text(max_size=200))
def test_what_is_kept_comes_back_as_it_was(text: str, subject: str) -> None:
    kept = Incoming("k", Kind.DIRECT, "T", "U", text=text, subject=subject)
    assert Incoming.from_payload(kept.payload()) == kept


def test_the_manifest_names_the_shortcuts_that_are_listened_to() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[1] / "slack_manifest.yaml").read_text())
    named = {s["callback_id"]: s for s in manifest["features"]["shortcuts"]}
    assert set(named) == {*SHORTCUTS, ADD_SHORTCUT}
    assert {n: s["type"] for n, s in named.items()} == {
        "next_touch": "global", "plan_next_touch": "message", "add_to_library": "message",
    }  # fmt: skip
    assert all(len(s["name"]) <= 24 for s in named.values())
    assert manifest["settings"]["interactivity"]["is_enabled"] is True


def test_the_manifest_asks_for_what_the_listeners_need() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[1] / "slack_manifest.yaml").read_text())
    assert manifest["features"]["slash_commands"][0]["command"] == COMMAND
    assert manifest["settings"]["socket_mode_enabled"] is True
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    assert "im:read" not in scopes, "nothing asks Slack about direct messages"
    assert {"app_mentions:read", "chat:write", "commands", "im:history", "im:write"} <= scopes
    assert "files:read" in scopes, "dropped files are downloaded"
    assert not scopes & {"channels:manage", "users:write", "admin"}

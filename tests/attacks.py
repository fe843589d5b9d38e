"""What an attacker sends, and what must be as it was afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from bot.bootstrap import Wired
from bot.listeners import faults
from knowledge.errors import places
from storage.columns import metadata
from tests.slack.office import Office

STRANGER = "U08VICTOR"
"""A rep of the same team, who owns nothing."""
ELSEWHERE = "T09OTHERS"
JOURNALS = frozenset({"inbox", "outbox", "audit", "audit_key", "alembic_version"})
"""What is written for whatever comes in: a refused try too."""
HOSTILE = (
    "'; DROP TABLE lead; --<!channel> {{ 7*7 }} ${7*7} <https://evil.example|x>",
    "../../../etc/passwd\x00\u202egnp.exe\ud83d#" + "x" * 1500,
    "",
)
"""Values that no button of ours carries."""


def on_record(tools: Wired) -> dict[str, str]:
    """A digest of the rows of each table but the journals."""
    told = {}
    with tools.db.read() as session:
        for name, table in metadata.tables.items():
            if name not in JOURNALS:
                rows = sorted(str(tuple(row)) for row in session.execute(select(table)))
                told[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return told


@contextmanager
def no_bug(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail where a failure is logged as a bug of ours: the person reads of it by number only."""
    noted: list[str] = []

    def note(event: str, bug: BaseException, **_: str) -> str:
        noted.append(f"{event}: {bug!r} at {places(bug)}")
        return "00000000"

    with monkeypatch.context() as patched:
        patched.setattr(faults, "note", note)
        yield noted
    assert not noted, noted


def pressed(
    office: Office, action: str, value: str, user: str, *, team: str = "T01", **more: Any
) -> dict[str, Any]:
    """A press that no message of ours offers."""
    office.serial += 1
    return {
        "type": "block_actions", "team": {"id": team}, "user": {"id": user, "team_id": team},
        "api_app_id": "A1", "trigger_id": office.slack.trigger(),
        "container": {"type": "message", "message_ts": "1771.000001", "channel_id": "C01SALES"},
        "channel": {"id": "C01SALES"}, "message": {"ts": "1771.000001"},
        "actions": [{"action_id": action, "block_id": "b", "type": "button", "value": value,
                     "action_ts": str(office.serial)}],
        **more,
    }  # fmt: skip


FIELDS = (
    "subject", "body", "reason", "until", "choice", "questions", "note_text", "note_about", "title",
    "column-0", "company", "lead", "asset",
)  # fmt: skip


def submitted(
    office: Office, callback: str, metadata: str, user: str, typed: str, *, team: str = "T01"
) -> dict[str, Any]:
    """A form that we may never have opened for that person."""
    office.serial += 1
    values = {
        name: {name: {"type": "datepicker", "selected_date": typed}
               if name == "until" else {"type": "plain_text_input", "value": typed}}
        for name in FIELDS
    }  # fmt: skip
    return {
        "type": "view_submission", "team": {"id": team}, "api_app_id": "A1",
        "user": {"id": user, "team_id": team}, "trigger_id": office.slack.trigger(),
        "view": {"id": f"V{office.serial}", "type": "modal", "callback_id": callback,
                 "private_metadata": metadata, "state": {"values": values}, "blocks": []},
    }  # fmt: skip


def everything_said(office: Office) -> str:
    """All that Slack was told, and what answered the requests is not in it."""
    slack = office.slack
    return json.dumps([slack.messages, slack.whispers, slack.views, list(slack.homes.values())])

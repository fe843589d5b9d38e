"""PostgreSQL keeps no NUL in a text: whatever comes in is kept without it, and nothing fails."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage.database import Database
from storage.inbox import Inbox
from tests.databases import SetClock

pytest_plugins = ("tests.databases",)

TEXTS = st.text(st.sampled_from("a\\u0\x00\x1b\"'é"), max_size=20)
PAYLOADS = st.dictionaries(TEXTS, st.one_of(TEXTS, st.lists(TEXTS, max_size=3)), max_size=3)

NUMBERS = itertools.count()


def kept(value: Any, db: Database) -> Any:
    if db.is_sqlite:
        return value
    if isinstance(value, dict):
        return {kept(key, db): kept(each, db) for key, each in value.items()}
    if isinstance(value, list):
        return [kept(each, db) for each in value]
    return value.replace("\x00", "")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lane=TEXTS, payload=PAYLOADS)
@example(lane="\x00", payload={"text": "\\\x00", "other": ["\\u0000", "\x00\x00"]})
def test_m59_a_text_with_nul_is_kept_without_it(
    db: Database, set_clock: SetClock, lane: str, payload: dict[str, Any]
) -> None:
    """M59 SQLite keeps all; on PostgreSQL nothing but the NUL is missing."""
    inbox = Inbox(db, set_clock)
    key = f"Ev{next(NUMBERS)}"
    assert inbox.record(key, "direct", payload, lane=lane)
    assert (inbox.lane(key), inbox.payload(key)) == (kept(lane, db), kept(payload, db))

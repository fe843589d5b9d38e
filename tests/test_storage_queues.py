"""Inbox, outbox and content requests, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from knowledge.errors import NotFound
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from storage.database import open_database
from storage.inbox import CHOICE, Inbox
from storage.leads import Leads
from storage.outbox import Outbox
from storage.requests import ContentRequests, plain_wording

pytest_plugins = ("tests.databases",)


def test_an_event_is_taken_in_once_and_outlives_the_process(db, set_clock):
    inbox = Inbox(db, set_clock)
    assert inbox.record("T1:E1", "mention", {"text": "next for Ada"})
    assert not inbox.record("T1:E1", "mention", {"text": "a retry"})
    other = open_database(db.engine.url.render_as_string(hide_password=False))
    again = Inbox(other, set_clock)
    assert again.payload("T1:E1") == {"text": "next for Ada"}
    assert again.kind("T1:E1") == "mention"
    assert again.payload("none") is None
    assert again.kind("none") is None
    other.close()


def test_of_the_same_event_told_twice_at_once_one_is_new(db, set_clock):
    inbox = Inbox(db, set_clock)
    gate, new = threading.Barrier(4), []

    def tell() -> None:
        gate.wait()
        new.append(inbox.record("T1:E1", "mention", {}))

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [False, False, False, True]


def test_pending_events_are_those_not_done_oldest_first(db, set_clock):
    inbox = Inbox(db, set_clock)
    for key in ("b", "a", "c"):
        inbox.record(key, "mention", {})
        set_clock.move(seconds=1)
    inbox.done("a")
    inbox.done("never seen")
    assert inbox.pending() == ["b", "c"]


def test_what_came_with_an_event_goes_when_it_is_done_but_a_note_stays_readable(db, set_clock):
    inbox = Inbox(db, set_clock)
    inbox.record("T1:E1", "mention", {"text": "next for Ada"})
    inbox.record("thread:D1", "note", {"suggestion_id": "s1"})
    inbox.done("T1:E1")
    inbox.done("thread:D1", keep_payload=True)
    inbox.done("thread:D1")  # told twice: the first word holds
    assert inbox.payload("T1:E1") is None
    assert inbox.kind("T1:E1") == "mention"
    assert not inbox.record("T1:E1", "mention", {"text": "a retry"})
    assert inbox.payload("T1:E1") is None
    assert inbox.payload("thread:D1") == {"suggestion_id": "s1"}
    with db.read() as session:
        held = session.execute(text("SELECT payload FROM inbox WHERE key = 'T1:E1'")).scalar_one()
    assert held is None


def test_a_purge_forgets_events_done_long_ago_and_nothing_that_is_still_read(db, set_clock):
    inbox = Inbox(db, set_clock)
    for key in ("old, done", "old, open", "old, done late"):
        inbox.record(key, "mention", {"text": "next for Ada"})
    inbox.record("old note", "note", {"suggestion_id": "s1"})
    inbox.done("old, done")
    inbox.done("old note", keep_payload=True)
    set_clock.move(days=8)
    inbox.record("new, done", "mention", {})
    inbox.done("new, done")
    inbox.done("old, done late")
    assert inbox.purge(timedelta(days=7)) == 1
    assert inbox.purge(timedelta(days=7)) == 0
    assert inbox.pending() == ["old, open"]
    assert inbox.payload("old, open") == {"text": "next for Ada"}
    assert inbox.payload("old note") == {"suggestion_id": "s1"}
    assert not inbox.record("new, done", "mention", {})
    assert not inbox.record("old, done late", "mention", {})
    assert inbox.record("old, done", "mention", {})


def test_what_was_asked_for_a_lead_to_be_chosen_goes_in_the_end(db, set_clock):
    """It holds a text, unlike a note of ids."""
    inbox = Inbox(db, set_clock)
    inbox.record("choice:a", CHOICE, {"event": {"text": "next for Ada"}, "leads": ["lead-1"]})
    inbox.done("choice:a", keep_payload=True)
    assert inbox.purge(timedelta(days=7)) == 0
    set_clock.move(days=8)
    assert inbox.purge(timedelta(days=7)) == 1
    assert inbox.payload("choice:a") is None


def test_a_write_is_planned_once_and_its_payload_goes_when_posted(db, set_clock):
    outbox = Outbox(db, set_clock)
    first = outbox.plan("card:s1", "chat.postMessage", {"text": "Ada"})
    assert (first.state, first.payload) == ("planned", {"text": "Ada"})
    assert outbox.plan("card:s1", "chat.postMessage", {"text": "other"}) == first
    assert outbox.pending() == [first]
    outbox.posted("card:s1", "D1", "17.5")
    done = outbox.get("card:s1")
    assert (done.state, done.payload, done.channel, done.ts) == ("posted", None, "D1", "17.5")
    assert outbox.plan("card:s1", "chat.postMessage", {"text": "other"}) == done
    assert outbox.pending() == []


def test_a_failed_write_may_be_planned_anew_but_a_posted_one_stays_posted(db, set_clock):
    outbox = Outbox(db, set_clock)
    outbox.plan("k", "chat.postMessage", {"text": "old"})
    outbox.failed("k", "channel_not_found")
    failed = outbox.get("k")
    assert (failed.state, failed.reason, failed.payload) == (
        "failed",
        "channel_not_found",
        {"text": "old"},
    )
    assert outbox.pending() == []
    anew = outbox.plan("k", "chat.postMessage", {"text": "new"})
    assert (anew.state, anew.reason, anew.payload) == ("planned", None, {"text": "new"})
    outbox.posted("k", "D1", "1.0")
    outbox.failed("k", "late news")
    assert outbox.get("k").state == "posted"


def test_an_unplanned_write_is_not_found(db, set_clock):
    outbox = Outbox(db, set_clock)
    assert outbox.get("none") is None
    with pytest.raises(NotFound):
        outbox.posted("none", "D1", "1")
    with pytest.raises(NotFound):
        outbox.failed("none", "why")


def test_m47_every_miss_is_counted_and_the_same_wording_adds_up(db, set_clock):
    Leads(db, set_clock).put("L1", LeadFacts(name="Ada"), "import", "U1")
    requests = ContentRequests(db, set_clock)
    first = set_clock.now()
    assert requests.count_miss("Does it run offline?", Stage.INTEREST, "U1", "L1", "a1")
    set_clock.move(days=1)
    assert requests.count_miss("  does it run OFFLINE ", Stage.INTEREST, "U2", None, "a2")
    assert not requests.count_miss("Does it run offline?", Stage.INTEREST, "U2", None, "a2")
    assert requests.count_miss("Does it run offline?", Stage.DECISION, "U2", None, "a2")
    assert requests.count_miss("Another one?", Stage.INTEREST, "U2", None, "a2")
    assert requests.count_miss("Another one?", Stage.INTEREST)  # without a key each one counts
    assert requests.count_miss("Another one?", Stage.INTEREST)
    found = requests.all()
    assert [(r.question, r.stage, r.count) for r in found] == [
        ("Another one?", Stage.INTEREST, 3),
        ("Does it run offline?", Stage.INTEREST, 2),
        ("Does it run offline?", Stage.DECISION, 1),
    ]
    offline = found[1]
    assert offline.wordings == ("Does it run offline?", "does it run OFFLINE")
    assert (offline.first, offline.last) == (first, set_clock.now())


def test_no_wording_is_kept_for_a_lead_that_was_erased_meanwhile(db, set_clock):
    requests = ContentRequests(db, set_clock)
    with pytest.raises(NotFound, match="no lead 'L1'"):
        requests.count_miss("Why is our water brown?", Stage.INTEREST, "U1", "L1", "a1")
    assert requests.all() == []


@given(st.text(max_size=60))
def test_plain_wording_is_settled_after_one_pass(words):
    once = plain_wording(words)
    assert plain_wording(once) == once
    assert plain_wording(f"  {words}?! ") == once

"""The way out to Slack: each planned message arrives once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack_client import Poster, make_client, mark_of
from bot.views import words
from bot.views.blocks import Part, message, section
from bot.views.card import pointer_line, review_card
from knowledge.clock import SystemClock
from knowledge.errors import DatabaseAway, SlackFailed
from storage.database import open_database
from storage.migrate import migrate
from storage.outbox import Outbox, OutboxEntry
from tests.slack.examples import a_card
from tests.slack.fake import FakeSlack, fake_slack


class Pauses(list[float]):
    """A sleep that only takes notes."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as fake:
        yield fake


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    db = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate(db)
    yield Outbox(db, SystemClock())
    db.close()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


def a_poster(slack: FakeSlack, outbox: Outbox, pauses: Pauses) -> Poster:
    return Poster(
        make_client("xoxb-test", slack.url), outbox, sleep=pauses, monotonic=lambda: sum(pauses)
    )


def test_a_card_reaches_the_direct_messages_with_its_mark(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    """M58 The card goes to the asker's direct messages."""
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k:card", review_card(a_card()), channel="U01ROBIN")
    posted = poster.post("k:card")
    (sent,) = slack.messages
    assert posted is not None
    assert posted.channel == sent["channel"] == "D01ROBIN"
    assert sent["metadata"]["event_payload"]["mark"] == mark_of("k:card")
    entry = outbox.get("k:card")
    assert entry is not None
    assert (entry.state, entry.payload, entry.ts) == ("posted", None, sent["ts"])


def test_posting_the_same_key_again_posts_nothing(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k", message("hello"), channel="C1")
    assert poster.post("k") == poster.post("k")
    assert len(slack.messages) == 1


@pytest.mark.parametrize("keeps_metadata", [True, False])
def test_a_post_whose_reply_was_lost_is_found_not_repeated(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses, keeps_metadata: bool
) -> None:
    """M58 Never answered twice."""
    slack.keeps_metadata = keeps_metadata
    slack.trouble["chat.postMessage"].append("lost")
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k", pointer_line("touch-1"), channel="C1", thread_ts="1770000000.000001")
    posted = poster.post("k")
    assert posted is not None
    assert [m["ts"] for m in slack.messages] == [posted.ts]


def test_a_post_of_a_process_that_died_before_noting_it_is_found(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    """M58 A bot killed between Slack's answer and our note does not post again."""
    first = a_poster(slack, outbox, pauses)
    first.plan("k", message("hello"), channel="D1")
    entry = outbox.get("k")
    assert entry is not None
    first._write(entry)  # posted, and then the process dies
    again = a_poster(slack, outbox, pauses)
    again.plan("k", message("hello"), channel="D1")
    posted = again.post("k")
    assert posted is not None
    assert [m["ts"] for m in slack.messages] == [posted.ts]


@pytest.mark.parametrize("when", ["read", "planned again"])
def test_m58_a_post_that_the_database_held_up_is_looked_for_before_it_is_made(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """M58 Another bot may have taken it for dead meanwhile, and posted."""
    poster, other = a_poster(slack, outbox, pauses), a_poster(slack, outbox, pauses)
    poster.plan("k", message("hello"), channel="C1")
    entry = outbox.get("k")
    assert entry is not None
    other._write(entry)  # and it did not come to note it
    if when == "read":
        monkeypatch.setattr(outbox, "get", away)
        with pytest.raises(DatabaseAway):
            poster.post("k")
        monkeypatch.undo()
    else:  # a step that is done again after it failed
        poster.plan("k", message("hello"), channel="C1")
    posted = poster.post("k")
    assert posted is not None
    assert [m["ts"] for m in slack.messages] == [posted.ts]


def away(_key: str) -> OutboxEntry:
    raise DatabaseAway("It is away.")


def test_a_limit_is_waited_out_as_slack_asks(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    slack.trouble["chat.postMessage"].extend(["429", "500"])
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k", message("hello"), channel="C1")
    assert poster.post("k")
    assert pauses[:2] == [7.0, 2.0]
    assert len(slack.messages) == 1


def test_posts_to_one_channel_keep_a_second_apart(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    poster = a_poster(slack, outbox, pauses)
    for n in range(3):
        poster.plan(f"k{n}", message("hello"), channel="C1")
        poster.post(f"k{n}")
    poster.plan("other", message("hello"), channel="C2")
    poster.post("other")
    assert pauses == [1.0, 1.0]


def test_blocks_that_slack_refuses_become_the_plain_line(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    """M59 A card that cannot be drawn is not silence."""
    slack.trouble["chat.postMessage"].append("invalid_blocks")
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k", message("what to send", [Part(section("*what*"))]), channel="C1")
    assert poster.post("k")
    assert slack.messages[0]["text"] == "what to send"
    assert not slack.messages[0].get("blocks")


def test_a_plain_line_whose_reply_was_lost_is_found_not_repeated(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    """M58 The fallback of a fallback is no second post."""
    slack.trouble["chat.postMessage"].extend(["invalid_blocks", "lost"])
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k", message("what to send", [Part(section("*what*"))]), channel="C1")
    assert poster.post("k")
    assert len(slack.messages) == 1


@pytest.mark.parametrize("thread", [None, "4070000000.000001"])
def test_a_lost_post_is_looked_for_on_every_page_since_it_was_planned(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses, thread: str | None
) -> None:
    """M58 Never answered twice, in a busy channel either."""
    others = [{"channel": "C1", "ts": f"{at}.5", "thread_ts": thread, "text": "-"}
              for at in (5, *range(4_080_000_000, 4_080_000_009))]  # fmt: skip
    slack.page_size = 3
    slack.messages.extend(others[: 1 if thread is None else None])
    slack.trouble["chat.postMessage"].append("lost")
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k", message("hello"), channel="C1", thread_ts=thread)
    if thread is None:
        slack.messages.extend(others[1:])
    assert poster.post("k")
    assert len(slack.messages) == len(others) + 1
    entry = outbox.get("k")
    assert entry is not None
    assert float(slack.searches[0]["oldest"]) == pytest.approx(
        entry.planned_at.timestamp() - 60, abs=1
    )


def test_a_refusal_for_good_is_noted_and_stops(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    slack.trouble["chat.postMessage"].append("is_archived")
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k", message("hello"), channel="C1")
    assert poster.post("k") is None
    entry = outbox.get("k")
    assert entry is not None
    assert (entry.state, entry.reason) == ("failed", "is_archived")
    assert slack.calls.count("chat.postMessage") == 1


def test_a_long_outage_is_said_and_the_message_stays_planned(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    """M59 Nothing is lost: what could not be posted waits."""
    slack.trouble["chat.postMessage"].extend(["500"] * 20)
    poster = a_poster(slack, outbox, pauses)
    poster.plan("k", message("hello"), channel="C1")
    with pytest.raises(SlackFailed):
        poster.post("k")
    assert 30 <= sum(pauses) <= 90
    slack.trouble.clear()
    assert poster.post("k")
    assert len(slack.messages) == 1


def test_a_pointer_that_is_lost_harms_nothing(
    slack: FakeSlack, outbox: Outbox, pauses: Pauses
) -> None:
    slack.trouble["chat.postEphemeral"].append("user_not_in_channel")
    poster = a_poster(slack, outbox, pauses)
    poster.whisper("C1", "U1", words.MODAL_LATE)
    poster.whisper("C1", "U1", words.MODAL_LATE)
    assert len(slack.whispers) == 1

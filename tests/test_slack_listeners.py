"""The listeners in Bolt's real dispatch, with the strict fake on the other side and real tools."""

from __future__ import annotations

import copy
import json
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.http_server import EVENTS_PATH, listen_http
from bot.listeners import answering, asking
from bot.listeners.incoming import Incoming
from bot.local_slack import free_port
from bot.views import words
from bot.views.modals import edit_modal
from knowledge.errors import DatabaseAway, StorageFailed
from knowledge.touch import Draft
from storage.quotas import Quotas
from tests.slack.fake import BOT
from tests.slack.local import button_of, buttons, said, until
from tests.slack.office import ASK, CARD_OWNERS, MIKA, Office, sign

pytest_plugins = ("tests.slack.fixtures",)

WORDING = "Hi Dana, the guide counts a backlog step by step. Which line is hardest for you?"
HUNG_UP = 0
RECORDING = sys.modules["bot.listeners.recording"]


def test_a_repeat_is_acknowledged_and_answered_once(office: Office) -> None:
    """M58 Never answered twice: the same event again brings nothing, whatever its headers say."""
    event = office.event(ASK)
    assert office.send(event).status == 200
    again = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    assert office.send(event, **again).status == 200
    assert len(office.slack.messages) == 1
    assert len(office.started) == 1


def test_a_new_event_counts_although_it_carries_a_retry_header(office: Office) -> None:
    """M59 Nothing typed is lost: Slack's first try may never have reached us."""
    office.send(office.event(ASK), **{"x-slack-retry-num": "2"})
    assert len(office.cards) == 1


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (StorageFailed("The disk is full."), 503),
        (DatabaseAway("The server cannot be reached."), 503),
        (ValueError("a bug"), 500),
    ],
)
def test_what_cannot_be_kept_is_not_acknowledged_and_said(
    office: Office, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int
) -> None:
    """M59 When the event cannot be put on disk, Slack is to try again, and the rep knows.

    A balancer may ask another bot at once (503), save where it would fail in the same way.
    """

    def full(*_: object, **__: object) -> bool:
        raise failure

    monkeypatch.setattr(Quotas, "take", full)
    assert office.send(office.event(ASK)).status == status
    assert office.slack.whispers[-1]["text"].startswith(words.KEPT_NOT)
    monkeypatch.undo()


def test_a_bug_becomes_a_sentence_with_a_reference_and_no_lead_data(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """M59 A bug is said with a reference that the log knows; the log holds nothing of the lead."""

    def bug(*_: object, **__: object) -> None:
        raise ValueError("Dana Ortiz broke it")

    monkeypatch.setattr("bot.listeners.showing.next_touch", bug)
    office.send(office.event(ASK))
    (told,) = office.slack.messages
    reference = told["text"].rstrip(".").rsplit(" ", 1)[-1]
    logged = "".join(capsys.readouterr())
    assert reference in logged
    assert "ValueError" in logged
    assert "Dana" not in logged
    assert not office.tools.inbox.pending()


def test_not_now_asks_for_a_date_and_the_card_says_it(office: Office) -> None:
    """M1 M16 Timing alone never closes a lead: it is put off until a day, and the card says so."""
    office.send(office.event(ASK))
    office.click(office.card, "not_now")
    past = office.submit(until=office.tools.clock.now().date().isoformat())
    assert json.loads(past.body)["errors"] == {"until": words.DATE_PASSED}
    later = office.tools.clock.now().date() + timedelta(days=30)
    assert not office.submit(until=later.isoformat(), reason="").body
    assert words.day(later) in said(office.card)
    assert not buttons(office.card)


def test_an_edit_with_findings_is_shown_them_and_kept_with_a_reason(office: Office) -> None:
    """M2 M19 An edited text passes the same checks; the rep may keep it and says why."""
    office.send(office.event(ASK))
    office.click(office.card, "edit")
    pushy = "Are you ready to buy? Book a demo with us today, the offer ends on Friday!"
    refused = json.loads(office.submit(subject="Hurry", body=pushy).body)
    assert refused["response_action"] == "errors"
    assert words.keep_or_change() in refused["errors"]["body"]
    assert "Hurry" not in said(office.card)
    assert not office.submit(subject="Hurry", body=pushy, reason="She asked for it.").body
    assert "Hurry" in said(office.card)
    assert "things to look at" in said(office.card)
    assert buttons(office.card)[0] == "approve"


def test_an_edit_of_a_card_decided_meanwhile_stays_in_its_window(office: Office) -> None:
    """M59 Nothing typed is lost: the window stays open and says why."""
    office.send(office.event(ASK))
    office.click(office.card, "edit")
    office.click(office.card, "approve")
    told = json.loads(office.submit(body=WORDING).body)
    assert told["errors"] == {"body": words.DECIDED_MEANWHILE}


@pytest.mark.parametrize("act", ["approve", "not_now"])
def test_an_edit_overtaken_after_its_window_closed_is_given_back(
    office: Office, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """M59 One sentence, and what was typed, in direct messages; the card shows its state."""
    office.send(office.event(ASK))
    made = button_of(office.card, "edit")["value"]
    office.click(office.card, act)
    if act == "not_now":
        later = office.tools.clock.now().date() + timedelta(days=30)
        office.submit(until=later.isoformat())
    monkeypatch.setattr(RECORDING, "objections", lambda *_: {})
    office.slack.views.append(edit_modal(made, Draft("", "x", "email", "composer")))
    office.submit(body=WORDING, reason="Better.")
    told = office.slack.messages[-1]
    assert words.DECIDED_MEANWHILE in said(told)
    assert WORDING in said(told)
    assert told["channel"] == "D01ROBIN"
    assert ("helped" in buttons(office.card)) == (act == "approve")


def test_an_edit_that_fails_its_checks_after_all_is_given_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 The library may change while a window closes: nothing typed is lost even then."""
    office.send(office.event(ASK))
    office.click(office.card, "edit")
    monkeypatch.setattr(RECORDING, "objections", lambda *_: {})
    office.submit(body="Book a demo today, the offer ends on Friday!")
    assert "ends on Friday" in said(office.slack.messages[-1])
    assert words.NOT_KEPT in said(office.slack.messages[-1])


def test_a_click_on_a_decided_card_shows_its_state_and_changes_nothing(office: Office) -> None:
    office.send(office.event(ASK))
    open_card = dict(office.card)
    office.click(open_card, "approve")
    office.click(open_card, "approve")
    office.click(open_card, "another")
    assert len(office.cards) == 1
    assert words.TO_COPY in said(office.card)


def test_approve_on_an_old_card_does_not_approve_a_text_it_does_not_show(office: Office) -> None:
    """M24 A person approves what they read: an older wording is told so and shown the new one."""
    office.send(office.event(ASK))
    old = copy.deepcopy(office.card)
    office.click(office.card, "edit")
    office.submit(body=f"{WORDING} Robin", reason="Mine.")
    office.slack.messages.append(stale := {**old, "ts": "1771.9"})
    office.click(stale, "approve")
    stored = office.tools.suggestions.get(button_of(office.card, "edit")["value"])
    assert stored.state == "edited"
    assert "read it again" in office.slack.messages[-1]["text"]
    assert WORDING in said(stale)
    office.click(stale, "approve")
    assert office.tools.suggestions.get(stored.id).state == "approved"


def test_another_pressed_twice_makes_one_suggestion_and_says_nothing_more(office: Office) -> None:
    """M58 A second press, even before the first card is there, shows the state only."""
    office.send(office.event(ASK))
    first = copy.deepcopy(office.card)
    made: list[str] = []
    office.hold = made.append
    office.click(first, "another")
    office.click(first, "another")
    office.hold = None
    plans = [answering.plan(key, office.edge) for key in made]
    for key in [k for plan in plans for k in plan]:
        answering.post(key, office.edge)
    assert len(office.cards) == 2
    assert len(office.slack.messages) == 2
    assert len(office.tools.suggestions.rows()) == 2


def test_another_pressed_twice_at_once_makes_one_suggestion(office: Office) -> None:
    """M58 Jobs run side by side: one replaces the card, the other shows its state."""
    office.send(office.event(ASK))
    first = copy.deepcopy(office.card)
    made: list[str] = []
    office.hold = made.append
    office.click(first, "another")
    office.click(first, "another")
    with ThreadPoolExecutor(2) as pool:
        plans = list(pool.map(lambda key: answering.plan(key, office.edge), made))
    assert sorted(len(p) for p in plans) == [1, 2]
    assert len(office.tools.suggestions.rows()) == 2


def test_another_that_died_half_way_is_taken_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No orphan stays behind when the old card could not be closed."""
    office.send(office.event(ASK))

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(office.tools.suggestions, "replace", dies)
        office.click(office.card, "another")
    office.click(office.cards[0], "another")
    assert len(office.tools.suggestions.rows()) == 2
    assert len(office.cards) == 2


def test_already_read_closes_the_old_card_as_another_does(office: Office) -> None:
    office.send(office.event(ASK))
    root = office.card["ts"]
    event = office.event("she already read that one", thread_ts=root)
    office.send(event)
    old, new = office.cards
    assert not buttons(old)
    assert buttons(new)
    # Run again after a death before the plan was noted: the same two suggestions.
    incoming = Incoming.from_payload(office.payloads[-1])
    again = asking.answer(incoming, office.edge)
    assert len(office.tools.suggestions.rows()) == 2
    assert [r.part for r in again] == ["update", "card"]


def test_a_bystander_in_our_thread_is_neither_kept_nor_answered(office: Office) -> None:
    """M58 Only the asker goes on without a mention; what others say is not for the bot."""
    there = {"channel": "C1", "channel_type": "channel"}
    office.send(office.event(f"<@{BOT}> {ASK}", type="app_mention", ts="1771.5", **there))
    seen = len(office.slack.messages)
    office.send(office.event("why that one?", user=MIKA, thread_ts="1771.5", **there))
    office.send(office.event("lunch, anyone?", thread_ts="1771.5", **there))
    office.send(office.event("thanks!", thread_ts="1771.5", **there))
    assert len(office.slack.messages) == seen
    assert MIKA not in str(office.payloads)
    office.send(office.event(f"<@{BOT}> {ASK}", type="app_mention", user=MIKA, ts="1771.6",
                             thread_ts="1771.5", **there))  # fmt: skip
    seen = len(office.slack.messages)
    office.send(office.event("why that one?", thread_ts="1771.5", **there))
    assert len(office.slack.messages) == seen + 2


def test_a_card_that_slack_does_not_let_us_change_is_said(office: Office) -> None:
    """M59 A refused change is not silence."""
    office.send(office.event(ASK))
    office.slack.trouble["chat.update"].append("cant_update_message")
    office.click(office.card, "approve")
    told = office.slack.messages[-1]
    assert (told["channel"], told["text"]) == ("D01ROBIN", words.NOT_SHOWN)


def test_a_failure_keeps_our_marks_and_loses_foreign_ones(office: Office) -> None:
    office.send(office.event("設備の停止時間を減らすにはどうすればよいですか。"))
    assert "Type `/trailguide help` to see" in office.slack.messages[-1]["text"]


def test_a_question_back_offers_five_leads_and_says_what_to_do_for_another(office: Office) -> None:
    """Told apart by their ids where name and company are the same."""
    for number in range(5):
        facts = replace(office.tools.leads.get("lead-dana-ortiz").facts, company="C" * 20)
        office.tools.leads.put(f"lead-dana-{number}", facts, "test", "test")
    office.send(office.event(ASK))
    offered = office.slack.messages[-1]
    assert offered["text"].endswith("the full name and the company.")
    row = offered["blocks"][-1]["elements"]
    assert len({button["text"]["text"] for button in row}) == 5
    assert "lead-dana-3" in said(offered)


def test_nobody_else_can_act_on_a_card(office: Office) -> None:
    """M53 Reps own their leads."""
    office.send(office.event(ASK))
    office.click(office.card, "approve", user=MIKA)
    assert office.tools.suggestions.get(button_of(office.card, "edit")["value"]).is_open
    told = [m for m in office.slack.messages if m["channel"] == "D02MIKA"]
    assert CARD_OWNERS in said(told[0])


def test_a_window_that_opens_too_late_is_said(office: Office) -> None:
    """M59 Even a window that cannot be opened is not silence."""
    office.send(office.event(ASK))
    office.slack.trouble["views.open"].append("expired_trigger_id")
    office.click(office.card, "edit")
    assert office.slack.whispers[-1]["text"].startswith(words.MODAL_LATE)


def test_a_mention_brings_the_card_to_direct_messages_and_one_line(office: Office) -> None:
    """M58 The card in the asker's direct messages, one line without lead data in the thread."""
    mention = {"type": "app_mention", "channel": "C1", "channel_type": "channel"}
    office.send(office.event(f"<@{BOT}> {ASK}", **mention))
    line = office.slack.in_channel("C1")[0]
    assert office.card["channel"] == "D01ROBIN"
    assert line["text"] == words.SENT_TO_DM
    assert buttons(line) == ["share"]
    assert "Dana" not in json.dumps(line)


def test_cards_may_be_shown_in_channels_that_the_team_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = office.tools.settings.model_copy(update={"card_channels": ("C1",)})
    monkeypatch.setattr(office.tools, "settings", settings)
    mention = {"type": "app_mention", "channel": "C1", "channel_type": "channel", "ts": "1.5"}
    office.send(office.event(f"<@{BOT}> {ASK}", **mention))
    (card,) = office.slack.messages
    assert (card["channel"], card["thread_ts"]) == ("C1", "1.5")
    assert "Dana" in said(card)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("help", words.HELP),
        ("thanks!", words.THANKS),
        ("What's the weather like in Lisbon?", words.OFF_TOPIC),
        ("make it shorter", words.NO_CARD_HERE),
        ("", words.HELP),
    ],
)
def test_what_is_no_ask_gets_a_line(office: Office, text: str, answer: str) -> None:
    office.send(office.event(text))
    assert answer in said(office.slack.messages[-1])
    assert not office.cards


def test_another_language_is_said_so(office: Office) -> None:
    """M59 Not taken for small talk: one sentence with what to do."""
    office.send(office.event("設備の停止時間を減らすにはどうすればよいですか。"))
    assert "Japanese" in said(office.slack.messages[-1])


def test_several_leads_of_one_name_are_asked_about(office: Office) -> None:
    for number in (1, 2):
        facts = office.tools.leads.get("lead-dana-ortiz").facts
        office.tools.leads.put(f"lead-dana-{number}", facts, "test", "test")
    office.send(office.event(ASK))
    assert "Which lead do you mean" in said(office.slack.messages[-1])
    assert "lead-dana-2" in said(office.slack.messages[-1])


def test_the_inbox_keeps_no_more_than_the_work_needs(office: Office) -> None:
    office.send(office.event(ASK, blocks=[{"type": "rich_text"}], client_msg_id="x"))
    assert set(office.payloads[0]) <= {"key", "kind", "team", "user", "channel", "ts", "text"}


def test_http_takes_only_signed_requests(office: Office) -> None:
    port = free_port()
    stop = listen_http(office.app, port)
    try:
        body = json.dumps(office.event(ASK))
        now = str(int(time.time()))
        assert post(port, body, now, "v0=0000") == 401
        old = str(int(time.time()) - 3600)
        assert post(port, body, old, sign(old, body)) == 401
        assert not office.cards
        assert post(port, body, now, sign(now, body)) == 200
        assert len(office.cards) == 1
        assert post(port, "x" * 1_000_001, now, "v0=0000") in {413, HUNG_UP}
        assert post(port, body, now, sign(now, body), path="/elsewhere") == 404
    finally:
        stop()


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "9" * 40])
def test_http_answers_a_length_that_is_none(
    office: Office, capfd: pytest.CaptureFixture[str], length: str
) -> None:
    with listening(office) as port:
        assert ask_raw(port, length) in {b"400", b"413"}
    assert "Traceback" not in capfd.readouterr().err


def test_http_turns_away_more_than_it_can_serve_and_recovers(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.AT_ONCE", 1)
    with listening(office) as port:
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
            until(lambda: ask_raw(port, "0") == b"503", "a refusal")
        until(lambda: ask_raw(port, "0") != b"503", "a free place")


@contextmanager
def listening(office: Office) -> Iterator[int]:
    port = free_port()
    stop = listen_http(office.app, port)
    try:
        yield port
    finally:
        stop()


def ask_raw(port: int, length: str) -> bytes:
    """The status of a request with this Content-Length and no body."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(f"POST /slack/events HTTP/1.0\r\nContent-Length: {length}\r\n\r\n".encode())
        return line.recv(100).split(b" ")[1]


def post(port: int, body: str, at: str, signature: str, path: str = EVENTS_PATH) -> int:
    headers = {"content-type": "application/json", "x-slack-signature": signature,
               "x-slack-request-timestamp": at}  # fmt: skip
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as refused:
        return int(refused.code)
    except urllib.error.URLError:
        return HUNG_UP

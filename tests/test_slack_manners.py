"""Good manners: nothing where outsiders read, nothing for outsiders, and no failure left unsaid."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from bot.listeners import handling, outsiders
from bot.listeners.incoming import Kind
from bot.views import words_manners
from storage.quotas import Quotas
from tests.slack.elements import LINK
from tests.slack.fake import TEAM
from tests.slack.local import said
from tests.slack.office import ASK, CARD_OWNERS, MIKA, ROBIN, Office
from tests.slack.payloads import check_message

pytest_plugins = ["tests.slack.fixtures"]

SHARED_FLAGS: dict[str, dict[str, Any]] = {
    "connected": {"is_ext_shared": True},
    "about to be": {"is_pending_ext_shared": True},
    "another workspace": {"is_org_shared": True, "shared_team_ids": [TEAM, "T09"]},
}


def mention(office: Office, **fields: Any) -> dict[str, Any]:
    outer = {k: fields.pop(k) for k in ("is_ext_shared_channel",) if k in fields}
    body = office.event(
        ASK, type="app_mention", channel="C01TEAM", channel_type="channel", **fields
    )
    return {**body, **outer}


def in_channels(office: Office) -> list[dict[str, Any]]:
    return [m for m in office.slack.messages if not m["channel"].startswith("D")]


@pytest.mark.parametrize("flags", SHARED_FLAGS.values(), ids=SHARED_FLAGS)
def test_m58_in_a_shared_channel_the_asker_alone_is_told_why(
    office: Office, flags: dict[str, Any]
) -> None:
    """M58 No card, no line and no lead data where people of other companies read."""
    office.slack.channels["C01TEAM"] = flags
    office.send(mention(office))
    assert [m["channel"] for m in office.slack.messages] == ["D01ROBIN"]
    assert said(office.slack.messages[0]).count(words_manners.SHARED_CHANNEL) >= 1
    assert not office.cards


def test_m58_slacks_own_word_for_the_channel_is_enough(office: Office) -> None:
    """M58 The event says that the channel is shared, whatever a look at it says."""
    office.slack.trouble["conversations.info"].append("missing_scope")
    office.send(mention(office, is_ext_shared_channel=True))
    assert [m["channel"] for m in office.slack.messages] == ["D01ROBIN"]


def test_a_channel_of_sibling_teams_only_ours_is_no_shared_one() -> None:
    assert not outsiders.is_shared({"is_org_shared": True, "shared_team_ids": [TEAM]}, TEAM)
    assert not outsiders.is_shared({"is_shared": False}, TEAM)


def test_a_channel_is_looked_at_once_and_when_slack_says_nothing_the_bot_answers(
    office: Office,
) -> None:
    office.slack.trouble["conversations.info"].append("missing_scope")
    office.send(mention(office))
    office.send(mention(office))
    assert office.slack.calls.count("conversations.info") == 1
    assert len(office.cards) == 2


def test_m58_a_press_in_a_channel_that_was_shared_since_does_nothing_there(office: Office) -> None:
    """M58 "Share in this thread" shares nothing once others read the thread."""
    office.send(mention(office))
    pointer = in_channels(office)[-1]
    office.slack.channels["C01TEAM"] = {"is_ext_shared": True}
    office.edge.channels._known.clear()  # type: ignore[union-attr] - as after ten minutes
    office.click(pointer, "share")
    assert in_channels(office) == [pointer]
    assert words_manners.SHARED_CHANNEL_ACT in said(office.slack.messages[-1])


@pytest.mark.parametrize("field", ["user_team", "source_team", "team"])
def test_m58_people_of_another_workspace_are_never_served(office: Office, field: str) -> None:
    """M58 An outsider gets nothing, not even a line, and nothing of it is kept."""
    office.send(mention(office, user="U09X", **{field: "T09"}))
    office.send(office.event(ASK, user="U09X", channel="D09X", **{field: "T09"}))
    assert not office.slack.messages
    assert not office.slack.whispers
    assert not office.started


def test_m58_an_outsiders_press_opens_no_window(office: Office) -> None:
    office.send(office.event(ASK))
    for action in ("edit", "approve"):
        body = office.pressed(office.card, action, user="U09X")
        body["user"]["team_id"] = "T09"
        office.send(body)
    assert not office.slack.views
    assert len(office.started) == 1


@pytest.fixture
def broken(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Break what every way in goes through."""

    def bug(*_: Any, **__: Any) -> Any:
        raise RuntimeError("Dana Ortiz must not be told")

    def do() -> None:
        monkeypatch.setattr(type(office.tools.inbox), "record", bug)
        monkeypatch.setattr(Quotas, "take", bug)  # keeps what is asked
        monkeypatch.setattr(type(office.tools.suggestions), "get", bug)

    return do


def ways_in(office: Office, card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    command = {"command": "/trailguide", "team_id": TEAM, "user_id": ROBIN, "text": f"next {ASK}",
               "channel_id": "C01TEAM", "trigger_id": office.slack.trigger()}  # fmt: skip
    return {
        "message": office.event(ASK),
        "mention": mention(office),
        "command": command,
        "action": office.pressed(card, "approve"),
        "window": office.pressed(card, "edit"),
        "form": office.filled(subject="A new subject"),
    }


WAYS = ("message", "mention", "command", "action", "window", "form")


@pytest.mark.parametrize("way", WAYS)
def test_m59_whatever_breaks_on_the_way_in_is_one_sentence_with_a_reference_of_the_log(
    office: Office, way: str, broken: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """M59 What to do is said, the reference finds the log line, and neither holds lead data."""
    office.send(office.event(ASK))
    office.click(office.card, "edit")
    body = ways_in(office, office.card)[way]
    broken()
    capsys.readouterr()
    answered = office.send(body)
    office.settle()
    told = answered.body if way in {"command", "form"} else office.slack.whispers[-1]["text"]
    reference = re.search(r"reference: ([0-9a-f]{8})", told)
    assert reference, told
    logged = [line for line in capsys.readouterr().out.splitlines() if reference[1] in line]
    assert len(logged) == 1
    assert "RuntimeError" in logged[0]
    assert "Dana" not in told + logged[0]
    if way == "form":
        assert json.loads(told)["response_action"] == "errors"


def test_m58_a_failure_is_not_told_to_whoever_talks_to_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M58 Only direct messages, mentions and the asker's own thread get the sentence."""

    def bug(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    office.send(mention(office, ts="1.000001"))
    monkeypatch.setattr(sys.modules["bot.listeners.recording"], "incoming", bug)
    talk = {"channel": "C01TEAM", "channel_type": "channel"}
    office.send(office.event("lunch?", **talk))
    office.send(office.event("lunch?", thread_ts="9.000009", **talk))
    office.send(office.event("lunch?", thread_ts="1.000001", user=MIKA, **talk))
    assert not office.slack.whispers
    office.send(office.event("shorter please", thread_ts="1.000001", **talk))
    assert "reference" in office.slack.whispers[-1]["text"]


@pytest.mark.parametrize("kind", [Kind.DIRECT, Kind.ACTION, Kind.SUBMISSION])
def test_m59_whatever_breaks_in_the_work_is_one_sentence_with_a_reference_of_the_log(
    office: Office, kind: Kind, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.send(office.event(ASK))
    office.click(office.card, "edit")
    way = {Kind.DIRECT: "message", Kind.ACTION: "action", Kind.SUBMISSION: "form"}[kind]
    body = ways_in(office, office.card)[way]

    def bug(*_: Any) -> Any:
        raise RuntimeError("Dana Ortiz must not be told")

    monkeypatch.setattr(handling, "answer", bug)
    monkeypatch.setattr(sys.modules["bot.listeners.recording"], "objections", lambda *_: {})
    capsys.readouterr()
    office.send(body)
    told = said(office.slack.messages[-1])
    reference = re.search(r"reference: ([0-9a-f]{8})", told)
    assert reference, told
    logged = [line for line in capsys.readouterr().out.splitlines() if reference[1] in line]
    assert len(logged) == 1
    assert "Dana" not in told + logged[0]


def test_m58_a_long_mixed_session_never_broadcasts_unfolds_or_leaks(office: Office) -> None:
    """M58 Every write of a session with attacks in it, and nothing of a lead in the channel."""
    hostile = f"<!channel> *{ASK}* <https://evil.example|tidewell.example> @here &lt;!everyone&gt;"
    for text in (hostile, "thanks <!here>", "help", "what is for lunch <!channel>?", ASK):
        office.send(office.event(text))
        office.send({**mention(office), "event": {**mention(office)["event"], "text": text}})
    for action in ("another", "approve"):
        office.click(office.card, action, user=MIKA)
        office.click(office.card, action)
    office.click(office.cards[0], "not_now")
    office.submit(until="2999-01-01", reason=hostile)
    written = [(m, a) for m, a in office.slack.sent if m.startswith("chat.")]
    assert len(written) > 15
    for _method, payload in written:
        check_message(payload)
        everything = json.dumps(payload)
        assert not re.search(r"<!(?:channel|here|everyone|subteam)", everything)
        assert "evil.example|" not in everything
        assert payload.get("unfurl_links") in {False, None, "0", "false"}
        for url in LINK.findall(everything):
            assert "evil.example" not in url
    assert not [m for m in in_channels(office) if "backlog" in said(m)]


def test_m58_a_thread_of_others_is_left_alone(office: Office) -> None:
    """M58 Talk in threads that hold no card of the speaker brings nothing and is not kept."""
    office.send(mention(office, ts="1.000001"))
    before = len(office.slack.messages)
    talk = {"channel": "C01TEAM", "channel_type": "channel"}
    office.send(office.event("shorter please", thread_ts="1.000001", user=MIKA, **talk))
    office.send(office.event("shorter please", thread_ts="9.000009", **talk))
    office.send(office.event("Dana asks what it costs", **talk))
    assert len(office.slack.messages) == before
    assert not office.tools.inbox.pending()


def test_m58_only_the_asker_acts_on_a_card(office: Office) -> None:
    """M58 A colleague's press changes nothing and says so to the colleague alone."""
    office.send(office.event(ASK))
    card = dict(office.card)
    office.click(card, "approve", user=MIKA)
    assert office.card["blocks"] == card["blocks"]
    told = office.slack.messages[-1]
    assert CARD_OWNERS in said(told)

"""Cards in Slack's newer blocks, and the plain ones where Slack refuses those."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import Settings, load_settings
from bot.slack_client import Poster, make_client
from bot.views.blocks import PLAIN_BLOCKS, Message, line
from bot.views.card import Act, Acted, review_card
from knowledge.errors import BadInput
from storage.database import open_database
from storage.migrate import migrate
from storage.outbox import Outbox
from tests.conftest import SetClock
from tests.slack.examples import URL, a_card
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.local import said
from tests.slack.office import ASK, ROBIN, Office
from tests.slack.payloads import check_message

pytest_plugins = ("tests.slack.fixtures",)

APPROVED = Acted(Act.APPROVED, "U01ROBIN", "Thu 12 Mar")


def newer(message: Message) -> dict[str, object]:
    """What Slack gets at first: never our own field."""
    payload = message.payload(newer=True)
    payload.pop(PLAIN_BLOCKS)
    return payload


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.text(alphabet=st.characters(), max_size=300),
        st.text(alphabet="&<>*_~`:@|!\n\u200d😀é ", max_size=400),
    ),
    st.sampled_from([None, APPROVED]),
    st.integers(0, 20),
)
def test_any_text_makes_a_valid_card_in_newer_blocks(
    word: str, acted: Acted | None, many: int
) -> None:
    check_message(newer(review_card(a_card(word, many=many), acted)))


def test_a_newer_card_has_a_card_a_table_and_feedback_buttons() -> None:
    """The same facts: the piece with its link, each alternate with its why-not, did it help."""
    message = review_card(a_card(), APPROVED)
    kinds = {str(b["type"]): b for b in message.newer}
    assert kinds["card"]["actions"][0]["url"] == URL
    assert len(kinds["table"]["rows"]) == 4
    assert kinds["context_actions"]["elements"][0]["action_id"] == "did_it_help"
    assert {b["type"] for b in message.blocks} <= {
        "header", "context", "section", "divider", "actions",
    }  # fmt: skip
    assert line("Hello").payload(newer=True) == line("Hello").payload()


def test_an_address_that_is_none_is_no_button() -> None:
    (card,) = [
        b for b in review_card(a_card(url="javascript:alert(1)")).newer if b["type"] == "card"
    ]
    assert "actions" not in card


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as running:
        yield running


@pytest.fixture
def poster(slack: FakeSlack, tmp_path: object, clock: SetClock) -> Iterator[Poster]:
    db = open_database(f"sqlite:///{tmp_path}/outbox.db")
    migrate(db)
    client = make_client("xoxb-test", slack.url)
    yield Poster(client, Outbox(db, clock), sleep=lambda _: None, newer=True)
    db.close()


def shown(slack: FakeSlack) -> set[str]:
    return {str(b["type"]) for b in slack.messages[-1]["blocks"]}


def test_newer_blocks_are_posted_and_changed(slack: FakeSlack, poster: Poster) -> None:
    posted = poster.post(poster.plan("k1", review_card(a_card()), channel="D1"))
    assert posted
    assert {"card", "table"} <= shown(slack)
    change = poster.plan("k2", review_card(a_card(), APPROVED), channel="D1", update_ts=posted.ts)
    assert poster.post(change)
    assert "context_actions" in shown(slack)
    assert PLAIN_BLOCKS not in str(slack.sent)


def test_where_slack_refuses_them_the_plain_blocks_are_shown(
    slack: FakeSlack, poster: Poster
) -> None:
    """M59 A workspace without the newer blocks loses nothing: neither a post nor a change."""
    slack.trouble["chat.postMessage"].append("invalid_blocks")
    posted = poster.post(poster.plan("k1", review_card(a_card()), channel="D1"))
    assert posted
    assert shown(slack) == {"header", "context", "section", "divider", "actions"}
    slack.trouble["chat.update"].append("invalid_blocks")
    change = poster.plan("k2", review_card(a_card(), APPROVED), channel="D1", update_ts=posted.ts)
    assert poster.post(change)
    assert "context_actions" not in shown(slack)
    assert "actions" in shown(slack)


def test_where_slack_refuses_both_the_plain_line_is_shown(slack: FakeSlack, poster: Poster) -> None:
    slack.trouble["chat.postMessage"].extend(["invalid_blocks", "invalid_blocks"])
    assert poster.post(poster.plan("k1", review_card(a_card()), channel="D1"))
    assert "blocks" not in slack.messages[-1]


@pytest.mark.parametrize(("pressed", "helped"), [("yes", True), ("no", False)])
def test_feedback_buttons_say_whether_it_helped(office: Office, pressed: str, helped: bool) -> None:
    """M48 One action for both buttons: the value tells which was pressed."""
    office.send(office.event(ASK))
    office.click(office.card, "approve")
    (row,) = office.tools.suggestions.rows()
    card = office.card
    office.send({
        "type": "block_actions", "team": {"id": "T01"}, "user": {"id": ROBIN, "team_id": "T01"},
        "api_app_id": "A1", "trigger_id": office.slack.trigger(),
        "container": {"message_ts": card["ts"], "channel_id": card["channel"]},
        "channel": {"id": card["channel"]}, "message": card,
        "actions": [{"type": "feedback_buttons", "action_id": "did_it_help", "action_ts": "1.1",
                     "block_id": "b", "value": f"{row.suggestion_id}#{pressed}"}],
    })  # fmt: skip
    told = office.tools.track_record.answer_to(row.suggestion_id)
    assert told
    assert told.helped is helped
    assert "You said" in said(office.card)


def test_the_setting_is_plain_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().slack_blocks == "plain"
    monkeypatch.setenv("TRAILGUIDE_SLACK_BLOCKS", "new")
    assert load_settings().slack_blocks == "new"
    monkeypatch.setenv("TRAILGUIDE_SLACK_BLOCKS", "fancy")
    with pytest.raises(BadInput, match="TRAILGUIDE_SLACK_BLOCKS"):
        load_settings()

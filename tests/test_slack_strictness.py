"""The fake of Slack itself: it refuses what Slack refuses, and by Slack's own names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack_client import make_client
from tests.slack.elements import AgainstOurRules
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.payloads import Refused, check_message, check_view

Made = dict[str, Any]


def text(words: str = "x") -> Made:
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def plain(words: str = "x") -> Made:
    return {"type": "plain_text", "text": words}


def section(**fields: Any) -> Made:
    return {"type": "section", "text": text(), **fields}


def menu(**fields: Any) -> Made:
    options = [{"text": plain(), "value": "1"}]
    return {"type": "static_select", "action_id": "a", "options": options, **fields}


def asked(element: Made) -> Made:
    return {"type": "input", "label": plain(), "element": element}


def modal(*blocks: Made, **fields: Any) -> Made:
    made = {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks)}
    return {**made, **fields}


def row(*elements: Made) -> Made:
    return {"type": "actions", "elements": list(elements)}


def press(**fields: Any) -> Made:
    return {"type": "button", "action_id": "a", "text": plain(), "value": "id-1", **fields}


def options(count: int, **fields: Any) -> list[Made]:
    return [{"text": plain(), "value": str(i), **fields} for i in range(count)]


LONG = "x" * 3001
TOO_MUCH: dict[str, Made] = {
    "a section of 3,001": section(text=text(LONG)),
    "an empty section": section(text=text("")),
    "a field of 2,001": section(fields=[text("x" * 2001)]),
    "eleven fields": section(fields=[text()] * 11),
    "a header of 151": {"type": "header", "text": plain("x" * 151)},
    "a header in mrkdwn": {"type": "header", "text": text()},
    "eleven parts of context": {"type": "context", "elements": [text()] * 11},
    "a button of 76": row(press(text=plain("x" * 76))),
    "a value of 2,001": row(press(value="x" * 2001)),
    "a style of our own": row(press(style="blue")),
    "two buttons of one name": row(press(), press()),
    "no buttons": row(),
    "26 buttons": row(*(press(action_id=str(i)) for i in range(26))),
    "101 options": row(menu(options=options(101))),
    "no options": row(menu(options=[])),
    "an option of 76": row(menu(options=options(1, text=plain("x" * 76)))),
    "an option's value of 151": row(menu(options=options(1, value="x" * 151))),
    "a description of 76": row(menu(options=options(1, description=plain("x" * 76)))),
    "an option twice": row(menu(options=options(1) * 2)),
    "an initial option of none": row(menu(initial_option={"text": plain(), "value": "9"})),
    "eleven boxes": row(menu(type="checkboxes", options=options(11))),
    "six in a menu of dots": row(menu(type="overflow", options=options(6))),
    "a placeholder of 151": row(menu(placeholder=plain("x" * 151))),
    "a label of 2,001": {**asked(menu()), "label": plain("x" * 2001)},
    "an empty initial value": asked(
        {"type": "plain_text_input", "action_id": "a", "initial_value": ""}
    ),
    "a date in words": asked({"type": "datepicker", "action_id": "a", "initial_date": "today"}),
    "a button to fill in": asked(press()),
    "a block id of 256": section(block_id="x" * 256),
    "a block of no kind": {"type": "carpet"},
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_slack_has_no_room_for_is_refused_in_messages_and_windows(what: str) -> None:
    with pytest.raises(Refused) as refused:
        check_message({"text": "x", "blocks": [TOO_MUCH[what]]})
    assert refused.value.error == "invalid_blocks"
    with pytest.raises(Refused) as refused:
        check_view(modal(TOO_MUCH[what]))
    assert refused.value.error == "invalid_arguments"


def test_what_fits_exactly_is_taken() -> None:
    check_message({"text": "x" * 4000, "blocks": [section(text=text("x" * 240))] * 50})
    blocks = [section(text=text("x" * 3000)), asked(menu(options=options(100)))]
    check_view(modal(*blocks, *[section()] * 98, private_metadata="x" * 3000))
    check_view({"type": "home", "blocks": [section()] * 100})


@pytest.mark.parametrize(("payload", "error"), [
    ({"text": "x", "blocks": [section()] * 51}, "invalid_blocks"),
    ({"text": "x", "blocks": [section(text=text("x" * 2401))] * 5}, "msg_blocks_too_long"),
    ({"text": "x" * 40_001}, "msg_too_long"),
    ({}, "no_text"),
    ({"text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_format"),
    ({"text": "\ud83d"}, "invalid_json"),
])  # fmt: skip
def test_a_message_is_refused_by_slacks_own_name(payload: Made, error: str) -> None:
    with pytest.raises(Refused) as refused:
        check_message(payload)
    assert refused.value.error == error


@pytest.mark.parametrize(("view", "error"), [
    (modal(*[section()] * 101), "invalid_arguments"),
    (modal(section(), private_metadata="x" * 3001), "invalid_arguments"),
    (modal(section(), title=plain("x" * 25)), "invalid_arguments"),
    ({**modal(section()), "type": "home"}, "invalid_arguments"),
    ({"type": "modal", "title": plain(), "blocks": [asked(menu())]}, "invalid_arguments"),
    (modal(*[section(text=text("x" * 3000))] * 90), "view_too_large"),
])  # fmt: skip
def test_a_window_is_refused_by_slacks_own_name(view: Made, error: str) -> None:
    with pytest.raises(Refused) as refused:
        check_view(view)
    assert refused.value.error == error


@pytest.mark.parametrize("payload", [
    {"text": "<!channel> look"}, {"text": "<!here|here>"}, {"text": "a < b"}, {"text": "a & b"},
    {"text": "x", "unfurl_links": True}, {"text": "x", "link_names": True},
    {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]},
    {"text": "x", "blocks": [row(press(value="a lead's name"))]},
])  # fmt: skip
def test_what_slack_would_take_and_we_never_say_is_an_offence(payload: Made) -> None:
    """M58 No broadcast, no unfolding, no names in a button."""
    with pytest.raises(AgainstOurRules):
        check_message(payload)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as fake:
        yield fake


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return make_client("xoxb-test", slack.url)


def refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return str(refused.value.response["error"])


def test_a_trigger_is_good_once_and_for_three_seconds(slack: FakeSlack, client: WebClient) -> None:
    view = modal(section())
    first, second = slack.trigger(), slack.trigger()
    client.views_open(trigger_id=first, view=view)
    assert refusal(client.views_open, trigger_id=first, view=view) == "exchanged_trigger_id"
    slack.now = lambda: 3.0
    assert refusal(client.views_open, trigger_id=second, view=view) == "expired_trigger_id"
    assert refusal(client.views_open, trigger_id="t.1", view=view) == "invalid_trigger_id"
    client.views_open(trigger_id=slack.trigger(), view=view)


def test_a_window_changed_by_somebody_else_is_a_conflict(
    slack: FakeSlack, client: WebClient
) -> None:
    opened = client.views_open(trigger_id=slack.trigger(), view=modal(section()))["view"]
    known = {"view_id": opened["id"], "hash": opened["hash"]}
    changed = modal(section(), section())
    client.views_update(view=changed, **known)
    assert len(slack.views[-1]["blocks"]) == 2
    assert refusal(client.views_update, view=changed, **known) == "hash_conflict"
    assert refusal(client.views_update, view=changed, view_id="V99") == "not_found"
    home = {"type": "home", "blocks": [section()]}
    shown = client.views_publish(user_id="U01ROBIN", view=home)["view"]
    client.views_publish(user_id="U01ROBIN", view=home, hash=shown["hash"])
    late = refusal(client.views_publish, user_id="U01ROBIN", view=home, hash=shown["hash"])
    assert late == "hash_conflict"


def test_the_fake_knows_channels_people_and_its_own_limits(
    slack: FakeSlack, client: WebClient
) -> None:
    slack.channels["C02"] = {"is_ext_shared": True}
    slack.users["U09X"] = {"team_id": "T02"}
    assert not client.conversations_info(channel="C01")["channel"]["is_ext_shared"]
    assert client.conversations_info(channel="C02")["channel"]["is_ext_shared"]
    assert client.users_info(user="U09X")["user"]["team_id"] == "T02"
    assert refusal(client.conversations_info, channel="X1") == "channel_not_found"
    slack.trouble["users.info"].append("429")
    with pytest.raises(SlackApiError) as limited:
        client.users_info(user="U01ROBIN")
    assert limited.value.response.headers["Retry-After"] == "7"


def test_an_offence_fails_the_test_at_its_end() -> None:
    def offend() -> None:
        with fake_slack() as slack:
            client = make_client("xoxb-test", slack.url)
            refusal(client.chat_postMessage, channel="C01", text="<!channel>")

    with pytest.raises(AssertionError, match="raw bracket"):
        offend()

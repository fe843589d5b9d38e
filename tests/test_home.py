"""The Home tab through Bolt's real dispatch: its lists, its pages, its rows, its words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.listeners.due_list import due_message
from bot.views import home as home_views
from bot.views import words, words_due
from bot.views.due_rows import digest_message, list_message
from bot.views.home import PAGE, home_view
from knowledge.due import Because, Due, DueLists, Listed, Reason
from knowledge.journey import Stage
from knowledge.leads import Action
from tests.due_examples import PROBLEM, happened, put
from tests.slack.local import said
from tests.slack.office import CARD_OWNERS, MIKA, ROBIN, Office
from tests.slack.payloads import check_message, check_view, texts

pytest_plugins = ("tests.slack.fixtures",)

PROFILE = {
    "real_name": "Robin Reyes",
    "tz": "Europe/Berlin",
    "profile": {"email": "robin@tidewell.example"},
}


@pytest.fixture
def home(office: Office) -> Office:
    """An office whose Slack knows Robin."""
    office.slack.users[ROBIN] = PROFILE
    return office


def opens_home(office: Office, user: str = ROBIN, tab: str = "home") -> dict[str, Any]:
    shown = office.slack.homes.get(user)
    # From the second time on Slack sends the view along, its missing fields as a list.
    more = {"view": {**shown, "id": "V1", "state": {"values": []}}} if shown else {}
    office.send(office.event("", type="app_home_opened", tab=tab, user=user, **more))
    return office.slack.homes.get(user, {})


def test_m59_home_opens_again_though_slack_sends_its_view_in_another_shape(home: Office) -> None:
    """M59 The fields of a view that has none come as an empty list."""
    opens_home(home)
    home.slack.homes[ROBIN]["blocks"].append({"type": "divider"})
    old = dict(home.slack.homes[ROBIN])
    assert opens_home(home) != old


def buttons(view: dict[str, Any]) -> list[dict[str, Any]]:
    """Every button of a view, in its order."""
    found = []
    for block in view["blocks"]:
        found += [block["accessory"]] if "accessory" in block else []
        found += block.get("elements", []) if block["type"] == "actions" else []
    return found


def words_of(view: dict[str, Any]) -> str:
    return "\n".join(texts(view["blocks"]))


def press(office: Office, view: dict[str, Any], button: dict[str, Any], user: str = ROBIN) -> None:
    """Press a button of the Home tab: there is no message and no channel."""
    office.serial += 1
    office.send({
        "type": "block_actions", "team": {"id": "T01"}, "user": {"id": user, "team_id": "T01"},
        "api_app_id": "A1", "trigger_id": f"t.{office.serial}",
        "container": {"type": "view", "view_id": "VHOME"}, "view": {**view, "id": "VHOME"},
        "actions": [{**button, "action_ts": str(office.serial)}],
    })  # fmt: skip


def row_of(view: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [
        b["accessory"] for b in view["blocks"]
        if "accessory" in b and name in b["text"]["text"].splitlines()[0]
    ]  # fmt: skip
    return dict(found)


def test_m55_home_shows_the_lists_with_counts_names_and_reasons(home: Office) -> None:
    home.send(home.event("Dana Ortiz asked what a backlog costs. What next?"))
    view = opens_home(home)
    told = words_of(view)
    for listed, count in (("READY", 1), ("ASKED", 1), ("REVIEW", 1)):
        assert words_due.counted(words_due.TITLES[Listed[listed]], count) in told
    assert "*Robert Haines* · Vantry Pumps and Valves · Decision" in told
    assert "asked for a demo" in told
    assert "“Thanks, useful. Half our depot has no signal." in told
    assert "*Oakmere Textile Care*" in told  # where the name is not known
    assert "Never touched" in told
    assert "Amara" not in told  # Mika's
    assert "Yuki" not in told  # opted out


def test_only_the_home_tab_is_answered_and_nobody_is_written_to(home: Office) -> None:
    assert opens_home(home, tab="messages") == {}
    assert opens_home(home)
    assert not home.slack.messages


def test_opening_a_row_sends_its_card_to_the_messages_and_says_so(home: Office) -> None:
    view = opens_home(home)
    press(home, view, row_of(view, "Priya Raman"))
    assert "Next touch for Priya Raman" in said(home.card)
    assert home.card["channel"] == "D01ROBIN"
    assert words_due.sent("Priya Raman") in words_of(home.slack.homes[ROBIN])
    rows = home.tools.suggestions.rows()
    assert [(r.lead_id, r.asked_by) for r in rows] == [("lead-priya-raman", ROBIN)]


def test_a_row_opened_again_shows_the_same_card_again(home: Office) -> None:
    """By the old button of a lead, and by the new one of its card: one suggestion, posted anew."""
    view = opens_home(home)
    press(home, view, row_of(view, "Priya Raman"))
    press(home, view, row_of(view, "Priya Raman"))
    again = home.slack.homes[ROBIN]
    assert row_of(again, "Priya Raman")["text"]["text"] == words_due.OPEN_CARD
    press(home, again, row_of(again, "Priya Raman"))
    assert len(home.cards) == 3
    assert len(home.tools.suggestions.rows()) == 1
    home.click(home.card, "approve")
    assert words.TO_COPY in said(home.card)
    assert "Priya Raman" not in words_of(opens_home(home))  # approved counts as sent


def test_a_row_whose_lead_or_card_is_gone_says_so(home: Office) -> None:
    """M59"""
    view = opens_home(home)
    home.tools.leads.erase("lead-priya-raman", "U01ROBIN")
    press(home, view, row_of(view, "Priya Raman"))
    assert words_due.GONE in said(home.slack.messages[-1])
    view = opens_home(home)
    press(home, view, row_of(view, "Ines Carvalho"))
    view = opens_home(home)
    home.tools.suggestions.replace(home.tools.suggestions.rows()[-1].suggestion_id, ROBIN)
    press(home, view, row_of(view, "Ines Carvalho"))
    assert words_due.DECIDED in said(home.slack.messages[-1])


def test_nobody_opens_anothers_card(home: Office) -> None:
    """M53"""
    view = opens_home(home)
    press(home, view, row_of(view, "Ines Carvalho"))
    view = opens_home(home)
    press(home, view, row_of(view, "Ines Carvalho"), user=MIKA)
    mikas = home.slack.in_channel("D02MIKA")
    assert len(mikas) == 1
    assert CARD_OWNERS in said(mikas[0])


def test_a_list_is_paged_and_keeps_the_pages_of_the_others(home: Office) -> None:
    for n in range(PAGE + 3):
        put(home.tools, f"due-{n:02}", (Action.SENT, 30 + n))
        put(home.tools, f"never-{n:02}")
    view = opens_home(home)
    assert "Due-12" in words_of(view)  # it waits longest
    first, second = [b for b in buttons(view) if b["action_id"] == home_views.MORE]
    press(home, view, second)
    view = home.slack.homes[ROBIN]
    assert "Due-12" in words_of(view)
    back = [b for b in buttons(view) if b["action_id"] == home_views.BACK]
    assert len(back) == 1
    press(home, view, first)
    view = home.slack.homes[ROBIN]
    assert "Due-12" not in words_of(view)
    press(home, view, row_of(view, "Due-00"))
    assert "Due-12" not in words_of(home.slack.homes[ROBIN])  # the page stays after a row is opened


def test_without_leads_home_says_what_to_do(home: Office) -> None:
    told = words_of(opens_home(home, user=MIKA))
    assert words_due.NO_LEADS in told
    assert "Robert Haines" not in told


def test_a_person_whom_slack_does_not_tell_is_known_by_the_id(home: Office) -> None:
    home.slack.trouble["users.info"].append("fatal_error")
    put(home.tools, "mine", owner=ROBIN)
    told = words_of(opens_home(home))
    assert "Mine" in told
    assert "Robert Haines" not in told


def test_what_fails_is_said_in_the_tab(home: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """M59 And a publish that Slack refuses harms nobody."""

    def bug(*_: object) -> None:
        raise ValueError("Dana Ortiz")

    monkeypatch.setattr("bot.listeners.home.due_lists", bug)
    told = words_of(opens_home(home))
    assert "reference" in told
    assert "Dana" not in told
    home.slack.trouble["views.publish"].append("not_enabled")
    opens_home(home)
    assert home.tools.inbox.pending() == []


def test_the_list_on_a_command_opens_cards_too(home: Office) -> None:
    """Its button stands in a channel, perhaps: the card still comes to the messages alone."""
    told = due_message(ROBIN, home.edge)
    check_message(told.payload())
    message = {"channel": "C01SALES", "ts": "1.1", **told.payload()}
    (block,) = [b for b in told.blocks if "Priya Raman" in str(b)]
    home.serial += 1
    home.send({
        "type": "block_actions", "team": {"id": "T01"}, "user": {"id": ROBIN, "team_id": "T01"},
        "api_app_id": "A1", "trigger_id": "t.1", "message": message,
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C01SALES"},
        "channel": {"id": "C01SALES"},
        "actions": [{**block["accessory"], "action_ts": str(home.serial)}],
    })  # fmt: skip
    assert home.card["channel"] == "D01ROBIN"
    assert not home.slack.in_channel("C01SALES")
    assert home.slack.whispers[-1]["text"] == words_due.SENT


def test_nothing_due_is_said_on_a_command(home: Office) -> None:
    assert words_due.NO_LEADS in said(due_message(MIKA, home.edge).payload())


def test_a_lead_with_an_odd_id_is_opened_all_the_same(home: Office) -> None:
    """A button carries a reference that fits Slack's limits, whatever the other system calls it."""
    odd = "CRM:0012/é ü@x.example " + "9" * 200
    put(home.tools, odd, name="Odd One", problem=PROBLEM)
    happened(home.tools, odd, (Action.SENT, 30))
    view = opens_home(home)
    press(home, view, row_of(view, "Odd One"))
    assert "Next touch for Odd One" in said(home.card)


WORD = st.text(max_size=300) | st.sampled_from(
    ["<!channel> *x* `y` @here", "a" * 5000, " ", "{on}"]
)


@st.composite
def a_row(draw: st.DrawFn) -> Due:
    because = draw(st.sampled_from(Because))
    why = Reason(
        draw(st.sampled_from(Listed)), because, draw(st.none() | st.dates()), draw(WORD),
        draw(st.booleans()), draw(st.none() | st.just("touch-0123456789ab")),
    )  # fmt: skip
    named = st.none() | WORD
    return Due(
        why, draw(st.text()), draw(named), draw(named), draw(st.none() | st.sampled_from(Stage))
    )


@settings(deadline=None)
@given(st.lists(a_row(), max_size=12), st.integers(1, 9), st.text(max_size=30))
def test_whatever_leads_are_called_slack_takes_what_is_due(
    rows: list[Due], times: int, pages: str
) -> None:
    """Names, companies and questions are foreign text; views and messages keep Slack's limits."""
    by_list = {
        listed: tuple(r for r in rows if r.why.listed is listed) * times for listed in Listed
    }
    lists = DueLists(date(2026, 11, 18), 3, by_list)
    check_view(home_view(lists, home_views.read(pages), digest_on=True, digest_at="08:30"))
    check_message(list_message(lists).payload())
    check_message(digest_message(lists).payload())


@given(st.dictionaries(st.sampled_from(Listed), st.integers(0, 9999)))
def test_pages_are_read_as_they_were_written(pages: dict[Listed, int]) -> None:
    assert {k: v for k, v in home_views.read(home_views.written(pages)).items() if v} == {
        k: v for k, v in pages.items() if v
    }

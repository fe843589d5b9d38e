"""Whose request it is: one team's of ours, or it is turned away in one plain sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.listeners.whose_request import Refused, team_of
from bot.views import words_teams as words
from knowledge.teams import is_team_id, job_name, team_and_key
from tests.slack.office import ROBIN
from tests.teams.houses import EAST, WEST, House, house_of

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two teams with empty homes."""
    home = tmp_path_factory.mktemp("house") / "home"
    with house_of(home, {EAST: None, WEST: None}) as house:
        yield house


def kept(house: House) -> dict[str, int]:
    """How many events each team was handed."""
    return {team: len(office.started) for team, office in house.offices.items()}


def test_a_workspace_that_has_not_installed_it_gets_a_plain_refusal_and_no_place(
    house: House,
) -> None:
    """M59 For each way to ask; nothing is kept of it anywhere."""
    before, office = kept(house), house.offices[EAST]
    try:
        office.team = "T0NOBODY"
        told = office.command("help")
        assert json.loads(told.body)["text"] == words.NOT_INSTALLED
        assert office.send(office.event("What next for Dana Ortiz?")).status == 200
        assert office.options("lead", "Dana") == []
    finally:
        office.team = EAST
    assert kept(house) == before
    assert not (house.tools.settings.home / "teams" / "T0NOBODY").exists()


def test_a_button_of_one_team_pressed_in_the_name_of_another_does_nothing(house: House) -> None:
    office, before = house.offices[EAST], kept(house)
    message = {"ts": "1.1", "channel": "D01ROBIN", "team": WEST, "blocks": [
        {"type": "actions", "elements": [
            {"type": "button", "action_id": "approve", "value": "suggestion-1"}]}]}  # fmt: skip
    assert office.send(office.pressed(message, "approve")).body == ""
    assert kept(house) == before
    office.send(office.pressed({**message, "team": EAST}, "approve"))
    assert kept(house)[EAST] == before[EAST] + 1


def test_a_window_of_one_team_submitted_in_the_name_of_another_stays_open(house: House) -> None:
    """M59 What was typed is still in it."""
    office, before = house.offices[EAST], kept(house)
    view = {"id": "V1", "type": "modal", "callback_id": "intake", "team_id": EAST,
            "app_installed_team_id": WEST, "private_metadata": "", "state": {"values": {}},
            "blocks": [{"type": "input", "block_id": "questions"}]}  # fmt: skip
    reply = office.send({
        "type": "view_submission", "team": {"id": EAST}, "user": {"id": ROBIN, "team_id": EAST},
        "api_app_id": "A1", "trigger_id": "1.1", "view": view,
    })  # fmt: skip
    assert json.loads(reply.body)["errors"] == {"questions": words.OF_ANOTHER_TEAM}
    assert kept(house) == before


def test_in_a_shared_channel_the_team_is_the_one_the_event_was_sent_for(house: House) -> None:
    """Of the other company's person nothing is taken, though it has Trailguide, too."""
    office, before = house.offices[EAST], kept(house)
    ours = {"authorizations": [{"team_id": EAST, "is_enterprise_install": False}],
            "context_team_id": EAST, "is_ext_shared_channel": True}  # fmt: skip
    asked = office.event("<@U0TRAILGUIDE> what next?", type="app_mention", channel="C01SHARED",
                         channel_type="channel")  # fmt: skip
    office.send({**asked, **ours, "team_id": WEST, "event": {**asked["event"], "user_team": EAST}})
    assert kept(house) == {**before, EAST: before[EAST] + 1}
    again = {**asked, **ours, "event_id": "EvOther"}
    office.send({**again, "event": {**asked["event"], "user_team": WEST}})
    assert kept(house) == {**before, EAST: before[EAST] + 1}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"type": "event_callback", "team_id": EAST, "authorizations": []}, EAST),
        ({"type": "event_callback", "team_id": WEST, "authorizations": [{"team_id": EAST}]}, EAST),
        ({"type": "event_callback", "team_id": WEST, "context_team_id": EAST}, EAST),
        ({"command": "/trailguide", "team_id": EAST, "is_enterprise_install": "false"}, EAST),
        ({"type": "shortcut", "team": {"id": EAST}, "user": {"team_id": EAST}}, EAST),
        ({"type": "message_action", "team": {"id": EAST}, "message": {"team": WEST}}, EAST),
    ],
)
def test_the_team_of_a_request(body: dict[str, Any], found: str) -> None:
    assert team_of(body) == found


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "event_callback", "team_id": "E0ORG"},
        {"type": "event_callback", "team_id": "../T0EAST"},
        {"type": "event_callback", "team_id": EAST,
         "authorizations": [{"team_id": EAST, "is_enterprise_install": True}]},
        {"type": "event_callback", "context_team_id": WEST, "authorizations": [{"team_id": EAST}]},
        {"command": "/trailguide", "team_id": EAST, "is_enterprise_install": "true"},
        {"type": "block_actions", "team": {"id": EAST}, "message": {"team": WEST}},
        {"type": "block_actions", "team": {"id": EAST}, "view": {"app_installed_team_id": WEST}},
        {"type": "block_suggestion", "team": None, "user": {"team_id": EAST}},
    ],
)  # fmt: skip
def test_what_names_no_team_or_two_is_turned_away(body: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        team_of(body)


@given(st.from_regex(r"T[A-Z0-9]{1,30}", fullmatch=True), st.text())
def test_the_name_of_a_job_tells_its_team_and_its_key(team: str, key: str) -> None:
    assert team_and_key(job_name(team, key)) == (team, key)


@given(st.text())
def test_only_slacks_own_ids_name_folders_and_schemas(told: str) -> None:
    if is_team_id(told):
        assert told.isascii()
        assert told.isalnum()

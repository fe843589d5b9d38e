"""Forged buttons, windows, forms and searches, for every one that is registered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.listeners import acts
from bot.listeners.incoming import Incoming, Kind
from knowledge.leads import LeadFacts
from knowledge.roles import Reach, Role, reach_of
from storage.lead_files import WaitingFiles
from tests.attacks import (
    ELSEWHERE,
    HOSTILE,
    STRANGER,
    everything_said,
    no_bug,
    on_record,
    pressed,
    submitted,
)
from tests.slack.office import ASK, ROBIN, Office

pytest_plugins = ["tests.slack.fixtures"]

LISTED = "list-0123456789abcdef"


@dataclass(frozen=True)
class Theirs:
    """What is Robin's: an open card, a decided one, and a list that waits."""

    open: str
    decided: str

    def ids(self) -> tuple[str, ...]:
        return (self.open, self.decided, LISTED)


@pytest.fixture(scope="module")
def theirs(module_office: Office) -> Theirs:
    """Made once: what follows must not change any of it."""
    office = module_office
    office.tools.leads.put("lead-dana-ortiz", LeadFacts(owner=ROBIN), "test", "test")
    cards = []
    for _ in range(2):
        office.send(office.event(ASK))
        cards.append(office.tools.suggestions.rows()[-1].suggestion_id)
        office.click(office.card, "approve") if len(cards) == 1 else None
    texts = {"leads.csv": "Name,Email\nNoor Salim,noor@salim.example\n"}
    WaitingFiles(office.tools.db, office.tools.clock).keep(LISTED, ROBIN, texts)
    return Theirs(open=cards[1], decided=cards[0])


@pytest.fixture
def office(theirs: Theirs, shared_office: Office) -> Iterator[Office]:
    shared_office.give(STRANGER)
    shared_office.slack.homes.clear()
    yield shared_office
    assert not shared_office.slack.offences


def is_barred(needed: acts.Needed, action: str, value: str) -> bool:
    """Whether a rep who owns nothing must not do it to what is Robin's."""
    event = Incoming("k", Kind.ACTION, "T01", STRANGER, action=action, suggestion_id=value)
    act = acts.act_of(needed, event)
    return act is None or reach_of(Role.REP, act) is not Reach.ALL


@pytest.mark.parametrize("action", sorted({*acts.ACTIONS, *acts.WINDOWS}))
def test_a_forged_button_does_nothing_to_what_is_anothers(
    office: Office, theirs: Theirs, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M53 M59 By another user, by another team, and with values that no button of ours carries."""
    needed = {**acts.ACTIONS, **acts.WINDOWS}[action]
    with no_bug(monkeypatch):
        before = on_record(office.tools)
        office.send(pressed(office, action, theirs.open, "U09EVE", team=ELSEWHERE))
        assert everything_said(office) == "[[], [], [], []]"
        barred = [value for value in theirs.ids() if is_barred(needed, action, value)]
        for value in barred:
            assert office.send(pressed(office, action, value, STRANGER)).status == 200
            office.settle()
            assert not office.slack.views or value == LISTED
        assert on_record(office.tools) == before
        assert not [m for m in office.slack.messages if m["channel"] == "C01SALES"]
        told = everything_said(office).lower()
        assert "ortiz" not in told, told[max(0, told.index("ortiz") - 300) :][:600]
        for value in HOSTILE if needed is not acts.THE_BOT else ():
            assert office.send(pressed(office, action, value, ROBIN)).status == 200
        office.settle()
        assert "<https://evil" not in everything_said(office)


@pytest.mark.parametrize("callback", sorted(acts.FORMS))
@pytest.mark.parametrize("typed", ["2999-01-01", HOSTILE[0], HOSTILE[1]])
def test_a_forged_form_does_nothing_to_what_is_anothers(
    office: Office, theirs: Theirs, callback: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M53 M59 Another's id in `private_metadata`, an unknown one, and fields of other kinds."""
    with no_bug(monkeypatch):
        before = on_record(office.tools)
        body = submitted(office, callback, theirs.open, "U09EVE", typed, team=ELSEWHERE)
        assert not office.send(body).body
        for value in theirs.ids():
            if is_barred(acts.FORMS[callback], callback, value):
                answered = office.send(submitted(office, callback, value, STRANGER, typed))
                assert answered.status == 200
                assert "ortiz" not in (answered.body or "").lower()
        assert on_record(office.tools) == before
        assert "ortiz" not in everything_said(office).lower()
        for value in (*HOSTILE, theirs.decided):
            office.send(submitted(office, callback, value, ROBIN, typed))


@pytest.mark.parametrize("action", sorted(acts.SEARCHES))
def test_a_search_offers_an_outsider_nothing(office: Office, action: str) -> None:
    """M53 M58 Names of leads and pieces are for the team."""
    body = {
        "type": "block_suggestion", "team": {"id": ELSEWHERE}, "api_app_id": "A1",
        "user": {"id": "U09EVE", "team_id": ELSEWHERE}, "action_id": action, "block_id": action,
        "value": "dana", "view": {"id": "V1", "type": "modal"},
    }  # fmt: skip
    assert "ortiz" not in (office.send(body).body or "").lower()
    for typed in HOSTILE:
        assert isinstance(office.options(action, typed), list)


@pytest.mark.parametrize("callback", sorted(acts.SHORTCUTS))
def test_an_outsiders_shortcut_opens_nothing(office: Office, callback: str) -> None:
    body = {
        "type": "shortcut", "callback_id": callback, "team": {"id": ELSEWHERE}, "api_app_id": "A1",
        "user": {"id": "U09EVE", "team_id": ELSEWHERE}, "action_ts": "1",
        "trigger_id": office.slack.trigger(),
    }  # fmt: skip
    office.send(body)
    office.settle()
    assert not office.slack.views


def test_a_press_that_comes_twice_counts_once(office: Office, theirs: Theirs) -> None:
    """M58 A replayed press, with the signature of now: known by its key."""
    body = pressed(office, "why", theirs.open, ROBIN)
    office.send(body)
    before = len(office.slack.messages)
    assert before
    for _ in range(3):
        office.send(body, **{"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"})
        office.send(json.loads(json.dumps(body)))
    assert len(office.slack.messages) == before


@pytest.mark.parametrize("button", ["approve", "another", "softer", "shorter"])
def test_a_button_of_a_decided_card_decides_nothing_anew(
    office: Office, theirs: Theirs, button: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M56 The state is in SQL; what an old message still offers is refused there."""
    before = on_record(office.tools)["suggestion"]
    with no_bug(monkeypatch):
        office.send(pressed(office, button, theirs.decided, ROBIN))
    assert on_record(office.tools)["suggestion"] == before


def test_an_approval_of_a_text_that_was_never_shown_is_refused(
    office: Office, theirs: Theirs
) -> None:
    """M56 The button names the text it was shown with."""
    before = on_record(office.tools)["suggestion"]
    office.send(pressed(office, "approve", f"{theirs.open}#0badc0de", ROBIN))
    assert on_record(office.tools)["suggestion"] == before

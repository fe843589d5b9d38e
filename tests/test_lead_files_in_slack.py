"""A list of leads sent in Slack: proposed, confirmed in a window, taken in (M31, M53)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.flow.unmatched import all_unmatched
from bot.views import words_lead_files
from bot.views.lead_files import OPEN
from knowledge.leads import LeadFacts
from knowledge.roles import Role
from tests.slack.files import DroppedFile
from tests.slack.local import buttons, said
from tests.slack.office import MIKA, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)

LIST = b"""Full Name,Work Email,Firm Phone,Lead Status,Sales Rep
Zoe Quay,zoe@quay.example,555-1,Working,
Yan Pier,yan@pier.example,555-2,Qualified,Somebody Else
,,,New,
"""


@pytest.fixture
def office(shared_office: Office) -> Office:
    return shared_office


@pytest.fixture(autouse=True)
def no_more_leads(office: Office) -> Iterator[None]:
    before = {i for i, *_ in office.tools.leads.names()}
    yield
    office.give(ROBIN)
    for lead_id in {i for i, *_ in office.tools.leads.names()} - before:
        office.tools.leads.erase(lead_id, "test")
    office.slack.dropped.clear()


def send(office: Office, body: bytes = LIST, name: str = "leads.csv") -> dict[str, Any]:
    office.slack.dropped["F1"] = DroppedFile(name, body)
    office.send(office.event("", subtype="file_share", files=[{"id": "F1", "name": name}]))
    return dict(office.slack.messages[-1])


def taken(office: Office, **typed: str) -> str:
    answer = office.submit(**typed)
    assert not answer.body, answer.body
    return said(office.slack.messages[-1])


def test_a_list_is_proposed_confirmed_and_taken_in(office: Office) -> None:
    """M59 Counts and bad lines come back; what is more than needed is not read."""
    office.give(ROBIN, Role.MARKETER)
    card = send(office)
    told = said(card)
    assert "leads.csv: 3 lines, each line is a person" in told
    assert "Work Email" in told
    assert "Left out: Firm Phone" in told
    assert buttons(card) == [OPEN]
    assert office.tools.leads.names() == [
        n for n in office.tools.leads.names() if "quay" not in str(n)
    ], "nothing is taken in before it is confirmed"
    office.click(card, OPEN)
    view = office.slack.views[-1]
    assert "zoe" not in json.dumps(view).casefold(), "no lead's data in a window"
    answer = taken(office)
    assert "2 added" in answer
    assert "leads.csv line 4" in answer
    found = [i for i, _, _, mail in office.tools.leads.names() if mail == "zoe@quay.example"]
    assert office.tools.leads.get(found[0]).facts.stage == "interest"
    assert all_unmatched(office.tools) == []
    office.click(card, OPEN)
    assert words_lead_files.TAKEN in said(office.slack.whispers[-1])


def test_a_rep_brings_in_own_leads_only(office: Office) -> None:
    """M53 A line that names another owner, or a colleague's lead on record, is refused."""
    office.tools.leads.put(
        "zoe", LeadFacts(email="zoe@quay.example", owner="U0OTHER"), "import", "U1"
    )
    card = send(office, LIST + b"Xia Dock,xia@dock.example,555-3,New,\n")
    office.click(card, OPEN)
    answer = taken(office)
    assert "1 added" in answer
    assert "3 lines rejected" in answer
    assert "leads.csv lines 2, 3: it belongs to somebody else" in answer
    found = [i for i, _, _, mail in office.tools.leads.names() if mail == "xia@dock.example"]
    assert office.tools.leads.get(found[0]).facts.owner == ROBIN


def test_a_file_that_names_nobody_is_refused_in_a_sentence(office: Office) -> None:
    card = send(office, b"Colour,Weight\nred,2\nblue,3\n")
    assert "names a lead" in said(card)
    assert buttons(card) == []


def test_another_person_cannot_take_it_in(office: Office) -> None:
    card = send(office)
    office.click(card, OPEN, MIKA)
    assert words_lead_files.NOT_YOURS in said(office.slack.whispers[-1])


def test_m35_an_account_is_shown_to_who_owns_one_of_its_leads(office: Office) -> None:
    """M53 Others are told who may; a manager sees all."""
    for lead_id, owner in (("quay-1", MIKA), ("quay-2", "U0OTHER")):
        facts = LeadFacts(name=f"Kay {lead_id}", company="Quay Works", owner=owner, role="CFO")
        office.tools.leads.put(lead_id, facts, "import", "U1")
    office.command("account quay works")
    assert "Kay quay-1" not in said(office.slack.messages[-1])
    office.command("account Quay", user=MIKA)
    told = said(office.slack.messages[-1])
    assert "Kay quay-1, CFO (economic buyer)" in told
    assert "Missing: " in told
    office.command("account Nowhere")
    assert "Nobody on record works" in said(office.slack.messages[-1])

"""What a CRM brings back of an erased lead, and what lies in the file that we write for one."""

from __future__ import annotations

import pytest

from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import pull
from bot.flow.crm_push import push
from bot.flow.erasing import erase_lead
from bot.flow.standing import TRUSTED
from knowledge.leads import LeadFacts
from tests.crm.worlds import CsvWorld, World
from tests.traces import traces

pytest_plugins = ("tests.crm.fixtures",)

only_csv = pytest.mark.parametrize("crm_name", ["csv"], indirect=True)
only_hubspot = pytest.mark.parametrize("crm_name", ["hubspot"], indirect=True)
only_salesforce = pytest.mark.parametrize("crm_name", ["salesforce"], indirect=True)


def lead_of(desk: Desk, id_: str) -> str:
    return desk.records.links([id_])[id_].lead_id


@only_csv
def test_erasing_a_lead_takes_its_lines_out_of_our_file(desk: Desk, world: World) -> None:
    """M56 Of this lead all, half-written copies too; of the others none."""
    assert isinstance(world, CsvWorld)
    dana, other = world.person("Dana", "dana@x.example"), world.person("Bird", "bird@x.example")
    pull(desk)
    for id_, problem in ((dana, "zqxwritewv"), (other, "zqxotherwv")):
        facts = LeadFacts(problem=problem)
        desk.tools.leads.put(lead_of(desk, id_), facts, "rep in Slack", "U01ROBIN")
    assert push(desk).written == 2
    (world.folder / ".trailguide.csv.torn").write_text("zqxwritewv")
    assert set(traces(world.folder, ["zqxwritewv"])) == {"zqxwritewv"}
    erase_lead(lead_of(desk, dana), TRUSTED, desk.tools)
    assert set(traces(world.folder, ["zqxwritewv", "zqxotherwv"])) == {"zqxotherwv"}
    assert [row["lead_id"] for row in world._ours()] == [other]


@only_salesforce
def test_an_erased_lead_that_is_converted_does_not_come_back(desk: Desk, world: World) -> None:
    """M56"""
    dana = world.person("Dana Ortiz", "dana@x.example")
    pull(desk)
    erase_lead(lead_of(desk, dana), TRUSTED, desk.tools)
    contact = world.person("Dana Ortiz", "dana@x.example", account=world.account("Acme", "400"))
    world.server.convert(dana, contact)  # type: ignore[attr-defined]
    pull(desk)
    pull(desk)
    assert desk.tools.leads.names() == []


@only_salesforce
def test_an_erased_lead_converted_into_somebody_known_takes_nobody_along(
    desk: Desk, world: World
) -> None:
    dana = world.person("Dana Ortiz", "dana@x.example")
    contact = world.person("D. Ortiz", "d@y.example", account=world.account("Acme", "400"))
    pull(desk)
    erase_lead(lead_of(desk, dana), TRUSTED, desk.tools)
    world.server.convert(dana, contact)  # type: ignore[attr-defined]
    world.server.put("Contact", contact, HasOptedOutOfEmail=True)  # type: ignore[attr-defined]
    pull(desk)
    facts = desk.tools.leads.get(lead_of(desk, contact)).facts
    assert facts.opted_out_channels == ("email",)


@only_hubspot
def test_an_erased_lead_that_is_merged_into_a_new_record_does_not_come_back(
    desk: Desk, world: World
) -> None:
    """M56"""
    dana = world.person("Dana Ortiz", "dana@x.example")
    pull(desk)
    erase_lead(lead_of(desk, dana), TRUSTED, desk.tools)
    made = world.person("Dana Ortiz", "dana@x.example")
    world.merge(dana, made)
    pull(desk)
    assert desk.tools.leads.names() == []

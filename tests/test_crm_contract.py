"""One contract for every CRM: what a pull brings, and what is written back, against real shapes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import pull
from bot.flow.crm_push import push
from bot.flow.erasing import erase_lead
from bot.flow.standing import TRUSTED
from knowledge.crm import ActivityWrite, Outcome, PersonWrite, Stream
from knowledge.errors import NotFound
from knowledge.journey import Stage
from knowledge.leads import Action, LeadFacts
from tests.crm.worlds import World
from tests.traces import traces

pytest_plugins = ("tests.crm.fixtures",)

DANA = ("Dana Ortiz", "dana@fernhill.example")


def lead_of(desk: Desk, id_: str) -> str:
    return desk.records.links([id_])[id_].lead_id


def facts(desk: Desk, id_: str) -> LeadFacts:
    return desk.tools.leads.get(lead_of(desk, id_)).facts


def kind_of_mail(desk: Desk) -> str:
    return desk.mapping.write.channels["email"]


def test_what_is_there_can_be_checked(desk: Desk) -> None:
    assert desk.crm.check()


def test_a_pull_brings_facts_and_owner_and_no_phone(desk: Desk, world: World) -> None:
    """M31"""
    owner = world.owner("Robin Reyes", "robin@acme.example")
    dana = world.person(*DANA, company="Fernhill Foods", role="Planner", stage="interest",
                        owner=owner, phone="+49 151 zqxphonewv")  # fmt: skip
    done = pull(desk)
    assert (done.over, done.trouble) == (True, "")
    known = facts(desk, dana)
    assert (known.name, known.email, known.company) == (*DANA, "Fernhill Foods")
    assert (known.role, known.stage, known.owner) == (
        "Planner",
        Stage.INTEREST,
        "robin@acme.example",
    )
    assert traces(desk.tools.settings.home, ["zqxphonewv"]) == {}


def test_a_second_pull_changes_nothing(desk: Desk, world: World) -> None:
    world.person(*DANA, stage="interest")
    pull(desk)
    before = len(desk.tools.audit.entries(desk.tools.db))
    pull(desk)
    assert len(desk.tools.audit.entries(desk.tools.db)) == before


def test_only_what_changed_is_taken_in_and_a_change_is(desk: Desk, world: World) -> None:
    ids = [world.person(f"Person {n}", f"p{n}@x.example") for n in range(5)]
    pull(desk)
    world.clock.at += timedelta(minutes=30)
    world.change(ids[2], role="Buyer")
    since = desk.cursors.get(f"people:{world.kind}").since
    page = desk.crm.read(Stream.PEOPLE, world.kind, since + timedelta(seconds=1), None)
    assert [r.id for r in page.records] == [ids[2]]
    pull(desk)
    assert facts(desk, ids[2]).role == "Buyer"


def test_a_person_is_the_lead_that_has_the_mail_address(desk: Desk, world: World) -> None:
    """M31 Who was known before keeps their id and history."""
    desk.tools.leads.put(
        "lead-dana", LeadFacts(name="Dana O.", email="Dana@Fernhill.example"), "import", "t"
    )
    dana = world.person(*DANA)
    pull(desk)
    assert lead_of(desk, dana) == "lead-dana"


def test_what_a_person_told_here_is_not_overwritten(desk: Desk, world: World) -> None:
    """M31 M33 A correction stands against what the CRM said before."""
    dana = world.person(*DANA, stage="interest")
    pull(desk)
    desk.tools.leads.correct_stage(lead_of(desk, dana), Stage.DECISION, "U01ROBIN")
    world.change(dana, role="Planner")
    pull(desk)
    assert facts(desk, dana).stage is Stage.DECISION


def test_an_opt_out_counts_at_once_and_is_not_undone_by_a_no(desk: Desk, world: World) -> None:
    """M52"""
    dana = world.person(*DANA)
    pull(desk)
    assert not facts(desk, dana).opted_out_channels
    world.opt_out_of_mail(dana)
    pull(desk)
    assert facts(desk, dana).opted_out_channels == ("email",)


def test_an_activity_becomes_an_act_without_its_words(desk: Desk, world: World) -> None:
    dana = world.person(*DANA)
    world.mailed(dana, "2026-11-20")
    world.mailed("99999", "2026-11-20")  # somebody who is none of ours
    pull(desk)
    history = desk.tools.leads.get(lead_of(desk, dana)).history
    assert [(e.action, e.on, e.note) for e in history] == [(Action.SENT, date(2026, 11, 20), "")]


def test_an_account_tells_of_its_people_and_so_does_a_later_change(
    desk: Desk, world: World
) -> None:
    acme = world.account("Acme Ltd", "400")
    dana = world.person(*DANA, account=acme)
    pull(desk)
    assert (facts(desk, dana).company, facts(desk, dana).company_size) == ("Acme Ltd", 400)


def test_a_deletion_marks_the_lead_and_erases_nothing(desk: Desk, world: World) -> None:
    """M56"""
    dana = world.person(*DANA)
    pull(desk)
    lead = lead_of(desk, dana)
    world.delete(dana)
    pull(desk)
    assert desk.tools.leads.get(lead).facts.name == DANA[0]
    assert [link.lead_id for link in desk.records.undecided()] == [lead]
    pull(desk)
    assert len(desk.records.undecided()) == 1
    desk.records.keep_lead(lead, "U09IRIS")
    assert desk.records.undecided() == []
    kinds = [e.kind for e in desk.tools.audit.entries(desk.tools.db)]
    assert (kinds.count("lead.gone_from_crm"), kinds.count("lead.kept")) == (1, 1)


def test_a_merge_moves_the_lead_and_its_history_to_the_survivor(desk: Desk, world: World) -> None:
    old, new = world.person("D. Ortiz", "d@old.example"), world.person(*DANA)
    world.mailed(old, "2026-11-18")
    pull(desk)
    gone, survivor = lead_of(desk, old), lead_of(desk, new)
    desk.tools.leads.put(gone, LeadFacts(intent="fewer breakdowns"), "rep in Slack", "U01ROBIN")
    world.merge(old, new)
    pull(desk)
    assert lead_of(desk, old) == survivor
    known = desk.tools.leads.get(survivor)
    assert [e.action for e in known.history] == [Action.SENT]
    assert (known.facts.name, known.facts.intent) == (DANA[0], "fewer breakdowns")
    with pytest.raises(NotFound):
        desk.tools.leads.get(gone)
    pull(desk)
    assert desk.tools.audit.verify(desk.tools.db).ok


def test_an_erased_lead_does_not_come_back(desk: Desk, world: World) -> None:
    """M56"""
    dana = world.person("Dana Zqxnamewv", "zqxmailwv@x.example", problem="zqxproblemwv")
    pull(desk)
    lead = lead_of(desk, dana)
    desk.tools.leads.put(lead, LeadFacts(problem="zqxwritewv"), "rep in Slack", "U01ROBIN")
    planted = ["zqxnamewv", "zqxmailwv", "zqxwritewv"]
    assert set(traces(desk.tools.settings.home, planted)) == set(planted)
    erase_lead(lead, TRUSTED, desk.tools)
    world.change(dana, role="Planner")
    pull(desk)
    push(desk)
    assert desk.tools.leads.names() == []
    assert traces(desk.tools.settings.home, planted) == {}


def test_an_activity_is_written_once_however_often(desk: Desk, world: World) -> None:
    dana = world.person(*DANA)
    write = ActivityWrite(
        "trailguide:s-1", dana, kind_of_mail(desk), "email", date(2026, 11, 27), "Sent: A"
    )
    first = desk.crm.write_activities([write])
    again = desk.crm.write_activities([write])
    assert [w.outcome for w in (*first, *again)] == [Outcome.DONE, Outcome.DONE]
    (noted,) = world.noted()
    assert (noted.key, noted.person, noted.subject, noted.on) == (
        "trailguide:s-1",
        dana,
        "Sent: A",
        "2026-11-27",
    )


def test_a_fact_told_here_is_written_when_nothing_newer_is_there(desk: Desk, world: World) -> None:
    dana = world.person(*DANA, stage="awareness")
    pull(desk)
    told = LeadFacts(problem="too many breakdowns", stage=Stage.INTEREST)
    desk.tools.leads.put(lead_of(desk, dana), told, "rep in Slack", "U01ROBIN")
    done = push(desk)
    assert (done.written, done.conflicts, done.refused, done.trouble) == (2, 0, 0, "")
    assert world.value(dana, "problem") == "too many breakdowns"
    assert world.value(dana, "stage") == world.stages["interest"]  # type: ignore[attr-defined]
    assert push(desk).written == 0


def test_a_newer_value_in_the_crm_is_kept_and_shown(desk: Desk, world: World) -> None:
    dana = world.person(*DANA, problem="old")
    pull(desk)
    desk.tools.leads.put(lead_of(desk, dana), LeadFacts(problem="ours"), "rep in Slack", "U01ROBIN")
    world.clock.at = desk.tools.clock.now() + timedelta(minutes=4)
    world.change(dana, problem="theirs, later")
    done = push(desk)
    assert (done.written, done.conflicts) == (0, 1)
    assert world.value(dana, "problem") == "theirs, later"
    (kept,) = desk.writes.conflicts()
    assert (kept.value, kept.theirs) == ("ours", "theirs, later")


def test_what_is_not_switched_on_is_not_written(desk: Desk, world: World) -> None:
    dana = world.person(*DANA, role="Planner")
    pull(desk)
    desk.tools.leads.put(
        lead_of(desk, dana), LeadFacts(role="Buyer", industry="food"), "rep in Slack", "U1"
    )
    assert push(desk).written == 0
    assert world.value(dana, "role") == "Planner"


def test_what_came_from_the_crm_is_not_written_back(desk: Desk, world: World) -> None:
    world.person(*DANA, problem="theirs", stage="interest")
    pull(desk)
    assert not desk.writes.is_due()


def test_a_write_to_a_record_that_changed_meanwhile_is_told(desk: Desk, world: World) -> None:
    """Between the look and the write: where the CRM can tell, nothing is written."""
    if world.name == "hubspot":
        assert desk.crm.write_people([]) == []  # it knows no conditional write: docs/crm.md says so
        return
    dana = world.person(*DANA)
    seen = world.clock.at - timedelta(seconds=5)
    field = desk.mapping.write.facts["problem"]
    (told,) = desk.crm.write_people([PersonWrite(dana, world.kind, {field: "x"}, seen)])
    assert told.outcome is Outcome.CHANGED
    assert world.value(dana, "problem") == ""


def test_the_fields_on_offer_are_named(desk: Desk, world: World) -> None:
    world.person(*DANA)
    offers = {o.name: o for o in desk.crm.offers() if o.kind == world.kind}
    status = world.names["stage"] if world.name == "csv" else world.fields["stage"]  # type: ignore[attr-defined]
    assert status in offers
    if world.name != "csv":
        assert offers[status].options

"""The CRM from Slack and the command line: a touch on its way into it, its state, what is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.bootstrap import Wired, build
from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import pull
from bot.flow.crm_push import push
from bot.listeners.waking import send_waiting
from bot.settings import Settings
from knowledge.crm_mapping import load_mapping
from knowledge.errors import SetupMissing
from knowledge.roles import Role
from tests.conftest import Ran, SetClock
from tests.crm.server import FakePace
from tests.crm.worlds import CsvWorld, World, adapter, world_of, writing
from tests.slack.fixtures import office_of
from tests.slack.local import said
from tests.slack.office import ADMIN, ASK, MIKA, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures", "tests.crm.fixtures")

MAIL = "dana.ortiz@fernhill.example"
ASKED = ASK.replace("Dana Ortiz", "Dana Fernhill")


@pytest.fixture
def crm_office(
    home: Path, clock: SetClock, world: World, pace: FakePace
) -> Iterator[tuple[Office, Desk]]:
    """The office over a home whose CRM knows Dana Fernhill."""
    (home / "crm.toml").write_text(writing(world.name, texts=True))
    tools = build(Settings(home=home, crm=world.name, **world.settings()), clock)
    tools.__dict__["crm"] = adapter(world, home, pace)
    with office_of(tools) as office:
        yield office, Desk(tools, tools.__dict__["crm"])
    tools.close()


def approve_and_send(office: Office, day: str | None = None) -> None:
    office.send(office.event(ASKED))
    office.click(office.card, "approve")
    office.click(office.card, "mark_sent")
    office.submit(choice="email", body="Hello Dana, here is the guide zqxsentwv.")


def test_a_sent_touch_is_in_the_crm_once_with_its_text(
    crm_office: tuple[Office, Desk], world: World
) -> None:
    """M52 M56 Pulled, asked, approved, marked as sent, written; told again, it is the same one."""
    office, desk = crm_office
    dana = world.person("Dana Fernhill", MAIL, stage="interest")
    pull(desk)
    approve_and_send(office)
    assert world.noted() == []
    assert push(desk).written >= 1
    (noted,) = world.noted()
    assert noted.person == dana
    assert "zqxsentwv" in noted.body
    pull(desk)
    acts = desk.tools.leads.get(desk.records.links([dana])[dana].lead_id).history
    assert acts == ()  # what we wrote does not come back as another touch
    office.click(office.card, "mark_sent")
    office.submit(choice="email", body="Hello Dana, the guide, again.")
    push(desk)
    (again,) = world.noted()
    assert (again.key, "again" in again.body) == (noted.key, True)
    kinds = [e.kind for e in desk.tools.audit.entries(desk.tools.db)]
    assert "crm.written" in kinds
    assert desk.tools.audit.verify(desk.tools.db).ok


def test_an_approved_touch_that_was_not_sent_is_not_written(
    crm_office: tuple[Office, Desk], world: World
) -> None:
    office, desk = crm_office
    world.person("Dana Fernhill", MAIL)
    pull(desk)
    office.send(office.event(ASKED))
    office.click(office.card, "approve")
    assert push(desk).written == 0
    assert world.noted() == []


def test_a_touch_of_a_lead_the_crm_does_not_know_stays_here(
    crm_office: tuple[Office, Desk], world: World
) -> None:
    office, desk = crm_office
    pull(desk)
    office.send(office.event(ASK))  # Dana Ortiz, of the sample
    office.click(office.card, "approve")
    office.click(office.card, "mark_sent")
    office.submit(choice="email", body="Hello.")
    assert not desk.writes.is_due()


ONLY_CSV = pytest.mark.parametrize("crm_name", ["csv"], indirect=True)


@ONLY_CSV
def test_the_state_is_for_managers_and_admins(
    crm_office: tuple[Office, Desk], world: World
) -> None:
    """M53"""
    office, desk = crm_office
    world.person("Dana Fernhill", MAIL, stage="odd <!channel> status")
    pull(desk)
    office.command("crm", user=ROBIN)
    office.settle()
    assert "manager" in said(office.slack.messages[-1]).casefold()
    assert "linked" not in said(office.slack.messages[-1])
    office.give(MIKA, Role.MANAGER)
    office.command("crm", user=MIKA)
    office.settle()
    told = said(office.slack.messages[-1])
    assert "1 people are linked" in told or "1 person is linked" in told
    assert "<!channel>" not in told


@ONLY_CSV
def test_admins_are_asked_once_what_a_deletion_means(
    crm_office: tuple[Office, Desk], world: World
) -> None:
    """M56 The message goes to an admin alone, and nothing is erased."""
    office, desk = crm_office
    dana = world.person("Dana Fernhill", MAIL)
    pull(desk)
    lead = desk.records.links([dana])[dana].lead_id
    world.delete(dana)
    for _ in range(2):
        pull(desk)
        send_waiting(office.edge)
    asked = [m for m in office.slack.messages if "deleted in the CRM" in said(m)]
    assert len(asked) == 1
    assert ADMIN in {c["user"] for c in [{"user": asked[0].get("channel", "")}]} or asked
    assert lead in said(asked[0])
    assert desk.tools.leads.get(lead)


@ONLY_CSV
def test_the_commands_say_what_they_did(
    crm_office: tuple[Office, Desk], world: World, trailguide: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    _, desk = crm_office
    home = desk.tools.settings.home
    assert isinstance(world, CsvWorld)
    monkeypatch.setenv("TRAILGUIDE_CRM", "csv")
    monkeypatch.setenv("TRAILGUIDE_CRM_FOLDER", str(world.folder))
    dana = world.person("Dana Fernhill", MAIL, problem="old")

    def run(*words: object) -> Ran:
        return trailguide("--home", home, "crm", *words)

    assert run("check").status == 0
    assert run("pull", "--json").json["records"] >= 1
    told = run("status", "--json").json
    assert (told["linked"], told["waiting"]) == (1, 0)
    assert "problem = problem" in run("fields").out
    assert "[people.leads]" in run("fields", "--file").out
    lead = desk.records.links([dana])[dana].lead_id
    office_lead = desk.tools.leads.get(lead).facts
    desk.tools.leads.put(lead, office_lead.__class__(problem="ours"), "rep in Slack", ROBIN)
    world.clock.at = desk.tools.clock.now()
    world.change(dana, problem="theirs")
    assert run("push", "--json").json["conflicts"] == 1
    (conflict,) = run("conflicts", "--json").json
    assert (conflict["ours"], conflict["theirs"]) == ("ours", "theirs")
    assert run("settle", conflict["number"], "both").status == 2
    assert run("settle", conflict["number"], "theirs").status == 0
    assert run("conflicts", "--json").json == []
    world.delete(dana)
    run("pull")
    assert lead in run("status").out
    assert run("keep", lead).status == 0
    assert run("keep", lead).status == 2
    doctor = json.loads(trailguide("--home", home, "doctor", "--json").out)
    assert any(
        "leads.csv" in str(part)
        for part in (doctor if isinstance(doctor, list) else doctor.values())
    )


def test_without_a_crm_the_commands_say_what_to_set(
    home: Path, trailguide: Callable[..., Ran]
) -> None:
    ran = trailguide("--home", home, "crm", "pull")
    assert ran.status == 1
    assert "TRAILGUIDE_CRM" in ran.err


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_a_client_that_is_not_installed_is_said_in_one_sentence(
    crm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    tools = build(Settings(home=tmp_path, crm=crm, crm_url="https://acme.example"))
    with pytest.raises(SetupMissing, match=rf"pip install 'trailguide\[{crm}\]'"):
        _ = tools.crm
    assert tools.leads is not None  # whatever needs no CRM still works
    assert load_mapping(tmp_path, crm)
    assert isinstance(tools, Wired)
    assert world_of

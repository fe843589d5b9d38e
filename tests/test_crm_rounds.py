"""Rounds of pulls: what goes wrong in one, or falls between two streams of it, is made good."""

from __future__ import annotations

from datetime import timedelta

import pytest

import bot.flow.crm_pull
from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import is_due, pull
from bot.flow.crm_status import status
from knowledge.crm_mapping import parse_mapping
from knowledge.errors import CrmUnreachable
from knowledge.journey import Stage
from knowledge.leads import Action, LeadFacts
from tests.conftest import SetClock
from tests.crm.worlds import CsvWorld, World, writing

pytest_plugins = ("tests.crm.fixtures",)

only_csv = pytest.mark.parametrize("crm_name", ["csv"], indirect=True)
only_hubspot = pytest.mark.parametrize("crm_name", ["hubspot"], indirect=True)


def facts(desk: Desk, id_: str) -> LeadFacts:
    return desk.tools.leads.get(desk.records.links([id_])[id_].lead_id).facts


@only_hubspot
def test_an_opt_out_comes_in_though_many_are_missing(
    desk: Desk, world: World, clock: SetClock
) -> None:
    """M52 M56 A lost permission, or a cleaning-up there, does not end the pulls."""
    ids = [world.person(f"Person {n:02}", f"p{n}@x.example") for n in range(40)]
    pull(desk)
    for id_ in ids[:30]:
        world.server.purge("contacts", id_)  # type: ignore[attr-defined]
    clock.at += timedelta(days=2)
    assert "30 of 40" in pull(desk).trouble
    world.opt_out_of_mail(ids[39])
    clock.at += timedelta(minutes=desk.tools.settings.crm_minutes)
    assert is_due(desk, clock.now())
    done = pull(desk)
    assert (done.over, "30 of 39" in done.trouble) == (True, True)
    assert facts(desk, ids[39]).opted_out_channels == ("email",)
    told = status(desk)
    assert (told.under_way, "30 of 39" in told.trouble) == (False, True)
    assert desk.records.undecided() == []


def test_who_is_made_between_the_streams_keeps_what_was_done(desk: Desk, world: World) -> None:
    """People are read, then somebody new is made and mailed, then the activities are read."""
    old = world.person("Early Bird", "early@x.example")
    made: list[str] = []
    read = desk.crm.read

    def between(stream, kind, since, cursor):  # type: ignore[no-untyped-def]
        if kind in desk.mapping.activities and not made:
            world.clock.at += timedelta(minutes=1)
            made.append(world.person("Dana Ortiz", "dana@x.example"))
            world.mailed(made[0], "2026-11-20")
            world.clock.at += timedelta(minutes=30)
            world.mailed(old, "2026-11-21")
        return read(stream, kind, since, cursor)

    desk.crm.read = between  # type: ignore[method-assign]
    assert pull(desk).over
    assert status(desk).noted == {}
    world.clock.at += timedelta(minutes=1)
    assert pull(desk).over
    lead = desk.records.links(made)[made[0]].lead_id
    assert [e.action for e in desk.tools.leads.get(lead).history] == [Action.SENT]
    pull(desk)  # nobody is unknown any more: from here on only what is new is read
    at = {desk.cursors.get(f"activities:{kind}").since for kind in desk.mapping.activities}
    people = [desk.cursors.get(f"people:{kind}").since for kind in desk.mapping.people]
    assert max(filter(None, at)) >= max(filter(None, people))


def test_a_kill_while_an_account_is_told_loses_nothing(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = world.account("Acme Ltd", "400")
    dana = world.person("Dana Ortiz", "dana@x.example", account=acme)
    pull(desk)
    world.clock.at += timedelta(minutes=30)
    _account(world, acme, "900")

    def killed(*_: object) -> None:
        raise CrmUnreachable("killed")

    with monkeypatch.context() as patched:
        patched.setattr(bot.flow.crm_pull, "take", killed)
        assert not pull(desk).over
    assert pull(desk).over
    assert facts(desk, dana).company_size == 900


def _account(world: World, id_: str, size: str) -> None:
    if isinstance(world, CsvWorld):
        world._put("accounts", id_, {"company_size": size})
    elif world.name == "hubspot":
        world.server.put("companies", id_, numberofemployees=size)  # type: ignore[attr-defined]
    else:
        world.server.put("Account", id_, NumberOfEmployees=int(size))  # type: ignore[attr-defined]


def test_a_pull_of_all_applies_a_changed_mapping_to_everybody(desk: Desk, world: World) -> None:
    """M31"""
    dana = world.person("Dana Ortiz", "dana@x.example", role="Planner", stage="awareness")
    world.person("Early Bird", "early@x.example")
    pull(desk)
    text = writing(world.name)
    status_, role = world.stages["awareness"], _field(world, "role")  # type: ignore[attr-defined]
    for old, new in ((f'{status_} = "awareness"', f'{status_} = "decision"'),
                     (f'"{status_}" = "awareness"', f'"{status_}" = "decision"'),
                     (f'role = "{role}"', f'intent = "{role}"')):  # fmt: skip
        text = text.replace(old, new, 1)
    desk.crm.mapping = parse_mapping(text, "crm.toml")  # type: ignore[misc]
    pull(desk)
    desk.cursors.start_over()
    assert pull(desk).records >= 2
    assert (facts(desk, dana).stage, facts(desk, dana).intent) == (Stage.DECISION, "Planner")


def _field(world: World, fact: str) -> str:
    return fact if world.name == "csv" else str(world.fields[fact])  # type: ignore[attr-defined]


@only_csv
def test_a_line_dated_in_the_future_holds_no_later_change_back(desk: Desk, world: World) -> None:
    """Its own change comes in as well, and counts as no newer than it can be."""
    assert isinstance(world, CsvWorld)
    dana, bird = (world.person(n, f"{n}@x.example") for n in ("Dana", "Bird"))
    world.rows["leads"][bird]["changed_at"] = "2062-01-01T00:00:00+00:00"
    world._export("leads")
    pull(desk)
    world.clock.at += timedelta(minutes=30)
    world.change(dana, role="Buyer")
    pull(desk)
    assert facts(desk, dana).role == "Buyer"
    world.change(bird, role="Planner")
    world.rows["leads"][bird]["changed_at"] = "2062-01-01T00:00:00+00:00"
    world._export("leads")
    pull(desk)
    assert facts(desk, bird).role == "Planner"
    now = desk.tools.clock.now()
    assert max(link.changed_at for link in desk.records.links([dana, bird]).values()) <= now


def test_a_pull_does_not_read_all_leads_for_each_page(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("Dana Ortiz", "dana@x.example")
    names = desk.tools.leads.names
    asked = []
    monkeypatch.setattr(desk.tools.leads, "names", lambda *a: asked.append(1) or names(*a))
    assert pull(desk).over
    assert asked == []

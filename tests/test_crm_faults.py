"""What goes wrong between us and a CRM: nothing is lost, and nothing is written twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.flow.crm_desk import Desk
from bot.flow.crm_gone import LOOKED_AT
from bot.flow.crm_pull import is_due, pull
from bot.flow.crm_push import push
from knowledge.crm import ActivityWrite, Outcome, PersonWrite
from knowledge.errors import CrmBusy, CrmRefused, CrmUnreachable
from knowledge.leads import LeadFacts
from tests.conftest import SetClock
from tests.crm import hubspot_server as hubspot
from tests.crm import salesforce_server as salesforce
from tests.crm.fixtures import OVER_HTTP
from tests.crm.hubspot_server import HubSpotServer
from tests.crm.salesforce_server import SalesforceServer
from tests.crm.server import Answer, FakePace, Loopback
from tests.crm.worlds import World

pytest_plugins = ("tests.crm.fixtures",)

over_http = pytest.mark.parametrize("crm_name", OVER_HTTP, indirect=True)
only_hubspot = pytest.mark.parametrize("crm_name", ["hubspot"], indirect=True)
only_salesforce = pytest.mark.parametrize("crm_name", ["salesforce"], indirect=True)
READ = {"hubspot": "contacts/search", "salesforce": "GET /services/data/v59.0/query"}
CREATE = {"hubspot": "emails/batch/create", "salesforce": "composite/sobjects/Task"}
TOKEN = {"hubspot": "oauth/v1/token", "salesforce": "oauth2/token"}
SECRETS = (hubspot.SECRET, hubspot.REFRESH, salesforce.SECRET, salesforce.REFRESH)


def server_of(world: World) -> Loopback:
    server = world.server  # type: ignore[attr-defined]
    assert isinstance(server, HubSpotServer | SalesforceServer)
    return server


def names(desk: Desk) -> set[str]:
    return {str(name) for _, name, *_ in desk.tools.leads.names()}


def people(world: World, count: int, start: int = 0) -> list[str]:
    return [world.person(f"Person {n:04}", f"p{n}@x.example") for n in range(start, start + count)]


def touch(desk: Desk, person: str, n: int = 1) -> ActivityWrite:
    kind = desk.mapping.write.channels["email"]
    return ActivityWrite(
        f"trailguide:s-{n}", person, kind, "email", date(2026, 11, 27), f"Sent: {n}"
    )


def overloaded(crm: str) -> Answer:
    if crm == "hubspot":
        return hubspot.too_many(after="3")
    return Answer(503, "<html>Server Unavailable</html>")


@over_http
def test_a_token_that_expires_in_mid_pull_is_made_anew(desk: Desk, world: World) -> None:
    server = server_of(world)
    people(world, 450)  # three pages of HubSpot's; owners and companies went before
    assert isinstance(server, HubSpotServer | SalesforceServer)
    server.fail(READ[world.name], "none", before=server.expire)
    done = pull(desk)
    assert (done.over, len(names(desk))) == (True, 450)
    assert server.count(TOKEN[world.name]) == 2


@over_http
def test_what_is_not_let_in_is_said_without_a_secret(desk: Desk, world: World) -> None:
    server = server_of(world)
    told_by = {
        "hubspot": {"category": "BAD_REFRESH_TOKEN", "message": f"bad {hubspot.REFRESH}"},
        "salesforce": {"error": "invalid_client", "error_description": salesforce.SECRET},
    }
    server.fail(TOKEN[world.name], answer=Answer(400, told_by[world.name]), times=2)
    with pytest.raises(CrmRefused) as told:
        desk.crm.check()
    said = f"{told.value!r}{told.value}{desk.crm!r}"
    assert "docs/crm.md" in said
    assert not any(secret in said for secret in SECRETS)
    done = pull(desk)
    assert done.trouble
    assert not any(secret in done.trouble for secret in SECRETS)


@over_http
@pytest.mark.parametrize("what", ["drop", "lose", "cut"])
def test_a_read_without_an_answer_is_asked_again(desk: Desk, world: World, what: str) -> None:
    people(world, 3)
    server_of(world).fail(READ[world.name], what, times=2)
    assert pull(desk).over
    assert len(names(desk)) == 3


@over_http
def test_a_crm_that_is_down_is_left_alone_and_the_pull_goes_on_later(
    desk: Desk, world: World, clock: SetClock
) -> None:
    people(world, 3)
    server_of(world).fail(READ[world.name], "drop", times=9)
    done = pull(desk)
    assert not done.over
    assert done.trouble
    assert not is_due(desk, clock.now())
    server_of(world).faults.clear()
    clock.at += timedelta(minutes=6)
    assert is_due(desk, clock.now())
    assert pull(desk).over
    assert len(names(desk)) == 3


@over_http
def test_a_storm_of_refusals_is_waited_out_as_told(
    desk: Desk, world: World, pace: FakePace
) -> None:
    people(world, 3)
    server_of(world).fail(READ[world.name], answer=overloaded(world.name), times=4)
    assert pull(desk).over
    wait = {"hubspot": 3.0, "salesforce": 30.0}[world.name]
    assert pace.slept.count(wait) == 4


@only_hubspot
def test_a_large_pull_stays_under_the_limits(desk: Desk, world: World) -> None:
    """The server counts as HubSpot does, by the same clock; it refuses nothing."""
    server = server_of(world)
    ids = people(world, 1300)
    for n in range(130):
        world.mailed(ids[n * 10], "2026-11-20")
    assert pull(desk).over
    assert (len(names(desk)), server.refused) == (1300, 0)  # type: ignore[attr-defined]


@only_hubspot
def test_calls_used_up_for_the_day_end_the_run_at_once(
    desk: Desk, world: World, pace: FakePace
) -> None:
    people(world, 1)
    server_of(world).fail(READ["hubspot"], answer=hubspot.too_many("DAILY"), times=1)
    slept = sum(pace.slept)
    assert "limit" in pull(desk).trouble
    assert sum(pace.slept) - slept < 60


@only_salesforce
def test_the_rest_of_the_days_calls_is_left_to_others(desk: Desk, world: World) -> None:
    server = server_of(world)
    people(world, 1)
    server.used, server.allowed = 90, 100  # type: ignore[attr-defined]
    done = pull(desk)
    assert "four fifths" in done.trouble.casefold()
    assert len(server.asked) < 6
    used_up = salesforce.error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    server.used = 1  # type: ignore[attr-defined]
    server.fail("query", answer=used_up)
    with pytest.raises(CrmBusy) as told:
        desk.crm.look({"00Q5g00000AAAAAAAA": "Lead"})
    assert told.value.seconds >= 3600


@only_salesforce
def test_a_query_that_comes_in_parts_is_read_whole(desk: Desk, world: World) -> None:
    server = server_of(world)
    server.part = 40  # type: ignore[attr-defined]
    people(world, 130)
    assert pull(desk).over
    assert len(names(desk)) == 130
    assert server.count("/query/01g") >= 3


def test_pages_that_shift_during_a_pull_lose_nobody(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever changes while the pages are read moves to the end; nobody in between is skipped."""
    monkeypatch.setattr("bot.crm.hubspot.SEARCHED", 20)
    monkeypatch.setattr("bot.crm.salesforce.PAGE", 20)
    monkeypatch.setattr("bot.crm.csv_files.PAGE", 20)
    ids = people(world, 100)
    changed = iter(ids[::7])
    read = desk.crm.read

    def shifting(*args):  # type: ignore[no-untyped-def]
        page = read(*args)
        if next_one := next(changed, None):
            world.change(next_one, role="Moved")
        return page

    desk.crm.read = shifting  # type: ignore[method-assign]
    assert pull(desk).over
    assert names(desk) == {f"Person {n:04}" for n in range(100)}


def test_many_records_of_one_moment_are_all_read(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import there gives thousands of records the same date."""
    monkeypatch.setattr("bot.crm.hubspot.SEARCHED", 20)
    monkeypatch.setattr("bot.crm.salesforce.PAGE", 20)
    monkeypatch.setattr("bot.crm.csv_files.PAGE", 20)
    world.clock.tick = lambda: world.clock.at  # type: ignore[method-assign]
    people(world, 70)
    del world.clock.tick  # type: ignore[method-assign]
    people(world, 5, start=70)
    assert pull(desk).over
    assert len(names(desk)) == 75


def test_a_pull_that_is_stopped_goes_on_where_it_was(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.crm.hubspot.SEARCHED", 20)
    monkeypatch.setattr("bot.crm.salesforce.PAGE", 20)
    monkeypatch.setattr("bot.crm.csv_files.PAGE", 20)
    people(world, 60)
    pages = iter(range(99))
    assert not pull(desk, lambda: next(pages) > 2).over
    before = len(names(desk))
    assert 0 < before < 60
    reads = []
    read = desk.crm.read
    desk.crm.read = lambda *a: reads.append(a) or read(*a)  # type: ignore[method-assign, func-returns-value]
    assert pull(desk).over
    assert len(names(desk)) == 60
    first = next(a for a in reads if a[1] == world.kind)
    assert first[3]  # it went on with a cursor, not from the start


def test_a_crm_whose_clock_is_wrong_loses_no_change(desk: Desk, world: World) -> None:
    """How far a pull came is told by the CRM's clock alone."""
    world.clock.at -= timedelta(days=3)
    first = world.person("Early Bird", "early@x.example")
    pull(desk)
    world.change(first, role="Planner")
    world.person("Later Bird", "later@x.example")
    pull(desk)
    assert names(desk) == {"Early Bird", "Later Bird"}
    assert desk.tools.leads.get(desk.records.links([first])[first].lead_id).facts.role == "Planner"


def test_a_reply_that_was_lost_makes_no_second_activity(desk: Desk, world: World) -> None:
    dana = world.person("Dana Ortiz", "dana@x.example")
    writes = [touch(desk, dana)]
    if world.name in OVER_HTTP:
        server_of(world).fail(CREATE[world.name], "lose")
    try:
        desk.crm.write_activities(writes)
    except CrmUnreachable:
        (again,) = desk.crm.write_activities(writes)
        assert again.outcome is Outcome.DONE
    assert [n.key for n in world.noted()] == ["trailguide:s-1"]


@over_http
def test_an_activity_refused_in_a_batch_keeps_none_of_the_others_back(
    desk: Desk, world: World
) -> None:
    ids = people(world, 4)
    server_of(world).poison.add(ids[1])  # type: ignore[attr-defined]
    told = desk.crm.write_activities([touch(desk, person, n) for n, person in enumerate(ids)])
    assert [w.outcome for w in sorted(told, key=lambda w: w.of)] == [
        Outcome.DONE, Outcome.REFUSED, Outcome.DONE, Outcome.DONE,
    ]  # fmt: skip
    assert len(world.noted()) == 3


@over_http
def test_a_wrong_value_is_refused_alone(desk: Desk, world: World) -> None:
    ids = people(world, 3)
    field = desk.mapping.write.facts["stage"]
    right = desk.mapping.write.stages[next(iter(desk.mapping.write.stages))]
    seen = world.clock.at
    told = desk.crm.write_people([
        PersonWrite(id_, world.kind, {field: "no such status" if n == 1 else right}, seen)
        for n, id_ in enumerate(ids)
    ])  # fmt: skip
    assert [w.outcome for w in told] == [Outcome.DONE, Outcome.REFUSED, Outcome.DONE]
    assert "no such status" not in told[1].why


@over_http
def test_a_push_without_an_answer_waits_and_is_done_later(
    desk: Desk, world: World, clock: SetClock
) -> None:
    dana = world.person("Dana Ortiz", "dana@x.example")
    pull(desk)
    lead = desk.records.links([dana])[dana].lead_id
    desk.tools.leads.put(lead, LeadFacts(problem="breakdowns"), "rep in Slack", "U01ROBIN")
    where = {"hubspot": "contacts/batch", "salesforce": "queryAll"}[world.name]
    server_of(world).fail(where, "drop", times=9)
    assert push(desk).trouble
    assert push(desk).written == 0  # not yet due again
    server_of(world).faults.clear()
    clock.at += timedelta(minutes=2)
    assert push(desk).written == 1
    assert world.value(dana, "problem") == "breakdowns"


@only_hubspot
def test_a_merge_that_makes_a_new_record_is_followed(desk: Desk, world: World) -> None:
    one, two = (
        world.person("D. Ortiz", "d@old.example"),
        world.person("Dana Ortiz", "dana@x.example"),
    )
    pull(desk)
    made = world.person("Dana Ortiz", "dana.o@x.example")
    world.merge(one, made)
    world.merge(two, made)
    pull(desk)
    assert len(names(desk)) == 1
    links = desk.records.links([one, two, made])
    assert len({link.lead_id for link in links.values()}) == 1


@only_hubspot
def test_who_was_deleted_for_good_is_missed_twice_before_it_counts(
    desk: Desk, world: World, clock: SetClock
) -> None:
    """M56 No list of HubSpot's tells of it."""
    dana = world.person("Dana Ortiz", "dana@x.example")
    people(world, 5)
    pull(desk)
    world.server.purge("contacts", dana)  # type: ignore[attr-defined]
    clock.at += timedelta(days=2)
    pull(desk)
    assert desk.records.undecided() == []
    pull(desk)
    assert [link.id for link in desk.records.undecided()] == [dana]


@only_hubspot
def test_many_missing_at_once_is_a_permission_and_marks_nobody(
    desk: Desk, world: World, clock: SetClock
) -> None:
    ids = people(world, 40)
    pull(desk)
    for id_ in ids[:30]:
        world.server.purge("contacts", id_)  # type: ignore[attr-defined]
    clock.at += timedelta(days=2)
    for _ in range(3):
        assert "30 of 40" in pull(desk).trouble
        clock.at += timedelta(hours=2)
    assert desk.records.undecided() == []
    assert LOOKED_AT >= 40


@only_salesforce
def test_a_converted_lead_goes_on_as_its_contact(desk: Desk, world: World) -> None:
    dana = world.person("Dana Ortiz", "dana@x.example")
    pull(desk)
    lead = desk.records.links([dana])[dana].lead_id
    contact = world.person("Dana Ortiz", "dana@x.example", account=world.account("Acme", "400"))
    world.server.convert(dana, contact)  # type: ignore[attr-defined]
    pull(desk)
    links = desk.records.links([dana, contact])
    assert {link.lead_id for link in links.values()} == {lead}
    assert desk.records.of_leads([lead])[lead].kind == "Contact"
    assert desk.tools.leads.get(lead).facts.company_size == 400


@only_salesforce
def test_field_history_tells_an_older_value_from_a_newer_one(
    desk: Desk, world: World, clock: SetClock
) -> None:
    """The record changed after ours was told, the field did not."""
    server = server_of(world)
    server.tracks = True  # type: ignore[attr-defined]
    dana = world.person("Dana Ortiz", "dana@x.example", problem="old")
    pull(desk)
    lead = desk.records.links([dana])[dana].lead_id
    desk.tools.leads.put(lead, LeadFacts(problem="ours"), "rep in Slack", "U01ROBIN")
    world.clock.at = clock.now() + timedelta(minutes=10)
    world.change(dana, role="Buyer")
    assert push(desk).written == 1
    assert world.value(dana, "problem") == "ours"


@only_hubspot
def test_a_touch_told_again_with_another_channel_is_noted_once(desk: Desk, world: World) -> None:
    """A mail that was a call after all: the mail is archived, also when a try ended in between."""
    dana = world.person("Dana Ortiz", "dana@x.example")
    mail = touch(desk, dana)
    call = replace(mail, kind=desk.mapping.write.channels["phone"], channel="phone")
    desk.crm.write_activities([mail])
    server_of(world).fail("emails/batch/archive", "drop", times=9)
    with pytest.raises(CrmUnreachable):
        desk.crm.write_activities([call])
    server_of(world).faults.clear()
    (told,) = desk.crm.write_activities([call])
    assert told.outcome is Outcome.DONE
    objects = server_of(world).objects  # type: ignore[attr-defined]
    here = [(kind, one["id"]) for kind, rows in objects.items() for one in rows.values()
            if "trailguide_key" in one["properties"] and not one["archived_at"]]  # fmt: skip
    assert here == [("calls", told.id)]

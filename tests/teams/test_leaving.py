"""A workspace that leaves takes everything with it; one that comes back starts empty."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_bolt.error import BoltError
from sqlalchemy import text

from bot import team_removal, teams
from bot.jobs import Jobs
from bot.listeners.edge import Edge
from bot.teams import Registry
from knowledge.teams import NotInstalled, jobs_of, schema_of
from tests.databases import new_postgres_database
from tests.due_examples import put
from tests.slack.local import until
from tests.slack.office import ROBIN
from tests.teams.houses import EAST, KEY, WEST, House, house_of
from tests.teams.slacks import CLIENT_ID
from tests.traces import traces

pytestmark = pytest.mark.embedded  # one of them opens PostgreSQL by itself

OWN = ("Zephyrine", "Quartzmoor", "zephyrine@quartzmoor.example", "Wibblethorpe")
"""What only the team that leaves knows: its lead's name, company, address, what was asked."""
SAID = "Zephyrine of Quartzmoor asked about Wibblethorpe."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with house_of(tmp_path / "home", {EAST: None, WEST: None}) as house:
        yield house


def parting(house: House, team: str, kind: str = "app_uninstalled", **more: object) -> int:
    """What Slack sends when the app is taken out, a moment after the present."""
    office = house.offices[team]
    office.serial += 1
    at = datetime.now(UTC) + timedelta(seconds=2)
    return office.send({
        "type": "event_callback", "team_id": team, "api_app_id": "A1", "authorizations": [],
        "event_id": f"EvParting{office.serial}", "event_time": int(at.timestamp()),
        "event": {"type": kind, **more.pop("event", {})}, **more,  # type: ignore[dict-item]
    }).status  # fmt: skip


def lives(house: House, team: str) -> None:
    """Give a team a lead, a piece of its own words in the inbox, and a settings file."""
    with house.registry.lend(team) as edge:
        put(edge.tools, OWN[0], company=OWN[1], email=OWN[2])
        edge.tools.inbox.record(f"event:{team}:EvHeld", "direct", {"text": SAID, "user": ROBIN})
        (edge.tools.settings.home / "pacing.toml").write_text(f"# of {OWN[1]}\n")


def everything(house: House) -> set[str]:
    """Every file below the house that still holds what only one team knew, or its token."""
    home, token = house.tools.settings.home, house.slacks.token(EAST).rpartition("-")[2]
    found = traces(home, [*OWN, token])
    return {path for paths in found.values() for path in paths}


def test_a_workspace_that_leaves_leaves_no_byte_and_the_other_stays(house: House) -> None:
    lives(house, EAST)
    lives(house, WEST)
    assert parting(house, EAST) == 200
    assert house.registry.ids() == [WEST]
    with pytest.raises(NotInstalled), house.registry.lend(EAST):
        pass
    assert house.registry.leaving() == [EAST]
    assert house.registry.remove(EAST)
    home = house.tools.settings.home
    assert not (home / "teams" / EAST).exists()
    assert all(path.startswith(f"teams/{WEST}/") for path in everything(house))
    assert house.registry.leaving() == []
    told = (home / "teams" / team_removal.TOMBSTONES).read_text()
    assert told.splitlines()[0].endswith(f"{EAST} removed")
    assert traces(home, [f"Works of {EAST}"]) == {}
    with house.registry.lend(WEST) as edge:
        assert [lead[1] for lead in edge.tools.leads.names()] == [OWN[0]]


def test_a_workspace_that_comes_back_starts_empty(house: House) -> None:
    """Even when it comes back before its former data were removed."""
    lives(house, EAST)
    parting(house, EAST)
    house.install(EAST, number=2)
    with house.registry.lend(EAST) as edge:
        assert edge.tools.leads.names() == []
        assert edge.poster.client.token == house.slacks.token(EAST, 2)
    assert house.registry.leaving() == []


def test_what_is_said_late_of_an_older_installation_changes_nothing(house: House) -> None:
    """Slack may send its word again long after the workspace has installed it anew."""
    parting(house, EAST)
    house.install(EAST, number=2)
    office = house.offices[EAST]
    for kind in ("app_uninstalled", "tokens_revoked"):
        assert office.send({
            "type": "event_callback", "team_id": EAST, "event_id": f"EvLate{kind}",
            "event_time": int((datetime.now(UTC) - timedelta(hours=1)).timestamp()),
            "event": {"type": kind, "tokens": {"bot": ["U0TRAILGUIDE"]}},
        }).status == 200  # fmt: skip
    assert EAST in house.registry.ids()


def test_only_a_revoked_bot_token_makes_a_workspace_leave(house: House) -> None:
    parting(house, EAST, "tokens_revoked", event={"tokens": {"oauth": ["U01"], "bot": []}})
    assert EAST in house.registry.ids()
    parting(house, EAST, "tokens_revoked", event={"tokens": {"bot": ["U0TRAILGUIDE"]}})
    assert EAST not in house.registry.ids()


def test_what_is_in_use_is_removed_once_it_is_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And until then the workspace cannot come back."""
    monkeypatch.setattr(teams, "IN_USE_SECONDS", 0.05)
    lives(house, EAST)
    with house.registry.lend(EAST):
        parting(house, EAST)
        assert not house.registry.remove(EAST)
        with pytest.raises(BoltError):
            house.install(EAST, number=2)
    assert house.registry.remove(EAST)


def test_its_jobs_end_and_those_of_others_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep removes it, with what the queue held of it; the other team is answered."""
    jobs = Jobs(house.tools.settings)

    def start_for(team: str):  # type: ignore[no-untyped-def]
        return lambda key: jobs.soon(key, team)

    registry = Registry(house.tools, house.registry.installations, start_for)
    house.registry.close()
    try:
        jobs.launch(registry)
        for team in (EAST, WEST):
            with registry.lend(team) as edge:
                asked(edge, team, "Ev1")
                edge.start(f"event:{team}:Ev1")
        until(lambda: all(house.slacks.of[team].messages for team in (EAST, WEST)), "answers", 60)
        registry.leave(EAST, datetime.now(UTC) + timedelta(seconds=2))
        until(lambda: jobs.sweep() >= 0 and not registry.leaving(), "the removal", 60)
        with registry.lend(WEST) as edge:
            asked(edge, WEST, "Ev2")
            edge.start(f"event:{WEST}:Ev2")
        until(lambda: len(house.slacks.of[WEST].messages) == 2, "the other's answer", 60)
    finally:
        jobs.close(patience_seconds=2)
        registry.close()
    with sqlite3.connect(house.tools.settings.home / "jobs.db") as queue:
        named = [row[0] for row in queue.execute("SELECT workflow_uuid FROM workflow_status")]
    assert not [name for name in named if name.startswith(jobs_of(EAST))]
    assert [name for name in named if name.startswith(jobs_of(WEST))]
    assert traces(house.tools.settings.home, [f"team.{EAST}."]) == {}


def asked(edge: Edge, team: str, event: str) -> None:
    edge.tools.inbox.record(
        f"event:{team}:{event}", "direct",
        {"key": f"event:{team}:{event}", "kind": "direct", "team": team, "user": ROBIN,
         "channel": "D01ROBIN", "ts": "1771.1", "text": "help"},
    )  # fmt: skip


def test_the_operator_removes_a_workspace_by_command(
    house: House,
    trailguide,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    lives(house, EAST)
    monkeypatch.setenv("SLACK_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("TRAILGUIDE_TOKEN_KEYS", KEY)
    house.registry.close()
    home = house.tools.settings.home
    ran = trailguide("--home", home, "teams", "remove", EAST)
    assert (ran.status, f"{EAST} is removed" in ran.out) == (0, True)
    assert everything(house) == set()
    assert trailguide("--home", home, "teams", "remove", EAST).status == 2


@pytest.mark.parametrize(("typed", "more"), [("n\n", ()), ("y\n", ()), ("", ("--yes",))])
def test_whoever_types_is_asked_by_name_before_a_workspace_is_removed(
    typed: str, more: tuple[str, ...], house: House, trailguide,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    """One wrong letter of an id would cost another customer."""
    lives(house, EAST)
    monkeypatch.setenv("SLACK_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("TRAILGUIDE_TOKEN_KEYS", KEY)
    house.registry.close()
    terminal = io.StringIO(typed)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    ran = trailguide("--home", house.tools.settings.home, "teams", "remove", EAST, *more)
    assert ((EAST in ran.out) and "with all that it holds?" in ran.out) == bool(typed)
    gone = typed != "n\n"
    assert ran.status == (0 if gone else 1)
    assert (everything(house) == set()) == gone


def test_on_postgresql_each_team_is_a_schema_that_goes_with_it(tmp_path: Path) -> None:
    """A connection of one team sees the tables of no other, whatever is asked of it."""
    url = new_postgres_database()
    with house_of(tmp_path / "home", {EAST: None, WEST: None}, database_url=url) as house:
        lives(house, EAST)
        with house.registry.lend(WEST) as edge:
            assert edge.tools.leads.names() == []
            with edge.tools.db.read() as session:
                seen = session.connection().execute(text("SELECT current_schemas(false)")).scalar()
                assert list(seen or []) == [schema_of(WEST)]
            put(edge.tools, "Otherwise", company="Elsewhere")
        with house.registry.lend(EAST) as edge:
            assert [lead[1] for lead in edge.tools.leads.names()] == [OWN[0]]
            assert edge.tools.audit.verify(edge.tools.db).ok
        parting(house, EAST)
        assert house.registry.remove(EAST)
        schemas = text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'team%'")
        with house.tools.db.read() as session:
            assert session.connection().execute(schemas).scalars().all() == [schema_of(WEST)]
        with house.registry.lend(WEST) as edge:
            assert [lead[1] for lead in edge.tools.leads.names()] == ["Otherwise"]
        house.install(EAST)
        with house.registry.lend(EAST) as edge:
            assert edge.tools.leads.names() == []


def test_many_teams_are_served_with_few_held_open(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The longest unused is closed; what is in use stays open."""
    lives(house, EAST)
    registry = Registry(house.tools, house.registry.installations, lambda _: lambda _: None,
                        most_open=1)  # fmt: skip
    house.registry.close()
    with registry.lend(EAST) as east:
        with registry.lend(WEST) as west:
            assert west.tools.leads.names() == []
        assert [lead[1] for lead in east.tools.leads.names()] == [OWN[0]]
        with registry.lend(EAST) as again:
            assert again is east
    with registry.lend(WEST):
        pass
    with registry.lend(EAST) as anew:
        assert anew is not east
        assert [lead[1] for lead in anew.tools.leads.names()] == [OWN[0]]
    registry.close()


def test_another_process_sees_that_a_workspace_left_and_came_back(house: House) -> None:
    """What it held open of the former one is closed, and never shown to the new."""
    lives(house, EAST)
    other = Registry(house.tools, house.registry.installations, lambda _: lambda _: None)
    with house.registry.lend(EAST) as edge:
        assert edge.tools.leads.names()
    parting(house, EAST)
    assert other.remove(EAST)
    with pytest.raises(NotInstalled), house.registry.lend(EAST):
        pass
    house.install(EAST, number=2)
    with other.lend(EAST) as edge:
        assert edge.tools.leads.names() == []
    lives(house, EAST)
    parting(house, EAST)
    assert other.remove(EAST)
    house.install(EAST, number=3)
    with house.registry.lend(EAST) as edge:
        assert edge.tools.leads.names() == []
        assert edge.poster.client.token == house.slacks.token(EAST, 3)
    other.close()

"""The wall clock is put back an hour or jumps ahead a day: nothing twice, early, or stuck."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from slack_sdk.socket_mode.builtin import SocketModeClient
from sqlmodel import Session

from bot import jobs as jobs_module
from bot.bootstrap import Wired, build
from bot.flow import decide
from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import ROUND, is_due, pull
from bot.jobs import Jobs
from bot.jobs.lives import DEAD_AFTER_SECONDS, SWEEP_SECONDS, Lives
from bot.listeners import answering, digest
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.lanes import lane_of
from bot.settings import Settings
from bot.slack_client import Poster, make_client
from bot.socket_mode import PING_SECONDS, SILENT_PINGS, Watch
from knowledge.leads import Action
from storage.audit import JOINED
from storage.crm_writes import CLAIM, CLOCKS_DIFFER, LONGEST_PAUSE, CrmWrites
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.outbox import Outbox
from storage.quotas import Asked, Caps, Quotas
from storage.tables_crm import CrmWriteRow
from tests.conftest import SetClock
from tests.crm.server import WorldClock
from tests.crm.worlds import CsvWorld
from tests.due_examples import listed, put, suggested
from tests.slack.fake import TEAM, FakeSlack
from tests.slack.local import until
from tests.slack.office import ROBIN

pytest_plugins = ["tests.slack.job_fixtures"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = datetime(2026, 11, 17, 8, 30, tzinfo=UTC)
JUMPS = (timedelta(0), -HOUR, DAY, -DAY, HOUR, -HOUR, DAY)
"""One after the other; in all the clock goes a day ahead."""


@pytest.fixture
def clock() -> SetClock:
    return SetClock(TUESDAY)


@pytest.fixture
def tools(tmp_path: Path, clock: SetClock) -> Iterator[Wired]:
    """An empty home: what is tested here needs no library."""
    wired = build(Settings(home=tmp_path / "home", check_links=False), clock)
    yield wired
    wired.close()


def sweep(edge: Edge) -> None:
    digest.record_due(edge)
    for key in edge.tools.inbox.pending():
        for outbox_key in answering.plan(key, edge):
            answering.post(outbox_key, edge)
        answering.close(key, edge)


def test_m58_a_digest_comes_once_for_each_date_however_often_its_hour_comes(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    """M58 Half past eight comes four times on one day, and tomorrow's twice."""
    slack.users[ROBIN] = {"real_name": "Robin Reyes", "tz": "UTC"}
    put(edge.tools, "ann", (Action.SENT, 30), owner="Robin Reyes")  # type: ignore[arg-type]
    digest.switch(TEAM, ROBIN, edge, on=True)
    clock.at -= timedelta(minutes=1)
    sweep(edge)
    assert slack.messages == [], "nothing early"
    clock.at += timedelta(minutes=1)
    for jump in (timedelta(0), -HOUR, HOUR, -HOUR, HOUR):
        clock.at += jump
        sweep(edge)
    assert len(slack.messages) == 1
    for jump in (DAY, -DAY, timedelta(0), DAY):
        clock.at += jump
        sweep(edge)
    assert len(slack.messages) == 2


def test_an_asker_is_not_kept_waiting_by_what_a_fast_clock_called_later(
    tools: Wired, clock: SetClock
) -> None:
    """Five asks while the clock was an hour ahead; then it is put right."""
    quotas, caps = Quotas(tools.db, clock), Caps(5, 0)

    def ask(name: str) -> bool:
        asked = Asked(name, Kind.DIRECT, ROBIN, {"text": "help"}, "lane")
        return quotas.take(asked, caps, None).go_on is None

    clock.at += HOUR
    assert [ask(f"a{n}") for n in range(6)] == [True] * 5 + [False]
    clock.at -= HOUR
    assert [ask(f"b{n}") for n in range(6)] == [True] * 5 + [False], "the cap holds now as ever"
    clock.at += HOUR
    assert not ask("c1"), "and within that minute, when it comes again"


def test_a_claim_of_a_dead_process_ends_though_the_clock_was_put_back_a_day(
    tools: Wired, clock: SetClock
) -> None:
    """No lease is for ever: one that reaches further than any can is none."""
    writes = CrmWrites(tools.db, clock, tools.audit, "csv")
    with tools.db.write() as session:
        session.add(CrmWriteRow(crm="csv", key="k", lead_id="ann", value_at=clock.at - DAY,
                                not_before=clock.at - DAY, queued_at=clock.at - DAY))  # fmt: skip
    clock.at += DAY
    assert len(writes.claim(9)) == 1  # and then its process dies
    clock.at -= DAY
    assert writes.is_due()
    assert len(writes.claim(9)) == 1
    assert writes.claim(9) == [], "a living one keeps it"
    clock.at += CLAIM + timedelta(seconds=1)
    assert len(writes.claim(9)) == 1


class Behind:
    """A database whose writer's place is free only after somebody else has written."""

    def __init__(self, db: Database, other: Callable[[], object]) -> None:
        self._db, self._other = db, other

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._other()
        with self._db.write() as session:
            yield session


def waiting_write(tools: Wired, at: datetime) -> CrmWrites:
    with tools.db.write() as session:
        session.add(CrmWriteRow(crm="csv", key="k", lead_id="ann", value_at=at, not_before=at,
                                queued_at=at))  # fmt: skip
    return CrmWrites(tools.db, tools.clock, tools.audit, "csv")


def test_what_another_process_took_up_while_we_waited_for_our_turn_is_left_to_it(
    tools: Wired, clock: SetClock
) -> None:
    """Its claim was made after we came to wait, and so it reaches further than one of then."""
    writes = waiting_write(tools, clock.at - DAY)
    taken: list[Any] = []

    def other() -> None:
        clock.at += timedelta(seconds=9)
        taken.extend(writes.claim(9))

    late: Any = Behind(tools.db, other)
    assert CrmWrites(late, clock, tools.audit, "csv").claim(9) == []
    assert len(taken) == 1


def test_the_claim_of_a_peer_whose_clock_is_minutes_ahead_counts(
    tools: Wired, clock: SetClock
) -> None:
    """No clock jumped: those of two machines differ a little."""
    writes = waiting_write(tools, clock.at - DAY)
    clock.at += CLOCKS_DIFFER
    assert len(writes.claim(9)) == 1
    clock.at -= CLOCKS_DIFFER
    assert not writes.is_due()
    assert writes.claim(9) == []


def test_a_pull_is_due_after_a_clock_that_was_ahead_is_put_right(
    tmp_path: Path, clock: SetClock
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    CsvWorld(folder, WorldClock(clock.at)).person("Dana Ortiz", "dana@x.example")
    tools = build(Settings(home=tmp_path / "crm", crm="csv", crm_folder=folder), clock)
    assert tools.crm is not None
    desk = Desk(tools, tools.crm)
    clock.at += DAY
    pull(desk)
    assert desk.cursors.get(ROUND).done_at == clock.at
    assert not is_due(desk, clock.at)
    clock.at -= DAY
    assert is_due(desk, clock.at), "not only in a day"
    pull(desk)
    assert not is_due(desk, clock.at)
    assert len(tools.leads.names()) == 1
    tools.close()


def test_a_write_that_a_fast_clock_put_off_or_told_does_not_wait_for_a_day(
    tools: Wired, clock: SetClock
) -> None:
    """No pause is as long as that; one that may be meant is kept."""
    writes = waiting_write(tools, clock.at + DAY)
    assert writes.is_due()
    (one,) = writes.claim(9)
    writes.later(one, "the CRM is busy", timedelta(days=9))
    clock.at += LONGEST_PAUSE - timedelta(seconds=1)
    assert not writes.is_due(), "a provider's own word counts, up to a limit"
    assert writes.claim(9) == []
    clock.at += timedelta(seconds=1)
    assert writes.is_due()
    (one,) = writes.claim(9)
    clock.at += DAY
    writes.later(one, "the CRM is busy")
    clock.at -= DAY
    assert len(writes.claim(9)) == 1


def test_a_crm_does_not_rest_for_a_day_as_the_clock_was_a_day_ahead(
    tmp_path: Path, clock: SetClock
) -> None:
    (tmp_path / "export").mkdir()
    tools = build(Settings(home=tmp_path / "crm", crm="csv", crm_folder=tmp_path / "export"), clock)
    assert tools.crm is not None
    desk = Desk(tools, tools.crm)
    desk.cursors.trouble(ROUND, "It is down.", clock.at + DAY)
    assert is_due(desk, clock.at)
    desk.cursors.trouble(ROUND, "It is down.", clock.at + HOUR)
    assert not is_due(desk, clock.at)
    tools.close()


def test_m56_the_audit_log_keeps_its_order_and_verifies_whatever_the_clock_says(
    tools: Wired, clock: SetClock
) -> None:
    """M56 Its order is by number; the times are told as they were."""
    for number, jump in enumerate(JUMPS):
        clock.at += jump
        with tools.db.write() as session:
            tools.audit.append(session, "retention.run", f"n{number}", "", {"rows": number})
    verdict = tools.audit.verify(tools.db)
    assert verdict.ok, verdict
    entries = [e for e in tools.audit.entries(tools.db) if e.kind != JOINED]
    assert [e.subject_id for e in entries] == [f"n{n}" for n in range(len(JUMPS))]
    assert all(b.seq == a.seq + 1 for a, b in pairwise(entries))
    assert any(b.at < a.at for a, b in pairwise(entries))


def test_a_card_put_off_stays_so_until_its_day(tools: Wired, clock: SetClock) -> None:
    """M14 An hour back over midnight is another date, and still not the day."""
    put(tools, "ann", (Action.SENT, 30))
    suggested(tools, "card", "ann")
    until_day = clock.at.date() + timedelta(days=2)
    decide.not_now("card", ROBIN, until_day, tools)
    kept = tools.suggestions.get("card")
    assert kept.snoozed_until == until_day
    for jump in (timedelta(0), -HOUR, DAY, -HOUR, HOUR, -DAY):
        clock.at += jump
        assert listed(tools).get("card") is None
        assert tools.suggestions.get("card").snoozed_until == until_day


def test_m58_a_post_that_was_planned_by_a_fast_clock_is_found_and_not_posted_twice(
    slack: FakeSlack, tmp_path: Path
) -> None:
    """M58 Slack's time of the post is long before its plan; its answer was lost."""
    db = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate(db)
    ahead = datetime.fromtimestamp(slack.clock, UTC) + DAY
    outbox = Outbox(db, SetClock(ahead))
    poster = Poster(make_client("xoxb-test", slack.url), outbox, sleep=lambda _: None)
    slack.trouble["chat.postMessage"].append("lost")
    from bot.views.blocks import message

    poster.plan("k", message("hello"), channel="C1")
    assert poster.post("k")
    poster.plan("t", message("hello"), channel="C1", thread_ts=slack.messages[0]["ts"])
    slack.trouble["chat.postMessage"].append("lost")
    assert poster.post("t")
    assert len(slack.messages) == 2
    db.close()


def test_m59_words_that_come_while_the_clock_jumps_are_answered_in_their_order(
    jobs: Jobs, edge: Edge, slack: FakeSlack, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 Places in the queue only rise within a process, by whatever clock."""
    wall = [1.9e9]
    monkeypatch.setattr(jobs_module, "time", SimpleNamespace(time=lambda: wall[0]))
    jobs.launch(edge)
    held = threading.Event()
    plan = answering.plan

    def slow(key: str, lent: Edge) -> list[str]:
        held.wait(10)
        return plan(key, lent)

    monkeypatch.setattr(answering, "plan", slow)
    keys = []
    for number, jump in enumerate(JUMPS[:4]):
        clock.at += jump if jump >= timedelta(0) else timedelta(0)
        wall[0] += jump.total_seconds()
        said = Incoming(f"event:T01:Ev{number}", Kind.DIRECT, "T01", ROBIN, "D01ROBIN",
                        f"1.{number:06}", text="help")  # fmt: skip
        edge.tools.inbox.record(said.key, said.kind, said.payload(), lane=lane_of(said))
        jobs.start(said.key)
        keys.append(said.key)
    held.set()
    until(lambda: not edge.tools.inbox.pending(), "the answers")
    posted = [edge.tools.outbox.get(f"{key}:line") for key in keys]
    assert [p and p.ts for p in posted] == [m["ts"] for m in slack.messages]


class House:
    """The inbox of a house on a server: what beats were left there, and the server's time."""

    def __init__(self) -> None:
        self.seconds = 1.9e9
        self.kept: set[str] = set()

    def database_seconds(self) -> float:
        return self.seconds

    def record(self, key: str, _kind: str, _payload: dict[str, Any]) -> bool:
        self.kept.add(key)
        return True

    def done(self, key: str) -> None: ...

    def kind(self, key: str) -> str | None:
        return "heartbeat" if key in self.kept else None


def show_for(seconds: float, lives: Lives, house: House, passed: list[float]) -> None:
    """Let a bot show life for so long, sweep by sweep."""
    lives.show()
    for _ in range(int(seconds / SWEEP_SECONDS) + 1):
        passed[0] += SWEEP_SECONDS
        house.seconds += SWEEP_SECONDS
        lives.show()


def test_m58_after_an_outage_no_peer_is_called_dead_before_it_could_show_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M58 Nobody could while the database was away, and a peer's job under way is answered once."""
    house, passed = House(), [0.0]
    teams: Any = SimpleNamespace(house=house)
    lives = Lives(teams, shared=True, monotonic=lambda: passed[0])
    monkeypatch.setattr(jobs_module.DBOS, "executor_id", "me", raising=False)
    lives.show()
    assert not lives._is_dead("peer"), "the start may be the end of an outage"
    show_for(DEAD_AFTER_SECONDS, lives, house, passed)
    assert lives._is_dead("peer")
    for gap in (2 * DEAD_AFTER_SECONDS, DEAD_AFTER_SECONDS / 2 + 1):
        passed[0] += gap
        house.seconds += gap
        assert not lives._is_dead("peer"), "its own beats stopped too"
        show_for(DEAD_AFTER_SECONDS / 2, lives, house, passed)
        assert not lives._is_dead("peer")
        show_for(DEAD_AFTER_SECONDS / 2, lives, house, passed)
        assert lives._is_dead("peer")
    passed[0] += 2 * SWEEP_SECONDS  # a busy machine
    lives.show()
    assert lives._is_dead("peer")


def test_a_bot_whose_own_clock_jumps_takes_no_living_peer_for_dead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The beats are counted by the database's clock, which all share."""
    house = House()
    teams: Any = SimpleNamespace(house=house)
    passed = [0.0]
    lives = Lives(teams, shared=True, monotonic=lambda: passed[0])
    monkeypatch.setattr(jobs_module.DBOS, "executor_id", "peer", raising=False)
    show_for(DEAD_AFTER_SECONDS, lives, house, passed)
    for ahead in (0.0, -3600.0, 86_400.0):
        monkeypatch.setattr(jobs_module.time, "time", lambda ahead=ahead: 1.9e9 + ahead)
        assert not lives._is_dead("peer")
    house.seconds += DEAD_AFTER_SECONDS + 60
    assert lives._is_dead("peer")


def test_a_line_that_never_answers_a_ping_is_given_up_by_a_clock_that_nobody_sets() -> None:
    """It died before its first pong, or as the wall clock was put back: the SDK would keep it."""
    gone: list[str] = []
    session = SimpleNamespace(session_id="s1", last_ping_pong_time=None, is_active=lambda: True,
                              disconnect=lambda: gone.append("s1"))  # fmt: skip
    opened: list[int] = []
    client: Any = SimpleNamespace(current_session=session, on_error_listeners=[],
                                  connect_to_new_endpoint=lambda: opened.append(1),
                                  is_connected=lambda: True)  # fmt: skip
    assert hasattr(SocketModeClient, "connect_to_new_endpoint")
    now = [0.0]
    watch = Watch(client, PING_SECONDS, lambda: now[0])
    closing = threading.Event()
    for _ in range(SILENT_PINGS):
        now[0] += PING_SECONDS - 1
        assert watch.look(closing)
    assert gone == []
    session.last_ping_pong_time = 5e9  # a pong, by whatever wall clock
    watch.look(closing)
    now[0] += SILENT_PINGS * PING_SECONDS - 1
    session.last_ping_pong_time = 4e9
    watch.look(closing)
    now[0] += SILENT_PINGS * PING_SECONDS - 1
    watch.look(closing)
    assert gone == []
    now[0] += 2
    watch.look(closing)
    assert (gone, opened) == (["s1"], [1])

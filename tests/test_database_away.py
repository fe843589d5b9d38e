"""A database that is locked or stopped for a minute: nothing lost, nothing twice, no restart."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot import outlasting
from bot.bootstrap import Wired, build
from bot.jobs import _jobs_database, lives
from bot.listeners import answering, handling
from bot.listeners.replies import answer_to_asker
from bot.local_slack import free_port
from bot.settings import Settings
from bot.views.blocks import line
from knowledge.errors import DatabaseAway, StorageFailed
from storage import database
from storage.away import is_away, noticing, passes
from storage.inbox import PROBE
from tests.conftest import UNCAPPED
from tests.databases import postgres_server
from tests.faults.kills import _moved_over
from tests.faults.postgres import own_server
from tests.faults.running import Running, running
from tests.slack.local import until
from tests.slack.office import ASK

AWAY_SECONDS = float(os.environ.get("FAULTS_AWAY_SECONDS", "60"))
BEFORE_SECONDS, AFTER_SECONDS = 2.0, 3.0


@contextmanager
def locked(*paths: Path) -> Iterator[None]:
    """Another writer holds these SQLite files."""
    held = [sqlite3.connect(path, isolation_level=None, timeout=30) for path in paths]
    try:
        for connection in held:
            connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        for connection in held:
            connection.rollback()
            connection.close()


@pytest.fixture
def hasty(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """A bot that waits for a writer a fifth of a second only, and sweeps every second."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(outlasting, "LONGEST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(lives, "SWEEP_SECONDS", 1.0)
    tools = build(Settings(home=home, check_links=False, **UNCAPPED))
    yield tools
    tools.close()


@pytest.mark.embedded
def test_m58_m59_an_ask_in_hand_while_the_database_is_locked_is_answered_when_it_is_free(
    hasty: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M58 M59 It never becomes a "try again": the card comes, once, as if nothing had been."""
    held, missed = threading.Event(), threading.Event()
    holders: list[threading.Thread] = []
    answer = handling.answer

    def in_a_lock(*given: Any) -> Any:
        if given[0].text == ASK and not holders:
            holders.append(threading.Thread(target=hold, daemon=True))
            holders[0].start()
            assert held.wait(10)
        return answer(*given)

    def hold() -> None:
        # However long the answer thinks before it writes, it writes while this is held.
        with locked(hasty.settings.home / "trailguide.db"):
            held.set()
            until(lambda: "step_waits" in [line["event"] for line in lines], "a miss", 30)
            missed.set()

    monkeypatch.setattr(answering.handling, "answer", in_a_lock)
    with running(hasty) as bot, capture_logs() as lines:
        bot.send()
        bot.settled()
        bot.check()
        assert missed.is_set()
        assert bot.slack.whispers == []


@pytest.mark.embedded
def test_m59_an_ask_is_not_thought_through_again_before_its_answer_can_be_kept(
    hasty: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 Each time may ask a chat model, for money and in vain."""
    answer, tries = handling.answer, []

    def in_a_lock(event: Any, edge: Any) -> Any:
        if event.text != ASK:
            return answer(event, edge)
        tries.append(event.key)
        if len(tries) == 1:
            threading.Thread(target=hold, daemon=True).start()
            assert held.wait(10)
        return answer(event, edge)

    def hold() -> None:
        with locked(hasty.settings.home / "trailguide.db"):
            held.set()
            until(lambda: "step_waits" in [line["event"] for line in lines], "a miss", 30)
            time.sleep(3.0)

    held = threading.Event()
    monkeypatch.setattr(answering.handling, "answer", in_a_lock)
    with running(hasty) as bot, capture_logs() as lines:
        bot.send()
        bot.settled()
        bot.check()
    assert 2 <= len(tries) <= 3
    assert hasty.inbox.kind(PROBE) is None, "what was written to see whether it can be is gone"


@pytest.mark.embedded
def test_m59_a_failure_that_a_handler_told_is_no_answer_once_the_database_is_back(
    hasty: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 It was away for the one write that counted, and back when the answer was planned."""
    answer, tries = handling.answer, []

    def swallowing(event: Any, edge: Any) -> Any:
        if event.text != ASK or tries:
            return answer(event, edge)
        tries.append(event.key)
        with locked(hasty.settings.home / "trailguide.db"):
            try:
                hasty.inbox.note("a note", "note", {})
            except StorageFailed as told:
                return answer_to_asker(event, edge, line(str(told)), "told")
        raise AssertionError("it was locked")

    monkeypatch.setattr(answering.handling, "answer", swallowing)
    with running(hasty) as bot:
        bot.send()
        bot.settled()
        assert tries
        bot.check()
        assert [m for m in bot.slack.messages if "busy" in str(m.get("text"))] == []


@pytest.mark.embedded
def test_m59_what_cannot_be_recorded_is_told_and_taken_when_slack_sends_it_again(
    hasty: Wired,
) -> None:
    """M59 The person hears of it at once; what they typed comes again, and is answered once."""
    with running(hasty) as bot:
        with locked(hasty.settings.home / "trailguide.db"):
            sender = threading.Thread(target=bot.send)
            sender.start()
            until(lambda: bot.slack.whispers, "a word to the person", 20)
        sender.join()
        bot.settled()
        bot.check()
        assert bot.refused


@pytest.mark.embedded
def test_a_failure_that_was_made_a_sentence_is_known_nevertheless(hasty: Wired) -> None:
    """A handler that answers a failure with words has kept nothing: the step is done again."""
    with noticing() as heard:
        with locked(hasty.settings.home / "trailguide.db"), pytest.raises(DatabaseAway):
            hasty.inbox.note("a note", "note", {})
        assert len(heard) == 1
    hasty.inbox.note("a note", "note", {})


@pytest.mark.parametrize(
    ("problem", "mends"),
    [
        ("database is locked", True),
        ("database or disk is full", True),
        ("connection failed: FATAL:  the database system is starting up", True),
        ("terminating connection due to administrator command", True),
        ("the connection is closed", True),
        ("canceling statement due to lock timeout", True),
        ("connection failed: FATAL: password authentication failed for user", False),
        ("file is not a database", False),
        ("attempt to write a readonly database", False),
        ("UNIQUE constraint failed: asset.id", False),
    ],
)
def test_what_passes_is_told_from_what_a_person_must_mend(problem: str, mends: bool) -> None:
    assert passes(problem) is mends
    assert (database.explain(problem, "x.db") is not None) or not mends


BROKEN = psycopg.OperationalError


@pytest.mark.parametrize(
    ("cause", "mends"),
    [
        (BROKEN('connection is bad: connection to server on socket "/run/s" failed: No such file'),
         True),
        (BROKEN("failed to resolve host 'postgres': [Errno -2] Name or service not known"), True),
        (BROKEN("SSL SYSCALL error: EOF detected"), True),
        (BROKEN("connection failed: FATAL:  remaining connection slots are reserved for roles"),
         True),
        (BROKEN("connection failed: session is read-only"), True),
        (errors.AdminShutdown("Verbindung wird abgebrochen"), True),
        (errors.TooManyConnections("tut uns leid"), True),
        (errors.DiskFull("Auf dem Gerat ist kein Platz"), True),
        (errors.ConnectionFailure("weg"), True),
        (errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"), True),
        (BROKEN('connection failed: FATAL:  database "trailguide" does not exist'), False),
        (BROKEN("connection failed: FATAL:  no pg_hba.conf entry for host"), False),
        (BROKEN("connection failed: fe_sendauth: no password supplied"), False),
        (BROKEN("connection failed: SSL error: certificate verify failed"), False),
        (BROKEN('connection is bad: server on socket "/run/s" failed: Permission denied'), False),
        (BROKEN("sending query and params failed: number of parameters must be between 0 and"),
         False),
        (errors.DeadlockDetected("deadlock detected"), False),
        (errors.QueryCanceled("canceling statement due to statement timeout"), False),
        (errors.UndefinedTable('relation "asset" does not exist'), False),
        (errors.UniqueViolation("duplicate key value"), False),
    ],
)  # fmt: skip
def test_m59_a_postgresql_server_that_is_away_is_known_whatever_its_words(
    cause: psycopg.Error, mends: bool
) -> None:
    """M59 By the class of its SQLSTATE, or by having none as the connection itself failed."""
    error = DBAPIError.instance("SELECT 1", {}, cause, psycopg.Error)
    assert isinstance(error, DBAPIError)
    assert is_away(error, writing=True) is mends


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ('connection is bad: server on socket "/run/s" failed: Permission denied', "server at"),
        ("cannot execute INSERT in a read-only transaction", "server at"),
        ("attempt to write a readonly database", "the file"),
    ],
)
def test_a_server_is_not_spoken_of_as_a_file(problem: str, told: str) -> None:
    assert told in str(database.explain(problem, "x"))


def test_a_write_where_only_reading_was_meant_is_no_server_that_is_away() -> None:
    """That one is a bug of ours; a writer who is told so found the server turned into a copy."""
    cause = errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction")
    error = DBAPIError.instance("INSERT", {}, cause, psycopg.Error)
    assert isinstance(error, DBAPIError)
    assert not is_away(error, writing=False)


def test_m59_a_postgresql_server_that_is_stopped_is_away_and_not_broken() -> None:
    """M59 Over its socket, as a connection that was open is cut off and as a new one finds none."""
    query: Any = text("SELECT 1")
    with own_server() as server:
        db = database.open_database(server.url)

        def stopped_under_way() -> None:
            with db.read() as session:
                session.exec(query)
                server.stop()
                session.exec(query)

        with pytest.raises(DatabaseAway):
            stopped_under_way()
        with pytest.raises(DatabaseAway, match="local socket"), db.read() as session:
            session.exec(query)
        with pytest.raises(DatabaseAway, match="local socket"), db.write():
            pass
        server.start()
        with db.write() as session:
            session.exec(query)
        db.close()
        other = database.open_database(server.url.replace("/trailguide?", "/nobodys?"))
        with pytest.raises(StorageFailed) as missing, other.read() as session:
            session.exec(query)
        assert not isinstance(missing.value, DatabaseAway)
        other.close()


def test_why_no_connection_came_about_is_said_with_the_place_and_without_a_password() -> None:
    query: Any = text("SELECT 1")
    with own_server() as server:
        server.stop()
        hba = "local all knows password\nlocal all all trust\n"
        (server.folder / "data" / "pg_hba.conf").write_text(hba)
        server.start()
        make = "CREATE ROLE knows LOGIN PASSWORD 'right'"
        server.run("psql", "-q", "-h", str(server.folder), "-U", "trailguide", "-c", make,
                   "trailguide")  # fmt: skip

        def refused(who: str, name: str = "trailguide", port: int = 5432) -> str:
            url = f"postgresql://{who}@/{name}?host={server.folder}&port={port}"
            db = database.open_database(url)
            with pytest.raises(StorageFailed) as told, db.read() as session:
                session.exec(query)
            db.close()
            assert f"local socket {server.folder}:{port}/{name}" in str(told.value)
            return str(told.value)

        assert "does not have that database" in refused("trailguide", "nobodys")
        assert "does not know that user or password" in refused("stranger")
        assert "does not know that user or password" in (wrong := refused("knows:wr0ng"))
        assert "wr0ng" not in wrong
        assert "does not know that user or password" in refused("knows")
        assert "No database server listens" in refused("trailguide", port=5999)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("postgresql://a:secret@db.example/x", "db.example:5432/x"),
        ("postgresql://a:secret@db.example:6000/x", "db.example:6000/x"),
        ("postgresql:///x?host=/run/pg&password=secret", "local socket /run/pg:5432/x"),
        ("postgresql:///x?host=one:1&host=two:2", "one:1,two:2/x"),
        ("postgresql:///x", "local socket:5432/x"),
    ],
)
def test_a_server_is_named_by_its_host_or_socket_folder_and_port(url: str, where: str) -> None:
    assert database.open_database(url).where == where


def test_a_port_where_nothing_listens_is_said() -> None:
    port = free_port()
    db = database.open_database(f"postgresql://a:secret@127.0.0.1:{port}/x")
    with pytest.raises(DatabaseAway) as told, db.write():
        pass
    db.close()
    assert str(told.value).startswith(f"No database server listens at 127.0.0.1:{port}/x;")


def test_an_outage_of_a_server_is_said_once_and_its_end_once() -> None:
    query: Any = text("SELECT 1")
    with own_server() as server, capture_logs() as lines:
        db = database.open_database(server.url)
        of_a_team = database.open_database(server.url, "a_team")

        def ask() -> None:
            for each in (db, of_a_team):
                with each.read() as session:
                    session.exec(query)

        ask()
        assert told(lines) == []
        server.stop()
        for _ in range(3):
            for each in (db, of_a_team):
                with pytest.raises(DatabaseAway), each.write():
                    pass
        assert told(lines) == ["database_away"]
        server.start()
        ask()
        for _ in range(2):
            with db.write() as session:
                session.exec(query)
        assert told(lines) == ["database_away", "database_back"]
        db.close()
        of_a_team.close()


@pytest.mark.embedded
def test_a_reader_shows_nothing_of_a_database_that_turns_writers_away(hasty: Wired) -> None:
    with capture_logs() as lines:
        with locked(hasty.settings.home / "trailguide.db"):
            with pytest.raises(DatabaseAway):
                hasty.inbox.try_to_write()
            hasty.inbox.pending()
        assert told(lines) == ["database_away"]
        hasty.inbox.try_to_write()
        assert told(lines) == ["database_away", "database_back"]


def test_of_a_database_that_never_answered_the_sentence_is_enough(tmp_path: Path) -> None:
    """A command says in its own words why it ends."""
    db = database.open_database(f"postgresql://trailguide@/trailguide?host={tmp_path}")
    with capture_logs() as lines, pytest.raises(DatabaseAway), db.write():
        pass
    assert told(lines) == []
    db.close()


def told(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was said of outages."""
    return [line["event"] for line in lines if line["event"].startswith("database_")]


@pytest.mark.parametrize("own", [False, True])
def test_each_connection_to_a_server_looks_whether_its_other_end_is_there(own: bool) -> None:
    """Ours, and the queue's own: one that vanished without a word held a thread for hours.

    What the address says itself counts more.
    """
    url = f"{postgres_server()}{'&keepalives_idle=99' if own else ''}"
    settings = Settings(home=Path("x"), database_url=url)
    idle = "99" if own else "10"
    db = database.open_database(url)
    theirs = create_engine(make_url(_jobs_database(settings)).set(drivername="postgresql+psycopg"))
    for engine in (db.engine, theirs):
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            used = driver.info.get_parameters()
        assert used["keepalives_idle"] == idle
        assert (used["keepalives_interval"], used["keepalives_count"]) == ("5", "3")
        assert used["tcp_user_timeout"] == "20000"
        engine.dispose()


def test_a_step_is_done_again_until_the_database_is_back_or_the_bot_closes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outlasting, "LONGEST_PAUSE_SECONDS", 0.0)
    closing, tried = threading.Event(), []

    def away(times: int) -> Callable[[], str]:
        def work() -> str:
            tried.append(1)
            if len(tried) <= times:
                raise DatabaseAway("It is away.")
            return "done"

        return work

    assert outlasting.outlasting(closing, away(5)) == "done"
    assert len(tried) == 6
    closing.set()
    with pytest.raises(DatabaseAway):
        outlasting.outlasting(closing, away(99))
    assert len(tried) == 7
    with pytest.raises(StorageFailed):
        outlasting.outlasting(threading.Event(), broken)


def test_a_step_is_done_again_only_once_something_can_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outlasting, "LONGEST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(outlasting, "TRIES", 5)
    asked, tried = [], []

    def work() -> None:
        tried.append(1)
        raise DatabaseAway("It is away.")

    def never() -> None:
        asked.append(1)
        raise DatabaseAway("It is away.")

    with pytest.raises(DatabaseAway):
        outlasting.outlasting(threading.Event(), work, never)
    assert (len(tried), len(asked)) == (1, 5)


def broken() -> None:
    raise StorageFailed("The database is damaged.")


def through(bot: Running, away: Callable[[], Any]) -> None:
    """Talk without a pause before, during and after the database is away for a minute."""
    stop = threading.Event()

    def talk(person: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            if turn % 5 == 1:
                bot.send(person=person)
            else:
                bot.send("help", person=person)
            stop.wait(0.7)

    people = [threading.Thread(target=talk, args=(n,)) for n in range(1, 4)]
    for person in people:
        person.start()
    time.sleep(BEFORE_SECONDS)
    before = len(bot.keys)
    away()
    time.sleep(AFTER_SECONDS)
    stop.set()
    for person in people:
        person.join()
    assert bot.refused, "nothing came in while it was away"
    assert before >= 3
    bot.settled(240)
    bot.send("thanks!", person=9)
    bot.settled(30)  # no restart was needed
    assert bot.slack.whispers, "those who asked meanwhile were told"
    bot.check()


@pytest.mark.faults
@pytest.mark.embedded
@pytest.mark.timeout(600)
def test_m58_m59_sqlite_locked_for_a_minute_while_people_talk(home: Path) -> None:
    """M58 M59 Ours and the queue's file, with the real patience of ten seconds."""
    tools = build(Settings(home=home, check_links=False, **UNCAPPED))

    def away() -> None:
        with locked(home / "trailguide.db", home / "jobs.db"):
            time.sleep(AWAY_SECONDS)

    with running(tools) as bot:
        through(bot, away)
    tools.close()


@pytest.mark.faults
@pytest.mark.embedded
@pytest.mark.timeout(600)
def test_m58_m59_postgresql_stopped_for_a_minute_while_people_talk(
    seeded: Path, tmp_path: Path
) -> None:
    """M58 M59 What is under way is cut off; everything is taken up when the server is back."""
    home = tmp_path / "home"
    shutil.copytree(seeded, home)
    with own_server() as server:
        _moved_over(home, server.url)
        settings = Settings(home=home, database_url=server.url, check_links=False, **UNCAPPED)
        tools = build(settings)

        def away() -> None:
            server.stop()
            time.sleep(AWAY_SECONDS)
            server.start()

        with running(tools) as bot:
            through(bot, away)
        tools.close()

"""The database factory and the migrations, on both databases."""

from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
import tempfile
import threading
import traceback
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

import storage.migrate as steps
import storage.tables  # noqa: F401 - registers every table
from knowledge.errors import BadInput, StorageFailed
from storage.columns import metadata
from storage.database import Database, batches, explain, open_database
from storage.migrate import HEAD, MIGRATIONS, migrate
from storage.tables import CounterRow, InboxRow, LeadRow
from tests.unprivileged import said_by_nobody

pytest_plugins = ("tests.databases",)

ROOM = Path(__file__).parent.parent


def count_up(url: str, times: int) -> None:
    db = open_database(url)
    for _ in range(times):
        with db.write() as session:
            row = session.get(CounterRow, "shared")
            row.value += 1
            session.add(row)
    db.close()


def url_of(db: Database) -> str:
    return db.engine.url.render_as_string(hide_password=False)


def shared_count(db: Database) -> int:
    with db.read() as session:
        return session.get(CounterRow, "shared").value


def test_four_processes_lose_no_increment(db):
    with db.write() as session:
        session.add(CounterRow(name="shared"))
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=count_up, args=(url_of(db), 200)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    assert shared_count(db) == 800


def test_four_threads_of_one_process_lose_no_increment(db):
    with db.write() as session:
        session.add(CounterRow(name="shared"))

    def count() -> None:
        for _ in range(50):
            with db.write() as session:
                row = session.get(CounterRow, "shared")
                row.value += 1
                session.add(row)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shared_count(db) == 200


def test_a_writer_looks_often_whether_its_turn_has_come(sqlite_db, monkeypatch):
    other = sqlite3.connect(sqlite_db.where, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 20:
            other.execute("ROLLBACK")

    monkeypatch.setattr("storage.database.time.sleep", pause)
    with sqlite_db.write() as session:
        session.add(CounterRow(name="shared"))
    other.close()
    assert len(pauses) == 20
    assert max(pauses) <= 0.01


def test_sqlite_is_set_up_for_safety(sqlite_db):
    wanted = {
        "journal_mode": "wal",
        "busy_timeout": 10_000,
        "foreign_keys": 1,
        "secure_delete": 1,
        "synchronous": 2,
        "recursive_triggers": 1,
    }
    for open_session in (sqlite_db.read, sqlite_db.write):
        with open_session() as session:
            found = {k: session.execute(text(f"PRAGMA {k}")).scalar() for k in wanted}
        assert found == wanted


def test_a_writer_holds_its_place_from_the_start(sqlite_db):
    with sqlite_db.write():
        other = sqlite3.connect(sqlite_db.where, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_failed_write_leaves_nothing(db):
    def fail_half_way() -> None:
        with db.write() as session:
            session.add(CounterRow(name="half"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with db.read() as session:
        assert session.get(CounterRow, "half") is None


def test_a_reading_session_cannot_write(db):
    def sneak() -> None:
        with db.read() as session:
            session.add(CounterRow(name="sneaked"))
            session.flush()

    with pytest.raises(StorageFailed, match="read-only"):
        sneak()
    with db.write() as session:  # and the connection writes again afterwards
        session.add(CounterRow(name="proper"))


def test_readers_see_one_moment_while_a_writer_works(sqlite_db):
    with sqlite_db.write() as session:
        session.add(CounterRow(name="shared", value=1))
    with sqlite_db.read() as reading:
        assert reading.get(CounterRow, "shared").value == 1
        with sqlite_db.write() as session:
            row = session.get(CounterRow, "shared")
            row.value = 2
            session.add(row)
        reading.expire_all()
        assert reading.get(CounterRow, "shared").value == 1
    assert shared_count(sqlite_db) == 2


def test_times_come_back_in_utc_whatever_zone_they_had(db):
    moment = datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    with db.write() as session:
        session.add(InboxRow(key="k", kind="event", payload={}, received_at=moment))
    with db.read() as session:
        found = session.get(InboxRow, "k").received_at
    assert found == moment
    assert found.tzinfo is UTC
    assert found.hour == 16


def test_a_time_without_a_zone_is_refused(sqlite_db):
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    with pytest.raises(Exception, match="without a time zone"), sqlite_db.write() as session:
        session.add(InboxRow(key="k", kind="event", payload={}, received_at=naive))


def test_models_and_migrations_agree(db):
    with db.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_known_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def migrate_at(url: str, gate: object) -> None:
    gate.wait()
    db = open_database(url)
    migrate(db)
    db.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_may_migrate_at_once(kind, tmp_path, request):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("empty_postgres")
    spawn = multiprocessing.get_context("spawn")
    gate = spawn.Barrier(3)
    workers = [spawn.Process(target=migrate_at, args=(url, gate)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    db = open_database(url)
    with db.read() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).all() == [(HEAD,)]
    db.close()


def test_migrating_again_loads_no_alembic_and_says_nothing(sqlite_db):
    code = (
        "import sys; from storage.database import open_database; "
        "from storage.migrate import migrate; migrate(open_database(sys.argv[1])); "
        "sys.exit('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, url_of(sqlite_db)], cwd=ROOM, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_first_migration_says_nothing(tmp_path, capfd, caplog):
    caplog.set_level("INFO")
    db = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(db)
    db.close()
    assert capfd.readouterr() == ("", "")
    assert caplog.text == ""


def test_a_migration_that_breaks_leaves_nothing_behind(tmp_path, monkeypatch):
    def breaks(connection):
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError

    monkeypatch.setattr(steps, "_upgrade", breaks)
    db = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(StorageFailed, match="could not be brought"):
        migrate(db)
    with db.read() as session:
        assert session.execute(text("SELECT name FROM sqlite_master")).all() == []
    db.close()


def test_a_database_of_a_newer_version_is_left_alone(db):
    with db.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailed, match="newer Trailguide"):
        migrate(db)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StorageFailed, match=r"nowhere .* is not there"):
        open_database(f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}")


@pytest.mark.parametrize(
    "content",
    [b"this is a letter, not a database. " * 200, b"SQLite format 3\x00" + b"\xff" * 9000],
)
def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "broken.db"
    path.write_bytes(content)
    with pytest.raises(StorageFailed, match=r"broken\.db is damaged or is not a database"):
        migrate(open_database(f"sqlite:///{path}"))
    assert path.read_bytes() == content


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    (tmp_path / "x.db").mkdir()
    with pytest.raises(StorageFailed, match="cannot be opened"):
        migrate(open_database(f"sqlite:///{tmp_path / 'x.db'}"))


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "says"),
    [
        (0o555, 0o444, "read-only"),
        (0o555, None, "cannot be opened"),
        (0o777, 0o000, "cannot be opened"),
    ],
)
def test_no_permission_is_named(folder_mode, file_mode, says):
    """Done in a process without privileges, since root may write anywhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "x.db"
        if file_mode is not None:
            connection = sqlite3.connect(path)
            connection.execute("CREATE TABLE t (x)")
            connection.close()
            path.chmod(file_mode)
        folder.chmod(folder_mode)

        def write() -> None:
            with open_database(f"sqlite:///{path}").write() as session:
                session.execute(text("INSERT INTO t VALUES (1)"))

        said = said_by_nobody(write)
        folder.chmod(0o700)
    assert said.startswith("StorageFailed: The database")
    assert says in said


def test_an_unreachable_server_is_named():
    db = open_database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(StorageFailed, match=r"listens at 127\.0\.0\.1:1/nothing;"):
        migrate(db)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://host/x", "no address", ""]
)
def test_an_address_of_another_kind_is_refused(url):
    with pytest.raises(BadInput):
        open_database(url)


def test_a_password_never_shows_in_a_failure():
    db = open_database("postgresql://someone:hushhush@127.0.0.1:1/nothing")
    with pytest.raises(StorageFailed) as failure:
        migrate(db)
    assert "hushhush" not in str(failure.value)


@pytest.mark.parametrize("breach", ["twice the same", "a gap"])
def test_an_error_never_carries_what_was_to_be_stored(db, breach, set_clock):
    moment = set_clock.now()
    lead = {"id": "LEAD-7741", "facts": {"name": "Ada Quill"}, "email": "ada@q", "added_at": moment,
            "updated_at": None if breach == "a gap" else moment}  # fmt: skip

    def store() -> None:
        with db.write() as session:
            session.execute(insert(LeadRow), [lead])
            session.execute(insert(LeadRow), [lead])

    with pytest.raises(IntegrityError) as failure:
        store()
    told = "".join(traceback.format_exception(failure.value))
    for word in ("LEAD-7741", "Quill", "ada@q"):
        assert word not in told
    assert "lead" in told


def test_a_writer_that_waits_too_long_says_so(db, monkeypatch):
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.2)
    impatient = open_database(url_of(db))
    with db.write(), pytest.raises(StorageFailed, match="busy"), impatient.write():
        pass
    with impatient.write() as session:  # and later it works
        session.add(CounterRow(name="later"))
    impatient.close()


def test_an_unknown_problem_is_a_bug_and_not_explained():
    assert explain("UNIQUE constraint failed: asset.id", "x.db") is None
    assert "full" in explain("database or disk is full", "x.db")


def test_batches_hold_every_item_once():
    items = [str(n) for n in range(1201)]
    found = list(batches(items, 500))
    assert [len(b) for b in found] == [500, 500, 201]
    assert sum(found, []) == items  # noqa: RUF017

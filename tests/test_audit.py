"""M56 The audit log: append-only, chained, anchored; every way of tampering is found and named."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from knowledge.errors import StorageFailed
from storage.audit import Audit, load_or_create_key
from storage.database import Database, open_database
from storage.tables import AuditRow, CounterRow

pytest_plugins = ("tests.databases",)

KEY = b"k" * 32
TRIGGERS = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    "postgresql": (
        "DROP TRIGGER audit_no_change ON audit",
        "DROP TRIGGER audit_no_truncate ON audit",
    ),
}


@pytest.fixture
def anchor(tmp_path) -> Path:
    return tmp_path / "audit.anchor"


@pytest.fixture
def audit(anchor, set_clock) -> Audit:
    return Audit(KEY, anchor, set_clock)


def append(audit: Audit, db: Database, times: int = 1) -> None:
    for n in range(times):
        with db.write() as session:
            audit.append(session, "suggestion.made", f"s{n}", "U1", {"touch": n, "asset": "a-1"})


def tamper(db: Database, *statements: str) -> None:
    """What somebody with the database in hand could do: the triggers go first."""
    with db.write() as session:
        for statement in (*TRIGGERS[db.engine.dialect.name], *statements):
            session.execute(text(statement))


def test_an_untouched_log_verifies(audit, db):
    assert audit.verify(db).ok
    append(audit, db, 7)
    verdict = audit.verify(db)
    assert (verdict.ok, verdict.entries, verdict.first_bad, verdict.why) == (True, 7, None, "")


def test_entries_read_back_in_order(audit, db):
    append(audit, db, 3)
    entries = audit.entries(db)
    assert [e.seq for e in entries] == [1, 2, 3]
    assert entries[0].at == "2026-03-02T09:30:00.000000+00:00"
    assert entries[2].data == {"asset": "a-1", "touch": 2}
    assert [e.subject_id for e in audit.entries(db, "s1")] == ["s1"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'U2' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
    ],
)
def test_the_database_itself_refuses_changes(audit, db, statement):
    append(audit, db, 3)
    with pytest.raises(DBAPIError, match="append-only"), db.write() as session:
        session.execute(text(statement))
    assert audit.verify(db).entries == 3


def test_replacing_an_entry_is_refused_too(audit, sqlite_db):
    append(audit, sqlite_db, 2)
    with pytest.raises(DBAPIError, match="append-only"), sqlite_db.write() as session:
        session.execute(text("REPLACE INTO audit SELECT * FROM audit WHERE seq = 1"))


def test_emptying_the_table_is_refused_too(audit, db):
    if db.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    append(audit, db, 2)
    with pytest.raises(DBAPIError, match="append-only"), db.write() as session:
        session.execute(text("TRUNCATE audit"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "'U2'"),
        ("data", "'{}'"),
        ("kind", "'suggestion.approved'"),
        ("subject_id", "'s9'"),
        ("at", "'2026-03-02 09:31:00'"),
        ("previous", "'00'"),
        ("hmac", "'00'"),
    ],
)
def test_an_edited_entry_is_named(audit, db, column, value):
    append(audit, db, 5)
    tamper(db, f"UPDATE audit SET {column} = {value} WHERE seq = 3")
    verdict = audit.verify(db)
    assert (verdict.ok, verdict.entries, verdict.first_bad) == (False, 5, 3)
    assert "Entry 3 was changed" in verdict.why


def test_a_deleted_entry_is_named(audit, db):
    append(audit, db, 5)
    tamper(db, "DELETE FROM audit WHERE seq = 2")
    verdict = audit.verify(db)
    assert (verdict.ok, verdict.first_bad) == (False, 2)
    assert "missing" in verdict.why


def test_a_deleted_entry_is_named_though_the_rest_are_numbered_anew(audit, db):
    append(audit, db, 5)
    tamper(
        db,
        "DELETE FROM audit WHERE seq = 2",
        *(f"UPDATE audit SET seq = {n - 1} WHERE seq = {n}" for n in (3, 4, 5)),
    )
    assert audit.verify(db).first_bad == 2


def test_entries_that_changed_places_are_named(audit, db):
    append(audit, db, 5)
    tamper(
        db,
        "UPDATE audit SET seq = 99 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 99",
    )
    assert audit.verify(db).first_bad == 2


@pytest.mark.parametrize("place", [3, 6])
def test_an_inserted_entry_is_named(audit, db, place):
    append(audit, db, 5)
    moves = [f"UPDATE audit SET seq = {n + 1} WHERE seq = {n}" for n in range(5, place - 1, -1)]
    tamper(
        db,
        *moves,
        "INSERT INTO audit (seq, at, kind, subject_id, actor, data, previous, hmac) "
        f"SELECT {place}, at, kind, subject_id, 'U6', data, previous, hmac FROM audit "
        "WHERE seq = 1",
    )
    assert audit.verify(db).first_bad == place


@pytest.mark.parametrize("left", [0, 3])
def test_a_cut_end_is_named(audit, db, left):
    append(audit, db, 5)
    tamper(db, f"DELETE FROM audit WHERE seq > {left}")
    verdict = audit.verify(db)
    assert (verdict.ok, verdict.entries, verdict.first_bad) == (False, left, left + 1)
    assert verdict.why == f"Entries {left + 1} to 5 were cut off at the end."


def test_a_cut_end_shows_even_after_more_was_added(audit, db):
    append(audit, db, 5)
    tamper(db, "DELETE FROM audit WHERE seq > 3")
    append(audit, db, 1)
    assert audit.verify(db).first_bad == 4
    append(audit, db, 3)
    assert audit.verify(db).first_bad == 4


def test_a_lost_anchor_is_not_made_anew_to_cover_a_cut_end(audit, db, anchor):
    append(audit, db, 5)
    tamper(db, "DELETE FROM audit WHERE seq > 3")
    anchor.unlink()
    append(audit, db, 1)
    assert "missing" in audit.verify(db).why


def test_a_lost_or_changed_anchor_is_reported(audit, db, anchor):
    append(audit, db, 2)
    held = anchor.read_text()
    anchor.unlink()
    assert "missing" in audit.verify(db).why
    anchor.write_text(held.replace('"seq": 2', '"seq": 1'))
    assert "was changed" in audit.verify(db).why
    anchor.write_text("not JSON")
    assert not audit.verify(db).ok
    anchor.write_text(held)
    assert audit.verify(db).ok


def test_another_key_verifies_nothing_and_is_named(audit, db, anchor):
    append(audit, db, 2)
    for other in (Audit(b"x" * 32, anchor), Audit(b"x" * 32)):
        verdict = other.verify(db)
        assert (verdict.ok, verdict.entries, verdict.first_bad) == (False, 2, None)
        assert "another audit.key" in verdict.why
    with db.write() as session:
        session.execute(text("DELETE FROM audit_key"))
    assert Audit(b"x" * 32).verify(db).first_bad == 1


def test_a_home_with_another_key_cannot_break_the_chain(audit, db, tmp_path):
    append(audit, db, 2)
    other = Audit(b"x" * 32, tmp_path / "other.anchor")

    def change() -> None:
        with db.write() as session:
            session.add(CounterRow(name="changed"))
            other.append(session, "suggestion.made", "s9", "U1", {})

    with pytest.raises(StorageFailed, match=r"another audit\.key"):
        change()
    with db.read() as session:
        assert session.get(CounterRow, "changed") is None
    append(audit, db, 1)
    assert audit.verify(db).ok


def test_the_key_cannot_be_told_from_its_fingerprint(audit, db):
    append(audit, db, 1)
    with db.read() as session:
        held = session.execute(text("SELECT fingerprint FROM audit_key")).scalars().all()
    assert [len(fingerprint) for fingerprint in held] == [16]
    assert KEY.hex()[:16] not in held


def test_an_entry_is_rolled_back_with_its_change(audit, db, anchor):
    append(audit, db, 2)
    held = anchor.read_text()

    def fail() -> None:
        with db.write() as session:
            audit.append(session, "suggestion.made", "s9", "U1", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert anchor.read_text() == held
    assert audit.verify(db).entries == 2


def test_an_anchor_that_lags_after_a_crash_is_no_alarm(audit, db, anchor):
    append(audit, db, 2)
    held = anchor.read_text()
    append(audit, db, 1)
    anchor.write_text(held)  # the process died between commit and anchor
    assert audit.verify(db).ok
    append(audit, db, 1)
    assert json.loads(anchor.read_text())["seq"] == 4


def test_an_anchor_that_cannot_be_written_is_logged_and_loses_nothing(
    db, tmp_path, set_clock, caplog
):
    audit = Audit(KEY, tmp_path / "nowhere" / "audit.anchor", set_clock)
    append(audit, db, 1)
    assert "anchor could not be moved" in caplog.text
    assert audit.entries(db)


def append_many(url: str, anchor: str) -> None:
    db = open_database(url)
    append(Audit(KEY, Path(anchor)), db, 30)
    db.close()


def test_processes_share_one_chain(audit, db, anchor):
    spawn = multiprocessing.get_context("spawn")
    url = db.engine.url.render_as_string(hide_password=False)
    workers = [spawn.Process(target=append_many, args=(url, str(anchor))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert audit.verify(db).ok
    assert audit.verify(db).entries == 90
    assert json.loads(anchor.read_text())["seq"] == 90


def test_a_genuine_entry_of_another_time_line_is_named(db):
    audit = Audit(KEY)  # without an anchor the chain alone must tell
    append(audit, db, 5)
    with db.read() as session:
        old = session.get(AuditRow, 5).model_dump()
    tamper(db, "DELETE FROM audit WHERE seq > 3")
    append(audit, db, 2)
    with db.write() as session:
        session.execute(text("DELETE FROM audit WHERE seq = 5"))
        session.add(AuditRow(**old))
    verdict = audit.verify(db)
    assert (verdict.first_bad, verdict.why) == (5, "Entry 5 does not follow the one before it.")


def test_the_anchor_never_goes_back(audit, db, anchor, set_clock):
    append(audit, db, 2)
    slow = Audit(KEY, anchor, set_clock)
    with db.write() as session:
        slow.append(session, "suggestion.made", "s", "U1", {})
        late = dict(session.info["trailguide_after_commit"])
    append(audit, db, 2)
    late["audit"]()  # a slower process moves its anchor only now
    assert json.loads(anchor.read_text())["seq"] == 5


def test_a_text_that_strays_into_the_log_is_refused(audit, db):
    with pytest.raises(ValueError, match="Texts do not belong"), db.write() as session:
        audit.append(session, "k", "s", "U1", {"draft": [{"body": "Hello Ada, " * 30}]})
    with db.read() as session:
        assert session.get(AuditRow, 1) is None


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "audit.key"
    key = load_or_create_key(path)
    assert len(key) == 32
    assert load_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["audit.key"]  # noqa: PTH208
    assert load_or_create_key(tmp_path / "other.key") != key


def test_a_key_that_cannot_be_made_or_is_damaged_is_named(tmp_path):
    with pytest.raises(StorageFailed, match="cannot be read or made"):
        load_or_create_key(tmp_path / "nowhere" / "audit.key")
    (tmp_path / "audit.key").write_bytes(b"short")
    with pytest.raises(StorageFailed, match="damaged"):
        load_or_create_key(tmp_path / "audit.key")

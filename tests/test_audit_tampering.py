"""M56 Six ways to tamper with the audit log, at places drawn at random: each is found and named.

The triggers go first, as they would. Five of the attackers have the database alone; the sixth has
the key as well, and only the anchor beside the database tells.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from storage import audit_anchor
from storage.audit import Audit
from storage.audit_anchor import MARK_BYTES, START, mark_of
from storage.audit_verify import Entry, canonical
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.tables import AuditRow
from tests.databases import new_postgres_database
from tests.slack.local import until
from tests.test_audit import KEY, TRIGGERS

pytest_plugins = ("tests.databases",)

N = 24
"""Entries of the log that is tampered with."""

PLACES = settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip

Rows = list[dict[str, Any]]


class Vault:
    """A log of N entries that can be tampered with and put back as it was."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.anchor = folder / "audit.head"
        self.audit = Audit(KEY, self.anchor)
        self.heads: list[bytes] = []
        for n in range(N):
            with db.write() as session:
                self.audit.append(session, "suggestion.made", f"s{n}", "U1", {"touch": n})
            self.heads.append(self.anchor.read_bytes())
        with db.write() as session:
            for statement in TRIGGERS[db.engine.dialect.name]:
                session.execute(text(statement))
        self._rows = self.rows()
        self._files = {p: p.read_bytes() for p in folder.iterdir()}

    def rows(self) -> Rows:
        with self.db.read() as session:
            return [dict(row._mapping) for row in session.execute(_all())]

    def hold(self, rows: Rows) -> None:
        with self.db.write() as session:
            session.execute(text("DELETE FROM audit"))
            session.execute(AuditRow.__table__.insert(), rows) if rows else None

    def restore(self) -> None:
        self.hold(self._rows)
        for path, held in self._files.items():
            path.write_bytes(held)


def _all() -> Any:
    table = AuditRow.__table__
    return table.select().order_by(table.c.seq)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def vault(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("vault")
    url = (
        f"sqlite:///{folder / 'trailguide.db'}"
        if request.param == "sqlite"
        else new_postgres_database()
    )
    db = open_database(url)
    migrate(db)
    (folder / "home").mkdir()
    yield Vault(db, folder / "home")
    db.close()


def found(vault: Vault, change: Callable[[Rows], Rows]) -> Any:
    """The verdict after a change of the rows; the log is then put back."""
    vault.hold(change(vault.rows()))
    try:
        return vault.audit.verify(vault.db)
    finally:
        vault.restore()


def renumbered(rows: Rows) -> Rows:
    return [{**row, "seq": n} for n, row in enumerate(rows, 1)]


def rebuilt(rows: Rows, start: int) -> Rows:
    """The chain made anew from an entry on, by somebody who has the key."""
    import hashlib
    import hmac

    previous = rows[start - 2]["hmac"] if start > 1 else START
    for row in rows[start - 1 :]:
        row["previous"] = previous
        told = canonical(AuditRow(**row)).encode()
        row["hmac"] = previous = hmac.new(KEY, told, hashlib.sha256).hexdigest()
    return rows


@given(texts=st.lists(st.text(), min_size=5, max_size=5))
def test_what_an_hmac_covers_is_one_json_list(texts: list[str]) -> None:
    """M56 Whatever the texts hold: two entries that differ never have the same form."""
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    entry = Entry(7, at, *texts, hmac="")
    told = canonical(entry)
    assert json.loads(told) == [7, "2026-03-02T09:30:00.000000+00:00", *texts]
    assert told == json.dumps(json.loads(told), separators=(",", ":"), ensure_ascii=False)


def test_the_log_as_it_is_verifies(vault: Vault) -> None:
    verdict = vault.audit.verify(vault.db)
    assert (verdict.ok, verdict.entries, verdict.guarded) == (True, N, False)


@PLACES
@given(
    at=st.integers(1, N),
    field=st.sampled_from(["actor", "kind", "subject_id", "data", "previous", "hmac"]),
)
def test_an_edited_entry_is_named(vault: Vault, at: int, field: str) -> None:
    """M56"""

    def edit(rows: Rows) -> Rows:
        rows[at - 1][field] = '{"touch":99}' if field == "data" else f"{rows[at - 1][field]}x"
        return rows

    verdict = found(vault, edit)
    assert (verdict.ok, verdict.first_bad, verdict.bad_since) == (False, at, at)


@PLACES
@given(at=st.integers(1, N - 1), renumber=st.booleans())
def test_a_deleted_entry_is_named(vault: Vault, at: int, renumber: bool) -> None:
    """M56 Whether or not the rest are numbered anew."""
    verdict = found(
        vault,
        lambda rows: (renumbered if renumber else list)(rows[: at - 1] + rows[at:]),
    )
    assert (verdict.ok, verdict.first_bad) == (False, at)


@PLACES
@given(places=st.lists(st.integers(1, N), min_size=2, max_size=2, unique=True))
def test_entries_that_changed_places_are_named(vault: Vault, places: list[int]) -> None:
    """M56"""
    a, b = sorted(places)

    def swap(rows: Rows) -> Rows:
        rows[a - 1], rows[b - 1] = rows[b - 1], rows[a - 1]
        return renumbered(rows)

    verdict = found(vault, swap)
    assert (verdict.ok, verdict.first_bad) == (False, a)


@PLACES
@given(at=st.integers(1, N + 1), like=st.integers(1, N))
def test_an_inserted_entry_is_named(vault: Vault, at: int, like: int) -> None:
    """M56 A copy of a genuine entry, in the middle or at the end."""
    verdict = found(
        vault,
        lambda rows: renumbered([*rows[: at - 1], dict(rows[like - 1]), *rows[at - 1 :]]),
    )
    assert not verdict.ok
    # The copy of an entry in its own place is the entry itself; the bad one is then the next.
    assert verdict.first_bad == (at + 1 if at == like else at)


@PLACES
@given(left=st.integers(0, N - 1))
def test_a_cut_end_is_named(vault: Vault, left: int) -> None:
    """M56"""
    verdict = found(vault, lambda rows: rows[:left])
    assert (verdict.ok, verdict.entries, verdict.first_bad) == (False, left, left + 1)
    assert "cut off" in verdict.why


@PLACES
@given(left=st.integers(1, N - 1))
def test_a_cut_end_is_named_though_an_older_head_was_put_back(vault: Vault, left: int) -> None:
    """M56 The marks tell of entries that a head from before does not."""
    vault.anchor.write_bytes(vault.heads[left - 1])
    verdict = found(vault, lambda rows: rows[:left])
    assert (verdict.ok, verdict.first_bad) == (False, left + 1)
    assert "older head" in verdict.why


@PLACES
@given(at=st.integers(1, N), more=st.integers(0, 2), cut=st.integers(0, 3))
def test_a_rebuilt_chain_is_named_by_the_entry_that_was_changed(
    vault: Vault, at: int, more: int, cut: int
) -> None:
    """M56 Every HMAC is right, for whoever did it has the key; the anchor alone tells."""

    def rebuild(rows: Rows) -> Rows:
        rows = rows[: max(at, len(rows) - cut)]
        rows[at - 1]["actor"] = "U666"
        rows += [{**rows[-1], "seq": len(rows) + 1 + n} for n in range(more)]
        return rebuilt(rows, at)

    assert Audit(KEY).verify(vault.db).ok  # nothing but the anchor could tell:
    verdict = found(vault, rebuild)
    assert (verdict.ok, verdict.first_bad, verdict.bad_since) == (False, at, at)
    assert "rebuilt" in verdict.why


def test_a_rebuilt_chain_stays_found_though_more_is_added(vault: Vault) -> None:
    """M56 The anchor does not move on over a head that is not there any more."""
    rows = vault.rows()
    rows[6]["actor"] = "U666"
    vault.hold(rebuilt(rows, 7))
    with vault.db.write() as session:
        vault.audit.append(session, "suggestion.made", "s", "U1", {})
    assert vault.audit.verify(vault.db).first_bad == 7
    vault.restore()


@PLACES
@given(at=st.integers(2, N), known=st.sets(st.integers(1, N)))
def test_marks_that_are_missing_leave_a_stretch(vault: Vault, at: int, known: set[int]) -> None:
    """M56 Of an anchor as older versions wrote it, or after a power cut: never a wrong entry."""
    rows = vault.rows()
    marks = b"".join(
        mark_of(row["hmac"]) if row["seq"] in known else bytes(MARK_BYTES) for row in rows
    )
    vault.anchor.with_suffix(".marks").write_bytes(marks)
    rows[at - 1]["actor"] = "U666"
    vault.hold(rebuilt(rows, at))
    verdict = vault.audit.verify(vault.db)
    vault.restore()
    assert not verdict.ok
    assert verdict.first_bad == min((n for n in known if n >= at), default=N)
    assert verdict.bad_since == max((n for n in known if n < at), default=0) + 1


def test_changed_marks_are_no_fault_of_the_log(vault: Vault) -> None:
    """M56 The head vouches for every entry; it is the marks that must be put right."""
    path = vault.anchor.with_suffix(".marks")
    path.write_bytes(bytes([1]) + path.read_bytes()[1:])
    verdict = vault.audit.verify(vault.db)
    vault.restore()
    assert (verdict.ok, verdict.first_bad) == (False, None)
    assert "audit.marks were changed" in verdict.why


def test_the_anchor_of_today_without_marks_still_verifies(vault: Vault) -> None:
    """M56"""
    vault.anchor.with_suffix(".marks").unlink()
    assert vault.audit.verify(vault.db).ok
    vault.restore()


# The anchor is written after the commit, and may be cut short anywhere.


def test_a_death_anywhere_while_the_anchor_moves_is_no_alarm(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M56 Before the marks, between marks and head, and before the new head is in its place."""
    anchor = tmp_path / "audit.head"
    audit = Audit(KEY, anchor)

    def append() -> None:
        with sqlite_db.write() as session:
            audit.append(session, "suggestion.made", "s", "U1", {})

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    append()
    for where in ("_write_marks", "_write_head"):
        with monkeypatch.context() as broken:
            broken.setattr(audit_anchor.Anchor, where, die)
            with pytest.raises(Killed):
                append()
        assert audit.verify(sqlite_db).ok
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", die)
        with pytest.raises(Killed):
            append()
    assert audit.verify(sqlite_db).ok
    append()
    assert audit.verify(sqlite_db).ok
    assert json.loads(anchor.read_text())["seq"] == 5
    held = anchor.with_suffix(".marks")
    assert held.stat().st_mode & 0o077 == 0
    marks = held.read_bytes()
    with sqlite_db.read() as session:
        macs = session.execute(text("SELECT hmac FROM audit ORDER BY seq")).scalars().all()
    assert marks == b"".join(map(mark_of, macs))  # what was missed was taken up


def test_a_process_that_died_left_no_gap_in_the_marks(vault: Vault) -> None:
    """M56 What another process committed and did not anchor is anchored by the next."""
    marks = vault.anchor.with_suffix(".marks").read_bytes()
    assert len(marks) == N * MARK_BYTES
    assert bytes(MARK_BYTES) not in [
        marks[n : n + MARK_BYTES] for n in range(0, len(marks), MARK_BYTES)
    ]


def test_triggers_that_are_gone_are_told(sqlite_db: Database, tmp_path: Path) -> None:
    """M56"""
    audit = Audit(KEY, tmp_path / "audit.head")
    with sqlite_db.write() as session:
        audit.append(session, "suggestion.made", "s", "U1", {})
    assert audit.verify(sqlite_db).guarded
    with sqlite_db.write() as session:
        session.execute(text("DROP TRIGGER audit_no_delete"))
    verdict = audit.verify(sqlite_db)
    assert (verdict.ok, verdict.guarded) == (True, False)


def test_progress_is_told_to_the_end(vault: Vault) -> None:
    told: list[tuple[int, int]] = []
    vault.audit.verify(vault.db, lambda done, of: told.append((done, of)))
    assert told[-1] == (N, N)


def test_a_whole_table_cannot_be_emptied(db: Database) -> None:
    """M56 UPDATE, DELETE and, where there is one, TRUNCATE are refused by the database itself."""
    audit = Audit(KEY)
    with db.write() as session:
        audit.append(session, "suggestion.made", "s", "U1", {})
    statements = ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"]
    statements += [] if db.is_sqlite else ["TRUNCATE audit"]
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), db.write() as session:
            session.execute(text(statement))
    assert audit.verify(db).entries == 1


def append_for_ever(url: str, anchor: str) -> None:
    db, audit = open_database(url), Audit(KEY, Path(anchor))
    while True:
        with db.write() as session:
            audit.append(session, "suggestion.made", "s", "U1", {})


def test_processes_that_are_killed_leave_a_log_that_verifies(db: Database, tmp_path: Path) -> None:
    """M56 Two write, one is killed at any moment; the anchor lags at most, and is caught up."""
    anchor = tmp_path / "audit.head"
    audit = Audit(KEY, anchor)
    url = db.engine.url.render_as_string(hide_password=False)
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=append_for_ever, args=(url, str(anchor))) for _ in range(2)]
    for writer in writers:
        writer.start()
    for count, writer in zip((5, 12), writers, strict=True):
        until(lambda count=count: len(audit.entries(db)) >= count, f"{count} entries")  # type: ignore[misc]
        writer.kill()
        writer.join()
        verdict = audit.verify(db)
        assert verdict.ok, verdict.why
    with db.write() as session:
        audit.append(session, "suggestion.made", "s", "U1", {})
    verdict = audit.verify(db)
    assert (verdict.ok, json.loads(anchor.read_text())["seq"]) == (True, verdict.entries)
    marks = anchor.with_suffix(".marks").read_bytes()
    macs = [entry.hmac for entry in rows_of(db)]
    assert marks == b"".join(map(mark_of, macs))


def rows_of(db: Database) -> list[AuditRow]:
    with db.read() as session:
        return list(session.exec(select(AuditRow).order_by(col(AuditRow.seq))))

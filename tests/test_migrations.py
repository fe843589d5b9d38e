"""From every released schema, with rows in it, forward to the newest; or all stays as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, select

import storage.migrate as steps
from knowledge.errors import StorageFailed
from storage import audit_verify
from storage.audit import Audit
from storage.columns import metadata
from storage.database import Database, open_database
from storage.migrate import migrate
from tests.databases import new_postgres_database
from tests.released import KEY, load
from tests.released import steps as released

DIALECTS = ("sqlite", "postgresql")
ADDS = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{step}", "{before}"


def upgrade():
    with op.batch_alter_table("lead", recreate="always" if op.get_bind().dialect.name == "sqlite"
                              else "never") as lead:
        lead.add_column(sa.Column("mood", sa.String(), nullable=True))
    op.execute("UPDATE lead SET mood = 'calm', company = 'another'")
"""
BREAKS = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{step}", "{before}"


def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer()))
    op.execute("DELETE FROM lead_history")
    op.execute("UPDATE lead SET no_such_column = 1")
"""


def empty(dialect: str, folder: Path) -> str:
    """The URL of a database without tables."""
    return new_postgres_database() if dialect == "postgresql" else f"sqlite:///{folder / 'x.db'}"


def rows_of(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is there, by table, with the names of columns."""
    there = MetaData()
    with db.read() as session:
        there.reflect(session.connection())
        return {
            table.name: sorted(
                (
                    tuple(sorted((key, str(value)) for key, value in row.items()))
                    for row in session.execute(select(table)).mappings()
                ),
                key=str,
            )
            for table in there.sorted_tables
        }


def shape_of(db: Database) -> dict[str, Any]:
    """Columns, keys and indexes of every table."""
    with db.read() as session:
        found = inspect(session.connection())
        return {
            name: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
                found.get_pk_constraint(name)["constrained_columns"],
                sorted(str(i["name"]) for i in found.get_indexes(name)),
                sorted(str(k["referred_table"]) for k in found.get_foreign_keys(name)),
            )
            for name in found.get_table_names()
        }


@pytest.fixture(params=DIALECTS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The first released database, with rows in every table."""
    url = empty(request.param, tmp_path)
    load(url, "0001")
    db = open_database(url)
    yield db
    db.close()


@pytest.mark.parametrize("step", released())
@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_released_database_comes_forward_with_every_row(
    dialect: str, step: str, tmp_path: Path
) -> None:
    """M56 Columns may be added; nothing that was there is lost, and the audit log still holds."""
    url = empty(dialect, tmp_path)
    load(url, step)
    db = open_database(url)
    before = rows_of(db)
    assert all(before.values()), "a table of the dump is empty"
    migrate(db)
    after = rows_of(db)
    for name, rows in before.items():
        if name == "alembic_version":
            continue
        kept = {key for key, _ in rows[0]}
        bare = [tuple(pair for pair in row if pair[0] in kept) for row in after[name]]
        assert sorted(bare, key=str) == rows, name
    with db.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    # The chain alone: what its marks would be compared with is invented here.
    verdict = audit_verify.verify(db, None, Audit(KEY)._sign)
    assert (verdict.ok, verdict.guarded) == (True, True), verdict
    db.close()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_first_migration_still_makes_what_was_released(dialect: str, tmp_path: Path) -> None:
    """Frozen: a change of the schema is a migration of its own."""
    (tmp_path / "dump").mkdir()
    there, made = empty(dialect, tmp_path / "dump"), empty(dialect, tmp_path)
    load(there, "0001")
    shapes = []
    for url in (there, made):
        db = open_database(url)
        if url == made:
            with db.write(altering=True) as session:
                steps._upgrade(session.connection(), "0001")
        shapes.append(shape_of(db))
        db.close()
    assert shapes[0] == shapes[1]


def test_a_migration_that_fails_midway_leaves_everything_as_it_was(
    old: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 One plain sentence; the earlier steps of the same run are taken back too."""
    coming(tmp_path / "next", monkeypatch, ADDS, BREAKS)
    shape, rows = shape_of(old), rows_of(old)
    with pytest.raises(StorageFailed) as failed:
        migrate(old)
    assert "could not be brought from step 0001 to 9999" in str(failed.value)
    assert "it is as it was" in str(failed.value)
    assert (shape_of(old), rows_of(old)) == (shape, rows)


def test_a_table_that_is_made_anew_keeps_the_rows_that_refer_to_it(
    old: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite alters a table by dropping it, which would delete what refers to it."""
    migrate(old)
    before = rows_of(old)
    coming(tmp_path / "next", monkeypatch, ADDS)
    migrate(old)
    after = rows_of(old)
    assert {r[1] for row in after["lead"] for r in row if r[0] == "mood"} == {"calm"}
    changed = {"lead", "alembic_version"}
    assert {k: v for k, v in after.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }
    with old.write() as session:  # and references are watched again
        assert (
            old.is_sqlite is False
            or session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar()
        )


def coming(folder: Path, monkeypatch: pytest.MonkeyPatch, *scripts: str) -> None:
    """Let the program know migrations that are not written yet."""
    shutil.copytree(steps.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = steps.HEAD
    for number, script in enumerate(scripts, 9999 - len(scripts) + 1):
        path = folder / "versions" / f"{number}_later.py"
        path.write_text(script.format(step=number, before=before))
        before = str(number)
    monkeypatch.setattr(steps, "MIGRATIONS", folder)
    monkeypatch.setattr(steps, "HEAD", before)

"""Homes that share a database: one audit log with an anchor in each, one key, one place a bot."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.bootstrap import build
from bot.places import executor_id, place_in
from bot.settings import Settings
from knowledge.errors import IndexBusy, StorageFailed
from knowledge.leads import LeadFacts
from storage.audit import JOINED, Audit
from storage.database import Database
from tests.conftest import Ran

pytest_plugins = ("tests.databases",)
KEY = b"k" * 32


def home_of(tmp_path: Path, name: str, key: bytes = KEY) -> Audit:
    (tmp_path / name).mkdir(exist_ok=True)
    return Audit(key, tmp_path / name / "audit.head", home=name)


def enter(audit: Audit, db: Database, times: int = 1) -> None:
    for _ in range(times):
        with db.write() as session:
            audit.append(session, "refused", "s", "U1", {"act": "x"})


def test_each_home_anchors_the_log_from_where_it_joined(db: Database, tmp_path: Path) -> None:
    """M56 What one home adds, the others take up; a cut end is found from each."""
    first, second = home_of(tmp_path, "first"), home_of(tmp_path, "second")
    enter(first, db, 3)
    assert second.verify(db).ok, "a new home is no alarm"
    enter(second, db, 2)
    enter(first, db, 2)
    enter(second, db)
    for audit in (first, second):
        assert audit.verify(db).ok
        assert audit.verify(db).entries == 3 + 2 + 2 + 1 + 2
    assert (first.verify(db).since, second.verify(db).since) == (1, 5)
    joined = [e for e in first.entries(db) if e.kind == JOINED]
    assert [(e.subject_id, e.data["entries"]) for e in joined] == [("first", 0), ("second", 4)]
    cut(db, 2)
    for audit in (first, second):
        assert not audit.verify(db).ok
        assert "cut off" in audit.verify(db).why


def test_a_home_that_lost_its_anchor_does_not_join_anew(db: Database, tmp_path: Path) -> None:
    """M56 Who removes the files hides nothing: the alarm stays."""
    enter(home_of(tmp_path, "first"), db, 2)
    enter(home_of(tmp_path, "second"), db, 2)
    for file in (tmp_path / "second").iterdir():
        file.unlink()
    again = home_of(tmp_path, "second")
    assert not again.verify(db).ok
    enter(again, db)
    assert not again.verify(db).ok
    assert home_of(tmp_path, "first").verify(db).ok


def test_a_home_with_another_key_joins_nothing(db: Database, tmp_path: Path) -> None:
    enter(home_of(tmp_path, "first"), db)
    other = home_of(tmp_path, "other", b"o" * 32)
    with pytest.raises(StorageFailed, match="TRAILGUIDE_AUDIT_KEY"):
        enter(other, db)
    assert not (tmp_path / "other" / "audit.head").exists()
    assert home_of(tmp_path, "first").verify(db).ok


def cut(db: Database, last: int) -> None:
    """Take the last entries out, as somebody with the database in hand could."""
    from sqlalchemy import text

    off = (
        ["DROP TRIGGER audit_no_delete"]
        if db.is_sqlite
        else ["ALTER TABLE audit DISABLE TRIGGER ALL"]
    )
    with db.write() as session:
        for statement in off:
            session.execute(text(statement))
        session.execute(
            text("DELETE FROM audit WHERE seq > (SELECT max(seq) FROM audit) - :n"), {"n": last}
        )


def add_leads(url: str, home: Path, name: str) -> None:
    tools = build(Settings(home=home, database_url=url, audit_key="ab" * 32))
    for number in range(5):
        tools.leads.put(f"{name}-{number}", LeadFacts(name="A Lead"), "import", "U1")
    tools.close()


def test_bots_of_several_homes_write_one_log(empty_postgres: str, tmp_path: Path) -> None:
    """M56 Three at once, two of them in one home: one chain, whole for each home."""
    homes = [tmp_path / name for name in ("a", "a", "b")]
    with ThreadPoolExecutor(3) as bots:
        done = [bots.submit(add_leads, empty_postgres, h, f"lead{n}") for n, h in enumerate(homes)]
    assert [job.result() for job in done] == [None] * 3
    for home in homes[1:]:
        tools = build(Settings(home=home, database_url=empty_postgres, audit_key="ab" * 32))
        verdict = tools.audit.verify(tools.db)
        assert verdict.ok, verdict.why
        kinds = [e.kind for e in tools.audit.entries(tools.db)]
        assert (kinds.count("lead.added"), kinds.count(JOINED)) == (15, 2)
        assert not (home / "audit.key").exists()
        tools.close()


def test_bots_of_one_home_have_places_of_their_own(tmp_path: Path) -> None:
    """A place that is free again is taken first, with the id that it had."""
    with place_in(tmp_path, shared=True) as first:
        with place_in(tmp_path, shared=True) as second, pytest.raises(IndexBusy):
            place_in(tmp_path, shared=False).__enter__()
        with place_in(tmp_path, shared=True) as again:
            assert second == again != first == executor_id(tmp_path)
    with place_in(tmp_path, shared=False) as alone:
        assert alone == first


@pytest.mark.parametrize("wrong", ["secret", "0" * 63, "g" * 64])
def test_an_audit_key_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        Settings(audit_key=wrong)  # type: ignore[arg-type]


def test_the_command_says_since_when_a_home_keeps_marks(
    trailguide: Callable[..., Ran],
    tmp_path: Path,
    empty_postgres: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRAILGUIDE_DATABASE_URL", empty_postgres)
    monkeypatch.setenv("TRAILGUIDE_AUDIT_KEY", "ab" * 32)
    add_leads(empty_postgres, tmp_path / "a", "lead")
    told = trailguide("--home", tmp_path / "b", "audit", "verify")
    assert told.status == 0
    assert "from 7 on" in told.err
    told = trailguide("--home", tmp_path / "a", "audit", "verify", "--json")
    assert json.loads(told.out)["since"] == 1

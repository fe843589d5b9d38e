"""What a database's file owes to the privacy of leads."""

from __future__ import annotations

import os
from pathlib import Path

from storage.database import open_database
from storage.migrate import migrate


def test_the_database_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    """Leads' names and mails lie in it; an older file that others may read is mended."""
    path = tmp_path / "trailguide.db"
    before = os.umask(0o022)
    try:
        path.touch(mode=0o644)
        db = open_database(f"sqlite:///{path}")
        migrate(db)
        found = {p.name: p.stat().st_mode & 0o777 for p in tmp_path.glob("trailguide.db*")}
        db.engine.dispose()
    finally:
        os.umask(before)
    assert set(found.values()) == {0o600}, found

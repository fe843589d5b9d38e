"""New SQLite databases as copies of one that is migrated: Alembic takes a quarter of a second."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bot import bootstrap
from storage.database import open_database
from storage.migrate import migrate


def install() -> None:
    """Have what is wired in this process find our tables in a database that is not there yet."""
    opened = bootstrap.open_database

    def open_filled(url: str, *more: Any) -> Any:
        try:
            parsed = make_url(url)
        except Exception:  # noqa: BLE001 - the product says what is wrong with it
            return opened(url, *more)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            fill(Path(parsed.database))
        return opened(url, *more)

    bootstrap.open_database = open_filled


def fill(path: Path) -> None:
    """Put the empty tables where no file is yet; what cannot be written is left to the product."""
    if path.name != ":memory:" and path.parent.is_dir() and not path.exists():
        try:
            shutil.copy(_template(), path)
        except OSError:
            path.unlink(missing_ok=True)


@functools.cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tgempty"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "trailguide.db"
    db = open_database(f"sqlite:///{path}")
    migrate(db)
    db.close()
    return path

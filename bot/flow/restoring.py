"""Putting a backup into an empty home: all of it, checked, or nothing.

Everything happens in a folder beside the home, which takes its name when the log was verified, what
was erased since the backup is erased again, and the index answers.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.flow.erasing import erase_lead, erase_words
from bot.flow.tools import Tools
from bot.settings import Settings
from knowledge.assets import AssetStatus
from knowledge.errors import BadInput, NotFound, StorageFailed
from storage import erased_marks
from storage.audit import AuditVerdict
from storage.backup_copy import (
    POSTGRES_COPY,
    SQLITE_COPY,
    put_back,
    require_no_tables,
    take_out_tables,
)
from storage.backup_file import Manifest, read_manifest, unpack
from storage.database import open_database
from storage.migrate import HEAD, knows

RESTORED = "backup.restored"

Load = Callable[[Path], Settings]
Wire = Callable[[Settings], "Closing"]


class Closing(Tools):
    """Tools that are to be closed when done with."""

    def close(self) -> None:
        """Give back what was opened."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it: `erased_again` counts leads and words, `passages` what the index holds."""

    home: Path
    manifest: Manifest
    verdict: AuditVerdict
    passages: int
    erased_again: int
    step: str = HEAD


def restore(
    file: Path, home: Path, *, marks: Sequence[str], by: str, load: Load, wire: Wire
) -> Restored:
    """Restore a backup to `home`; `BadInput` and `StorageFailed` leave nothing behind.

    `marks` are those of a list of erasures. `load` reads the settings of a home, `wire` makes its
    tools.
    """
    manifest = read_manifest(file)
    _require_known(manifest, file)
    _require_empty(home)
    aside = home.with_name(f".{home.name}.restoring-{secrets.token_hex(4)}")
    above = [p for p in home.absolute().parents if not p.exists()]  # a team's home is two below
    with _gone_on_failure(aside, *above), contextlib.ExitStack() as undo:
        _make(*reversed(above), aside)
        unpack(file, aside)
        settings = load(aside)
        target = _target(manifest, settings)
        if manifest.database == "postgresql":
            db = open_database(settings.database)
            undo.callback(db.close)
            require_no_tables(db)
            undo.push(lambda kind, *_: take_out_tables(db) if kind else None)
            put_back(db, aside / POSTGRES_COPY)
            (aside / POSTGRES_COPY).unlink()
        elif target:  # it is worked on beside the rest, and moved to its place in the end
            settings = settings.model_copy(update={"database_url": None})
        done = _worked_on(wire(settings), manifest, marks, by)
        if target:
            shutil.move(aside / SQLITE_COPY, target)
        if home.exists():
            home.rmdir()
        aside.rename(home)
    return Restored(home, manifest, *done)


def _worked_on(
    tools: Closing, manifest: Manifest, marks: Sequence[str], by: str
) -> tuple[AuditVerdict, int, int]:
    """Migrate, verify, erase again what was erased since, and build the index."""
    try:
        verdict = tools.audit.verify(tools.db)  # opening the database has migrated it
        if verdict.ok:
            with tools.db.write() as session:
                tools.audit.append(session, RESTORED, manifest.id, by, {"made": manifest.made})
        erased = erase_again(tools, marks, by)
        verdict = tools.audit.verify(tools.db) if verdict.ok else verdict
        if tools.library.any_approved():
            tools.finder.search("Does it answer?", 1)  # which builds the index from SQL
        passages = tools.vectors.count() if tools.library.all(AssetStatus.APPROVED) else 0
        return verdict, passages, erased
    finally:
        tools.close()


def erase_again(tools: Tools, marks: Sequence[str], by: str) -> int:
    """Erase what these marks say was erased before and is back; returns how much that was."""
    leads, suggestions = erased_marks.still_there(tools.db, marks)
    for lead_id in leads:
        with contextlib.suppress(NotFound):  # gone with another one
            erase_lead(lead_id, by, tools)
    for suggestion_id in suggestions:
        erase_words(suggestion_id, by, tools)
    if marks:
        erased_marks.keep_list(tools.settings.home / erased_marks.LIST, marks)
    return len(leads) + len(suggestions)


def _require_known(manifest: Manifest, file: Path) -> None:
    if not knows(manifest.step):
        raise BadInput(
            f"{file} was made by a newer Trailguide ({manifest.program}, step {manifest.step}); "
            "update Trailguide."
        )
    copy = POSTGRES_COPY if manifest.database == "postgresql" else SQLITE_COPY
    if copy not in manifest.files:
        raise BadInput(f"{file} is no whole backup of Trailguide; nothing was restored.")


def _require_empty(home: Path) -> None:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BadInput(f"{home} is not empty; name a new folder with --home.")


def _target(manifest: Manifest, settings: Settings) -> Path | None:
    """Where SQLite's file goes when not into the home; the kinds of database must agree."""
    url = settings.database_url or ""
    if manifest.database == "postgresql":
        if not url or url.startswith("sqlite"):
            raise BadInput(
                "This backup is of a PostgreSQL database; name an empty one in "
                "TRAILGUIDE_DATABASE_URL."
            )
        return None
    if url and not url.startswith("sqlite"):
        raise BadInput(
            "This backup is of a SQLite database; unset TRAILGUIDE_DATABASE_URL to restore it."
        )
    if not url:
        return None
    path = Path(open_database_path(url))
    if path.exists():
        raise BadInput(f"The database {path} is there already; move it away first.")
    return path


def open_database_path(url: str) -> str:
    """The file that a SQLite address names."""
    return url.removeprefix("sqlite:///")


def _make(*folders: Path) -> None:
    try:
        for folder in folders:
            folder.mkdir(mode=0o700)
    except OSError as refused:
        raise StorageFailed(f"{folder.parent} cannot be written to: {refused.strerror}.") from None


@contextmanager
def _gone_on_failure(folder: Path, *above: Path) -> Iterator[None]:
    """Remove the folder when that fails, and those above it that were made for it."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # not made, or somebody has put something there
            for made in above:
                made.rmdir()
        raise

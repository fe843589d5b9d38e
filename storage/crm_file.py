"""The file that we write for another system to take in: replaced as a whole, one line a key.

It holds values and, where that is switched on, mails; so an erasure looks into it too.
"""

from __future__ import annotations

import csv
import fcntl
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from knowledge.spreadsheets import inert

OURS = "trailguide.csv"
COLUMNS = ("key", "what", "lead_id", "on", "channel", "subject", "body", "field", "value")
_LOCK = f".{OURS}.lock"

Rows = dict[str, dict[str, str]]


def put(folder: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Add lines, or put them in place of those with their keys. `OSError`."""
    new = {row["key"]: {c: inert(row.get(c, "")) for c in COLUMNS} for row in rows}
    if new:
        _changed(folder, lambda known: known | new)


def forget(folder: Path, ids: Collection[str]) -> int:
    """Drop the lines of these records, as when a lead is erased; returns how many. `OSError`."""
    if not ids or not (folder / OURS).exists():
        return 0
    gone = {inert(id_) for id_ in ids}
    before, after = _changed(
        folder, lambda known: {k: row for k, row in known.items() if row["lead_id"] not in gone}
    )
    return before - after


def _changed(folder: Path, change: Callable[[Rows], Rows]) -> tuple[int, int]:
    """Read, change and replace the file while nobody else does; returns the lines of both."""
    path = folder / OURS
    with _locked(folder):
        for torn in folder.glob(f".{OURS}.*"):  # of a process that was killed in mid-write
            if torn.name != _LOCK:
                torn.unlink(missing_ok=True)
        known = {row["key"]: row for row in _rows(path)}
        new = change(known)
        if new != known:
            _replace(path, list(new.values()))
        return len(known), len(new)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return [{c: row.get(c) or "" for c in COLUMNS} for row in csv.DictReader(lines)]


def _replace(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{OURS}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(0o640)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

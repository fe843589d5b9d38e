"""What an import is made of: pieces to read, what became of them, and the record of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TO_DO, LISTED, REJECTED = "", "listed", "rejected"
"""Of `became`; the others are those of `Library.put`: added, updated and unchanged."""
DONE, REPLACED, STOPPED = "done", "replaced", "stopped"
"""Why an import ended."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to read: a file, a page, a manifest or a list; `kind` as in `knowledge.reading`.

    `changed` is a list's own word of when a page changed, `reason` why it is not read or why it
    waits, `read` how many rows of a manifest were read while it had the `mark`.
    """

    location: str
    kind: str
    folder: str = ""
    changed: str = ""
    place: int = -1
    read: int = 0
    mark: str = ""
    tries: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Became:
    """What became of the piece at `place`; a row of a manifest has none yet and gets one."""

    location: str
    became: str
    place: int | None = None
    asset_id: str = ""
    reason: str = ""
    flags: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import with its counts by what became of the pieces; `options` are the caller's own."""

    id: str
    sources: tuple[str, ...]
    options: Mapping[str, Any]
    by: str
    planned_at: datetime
    for_bot: bool = False
    ended_at: datetime | None = None
    ended_because: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Pieces still to read."""
        return self.counts.get(TO_DO, 0)

    @property
    def total(self) -> int:
        """All pieces known so far; lists are no pieces."""
        return sum(self.counts.values()) - self.counts.get(LISTED, 0)

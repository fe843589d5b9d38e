"""Walking the audit log from its first entry to the anchored head, to name the first bad one."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import NamedTuple

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from storage.audit_anchor import START, Anchor, Head, Marks
from storage.database import Database
from storage.tables import AuditRow

Progress = Callable[[int, int], None]
"""Told how many entries were read, and how many there are."""

STEP = 5_000
"""Entries between two words of progress; each takes about a tenth of a second."""

GUARDS = {
    "sqlite": ("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'",
               frozenset({"audit_no_update", "audit_no_delete"})),
    "postgresql": ("SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit'::regclass "
                   "AND tgenabled <> 'D'",
                   frozenset({"audit_no_change", "audit_no_truncate"})),
}  # fmt: skip
"""By database, how its triggers on the log are read, and those there must be."""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the log is whole; else the number of the first bad entry, if one can be named.

    The first bad entry is one of `bad_since` to `first_bad`; they are the same where it is known
    exactly. `since` is the first entry that the home's own anchor knows: in a log that another home
    began, what came before it is held by the chain alone. `guarded` is False when the database's
    own triggers against changes are gone.
    """

    ok: bool
    entries: int
    first_bad: int | None = None
    why: str = ""
    bad_since: int | None = None
    guarded: bool = True
    since: int = 1


class Entry(NamedTuple):
    """An entry as the walk needs it; the fields are the columns of the table."""

    seq: int
    at: datetime
    kind: str
    subject_id: str
    actor: str
    data: str
    previous: str
    hmac: str


class _Walk(NamedTuple):
    """How far the chain holds by itself, and what was seen of the anchor on the way."""

    entries: int
    at_anchor: str
    broken: str
    last_agreed: int
    first_other: int | None


def verify(
    db: Database,
    anchor: Anchor | None,
    sign: Callable[[str], str],
    progress: Progress | None = None,
) -> AuditVerdict:
    """Check every entry against the key, its forerunner and the anchor."""
    try:
        head = anchor.read() if anchor else None  # first: entries may be added while we read
    except ValueError as error:
        return AuditVerdict(ok=False, entries=count(db), why=str(error))
    marks = anchor.marks() if anchor else Marks(b"")
    with db.read() as session:
        guarded = _is_guarded(session)
        walk = _walk(session, head, marks, sign, progress)
        if walk.broken:
            bad = _rebuilt(walk) or AuditVerdict(
                False, 0, walk.entries + 1, walk.broken, bad_since=walk.entries + 1
            )
            return replace(bad, entries=_count(session), guarded=guarded)
    verdict = _against_anchor(walk, head, anchor, len(marks))
    return replace(verdict, guarded=guarded, since=marks.since)


def count(db: Database) -> int:
    """How many entries there are."""
    with db.read() as session:
        return _count(session)


def canonical(row: AuditRow | Entry) -> str:
    """What the HMAC of an entry covers, as one text."""
    texts = (moment(row.at), row.kind, row.subject_id, row.actor, row.data, row.previous)
    # What json.dumps says of the list, without an encoder made anew for each entry.
    return f"[{row.seq},{','.join(map(encode_basestring, texts))}]"


def moment(at: datetime) -> str:
    """A moment as the log writes it: ISO 8601 in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _against_anchor(
    walk: _Walk, head: Head | None, anchor: Anchor | None, marked: int
) -> AuditVerdict:
    """The verdict on a chain that holds by itself: whether it is the one that was anchored."""
    entries = walk.entries
    if head is None:
        return _without_head(entries, anchor)
    if head.seq <= entries and head.hmac == walk.at_anchor:
        return _cut_below_marks(entries, marked) or _by_marks(walk, anchor)
    if rebuilt := _rebuilt(walk):
        return rebuilt
    if head.seq > entries:
        first = entries + 1
        why = f"Entries {first} to {head.seq} were cut off at the end."
        return AuditVerdict(False, entries, first, why, bad_since=first)
    return _rebuilt(walk._replace(first_other=head.seq)) or AuditVerdict(False, entries)


def _cut_below_marks(entries: int, marked: int) -> AuditVerdict | None:
    """The verdict where marks tell of entries that are not there: the head was put back as well."""
    if marked <= entries:
        return None
    first = entries + 1
    why = f"Entries {first} to {marked} were cut off at the end, and an older head was put back."
    return AuditVerdict(False, entries, first, why, bad_since=first)


def _without_head(entries: int, anchor: Anchor | None) -> AuditVerdict:
    if anchor is None or not entries:
        return AuditVerdict(ok=True, entries=entries)
    why = f"The anchor file {anchor.path} is missing, so a cut end would not show."
    return AuditVerdict(ok=False, entries=entries, why=why)


def _by_marks(walk: _Walk, anchor: Anchor | None) -> AuditVerdict:
    """The head agrees, so every entry up to it is as it was: a mark that differs was changed."""
    if walk.first_other is None or anchor is None:
        return AuditVerdict(ok=True, entries=walk.entries)
    why = (
        f"The log is as it was anchored, but the marks in {anchor.marks_path} were changed, "
        f"at entry {walk.first_other}; put a backup in their place."
    )
    return AuditVerdict(ok=False, entries=walk.entries, why=why)


def _rebuilt(walk: _Walk) -> AuditVerdict | None:
    """The verdict on entries that hold by themselves and are not those that were anchored."""
    if walk.first_other is None:
        return None
    first, since = walk.first_other, min(walk.last_agreed + 1, walk.first_other)
    why = f"Entry {first} is not the one that was anchored; the log was rebuilt"
    why += " from there on." if since == first else f": from one of entries {since} to {first} on."
    return AuditVerdict(False, walk.entries, first, why, bad_since=since)


def _walk(
    session: Session,
    head: Head | None,
    marks: Marks,
    sign: Callable[[str], str],
    progress: Progress | None,
) -> _Walk:
    """Check number, HMAC and forerunner of every entry, and hold each against its mark."""
    entries, previous, at_anchor, agreed = 0, START, START, 0
    other: int | None = None
    broken = ""
    total = _count(session) if progress else 0
    for row in _entries(session):
        expected = entries + 1
        if row.seq != expected:
            broken = f"Entry {expected} is missing."
        elif not hmac.compare_digest(row.hmac.encode(), sign(canonical(row)).encode()):
            broken = f"Entry {expected} was changed, moved or put in."
        elif row.previous != previous:
            broken = f"Entry {expected} does not follow the one before it."
        if broken:
            break
        entries, previous = expected, row.hmac
        if head is not None and expected <= head.seq and other is None:
            same = marks.agrees(expected, row.hmac)
            agreed = expected if same else agreed
            other = expected if same is False else None
        if head is not None and expected == head.seq:
            at_anchor = row.hmac
        if progress and expected % STEP == 0:
            progress(expected, total)
    if progress:
        progress(entries, total)
    return _Walk(entries, at_anchor, broken, agreed, other)


def _entries(session: Session) -> Iterator[Entry]:
    """All entries by number, a stretch at a time."""
    table = AuditRow.__table__  # type: ignore[attr-defined]
    columns = [table.c[name] for name in Entry._fields]
    query = select(*columns).order_by(table.c.seq)
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield Entry(*row)


def _count(session: Session) -> int:
    return int(session.execute(select(func.count(col(AuditRow.seq)))).scalar_one())


def _is_guarded(session: Session) -> bool:
    dialect = session.get_bind().dialect.name
    query, wanted = GUARDS[dialect]
    return wanted <= set(session.execute(text(query)).scalars())

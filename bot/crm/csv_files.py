"""A folder of CSV files that another system exports, and one of ours for what it is to take in.

It exports `leads.csv`, `accounts.csv`, `activities.csv` and `owners.csv`, each with an `id`; we
write `trailguide.csv`, whole and at once, so that nobody ever reads half of it.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from knowledge.crm import (
    ActivityWrite,
    Gone,
    GonePage,
    Offer,
    Outcome,
    Page,
    PersonWrite,
    Record,
    Seen,
    Stream,
    Written,
)
from knowledge.crm_mapping import CrmMapping
from knowledge.errors import CrmFailed
from storage import crm_file

PAGE = 500
"""Lines a page: each is one transaction of some tenths of a second."""
ID, DELETED, MERGED, PERSON, KEY = "id", "deleted", "merged_into", "lead_id", "trailguide_key"
AHEAD = timedelta(minutes=5)
"""By how much a line may be changed later than now, since clocks differ; a pull's overlap covers
it."""
_YES = frozenset({"1", "true", "yes", "y", "x"})


class CsvFolder:
    """The folder as a CRM."""

    name = "csv"

    def __init__(self, folder: Path, mapping: CrmMapping) -> None:
        self._folder, self.mapping = folder, mapping

    def check(self) -> str:
        """Which files are there."""
        wanted = [f"{kind}.csv" for kind in self._kinds()]
        there = [name for name in wanted if (self._folder / name).is_file()]
        people = [f"{kind}.csv" for kind in self.mapping.people]
        if not set(people) & set(there):
            raise CrmFailed(f"{self._folder} has no {' or '.join(people)}; export it there.")
        told = [f"{self._folder} has {', '.join(there)}", *self._missing(), *self.passed_over()]
        return "; ".join(told)

    def passed_over(self, most: int = 5) -> list[str]:
        """The lines of each file that a pull passes over, with their numbers and why."""
        told = []
        for kind in self._kinds():
            if bad := list(self._bad_lines(kind)):
                more = f" and {len(bad) - most} more" if len(bad) > most else ""
                told.append(f"{kind}.csv: passed over {', '.join(bad[:most])}{more}")
        return told

    def _bad_lines(self, kind: str) -> Iterator[str]:
        with self._opened(kind) as lines:
            if lines is None:
                return
            reader = csv.DictReader(lines)
            try:
                for row in reader:
                    if why := _unreadable(row):
                        yield f"line {reader.line_num} {why}"
            except (UnicodeDecodeError, csv.Error):
                raise CrmFailed(f"{kind}.csv is not CSV in UTF-8; export it anew.") from None

    def _missing(self) -> list[str]:
        """The columns that the mapping names and a file does not have, file by file."""
        told = []
        for kind in (k for k in self._kinds() if k != Stream.OWNERS):
            with self._opened(kind) as lines:
                header = next(csv.reader(lines), []) if lines else None
            if header is None:
                continue
            names = {name.strip() for name in header}
            left = [name for name in self._wanted(kind) if name not in names]
            if left:
                told.append(
                    f"{kind}.csv has no column for what the mapping names: {', '.join(left)}"
                )
        return told

    def read(self, stream: Stream, kind: str, since: datetime | None, cursor: str | None) -> Page:
        """The lines of one file, oldest change first."""
        changed = self._changed_column(stream, kind)
        after = _split(cursor) if cursor else None
        records = [
            record
            for row, at in self._rows(kind, changed)
            if not (_is_yes(row, DELETED) or row.get(MERGED))
            and (since is None or at >= since)
            and (after is None or (at, row[ID]) > after)
            and (record := self._record(kind, row, at))
        ]
        records.sort(key=lambda r: (r.changed_at, r.id))
        page = records[:PAGE]
        more = f"{page[-1].changed_at.isoformat()} {page[-1].id}" if len(records) > PAGE else None
        return Page(tuple(page), more)

    def gone(self, kind: str, since: datetime | None, cursor: str | None) -> GonePage:  # noqa: ARG002 - one page
        """Lines that are marked as deleted, or as merged into another."""
        changed = self.mapping.people[kind].changed
        rows = [
            (row, at)
            for row, at in self._rows(kind, changed)
            if (since is None or at >= since) and (_is_yes(row, DELETED) or row.get(MERGED))
        ]
        upto = max((at for _, at in rows), default=None)
        return GonePage(tuple(Gone(row[ID], row.get(MERGED, "")) for row, _ in rows), None, upto)

    def look(self, ids: Mapping[str, str], fields: Sequence[str] = ()) -> dict[str, Seen]:
        """The lines of some people; one that the file does not have tells nothing."""
        found: dict[str, Seen] = {}
        for kind in set(ids.values()):
            rows = {row[ID]: (row, at) for row, at in self._rows(kind, self._changed(kind))}
            for id_ in (i for i, k in ids.items() if k == kind and i in rows):
                row, at = rows[id_]
                into = row.get(MERGED) or id_
                if _is_yes(row, DELETED) or into not in rows:
                    found[id_] = Seen(None)
                else:
                    row, at = rows[into]
                    found[id_] = Seen(self._record(kind, row, at, fields))
        return found

    def write_people(self, writes: Sequence[PersonWrite]) -> list[Written]:
        """Leave fields in our file; a line that changed meanwhile is left alone."""
        now = self.look({w.id: w.kind for w in writes})
        told, rows = [], []
        for write in writes:
            seen = now.get(write.id)
            if seen is None or seen.record is None:
                told.append(Written(write.id, Outcome.REFUSED, why="no such line"))
            elif seen.record.changed_at > write.seen_at:
                told.append(Written(write.id, Outcome.CHANGED))
            else:
                told.append(Written(write.id, Outcome.DONE, write.id))
                rows += [
                    {"key": f"{write.id}:{field}", "what": "field", "lead_id": write.id,
                     "field": field, "value": value}
                    for field, value in write.fields.items()
                ]  # fmt: skip
        self._put(rows)
        return told

    def write_activities(self, writes: Sequence[ActivityWrite]) -> list[Written]:
        """Leave touches in our file, each under its key."""
        self._put([
            {"key": w.key, "what": w.kind, "lead_id": w.person, "on": w.on.isoformat(),
             "channel": w.channel, "subject": w.subject, "body": w.body}
            for w in writes
        ])  # fmt: skip
        return [Written(w.key, Outcome.DONE, w.key) for w in writes]

    def offers(self) -> list[Offer]:
        """The columns of people's files."""
        found = []
        for kind in self.mapping.people:
            with self._opened(kind) as lines:
                names = next(csv.reader(lines), []) if lines else []
            found += [Offer(kind, name, name, "text", name != ID) for name in names]
        return found

    def close(self) -> None:
        """Nothing is held."""

    def _kinds(self) -> list[str]:
        accounts = [self.mapping.accounts.kind] if self.mapping.accounts else []
        return [*self.mapping.people, *accounts, *self.mapping.activities, Stream.OWNERS]

    def _changed(self, kind: str) -> str:
        return self.mapping.people[kind].changed

    def _changed_column(self, stream: Stream, kind: str) -> str:
        match stream:
            case Stream.PEOPLE:
                return self._changed(kind)
            case Stream.ACTIVITIES:
                return self.mapping.activities[kind].changed
            case Stream.ACCOUNTS if self.mapping.accounts:
                return self.mapping.accounts.changed
        return "changed_at"

    def _record(
        self, kind: str, row: Mapping[str, str], at: datetime, more: Sequence[str] = ()
    ) -> Record:
        wanted = [*self._wanted(kind), *more]
        fields = {name: row.get(name, "") for name in wanted}
        people = tuple(p for p in row.get(PERSON, "").split(";") if p)
        return Record(row[ID], kind, at, fields, people, key=row.get(KEY, ""))

    def _wanted(self, kind: str) -> Sequence[str]:
        mapping = self.mapping
        if kind in mapping.people:
            return mapping.people[kind].fields
        if kind in mapping.activities:
            return mapping.activities[kind].fields
        if mapping.accounts and kind == mapping.accounts.kind:
            return mapping.accounts.fields
        return ("name", "email")

    def _rows(self, kind: str, changed: str) -> Iterator[tuple[dict[str, str], datetime]]:
        """Each line that has an id, with when it changed: its own word, else the file's date.

        A moment that is still to come is a mistake, and a pull that went by it would skip all that
        changes until then: such a line counts as changed with the latest of the others.
        """
        now = datetime.now(UTC)
        latest: datetime | None = None
        to_come = []
        with self._opened(kind) as lines:
            if lines is None:
                return
            exported = min(datetime.fromtimestamp(os.fstat(lines.fileno()).st_mtime, UTC), now)
            try:
                for row in csv.DictReader(lines):
                    if _unreadable(row):
                        continue  # `passed_over` tells them
                    told = {k.strip(): v.strip() for k, v in row.items()}
                    at = _moment(told.get(changed, "")) or exported
                    if at > now + AHEAD:
                        to_come.append(told)
                        continue
                    latest = max(latest or at, at)
                    yield told, at
            except (UnicodeDecodeError, csv.Error):
                raise CrmFailed(f"{kind}.csv is not CSV in UTF-8; export it anew.") from None
        for told in to_come:
            yield told, latest or exported

    @contextmanager
    def _opened(self, kind: str) -> Iterator[TextIO | None]:
        path = self._folder / f"{kind}.csv"
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                yield lines
        except FileNotFoundError:
            yield None
        except OSError as refused:
            raise CrmFailed(f"{path} cannot be read: {refused.strerror}.") from None

    def _put(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Add lines to our file, or put them in place of those with their keys."""
        try:
            crm_file.put(self._folder, rows)
        except OSError as refused:
            path = self._folder / crm_file.OURS
            raise CrmFailed(f"{path} cannot be written: {refused.strerror}.") from None


def _unreadable(row: Mapping[Any, Any]) -> str:
    """Why a line is passed over, or nothing."""
    if None in row:
        return "(more cells than columns)"
    if any(cell is None for cell in row.values()):
        return "(fewer cells than columns)"
    by_name = {str(k).strip(): v for k, v in row.items()}
    return "" if str(by_name.get(ID) or "").strip() else "(no id)"


def _split(cursor: str) -> tuple[datetime, str]:
    at, _, id_ = cursor.partition(" ")
    return datetime.fromisoformat(at), id_


def _is_yes(row: Mapping[str, str], column: str) -> bool:
    return row.get(column, "").casefold() in _YES


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment

"""Reading a table that another tool exported: its encoding, its separator, its rows by number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.csv_records import UNCLOSED, records
from knowledge.errors import BadInput, UnreadableSource
from knowledge.text_files import decode

SEPARATORS = ",;\t|"
LARGEST_TABLE = 100_000_000
"""Bytes; a list of a million leads has about as many."""
_HEAD = 20
"""Lines that settle the separator."""

SAYS_NOTHING = frozenset({
    "", "select", "please select", "select one", "choose", "unknown", "not known", "n/a", "na",
    "n.a.", "none", "null", "nil", "nan", "undefined", "not specified", "not provided",
    "not available", "not set", "unspecified", "missing", "empty", "blank", "tbd", "tba", "?",
    "-", "--", "---", "#n/a", "(blank)", "(none)", "other", "others",
})  # fmt: skip
"""Values that mean that nobody knows, in small letters."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the number of its last line in the file, and a cell for each column."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's records; `bad` holds (line number, reason) of those that cannot be read."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bad: tuple[tuple[int, str], ...] = ()

    def values(self, place: int) -> Iterator[str]:
        """The values of a column that say something."""
        return (value for row in self.rows if (value := told(row.cells[place])))


def told(cell: str) -> str:
    """The cell without what surrounds it; empty where it says nothing."""
    value = " ".join(cell.split()) if "\n" not in cell else cell.strip()
    return "" if value.casefold() in SAYS_NOTHING else value


def read_table(name: str, data: bytes) -> Table:
    """Read a CSV file of any encoding and separator, whose first line names the columns.

    `BadInput` for a file without a line, for one that is not text, and for a far too large one.
    """
    if len(data) > LARGEST_TABLE:
        raise BadInput(f"{name} has more than {LARGEST_TABLE // 1_000_000} MB; split it.")
    text = _text(name, data)
    read = records(name, text, _separator(text))
    header = next(read, None)
    if header is None:
        raise BadInput(f"{name} is empty; its first line must name the columns.")
    if header.cells is None:
        raise BadInput(f"{name} names no columns: in its first line {UNCLOSED}.")
    columns = _columns(header.cells)
    rows, bad, short = [], [], []
    for record in read:
        if record.cells is None:
            bad.append((record.number, UNCLOSED))
            continue
        cells = record.cells
        if any(c.strip() for c in cells[len(columns) :]):
            bad.append((record.number, _miscounted(cells, columns)))
            continue
        if len(cells) < len(columns):
            short.append(record)
        fitted = (*cells, *[""] * (len(columns) - len(cells)))[: len(columns)]
        rows.append(Row(record.number, tuple(fitted)))
    if 2 * len(short) <= len(rows):  # else it is the exporter's way to leave out empty cells
        torn = {r.number for r in short}
        rows = [row for row in rows if row.number not in torn]
        bad += [(r.number, _miscounted(r.cells or [], columns)) for r in short]
    return Table(name, columns, tuple(rows), tuple(sorted(bad)))


def _miscounted(cells: list[str], columns: tuple[str, ...]) -> str:
    told = f"it has {len(cells)} cells" if len(cells) != 1 else "it has one cell"
    return f"{told} for {len(columns)} columns"


def _text(name: str, data: bytes) -> str:
    even, odd = data[0:400:2], data[1:400:2]
    for half, other, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        # UTF-16 without its mark: every other byte of Western text is nothing, and no other one.
        if half and half.count(0) > 0.8 * len(half) and 0 not in other:
            return data.decode(encoding, "replace")
    try:
        return decode(data)
    except UnreadableSource:
        raise BadInput(
            f"{name} is not a CSV file in text; export it as CSV and try again."
        ) from None


def _separator(text: str) -> str:
    """The separator that the first lines agree on: as many in each, and more than none."""
    head = [line for line in _outside_quotes(text[:65536]).splitlines() if line.strip()][:_HEAD]
    if not head:
        return ","

    def rank(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in head]
        return (sum(c == counts[0] for c in counts) if counts[0] else 0, counts[0])

    best = max(SEPARATORS, key=rank)
    return best if rank(best)[1] else ","


def _outside_quotes(text: str) -> str:
    return re.sub(r'"(?:[^"]|"")*"', '""', text)


def _columns(header: list[str]) -> tuple[str, ...]:
    """The names, each once: a repeated or empty one gets its place."""
    names: list[str] = []
    for place, cell in enumerate(header, 1):
        name = " ".join(cell.replace("\ufeff", "").split()) or f"column {place}"
        names.append(name if name not in names else f"{name} {place}")
    return tuple(names)

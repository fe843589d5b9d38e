"""The records of a CSV text, one after the other, with a quote that nobody closed found out.

A quote that is opened and never closed would take in all lines to the end of the file, and those
people with it. So a record that spans lines and does not come out even is given up at its first
line, and reading goes on at the next.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.errors import BadInput

LONGEST_CELL = 1_000_000
MOST_GIVEN_UP = 200
"""Records given up; a file with more is no CSV file, and each one reads up to a cell's length."""
GIVEN_UP: list[str] = []
UNCLOSED = "a quote is opened and never closed"


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record, and the number of its last line; no cells where it is given up."""

    number: int
    cells: list[str] | None


def records(name: str, text: str, separator: str) -> Iterator[Record]:
    """The records that say something; `BadInput` for a text that is no CSV at all."""
    csv.field_size_limit(LONGEST_CELL)
    lines = list(io.StringIO(text, newline=""))
    at, given_up = 0, 0
    while at < len(lines):
        reader = csv.reader((lines[n] for n in range(at, len(lines))), delimiter=separator)
        begun = at
        while True:
            try:
                cells = next(reader, None)
            except csv.Error:
                cells = GIVEN_UP
            if cells is None:
                return
            ended = at + reader.line_num
            if cells is GIVEN_UP or _is_torn(lines[begun:ended]):
                break
            if any(c.strip() for c in cells):
                yield Record(ended, cells)
            begun = ended
        given_up += 1
        if given_up > MOST_GIVEN_UP:
            raise BadInput(f"{name} is not a CSV file: {UNCLOSED}, time and again.")
        yield Record(begun + 1, None)
        at = begun + 1


def _is_torn(lines: list[str]) -> bool:
    """Whether a record of several lines has a quote too many."""
    return len(lines) > 1 and sum(line.count('"') for line in lines) % 2 == 1

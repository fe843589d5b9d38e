"""Fields of a batch that nothing reads: kept apart for one note, since the batch answers anyway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from rapidfuzz import fuzz, process

from bot.flow.lines import FactsLine, HistoryLine

MOST_TOLD = 5
"""Field names in the note: a file of another kind has more, and the first ones show it."""
LONGEST_NAME = 40
SAME_WORD = 70
"""rapidfuzz ratio (0 to 100): two letters of eight swapped still score 75."""

_INNER: dict[str, type[BaseModel]] = {"lead": FactsLine, "history": HistoryLine}
"""Fields that hold objects with fields of their own."""


@dataclass
class UnknownFields:
    """The unknown fields of a batch whose lines have this form, by the line each first stood in."""

    form: type[BaseModel]
    first_lines: dict[str, int] = field(default_factory=dict)
    more: bool = False

    def look(self, data: dict[str, Any], number: int) -> None:
        """Note what nothing reads in line `number`."""
        for place in _strangers(data, self.form):
            if place in self.first_lines:
                continue
            if len(self.first_lines) == MOST_TOLD:
                self.more = True
                return
            self.first_lines[place] = number

    def sentences(self) -> Iterator[str]:
        """One sentence for each, with the nearest field there is."""
        for place, number in self.first_lines.items():
            near = nearest_field(place, self.form)
            hint = f"did you mean '{near}'?" if near else "docs/batches.md lists the fields."
            yield f"Line {number}: nothing reads the field '{_printable(place)}'; {hint}"
        if self.more:
            yield "There are more such fields; docs/batches.md lists those that are read."


def nearest_field(place: str, form: type[BaseModel]) -> str | None:
    """The field of such a line that is most like this one by its own name, wherever it belongs."""
    own = place.rpartition(".")[0]
    known = sorted(_known(form), key=lambda known_place: known_place.rpartition(".")[0] != own)
    names = {known_place: known_place.rpartition(".")[2] for known_place in known}
    said = place.rpartition(".")[2].strip().lower()
    found = process.extractOne(said, names, scorer=fuzz.ratio, score_cutoff=SAME_WORD)
    return found[2] if found else None


def _strangers(data: dict[str, Any], form: type[BaseModel]) -> Iterator[str]:
    fields = form.model_fields
    yield from (name for name in data if name not in fields)
    for outer, inner in _INNER.items():
        value = data.get(outer) if outer in fields else None
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                yield from (f"{outer}.{name}" for name in entry if name not in inner.model_fields)


def _known(form: type[BaseModel]) -> Iterator[str]:
    yield from form.model_fields
    for outer, inner in _INNER.items():
        if outer in form.model_fields:
            yield from (f"{outer}.{name}" for name in inner.model_fields)


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:LONGEST_NAME])

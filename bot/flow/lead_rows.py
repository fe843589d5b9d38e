"""From rows and a mapping to what is known of each lead: joined, read, and what is wrong told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from pydantic import ValidationError

from bot.flow.line_problems import first_problem
from bot.flow.lines import FactsLine
from bot.flow.proposing_tables import loose
from knowledge.csv_tables import Row, Table
from knowledge.csv_tables import told as told_of
from knowledge.day_formats import read_day
from knowledge.foreign_words import yes_or_no
from knowledge.journey import Stage
from knowledge.lead_mapping import LeadMapping, TableKind, TableMapping
from knowledge.leads import Action, HistoryEntry, LineStage

Trouble = Callable[[str, int, str, bool], None]
"""Hears what is wrong: the file, the line, the reason, and whether the whole line is refused."""

CHANNELS_CLOSED = "opted_out_channels"
LONGEST_NOTE = 500
"""Characters of a note that are kept; an export's longest are pasted mails."""
SIGNED_UP = frozenset({Action.REGISTERED, Action.JOINED_LIST, Action.DOWNLOADED})
"""Acts by a form, which asks for the consent that stands beside them."""
PLAIN_FACTS = (
    "email", "role", "persona", "buying_role", "company", "industry", "company_size", "products",
    "segment", "owner", "problem", "intent", "outcome", "obstacles", "trust_gaps", "product_line",
)  # fmt: skip


@dataclass
class Gathered:
    """What the files say of one person; `facts` holds fields of `FactsLine`.

    `of` says which file told a fact, `did_in` in which file an act stands.
    """

    lead_id: str
    facts: dict[str, Any] = field(default_factory=dict)
    acts: list[HistoryEntry] = field(default_factory=list)
    changed: date | None = None
    staged: date | None = None
    lines: dict[str, LineStage] = field(default_factory=dict)
    refused: dict[str, date] = field(default_factory=dict)
    where: tuple[str, int] = ("", 0)
    of: dict[str, str] = field(default_factory=dict)
    did_in: dict[HistoryEntry, str] = field(default_factory=dict)

    def tell(self, facts: Mapping[str, Any], file: str) -> list[str]:
        """Add facts; what is known already stays, and the facts that say otherwise are returned."""
        otherwise = []
        for name, value in facts.items():
            self.of.setdefault(name, file)
            held = self.facts.setdefault(name, value)
            if name == CHANNELS_CLOSED:
                self.facts[name] = list(dict.fromkeys([*held, *value]))
            elif str(held).casefold() != str(value).casefold():
                otherwise.append(name)
        return otherwise

    def did(self, acts: Iterable[HistoryEntry], file: str) -> None:
        """Add acts, each once."""
        for act in acts:
            if act not in self.did_in:
                self.acts.append(act)
                self.did_in[act] = file

    def refuse(self, days: Mapping[str, date]) -> None:
        """Note on which day it opted out; of several the last."""
        for name, on in days.items():
            self.refused[name] = max(on, self.refused.get(name, on))

    def stand(self, stage: Stage, on: date | None, file: str) -> None:
        """Set the stage unless a later one is known; who bought once stays a customer (M42)."""
        if self.facts.get("stage") is Stage.CUSTOMER and stage is not Stage.CUSTOMER:
            return
        if "stage" not in self.facts or (on or date.min) >= (self.staged or date.min):
            self.facts["stage"], self.staged, self.of["stage"] = stage, on, file


@dataclass(frozen=True)
class Line:
    """One row with its mapping, read by field."""

    table: TableMapping
    cells: Mapping[str, str]
    number: int
    bad: Trouble

    def of(self, name: str) -> str:
        """The value for a field, empty where there is none."""
        column = self.table.column_of(name)
        return told_of(self.cells[column.name]) if column else ""

    def day(self, name: str) -> date | None:
        """The day for a field; what is no day is told."""
        column, value = self.table.column_of(name), self.of(name)
        if not column or not value:
            return None
        on = read_day(value, column.days or "ymd")
        if on is None:
            self.cut(f"'{column.name}' is '{value[:40]}', which is no day; left out")
        return on

    def meant(self, name: str) -> str:
        """Our word for a status or a type of activity, by the confirmed table."""
        column, value = self.table.column_of(name), self.of(name)
        return column.values.get(value, "") if column and value else ""

    def says_yes(self, name: str) -> bool | None:
        """What a yes-or-no value says."""
        return yes_or_no(self.of(name)) if self.of(name) else None

    def refuses(self, name: str) -> tuple[bool, date | None]:
        """Whether a column of an opt-out says anything but no, and the day where it is one.

        In doubt it was a refusal: "TRUE (GDPR)" and a day are none of our words for yes.
        """
        found: tuple[bool, date | None] = (False, None)
        for column in self.table.columns:
            value = told_of(self.cells[column.name]) if column.field == name else ""
            if value and yes_or_no(value) is not False:
                found = (True, found[1] or read_day(value, column.days or "ymd"))
        return found

    def wrong(self, reason: str) -> None:
        """Tell why this line is refused."""
        self.bad(self.table.name, self.number, reason, True)

    def cut(self, reason: str) -> None:
        """Tell what of this line is left out; the rest of it counts."""
        self.bad(self.table.name, self.number, reason, False)


class Joined:
    """The tables of an export, and whose each row is."""

    def __init__(self, tables: Iterable[Table], mapping: LeadMapping, bad: Trouble) -> None:
        self._mapping = {m.name: m for m in mapping}
        self._tables = {t.name: t for t in tables}
        self._bad = bad
        self._by_key: dict[str, dict[str, Line]] = {}
        for link in (li for m in mapping for li in m.links):
            if link.table not in self._by_key:
                self._by_key[link.table] = {
                    loose(line.cells[link.key]): line for line in self.lines(link.table)
                }

    def of_kind(self, kind: TableKind) -> list[TableMapping]:
        """The files whose lines are of a kind, those that refer to no other first."""
        found = [m for m in self._mapping.values() if m.kind is kind]
        return sorted(found, key=lambda m: any(self._is_people(li.table) for li in m.links))

    def lines(self, table: str) -> Iterator[Line]:
        """The rows of a file as lines."""
        mapped, held = self._mapping[table], self._tables[table]
        for row in held.rows:
            yield self._line(mapped, held.columns, row)

    def person_of(self, line: Line, depth: int = 0) -> Line:
        """The line of the person that a line belongs to, through as many files as it takes."""
        for other in self._linked(line):
            if depth < 5 and other.table.kind is not TableKind.COMPANIES:
                root = self.person_of(other, depth + 1)
                if root.table.kind is TableKind.PEOPLE:
                    return root
        return line

    def company_of(self, line: Line) -> Line | None:
        """The line of the company that a line names, in a file of companies."""
        return next((o for o in self._linked(line) if o.table.kind is TableKind.COMPANIES), None)

    def _linked(self, line: Line) -> Iterator[Line]:
        for link in line.table.links:
            value = told_of(line.cells[link.column])
            if value and (found := self._by_key[link.table].get(loose(value))):
                yield found

    def _is_people(self, table: str) -> bool:
        return self._mapping[table].kind is TableKind.PEOPLE

    def _line(self, mapped: TableMapping, columns: tuple[str, ...], row: Row) -> Line:
        return Line(mapped, dict(zip(columns, row.cells, strict=True)), row.number, self._bad)


def facts_of(line: Line) -> dict[str, Any]:
    """The plain facts of a line, each checked; a wrong value is told and left out."""
    found: dict[str, Any] = {}
    name = line.of("name") or " ".join(
        p for p in (line.of("first_name"), line.of("last_name")) if p
    )
    if name:
        found["name"] = name
    for fact in PLAIN_FACTS:
        if value := line.of(fact):
            found[fact] = value
    if on := line.day("contact_after"):
        found["contact_after"] = on
    if line.says_yes("qualified"):
        found["qualified"] = True
    if line.refuses("opted_out")[0]:
        found["opted_out"] = True
    if closed := [c for c in ("email", "phone") if line.refuses(f"opted_out:{c}")[0]]:
        found[CHANNELS_CLOSED] = closed
    return _checked(found, line)


def refused_on(line: Line) -> dict[str, date]:
    """The days on which the line says that the lead opted out, by fact; of several the last."""
    found: dict[str, date] = {}
    for fact, name in (
        ("opted_out", "opted_out"),
        (CHANNELS_CLOSED, "opted_out:email"),
        (CHANNELS_CLOSED, "opted_out:phone"),
    ):
        if on := line.refuses(name)[1]:
            found[fact] = max(on, found.get(fact, on))
    return found


def acts_of(line: Line) -> list[HistoryEntry]:
    """What a person's line tells of acts: registered, attended, when, and an opt-in."""
    on = line.day("on") or line.day("changed")
    asset, note = line.of("asset") or None, line.of("note")[:LONGEST_NOTE]
    told: dict[str, date | None] = {}
    refused = set()
    for column in line.table.columns:
        if not column.field.startswith("act:"):
            continue
        name, value = column.field[4:], told_of(line.cells[column.name])
        if column.days and (when := read_day(value, column.days)):
            told[name] = when
        elif (yes := yes_or_no(value)) is not None:
            told.setdefault(name, on) if yes else refused.add(name)
    acts = []
    for name, when in told.items():
        if when is None:
            line.cut(f"it says {name}, but no day says when; left out")
        elif name not in refused:
            acts.append(HistoryEntry(Action(name), when, asset, note))
    if not acts and line.table.act and line.day("on"):
        acts.append(HistoryEntry(Action(line.table.act), line.day("on") or date.min, asset, note))
    signed_up = [entry.on for entry in acts if entry.action in SIGNED_UP]
    return acts + consent_of(line, max(signed_up, default=None))


def consent_of(line: Line, on: date | None) -> list[HistoryEntry]:
    """The opt-in that a line tells of, by its day, or by a yes beside an act of a day.

    A mere yes is left out, and told: dated by the row's last change it would undo a later no.
    """
    value, column = line.of("opted_in"), line.table.column_of("opted_in")
    if not value or column is None:
        return []
    when = read_day(value, column.days) if column.days else (on if yes_or_no(value) else None)
    if when is None and yes_or_no(value) is not False:
        line.cut(f"'{column.name}' says that the lead opted in, but no day says when; left out")
    note = "email" if "mail" in column.name.casefold() else ""
    return [HistoryEntry(Action.OPTED_IN, when, None, note)] if when else []


def at_noon(on: date | None) -> datetime | None:
    """A day as a moment, for the age of a fact."""
    return datetime.combine(on, time(12), tzinfo=UTC) if on else None


def _checked(facts: dict[str, Any], line: Line) -> dict[str, Any]:
    """The facts that the record takes; each other one is told with its reason."""
    while True:
        try:
            FactsLine.model_validate(facts)
        except ValidationError as wrong:
            name = str(wrong.errors(include_url=False)[0]["loc"][0])
            line.cut(f"{first_problem(wrong)}; left out")
            if facts.pop(name, None) is None:
                return {}
        else:
            return facts

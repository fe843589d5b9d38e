"""Proposing what the files of an export are, and how they belong together: kinds, keys, links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.flow.proposing_columns import Embed, Looked, look, propose_columns
from knowledge.csv_tables import Table
from knowledge.foreign_words import foreign_action, plain
from knowledge.lead_columns import Kind
from knowledge.lead_mapping import Column, LeadMapping, Link, TableKind, TableMapping

HELD = 0.9
"""Share of a column's values that must be keys of another file: some rows are always lost."""

_PEOPLE = frozenset({
    "lead", "leads", "contact", "contacts", "people", "person", "persons", "prospect", "prospects",
    "attendee", "attendees", "registrant", "registrants", "subscribers", "members", "customers",
})  # fmt: skip
_DEALS = frozenset({"opportunity", "opportunities", "deal", "deals", "pipeline"})
_SALES = frozenset({"sale", "sales", "order", "orders", "purchase", "purchases", "invoice",
                    "invoices"})  # fmt: skip
_ACTS = frozenset({"activity", "activities", "event", "events", "engagements", "history",
                   "interactions", "tasks", "downloads", "visits"})  # fmt: skip
_NAMED = frozenset({"email", "name", "first_name", "last_name"})


def propose(tables: Sequence[Table], today: date, embed: Embed) -> LeadMapping:
    """Propose for each file what a line is, what each column stands for, and what it refers to."""
    looked = [look(table, today) for table in tables]
    keys = [_key(table, columns) for table, columns in zip(tables, looked, strict=True)]
    made = []
    for table, columns, key in zip(tables, looked, keys, strict=True):
        proposed = propose_columns(columns, embed)
        kind, act = _kind_of(table, columns, proposed)
        links = tuple(_links(table, columns, tables, keys))
        if kind in {TableKind.ACTS, TableKind.PURCHASES}:
            proposed = _with_person(proposed, columns, key, links)
        proposed = tuple(_settled(c, kind, key, links) for c in proposed)
        made.append(TableMapping(table.name, kind, proposed, key, links, act))
    return tuple(made)


def name_words(name: str) -> list[str]:
    """The words of a file's name without its ending."""
    return plain(name.rpartition(".")[0] or name).split()


def _key(table: Table, looked: Sequence[Looked]) -> str:
    """The first column whose values are all there and all different, an id before words."""
    if len(table.rows) < 2:
        return next((c.name for c in looked if c.is_key_by_name), "")
    unique = [
        column
        for place, column in enumerate(looked)
        if column.kind in {Kind.ID, Kind.TEXT, Kind.NUMBER, Kind.MAIL}
        and _all_differ([row.cells[place] for row in table.rows])
    ]
    named = [c for c in unique if c.is_key_by_name]
    words = [c for c in unique[:1] if c.kind is not Kind.NUMBER and c.name == looked[0].name]
    return next((c.name for c in (*named, *words)), "")


def _all_differ(cells: list[str]) -> bool:
    return all(cells) and len(set(cells)) == len(cells)


def _links(
    table: Table, looked: Sequence[Looked], tables: Sequence[Table], keys: Sequence[str]
) -> list[Link]:
    """The columns whose values are the keys of another file; of two the one named alike."""
    found = []
    for column in looked:
        if column.kind not in {Kind.ID, Kind.TEXT, Kind.NUMBER, Kind.MAIL} or not column.counted:
            continue
        fitting = [
            Link(column.name, other.name, key)
            for other, key in zip(tables, keys, strict=True)
            if other.name != table.name and key and _refers(column, other, key)
        ]
        fitting.sort(key=lambda link: plain(link.key) != plain(column.name))
        found += fitting[:1]
    return found


def _refers(column: Looked, other: Table, key: str) -> bool:
    held = {loose(v) for v in other.values(other.columns.index(key))}
    share = sum(loose(v) in held for v in column.counted) / len(column.counted)
    if column.kind is Kind.NUMBER:  # numbers from 1 on are in every list of numbers
        return share >= HELD and _alike(column.name, key, other.name)
    few = len(column.counted) < 3
    return share >= HELD and (not few or _alike(column.name, key, other.name))


def _alike(column: str, key: str, table: str) -> bool:
    words, own = plain(column), " ".join(name_words(table)).removesuffix("s")
    return words == plain(key) or words.removesuffix(" id") == own


def loose(value: str) -> str:
    """A key without case and spaces: `GTXPro` is `GTX Pro`."""
    return "".join(value.casefold().split())


def _kind_of(
    table: Table, looked: Sequence[Looked], proposed: Sequence[Column]
) -> tuple[TableKind, str]:
    """What a line of the file is, and the act that all lines tell of, if they do."""
    fields = {c.field: n for n, c in enumerate(proposed) if c.field}
    words = set(name_words(table.name))
    act = next((str(a) for w in (" ".join(name_words(table.name)), *sorted(words))
                if (a := foreign_action(w))), "")  # fmt: skip
    acts = "action" in fields and looked[fields["action"]].kind is Kind.ACTION
    amounts = any("value" in plain(c.name) or "amount" in plain(c.name) for c in looked)
    of_deal = any(set(plain(c.name).split()) & _DEALS for c in looked)
    tests = (
        (TableKind.ACTS, "on" in fields and (acts or (words & _ACTS and "action" in fields))),
        (TableKind.DEALS, "stage" in fields and not fields.keys() & _NAMED
         and (words & _DEALS or of_deal or amounts)),
        (TableKind.ACTS, {"on", "email"} <= fields.keys() and act and words & (_ACTS | {"webinar"})
         and not fields.keys() & {"company", "stage", "name"}),
        (TableKind.PEOPLE, fields.keys() & _NAMED),
        (TableKind.PEOPLE, "id" in fields and (words & _PEOPLE or fields.keys()
         & {"stage", "converted", "role"})),
        (TableKind.PURCHASES, "on" in fields and words & _SALES),
        (TableKind.COMPANIES, "company" in fields
         and fields.keys() & {"industry", "company_size", "products", "segment"}),
    )  # fmt: skip
    kind = next((kind for kind, fits in tests if fits), TableKind.ASIDE)
    return kind, act if kind in {TableKind.ACTS, TableKind.PEOPLE} else ""


def _with_person(
    proposed: Sequence[Column], looked: Sequence[Looked], key: str, links: Sequence[Link]
) -> tuple[Column, ...]:
    """An act's own number names no lead: the column that does is its id, if there is one."""
    linked = {link.column for link in links}
    ids = [c.name for c in looked if c.is_key_by_name and c.name not in linked]
    named = [n for n in ids if set(plain(n).split()) & _PEOPLE] or [n for n in ids if n != key]
    person = next(iter(named), "")
    made = []
    for column in proposed:
        if column.name == person:
            made.append(replace(column, field="id", why="its name says which lead it is"))
        elif column.field == "id":
            made.append(replace(column, field="", why="the number of the line itself"))
        else:
            made.append(column)
    return tuple(made)


_READ: dict[TableKind, frozenset[str]] = {
    TableKind.COMPANIES: frozenset({
        "id", "company", "industry", "company_size", "products", "segment", "owner", "changed",
    }),
    TableKind.PURCHASES: frozenset({"id", "on", "email", "company", "product_line", "note"}),
    TableKind.ACTS: frozenset({
        "id", "email", "name", "first_name", "last_name", "company", "action", "on", "asset",
        "note", "done", "product_line", "opted_in",
    }),
}  # fmt: skip
"""What is read of a kind of line; of people and deals everything."""


def _settled(column: Column, kind: TableKind, key: str, links: Sequence[Link]) -> Column:
    """The proposal in the light of what a line is, and of what the column refers to."""
    if kind is TableKind.ASIDE:
        return replace(column, field="", why="the file tells of no lead")
    link = next((li for li in links if li.column == column.name), None)
    if link and column.name != key and column.field in {"", "id", "name"}:
        return replace(column, field="", why=f"it names a line of {link.table}", values={})
    allowed = _READ.get(kind)
    if column.field and allowed is not None and column.field not in allowed:
        return replace(column, field="", why=f"a line tells of {kind}: nothing here goes by it")
    return column

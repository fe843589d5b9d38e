"""Which rows of a table are about one person, by what each table is known to hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_
from sqlmodel import Session, col, select

from storage.columns import metadata
from storage.database import Database, batches
from storage.holdings import By, Holding
from storage.salts import salt_owner
from storage.snapshot import SNAPSHOT
from storage.tables import LeadFactRow, LeadRow, SuggestionRow, SuggestionTextRow

SHORT = 2
"""Letters of a sign that is looked for as a whole value alone: "7" stands in many a text."""


@dataclass(frozen=True, slots=True)
class Person:
    """A lead on record, or the one of a suggestion whose lead is not.

    `signs` are the words by which others' rows name the person, in small letters; `questions` are
    what was asked for them in vain.
    """

    lead_id: str | None
    suggestions: tuple[str, ...]
    signs: frozenset[str]
    questions: frozenset[str] = frozenset()

    @property
    def salt_owner(self) -> str:
        """Whose salt hides the marks of this person."""
        return salt_owner(self.lead_id, self.suggestions[0] if self.suggestions else "")


def person_of_lead(session: Session, lead: LeadRow) -> Person:
    """The person of a lead on record."""
    ids = tuple(session.exec(select(SuggestionRow.id).where(SuggestionRow.lead_id == lead.id)))
    facts = session.exec(
        select(LeadFactRow.fact, LeadFactRow.value).where(
            LeadFactRow.lead_id == lead.id, col(LeadFactRow.fact).in_(("name", "email"))
        )
    ).all()
    names = {lead.name, *(str(value) for fact, value in facts if fact == "name" and value)}
    mails = {lead.email, *(str(value) for fact, value in facts if fact == "email" and value)}
    told = {lead.id, *mails, *_full(names), *ids}
    return Person(lead.id, ids, _signs(told), _asked_in_vain(session, lead.id, ids))


def person_of_suggestion(session: Session, texts: SuggestionTextRow) -> Person:
    """The person of a suggestion whose lead is not on record."""
    facts = SNAPSHOT.validate_python(texts.card).facts
    ids = (texts.suggestion_id,)
    told = {*ids, *_full({facts.name}), facts.email}
    return Person(None, ids, _signs(told), _asked_in_vain(session, None, ids))


def signs_of_suggestion(db: Database, suggestion_id: str) -> frozenset[str]:
    """The words that name the person of a suggestion; none once its words are erased."""
    with db.read() as session:
        texts = session.get(SuggestionTextRow, suggestion_id)
        return person_of_suggestion(session, texts).signs if texts else frozenset()


def rows_about(session: Session, holding: Holding, person: Person) -> Iterator[Any]:
    """The rows of a table that are about the person, as mappings; none of a table without any."""
    table = table_of(holding)
    if holding.by is By.MENTION:
        for row in session.execute(table.select()).mappings().all():
            if any(mentions(row[name], person.signs) for name in holding.words):
                yield row
        return
    for condition in conditions(table, holding, person):
        yield from session.execute(table.select().where(condition)).mappings().all()


def conditions(table: Table, holding: Holding, person: Person) -> Iterator[ColumnElement[bool]]:
    """What a row about the person fulfils, in portions; nothing for a mention, which SQL knows not.

    A question is compared in Python: databases fold letters in different ways.
    """
    if holding.by is By.LEAD:
        if holding.table == "salt":
            yield table.c.owner == person.salt_owner
        elif holding.table == "content_miss":
            yield _misses(table, person.lead_id, person.suggestions)
        elif person.lead_id is not None:
            yield table.c[holding.column] == person.lead_id
    elif holding.by is By.SUGGESTION:
        for batch in batches(person.suggestions):
            yield table.c[holding.column].in_(batch)


def table_of(holding: Holding) -> Table:
    """The table of a holding."""
    return metadata.tables[holding.table]


def this_row(table: Table, row: Any) -> ColumnElement[bool]:
    """The condition that names one row by its key."""
    return and_(*(key == row[key.name] for key in table.primary_key.columns))


def mentions(value: Any, signs: frozenset[str]) -> bool:
    """Whether a sign stands in a value as words of its own; a very short one, as a whole value."""
    return any(stands_in(text, sign) for text in _texts(value) for sign in signs)


def stands_in(text: str, sign: str) -> bool:
    """Whether a sign stands in a text of small letters as words of its own; a short one alone."""
    if len(sign) <= SHORT:
        return text.strip() == sign
    return sign in text and re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", text) is not None


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, in small letters: in JSON a line's end would read as a letter."""
    if isinstance(value, str):
        yield value.casefold()
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _texts(one)
    elif value is not None:
        yield str(value).casefold()


def _misses(table: Table, lead_id: str | None, ids: tuple[str, ...]) -> ColumnElement[bool]:
    if lead_id is not None:
        return table.c.lead_id == lead_id
    return table.c.ask_key.in_(ids) & table.c.lead_id.is_(None)


def _asked_in_vain(session: Session, lead_id: str | None, ids: tuple[str, ...]) -> frozenset[str]:
    table = metadata.tables["content_miss"]
    query = select(table.c.wording).where(_misses(table, lead_id, ids))
    return frozenset(w.casefold() for w in session.execute(query).scalars() if w)


def _full(names: set[str | None]) -> set[str]:
    """The names that name one person: "Mark" alone is many people, and a word besides."""
    return {name for name in names if name and len(name.split()) > 1}


def _signs(told: set[str | None]) -> frozenset[str]:
    return frozenset(sign.casefold() for sign in told if sign)

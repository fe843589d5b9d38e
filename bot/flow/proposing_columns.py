"""Proposing what the columns of an unknown list stand for: by name, by values, by meaning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.csv_tables import Table
from knowledge.day_formats import DayFormat, day_format
from knowledge.foreign_words import (
    ACTION_WORDS,
    STAGE_WORDS,
    TALKS_HELD,
    foreign_action,
    foreign_stage,
    listed_action,
    plain,
    yes_or_no,
)
from knowledge.lead_columns import BY_NAME, FIELDS, Field, Kind, field_named, is_private, is_unused
from knowledge.lead_mapping import Column

Embed = Callable[[Sequence[str]], NDArray[Any]]

LOOKED_AT = 3000
"""Values of a column that settle what it holds; more change nothing and take time."""
MOST_WORDS = 60
"""Different values of a status or a type of activity; a column with more is free text."""
NEAREST = 5
NEAR, CLEAR = 0.4, 0.08
"""A column's name means a field when its mean cosine with the field's five nearest names is at
least `NEAR`, and `CLEAR` above the next field's. Chosen on 59 names that no rule knows, 33 of
which mean a field: 12 are found, 2 are taken for another. So such a guess is told as one."""
NEARLY_ALL, MOSTLY, MANY = 0.9, 0.8, 0.6
"""Shares of values that must be of a kind: some slips are in every list, and some words of a
status are a team's own."""
NEAR_WORD = 0.6
"""Cosine from which a word of a status means what a known one means."""

FLAG_NOT_CLEAR = (
    "it is not clear what this yes or no stands for; if it says who wants nothing from us, it is "
    "opted_out"
)
"""Of a column that may hold refusals: it is told once more when the list was taken in."""

_SURE_BY_NAME = frozenset({Kind.DAY, Kind.STAGE, Kind.ACTION, Kind.NUMBER, Kind.ID})
"""Values that say a refusal only under a name that is known to be one."""

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.I)
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+\+?|\d[\d,]*\s*(?:-|to|–)\s*\d[\d,]*\+?")  # noqa: RUF001
_ID = re.compile(r"(?=\S*\d)[\w-]{2,64}")
_AN_ID = "its name and its values are those of an id"
_KEYS = ("id", "no", "nr", "number", "key", "code")


@dataclass(frozen=True)
class Looked:
    """A column with what its values are like."""

    name: str
    values: tuple[str, ...]
    today: date

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each value is there."""
        return Counter(self.values)

    @cached_property
    def days(self) -> DayFormat | None:
        """How the days are written, None for a column of anything else."""
        return None if self._share(_NUMBER) > 0.5 else day_format(self.values, self.today)

    @cached_property
    def kind(self) -> Kind:
        """What the values are: the first that fits."""
        words = self.counted
        few = len(words) <= MOST_WORDS
        tests: tuple[tuple[Kind, Callable[[], bool]], ...] = (
            (Kind.EMPTY, lambda: not words),
            (Kind.MAIL, lambda: self._share(_MAIL) > MOSTLY),
            (Kind.LINK, lambda: self._share(_LINK) > MOSTLY),
            (Kind.YES_NO, lambda: len(words) <= 4 and self._known(yes_or_no) == 1),
            (Kind.DAY, lambda: self.days is not None),
            (Kind.NUMBER, lambda: self._share(_NUMBER) > NEARLY_ALL),
            (Kind.STAGE, lambda: few and self._known(foreign_stage) >= MANY),
            (Kind.ACTION, lambda: few and self._known(foreign_action) >= MANY),
            (Kind.ID, lambda: self._share(_ID) > NEARLY_ALL and 2 * len(words) > len(self.values)),
        )  # fmt: skip
        return next((kind for kind, fits in tests if fits()), Kind.TEXT)

    @property
    def is_key_by_name(self) -> bool:
        """Whether the name is that of an id."""
        words = plain(self.name).split()
        if not words or len(words) > 3 or words[-1] not in _KEYS:
            return False
        return words[-1] == "id" or self.kind is not Kind.NUMBER  # a lucky number is none

    def _share(self, form: re.Pattern[str]) -> float:
        fit = sum(n for word, n in self.counted.items() if form.fullmatch(word))
        return fit / max(1, self.counted.total())

    def _known(self, read: Callable[[str], object]) -> float:
        return sum(read(w) is not None for w in self.counted) / max(1, len(self.counted))


def look(table: Table, today: date) -> list[Looked]:
    """Every column of a table with its values."""
    return [
        Looked(name, tuple(islice(table.values(place), LOOKED_AT)), today)
        for place, name in enumerate(table.columns)
    ]


def propose_columns(looked: Sequence[Looked], embed: Embed) -> tuple[Column, ...]:
    """Propose a field for each column, each field once; `embed` is asked where no rule knows."""
    found = [_by_rule(column) for column in looked]
    open_ = [n for n, proposed in enumerate(found) if proposed is None]
    if open_:
        taken = {p.field for p in found if p}
        meant = _by_meaning([looked[n] for n in open_], taken, embed)
        for n, proposed in zip(open_, meant, strict=True):
            found[n] = proposed
    once = _each_once(looked, [p for p in found if p])
    return tuple(with_values(c, one, embed) for c, one in zip(once, looked, strict=True))


def with_values(column: Column, looked: Looked, embed: Embed) -> Column:
    """The proposal with what each word of a status or an act means, and how days are written.

    A word that no table has means what the nearest one in it means, if one is near; else nothing.
    """
    if column.field in {"stage", "action"} and looked.kind is not Kind.DAY:
        known = STAGE_WORDS if column.field == "stage" else ACTION_WORDS | TALKS_HELD
        read = foreign_stage if column.field == "stage" else listed_action
        meant = {w: str(read(w) or "") for w in islice(looked.counted, MOST_WORDS)}
        meant |= _near_words([w for w, ours in meant.items() if not ours], known, embed)
        meant |= {w: ours for w, ours in column.values.items() if ours}
        made = replace(column, values=meant)
        if says_nothing(made):
            return replace(made, sure=False, why=f"{column.why}; no word of it is known here")
        return made
    if not column.days and looked.kind is Kind.DAY and looked.days:
        return replace(column, days=looked.days.order)
    return column


def says_nothing(column: Column) -> bool:
    """Whether a status or an act has words, and none of them means anything here."""
    named = column.field in {"stage", "action"}
    return named and bool(column.values) and not any(column.values.values())


def _near_words(words: Sequence[str], known: Mapping[str, str], embed: Embed) -> dict[str, str]:
    """By word that is unknown, what the nearest known one means."""
    if not words:
        return {}
    names = list(known)
    rows = embed([*(plain(w) for w in words), *names])
    likeness = rows[: len(words)] @ rows[len(words) :].T
    near = [(w, row, int(row.argmax())) for w, row in zip(words, likeness, strict=True)]
    return {w: str(known[names[at]]) for w, row, at in near if row[at] >= NEAR_WORD}


def _by_rule(column: Looked) -> Column | None:
    """What name and values tell; None where they tell nothing, and the meaning of the name may."""
    name, field = column.name, field_named(column.name)
    if why := _left_out(column, field):
        return Column(name, "", why)
    if field:
        return _by_name(column, field)
    by_values = {
        Kind.MAIL: ("email", "its values are mail addresses"),
        Kind.STAGE: ("stage", "its values are stages"),
        Kind.ACTION: ("action", "its values are acts"),
    }
    if column.is_key_by_name:
        return _made(column, "id", _AN_ID)
    if column.kind in by_values and (column.kind is Kind.MAIL or len(column.counted) > 1):
        return _made(column, *by_values[column.kind])
    return None


def _left_out(column: Looked, field: str | None) -> str:
    """Why a column is left out whatever it means; empty for one that may be of use."""
    if column.kind is Kind.EMPTY:
        return "it has no value that says anything"
    if is_private(column.name):
        return "more of a person than is needed here: it is not read"
    if is_unused(column.name) and not (column.kind is Kind.MAIL and field):
        return "nothing here goes by it"
    return ""


def _by_name(column: Looked, field: str) -> Column:
    for one in (field, *_others(column.name, field)):
        if column.kind in BY_NAME[one].fits:
            return _made(column, one, f"its name says {BY_NAME[one].means}")
    if column.is_key_by_name:
        return _made(column, "id", _AN_ID)
    means = BY_NAME[field].means
    return Column(column.name, "", f"its name says {means}, but its values are {column.kind}")


def _others(name: str, field: str) -> list[str]:
    """Other fields that go by the same name, such as a day or a yes: registered, attended."""
    words = plain(name)
    return [f.name for f in FIELDS if f.name != field and (words in f.names or words == f.name)]


def _made(column: Looked, field: str, why: str, *, sure: bool = True) -> Column:
    days = column.days if column.kind is Kind.DAY else None
    if days and not days.sure:
        why += "; day and month could be the other way round"
        sure = False
    return Column(column.name, field, why, days.order if days else "", {}, sure)


def _by_meaning(looked: Sequence[Looked], taken: set[str], embed: Embed) -> list[Column]:
    """What the names mean, by the nearest field whose values fit and that no rule has taken."""
    free = [f for f in FIELDS if f.name not in taken and not f.name.startswith("act:")]
    known = [(f, name) for f in free for name in (f.means, *f.names)]
    rows = embed([*(plain(c.name) for c in looked), *(name for _, name in known)])
    likeness = rows[: len(looked)] @ rows[len(looked) :].T
    owner = np.array([f.name for f, _ in known])
    return [_nearest(c, free, owner, row) for c, row in zip(looked, likeness, strict=True)]


def _nearest(
    column: Looked, free: Sequence[Field], owner: NDArray[Any], row: NDArray[Any]
) -> Column:
    near = {f.name: float(np.sort(row[owner == f.name])[::-1][:NEAREST].mean()) for f in free}
    first, second = sorted(near.items(), key=lambda n: -n[1])[:2]
    field = BY_NAME[first[0]]
    fits = column.kind in field.fits - (_SURE_BY_NAME if _is_refusal(field.name) else frozenset())
    if fits and first[1] >= NEAR and first[1] - second[1] >= CLEAR:
        return _made(column, field.name, f"its name sounds like {field.means}", sure=False)
    told = FLAG_NOT_CLEAR if column.kind is Kind.YES_NO else "it is not clear what it stands for"
    return Column(column.name, "", told, sure=False)


def _each_once(looked: Sequence[Looked], proposed: list[Column]) -> list[Column]:
    """Keep the best column for each field; of equals the surer, then the one named first for it."""
    best: dict[str, int] = {}
    for n, column in enumerate(proposed):
        if not column.field or _may_be_several(column):
            continue
        held = best.get(column.field)
        if held is None or _rank(looked[n], column) > _rank(looked[held], proposed[held]):
            best[column.field] = n
    return [
        column
        if not column.field or _may_be_several(column) or best[column.field] == n
        else Column(
            column.name,
            "",
            f"{BY_NAME[column.field].means} is in {looked[best[column.field]].name}",
        )
        for n, column in enumerate(proposed)
    ]  # fmt: skip


def _may_be_several(column: Column) -> bool:
    """Whether two columns may stand for it: a yes and a day of one act, or of a refusal."""
    return column.field.startswith("act:") or _is_refusal(column.field)


def _is_refusal(field: str) -> bool:
    return field.partition(":")[0] == "opted_out"


def _rank(column: Looked, proposed: Column) -> tuple[bool, bool, int]:
    names = (plain(proposed.field), *BY_NAME[proposed.field].names)
    words = plain(column.name)
    unique = len(column.counted) == len(column.values)
    place = names.index(words) if words in names else len(names)
    return (proposed.sure, proposed.field == "id" and unique, -place)

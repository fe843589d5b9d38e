"""Which of two conflicting words about a lead is used: by the kind of its source, then by age.

A word told here by a person counts most, then what the lead did or said, then a CRM, then a file,
then what was inferred; of one kind the newer counts. Two facts have an order of their own:

- **A stage** moves on by itself, so there the newest word counts, whoever tells it, unless it was
  inferred. What was said before a person corrected it is no news when it is said once more.
- **An opt-out** counts whoever tells it, until the lead opts in later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from knowledge.channels import CHANNELS, parse_channel
from knowledge.companies import company_key

CORRECTION = "correction"
"""The source of a stage that a person set by hand (M33)."""
LINE_STAGE = "stage@"
"""How the name of a fact begins that is the stage for one product line."""
OPTED_IN = "opted_in"
"""The name of the fact that a lead opted in: the channels, or `all`."""
OPT_OUTS = ("opted_out", "opted_out_channels", OPTED_IN)
"""Facts that are read together."""
ALL = "all"


class SourceKind(StrEnum):
    """Who told a fact, the most trusted first."""

    PERSON = "person"
    """Somebody of the team, here."""
    LEAD = "lead"
    """The lead: a form, an act, words of its own."""
    CRM = "crm"
    FILE = "file"
    INFERRED = "inferred"


_RANK = {kind: rank for rank, kind in enumerate(reversed(SourceKind))}


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from: the kind, and a name for people ("import of leads.csv")."""

    kind: SourceKind
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """One word on one fact; `value` in JSON terms, `at` is when its source last changed it."""

    fact: str
    value: Any
    kind: SourceKind
    source: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact that sources disagree on: the word in use, and the last other word of each source."""

    fact: str
    used: Told
    others: tuple[Told, ...]


def kind_of(source: str) -> SourceKind:
    """The kind of a source that is known by its name alone."""
    word = source.casefold()
    if word.startswith("import"):
        return SourceKind.FILE
    if word.startswith("crm"):
        return SourceKind.CRM
    if word.startswith(("signal", "webhook")):
        return SourceKind.LEAD
    return SourceKind.INFERRED if word.startswith("inferred") else SourceKind.PERSON


def is_news(told: Told, known: Sequence[Told]) -> bool:
    """Whether this word adds to what was told: not when its source said it last.

    `known` are all words on the fact, oldest first; for an opt-out, those on all of `OPT_OUTS`. A
    source that agrees with a more trusted one, or with a newer word, adds nothing either. An
    opt-out that closes more, and a person's word that would be used, are always news.
    """
    same = [k for k in known if k.fact == told.fact]
    if told.fact in OPT_OUTS:
        if told.value and _closed([*known, told]) != _closed(known):
            return True
    elif told.kind is SourceKind.PERSON and _changes(told, same):
        return True
    own = [k for k in same if k.source == told.source]
    if own:
        return bool(own[-1].value != told.value)
    used = used_of(told.fact, same)
    if used is None or used.value != told.value:
        return True
    rank, held = _RANK[told.kind], _RANK[used.kind]
    return rank > held or (rank == held and told.at > used.at)


def used_of(fact: str, told: Iterable[Told]) -> Told | None:
    """The word that is used among all words on one fact; None when there is none."""
    words = sorted(told, key=lambda t: t.at)  # stable: of one moment, the later told comes last
    if not words:
        return None
    if fact == "stage" or fact.startswith(LINE_STAGE):
        return _newest_stage(words)
    return max(enumerate(words), key=lambda n: (_RANK[n[1].kind], n[0]))[1]


def values_used(told: Sequence[Told]) -> dict[str, Any]:
    """By fact, the value that is used; opt-outs are read together."""
    by_fact: dict[str, list[Told]] = {}
    for word in told:
        by_fact.setdefault(word.fact, []).append(word)
    found = {
        fact: used.value
        for fact, words in by_fact.items()
        if fact not in OPT_OUTS and (used := used_of(fact, words))
    }
    if any(fact in by_fact for fact in OPT_OUTS):
        found |= opt_out_used([w for fact in OPT_OUTS for w in by_fact.get(fact, ())])
    return found


def opt_out_used(told: Iterable[Told]) -> dict[str, Any]:
    """What holds of opt-outs: each counts until the lead opts in later, for that channel or all.

    Later is a later day: most sources tell days alone, so of one day the opt-out counts.
    """
    out: bool | None = None
    closed: dict[str, str] = {}
    for word in sorted(told, key=_day_and_no):
        if word.fact == OPTED_IN:
            opened = [parse_channel(c) or c.casefold() for c in word.value]
            if out and ALL not in opened:
                closed |= {c: c for c in CHANNELS}
            out = False if out else out
            closed = {} if ALL in opened else {k: v for k, v in closed.items() if k not in opened}
        elif word.fact == "opted_out_channels":
            closed |= {parse_channel(c) or c.casefold(): c for c in word.value}
        elif word.value or out is None or word.kind is SourceKind.LEAD:
            out = bool(word.value)
    return {"opted_out": out, "opted_out_channels": list(closed.values())}


def anew(told: Told, known: Sequence[Told]) -> Any:
    """What an opt-out of a file that names no day adds to what files said before; None for nothing.

    Said once more it would take today for its day, and undo an opt-in that came in between.
    """
    said = [k for k in known if k.fact == told.fact and k.kind is SourceKind.FILE and k.value]
    if not said or not any(k.fact == OPTED_IN and k.at >= said[0].at for k in known):
        return told.value
    if told.fact == "opted_out":
        files = [k for k in known if k.fact == told.fact and k.kind is SourceKind.FILE]
        return None if told.value and files[-1].value else told.value
    channels = {parse_channel(c) or c.casefold() for k in said for c in k.value}
    return [c for c in told.value if (parse_channel(c) or c.casefold()) not in channels] or None


def conflicts(told: Sequence[Told]) -> tuple[Conflict, ...]:
    """The facts that sources disagree on, by name; an opt-out that was undone is no conflict."""
    by_fact: dict[str, list[Told]] = {}
    for word in told:
        by_fact.setdefault(word.fact, []).append(word)
    found = []
    for fact, words in sorted(by_fact.items()):
        used = used_of(fact, words)
        if used is None or fact in {OPTED_IN, "opted_out_channels"}:
            continue
        if fact == "opted_out":
            used = next((w for w in reversed(words) if w.value), used)
        in_time = sorted(words, key=lambda t: t.at)
        last = {w.source: w for w in in_time if w.source != used.source}
        others = tuple(w for w in last.values() if differs(fact, w.value, used.value))
        if others:
            found.append(Conflict(fact, used, others))
    return tuple(found)


def differs(fact: str, one: Any, other: Any) -> bool:
    """Whether two values mean different things: case, order and legal forms make none."""
    return bool(_plain(fact, one) != _plain(fact, other))


def _day_and_no(word: Told) -> tuple[date, bool, datetime]:
    """In which order words on opt-outs count: by day, of one day what closes a channel last."""
    return (word.at.date(), word.fact != OPTED_IN and bool(word.value), word.at)


def _closed(told: Iterable[Told]) -> tuple[bool, frozenset[str]]:
    """What is closed, however it was spelt."""
    used = opt_out_used(told)
    named = (parse_channel(c) or c.casefold() for c in used["opted_out_channels"])
    return bool(used["opted_out"]), frozenset(named)


def _changes(told: Told, known: Sequence[Told]) -> bool:
    """Whether another value is used once this is told."""
    before, after = used_of(told.fact, known), used_of(told.fact, [*known, told])
    return before is None or after is None or bool(before.value != after.value)


def _newest_stage(words: Sequence[Told]) -> Told:
    """The newest word on a stage; what stood before a correction, said once more, is no news."""
    used, before = words[0], None
    for word in words[1:]:
        if word.kind is SourceKind.INFERRED and used.kind is not SourceKind.INFERRED:
            continue
        if word.source == CORRECTION:
            before = _stage(used) if used.source != CORRECTION else before
        elif used.source == CORRECTION and before is not None and _stage(word) == before:
            continue
        used = word
    return used


def _stage(word: Told) -> Any:
    return word.value.get("stage") if isinstance(word.value, Mapping) else word.value


def _plain(fact: str, value: Any) -> Any:
    text: Callable[[str], str] = company_key if fact == "company" else _words
    if isinstance(value, str):
        return text(value) or _words(value)
    if isinstance(value, Mapping):
        return value.get("stage", value)
    if isinstance(value, list | tuple):
        return frozenset(_plain(fact, v) for v in value)
    return value


def _words(text: str) -> str:
    return " ".join(text.casefold().split())

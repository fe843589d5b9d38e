"""A filter of suggestions told in words, such as `rep @Robin stage interest last 30 days`.

What was understood is told back, and so is what was not: nothing is guessed in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from bot.flow.finding_leads import leads_among, leads_on_record
from bot.flow.tools import Tools
from knowledge.assets import is_slack_user
from knowledge.errors import BadInput
from knowledge.journey import parse_stage
from knowledge.touch import PaceDecision
from prompts.checks import RULES
from storage.touch_filter import ANY_RULE, TouchFilter, TouchState

MOST_WORDS = 200
"""More than a filter has; the rest is told back as not understood."""
MOST_DAYS = 3660
MOST_IN_A_NAME = 16
"""Words: longer titles are found by their first ones."""

STATES: dict[str, TouchState] = {
    "open": TouchState.OPEN, "pending": TouchState.OPEN, "waiting": TouchState.OPEN,
    "approved": TouchState.APPROVED, "edited": TouchState.EDITED,
    "unedited": TouchState.UNCHANGED, "unchanged": TouchState.UNCHANGED,
    "replaced": TouchState.REPLACED, "snoozed": TouchState.SNOOZED, "postponed": TouchState.SNOOZED,
    "withdrawn": TouchState.WITHDRAWN,
}  # fmt: skip
DECISIONS: dict[str, PaceDecision] = {
    "send": PaceDecision.SEND, "wait": PaceDecision.WAIT, "ask": PaceDecision.ASK,
    "hand_over": PaceDecision.HAND_OVER, "handover": PaceDecision.HAND_OVER,
    "handed": PaceDecision.HAND_OVER,
}  # fmt: skip
RULE_NAMES = tuple(dict.fromkeys(rule.name for rule in RULES))
KEYS = frozenset({
    "rep", "by", "lead", "company", "stage", "asset", "piece", "decision", "state", "failed",
    "check", "overridden", "override", "from", "since", "to", "until", "last", "this", "today",
    "yesterday", "not",
})  # fmt: skip
_JOINING = frozenset({"and", "with", "in", "at", "the", "of", "for", "only"})


@dataclass(frozen=True, slots=True)
class Understood:
    """The filter, the words that said nothing, and what to know of how the others were taken."""

    wanted: TouchFilter = field(default_factory=TouchFilter)
    unknown: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


_T = TypeVar("_T")


def several(what: str, many: int, said: str, taken: str) -> str:
    """What to say where words name several, of which the first was taken."""
    return f"{many} {what} fit “{said}”; this is {taken}. Choose another with Filter."


@dataclass
class _Reader:
    """Reads words from the left; each key takes what it needs."""

    words: list[str]
    tools: Tools
    today: date
    me: str
    wanted: TouchFilter = field(default_factory=TouchFilter)
    unknown: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def read(self) -> Understood:
        while self.words:
            word = self.words.pop(0)
            act = _ACTS.get(word.lower())
            if act is not None:
                act(self, word.lower())
            elif not self._plain(word) and word.lower() not in _JOINING:
                self.unknown.append(word)
        if self.wanted.since and self.wanted.until and self.wanted.since > self.wanted.until:
            self.put(since=self.wanted.until, until=self.wanted.since)
        return Understood(self.wanted, tuple(self.unknown), tuple(self.remarks))

    def put(self, **told: Any) -> None:
        self.wanted = replace(self.wanted, **told)

    def take(self) -> str:
        """The next word, unless it is a key."""
        return self.words.pop(0) if self.words and self.words[0].lower() not in KEYS else ""

    def named(self, find: Callable[[str], list[_T]]) -> tuple[str, list[_T]]:
        """The longest run of words that names something, and what; titles hold words like “to”.

        Where nothing is named, the words up to the next key.
        """
        for many in range(min(len(self.words), MOST_IN_A_NAME), 0, -1):
            said = " ".join(self.words[:many])
            if found := find(said):
                del self.words[:many]
                return said, found
        taken: list[str] = []
        while self.words and not _says_something(self.words[0]):
            taken.append(self.words.pop(0))
        return " ".join(taken), []

    def _plain(self, word: str) -> bool:
        """A word that says what it is: a person, a state, a decision, a stage."""
        lower = word.lower()
        if person := _person(word, self.me):
            self.put(rep=person)
        elif lower in STATES:
            self.put(state=STATES[lower])
        elif lower in DECISIONS:
            self.put(decision=DECISIONS[lower])
        else:
            try:
                self.put(stage=parse_stage(lower))
            except BadInput:
                return False
        return True

    def rep(self, key: str) -> None:
        told = self.take()
        person = _person(told, self.me)
        if person:
            self.put(rep=person)
            return
        self.unknown.append(" ".join(w for w in (key, told) if w))
        self.remarks.append("Name a rep with @ and choose them from Slack's list, or say “me”.")

    def stage(self, key: str) -> None:
        told = self.take()
        try:
            self.put(stage=parse_stage(told.lower()))
        except BadInput:
            self.unknown.append(" ".join(w for w in (key, told) if w))

    def state(self, key: str) -> None:
        told = self.take().lower()
        if told in STATES:
            self.put(state=STATES[told])
        elif told in DECISIONS:
            self.put(decision=DECISIONS[told])
        else:
            self.unknown.append(" ".join(w for w in (key, told) if w))

    def lead(self, key: str) -> None:
        known = leads_on_record(self.tools)
        said, found = self.named(lambda said: leads_among(said, known))
        if not found:
            self.unknown.append(f"{key} {said}".strip())
            return
        self.put(lead=found[0].id)
        if len(found) > 1:
            self.remarks.append(several("leads", len(found), said, found[0].name or found[0].id))

    def company(self, key: str) -> None:
        known = sorted({k.company for k in leads_on_record(self.tools) if k.company})

        def find(said: str) -> list[str]:
            lower = said.casefold()
            found = [(c.casefold() != lower, c) for c in known if c.casefold().startswith(lower)]
            return [company for _, company in sorted(found)]

        said, found = self.named(find)
        if found:
            self.put(company=found[0])
        else:
            self.unknown.append(f"{key} {said}".strip())

    def asset(self, key: str) -> None:
        known = [(a.id, a.title) for a in self.tools.library.all()]

        def find(said: str) -> list[tuple[str, str]]:
            lower = said.casefold()
            found = [
                (own != said, title.casefold() != lower, title, own) for own, title in known
                if own == said or all(w in title.casefold() for w in lower.split())
            ]  # fmt: skip
            return [(own, title) for *_, title, own in sorted(found)]

        said, found = self.named(find)
        if not found:
            self.unknown.append(f"{key} {said}".strip())
            return
        own, title = found[0]
        self.put(asset=own)
        if len(found) > 1 and title.casefold() != said.casefold():
            self.remarks.append(several("pieces", len(found), said, title))

    def failed(self, _: str) -> None:
        for many in (2, 1):
            name = "_".join(self.words[:many]).lower()
            if len(self.words) >= many and name in RULE_NAMES:
                del self.words[:many]
                self.put(failed=name)
                return
        self.put(failed=ANY_RULE)

    def overridden(self, _: str) -> None:
        self.put(overridden=True)

    def negated(self, key: str) -> None:
        if self.words and self.words[0].lower() in {"overridden", "override"}:
            self.words.pop(0)
            self.put(overridden=False)
        else:
            self.unknown.append(key)

    def day(self, key: str) -> None:
        told = self.take() or (
            self.words.pop(0) if self.words[:1] and self.words[0].lower() in _DAYS else ""
        )
        on = _day(told, self.today)
        if on is None:
            self.unknown.append(f"{key} {told}".strip())
        elif key in {"from", "since"}:
            self.put(since=on)
        else:
            self.put(until=on)

    def that_day(self, key: str) -> None:
        on = _DAYS[key](self.today)
        self.put(since=on, until=on)

    def span(self, key: str) -> None:
        many = self.take()
        number = int(many) if many.isdecimal() and len(many) < 5 else 1
        unit = self.take().lower() if many.isdecimal() else many.lower()
        if key == "last" and unit in _UNITS and many.isdecimal() and 0 < number <= MOST_DAYS:
            self.put(since=self.today - timedelta(days=_UNITS[unit] * number - 1), until=None)
        elif unit in {"week", "month"} and not many.isdecimal():
            self.put(**_span(key, unit, self.today))
        else:
            self.unknown.append(" ".join(dict.fromkeys(w for w in (key, many, unit) if w)))


_ACTS: dict[str, Callable[[_Reader, str], None]] = {
    **dict.fromkeys(("rep", "by"), _Reader.rep),
    "lead": _Reader.lead,
    "company": _Reader.company,
    "stage": _Reader.stage,
    **dict.fromkeys(("asset", "piece"), _Reader.asset),
    **dict.fromkeys(("decision", "state"), _Reader.state),
    **dict.fromkeys(("failed", "check"), _Reader.failed),
    **dict.fromkeys(("overridden", "override"), _Reader.overridden),
    "not": _Reader.negated,
    **dict.fromkeys(("from", "since", "to", "until"), _Reader.day),
    **dict.fromkeys(("today", "yesterday"), _Reader.that_day),
    **dict.fromkeys(("last", "this"), _Reader.span),
}
_DAYS: dict[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "yesterday": lambda today: today - timedelta(days=1),
}
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30}


def filter_said(text: str, me: str, today: date, tools: Tools) -> Understood:
    """The filter that words name; `me` is the Slack id of whoever wrote them."""
    words = list(_words(text))
    read = _Reader(words[:MOST_WORDS], tools, today, me).read()
    return replace(read, unknown=(*read.unknown, *words[MOST_WORDS:]))


def _words(text: str) -> Iterator[str]:
    """The words, what stands in quotes as one; commas and semicolons part words."""
    for found in re.finditer(r"[\"“”„]([^\"“”„]*)[\"“”]|([^\s,;]+)", text):
        word = found[1] if found[1] is not None else found[2]
        if word.strip():
            yield word.strip()


def _says_something(word: str) -> bool:
    """Whether a word ends a name that nothing is known by."""
    lower = word.lower()
    return lower in KEYS or lower in STATES or lower in DECISIONS


def _person(word: str, me: str) -> str:
    """The Slack id that a word names, empty for none."""
    if word.lower() in {"me", "myself", "mine"}:
        return me
    name = word.removeprefix("<").removesuffix(">").removeprefix("@").split("|")[0]
    return name if is_slack_user(name) else ""


def _day(told: str, today: date) -> date | None:
    if told.lower() in _DAYS:
        return _DAYS[told.lower()](today)
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


def _span(key: str, unit: str, today: date) -> dict[str, date]:
    """The week or month that this day is in, or the one before."""
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + (7 if key == "last" else 0))
        return {"since": monday, "until": monday + timedelta(days=6)}
    first = today.replace(day=1)
    if key == "last":
        first = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return {"since": first, "until": after - timedelta(days=1)}

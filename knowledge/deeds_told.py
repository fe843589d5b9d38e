"""What a message says a lead did with a piece: which act, in which words of the piece, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from knowledge.dates_done import day_done, without_days
from knowledge.leads import Action
from knowledge.vocabulary import NEGATED, SIGNALS

WITH_A_PIECE = frozenset({
    Action.DOWNLOADED, Action.READ, Action.WATCHED, Action.ATTENDED, Action.REGISTERED,
    Action.FORWARDED,
})  # fmt: skip
_MAY_BE_TO_COME = frozenset({Action.ATTENDED, Action.REGISTERED})
_DONE = re.compile(r"attended|came|joined|sat|took part|participated|showed up|was|been", re.I)
"""A day beside "attending" or "registered for" is the event's, which may be to come."""
WANTS_TO_LEARN = "Wants to learn about "
"""What a piece that somebody took says of their interest, followed by its subject."""
MOST_WORDS = 16
"""Of a clause that name the piece: a title, and little beside it."""
_ENDS = re.compile(
    r"[.;!?\n]| (?:to|with) (?:his|her|their|the (?:team|board|boss|rest)|colleagues|somebody)\b"
    r"|,? (?:and|but) (?:now |then |also )?(?:she|he|they|i|we|it|is|asks?|asked|wants?|"
    r"wanted|has|replied|wonders?|works?|would|needs?)\b|,? (?:asks?|asked|asking|wanting|who)\b"
)
"""Where the clause of an act is over."""
_TOLD = re.compile(r"[.;!?\n]|\b(?:asks?|asked|asking|wants?|wonders?)\b")
"""What the lead asks may name a day of its own."""
_QUOTED = re.compile(
    r"[\"\u201c\u201e]([^\"\u201c\u201d\u201e]{3,150})[\"\u201d]|(?<!\w)'([^']{3,150})'(?!\w)"
)
_OBJECT = re.compile(
    r"\b(?:the|our|that|this|a|an|your|my|one of (?:the|our)) (?P<words>.+)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DeedTold:
    """An act of the lead, the words said of the piece (empty for none), and the day or None."""

    action: Action
    piece: str
    on: date | None


def deeds_told(said: str, today: date) -> tuple[DeedTold, ...]:
    """The acts with a piece that are told, each once, in the order of the vocabulary."""
    found = []
    for action, pattern in SIGNALS:
        if action not in WITH_A_PIECE:
            continue
        for match in re.finditer(pattern, said, re.IGNORECASE):
            if NEGATED.search(said[max(0, match.start() - 30) : match.start()]):
                continue
            clause = _clause(said, match.start())
            before = said[max(0, match.start() - 40) : match.start()]
            around = (_TOLD.split(said[match.start() :])[0], _TOLD.split(before)[-1])
            to_come = action in _MAY_BE_TO_COME and not _DONE.match(match[0])
            days = () if to_come else (day_done(part, today) for part in around)
            on = next((day for day in days if day), None)
            found.append(DeedTold(action, _piece(clause), on))
            break
    return tuple(found)


def _clause(said: str, start: int) -> str:
    """From the act to the end of its clause; a title in quotation marks is not cut in two."""
    rest = said[start : start + 400]
    quoted = _QUOTED.search(rest)
    end = _ENDS.search(rest)
    if end and quoted and quoted.start() < end.start() < quoted.end():
        end = _ENDS.search(rest, quoted.end())
    return rest[: end.start()] if end else rest


def _piece(clause: str) -> str:
    if quoted := _QUOTED.search(clause):
        return (quoted[1] or quoted[2]).strip()
    named = _OBJECT.search(clause)
    words = without_days(named["words"] if named else "").split()
    return " ".join(words[:MOST_WORDS]).strip(" ,:-")

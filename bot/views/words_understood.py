"""What was understood of a rep's message, in one line of plain words."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.leads import Action, LeadFacts
from knowledge.touch import Ask
from knowledge.understanding import Understanding

MOST_QUESTIONS = 4
"""Shown; the others are counted, so that the line stays a line."""
_LONGEST_VALUE, _LONGEST_QUESTION = 60, 120
NOTHING = "Understood: no lead and no question yet"

_DEEDS: dict[Action, str] = {
    Action.OPENED: "opened a mail",
    Action.CLICKED: "clicked a link",
    Action.DOWNLOADED: "downloaded a piece",
    Action.READ: "read a piece",
    Action.WATCHED: "watched a recording",
    Action.ATTENDED: "attended an event",
    Action.REGISTERED: "signed up for an event",
    Action.JOINED_LIST: "joined the list",
    Action.VISITED: "visited the site",
    Action.VISITED_PRICING: "looked at the prices",
    Action.FORWARDED: "passed a piece on",
    Action.ASKED: "asked something",
    Action.REPLIED: "replied",
    Action.NO_ANSWER: "has not answered",
    Action.REQUESTED_DEMO: "wants a demo",
    Action.REQUESTED_QUOTE: "wants a quote",
    Action.BOOKED_MEETING: "booked a meeting",
    Action.MET_AT_EVENT: "met us at an event",
    Action.MET: "met with us",
    Action.OPTED_IN: "wants to hear from us again",
    Action.OPTED_OUT: "wants no more messages",
    Action.BOUGHT: "bought",
    Action.SENT: "was sent a piece",
    Action.CALLED: "was called",
    Action.ANSWERED: "was answered",
    Action.NEWSLETTER: "got the newsletter",
}
_VERBS: dict[Action, str] = {
    Action.DOWNLOADED: "downloaded",
    Action.READ: "read",
    Action.WATCHED: "watched",
    Action.ATTENDED: "attended",
    Action.REGISTERED: "signed up for",
    Action.FORWARDED: "passed on",
}
"""Before the title of the piece, where it is known."""


def understood_line(read: Understanding | Ask, name: str | None = None) -> str:
    """Say what was understood: "Understood: Dana Ortiz · CFO · Northwind · asks: “Is it safe?”".

    An `Ask` tells no less than the message it was made from, what was said and not done aside.
    `name` is a stored lead's, for an ask with only its id. Foreign words are not escaped here.
    """
    told = [*_facts(read.facts, name), *_deeds(read), *_questions(read.questions)]
    return f"Understood: {' · '.join(told)}" if told else NOTHING


def _facts(facts: LeadFacts, name: str | None) -> Iterator[str]:
    for value in (facts.name or name, facts.role, facts.company, facts.industry):
        if value:
            yield _short(value, _LONGEST_VALUE)
    if facts.company_size:
        yield f"{facts.company_size:,} people" if facts.company_size > 1 else "1 person"
    if facts.stage:
        yield f"{facts.stage} stage"
    if facts.problem:
        yield f"problem: {_short(facts.problem, _LONGEST_VALUE)}"


def _deeds(read: Understanding | Ask) -> Iterator[str]:
    """What was done, each act once, with the title of the piece where it is known."""
    titles = dict(read.pieces)
    entries = read.deeds if isinstance(read, Understanding) else read.history
    named = {e.action: titles[e.asset_id] for e in entries if e.asset_id in titles}
    done = read.signals if isinstance(read, Understanding) else (e.action for e in read.history)
    for action in dict.fromkeys(done):
        title = named.get(action)
        shown = f"\u201c{_short(title, _LONGEST_VALUE)}\u201d" if title else ""
        yield f"{_VERBS[action]} {shown}" if shown and action in _VERBS else _DEEDS[action]


def _questions(questions: tuple[str, ...]) -> Iterator[str]:
    if not questions:
        return
    shown = [f"\u201c{_short(q, _LONGEST_QUESTION)}\u201d" for q in questions[:MOST_QUESTIONS]]
    more = len(questions) - len(shown)
    yield f"asks: {', '.join(shown)}{f' and {more} more' if more else ''}"


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}\u2026"

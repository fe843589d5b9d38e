"""How the fictional reps of a simulated quarter change a draft: pure functions over its text."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Edit(StrEnum):
    """One habit of editing; the last four put in what the checks find."""

    SHORTER = "shorter"
    WARMER_GREETING = "warmer_greeting"
    NO_QUESTION = "no_question"
    OWN_QUESTION = "What have you tried so far?"
    OWN_WORDS = "own_words"
    SIGNED = "signed"
    MEETING = "meeting"
    HYPE = "hype"
    PRICE = "price"
    CHECKING_IN = "checking_in"


SELLING = frozenset({Edit.MEETING, Edit.HYPE, Edit.PRICE, Edit.CHECKING_IN})
"""Edits after which a check finds something, unless the lead is far enough."""

MEETING = "Could we meet this week for a quick demo of our planning board?"
HYPE = "It is the leading solution on the market, and nothing else comes close."
PRICE = "We can offer you 15% off the licence if you sign by Friday."
CHECKING_IN = "Just checking in to see if you had a chance to look."
OWN_WORDS = "I thought of you when I read it."
OWN_QUESTION = "What have you tried so far?"
SIGN_OFF = "Best wishes"


def edited(body: str, edit: Edit) -> str:
    """The draft's text after one edit; as it was where there is nothing to change."""
    return "\n\n".join(_CHANGES[edit](body.split("\n\n")))


def _asks(paragraphs: list[str]) -> bool:
    return paragraphs[-1].rstrip().endswith("?") and "://" not in paragraphs[-1]


def _warmer(paragraphs: list[str]) -> list[str]:
    return [paragraphs[0].replace("Hi ", "Hello ", 1), *paragraphs[1:]]


def _shorter(paragraphs: list[str]) -> list[str]:
    """Without the last sentence of the paragraph with the insight, where it has several."""
    if len(paragraphs) < 4:
        return paragraphs
    told = paragraphs[2]
    cut = told.rstrip(".!?").rfind(". ")
    short = told[: cut + 1] if cut > 0 else told
    return [*paragraphs[:2], short, *paragraphs[3:]]


def _no_question(paragraphs: list[str]) -> list[str]:
    return paragraphs[:-1] if _asks(paragraphs) else paragraphs


_CHANGES: dict[Edit, Callable[[list[str]], list[str]]] = {
    Edit.SHORTER: _shorter,
    Edit.WARMER_GREETING: _warmer,
    Edit.NO_QUESTION: _no_question,
    Edit.OWN_QUESTION: lambda p: [*_no_question(p), OWN_QUESTION],
    Edit.OWN_WORDS: lambda p: [*p[:2], OWN_WORDS, *p[2:]],
    Edit.SIGNED: lambda p: [*p, SIGN_OFF],
    Edit.MEETING: lambda p: [*_no_question(p), MEETING],
    Edit.HYPE: lambda p: [*p[:-1], HYPE, *p[-1:]],
    Edit.PRICE: lambda p: [*p[:-1], PRICE, *p[-1:]],
    Edit.CHECKING_IN: lambda p: [p[0], CHECKING_IN, *p[2:]],
}

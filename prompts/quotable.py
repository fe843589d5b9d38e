"""Whether a place of a piece can be quoted: whole, calm, and understood by itself (M23)."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge import tone_words
from prompts.addresses import links
from prompts.checks.rule import listed, pattern
from prompts.passages import Place

SHORTEST, LONGEST = 8, 34
"""Words of a quoted sentence; a short answer under a matching heading may have fewer."""
SHORTEST_ANSWER = 4
VERY_SAME = 0.8
"""Shared words of heading and question from which a bare yes or no is understood."""

_DANGLING = pattern(*listed("leaning"))
_ANSWER_OPENERS = re.compile(r"^(?:yes|no)\b[,.:]", re.I)
_LEANS_WITHIN = pattern(*listed("leaning_within"))
IN_EXAMPLE = re.compile(r"^in (?:our|the) example,? ", re.I)
_POINTS_ELSEWHERE = re.compile(listed("elsewhere")[0])
_POINTS_BACK = re.compile(
    r"\b(?:that|the|those|these) (?:first|second|third|last|former|latter|other|same|two|three)\b",
    re.I,
)
"""In a later sentence of a run: it may point at what stands before the run."""
_SAME = re.compile(r"the same (\w+)", re.I)
"""A later sentence may speak of the same thing as one before it in the run."""
_OF_EXAMPLE = re.compile(
    r"(?:here (?:that|this|it)\b|in (?:this|that|the|our) (?:example|case)\b|with [€$£]?\d)", re.I
)
"""A sentence that goes on with an example the reader has not seen."""
_ANNOUNCES = re.compile(r"(?:consider|take|say|suppose|imagine|look at)\b", re.I)
"""A run must not end with the announcement of an example."""
_GOES_ON = re.compile(r"\b(?:more|further|other|another|additional)\b", re.I)
"""In the lead-in of a list: some of it stands before, as in "three more reasons"."""
_WEAK_VERB = pattern(*listed("verb"))
_IMPERATIVE = pattern(*listed("imperative"))


@lru_cache(maxsize=8_192)
def sells(text: str) -> bool:
    """Whether a text praises, offers, calls to act or announces."""
    selling = (
        tone_words.PRAISE,
        tone_words.OFFER,
        tone_words.CALL_TO_ACTION,
        tone_words.ANNOUNCEMENT,
    )
    return "!" in text or any(p.search(text) for p in selling)


def fit(place: Place, match: float, *, answers: bool) -> bool:
    """Whether a place is whole, calm, of a fit length, and understood without what is around it."""
    first = place.sentences[0]
    if place.items:
        return _fit_list(place)
    if not all(_quotable(s, answers=answers, first=n == 0) for n, s in enumerate(place.sentences)):
        return False
    if not _hold_together(place.sentences):
        return False
    length = len(place.text.split())
    if length < (SHORTEST_ANSWER if answers else SHORTEST):
        return False
    if _ANSWER_OPENERS.match(first) and match < VERY_SAME:
        return False
    return answers or _stands_alone(first)


def _fit_list(place: Place) -> bool:
    lead_in = place.sentences[0]
    told = f"{lead_in} {'; '.join(place.items)}"
    return (
        4 <= len(lead_in.split()) <= 24
        and not _DANGLING.match(lead_in)
        and not _GOES_ON.search(lead_in)
        and not _POINTS_ELSEWHERE.search(re.sub(r"\bthe following\b", "", lead_in))
        and not sells(told)
        and not any(links(told))
    )


def _quotable(text: str, *, answers: bool, first: bool) -> bool:
    """Whether a sentence of a run is whole, calm and of a fit length."""
    leans = (
        answers
        and first
        and _DANGLING.match(text)
        and not _ANSWER_OPENERS.match(text)
        and not IN_EXAMPLE.match(text)
    )
    return (
        len(text.split()) <= LONGEST
        and text.endswith((".", '."', ".'", ".\u201d"))
        and text.count('"') % 2 == 0
        and not sells(text)
        and not re.search(r"https?:|www\.|@", text)
        and not _POINTS_ELSEWHERE.search(IN_EXAMPLE.sub("", text) if answers else text)
        and not leans
    )


def _stands_alone(text: str) -> bool:
    if _OF_EXAMPLE.match(text):
        return False
    complete = _WEAK_VERB.search(text) or _IMPERATIVE.match(text)
    return bool(complete) and not _DANGLING.match(text) and not _LEANS_WITHIN.search(text)


def _hold_together(run: tuple[str, ...]) -> bool:
    """Whether the later sentences of a run lean on nothing that stands outside it."""
    for at, sentence in enumerate(run[1:], 1):
        within = _SAME.match(sentence)
        named = within and within[1].lower() in " ".join(run[:at]).lower().split()
        if _OF_EXAMPLE.match(sentence) or (_POINTS_BACK.search(sentence) and not named):
            return False
    return not (len(run) > 1 and _ANNOUNCES.match(run[-1]))

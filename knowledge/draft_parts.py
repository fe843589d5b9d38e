"""The parts of a draft, told by their form, and what an edit takes out of them and puts in."""

from __future__ import annotations

import re
from collections import Counter

from knowledge.sentences import sentences

PARTS = ("greeting", "opening", "insight", "pointer", "ask", "sign-off", "other")
"""In the order of a draft; the pointer is what leads to the piece, with its address."""

_GREETING = re.compile(
    r"^(?:hi|hello|dear|good (?:morning|afternoon)|hey)\b[^.!?\n]{0,60}[,!]?$", re.I
)
_SIGN_OFF = re.compile(
    r"^(?:best|kind regards|regards|thanks|cheers|yours|sincerely|warmly)\b", re.I
)
_ADDRESS = re.compile(r"https?://\S+")
_QUOTED = re.compile(r"[\"“][^\"”]{20,}[\"”]")


Told = Counter[tuple[str, str]]
"""How often each sentence stands, with its part."""


def parts_of(body: str) -> list[tuple[str, str]]:
    """Each paragraph of a draft with its part, in order."""
    paragraphs = [p.strip() for p in body.split("\n\n") if p.strip()]
    told: list[tuple[str, str]] = []
    for place, paragraph in enumerate(paragraphs):
        seen = any(part == "insight" for part, _ in told)
        part = _part(paragraph, place, len(paragraphs), seen_insight=seen)
        told.append((part, paragraph))
    return told


def compared(before: str, after: str) -> tuple[Told, Told]:
    """The sentences that an edit took out and those it put in, each with its part.

    A sentence that only moved is neither.
    """
    was, now = _sentences_of(before, after), _sentences_of(after, before)
    return _missing(was, now), _missing(now, was)


def _sentences_of(body: str, other: str) -> list[tuple[str, str]]:
    """Of the paragraphs that are not word for word in the other text, each sentence."""
    same = Counter(p.strip() for p in other.split("\n\n"))
    told = []
    for part, paragraph in parts_of(body):
        if same[paragraph] > 0:
            same[paragraph] -= 1
        else:
            told += [(part, " ".join(s.split())) for s in sentences(paragraph)]
    return told


def _missing(told: list[tuple[str, str]], other: list[tuple[str, str]]) -> Told:
    left = Counter(sentence for _, sentence in other)
    gone: Told = Counter()
    for part, sentence in told:
        if left[sentence] > 0:
            left[sentence] -= 1
        else:
            gone[part, sentence] += 1
    return gone


def _part(paragraph: str, place: int, count: int, *, seen_insight: bool) -> str:
    last = place == count - 1
    signs = (
        ("greeting", place == 0 and _GREETING.match(paragraph)),
        ("pointer", _ADDRESS.search(paragraph)),
        ("sign-off", last and len(paragraph) < 60 and _SIGN_OFF.match(paragraph)),
        ("ask", paragraph.endswith("?") and place >= count - 2),
        ("insight", _QUOTED.search(paragraph) or ":" in paragraph),
        ("opening", place <= 1),
        ("insight", not seen_insight),
    )
    return next((part for part, found in signs if found), "other")

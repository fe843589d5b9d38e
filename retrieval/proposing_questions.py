"""Which buyers' questions a piece answers: its own question headings, and questions on record.

A heading that asks is answered by what stands under it. A question from elsewhere (content
requests, the journey map) counts where a passage is near to it in meaning and in words; of such
passages the one is shown that answers best when both are read together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import Stemmer
from numpy.typing import NDArray

from knowledge.assets import Chunk
from knowledge.proposals import Answered, Basis
from knowledge.sentences import prose
from retrieval.stage_model import plain_question

Embed = Callable[[Sequence[str]], NDArray[Any]]
Answering = Callable[[str, Sequence[str]], Sequence[float]]

MOST_OWN, MOST_ASKED = 8, 8
PASSAGE_CHARACTERS = 320
"""Of the passage that is shown: two or three sentences."""
ENOUGH, COSINE_WEIGHT = 0.58, 0.65
"""A passage answers from this weighted mean of its cosine and its share of the question's words.
Equal weights find as many; 0.5 proposes a third more, most of them wrong, and 0.65 loses one right
one in ten (`benchmarks/proposals.py`, on samples of three libraries)."""
LEAST_COSINE = 0.4
REREAD = 6
"""Passages read together with the question."""
SHORTEST, LONGEST = 3, 25
"""Words of a heading that asks: fewer name a section, more are a sentence."""

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_BOLD = re.compile(r"^\s*(?:[-*+] )?(?:\*\*|__)(.{8,160}?\?)(?:\*\*|__)\s*(.*)$")
_LABELLED = re.compile(
    r"^\s*(?:\*\*)?Q(?:uestion)?\s?\d{0,2}\s?[:.)](?:\*\*)?\s*(.{8,160}?\?)\s*(.*)$"
)
_ANSWER = re.compile(r"^\s*(?:\*\*)?A(?:nswer)?\s?\d{0,2}\s?[:.)](?:\*\*)?\s*", re.I)
_NUMBER = re.compile(r"^(?:\d{1,2}[.)]|step \d+:?|q\d*[:.)])\s*", re.I)
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`]+")
_ASKS = re.compile(
    r"^(?:how (?:do|does|did|can|could|should|is|are|much|many|long|often|soon|far|will|would|to)"
    r"|what|when|where|which|who|why|can|could|does|do|did|is|are|will|would|should|must)\b",
    re.I,
)
_TOPIC_ONLY = re.compile(
    r"^(?:what.?s (?:next|new|in (?:the|this))|why us|any questions|questions|what now|ready to"
    r"|want to|need (?:help|more)|who are we|how it works|so what|sound (?:good|familiar)"
    r"|interested)\b",
    re.I,
)
_PLAIN_FORMS = (
    (re.compile(r"^how to\b", re.I), "How do you"),
    (re.compile(r"^when to\b", re.I), "When should you"),
    (re.compile(r"^what to\b", re.I), "What should you"),
    (re.compile(r"^where to\b", re.I), "Where should you"),
)
_STOP_WORDS = """
a about am an and any are as at be been but by can could did do does for from get had has have how
i if in into is it its just like me much many my need not of on or our out should so some than that
the their them there these they this to up us use want was we were what when where which who why
will with would you your
"""
_STOP = frozenset(_STOP_WORDS.split())
_STEMMER = Stemmer.Stemmer("english")


def own_questions(text: str) -> list[Answered]:
    """The questions that the piece itself asks, in headings and FAQ parts, with their answers."""
    found: dict[str, Answered] = {}
    lines = text.split("\n")
    for place, line in enumerate(lines):
        asked = _asked(line)
        if asked is None:
            continue
        question, rest = asked
        answer = _under(rest, lines[place + 1 :])
        if question.lower() not in found and answer:
            found[question.lower()] = Answered(question, answer, Basis.HEADING)
    return list(found.values())[:MOST_OWN]


def _asked(line: str) -> tuple[str, str] | None:
    """The question a line asks, and what follows it on the line; None for any other line."""
    heading = _HEADING.match(line)
    if heading:
        asked = as_asked(heading[2])
        return (asked, "") if asked else None
    inline = _BOLD.match(line) or _LABELLED.match(line)
    if inline:
        asked = as_asked(inline[1])
        return (asked, inline[2]) if asked else None
    return None


def as_asked(heading: str) -> str | None:
    """A heading as a question, None when it asks none: "How to X" becomes "How do you X?"."""
    words = " ".join(_NUMBER.sub("", _MARKS.sub(r"\1", heading).strip()).split())
    if not SHORTEST <= len(words.split()) <= LONGEST or _TOPIC_ONLY.match(words):
        return None
    for form, asks in _PLAIN_FORMS:
        if form.match(words):
            changed = form.sub(asks, words).rstrip(" ?.:!")
            return f"{changed}?"
    if words.endswith("?"):
        return words[:1].upper() + words[1:]
    return None


def _under(rest: str, after: Sequence[str]) -> str:
    """The first words of what stands under a question, up to the next heading."""
    kept = [rest] if rest.strip() else []
    for line in after:
        if _HEADING.match(line) or _asked(line):
            break
        kept.append(_ANSWER.sub("", line))
        if sum(map(len, kept)) > 2 * PASSAGE_CHARACTERS:
            break
    return shown(prose("\n".join(kept)))


def shown(text: str) -> str:
    """The start of a passage, ended at a sentence where one ends in time."""
    plain = " ".join(text.split())
    if len(plain) <= PASSAGE_CHARACTERS:
        return plain
    cut = plain[:PASSAGE_CHARACTERS]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    return cut[: end + 1] if end > PASSAGE_CHARACTERS // 3 else cut.rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True, slots=True)
class Passages:
    """The piece's passages with their unit rows; `title` is known of each."""

    title: str
    chunks: Sequence[Chunk]
    vectors: NDArray[np.float32]


def fits(questions: Sequence[str], piece: Passages, embed: Embed) -> NDArray[np.float64]:
    """How well the best passage fits each question, 0 to 1."""
    best: NDArray[np.float64] = _scores(questions, piece, embed).max(axis=1, initial=0.0)
    return best


def asked_elsewhere(
    questions: Iterable[tuple[str, Basis]],
    piece: Passages,
    embed: Embed,
    answering: Answering | None = None,
    *,
    enough: float = ENOUGH,
    most: int = MOST_ASKED,
) -> list[Answered]:
    """Those of the questions that a passage answers, the surest first."""
    bank = {q.strip(): basis for q, basis in questions if q.strip()}
    if not bank or not piece.chunks:
        return []
    names = list(bank)
    scores = _scores(names, piece, embed)
    best = scores.max(axis=1)
    order = [row for row in np.argsort(-best, kind="stable") if best[row] >= enough][:most]
    return [
        Answered(names[row], _answer(names[row], scores[row], piece, answering), bank[names[row]])
        for row in order
    ]


def _scores(questions: Sequence[str], piece: Passages, embed: Embed) -> NDArray[np.float64]:
    """Of every question (row) with every passage: 0 where meaning alone rules it out."""
    asked = np.asarray(embed([plain_question(q) for q in questions]), dtype=np.float64)
    cosines = asked @ np.asarray(piece.vectors, dtype=np.float64).T
    titled = stems(piece.title)
    held = [stems(f"{c.heading} {c.text}") | titled for c in piece.chunks]
    shares = np.array([[_share(stems(q), words) for words in held] for q in questions])
    both = COSINE_WEIGHT * cosines + (1 - COSINE_WEIGHT) * shares
    scores: NDArray[np.float64] = both * (cosines >= LEAST_COSINE)
    return scores


def _answer(
    question: str, scores: NDArray[np.float64], piece: Passages, answering: Answering | None
) -> str:
    rows = [int(row) for row in np.argsort(-scores, kind="stable")[:REREAD] if scores[row] > 0]
    texts = [" ".join(prose(piece.chunks[row].text).split()) for row in rows]
    if answering is not None and len(texts) > 1:
        read = answering(question, texts)
        return shown(max(zip(read, texts, strict=True), key=lambda pair: pair[0])[1])
    return shown(texts[0])


def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    words = [w for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in _STOP]
    return frozenset(_STEMMER.stemWords(words))


def _share(asked: frozenset[str], held: frozenset[str]) -> float:
    return len(asked & held) / len(asked) if asked else 0.0

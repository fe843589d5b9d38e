"""Tone: how much a piece sells instead of teaching (M17, M18), and weak case studies (M46).

A first, rule-based score. Each word list of `tone_words` is counted per hundred words, the
square root damps repeats, and a weighted sum goes through the logistic curve. A long piece that
teaches and ends in one invitation stays low; a short one made of praise does not.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from knowledge import tone_words as words
from knowledge.journey import CONSIDERATION_TYPES, PROMOTIONAL_TYPES, AssetType, Stage
from knowledge.sentence_models import SentenceModels
from knowledge.sentences import prose, sentences
from knowledge.touch import Finding

HYPE_THRESHOLD = 0.65
"""Above it a piece counts as promotional: `benchmarks/tone.py` finds under 5 % of the educational
pieces of four real libraries above it, and two thirds of the promotional ones."""

_WEIGHTS: tuple[tuple[re.Pattern[str], float], ...] = (
    (words.ANNOUNCEMENT, 1.3),
    (words.CALL_TO_ACTION, 1.3),
    (words.OFFER, 1.0),
    (words.PRAISE, 1.2),
    (words.BENEFIT, 0.8),
    (words.CAPABILITY, 0.3),
    (words.TEACHING, -1.5),
    (words.STORY, -0.6),
    (re.compile("!"), 0.4),
)
"""Set by hand and rounded while looking at `benchmarks/tone.py`, so those figures flatter."""

_OPENING_WEIGHT = 0.6
_OPENING_CHARACTERS = 700
"""News comes first in a text that sells: announcements within the opening count again, up to 3."""

_BIAS = -0.1
_SMOOTHING_WORDS = 30
"""Added to the length, so that one word in a two-line text does not decide."""

_NAMED: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("praise", words.PRAISE, "Praise without evidence; say what it does, or what was measured."),
    ("offer", words.OFFER, "A price or an offer; leave it to the sales conversation."),
    (
        "call_to_action",
        words.CALL_TO_ACTION,
        "Asks the reader to act for the seller; let the piece end with what was learnt.",
    ),
    (
        "announcement",
        words.ANNOUNCEMENT,
        "Announces the company's own news; teach what the reader can use without it.",
    ),
    ("shouting", words.SHOUTING, "Shouts; a calm full stop is more believable."),
)

_PROBLEM = re.compile(
    r"\b(?:problems?|struggl\w+|challenges?|pain|issues?|bottlenecks?|delays?|late|lost|losing"
    r"|broke\w*|breakdowns?|fail\w*|missed|overdue|backlog|downtime|outages?|could(?:n't| not)"
    r"|too (?:long|slow|many|much|often|late)|took (?:\w+ ){1,3}(?:hours|days|weeks|months)"
    r"|manual\w*|complain\w*|error[- ]prone|nobody knew|no one knew)\b",
    re.I,
)
_METHOD = re.compile(
    r"\b(mapped|built|moved|replaced|introduced|set up|changed|measured|split|merged|trained|wrote"
    r"|migrated|counted|ranked|sorted|cleaned|grouped|switched|automated|adopted|implemented"
    r"|rebuilt|created|tested|agreed|assigned|planned|logged|deployed|stopped|started with"
    r"|began with|dropped|standardi[sz]ed|listed|reviewed|rolled out|connected|configured|shifted"
    r"|integrated|chose|drew|walked|held back|blocked|fixed|added|removed|using|by \w+ing)\b",
    re.I,
)
_METHOD_STEPS = 3
"""A method takes this many different steps told in the text."""
_MEASURE = (
    r"(?:\d[\d.,]*\s?(?:%|percent|per cent|hours?|days?|weeks?|months?|minutes?|seconds?|times|x\b)"
    r"|[$€£]\s?\d[\d.,]*|\b(?:half|halved|doubled|tripled|twice)\b)"
)
_CHANGE = (
    r"(?:from|to|by|fell|dropped|rose|grew|reduced|cut|down|up|saved?|saving|instead of|fewer|less"
    r"|more|faster|shorter|increased?|decreased?|went|now|after|improved)"
)
_RESULT = re.compile(
    rf"\b{_CHANGE}\b[^.]{{0,60}}{_MEASURE}|{_MEASURE}[^.]{{0,40}}\b{_CHANGE}\b", re.I
)


@dataclass(frozen=True, slots=True)
class ToneReport:
    """How a text sounds: `hype` from 0 (teaches) to 1 (sells), and the sentences that say so."""

    hype: float
    findings: tuple[Finding, ...] = ()


def audit_tone(text: str, title: str = "", models: SentenceModels | None = None) -> ToneReport:
    """Score a Markdown or plain text and name every sentence that sells.

    An empty text scores 0. The threshold is `HYPE_THRESHOLD`. Without `models` words alone decide.
    """
    plain = "\n".join(part for part in (title.strip(), prose(text)) if part)
    if not plain.strip():
        return ToneReport(0.0)
    hype = _hype(plain) if models is None else models.hype(text, title)
    return ToneReport(round(hype, 4), _findings(plain))


def hype_by_words(text: str) -> float:
    """The score of a Markdown or plain text by word lists alone, 0 to 1."""
    plain = prose(text)
    return _hype(plain) if plain.strip() else 0.0


def _hype(plain: str) -> float:
    length = len(plain.split()) + _SMOOTHING_WORDS
    total = _BIAS + _OPENING_WEIGHT * math.sqrt(
        min(3, len(words.ANNOUNCEMENT.findall(plain[:_OPENING_CHARACTERS])))
    )
    for pattern, weight in _WEIGHTS:
        total += weight * math.sqrt(100 * len(pattern.findall(plain)) / length)
    return 1 / (1 + math.exp(-total))


def _findings(plain: str) -> tuple[Finding, ...]:
    found = [
        Finding(rule, sentence[:300], why)
        for sentence in sentences(plain)
        for rule, pattern, why in _NAMED
        if pattern.search(sentence)
    ]
    return tuple(dict.fromkeys(found))


def case_study_gaps(text: str) -> list[str]:
    """What a case study lacks: `named problem`, `method`, `measured result` (M46)."""
    plain = prose(text)
    steps = {step.lower() for step in _METHOD.findall(plain)}
    told = {
        "named problem": bool(_PROBLEM.search(plain)),
        "method": len(steps) >= _METHOD_STEPS,
        "measured result": bool(_RESULT.search(plain)),
    }
    return [part for part, present in told.items() if not present]


def tells_a_step(sentence: str) -> bool:
    """Whether a sentence tells of something that was done."""
    return bool(_METHOD.search(sentence))


def is_promotional(
    asset_type: AssetType, hype: float, stage: Stage | None, overruled: bool
) -> str | None:
    """Return why a piece must not be recommended at that stage, or None when it may be (M17, M27).

    `overruled` is the word of a reviewer, which counts against all but the type brochure. Without a
    stage a consideration type gets the benefit of the doubt.
    """
    if asset_type in PROMOTIONAL_TYPES and not (overruled and asset_type is not AssetType.BROCHURE):
        return f"A {asset_type.replace('_', ' ')} promotes; it is never recommended."
    if overruled or hype <= HYPE_THRESHOLD:
        return None
    if asset_type in CONSIDERATION_TYPES and (
        stage is None or stage.order >= Stage.CONSIDERATION.order
    ):
        return None
    return f"It reads as promotion (hype {hype:.2f}, over {HYPE_THRESHOLD:.2f})."

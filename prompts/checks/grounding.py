"""Rules of truth: figures and claims are the piece's own, the draft is this lead's (M21, M26)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.touch import Finding
from prompts.checks.rule import CheckContext, Rule, listed, pattern
from prompts.checks.support import Nearness, Support, content, figures, read_asset
from prompts.deeds import DEEDS
from prompts.wording import render, why

_META = pattern(*listed("meta"))
"""Sentences about the talk itself claim nothing about the world."""

_ATTRIBUTED = re.compile(listed("attributed")[0], re.I | re.S)
_CLAIM_WORDS = 4
"""Fewer content words than this claim nothing that could be checked."""


def claim_of(sentence: str) -> str | None:
    """What a draft's sentence claims about the world, or None when it claims nothing."""
    text = sentence.strip().strip("-*\u2022 ")
    if text.endswith("?") or len(content(text)) < _CLAIM_WORDS:
        return None
    if found := _ATTRIBUTED.match(text):
        claim = found["claim"].strip(' "\u201c\u201d')
        to_the_reader = re.match(r"(?:you|your|i|we|thank)\b", claim, re.I) and _META.search(claim)
        if to_the_reader or len(content(claim)) < _CLAIM_WORDS or claim.endswith("?"):
            return None
        return claim
    return None if _META.search(text) else text.strip('"\u201c\u201d')


def _claims(context: CheckContext) -> Iterator[Finding]:
    assert context.asset is not None  # noqa: S101 - `needs` says so
    passages = read_asset(context.asset)
    own = content(" ".join((*context.lead_questions, *_lead_words(context))))
    for sentence in context.sentences:
        claim = claim_of(sentence)
        if claim is None:
            continue
        verdict = passages.support(claim, own, _near(context))
        if verdict is Support.NONE:
            yield Finding("claim_unsupported", sentence[:300], why("claim_unsupported"))
        elif verdict is Support.TURNED:
            yield Finding("claim_unsupported", sentence[:300], why("claim_turned"))


def _near(context: CheckContext) -> Nearness | None:
    return context.models.nearness if context.models else None


CLAIM_UNSUPPORTED = Rule("claim_unsupported", _claims, lambda c: c.asset is not None)


_READING_TIME = re.compile(
    r"\((?:about |roughly )?\d{1,2} minutes\)|\b\d{1,2}[- ]minute read\b", re.I
)
"""How long the piece takes to read is no figure out of it."""


def _numbers(context: CheckContext) -> Iterator[Finding]:
    assert context.asset is not None  # noqa: S101 - `needs` says so
    passages = read_asset(context.asset)
    spoken = " ".join((*context.lead_questions, *_lead_words(context)))
    known, near = figures(spoken), _near(context)
    for sentence in context.sentences:
        told = tuple(f for f in figures(_READING_TIME.sub(" ", sentence)) if f not in known)
        claim = claim_of(sentence)
        strange = tuple(f for f in told if not passages.has_figure(f))
        if not strange and claim and told:
            strange = tuple(f for f in told if not passages.has_figures_beside(claim, (f,), near))
        if strange:
            figure = ", ".join(f"{f.value:g} {f.unit}".strip() for f in strange)
            told_why = render(why("number_unsupported"), {"figure": figure})
            yield Finding("number_unsupported", sentence[:300], told_why)


NUMBER_UNSUPPORTED = Rule("number_unsupported", _numbers, lambda c: c.asset is not None)

_RATIO = pattern(*listed("ratio"))
_ABOUT_MANY = pattern(*listed("about_many"))
_SOURCE = pattern(*listed("source"))
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def _statistics(context: CheckContext) -> Iterator[Finding]:
    split = context.sentences
    title = context.asset.title if context.asset else ""
    title = title if title and title.lower() in f"{context.subject} {context.body}".lower() else ""
    for at, sentence in enumerate(split):
        if not (_RATIO.search(sentence) and _ABOUT_MANY.search(sentence)):
            continue
        if _NO_STATISTIC.search(sentence):
            continue
        around = " ".join((*split[max(0, at - 1) : at + 2], title))
        if not (_SOURCE.search(around) and _YEAR.search(around)):
            yield Finding("statistic_source", sentence[:300], why("statistic_source"))


_NO_STATISTIC = pattern(*listed("no_statistic"))


STATISTIC_SOURCE = Rule("statistic_source", _statistics)


def _lead_words(context: CheckContext) -> tuple[str, ...]:
    if context.profile is None:
        return ()
    facts = context.profile.facts
    told = (
        facts.problem, facts.intent, facts.outcome, *facts.obstacles, *facts.products, facts.role,
        facts.industry, facts.company, *(e.note for e in context.profile.history),
    )  # fmt: skip
    size = str(facts.company_size) if facts.company_size else ""
    return (*(text for text in told if text), size)


def _about_the_lead(context: CheckContext) -> Iterator[Finding]:
    cares = content(" ".join((*context.lead_questions, *_lead_words(context)[:-1])))
    said = f"{context.subject}\n{context.body}"
    if _names_a_deed(context, said):
        return
    if not cares and not (context.profile and context.profile.history):
        return
    hits = content(said) & cares
    needed = 1 if len(cares) <= 2 else 2
    if len(hits) < needed:
        first = context.sentences[0] if context.sentences else ""
        yield Finding("nothing_of_the_lead", first[:300], why("nothing_of_the_lead"))


def _names_a_deed(context: CheckContext, said: str) -> bool:
    history = context.profile.history if context.profile else ()
    return any(
        entry.action in DEEDS and re.search(DEEDS[entry.action].said, said, re.I)
        for entry in history
    )


def _lead_is_known(context: CheckContext) -> bool:
    told = [text for text in _lead_words(context) if text]
    history = context.profile.history if context.profile else ()
    return bool(context.lead_questions or told or history)


NOTHING_OF_THE_LEAD = Rule("nothing_of_the_lead", _about_the_lead, _lead_is_known)

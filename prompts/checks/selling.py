"""Rules against selling: pitch, price, meeting asks, hurry, "ready to buy" (M2, M7, M19, M22)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from knowledge.journey import Stage
from knowledge.touch import Finding
from prompts.checks.rule import (
    CheckContext,
    Rule,
    is_sales_ready,
    learnt,
    listed,
    pattern,
    phrases,
)
from prompts.wording import why

_SHARED_HOSTS = frozenset({"www", "blog", "docs", "learn", "resources", "help", "content", "go"})


def company_of(url: str | None) -> str | None:
    """The company's name as its address has it: `tidewell` of `https://www.tidewell.example/x`."""
    labels = [p for p in (urlsplit(url or "").hostname or "").split(".") if p not in _SHARED_HOSTS]
    return labels[0] if len(labels) >= 2 and len(labels[0]) > 2 else None


def _named(rule: str, patterns: str) -> Rule:
    """The rule for sentences about the company itself, by the name in the piece's address."""

    def judge(context: CheckContext) -> Iterator[Finding]:
        name = company_of(context.asset.url) if context.asset else None
        if not name:
            return
        wanted = pattern(*(t.replace("<company>", re.escape(name)) for t in listed(patterns)))
        harmless = pattern(
            *(t.replace("<company>", re.escape(name)) for t in listed(patterns, "but"))
        )
        for sentence in context.sentences:
            if wanted.search(harmless.sub(" … ", sentence)):
                yield Finding(rule, sentence[:300], why(rule))

    return Rule(rule, judge)


PITCH = (phrases("pitch") | _named("pitch", "named_pitch") | learnt("pitch")).unless(is_sales_ready)

_TALK = phrases("product_talk") | learnt("product_talk")


def _from_consideration(context: CheckContext) -> bool:
    return context.sales_ready or (
        context.stage is not None and context.stage.order >= Stage.CONSIDERATION.order
    )


PRODUCT_TALK = (
    (_TALK | _named("product_talk", "named_talk"))
    .unless(_from_consideration)
    .given(lambda c: c.stage is not None)
)
"""Fit from consideration on (M27)."""


def _solution_too_early(context: CheckContext) -> Iterator[Finding]:
    profile = context.profile
    if profile is None or context.lead_questions:
        return
    facts = profile.facts
    if facts.problem or facts.intent or facts.obstacles or facts.outcome:
        return
    for finding in _TALK.judge(context):
        yield Finding("solution_too_early", finding.sentence, why("solution_too_early"))


SOLUTION_TOO_EARLY = Rule(
    "solution_too_early", _solution_too_early, lambda c: c.profile is not None
).unless(is_sales_ready)
"""M22: no talk of a solution before the problem is understood."""

PRICE = (phrases("price") | learnt("price")).unless(is_sales_ready)

MEETING_ASK = (phrases("meeting_ask") | learnt("meeting_ask")).unless(is_sales_ready)

URGENCY = phrases("urgency") | learnt("urgency")
"""Hurry is wrong at any stage; a sales-ready lead sets the pace as well."""

READY_TO_BUY = (phrases("ready_to_buy") | learnt("ready_to_buy")).unless(is_sales_ready)

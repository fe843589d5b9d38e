"""The built-in composer: a grounded follow-up without a model (M20 to M26, M52)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from knowledge.channels import parse_channel
from knowledge.sentence_models import SentenceModels
from knowledge.touch import Draft, DraftRequest
from prompts.checks import check_draft
from prompts.context import context_for
from prompts.insight import Insight, insights
from prompts.lead_facts import (
    TITLE_CHARACTERS,
    asked_plainly,
    known_of,
    question_of,
    title_plainly,
)
from prompts.parts import Assembly, Choice, fit_to_ask, once_known
from prompts.phrasing import question_clause, quoted
from prompts.repeating import Earlier
from prompts.untrusted import QUESTION_CHARACTERS, plain
from prompts.wishing import insights_for, is_within, is_worth_checking, parts_for

TRIES_PER_INSIGHT = 12
INSIGHTS_TRIED = 5
"""Together 60 drafts of about 10 ms each before the composer gives the best it has."""

LONGEST_INSIGHT = {"text": 26, "social": 40}
"""Words of an insight in the short channels; the others take what the picker gives."""


class Composer:
    """Writes follow-ups out of parts and a few sentences of the piece; it never invents.

    `models` tell which sentence answers and judge what was written; without them words decide.
    """

    def __init__(self, models: SentenceModels | None = None) -> None:
        self._models = models

    def write(self, request: DraftRequest) -> Draft:
        """Write a draft that passes the checks whenever some choice of parts does.

        The same request gives the same draft. Source `composer`, checks attached. Of a shorter one
        the first within its aim is taken, else the shortest that passes.
        """
        best: Draft | None = None
        fallback: Draft | None = None
        earlier = _earlier(request)
        for draft, is_new in _new_ones_first(self._drafts(request, earlier), earlier):
            if not is_worth_checking(draft, request, fallback):
                continue
            context = context_for(request, draft.subject, draft.body, self._models)
            report = check_draft(context)
            checked = replace(draft, checks=report)
            if report.passed:
                if request.most_words is None or (is_new and is_within(draft, request)):
                    return checked
                fallback = checked
            elif best is None or len(report.findings) < len(best.checks.findings):
                best = checked
        if fallback:
            return fallback
        if best is None:  # all of them were too short to be checked
            return self.write(replace(request, most_words=None))
        return replace(best, note=parts_for(request)["notes"]["unresolved"])

    def _drafts(self, request: DraftRequest, earlier: Earlier) -> Iterator[Draft]:
        parts = parts_for(request)
        known = known_of(request, parts)
        known.values.update(once_known(request, parts, known))
        asked = fit_to_ask(request, self._models)
        found = insights_for(request, self._insights(request)[:INSIGHTS_TRIED])
        seed = _seed(request)
        for rank, insight in enumerate(found or [Insight("", 0.0)]):
            for turn in range(TRIES_PER_INSIGHT):
                choice = Choice(f"{seed}/{rank}", turn)
                yield Assembly(parts, request, known, insight, choice, earlier, asked).draft()

    def _insights(self, request: DraftRequest) -> list[Insight]:
        facts = request.profile.facts
        query = question_of(request) or " ".join(
            t for t in (facts.problem, facts.intent, facts.outcome, *facts.obstacles) if t
        )
        models = self._models
        near, answering = (models.nearness, models.answering) if models else (None, None)
        passage = request.insight_from[:20_000]
        found = insights(request.asset, query[:2000], passage, near, answering)
        # A statistic needs its year; without one in the title that follows, it stays at home (M26).
        dated = bool(re.search(r"\b(?:19|20)\d\d\b", request.asset.title))
        fit = [i for i in found if dated or not i.statistic] or found
        most = LONGEST_INSIGHT.get(parse_channel(request.channel) or "email")
        if most is None:
            return fit
        short = [i for i in fit if not i.items and len(i.text.split()) <= most]
        return short or fit


def _new_ones_first(drafts: Iterable[Draft], earlier: Earlier) -> Iterator[tuple[Draft, bool]]:
    """Drafts, and whether they are new to the lead; those that repeat a touch come last.

    A check takes about 15 ms, to look for a repetition one or two; of a lead who is asked about
    again and again most drafts repeat a touch.
    """
    repeating = []
    for draft in drafts:
        if earlier.repeats(draft.body):
            repeating.append(draft)
        else:
            yield draft, True
    yield from ((draft, False) for draft in repeating)


def _seed(request: DraftRequest) -> str:
    lead = (
        request.profile.lead_id or request.profile.facts.email or request.profile.facts.name or ""
    )
    anew = "".join(f"/{wish}" for wish in request.wishes)
    return f"{lead}/{request.asset.id}/{request.touch_number}/{request.question[:200]}{anew}"


def _earlier(request: DraftRequest) -> Earlier:
    """The last touches; what may well return is address, title, the lead's and our question."""
    question = asked_plainly(request)
    return Earlier(
        request.recent_bodies,
        (
            request.asset.url or "",
            title_plainly(request).replace('"', "'"),
            plain(request.taken_up, TITLE_CHARACTERS).replace('"', "'"),
            quoted(question).strip('"') if question else "",
            question_clause(question) or "",
            plain(request.profiling_question or "", QUESTION_CHARACTERS),
        ),
    )

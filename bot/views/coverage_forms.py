"""Coverage and content requests for programs: `library coverage --json`, `requests … --json`."""

from __future__ import annotations

from typing import Any

from bot.views.coverage import choosable
from knowledge.buyer_questions import IN_SHORT, BuyerQuestion
from knowledge.content_requests import ContentRequest
from knowledge.coverage import EVERYONE, Coverage
from knowledge.journey import Stage


def coverage_form(covered: Coverage) -> dict[str, Any]:
    """What the library covers, and the open content requests.

    `map` has a row for each stage, persona (`all` for everybody) and buyer question; a persona's
    row counts its own pieces and those for everyone.
    """
    return {
        "stages": list(Stage),
        "personas": list(covered.personas),
        "cells": [
            {"stage": stage, "persona": persona, "assets": [a.id for a in assets]}
            for (stage, persona), assets in covered.cells.items()
        ],
        "requests": [request_form(r) for r in covered.requests],
        "buyer_questions": [{"id": q.value, "question": said} for q, said in IN_SHORT.items()],
        "map": [
            _row(covered, stage, persona, question)
            for stage in Stage
            for persona in (None, *_personas(covered))
            for question in BuyerQuestion
        ],
    }


def request_form(request: ContentRequest) -> dict[str, Any]:
    """One content request; `question` is its most usual wording, `stage` its most usual stage."""
    numbers = {m.wording_id: m.wording for m in request.misses}
    return {
        "id": request.id,
        "question": request.question,
        "stage": request.stage,
        "count": request.count,
        "first": request.first.isoformat(),
        "last": request.last.isoformat(),
        "state": request.state,
        "stages": list(request.stages),
        "personas": list(request.personas),
        "asked_by": list(request.askers),
        "wordings": [{"id": i, "wording": said} for i, said in numbers.items()],
        "buyer_question": request.asks,
        "asset": request.asset_id,
        "because": request.because,
    }


def _personas(covered: Coverage) -> list[str]:
    return [*choosable(covered), EVERYONE]


def _row(
    covered: Coverage, stage: Stage, persona: str | None, question: BuyerQuestion
) -> dict[str, Any]:
    return {
        "stage": stage,
        "persona": persona or "all",
        "question": question,
        "assets": [a.id for a in covered.answering(stage, persona, question)],
        "misses": covered.misses_in(stage, persona, question),
        "requests": [r.id for r in covered.asked_in(stage, persona, question)],
    }

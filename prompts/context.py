"""What the draft for a request is judged by."""

from __future__ import annotations

from knowledge.sentence_models import SentenceModels
from knowledge.touch import DraftRequest
from prompts.checks import CheckContext
from prompts.lead_facts import asked_plainly, question_of


def context_for(
    request: DraftRequest, subject: str, body: str, models: SentenceModels | None = None
) -> CheckContext:
    """The context for checking a draft, a text that the rep edited included."""
    question = question_of(request)
    said = (question, asked_plainly(request))
    return CheckContext(
        body=body,
        subject=subject,
        stage=request.stage,
        asset=request.asset,
        channel=request.channel,
        profile=request.profile,
        questions=tuple(dict.fromkeys(q for q in said if q)),
        sales_ready=request.sales_ready,
        titles=(request.taken_up,) if request.taken_up else (),
        models=models,
    )

"""Requests for drafts out of the sample library, as the tests of both writers need them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import frontmatter

from knowledge.assets import Asset
from knowledge.journey import Stage, parse_type
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.touch import DraftRequest

LIBRARY = Path(__file__).parent.parent / "knowledge" / "sample" / "library"


def sample_asset(name: str) -> Asset:
    """The sample asset whose file is called `name`."""
    piece = frontmatter.load(str(LIBRARY / f"{name}.md"))
    meta = piece.metadata
    return Asset(
        id=str(meta["id"]),
        title=str(meta["title"]),
        type=parse_type(str(meta["type"])),
        text=piece.content,
        source=name,
        url=str(meta["url"]),
        description=str(meta["description"]),
    )


def draft_request(
    asset: str = "rollout-plan-one-site-to-twelve",
    *,
    name: str | None = "Dana Ortiz",
    question: str = "How long does a rollout take?",
    stage: Stage = Stage.INTEREST,
    channel: str = "email",
    lead_id: str = "lead-1",
    profiling_question: str | None = None,
    touch_number: int = 2,
    recent: tuple[str, ...] = (),
    history: tuple[HistoryEntry, ...] = (),
    passage: str = "",
    **facts: object,
) -> DraftRequest:
    """A request with a question, unless told otherwise."""
    return DraftRequest(
        asset=sample_asset(asset),
        profile=LeadProfile(
            LeadFacts(name=name, **facts),  # type: ignore[arg-type]
            history,
            (question,) if question else (),
            lead_id,
        ),
        stage=stage,
        channel=channel,
        question=question,
        insight_from=passage,
        profiling_question=profiling_question,
        touch_number=touch_number,
        recent_bodies=recent,
    )


def did(action: Action, day: int = 5) -> tuple[HistoryEntry, ...]:
    """A history of one act."""
    return (HistoryEntry(action, date(2026, 1, day), "some-asset-00000000"),)


TWELVE: tuple[tuple[str, Stage, str, str | None, str, dict[str, object]], ...] = (
    ("what-unplanned-downtime-really-costs", Stage.AWARENESS, "email", "Priya Raman",
     "What does one hour of downtime cost us?", {"persona": "operations"}),
    ("backlog-is-a-finance-problem", Stage.INTEREST, "email", "Dana Ortiz",
     "How do I put a money figure on the work we keep putting off?", {"persona": "finance"}),
    ("connecting-maintenance-to-sap", Stage.CONSIDERATION, "email", "Tomas Lind",
     "Who owns the planned date, and what happens when both sides change an order?",
     {"persona": "it", "obstacles": ("Security review takes eight weeks",)}),
    ("rollout-plan-one-site-to-twelve", Stage.DECISION, "email", "Robert Haines",
     "How long does a rollout take?", {"persona": "executive"}),
    ("first-thirty-days-for-planners", Stage.CUSTOMER, "email", "Amara Nwosu",
     "What should we do in the first month?", {"persona": "operations"}),
    ("five-signs-your-pm-schedule-is-fiction", Stage.AWARENESS, "email", None, "",
     {"problem": "Preventive checks are ticked off every month but the washers keep failing"}),
    ("why-spreadsheets-stop-working-for-maintenance", Stage.AWARENESS, "email", "Owen Brandt", "",
     {"role": "Facilities Manager"}),
    ("spare-parts-how-much-stock-is-enough", Stage.INTEREST, "text", "Marcus Feld",
     "How much stock is enough?", {}),
    ("getting-technicians-to-use-a-mobile-app", Stage.INTEREST, "social", "Sofia Bergstrom",
     "How do we get technicians to use a mobile app?", {}),
    ("technician-shortage-what-planners-can-do", Stage.INTEREST, "phone", "Helen Marsh", "",
     {"problem": "Two senior technicians retire next year"}),
    ("building-the-internal-case-for-maintenance-planning", Stage.DECISION, "direct_mail",
     "Ines Carvalho", "", {"intent": "Comparing ways to plan all three sites"}),
    ("planner-survey-2025", Stage.INTEREST, "email", "Ines Carvalho",
     "What holds other teams back?", {}),
)  # fmt: skip
"""Twelve leads: asset, stage, channel, name, question, facts."""


def twelve_requests() -> list[DraftRequest]:
    """One request for each of the twelve."""
    return [
        draft_request(
            asset, name=name, question=question, stage=stage, channel=channel,
            lead_id=f"lead-{at}", **facts,
        )
        for at, (asset, stage, channel, name, question, facts) in enumerate(TWELVE)
    ]  # fmt: skip

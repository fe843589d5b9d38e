"""The invented leads of a simulated year, and what each does of its own accord; all by chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from knowledge.leads import Action, LeadFacts

INDUSTRIES = ("manufacturing", "logistics", "utilities", "healthcare", "retail")
PERSONAS = ("operations", "finance", "it", "executive")
ROLES = {
    "operations": "Maintenance planner", "finance": "CFO", "it": "IT architect",
    "executive": "Plant manager",
}  # fmt: skip
PROBLEMS = (
    "Unplanned stops of our lines", "Nobody trusts the maintenance plan",
    "Spare parts are missing when we need them", "Our technicians leave, and the knowledge goes",
)  # fmt: skip
ENTRIES = (Action.JOINED_LIST, Action.DOWNLOADED, Action.ATTENDED, Action.ASKED, None)
"""How somebody comes; None is an imported list."""
REPLIES = (
    ("Thanks, that was useful", 5), ("We talk about this every Monday", 3),
    ("Not now, please write again in three months", 3), ("Can we see a demo?", 1),
    ("What would it cost us, can you send an offer?", 1), ("Please stop emailing me", 1),
)  # fmt: skip
"""What somebody writes back, each with its weight; more than half asks for nothing."""
STARTS_WITHIN = 150
"""Days in which leads come in, so that most have the better part of the year."""


@dataclass(frozen=True, slots=True)
class YearLead:
    """A lead before its first day: what it is, how it comes, and how it tends to act.

    `reads`, `replies`, `asks`, `leaves` are chances after one touch; `fades` is how many touches
    it takes until it goes silent, and `wakes` whether it ever comes back by itself.
    """

    id: str
    account: str
    facts: LeadFacts
    starts: int
    entry: Action | None
    reads: float
    replies: float
    asks: float
    leaves: float
    fades: int
    wakes: bool


def year_leads(count: int, rng: Random) -> list[YearLead]:
    """So many leads in accounts of one to four people."""
    made: list[YearLead] = []
    while len(made) < count:
        account = f"Firm {len(made):04d}"
        industry, size = rng.choice(INDUSTRIES), rng.choice((40, 300, 800, 4000))
        for _ in range(min(rng.choice((1, 1, 1, 2, 2, 3, 4)), count - len(made))):
            made.append(_lead(len(made), account, LeadFacts(
                company=account, industry=industry, company_size=size,
            ), rng))  # fmt: skip
    return made


def _lead(number: int, account: str, firm: LeadFacts, rng: Random) -> YearLead:
    persona = rng.choice(PERSONAS)
    known = LeadFacts(
        name=f"Lead {number:04d}",
        persona=persona,
        role=ROLES[persona],
        problem=rng.choice(PROBLEMS) if rng.random() < 0.85 else None,
        gap_days=rng.choice((3, 10)) if rng.random() < 0.05 else None,
        budget=rng.choice((3, 8)) if rng.random() < 0.05 else None,
    )
    return YearLead(
        id=f"lead-{number:04d}",
        account=account,
        facts=known.over(firm),
        starts=rng.randrange(STARTS_WITHIN),
        entry=rng.choice(ENTRIES),
        reads=rng.betavariate(2, 3),
        replies=rng.betavariate(1, 14),
        asks=rng.betavariate(1, 20),
        leaves=rng.betavariate(1, 120),
        fades=rng.choice((2, 4, 8, 99, 99)),
        wakes=rng.random() < 0.3,
    )

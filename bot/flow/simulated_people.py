"""The fictional reps, accounts and leads of a simulated quarter, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from knowledge.assets import asset_id as make_id
from knowledge.journey import Stage
from knowledge.leads import LeadFacts

PROBLEMS = {
    "finance": "Cannot see what the maintenance backlog costs",
    "it": "Work orders live in two systems and crews work from printouts",
    "executive": "Reports on uptime disagree and orders leave late",
    "operations": "Unplanned stops on the presses two or three times a week",
}
"""What troubles each persona; the drafts of the sample speak of it."""

ROLES = {
    "finance": ("CFO", "Financial Controller", "Head of Procurement"),
    "it": ("IT Lead", "Systems Architect", "Head of Information Security"),
    "executive": ("Plant Manager", "Managing Director", "Head of Operations"),
    "operations": ("Maintenance Manager", "Maintenance Planner", "Shift Supervisor"),
}
INDUSTRIES = ("manufacturing", "logistics", "utilities")
LEGAL = {"manufacturing": "Works", "logistics": "Haulage", "utilities": "Waterworks"}
_FIRST = (
    "Abelwyn", "Brisco", "Calder", "Dorrit", "Elspet", "Fennick", "Gwenda", "Harlow", "Isolde",
    "Jory", "Kestrel", "Linnet", "Merrick", "Nesta", "Orrin", "Perpetua", "Quill", "Rosalba",
    "Senna", "Tamsin", "Ulric", "Verity", "Wystan", "Yseult", "Zephyr",
)  # fmt: skip
_LAST = (
    "Applethwaite", "Bramblecote", "Cobblecote", "Dapplemere", "Eiderdown", "Fiddlewick",
    "Goosefoot", "Hollowbread", "Inkwhistle", "Jamsworth", "Kettlebrook", "Larkspurling",
    "Mossbottom", "Nettlefield", "Oxlipworth", "Puddlestone", "Quillfeather", "Rushlighter",
    "Saddleham", "Thistlewick", "Umberlake", "Vetchling", "Wobblestone", "Yarrowgate",
)  # fmt: skip
_PLACES = (
    "Ambervale", "Brackenford", "Cloverhithe", "Drumlinby", "Emberwick", "Fernhallow",
    "Gorsemouth", "Hazelcombe", "Ivybourne", "Juniperton", "Kelpshore", "Lanternby", "Mallowdean",
    "Nutmegcross", "Otterwell", "Pebblecote", "Quarrydown", "Ryegrasshill", "Sorrelham",
    "Teaselby", "Underbough", "Velvetfen", "Willowstrand", "Yellowgorse",
)  # fmt: skip
_SIZES = ((12, 45), (55, 240), (260, 900), (1100, 6000))
"""Employees, from and to; drawn with the shares below."""
_SIZE_SHARES = (15, 40, 32, 13)
_STAGE_SHARES = {
    Stage.AWARENESS: 42, Stage.INTEREST: 30, Stage.CONSIDERATION: 17, Stage.DECISION: 8,
    Stage.CUSTOMER: 3,
}  # fmt: skip
PEOPLE_PER_ACCOUNT = 2.5
EDITS = 6
"""Habits of editing that sell nothing (`bot.flow.simulated_edits`)."""


@dataclass(frozen=True, slots=True)
class Rep:
    """A rep and how they work: shares of cards, 0 to 1, and hours until a decision.

    `style` are the edits they make, oftenest first; `oversells` is the share of edits that sell.
    """

    user: str
    name: str
    approves: float
    edits: float
    replaces: float
    snoozes: float
    slow_hours: float
    tells: float
    says_helped: float
    oversells: float
    style: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SimulatedLead:
    """A lead as it enters the quarter."""

    id: str
    facts: LeadFacts
    rep: int
    stage: Stage


def reps(count: int, rng: Random) -> tuple[Rep, ...]:
    """So many reps with habits of their own."""
    made = []
    for number in range(count):
        approves = rng.uniform(0.66, 0.9)
        replaces = rng.uniform(0.02, 0.09)
        made.append(
            Rep(
                user=f"USIM{number + 1:05d}",
                name=f"{_FIRST[number % len(_FIRST)]} {_PLACES[number % len(_PLACES)]}",
                approves=approves,
                edits=rng.choice((0.08, 0.2, 0.35, 0.6)) * rng.uniform(0.7, 1.3),
                replaces=replaces,
                snoozes=rng.uniform(0.01, 0.06),
                slow_hours=rng.choice((1, 4, 10, 30)),
                tells=rng.uniform(0.15, 0.8),
                says_helped=rng.uniform(0.1, 0.6),
                oversells=rng.choice((0.0, 0.02, 0.08, 0.25)),
                style=(number % EDITS, *rng.sample(range(EDITS), 2)),
            )
        )
    return tuple(made)


def leads(count: int, team: tuple[Rep, ...], rng: Random) -> tuple[SimulatedLead, ...]:
    """So many leads in accounts of a few people each, every account with one rep."""
    accounts = max(1, round(count / PEOPLE_PER_ACCOUNT))
    firms = []
    for number in range(accounts):
        industry = rng.choice(INDUSTRIES)
        place = _PLACES[number % len(_PLACES)]
        nth = number // len(_PLACES)
        name = f"{place} {LEGAL[industry]}" + (f" {nth + 1}" if nth else "")
        low, high = rng.choices(_SIZES, _SIZE_SHARES)[0]
        firms.append((name, industry, rng.randint(low, high), rng.randrange(len(team))))
    made = []
    for number in range(count):
        firm, industry, size, rep = firms[number % accounts]
        persona = rng.choices(tuple(PROBLEMS), (22, 18, 20, 40))[0]
        name = _name(number, rng)
        host = "".join(c for c in firm.lower() if c.isalnum())
        mail = f"{name.split()[0].lower()}.{number + 1}@{host}.example"
        stage = rng.choices(tuple(_STAGE_SHARES), tuple(_STAGE_SHARES.values()))[0]
        facts = LeadFacts(
            name=name, email=mail, company=firm, role=rng.choice(ROLES[persona]),
            persona=persona if rng.random() > 0.06 else None,
            industry=industry if rng.random() > 0.08 else None,
            company_size=size if rng.random() > 0.1 else None,
            problem=PROBLEMS[persona] if rng.random() > 0.12 else None,
            segment=rng.choice(("north", "south", None)),
            owner=team[rep].user,
        )  # fmt: skip
        made.append(SimulatedLead(make_id(name, mail), facts, rep, stage))
    return tuple(made)


def _name(number: int, rng: Random) -> str:
    first = _FIRST[number % len(_FIRST)]
    return f"{first} {_LAST[(number // len(_FIRST) + rng.randrange(len(_LAST))) % len(_LAST)]}"

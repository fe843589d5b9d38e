"""The page of twelve drafts, docs/drafts.md: `python -m tests.draft_pages` writes it.

Twelve leads, four stages and three channels, go through the real flow over the sample library, in
a home folder and at a time of the page's own, so that every run writes the same.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.bootstrap import Wired, build
from bot.flow.next_touch import next_touch
from bot.sample import seed_sample
from bot.settings import Settings
from bot.views.words import CHECKS_PASSED
from knowledge.journey import Stage, type_name
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask, Draft, Suggestion
from prompts.checks import RULES, CheckContext
from prompts.checks.shape import reading_grade, word_count

PAGE = Path(__file__).resolve().parents[1] / "docs" / "drafts.md"
MOMENT = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
REASONS = 3
"""Reasons shown of each choice, strongest first."""

_CHANNELS = {"email": "e-mail", "text": "text message", "phone": "phone task"}


@dataclass(frozen=True, slots=True)
class FictionalLead:
    """One lead of the page: who, at which stage, and what they asked, said or did."""

    stage: Stage
    channel: str
    facts: LeadFacts
    question: str = ""
    did: tuple[tuple[Action, int, str | None], ...] = ()
    """Act, days ago, and the id of the piece, oldest first."""

    def ask(self) -> Ask:
        """What the rep asks for this lead."""
        today = MOMENT.date()
        return Ask(
            today=today,
            facts=replace(self.facts, stage=self.stage),
            history=tuple(HistoryEntry(a, today - timedelta(d), piece) for a, d, piece in self.did),
            questions=(self.question,) if self.question else (),
            channel=self.channel,
            asked_by="page",
        )


LEADS: tuple[FictionalLead, ...] = (
    FictionalLead(
        Stage.AWARENESS, "email",
        LeadFacts(
            name="Priya Raman", role="Maintenance Manager", persona="operations",
            industry="manufacturing", company_size=260,
            problem="Two or three stops a week on the presses",
        ),
        "What does one hour of downtime cost us?",
    ),
    FictionalLead(
        Stage.AWARENESS, "text",
        LeadFacts(
            name="Owen Brandt", role="Facilities Manager", persona="operations",
            industry="logistics", problem="The plan lives in a spreadsheet that five people edit",
        ),
        "When does a spreadsheet stop being enough?",
    ),
    FictionalLead(
        Stage.AWARENESS, "phone",
        LeadFacts(
            name="Helen Marsh", role="Plant Manager", persona="executive",
            industry="manufacturing", company_size=320,
            problem="Two senior technicians retire next year",
            obstacles=("Nobody has written down what they know",),
        ),
        did=((Action.REGISTERED, 12, None),),
    ),
    FictionalLead(
        Stage.INTEREST, "email",
        LeadFacts(
            name="Dana Ortiz", role="CFO", persona="finance", industry="logistics",
            company_size=400, problem="Spare parts tie up more money every year",
        ),
        "How much stock of spare parts is enough?",
        ((Action.READ, 20, "backlog-is-a-finance-problem-6ee69952"),),
    ),
    FictionalLead(
        Stage.INTEREST, "text",
        LeadFacts(
            name="Sofia Bergstrom", role="Maintenance Planner", persona="operations",
            industry="logistics", problem="Paper cards lose half the detail",
            obstacles=("Two earlier app trials failed",),
        ),
        "How do we get technicians to use a mobile app?",
    ),
    FictionalLead(
        Stage.INTEREST, "phone",
        LeadFacts(
            name="Marta Keel", role="Network Manager", persona="operations",
            industry="utilities", company_size=700,
            problem="Every wet autumn the crews drown in urgent leaks",
        ),
        "How do we plan the crews before the leak season starts?",
    ),
    FictionalLead(
        Stage.CONSIDERATION, "email",
        LeadFacts(
            name="Tomas Lind", role="IT Lead", persona="it", industry="utilities",
            company_size=520, problem="Orders live in SAP while crews work from printouts",
            obstacles=("Security review takes eight weeks",),
        ),
        "Who owns the planned date when SAP owns the equipment list?",
    ),
    FictionalLead(
        Stage.CONSIDERATION, "text",
        LeadFacts(
            name="Jonas Weller", role="Depot Lead", persona="operations", industry="logistics",
            problem="Half the depot has no signal",
        ),
        "What happens to a job card when the phone is offline?",
        ((Action.WATCHED, 9, "recorded-walkthrough-planning-board-e0c0b2dd"),),
    ),
    FictionalLead(
        Stage.CONSIDERATION, "phone",
        LeadFacts(
            name="Ines Carvalho", role="Head of Maintenance", persona="operations",
            industry="manufacturing", company_size=890,
            problem="Three sites plan in three different spreadsheets",
            obstacles=("IT prefers to keep the ERP module",),
        ),
        "Should we stay with the ERP module or get a planning tool?",
    ),
    FictionalLead(
        Stage.DECISION, "email",
        LeadFacts(
            name="Marcus Feld", role="Financial Controller", persona="finance",
            industry="utilities", company_size=700, problem="Emergency callouts eat the budget",
            outcome="A payback that the board accepts",
        ),
        "How do we work out the payback?",
    ),
    FictionalLead(
        Stage.DECISION, "text",
        LeadFacts(
            name="Robert Haines", role="COO", persona="executive", industry="manufacturing",
            company_size=890, problem="Late orders caused by machine stops",
        ),
        "How long does a rollout to several sites take?",
    ),
    FictionalLead(
        Stage.DECISION, "phone",
        LeadFacts(
            name="Nadia Brook", role="Operations Director", persona="executive",
            industry="logistics", company_size=1_100,
            problem="Dock doors fail in the night shift",
            obstacles=("Wants proof from a company of similar size",),
        ),
        "Who else has cut dock door failures, and how?",
    ),
)  # fmt: skip


class _StandingClock:
    """A clock that always says `MOMENT`."""

    def now(self) -> datetime:
        return MOMENT


def suggestions(home: Path) -> list[Suggestion]:
    """What the flow recommends for each of the twelve; an empty `home` gets the sample library."""
    # Given, not left to the environment: the page must not depend on who writes it.
    settings = Settings(
        _env_file=None, home=home, chat_model=None, embedding_model=None, database_url=None,
        chroma_url=None, time_zone="UTC",
    )  # fmt: skip
    tools: Wired = build(settings, _StandingClock())
    try:
        if not tools.library.any_approved():
            seed_sample(tools)
        return [next_touch(lead.ask(), tools, keep=False) for lead in LEADS]
    finally:
        tools.close()


def drafts_page(found: list[Suggestion]) -> str:
    """The page in Markdown; `LookupError` for a lead who is recommended nothing."""
    pairs = enumerate(zip(LEADS, found, strict=True), 1)
    shown = [_section(number, lead, made) for number, (lead, made) in pairs]
    rules = ", ".join(f"`{rule.name}`" for rule in RULES)
    return "\n\n".join([
        "# Twelve drafts",
        "Written by `make docs`, never by hand: twelve fictional leads go through the whole flow "
        "over the sample library, without a chat model. Each draft stands as a rep would copy it. "
        "Its words are counted without addresses; the grade is the school grade of its own words, "
        "aimed at 9 or lower; hype runs from 0 (teaches) to 1 (sells).",
        f"Every draft is judged by {len(RULES)} rules: {rules}. A rule without enough to judge by "
        "is skipped, and named.",
        *shown,
    ]) + "\n"  # fmt: skip


def _section(number: int, lead: FictionalLead, made: Suggestion) -> str:
    if made.chosen is None or made.draft is None:
        raise LookupError(f"Nothing is recommended for {lead.facts.name}: {made.pace.reason}")
    asset, draft = made.chosen.asset, made.draft
    reasons = "\n".join(f"- {reason}" for reason in made.reasons[:REASONS])
    subject = f"Subject: {draft.subject}\n\n" if draft.subject else ""
    return "\n\n".join([
        f"## {number}. {lead.stage.title()}, {_CHANNELS[draft.channel]}",
        f"**{lead.facts.name}**, {_about(lead)}",
        f"**{asset.title}** ({type_name(asset.type)}), because:\n\n{reasons}",
        f"```text\n{subject}{draft.body}\n```",
        _judged(made, draft),
    ])  # fmt: skip


def _about(lead: FictionalLead) -> str:
    facts = lead.facts
    told = [f"{facts.role} ({facts.persona}) in {facts.industry}. Problem: {facts.problem}."]
    told += [f"In the way: {obstacle}." for obstacle in facts.obstacles]
    told += [f"Wants: {facts.outcome}."] if facts.outcome else []
    told += [f"{a.replace('_', ' ').capitalize()} {_piece(p)}{d} days ago." for a, d, p in lead.did]
    told += [f"Asked: “{lead.question}”"] if lead.question else []
    return " ".join(told)


def _piece(asset_id: str | None) -> str:
    return f"`{asset_id.rsplit('-', 1)[0]}` " if asset_id else ""


def _judged(made: Suggestion, draft: Draft) -> str:
    assert made.chosen is not None
    context = CheckContext(
        subject=draft.subject, body=draft.body, stage=made.stage.stage, asset=made.chosen.asset,
        channel=draft.channel, profile=made.profile,
    )  # fmt: skip
    checks = draft.checks
    skipped = ", ".join(f"`{name}`" for name in checks.skipped) or "none"
    verdict = CHECKS_PASSED if checks.passed else ", ".join(f.rule for f in checks.findings)
    return (
        f"{word_count(draft.body)} words, grade {max(0, reading_grade(context)):.1f}, "
        f"hype {checks.hype:.2f}; {verdict} ({len(RULES) - len(checks.skipped)} rules judged, "
        f"skipped: {skipped})."
    )


def write() -> None:
    """Write the page again."""
    with tempfile.TemporaryDirectory() as home:
        PAGE.write_text(drafts_page(suggestions(Path(home))), encoding="utf-8")


if __name__ == "__main__":
    write()

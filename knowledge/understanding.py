"""Understanding a rep's message: intent, lead, role, company, size, stage, questions, signals.

Rules and a small tagger over plain text; nothing here needs a model. `bot.flow.understand`
adds what sentence vectors and known leads tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge import describing
from knowledge.intents import Intent, intent_by_rule, rules_that_speak
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.questions import MOST_QUESTIONS, Found, find_questions
from knowledge.touch import Ask
from knowledge.who import who_is_named

_SAID_NOT_DONE = frozenset({Action.ASKED, Action.REPLIED, Action.NO_ANSWER})
"""A rep who passes on a question is answering it: it does not mean that the lead waits."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says. `company_size` counts employees; `signals` are names of actions.

    `lead_id` and `matches` (id, name) are filled where known leads can be looked up; several
    matches mean that the rep must choose. `deeds` are acts of `signals` with their day and piece,
    `pieces` the (id, title) of those pieces, and `about` what they say of the lead's interest.
    """

    intent: Intent
    text: str
    lead_name: str | None = None
    email: str | None = None
    company: str | None = None
    role: str | None = None
    industry: str | None = None
    company_size: int | None = None
    stage: Stage | None = None
    questions: tuple[str, ...] = ()
    signals: tuple[Action, ...] = ()
    channel: str | None = None
    lead_id: str | None = None
    matches: tuple[tuple[str, str], ...] = field(default=())
    problem: str | None = None
    deeds: tuple[HistoryEntry, ...] = ()
    pieces: tuple[tuple[str, str], ...] = ()
    about: str | None = None

    def ask(self, today: date, *, asked_by: str, team: str = "", channel: str = "email") -> Ask:
        """Return the ask that this message makes; an act without a day is taken as done today."""
        told = {deed.action: deed for deed in self.deeds}
        done = tuple(
            told.get(s)
            or HistoryEntry(s, today, note=self.refused if s is Action.OPTED_OUT else "")
            for s in self.signals
            if s not in _SAID_NOT_DONE
        )
        return Ask(
            today=today,
            lead_id=self.lead_id,
            facts=self.facts,
            history=done,
            questions=self.questions,
            channel=self.channel or channel,
            asked_by=asked_by,
            team=team,
            pieces=self.pieces,
        )

    @property
    def refused(self) -> str:
        """The channels that an opt-out is said of, as a record notes them; empty for all."""
        return ", ".join(describing.refused_channels(_read_of(self.text)))

    @property
    def facts(self) -> LeadFacts:
        """The facts of the lead that the message states."""
        return LeadFacts(
            name=self.lead_name,
            email=self.email,
            company=self.company,
            role=self.role,
            industry=self.industry,
            company_size=self.company_size,
            stage=self.stage,
            problem=self.problem,
            intent=self.about,
        )


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}\b")
_PIECE_NOT_COMPANY = re.compile(
    r"\b(?:papers?|guides?|e-?books?|posts?|articles?|reports?|checklists?|case stud(?:y|ies)"
    r"|webinars?|white ?papers?|brochures?|pdfs?|worksheets?|newsletters?)$",
    re.IGNORECASE,
)
"""What a lead read, as in "Ines downloaded the TCO paper", is no firm."""
_ABOUT_A_CARD = frozenset(Intent) - {
    Intent.NEXT,
    Intent.OTHER_PERSON,
    Intent.OFF_TOPIC,
    Intent.LATER,
    Intent.ALREADY_READ,
}
"""Intents whose own wording is a question to the bot: only a reported one is the lead's."""
_FOR_THEM = re.compile(r"\bfor (?:her|him|them)\W*$", re.IGNORECASE)
"""An ending that means the lead who is named, and nobody else there."""
LONGEST_READ = 20_000
"""Characters of a message that are kept."""
READ_FROM_START, READ_FROM_END = 6_000, 2_000
"""Characters of a longer one that are read: a pasted thread is told at its top and signed below."""


def parse_message(text: str) -> Understanding:
    """Read a rep's message; what is not said stays None or empty."""
    whole = plain_message(text)
    said = _read_of(whole)
    found = find_questions(said)
    who = who_is_named(said)
    if who.company and _PIECE_NOT_COMPANY.search(who.company):
        who = replace(who, company=None)
    told = _without(said, found)
    signals = describing.signals(said)
    understood = Understanding(
        intent=Intent.NEXT,
        text=whole,
        lead_name=who.name,
        email=(m.group(0) if (m := _EMAIL.search(said)) else None),
        company=who.company,
        role=who.role,
        industry=describing.industry(told, who.company),
        company_size=describing.company_size(said),
        stage=describing.stage(told),
        questions=tuple(dict.fromkeys(f.question for f in found))[:MOST_QUESTIONS],
        signals=tuple(s for s in signals if s is not Action.ASKED or not found),
        channel=describing.channel(told),
        problem=describing.problem(told),
    )
    return with_intent(
        understood, intent_by_rule(said, tells_of_a_lead=tells_of_a_lead(understood))
    )


def with_intent(understood: Understanding, intent: Intent) -> Understanding:
    """The same with this intent; one about a card or the library asks nothing for the lead."""
    about_a_card = intent in _ABOUT_A_CARD
    if not about_a_card and not (intent is Intent.OTHER_PERSON and not understood.lead_name):
        return replace(understood, intent=intent)
    found = find_questions(_read_of(understood.text)) if understood.questions else ()
    reported = tuple(f.question for f in found if f.reported)[:MOST_QUESTIONS]
    kept = tuple(s for s in understood.signals if s is Action.OPTED_OUT or not about_a_card)
    return replace(understood, intent=intent, questions=reported, signals=kept)


def is_plain_ask(ruled: Understanding, heard: Intent) -> bool:
    """Whether a lead's question or no makes an ask of the message, whatever vectors `heard` in it.

    "Dana asked how it works" is no call for help. Wordings outside the question count: "later"
    in "remind me later, she asked what it costs".
    """
    if heard is Intent.OTHER_PERSON:
        return ruled.lead_name is not None and _FOR_THEM.search(ruled.text) is not None
    told_of = tells_of_a_lead(ruled) or ruled.email is not None
    if heard in {Intent.NEXT, Intent.ADD_ASSET} or ruled.intent is not Intent.NEXT or not told_of:
        return False
    said = _read_of(ruled.text)
    found = [f for f in find_questions(said) if f.reported]
    if not found and Action.OPTED_OUT not in ruled.signals:
        return False
    return heard not in rules_that_speak(_without(said, found))


def tells_of_a_lead(understood: Understanding) -> bool:
    """Whether the message names a lead or a place and says something of them."""
    named = bool(understood.lead_name or understood.role or understood.company)
    says = bool(
        understood.questions or understood.signals or understood.company_size or understood.stage
    )
    return named and (
        says or sum(map(bool, (understood.lead_name, understood.role, understood.company))) > 1
    )


def _read_of(text: str) -> str:
    if len(text) <= READ_FROM_START + READ_FROM_END:
        return text
    return f"{text[:READ_FROM_START]}\n{text[-READ_FROM_END:]}"


def _without(said: str, found: Sequence[Found]) -> str:
    """The text with the lead's questions taken out: what they ask about is not what they are."""
    for question in sorted(found, key=lambda f: -f.start):
        said = f"{said[: question.start]} . {said[question.end :]}"
    return said


def plain_message(text: str) -> str:
    """The text without Slack's markup."""
    text = re.sub(r"<@[A-Z0-9]+(?:\|[^<>]*)?>", " ", text[:LONGEST_READ])
    text = re.sub(r"<(https?://[^|<>\s]+)(?:\|[^<>]*)?>", r"\1", text)
    text = re.sub(r"<mailto:([^|<>\s]+)(?:\|[^<>]*)?>", r"\1", text)
    text = (
        text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("\u2019", "'")
    )
    return re.sub(r"[ \t]+", " ", text).strip()

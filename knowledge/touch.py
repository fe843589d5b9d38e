"""The values an ask turns into, step by step, from stage reading to suggestion."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from knowledge.assets import Asset
from knowledge.journey import AssetType, Stage
from knowledge.leads import HistoryEntry, LeadFacts, LeadProfile
from knowledge.tracks import PlanStep


@dataclass(frozen=True, slots=True)
class Ask:
    """What a rep wants to know: the next touch for one lead (M12).

    `lead_id` names a stored lead; `facts` and `history` given here win over the record.
    `exclude` holds asset ids the rep turned down in this conversation, `kinds` the only types of
    piece wanted, if any are named. `today` is the team's date. `pieces` are the (id, title)
    of those that the history was told with, to say back what was understood.
    """

    today: date
    lead_id: str | None = None
    facts: LeadFacts = field(default_factory=LeadFacts)
    history: tuple[HistoryEntry, ...] = ()
    questions: tuple[str, ...] = ()
    channel: str = "email"
    exclude: tuple[str, ...] = ()
    asked_by: str | None = None
    team: str | None = None
    kinds: tuple[AssetType, ...] = ()
    pieces: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StageReading:
    """Where the lead is, how sure we are (0 to 1), and what says so (M33)."""

    stage: Stage
    confidence: float
    evidence: tuple[str, ...]


class PaceDecision(StrEnum):
    """What to do now (M15, M16)."""

    SEND = "send"
    WAIT = "wait"
    ASK = "ask"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class Pace:
    """The pacing decision: the deciding reason, every other one, and when to act or look again.

    `when` is None when no date can be named (an opted-out lead). `touch_number` is the number the
    next touch would have; `gap_days` the gap in force (M8 to M10).
    """

    decision: PaceDecision
    reason: str
    when: date | None
    touch_number: int
    budget: int
    gap_days: int
    rule: str = ""
    also: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset that search found: `score` is the fused one, `similarity` the best cosine (-1 to 1).

    `passage` is the text that matched best, `passage_heading` the heading above it, and
    `answers` the questions of the ask (by position) that this asset answers well. `follows`: found
    as what to read after what the lead has read, not by a question.
    """

    asset: Asset
    score: float
    similarity: float
    passage: str
    passage_heading: str = ""
    answers: tuple[int, ...] = ()
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one ranking rule added to a candidate's score, with its sentence for the card."""

    rule: str
    points: float
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate after the policy: `score` orders, `contributions` explain."""

    candidate: Candidate
    score: float
    contributions: tuple[Contribution, ...] = ()

    @property
    def asset(self) -> Asset:
        """The asset ranked."""
        return self.candidate.asset

    @property
    def reasons(self) -> tuple[str, ...]:
        """Sentences of the rules that spoke for it, strongest first."""
        for_it = sorted(
            (c for c in self.contributions if c.points > 0 and c.sentence), key=lambda c: -c.points
        )
        return tuple(c.sentence for c in for_it)


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """An alternate and the rule that decided against it.

    `contributions` are its points by rule; empty for a piece that was refused unranked.
    """

    candidate: Candidate
    rule: str
    why_not: str
    score: float = 0.0
    contributions: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """The outcome of ranking: best first, those refused, and questions nothing answers.

    `profile`, `stage` and `questions` are what it was made for, so that a why-not can be worded.
    """

    ranked: tuple[Ranked, ...]
    refused: tuple[TurnedDown, ...]
    unanswered: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    profile: LeadProfile | None = None
    stage: StageReading | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found: the rule, the sentence it is about, and what to do.

    A `binding` one must be put right: no reason keeps a text that has it.
    """

    rule: str
    sentence: str
    why: str
    binding: bool = False


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Every finding at once; `skipped` lists the rules that lacked something to judge by."""

    passed: bool
    findings: tuple[Finding, ...] = ()
    skipped: tuple[str, ...] = ()
    hype: float = 0.0

    @property
    def binding(self) -> tuple[Finding, ...]:
        """The findings that no reason keeps."""
        return tuple(f for f in self.findings if f.binding)

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules that found something, each once."""
        return tuple(dict.fromkeys(f.rule for f in self.findings))


@dataclass(frozen=True, slots=True)
class Draft:
    """A follow-up for the rep to review; `source` is `composer` or `model`."""

    subject: str
    body: str
    channel: str
    source: str
    checks: CheckReport = field(default_factory=lambda: CheckReport(passed=False))
    note: str = ""


Wish = Literal["shorter", "softer", "channel"]
"""How a rep wants a draft written anew: fewer words, gentler, or for another channel."""


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """Everything a writer may use: nothing else reaches a draft or a prompt (M21, decision 9).

    `question` is the lead's question that the asset answers, or empty. `insight_from` is the
    passage that matched. `profiling_question` is what the draft may end with (M29). `taken_up` is
    the title of the piece of the lead's last act, where there was one. `wishes` are what the rep
    wants of it by now, the latest last, and `most_words` the aim of a shorter one.
    """

    asset: Asset
    profile: LeadProfile
    stage: Stage
    channel: str
    question: str
    insight_from: str
    profiling_question: str | None
    touch_number: int
    sales_ready: bool = False
    recent_bodies: tuple[str, ...] = ()
    taken_up: str = ""
    wishes: tuple[Wish, ...] = ()
    most_words: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The whole answer to an ask, as it is shown, stored and audited."""

    id: str
    ask: Ask
    profile: LeadProfile
    stage: StageReading
    pace: Pace
    chosen: Ranked | None
    reasons: tuple[str, ...]
    alternates: tuple[TurnedDown, ...]
    unanswered: tuple[str, ...]
    profiling_question: str | None
    draft: Draft | None
    step: PlanStep | None = None

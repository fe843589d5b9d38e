"""The story of one suggestion: what happened with it, in order, for whoever reads it later (M56).

What says nothing of the lead outlasts an erasure; the rest is then missing, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge.text_difference import Change
from knowledge.touch import Contribution, Finding


class Happening(StrEnum):
    """What an event of a story is, in the order in which those of one moment are told."""

    ASKED = "asked"
    UNDERSTOOD = "understood"
    STAGE_READ = "stage_read"
    PACED = "paced"
    CHOSEN = "chosen"
    TURNED_DOWN = "turned_down"
    DRAFTED = "drafted"
    SHOWN = "shown"
    EDITED = "edited"
    REWRITTEN = "rewritten"
    APPROVED = "approved"
    REPLACED = "replaced"
    SNOOZED = "snoozed"
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    OUTCOME = "outcome"
    HELPED = "helped"
    EXPLAINED = "explained"
    STAGE_MOVED = "stage_moved"
    REVIEWED = "reviewed"
    ERASED = "erased"
    NOTED = "noted"
    """An entry of the audit log that no other word fits; `Fact.KIND` names its kind."""


class Fact(StrEnum):
    """What a value of an event is; `bot/views/words_story.py` has the words."""

    KIND = "kind"
    LEAD = "lead"
    PERSON = "person"
    COMPANY = "company"
    ROLE = "role"
    PERSONA = "persona"
    INDUSTRY = "industry"
    QUESTION = "question"
    UNANSWERED = "unanswered"
    PROFILING = "profiling"
    STAGE = "stage"
    SURE = "sure"
    EVIDENCE = "evidence"
    DECISION = "decision"
    RULE = "rule"
    BECAUSE = "because"
    ALSO = "also"
    WHEN = "when"
    TOUCH = "touch"
    BUDGET = "budget"
    ASSET = "asset"
    VERSION = "version"
    CHANNEL = "channel"
    WRITER = "writer"
    CHECKS = "checks"
    SKIPPED = "skipped"
    KEPT = "kept"
    KEPT_BECAUSE = "kept_because"
    WISH = "wish"
    REPLACED_BY = "replaced_by"
    CORRECTED_TO = "corrected_to"
    UNTIL = "until"
    AS_APPROVED = "as_approved"
    OUTCOME = "outcome"
    ON = "on"
    NOTE = "note"
    HELPED = "helped"
    FROM = "from"
    TO = "to"
    HOW = "how"
    MARK = "mark"
    COMMENT = "comment"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that was chosen or turned down; `title` is empty once it cannot be told any more.

    `points` are what each rule gave it; the sentence of each goes with an erasure.
    """

    asset_id: str
    title: str
    score: float | None
    rule: str = ""
    why_not: str = ""
    points: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """One thing that happened: what, when, by whom, and what is known of it.

    `by` is empty for Trailguide itself, else a Slack id or name. `told` holds (fact, value) in
    reading order, a fact again for each of its values; dates are ISO. `text` is (subject, body).
    `difference` leads from the draft as it was made to that text. A finding's sentence is empty
    once it is erased. `entry` is the number of the audit entry behind it.
    """

    what: Happening
    at: datetime
    by: str
    told: tuple[tuple[Fact, str], ...] = ()
    pieces: tuple[Piece, ...] = ()
    findings: tuple[Finding, ...] = ()
    text: tuple[str, str] | None = None
    difference: tuple[Change, ...] = ()
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One suggestion from the ask to what came of it; `events` are in order of time.

    `lead_id` is an invented one once the lead is erased, None when it was never on record.
    """

    suggestion_id: str
    state: str
    lead_id: str | None
    asked_by: str | None
    created_at: datetime
    erased: bool
    events: tuple[StoryEvent, ...]

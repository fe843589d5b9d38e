"""Leads: what is known of a person, and what happened between us and them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum

from knowledge.errors import BadInput
from knowledge.journey import Stage


class Action(StrEnum):
    """What was done, by us (`sent, called, answered, newsletter`) or by the lead (the rest)."""

    SENT = "sent"
    CALLED = "called"
    ANSWERED = "answered"
    NEWSLETTER = "newsletter"
    OPENED = "opened"
    CLICKED = "clicked"
    DOWNLOADED = "downloaded"
    READ = "read"
    WATCHED = "watched"
    ATTENDED = "attended"
    REGISTERED = "registered"
    JOINED_LIST = "joined_list"
    VISITED = "visited"
    VISITED_PRICING = "visited_pricing"
    FORWARDED = "forwarded"
    ASKED = "asked"
    REPLIED = "replied"
    NO_ANSWER = "no_answer"
    REQUESTED_DEMO = "requested_demo"
    REQUESTED_QUOTE = "requested_quote"
    BOOKED_MEETING = "booked_meeting"
    MET_AT_EVENT = "met_at_event"
    MET = "met"
    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"
    BOUGHT = "bought"


TOUCHES = frozenset({Action.SENT, Action.CALLED})
"""Ours that count as a touch; a newsletter never does (M13), an answer to a question neither."""

OURS = frozenset({Action.SENT, Action.CALLED, Action.ANSWERED, Action.NEWSLETTER})

SEEN = frozenset({
    Action.OPENED, Action.CLICKED, Action.DOWNLOADED, Action.READ, Action.WATCHED,
    Action.ATTENDED, Action.FORWARDED,
})  # fmt: skip
"""Acts after which an asset is not new to the lead any more (M44), `sent` aside."""


CONTACTS = TOUCHES | {
    Action.ANSWERED, Action.ASKED, Action.REPLIED, Action.MET_AT_EVENT, Action.MET,
    Action.BOOKED_MEETING, Action.REQUESTED_DEMO, Action.REQUESTED_QUOTE, Action.BOUGHT,
}  # fmt: skip
"""Acts after which a person counts as reached (M35): we wrote or called, or they spoke to us."""


class TrustGap(StrEnum):
    """What a lead does not believe yet (M37)."""

    KNOWN = "known"
    EXPERT = "expert"
    UNDERSTANDING = "understanding"
    LIKING = "liking"


_GAP_ALIASES = {
    "know": TrustGap.KNOWN, "knows_us": TrustGap.KNOWN, "awareness": TrustGap.KNOWN,
    "experts": TrustGap.EXPERT, "expertise": TrustGap.EXPERT, "competence": TrustGap.EXPERT,
    "sees_us_as_expert": TrustGap.EXPERT, "understand": TrustGap.UNDERSTANDING,
    "understands": TrustGap.UNDERSTANDING, "understood": TrustGap.UNDERSTANDING,
    "believes_we_understand": TrustGap.UNDERSTANDING, "like": TrustGap.LIKING,
    "likes": TrustGap.LIKING, "likes_us": TrustGap.LIKING, "rapport": TrustGap.LIKING,
    "likes_working_with_us": TrustGap.LIKING,
}  # fmt: skip


def parse_trust_gap(text: str) -> TrustGap:
    """Return the gap in trust that a person meant; `BadInput` names the four there are."""
    word = text.strip().lower().replace("-", "_").replace(" ", "_")
    if word in _GAP_ALIASES:
        return _GAP_ALIASES[word]
    try:
        return TrustGap(word)
    except ValueError:
        raise BadInput(
            f"Unknown trust gap '{text[:40]}'; use one or more of: {', '.join(TrustGap)}."
        ) from None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened; `asset_id` is None when no asset was involved.

    `line` is the product line it was about, empty when it was about none or all.
    """

    action: Action
    on: date
    asset_id: str | None = None
    note: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class LineStage:
    """Where a lead stands for one product line, what says so, and since when."""

    line: str
    stage: Stage
    evidence: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """Everything known of a lead; None, empty or False means not known.

    `company_size` counts employees. `gap_days`, `touches` and `budget` override the settings.
    `trust_gaps` names what is missing: `known`, `expert`, `understanding`, `liking` (M37).
    `account_roles` are the buying roles reached in the account besides the lead's own, for those
    who are not on record; here an empty one says that nobody else was reached (M35). `stage` is the
    stage whatever the product line; `line_stages` are those told for one line.
    """

    name: str | None = None
    email: str | None = None
    company: str | None = None
    role: str | None = None
    persona: str | None = None
    buying_role: str | None = None
    industry: str | None = None
    company_size: int | None = None
    products: tuple[str, ...] = ()
    stage: Stage | None = None
    problem: str | None = None
    intent: str | None = None
    outcome: str | None = None
    obstacles: tuple[str, ...] = ()
    opted_out: bool | None = None
    opted_out_channels: tuple[str, ...] = ()
    qualified: bool | None = None
    replied_at: datetime | None = None
    answered_at: datetime | None = None
    waiting_for_answer: bool | None = None
    contact_after: date | None = None
    account_touched_on: date | None = None
    gap_days: int | None = None
    touches: int | None = None
    budget: int | None = None
    product_line: str | None = None
    segment: str | None = None
    owner: str | None = None
    trust_gaps: tuple[str, ...] = ()
    account_roles: tuple[str, ...] | None = None
    line_stages: tuple[LineStage, ...] = ()

    def over(self, other: LeadFacts) -> LeadFacts:
        """These facts, with gaps filled from `other`."""
        mine = {f.name: getattr(self, f.name) for f in fields(self)}
        theirs = {f.name: getattr(other, f.name) for f in fields(other)}
        return LeadFacts(
            **{k: v if v not in (None, (), "") else theirs[k] for k, v in mine.items()}
        )

    @property
    def first_name(self) -> str | None:
        """The name to greet with, or None when it is not known."""
        words = (self.name or "").split()
        return words[0] if words and "@" not in words[0] else None


@dataclass(frozen=True, slots=True)
class AccountTouch:
    """A touch of somebody in a lead's account: `role` is their buying role, "" where unknown.

    `own` says that it was the lead itself; `by` is who made it, "" where nobody noted it.
    """

    on: date
    role: str = ""
    own: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class LeadProfile:
    """A lead as one ask sees it: facts merged, history oldest first, questions of this ask.

    `lead_id` is None for a lead that is not on record. `account_roles` are the buying roles of the
    others who were reached in the account, None when nobody looked (M35). `account_touches` are our
    touches of anybody there, this lead included, oldest first. `given_back_on` is the day a person
    gave the lead back to nurturing: what it asked of sales before is settled.
    """

    facts: LeadFacts = field(default_factory=LeadFacts)
    history: tuple[HistoryEntry, ...] = ()
    questions: tuple[str, ...] = ()
    lead_id: str | None = None
    account_roles: tuple[str, ...] | None = None
    account_touches: tuple[AccountTouch, ...] = ()
    given_back_on: date | None = None

    @property
    def known_asset_ids(self) -> frozenset[str]:
        """Assets this lead was sent or has seen: never again (M44)."""
        known = SEEN | {Action.SENT}
        return frozenset(e.asset_id for e in self.history if e.asset_id and e.action in known)

    @property
    def asked(self) -> tuple[str, ...]:
        """The lead's questions: those of this ask first, then those noted in the history."""
        past = [e.note for e in reversed(self.history) if e.action is Action.ASKED and e.note]
        return tuple(dict.fromkeys((*self.questions, *past)))

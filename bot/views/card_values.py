"""The values a card is drawn from: what is shown, and what was done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.views import words, words_card, words_keeping
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.outcomes import Outcome
from knowledge.touch import Draft, Pace, StageReading
from knowledge.tracks import PlanStep


class Act(StrEnum):
    """What a rep did with a card."""

    APPROVED = "approved"
    EDITED = "edited"
    REPLACED = "replaced"
    PUT_OFF = "put_off"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What was told of an approved card: when and how it was sent, and what came of it.

    `helped` is the answer to whether the piece helped; everything is None or empty until told.
    """

    sent_on: date | None = None
    sent_by: str = ""
    channel: str = ""
    changed: bool = False
    outcome: Outcome | None = None
    outcome_on: date | None = None
    helped: bool | None = None
    helped_reason: str = ""


@dataclass(frozen=True, slots=True)
class Acted:
    """Who did what with a card, and when in the team's words; `who` is a Slack user id or empty.

    `corrected` is the stage for which it was replaced; `after` is told of an approved card only,
    `why` of a withdrawn one: the label of why its piece is no longer in use.
    """

    act: Act
    who: str
    when: str
    until: date | None = None
    corrected: Stage | None = None
    after: Afterwards = Afterwards()
    why: str = ""

    @property
    def sentence(self) -> str:
        """The context line."""
        who = person(self.who)
        if self.corrected:
            return words_card.stage_corrected(who, self.when, self.corrected)
        match self.act:
            case Act.APPROVED:
                return words.approved(who, self.when)
            case Act.EDITED:
                return words.edited(who, self.when)
            case Act.REPLACED:
                return words.replaced(who, self.when)
            case Act.PUT_OFF:
                return words.put_off(who, self.when, self.until)
            case Act.WITHDRAWN:
                return words_keeping.withdrawn("", self.why)


def person(user: str) -> str:
    """A Slack user as a message names them."""
    return f"<@{user}>" if user.isalnum() else "Someone"


@dataclass(frozen=True, slots=True)
class ShownAsset:
    """What a card says of an asset; `minutes` of reading is 0 when it is not known."""

    title: str
    url: str | None
    kind: str
    minutes: int = 0
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a card shows; `draft` is the one in force, edited or not.

    `others` holds title and why-not of each alternate, `kept_reason` why findings were kept,
    `understood` what the ask was taken to say.
    """

    suggestion_id: str
    facts: LeadFacts
    stage: StageReading
    pace: Pace
    asset: ShownAsset | None
    reasons: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    unanswered: tuple[str, ...]
    profiling_question: str | None
    draft: Draft | None
    today: date | None = None
    kept_reason: str = ""
    understood: str = ""
    step: PlanStep | None = None

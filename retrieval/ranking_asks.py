"""What kind of answer a bare question asks for: "What does it cost?", "Do you have references?".

A question without a subject gives search nothing to go by: any piece with "how much" in its title
matches "How much is it?". Its kind says what to look for instead (M43).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.assets import Asset
from knowledge.journey import AssetType
from retrieval.ranking_match import head_of, stems

_T = AssetType


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of answer: how it is asked for, which pieces give it, and how a card says so.

    `said` completes "It …" and `lacks` completes "but it …".
    """

    name: str
    asked: re.Pattern[str]
    types: frozenset[AssetType]
    told: re.Pattern[str] | None
    said: str
    lacks: str

    def given_by(self, asset: Asset) -> bool:
        """Whether the piece gives this kind of answer, by its type or by what its head says."""
        by_words = self.told is not None and self.told.search(head_of(asset)) is not None
        return asset.type in self.types or by_words


def _kind(  # noqa: PLR0917 - the fields of a row, in order
    name: str, asked: str, types: set[AssetType], told: str, said: str, lacks: str
) -> Kind:  # fmt: skip
    return Kind(
        name, re.compile(rf"\b(?:{asked})\b"), frozenset(types),
        re.compile(rf"\b(?:{told})") if told else None, said, lacks,
    )  # fmt: skip


KINDS = (
    _kind(
        "convincing",
        r"convince|persuade|win \w+ over|(?:get|need) buy-?in|justify|get \w+ on board"
        r"|get \w+ approv\w+",
        {_T.BUSINESS_CASE},
        r"internal case|objections?|stakeholders?|buy-?in|winning over",
        "helps to win colleagues over",
        "does not help to win colleagues over",
    ),
    _kind(
        "proof",
        r"references?|referrals?|case stud(?:y|ies)|proofs?|prove|proven|who else|testimonials?"
        r"|success stor(?:y|ies)|track record",
        {_T.CASE_STUDY, _T.TESTIMONIAL},
        "",
        "shows how it went for a customer",
        "tells of no customer",
    ),
    _kind(
        "price",
        r"costs?|prices?|pric(?:ing|y|ed)|expensive|cheap|afford|budget|how much (?:is|are|does|do"
        r"|would|will|for)|how much|worth|fees?|pay ?back|pays? (?:off|back)|roi"
        r"|return on investment|money",
        {_T.ROI},
        r"prices?\b|pricing|total[- ]cost|cost of ownership|-year cost|payback"
        r"|return on investment|licen[cs]e (?:fee|cost)",
        "is about what such a thing costs",
        "is not about what such a thing costs",
    ),
    _kind(
        "time",
        r"how long|how (?:soon|quickly|fast)|roll-?outs?|go(?:ing)?[- ]live|implementation"
        r"|implement|time",
        set(),
        r"roll-?out|implementation|go-live|project plan|time to value",
        "is about how long it takes to get going",
        "is not about how long it takes to get going",
    ),
    _kind(
        "security",
        r"secure|security|safe|privacy|gdpr|encrypt\w*|compliant|compliance",
        set(),
        r"security|data[- ]protection|encrypt|privacy|compliance",
        "is about security",
        "is not about security",
    ),
    _kind(
        "comparison",
        r"compare|compares|comparison|versus|vs|alternatives?|competitors?|competition|rivals?"
        r"|different|differs?|difference",
        {_T.COMPARISON},
        "",
        "compares the ways there are",
        "compares nothing",
    ),
    _kind(
        "connections",
        r"integrate|integrates|integrations?|connect|connects|connections?|apis?|interfaces?",
        set(),
        r"integrat|connect|apis?\b|interface",
        "is about connecting systems",
        "is not about connecting systems",
    ),
)  # fmt: skip
"""Kinds in the order they are tried: a price that must be justified is about convincing."""

_SUBJECTLESS = re.compile(
    r"\b(?:software|tools?|products?|systems?|platforms?|solutions?|services?|licen[cs]es?"
    r"|subscriptions?|company|vendors?|users?|year|month|cfo|ceo|cio|boss|boards?|management"
    r"|managers?|committee|works council|council|directors?|colleagues?|people|others?|something"
    r"|anything|any|some|please|know|tell|want|wants|need|needs|would|could|should|take|takes|give"
    r"|have|like|really|about|around|roughly|usually|typically|actually|per|ask|asks|asked"
    r"|wondering|uses?|used|using|does|did|was|were|been|much|many|hi|hello|thanks|set|up|get|going|started|running|it's|what's|whats|is)\b"
)


@lru_cache(maxsize=1024)
def bare_kind(question: str) -> Kind | None:
    """The kind of answer a question asks for, when it names no subject besides; else None."""
    text = question.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for kind in KINDS:
        if kind.asked.search(text):
            rest = _SUBJECTLESS.sub(" ", kind.asked.sub(" ", text))
            return None if stems(rest) else kind
    return None

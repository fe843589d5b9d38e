"""The lead as the ranking rules see it, worked out once for all candidates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from knowledge.assets import Asset
from knowledge.journey import AssetType
from knowledge.leads import SEEN, TOUCHES, Action, HistoryEntry, LeadProfile
from knowledge.touch import StageReading
from retrieval.ranking_asks import Kind, bare_kind
from retrieval.ranking_match import stems
from retrieval.same_text import Runs, runs, says_the_same

TRACK_DAYS = 30
"""An act older than this triggers nothing any more; a month is about four gaps (M8)."""

LIST_START = 5
"""Touches with which the track of a list begins: the best introductory pieces (M45)."""

CONVINCE = re.compile(
    r"\b(?:convince|persuade|win (?:\w+ )?over|buy-?in|justify|sceptical|skeptical|on board"
    r"|approval|objections?|(?:present|sell|explain) (?:it|this|that|them) to"
    r"|(?:my|our|the) (?:boss|board|cfo|ceo|management|committee|works council|directors?"
    r"|colleagues))\b"
)

_GAPS = {
    "known": r"\bwho are you\b|\bnever heard of (?:you|your)\b|\bwhat does your company\b",
    "expert": r"\b(?:your|you have|enough|any) (?:experience|expertise|track record)\b"
    r"|\bhow long have you\b",
    "understanding": r"\bdo you (?:even |really )?(?:know|understand)\b"
    r"|\b(?:compan|plant|site|hospital|team|business)\w* like (?:us|ours)\b|\bour kind of\b",
    "liking": r"\blike to work with\b|\bwork(?:ing)? with (?:you|your)\b"
    r"|\beasy to (?:deal|work) with\b",
}
_HEARD = {gap: re.compile(pattern) for gap, pattern in _GAPS.items()}

runs_of = lru_cache(maxsize=128)(runs)
"""Runs of the pieces and passages met last: many leads know the same ones, and of a simulated year
a fifth went into finding them anew. A piece of a thousand words takes about 0.1 MB."""


@dataclass(frozen=True)
class Lead:
    """What the rules may know; `questions` are the texts that `Candidate.answers` counts into."""

    profile: LeadProfile
    stage: StageReading
    today: date
    questions: tuple[str, ...]
    history_assets: Mapping[str, Asset]

    @cached_property
    def asked(self) -> frozenset[str]:
        """Everything the lead asked, now and before."""
        return frozenset(self.profile.asked)

    @cached_property
    def role(self) -> str:
        """The part in the buying decision, as the rules name it; empty when unknown."""
        return (self.profile.facts.buying_role or "").strip().lower().replace(" ", "_")

    @cached_property
    def goals(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Outcome and intent, each as it was said, and its words; a question counts elsewhere."""
        facts, asked = self.profile.facts, {q.strip().casefold() for q in self.questions}
        told = (t for t in (facts.outcome, facts.intent) if t)
        return _worded(*(t for t in told if t.strip().casefold() not in asked))

    @cached_property
    def obstacles(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Obstacles and problem: each as it was said, and its words."""
        return _worded(*self.profile.facts.obstacles, self.profile.facts.problem)

    @cached_property
    def products(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Installed products: each as it was given, and how it is found in a text."""
        named = [(p, p.strip().lower()) for p in self.profile.facts.products]
        return tuple((p, re.compile(rf"(?<!\w){re.escape(n)}(?!\w)")) for p, n in named if n)

    @cached_property
    def must_convince(self) -> bool:
        """The lead has colleagues to win over: a champion, or one who says so (M36)."""
        if self.role == "champion":
            return True
        facts = self.profile.facts
        said = (*self.questions, *facts.obstacles, facts.problem or "", facts.intent or "")
        return any(CONVINCE.search(text.lower()) for text in said)

    @cached_property
    def trust_gaps(self) -> tuple[str, ...]:
        """The gaps in trust on record, then those that the lead's questions show (M37)."""
        given = (g.strip().lower() for g in self.profile.facts.trust_gaps)
        said = " \n ".join(q.lower() for q in self.questions)
        heard = (gap for gap, pattern in _HEARD.items() if pattern.search(said))
        return tuple(dict.fromkeys(g for g in (*given, *heard) if g in _HEARD))

    @cached_property
    def kinds(self) -> tuple[Kind | None, ...]:
        """For each question the kind of answer it asks for, when it names no subject besides."""
        return tuple(bare_kind(q) if q in self.asked else None for q in self.questions)

    def has_read(self, passage: str) -> Asset | None:
        """The piece this lead was sent or saw that holds the passage almost word for word (M44)."""
        if not self._known_texts:
            return None
        asked = runs_of(passage)
        return next((a for a, text in self._known_texts if says_the_same(asked, text)), None)

    @cached_property
    def _known_texts(self) -> tuple[tuple[Asset, Runs], ...]:
        known = sorted(self.profile.known_asset_ids & self.history_assets.keys())
        return tuple((self.history_assets[i], runs_of(self.history_assets[i].text)) for i in known)

    @property
    def last_read(self) -> Asset | None:
        """The piece of the library that this lead took in last."""
        past = [e for e in self.profile.history if e.action in SEEN and e.on <= self.today]
        known = [e for e in past if e.asset_id in self.history_assets]
        last = max(known, key=lambda e: e.on, default=None)
        return self.history_assets[last.asset_id] if last and last.asset_id else None

    @cached_property
    def recent_types(self) -> tuple[AssetType, ...]:
        """Types of the pieces sent or seen last, newest first, each piece once."""
        known = SEEN | {Action.SENT}
        past = [e for e in self.profile.history if e.action in known and e.on <= self.today]
        ids = dict.fromkeys(
            e.asset_id for e in sorted(past, key=lambda e: (e.on, e.asset_id or ""), reverse=True)
        )
        return tuple(self.history_assets[i].type for i in ids if i and i in self.history_assets)

    @cached_property
    def trigger(self) -> HistoryEntry | None:
        """The act whose track this lead is on: a download, a webinar, or joining a list (M45).

        A touch of ours since then ends the first two, five of them the third, a booking all.
        """
        past = [e for e in self.profile.history if 0 <= (self.today - e.on).days <= TRACK_DAYS]
        starts = {Action.DOWNLOADED: 1, Action.ATTENDED: 1, Action.JOINED_LIST: LIST_START}
        acts = [e for e in past if e.action in starts]
        if not acts or any(e.action in _BOOKED for e in past):
            return None
        last = max(acts, key=lambda e: (e.on, e.action))
        since = sum(e.action in TOUCHES and e.on > last.on for e in past)
        return last if since < starts[last.action] else None


_BOOKED = frozenset({Action.BOOKED_MEETING, Action.REQUESTED_DEMO, Action.REQUESTED_QUOTE})


def _worded(*said: str | None) -> tuple[tuple[str, frozenset[str]], ...]:
    pairs = tuple((s, stems(s)) for s in said if s)
    return tuple((s, words) for s, words in pairs if words)

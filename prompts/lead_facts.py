"""What a draft may say of the lead: openings that fit, and the values that fill them (M21, M45)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from knowledge.journey import with_article
from knowledge.leads import OURS, HistoryEntry, LeadProfile
from knowledge.touch import DraftRequest
from prompts.deeds import DEEDS
from prompts.phrasing import (
    broken_off,
    heart_of,
    intent_as_said,
    question_clause,
    quoted,
    said_to_them,
    topic_of,
)
from prompts.untrusted import FACT_CHARACTERS, QUESTION_CHARACTERS, first_name, names_in, plain

TITLE_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of the lead in this draft: the kinds of opening that fit, best first."""

    openings: tuple[str, ...]
    values: dict[str, object]


def question_of(request: DraftRequest) -> str:
    """What the lead asked: the question given, else an intent that is one."""
    if request.question.strip():
        return request.question
    intent = request.profile.facts.intent or ""
    return intent if intent.strip().endswith("?") else ""


def title_plainly(request: DraftRequest) -> str:
    """The title of the piece, cleaned for use in a draft."""
    return plain(request.asset.title, 150, names=names_in(request.asset.title))


def asked_plainly(request: DraftRequest) -> str:
    """The question, cleaned for use in a draft."""
    names = names_in(request.asset.title)
    return plain(question_of(request), QUESTION_CHARACTERS, names=names)


def known_of(request: DraftRequest, parts: dict[str, Any]) -> Known:
    """Gather what this draft may use, cleaned; `parts` are the composer's words."""
    facts = request.profile.facts
    noun = parts["nouns"].get(request.asset.type, parts["nouns"]["other"])
    values: dict[str, object] = {
        "first_name": first_name(facts.first_name),
        "noun": noun,
        "a_noun": with_article(noun),
        "title": title_plainly(request).replace('"', "'"),
        "url": request.asset.url or "",
    }
    openings = _asked(request, values)
    deed = last_deed(request.profile)
    if request.taken_up:
        values["seen"] = plain(request.taken_up, TITLE_CHARACTERS).replace('"', "'")
    if deed and not openings:
        openings.append(deed)
    if said := said_to_them(heart_of(plain(facts.problem or "", FACT_CHARACTERS))):
        values["problem"] = said
        openings.append("problem")
    if intent := intent_as_said(plain(facts.intent or "", FACT_CHARACTERS)):
        values["intent"] = intent
        openings.append("intent")
    if facts.obstacles and (obstacle := heart_of(plain(facts.obstacles[0], FACT_CHARACTERS))):
        said = said_to_them(obstacle)
        if said and said != values.get("problem"):
            values["obstacle"] = said
            openings.append("obstacle")
    if deed and deed not in openings:
        openings.append(deed)
    if role := plain(facts.role or "", 40):
        values["a_role"] = with_article(_lower_role(role))
        openings.append("role")
    return Known((*openings, "plain"), values)


def _asked(request: DraftRequest, values: dict[str, object]) -> list[str]:
    """The openings that refer to the question, best first; what they say goes into `values`."""
    question = asked_plainly(request)
    if not question:
        return []
    if broken_off(question) or _lost_words(request):
        if not (topic := topic_of(question)):
            return ["asked_only"]
        values["topic"] = topic
        return ["asked_about", "asked_only"]
    values["quote"] = quoted(question)
    if not (clause := question_clause(question)):
        return ["asked_quote"]
    values["clause"] = clause
    return ["asked_clause", "asked_quote"]


def _lost_words(request: DraftRequest) -> bool:
    """Whether cleaning took more from the question than its markup, or cut it."""
    asked = question_of(request)
    kept = plain(asked, len(asked) + 1, keep_addresses=True)
    return kept != asked_plainly(request)


def _lower_role(role: str) -> str:
    """A job title inside a sentence: acronyms keep their capitals."""
    named = role.split(",", maxsplit=1)[0].split(" ")
    return " ".join(w if w.isupper() else w.lower() for w in named)


def last_deed(profile: LeadProfile) -> str | None:
    """The latest thing the lead did that an opening can refer to, or None (M45)."""
    entry = last_told(profile)
    return DEEDS[entry.action].opening if entry else None


def last_told(profile: LeadProfile) -> HistoryEntry | None:
    """The lead's latest act that an opening can refer to, among their last three."""
    theirs = [e for e in profile.history if e.action not in OURS]
    latest = sorted(theirs, key=lambda e: e.on, reverse=True)[:3]
    return next((e for e in latest if e.action in DEEDS and DEEDS[e.action].opening), None)

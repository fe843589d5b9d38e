"""What a draft may say of the lead: openings that fit, and the values that fill them (M21, M45)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from knowledge.assets import Asset
from knowledge.journey import with_article
from knowledge.leads import OURS, HistoryEntry, LeadProfile
from knowledge.touch import DraftRequest
from prompts.addresses import links
from prompts.checks import CheckContext, check_draft
from prompts.checks.selling import MEETING_ASK, PITCH, READY_TO_BUY, URGENCY
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
_ID = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{8}\b")
_SELLING = (PITCH, MEETING_ASK, URGENCY, READY_TO_BUY)


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
    """The title of the piece, cleaned for use in a draft.

    One that would not pass the checks, or holds a strange host or an id, is told by the words of
    its address.
    """
    asset = request.asset
    title = plain(asset.title, 150, names=_names(asset))
    last = urlsplit(asset.url or "").path.rstrip("/").rpartition("/")[2]
    by_address = re.sub(r"[^a-zA-Z0-9]+", " ", last.partition(".")[0]).strip().capitalize()
    strange = any(asset.title[a:b].lower() not in _names(asset) for a, b in links(asset.title))
    fit = (t for t in (title, by_address) if t and not _is_unfit(t, request))
    return by_address or title if strange else next(fit, by_address or title)


def _names(asset: Asset) -> frozenset[str]:
    """Names like a host in the title that are the piece's: its own host, or one its text names."""
    where = f"{urlsplit(asset.url or '').hostname} {asset.text} {asset.description}".lower()
    return frozenset(name for name in names_in(asset.title) if name in where)


def _is_unfit(title: str, request: DraftRequest) -> bool:
    line = CheckContext(body=f'It is in "{title}".', asset=request.asset, stage=request.stage)
    found = {finding.rule for finding in check_draft(line).findings} - {"length"}
    return bool(found) or _lures(title, request)


def _lures(title: str, request: DraftRequest) -> bool:
    """Whether a title sells or holds an id: titles are said back and not judged with the draft."""
    bare = CheckContext(body=title, sales_ready=request.sales_ready)
    return bool(_ID.search(title)) or any(any(rule.judge(bare)) for rule in _SELLING)


def asked_plainly(request: DraftRequest) -> str:
    """The question, cleaned for use in a draft."""
    return plain(question_of(request), QUESTION_CHARACTERS, names=_names(request.asset))


def known_of(request: DraftRequest, parts: dict[str, Any]) -> Known:
    """Gather what this draft may use, cleaned; `parts` are the composer's words."""
    facts = request.profile.facts
    noun = parts["nouns"].get(request.asset.type, parts["nouns"]["other"])
    values: dict[str, object] = {
        "first_name": first_name(facts.name),
        "noun": noun,
        "a_noun": with_article(noun),
        "title": title_plainly(request).replace('"', "'"),
        "url": request.asset.url or "",
    }
    openings = _asked(request, values)
    deed = last_deed(request.profile)
    seen = plain(request.taken_up, TITLE_CHARACTERS)
    if seen and not _lures(seen, request):
        values["seen"] = seen.replace('"', "'")
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

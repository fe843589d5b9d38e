"""Whom a message beside a card is about: the card's lead, somebody else, or a new lead."""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz

from bot.flow.known_leads import SAME_NAME
from bot.flow.tools import Tools
from knowledge.companies import company_key
from knowledge.describing import signals
from knowledge.follow_ups import FollowUp, by_rule
from knowledge.leads import Action
from knowledge.understanding import Understanding
from retrieval.follow_up_reader import AMONG_COLLEAGUES
from storage.stored_suggestion import StoredSuggestion

SAME_ROLE = 90
"""rapidfuzz token_set_ratio (0 to 100): "finance director" and "Director of Finance" score 100."""


def is_new_ask(
    text: str, understood: Understanding, stored: StoredSuggestion, tools: Tools
) -> bool:
    """Whether a message right below a card, in no thread, tells of a lead of its own.

    In doubt it does: a stranger's facts must never go into the record of the card's lead.
    """
    acts = bool(understood.questions or understood.signals)
    back = _POINTS_BACK.search(text)
    if understood.lead_id or understood.matches:
        return acts and not back  # `hear` compares who is on record
    named = (understood.role, understood.company, understood.lead_name, understood.industry)
    if not any(named) and (understood.company_size is None or _ONLY_A_NUMBER.match(text)):
        return False
    if _ANOTHER_LEAD.search(text):
        return True
    if back:
        return _named_elsewhere(text[: back.start()], understood, stored)
    kind = by_rule(text)
    if kind is None and understood.role and sum(map(bool, named)) == 1:
        kind = tools.follow_up_reader(text, AMONG_COLLEAGUES)  # "a CTO version please"
    return acts or kind not in _NO_NAMES or at_other_company(understood, stored)


_POINTS_BACK = re.compile(
    r"\b(?:she|he|they|her|his|their|him|them|also|actually)\b|^\W*(?:no|nope|wrong|it)\b"
    r"|\b(?:the|this|that) (?:lead|company|firm|customer|prospect)\b"
    r"|\b(?:role|title|job|industry|company|size) is\b",
    re.IGNORECASE,
)
"""Words that mean the lead of the card just shown."""
_ANOTHER_LEAD = re.compile(
    r"\b(?:new|another|different|other|second|next) (?:lead|prospect|contact)\b", re.IGNORECASE
)
_ONLY_A_NUMBER = re.compile(r"\W*(?:\w+ )?[\d.,]+k?\+? ?[\w-]*\W*$")
"""An answer to what the card asks for, as "about 400 people"."""


def _named_elsewhere(before: str, understood: Understanding, stored: StoredSuggestion) -> bool:
    """Whether another role or company is named first, and "she" means that person."""
    role, known = understood.role, stored.facts.role
    other_role = role and known and _likeness(role, known) < SAME_ROLE
    company = understood.company if at_other_company(understood, stored) else None
    told = (t for t in (company, role if other_role else None) if t)
    return any(t.casefold() in before.casefold() for t in told)


def _likeness(one: str, other: str) -> float:
    return fuzz.token_set_ratio(one.casefold(), other.casefold())


def at_other_company(understood: Understanding, stored: StoredSuggestion) -> bool:
    """Whether the message names a company that is not the one of the card's lead."""
    said, known = understood.company, stored.facts.company
    if not said or not known:
        return False
    return fuzz.partial_ratio(company_key(said), company_key(known)) < SAME_NAME


def act_told(
    understood: Understanding, stored: StoredSuggestion, tools: Tools
) -> Understanding | None:
    """The message with what the card's lead did, where that ends or changes the talk with them.

    None when it tells of no such act, asks whether there was one, or is about somebody else.
    """
    role, known = understood.role, stored.facts.role
    if (
        len(understood.matches) > 1
        or is_about_another(understood, stored)
        or at_other_company(understood, stored)
        or (role and known and _likeness(role, known) < SAME_ROLE)
    ):
        return None
    stated = _QUESTION.sub(" ", understood.text)
    acts = tuple(s for s in signals(stated) if s in _TURNS)
    if acts:
        return replace(understood, signals=tuple(dict.fromkeys((*understood.signals, *acts))))
    open_to_tell = by_rule(stated) in {None, FollowUp.FACTS} and not understood.questions
    if open_to_tell and _OF_THE_LEAD.search(stated) and tools.request_reader(stated):
        return replace(understood, questions=(stated.strip(),))  # the pace hears it there
    return None


_TURNS = frozenset({
    Action.OPTED_OUT, Action.REQUESTED_DEMO, Action.REQUESTED_QUOTE, Action.BOOKED_MEETING,
    Action.BOUGHT,
})  # fmt: skip
"""After these acts the draft on the card must not go out as it is."""
_QUESTION = re.compile(r"[^.!?\n]*\?")
_OF_THE_LEAD = re.compile(r"\b(?:she|he|they|lead|customer|prospect)(?:'[sd])? \w+", re.IGNORECASE)


def is_about_another(understood: Understanding, stored: StoredSuggestion) -> bool:
    """Whether somebody is named who is not the card's lead."""
    if understood.lead_id:
        return understood.lead_id != stored.lead_id
    named, known = understood.lead_name, stored.facts.name or ""
    if not named or by_rule(understood.text) in _NO_NAMES:
        return False
    return not known or fuzz.partial_ratio(named.casefold(), known.casefold()) < SAME_NAME


_NO_NAMES = frozenset(FollowUp) - {FollowUp.ALSO_ASKED, FollowUp.FACTS, FollowUp.STAGE}
"""Where a capital letter is no person: "Make it LinkedIn"."""


def at_same_company(understood: Understanding, stored: StoredSuggestion, tools: Tools) -> bool:
    """Whether the lead on record whom the message names is at the company of the card's lead."""
    if not understood.lead_id:
        return False
    other = tools.leads.get(understood.lead_id).facts.company
    return bool(other) and company_key(other or "") == company_key(stored.facts.company or "")

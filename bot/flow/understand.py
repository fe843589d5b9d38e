"""Understanding a rep's message, with known leads looked up and the library consulted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.flow.tools import Tools
from knowledge.intents import Intent
from knowledge.understanding import Understanding, parse_message, with_intent

SAME_NAME = 88
"""rapidfuzz ratio (0 to 100): one mistyped letter in a name of ten still scores 90."""
MISTYPED = 84
"""The same, for a full name whose initials are right: two slips in ten letters score 85."""
MOST_MATCHES = 5
"""Buttons offered when a name fits several leads."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A lead on record, as far as it takes to recognise one."""

    id: str
    name: str
    company: str
    email: str


def understand(text: str, tools: Tools) -> Understanding:
    """Read the message; a known lead is told by id, mail, full name or unique first name."""
    understood = _read(text, tools)
    matches = _known_leads(understood, tools)
    if len(matches) == 1:
        (lead_id, name), *_ = matches
        understood = replace(understood, lead_id=lead_id, lead_name=name or understood.lead_name)
        understood = _company_on_record(understood, tools)
    else:
        understood = replace(understood, matches=tuple(matches[:MOST_MATCHES]))
    return _about_content(understood, tools)


def _read(text: str, tools: Tools) -> Understanding:
    """What rules and vectors tell, and a chat model over them where one is set."""
    ruled = parse_message(text)
    ruled = with_intent(ruled, tools.intent_reader(ruled))
    return tools.model_reader(ruled) if tools.model_reader else ruled


def _known_leads(understood: Understanding, tools: Tools) -> list[tuple[str, str]]:
    said = understood.text.casefold()
    known = [_Known(i, n or "", c or "", m or "") for i, n, c, m in tools.leads.names()]
    found = (
        [k for k in known if _stands_in(k.id, said)]
        or [k for k in known if k.email and k.email.casefold() in said]
        or _by_name(understood, known, said)
    )
    return [(k.id, k.name) for k in found]


def _by_name(understood: Understanding, known: list[_Known], said: str) -> list[_Known]:
    found = [k for k in known if k.name and _stands_in(k.name, said)]
    if not found and understood.lead_name:
        found = _like(understood.lead_name, known)
    if not found:
        found = _mistyped(known, said)
    if not found and understood.lead_name is None:
        found = [k for k in known if k.name and _stands_in(k.name.split()[0], said)]
    if len(found) < 2 and " " not in (understood.lead_name or ""):
        named = [k for k in known if k.name and _stands_in(k.name.split()[0], said)]
        found = named if len(named) > 1 else found
    company = understood.company
    at_company = [k for k in found if company and k.company and _alike(k.company, company)]
    if not found:
        found = [k for k in known if len(k.company) > 3 and _stands_in(k.company, said)]
    return [
        k
        for k in at_company or found
        if not k.name or _stands_in(k.name, said) or not _elsewhere(understood, k.name)
    ]


def _mistyped(known: list[_Known], said: str) -> list[_Known]:
    """Leads whose full name stands in the text with a slip or two, initials being right."""
    tokens = re.findall(r"[^\W\d_][\w'-]*", said)
    found = []
    for lead in known:
        name = lead.name.casefold().split()
        windows = zip(*(tokens[i:] for i in range(len(name))), strict=False)
        if len(name) > 1 and any(_slips(name, list(window)) for window in windows):
            found.append(lead)
    return found


def _slips(name: list[str], said: list[str]) -> bool:
    initials = all(n[0] == s[0] for n, s in zip(name, said, strict=True))
    return initials and fuzz.ratio(" ".join(name), " ".join(said)) >= MISTYPED


def _like(name: str, known: list[_Known]) -> list[_Known]:
    """Leads whose full name is like this one, or whose first name is exactly this one."""
    if " " not in name:
        return [k for k in known if k.name.casefold().split()[:1] == [name.casefold()]]
    close = process.extract(
        name, [k.name for k in known], scorer=fuzz.ratio, score_cutoff=SAME_NAME, limit=MOST_MATCHES
    )
    return [known[at] for _, _, at in close]


def _stands_in(words: str, said: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(words.casefold())}(?![\w-])", said) is not None


def _alike(company: str, said: str) -> bool:
    return bool(fuzz.partial_ratio(company.casefold(), said.casefold()) >= SAME_NAME)


def _elsewhere(understood: Understanding, name: str) -> bool:
    """A different surname is a different person, however alike the first names."""
    said, known = (understood.lead_name or "").casefold().split(), name.casefold().split()
    if min(len(said), len(known)) < 2 or (len(said) == len(known) and _slips(known, said)):
        return False
    return fuzz.ratio(" ".join(said), " ".join(known)) < SAME_NAME


def _company_on_record(understood: Understanding, tools: Tools) -> Understanding:
    """Keep the company's full name where the rep used a short form of it."""
    recorded = tools.leads.get(understood.lead_id or "").facts.company
    said = understood.company
    name = understood.lead_name
    if recorded and name and _alike(recorded, name):
        understood = replace(understood, lead_name=None)  # the company, taken for a person
    short_form = bool(said and recorded and _alike(recorded, said))
    return replace(understood, company=recorded) if short_form else understood


def _about_content(understood: Understanding, tools: Tools) -> Understanding:
    """Take a bare question for an ask when the library has something close to it."""
    if understood.intent is Intent.OFF_TOPIC and (understood.lead_id or understood.matches):
        return replace(understood, intent=Intent.NEXT)
    if understood.intent is not Intent.OFF_TOPIC or not understood.questions:
        return understood
    best = tools.finder.candidates(understood.questions, depth=1)
    if best and best[0].answers:
        return replace(understood, intent=Intent.NEXT)
    return replace(understood, questions=())

"""Understanding a rep's message, with known leads looked up and the library consulted."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.flow.known_leads import alike, known_leads
from bot.flow.pieces_told import with_pieces
from bot.flow.tools import Tools
from knowledge.intents import Intent
from knowledge.understanding import Understanding, is_plain_ask, parse_message, with_intent

_ANSWERED_MAIL = re.compile(
    r"^[ \t>]*(?:&gt;)?[ \t]*"
    r"(?:On\b(?=[^\n]*(?:\d:\d\d|\b20\d\d\b))[^\n]{6,160}\bwrote:|"
    r"-{2,} ?Original Message ?-{2,})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
"""The line, with its year or hour, with which mail programs begin what a mail answers."""
_CONTRACTED = re.compile(r"\b(what|who|how|where|when)s\b(?=\s)", re.IGNORECASE)
_SOMEBODY_ELSES = r"\b(?:our|their|his|her|my)\s+(?:\w+\s+)?"
"""Before the role of a third person, whom the lead speaks of."""
MOST_MATCHES = 5
"""Buttons offered when a name fits several leads."""


def understand(text: str, tools: Tools) -> Understanding:
    """Read the message; a known lead is told by id, mail, full name or unique first name."""
    understood = _read(plainly(text), tools)
    matches = known_leads(understood, tools.leads.names())
    if len(matches) == 1:
        (lead_id, name), *_ = matches
        understood = replace(understood, lead_id=lead_id, lead_name=name or understood.lead_name)
        understood = _role_on_record(_company_on_record(understood, tools), tools)
    else:
        understood = replace(understood, matches=tuple(matches[:MOST_MATCHES]))
    return with_pieces(_about_content(understood, tools), tools)


def plainly(text: str) -> str:
    """The message without the mail that it answers, which is ours, and with left-out marks."""
    own = _ANSWERED_MAIL.split(text, maxsplit=1)[0]
    return _CONTRACTED.sub(r"\1's", own if own.strip() else text)


def _read(text: str, tools: Tools) -> Understanding:
    """What rules and vectors tell, and a chat model over them where one is set."""
    ruled = parse_message(text)
    layered = tools.intent_reader(ruled)
    ruled = with_intent(ruled, Intent.NEXT if is_plain_ask(ruled, layered) else layered)
    return tools.model_reader(ruled) if tools.model_reader else ruled


def _role_on_record(understood: Understanding, tools: Tools) -> Understanding:
    """Keep the role on record where the message names another person's: "our CFO" is not they."""
    recorded = tools.leads.get(understood.lead_id or "").facts.role
    role = understood.role
    if not recorded or not role:
        return understood
    of_another = re.search(_SOMEBODY_ELSES + re.escape(role), understood.text, re.IGNORECASE)
    return replace(understood, role=None) if of_another else understood


def _company_on_record(understood: Understanding, tools: Tools) -> Understanding:
    """Keep the company's full name where the rep used a short form of it."""
    recorded = tools.leads.get(understood.lead_id or "").facts.company
    said = understood.company
    name = understood.lead_name
    if recorded and name and alike(recorded, name):
        understood = replace(understood, lead_name=None)  # the company, taken for a person
    short_form = bool(said and recorded and alike(recorded, said))
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

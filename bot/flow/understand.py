"""Understanding a rep's message, with known leads looked up and the library consulted."""

from __future__ import annotations

from dataclasses import replace

from bot.flow.known_leads import alike, known_leads
from bot.flow.tools import Tools
from knowledge.intents import Intent
from knowledge.understanding import Understanding, is_plain_ask, parse_message, with_intent

MOST_MATCHES = 5
"""Buttons offered when a name fits several leads."""


def understand(text: str, tools: Tools) -> Understanding:
    """Read the message; a known lead is told by id, mail, full name or unique first name."""
    understood = _read(text, tools)
    matches = known_leads(understood, tools.leads.names())
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
    layered = tools.intent_reader(ruled)
    ruled = with_intent(ruled, Intent.NEXT if is_plain_ask(ruled, layered) else layered)
    return tools.model_reader(ruled) if tools.model_reader else ruled


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

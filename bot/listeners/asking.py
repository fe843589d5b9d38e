"""Answering what a rep writes: a card for an ask, a line for anything else."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.flow.choosing import in_english
from bot.flow.learning import learn
from bot.flow.understand import understand
from bot.listeners import follow_ups, offering_leads, telling
from bot.listeners.due_list import due_message
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply
from bot.listeners.showing import ask_of, line_reply, suggest
from bot.views import words
from bot.views.blocks import Message, line, section
from knowledge.follow_ups import FollowUp, by_rule
from knowledge.intents import Intent
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.touch import Ask
from knowledge.understanding import Understanding, tells_of_a_lead

_LINES = {
    Intent.THANKS: words.THANKS,
    Intent.OFF_TOPIC: words.OFF_TOPIC,
    Intent.ADD_ASSET: words.THERE_IS_A_WORD,
    Intent.AUDIT: words.THERE_IS_A_WORD,
    Intent.GAPS: words.THERE_IS_A_WORD,
}
_SMALL_TALK = frozenset({Intent.OFF_TOPIC, Intent.THANKS})
_ABOUT_A_CARD = frozenset({
    Intent.SHORTER, Intent.ALREADY_READ, Intent.WHY, Intent.WHY_NOT, Intent.CHANNEL, Intent.LATER,
})  # fmt: skip


SHORT = 60
_WHO_IS_DUE = re.compile(
    r"\W*(?:so,? |ok,? )?(?:who(?:[\u2019']?s| is| are)|is any(?:one|body)|what(?:[\u2019']?s| is))"
    r"(?: (?:still|all|my|over|next))?(?: (?:over)?due\b| waiting(?: (?:for|on) me)?\W*$)",
    re.IGNORECASE,
)
"""A short message that asks for the list of `/trailguide due`."""
_SENTENCE_ASKED = re.compile(r"[^.!?:\n]{12,300}\?")


def answer(event: Incoming, edge: Edge, lead_id: str = "") -> list[Reply]:
    """Return the messages that answer what was written; `lead_id` says who is meant by it."""
    if not event.text:
        return line_reply(event, help_message())
    if len(event.text) <= SHORT and _WHO_IS_DUE.match(event.text):
        return _due(event, edge)
    if event.kind is not Kind.FOLLOW_UP and by_rule(event.text) is None:
        # Another language is said so, not taken for small talk, also where only a question is.
        in_english((event.text, *_SENTENCE_ASKED.findall(event.text)))
    understood = understand(event.text, edge.tools)
    if lead_id:
        understood = replace(understood, lead_id=lead_id, lead_name=None, matches=())
    learn(understood, event.user, edge.tools)
    if event.kind is Kind.COMMAND:
        understood = replace(understood, intent=Intent.NEXT)  # `/trailguide next` says what it is
    if (replies := follow_ups.follow_up(event, understood, edge)) is not None:
        return replies
    aside = event.kind is Kind.FOLLOW_UP and understood.intent in _SMALL_TALK
    if event.kind is Kind.DIRECT and _searches(event.text, understood):
        return telling.search_library(event, Stage.INTEREST, edge)
    told = _line_for(understood)
    if told:  # what is said aside is for the colleagues in the thread, not for us
        return [] if aside else line_reply(event, told)
    return _asked(event, understood, edge)


def _due(event: Incoming, edge: Edge) -> list[Reply]:
    """The list in direct messages, wherever it was asked for."""
    told = [] if event.kind is Kind.DIRECT else line_reply(event, line(words.LOOKING))
    return [Reply("due", due_message(event.user, edge), event.user), *told]


def _asked(event: Incoming, understood: Understanding, edge: Edge) -> list[Reply]:
    """A card for an ask, or what is missing to make one."""
    if len(understood.matches) > 1:
        return offering_leads.offer(event, understood, edge)
    ask = ask_of(event, understood, edge)
    if not _says_anything(ask):
        return line_reply(event, line(words.NEED_MORE))
    return suggest(event, ask, edge)


def _searches(text: str, understood: Understanding) -> bool:
    """Whether a message looks for pieces on a topic and tells of no lead."""
    of_a_lead = understood.lead_id or understood.matches or tells_of_a_lead(understood)
    return not of_a_lead and by_rule(text) is FollowUp.SEARCH


def _line_for(understood: Understanding) -> Message | None:
    """The line that answers a message which is no ask; None for an ask or a word on a card."""
    if understood.intent is Intent.HELP:
        return help_message()
    if understood.intent in _LINES:
        return line(_LINES[understood.intent])
    if understood.intent in _ABOUT_A_CARD:
        return line(words.NO_CARD_HERE)
    return None


def help_message(first: str = "") -> Message:
    """What the bot can do, below a first line of ours."""
    told = f"{first}\n{words.HELP}" if first else words.HELP
    return Message(f"{first} {words.HELP_TEXT}".strip(), (section(told),))


def _says_anything(ask: Ask) -> bool:
    told = (ask.lead_id, ask.questions, ask.history)
    return any(told) or ask.facts != LeadFacts()

"""Answering what a rep writes: a card for an ask, a line for anything else."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from bot.flow.choosing import in_english
from bot.flow.learning import learn
from bot.flow.next_touch import next_touch
from bot.flow.understand import understand
from bot.listeners import offering_leads, replacing, threads
from bot.listeners.cards import card_of_stored, refreshed
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply, answer_to_asker, private_place, public_place
from bot.views import escape, words
from bot.views.blocks import Message, Part, bullets, line, message, section
from bot.views.card import Card, card_of, pointer_line, review_card
from knowledge.clock import team_date
from knowledge.errors import NotFound
from knowledge.intents import Intent
from knowledge.leads import LeadFacts
from knowledge.touch import Ask
from knowledge.understanding import Understanding
from storage.stored_suggestion import StoredSuggestion

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


_ALSO = re.compile(r"\b(?:also|too|as well|in addition|besides|plus)\b", re.IGNORECASE)


def answer(event: Incoming, edge: Edge, lead_id: str = "") -> list[Reply]:
    """Return the messages that answer what was written; `lead_id` says who is meant by it."""
    if not event.text:
        return _line(event, help_message())
    if event.kind is not Kind.FOLLOW_UP:
        in_english((event.text,))  # another language is said so, not taken for small talk
    understood = understand(event.text, edge.tools)
    if lead_id:
        understood = replace(understood, lead_id=lead_id, lead_name=None, matches=())
    learn(understood, event.user, edge.tools)
    if event.kind is Kind.COMMAND:
        understood = replace(understood, intent=Intent.NEXT)  # `/trailguide next` says what it is
    aside = event.kind is Kind.FOLLOW_UP and understood.intent in _SMALL_TALK
    about = _card_of_thread(event, edge)
    told = _line_for(understood, in_card_thread=about is not None)
    if told:  # what is said aside is for the colleagues in the thread, not for us
        return [] if aside else _line(event, told)
    if len(understood.matches) > 1:
        return offering_leads.offer(event, understood, edge)
    if about:
        return _follow_up(event, understood, about, edge)
    ask = _ask(event, understood, edge)
    if not _says_anything(ask):
        return _line(event, line(words.NEED_MORE))
    return _suggest(event, ask, edge)


def _line_for(understood: Understanding, *, in_card_thread: bool) -> Message | None:
    """The line that answers a message which is no ask; None for an ask or a word on a card."""
    if understood.intent is Intent.HELP:
        return help_message()
    if understood.intent in _LINES:
        return line(_LINES[understood.intent])
    if understood.intent in _ABOUT_A_CARD and not in_card_thread:
        return line(words.NO_CARD_HERE)
    return None


def _suggest(event: Incoming, ask: Ask, edge: Edge) -> list[Reply]:
    """Suggest once per event: after a death in between, what was stored is what is shown."""
    made = f"touch-{hashlib.sha256(event.key.encode()).hexdigest()[:12]}"
    try:
        card = card_of_stored(edge.tools.suggestions.get(made), edge)
    except NotFound:
        card = card_of(next_touch(ask, edge.tools, suggestion_id=made))
    return _card_replies(event, card, edge)


def _card_replies(event: Incoming, card: Card, edge: Edge) -> list[Reply]:
    """The card where the asker alone reads it, then one line in the thread they asked in."""
    private, public = private_place(event, edge), public_place(event, edge)
    shown, made = review_card(card), card.suggestion_id
    replies = [Reply("card", shown, private.channel, private.thread_ts, card_of=made)]
    if public:
        pointer = pointer_line(made if card.asset else None)
        replies.append(Reply("line", pointer, public.channel, public.thread_ts))
    for place in (private, public):
        if place and place.thread_ts:
            threads.follow(edge.tools.inbox, place.channel, place.thread_ts, made)
    return replies


def help_message(first: str = "") -> Message:
    """What the bot can do, below a first line of ours."""
    told = f"{first}\n{words.HELP}" if first else words.HELP
    return Message(f"{first} {words.HELP_TEXT}".strip(), (section(told),))


def _ask(event: Incoming, understood: Understanding, edge: Edge) -> Ask:
    today = team_date(edge.tools.clock, edge.tools.settings.time_zone)
    return understood.ask(today, asked_by=event.user, team=event.team)


def _says_anything(ask: Ask) -> bool:
    told = (ask.lead_id, ask.questions, ask.history)
    return any(told) or ask.facts != LeadFacts()


def _card_of_thread(event: Incoming, edge: Edge) -> StoredSuggestion | None:
    """The suggestion a thread is about, for the person it was made for."""
    if not event.thread_ts:
        return None
    stored = threads.suggestion_for(edge.tools, event.channel, event.thread_ts, event.user)
    return stored if stored and stored.ask else None


def _follow_up(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    match understood.intent:
        case Intent.WHY:
            return answer_to_asker(event, edge, _why(about), "why")
        case Intent.WHY_NOT:
            return answer_to_asker(event, edge, _why_not(about), "why_not")
        case Intent.ALREADY_READ:
            return _already_read(event, about, edge)
        case Intent.SHORTER | Intent.CHANNEL | Intent.LATER:
            return _line(event, line(words.NOT_YET))
    ask = _ask(event, understood, edge)
    same_lead = understood.lead_name is None and understood.lead_id is None
    if about.ask and same_lead:
        ask = replace(
            about.ask,
            today=ask.today,
            facts=ask.facts.over(about.ask.facts),
            history=(*about.ask.history, *ask.history),
            questions=_questions(ask, about.ask, also=_ALSO.search(event.text) is not None),
        )
    return _suggest(event, ask, edge)


def _questions(ask: Ask, before: Ask, *, also: bool) -> tuple[str, ...]:
    """What the lead asks by now: "she also asked" adds to it, anything else replaces it."""
    return (*before.questions, *ask.questions) if also else ask.questions or before.questions


def _already_read(event: Incoming, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """Another one; a repeated run sticks to the card it began with, not to the one it made."""
    about = edge.tools.suggestions.get(threads.claim(edge.tools.inbox, event.key, about.id))
    old, fresh = replacing.replace_once(event, about, edge)
    if fresh:
        return [*refreshed(old, event.user, edge), *_card_replies(event, fresh, edge)]
    return [*refreshed(old, event.user, edge), *_line(event, line(words.DECIDED_ALREADY))]


def _why(about: StoredSuggestion) -> Message:
    if about.asset is None:
        return line(escape.mrkdwn(about.pace.reason, 1500))
    head = words.reasons_line(about.asset.title)
    told = bullets((*about.reasons, about.pace.reason), 300, 6)
    return message(head, [Part(section(f"{escape.mrkdwn(head, 300)}\n{told}"))])


def _why_not(about: StoredSuggestion) -> Message:
    told = bullets((f"{a.title}: {a.why_not}" for a in about.alternates), 220, 12)
    return message(
        words.others_line(), [Part(section(f"{words.others_line()}\n{told or words.NO_OTHERS}"))]
    )


def _line(event: Incoming, answered: Message) -> list[Reply]:
    """A line without lead data: where it was asked, a command's in direct messages."""
    if event.kind is Kind.COMMAND:
        return [Reply("line", answered, event.user)]
    thread = event.thread_ts or (event.ts if event.kind is not Kind.DIRECT else "")
    return [Reply("line", answered, event.channel, thread or None)]

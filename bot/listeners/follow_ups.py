"""Going on below a card: what each follow-up does, and where its answer goes (M58)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.flow import about_whom, decide, following
from bot.flow.learning import learn
from bot.flow.rewriting import rewrite
from bot.listeners import acts, permitted, replacing, telling, threads
from bot.listeners.cards import card_of_stored, refreshed
from bot.listeners.edge import Edge
from bot.listeners.giving_back import own_words_back
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply, answer_to_asker, private_place
from bot.listeners.showing import ask_of, card_replies, line_reply, suggest, today_of
from bot.views import words, words_follow_ups
from bot.views.blocks import line
from knowledge.dates_said import day_said
from knowledge.follow_ups import FollowUp, by_rule, channel_in, role_in, says_sent, types_in
from knowledge.intents import Intent
from knowledge.journey import AssetType, Stage, type_name
from knowledge.leads import LeadFacts
from knowledge.roles import Act
from knowledge.touch import Wish
from knowledge.understanding import Understanding
from storage.asked import Asked
from storage.stored_suggestion import StoredSuggestion

RECENT = timedelta(hours=1)
"""How long words in direct messages, in no thread, may mean the last card there."""
REASON_CHARACTERS = 500

_ALSO = re.compile(r"\b(?:also|too|as well|in addition|besides|plus|and|another|one more)\b", re.I)
_ANYWHERE = frozenset({None, FollowUp.OFF_TOPIC, FollowUp.THANKS, FollowUp.HELP})
"""What is answered the same without a card."""

Handler = Callable[[Incoming, Understanding, StoredSuggestion, Edge], list[Reply]]


def follow_up(event: Incoming, understood: Understanding, edge: Edge) -> list[Reply] | None:
    """Answer what is said about a card; None when it is about none, or an ask of its own."""
    about, in_thread = _card_meant(event, edge)
    if about is None or event.kind is Kind.COMMAND:
        return None
    if not in_thread and about_whom.is_new_ask(event.text, understood, about, edge.tools):
        return None
    act = about_whom.act_told(understood, about, edge.tools)
    return _act(event, act, about, edge) if act else _said(event, understood, about, edge)


def _said(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply] | None:
    """What the words want of this card, as far as rules or examples tell."""
    in_thread = bool(event.thread_ts)
    among_others = event.kind is Kind.FOLLOW_UP
    aside = among_others or not in_thread  # what stands in no thread may be about anything
    kind = following.hear(event.text, understood, about, edge.tools, must_be_sure=aside)
    if not in_thread and kind in _ANYWHERE:
        return None
    if among_others and kind in {FollowUp.THANKS, FollowUp.OFF_TOPIC}:
        return []  # said aside, to the colleagues in the thread
    if kind is not None:
        permitted.check_said(acts.FOLLOW_UPS[kind], event, about, edge)
        return _HANDLERS[kind](event, understood, about, edge)
    return _unheard(event, understood, about, edge)


def _unheard(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply] | None:
    """What no follow-up is: a new ask, more on this lead, or nothing we can tell."""
    if len(understood.matches) > 1 or understood.lead_id or understood.lead_name:
        return None
    if event.kind is Kind.FOLLOW_UP and understood.intent in {Intent.OFF_TOPIC, Intent.THANKS}:
        return []  # said aside, to the colleagues in the thread
    ask = understood.ask(today_of(edge), asked_by=event.user)
    if ask.questions or ask.history or ask.facts != LeadFacts():
        return _more(event, understood, about, edge)
    if understood.intent in {Intent.ADD_ASSET, Intent.AUDIT, Intent.GAPS}:
        return None
    if event.kind is Kind.FOLLOW_UP:
        return []
    return line_reply(event, line(words_follow_ups.UNCLEAR))


def _card_meant(event: Incoming, edge: Edge) -> tuple[StoredSuggestion | None, bool]:
    """The card that a thread is about, or the last one in these direct messages, if recent."""
    if event.thread_ts:
        found = threads.suggestion_for(edge.tools, event.channel, event.thread_ts, event.user)
        return (found if found and found.ask else None), True
    if event.kind is not Kind.DIRECT:
        return None, False
    since = edge.tools.clock.now() - RECENT
    last = Asked(edge.tools.db).latest_card(event.user, event.channel, since)
    found = edge.tools.suggestions.get(last) if last else None
    return (found if found and found.ask else None), False


def _more(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    """Ask again for the same lead with what was told on top: questions, acts, facts, the stage."""
    if about.ask is None:
        return suggest(event, ask_of(event, understood, edge), edge)
    if about.lead_id:
        learn(_of_the_lead(understood, about), event.user, edge.tools)
    ask = ask_of(event, replace(understood, lead_name=None), edge)
    also = _ALSO.search(event.text) is not None
    questions = (*about.ask.questions, *ask.questions) if also else ask.questions
    ask = replace(
        about.ask,
        today=ask.today,
        facts=ask.facts.over(about.ask.facts),
        history=(*about.ask.history, *ask.history),
        questions=tuple(dict.fromkeys(questions)) or about.ask.questions,
    )
    return suggest(event, ask, edge)


def _act(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    """What the lead did stands above the card: it is closed, and what to do now is told anew."""
    permitted.check_said(Act.DECIDE_CARD, event, about, edge)
    about = edge.tools.suggestions.get(threads.claim(edge.tools.inbox, event.key, about.id))
    replies = _more(event, understood, about, edge)
    made = next((r.card_of for r in replies if r.card_of), None)
    if about.is_open:
        about = edge.tools.suggestions.replace(about.id, event.user, made)
    return [*refreshed(about, event.user, edge), *replies]


def _of_the_lead(understood: Understanding, about: StoredSuggestion) -> Understanding:
    """What may go into the record of the card's lead.

    No facts told with another company, and no stage told in passing ("it is her boss's decision").
    """
    told = replace(understood, lead_id=about.lead_id)
    if by_rule(understood.text) is not FollowUp.STAGE:
        told = replace(told, stage=None)
    if not about_whom.at_other_company(understood, about):
        return told
    return replace(told, company=None, role=None, industry=None, company_size=None, email=None)


def _also_asked(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    if not understood.questions:
        return line_reply(event, line(words_follow_ups.WHICH_QUESTION))
    return _more(event, understood, about, edge)


def _stage(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    named = (s for s in Stage if re.search(rf"\b{s}\b", event.text, re.IGNORECASE))
    # Where only the likeness of words tells, a bare "decision" may be anybody's.
    ruled = by_rule(event.text) is FollowUp.STAGE
    stage = understood.stage or (next(named, None) if ruled else None)
    if stage is None:
        return line_reply(event, line(words_follow_ups.WHICH_STAGE))
    return _more(event, replace(understood, stage=stage), about, edge)


def _facts(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    told = replace(understood, lead_name=None, stage=None).facts
    if told == LeadFacts() and not understood.signals:
        return line_reply(event, line(words_follow_ups.WHICH_FACT))
    return _more(event, understood, about, edge)


def _rewritten(wish: Wish) -> Handler:
    def handle(
        event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge
    ) -> list[Reply]:
        channel = channel_in(event.text) if wish == "channel" else None
        if wish == "channel" and channel is None:
            return line_reply(event, line(words_follow_ups.WHICH_CHANNEL))
        key = event.key
        about = edge.tools.suggestions.get(threads.claim(edge.tools.inbox, key, about.id))
        after = rewrite(about.id, event.user, wish, edge.tools, channel, key=key)
        told = line_reply(event, line(words_follow_ups.ALL_MADE[wish]))
        shown = refreshed(after, event.user, edge)
        shown = shown or card_replies(event, card_of_stored(after, edge), edge)
        return [*shown, *told, *own_words_back(event, after.typed_before)]

    return handle


def _already_read(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    if says_sent(event.text):
        return line_reply(event, line(words_follow_ups.HOW_TO_MARK_SENT))
    return _another(event, understood, about, edge)


def _another(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """Another one; a repeated run sticks to the card it began with, not to the one it made."""
    about = edge.tools.suggestions.get(threads.claim(edge.tools.inbox, event.key, about.id))
    return _in_its_place(event, about, edge)


def _other_kind(
    event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    kinds = types_in(event.text)
    if not kinds:
        return line_reply(event, line(words_follow_ups.WHICH_KIND))
    about = edge.tools.suggestions.get(threads.claim(edge.tools.inbox, event.key, about.id))
    if about.is_open and (no := following.fits_now(about, kinds, edge.tools)):
        if no.sentence == "none":
            return line_reply(event, line(words_follow_ups.no_such_kind(type_name(kinds[0]))))
        told = words_follow_ups.that_kind_not_now(*telling.inert(no))
        return answer_to_asker(event, edge, line(told), "no_such_kind")
    return _in_its_place(event, about, edge, kinds)


def _in_its_place(
    event: Incoming, about: StoredSuggestion, edge: Edge, kinds: tuple[AssetType, ...] = ()
) -> list[Reply]:
    another = partial(decide.another, kinds=kinds)
    old, fresh = replacing.replace_once(event, about, edge, another)
    if fresh:
        return [*refreshed(old, event.user, edge), *card_replies(event, fresh, edge)]
    return [*refreshed(old, event.user, edge), *line_reply(event, line(words.DECIDED_ALREADY))]


def _other_person(
    event: Incoming, understood: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    role = understood.role or role_in(event.text)
    lead = understood.lead_id if understood.lead_id != about.lead_id else None
    if not lead and following.is_their_own_role(role, about, edge.tools):
        return line_reply(event, line(words_follow_ups.SAME_PERSON))
    ask = following.for_other_person(about, role, lead, edge.tools)
    if ask is None:
        return line_reply(event, line(words_follow_ups.WHICH_PERSON))
    if not ask.questions:
        return suggest(event, ask, edge)
    place = private_place(event, edge)
    told = line(words_follow_ups.NOT_THEIR_QUESTION)
    return [*suggest(event, ask, edge), Reply("whose", told, place.channel, place.thread_ts)]


def _later(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    until = day_said(event.text, today_of(edge))
    if until is None:
        return line_reply(event, line(words_follow_ups.UNTIL_WHEN))
    if about.state != "snoozed" or about.snoozed_until != until:
        reason = event.text[:REASON_CHARACTERS]
        about = decide.not_now(about.id, event.user, until, edge.tools, reason)
    told = line(words_follow_ups.put_off(until))
    return [*refreshed(about, event.user, edge), *line_reply(event, told)]


def _says(sentence: str) -> Handler:
    """A handler that answers with one of our own sentences."""
    return lambda event, _, __, ___: line_reply(event, line(sentence))


_HANDLERS: dict[FollowUp, Handler] = {
    FollowUp.SHORTER: _rewritten("shorter"),
    FollowUp.SOFTER: _rewritten("softer"),
    FollowUp.CHANNEL: _rewritten("channel"),
    FollowUp.EDIT: _says(words_follow_ups.PRESS_EDIT),
    FollowUp.ALREADY_READ: _already_read,
    FollowUp.ANOTHER: _another,
    FollowUp.OTHER_KIND: _other_kind,
    FollowUp.OTHER_PERSON: _other_person,
    FollowUp.WHY: telling.why,
    FollowUp.WHY_NOT: telling.why_not,
    FollowUp.LATER: _later,
    FollowUp.WHEN: telling.when,
    FollowUp.ALSO_ASKED: _also_asked,
    FollowUp.STAGE: _stage,
    FollowUp.FACTS: _facts,
    FollowUp.APPROVE: _says(words_follow_ups.PRESS_APPROVE),
    FollowUp.SEND: _says(words_follow_ups.NEVER_SENDS),
    FollowUp.UNDO: telling.undo,
    FollowUp.WHO_ELSE: telling.who_else,
    FollowUp.WHAT_TO_ASK: telling.what_to_ask,
    FollowUp.TOUCHES: telling.touches,
    FollowUp.SUMMARY: telling.summary,
    FollowUp.LINK: telling.link,
    FollowUp.SEARCH: telling.search,
    FollowUp.THANKS: _says(words.THANKS),
    FollowUp.HELP: telling.help_here,
    FollowUp.OFF_TOPIC: _says(words.OFF_TOPIC),
}

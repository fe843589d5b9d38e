"""Answers to what a rep asks about a card; nothing is changed by them."""

from __future__ import annotations

from bot.flow import following
from bot.listeners.cards import asset_of
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply, answer_to_asker
from bot.listeners.showing import line_reply, today_of
from bot.views import escape, words, words_follow_ups
from bot.views.blocks import Message, Part, bullets, line, message, section
from knowledge.follow_ups import topic_in
from knowledge.journey import Stage
from knowledge.touch import PaceDecision
from knowledge.understanding import Understanding
from storage.stored_suggestion import StoredSuggestion


def why(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """The reasons for the piece, or for sending none."""
    if about.asset is None:
        return answer_to_asker(event, edge, line(escape.mrkdwn(about.pace.reason, 1500)), "why")
    head = words.reasons_line(about.asset.title)
    return answer_to_asker(event, edge, _listed(head, (*about.reasons, about.pace.reason)), "why")


def why_not(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """Why the piece that is meant is not the choice; all that were looked at when none is."""
    said = following.why_not_that(about, event.text, edge.tools)
    if said is None:
        told = bullets((f"{a.title}: {a.why_not}" for a in about.alternates), 220, 12)
        head = words.others_line()
        answered = message(head, [Part(section(f"{head}\n{told or words.NO_OTHERS}"))])
    elif said.sentence == "none":
        answered = line(words_follow_ups.none_on_this(said.about))
    else:
        answered = line(words_follow_ups.why_not(*inert(said)))
    return answer_to_asker(event, edge, answered, "why_not")


def when(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """When the next touch is due."""
    pace = about.pace
    sends = pace.decision is PaceDecision.SEND and about.is_open
    told = words_follow_ups.next_one(pace.when, today_of(edge), pace.gap_days, sends=sends)
    return answer_to_asker(event, edge, line(told), "when")


def touches(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """How many touches there were, against the budget (M10)."""
    pace = about.pace
    told = words_follow_ups.touches(pace.touch_number, pace.budget, pace.gap_days)
    return answer_to_asker(event, edge, line(told), "touches")


def who_else(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """Whom nobody has reached in the account, and who is on record there (M35)."""
    early = about.stage.stage.order < Stage.CONSIDERATION.order
    missing = following.not_reached(about, edge.tools)
    first = words_follow_ups.missing(missing) if missing else words_follow_ups.NOBODY_LEFT
    if early:
        first = words_follow_ups.TOO_EARLY_FOR_OTHERS
    names = [
        escape.mrkdwn(", ".join(t for t in (p.facts.name, p.facts.role) if t) or str(p.lead_id), 80)
        for p in following.colleagues(about, edge.tools)[:8]
    ]
    known = words_follow_ups.on_record(names) if names else words_follow_ups.NOBODY_KNOWN
    return answer_to_asker(event, edge, line(f"{first} {known}"), "who_else")


def what_to_ask(
    event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge
) -> list[Reply]:
    """The question whose answer would change most (M29)."""
    question = escape.mrkdwn(about.profiling_question or "", 400)
    told = words_follow_ups.to_ask(question) if question else words_follow_ups.NO_MORE_TO_ASK
    return answer_to_asker(event, edge, line(told), "what_to_ask")


def summary(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """What the piece says on what the lead asks, in its own words."""
    told = following.summary_of(about, edge.tools)
    if about.asset is None or not told:
        return line_reply(event, line(words_follow_ups.NO_DRAFT))
    answered = _listed(words_follow_ups.summary(about.asset.title), told)
    return answer_to_asker(event, edge, answered, "summary")


def link(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """The piece's title and address."""
    asset = asset_of(about, edge)
    if asset is None:
        return line_reply(event, line(words_follow_ups.NO_DRAFT))
    return line_reply(event, line(escape.link(asset.url, asset.title, [asset.url], 220)))


def search(event: Incoming, _: Understanding, about: StoredSuggestion, edge: Edge) -> list[Reply]:
    """Up to three pieces on a topic."""
    return search_library(event, about.stage.stage, edge)


def search_library(event: Incoming, stage: Stage, edge: Edge) -> list[Reply]:
    """Up to three pieces on the topic of a message that may be sent at this stage."""
    topic = topic_in(event.text)
    found = following.pieces_on(topic, stage, edge.tools)
    shown = escape.mrkdwn(topic, 120)
    if not found:
        return line_reply(event, line(words_follow_ups.nothing_on(shown)))
    links = (f"• {escape.link(a.url, a.title, [a.url], 220)}" for a in found)
    return line_reply(event, line("\n".join((words_follow_ups.found(shown), *links))))


def undo(event: Incoming, _: Understanding, about: StoredSuggestion, __: Edge) -> list[Reply]:
    """What can be done about a card as it stands."""
    return line_reply(event, line(words_follow_ups.UNDO[about.state]))


def help_here(event: Incoming, _: Understanding, __: StoredSuggestion, ___: Edge) -> list[Reply]:
    """What can be said about a card."""
    told = Message(words_follow_ups.HELP_TEXT, (section(words_follow_ups.HELP),))
    return line_reply(event, told)


def _listed(head: str, lines: tuple[str, ...]) -> Message:
    told = bullets(lines, 400, 6)
    return message(head, [Part(section(f"{escape.mrkdwn(head, 300)}\n{told}"))])


def inert(said: following.Said) -> tuple[str, str]:
    """The two texts, made safe to show."""
    return escape.mrkdwn(said.about, 220), escape.mrkdwn(said.sentence, 600)

"""Giving back what was typed in a window and could not be kept (M59)."""

from __future__ import annotations

from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape, words, words_follow_ups
from bot.views.blocks import Part, copyable, line, message, section

TOLD_LIMIT = 1500


def own_words_back(event: Incoming, typed: str) -> list[Reply]:
    """A person's own text that gave way, to that person alone: nothing typed is lost."""
    if not typed:
        return []
    head = words_follow_ups.YOUR_WORDS
    parts = [Part(section(head)), *copyable(typed)]
    return [Reply("typed", message(head, parts), event.user)]


def given_back(event: Incoming, why: str) -> Reply:
    """Why it was not kept, and what was typed, to the person who typed it."""
    typed = "\n\n".join(t for t in (event.subject, event.body, event.reason) if t)
    head = escape.mrkdwn(why, TOLD_LIMIT)
    if not typed:
        return Reply("told", line(head), event.user)
    parts = [Part(section(f"{head}\n{words.NOT_KEPT}")), *copyable(typed)]
    return Reply("told", message(why, parts), event.user)

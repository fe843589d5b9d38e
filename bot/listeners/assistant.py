"""The assistant's own conversations: greeting, suggested prompts, status and title (M58).

Prompts, status and title are extras: they are tried once, for a moment, and no answer waits or
fails for them. What is written in such a thread goes the way of direct messages.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import Ack, Assistant
from slack_sdk.errors import SlackApiError

from bot.flow.own_leads import first_leads
from bot.listeners import threads
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape, words, words_assistant
from bot.views.blocks import line
from knowledge.errors import NotFound

MOST_PROMPTS = 4
"""Slack shows no more."""
TITLE_CHARACTERS = 80
PROMPT_CHARACTERS = 75
"""Ours: about what the side pane shows in one line."""
MOMENT_SECONDS = 2.0
"""How long an extra may hold up the work: Slack mostly answers in a fifth of a second."""

log = structlog.get_logger("trailguide.assistant")

Answer = Callable[[Incoming, Edge], list[Reply]]


def middleware(start: Callable[..., None]) -> Assistant:
    """Bolt's middleware: a thread that was opened is work like any; its context is not kept."""
    ours = Assistant()
    ours.thread_started(start)

    def changed(ack: Ack) -> None:
        ack()  # which channel is looked at says nothing about a lead

    ours.thread_context_changed(changed)
    return ours


def greet(event: Incoming, edge: Edge) -> list[Reply]:
    """A greeting in a new thread, and up to four prompts that fit the person."""
    threads.note(edge.tools.inbox, _mark(event), event.user)
    prompts = prompts_for(event.user, edge)
    _extra(
        lambda: edge.poster.client.assistant_threads_setSuggestedPrompts(
            channel_id=event.channel,
            thread_ts=event.thread_ts,
            title=words_assistant.PROMPTS_TITLE,
            prompts=prompts,
        )
    )
    greeting = line(words_assistant.GREETING)
    return [Reply("greeting", greeting, event.channel, event.thread_ts)]


def prompts_for(user: str, edge: Edge) -> list[dict[str, str]]:
    """The person's own leads first, then samples."""
    names = first_leads(user, edge.tools, MOST_PROMPTS - 1, mail=edge.mail_of(user) or "")
    own = [words_assistant.next_for(escape.plain(name, 50)) for name in names]
    told = (*own, *words_assistant.SAMPLES)[:MOST_PROMPTS]
    return [{"title": escape.plain(t, PROMPT_CHARACTERS), "message": m} for t, m in told]


def attended(answer: Answer) -> Answer:
    """The same answer, with a status while it is worked out and a title, in an assistant thread."""

    def with_extras(event: Incoming, edge: Edge) -> list[Reply]:
        if not event.thread_ts or threads.noted(edge.tools.inbox, _mark(event)) is None:
            return answer(event, edge)
        _status(event, edge, words_assistant.STATUS)
        replies = answer(event, edge)
        if not any(r.thread_ts == event.thread_ts and not r.update_ts for r in replies):
            _status(event, edge, "")  # no message takes it away
        _title(event, replies, edge)
        return replies

    return with_extras


def _status(event: Incoming, edge: Edge, status: str) -> None:
    _extra(
        lambda: edge.poster.client.assistant_threads_setStatus(
            channel_id=event.channel, thread_ts=event.thread_ts, status=status
        )
    )


def _title(event: Incoming, replies: list[Reply], edge: Edge) -> None:
    """Name the thread for its first card: who, and what they asked; no more than that."""
    made = next((r.card_of for r in replies if r.card_of), None)
    if made is None or threads.claim(edge.tools.inbox, f"title:{_mark(event)}", event.key) != (
        event.key
    ):
        return
    try:
        stored = edge.tools.suggestions.get(made)
    except NotFound:
        return
    who = stored.facts.name or stored.facts.role or words.THIS_LEAD
    question = stored.questions[0] if stored.questions else ""
    named = escape.plain(words_assistant.title(who, question), TITLE_CHARACTERS)
    _extra(
        lambda: edge.poster.client.assistant_threads_setTitle(
            channel_id=event.channel, thread_ts=event.thread_ts, title=named
        )
    )


def _extra(call: Callable[[], Any]) -> None:
    """Try a call that nothing depends on, for a moment."""

    def tried() -> None:
        try:
            call()
        except (SlackApiError, OSError, http.client.HTTPException) as lost:
            log.info("extra_lost", reason=type(lost).__name__)

    aside = threading.Thread(target=tried, daemon=True, name="assistant-extra")
    aside.start()
    aside.join(MOMENT_SECONDS)


def _mark(event: Incoming) -> str:
    return f"assistant:{event.channel}:{event.thread_ts}"

"""A manager's review in Slack: the story, flags and comments, their answers, the sample (M57)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient

from bot.flow import review_notes as flow
from bot.flow import sampling, touch_list
from bot.flow.permitting import may
from bot.listeners import home
from bot.listeners.edge import Edge
from bot.listeners.giving_back import given_back as told_why
from bot.listeners.incoming import Incoming
from bot.listeners.moments import when
from bot.listeners.opening_views import opened
from bot.listeners.replies import Reply
from bot.listeners.waking import send_waiting
from bot.views import words_touches as words
from bot.views.blocks import line
from bot.views.home import read
from bot.views.review_note import ABOUT, KINDS, TEXT, note_message, note_window
from bot.views.story import FLAG, story_window
from bot.views.touch_list import person, row_text
from knowledge.assets import is_slack_user
from knowledge.errors import BadInput, NotFound
from knowledge.review import NoteAbout, NoteKind, ReviewNote, Verdict
from knowledge.roles import Act
from storage import notices

Answer = Callable[[Incoming, Edge], list[Reply]]


def open_story(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the story of a suggestion, or another page of it in the same window."""
    pressed = body["actions"][0]
    chosen = (pressed.get("selected_option") or {}).get("value")
    own, _, page = str(pressed.get("value") or chosen or "").partition(":")
    turn = str(pressed.get("action_id") or "").startswith("story_")

    def view(user: str) -> dict[str, Any]:
        told = touch_list.story_of(own, user, edge.tools)
        reviews = may(user, Act.REVIEW_TOUCHES, edge.tools)
        number = int(page) if page.isdecimal() and len(page) < 4 else 0
        return story_window(told, number, when(edge, year=True), reviews=reviews)

    opened(body, client, edge, view, turn=turn)


def open_note(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window for a flag or a comment."""
    pressed = body["actions"][0]
    kind = NoteKind.FLAG if pressed.get("action_id") == FLAG else NoteKind.COMMENT
    own = str(pressed.get("value") or "")

    def view(user: str) -> dict[str, Any]:
        stored = flow.to_review(own, user, edge.tools)
        return note_window(kind, own, told=is_slack_user(stored.asked_by or ""))

    opened(body, client, edge, view)


def open_answer(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window for an answer."""
    own = str(body["actions"][0].get("value") or "")

    def view(user: str) -> dict[str, Any]:
        flow.to_answer(own, user, edge.tools)
        return note_window(NoteKind.ANSWER, own)

    opened(body, client, edge, view)


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps the window open: nothing said, or nothing to say it on any more."""
    if not str(event.typed.get(TEXT) or "").strip():
        return {TEXT: words.SAY_SOMETHING}
    try:
        if event.action in KINDS:
            flow.to_review(event.suggestion_id, event.user, edge.tools)
        else:
            flow.to_answer(event.suggestion_id, event.user, edge.tools)
    except (BadInput, NotFound) as told:
        return {TEXT: str(told)}
    return {}


def submitted(event: Incoming, edge: Edge) -> list[Reply]:
    """Keep the note, hand its message over, and say so to whoever wrote it."""
    text, kind = str(event.typed.get(TEXT) or "").strip(), KINDS.get(event.action)
    if kind is None:
        return _answered(event, event.suggestion_id, text, edge)
    told = str(event.typed.get(ABOUT) or "")
    about = NoteAbout(told) if told in set(NoteAbout) else NoteAbout.OTHER
    note = flow.write(
        _note_id(event), event.suggestion_id, kind, about, event.user, text=text, tools=edge.tools
    )
    send_waiting(edge)
    return [Reply("noted", line(words.kept_note(note.kind, _told(note))), event.user)]


def given_back(event: Incoming, why: str) -> Reply:
    """Why a note was not kept, and its words, to whoever typed them."""
    return told_why(replace(event, reason=str(event.typed.get(TEXT) or "")), why)


def in_threads(otherwise: Answer) -> Answer:
    """What is written below the message of a note is its answer; all else goes its usual way."""

    def answer(event: Incoming, edge: Edge) -> list[Reply]:
        below = note_above(event, edge)
        if below is None or not event.text.strip():
            return otherwise(event, edge)
        return _answered(event, below, event.text.strip(), edge, event.thread_ts)

    return answer


def note_above(event: Incoming, edge: Edge) -> str | None:
    """The id of the note whose message began this thread in direct messages, if one did."""
    if not event.thread_ts or not event.channel.startswith("D"):
        return None
    key = notices.key_of_post(edge.tools.db, event.channel, event.thread_ts) or ""
    _, found, rest = key.partition("notice:note:")
    return rest.partition(":")[0] if found and not key.partition("notice:note:")[0] else None


def settle(event: Incoming, edge: Edge) -> list[Reply]:
    """Close a flag; in Home its row goes, elsewhere a line says so."""
    flow.settle(event.suggestion_id, event.user, edge.tools)
    if event.channel:
        return [Reply("settled", line(words.SETTLED), event.channel, event.thread_ts or event.ts)]
    home.publish(event, edge, read(event.text))
    return []


def reviewed(event: Incoming, edge: Edge) -> list[Reply]:
    """Mark one of the sample as reviewed; Home shows what is left."""
    week, _, own = event.suggestion_id.partition(":")
    sampling.judge(week, own, Verdict.REVIEWED, event.user, edge.tools)
    home.publish(event, edge, read(event.text))
    return []


def told(event: Incoming, edge: Edge) -> list[Reply]:
    """The message of a note, to whom it is for; nothing once its words were erased."""
    note = flow.notes(edge.tools).get(event.suggestion_id)
    if not note.text:
        return []
    about = touch_list.touch_lists(edge.tools).lines((note.suggestion_id,))
    stored = edge.tools.suggestions.get(note.suggestion_id)
    named = row_text(about[0], when(edge), by_rep=stored.asked_by != note.to)
    own_card = stored.is_open and stored.asked_by == note.to
    shown = note_message(note, named, card_open=own_card, flag=_open_flag(note, edge))
    return [Reply("told", shown, note.to)]


def _answered(
    event: Incoming, note_id: str, text: str, edge: Edge, thread_ts: str | None = None
) -> list[Reply]:
    note = flow.answer(_note_id(event), note_id, event.user, text, edge.tools)
    send_waiting(edge)
    place = event.channel if thread_ts else event.user
    return [Reply("noted", line(words.kept_note(note.kind, _told(note))), place, thread_ts)]


def _open_flag(note: ReviewNote, edge: Edge) -> ReviewNote | None:
    """The open flag that an answer is about, for whoever may settle it."""
    if note.kind is not NoteKind.ANSWER or not may(note.to, Act.REVIEW_TOUCHES, edge.tools):
        return None
    asked = flow.notes(edge.tools).get(note.answers)
    return asked if asked.is_open else None


def _told(note: ReviewNote) -> str:
    return person(note.to) if is_slack_user(note.to) and note.to != note.by else ""


def _note_id(event: Incoming) -> str:
    return f"note-{hashlib.sha256(event.key.encode()).hexdigest()[:12]}"

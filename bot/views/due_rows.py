"""Rows of what is due, and the two messages made of them: the list on a command, the digest."""

from __future__ import annotations

import hashlib
from typing import Any

from bot.views import escape, words_due
from bot.views.blocks import Block, Message, Part, actions, button, context, message, section
from knowledge.due import Due, DueLists, Listed

OPEN = "due_open"
"""The button that opens a row."""
HEADS = 5
"""Rows of each list in a message: five lists stay far within Slack's 50 blocks."""
NAME_LIMIT, TOLD_LIMIT = 80, 200
LEAD = "lead-"


def lead_reference(lead_id: str) -> str:
    """What a button calls a lead, whose id may be long, or a mail address."""
    return LEAD + hashlib.sha256(lead_id.encode()).hexdigest()[:24]


def row(due: Due) -> Block:
    """One row: who, why and since when, and the button that opens it."""
    made = section(f"{_who(due)}\n{_why(due)}")
    label = words_due.OPEN_CARD if due.why.card else words_due.SUGGEST
    return {**made, "accessory": button(OPEN, label, _reference(due))}


def list_message(lists: DueLists) -> Message:
    """What is due, in answer to a command."""
    if not lists.count:
        told = words_due.NOTHING_DUE if lists.leads else words_due.NO_LEADS
        return message(words_due.NOTHING_DUE, [Part(section(told))])
    return _heads(lists, words_due.list_head(lists.count, lists.today), [])


def digest_message(lists: DueLists) -> Message:
    """The daily digest, with its off switch."""
    head = words_due.digest_head(lists.count, lists.today)
    return _heads(lists, head, [digest_switch(on=True)])


def digest_switch(*, on: bool) -> Block:
    """The button that turns the digest on or off."""
    if on:
        return button("digest_off", words_due.DIGEST_OFF, "digest")
    return button("digest_on", words_due.DIGEST_ON, "digest")


def _heads(lists: DueLists, head: str, buttons: list[dict[str, Any]]) -> Message:
    parts = [Part(section(head))]
    for listed in Listed:
        rows = lists.of(listed)
        if not rows:
            continue
        title = words_due.counted(words_due.TITLES[listed], len(rows))
        parts.append(Part(section(f"*{title}*")))
        parts += [Part(row(due), weight=5) for due in rows[:HEADS]]
        if len(rows) > HEADS:
            parts.append(Part(context(words_due.more_of(len(rows) - HEADS)), weight=6))
    parts.append(Part(context(words_due.IN_HOME)))
    return message(head, [*parts, *([Part(actions(buttons))] if buttons else [])])


def _who(due: Due) -> str:
    named = [n for n in (due.name, due.company) if n and n.strip()] or [words_due.NO_NAME]
    first, *rest = (escape.mrkdwn(n, NAME_LIMIT) for n in named)
    stage = [due.stage.capitalize()] if due.stage else []
    return " · ".join((f"*{first}*", *rest, *stage))


def _why(due: Due) -> str:
    why = due.why
    told = words_due.reason(why.because, why.on, escape.mrkdwn(why.told, TOLD_LIMIT))
    return f"{told} {words_due.ASK_FIRST}" if why.ask_first else told


def _reference(due: Due) -> str:
    return due.why.card or lead_reference(due.lead_id or "")

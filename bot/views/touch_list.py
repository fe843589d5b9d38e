"""The list of suggestions in Slack: rows that open, or a table and a list to open from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.views import escape
from bot.views import words_touches as words
from bot.views.blocks import (
    Block,
    Message,
    Part,
    actions,
    button,
    context,
    header,
    message,
    plain,
    section,
)
from knowledge.assets import is_slack_user
from storage.touch_filter import ANY_RULE, TouchFilter
from storage.touch_lists import TouchLine, TouchPage

OPEN, PICK = "touch_open", "touch_pick"
FILTER, EXPORT, NEWER, OLDER = "touch_filter", "touch_export", "touch_newer", "touch_older"
PAGE = 10
"""Rows of a page: each a block with a button, and a person reads no more before filtering."""
NAME, TITLE, CELL, LABEL, TOLD = 60, 90, 90, 75, 160


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows beside its rows; `asked` is what the filter asks, inert already.

    `token` names the filter in the buttons. `all` says that it is everybody's.
    """

    page: TouchPage
    token: str
    asked: str
    chain: str
    all: bool
    filtered: bool


def list_message(
    listed: Listed, when: Callable[[datetime], str], names: Mapping[str, str]
) -> Message:
    """The list; `when` tells a moment in the team's zone, `names` the names of people by id."""
    page, token = listed.page, listed.token
    head = [
        Part(header(words.ALL if listed.all else words.OWN)),
        Part(section(listed.asked)),
    ]
    turn = []
    if page.start:
        turn.append(button(NEWER, words.NEWER, f"{token}:{page.lines[0].id}"))
    if page.after:
        turn.append(button(OLDER, words.OLDER, f"{token}:{page.after}"))
    acts = [button(FILTER, words.FILTER, token), *turn]
    if listed.all and page.total:
        acts.append(button(EXPORT, words.EXPORT, token))
    foot = [Part(actions(acts))]
    told = words.counted(page.start, len(page.lines), page.total)
    foot.append(Part(context(told if listed.all else f"{told}. {words.OWN_NOTE}")))
    foot += [Part(context(listed.chain))] if listed.chain else []
    if not page.lines:
        nothing = words.NOTHING_FITS if listed.filtered else words.NOTHING_YET
        return message(words.ALL, [*head, Part(section(nothing)), *foot])
    rows = [Part(row(line, when, by_rep=listed.all), 5) for line in page.lines]
    shown = message(words.ALL, [*head, *rows, *foot])
    newer = [*head, *(Part(b) for b in _table(page.lines, when, names)), *foot]
    return Message(shown.text, shown.blocks, tuple(p.block for p in newer))


def row(line: TouchLine, when: Callable[[datetime], str], *, by_rep: bool = True) -> Block:
    """One suggestion and the button that opens its story."""
    return {
        **section(row_text(line, when, by_rep=by_rep)),
        "accessory": button(OPEN, words.OPEN, line.id),
    }


def row_text(line: TouchLine, when: Callable[[datetime], str], *, by_rep: bool = True) -> str:
    """When, by whom, about whom; then stage, piece, what became of it and what checks found."""
    who = [person(line.asked_by)] if by_rep else []
    first = " · ".join([f"*{when(line.at)}*", *who, escape.mrkdwn(lead_of(line), TITLE)])
    found = words.checks(line.failed, line.kept)
    second = [
        line.stage.capitalize(),
        escape.mrkdwn(line.title, TITLE) or words.NO_PIECE,
        words.state(line.state, line.edits),
        *([f"*{escape.mrkdwn(found, TOLD)}*"] if found else []),
    ]
    return f"{first}\n{' · '.join(second)}"


def person(user: str | None) -> str:
    """A person in mrkdwn: a mention of a Slack user, else the name, inert."""
    if not user:
        return words.NOBODY
    return f"<@{user}>" if is_slack_user(user) else escape.mrkdwn(user, NAME) or words.NOBODY


def lead_of(line: TouchLine) -> str:
    """The lead's name and company, as far as they are known; foreign."""
    named = escape.clip(line.name, NAME) or escape.clip(line.company, NAME)
    if line.name and line.company:
        return f"{named} ({escape.clip(line.company, NAME)})"
    return named or words.A_LEAD


def asked(wanted: TouchFilter, lead: str, title: str) -> list[str]:
    """What a filter asks, each part inert; `lead` and `title` say what its ids mean."""
    told = [
        ("rep", person(wanted.rep) if wanted.rep else ""),
        ("lead", escape.mrkdwn(lead or wanted.lead, NAME)),
        ("company", escape.mrkdwn(wanted.company, NAME)),
        ("stage", wanted.stage or ""),
        ("piece", escape.mrkdwn(title or wanted.asset, TITLE)),
        ("", words.STATE_CHOICES[wanted.state].lower() if wanted.state else ""),
        ("what to do:", words.DECISIONS[wanted.decision].lower() if wanted.decision else ""),
        ("found by", _failed(wanted.failed)),
        ("", {True: "findings kept", False: "no findings kept", None: ""}[wanted.overridden]),
        ("from", wanted.since.isoformat() if wanted.since else ""),
        ("to", wanted.until.isoformat() if wanted.until else ""),
    ]
    return [f"{label} {value}".strip() for label, value in told if value]


def _failed(rule: str) -> str:
    if rule == ANY_RULE:
        return words.ANY_CHECK.lower()
    return escape.mrkdwn(words.rules([rule]), NAME) if rule else ""


def _table(
    lines: Sequence[TouchLine], when: Callable[[datetime], str], names: Mapping[str, str]
) -> list[Block]:
    """A table, which holds no buttons, and a list from which to open one of its rows."""
    rows = [[_cell(column) for column in words.COLUMNS]]
    rows += [
        [
            _cell(text)
            for text in (
                when(line.at),
                names.get(line.asked_by or "", line.asked_by or words.NOBODY),
                lead_of(line),
                line.stage.capitalize(),
                line.title or words.NO_PIECE,
                words.state(line.state, line.edits),
                words.checks(line.failed, line.kept) or "-",
            )
        ]
        for line in lines
    ]
    options = [
        {"text": plain(f"{when(line.at)} · {lead_of(line)}", LABEL), "value": line.id}
        for line in lines
    ]
    wrapped = [{"is_wrapped": True} for _ in words.COLUMNS]
    pick: Block = {
        "type": "static_select", "action_id": PICK,
        "placeholder": plain(words.OPEN_ONE, LABEL), "options": options,
    }  # fmt: skip
    return [{"type": "table", "rows": rows, "column_settings": wrapped}, actions([pick])]


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": escape.plain(text, CELL)}

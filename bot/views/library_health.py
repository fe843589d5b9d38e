"""The health of the library as a message, a page at a time, as lines and as JSON."""

from __future__ import annotations

from typing import Any

from bot.views import escape, words_keeping
from bot.views import words_health as told
from bot.views.blocks import Block, Message, Part, actions, button, context, message, section
from bot.views.library_upkeep import REPLACE
from knowledge.assets import asset_reference
from knowledge.library_health import Ailing, Ailment, Complaint, LibraryHealth

PAGE = 6
"""Pieces on one page: two blocks each, within Slack's 50 and its 12,000 characters."""
VERIFY, RETIRE, TURN = "health_verify", "health_retire", ("health_back", "health_more")
TITLE_LIMIT, TOLD_LIMIT, SENTENCE_LIMIT, SENTENCES = 150, 200, 160, 2
ADDRESS_LIMIT, ROW_MOST = 400, 1600
"""Six rows of that many characters, and what stands around them, fit into a message."""

_VERIFIABLE = frozenset({Ailment.REVIEW_OVERDUE, Ailment.STALE})
_REPLACEABLE = frozenset({
    Ailment.DEAD_LINK, Ailment.LINK_FAILS, Ailment.MOVED, Ailment.REVIEW_OVERDUE, Ailment.STALE,
    Ailment.NEVER_HELPFUL, Ailment.DUPLICATE,
})  # fmt: skip


def health_message(health: LibraryHealth, page: int = 0) -> Message:
    """One page: what ails each piece, what to do, and buttons for it."""
    if not health.count:
        return message(told.HEAD, [Part(section(told.EMPTY))])
    head = told.head(health.count, len(health.ailing), health.today)
    parts = [Part(section(f"*{head}*"))]
    if not health.ailing:
        return message(head, [*parts, Part(section(told.ALL_WELL))])
    counts = (f"{told.NAMES[a]} {n}" for a, n in health.counted().items())
    parts.append(Part(context(" · ".join(counts))))
    page = max(0, min(page, (len(health.ailing) - 1) // PAGE))
    start = page * PAGE
    shown = health.ailing[start : start + PAGE]
    for one in shown:
        parts += _row(one, page)
    turn = [
        *([button(TURN[0], told.BACK, str(page - 1))] if page else []),
        *([button(TURN[1], told.MORE, str(page + 1))] if start + PAGE < len(health.ailing) else []),
    ]
    if turn:
        where = told.page(start + 1, start + len(shown), len(health.ailing))
        parts += [Part(context(where)), Part(actions(turn))]
    return message(head, parts)


def health_lines(health: LibraryHealth) -> list[str]:
    """For a terminal: each piece with a line for each ailment, and the sentences to mend."""
    lines = [told.head(health.count, len(health.ailing), health.today)]
    lines += [f"  {n:4} {told.NAMES[a]}" for a, n in health.counted().items()]
    for one in health.ailing:
        lines += ["", f"{one.asset.title}  ({one.asset.id})"]
        for complaint in one.complaints:
            what = told.what(complaint.ailment, complaint.told)
            name = told.NAMES[complaint.ailment]
            lines.append(f"  {name}: {what}. {told.do(complaint.ailment)}")
            lines += [f"    {told.mend(s, how)}" for s, how in complaint.sentences]
    return lines


def health_form(health: LibraryHealth) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "in_use": health.count,
        "counts": {ailment.value: n for ailment, n in health.counted().items()},
        "assets": [
            {
                "asset_id": one.asset.id,
                "title": one.asset.title,
                "url": one.asset.url,
                "owner": one.asset.answered_by or None,
                "ailments": [_form(complaint) for complaint in one.complaints],
            }
            for one in health.ailing
        ],
    }


def _form(complaint: Complaint) -> dict[str, Any]:
    return {
        "ailment": complaint.ailment,
        "told": complaint.told,
        "why": told.what(complaint.ailment, complaint.told),
        "do": told.do(complaint.ailment),
        "sentences": [{"sentence": s, "mend": how} for s, how in complaint.sentences],
    }


def _row(one: Ailing, page: int) -> list[Part]:
    asset = one.asset
    short = asset.url if len(asset.url or "") <= ADDRESS_LIMIT else None
    lines = [f"*{escape.link(short, asset.title, [asset.url], TITLE_LIMIT)}*"]
    for complaint in one.complaints:
        what = told.what(complaint.ailment, escape.mrkdwn(complaint.told, TOLD_LIMIT))
        lines.append(f"• {what}. {told.do(complaint.ailment)}")
        lines += [
            f"    {told.mend(escape.mrkdwn(s, SENTENCE_LIMIT), how)}"
            for s, how in complaint.sentences[:SENTENCES]
        ]
    named, ails = asset_reference(asset.id), {c.ailment for c in one.complaints}
    row: list[Block] = []
    if ails & _VERIFIABLE:
        row.append(button(VERIFY, told.VERIFY, f"{named}#{page:08x}", style="primary"))
    if ails & _REPLACEABLE:
        row.append(button(REPLACE, words_keeping.REPLACE, named))
    row.append(button(RETIRE, told.RETIRE, f"{named}#{page:08x}"))
    return [Part(section(_within(lines)), weight=5), Part(actions(row), weight=5)]


def _within(lines: list[str]) -> str:
    """As many lines as a row has room for, the first ones."""
    kept: list[str] = []
    for line in lines:
        if kept and sum(map(escape.cost, kept)) + len(kept) + escape.cost(line) > ROW_MOST:
            return "\n".join([*kept, escape.ELLIPSIS])
        kept.append(line)
    return "\n".join(kept)

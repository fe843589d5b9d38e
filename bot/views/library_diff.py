"""What changed between two versions of a piece: sentences that went, and those that came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.views import escape, words
from bot.views import words_keeping as told
from bot.views.blocks import Block, Part, context, plain, section
from bot.views.modals import TITLE_LIMIT
from knowledge.assets import Asset
from knowledge.versions import Change, Version

SENTENCE_LIMIT, IN_A_MESSAGE, IN_A_WINDOW = 300, 6, 40
"""Characters of a sentence, and places of change shown: a window holds 100 blocks."""
SECTION_MOST = 2800


def diff_parts(changed: Sequence[Change], most: int = IN_A_MESSAGE) -> list[Part]:
    """The first places of change, each with what went above what came."""
    shown = [_place(change) for change in changed[:most]]
    parts = [Part(section(text), weight=6) for text in shown if text]
    if len(changed) > most:
        parts.append(Part(context(told.more_changes(len(changed) - most)), weight=7))
    return parts


def diff_modal(asset: Asset, changed: Sequence[Change]) -> Block:
    """The places of change in a window of their own."""
    parts = diff_parts(changed, IN_A_WINDOW) or [Part(section(told.NO_CHANGE))]
    return {
        "type": "modal",
        "callback_id": "library_changes_shown",
        "title": plain(told.CHANGES_TITLE, TITLE_LIMIT),
        "close": plain(words.CANCEL, TITLE_LIMIT),
        "blocks": [section(f"*{escape.mrkdwn(asset.title, 220)}*"), *(p.block for p in parts)],
    }


def diff_lines(changed: Sequence[Change]) -> list[str]:
    """For a terminal: `- ` before what went, `+ ` before what came, a blank line between places."""
    lines: list[str] = []
    for change in changed:
        lines += [f"- {s}" for s in change.removed] + [f"+ {s}" for s in change.added] + [""]
    return lines[:-1]


def diff_form(
    old: Version, new: Version, changed: Sequence[Change], share: float
) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "asset_id": new.asset.id,
        "from": old.number,
        "to": new.number,
        "changed_share": round(share, 3),
        "changes": [{"removed": list(c.removed), "added": list(c.added)} for c in changed],
    }


def version_form(version: Version) -> dict[str, Any]:
    """One version as JSON, without its text."""
    return {
        "version": version.number,
        "state": version.state,
        "at": version.at.isoformat(),
        "by": version.by,
        "source": version.asset.source,
        "title": version.asset.title,
        "hype": round(version.asset.hype, 3),
        "words": len(version.asset.text.split()),
        "because": version.because,
    }


def _place(change: Change) -> str:
    """One place as mrkdwn, within a section."""
    lines = [f"\u2212 {escape.mrkdwn(s, SENTENCE_LIMIT)}" for s in change.removed]
    lines += [f"*+* {escape.mrkdwn(s, SENTENCE_LIMIT)}" for s in change.added]
    kept: list[str] = []
    for line in lines:
        if sum(map(escape.cost, kept)) + escape.cost(line) + len(kept) > SECTION_MOST:
            kept.append(escape.ELLIPSIS)
            break
        kept.append(line)
    return "\n".join(kept)

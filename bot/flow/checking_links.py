"""Asking whether the addresses of the pieces in use still open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from bot.flow.tools import Tools
from knowledge.link_check import LinkAnswer, LinkState, LinkVisitor
from storage.upkeep import Upkeeper

Checked = tuple[str, str, LinkAnswer]
"""Id, address, and what it answered."""


def upkeeper(tools: Tools) -> Upkeeper:
    """What notes links and dates."""
    settings = tools.settings
    return Upkeeper(
        tools.db, tools.audit, tools.clock, settings.time_zone, settings.review_after_days
    )


def check_links(
    links: Iterable[tuple[str, str]],
    tools: Tools,
    visitor: LinkVisitor | None = None,
    *,
    budget_seconds: float = float("inf"),
    now: Callable[[], float] = time.monotonic,
) -> list[Checked]:
    """Ask each address (by asset id) and note what it answered, within the seconds given.

    Where nothing at all answers, the fault is likelier ours than theirs, and nothing is noted.
    """
    visitor, ends = visitor or LinkVisitor(), now() + budget_seconds
    found: list[Checked] = []
    for asset_id, url in links:
        if now() > ends:
            break
        found.append((asset_id, url, visitor.visit(url)))
    if not is_offline(found):
        keeper = upkeeper(tools)
        for asset_id, url, answer in found:
            keeper.note_link(asset_id, url, answer)
    return found


def is_offline(found: list[Checked]) -> bool:
    """Whether no address answered anything, and several were asked."""
    asked = [answer for _, _, answer in found if answer.state is not LinkState.UNKNOWN]
    return len(asked) > 1 and all(answer.state is LinkState.DOWN for answer in asked)

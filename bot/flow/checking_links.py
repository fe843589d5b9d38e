"""Asking whether the addresses of the pieces in use still open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

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
) -> tuple[list[Checked], bool]:
    """Ask each address (by asset id) and note what it answered, within the seconds given.

    Where nothing at all answers, the fault may be ours: an address that opened lately is asked as
    a witness. If it is silent too, no answer is kept, and the addresses are asked again in a day;
    the second value returned says whether the answers were kept.
    """
    visitor, ends = visitor or LinkVisitor(), now() + budget_seconds
    found: list[Checked] = []
    for asset_id, url in links:
        if now() > ends:
            break
        found.append((asset_id, url, visitor.visit(url)))
    keeper = upkeeper(tools)
    if found and _is_offline(found, keeper, visitor):
        keeper.ask_again([asset_id for asset_id, _, _ in found])
        return found, False
    for asset_id, url, answer in found:
        keeper.note_link(asset_id, url, answer)
    return found, True


def _is_silent(found: list[Checked]) -> bool:
    """Whether addresses were asked, and nothing was heard of any of them."""
    asked = [answer for _, _, answer in found if answer.state is not LinkState.UNKNOWN]
    return bool(asked) and not any(answer.heard for answer in asked)


def _is_offline(found: list[Checked], keeper: Upkeeper, visitor: LinkVisitor) -> bool:
    """Whether the silence is ours. Without a witness, the silence of several hosts is."""
    if not _is_silent(found):
        return False
    hosts = {urlsplit(url).hostname or "" for _, url, answer in found if not answer.heard}
    witness = keeper.opened_last(hosts)
    return len(hosts) > 1 if witness is None else not visitor.visit(witness).heard

"""The Home tab: the five lists with a page of each, and the digest's switch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.views import words_due
from bot.views.blocks import Block, actions, button, context, divider, header, section
from bot.views.due_rows import digest_switch, row
from knowledge.due import DueLists, Listed

PAGE = 10
"""Rows of a list on one page: five lists of ten and all around them stay within 100 blocks."""
BACK, MORE = "home_back", "home_more"

Pages = dict[Listed, int]
"""The page that is shown of each list, from 0; one that is not named shows the first."""


def home_view(
    lists: DueLists,
    pages: Pages,
    *,
    digest_on: bool,
    digest_at: str,
    notice: str = "",
    managing: Sequence[Block] = (),
) -> dict[str, Any]:
    """The whole view; `notice` is an inert line on top, `managing` a manager's part."""
    blocks: list[Block] = [header(words_due.HOME)]
    blocks += [section(notice)] if notice else []
    blocks.append(context(words_due.summary(lists.count, lists.leads, lists.today)))
    if not lists.leads and not lists.count:
        blocks.append(section(words_due.NO_LEADS))
    else:
        pages = {listed: _within(pages.get(listed, 0), lists, listed) for listed in Listed}
        for listed in Listed:
            blocks += [divider(), *_list(lists, listed, pages)]
    blocks += managing
    blocks += [
        divider(),
        context(words_due.digest_state(on=digest_on, at=digest_at)),
        actions(
            [
                button("open_intake", words_due.NEXT, "new", style="primary"),
                digest_switch(on=digest_on),
            ]
        ),
    ]
    return _view(blocks, written(pages))


def trouble_view(told: str) -> dict[str, Any]:
    """In place of the lists: why they cannot be shown, and what to do; inert already."""
    return _view([header(words_due.HOME), section(told)], "")


def written(pages: Pages) -> str:
    """The pages as a button carries them: one number for each list."""
    return "-".join(str(pages.get(listed, 0)) for listed in Listed)


def read(told: str) -> Pages:
    """The pages that `written` wrote; the first ones for anything else."""
    numbers = told.split("-")
    if len(numbers) != len(Listed) or not all(n.isdecimal() and len(n) < 6 for n in numbers):
        return {}
    return {listed: int(n) for listed, n in zip(Listed, numbers, strict=True)}


def _view(blocks: list[Block], metadata: str) -> dict[str, Any]:
    return {"type": "home", "blocks": blocks, "private_metadata": metadata}


def _within(page: int, lists: DueLists, listed: Listed) -> int:
    """The page asked for, or the last there is: rows go as they are dealt with."""
    return min(page, max(0, len(lists.of(listed)) - 1) // PAGE)


def _list(lists: DueLists, listed: Listed, pages: Pages) -> list[Block]:
    rows, page = lists.of(listed), pages[listed]
    title = header(words_due.counted(words_due.TITLES[listed], len(rows)))
    if not rows:
        return [title, context(words_due.EMPTY[listed])]
    start = page * PAGE
    here = rows[start : start + PAGE]
    turn = []
    if page:
        turn.append(button(BACK, words_due.BACK, written({**pages, listed: page - 1})))
    if start + PAGE < len(rows):
        turn.append(button(MORE, words_due.MORE, written({**pages, listed: page + 1})))
    blocks = [title, *(row(due) for due in here)]
    if turn:
        told = words_due.shown(start + 1, start + len(here), len(rows))
        blocks += [context(told), actions(turn)]
    return blocks

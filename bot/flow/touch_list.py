"""The list of suggestions that somebody may see: a manager all, a rep their own (M53, M54)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.flow.permitting import may, require
from bot.flow.story import story
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.review import days_of, week_of
from knowledge.roles import Act
from knowledge.story import Story
from storage.suggestions import SuggestionRecord
from storage.touch_filter import TouchFilter, TouchState
from storage.touch_lists import TouchLists, TouchPage

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
"""Days outside are slips of the finger."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many suggestions of a week there are, and what became of them."""

    suggested: int
    approved: int
    edited: int
    overridden: int


def touch_lists(tools: Tools) -> TouchLists:
    """What reads suggestions by filter, in the team's days."""
    return TouchLists(tools.db, tools.settings.time_zone)


def sees_all(user: str, tools: Tools) -> bool:
    """Whether this person sees everybody's suggestions."""
    return may(user, Act.SEE_ALL_TOUCHES, tools)


def allowed_part(wanted: TouchFilter, user: str, tools: Tools) -> TouchFilter:
    """The filter as far as this person may see: somebody else's is refused, all is one's own."""
    if sees_all(user, tools):
        return wanted
    if wanted.rep and wanted.rep != user:
        require(user, Act.SEE_ALL_TOUCHES, tools)
    require(user, Act.SEE_OWN_TOUCHES, tools, own=True)
    return replace(wanted, rep=user)


def page(
    wanted: TouchFilter, user: str, tools: Tools, most: int, *, after: str = "", before: str = ""
) -> TouchPage:
    """A page of what this person may see; `NotAllowed` for somebody else's."""
    part = allowed_part(wanted, user, tools)
    return touch_lists(tools).page(part, most, after, before)


def story_of(suggestion_id: str, user: str, tools: Tools) -> Story:
    """The story of a suggestion, for whoever may see it; `NotAllowed`, `NotFound`."""
    stored = tools.suggestions.get(suggestion_id)
    if stored.asked_by == user:
        require(user, Act.SEE_OWN_TOUCHES, tools, own=True, about=suggestion_id)
    else:
        require(user, Act.SEE_ALL_TOUCHES, tools, about=suggestion_id)
    return story(suggestion_id, tools)


def exported(
    wanted: TouchFilter, user: str, tools: Tools
) -> tuple[int, Iterator[SuggestionRecord]]:
    """How many rows an export has, and the rows, oldest first; it is audited. `NotAllowed`."""
    require(user, Act.EXPORT_TOUCHES, tools)
    lists = touch_lists(tools)
    rows = lists.count(wanted)
    told = wanted.payload()
    # Who is meant would be a lead's data; that somebody was meant is enough.
    named = sorted({*told} & {"lead", "company"})
    plain = {k: v for k, v in told.items() if k not in named}
    with tools.db.write() as session:
        data = {"rows": rows, "filter": plain, "named": named}
        tools.audit.append(session, "touches.exported", "touches", user, data)
    return rows, lists.stream(wanted)


def figures(user: str, tools: Tools) -> Figures:
    """What became of this week's suggestions, everybody's. `NotAllowed`."""
    require(user, Act.SEE_ALL_TOUCHES, tools)
    monday, sunday = days_of(week_of(team_date(tools.clock, tools.settings.time_zone)))
    week, count = TouchFilter(since=monday, until=sunday), touch_lists(tools).count
    return Figures(
        count(week),
        count(replace(week, state=TouchState.APPROVED)),
        count(replace(week, state=TouchState.EDITED)),
        count(replace(week, overridden=True)),
    )


def objections(wanted: TouchFilter, tools: Tools) -> dict[str, str]:
    """What is wrong with a filter, by field; nothing when it can be asked."""
    found = {}
    today = team_date(tools.clock, tools.settings.time_zone)
    for name in ("since", "until"):
        day = getattr(wanted, name)
        if day is not None and not EARLIEST <= day <= LATEST:
            found[name] = "Choose a day between 2000 and 2100."
    if wanted.since and wanted.since > today + timedelta(days=1):
        found.setdefault("since", "Nothing was suggested after today; choose an earlier day.")
    if wanted.since and wanted.until and wanted.until < wanted.since:
        found.setdefault("until", "This day is before the first one; choose the same or a later.")
    return found


def read_filter(told: dict[str, object]) -> TouchFilter:
    """The filter of a stored payload; `BadInput` for one of another version."""
    try:
        return TouchFilter.from_payload(dict(told))
    except (ValueError, TypeError):
        raise BadInput("This list is of an older day; ask for a new one.") from None

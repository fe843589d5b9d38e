"""The day a rep names in a few words: "in two weeks", "in March", "on Monday", "the 5th"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from knowledge.pacing_later import asked_to_wait_until

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|r|ur)?(?:day)?"
_NEXT_WEEKS_DAY = re.compile(
    rf"\bnext {_WEEKDAY}\b|\b{_WEEKDAY} (?:of |in )?next week\b|\bnext week,? (?:on )?{_WEEKDAY}\b",
    re.IGNORECASE,
)
_DAY_WEEK = re.compile(rf"\b{_WEEKDAY} week\b", re.IGNORECASE)
_THE_DAY = re.compile(
    r"\b(?:the )?(\d{1,2})(?:st|nd|rd|th)\b(?! (?:of )?[a-z]{3,9}\b)", re.IGNORECASE
)
_FIGURES = re.compile(r"(?<![\d./-])(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?\.?(?![\d/]|\.\d)")
_SPAN = re.compile(
    r"\b(?:in|for|wait(?: for)?|another) (?:another )?"
    r"(a|an|one|two|three|four|five|six|\d{1,3}) (days?|weeks?|months?|years?)\b"
    r"|\banother (day|week|month|year)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:(?:on |this )?(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|satur|sun)day"
    r"|tomorrow|(?:the )?day after tomorrow|next week)\b",
    re.IGNORECASE,
)
"""What the reader of leads' wishes leaves out: appointments, which a rep means as a day."""


def day_said(text: str, today: date) -> date | None:
    """The first day after `today` that the words name, or None.

    A month is its first day and a season its first month, as where a lead asks to wait. "Next
    Friday" and "Friday week" are a week further than "on Friday"; "the 5th" is the next such day.
    """
    plain = " ".join(re.sub(r"[?!:\n]+|\.(?=\s)", " ", text).split())
    found = _of_next_week(plain, today) or asked_to_wait_until(f"not now, {plain}", today)
    found = found or _span(plain, today) or _by_number(plain, today)
    if found is None and (named := _NAMED.search(plain)):
        found = _by_library(re.sub(r"^(?:on|this) ", "", named.group(0).lower()), today)
    return found if found and found > today else None


def _of_next_week(plain: str, today: date) -> date | None:
    """That weekday of the week after this one; "Monday week" is a week after the next Monday."""
    if named := _NEXT_WEEKS_DAY.search(plain):
        day = next(g for g in named.groups() if g).lower()
        monday = today + timedelta(days=7 - today.weekday())
        return monday + timedelta(days=_DAYS.index(day))
    if named := _DAY_WEEK.search(plain):
        ahead = (_DAYS.index(named[1].lower()) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead + 7)
    return None


def _span(plain: str, today: date) -> date | None:
    named = _SPAN.search(plain)
    if named is None:
        return None
    count, unit, single = named.groups()
    return _by_library(f"in {count or 'one'} {unit or single}", today)


def _by_number(plain: str, today: date) -> date | None:
    """The next day with this number, or a day in figures: the day first, unless that cannot be."""
    if figures := _FIGURES.search(plain):
        day, month = int(figures[1]), int(figures[2])
        if month > 12:
            day, month = month, day
        years = [int(figures[3])] if figures[3] else [today.year, today.year + 1]
        return _first_after(today, [(year, month, day) for year in years])
    if named := _THE_DAY.search(plain):
        months = [(today.year + (today.month + n - 1) // 12, (today.month + n - 1) % 12 + 1)
                  for n in range(4)]  # fmt: skip
        return _first_after(today, [(*month, int(named[1])) for month in months])
    return None


def _first_after(today: date, days: list[tuple[int, int, int]]) -> date | None:
    """The first of these that there is and that comes after `today`."""
    for told in days:
        try:
            found = date(*told)
        except ValueError:
            continue
        if found > today:
            return found
    return None


def _by_library(words: str, today: date) -> date | None:
    import dateparser  # it takes half a second to load, and most cards are never put off

    if words == "next week":
        words = "in 7 days"
    settings = {
        "RELATIVE_BASE": datetime.combine(today, time(12)),
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "DMY",
    }
    read = dateparser.parse(words, languages=["en"], settings=settings)
    return read.date() if read else None

"""Days as other tools write them: the order of day, month and year is settled by the column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

ORDERS = ("ymd", "dmy", "mdy")
ENOUGH = 2000
"""Values looked at; among so many a day above the 12th turns up in any list that spans months."""
FAR_AHEAD_DAYS = 800
"""A day further ahead than a deal's close date is likely to be: two years and a bit."""
MOSTLY = 0.9
"""Share of a column's values that must be days for it to be a column of days."""

_NUMBERS = re.compile(r"^(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})(?:[T ,]|$)")
_MONTHS = {
    name: n
    for n, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_NAMED = re.compile(r"^(\d{1,2})[-. ]*(?:st|nd|rd|th)?[-., ]*([A-Za-z]{3,9})[-., ]*(\d{2,4})\b")
_NAMED_FIRST = re.compile(r"^([A-Za-z]{3,9})[-. ]*(\d{1,2})(?:st|nd|rd|th)?[-., ]+(\d{2,4})\b")
_EPOCH = re.compile(r"^1\d{9}(?:\d{3})?$")


@dataclass(frozen=True, slots=True)
class DayFormat:
    """The order of a column's days; `sure` is False where two orders read all of them as well."""

    order: str
    sure: bool = True


def day_format(values: Iterable[str], today: date) -> DayFormat | None:
    """The order in which a column's days are written; None for a column of anything else.

    What reads nearly all values counts; of several such orders the one whose days lie close
    together and not far ahead: 20-10-16, 25-10-16, 01-03-17 are days of 2016 and 2017.
    """
    looked = list(islice((v for v in values if v), ENOUGH))
    if not looked:
        return None
    scored = []
    for order in ORDERS:
        days = [d for value in looked if (d := read_day(value, order))]
        if len(days) < MOSTLY * len(looked):
            continue
        ahead = sum((d - today).days > FAR_AHEAD_DAYS for d in days)
        span = (max(days) - min(days)).days
        scored.append(((len(looked) - len(days), ahead, span), order, tuple(days)))
    if not scored:
        return None
    scored.sort(key=lambda s: (s[0], ORDERS.index(s[1])))
    best = scored[0]
    same = [s for s in scored[1:] if s[0] == best[0] and s[2] != best[2]]
    return DayFormat(best[1], sure=not same)


def read_day(value: str, order: str = "ymd") -> date | None:
    """The day that a value names in this order, with or without a time; None for anything else."""
    text = value.strip()
    if found := _NUMBERS.match(text):
        return _of_numbers([found[1], found[2], found[3]], order)
    if found := _NAMED.match(text):
        return _of_parts(found[3], _month(found[2]), found[1])
    if found := _NAMED_FIRST.match(text):
        return _of_parts(found[3], _month(found[1]), found[2])
    if re.fullmatch(r"\d{8}", text):
        return _of_parts(text[:4], int(text[4:6]), text[6:])
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10])).date()  # noqa: DTZ006 - a day, not a moment
    return None


def _of_numbers(parts: Sequence[str], order: str) -> date | None:
    if len(parts[0]) == 4:
        return _of_parts(parts[0], int(parts[1]), parts[2])
    if len(parts[0]) > 2 or (order == "ymd" and len(parts[2]) > 2):
        return None
    told = dict(zip(order, parts, strict=True))
    return _of_parts(told["y"], int(told["m"]), told["d"])


def _of_parts(year: str, month: int, day: str) -> date | None:
    number = int(year)
    if len(year) <= 2:
        number += 2000 if number < 70 else 1900
    try:
        found = date(number, month, int(day))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2200 else None


def _month(name: str) -> int:
    return _MONTHS.get(name[:3].lower(), 0)

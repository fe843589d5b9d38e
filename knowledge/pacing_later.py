"""A later date that a lead asks for in words: "not now, try me in spring" (M1, M16).

Two things must stand in one sentence: that contact should wait (`_CUE`), and until when. A day or
a time of day is an appointment, not a delay ("call me on Friday"); that is read by `asking`.
"""

# ruff: noqa: E501 - a pattern is read as one line, or not at all

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?",
    "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\.?"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""First month of each, as north of the equator has them."""
_EVENTS = {
    "christmas": (12, 27), "the holidays": (1, 7), "the holiday season": (1, 7), "new year": (1, 2),
    "the new year": (1, 2), "easter": (4, 15), "the summer": (9, 1), "summer": (9, 1),
    "the summer break": (9, 1), "the summer holidays": (9, 1), "the winter": (3, 1),
    "winter": (3, 1), "spring": (6, 1), "autumn": (12, 1), "the autumn": (12, 1),
}  # fmt: skip
"""The day after which it is over: month and day. Easter moves; the middle of April is near it."""
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "a couple of": 2, "two": 2, "a few": 3, "three": 3, "four": 4,
    "five": 5, "six": 6, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"

_CUE = re.compile(
    r"\b(?:not (?:now|yet|at the moment|right now|the right time|a good time|this (?:month|quarter|year))"
    r"|no time (?:now|right now|at the moment|until|before)|too (?:busy|early)|(?:busy|swamped|snowed under|frozen|away|tied up|booked|blocked) (?:until|till)"
    r"|(?:don't|do not|please don't) (?:contact|write|call|e-?mail|bother) (?:to )?(?:me|us) (?:until|before)"
    r"|(?:try|ask|write(?: to)?|call|ring|phone|contact|e-?mail|ping|remind|reach|approach|message) (?:me|us|him|her|them)(?: back| again)?"
    r"|(?:try|ask|get in touch|be in touch|reach out|check in|check back|touch base|follow up|(?:call|ring|come|get|circle) back|(?:call|write|talk|speak|meet) (?=again)|pick (?:this|it) up|(?:let's|let us|we can|can we) (?:talk|speak)|revisit|look at (?:this|it)|return to (?:this|it))(?: to (?:me|us|this|it)| with (?:me|us))?(?: about (?:this|it))?(?: again)?"
    r"|(?:park|postpone|delay|hold off|on hold|put (?:this|it) off|on ice|later)|until then|nothing (?:before|until))\b"
)  # fmt: skip
"""Words that put contact off."""
_OURS = re.compile(
    r"\b(?:how|why|what|which|should we|do others|other (?:plants|companies|teams))\b"
)
"""A sentence that asks about the matter itself puts nothing off."""
_TO = r"\b(?:after|from|in|until|till|before|by|around|around the|for|on or after|at|not before|since|once|starting|next|back in|mid|early|late)"
_WHEN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("iso", re.compile(r"\b(?P<after>after )?(?P<iso>\d{4}-\d\d-\d\d)\b")),
    ("day", re.compile(rf"\b(?P<after>after (?:the )?)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? (?P<year>\d{{4}}))?\b")),
    ("day", re.compile(rf"\b(?P<after>after )?{_MONTH} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}})\b)?(?!\d)")),
    ("count", re.compile(rf"\bin (?:about |around |roughly )?{_COUNT}(?: or \w+)? (?P<unit>day|week|month|quarter|year)s?\b")),
    ("next", re.compile(r"\b(?P<after>after )?(?P<which>next|the end of (?:the|this)|end of (?:the|this)?) ?(?P<unit>month|quarter|year|season)\b")),
    ("quarter", re.compile(r"\b(?:the )?(?P<which>q[1-4]|(?:first|second|third|fourth) quarter)(?: (?:of )?(?P<year>\d{4}))?\b")),
    ("event", re.compile(rf"\bafter (?P<event>{'|'.join(sorted(_EVENTS, key=len, reverse=True))})\b")),
    ("event", re.compile(r"\b(?:until|till|in|before) (?P<event>christmas|easter|the new year|new year)\b")),
    ("month", re.compile(rf"{_TO} (?:the (?:start|beginning|end) of |early |late |mid[- ]?|next )?{_MONTH}(?: (?P<year>\d{{4}}))?\b")),
    ("year", re.compile(r"\b(?:in|until|till|before|after) (?P<year>20\d\d)\b")),
    ("season", re.compile(rf"{_TO} (?:the |early |late |next )?(?P<season>{'|'.join(_SEASONS)})\b")),
)  # fmt: skip
_ALONE = re.compile(
    r"(?:(?:hi|hello|hey|thanks|thank you|sorry|no|ok|okay|well|hm+|but|then|we are afraid|i'm afraid|so)[ ,;:-]+)*"
    r"(?:(?:maybe|perhaps|possibly|probably|rather|better|not before|not until|earliest)\b,? (?P<maybe>[\w ]+?)|(?P<then>[\w ]+?),? (?:maybe|perhaps|possibly|probably|at the earliest)|not (?:in )?this (?P<unit>month|quarter|year|season))"
    r"(?:,? (?:please|thanks|thank you|sorry|then|again|though|i think|i'm afraid))*[ ,;]*"
)
"""A day named alone, as a whole answer: "maybe next quarter", "not this year"."""
_SENTENCES = re.compile(r"[!?\n]+|\.(?=\s|$)")
_LONGEST = 5_000
"""Characters read; a wish stands in a mail's first page."""


def asked_to_wait_until(text: str, said_on: date) -> date | None:
    """The first day on which the words allow contact again, or None when they name none.

    "After 3 March" allows the 4th, "in March" the 1st, "in two weeks" that day. A date without a
    year is the next one after `said_on`. The last sentence that names a date wins.
    """
    plain = re.sub(r"[\u2018\u2019\u0060]", "'", text.lower())[:_LONGEST]
    found = None
    for raw in _SENTENCES.split(plain):
        sentence = " ".join(raw.split())
        if _OURS.search(sentence):
            continue
        if alone := _ALONE.fullmatch(sentence):
            found = _alone(alone.groupdict(), said_on) or found
        if not _CUE.search(sentence):
            continue
        for kind, pattern in _WHEN:
            if match := pattern.search(sentence):
                found = _date(kind, match.groupdict(), said_on) or found
                break
    return found if found and found > said_on else None


def _alone(part: dict[str, str | None], said_on: date) -> date | None:
    """The day that an answer names which is nothing but that day."""
    if part["unit"]:
        return _next(part["unit"], said_on)
    told = part["maybe"] or part["then"] or ""
    for text in (told, f"in {told}"):
        for kind, pattern in _WHEN:
            if match := pattern.fullmatch(text):
                return _date(kind, match.groupdict(), said_on)
    return None


def _date(kind: str, part: dict[str, str | None], said_on: date) -> date | None:
    after = timedelta(days=1 if part.get("after") else 0)
    try:
        if kind == "iso":
            return date.fromisoformat(part["iso"] or "") + after
        if kind == "count":
            return said_on + _span(part["count"] or "1", part["unit"] or "day")
        if kind == "next":
            return _next(part["unit"] or "month", said_on)
        return _coming(*_month_and_day(kind, part), part.get("year"), said_on, after)
    except (ValueError, OverflowError):  # 31 June is no day to wait for, nor is the year 10000
        return None


def _span(count: str, unit: str) -> timedelta:
    number = int(count) if count.isdigit() else _NUMBERS[count]
    return timedelta(days=number * _UNIT_DAYS[unit])


def _coming(month: int, day: int, year: str | None, said_on: date, after: timedelta) -> date:
    """That day in the year named, else the next time it comes round."""
    if year:
        return date(int(year), month, day) + after
    this_year = date(said_on.year, month, day) + after
    return this_year if this_year > said_on else date(said_on.year + 1, month, day) + after


def _month_and_day(kind: str, part: dict[str, str | None]) -> tuple[int, int]:
    if kind == "year":
        return 1, 1
    if kind == "event":
        return _EVENTS[part["event"] or ""]
    if kind == "season":
        return _SEASONS[part["season"] or ""], 1
    if kind == "quarter":
        which = part["which"] or ""
        named = ("first", "second", "third", "fourth")
        quarter = named.index(which.split()[0]) + 1 if " " in which else int(which[1])
        return 3 * quarter - 2, 1
    name = part["month"] or ""
    month = next(n for n, pattern in enumerate(_MONTHS, 1) if re.fullmatch(pattern, name))
    return month, int(part.get("day") or 1)


def _next(unit: str, said_on: date) -> date:
    """The first day of the next month, quarter, season or year; their end is the same day."""
    months = {"month": 1, "quarter": 3 - (said_on.month - 1) % 3, "season": 3}
    if unit == "year":
        return date(said_on.year + 1, 1, 1)
    ahead = said_on.month - 1 + months[unit]
    return date(said_on.year + ahead // 12, ahead % 12 + 1, 1)

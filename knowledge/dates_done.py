"""The day on which something was done, as a rep says it: "yesterday", "last week", "on 3 March"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_COUNT = r"(?:a|an|one|two|three|four|five|six|\d{1,3})"
_DAY = re.compile(
    r"\b(?:(?:the )?day before yesterday|yesterday|today|tonight|this (?:morning|afternoon|week)"
    rf"|last (?:night|week|month|{_WEEKDAY})|{_COUNT} (?:days?|weeks?|months?) ago"
    rf"|(?:on |this )?{_WEEKDAY}|(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b\.?"
    rf"(?: \d{{4}})?|(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?|\d{{4}}-\d\d-\d\d)",
    re.IGNORECASE,
)
_SPANS = {"this week": 0, "last week": 7, "last month": 30, "last night": 1, "tonight": 0}
"""Days back of what names no day: a gap counts from it, so a week is a week."""
LONGEST_AGO = timedelta(days=730)
"""What is said to be older was more likely read wrong."""


def day_done(text: str, today: date) -> date | None:
    """The last day up to `today` that the words name, or None."""
    named = next((m for m in _DAY.finditer(text) if not m[0].startswith("may ")), None)
    if named is None or re.search(r"\bnext\b|\bwill\b", text, re.IGNORECASE):
        return None
    words = re.sub(r"^(?:on|this|the) (?!morning|afternoon|week|day)", "", named[0].lower())
    found = _read(words, today)
    return found if found and today - LONGEST_AGO <= found <= today else None


def without_days(text: str) -> str:
    """The words without those that name a day."""
    return re.sub(r"\s+", " ", _DAY.sub(" ", text)).strip()


def _read(words: str, today: date) -> date | None:
    if words in _SPANS:
        return today - timedelta(days=_SPANS[words])
    if words in {"today", "this morning", "this afternoon"}:
        return today
    if "before yesterday" in words:
        return today - timedelta(days=2)
    import dateparser  # it takes half a second to load, and most messages name no day

    settings = {
        "RELATIVE_BASE": datetime.combine(today, time(12)),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY",
    }
    read = dateparser.parse(words.removeprefix("last "), languages=["en"], settings=settings)
    return read.date() if read else None

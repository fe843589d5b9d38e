"""The day a rep names in a few words: "in two weeks", "in March", "on Monday"."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from knowledge.pacing_later import asked_to_wait_until

_DAYS = r"mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|satur|sun"
_NAMED = re.compile(
    rf"\b(?:(?:next |on |this )?(?:{_DAYS})day|tomorrow|(?:the )?day after tomorrow|next week"
    r"|in (?:a|an|one|two|three|four|five|six|\d{1,3}) (?:days?|weeks?|months?|years?)"
    r"|(?:the )?\d{1,2}(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
"""What the reader of leads' wishes leaves out: appointments, which a rep means as a day."""


def day_said(text: str, today: date) -> date | None:
    """The first day after `today` that the words name, or None.

    A month is its first day and a season its first month, as where a lead asks to wait.
    """
    plain = re.sub(r"[?!:\n]+", " ", text)
    found = asked_to_wait_until(f"not now, {plain}", today)
    if found is None and (named := _NAMED.search(plain)):
        found = _by_library(re.sub(r"^(?:on|this) ", "", named.group(0).lower()), today)
    return found if found and found > today else None


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

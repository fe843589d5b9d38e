"""How many people a company employs, as lists write it: 400, "1.200", "10k", "200-500" (M27)."""

from __future__ import annotations

import re

_GROUPS = r"[.,'\u2019\u00a0\u202f\u2009 ]"
"""What parts thousands, by country: a group of three digits behind it is no fraction."""
_NUMBER = re.compile(
    rf"(?P<whole>\d{{1,3}}(?:{_GROUPS}\d{{3}})+(?!\d)|\d+)(?:[.,](?P<part>\d+))?"
    r"(?:\s*(?P<times>k|tsd|thousand|tausend|mio|million)\b\.?)?",
    re.IGNORECASE,
)
_TIMES = {"k": 1_000, "tsd": 1_000, "thousand": 1_000, "tausend": 1_000,
          "mio": 1_000_000, "million": 1_000_000}  # fmt: skip


def people_in(text: str) -> int | None:
    """The number of employees that a text names, of a range its middle; None where it names none.

    Of "1-5k" both ends are thousands.
    """
    found = list(_NUMBER.finditer(text))[:2]
    if not found:
        return None
    units = [_TIMES.get((m["times"] or "").lower(), 1) for m in found]
    sizes = [_size(m) for m in found]
    if len(found) == 2 and units[0] == 1 and sizes[0] < sizes[1]:
        units[0] = units[1]
    told = [size * unit for size, unit in zip(sizes, units, strict=True)]
    return int(sum(told) / len(told))


def _size(match: re.Match[str]) -> float:
    whole = re.sub(r"\D", "", match["whole"])
    return float(f"{whole}.{match['part'] or 0}")

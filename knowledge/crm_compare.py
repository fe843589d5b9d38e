"""Whether a value of ours may go into the CRM: never over a newer one."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

CLOCKS = timedelta(minutes=2)
"""How far two servers' clocks may be apart: within it nobody can say which change was later."""


class Verdict(StrEnum):
    """What to do with one value."""

    WRITE = "write"
    SAME = "same"
    CONFLICT = "conflict"


def compare(
    ours: str,
    ours_at: datetime,
    theirs: str,
    *,
    base: str | None,
    field_at: datetime | None,
    record_at: datetime,
) -> Verdict:
    """Weigh our value of `ours_at` against what the CRM has right now.

    `base` is what it had, as far as was pulled, when ours was told; None when that is not known.
    `field_at` is when the field last changed by the CRM's own history, None where it keeps none;
    `record_at` is when anything of the record did, the latest that the field can have changed.
    """
    if _plain(ours) == _plain(theirs):
        return Verdict.SAME
    if not theirs.strip() and not (base or "").strip():
        return Verdict.WRITE  # there was nothing, and there is nothing
    changed_at = min(field_at, record_at) if field_at else record_at
    if changed_at < ours_at - CLOCKS:
        return Verdict.WRITE  # whatever it is, it is older than ours
    unchanged = base is not None and _plain(base) == _plain(theirs)
    if unchanged and field_at is None:
        return Verdict.WRITE  # the record changed elsewhere; here it is as it was
    return Verdict.CONFLICT


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())

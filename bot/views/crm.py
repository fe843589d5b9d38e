"""The state of the CRM as lines, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from bot.views import words_crm as words
from knowledge.crm_status import CrmStatus, Named
from storage.crm_writes import Queued

Inert = Callable[[str], str]
"""Makes foreign text harmless where it is shown."""


def status_lines(told: CrmStatus, zone: str, inert: Inert) -> list[str]:
    """What a manager reads, from the top."""
    lines = [
        words.state(told.crm, told.pulled_at, zone, under_way=told.under_way),
        words.people(told.linked, told.gone, len(told.undecided)),
        words.writing(
            told.writes, waiting=told.waiting, written=told.written, conflicts=told.conflicts,
            refused=told.refused,
        ),
        words.odd({inert(label): count for label, count in told.noted.items()}),
        inert(told.trouble),
    ]  # fmt: skip
    return [line for line in lines if line]


def status_form(told: CrmStatus) -> dict[str, Any]:
    """The same for programs."""
    form = asdict(told)
    form["pulled_at"] = told.pulled_at.isoformat() if told.pulled_at else None
    return form


def gone_lines(gone: Sequence[Named], inert: Inert) -> list[str]:
    """Who is gone from the CRM, and what to do."""
    named = [inert(f"{one.name} ({one.lead_id})") for one in gone[: words.MOST_NAMED]]
    rest = len(gone) - len(named)
    return [words.gone(len(gone)), *named, *([words.more(rest)] if rest else []), words.DECIDE]


def conflict_form(one: Queued, name: str) -> dict[str, Any]:
    """A conflict: what is known here, and what the CRM has."""
    return {
        "number": one.id, "lead": one.lead_id, "name": name, "fact": one.fact, "ours": one.value,
        "ours_at": one.value_at.isoformat(), "theirs": one.theirs,
        "theirs_at": one.theirs_at.isoformat() if one.theirs_at else None,
    }  # fmt: skip


def conflict_line(one: Queued, name: str) -> str:
    """The same in one line."""
    theirs_at = f" ({one.theirs_at:%Y-%m-%d %H:%M})" if one.theirs_at else ""
    return (
        f"{one.id}  {name}: {one.fact} is “{one.value}” here ({one.value_at:%Y-%m-%d %H:%M}), "
        f"“{one.theirs}” in the CRM{theirs_at}"
    )

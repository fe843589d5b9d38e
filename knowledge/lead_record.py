"""What a lead's record says: touches, silence, unanswered replies, requests for sales.

Entries dated after `today` are plans or slips of the clock and are not counted, opt-outs aside
(see channels). History is put in order by date; entries of one day keep the order they came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from knowledge.asking import asks_for_sales
from knowledge.leads import OURS, TOUCHES, Action, HistoryEntry, LeadProfile

SILENT = frozenset({Action.NO_ANSWER, Action.OPTED_OUT, Action.OPTED_IN})
"""Recorded among the lead's acts, but no sign of interest."""

ANSWERS = frozenset({Action.ANSWERED, Action.SENT, Action.CALLED})
"""Ours that answer a reply; a newsletter answers nobody."""

_DEEDS = {
    Action.REQUESTED_DEMO: "asked for a demo",
    Action.REQUESTED_QUOTE: "asked for an offer",
    Action.BOOKED_MEETING: "booked a meeting",
}
_SPOKEN = frozenset({Action.REPLIED, Action.ASKED, Action.MET_AT_EVENT})


@dataclass(frozen=True, slots=True)
class Waiting:
    """Since when a lead waits for an answer; None when only that it does is known."""

    on: date | None


def past(profile: LeadProfile, today: date) -> tuple[HistoryEntry, ...]:
    """The history up to and with today, oldest first."""
    return tuple(sorted((e for e in profile.history if e.on <= today), key=lambda e: e.on))


def last_touch(profile: LeadProfile, today: date) -> date | None:
    """The day of our last touch, calls included, newsletters not (M13)."""
    return max((e.on for e in past(profile, today) if e.action in TOUCHES), default=None)


def touches_done(profile: LeadProfile, today: date) -> int:
    """Touches so far: the number given, else those in the history."""
    given = profile.facts.touches
    if given is not None:
        return max(0, given)
    return sum(e.action in TOUCHES for e in past(profile, today))


def unanswered_touches(profile: LeadProfile, today: date) -> int:
    """How many touches in a row, counted back from now, brought no sign of life at all."""
    count = 0
    for entry in reversed(past(profile, today)):
        if entry.action in TOUCHES:
            count += 1
        elif entry.action not in OURS and entry.action not in SILENT:
            break
    return count


def acts_within(profile: LeadProfile, today: date, days: int) -> int:
    """What the lead did in the last `days` days, today and the first day included."""
    since = today - timedelta(days=days)
    return sum(
        e.on >= since and e.action not in OURS and e.action not in SILENT
        for e in past(profile, today)
    )


def waiting_since(profile: LeadProfile, today: date) -> Waiting | None:
    """The reply that nobody answered, or None.

    `waiting_for_answer` decides when it is given. Else the latest reply, by `replied_at` or in
    the history, is held against the latest answer, by `answered_at` or in the history. A question
    that the lead asked is what the next asset should answer, and keeps nobody waiting.
    """
    facts = profile.facts
    if facts.waiting_for_answer is False:
        return None
    reply = _latest_reply(profile, today)
    if facts.waiting_for_answer:
        return reply or Waiting(None)
    if reply is None or _answered(profile, today, reply):
        return None
    return reply


def sales_request(profile: LeadProfile, today: date) -> str | None:
    """How the lead asked for sales, as the rest of a sentence ("asked for a demo on ..."), or None.

    What came before the lead's last purchase is settled and does not count; what the present ask
    says always does.
    """
    for question in profile.questions:
        if kind := asks_for_sales(question):
            return f"asks for {kind}"
    entries = past(profile, today)
    bought = [n for n, e in enumerate(entries) if e.action is Action.BOUGHT]
    for entry in reversed(entries[bought[-1] + 1 :] if bought else entries):
        when = f" on {entry.on.day} {entry.on:%b %Y}"
        if deed := _DEEDS.get(entry.action):
            return deed + when
        if entry.action in _SPOKEN and (kind := asks_for_sales(entry.note)):
            return f"asked for {kind}{when}"
    if not bought:
        for text in (profile.facts.problem, profile.facts.intent):
            if text and (kind := asks_for_sales(text)):
                return f"wants {kind}, their record says"
    return None


def called_after_download(profile: LeadProfile, today: date, days: int) -> date | None:
    """The day of a call among the last three touches that directly followed a download."""
    entries = past(profile, today)
    recent = [n for n, e in enumerate(entries) if e.action in TOUCHES][-3:]
    for n in reversed(recent):
        if entries[n].action is not Action.CALLED:
            continue
        before = [e for e in entries[:n] if e.action in TOUCHES or e.action is Action.DOWNLOADED]
        close = bool(before) and entries[n].on - before[-1].on <= timedelta(days=days)
        if close and before[-1].action is Action.DOWNLOADED:
            return entries[n].on
    return None


def _latest_reply(profile: LeadProfile, today: date) -> Waiting | None:
    found = [Waiting(e.on) for e in past(profile, today) if e.action is Action.REPLIED]
    if (told := profile.facts.replied_at) and told.date() <= today + timedelta(days=1):
        found.append(Waiting(told.date()))
    return max(found, key=lambda w: w.on or date.min, default=None)


def _answered(profile: LeadProfile, today: date, reply: Waiting) -> bool:
    """True when something of ours came after the reply; times count where both are known."""
    facts, on = profile.facts, reply.on or date.min
    if facts.answered_at:
        exact = facts.replied_at is not None and facts.replied_at.date() == on
        after = (
            _utc(facts.answered_at) >= _utc(facts.replied_at)
            if exact and facts.replied_at
            else facts.answered_at.date() >= on
        )
        if after:
            return True
    entries = past(profile, today)
    replies = [
        n for n, e in enumerate(entries)
        if e.on == on and e.action is Action.REPLIED
    ]  # fmt: skip
    if replies:
        return any(e.action in ANSWERS for e in entries[replies[-1] + 1 :])
    # The reply is known by its time only: a touch of the same day is what it replied to.
    return any(
        (e.on > on and e.action in ANSWERS) or (e.on == on and e.action is Action.ANSWERED)
        for e in entries
    )


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

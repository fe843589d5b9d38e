"""What a lead's record says: touches, silence, unanswered replies, requests for sales.

Entries dated after `today` are plans or slips of the clock and are not counted, opt-outs aside
(see channels). History is put in order by date; entries of one day keep the order they came in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from knowledge.asking import asks_for_sales
from knowledge.channels import open_channels
from knowledge.leads import OURS, TOUCHES, Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.pacing_later import asked_to_wait_until
from knowledge.pacing_stop import asks_to_stop

SILENT = frozenset({Action.NO_ANSWER, Action.OPTED_OUT})
"""Recorded among the lead's acts, but no sign of interest."""

ANSWERS = frozenset({Action.ANSWERED, Action.SENT, Action.CALLED, Action.MET})
"""What answers a reply: ours, and talking with each other; a newsletter answers nobody."""

_DEEDS = {
    Action.REQUESTED_DEMO: "asked for a demo",
    Action.REQUESTED_QUOTE: "asked for an offer",
    Action.BOOKED_MEETING: "booked a meeting",
}
_OWN_WORDS = frozenset({Action.REPLIED, Action.ASKED})
_SPOKEN = _OWN_WORDS | {Action.MET_AT_EVENT}
"""Acts whose note holds what the lead said."""
_PASSIVE = frozenset({
    Action.OPENED, Action.CLICKED, Action.DOWNLOADED, Action.READ, Action.WATCHED, Action.VISITED,
    Action.VISITED_PRICING, Action.ATTENDED, Action.REGISTERED, Action.JOINED_LIST,
    Action.FORWARDED, Action.OPTED_IN,
})  # fmt: skip
"""Acts whose note is mostly a title or page ("Request a demo"), unless somebody speaks in it."""
_SPEAKS = re.compile(r"\b(?:i|i'd|i'm|we|we'd|me|us|you|your|please|pls)\b", re.IGNORECASE)
_TOLD = re.compile(
    r"^(?:wants|needs|requests|requested|asks for|interested)\b"
    r"|\b(?:she|he|they|lead|client|customer|buyer|prospect) (?:now |also )?"
    r"(?:wants?|needs?|asks|asked|requests|requested|would like|is interested|are interested)\b",
    re.IGNORECASE,
)
"""A rep's note of a call that says what the lead wants, not what the rep offered."""
_AT_ONCE = frozenset({"a demo", "an offer", "contract terms"})
"""Asked for with a date ("a demo in March"), these are asked for; a call in March is not yet."""
_NOT_NOW = re.compile(
    r"\bnot (?:now|yet|right now|at the moment|this \w+)\b|\btoo early\b", re.IGNORECASE
)
_TALKED = frozenset({Action.CALLED, Action.MET})
"""Talks whose note is the rep's."""
_TELLS_LATER = _SPOKEN | _TALKED
"""Where a later date or a no may be noted: the lead's words, and a rep's note of a talk."""


Hear = Callable[[str], str | None]
"""Names what words ask for ("a demo"), or None when they ask for nothing of sales."""


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


def sales_request(profile: LeadProfile, today: date, hear: Hear = asks_for_sales) -> str | None:
    """How the lead asked for sales, as the rest of a sentence ("asked for a demo on ..."), or None.

    What came before the lead's last purchase is settled and does not count; what the present ask
    says always does. `hear` names what words ask for.
    """
    for question in profile.questions:
        if kind := _asked_for(question, today, today, hear):
            return f"asks for {kind}"
    entries = _with_meetings(profile, today)
    back = profile.given_back_on
    if back is not None:
        entries = [e for e in entries if e.on > back]
    bought = [n for n, e in enumerate(entries) if e.action is Action.BOUGHT]
    for entry in reversed(entries[bought[-1] + 1 :] if bought else entries):
        when = f" on {entry.on.day} {entry.on:%b %Y}"
        if deed := _DEEDS.get(entry.action):
            return deed + when
        # Only a lead's own sentences are heard by more than rules; other notes are descriptions.
        ear = hear if entry.action in _OWN_WORDS else asks_for_sales
        if _is_speech(entry) and (kind := _asked_for(entry.note, entry.on, today, ear)):
            return f"asked for {kind}{when}"
    if not bought and back is None:
        for text in (profile.facts.problem, profile.facts.intent):
            if text and (kind := asks_for_sales(text)):
                return f"wants {kind}, their record says"
    return None


def asked_us_to_stop(profile: LeadProfile, today: date, channel: str = "email") -> date | None:
    """The day on which the lead asked in words not to be contacted, or None.

    A later opt-in, for this channel or for all, undoes it. Like every opt-out it counts whatever
    its date, while an opt-in counts from its own day.
    """
    if any(asks_to_stop(q) for q in profile.questions):
        return today
    entries = sorted(profile.history, key=lambda e: e.on)
    said = [n for n, e in enumerate(entries) if e.action in _TELLS_LATER and asks_to_stop(e.note)]
    if not said:
        return None
    on = entries[said[-1]].on
    since = [e for e in entries[said[-1] + 1 :] if e.action is Action.OPTED_IN and e.on <= today]
    heard = LeadProfile(LeadFacts(), (HistoryEntry(Action.OPTED_OUT, on), *since))
    return None if channel in open_channels(heard) else on


def problem_known(profile: LeadProfile, today: date) -> bool:
    """Whether anything is known of what the lead struggles with: a fact, or a question."""
    asked = (e.note for e in past(profile, today) if e.action is Action.ASKED)
    told = (profile.facts.problem, profile.facts.intent, *profile.questions, *asked)
    return any(t and t.strip() for t in told)


def later_date(profile: LeadProfile, today: date) -> date | None:
    """The day from which the lead wants to hear from us again; None when it named none.

    The date given as a fact decides while it is ahead; else what the lead said last, in words.
    """
    given = profile.facts.contact_after
    if given and given > today:
        return given
    said = [(e.note, e.on) for e in past(profile, today) if e.action in _TELLS_LATER and e.note] + [
        (q, today) for q in profile.questions
    ]
    dates = [d for text, on in said if (d := asked_to_wait_until(text, on))]
    return dates[-1] if dates else given


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


def _with_meetings(profile: LeadProfile, today: date) -> list[HistoryEntry]:
    """The past, and meetings booked for a day to come: such an entry bears the meeting's date."""
    ahead = [e for e in profile.history if e.on > today and e.action is Action.BOOKED_MEETING]
    return [*past(profile, today), *ahead]


def _is_speech(entry: HistoryEntry) -> bool:
    if entry.action in _PASSIVE:
        return bool(_SPEAKS.search(entry.note))
    if entry.action in _TALKED:
        return bool(_TOLD.search(entry.note))
    return entry.action in _SPOKEN


def _asked_for(text: str, on: date, today: date, hear: Hear) -> str | None:
    """What words of that day ask for, unless they put it off to a day that has not come."""
    kind = hear(text)
    if kind and (kind not in _AT_ONCE or _NOT_NOW.search(text)):
        until = asked_to_wait_until(text, on)
        return None if until and until > today else kind
    return kind


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

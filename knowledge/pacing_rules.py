"""The pacing rules: each gives a verdict on a lead's situation, or None (M16, M50)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge import lead_record as record
from knowledge.asking import asks_for_sales
from knowledge.channels import open_channels
from knowledge.leads import Action, LeadProfile
from knowledge.pacing_settings import CAP_WINDOW_DAYS, PacingSettings
from knowledge.touch import PaceDecision


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says: the decision, its sentence, and when to act or look again."""

    rule: str
    decision: PaceDecision
    reason: str
    when: date | None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a rule may look at."""

    profile: LeadProfile
    today: date
    settings: PacingSettings
    gap_days: int
    gap_why: str
    touches: int
    budget: int
    hear: record.Hear = asks_for_sales
    channel: str = "email"
    account_cap: int = 3
    handed_over: str = ""

    @property
    def who(self) -> str:
        """The lead's first name, or what to call one whose name is not known."""
        return self.profile.facts.first_name or "The lead"


Rule = Callable[[Situation], Verdict | None]


def _opted_out(case: Situation) -> Verdict | None:
    # An opt-out counts from the day it is known, an opt-in only from its own day.
    history = tuple(
        e for e in case.profile.history if e.on <= case.today or e.action is not Action.OPTED_IN
    )
    if open_channels(replace(case.profile, history=history)):
        return _asked_to_stop(case)
    return Verdict(
        "opted_out",
        PaceDecision.WAIT,
        f"{case.who} opted out of every channel; send nothing unless they ask for it again.",
        None,
    )


def _asked_to_stop(case: Situation) -> Verdict | None:
    on = record.asked_us_to_stop(case.profile, case.today, case.channel)
    if not on:
        return None
    return Verdict(
        "opted_out",
        PaceDecision.WAIT,
        f"{case.who} asked not to be contacted ({day(on)}); send nothing, and record it as an "
        "opt-out.",
        None,
    )


def _handed_over(case: Situation) -> Verdict | None:
    if not case.handed_over:
        return None
    told = f"{case.who} {case.handed_over}; nothing is to be sent until somebody gives them back."
    return Verdict("handed_over", PaceDecision.HAND_OVER, told, case.today)


def _qualified(case: Situation) -> Verdict | None:
    if not case.profile.facts.qualified:
        return None
    return Verdict(
        "qualified",
        PaceDecision.HAND_OVER,
        f"{case.who} is marked qualified; hand over to sales with the whole history.",
        case.today,
    )


def _asked_for_sales(case: Situation) -> Verdict | None:
    asked = record.sales_request(case.profile, case.today, case.hear)
    if not asked:
        return None
    return Verdict(
        "asked_for_sales",
        PaceDecision.HAND_OVER,
        f"{case.who} {asked}; hand over to sales with the whole history.",
        case.today,
    )


def _unanswered_reply(case: Situation) -> Verdict | None:
    waiting = record.waiting_since(case.profile, case.today)
    if not waiting:
        return None
    when = f" on {day(waiting.on)}" if waiting.on else ""
    told = f"{case.who} replied{when} and is still" if waiting.on else f"{case.who} is"
    return Verdict(
        "unanswered_reply",
        PaceDecision.WAIT,
        f"{told} waiting for an answer; answer first.",
        case.today + timedelta(days=1),
    )


def _account_touched(case: Situation) -> Verdict | None:
    on, quiet = case.profile.facts.account_touched_on, case.settings.account_quiet_days
    # A colleague's appointment in the days to come is as good a reason to keep quiet.
    if on is None or abs((on - case.today).days) >= quiet:
        return None
    did = "were" if on <= case.today else "will be"
    until = on + timedelta(days=quiet)
    return Verdict(
        "account_touched",
        PaceDecision.WAIT,
        f"You or a colleague {did} in touch with this account on {day(on)}; "
        f"wait until {day(until)}.",
        until,
    )


def _account_cap(case: Situation) -> Verdict | None:
    """The account heard from us as often as it may in a week, all its people together."""
    days_of = [t.on for t in case.profile.account_touches if t.on <= case.today]
    until = cap_until(days_of, case.account_cap, case.today)
    if until <= case.today:
        return None
    count = in_window(days_of, case.today)
    return Verdict(
        "account_cap",
        PaceDecision.WAIT,
        f"This account heard from us {count} times in the last {CAP_WINDOW_DAYS} days, and "
        f"{case.account_cap} is the most for all its people together; wait until {day(until)}.",
        until,
    )


def in_window(days_of: Sequence[date], today: date) -> int:
    """How many touches were made in the last seven days, today included."""
    return sum(0 <= (today - on).days < CAP_WINDOW_DAYS for on in days_of)


def cap_until(days_of: Sequence[date], cap: int, today: date) -> date:
    """The first day from today on which there is room for one more touch of the account."""
    lately = sorted(on for on in days_of if 0 <= (today - on).days < CAP_WINDOW_DAYS)
    if len(lately) < cap:
        return today
    return lately[len(lately) - cap] + timedelta(days=CAP_WINDOW_DAYS)


def _gap(case: Situation) -> Verdict | None:
    last = record.last_touch(case.profile, case.today)
    if last is None or (ends := last + timedelta(days=case.gap_days)) <= case.today:
        return None
    return Verdict(
        "gap",
        PaceDecision.WAIT,
        f"Our last touch was on {day(last)} and the gap is {days(case.gap_days)}"
        f"{case.gap_why}; the next one is due on {day(ends)}.",
        ends,
    )


def _contact_after(case: Situation) -> Verdict | None:
    asked = record.later_date(case.profile, case.today)
    if asked is None or asked <= case.today:
        return None
    return Verdict(
        "contact_after",
        PaceDecision.WAIT,
        f"{case.who} asked to hear from us after {day(asked)}; wait until then.",
        asked,
    )


def all_sent(case: Situation, not_before: date | None = None) -> Verdict:
    """The lead was sent or has seen everything that fits: known after ranking only.

    `not_before` is the day that another wait names; looking again earlier would be in vain.
    """
    look = case.today + timedelta(days=case.settings.all_sent_rest_days)
    look = max(look, not_before or look)
    return Verdict(
        "all_sent",
        PaceDecision.WAIT,
        f"{case.who} was sent or has seen everything that fits; wait for a new piece and look "
        f"again on {day(look)}.",
        look,
    )


def _budget_spent(case: Situation) -> Verdict | None:
    if case.touches < case.budget:
        return None
    look = case.today + timedelta(days=case.settings.budget_rest_days)
    return Verdict(
        "budget",
        PaceDecision.WAIT,
        f"All {case.budget} planned touches are used; let the lead rest, keep it active, and look "
        f"again on {day(look)}.",
        look,
    )


def _problem_unknown(case: Situation) -> Verdict | None:
    if record.problem_known(case.profile, case.today):
        return None
    return Verdict(
        "problem_unknown",
        PaceDecision.ASK,
        "We do not know this lead's problem yet; ask about it before sending anything.",
        case.today,
    )


def due(case: Situation) -> Verdict:
    """Nothing speaks against a touch today."""
    last = record.last_touch(case.profile, case.today)
    why = f"Our last touch was on {day(last)}" if last else "No touch so far"
    return Verdict(
        "due",
        PaceDecision.SEND,
        f"{why} and nothing speaks against one now.",
        case.today,
    )


RULES: tuple[Rule, ...] = (
    _opted_out, _handed_over, _qualified, _asked_for_sales, _unanswered_reply, _account_touched,
    _account_cap, _gap, _contact_after, _budget_spent, _problem_unknown,
)  # fmt: skip
"""In the contract's order; the first verdict decides. `all_sent` joins after ranking."""


def day(on: date) -> str:
    """A date as a rep reads it: 3 Nov 2026."""
    return f"{on.day} {on:%b %Y}"


def days(count: int) -> str:
    """A number of days, in words."""
    return f"{count} day" if count == 1 else f"{count} days"

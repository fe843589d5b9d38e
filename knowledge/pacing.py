"""When to touch a lead: small rules in a fixed order; the first that applies decides (M16, M50).

Every other rule that applies is told as well. The order is the contract's: opted out, sales-ready,
a reply nobody answered, a colleague's contact, the gap, a date the lead asked for, everything sent
already, the budget, an unknown problem; else send.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from knowledge import lead_record as record
from knowledge.channels import downloaded_lately, open_channels, parse_channel
from knowledge.leads import LeadProfile
from knowledge.pacing_settings import PacingSettings, load_pacing
from knowledge.touch import Pace, PaceDecision, StageReading

__all__ = ["PacingSettings", "all_sent_pace", "decide_pace", "load_pacing", "plan_warnings"]


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

    @property
    def who(self) -> str:
        """The lead's first name, or what to call one whose name is not known."""
        return self.profile.facts.first_name or "The lead"


Rule = Callable[[Situation], Verdict | None]


def decide_pace(
    profile: LeadProfile,
    today: date,
    settings: PacingSettings | None = None,
    stage: StageReading | None = None,
    channel: str = "email",
) -> Pace:
    """Decide whether to send, wait, ask or hand over today, and say why.

    `when` is None for a lead who opted out of every channel, `today` for send, ask and hand over,
    and later than today for every other wait. Whether everything that fits was sent already is
    known after ranking only: see `all_sent_pace`.
    """
    case = _situation(profile, today, settings or PacingSettings(), stage)
    verdicts = [v for rule in RULES if (v := rule(case))]
    return _pace(case, verdicts or [_due(case)], channel)


def all_sent_pace(
    profile: LeadProfile,
    today: date,
    settings: PacingSettings | None = None,
    stage: StageReading | None = None,
    *,
    pace: Pace,
) -> Pace:
    """Turn `pace` into a wait because the lead was sent all that fits, where that rule decides.

    A pace that an earlier rule decided keeps its decision and tells this reason as well.
    """
    case = _situation(profile, today, settings or PacingSettings(), stage)
    verdict = _all_sent(case)
    later = ("budget", "problem_unknown", "due")
    if pace.rule not in later:
        return replace(pace, also=(*pace.also, verdict.reason))
    others = pace.also if pace.rule == "due" else (pace.reason, *pace.also)
    when = max(d for d in (verdict.when, pace.when) if d)
    return replace(
        pace, decision=verdict.decision, reason=verdict.reason, when=when, rule=verdict.rule,
        also=others,
    )  # fmt: skip


def _opted_out(case: Situation) -> Verdict | None:
    if open_channels(case.profile):
        return None
    return Verdict(
        "opted_out",
        PaceDecision.WAIT,
        f"{case.who} opted out of every channel; send nothing unless they ask for it again.",
        None,
    )


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
    asked = record.sales_request(case.profile, case.today)
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
    when = f" on {_day(waiting.on)}" if waiting.on else ""
    what = "asked something" if waiting.asked else "replied"
    told = f"{case.who} {what}{when} and is still" if waiting.on else f"{case.who} is"
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
    did = "was" if on <= case.today else "will be"
    until = on + timedelta(days=quiet)
    return Verdict(
        "account_touched",
        PaceDecision.WAIT,
        f"A colleague {did} in touch with this account on {_day(on)}; wait until {_day(until)}.",
        until,
    )


def _gap(case: Situation) -> Verdict | None:
    last = record.last_touch(case.profile, case.today)
    if last is None or (due := last + timedelta(days=case.gap_days)) <= case.today:
        return None
    return Verdict(
        "gap",
        PaceDecision.WAIT,
        f"Our last touch was on {_day(last)} and the gap is {_days(case.gap_days)}"
        f"{case.gap_why}; the next one is due on {_day(due)}.",
        due,
    )


def _contact_after(case: Situation) -> Verdict | None:
    asked = case.profile.facts.contact_after
    if asked is None or asked <= case.today:
        return None
    return Verdict(
        "contact_after",
        PaceDecision.WAIT,
        f"{case.who} asked to hear from us after {_day(asked)}; wait until then.",
        asked,
    )


def _all_sent(case: Situation) -> Verdict:
    look = case.today + timedelta(days=case.settings.all_sent_rest_days)
    return Verdict(
        "all_sent",
        PaceDecision.WAIT,
        f"{case.who} was sent or has seen everything that fits; wait for a new piece and look "
        f"again on {_day(look)}.",
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
        f"again on {_day(look)}.",
        look,
    )


def _problem_unknown(case: Situation) -> Verdict | None:
    facts = case.profile.facts
    told = (facts.problem, facts.intent, *case.profile.asked)
    if any(t and t.strip() for t in told):
        return None
    return Verdict(
        "problem_unknown",
        PaceDecision.ASK,
        "We do not know this lead's problem yet; ask about it before sending anything.",
        case.today,
    )


def _due(case: Situation) -> Verdict:
    last = record.last_touch(case.profile, case.today)
    why = f"Our last touch was on {_day(last)}" if last else "No touch so far"
    return Verdict(
        "due",
        PaceDecision.SEND,
        f"{why} and nothing speaks against one now.",
        case.today,
    )


RULES: tuple[Rule, ...] = (
    _opted_out, _qualified, _asked_for_sales, _unanswered_reply, _account_touched, _gap,
    _contact_after, _budget_spent, _problem_unknown,
)  # fmt: skip
"""In the contract's order; the first verdict decides. `_all_sent` joins after ranking."""

DATED = frozenset({"account_touched", "gap", "contact_after"})
"""Waits for a date: looking again before the last of them would only bring the next wait."""


def plan_warnings(
    profile: LeadProfile, today: date, settings: PacingSettings, channel: str = "email"
) -> tuple[str, ...]:
    """Sentences about a plan of lead, then call, then sale, with what to do instead (M11)."""
    warnings = []
    if parse_channel(channel) == "phone" and downloaded_lately(
        profile, today, settings.call_after_download_days
    ):
        warnings.append(
            "A call right after a download feels like a chase; send another educational piece "
            "first."
        )
    called = record.called_after_download(profile, today, settings.call_after_download_days)
    if called:
        warnings.append(
            f"The call on {_day(called)} came right after a download: lead, then call, then sale "
            "loses people. Go on with pieces that answer their questions."
        )
    return tuple(warnings)


def _situation(
    profile: LeadProfile, today: date, settings: PacingSettings, stage: StageReading | None
) -> Situation:
    at = stage.stage if stage else profile.facts.stage
    facts = profile.facts
    plan = settings.plan_for(facts.product_line, facts.segment, at)
    gap_days, gap_why = _gap_in_force(profile, today, settings, plan.gap_days)
    return Situation(
        profile=profile,
        today=today,
        settings=settings,
        gap_days=gap_days,
        gap_why=gap_why,
        touches=record.touches_done(profile, today),
        budget=facts.budget if facts.budget is not None else plan.budget,
    )


def _gap_in_force(
    profile: LeadProfile, today: date, settings: PacingSettings, planned: int
) -> tuple[int, str]:
    """The gap in days, and why it is not the usual one (M6)."""
    given = profile.facts.gap_days
    gap, why = (planned, "") if given is None else (given, ", as set for this lead")
    silent = record.unanswered_touches(profile, today)
    acts = record.acts_within(profile, today, settings.engaged_within_days)
    if silent >= settings.unanswered_touches:
        if settings.unanswered_days > gap:
            gap = settings.unanswered_days
            why = f" because {silent} touches got no answer"
    elif acts >= settings.engaged_acts and settings.engaged_days < gap:
        gap = settings.engaged_days
        why = f" because the lead did {acts} things in a week"
    return gap, why


def _pace(case: Situation, verdicts: list[Verdict], channel: str) -> Pace:
    first, *rest = verdicts
    when = first.when
    if first.rule in DATED:
        dates = [v.when for v in verdicts if v.rule in DATED and v.when]
        when = max(dates, default=when)
    return Pace(
        decision=first.decision,
        reason=first.reason,
        when=when,
        touch_number=case.touches + 1,
        budget=case.budget,
        gap_days=case.gap_days,
        rule=first.rule,
        also=tuple(v.reason for v in rest),
        warnings=plan_warnings(case.profile, case.today, case.settings, channel),
    )


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"

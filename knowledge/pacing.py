"""When to touch a lead: small rules in a fixed order; the first that applies decides (M16, M50).

Every other rule that applies is told as well. The order is the contract's: opted out, sales-ready,
a reply nobody answered, a colleague's contact with the account and the account's cap, the gap, a
date the lead asked for, everything sent already, the budget, an unknown problem; else send.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge import lead_record as record
from knowledge.asking import asks_for_sales
from knowledge.channels import downloaded_lately, parse_channel
from knowledge.leads import LeadProfile
from knowledge.pacing_rules import RULES, Situation, Verdict, all_sent, cap_until, day, due
from knowledge.pacing_settings import PacingSettings, PlanPace, load_pacing
from knowledge.touch import Pace, StageReading

__all__ = [
    "PacingSettings", "account_cap_until", "all_sent_pace", "decide_pace", "load_pacing",
    "plan_warnings",
]  # fmt: skip
account_cap_until = cap_until


def decide_pace(
    profile: LeadProfile,
    today: date,
    settings: PacingSettings | None = None,
    stage: StageReading | None = None,
    channel: str = "email",
    *,
    hear: record.Hear = asks_for_sales,
    plan: PlanPace | None = None,
) -> Pace:
    """Decide whether to send, wait, ask or hand over today, and say why.

    `when` is None for a lead who opted out of every channel, `today` for send, ask and hand over,
    and later than today for every other wait. `hear` names what a lead's words ask for. Whether
    everything that fits was sent already is known after ranking only: see `all_sent_pace`. `plan`
    is what the lead's track says of gap and budget; what is known of the lead itself wins.
    """
    case = _situation(profile, today, settings or PacingSettings(), stage, plan or PlanPace())
    case = replace(case, hear=hear, channel=parse_channel(channel) or channel)
    verdicts = [v for rule in RULES if (v := rule(case))]
    return _pace(case, verdicts or [due(case)], channel)


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
    case = _situation(profile, today, settings or PacingSettings(), stage, PlanPace())
    later = ("budget", "problem_unknown", "due")
    if pace.rule not in later:
        return replace(pace, also=(*pace.also, all_sent(case).reason))
    verdict = all_sent(case, pace.when)
    others = pace.also if pace.rule == "due" else (pace.reason, *pace.also)
    return replace(
        pace, decision=verdict.decision, reason=verdict.reason, when=verdict.when,
        rule=verdict.rule, also=others,
    )  # fmt: skip


DATED = frozenset({"unanswered_reply", "account_touched", "account_cap", "gap", "contact_after"})
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
            f"The call on {day(called)} came right after a download: lead, then call, then sale "
            "loses people. Go on with pieces that answer their questions."
        )
    return tuple(warnings)


def _situation(
    profile: LeadProfile,
    today: date,
    settings: PacingSettings,
    stage: StageReading | None,
    track: PlanPace,
) -> Situation:
    at = stage.stage if stage else profile.facts.stage
    facts = profile.facts
    plan = settings.plan_for(facts.product_line, facts.segment or track.segment, at)
    planned = (track.gap_days, track.gap_why) if track.gap_days else (plan.gap_days, "")
    gap_days, gap_why = _gap_in_force(profile, today, settings, planned)
    budget = plan.budget if track.budget is None else track.budget
    return Situation(
        profile=profile,
        today=today,
        settings=settings,
        gap_days=gap_days,
        gap_why=gap_why,
        touches=record.touches_done(profile, today),
        account_cap=plan.account_touches,
        budget=facts.budget if facts.budget is not None else budget,
        handed_over=track.handed_over,
    )


def _gap_in_force(
    profile: LeadProfile, today: date, settings: PacingSettings, planned: tuple[int, str]
) -> tuple[int, str]:
    """The gap in days, and why it is not the usual one (M6)."""
    given = profile.facts.gap_days
    gap, why = planned if given is None else (given, ", as set for this lead")
    silent = record.unanswered_touches(profile, today)
    acts = record.acts_within(profile, today, settings.engaged_within_days)
    if silent >= settings.unanswered_touches and settings.unanswered_days > gap:
        gap = settings.unanswered_days
        why = f" because {silent} touches got no answer"
    # The contract names it last: a lead who did much this week is engaged, whatever came before.
    if acts >= settings.engaged_acts and settings.engaged_days < gap:
        gap = settings.engaged_days
        why = f" because the lead did {acts} things in a week"
    return gap, why


def _pace(case: Situation, verdicts: list[Verdict], channel: str) -> Pace:
    first, *rest = verdicts
    when, reason = first.when, first.reason
    if first.rule in DATED:
        dates = [v.when for v in verdicts if v.rule in DATED and v.when]
        when = max(dates, default=when)
    if when and when != first.when:  # a reason that names an earlier day than `when` confuses
        reason = f"{reason.removesuffix('.')}; another reason to wait lasts until {day(when)}."
    return Pace(
        decision=first.decision,
        reason=reason,
        when=when,
        touch_number=case.touches + 1,
        budget=case.budget,
        gap_days=case.gap_days,
        rule=first.rule,
        also=tuple(v.reason for v in rest),
        warnings=plan_warnings(case.profile, case.today, case.settings, channel),
    )

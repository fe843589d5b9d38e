"""Which bucket a lead that is not qualified stands in, and why: exactly one (M51)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from knowledge import lead_record as record
from knowledge.asking import asks_for_sales
from knowledge.channels import open_channels
from knowledge.journey import Stage
from knowledge.leads import OURS
from knowledge.pacing_rules import day
from knowledge.pacing_settings import PacingSettings
from knowledge.plan_rules import Standing, is_customer
from knowledge.segments import LAST_BUCKET, Segments

ECONOMIC_BUYER = "economic_buyer"


@dataclass(frozen=True, slots=True)
class InBucket:
    """The bucket's id and why the lead stands in it."""

    bucket: str
    why: str


@dataclass(frozen=True, slots=True)
class _Case:
    lead: Standing
    pacing: PacingSettings
    silent: tuple[int, int]
    budget: int


def is_qualified(lead: Standing, hear: record.Hear = asks_for_sales) -> bool:
    """Whether sales has it, or is to have it: it is qualified, or asked for sales."""
    profile = lead.profile
    return bool(profile.facts.qualified) or (
        record.sales_request(profile, lead.today, hear) is not None
    )


def bucket_of(
    lead: Standing,
    segments: Segments,
    pacing: PacingSettings,
    segment: str,
    *,
    hear: record.Hear = asks_for_sales,
    budget: int | None = None,
) -> InBucket | None:
    """The one bucket of a lead, None for a customer or a qualified one; `budget` is in force."""
    if is_customer(lead) or is_qualified(lead, hear):
        return None
    facts, stage = lead.profile.facts, lead.profile.facts.stage or lead.stage
    if budget is None:
        planned = pacing.plan_for(facts.product_line, facts.segment or segment, stage).budget
        budget = facts.budget if facts.budget is not None else planned
    case = _Case(lead, pacing, segments.silent, budget)
    for name in segments.order_for(segment):
        rule = segments.bucket(name).rule
        why = _TESTS[name](case) if rule is None else "; ".join(rule.told) * rule.fits(lead)
        if why:
            return InBucket(name, why)
    return InBucket(LAST_BUCKET, _TESTS[LAST_BUCKET](case))


def silence(lead: Standing, touches: int, days: int) -> str:
    """Since when a lead is silent for long, in words; empty while it is not."""
    profile, today = lead.profile, lead.today
    unanswered = record.unanswered_touches(profile, today)
    if unanswered < touches:
        return ""
    past = record.past(profile, today)
    signs = [e.on for e in past if e.action not in OURS and e.action not in record.SILENT]
    since = signs[-1] if signs else min(e.on for e in past)
    if (today - since).days < days:
        return ""
    told = f"no sign of life since {day(since)}" if signs else "never a sign of life"
    return f"{unanswered} touches without an answer, {told}"


def timing(lead: Standing) -> str:
    """The later day a lead named, in words, until it has come."""
    later = record.later_date(lead.profile, lead.today)
    return f"wants to hear from us from {day(later)}" if later and later > lead.today else ""


def _opted_out(case: _Case) -> str:
    profile, today = case.lead.profile, case.lead.today
    if not open_channels(profile):
        return "opted out of every channel"
    asked = record.asked_us_to_stop(profile, today)
    return f"asked us to stop on {day(asked)}" if asked else ""


def _budget(case: _Case) -> str:
    done = record.touches_done(case.lead.profile, case.lead.today)
    return f"{done} touches of {case.budget} are used" if done >= case.budget else ""


def _no_decider(case: _Case) -> str:
    lead = case.lead
    stage, roles = lead.profile.facts.stage or lead.stage, lead.profile.account_roles
    if stage is None or stage.order < Stage.CONSIDERATION.order or roles is None:
        return ""
    own = (lead.profile.facts.buying_role or "").strip().lower().replace(" ", "_")
    if ECONOMIC_BUYER in {own, *roles}:
        return ""
    return f"at {stage}, and nobody who holds the budget was reached in the account"


_TESTS: dict[str, Callable[[_Case], str]] = {
    "opted_out": _opted_out,
    "timing_later": lambda case: timing(case.lead),
    "went_silent": lambda case: silence(case.lead, *case.silent),
    "budget_spent": _budget,
    "problem_unknown": lambda case: (
        "" if record.problem_known(case.lead.profile, case.lead.today)
        else "no problem, intent or question is on record"
    ),
    "no_decider": _no_decider,
    "never_touched": lambda case: (
        "" if record.last_touch(case.lead.profile, case.lead.today) else "no touch so far"
    ),
    LAST_BUCKET: lambda _: "nothing is missing but the next step",
}  # fmt: skip
"""Each says why a lead stands in the bucket, or nothing when it does not."""

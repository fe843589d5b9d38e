"""What is kept for how long: each kind of data with its setting, and why there is an end to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kept(StrEnum):
    """A kind of data that goes after a time; `docs/privacy.md` lists each."""

    PAYLOADS = "payloads"
    PROPOSALS = "proposals"
    UNDECIDED = "undecided"
    WORDINGS = "wordings"
    LEADS = "leads"
    LOGS = "logs"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind: the name of its setting (in days), what goes, and what stays."""

    kept: Kept
    setting: str
    goes: str
    stays: str


RULES = (
    Rule(Kept.PAYLOADS, "keep_payloads_days",
         "What came from Slack or was to go there, and was never dealt with or delivered",
         "Its key, so that a repeat is known"),
    Rule(Kept.PROPOSALS, "keep_proposals_days",
         "Pieces that were read and nobody confirmed", "Nothing"),
    Rule(Kept.UNDECIDED, "keep_undecided_days",
         "The words of suggestions that nobody decided", "Stage, rules and days"),
    Rule(Kept.WORDINGS, "keep_wordings_days",
         "The wording of questions that nothing answered", "How often, at which stage"),
    Rule(Kept.LEADS, "keep_leads_days",
         "Leads without any contact or news", "What came of their touches, without a name"),
    Rule(Kept.LOGS, "keep_logs_days", "Lines of the log file", "Nothing"),
)  # fmt: skip
"""Every kind, in the order in which they go."""

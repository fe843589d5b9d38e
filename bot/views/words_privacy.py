"""The words about what is held on leads, how long, and how it goes."""

from __future__ import annotations

from knowledge.retention import Kept

HELD_HEAD = "Everything held on {lead_id}"
NOTHING_HELD = "Nothing."

HELD = {
    "lead": "What is known now",
    "lead_fact": "What was learnt, from whom and when",
    "lead_history": "What happened",
    "lead_plan": "The track it is on",
    "handover": "That sales took it over",
    "suggestion": "Suggestions: figures and decisions",
    "suggestion_text": "Suggestions: what was asked, drafted, edited, sent and said",
    "touch_outcome": "What came of approved touches",
    "touch_check": "What checks found in drafts",
    "review_note": "Flags, comments and answers",
    "review_text": "Their words",
    "review_sample": "Drawn into a week's sample",
    "content_miss": "Questions that nothing answered",
    "answered_question": "Questions of theirs that a piece is said to answer",
    "request_group": "Content requests whose reason names them",
    "proposal": "Pieces read that name them",
    "signal": "Signals of other tools that wait",
    "unmatched": "Signs of theirs that nobody gave to a lead yet",
    "lead_file": "Lists of leads sent in Slack that name them",
    "inbox": "Messages, windows and buttons from Slack that wait",
    "outbox": "Messages to Slack that wait",
    "crm_link": "Records of theirs in the CRM",
    "crm_write": "What is to be written into the CRM",
    "audit": "Entries of the audit log",
}
"""The chapters of an export, in order; by table."""

GOES = {
    Kept.PAYLOADS: "messages never dealt with or delivered",
    Kept.PROPOSALS: "pieces that nobody confirmed",
    Kept.UNDECIDED: "suggestions that nobody decided",
    Kept.WORDINGS: "wordings of unanswered questions",
    Kept.LEADS: "leads without contact",
    Kept.LOGS: "lines of the log",
}
NEVER = "kept for ever"

SURE = "Erase {lead} everywhere? Nothing brings it back; `leads export` writes down what is held"


def erased(lead_id: str) -> str:
    """After an erasure."""
    return f"{lead_id} erased."


def still_held(left: tuple[str, ...]) -> str:
    """What other processes still hold after an erasure."""
    return (
        f"While another process reads, {' and '.join(left)} may still hold traces; "
        "the bot empties them at its next round, or run the command `trailguide retention run`."
    )


def kept_days(days: int) -> str:
    """For how long a kind is kept."""
    return f"after {days} days" if days else NEVER

"""What an ask was taken to say, in one small line."""

from __future__ import annotations

from bot.views import escape
from knowledge.touch import Ask

LINE = 400
MOST_QUESTIONS = 3


def understood_line(ask: Ask) -> str:
    """Who the lead was taken to be, and what was taken for their questions; inert mrkdwn."""
    facts = ask.facts
    who = [f for f in (facts.name, facts.role, facts.company, facts.industry) if f]
    asked = [f"“{q}”" for q in ask.questions[:MOST_QUESTIONS]]
    told = " · ".join((*who, *asked)) or "the lead on record, and no question"
    return f"I took from it: {escape.mrkdwn(told, LINE)}"

"""Loading every model and index before the first question, so that nobody waits for them."""

from __future__ import annotations

from bot.flow.canary import prove_at_start
from bot.flow.next_touch import recommend
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.touch import Ask
from knowledge.understanding import parse_message

WARM_UP = "How do teams plan maintenance, and what should they do first?"
"""Any question: it goes the way of an ask, and nothing is kept of it."""


def warm(tools: Tools) -> None:
    """Load what an ask needs: indexes, sentence models, and the chat model's client.

    `StorageFailed` when the audit log is another home's: every ask would be refused.
    """
    tools.audit.require_own(tools.db)
    tools.finder.warm()
    prove_at_start(tools)
    tools.intent_reader(parse_message(WARM_UP))
    tools.follow_up_reader(WARM_UP)
    today = team_date(tools.clock, tools.settings.time_zone)
    recommend(Ask(questions=(WARM_UP,), today=today), tools)
    tools.drafter.warm(WARM_UP)

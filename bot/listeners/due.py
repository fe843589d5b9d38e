"""What `/trailguide due` answers: the leads whose day has come."""

from __future__ import annotations

from bot.listeners.edge import Edge
from bot.views import escape, words_commands
from bot.views.blocks import Message, Part, bullets, message, section
from knowledge.clock import team_date
from storage.stored_suggestion import StoredSuggestion
from storage.suggestion_lists import latest_of

LOOKED_AT = 200
"""Of a person's latest suggestions: a few months of work; what is older has a newer one."""
SHOWN = 10


def due_message(user: str, edge: Edge) -> Message:
    """The leads that this person put off until a day that has come, or whose card is due."""
    today = team_date(edge.tools.clock, edge.tools.settings.time_zone)
    latest: dict[str, StoredSuggestion] = {}
    for stored in latest_of(edge.tools.db, user, LOOKED_AT):
        latest.setdefault(stored.lead_id or stored.id, stored)
    due = []
    for stored in latest.values():
        day = stored.snoozed_until or (stored.pace.when if stored.is_open else None)
        if day is not None and day <= today:
            due.append((day, stored))
    if not due:
        return message(words_commands.NOTHING_DUE, [Part(section(words_commands.NOTHING_DUE))])
    lines = [
        words_commands.due(_name(stored), day, waits=stored.is_open)
        for day, stored in sorted(due, key=lambda d: d[0])
    ]
    head = words_commands.due_head(len(lines), SHOWN)
    told = f"*{head}*\n{bullets(lines, 200, SHOWN)}"
    return message(escape.one_line(head), [Part(section(told))])


def _name(stored: StoredSuggestion) -> str:
    facts = stored.facts
    return " · ".join(t for t in (facts.name, facts.company) if t) or words_commands.A_LEAD

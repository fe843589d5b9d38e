"""Several leads fit what was asked: they are offered as buttons, and one press answers.

What was asked stays in a note beside the events, which an erasure empties; a button carries the
note's name and a number.
"""

from __future__ import annotations

import hashlib

from bot.flow.finding_leads import leads_on_record
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply, answer_to_asker
from bot.views import words_lead
from bot.views.blocks import Part, actions, button, message, section
from knowledge.understanding import Understanding
from storage.inbox import CHOICE

MOST_OFFERED = 5


def offer(event: Incoming, understood: Understanding, edge: Edge) -> list[Reply]:
    """The leads that fit, as buttons where the asker alone reads them."""
    known = {k.id: k for k in leads_on_record(edge.tools)}
    leads = [lead for lead, _ in understood.matches[:MOST_OFFERED] if lead in known]
    name = hashlib.sha256(event.key.encode()).hexdigest()[:16]
    edge.tools.inbox.note(_key(name), CHOICE, {"event": event.payload(), "leads": leads})
    told_apart = words_lead.labels([known[lead] for lead in leads])
    row = [button(f"choose_lead_{n}", told, f"{name}-{n}") for n, told in enumerate(told_apart)]
    told = words_lead.which(len(leads), MOST_OFFERED)
    asked = message(told, [Part(section(told)), Part(actions(row))])
    return answer_to_asker(event, edge, asked, "which")


def held(name: str, edge: Edge) -> tuple[Incoming, list[str]] | None:
    """What was asked, and the ids of the leads offered; None once that was erased."""
    note = edge.tools.inbox.payload(_key(name))
    return (Incoming.from_payload(note["event"]), list(note["leads"])) if note else None


def _key(name: str) -> str:
    return f"choice:{name}"

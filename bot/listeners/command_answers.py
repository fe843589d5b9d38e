"""What the words of the command answer: a lead in short, and gaps."""

from __future__ import annotations

from bot.flow.coverage import coverage
from bot.flow.finding_leads import leads_meant, leads_near
from bot.flow.lead_summary import lead_summary
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.lead_buttons import MOST, lead_buttons
from bot.listeners.replies import Reply
from bot.views import words_commands as words
from bot.views import words_lead
from bot.views.blocks import Message, Part, bullets, message, section
from bot.views.coverage import request_row
from bot.views.lead_summary import summary_message
from knowledge.journey import Stage
from knowledge.personas import load_definitions

WANTED = 7
LINE = 250


def lead(event: Incoming, edge: Edge) -> list[Reply]:
    """A summary of the lead that is named; buttons where several fit, or somebody near."""
    found = leads_meant(event.text, edge.tools)
    if len(found) == 1:
        summed = lead_summary(found[0].id, event.user, edge.tools)
        means = load_definitions(edge.tools.settings.home)
        return [Reply("lead", summary_message(summed, means), event.user)]
    if found:
        return [
            Reply("which", lead_buttons(words_lead.which(len(found), MOST + 1), found), event.user)
        ]
    near = leads_near(event.text, edge.tools)
    if near:
        told = f"{words_lead.NOBODY} {words_lead.NEAR}"
        return [Reply("near", lead_buttons(told, near), event.user)]
    return _told("nobody", f"{words_lead.NOBODY} {words_lead.WHO}", event)


def gaps(event: Incoming, edge: Edge) -> list[Reply]:
    """The most wanted questions that nothing answers, and the stages where nothing is (M47)."""
    found = coverage(edge.tools, by_question=False)
    empty = {
        stage: [p for p in found.personas if not found.cells[stage, p]]
        for stage in Stage
    }  # fmt: skip
    holes = [words.hole(stage, names) for stage, names in empty.items() if names]
    if not found.requests and not holes:
        return _told("gaps", words.NO_GAPS, event)
    parts = []
    if found.requests:
        parts.append(Part(section(f"*{words.WANTED}*")))
        parts += [Part(request_row(r)) for r in found.requests[:WANTED]]
    if holes:
        parts.append(Part(section(f"*{words.HOLES}*\n{bullets(holes, LINE, len(holes))}")))
    told = words.WANTED if found.requests else words.HOLES
    return [Reply("gaps", message(told, parts), event.user)]


def _told(part: str, told: str, event: Incoming) -> list[Reply]:
    return [Reply(part, Message(told.split("\n", 1)[0], (section(told),)), event.user)]

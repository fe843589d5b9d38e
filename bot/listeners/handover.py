"""Handing a lead over from its card, privately to its owner; giving it back; the definitions."""

from __future__ import annotations

from bot.flow.handover import give_back, hand_over
from bot.flow.plans import kept_handovers
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.lead_buttons import lead_marked, mark_of
from bot.listeners.owners import slack_id
from bot.listeners.replies import Reply
from bot.slack_files import File
from bot.views import escape, words, words_lead
from bot.views import words_handover as said
from bot.views.blocks import Part, actions, bullets, button, line, message, section
from bot.views.handover_page import handover_markdown
from knowledge.assets import is_slack_user
from knowledge.errors import BadInput
from knowledge.personas import load_definitions

GIVE, BACK = "hand_over", "give_back"


def give(event: Incoming, edge: Edge) -> list[Reply]:
    """Hand the card's lead over: the page to the owner's messages, one line to whoever pressed."""
    lead_id = edge.tools.suggestions.get(event.suggestion_id).lead_id
    if lead_id is None:
        raise BadInput(said.NOT_ON_RECORD)
    page = hand_over(lead_id, event.user, edge.tools, key=event.key)
    owner = slack_id(page.handover.owner, edge) if page.handover.owner else ""
    to = owner if is_slack_user(owner) else event.user
    kept_handovers(edge.tools).page_given(lead_id, to, event.user)
    file = File(said.FILE, said.TITLE, said.COMMENT, said.COMMENT,
                handover_markdown(page).encode())  # fmt: skip
    name = escape.mrkdwn(page.name or words.THIS_LEAD, 80)
    told = said.handed(f"<@{to}>", name)
    if not owner:
        told = f"{told} {said.NOBODY}"
    back = Part(actions([button(BACK, said.BACK, mark_of(lead_id))]))
    return [
        Reply("page", line(said.COMMENT), to, file=file),
        Reply("handed", message(told, [Part(section(told)), back]), event.user),
    ]


def back(event: Incoming, edge: Edge) -> list[Reply]:
    """Give the lead back to nurturing; the button goes."""
    lead_id = lead_marked(event.suggestion_id, edge.tools)
    if lead_id is None:
        raise BadInput(words_lead.NOBODY)
    held = kept_handovers(edge.tools).of(lead_id)
    if held is None or held.is_open:  # a second run finds it done
        give_back(lead_id, event.user, "", edge.tools)
    return [Reply("back", line(said.GIVEN_BACK), event.channel, update_ts=event.ts)]


def definitions(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide definitions`: what a lead, a sales lead and a qualified lead are."""
    told = load_definitions(edge.tools.settings.home)
    listed = bullets(said.lines(told), 500, len(told.meanings))
    shown = message(said.title(told), [Part(section(f"*{said.title(told)}*\n{listed}"))])
    return [Reply("definitions", shown, event.user)]


def is_card(event: Incoming) -> bool:
    """Whether the press is on a card; else on the line about a lead."""
    return event.kind is not Kind.ACTION or event.action == GIVE

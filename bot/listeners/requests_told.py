"""The message to a rep whose missed question a new piece answers, and its buttons (M47)."""

from __future__ import annotations

import hashlib

from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.listeners.showing import suggest, today_of
from bot.views import escape
from bot.views import words_coverage as words
from bot.views.blocks import Part, actions, button, message, section
from knowledge.assets import AssetStatus
from knowledge.content_requests import ContentRequest, Miss
from knowledge.errors import BadInput, NotFound
from knowledge.leads import LeadFacts
from knowledge.touch import Ask

MOST_LEADS = 5
SUGGEST = "answered_suggest_"
"""Action id of a lead's button, with its place in the row."""


def tell(event: Incoming, edge: Edge) -> list[Reply]:
    """Title, link and a button for each lead they asked for, where still on record."""
    try:
        request = edge.tools.request_groups.get(int(event.action))
        asset = edge.tools.library.get(event.suggestion_id)
    except NotFound:
        return []  # the piece or the request has gone since: nothing to tell
    if asset.status is not AssetStatus.APPROVED:
        return []
    asked = _asked_by(event.user, request)
    wording = next((m.wording for m in reversed(asked) if m.wording), "")
    shown = escape.link(asset.url, asset.title, {asset.url}, 200)
    told = words.told(escape.mrkdwn(wording or "", 200), shown)
    parts = [Part(section(f"*{words.ANSWERED_HEAD}*\n{told}"))]
    leads = _leads(asked, edge)[:MOST_LEADS]
    if leads:
        row = [
            button(f"{SUGGEST}{n}", words.SUGGEST_FOR.format(name=_name(f)), _value(request, lead))
            for n, (lead, f) in enumerate(leads)
        ]
        parts.append(Part(actions(row)))
    return [Reply("answered", message(words.ANSWERED_HEAD, parts), event.user)]


def suggest_for(event: Incoming, edge: Edge) -> list[Reply]:
    """The next touch for the lead whose button was pressed, with the question asked for them."""
    number, _, mark = event.suggestion_id.partition(":")
    # A request that was put into another since has its misses there.
    requests = sorted(edge.tools.request_groups.all(), key=lambda r: str(r.id) != number)
    for miss in (m for r in requests for m in reversed(_asked_by(event.user, r))):
        if miss.lead_id and _mark(miss.lead_id) == mark:
            questions = (miss.wording,) if miss.wording else ()
            ask = Ask(
                today_of(edge),
                miss.lead_id,
                questions=questions,
                asked_by=event.user,
                team=event.team,
            )
            return suggest(event, ask, edge)
    raise BadInput(words.NO_LEAD)


def _asked_by(user: str, request: ContentRequest) -> list[Miss]:
    return [m for m in request.misses if m.asked_by == user]


def _leads(asked: list[Miss], edge: Edge) -> list[tuple[str, LeadFacts]]:
    """The leads they asked for, the latest first, that are still on record."""
    found = []
    for lead_id in dict.fromkeys(m.lead_id for m in reversed(asked) if m.lead_id):
        try:
            found.append((lead_id, edge.tools.leads.get(lead_id).facts))
        except NotFound:
            continue
    return found


def _name(facts: LeadFacts) -> str:
    return escape.clip(escape.one_line(facts.name or facts.company or "this lead"), 40)


def _value(request: ContentRequest, lead_id: str) -> str:
    return f"{request.id}:{_mark(lead_id)}"


def _mark(lead_id: str) -> str:
    """A lead's id may be an address, so a button carries a hash of it."""
    return f"lead-{hashlib.sha256(lead_id.encode()).hexdigest()[:16]}"

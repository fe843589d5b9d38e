"""A touch that was marked as sent, as the activity that a CRM notes."""

from __future__ import annotations

from bot.flow.crm_desk import Desk
from knowledge.crm import ActivityWrite
from knowledge.errors import NotFound
from storage.crm import Link
from storage.crm_writes import Queued

KEY = "trailguide:{id}"
"""How a touch is called in the CRM, whoever looks for it and however often it is written."""
FALLBACK = "email"
SENT = "Sent: {title}"
SENT_NOTHING = "A touch without a piece"


def activity_of(one: Queued, link: Link, desk: Desk) -> ActivityWrite | None:
    """The activity of a queued touch; None when its words are gone, or it is not sent any more."""
    try:
        stored = desk.tools.suggestions.get(one.suggestion_id or "")
    except NotFound:
        return None
    if stored.erased or stored.sent is None:
        return None
    write, sent = desk.mapping.write, stored.sent
    kind = write.channels.get(sent.channel) or write.channels.get(FALLBACK) or sent.channel
    title = stored.asset.title if stored.asset else ""
    url = (stored.asset.url if stored.asset else "") or ""
    subject = (sent.subject if write.texts else "") or (
        SENT.format(title=title) if title else SENT_NOTHING
    )
    body = "\n\n".join(filter(None, (sent.body if write.texts else "", title, url)))
    key = KEY.format(id=stored.id)
    return ActivityWrite(key, link.id, kind, sent.channel, sent.on, subject, body)

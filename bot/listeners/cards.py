"""From what is stored to what a card shows."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.listeners.edge import Edge
from bot.listeners.replies import Place, Reply
from bot.views.card import Act, Acted, Afterwards, Card, ShownAsset, review_card, shown
from bot.views.words_understood import understood_line
from knowledge.errors import NotFound
from storage.stored_suggestion import StoredSuggestion

_ACTS = {
    "approved": Act.APPROVED,
    "edited": Act.EDITED,
    "replaced": Act.REPLACED,
    "snoozed": Act.PUT_OFF,
    "withdrawn": Act.WITHDRAWN,
}


def card_of_stored(stored: StoredSuggestion, edge: Edge) -> Card:
    """The card of a stored suggestion, with its text as it stands now."""
    return Card(
        suggestion_id=stored.id,
        facts=stored.facts,
        stage=stored.stage,
        pace=stored.pace,
        asset=asset_of(stored, edge),
        reasons=stored.reasons,
        others=tuple((a.title, a.why_not) for a in stored.alternates),
        unanswered=stored.unanswered,
        profiling_question=stored.profiling_question,
        draft=stored.draft,
        today=stored.ask.today if stored.ask else None,
        kept_reason=stored.kept_reason,
        understood=understood_line(stored.ask, stored.facts.name) if stored.ask else "",
        step=stored.step,
    )


def asset_of(stored: StoredSuggestion, edge: Edge) -> ShownAsset | None:
    """The suggested asset as the library has it now, or as the card named it when it is gone."""
    if stored.asset is None:
        return None
    try:
        return shown(edge.tools.library.get(stored.asset.asset_id))
    except NotFound:
        return ShownAsset(stored.asset.title, stored.asset.url, stored.asset.type)


def refreshed(
    stored: StoredSuggestion, by: str, edge: Edge, *, seen_at: Place | None = None
) -> list[Reply]:
    """The card brought up to date where it was posted; nothing when it never was.

    `seen_at` is the message acted on, `thread_ts` being its own: it beats what is on record.
    """
    channel = seen_at.channel if seen_at else stored.card_channel
    ts = seen_at.thread_ts if seen_at else stored.card_ts
    if not channel or not ts:
        return []
    card = review_card(card_of_stored(stored, edge), acted_on(stored, by, edge))
    return [Reply("update", card, channel, update_ts=ts)]


def acted_on(stored: StoredSuggestion, by: str, edge: Edge) -> Acted | None:
    """Who did what with a suggestion, or None while nobody did anything."""
    act = _ACTS.get(stored.state)
    if act is None:
        return None
    zone = ZoneInfo(edge.tools.settings.time_zone)
    at = stored.decided_at or stored.edited_at or edge.tools.clock.now()
    when = at.astimezone(zone)
    said = f"{when:%a} {when.day} {when:%b}, {when:%H:%M}"
    return Acted(
        act,
        stored.decided_by or stored.edited_by or by,
        said,
        stored.snoozed_until,
        corrected=stored.stage_corrected,
        why=stored.withdrawn_because,
        after=_afterwards(stored, edge) if act is Act.APPROVED else Afterwards(),
    )


def _afterwards(stored: StoredSuggestion, edge: Edge) -> Afterwards:
    """What was told of an approved card since."""
    answer = edge.tools.track_record.answer_to(stored.id)
    told = edge.tools.after_approval.outcome_of(stored.id)
    sent, approved = stored.sent, stored.draft
    changed = (
        sent is not None
        and approved is not None
        and ((sent.subject, sent.body) != (approved.subject, approved.body))
    )
    return Afterwards(
        sent_on=sent.on if sent else None,
        sent_by=sent.by if sent else "",
        channel=sent.channel if sent else "",
        changed=changed,
        outcome=told.outcome if told else None,
        outcome_on=told.on if told else None,
        helped=answer.helped if answer else None,
        helped_reason=stored.helped_reason,
    )

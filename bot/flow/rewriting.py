"""Writing the draft of an open card anew: shorter, softer, or for another channel (M20, M52).

The asset, the stage and the lead stay; only the words change, and they pass the same checks.
"""

from __future__ import annotations

from dataclasses import replace

from bot.flow.choosing import find_candidates, in_english, known_channel, need_of, question_answered
from bot.flow.recalling import assets_in_history, recall_lead, title_taken_up
from bot.flow.tools import Tools
from knowledge.channels import open_channels
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.lead_record import asked_us_to_stop
from knowledge.leads import LeadProfile
from knowledge.touch import Ask, Draft, DraftRequest, Wish
from prompts.checks.shape import LENGTHS, word_count
from storage.stored_suggestion import StoredSuggestion

__all__ = ["Wish", "rewrite"]

SHORTER_SHARE = 2 / 3
"""Of the words before, that a shorter draft aims at: what a reader sees at a glance as shorter."""
CLEARLY_FEWER = 0.9
"""Of the words before, that a shorter draft has at most; less than that nobody would notice."""
RECENT = 3
"""Drafts of the lead whose wording is not repeated, the present one aside."""

CHANNEL_NAMES = {
    "email": "a mail",
    "text": "a text message",
    "social": "a message on social media",
    "phone": "talking points for a call",
    "direct_mail": "a letter",
}
_OUT_OF = {
    "email": "mails",
    "text": "text messages",
    "social": "messages on social media",
    "phone": "calls",
    "direct_mail": "letters",
}


def rewrite(
    suggestion_id: str,
    by: str,
    wish: Wish,
    tools: Tools,
    channel: str | None = None,
    *,
    key: str = "",
) -> StoredSuggestion:
    """Write the open suggestion's draft anew as wished, check it, and store it in its place.

    `channel` is the one wanted when the wish is a channel. `key` names the event that asks: run
    again with it, nothing changes. `BadInput` says in one sentence why the draft stays as it is.
    """
    stored = tools.suggestions.get(suggestion_id)
    if key and tools.suggestions.is_rewritten_for(suggestion_id, key):
        return stored
    ask, before = _open_draft(stored)
    today = team_date(tools.clock, tools.settings.time_zone)
    by_channel = known_channel(channel or "") if wish == "channel" else before.channel
    if wish == "channel" and by_channel == before.channel:
        raise BadInput(f"The draft is {CHANNEL_NAMES[by_channel]} already.")
    request = _request(stored, replace(ask, today=today, channel=by_channel), before, tools)
    _require_open(request.profile, ask, by_channel, tools)
    after = tools.drafter.draft(_wished(request, wish, before))
    _require_better(wish, before, after)
    return tools.suggestions.rewrite(suggestion_id, by, after, wish, key=key)


def _open_draft(stored: StoredSuggestion) -> tuple[Ask, Draft]:
    if stored.ask is None:
        raise BadInput("The lead of this card was erased; there is nothing to write any more.")
    if not stored.is_open:
        raise BadInput("This card was decided already; ask for the next touch to get a new one.")
    if stored.draft is None or stored.asset is None:
        raise BadInput("This card has no draft that I could change.")
    return stored.ask, stored.draft


def _require_open(profile: LeadProfile, ask: Ask, channel: str, tools: Tools) -> None:
    """`BadInput` when the lead said no to this channel, or a call would come too early (M5)."""
    left = open_channels(profile)
    if not left or asked_us_to_stop(profile, ask.today, channel):
        raise BadInput("This lead opted out; nothing may be sent to them, so I wrote nothing.")
    if channel not in left:
        raise BadInput(f"This lead opted out of {_OUT_OF[channel]}, so the draft stays as it is.")
    days = tools.pacing.call_after_download_days
    today = team_date(tools.clock, tools.settings.time_zone)
    if channel not in open_channels(profile, today, days):
        raise BadInput(
            "Right after a download a call is the wrong next step, so the draft stays as it is."
        )


def _request(stored: StoredSuggestion, ask: Ask, before: Draft, tools: Tools) -> DraftRequest:
    """What the draft was written from, looked up again; the stage is the card's."""
    assert stored.asset is not None  # noqa: S101 - `_open_draft` has seen to it
    asset_id = stored.asset.asset_id
    profile = recall_lead(ask, in_english(ask.questions), tools)
    seen = assets_in_history(profile, tools)
    need = need_of(profile, seen, ask)
    found = next((c for c in find_candidates(need, tools) if c.asset.id == asset_id), None)
    bodies: list[str] = []
    if profile.lead_id:
        bodies = tools.suggestions.recent_bodies(profile.lead_id, RECENT + 1)
    asked = need.texts[0] if need.are_questions and need.texts else ""
    return DraftRequest(
        asset=tools.library.get(asset_id),
        profile=profile,
        stage=stored.stage.stage,
        channel=ask.channel,
        question=(question_answered(need, found) if found else "") or asked,
        insight_from=found.passage if found else "",
        profiling_question=stored.profiling_question,
        touch_number=stored.pace.touch_number,
        taken_up=title_taken_up(profile, seen),
        recent_bodies=tuple(b for b in bodies if b != before.body)[:RECENT],
        wishes=stored.wishes,
    )


def _wished(request: DraftRequest, wish: Wish, before: Draft) -> DraftRequest:
    """The request with the wish in it; a wish for a channel begins at the usual length again."""
    kept = tuple(w for w in request.wishes if w == "softer" or wish != "channel")
    request = replace(request, wishes=(*kept, wish))
    if wish == "channel":
        return request
    request = replace(request, profiling_question=None)  # it stays on the card
    count = word_count(before.body)
    if wish == "shorter":
        fewest = LENGTHS[request.channel][0]
        return replace(request, most_words=max(fewest, int(count * SHORTER_SHARE)))
    return replace(request, most_words=count) if "shorter" in kept else request


def _require_better(wish: Wish, before: Draft, after: Draft) -> None:
    if wish == "shorter" and not after.checks.passed:
        raise BadInput(
            "The shorter wording does not pass the checks; press Edit to change it yourself."
        )
    if wish == "shorter" and word_count(after.body) > word_count(before.body) * CLEARLY_FEWER:
        fewest = LENGTHS[before.channel][0]
        raise BadInput(
            f"It cannot get shorter: it has {word_count(before.body)} words, and with fewer than "
            f"{fewest} {CHANNEL_NAMES[before.channel]} has no room for a thought and its link."
        )
    if wish == "softer" and (not after.checks.passed or after.body == before.body):
        raise BadInput("I have no gentler wording for this; press Edit to change it yourself.")

"""What a rep decides on a card: approve, edit, ask for another, or not now."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.flow.closed import require_open
from bot.flow.next_touch import next_touch
from bot.flow.recalling import assets_in_history, title_taken_up
from bot.flow.still_due import require_still_due
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.clock import team_date
from knowledge.errors import BadInput, NotFound
from knowledge.journey import AssetType
from knowledge.leads import LeadProfile
from knowledge.touch import Ask, CheckReport, Finding, Suggestion
from prompts.checks import MOST_CHARACTERS, CheckContext, Field, by_field, check_draft
from storage.suggestions import StoredSuggestion

_ONE_APPROVAL = threading.Lock()
"""Two cards of one account, approved at the same moment, would not see each other."""


def approve(
    suggestion_id: str, by: str, tools: Tools, *, seen: str | None = None
) -> StoredSuggestion:
    """Approve exactly the text that is shown; `BadInput` says why it cannot be any more.

    `seen` is the start of that text's hash, as the card carried it. None: the stored text is what
    the caller has just read.
    """
    with _ONE_APPROVAL:
        stored = tools.suggestions.get(suggestion_id)
        _still_true(stored, tools)
        _still_allowed(stored, tools)
        require_still_due(stored, tools)
        now = stored.text_hash or ""
        if seen is not None and (not seen or not now.startswith(seen)):
            now = seen  # the storage says what it says to any text but the one in force
        return tools.suggestions.approve(suggestion_id, by, now)


def edit(
    suggestion_id: str, by: str, subject: str, body: str, tools: Tools, *, reason: str = ""
) -> dict[Field, tuple[Finding, ...]]:
    """Keep an edited text, or return what stands against it (see `objections`).

    A text that is as it was is no edit, and leaves no trace.
    """
    stored = tools.suggestions.get(suggestion_id)
    report, against = _judged(stored, subject, body, reason, tools)
    if not against and is_changed(stored, subject, body):
        tools.suggestions.edit(suggestion_id, by, subject, body, report, reason=reason.strip())
    return against


def objections(
    stored: StoredSuggestion, subject: str, body: str, reason: str, tools: Tools
) -> dict[Field, tuple[Finding, ...]]:
    """The findings that keep an edited text from being kept, by field; empty when nothing does.

    With a reason only binding findings do, and nothing is found in a text that is as it was.
    `BadInput` when it is empty or far too long, or when the lead may not be written to.
    """
    return _judged(stored, subject, body, reason, tools)[1]


def is_changed(stored: StoredSuggestion, subject: str, body: str) -> bool:
    """Whether a text differs from the one in force by more than white space around it."""
    now = stored.draft
    return now is None or (now.subject.strip(), now.body.strip()) != (
        subject.strip(),
        body.strip(),
    )


def require_sendable(stored: StoredSuggestion, tools: Tools) -> None:
    """`BadInput` when the lead may not be reached by the draft's channel, whatever it says."""
    today = team_date(tools.clock, tools.settings.time_zone)
    channel = stored.draft.channel if stored.draft else "email"
    require_open(_profile(stored, tools), channel, today)


def _judged(
    stored: StoredSuggestion, subject: str, body: str, reason: str, tools: Tools
) -> tuple[CheckReport, dict[Field, tuple[Finding, ...]]]:
    if stored.draft is None:
        raise BadInput("This card has no draft to edit.")
    require_sendable(stored, tools)
    if not body.strip() or (stored.draft.subject and not subject.strip()):
        raise BadInput("Nothing is left of that text; write one, or leave it as it was.")
    if len(subject) + len(body) > MOST_CHARACTERS:
        raise BadInput("That text is far too long to be checked; shorten it.")
    if not is_changed(stored, subject, body):
        return stored.draft.checks, {}
    context = _context(stored, subject, body, tools)
    report = check_draft(context)
    return report, by_field(report.binding if reason.strip() else report.findings, context)


def _context(stored: StoredSuggestion, subject: str, body: str, tools: Tools) -> CheckContext:
    """What a text for this suggestion is judged by: the rules that every draft passes."""
    return CheckContext(
        subject=subject,
        body=body,
        stage=stored.stage.stage,
        asset=_asset(stored, tools),
        channel=stored.draft.channel if stored.draft else "email",
        profile=_profile(stored, tools),
        questions=stored.questions,
        titles=_taken_up(stored, tools),
        models=tools.sentence_models,
    )


def another(
    suggestion_id: str, by: str, tools: Tools, *, kinds: tuple[AssetType, ...] = ()
) -> Suggestion | StoredSuggestion:
    """Suggest a different asset for the same ask, leaving out those already turned down.

    `kinds` are the only types wanted, if any are named. A run that died before the old one was
    closed has made it already; then that one is taken up.
    """
    stored = tools.suggestions.get(suggestion_id)
    ask = ask_of(stored, withdrawn=True)
    made = successor("another", suggestion_id)
    suggestion: Suggestion | StoredSuggestion
    try:
        suggestion = tools.suggestions.get(made)
    except NotFound:
        turned_down = (*ask.exclude, stored.asset.asset_id) if stored.asset else ask.exclude
        today = team_date(tools.clock, tools.settings.time_zone)
        channel = stored.draft.channel if stored.draft else ask.channel
        afresh = replace(ask, exclude=turned_down, today=today, channel=channel, kinds=kinds)
        suggestion = next_touch(afresh, tools, suggestion_id=made)
    tools.suggestions.replace(suggestion_id, by, made)
    return suggestion


def successor(how: str, what: str) -> str:
    """The id of what takes a suggestion's place in this way: there is only ever one."""
    return f"touch-{hashlib.sha256(f'{how}:{what}'.encode()).hexdigest()[:12]}"


def not_now(
    suggestion_id: str, by: str, until: date, tools: Tools, reason: str = ""
) -> StoredSuggestion:
    """Put the suggestion off until a date in the future."""
    if until <= team_date(tools.clock, tools.settings.time_zone):
        raise BadInput("Choose a date after today to look at this lead again.")
    return tools.suggestions.snooze(suggestion_id, by, until, reason=reason)


def ask_of(stored: StoredSuggestion, *, withdrawn: bool = False) -> Ask:
    """What was asked, to suggest anew; `BadInput` once it is erased or the card decided.

    `withdrawn`: a card whose piece was taken out of use serves as well.
    """
    if stored.ask is None:
        raise BadInput("The lead of this card was erased; there is nothing to suggest any more.")
    if not (stored.can_be_replaced if withdrawn else stored.is_open):
        raise BadInput("This card was decided already; ask for the next touch to get a new one.")
    return stored.ask


def _profile(stored: StoredSuggestion, tools: Tools) -> LeadProfile:
    if stored.lead_id:
        return replace(tools.leads.get(stored.lead_id), questions=stored.questions)
    return LeadProfile(stored.facts, stored.ask.history if stored.ask else (), stored.questions)


def _taken_up(stored: StoredSuggestion, tools: Tools) -> tuple[str, ...]:
    profile = _profile(stored, tools)
    title = title_taken_up(profile, assets_in_history(profile, tools))
    return (title,) if title else ()


def _asset(stored: StoredSuggestion, tools: Tools) -> Asset | None:
    return tools.library.get(stored.asset.asset_id) if stored.asset else None


def _still_allowed(stored: StoredSuggestion, tools: Tools) -> None:
    """Refuse what must not go out: a lead's no, a link not the piece's own, a touch too soon."""
    if not stored.is_open or stored.draft is None:
        return
    require_sendable(stored, tools)
    context = _context(stored, stored.draft.subject, stored.draft.body, tools)
    if against := check_draft(context).binding:
        raise BadInput(
            f"This draft cannot be approved with “{against[0].sentence}” in it, whatever the "
            f"reason. {against[0].why} Press Edit to change it."
        )
    if stored.lead_id is None:
        return
    zone = tools.settings.time_zone
    made = stored.created_at.astimezone(ZoneInfo(zone)).date()
    if any(e.on >= made for e in tools.suggestions.touches_of(stored.lead_id, zone)):
        raise BadInput(
            "Another piece was approved for this lead since this card was made; "
            "ask for the next touch to see when the next one is due."
        )


def _still_true(stored: StoredSuggestion, tools: Tools) -> None:
    """Refuse when the asset is no longer approved: the card may be old."""
    if stored.asset is None:
        raise BadInput("There is no draft on this card to approve.")
    try:
        asset = tools.library.get(stored.asset.asset_id)
        in_use = asset.status is AssetStatus.APPROVED and not asset.dead
    except NotFound:
        in_use = False
    if not in_use:
        raise BadInput(
            "This asset is no longer in the library; press Another for a fresh suggestion."
        )

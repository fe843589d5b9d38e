"""The one check before any handler runs: whether this person may do that, to this very one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.flow import publishing, standing
from bot.flow.account_view import account_meant
from bot.flow.finding_leads import leads_meant
from bot.flow.permitting import may, require
from bot.listeners import acts, asking_slack, faults, handover
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.lead_buttons import lead_marked, mark_of
from bot.listeners.owners import looks_after
from bot.listeners.owning import may_act, owns_lead
from bot.views import escape, words_roles
from knowledge.errors import NotAllowed, NotFound
from knowledge.roles import Act
from storage.stored_suggestion import StoredSuggestion

TOLD_LIMIT = 1500

Owns = Callable[[Incoming, Edge], bool]


def check(event: Incoming, edge: Edge) -> None:
    """`NotAllowed` unless the person may do it; Slack is asked where what is known is old."""
    if (act := acts.needed_for(event)) is not None:
        _check(event, act, edge)


def check_at_once(event: Incoming, edge: Edge) -> None:
    """The same with what is known, for what Slack waits for; what is old is left to the work."""
    act = acts.needed_for(event)
    if act is None or _is_sure(event, act, edge) or asking_slack.is_stale(event.user, edge.tools):
        return
    _require(event, act, edge)


def check_opening(needed: acts.Needed, body: dict[str, Any], edge: Edge) -> None:
    """The same for what opens a window or searches as one types; `body` is Slack's request."""
    event = _of(body)
    if (act := acts.act_of(needed, event)) is not None:
        _check(event, act, edge)


def check_said(act: Act, event: Incoming, about: StoredSuggestion, edge: Edge) -> None:
    """The same for what is said in words below a card."""
    _check(replace(event, suggestion_id=about.id), act, edge)


def told(refused: NotAllowed) -> str:
    """A refusal with whom to ask, as Slack shows it."""
    said = escape.mrkdwn(str(refused), TOLD_LIMIT)
    return f"{said} {words_roles.whom_to_ask(refused.admin)}" if refused.admin else said


def _check(event: Incoming, act: Act, edge: Edge) -> None:
    if not _is_sure(event, act, edge):
        asking_slack.refresh(event.user, edge)
        _require(event, act, edge)


def _is_sure(event: Incoming, act: Act, edge: Edge) -> bool:
    """Whether they may, by what was granted or what Slack said lately."""
    tools, lately = edge.tools, standing.LATELY
    if may(event.user, act, tools, within=lately):
        return True
    return may(event.user, act, tools, own=True, within=lately) and _is_own(event, act, edge)


def _require(event: Incoming, act: Act, edge: Edge) -> None:
    about, once = _about(event, act, edge), event.key
    if may(event.user, act, edge.tools):
        return
    own = may(event.user, act, edge.tools, own=True) and _is_own(event, act, edge)
    require(event.user, act, edge.tools, own=own, about=about, once=once)


def _is_own(event: Incoming, act: Act, edge: Edge) -> bool:
    """Whether it is theirs; what is no more is nobody's, and the handler says so."""
    try:
        return act in OWNERSHIP and OWNERSHIP[act](event, edge)
    except NotFound:
        return True


def _card(event: Incoming, edge: Edge) -> bool:
    stored = edge.tools.suggestions.get(event.suggestion_id)
    return may_act(stored, event.user, edge.tools, edge.mail_of)


def _piece(event: Incoming, edge: Edge) -> bool:
    asset = publishing.by_reference(event.suggestion_id.partition("#")[0], edge.tools)
    return looks_after(event.user, asset, edge)


def _review(event: Incoming, edge: Edge) -> bool:
    return publishing.is_named_reviewer(event.user, edge.tools)


def _lead(event: Incoming, edge: Edge) -> bool:
    """One lead is looked at only where one is meant; several are offered by name to anybody."""
    lead_id = _lead_meant(event, edge)
    return lead_id is None or owns_lead(lead_id, event.user, edge.tools, edge.poster.client)


def _account(event: Incoming, edge: Edge) -> bool:
    """An account is one's own by any of its leads; one that nobody knows is not seen at all."""
    people = edge.tools.leads.of_company(account_meant(event.text, edge.tools))
    theirs = (
        owns_lead(p.lead_id or "", event.user, edge.tools, edge.poster.client) for p in people
    )
    return not people or any(theirs)


def _lead_meant(event: Incoming, edge: Edge) -> str | None:
    if event.kind is Kind.ACTION:
        return lead_marked(event.suggestion_id, edge.tools)
    found = leads_meant(event.text, edge.tools)
    return found[0].id if len(found) == 1 else None


OWNERSHIP: dict[Act, Owns] = {
    **dict.fromkeys(
        (Act.SEE_CARD, Act.DECIDE_CARD, Act.CORRECT_STAGE, Act.SHARE_PIECE, Act.RECORD_SENT,
         Act.RECORD_OUTCOME),
        _card,
    ),
    **dict.fromkeys((Act.VERIFY_PIECE, Act.REPLACE_PIECE, Act.RETIRE_PIECE), _piece),
    **dict.fromkeys((Act.APPROVE_PIECE, Act.SEND_BACK_PIECE, Act.SEE_REVIEW), _review),
    Act.SEE_LEAD: _lead,
    Act.SEE_ACCOUNT: _account,
    Act.IMPORT_LEADS: lambda _event, _edge: True,  # whose each lead is, is asked line by line
    Act.HAND_OVER: lambda event, edge: (_card if handover.is_card(event) else _lead)(event, edge),
}  # fmt: skip
"""What makes it one's own, by act."""


def _about(event: Incoming, act: Act, edge: Edge) -> str:
    """The id of what it is about, for the audit log: never what was typed, nor a lead's own id."""
    if act is Act.SEE_LEAD:
        lead_id = _lead_meant(event, edge)
        return mark_of(lead_id) if lead_id else ""
    return event.suggestion_id.partition("#")[0]


def _of(body: dict[str, Any]) -> Incoming:
    """The press behind a window, as far as the check needs it."""
    action = (body.get("actions") or [{}])[0]
    return Incoming(
        key=str(body.get("trigger_id") or ""),
        kind=Kind.ACTION,
        team="",
        user=faults.who(body),
        channel=faults.where_from(body),
        action=str(action.get("action_id") or ""),
        suggestion_id=str(action.get("value") or "").partition("#")[0],
    )

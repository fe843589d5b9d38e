"""The list of suggestions in Slack: the command, its pages, its filter and its file (M53, M54)."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.flow import touch_list as flow
from bot.flow.chain_state import chain_state
from bot.flow.finding_leads import leads_like, leads_on_record
from bot.flow.permitting import may
from bot.flow.touch_rows import COLUMNS, cells
from bot.flow.touch_words import RULE_NAMES, filter_said
from bot.listeners import people
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.moments import REMARK, chain_told, when
from bot.listeners.opening_views import opened
from bot.listeners.replies import Reply
from bot.slack_files import File
from bot.views import escape
from bot.views import touch_filter_form as form
from bot.views import words_touches as words
from bot.views.blocks import Message, line
from bot.views.intake_form import lead_options
from bot.views.request_window import asset_options
from bot.views.touch_list import NEWER, PAGE, Listed, asked, list_message
from knowledge.assets import is_slack_user
from knowledge.clock import team_date
from knowledge.errors import BadInput, NotFound
from knowledge.journey import Stage
from knowledge.roles import Act
from knowledge.touch import PaceDecision
from storage.inbox import CHOICE
from storage.touch_filter import TouchFilter, TouchState
from storage.touch_lists import TouchPage

OPTIONS = 20
MOST_ROWS = 5000
"""Of a file from Slack: some ten megabytes, which Slack takes and a spreadsheet opens."""


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide audit [WORDS]`: the list, in direct messages."""
    today = team_date(edge.tools.clock, edge.tools.settings.time_zone)
    said = filter_said(event.text, event.user, today, edge.tools)
    shown = _shown(said.wanted, event, edge, said.unknown, said.remarks)
    return [Reply("list", shown, event.user)]


def turned(event: Incoming, edge: Edge) -> list[Reply]:
    """The page before or after, in place."""
    token, _, own = event.suggestion_id.partition(":")
    wanted = kept(token, event.user, edge)
    way = {"before" if event.action == NEWER else "after": own}
    found = flow.page(wanted, event.user, edge.tools, PAGE, **way)
    shown = _message(wanted, token, found, event.user, edge)
    return [Reply("list", shown, event.channel, update_ts=event.ts)]


def all_touches(event: Incoming, edge: Edge) -> list[Reply]:
    """The unfiltered list in direct messages, for the button in Home."""
    return [Reply("list", _shown(TouchFilter(), event, edge), event.user)]


def open_filter(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window of the filter that a list shows."""

    def view(user: str) -> dict[str, Any]:
        token = str(body["actions"][0].get("value") or "")
        wanted = kept(token, user, edge)
        container = body.get("container") or {}
        at = (str(container.get(k) or "") for k in ("channel_id", "message_ts"))
        lead, title = _names(wanted, edge)
        return form.filter_window(
            wanted, ":".join([token, *at]), RULE_NAMES, lead=lead, title=title,
            by_rep=flow.sees_all(user, edge.tools),
        )  # fmt: skip

    opened(body, client, edge, view)


def suggest_leads(ack: Ack, body: dict[str, Any], edge: Edge) -> None:
    """Answer the search for a lead as it is typed."""
    ack(options=lead_options(leads_like(str(body.get("value") or ""), edge.tools, OPTIONS)))


def suggest_assets(ack: Ack, body: dict[str, Any], edge: Edge) -> None:
    """Answer the search for a piece, retired ones included: what was sent may be of the past."""
    wanted = str(body.get("value") or "").casefold().split()
    found = [
        a for a in edge.tools.library.all()
        if all(word in f"{a.title} {a.id}".casefold() for word in wanted)
    ]  # fmt: skip
    ack(options=asset_options(found[:OPTIONS]))


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps the window open, by field."""
    wanted = _typed(event, edge)
    found = flow.objections(wanted, edge.tools)
    named = {k.company.casefold() for k in leads_on_record(edge.tools)}
    if wanted.company and wanted.company.casefold() not in named:
        found["company"] = words.NO_COMPANY
    return {{"until": "touch_until"}.get(name, name): told for name, told in found.items()}


def submitted(event: Incoming, edge: Edge) -> list[Reply]:
    """Show the list by the new filter, in place of the one it was opened from."""
    _, channel, ts = _place(event)
    shown = _shown(_typed(event, edge), event, edge)
    if channel.startswith("D") and ts:
        return [Reply("list", shown, channel, update_ts=ts)]
    return [Reply("list", shown, event.user)]


def export(event: Incoming, edge: Edge) -> list[Reply]:
    """The filtered list as a CSV file in direct messages."""
    wanted = kept(event.suggestion_id, event.user, edge)
    total, rows = flow.exported(wanted, event.user, edge.tools)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(cells(record) for record in islice(rows, max(0, total - MOST_ROWS), None))
    told = words.exported(min(total, MOST_ROWS), max(0, total - MOST_ROWS))
    content = text.getvalue().encode()
    file = File(words.EXPORT_NAME, words.EXPORT_TITLE, words.EXPORT_TITLE, told, content)
    return [Reply("export", line(told), event.user, file=file)]


def kept(token: str, user: str, edge: Edge) -> TouchFilter:
    """The filter that a button names; it lies here, for it may name a lead."""
    held = edge.tools.inbox.payload(_key(token))
    if held is None:
        raise BadInput(words.GONE)
    if held["user"] != user:
        raise BadInput(words.NOT_YOURS)
    return flow.read_filter(held["filter"])


def _shown(
    wanted: TouchFilter,
    event: Incoming,
    edge: Edge,
    unknown: tuple[str, ...] = (),
    remarks: tuple[str, ...] = (),
) -> Message:
    """The first page of a filter, which is kept under the event that asked for it."""
    wanted = flow.allowed_part(wanted, event.user, edge.tools)
    token = hashlib.sha256(event.key.encode()).hexdigest()[:12]
    payload = {"user": event.user, "filter": wanted.payload()}
    edge.tools.inbox.note(_key(token), CHOICE, payload)
    found = flow.page(wanted, event.user, edge.tools, PAGE)
    heard = [escape.mrkdwn(u, 60) for u in unknown[:8]]
    notes = [escape.mrkdwn(r, REMARK) for r in remarks[:4]]
    return _message(wanted, token, found, event.user, edge, heard=(heard, notes))


def _message(
    wanted: TouchFilter,
    token: str,
    page: TouchPage,
    user: str,
    edge: Edge,
    *,
    heard: tuple[list[str], list[str]] = ([], []),
) -> Message:
    """The list as it is; `heard` is what of the words was not understood, and remarks, inert."""
    everybody = flow.sees_all(user, edge.tools)
    shown = wanted if everybody else replace(wanted, rep="")
    told = words.understood(asked(shown, *_names(wanted, edge)), *heard)
    exports = everybody and may(user, Act.EXPORT_TOUCHES, edge.tools)
    chain = chain_told(chain_state(edge.tools), edge)
    listed = Listed(page, token, told, chain, exports, not shown.is_empty)
    names = _people(page, edge) if edge.tools.settings.slack_blocks == "new" else {}
    return list_message(listed, when(edge), names)


def _people(page: TouchPage, edge: Edge) -> dict[str, str]:
    """The names of the people on a page, for a table, which can hold no mention."""
    users = {u for row in page.lines if (u := row.asked_by) and is_slack_user(u)}
    known = {u: people.look_up(u, edge.poster.client).person.called for u in users}
    return {u: called[0] for u, called in known.items() if called}


def _names(wanted: TouchFilter, edge: Edge) -> tuple[str, str]:
    """What the lead and the piece of a filter are called now."""
    lead = title = ""
    if wanted.lead:
        lead = next((k.name for k in leads_on_record(edge.tools) if k.id == wanted.lead), "")
    if wanted.asset:
        try:
            title = edge.tools.library.get(wanted.asset).title
        except NotFound:
            title = ""
    return lead, title


def _typed(event: Incoming, edge: Edge) -> TouchFilter:
    """The filter that the window holds; a field that Slack does not report is as it was."""
    token, _, _ = _place(event)
    was, typed = kept(token, event.user, edge), event.typed

    def told(name: str, before: str | None) -> str:
        return str(typed.get(name) or "") if name in typed else before or ""

    overridden = told("overridden", {True: "yes", False: "no", None: ""}[was.overridden])
    stage, state = told("stage", was.stage), told("state", was.state)
    decision = told("decision", was.decision)
    return TouchFilter(
        rep=told("rep", was.rep),
        lead=told(form.LEAD, was.lead),
        stage=Stage(stage) if stage in set(Stage) else None,
        asset=told(form.ASSET, was.asset),
        decision=PaceDecision(decision) if decision in set(PaceDecision) else None,
        state=TouchState(state) if state in set(TouchState) else None,
        failed=told("failed", was.failed),
        overridden={"yes": True, "no": False}.get(overridden),
        since=_day(told("since", was.since.isoformat() if was.since else "")),
        until=_day(told("touch_until", was.until.isoformat() if was.until else "")),
        company=" ".join(told("company", was.company).split()),
    )


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


def _place(event: Incoming) -> tuple[str, str, str]:
    """The filter's token, and the message that it was opened from."""
    token, _, rest = event.suggestion_id.partition(":")
    channel, _, ts = rest.partition(":")
    return token, channel, ts


def _key(token: str) -> str:
    return f"touches:{token}"

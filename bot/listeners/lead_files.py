"""A list of leads sent in a direct message: read, proposed, confirmed in a window, taken in.

Each step is recorded before it is acknowledged, as every message, button and form is.
"""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.flow.importing_leads import (
    LeadPlan,
    bring_in,
    corrected_plan,
    plan_leads,
    require_leads,
)
from bot.flow.own_imports import only_own
from bot.flow.permitting import may
from bot.flow.tools import Tools
from bot.listeners import faults
from bot.listeners.adding import Answer, asks_to_add
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.people import look_up
from bot.listeners.replies import Reply, private_place
from bot.slack_downloads import download_table, is_table
from bot.views import escape, words_lead_files, words_lead_import, words_manners
from bot.views.blocks import line
from bot.views.lead_files import corrections, mapping_view, proposal_message
from bot.views.proposals_form import bare
from knowledge.csv_tables import read_table
from knowledge.errors import BadInput, TrailguideError
from knowledge.roles import Act
from storage.lead_files import TAKEN, LeadFiles, WaitingFiles

TOLD_LIMIT = 2500


def with_lists(answer: Answer) -> Answer:
    """Direct messages: a CSV file that is dropped is a list of leads; all else goes on."""

    def answered(event: Incoming, edge: Edge) -> list[Reply]:
        if not event.files or not asks_to_add(event):
            return answer(event, edge)
        try:
            lists = [f for f in event.files if is_table(edge.poster.client, f)]
        except TrailguideError:
            return answer(event, edge)  # which says what ails the file
        return _proposed(event, lists, edge) if lists else answer(event, edge)

    return answered


def open_window(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open the window with the mapping, to whoever sent the list; a trigger lasts 3 seconds."""
    user = str((body.get("user") or {}).get("id") or "")
    channel = str((body.get("channel") or {}).get("id") or "")
    identity = str(body["actions"][0].get("value") or "")
    try:
        kept = _theirs(identity, user, edge.tools)
        waiting = bare(words_lead_files.OPENING)  # a long list takes longer than a trigger lasts
        opened = client.views_open(trigger_id=body.get("trigger_id"), view=waiting)["view"]
        view = mapping_view(identity, _plan(kept, edge.tools).mapping)
        client.views_update(view_id=opened["id"], hash=opened.get("hash"), view=view)
    except TrailguideError as told:
        edge.poster.whisper(channel, user, escape.mrkdwn(str(told), TOLD_LIMIT))
    except (SlackApiError, OSError) as late:
        reference = faults.note("lead_file_not_opened", late)
        edge.poster.whisper(channel, user, words_manners.not_opened(reference))


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps the window open: a list that is gone, or one that names nobody as it is mapped."""
    try:
        require_leads(_confirmed(event, edge.tools))
    except TrailguideError as told:
        shown = next(iter(sorted(event.typed)), "column-0")
        return {shown: str(told)[:300]}
    return {}


def submitted(event: Incoming, edge: Edge) -> list[Reply]:
    """Take the list in, and say what became of it; a second run finds it done."""
    tools = edge.tools
    kept = _theirs(event.suggestion_id, event.user, tools, taken=True)
    if kept.state == TAKEN:
        return [Reply("taken", line(words_lead_files.TAKEN), event.user)]
    plan = _confirmed(event, tools)
    keep = None
    if not may(event.user, Act.IMPORT_LEADS, tools):
        keep = only_own(look_up(event.user, edge.poster.client).person, tools)
    with tools.turns.waiting():
        done = bring_in(plan, tools, by=event.user, keep=keep)
    WaitingFiles(tools.db, tools.clock).taken(kept.id)
    told = [
        words_lead_import.counts(
            done.added,
            done.updated,
            done.unchanged,
            done.history,
            len(done.rejected),
            left_out=len(done.left_out),
        ),
        *words_lead_import.kept_aside(done.unmatched, done.planned, done.lost),
        *words_lead_import.lines_wrong(
            [*done.rejected, *done.left_out], words_lead_files.MOST_LINES
        ),
        *words_lead_import.warnings(done.unclear, done.unread, done.nameless),
    ]
    text = "\n".join(escape.mrkdwn(t.strip(), 300) for t in told)
    return [Reply("taken", line(text[:TOLD_LIMIT]), event.user)]


def given_back(event: Incoming, why: str) -> Reply:
    """Why it was not taken in; the list itself is kept."""
    return Reply("told", line(escape.mrkdwn(why, TOLD_LIMIT)), event.user)


def _proposed(event: Incoming, files: list[str], edge: Edge) -> list[Reply]:
    """Keep the lists, and say what their columns seem to be."""
    place = private_place(event, edge)
    try:
        with edge.tools.turns.waiting():
            found = [download_table(edge.poster.client, file) for file in files]
        tables = [read_table(name, body) for name, body in found]
        identity = f"list-{hashlib.sha256(event.key.encode()).hexdigest()[:16]}"
        plan = plan_leads(tables, edge.tools)
        require_leads(plan)
        texts = {t.name: _as_csv(t.columns, [r.cells for r in t.rows]) for t in tables}
        WaitingFiles(edge.tools.db, edge.tools.clock).keep(identity, event.user, texts)
        told = proposal_message(identity, plan.tables, plan.mapping)
    except TrailguideError as why:
        told = line(escape.mrkdwn(str(why), TOLD_LIMIT))
    return [Reply("list", told, place.channel, place.thread_ts)]


def _as_csv(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """The table as plain CSV in UTF-8, which the record of waiting lists holds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _plan(kept: LeadFiles, tools: Tools) -> LeadPlan:
    tables = [read_table(name, text.encode()) for name, text in kept.files.items()]
    return plan_leads(tables, tools)


def _confirmed(event: Incoming, tools: Tools) -> LeadPlan:
    plan = _plan(_theirs(event.suggestion_id, event.user, tools), tools)
    return corrected_plan(plan, tools, corrections(event.typed, plan.mapping))


def _theirs(identity: str, user: str, tools: Tools, *, taken: bool = False) -> LeadFiles:
    kept = WaitingFiles(tools.db, tools.clock).get(identity)
    if kept.sent_by != user:
        raise BadInput(words_lead_files.NOT_YOURS)
    if kept.state == TAKEN and not taken:
        raise BadInput(words_lead_files.TAKEN)
    return kept

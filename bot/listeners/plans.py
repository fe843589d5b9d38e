"""Segments, tracks and the plan of a lead in Slack: what the words of the command answer."""

from __future__ import annotations

import re

from bot.flow.finding_leads import leads_meant, leads_near
from bot.flow.lead_plan import lead_plan
from bot.flow.plans import plan_files
from bot.flow.segmenting import everybody
from bot.flow.whose import mine
from bot.listeners import people
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.lead_buttons import MOST, lead_buttons, lead_marked
from bot.listeners.replies import Reply
from bot.slack_files import File
from bot.views import escape, words_lead
from bot.views import words_plans as words
from bot.views.blocks import line
from bot.views.lead_plan import plan_message
from bot.views.plans_picture import segment_picture, track_picture
from bot.views.plans_slack import (
    group_message,
    segments_message,
    track_message,
    tracks_message,
)
from knowledge.errors import BadInput, NotFound
from knowledge.placed import Placed
from storage.overview import Overview

SHOW = "show_plan"
"""The button below a lead's summary."""


def segments(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide segments [NAME] [picture]`: how many leads stand where, one's own by name."""
    said = " ".join(re.sub(r"\bpicture\b", " ", event.text, flags=re.IGNORECASE).split())
    files, leads = plan_files(edge.tools), everybody(edge.tools)
    told = files.segments
    found = told.named(said) if said else None
    bucket = next((b for b in told.buckets if said.casefold() in {b.id, b.label.casefold()}), None)
    if said and not found and not bucket:
        known = ", ".join([s.id for s in told.segments] + [b.id for b in told.buckets])
        raise NotFound(f"There is no segment or bucket '{said[:60]}'; there are: {known}.")
    group = found or bucket
    if group is None:
        replies = [Reply("segments", segments_message(told, leads), event.user)]
    else:
        inside = [p for p in leads if group.id in (p.place.segment if found else p.bucket,)]
        theirs = _of(event.user, inside, edge)
        replies = [Reply("segments", group_message(group, inside, theirs), event.user)]
    if re.search(r"\bpicture\b", event.text, re.IGNORECASE):
        content = segment_picture(files, leads, found.id if found else None)
        title = found.label if found else words.SEGMENTS
        alt = words.picture_alt(title, [s.label for s in told.segments])
        replies.append(_picture("segments.png", title, alt, content, event))
    return replies


def tracks(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide tracks [NAME]`: all of them, or one with its picture."""
    said = event.text.strip().casefold()
    found = plan_files(edge.tools).tracks
    if not said:
        shown = tracks_message(list(found.values()), everybody(edge.tools))
        return [Reply("tracks", shown, event.user)]
    track = next((t for t in found.values() if said in {t.id, t.label.casefold()}), None)
    if track is None:
        raise NotFound(f"There is no track '{said[:60]}'; there are: {', '.join(found)}.")
    alt = words.picture_alt(track.label, [s.says for s in track.steps])
    picture = _picture("track.png", track.label, alt, track_picture(track), event)
    return [Reply("tracks", track_message(track), event.user), picture]


def plan(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide plan LEAD`: the plan of the lead that is named; buttons where several fit."""
    found = leads_meant(event.text, edge.tools)
    if len(found) == 1:
        return [Reply("plan", plan_message(lead_plan(found[0].id, edge.tools)), event.user)]
    if found:
        told = words_lead.which(len(found), MOST + 1)
        return [Reply("which", lead_buttons(told, found), event.user)]
    near = leads_near(event.text, edge.tools)
    if near:
        told = f"{words_lead.NOBODY} {words_lead.NEAR}"
        return [Reply("near", lead_buttons(told, near), event.user)]
    return [Reply("nobody", line(f"{words_lead.NOBODY} {words.WHO}"), event.user)]


def shown(event: Incoming, edge: Edge) -> list[Reply]:
    """The plan of the lead whose summary the button stands below."""
    lead_id = lead_marked(event.suggestion_id, edge.tools)
    if lead_id is None:
        raise BadInput(words_lead.NOBODY)
    return [Reply("plan", plan_message(lead_plan(lead_id, edge.tools)), event.user)]


def _of(user: str, leads: list[Placed], edge: Edge) -> list[Placed]:
    """Those of these leads that are this person's."""
    overview = Overview(edge.tools.db, edge.tools.settings.time_zone)
    person = people.look_up(user, edge.poster.client).person
    theirs = mine(person, overview.heads(), overview.asked_about())
    return [p for p in leads if p.lead_id in theirs]


def _picture(name: str, title: str, alt: str, content: bytes, event: Incoming) -> Reply:
    title = words.picture_title(escape.one_line(title)[:80])
    file = File(name, title, alt, words.PICTURE_COMMENT, content)
    return Reply("picture", line(words.PICTURE_COMMENT), event.user, file=file)

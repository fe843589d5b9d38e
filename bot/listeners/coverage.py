"""The coverage map in Slack: the command, its lists and buttons, and the picture (M47)."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.flow.coverage import coverage
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.slack_files import File
from bot.views import words_coverage as words
from bot.views.blocks import Message, Part, context, line, message, section
from bot.views.coverage import (
    CELL_ACTION,
    PICTURE_ACTION,
    REQUESTS_ACTION,
    Spot,
    cell_message,
    choosable,
    coverage_message,
    request_row,
    spot_of,
)
from bot.views.coverage_picture import coverage_picture
from knowledge.coverage import Coverage
from knowledge.errors import BadInput
from knowledge.journey import Stage, parse_stage
from knowledge.journey_map import load_journey
from knowledge.personas import load_personas

REQUESTS_SHOWN = 15
"""Requests in one message: each has a button, and Slack takes 50 blocks."""


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide coverage [STAGE] [PERSONA] [picture]`: the map, in direct messages."""
    covered = coverage(edge.tools)
    said = event.text.lower()
    spot = _spot_said(said, covered, edge)
    replies = [Reply("coverage", _map(covered, spot, edge), event.user)]
    if re.search(r"\bpicture\b", said):
        replies.append(_picture(covered, event.user, edge))
    return replies


def turned(event: Incoming, edge: Edge) -> list[Reply]:
    """Another stage, persona or cell, in place of what the message showed."""
    covered = coverage(edge.tools)
    spot = spot_of(event.suggestion_id, choosable(covered))
    if event.action == PICTURE_ACTION:
        return [_picture(covered, event.channel, edge)]
    if event.action == REQUESTS_ACTION:
        return [Reply("requests", requests_message(covered), event.channel)]
    if event.action == CELL_ACTION:
        shown = cell_message(covered, spot, _labels(edge))
    else:
        shown = _map(covered, replace(spot, question=None), edge)
    return [Reply("coverage", shown, event.channel, update_ts=event.ts)]


def requests_message(covered: Coverage) -> Message:
    """The open content requests, the most missed first, each with its button."""
    if not covered.requests:
        return line(words.NO_MISSES)
    parts = [Part(section(f"*{words.WANTED}*"))]
    parts += [Part(request_row(r)) for r in covered.requests[:REQUESTS_SHOWN]]
    more = len(covered.requests) - REQUESTS_SHOWN
    if more > 0:
        parts.append(Part(context(words.MORE.format(n=more))))
    return message(words.WANTED, parts)


def _map(covered: Coverage, spot: Spot, edge: Edge) -> Message:
    journey = load_journey(edge.tools.settings.home)
    return coverage_message(covered, spot, journey, _labels(edge))


def _picture(covered: Coverage, channel: str, edge: Edge) -> Reply:
    file = File(
        "coverage.png",
        words.PICTURE_TITLE,
        words.PICTURE_ALT,
        words.PICTURE_COMMENT,
        coverage_picture(covered, _labels(edge)),
    )
    return Reply("picture", line(words.PICTURE_COMMENT), channel, file=file)


def _spot_said(said: str, covered: Coverage, edge: Edge) -> Spot:
    """The stage and persona that a command names; awareness and everybody without them."""
    stage, persona = Stage.AWARENESS, None
    labels = {told.lower(): name for name, told in _labels(edge).items()}
    for word in re.findall(r"[\w&-]+", said):
        try:
            stage = parse_stage(word)
        except BadInput:
            named = labels.get(word, word)
            persona = named if named in choosable(covered) else persona
    return Spot(stage, persona)


def _labels(edge: Edge) -> dict[str, str]:
    return load_personas(edge.tools.settings.home).names

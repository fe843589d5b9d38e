"""The journey map in Slack: the command, and turning to another stage or persona (M34)."""

from __future__ import annotations

import re

from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views.blocks import Message
from bot.views.journey import PERSONA_ACTION, persona_message, sheet_of, stage_message
from knowledge.assets import AssetStatus
from knowledge.errors import BadInput
from knowledge.journey import Stage, parse_stage
from knowledge.journey_map import load_journey
from knowledge.personas import PersonaMap, load_personas
from knowledge.tone import is_promotional


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide journey [STAGE or PERSONA]`: a stage of the map, or a persona's sheet."""
    said, personas = event.text.strip().lower(), load_personas(edge.tools.settings.home)
    for sheet in personas.sheets:
        if said and said in {sheet.id.lower(), sheet.label.lower()}:
            return [Reply("journey", persona_message(sheet, personas), event.user)]
    found = re.search(r"[\w-]+", said)
    stage = parse_stage(found.group()) if found else Stage.AWARENESS
    return [Reply("journey", _stage(stage, personas, edge), event.user)]


def turned(event: Incoming, edge: Edge) -> list[Reply]:
    """Another stage or persona, in place of what the message showed."""
    personas = load_personas(edge.tools.settings.home)
    if event.action == PERSONA_ACTION:
        sheet = sheet_of(event.suggestion_id, personas.sheets)
        if sheet is None:
            raise BadInput("That persona has gone; ask for `/trailguide journey` again.")
        shown = persona_message(sheet, personas)
    else:
        shown = _stage(parse_stage(event.suggestion_id), personas, edge)
    return [Reply("journey", shown, event.channel, update_ts=event.ts)]


def _stage(stage: Stage, personas: PersonaMap, edge: Edge) -> Message:
    pieces = sum(
        stage in a.fitting_stages
        and is_promotional(a.type, a.hype, stage, a.hype_overruled) is None
        for a in edge.tools.library.all(AssetStatus.APPROVED)
    )
    told = load_journey(edge.tools.settings.home)[stage]
    return stage_message(told, pieces, personas)

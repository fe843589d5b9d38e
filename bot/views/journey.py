"""The journey map in Slack and for programs: one stage at a time, and a persona's sheet (M34)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from bot.views import escape
from bot.views import words_journey as words
from bot.views.blocks import Block, Message, Part, actions, button, context, message, plain, section
from knowledge.buyer_questions import IN_SHORT, BuyerQuestion
from knowledge.journey import Stage, type_name
from knowledge.journey_map import StageMap
from knowledge.personas import PersonaMap, PersonaSheet

STAGE_ACTION, PERSONA_ACTION = "journey_stage_", "journey_persona"
JOURNEY_ACTIONS = (*(f"{STAGE_ACTION}{s}" for s in Stage), PERSONA_ACTION)
TEXT, LABEL, MOST_PERSONAS, MOST_LINES = 400, 75, 100, 12


def stage_message(told: StageMap, pieces: int, personas: PersonaMap) -> Message:
    """One stage as the buyer lives it, with buttons for the others."""
    lines = [
        f"*{title}*\n{escape.mrkdwn(text, TEXT)}"
        for title, text in (
            (words.DOING, told.doing),
            (words.THINKING, told.thinking),
            (words.FEELING, told.feeling),
        )
    ]
    asked = "\n".join(
        f"• {IN_SHORT[BuyerQuestion(key)]} {escape.mrkdwn(said, 200)}"
        for key, said in told.buyer_questions
    )
    fits = ", ".join(type_name(kind) for kind in told.types) or words.NO_TYPES
    parts = [
        Part(section(f"*{told.stage.capitalize()}*")),
        Part(section("\n".join(lines))),
        Part(section(f"*{words.ASKS}*\n{asked}")),
        Part(section(f"*{words.FITS}*\n{fits}")),
        Part(context(words.PIECES.format(n=pieces, stage=told.stage))),
        Part(actions(_stages(told.stage))),
        *_chooser(personas),
        Part(context(words.FILES), 1),
    ]
    return message(f"The journey: {told.stage}", parts)


def persona_message(sheet: PersonaSheet, personas: PersonaMap) -> Message:
    """A persona's sheet, with the stages and the other personas to go on to."""
    titles = dict(personas.personas.words).get(sheet.id, ())
    told = (
        (words.GOALS, sheet.goals),
        (words.PROBLEMS, sheet.problems),
        (words.QUESTIONS, sheet.questions),
        (words.SAYS, (", ".join(sheet.says),) if sheet.says else ()),
        (words.TITLES, (", ".join(titles),) if titles else ()),
    )
    parts = [Part(section(f"*{escape.mrkdwn(sheet.label, LABEL)}*"))]
    for title, lines in told:
        if lines:
            said = "\n".join(f"• {escape.mrkdwn(line, 200)}" for line in lines[:MOST_LINES])
            parts.append(Part(section(f"*{title}*\n{said}")))
    parts += [Part(actions(_stages(None))), *_chooser(personas), Part(context(words.FILES), 1)]
    return message(sheet.label, parts)


def sheet_of(value: str, sheets: Sequence[PersonaSheet]) -> PersonaSheet | None:
    """The persona that a list's option carried, None when it has gone since."""
    return next((s for s in sheets if _mark(s.id) == value), None)


def journey_form(journey: Mapping[Stage, StageMap], personas: PersonaMap) -> dict[str, Any]:
    """The map and the personas: `journey --json`."""
    return {
        "stages": [
            {
                "stage": stage,
                "doing": told.doing,
                "thinking": told.thinking,
                "feeling": told.feeling,
                "buyer_questions": dict(told.buyer_questions),
                "types": list(told.types),
            }
            for stage, told in journey.items()
        ],
        "personas": [
            {
                "id": s.id,
                "label": s.label,
                "goals": list(s.goals),
                "problems": list(s.problems),
                "questions": list(s.questions),
                "says": list(s.says),
            }
            for s in personas.sheets
        ],
    }


def _stages(here: Stage | None) -> list[Block]:
    return [
        button(f"{STAGE_ACTION}{s}", s.capitalize(), s, "primary" if s is here else None)
        for s in Stage
    ]


def _chooser(personas: PersonaMap) -> list[Part]:
    options = [
        {"text": plain(s.label, LABEL), "value": _mark(s.id)}
        for s in personas.sheets[:MOST_PERSONAS]
    ]
    if not options:
        return []
    made: Block = {
        "type": "static_select",
        "action_id": PERSONA_ACTION,
        "placeholder": plain(words.CHOOSE_PERSONA, LABEL),
        "options": options,
    }
    return [Part(actions([made]))]


def _mark(persona: str) -> str:
    return hashlib.sha256(persona.encode()).hexdigest()[:12]

"""Judging single things: a stage from questions and history, a draft or an asset by the checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.flow.choosing import in_english, known_channel
from bot.flow.recalling import assets_in_history
from bot.flow.tools import Tools
from knowledge.errors import BadInput
from knowledge.journey import Stage, parse_type
from knowledge.leads import HistoryEntry, LeadFacts, LeadProfile
from knowledge.touch import CheckReport, StageReading
from prompts.checks import CheckContext, check_asset, check_draft


def read_stage(
    questions: Sequence[str], history: Sequence[HistoryEntry], today: date, tools: Tools
) -> StageReading:
    """Read the stage of a lead of whom only questions and history are known (M33)."""
    profile = LeadProfile(history=tuple(history), questions=in_english(questions))
    return tools.stage_reader.read(profile, today, assets_in_history(profile, tools))


def check_line(
    kind: str,
    text: str,
    tools: Tools,
    *,
    subject: str | None,
    stage: Stage | None,
    type_name: str | None,
    asset_id: str | None,
    channel: str | None,
    lead: str | LeadFacts | None,
    questions: Sequence[str] | None,
) -> CheckReport:
    """Judge one text; `kind` is `asset` or `draft`. Raises `NotFound` for unknown ids."""
    if not text.strip():
        raise BadInput("the text is empty; there is nothing to judge")
    asset = tools.library.get(asset_id) if asset_id else None
    if kind == "asset":
        asset_type = parse_type(type_name) if type_name else (asset.type if asset else None)
        return check_asset(
            text,
            asset_type,
            stage,
            title=asset.title if asset else "",
            models=tools.sentence_models,
        )
    return check_draft(
        CheckContext(
            subject=subject or "",
            body=text,
            stage=stage,
            asset=asset,
            channel=known_channel(channel or "email"),
            profile=_profile(lead, questions, tools),
            questions=tuple(questions) if questions is not None else None,
            models=tools.sentence_models,
        )
    )


def _profile(
    lead: str | LeadFacts | None, questions: Sequence[str] | None, tools: Tools
) -> LeadProfile | None:
    if lead is None:
        return None
    if isinstance(lead, str):
        return tools.leads.get(lead)
    return LeadProfile(lead, questions=tuple(questions or ()))

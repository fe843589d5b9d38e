"""What the library covers, by stage, persona and buyer question, and what nothing answers (M47)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.flow.content_requests import content_requests
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.buyer_questions import BuyerQuestion
from knowledge.content_requests import RequestState
from knowledge.coverage import EVERYONE, Coverage
from knowledge.journey import Stage
from knowledge.tone import is_promotional

READ_AT_ONCE = 100
"""Assets read before what was found is kept: a first look at a large library may be cut short."""


def coverage(tools: Tools) -> Coverage:
    """Count what could be recommended: approved and not promotional at that stage."""
    assets = tools.library.all(AssetStatus.APPROVED)
    named = sorted({p for a in assets for p in a.personas})
    personas = (*named, EVERYONE)
    cells = {
        (stage, persona): tuple(a for a in assets if _fits(a, stage, persona))
        for stage in Stage
        for persona in personas
    }
    requests = tuple(content_requests(tools, RequestState.OPEN))
    return Coverage(cells, personas, requests, questions_answered(assets, tools))


def questions_answered(
    assets: Sequence[Asset], tools: Tools
) -> Mapping[str, tuple[BuyerQuestion, ...]]:
    """Which of the six questions each asset answers, by id; each text is read once."""
    reader = tools.buyer_question_reader
    marks = {a.id: f"{reader.mark}-{a.content_hash}" for a in assets}
    found = dict(tools.buyer_answers.known(marks))
    unread = [a for a in assets if a.id not in found]
    for start in range(0, len(unread), READ_AT_ONCE):
        read = {a.id: reader.answered(a) for a in unread[start : start + READ_AT_ONCE]}
        tools.buyer_answers.keep(read, marks)
        found |= read
    return found


def _fits(asset: Asset, stage: Stage, persona: str) -> bool:
    for_them = persona in asset.personas if persona != EVERYONE else not asset.personas
    promotional = is_promotional(asset.type, asset.hype, stage, asset.hype_overruled)
    return for_them and stage in asset.fitting_stages and promotional is None

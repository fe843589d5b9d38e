"""What the library covers, by stage, persona and buyer question, and what nothing answers (M47)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from bot.flow.content_requests import content_requests
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.buyer_questions import BuyerQuestion
from knowledge.content_requests import RequestState
from knowledge.coverage import EVERYONE, Coverage
from knowledge.journey import Stage
from knowledge.tone import is_promotional

READ_A_STEP = 50
"""Between two sweeps of the bot, some twenty seconds: half a second of one core."""
READ_AT_ONCE = 100
"""Assets read before what was found is kept: a first look at a large library may be cut short."""


def coverage(tools: Tools, *, by_question: bool = True) -> Coverage:
    """Count what could be recommended: approved, its address opens, not promotional at that stage.

    Without `by_question` no piece is read for what it answers, which takes a while the first time.
    """
    assets = [a for a in tools.library.all(AssetStatus.APPROVED) if not a.dead]
    named = sorted({p for a in assets for p in a.personas})
    personas = (*named, EVERYONE)
    cells = {
        (stage, persona): tuple(a for a in assets if _fits(a, stage, persona))
        for stage in Stage
        for persona in personas
    }
    requests = tuple(content_requests(tools, RequestState.OPEN))
    answers = questions_answered(assets, tools) if by_question else {}
    return Coverage(cells, personas, requests, answers)


def questions_answered(
    assets: Sequence[Asset], tools: Tools
) -> Mapping[str, tuple[BuyerQuestion, ...]]:
    """Which of the six questions each asset answers, by id; each text is read once."""
    reader, confirmed = tools.buyer_question_reader, tools.waiting_pieces.confirmed()
    marks = _marks(assets, reader.mark, confirmed)
    found = dict(tools.buyer_answers.known(marks))
    unread = [a for a in assets if a.id not in found]
    for start in range(0, len(unread), READ_AT_ONCE):
        read = {
            a.id: reader.answered(a, confirmed.get(a.id, ()))
            for a in unread[start : start + READ_AT_ONCE]
        }
        tools.buyer_answers.keep(read, marks)
        found |= read
    return found


class ReadingAhead:
    """Reads what pieces answer in small steps, so that the map of a large library opens at once."""

    def __init__(self, tools: Tools, read_at: str = "") -> None:
        self._tools = tools
        self.read_at = read_at

    def step(self) -> int:
        """Read a few of the approved pieces that were not read yet; return how many."""
        revision = self._tools.library.revision()
        if revision == self.read_at:
            return 0
        assets = self._tools.library.all(AssetStatus.APPROVED)
        reader = self._tools.buyer_question_reader
        marks = _marks(assets, reader.mark, self._tools.waiting_pieces.confirmed())
        known = self._tools.buyer_answers.known(marks)
        unread = [a for a in assets if a.id not in known][:READ_A_STEP]
        if not unread:
            self.read_at = revision
        questions_answered(unread, self._tools)
        return len(unread)


def _marks(
    assets: Sequence[Asset], reading: str, confirmed: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """By asset id, what changes whenever it may be read otherwise than before."""
    marks = {}
    for asset in assets:
        asked = "\x1f".join(confirmed.get(asset.id, ()))
        by_people = f"-{hashlib.sha256(asked.encode()).hexdigest()[:12]}" if asked else ""
        marks[asset.id] = f"{reading}-{asset.content_hash}{by_people}"
    return marks


def _fits(asset: Asset, stage: Stage, persona: str) -> bool:
    for_them = persona in asset.personas if persona != EVERYONE else not asset.personas
    promotional = is_promotional(asset.type, asset.hype, stage, asset.hype_overruled)
    return for_them and stage in asset.fitting_stages and promotional is None

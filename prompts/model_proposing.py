"""A chat model as a reader of new pieces; what it says and the piece does not bear out is dropped.

Any failure leaves what rules and vectors proposed: a person confirms it anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knowledge.assets import Asset
from knowledge.errors import ModelFailed, SetupMissing
from knowledge.journey import AssetType, Stage
from knowledge.proposals import Proposals
from knowledge.sentences import prose
from knowledge.vocabulary import INDUSTRIES
from prompts.model_prompt import Talk, data
from prompts.model_reading import Answers
from prompts.proposing_reply import grounded, proposing_schema
from prompts.wording import prompt

PROPOSING_S = 15.0
"""Nobody waits for it as for a card: who adds a piece hears of it in a message anyway."""
PIECE_CHARACTERS = 24_000
"""Of a piece that a model is shown, about 4,000 words; the rules read the rest."""
_FIELDS = ("stages", "personas", "industries", "topics")


class ModelProposer:
    """Reads pieces with a chat model, over what rules and vectors proposed."""

    def __init__(self, model: Answers, deadline_s: float = PROPOSING_S) -> None:
        self._model, self._deadline_s = model, deadline_s

    def __call__(self, asset: Asset, ruled: Proposals, personas: Mapping[str, str]) -> Proposals:
        """What the piece is by the model where that is grounded, else what the rules proposed."""
        talk = proposing_talk(asset, personas)
        try:
            told = self._model.answer(talk, proposing_schema(), self._deadline_s)
        except (ModelFailed, SetupMissing):
            return ruled
        given = [name for name in _FIELDS if getattr(asset, name)]
        given += ["type"] if asset.type is not AssetType.OTHER else []
        return grounded(told, ruled, f"{asset.title}\n{_shown(asset)}", personas, given) or ruled


def proposing_talk(asset: Asset, personas: Mapping[str, str]) -> Talk:
    """The conversation: what to report, and the piece as data."""
    told: dict[str, Any] = {
        "types": list(AssetType),
        "stages": list(Stage),
        "personas": dict(personas),
        "industries": [name for name, _ in INDUSTRIES],
    }
    shown: dict[str, object] = {
        "title": data("title", asset.title),
        "text": data("text", _shown(asset)),
    }
    return [("system", prompt("propose/system", told)), ("user", prompt("propose/piece", shown))]


def _shown(asset: Asset) -> str:
    return prose(asset.text)[:PIECE_CHARACTERS]

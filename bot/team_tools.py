"""The tools of one team among many: models are the house's, everything that holds data its own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bot.bootstrap import Wired

if TYPE_CHECKING:
    from bot.flow.bulk_models import BulkModels
    from bot.flow.tools import Tools
    from bot.flow.turns import Turns
    from bot.settings import Settings
    from knowledge.sentence_models import SentenceModels
    from prompts.drafting import Drafter
    from prompts.model_proposing import ModelProposer
    from prompts.model_reading import ModelReader
    from retrieval.asking import RequestReader
    from retrieval.buyer_questions import BuyerQuestionReader
    from retrieval.embeddings import Embedder
    from retrieval.follow_up_reader import FollowUpReader
    from retrieval.intents import IntentReader


class TeamTools(Wired):
    """Wired for a team's settings, with the models of the house.

    What is shared is named here, one by one: whatever is added to `Wired` is each team's own until
    somebody has looked at it and found that it holds nothing of anybody. These hold weights, and
    vectors by text.
    """

    def __init__(self, settings: Settings, house: Tools) -> None:
        super().__init__(settings, house.clock, must_own_index=True)
        self._house = house

    @cached_property
    def embedder(self) -> Embedder:
        return self._house.embedder

    @cached_property
    def bulk_models(self) -> BulkModels:
        return self._house.bulk_models

    @cached_property
    def sentence_models(self) -> SentenceModels:
        return self._house.sentence_models

    @cached_property
    def request_reader(self) -> RequestReader:
        return self._house.request_reader

    @cached_property
    def intent_reader(self) -> IntentReader:
        return self._house.intent_reader

    @cached_property
    def follow_up_reader(self) -> FollowUpReader:
        return self._house.follow_up_reader

    @cached_property
    def buyer_question_reader(self) -> BuyerQuestionReader:
        return self._house.buyer_question_reader

    @cached_property
    def drafter(self) -> Drafter:
        return self._house.drafter

    @cached_property
    def model_reader(self) -> ModelReader | None:
        return self._house.model_reader

    @cached_property
    def model_proposer(self) -> ModelProposer | None:
        return self._house.model_proposer

    @cached_property
    def turns(self) -> Turns:
        return self._house.turns

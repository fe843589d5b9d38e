"""What the use cases need, named once; `bot.bootstrap` wires the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.flow.bulk_models import BulkModels
from bot.flow.track_record import TrackRules
from bot.flow.turns import Turns
from bot.settings import Settings
from knowledge.clock import Clock
from knowledge.pacing import PacingSettings
from knowledge.sentence_models import SentenceModels
from prompts.drafting import Drafter
from prompts.model_reading import ModelReader
from retrieval.asking import RequestReader
from retrieval.buyer_questions import BuyerQuestionReader
from retrieval.embeddings import Embedder
from retrieval.follow_up_reader import FollowUpReader
from retrieval.intents import IntentReader
from retrieval.ranking import RankingSettings
from retrieval.reading_on import ReadingOn
from retrieval.search import Finder
from retrieval.stage import StageReader
from retrieval.vectors import VectorIndex
from storage.after_approval import AfterApproval
from storage.audit import Audit
from storage.buyer_answers import BuyerAnswers
from storage.database import Database
from storage.inbox import Inbox
from storage.leads import Leads
from storage.library import Library
from storage.outbox import Outbox
from storage.request_groups import RequestGroups
from storage.requests import ContentRequests
from storage.suggestions import Suggestions
from storage.track_record import TrackRecord

if TYPE_CHECKING:
    from bot.flow.due import DueBook  # which works with the tools itself


class Tools(Protocol):
    """The wired parts, each made when it is first used."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def db(self) -> Database: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def library(self) -> Library: ...
    @property
    def leads(self) -> Leads: ...
    @property
    def suggestions(self) -> Suggestions: ...
    @property
    def requests(self) -> ContentRequests: ...
    @property
    def request_groups(self) -> RequestGroups: ...
    @property
    def buyer_answers(self) -> BuyerAnswers: ...
    @property
    def buyer_question_reader(self) -> BuyerQuestionReader: ...
    @property
    def track_record(self) -> TrackRecord: ...
    @property
    def after_approval(self) -> AfterApproval: ...
    @property
    def track_rules(self) -> TrackRules: ...
    @property
    def due_book(self) -> DueBook: ...
    @property
    def turns(self) -> Turns: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def bulk_models(self) -> BulkModels: ...
    @property
    def vectors(self) -> VectorIndex: ...
    @property
    def finder(self) -> Finder: ...
    @property
    def reading_on(self) -> ReadingOn: ...
    @property
    def stage_reader(self) -> StageReader: ...
    @property
    def request_reader(self) -> RequestReader: ...
    @property
    def intent_reader(self) -> IntentReader: ...
    @property
    def model_reader(self) -> ModelReader | None: ...
    @property
    def follow_up_reader(self) -> FollowUpReader: ...
    @property
    def sentence_models(self) -> SentenceModels: ...
    @property
    def drafter(self) -> Drafter: ...
    @property
    def pacing(self) -> PacingSettings: ...
    @property
    def ranking(self) -> RankingSettings: ...
    def close(self) -> None: ...

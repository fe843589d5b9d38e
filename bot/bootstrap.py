"""The one place where concrete classes are wired together."""

from __future__ import annotations

from functools import cached_property

from bot.counted_model import CountedWriter
from bot.crm.opening import mapping_of, open_crm
from bot.flow.audit_key import audit_key
from bot.flow.bulk_models import BulkModels
from bot.flow.due import DueBook
from bot.flow.reembedding import embed_missing
from bot.flow.track_record import TrackRules
from bot.flow.turns import Turns
from bot.home_folder import make_home, note_server, require_its_database
from bot.places import executor_id
from bot.settings import Settings
from knowledge.chunking import CHUNKER
from knowledge.clock import Clock, SystemClock
from knowledge.crm import Crm
from knowledge.crm_mapping import CrmMapping
from knowledge.errors import IndexBusy
from knowledge.pacing import PacingSettings, load_pacing
from knowledge.sentence_models import SentenceModels
from knowledge.teams import collection_prefix
from prompts.composer import Composer
from prompts.drafting import Drafter
from prompts.model import ModelWriter
from prompts.model_proposing import PROPOSING_S, ModelProposer
from prompts.model_reading import DEADLINE_S, ModelReader
from retrieval.asking import Embed, RequestReader, remembering
from retrieval.buyer_questions import BuyerQuestionReader
from retrieval.embeddings import Embedder, load_bulk_embedder, load_embedder, processors
from retrieval.follow_up_reader import FollowUpReader
from retrieval.intents import IntentReader
from retrieval.onnx_model import MODEL_NAME, default_cache
from retrieval.packaged_models import PackagedModels
from retrieval.ranking import RankingSettings
from retrieval.reading_on import ReadingOn
from retrieval.search import Finder
from retrieval.stage import StageReader
from retrieval.vectors import ScanIndex, VectorIndex
from storage.after_approval import AfterApproval
from storage.audit import Audit
from storage.buyer_answers import BuyerAnswers
from storage.crm_queue import CrmQueue
from storage.database import Database, open_database
from storage.inbox import Inbox
from storage.leads import Leads
from storage.library import Library
from storage.migrate import migrate
from storage.outbox import Outbox
from storage.proposals import WaitingPieces
from storage.request_groups import RequestGroups
from storage.requests import ContentRequests
from storage.suggestions import Suggestions
from storage.track_record import TrackRecord

WORKING_AT_ONCE = 2
"""Threads that compute: with more, acknowledging an event waits for its turn to run Python
(`python -m benchmarks.slack_load`)."""


class Wired:
    """The parts of one running Trailguide, each made when it is first used.

    `must_own_index` makes a busy index an error (the bot); otherwise the vectors kept in SQL are
    scanned instead (a command beside a running bot, decision 2).
    """

    def __init__(
        self, settings: Settings, clock: Clock | None = None, *, must_own_index: bool = False
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self._must_own_index = must_own_index
        make_home(settings.home)

    @cached_property
    def db(self) -> Database:
        require_its_database(self.settings)
        db = open_database(self.settings.database, self.settings.schema_name)
        migrate(db)
        if self.settings.shares_database:
            note_server(self.settings.home, db.where)
        return db

    @cached_property
    def audit(self) -> Audit:
        settings = self.settings
        own = executor_id(settings.home) if settings.shares_database else ""
        anchor = settings.home / "audit.head"
        return Audit(audit_key(settings), anchor=anchor, clock=self.clock, home=own)

    @cached_property
    def library(self) -> Library:
        return Library(self.db, self.clock, self.audit)

    @cached_property
    def leads(self) -> Leads:
        return Leads(self.db, self.clock, self.audit, self.crm_queue)

    @cached_property
    def suggestions(self) -> Suggestions:
        return Suggestions(self.db, self.audit, self.clock)

    @cached_property
    def requests(self) -> ContentRequests:
        return ContentRequests(self.db, self.clock, self.audit)

    @cached_property
    def request_groups(self) -> RequestGroups:
        return RequestGroups(self.db, self.clock, self.audit)

    @cached_property
    def buyer_answers(self) -> BuyerAnswers:
        return BuyerAnswers(self.db)

    @cached_property
    def buyer_question_reader(self) -> BuyerQuestionReader:
        return BuyerQuestionReader(remembering(self._packaged_embedder.embed))

    @cached_property
    def track_record(self) -> TrackRecord:
        return TrackRecord(self.db, self.audit, self.clock)

    @cached_property
    def after_approval(self) -> AfterApproval:
        return AfterApproval(self.db, self.audit, self.clock, self.crm_queue)

    @cached_property
    def track_rules(self) -> TrackRules:
        return TrackRules(self.track_record, self.settings.time_zone)

    @cached_property
    def due_book(self) -> DueBook:
        return DueBook()

    @cached_property
    def turns(self) -> Turns:
        return Turns(WORKING_AT_ONCE)

    @cached_property
    def waiting_pieces(self) -> WaitingPieces:
        return WaitingPieces(self.db, self.clock, self.audit)

    @cached_property
    def _crm_mapping(self) -> CrmMapping | None:
        return mapping_of(self.settings)

    @cached_property
    def crm(self) -> Crm | None:
        mapping = self._crm_mapping
        return open_crm(self.settings, mapping) if mapping else None

    @cached_property
    def crm_queue(self) -> CrmQueue | None:
        mapping = self._crm_mapping
        return CrmQueue(self.settings.crm, mapping.writes()) if mapping else None

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.db, self.clock)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.db, self.clock)

    @cached_property
    def embedder(self) -> Embedder:
        cache = self.settings.model_cache or default_cache()
        return load_embedder(self.settings.embedding_model, cache)

    @cached_property
    def bulk_models(self) -> BulkModels:
        """For the packaged model a run a processor, each of one thread: faster than one on all."""
        own = self.embedder_is_packaged
        embedder = (
            load_bulk_embedder(self.settings.model_cache or default_cache())
            if own
            else self.embedder
        )
        models = PackagedModels(embedder)  # of which the audit is used, and it reads no vectors
        lanes = processors() if own else 1
        version = models.hype_version
        return BulkModels(embedder.embed, embedder.fingerprint, models.hypes, version, lanes)

    @property
    def embedder_is_packaged(self) -> bool:
        """Whether the settings name the packaged model; nothing is loaded to tell."""
        name = self.settings.embedding_model or MODEL_NAME
        return name.removeprefix("sentence-transformers/") == MODEL_NAME

    @cached_property
    def vectors(self) -> VectorIndex:
        from retrieval.chroma_index import ChromaIndex
        from retrieval.chroma_server import ChromaServerIndex

        name = f"{collection_prefix(self.settings.team)}{self.embedder.fingerprint}-{CHUNKER}"
        if self.settings.chroma_url:
            return ChromaServerIndex(self.settings.chroma_url, name)
        try:
            return ChromaIndex(self.settings.home / "chroma", name)
        except IndexBusy:
            if self._must_own_index:
                raise
            return ScanIndex()

    @cached_property
    def finder(self) -> Finder:
        embed_missing(self)
        return Finder(self.library, self.embedder, self.vectors, self.settings.home / "cache")

    @cached_property
    def reading_on(self) -> ReadingOn:
        embed_missing(self)
        return ReadingOn(self.library, self.embedder.fingerprint)

    @cached_property
    def stage_reader(self) -> StageReader:
        return StageReader(self.settings.home)

    @cached_property
    def request_reader(self) -> RequestReader:
        return RequestReader(self._embed_question, self.embedder.name)

    @cached_property
    def intent_reader(self) -> IntentReader:
        return IntentReader(self._embed_question, self.embedder.name)

    @cached_property
    def follow_up_reader(self) -> FollowUpReader:
        return FollowUpReader(self._embed_question, packaged=self.embedder.name == MODEL_NAME)

    @cached_property
    def _embed_question(self) -> Embed:
        return remembering(self.embedder.embed)

    @cached_property
    def sentence_models(self) -> SentenceModels:
        return PackagedModels(self._packaged_embedder)

    @cached_property
    def _packaged_embedder(self) -> Embedder:
        # Thresholds were set on the packaged vectors; another model's would mean other things.
        own = self.embedder.name == MODEL_NAME
        cache = self.settings.model_cache or default_cache()
        return self.embedder if own else load_embedder(None, cache)

    @cached_property
    def drafter(self) -> Drafter:
        models = self.sentence_models
        return Drafter(Composer(models), self._model_writer, models)

    @cached_property
    def _model_writer(self) -> ModelWriter | None:
        model, seconds = self.settings.chat_model, self.settings.model_deadline_seconds
        if not model:
            return None
        return CountedWriter(
            model, seconds, models=self.sentence_models, waiting=self.turns.waiting
        )

    @cached_property
    def model_reader(self) -> ModelReader | None:
        writer = self._model_writer
        seconds = min(DEADLINE_S, self.settings.model_deadline_seconds)
        return ModelReader(writer, seconds) if writer else None

    @cached_property
    def model_proposer(self) -> ModelProposer | None:
        writer = self._model_writer
        seconds = min(PROPOSING_S, self.settings.model_deadline_seconds)
        return ModelProposer(writer, seconds) if writer else None

    @cached_property
    def pacing(self) -> PacingSettings:
        return load_pacing(self.settings.home)

    @cached_property
    def ranking(self) -> RankingSettings:
        return RankingSettings()

    def close(self) -> None:
        """Give back the index lock and the database connections that were opened."""
        if "vectors" in self.__dict__:
            self.vectors.close()
        if self.__dict__.get("crm"):
            self.__dict__["crm"].close()
        if "db" in self.__dict__:
            self.db.close()


def build(settings: Settings, clock: Clock | None = None, *, must_own_index: bool = False) -> Wired:
    """Wire Trailguide for these settings; `StorageFailed` when the home folder cannot be used."""
    return Wired(settings, clock, must_own_index=must_own_index)

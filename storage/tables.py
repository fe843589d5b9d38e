"""Every table, as SQLModel classes; the migrations make them, a test compares the two."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

import storage.tables_crm
import storage.tables_leads
import storage.tables_names
import storage.tables_plans
import storage.tables_review
import storage.tables_roles  # noqa: F401 - registered with these
from storage.columns import Row, UtcDateTime

Json = list[Any] | dict[str, Any]


class CounterRow(Row, table=True):
    """A named counter; `token` is drawn anew each time, so a restored backup cannot repeat one."""

    __tablename__ = "counter"
    name: str = Field(primary_key=True)
    value: int = 0
    token: str = ""


class AssetRow(Row, table=True):
    """One asset with its status; see `knowledge.assets.Asset`."""

    __tablename__ = "asset"
    # With the id, so that "which of these are approved" is answered without reading texts.
    __table_args__: ClassVar[tuple[Any, ...]] = (Index("ix_asset_status", "status", "id"),)

    id: str = Field(primary_key=True)
    title: str
    type: str
    type_guessed: bool = False
    text: str = Field(sa_type=Text)
    source: str = Field(index=True)
    folder: str = Field(default="", index=True)
    url: str | None = None
    description: str = Field(default="", sa_type=Text)
    stages: list[str] = Field(sa_type=JSON)
    personas: list[str] = Field(sa_type=JSON)
    industries: list[str] = Field(sa_type=JSON)
    topics: list[str] = Field(sa_type=JSON)
    buyer_questions: list[str] = Field(default_factory=list, sa_type=JSON)
    published: date | None = None
    language: str = "en"
    status: str
    hype: float = 0.0
    hype_overruled: bool = False
    content_hash: str
    added_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retired_by: str | None = None
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retired_as_gone: bool = False
    overruled_by: str | None = None
    overruled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    overruled_because: str | None = None
    owner: str = ""
    added_by: str = ""
    changed_by: str = ""
    submitted_by: str | None = None
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_back_by: str | None = None
    sent_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_back_because: str | None = Field(default=None, sa_type=Text)
    version: int = 1
    version_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    link_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    link_state: str = ""
    link_why: str = ""
    moved_to: str = ""
    strikes: int = 0
    struck_on: date | None = None
    dead_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    review_by: date | None = None
    verified_by: str | None = None
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AssetVersionRow(Row, table=True):
    """A version of an asset that is not the one in force: past, waiting or sent back."""

    __tablename__ = "asset_version"
    asset_id: str = Field(primary_key=True, foreign_key="asset.id", ondelete="CASCADE")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    state: str
    text: str = Field(sa_type=Text)
    described: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = ""
    because: str = ""


class ChunkRow(Row, table=True):
    """One passage of an asset."""

    __tablename__ = "chunk"
    id: str = Field(primary_key=True)
    asset_id: str = Field(foreign_key="asset.id", ondelete="CASCADE", index=True)
    ordinal: int
    heading: str = ""
    text: str = Field(sa_type=Text)


class VectorRow(Row, table=True):
    """A chunk's embedding by one model: little-endian float32."""

    __tablename__ = "vector"
    chunk_id: str = Field(primary_key=True, foreign_key="chunk.id", ondelete="CASCADE")
    model: str = Field(primary_key=True)
    vector: bytes = Field(sa_type=LargeBinary)


class LeadRow(Row, table=True):
    """A lead as known now; `facts` holds every fact, the columns repeat what people look up."""

    __tablename__ = "lead"
    id: str = Field(primary_key=True)
    name: str | None = None
    email: str | None = Field(default=None, index=True)
    company: str | None = Field(default=None, index=True)
    facts: dict[str, Any] = Field(sa_type=JSON)
    added_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class LeadFactRow(Row, table=True):
    """One fact as it was learnt: append only, until the lead is erased (M31).

    `kind` is that of its source (`knowledge.fact_trust`), empty where the source's name tells it;
    `as_of` is when the source last changed it, None for when it was learnt.
    """

    __tablename__ = "lead_fact"
    id: int | None = Field(default=None, primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", ondelete="CASCADE", index=True)
    fact: str
    value: Any = Field(sa_type=JSON)
    source: str
    told_by: str
    learnt_at: datetime = Field(sa_type=UtcDateTime)
    kind: str = ""
    as_of: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LeadHistoryRow(Row, table=True):
    """One thing that happened; `asset_id` is empty when no asset was involved."""

    __tablename__ = "lead_history"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint(
            "lead_id", "action", "asset_id", "happened_on", "note_hash", "line",
            name="uq_lead_history_act",
        ),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", ondelete="CASCADE", index=True)
    action: str
    happened_on: date
    asset_id: str = ""
    note: str = Field(default="", sa_type=Text)
    note_hash: str = ""
    added_at: datetime = Field(sa_type=UtcDateTime)
    line: str = ""
    source: str = ""
    told_by: str = ""


class SaltRow(Row, table=True):
    """The salt of one lead's (or one nameless suggestion's) hashes; erasing it unlinks them."""

    __tablename__ = "salt"
    owner: str = Field(primary_key=True)
    salt: bytes = Field(sa_type=LargeBinary)


class SuggestionRow(Row, table=True):
    """A suggestion without a word about the lead: stays when the lead is erased."""

    __tablename__ = "suggestion"
    # With the id, so that the pages of a list follow each other without sorting the whole.
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_suggestion_created_at", "created_at", "id"),
        Index("ix_suggestion_asked_by", "asked_by", "created_at", "id"),
    )
    id: str = Field(primary_key=True)
    lead_id: str | None = Field(default=None, index=True)
    asked_by: str | None = None
    team: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    stage: str
    stage_confidence: float
    decision: str
    rule: str = ""
    act_on: date | None = None
    touch_number: int
    budget: int
    asset_id: str | None = Field(default=None, index=True)
    score: float | None = None
    rules: list[str] = Field(sa_type=JSON)
    question_count: int = 0
    state: str = Field(index=True)
    edits: int = 0
    edited_by: str | None = None
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    snoozed_until: date | None = None
    replaced_by: str | None = None
    card_channel: str | None = None
    card_ts: str | None = None
    stage_corrected: str | None = None
    sent_on: date | None = None
    sent_channel: str | None = None
    sent_by: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_because: str | None = None
    asset_version: int | None = None


class SuggestionTextRow(Row, table=True):
    """Everything in a suggestion that may speak of the lead: erasable."""

    __tablename__ = "suggestion_text"
    suggestion_id: str = Field(primary_key=True, foreign_key="suggestion.id", ondelete="CASCADE")
    lead_id: str | None = Field(default=None, index=True)
    card: dict[str, Any] = Field(sa_type=JSON)
    subject: str | None = Field(default=None, sa_type=Text)
    body: str | None = Field(default=None, sa_type=Text)
    original_subject: str | None = Field(default=None, sa_type=Text)
    original_body: str | None = Field(default=None, sa_type=Text)
    checks: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    decision_reason: str | None = Field(default=None, sa_type=Text)
    kept_reason: str | None = Field(default=None, sa_type=Text)
    sent_subject: str | None = Field(default=None, sa_type=Text)
    sent_body: str | None = Field(default=None, sa_type=Text)
    helped_reason: str | None = Field(default=None, sa_type=Text)
    rewritten: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class TouchOutcomeRow(Row, table=True):
    """What came of an approved suggestion: the rep's answers, and `moved` once its lead is erased.

    While the lead is on record, whether it moved on is read from its history and from `outcome`.
    `history_id` is the entry of the lead's history that `outcome` added, None when it added none.
    """

    __tablename__ = "touch_outcome"
    suggestion_id: str = Field(primary_key=True, foreign_key="suggestion.id", ondelete="CASCADE")
    helped: bool | None = None
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    moved: bool | None = None
    outcome: str | None = None
    outcome_on: date | None = None
    outcome_by: str | None = None
    outcome_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    history_id: int | None = None


class AuditRow(Row, table=True):
    """One audit entry; triggers refuse to change or delete it."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str
    subject_id: str = Field(index=True)
    actor: str
    data: str = Field(sa_type=Text)
    previous: str
    hmac: str


class AuditKeyRow(Row, table=True):
    """Names the key that the audit log was begun with, without telling it; one row, `id` 1."""

    __tablename__ = "audit_key"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    fingerprint: str


class InboxRow(Row, table=True):
    """An event as it came, kept before it is acknowledged; its payload goes once it is done.

    `asker` is the person behind an ask, whose asks are counted.
    """

    __tablename__ = "inbox"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_inbox_asker_received_at", "asker", "received_at", "kind"),
        Index("ix_inbox_received_at_asker", "received_at", "asker", "kind"),
    )
    key: str = Field(primary_key=True)
    kind: str
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    lane: str = Field(default="", index=True)
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    asker: str | None = None


class OutboxRow(Row, table=True):
    """A Slack write: planned, then posted or failed; its payload goes once it is posted."""

    __tablename__ = "outbox"
    key: str = Field(primary_key=True)
    method: str
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    state: str = Field(index=True)
    planned_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    channel: str | None = None
    ts: str | None = None
    reason: str | None = None


class RequestGroupRow(Row, table=True):
    """A content request: misses that one piece would answer, in whatever words; it holds no words.

    `state` is open, closed or answered; `because` is the marketer's reason, `asset_id` the answer.
    """

    __tablename__ = "request_group"
    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(index=True)
    asset_id: str | None = None
    because: str | None = Field(default=None, sa_type=Text)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    begun_at: datetime = Field(sa_type=UtcDateTime)


class ContentRequestRow(Row, table=True):
    """A question the library could not answer, told apart by a hash of its plain wording.

    The hash gives way to a random mark when every wording was erased.
    """

    __tablename__ = "content_request"
    __table_args__: ClassVar[tuple[Any, ...]] = (UniqueConstraint("wording_hash", "stage"),)
    id: int | None = Field(default=None, primary_key=True)
    wording_hash: str
    stage: str
    group_id: int | None = Field(default=None, foreign_key="request_group.id", index=True)


class ContentMissRow(Row, table=True):
    """One miss of a request; `wording` and `lead_id` go when that lead is erased."""

    __tablename__ = "content_miss"
    __table_args__: ClassVar[tuple[Any, ...]] = (UniqueConstraint("request_id", "ask_key"),)
    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="content_request.id", ondelete="CASCADE", index=True)
    ask_key: str | None = None
    wording: str | None = Field(default=None, sa_type=Text)
    asked_by: str | None = None
    lead_id: str | None = Field(default=None, index=True)
    persona: str | None = None
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    missed_at: datetime = Field(sa_type=UtcDateTime)


class DigestRow(Row, table=True):
    """Whether a person wants the daily digest, since when, and in which time zone they live."""

    __tablename__ = "digest"
    team: str = Field(primary_key=True)
    slack_user: str = Field(primary_key=True)
    wanted: bool = False
    zone: str | None = None
    since: datetime = Field(sa_type=UtcDateTime)


class BuyerAnswerRow(Row, table=True):
    """The buyer questions read in an asset; `mark` names the text and the reading they are of."""

    __tablename__ = "buyer_answer"
    asset_id: str = Field(primary_key=True, foreign_key="asset.id", ondelete="CASCADE")
    mark: str
    answers: list[str] = Field(sa_type=JSON)


class ImportRow(Row, table=True):
    """One import: what was named, how it is to be stored, and whether it is over."""

    __tablename__ = "import"
    id: str = Field(primary_key=True)
    sources: list[str] = Field(sa_type=JSON)
    options: dict[str, Any] = Field(sa_type=JSON)
    planned_by: str
    planned_at: datetime = Field(sa_type=UtcDateTime, index=True)
    for_bot: bool = False
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    ended_because: str = ""


class ImportPieceRow(Row, table=True):
    """One thing to read of an import, in order, and what became of it; `became` empty is to do.

    `read` counts the pieces of a manifest that were read already, `mark` tells its version then.
    """

    __tablename__ = "import_piece"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_import_piece_became", "import_id", "became", "place"),
        Index("ix_import_piece_location", "import_id", "location"),
    )
    import_id: str = Field(primary_key=True, foreign_key="import.id", ondelete="CASCADE")
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    location: str = Field(sa_type=Text)
    folder: str = ""
    kind: str
    changed: str = ""
    became: str = ""
    asset_id: str = ""
    reason: str = Field(default="", sa_type=Text)
    flags: str = ""
    read: int = 0
    mark: str = ""
    tries: int = 0
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PageRow(Row, table=True):
    """What a site said of a page when it was last read, to ask only for what changed since."""

    __tablename__ = "page"
    url: str = Field(primary_key=True)
    etag: str = ""
    modified: str = ""
    changed: str = ""
    reader: str
    read_at: datetime = Field(sa_type=UtcDateTime)


class ToneAuditRow(Row, table=True):
    """The hype of a text by one version of the audit, so that the same text is not read twice."""

    __tablename__ = "tone_audit"
    digest: str = Field(primary_key=True)
    hype: float


class ProposalRow(Row, table=True):
    """A piece that was read, with what is proposed of it, until a person confirms it."""

    __tablename__ = "proposal"
    id: str = Field(primary_key=True)
    made_by: str
    made_at: datetime = Field(sa_type=UtcDateTime, index=True)
    piece: dict[str, Any] = Field(sa_type=JSON)
    proposed: dict[str, Any] = Field(sa_type=JSON)
    asset_id: str | None = None
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AnsweredQuestionRow(Row, table=True):
    """A buyer's question that a piece answers by a person's word, with the passage."""

    __tablename__ = "answered_question"
    asset_id: str = Field(foreign_key="asset.id", ondelete="CASCADE", primary_key=True)
    ordinal: int = Field(primary_key=True)
    question: str = Field(sa_type=Text)
    passage: str = Field(default="", sa_type=Text)

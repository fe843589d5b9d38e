"""Assets and their chunks: the content that the library holds."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge.buyer_questions import BuyerQuestion
from knowledge.journey import TYPE_STAGES, AssetType, Stage

_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,}")


class AssetStatus(StrEnum):
    """Only approved assets are ever searchable; one in review waits for a reviewer's word."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Asset:
    """One piece of content.

    `text` is Markdown or plain text without front matter. `source` says where it came from (a
    path, an address, or `manifest#id`), and `folder` the folder or manifest it was added with.
    `url` is absolute or None; without one an asset cannot be approved. `hype` is 0 to 1. `owner` is
    a mail address or a Slack name from the source, `added_by` whoever brought it in. `version`
    counts from 1. `dead`: its address does not open any more. `review_by` is from the source.
    `buyer_questions` are those its source names; without any they are read in the piece.
    `type_guessed`: neither its source nor a folder names a type, so it was read in the piece.
    `remarks` say what of its source could not be used; they are not kept with it.
    """

    id: str
    title: str
    type: AssetType
    text: str
    source: str
    folder: str = ""
    url: str | None = None
    description: str = ""
    stages: tuple[Stage, ...] = ()
    personas: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    buyer_questions: tuple[BuyerQuestion, ...] = ()
    published: date | None = None
    language: str = "en"
    status: AssetStatus = AssetStatus.DRAFT
    hype: float = 0.0
    hype_overruled: bool = False
    owner: str = ""
    added_by: str = ""
    version: int = 1
    dead: bool = False
    review_by: date | None = None
    type_guessed: bool = False
    remarks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def fitting_stages(self) -> tuple[Stage, ...]:
        """The stages given by hand, else those that fit the type."""
        return self.stages or TYPE_STAGES[self.type]

    @property
    def answered_by(self) -> str:
        """Who answers for it: its owner, else whoever added it from Slack; empty for nobody."""
        return self.owner or (self.added_by if is_slack_user(self.added_by) else "")

    @property
    def content_hash(self) -> str:
        """SHA-256 over everything the source says, so that an unchanged piece is recognised."""
        parts = (
            self.title, self.type, self.text, self.url or "", self.description,
            ";".join(self.stages), ";".join(self.personas), ";".join(self.industries),
            ";".join(self.topics), str(self.published or ""), self.language,
            *self.buyer_questions,
        )  # fmt: skip
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of one asset: `ordinal` counts from 0, `heading` is the nearest one above."""

    id: str
    asset_id: str
    ordinal: int
    heading: str
    text: str


def is_slack_user(name: str) -> bool:
    """Whether this is the id of a Slack user."""
    return bool(_SLACK_USER.fullmatch(name))


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, at most 60 characters; `asset` for none."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
    return words[:60].rstrip("-") or "asset"


def asset_reference(asset_id: str) -> str:
    """A short name of an asset for a button, whose id may be long and hold any character."""
    return f"asset-{hashlib.sha256(asset_id.encode()).hexdigest()[:24]}"


def asset_id(title: str, source: str) -> str:
    """Slug of the title plus 8 hex digits of the source, stable over runs."""
    return f"{slug(title)}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"

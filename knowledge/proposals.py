"""What is proposed of a new piece before a person confirms it: fields, questions, likenesses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from knowledge.assets import Asset, AssetStatus
from knowledge.journey import AssetType, Stage
from knowledge.touch import Finding

WORDS_A_MINUTE = 230
"""Silent reading of plain prose: 200 to 260 words a minute (Brysbaert, 2019)."""


class Basis(StrEnum):
    """Where a question that a piece answers was found."""

    HEADING = "heading"
    REQUEST = "request"
    JOURNEY = "journey"
    MODEL = "model"


class Likeness(StrEnum):
    """How a piece in the library is like the new one."""

    SAME_LINK = "same_link"
    SAME_TEXT = "same_text"
    EDITED = "edited"
    SHORTER = "shorter"
    LONGER = "longer"


@dataclass(frozen=True, slots=True)
class Answered:
    """A buyer's question and the passage of the piece that answers it, in its own words."""

    question: str
    passage: str
    basis: Basis = Basis.HEADING


@dataclass(frozen=True, slots=True)
class Twin:
    """A piece in the library that says the same; `share` (0 to 1) is of the shorter one's words.

    `likeness` tells what the piece in the library is to the new one.
    """

    asset_id: str
    title: str
    status: AssetStatus
    share: float
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Proposals:
    """Everything proposed of one piece; nothing of it counts until a person confirms it.

    `updates` is the id of the piece that this is a new version of, empty for a new piece. `why`
    holds a sentence by the name of a field.
    """

    title: str
    type: AssetType
    stages: tuple[Stage, ...] = ()
    personas: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    questions: tuple[Answered, ...] = ()
    words: int = 0
    minutes: int = 1
    hype: float = 0.0
    findings: tuple[Finding, ...] = ()
    twins: tuple[Twin, ...] = ()
    updates: str = ""
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a person made of the proposals: the fields as they stand in the form."""

    title: str
    type: AssetType
    url: str | None = None
    stages: tuple[Stage, ...] = ()
    personas: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    updates: str = ""


_PROPOSALS = TypeAdapter(Proposals)
_ASSET = TypeAdapter(Asset)


def proposals_form(proposals: Proposals) -> dict[str, Any]:
    """The proposals as plain JSON values."""
    form: dict[str, Any] = _PROPOSALS.dump_python(proposals, mode="json")
    return form


def proposals_of(form: Mapping[str, Any]) -> Proposals:
    """The proposals that `proposals_form` wrote down; ValueError for anything else."""
    return _PROPOSALS.validate_python(form)


def asset_form(asset: Asset) -> dict[str, Any]:
    """A piece as plain JSON values."""
    form: dict[str, Any] = _ASSET.dump_python(asset, mode="json")
    return form


def asset_of(form: Mapping[str, Any]) -> Asset:
    """The piece that `asset_form` wrote down; ValueError for anything else."""
    return _ASSET.validate_python(form)


def minutes_of(words: int) -> int:
    """Minutes of reading, one at least."""
    return max(1, round(words / WORDS_A_MINUTE))

"""The JSON lines that batches read, checked field by field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
)
from pydantic_core import PydanticCustomError

from knowledge.company_size import people_in
from knowledge.errors import BadInput
from knowledge.journey import Stage, parse_stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LineStage, parse_trust_gap

LONGEST_TEXT = 1_000_000
"""Characters of one text in a batch; longer ones are refused rather than silently cut."""


def _stage(value: Any) -> Any:
    if value is None or value == "":
        return None
    try:
        return parse_stage(value) if isinstance(value, str) else value
    except BadInput as unknown:
        raise ValueError(str(unknown)) from None


def _many(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    return [] if value is None else value


def _gaps(value: Any) -> Any:
    told = _many(value)
    if not isinstance(told, list | tuple):
        return told
    try:
        return [parse_trust_gap(str(g)).value if isinstance(g, str | int) else g for g in told]
    except BadInput as unknown:
        raise ValueError(str(unknown)) from None


def _line_stages(value: Any) -> Any:
    """Read `Pumps=decision; Valves=awareness`, or a list of objects."""
    found = []
    for told in _many(value):
        if not isinstance(told, str):
            found.append(told)
            continue
        line, named, stage = told.rpartition("=")
        if not named or not line.strip():
            raise ValueError(f"write a product line and its stage, Pumps=decision, not '{told}'")
        found.append({"line": line.strip(), "stage": _stage(stage.strip())})
    return found


def _many_if_told(value: Any) -> Any:
    """Keep an empty list apart from nothing told."""
    return None if value is None or value == "" else _many(value)


def _people(value: Any) -> Any:
    """Read 400, "1,200", "1.200", "10k", "200-500" (its middle) or "1000+" as employees."""
    if not isinstance(value, str) or (found := people_in(value)) is None:
        return None if isinstance(value, str) and not value.strip() else value
    return found


def _iso_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("datetime_text", "not a time") from None


def _moment(value: Any) -> Any:
    """Read an ISO date as its midnight, and any time without a zone as UTC."""
    if isinstance(value, str) and value.strip():
        value = _iso_time(value.strip())
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    if isinstance(value, datetime) and not 1900 <= value.year <= 2200:
        raise ValueError("the year must be between 1900 and 2200")
    return value or None


def _day(value: Any) -> Any:
    """Read an ISO date, or the date of an ISO time."""
    if isinstance(value, str) and len(value.strip()) > 10:
        try:
            return datetime.fromisoformat(value.strip().replace("Z", "+00:00")).date()
        except ValueError:
            raise PydanticCustomError("date_text", "not a date") from None
    return value or None


def _blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


OptionalStage = Annotated[Stage | None, BeforeValidator(_stage)]
Many = Annotated[tuple[str, ...], BeforeValidator(_many)]
TrustGaps = Annotated[tuple[str, ...], BeforeValidator(_gaps)]
ManyIfTold = Annotated[tuple[str, ...] | None, BeforeValidator(_many_if_told)]
LineStages = Annotated[tuple[LineStage, ...], BeforeValidator(_line_stages)]
Word = Annotated[str | None, BeforeValidator(_blank)]
Flag = Annotated[bool | None, BeforeValidator(_blank)]
Count = Annotated[int | None, Field(ge=0, le=100_000), BeforeValidator(_blank)]
Days = Annotated[int | None, Field(ge=0, le=3650), BeforeValidator(_blank)]
Employees = Annotated[int | None, Field(ge=0, le=100_000_000), BeforeValidator(_people)]
SomeDay = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1)), BeforeValidator(_day)]
Day = Annotated[SomeDay | None, BeforeValidator(_day)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class FactsLine(BaseModel):
    """The facts of a lead; every one optional, unknown names ignored."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    name: Word = None
    email: Word = None
    company: Word = None
    role: Word = None
    persona: Word = None
    buying_role: Word = None
    industry: Word = None
    company_size: Employees = None
    products: Many = ()
    stage: OptionalStage = None
    problem: Word = None
    intent: Word = None
    outcome: Word = None
    obstacles: Many = ()
    opted_out: Flag = None
    opted_out_channels: Many = ()
    qualified: Flag = None
    replied_at: Moment = None
    answered_at: Moment = None
    waiting_for_answer: Flag = None
    contact_after: Day = None
    account_touched_on: Day = None
    gap_days: Days = None
    touches: Count = None
    budget: Count = None
    product_line: Word = None
    segment: Word = None
    owner: Word = None
    trust_gaps: TrustGaps = ()
    account_roles: ManyIfTold = None
    line_stages: LineStages = ()

    def facts(self) -> LeadFacts:
        """Return them as the value the rooms share."""
        return LeadFacts(**{name: getattr(self, name) for name in type(self).model_fields})


class HistoryLine(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(frozen=True)

    asset_id: Word = None
    action: Action
    on: SomeDay
    note: str | None = None
    line: str | None = None

    def entry(self) -> HistoryEntry:
        """Return it as the value the rooms share."""
        return HistoryEntry(self.action, self.on, self.asset_id, self.note or "", self.line or "")


def _lead_kind(value: Any) -> str:
    if isinstance(value, str):
        return "id"
    return "none" if value is None else "facts"


Lead = Annotated[
    Annotated[str, Tag("id")] | Annotated[FactsLine, Tag("facts")] | Annotated[None, Tag("none")],
    Discriminator(_lead_kind),
]
"""A stored lead's id, or facts for this line alone."""


def _none_as_empty(value: Any) -> Any:
    return [] if value is None else value


Questions = Annotated[
    tuple[Annotated[str, Field(max_length=LONGEST_TEXT)], ...], BeforeValidator(_none_as_empty)
]
History = Annotated[tuple[HistoryLine, ...], BeforeValidator(_none_as_empty)]


class Line(BaseModel):
    """What every line has: an id, a text or a number, that comes back with the answer."""

    model_config = ConfigDict(frozen=True)

    id: str | int


class SearchLine(Line):
    """`search --batch`."""

    query: str = Field(max_length=LONGEST_TEXT)


class NextLine(Line):
    """`next --batch`; `lead` is a stored lead's id or an object of facts for this line alone."""

    lead: Lead = None
    stage: OptionalStage = None
    persona: Word = None
    industry: Word = None
    company_size: Employees = None
    questions: Questions = ()
    history: History = ()
    today: Day = None
    channel: str = "email"


class StageLine(Line):
    """`stage --batch`."""

    questions: Questions = ()
    history: History = ()
    today: Day = None


class CheckLine(Line):
    """`check --batch`; what is absent is not judged."""

    kind: Literal["asset", "draft"]
    text: str = Field(max_length=LONGEST_TEXT)
    subject: str | None = None
    stage: OptionalStage = None
    type: Word = None
    asset_id: Word = None
    channel: str | None = None
    lead: Lead = None
    questions: Questions | None = None


class UnderstandLine(Line):
    """`understand --batch`."""

    text: str = Field(max_length=LONGEST_TEXT)

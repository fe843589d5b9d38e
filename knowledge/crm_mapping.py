"""Which field of the CRM is which fact of ours, and what may be written: `crm.toml`, checked.

The home's own file replaces the packaged one of that CRM as a whole.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from knowledge.channels import CHANNELS
from knowledge.errors import BadInput
from knowledge.journey import Stage, parse_stage
from knowledge.leads import Action

FILE = "crm.toml"

FACTS = (
    "name", "email", "company", "role", "persona", "buying_role", "industry", "company_size",
    "products", "stage", "problem", "intent", "outcome", "obstacles", "qualified",
    "contact_after", "product_line", "segment", "owner",
)  # fmt: skip
"""Facts that a CRM may tell; opt-outs have a table of their own, counts are ours alone."""

WRITABLE = (
    "role", "persona", "buying_role", "industry", "stage", "problem", "intent", "outcome",
    "obstacles", "qualified", "product_line", "segment",
)  # fmt: skip
"""Facts that may be written back; who somebody is stays the CRM's to say."""

_NEEDLESS = re.compile(
    r"phone|mobile|\bfax|(?<![a-z])fax|street|postal|zip|postcode|city|mailing|birth|gender|salut"
    r"|salary|ssn|passport|iban|credit|religio|ethnic|marital|latitude|longitude|ip_|photo"
    r"|twitter|facebook|instagram|password",
    re.IGNORECASE,
)
"""Fields we do not need for a recommendation, and so never ask for."""

ALL = "all"
"""In place of channels: an opt-out of everything."""


def _needed(field: str) -> str:
    if not re.fullmatch(r"[A-Za-z][\w.]{0,98}", field):
        raise ValueError(f"'{field[:40]}' is no name of a field")
    if _NEEDLESS.search(field):
        raise ValueError(f"'{field}' is never read: Trailguide needs no numbers or addresses")
    return field


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _closes(value: Any) -> Any:
    told = _many(value)
    unknown = [c for c in told if c not in {*CHANNELS, ALL}] if isinstance(told, list) else []
    if unknown:
        raise ValueError(f"'{unknown[0]}' is no channel; use {', '.join((*CHANNELS, ALL))}")
    return told


def _stage(value: Any) -> Any:
    if value in (None, ""):
        return None
    try:
        return parse_stage(str(value))
    except BadInput as unknown:
        raise ValueError(str(unknown)) from None


def _fact(name: str) -> str:
    if name not in FACTS:
        raise ValueError(f"'{name[:40]}' is no fact that a CRM tells; use {', '.join(FACTS)}")
    return name


def _writable(name: str) -> str:
    if name not in WRITABLE:
        raise ValueError(f"'{name[:40]}' is never written; use {', '.join(WRITABLE)}")
    return name


Theirs = Annotated[str, AfterValidator(_needed)]
Several = Annotated[tuple[Theirs, ...], BeforeValidator(_many), Field(min_length=1)]
Fact = Annotated[str, AfterValidator(_fact)]
Closes = Annotated[tuple[str, ...], BeforeValidator(_closes)]
ToStage = Annotated[Stage | None, BeforeValidator(_stage)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PeopleMapping(_Part):
    """One kind of person: `facts` by ours, `opt_outs` and `stages` by theirs.

    `account` is the field with the account's id, `became` the one with the id of what took the
    record's place.
    """

    changed: Theirs
    facts: dict[Fact, Several]
    opt_outs: dict[Theirs, Closes] = {}
    stages: dict[str, ToStage] = {}
    account: Theirs | None = None
    became: Theirs | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of theirs that is read, each once."""
        named = [f for fields in self.facts.values() for f in fields]
        extra = [f for f in (self.account, self.became) if f]
        return tuple(dict.fromkeys([*named, *self.opt_outs, *extra]))

    def stage_of(self, value: str) -> tuple[Stage | None, bool]:
        """The stage that a status means, and whether the file names that status."""
        known = {name.casefold(): stage for name, stage in self.stages.items()}
        word = value.strip().casefold()
        return known.get(word), word in known


class AccountMapping(_Part):
    """The one kind of account."""

    kind: str
    changed: Theirs
    facts: dict[Fact, Several]

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of theirs that is read, each once."""
        return tuple(dict.fromkeys(f for fields in self.facts.values() for f in fields))


class ActivityMapping(_Part):
    """One kind of activity: the day it was on, the field that tells its sort, and what that means.

    A sort that `acts` does not name is no act of ours; `""` stands for any other, or for none.
    """

    changed: Theirs
    on: Theirs
    sort: Theirs | None = None
    only: dict[Theirs, str] = {}
    acts: dict[str, Action]

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of theirs that is read, each once."""
        told = [self.on, *([self.sort] if self.sort else []), *self.only]
        return tuple(dict.fromkeys(told))


class WriteMapping(_Part):
    """What is written back: nothing, until it is switched on here.

    `key` is the field of their activities that holds our key, `channels` the kind of activity a
    touch of each channel becomes, `facts` our facts by their field, `stages` their status by ours.
    """

    activities: bool = False
    texts: bool = False
    key: Theirs = "trailguide_key"
    channels: dict[str, str] = {}
    facts: dict[Annotated[str, AfterValidator(_writable)], Theirs] = {}
    stages: dict[Stage, str] = {}


class CrmMapping(_Part):
    """The whole file."""

    people: dict[str, PeopleMapping] = Field(min_length=1)
    accounts: AccountMapping | None = None
    activities: dict[str, ActivityMapping] = {}
    write: WriteMapping = WriteMapping()

    def writes(self) -> dict[str, str]:
        """What is switched on: `activities`, and by fact the field that it is written into."""
        return {**self.write.facts, **({"activities": ""} if self.write.activities else {})}

    def shown(self) -> Iterator[tuple[str, str, str]]:
        """Kind, our fact and their fields, for people to read."""
        for kind, people in self.people.items():
            for fact, fields in people.facts.items():
                yield kind, fact, " + ".join(fields)
            for field, closes in people.opt_outs.items():
                yield kind, f"opt-out of {', '.join(closes)}", field


def load_mapping(home: Path, crm: str) -> CrmMapping:
    """The mapping in force for a CRM; `BadInput` names the place in the file and what is wrong."""
    own = home / FILE
    try:
        told = own.read_text(encoding="utf-8") if own.exists() else ""
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{own} cannot be read; save it as UTF-8.") from None
    if told.strip():  # a shell empties it before `crm fields --file > crm.toml` fills it
        return parse_mapping(told, str(own))
    return parse_mapping(packaged(crm), f"the packaged mapping of {crm}")


def packaged(crm: str) -> str:
    """The text of the packaged mapping of a CRM, to copy and change."""
    return (files("knowledge") / "defaults" / f"crm_{crm}.toml").read_text(encoding="utf-8")


def parse_mapping(text: str, where: str) -> CrmMapping:
    """Check a mapping's text; `BadInput` names the place and what is wrong."""
    try:
        made = CrmMapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong:
        raise BadInput(f"{where} is not valid TOML: {wrong}.") from None
    except ValidationError as wrong:
        first = wrong.errors(include_input=False)[0]
        place = ".".join(str(p) for p in first["loc"] if p != "[key]")
        why = first["msg"].removeprefix("Value error, ")
        told = {"Extra inputs are not permitted": "there is no such setting",
                "Field required": "is missing"}.get(why, why)  # fmt: skip
        help_ = "docs/crm.md says what may stand there"
        raise BadInput(f"{where}: [{place}] {told}; {help_}.") from None
    if "stage" in made.write.facts and not made.write.stages:
        raise BadInput(f"{where}: [write.stages] is missing, so no stage could be written.")
    return made

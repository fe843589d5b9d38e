"""What came in from Slack, as small frozen values: no more of it than the work needs."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What sort of work an event asks for."""

    MENTION = "mention"
    DIRECT = "direct"
    FOLLOW_UP = "follow_up"
    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    ASSISTANT = "assistant"
    HOME = "home"
    DIGEST = "digest"
    NOTICE = "notice"
    CHORE = "chore"
    ANSWERED = "answered"
    REPORT = "report"
    ADDING = "adding"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event that asks for work: no more of it is kept than the work needs.

    `ts` is the message asked in or acted on, `thread_ts` the thread around it, `version` the start
    of the hash of the text that the pressed card shows. `subject`, `body`, `reason` and `until`
    were typed in a modal, where a text is None when its field was left alone, and empty when it
    was emptied; `typed` holds a form's other fields by block id: a text, a day, the value of an
    option, or a list of such values. `shared` is Slack's word that others read the channel. `files`
    are the ids of the files in the message.
    """

    key: str
    kind: Kind
    team: str
    user: str
    channel: str = ""
    ts: str = ""
    thread_ts: str = ""
    text: str = ""
    action: str = ""
    suggestion_id: str = ""
    version: str = ""
    subject: str | None = None
    body: str | None = None
    reason: str = ""
    until: str = ""
    typed: dict[str, Any] = field(default_factory=dict)
    shared: bool = False
    files: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The fields that are set, for the inbox."""
        told = ((f, getattr(self, f.name)) for f in fields(self))
        return {f.name: value for f, value in told if value != _unset(f)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Incoming:
        """The value that `payload` was made from."""
        told = {"kind": Kind(payload["kind"]), "files": tuple(payload.get("files") or ())}
        return cls(**{**payload, **told})


def _unset(told: Field[Any]) -> Any:
    """What a field holds when nobody set it."""
    return told.default if told.default_factory is MISSING else told.default_factory()

"""What a request of Slack's looks like: of another shape, it is refused before anybody reads it.

Bolt and the readers take for granted what Slack documents, and fail at the first thing that is of
another kind. Fields that nobody here reads are not looked at.
"""

from __future__ import annotations

from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

log = structlog.get_logger("trailguide.bolt")


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Named(_Shape):
    """A person, team or channel."""

    id: str | None = None
    team_id: str | None = None


class _Choice(_Shape):
    value: str | None = None


class _Element(_Shape):
    """One field of a form as it was left, or the element that was used."""

    type: str | None = None
    value: str | None = None
    selected_date: str | None = None
    selected_user: str | None = None
    selected_option: _Choice | None = None
    selected_options: list[_Choice] | None = None


class _Action(_Element):
    type: str
    action_id: str
    block_id: str | None = None
    action_ts: str | None = None


class _State(_Shape):
    values: dict[str, dict[str, _Element]] | None = None

    @field_validator("values", mode="before")
    @classmethod
    def _none_is_a_list(cls, values: Any) -> Any:
        """A view without fields has an empty list for them, as when Home is opened anew."""
        return None if values == [] else values


class _View(_Shape):
    type: str
    id: str | None = None
    callback_id: str | None = None
    private_metadata: str | None = None
    blocks: list[dict[str, Any]] | None = None
    state: _State | None = None


class _Message(_Shape):
    """A message under a button, or in an event that tells of its change."""

    ts: str | None = None
    thread_ts: str | None = None
    text: str | None = None
    user: str | None = None
    blocks: list[dict[str, Any]] | None = None
    files: list[dict[str, Any]] | None = None


class _Event(_Message):
    type: str
    subtype: str | None = None
    user: str | _Named | None = None  # type: ignore[assignment]  # an object when somebody joins
    channel: str | _Named | None = None
    channel_type: str | None = None
    team: str | None = None
    bot_id: str | None = None
    tab: str | None = None
    message: _Message | None = None
    view: _View | None = None
    assistant_thread: dict[str, Any] | None = None


class _Container(_Shape):
    type: str | None = None
    message_ts: str | None = None
    channel_id: str | None = None
    thread_ts: str | None = None


class _Authorization(_Shape):
    team_id: str | None = None
    user_id: str | None = None
    enterprise_id: str | None = None


class _Request(_Shape):
    type: str | None = None
    command: str | None = None
    ssl_check: str | None = None
    text: str | None = None
    team_id: str | None = None
    user_id: str | None = None
    event_id: str | None = None
    callback_id: str | None = None
    trigger_id: str | None = None
    action_id: str | None = None
    value: str | None = None
    api_app_id: str | None = None
    team: _Named | None = None
    user: _Named | None = None
    channel: _Named | None = None
    enterprise: _Named | None = None
    event: _Event | None = None
    view: _View | None = None
    container: _Container | None = None
    message: _Message | None = None
    actions: list[_Action] | None = None
    authorizations: list[_Authorization] | None = None

    @model_validator(mode="after")
    def _is_of_a_kind(self) -> _Request:
        """Each kind of request brings what it is about."""
        if self.type is None and self.command is None and self.ssl_check is None:
            raise ValueError("no kind of request")
        needed = {
            "event_callback": self.event, "block_actions": self.actions,
            "view_submission": self.view, "view_closed": self.view,
        }  # fmt: skip
        if self.type in needed and not needed[self.type]:
            raise ValueError("nothing that it is about")
        return self


_SHAPES: tuple[type[BaseModel], ...] = (*_Shape.__subclasses__(), _Action, _Event)
_FIELDS = frozenset(name for shape in _SHAPES for name in shape.model_fields)


def is_like_slacks(body: Any) -> bool:
    """Whether a request's body has the shape that Slack documents for its kind; else it is noted.

    The note names the field, never what is in it: it tells an operator what Slack has changed.
    """
    try:
        _Request.model_validate(body)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
        named = [part if part in _FIELDS else "…" for part in map(str, first["loc"])]
        log.info("not_slacks_shape", field=".".join(named), why=first["type"])
        return False
    return True

"""What went wrong with a chat model's service: worth another try or not, and the words for it.

A provider's own words may hold keys or lead data, so none of them is passed on.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from knowledge.errors import ModelAway, ModelFailed
from prompts.wording import render, words

_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_LOCKED_OUT = frozenset({401, 402, 403, 408})
"""Refusals that hold for every request, whatever is in it."""


class Ending(StrEnum):
    """Why an answer ended; the first two are the provider's last word, another try is wasted."""

    DECLINED = "declined"
    FILTERED = "filtered"
    CUT = "cut"
    WHOLE = "whole"


_REASONS = {
    "refusal": Ending.DECLINED,
    "content_filter": Ending.FILTERED,
    "content_filtered": Ending.FILTERED,
    "guardrail_intervened": Ending.FILTERED,
    "safety": Ending.FILTERED,
    "recitation": Ending.FILTERED,
    "prohibited_content": Ending.FILTERED,
    "length": Ending.CUT,
    "max_tokens": Ending.CUT,
    "model_context_window_exceeded": Ending.CUT,
}
"""By the words that providers give: finish_reason, stop_reason, done_reason."""
_ERRORS = {
    "OpenAIRefusalError": Ending.DECLINED,
    "ModelRefusalError": Ending.DECLINED,
    "ContentFilterFinishReasonError": Ending.FILTERED,
    "LengthFinishReasonError": Ending.CUT,
}


def ending_of(message: Any) -> Ending:
    """Why a message ended, by what its provider says of it."""
    if (getattr(message, "additional_kwargs", None) or {}).get("refusal"):
        return Ending.DECLINED
    told = getattr(message, "response_metadata", None) or {}
    for name in ("finish_reason", "stop_reason", "done_reason", "stopReason"):
        if found := _REASONS.get(str(told.get(name, "")).lower()):
            return found
    return Ending.WHOLE


def ending_by(fault: BaseException) -> Ending | None:
    """The ending that a client library tells by an error, or None for any other error."""
    return next((_ERRORS[k.__name__] for k in type(fault).__mro__ if k.__name__ in _ERRORS), None)


def worth_another_try(fault: BaseException) -> bool:
    """Whether the service may recover."""
    status = _status(fault)
    if status is not None:
        return status in _WORTH_ANOTHER_TRY
    return _is_transport(fault) or isinstance(fault, json.JSONDecodeError)


def retry_after(fault: BaseException) -> float:
    """Seconds that the service asks to wait, given as seconds or as a date; 0 when it does not."""
    headers = getattr(getattr(fault, "response", None), "headers", None) or {}
    told = str(headers.get("retry-after") or "")
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    # "-0000" in place of a zone makes a date without one.
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def failure(fault: BaseException) -> ModelFailed:
    """The failure in our own words."""
    status = _status(fault)
    if status == 429:
        return away("busy")
    if status is not None and status >= 500:
        return away("down", status=status)
    if status is not None and status >= 400:
        locked_out = status in _LOCKED_OUT
        return away("refused", status=status) if locked_out else failed("refused", status=status)
    if isinstance(fault, TimeoutError) or "Timeout" in type(fault).__name__:
        return away("slow")
    return away("unreachable") if _is_transport(fault) else failed("broken")


def away(name: str, **values: object) -> ModelAway:
    """The same of a service that gave no answer."""
    return ModelAway(str(failed(name, **values)))


def failed(name: str, **values: object) -> ModelFailed:
    """The failure of that name in `model.toml`."""
    return ModelFailed(render(words("model")["reasons"][name], values))


def _status(fault: BaseException) -> int | None:
    response = getattr(fault, "response", None)
    status = getattr(fault, "status_code", None) or getattr(response, "status_code", None)
    return status if isinstance(status, int) else None


def _is_transport(fault: BaseException) -> bool:
    """Whether the connection failed, by the names that HTTP clients share."""
    names = " ".join(kind.__name__ for kind in type(fault).__mro__)
    return isinstance(fault, (ConnectionError, TimeoutError)) or bool(
        re.search(r"Connection|Timeout|Transport|Protocol|ReadError", names)
    )

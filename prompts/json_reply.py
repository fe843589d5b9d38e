"""What a chat model returns as JSON: the shape that is asked for, and the answer read strictly."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

_Model = TypeVar("_Model", bound=BaseModel)
_OURS = ("minLength", "maxLength", "maxItems", "title")
"""Words of a schema that providers' strict modes refuse; answers are held to them here."""
_FENCED = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.S)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The shape of an answer as providers take it."""
    shape = model.model_json_schema()
    for part in (shape, *shape.get("$defs", {}).values()):
        for field in part.get("properties", {}).values():
            for one in (field, *field.get("anyOf", ())):
                for ours in _OURS:
                    one.pop(ours, None)
    return shape


def parsed(answer: str, model: type[_Model]) -> _Model | None:
    """The answer as the model's class, fenced or not; None when it has another shape."""
    text = answer.strip()
    if fenced := _FENCED.fullmatch(text):
        text = fenced[1]
    try:
        return model.model_validate_json(text)
    except ValidationError:
        return None


def plain(text: str) -> str:
    """Words as they are compared: letters and figures in lower case, one space between."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(["", *re.findall(r"[^\W_]+", folded), ""])


def quoted(words: str | None, said: str) -> bool:
    """Whether the words stand in what was `said`, made plain: in this order, whatever the marks."""
    sought = plain(words or "")
    return bool(sought.strip()) and sought in said

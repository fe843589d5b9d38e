"""What comes in without what no database keeps in a text: halves of characters, and NUL."""

from __future__ import annotations

from typing import Any


def make_storable(body: dict[str, Any]) -> None:
    """Take it out of every text of a request, in place: listeners are handed parts of it."""
    for key, value in body.items():
        body[key] = _storable(value)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        if value.isascii() and "\x00" not in value:
            return value
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        make_storable(value)
    elif isinstance(value, list):
        value[:] = map(_storable, value)
    return value

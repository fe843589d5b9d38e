"""What is held on a lead as a plain text that a person can read to the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.views.words_privacy import HELD, HELD_HEAD, NOTHING_HELD
from storage.lead_export import Held

_EMPTY: tuple[Any, ...] = (None, "", [], {}, ())
_STEP = "  "


def lead_text(lead_id: str, held: Held) -> str:
    """One chapter for each kind of data, one paragraph for each record; nothing is left out.

    Values that are empty are passed over. Control signs are shown, not sent to a terminal.
    """
    lines = [HELD_HEAD.format(lead_id=lead_id), ""]
    for table, words in HELD.items():
        rows = held.get(table, [])
        lines += [words, "-" * len(words)]
        if not rows:
            lines += [NOTHING_HELD, ""]
        for row in rows:
            lines += [*_lines(row, ""), ""]
    return "\n".join(map(_visible, lines)).rstrip() + "\n"


def _lines(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, inner in value.items():
        if inner in _EMPTY:
            continue
        label = f"{indent}{name.replace('_', ' ')}:"
        if isinstance(inner, Mapping):
            yield label
            yield from _lines(inner, indent + _STEP)
        elif isinstance(inner, list):
            yield label
            for item in inner:
                yield from _item(item, indent + _STEP)
        elif "\n" in str(inner):
            yield label
            yield from (f"{indent}{_STEP}{line}" for line in str(inner).splitlines())
        else:
            yield f"{label} {inner}"


def _item(item: Any, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping):
        told = list(_lines(item, indent + _STEP))
        yield from ([f"{indent}- {told[0].strip()}", *told[1:]] if told else [])
    else:
        yield f"{indent}- {item}"


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in line)

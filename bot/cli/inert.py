"""What a terminal is told is text and our own colours: foreign words cannot command it.

A name or a title may hold the codes by which a program sets a terminal's title, moves its cursor
or fills its clipboard. Whatever is printed goes through here; what goes into a file or a pipe is
left as it is, for it is data there.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

_COLOURS = r"\x1b\[[0-9;]*m"
_COMMANDS = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SEQUENCE = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]"
)
"""A whole code, so that its parameters do not stay behind as text."""
_TOLD = re.compile(f"({_COLOURS})|{_SEQUENCE}|{_COMMANDS}")


def inert(text: str, *, colours: bool = False) -> str:
    """Text without what commands a terminal or turns its direction; with `colours`, those stay."""
    return _TOLD.sub(lambda found: (found[1] or "") if colours else "", text)


class InertText:
    """A stream for a terminal that passes on text and colours only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what is left of the text; tells the length of all of it, as a stream must."""
        self._stream.write(inert(text, colours=True))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def inert_output() -> Iterator[None]:
    """Have stdout pass on text only, where it is a terminal."""
    stream = sys.stdout
    if not stream.isatty():
        yield
        return
    sys.stdout = cast(TextIO, InertText(stream))
    try:
        yield
    finally:
        sys.stdout = stream

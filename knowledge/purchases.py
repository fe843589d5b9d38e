"""What a noted purchase was of: a licence of ours in use, or something that makes no customer."""

from __future__ import annotations

import re

_NO_LICENCE = re.compile(
    r"\b(?:pilot|trial|training|course|workshop|former(?:ly)?|previous|ended|expired|cancell?ed"
    r"|no (?:software|licen[cs]e))\b",
    re.IGNORECASE,
)


def only_tried(note: str) -> bool:
    """Whether the note of a purchase tells of none that makes a customer (M33)."""
    return bool(_NO_LICENCE.search(note))

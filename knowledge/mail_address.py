"""What a mail address looks like: enough to tell a slip from an address, not whether it exists."""

from __future__ import annotations

import re

LONGEST = 320
_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]+")


def is_mail(text: str) -> bool:
    """Whether a text is one mail address and nothing else."""
    told = text.strip()
    if len(told) > LONGEST or ".." in told or told.startswith(".") or ".@" in told:
        return False
    return bool(_ADDRESS.fullmatch(told))

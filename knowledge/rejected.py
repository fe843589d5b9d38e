"""What could not be read, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A source that gave no asset; `reason` is one plain clause that a user may read."""

    source: str
    reason: str

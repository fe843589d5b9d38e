"""Every wording that the composer has, filled with harmless values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prompts.wishing import OVERLAYS
from prompts.wording import render, words

VALUES: dict[str, object] = {
        "noun": "guide", "a_noun": "a guide", "a_role": "a plant manager", "title": "Plans",
        "clause": "how long a rollout takes", "quote": '"How long does a rollout take?"',
        "problem": "late orders", "intent": "you want a rule", "obstacle": "no time", "url": "",
        "insight": '"Six to eight months for twelve sites, from kick-off to the last handover."',
        "said": '"Six to eight months for twelve sites."', "reading": " (about 3 minutes)",
        "heading": "Phases", "is_seen": False, "seen": "Spare parts", "minutes": 3,
        "lead_in": "Look at three things:", "items": "the seal, the belt and the motor",
        "first_name": "Dana", "topic": "late orders", "covers": '"Phases"; "People"; "Stop points"',
    }  # fmt: skip
PARTS = (
    "subject", "greeting", "opening", "insight", "bridge", "link", "closing", "short_opening",
    "short_insight", "pointer",
)  # fmt: skip


def every_wording() -> Iterator[str]:
    """Each wording of each part; the frame around a list is told with its list elsewhere."""
    for parts in (words(name) for name in ("composer", *OVERLAYS)):
        for name in PARTS:
            for text in _texts(parts.get(name, [])):
                if "lead_in" not in text:
                    yield render(text, VALUES)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _texts(inner)

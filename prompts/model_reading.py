"""A chat model as a reader of reps' messages; what it says and the message does not is dropped.

Any failure leaves what the rules read, and says nothing: the rep sees what was understood anyway.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from knowledge.errors import ModelFailed, SetupMissing
from knowledge.intents import Intent
from knowledge.understanding import Understanding
from knowledge.vocabulary import INDUSTRIES
from prompts.model_prompt import Talk, data
from prompts.reading_reply import grounded, reading_schema
from prompts.wording import prompt, words

DEADLINE_S = 6.0
"""A rep waits for the card too; most answers of this length come within two seconds."""
MESSAGE_CHARACTERS = 8_000
"""Of a message that a model is shown: a long forwarded thread; the rules read more."""
FAILURES_IN_A_ROW = 2
REST_S = 60.0
"""After so many failures the model is left alone this long: a batch must not wait for each line."""


class Answers(Protocol):
    """Something that answers a talk with an object of a schema, as JSON, within a deadline."""

    def answer(self, talk: Talk, shape: dict[str, Any], deadline_s: float) -> str:
        """Return the answer; `ModelFailed` or `SetupMissing` when none comes."""
        ...


class ModelReader:
    """Reads messages with a chat model, over what the rules have read."""

    def __init__(
        self,
        model: Answers,
        deadline_s: float = DEADLINE_S,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model, self._deadline_s, self._now = model, deadline_s, now
        self._failures, self._rests_until = 0, 0.0

    def __call__(self, ruled: Understanding) -> Understanding:
        """What the message says by the model where that is grounded, else what the rules read."""
        if not ruled.text.strip() or self._now() < self._rests_until:
            return ruled
        try:
            told = self._model.answer(reading_talk(ruled.text), reading_schema(), self._deadline_s)
        except (ModelFailed, SetupMissing):
            self._failed()
            return ruled
        self._failures = 0
        return grounded(told, ruled) or ruled

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW:
            self._failures, self._rests_until = 0, self._now() + REST_S


def reading_talk(text: str) -> Talk:
    """The conversation: what to report, and the message as data."""
    meanings = words("understand")["intents"]
    system = prompt(
        "understand/system",
        {
            "intents": {i.value: meanings[i.value] for i in Intent},
            "industries": [name for name, _ in INDUSTRIES],
        },
    )
    shown = data("message", text[:MESSAGE_CHARACTERS])
    return [("system", system), ("user", prompt("understand/message", {"message": shown}))]

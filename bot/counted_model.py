"""The chat model as a writer whose failures are counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.measures import MODEL_FAILURES
from knowledge.errors import ModelFailed, SetupMissing
from knowledge.touch import Draft, DraftRequest
from prompts.model import ModelWriter
from prompts.model_prompt import Talk


class CountedWriter(ModelWriter):
    """Does as its parent, and counts what raises."""

    def write(self, request: DraftRequest) -> Draft:
        """Write a draft."""
        with _counted():
            return super().write(request)

    def answer(self, talk: Talk, shape: dict[str, Any], deadline_s: float) -> str:
        """Return one answer of that shape."""
        with _counted():
            return super().answer(talk, shape, deadline_s)


@contextmanager
def _counted() -> Iterator[None]:
    try:
        yield
    except (ModelFailed, SetupMissing) as failure:
        MODEL_FAILURES.labels(type(failure).__name__).inc()
        raise

"""The chat model as a writer whose failures are counted, and whose service is let rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bot.measures import MODEL_FAILURES
from knowledge.errors import ModelFailed, SetupMissing
from knowledge.touch import Draft, DraftRequest
from prompts.model import ModelWriter
from prompts.model_circuit import Circuit
from prompts.model_prompt import Talk


class CountedWriter(ModelWriter):
    """Does as its parent, counts what raises, and leaves a service alone that is away.

    `rests_by` is the clock of the circuit, monotonic seconds.
    """

    def __init__(
        self, spec: str, deadline_s: float = 20.0, *,
        rests_by: Callable[[], float] = time.monotonic, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(spec, deadline_s, **more)
        self._rests_by = rests_by
        self._circuits: dict[float, Circuit] = {}

    def write(self, request: DraftRequest) -> Draft:
        """Write a draft."""
        with _counted(), self._circuit(self.deadline_s).call():
            return super().write(request)

    def answer(self, talk: Talk, shape: dict[str, Any], deadline_s: float) -> str:
        """Return one answer of that shape."""
        with _counted(), self._circuit(deadline_s).call():
            return super().answer(talk, shape, deadline_s)

    def _circuit(self, deadline_s: float) -> Circuit:
        """One for each deadline: what is too slow to read a message may write a draft in time."""
        return self._circuits.setdefault(deadline_s, Circuit(self._rests_by))


@contextmanager
def _counted() -> Iterator[None]:
    try:
        yield
    except (ModelFailed, SetupMissing) as failure:
        MODEL_FAILURES.labels(type(failure).__name__).inc()
        raise

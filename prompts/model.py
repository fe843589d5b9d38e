"""The chat model as a writer: the only file that knows LangChain, and trusts nothing it returns."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from knowledge.errors import ModelAway, ModelFailed, SetupMissing
from knowledge.sentence_models import SentenceModels
from knowledge.touch import Draft, DraftRequest
from prompts.foreign import Guarded, secrets_of
from prompts.model_faults import (
    Ending,
    away,
    ending_by,
    ending_of,
    failed,
    failure,
    retry_after,
    worth_another_try,
)
from prompts.model_judging import judge, refused
from prompts.model_prompt import Talk, messages, repair
from prompts.model_reply import schema
from prompts.wording import render, words

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

FIRST_PAUSE_S = 0.5
"""Doubled after every failed try; a Retry-After of the service comes first."""
LEAST_TIME_S = 0.2
"""With less than this left of the deadline nothing new is started."""
MOST_TRIES = 6
_EXTRAS = frozenset({"openai", "anthropic", "ollama"})
_STRICT = frozenset({"openai", "azure_openai"})
"""Providers that hold a model to the schema when asked to."""
_LAST_WORD = frozenset({Ending.DECLINED, Ending.FILTERED})


@dataclass(frozen=True, slots=True)
class _Deadline:
    """The moment by which everything must be done, by a monotonic clock in seconds."""

    ends: float
    now: Callable[[], float]

    @property
    def left(self) -> float:
        return self.ends - self.now()


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    ending: Ending = Ending.WHOLE


class ModelWriter:
    """Writes drafts with any LangChain chat model, `provider:model`.

    `deadline_s` bounds one whole draft: loading the client, every try, pause and the repair.
    `model` stands in for the one that `spec` names; `sleep` and `now` for the clock. `waiting` is
    entered while the service is waited for. Further keywords go to LangChain's `init_chat_model`.
    """

    def __init__(
        self,
        spec: str,
        deadline_s: float = 20.0,
        *,
        model: BaseChatModel | None = None,
        models: SentenceModels | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
        **settings: Any,
    ) -> None:
        self.spec = spec
        self.deadline_s = deadline_s
        self._model = model
        self._sentence_models = models
        self._loading = threading.Lock()
        self._sleep = sleep
        self._now = now
        self._waiting = waiting
        self._settings = settings

    def write(self, request: DraftRequest) -> Draft:
        """Write a draft that passes the checks, with one repair round.

        Raises `ModelFailed` when none comes within the deadline, `SetupMissing` when the model
        cannot be set up. Source `model`, checks attached.
        """
        deadline = _Deadline(self._now() + self.deadline_s, self._now)
        talk = messages(request)
        guarded = self._guarded(request, talk)
        reason = ""
        for _ in range(2):
            try:
                answer = self._ask(talk, deadline)
            except ModelAway:
                if reason:  # it answered: no time is left to put it right
                    raise ModelFailed(reason) from None
                raise
            if answer.ending in _LAST_WORD:
                raise failed(answer.ending)
            cut = answer.ending is Ending.CUT
            verdict = (
                refused("cut")
                if cut
                else judge(request, answer.text, guarded, self._sentence_models)
            )
            if verdict.draft is not None:
                return verdict.draft
            reason = verdict.reason
            told = repair(request, verdict.findings)
            talk = [*talk, ("assistant", answer.text[:8000] or "-"), ("user", told)]
        raise ModelFailed(reason)

    def answer(self, talk: Talk, shape: dict[str, Any], deadline_s: float) -> str:
        """Return one answer of that shape, as JSON where it is whole; raises as `write` does."""
        answer = self._ask(talk, _Deadline(self._now() + deadline_s, self._now), shape)
        if answer.ending is not Ending.WHOLE:
            raise failed(answer.ending)
        return answer.text

    def _guarded(self, request: DraftRequest, talk: Talk) -> Guarded:
        secrets = {*secrets_of(os.environ), *secrets_of(self._settings)}
        lead_id = request.profile.lead_id or ""
        return Guarded(
            secrets=tuple(secrets),
            instructions=talk[0][1],
            ids=tuple(i for i in (lead_id, request.asset.id) if i),
            known=f"{request.asset.title}\n{request.asset.text}\n{request.question}",
        )

    def _ask(self, talk: Talk, deadline: _Deadline, shape: dict[str, Any] | None = None) -> _Answer:
        """One answer, tried again while the service may recover and time is left."""
        pause = FIRST_PAUSE_S
        for attempt in range(MOST_TRIES):
            if deadline.left < LEAST_TIME_S:
                raise away("slow")
            try:
                with self._waiting():
                    return _within(deadline.left, lambda: self._invoke(talk, shape or schema()))
            except SetupMissing:
                raise
            except Exception as fault:  # noqa: BLE001 - every provider has its own error tree
                if ending := ending_by(fault):
                    return _Answer("", ending)
                wait = max(pause, retry_after(fault))
                hopeless = not worth_another_try(fault) or attempt == MOST_TRIES - 1
                if hopeless or wait + LEAST_TIME_S > deadline.left:
                    raise failure(fault) from None
                with self._waiting():
                    self._sleep(wait)
                pause *= 2
        raise away("slow")

    def load(self) -> None:
        """Load the client ahead; what is wrong with it is said by the first draft."""
        with suppress(SetupMissing):
            self._client()

    def _client(self) -> BaseChatModel:
        with self._loading:
            if self._model is None:
                self._model = _load(self.spec, self.deadline_s, self._settings)
            return self._model

    def _invoke(self, talk: Talk, shape: dict[str, Any]) -> _Answer:
        """The model's answer: the structured object as JSON where the provider has them."""
        model = self._client()
        strict = {"strict": True} if self.spec.partition(":")[0] in _STRICT else {}
        try:
            structured = model.with_structured_output(shape, include_raw=True, **strict)
        except (NotImplementedError, ValueError):
            return _read(model.invoke(list(talk)))
        result: Any = structured.invoke(list(talk))
        whole = result if isinstance(result, dict) else {"raw": result}
        raw, parsed = whole.get("raw"), whole.get("parsed")
        if isinstance(parsed, dict) and ending_of(raw) is Ending.WHOLE:
            return _Answer(json.dumps(parsed))
        return _read(raw)


def _load(spec: str, deadline_s: float, settings: dict[str, Any]) -> BaseChatModel:
    provider, _, name = spec.partition(":")
    setup = words("model")["setup"]
    if not provider or not name:
        raise SetupMissing(render(setup["spec"], {"spec": spec}))
    kind = "extra" if provider in _EXTRAS else "package"
    try:
        from langchain.chat_models import init_chat_model  # heavy, and optional

        # Our own loop tries again, under one deadline; the client must not.
        patience: dict[str, Any] = (
            {"client_kwargs": {"timeout": deadline_s}}
            if provider == "ollama"
            else {"max_retries": 0, "timeout": deadline_s}
        )
        loaded: Any = init_chat_model(name, model_provider=provider, **{**patience, **settings})
    except ImportError:
        raise SetupMissing(render(setup[kind], {"spec": spec, "extra": provider})) from None
    except Exception as fault:  # noqa: BLE001 - each provider refuses a missing key in its own way
        unknown = isinstance(fault, ValueError) and "provider" in str(fault).lower()
        raise SetupMissing(render(setup["spec" if unknown else "key"], {"spec": spec})) from None
    return loaded  # type: ignore[no-any-return]


def _read(message: Any) -> _Answer:
    content = getattr(message, "content", "")
    if isinstance(content, list):
        parts = [p.get("text", "") if isinstance(p, dict) else str(p) for p in content]
        content = "".join(str(p) for p in parts)
    return _Answer(str(content), ending_of(message))


def _within(seconds: float, call: Callable[[], _Answer]) -> _Answer:
    """The call's result, or `TimeoutError` when it takes longer.

    A client's own timeout counts from byte to byte, so a service that trickles could hold a draft
    for ever; the thread left behind ends with its connection.
    """
    box: Queue[tuple[_Answer, BaseException | None]] = Queue(1)

    def work() -> None:
        try:
            box.put((call(), None))
        except BaseException as fault:  # noqa: BLE001 - handed over to the waiting thread
            box.put((_Answer(""), fault))

    threading.Thread(target=work, name="chat-model", daemon=True).start()
    try:
        answer, fault = box.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if fault is not None:
        raise fault
    return answer

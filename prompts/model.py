"""The chat model as a writer: the only file that knows LangChain, and trusts nothing it returns."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from knowledge.errors import ModelFailed, SetupMissing
from knowledge.sentence_models import SentenceModels
from knowledge.touch import Draft, DraftRequest
from prompts.checks import check_draft
from prompts.context import context_for
from prompts.model_prompt import Reply, assemble, messages, read_reply
from prompts.wording import prompt, render, words

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

FIRST_PAUSE_S = 0.5
"""Doubled after every failed try; a Retry-After of the service comes first."""
LEAST_TIME_S = 0.2
"""With less than this left of the deadline nothing new is started."""
MOST_TRIES = 6
_EXTRAS = frozenset({"openai", "anthropic", "ollama"})
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True)
class _Deadline:
    """The moment by which everything must be done, by a monotonic clock in seconds."""

    ends: float
    now: Callable[[], float]

    @property
    def left(self) -> float:
        return self.ends - self.now()


class ModelWriter:
    """Writes drafts with any LangChain chat model, `provider:model`.

    `deadline_s` bounds one whole draft: every try, pause and the repair. `model` stands in for the
    one that `spec` names; further keywords go to LangChain's `init_chat_model`.
    """

    def __init__(
        self,
        spec: str,
        deadline_s: float = 20.0,
        *,
        model: BaseChatModel | None = None,
        models: SentenceModels | None = None,
        sleep: Callable[[float], None] = time.sleep,
        **settings: Any,
    ) -> None:
        self.spec = spec
        self.deadline_s = deadline_s
        self._model = model
        self._sentence_models = models
        self._sleep = sleep
        self._settings = settings

    def write(self, request: DraftRequest) -> Draft:
        """Write a draft that passes the checks, with one repair round.

        Raises `ModelFailed` when none comes within the deadline, `SetupMissing` when the model
        cannot be set up. Source `model`, checks attached.
        """
        deadline = _Deadline(time.monotonic() + self.deadline_s, time.monotonic)
        talk = messages(request)
        failure = ""
        for _ in range(2):
            answer = self._ask(talk, deadline)
            draft, findings, failure = self._judge(request, answer)
            if draft is not None:
                return draft
            repair = prompt("draft_repair", {"findings": findings})
            talk = [*talk, ("assistant", answer[:8000] or "-"), ("user", repair)]
        raise ModelFailed(failure)

    def _judge(self, request: DraftRequest, answer: str) -> tuple[Draft | None, list[str], str]:
        """The draft when it is good, else what to tell the model and what to tell people."""
        table = words("model")
        reply = read_reply(answer)
        if reply is None:
            return None, [table["findings"]["shape"]], table["reasons"]["shape"]
        if reply.asset_id.strip() != request.asset.id:
            return None, [table["findings"]["asset"]], table["reasons"]["asset"]
        draft = assemble(request, reply)
        context = context_for(request, draft.subject, draft.body, self._sentence_models)
        report = check_draft(context)
        if report.passed:
            return replace(draft, checks=report), [], ""
        told = [f"{f.rule}: {f.sentence!r}. {f.why}" for f in report.findings]
        rules = ", ".join(dict.fromkeys(f.rule.replace("_", " ") for f in report.findings))
        return None, told, render(table["reasons"]["findings"], {"rules": rules})

    def _ask(self, talk: Sequence[tuple[str, str]], deadline: _Deadline) -> str:
        """One answer, tried again while the service may recover and time is left."""
        model = self._chat_model()
        pause = FIRST_PAUSE_S
        for attempt in range(MOST_TRIES):
            if deadline.left < LEAST_TIME_S:
                raise ModelFailed(_reason("slow"))
            try:
                return _within(deadline.left, lambda: _invoke(model, talk))
            except Exception as fault:  # noqa: BLE001 - every provider has its own error tree
                wait = max(pause, _retry_after(fault) or 0.0)
                failed = _failure(fault)
                hopeless = not _worth_another_try(fault) or attempt == MOST_TRIES - 1
                if hopeless or wait + LEAST_TIME_S > deadline.left:
                    # The provider's own words may hold keys or lead data, so they stay out.
                    raise failed from None
                self._sleep(wait)
                pause *= 2
        raise ModelFailed(_reason("slow"))

    def _chat_model(self) -> BaseChatModel:
        if self._model is None:
            self._model = _load(self.spec, self.deadline_s, self._settings)
        return self._model


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


def _invoke(model: BaseChatModel, talk: Sequence[tuple[str, str]]) -> str:
    """The model's answer as text: the structured object as JSON where the provider has them."""
    try:
        structured = model.with_structured_output(Reply.model_json_schema(), include_raw=True)
    except (NotImplementedError, ValueError):
        return _text(model.invoke(list(talk)))
    result: Any = structured.invoke(list(talk))
    parsed = result.get("parsed") if isinstance(result, dict) else None
    if isinstance(parsed, dict):
        return json.dumps(parsed)
    return _text(result.get("raw") if isinstance(result, dict) else result)


def _text(message: Any) -> str:
    content = getattr(message, "content", "")
    if isinstance(content, list):
        parts = [p.get("text", "") if isinstance(p, dict) else str(p) for p in content]
        return "".join(str(p) for p in parts)
    return str(content)


def _within(seconds: float, call: Callable[[], str]) -> str:
    """The call's result, or `TimeoutError` when it takes longer.

    A client's own timeout counts from byte to byte, so a service that trickles could hold a draft
    for ever; the thread left behind ends with its connection.
    """
    box: Queue[tuple[str, BaseException | None]] = Queue(1)

    def work() -> None:
        try:
            box.put((call(), None))
        except BaseException as fault:  # noqa: BLE001 - handed over to the waiting thread
            box.put(("", fault))

    threading.Thread(target=work, name="chat-model", daemon=True).start()
    try:
        answer, fault = box.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if fault is not None:
        raise fault
    return answer


def _status(fault: BaseException) -> int | None:
    response = getattr(fault, "response", None)
    status = getattr(fault, "status_code", None) or getattr(response, "status_code", None)
    return status if isinstance(status, int) else None


def _is_transport(fault: BaseException) -> bool:
    """Whether the connection failed, by the names that HTTP clients share."""
    names = " ".join(kind.__name__ for kind in type(fault).__mro__)
    return isinstance(fault, (ConnectionError, TimeoutError)) or bool(
        re.search(r"Connection|Timeout|Transport|Protocol|ReadError", names)
    )


def _worth_another_try(fault: BaseException) -> bool:
    status = _status(fault)
    if status is not None:
        return status in _WORTH_ANOTHER_TRY
    return _is_transport(fault) or isinstance(fault, json.JSONDecodeError)


def _retry_after(fault: BaseException) -> float | None:
    """Seconds that the service asks to wait, given as seconds or as a date."""
    headers = getattr(getattr(fault, "response", None), "headers", None) or {}
    told = headers.get("retry-after")
    if not told:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _reason(name: str, **values: object) -> str:
    return render(words("model")["reasons"][name], values)


def _failure(fault: BaseException) -> ModelFailed:
    status = _status(fault)
    if status == 429:
        return ModelFailed(_reason("busy"))
    if status is not None and status >= 400:
        return ModelFailed(_reason("refused", status=status))
    if isinstance(fault, TimeoutError) or "Timeout" in type(fault).__name__:
        return ModelFailed(_reason("slow"))
    return ModelFailed(_reason("unreachable" if _is_transport(fault) else "broken"))

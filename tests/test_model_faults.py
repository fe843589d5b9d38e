"""Sixteen faults of a chat model: each ends in a good draft or a plain sentence, in time (M60)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from knowledge.errors import ModelFailed
from knowledge.touch import Draft, DraftRequest
from prompts.composer import Composer
from prompts.drafting import Drafter
from prompts.model import ModelWriter
from prompts.model_faults import Ending, ending_of
from tests.chat_replies import GOOD, KEY, REQUEST, by_composer, reply, writer_for
from tests.chat_server import Asked, Play, chat_server, says
from tests.conftest import Ran

pytestmark = pytest.mark.usefixtures("chat_client")

DEADLINE_S = 6.0
SHORT_S = 1.0
"""For what can only end at the deadline; pauses are skipped, so nothing else takes long."""
PROVIDERS_WORDS = '{"error":{"message":"overloaded, key sk-test-secret at http://10.0.0.7"}}'


@dataclass
class SkippedTime:
    """A clock that jumps over pauses and counts them: no test sleeps."""

    pauses: list[float] = field(default_factory=list)

    def now(self) -> float:
        return time.monotonic() + sum(self.pauses)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@dataclass
class Timed:
    """A writer that notes how much of its deadline the model took."""

    writer: ModelWriter
    clock: SkippedTime
    took: float = 0.0

    def write(self, request: DraftRequest) -> Draft:
        began = self.clock.now()
        try:
            return self.writer.write(request)
        finally:
            self.took = self.clock.now() - began


@dataclass(frozen=True)
class Fault:
    """A fault and what comes of it: once, with a good answer after it; and when it stays.

    `asked` counts requests. A source is `model` or the words of the composer's note.
    """

    name: str
    play: Play
    once: tuple[str, int]
    stays: tuple[str, int]
    deadline_s: float = DEADLINE_S


def without(name: str) -> str:
    return json.dumps({k: v for k, v in GOOD.items() if k != name})


UNREAD = "could not be read"
SIXTEEN = (
    Fault("429 with Retry-After", Play(PROVIDERS_WORDS, 429, {"retry-after": "4"}),
          ("model", 2), ("busy", 2)),
    Fault("429 without", Play(PROVIDERS_WORDS, 429), ("model", 2), ("busy", 4)),
    Fault("500", Play(PROVIDERS_WORDS, 500), ("model", 2), ("fault of its own .status 500.", 4)),
    Fault("timeout", Play(hold=True), ("in time", 1), ("in time", 1),
          SHORT_S),
    Fault("dropped mid-body", Play('{"id":', drop=True), ("model", 2), ("could not be reached", 4)),
    Fault("HTML instead of JSON", Play("<html><body>Bad gateway</body></html>", 200,
          {"content-type": "text/html"}), ("could not be used", 1), ("could not be used", 1)),
    Fault("prose instead of JSON", says("Sure! Hi Dana, you asked about rollouts."),
          ("model", 2), (UNREAD, 2)),
    Fault("fenced JSON", says(f"```json\n{reply()}\n```"), ("model", 1), ("model", 1)),
    Fault("missing field", says(without("insight")), ("model", 2), (UNREAD, 2)),
    Fault("extra field", says(reply(url="https://evil.example")), ("model", 2), (UNREAD, 2)),
    Fault("empty", says(""), ("model", 2), (UNREAD, 2)),
    Fault("refusal", says("", refusal="I cannot help with sk-test-secret."),
          ("declined", 1), ("declined", 1)),
    Fault("length cut", says(reply()[:120], finish="length"), ("model", 2), ("cut off", 2)),
    Fault("content filter", says(reply(), finish="content_filter"),
          ("held its answer back", 1), ("held its answer back", 1)),
    Fault("foreign asset id", says(reply(asset_id="other-00000000")),
          ("model", 2), ("another piece", 2)),
    Fault("invented link", says(reply(opening=f"{GOOD['opening']} See https://evil.example/x.")),
          ("model", 2), ("did not pass the checks: foreign link", 2)),
)  # fmt: skip


def test_there_are_sixteen() -> None:
    assert len({fault.name for fault in SIXTEEN}) == 16


@pytest.mark.parametrize("stays", [False, True], ids=["once", "stays"])
@pytest.mark.parametrize("fault", SIXTEEN, ids=lambda fault: fault.name)
def test_a_fault_ends_in_a_good_draft_in_time(fault: Fault, stays: bool) -> None:
    """M60"""
    came_of_it, requests = fault.stays if stays else fault.once
    plays = (fault.play,) if stays else (fault.play, says(reply()))
    clock = SkippedTime()
    with chat_server(*plays) as server:
        writer = writer_for(server, fault.deadline_s, sleep=clock.sleep, now=clock.now)
        timed = Timed(writer, clock)
        draft = Drafter(Composer(), timed).draft(REQUEST)
        assert timed.took < fault.deadline_s + 0.5
        assert len(server.asked) == requests
    assert draft.checks.passed
    if came_of_it == "model":
        assert (draft.source, draft.note) == ("model", "")
    else:
        by_composer(draft, came_of_it)
        assert draft.body == Drafter(Composer()).draft(REQUEST).body


def test_a_repair_names_what_was_found() -> None:
    for fault in SIXTEEN:
        if fault.once == ("model", 2) and fault.play.status == 200 and not fault.play.drop:
            with chat_server(fault.play, says(reply())) as server:
                writer_for(server).write(REQUEST)
                told = server.asked[1]["messages"][-1]["content"]
            assert told.count("\n- ") >= 1, fault.name
            assert "Write all the fields again" in told


@pytest.mark.parametrize(
    "content",
    ["null", "[]", '"x"', "{}", reply(opening=""), reply(opening=7), reply(subject=" "),
     reply(closing_question="<b></b>"), reply(evidence=""), "[" * 2_000, "{" * 500],
)  # fmt: skip
def test_any_other_shape_is_repaired_too(content: str) -> None:
    with chat_server(says(content), says(reply())) as server:
        assert writer_for(server).write(REQUEST).source == "model"
        assert len(server.asked) == 2


def test_a_repair_that_meets_a_busy_service_still_waits_for_it() -> None:
    clock = SkippedTime()
    busy = Play(PROVIDERS_WORDS, 429, {"retry-after": "2"})
    with chat_server(says("prose"), busy, says(reply())) as server:
        writer = writer_for(server, 20.0, sleep=clock.sleep, now=clock.now)
        assert writer.write(REQUEST).source == "model"
    assert clock.pauses == [2.0]


def test_pauses_double_and_the_tries_are_counted() -> None:
    clock = SkippedTime()
    with chat_server(Play(PROVIDERS_WORDS, 503)) as server:
        writer = writer_for(server, 20.0, sleep=clock.sleep, now=clock.now)
        by_composer(Drafter(Composer(), writer).draft(REQUEST), "status 503")
        assert len(server.asked) == 6
    assert clock.pauses == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_no_pause_is_begun_that_the_deadline_forbids() -> None:
    clock = SkippedTime()
    with chat_server(Play(PROVIDERS_WORDS, 500)) as server:
        writer = writer_for(server, 3.4, sleep=clock.sleep, now=clock.now)
        by_composer(Drafter(Composer(), writer).draft(REQUEST), "status 500")
    assert clock.pauses == [0.5, 1.0]


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
def test_a_service_that_recovers_is_asked_again(status: int) -> None:
    with chat_server(Play(PROVIDERS_WORDS, status), says(reply())) as server:
        writer = writer_for(server, sleep=SkippedTime().sleep)
        assert writer.write(REQUEST).source == "model"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_request_that_is_refused_is_not_tried_again(status: int) -> None:
    with chat_server(Play(PROVIDERS_WORDS, status)) as server:
        by_composer(Drafter(Composer(), writer_for(server)).draft(REQUEST), f"status {status}")
        assert len(server.asked) == 1


def in_seconds(seconds: int, zone: str = "GMT") -> str:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return format_datetime(at, usegmt=True).replace("GMT", zone)


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [
        ("2", 2.0, 2.0), ("0", 0.5, 0.5), ("-3", 0.5, 0.5), ("2.5", 2.5, 2.5),
        ("date 40", 0.0, 40.0), ("date -90", 0.5, 0.5),
        ("soon", 0.5, 0.5), ("", 0.5, 0.5), ("nan", 0.5, 0.5),
        ("Mon, 99 Jan 2026 99:00:00 GMT", 0.5, 0.5),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_retry_after_is_honoured_as_seconds_or_date(
    told: str, least: float, most: float, zone: str
) -> None:
    clock = SkippedTime()
    if told.startswith("date "):  # made now, since a date ages while other tests run
        told = in_seconds(int(told.removeprefix("date ")), zone)
    with chat_server(Play(PROVIDERS_WORDS, 429, {"retry-after": told}), says(reply())) as server:
        writer = writer_for(server, 60.0, sleep=clock.sleep, now=clock.now)
        assert writer.write(REQUEST).source == "model"
    assert len(clock.pauses) == 1
    assert least <= clock.pauses[0] <= most


@pytest.mark.parametrize("told", ["3600", "1e999", "an hour from now"])
def test_a_wait_beyond_the_deadline_is_not_begun(told: str) -> None:
    clock = SkippedTime()
    told = in_seconds(3600) if told == "an hour from now" else told
    with chat_server(Play(PROVIDERS_WORDS, 429, {"retry-after": told})) as server:
        writer = writer_for(server, 4.0, sleep=clock.sleep, now=clock.now)
        by_composer(Drafter(Composer(), writer).draft(REQUEST), "busy")
        assert len(server.asked) == 1
    assert clock.pauses == []


def test_an_answer_that_trickles_ends_at_the_deadline() -> None:
    trickle = Play(says(reply()).body, trickle=True)
    with chat_server(trickle) as server:
        writer = writer_for(server, SHORT_S)
        began = time.monotonic()
        with pytest.raises(ModelFailed, match="in time"):
            writer.write(REQUEST)
        assert time.monotonic() - began < SHORT_S + 1.0


def test_a_client_that_loads_slowly_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    import langchain.chat_models

    def slow(*_: object, **__: object) -> None:
        time.sleep(2)

    monkeypatch.setattr(langchain.chat_models, "init_chat_model", slow)
    writer = ModelWriter("openai:test", 0.4, api_key=KEY)
    by_composer(Drafter(Composer(), writer).draft(REQUEST), "in time")


def test_nobody_listening_ends_in_the_composer() -> None:
    with chat_server() as server:
        writer = writer_for(server, sleep=SkippedTime().sleep)
    by_composer(Drafter(Composer(), writer).draft(REQUEST), "reached")


@pytest.mark.parametrize(
    ("told", "more", "ending"),
    [
        ({"finish_reason": "stop"}, {}, Ending.WHOLE),
        ({"stop_reason": "end_turn"}, {}, Ending.WHOLE),
        ({"stop_reason": "tool_use"}, {}, Ending.WHOLE),
        ({}, {}, Ending.WHOLE),
        ({"finish_reason": "length"}, {}, Ending.CUT),
        ({"stop_reason": "max_tokens"}, {}, Ending.CUT),
        ({"done_reason": "length"}, {}, Ending.CUT),
        ({"finish_reason": "MAX_TOKENS"}, {}, Ending.CUT),
        ({"stop_reason": "refusal"}, {}, Ending.DECLINED),
        ({"finish_reason": "stop"}, {"refusal": "No."}, Ending.DECLINED),
        ({"finish_reason": "content_filter"}, {}, Ending.FILTERED),
        ({"finish_reason": "SAFETY"}, {}, Ending.FILTERED),
    ],
)
def test_each_provider_s_word_for_an_ending_is_known(
    told: dict[str, Any], more: dict[str, Any], ending: Ending
) -> None:
    message = AIMessage("", response_metadata=told, additional_kwargs=more)
    assert ending_of(message) is ending


def obliging(asked: Asked) -> Play:
    """A model that answers well for whichever piece it was given."""
    asset_id = asked.talk[1].split('name="asset_id">\n')[1].split("\n")[0]
    return says(f"```json\n{reply(asset_id=asset_id)}\n```")


@pytest.mark.parametrize(
    ("plays", "told"),
    [
        ((Play(PROVIDERS_WORDS, 500), obliging), ("model", "", 2)),
        ((says("Sure, here you are."),), ("composer", "could not be read", 2)),
        ((Play(PROVIDERS_WORDS, 429, {"retry-after": "3600"}),), ("composer", "busy", 1)),
    ],
    ids=["500, then fenced JSON", "prose", "429 for an hour"],
)
def test_the_command_says_who_wrote(
    home: Path,
    trailguide: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
    plays: tuple[Any, ...],
    told: tuple[str, str, int],
) -> None:
    """M60"""
    source, note, requests = told
    with chat_server(*plays) as server:
        for name, value in {
            "TRAILGUIDE_CHAT_MODEL": "openai:test", "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": server.url, "TRAILGUIDE_MODEL_DEADLINE_SECONDS": "40",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        question = "How long does a rollout take?"
        done = trailguide("--home", home, "next", "--question", question, "--json")
        assert len(server.asked) == requests, done.err
    shown = done.json
    assert done.status == 0
    assert shown["asset"]["asset_id"] == REQUEST.asset.id
    assert shown["draft"]["source"] == source
    assert shown["draft"]["checks"]["passed"]
    assert note in shown["draft"]["note"]
    assert bool(shown["draft"]["note"]) == bool(note)
    assert "sk-test" not in done.out + done.err
    assert "10.0.0.7" not in done.out + done.err

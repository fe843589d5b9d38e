"""A chat model that is away for a day: nobody waits for it in vain, and it writes again after."""

from __future__ import annotations

import threading

import pytest

from bot.counted_model import CountedWriter
from knowledge.errors import ModelAway, ModelFailed
from prompts import model as model_module
from prompts.composer import Composer
from prompts.drafting import Drafter
from prompts.model_circuit import FAILURES_IN_A_ROW, LONGEST_REST_S, REST_S, Circuit
from prompts.model_faults import away, failed
from tests.chat_replies import KEY, REQUEST, by_composer, reply
from tests.chat_server import Asked, ChatServer, Play, chat_server, says

DAY, MINUTE, DEADLINE_S = 24 * 3600, 60, 20.0
READING_S, EIGHT_S = 6.0, 8.0
WAITED_S = 0.5
"""So much is no wait: the composer takes longer."""


class Day:
    """A clock that goes on by itself while the model is waited for."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_m60_in_a_day_without_the_model_few_wait_and_it_is_used_once_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M60 An ask a minute: each is answered, at most one in five waits for the deadline."""
    day, tried = Day(), []

    def ask(*_: object) -> object:
        tried.append(day.now)
        if day.now < DAY:
            day.now += DEADLINE_S
            raise away("slow")
        return model_module._Answer("")

    writer = CountedWriter("openai:test", DEADLINE_S, rests_by=day, now=day)
    monkeypatch.setattr(writer, "_ask", ask)
    waits, answered, back = [], 0, 0.0
    while not back:
        asked_at = day.now
        try:
            writer.answer([("user", "hi")], {}, DEADLINE_S)
            back = day.now
        except ModelAway:
            answered += 1
        waits.append(day.now - asked_at)
        assert waits[-1] <= DEADLINE_S
        day.now = max(day.now, asked_at + MINUTE)
    assert answered >= DAY / MINUTE
    in_vain = sum(wait > WAITED_S for wait in waits)
    assert in_vain <= answered / 4
    assert in_vain <= FAILURES_IN_A_ROW + DAY / LONGEST_REST_S + 5
    assert back - DAY <= LONGEST_REST_S + 2 * MINUTE
    assert tried[-2] > DAY - LONGEST_REST_S - 2 * MINUTE, "it was tried all day long"


def test_while_one_tries_the_others_do_not_wait() -> None:
    now = Day()
    circuit = Circuit(now)
    for _ in range(FAILURES_IN_A_ROW):
        with pytest.raises(ModelAway), circuit.call():
            raise away("down", status=500)
    with pytest.raises(ModelAway, match="left alone"), circuit.call():
        raise AssertionError("it rests")
    now.now += REST_S
    inside, go_on = threading.Event(), threading.Event()

    def try_it() -> None:
        with circuit.call():
            inside.set()
            assert go_on.wait(10)

    trying = threading.Thread(target=try_it)
    trying.start()
    assert inside.wait(10)
    with pytest.raises(ModelAway, match="left alone"), circuit.call():
        raise AssertionError("another one tries it")
    go_on.set()
    trying.join()
    with circuit.call():
        pass


@pytest.mark.parametrize("name", ["declined", "filtered", "shape"])
def test_a_service_that_answers_badly_is_not_away(name: str) -> None:
    """What it makes of one piece says nothing of the next."""
    circuit = Circuit(Day())
    for _ in range(3 * FAILURES_IN_A_ROW):
        with pytest.raises(ModelFailed) as told, circuit.call():
            raise failed(name)
        assert not isinstance(told.value, ModelAway)


def test_m60_a_model_too_slow_to_read_messages_in_time_still_writes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M60 A reading waits six seconds, a draft twenty: eight are too many for one."""
    day = Day()
    writer = CountedWriter("openai:test", DEADLINE_S, rests_by=day, now=day)

    def ask(_: object, deadline: model_module._Deadline, *__: object) -> object:
        if deadline.left < EIGHT_S:
            raise away("slow")
        return model_module._Answer("whole")

    monkeypatch.setattr(writer, "_ask", ask)
    for _ in range(5):
        for _ in range(FAILURES_IN_A_ROW):
            with pytest.raises(ModelAway):
                writer.answer([("user", "hi")], {}, READING_S)
        assert writer.answer([("user", "hi")], {}, DEADLINE_S) == "whole"
        day.now += REST_S


def test_m60_a_service_that_had_no_time_left_for_a_repair_is_not_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M60 It answered; that counts, whatever the answer was worth."""
    writer = CountedWriter("openai:test", DEADLINE_S)
    came: list[object] = []

    def ask(*_: object) -> object:
        came.append(None)
        if len(came) % 2 == 0:
            raise away("slow")
        return model_module._Answer("no draft at all")

    monkeypatch.setattr(writer, "_ask", ask)
    for _ in range(2 * FAILURES_IN_A_ROW):
        with pytest.raises(ModelFailed) as told:
            writer.write(REQUEST)
        assert not isinstance(told.value, ModelAway)
    assert len(came) == 4 * FAILURES_IN_A_ROW


def writer_on(server: ChatServer, day: Day) -> CountedWriter:
    from langchain.chat_models import init_chat_model

    client = init_chat_model(
        "test", model_provider="openai", api_key=KEY, base_url=server.url, max_retries=0
    )
    return CountedWriter("openai:test", 5.0, model=client, api_key=KEY, rests_by=day,
                         sleep=lambda _: None)  # fmt: skip


@pytest.mark.usefixtures("chat_client")
def test_m60_the_composer_writes_while_the_service_is_away_and_the_model_after() -> None:
    """M60 Over the real client: refused while it is down, spared while it rests, then used."""
    day = Day()
    down = Play('{"error":{"message":"overloaded"}}', status=503)
    day_of_outage = [True]

    def model(_: Asked) -> Play:
        return down if day_of_outage else says(reply())

    with chat_server(model) as server:
        drafter = Drafter(Composer(), writer_on(server, day))
        for _ in range(FAILURES_IN_A_ROW):
            by_composer(drafter.draft(REQUEST), "fault of its own")
        tries = len(server.asked)
        assert tries > FAILURES_IN_A_ROW
        for _ in range(3):
            by_composer(drafter.draft(REQUEST), "left alone")
        assert len(server.asked) == tries, "it was spared"
        day_of_outage.clear()
        day.now += REST_S
        assert drafter.draft(REQUEST).source == "model"
        assert drafter.draft(REQUEST).source == "model"

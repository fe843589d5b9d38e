"""Turns: few events compute at once, and one that waits for a service keeps nobody waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.turns import Turns
from bot.listeners.replacing import one_at_a_time
from knowledge.errors import ModelFailed
from prompts.model import ModelWriter
from storage.turn import Turn

PATIENCE = 20.0


def _together(count: int, work: Callable[[], None]) -> None:
    with ThreadPoolExecutor(count) as threads:
        for done in [threads.submit(work) for _ in range(count)]:
            done.result(PATIENCE)


def test_no_more_threads_compute_at_once_than_there_are_turns() -> None:
    """M58 However much waits to be answered, acknowledging goes on beside two that compute."""
    turns, guard, now, most = Turns(2), threading.Lock(), [0], [0]

    def work() -> None:
        for _ in range(50):
            with turns.working(), turns.working():
                with guard:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                with guard:
                    now[0] -= 1

    _together(8, work)
    assert 1 <= most[0] <= 2


def test_one_that_waits_lends_its_turn_and_gets_one_back() -> None:
    """M58 Twelve asks wait for a slow model at once although two may compute."""
    turns, all_wait = Turns(2), threading.Barrier(12)
    after: list[bool] = []

    def work() -> None:
        with turns.working():
            with turns.waiting():
                all_wait.wait(PATIENCE)
            after.append(True)

    _together(12, work)
    assert len(after) == 12
    with turns.working():  # as many turns as before: both can be taken again
        _together(1, lambda: _in_turn(turns))


def _in_turn(turns: Turns) -> None:
    with turns.working():
        pass


def test_a_failure_gives_the_turn_back() -> None:
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.working(), turns.waiting():
            raise ZeroDivisionError
    _together(1, lambda: _in_turn(turns))


def test_waiting_without_a_turn_takes_none() -> None:
    turns = Turns(1)
    with turns.waiting(), turns.working():
        pass
    _together(1, lambda: _in_turn(turns))


def test_the_chat_model_is_waited_for_without_a_turn() -> None:
    """M58 While a model that never answers is waited for, the turn does another's work."""
    turns, seen = Turns(1), threading.Event()

    class Slow:
        def with_structured_output(self, *_: object, **__: object) -> Slow:
            return self

        def invoke(self, _: object) -> object:
            with turns.working():  # the service's thread can take what the asker lent
                seen.set()
            raise TimeoutError

    writer = ModelWriter("none:none", 1.0, model=Slow(), waiting=turns.waiting)  # type: ignore[arg-type]
    with turns.working(), pytest.raises(ModelFailed):
        writer.answer([("user", "hello")], {}, 0.6)
    assert seen.is_set()


def test_what_slack_waits_for_passes_the_other_writers() -> None:
    """M58 However many writers wait, an event to be acknowledged is kept next."""
    turn, order = Turn(), list[str]()
    assert turn.acquire(PATIENCE)

    def writer(name: str, first: bool) -> None:
        assert turn.acquire(PATIENCE, first=first)
        order.append(name)
        turn.release()

    with ThreadPoolExecutor(4) as threads:
        done = []
        for name, first in (("one", False), ("two", False), ("event", True)):
            done.append(threads.submit(writer, name, first))
            while turn.waiting() < len(done):  # each stands in line before the next comes
                time.sleep(0)
        turn.release()
        for each in done:
            each.result(PATIENCE)
    assert order == ["event", "one", "two"]


def test_a_writer_whose_time_is_up_leaves_the_line() -> None:
    turn = Turn()
    assert turn.acquire(PATIENCE)
    assert not turn.acquire(0.01)
    assert turn.waiting() == 0
    turn.release()
    assert turn.acquire(0.01)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.0005, PATIENCE])), max_size=12))
@settings(max_examples=30, deadline=None)
def test_one_writer_at_a_time_whoever_gives_up(writers: list[tuple[bool, float]]) -> None:
    turn, inside = Turn(), threading.Semaphore(1)

    def write(first: bool, patience: float) -> None:
        if turn.acquire(patience, first=first):
            assert inside.acquire(blocking=False)
            inside.release()
            turn.release()

    with ThreadPoolExecutor(max(1, len(writers))) as threads:
        for each in [threads.submit(write, *w) for w in writers]:
            each.result(PATIENCE)
    assert turn.acquire(0.0)


def test_nobody_waits_for_a_card_with_the_turn_that_its_holder_needs() -> None:
    """M58 M59 Two presses on one card, with a model that is waited for, both end."""
    turns = Turns(1)
    edge: Any = SimpleNamespace(tools=SimpleNamespace(turns=turns))
    lent, second_computes = threading.Event(), threading.Event()

    def first() -> None:
        with turns.working(), one_at_a_time("touch-1", edge), turns.waiting():
            lent.set()
            assert second_computes.wait(PATIENCE)

    def second() -> None:
        assert lent.wait(PATIENCE)
        with turns.working():
            second_computes.set()
            with one_at_a_time("touch-1", edge):
                pass

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(first), threads.submit(second)]:
            done.result(PATIENCE)

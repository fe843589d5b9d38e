"""Durable jobs: what a former run, an older version or a dead peer left is taken up, once."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from dbos import DBOS, DBOSClient
from sqlalchemy import create_engine, make_url, text

from bot.jobs import ANSWERS, KEYS_KEPT, Jobs, _jobs_database
from bot.jobs.lives import DEAD_AFTER_SECONDS, HEARTBEAT, STEPS_VERSION, SWEEP_SECONDS, Lives
from bot.listeners import answering
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.lanes import lane_of
from bot.listeners.teams import OnlyTeam
from tests.conftest import SetClock
from tests.slack.fake import FakeSlack
from tests.slack.local import PATIENCE_SECONDS, until

pytest_plugins = ["tests.slack.job_fixtures"]

HELP = Incoming("event:T01:Ev1", Kind.DIRECT, "T01", "U01ROBIN", "D01ROBIN", "1.1", text="help")


def come_in(edge: Edge) -> None:
    assert edge.tools.inbox.record(HELP.key, HELP.kind, HELP.payload())


def a_word(number: int, channel: str) -> Incoming:
    at, user = f"1.{number:06}", f"U{channel[1:]}"
    return Incoming(f"event:T01:Ev{number}", Kind.DIRECT, "T01", user, channel, at, text="help")


def kept(edge: Edge, *events: Incoming) -> None:
    for event in events:
        edge.tools.inbox.record(event.key, event.kind, event.payload(), lane=lane_of(event))


def left_behind(jobs: Jobs, edge: Edge, version: str, executor: str, idle_seconds: float) -> None:
    """Put the job of the event there, begun by a process that is gone."""
    jobs.launch(edge)  # makes DBOS's tables
    jobs.close(patience_seconds=0)
    url = _jobs_database(edge.tools.settings)
    client = DBOSClient(system_database_url=url)
    client.enqueue(
        {"workflow_name": "answer", "queue_name": ANSWERS, "workflow_id": HELP.key,
         "app_version": version, "queue_partition_key": HELP.key},
        HELP.key,
    )  # fmt: skip
    client.destroy()
    begun = int((time.time() - idle_seconds) * 1000)
    schema = "dbos." if url.startswith("postgresql") else ""
    engine = create_engine(make_url(url.replace("postgresql:", "postgresql+psycopg:")))
    with engine.begin() as connection:
        changed = connection.execute(
            text(
                f"update {schema}workflow_status set status = 'PENDING', executor_id = :executor, "
                "created_at = :begun, updated_at = :begun where workflow_uuid = :key"
            ),
            {"executor": executor, "begun": begun, "key": HELP.key},
        )
        assert changed.rowcount == 1
    engine.dispose()
    come_in(edge)


def test_an_event_that_was_kept_but_never_started_is_answered_at_the_next_start(
    jobs: Jobs, edge: Edge, slack: FakeSlack
) -> None:
    """M59 Nothing typed is lost."""
    come_in(edge)
    jobs.launch(edge)
    until(lambda: not edge.tools.inbox.pending(), "the answer")
    assert len(slack.messages) == 1


def test_m59_a_job_that_no_thread_has_any_more_is_begun_again_without_a_restart(
    jobs: Jobs, edge: Edge, slack: FakeSlack
) -> None:
    """M59 A full disk ends a job's thread and leaves "running" written; the second look tells."""
    jobs.launch(edge)
    come_in(edge)
    url = _jobs_database(edge.tools.settings)
    client = DBOSClient(system_database_url=url)
    client.enqueue({"workflow_name": "answer", "queue_name": "nobody", "workflow_id": HELP.key,
                    "app_version": STEPS_VERSION}, HELP.key)  # fmt: skip
    client.destroy()
    schema = "dbos." if url.startswith("postgresql") else ""
    engine = create_engine(make_url(url.replace("postgresql:", "postgresql+psycopg:")))
    with engine.begin() as connection:
        running = (
            f"update {schema}workflow_status set status = 'PENDING', executor_id = :mine "
            "where workflow_uuid = :key"
        )
        connection.execute(text(running), {"mine": DBOS.executor_id, "key": HELP.key})
    engine.dispose()
    assert jobs.sweep() == 0, "it may be about to begin"
    passed = time.monotonic() + SWEEP_SECONDS
    jobs._living._monotonic = lambda: passed  # type: ignore[misc]
    assert jobs.sweep() == 1
    until(lambda: HELP.key not in edge.tools.inbox.pending(), "the answer")
    assert len(slack.messages) == 1


def test_starting_an_event_twice_answers_it_once(jobs: Jobs, edge: Edge, slack: FakeSlack) -> None:
    """M58 Never answered twice."""
    jobs.launch(edge)
    come_in(edge)
    for _ in range(5):
        jobs.start(HELP.key)
    until(lambda: not edge.tools.inbox.pending(), "the answer")
    jobs.start(HELP.key)
    assert jobs.sweep() == 0
    assert len(slack.messages) == 1


def test_two_words_of_one_person_are_answered_in_order_and_another_person_does_not_wait(
    jobs: Jobs, edge: Edge, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 A long answer lets no later one of its asker pass, and holds up nobody else."""
    first, second, other = a_word(1, "D01"), a_word(2, "D01"), a_word(3, "D02")
    answered, overtaken = threading.Event(), threading.Event()
    plan = answering.plan

    def slow(key: str, edge: Edge) -> list[str]:
        if key == first.key:
            assert answered.wait(PATIENCE_SECONDS), "the other person waits"
            overtaken.wait(0.5)  # so long a later one could have passed
        if key == second.key:
            overtaken.set()
        return plan(key, edge)

    monkeypatch.setattr(answering, "plan", slow)
    jobs.launch(edge)
    kept(edge, first, second, other)
    jobs.start(second.key)  # the later one's thread was the faster
    jobs.start(first.key)
    jobs.start(other.key)
    until(lambda: slack.in_channel("D02"), "the answer to the other person")
    answered.set()
    until(lambda: not edge.tools.inbox.pending(), "the answers")
    outbox = edge.tools.outbox
    ours = [outbox.get(f"{e.key}:line") for e in (first, second)]
    assert [o and o.ts for o in ours] == [m["ts"] for m in slack.in_channel("D01")]


def test_m59_what_waits_in_a_channel_is_taken_up_in_order_after_a_stop(
    jobs: Jobs, edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    words = [a_word(n, "D01") for n in (9, 3, 27, 1)]
    for word in words:
        kept(edge, word)
        clock.at += timedelta(seconds=1)
    jobs.launch(edge)
    until(lambda: not edge.tools.inbox.pending(), "the answers")
    posted = [edge.tools.outbox.get(f"{w.key}:line") for w in words]
    assert [o and o.ts for o in posted] == [m["ts"] for m in slack.in_channel("D01")]


def test_presses_on_a_card_do_not_wait_for_what_is_asked_in_its_channel() -> None:
    press = Incoming("action:1", Kind.ACTION, "T01", "U01", "D01", suggestion_id="touch-1")
    form = Incoming("view:1", Kind.SUBMISSION, "T01", "U01", suggestion_id="touch-1")
    assert lane_of(press) == lane_of(form) != lane_of(a_word(1, "D01"))


def test_what_one_person_writes_in_many_places_takes_one_lane() -> None:
    """However much somebody floods, nobody who writes in the same channel waits behind it."""
    places = [replace(a_word(n, f"C0{n}"), user="U01", kind=Kind.MENTION) for n in range(5)]
    assert len({lane_of(word) for word in places}) == 1
    assert lane_of(places[0]) != lane_of(replace(places[0], user="U02"))


def test_a_job_of_other_steps_is_begun_afresh(jobs: Jobs, edge: Edge, slack: FakeSlack) -> None:
    """A new version of the bot must not leave an old job waiting for ever."""
    left_behind(jobs, edge, version="0", executor="before", idle_seconds=5)
    again = Jobs(edge.tools.settings)
    again.launch(edge)
    until(lambda: not edge.tools.inbox.pending(), "the answer")
    again.close(patience_seconds=2)
    assert len(slack.messages) == 1


@pytest.mark.parametrize("shared", [False, True])
def test_a_job_of_a_dead_peer_is_taken_over(
    jobs: Jobs, edge: Edge, slack: FakeSlack, shared: bool
) -> None:
    """Embedded, any other process of this home is dead; on a server, one without a heartbeat."""
    left_behind(jobs, edge, version=STEPS_VERSION, executor="dead-peer", idle_seconds=5)
    heartbeat(edge, "dead-peer", DEAD_AFTER_SECONDS + 2 * SWEEP_SECONDS)
    again = Jobs(edge.tools.settings)
    again._shared = shared
    again.launch(edge)
    if shared:  # it has to see for itself for a while that it could have seen the peer
        assert HELP.key in edge.tools.inbox.pending()
        passed = time.monotonic()
        for _ in range(int(DEAD_AFTER_SECONDS / SWEEP_SECONDS) + 2):
            passed += SWEEP_SECONDS
            again._living._monotonic = lambda at=passed: at  # type: ignore[misc]
            again.sweep()
    until(lambda: edge.tools.inbox.pending() == [], "the answer")
    again.close(patience_seconds=2)
    assert len(slack.messages) == 1


def test_a_job_of_a_living_peer_is_left_to_it(jobs: Jobs, edge: Edge, slack: FakeSlack) -> None:
    """However long the job takes: only its heartbeat says whether a peer lives."""
    left_behind(jobs, edge, version=STEPS_VERSION, executor="living-peer", idle_seconds=7200)
    heartbeat(edge, "living-peer", DEAD_AFTER_SECONDS - SWEEP_SECONDS)
    again = Jobs(edge.tools.settings)
    again._shared = True
    again.launch(edge)
    assert again.sweep() == 0
    assert not again._living._is_dead(DBOS.executor_id)
    again.close(patience_seconds=2)
    assert HELP.key in edge.tools.inbox.pending()  # beside what the day brings by itself
    assert not slack.messages


def test_a_job_that_is_about_to_get_its_thread_is_not_called_off(
    jobs: Jobs, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sweep may look twice within milliseconds; between two sweeps it must still lie there."""
    passed, called_off = [0.0], []
    jobs.launch(edge)
    living = Lives(OnlyTeam(edge), shared=False, monotonic=lambda: passed[0])
    monkeypatch.setattr(DBOS, "cancel_workflow", called_off.append)
    lying = SimpleNamespace(
        status="PENDING", workflow_id="j", app_version=None, executor_id=DBOS.executor_id
    )
    assert living.still_runs(lying)
    assert living.still_runs(lying)
    living.looked_at_all()
    passed[0] += SWEEP_SECONDS
    living.looked_at_all()  # it was not there any more
    assert living.still_runs(lying)
    living.looked_at_all()
    passed[0] += SWEEP_SECONDS / 2 - 1
    assert living.still_runs(lying)
    living.looked_at_all()
    assert called_off == []
    passed[0] += 1
    assert not living.still_runs(lying)
    assert called_off == ["j"]


def test_a_sign_of_life_that_a_death_cut_short_is_closed(jobs: Jobs, edge: Edge) -> None:
    """It would else wait among the events for ever, and be counted with them."""
    edge.tools.inbox.record(f"alive:dead-peer:{int(time.time())}", HEARTBEAT, {})
    jobs.launch(edge)
    assert not [key for key in edge.tools.inbox.pending() if key.startswith("alive:")]


def heartbeat(edge: Edge, executor: str, seconds_ago: float) -> None:
    key = f"alive:{executor}:{int((time.time() - seconds_ago) // SWEEP_SECONDS)}"
    edge.tools.inbox.record(key, HEARTBEAT, {})
    edge.tools.inbox.done(key)


def test_old_keys_are_forgotten_by_the_sweep(
    jobs: Jobs, edge: Edge, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month after an event was answered, its key goes."""
    come_in(edge)
    edge.tools.inbox.done(HELP.key)
    clock.at += KEYS_KEPT + timedelta(days=1)
    monkeypatch.setattr("bot.jobs.lives.SWEEP_SECONDS", 0.05)
    jobs.launch(edge)
    until(lambda: edge.tools.inbox.kind(HELP.key) is None, "the key to be forgotten")

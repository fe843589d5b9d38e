"""The daily digest: who gets it, when by their own clock, and that it comes once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.jobs import Jobs
from bot.jobs.lives import Lives
from bot.listeners import answering, digest, handling
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.teams import OnlyTeam
from bot.settings import Settings
from bot.slack_client import Poster, make_client
from bot.views import words_due
from knowledge.errors import SlackFailed
from knowledge.leads import Action
from storage.digests import Digests
from tests.conftest import SetClock
from tests.due_examples import put
from tests.slack.fake import BOT, FakeSlack, fake_slack
from tests.slack.local import said, until

ROBIN, MIKA, TEAM = "U01ROBIN", "U02MIKA", "T01"
BERLIN, CHICAGO = "Europe/Berlin", "America/Chicago"
NUMBERS = count()
TUESDAY = datetime(2026, 11, 17, 5, tzinfo=UTC)
"""Six in the morning in Berlin."""


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as fake:
        fake.users[ROBIN] = {"real_name": "Robin Reyes", "tz": BERLIN}
        fake.users[MIKA] = {"real_name": "Mika Tanaka", "tz": CHICAGO}
        yield fake


@pytest.fixture
def clock() -> SetClock:
    return SetClock(TUESDAY)


@pytest.fixture
def tools(tmp_path: Path, clock: SetClock) -> Iterator[Wired]:
    wired = build(Settings(home=tmp_path / "home"), clock)
    put(wired, "ann", (Action.SENT, 30), owner="Robin Reyes")
    put(wired, "bo", (Action.SENT, 30), owner="Mika Tanaka")
    yield wired
    wired.close()


@pytest.fixture
def edge(slack: FakeSlack, tools: Wired) -> Edge:
    return edge_of(slack, tools)


def edge_of(slack: FakeSlack, tools: Wired) -> Edge:
    client = make_client("xoxb-test", slack.url)
    return Edge(tools, Poster(client, tools.outbox, sleep=lambda _: None), BOT, lambda _key: None)


def sweep(edge: Edge) -> int:
    """One round of the jobs: record what is due, then work on all that waits; returns how many."""
    new = digest.record_due(edge)
    for key in edge.tools.inbox.pending():
        for outbox_key in answering.plan(key, edge):
            answering.post(outbox_key, edge)
        answering.close(key, edge)
    return new


def typed(edge: Edge, text: str) -> str:
    """What `/trailguide digest` answers."""
    event = Incoming("command:1", Kind.COMMAND, TEAM, ROBIN, text=text, action="digest")
    (reply,) = handling.answer(event, edge)
    assert reply.channel == ROBIN
    return reply.message.text


def at(clock: SetClock, hour: int, minute: int = 0, *, day: int = 17, zone: str = BERLIN) -> None:
    clock.at = datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_the_digest_comes_at_half_past_eight_to_whoever_asked_for_it(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    """In direct messages alone, and with the person's own leads alone."""
    digest.switch(TEAM, ROBIN, edge, on=True)
    at(clock, 8, 29)
    assert sweep(edge) == 0
    at(clock, 8, 30)
    assert sweep(edge) == 1
    (told,) = slack.messages
    assert told["channel"] == "D01ROBIN"
    assert "*Ann*" in said(told)
    assert "Bo" not in said(told)


def test_it_is_off_until_it_is_turned_on_and_off_again_once_turned_off(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    at(clock, 9)
    assert sweep(edge) == 0
    typed(edge, "on")
    at(clock, 9, day=18)
    assert words_due.TURNED_OFF in typed(edge, " OFF ")
    assert sweep(edge) == 0
    assert not slack.messages
    assert typed(edge, "maybe") == words_due.HOW_TO_SWITCH


def test_one_digest_a_day_and_person_however_often_and_wherever_it_is_swept(
    edge: Edge, tools: Wired, slack: FakeSlack, clock: SetClock
) -> None:
    digest.switch(TEAM, ROBIN, edge, on=True)
    other = edge_of(slack, tools)  # a second process on the same database
    for minute in (30, 31, 45):
        at(clock, 8, minute)
        sweep(edge)
        sweep(other)
    assert len(slack.messages) == 1
    digest.switch(TEAM, ROBIN, edge, on=False)
    digest.switch(TEAM, ROBIN, edge, on=True)
    sweep(edge)
    assert len(slack.messages) == 1
    at(clock, 8, 30, day=18)
    sweep(other)
    sweep(edge)
    assert len(slack.messages) == 2


def test_two_processes_that_both_work_on_one_digest_post_it_once(
    edge: Edge, tools: Wired, slack: FakeSlack, clock: SetClock
) -> None:
    """The reply to the first post is lost, and another process takes over."""
    digest.switch(TEAM, ROBIN, edge, on=True)
    at(clock, 8, 30)
    digest.record_due(edge)
    (key,) = tools.inbox.pending()
    slack.trouble["chat.postMessage"].append("lost")
    (planned,) = answering.plan(key, edge)
    answering.post(planned, edge)
    other = edge_of(slack, tools)
    assert answering.plan(key, other) == [planned]
    answering.post(planned, other)
    assert len(slack.messages) == 1


def test_a_person_elsewhere_gets_it_in_their_own_morning(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    for user in (ROBIN, MIKA):
        digest.switch(TEAM, user, edge, on=True)
    at(clock, 8, 30)
    sweep(edge)
    assert [m["channel"] for m in slack.messages] == ["D01ROBIN"]
    at(clock, 8, 30, zone=CHICAGO)
    sweep(edge)
    assert [m["channel"] for m in slack.messages] == ["D01ROBIN", "D02MIKA"]


def test_a_person_without_a_zone_lives_in_the_teams(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    slack.users[ROBIN] = {"real_name": "Robin Reyes", "tz": "Nowhere/At_All"}
    digest.switch(TEAM, ROBIN, edge, on=True)
    at(clock, 8, 30)
    assert sweep(edge) == 0
    at(clock, 8, 30, zone="UTC")
    assert sweep(edge) == 1


@pytest.mark.parametrize(
    ("month", "day", "utc_hour"), [(3, 27, 7), (3, 30, 6), (10, 23, 6), (10, 26, 7)]
)  # fmt: skip
def test_half_past_eight_stays_half_past_eight_when_the_clocks_change(
    edge: Edge, clock: SetClock, month: int, day: int, utc_hour: int
) -> None:
    clock.at = datetime(2026, 1, 5, tzinfo=UTC)
    digest.switch(TEAM, ROBIN, edge, on=True)
    clock.at = datetime(2026, month, day, utc_hour, 29, tzinfo=UTC)
    assert sweep(edge) == 0
    clock.at += timedelta(minutes=1)
    assert sweep(edge) == 1


def test_a_bot_that_was_down_sends_it_late_the_same_day_and_never_the_next(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    digest.switch(TEAM, ROBIN, edge, on=True)
    at(clock, 9, 10)
    assert sweep(edge) == 1
    at(clock, 18, 0, day=18)  # down all day
    assert sweep(edge) == 0
    at(clock, 7, 0, day=19)
    assert sweep(edge) == 0
    assert len(slack.messages) == 1


@pytest.mark.parametrize("planned", [False, True])
def test_what_was_begun_and_not_finished_that_day_is_dropped(
    edge: Edge, slack: FakeSlack, clock: SetClock, planned: bool
) -> None:
    """Recorded, or planned as well, when the bot died: tomorrow it would be yesterday's news."""
    digest.switch(TEAM, ROBIN, edge, on=True)
    at(clock, 8, 30)
    digest.record_due(edge)
    (key,) = edge.tools.inbox.pending()
    if planned:
        assert answering.plan(key, edge)
    at(clock, 7, 0, day=18)
    sweep(edge)
    assert edge.tools.inbox.pending() == []
    assert not slack.messages


def test_an_outage_of_slack_only_delays_it(edge: Edge, slack: FakeSlack, clock: SetClock) -> None:
    digest.switch(TEAM, ROBIN, edge, on=True)
    at(clock, 8, 30)
    slack.trouble["chat.postMessage"].extend(["500"] * 7)
    with pytest.raises(SlackFailed):
        sweep(edge)
    at(clock, 8, 40)
    sweep(edge)
    assert len(slack.messages) == 1


def test_nothing_is_sent_when_nothing_is_due_nor_at_weekends(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    digest.switch(TEAM, ROBIN, edge, on=True)
    edge.tools.leads.erase("ann", "test")
    at(clock, 8, 30)
    assert sweep(edge) == 1
    put(edge.tools, "cy", owner="Robin Reyes")  # type: ignore[arg-type]
    sweep(edge)
    for day in (21, 22):  # Saturday, Sunday
        at(clock, 8, 30, day=day)
        assert sweep(edge) == 0
    assert not slack.messages


def test_turned_on_during_the_day_the_first_one_comes_the_next_morning(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    at(clock, 11)
    digest.switch(TEAM, ROBIN, edge, on=True)
    assert sweep(edge) == 0
    at(clock, 8, 30, day=18)
    assert sweep(edge) == 1


def test_a_person_whom_slack_does_not_tell_is_asked_about_once_an_hour(
    edge: Edge, slack: FakeSlack, clock: SetClock
) -> None:
    """Each round would wait for Slack otherwise, and the events with it."""
    slack.users[ROBIN] = {"real_name": "Robin Reyes", "tz": ""}
    digest.switch(TEAM, ROBIN, edge, on=True)
    for minute in range(3):
        at(clock, 8, 20 + minute)
        digest.record_due(edge)
    assert slack.calls.count("users.info") == 1
    slack.users[ROBIN] = {"real_name": "Robin Reyes", "tz": BERLIN}
    at(clock, 9, 30)
    assert sweep(edge) == 1
    assert Digests(edge.tools.db, clock).of(TEAM, ROBIN).zone == BERLIN


def test_what_waits_is_taken_up_before_slack_is_asked_for_zones(
    edge: Edge, slack: FakeSlack, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what a digest recorded goes the same round."""
    order: list[str] = []
    jobs = Jobs(edge.tools.settings)
    monkeypatch.setattr(jobs, "_teams", OnlyTeam(edge))
    monkeypatch.setattr(jobs, "_lives", Lives(OnlyTeam(edge), shared=False))

    def noted(what: str, found: int) -> Callable[..., int]:
        def do(*_: object) -> int:
            order.append(what)
            return found

        return do

    monkeypatch.setattr(jobs, "_take_up", noted("events", 0))
    monkeypatch.setattr(digest, "record_due", noted("digests", 1))
    assert jobs.sweep() == 0
    assert order == ["events", "digests", "events"]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([BERLIN, CHICAGO, "Asia/Kolkata", "Pacific/Auckland", "America/St_Johns"]),
    st.lists(st.integers(1, 60 * 48), min_size=1, max_size=12),
)
def test_whatever_the_rounds_a_day_brings_one_digest_between_its_hours(
    edge: Edge, clock: SetClock, zone: str, steps: list[int]
) -> None:
    """However the sweeps fall: weekdays only, within the hours, one a local day."""
    clock.at, team = datetime(2026, 3, 5, tzinfo=UTC), f"T{next(NUMBERS)}"
    digests = Digests(edge.tools.db, clock)
    digests.switch(team, ROBIN, on=True)
    digests.live_in(team, ROBIN, zone)
    days = []
    for step in steps:
        clock.at += timedelta(minutes=step)
        local = clock.at.astimezone(ZoneInfo(zone))
        if digest.record_due(edge):
            days.append(local.date())
            assert local.weekday() < 5
            assert time(8, 30) <= local.time() < digest.LATEST
    digests.switch(team, ROBIN, on=False)
    assert len(days) == len(set(days))


def test_the_jobs_sweep_sends_it(edge: Edge, slack: FakeSlack, clock: SetClock) -> None:
    """The durable way: swept, planned, posted and closed by the bot's own jobs."""
    digest.switch(TEAM, ROBIN, edge, on=True)
    at(clock, 8, 30)
    jobs = Jobs(edge.tools.settings)
    try:
        jobs.launch(edge)
        until(lambda: slack.messages and not edge.tools.inbox.pending(), "the digest")
        jobs.sweep()
    finally:
        jobs.close(patience_seconds=2)
    assert len(slack.messages) == 1

"""The weekly report in Slack: once a week, inside only, never silent; and for managers who ask."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Wired, build
from bot.listeners import answering, reporting
from bot.settings import Settings
from bot.views import words_report as words
from knowledge.roles import Role
from storage.names import Names
from tests.conftest import SetClock
from tests.slack.fixtures import office_of
from tests.slack.office import MIKA, ROBIN, Office

pytest_plugins = ("tests.quarter", "tests.slack.fixtures")
CHANNEL, ADMIN = "C01LEADS", "U01ALEX"
TUESDAY = datetime(2026, 6, 30, 18, 30, tzinfo=UTC)
SET = {"report_channel": CHANNEL, "first_admin": ADMIN, "report_weekday": "tuesday"}


@dataclass
class Week:
    """An office with a quarter on record, and its clock."""

    office: Office
    clock: SetClock

    def turn(self) -> None:
        """What a sweep of the jobs does: record what is due, and do what waits."""
        edge = self.office.edge
        reporting.record_due(edge)
        for key in edge.tools.inbox.pending():
            for outbox_key in answering.plan(key, edge):
                answering.post(outbox_key, edge)
            answering.close(key, edge)

    @property
    def files(self) -> list[dict[str, Any]]:
        return [m for m in self.office.slack.messages if m.get("files")]

    @property
    def lines(self) -> list[tuple[str, str]]:
        said = [m for m in self.office.slack.messages if not m.get("files")]
        return [(m["channel"], json.dumps(m)) for m in said]


@pytest.fixture(scope="module")
def one_home(quarter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    home = tmp_path_factory.mktemp("weekly") / "home"
    shutil.copytree(quarter_home, home)
    clock = SetClock(TUESDAY)
    wired = build(Settings(home=home, **SET), clock)
    with office_of(wired) as office:
        yield Week(office, clock)
    wired.close()


@pytest.fixture
def week(one_home: Week) -> Week:
    """The one office, a week later than before, with nothing on its desk."""
    slack = one_home.office.slack
    for desk in (slack.messages, slack.whispers, slack.calls):
        desk.clear()
    slack.trouble.clear()
    slack.channels.clear()
    one_home.clock.at += timedelta(days=7)
    return one_home


def test_the_report_comes_once_a_week_however_often_the_job_runs(week: Week) -> None:
    """M58"""
    for _ in range(3):
        week.turn()
    assert len(week.files) == 1
    assert week.files[0]["channel"] == CHANNEL
    week.clock.at += timedelta(days=3)  # Friday of the same week
    week.turn()
    assert len(week.files) == 1
    week.clock.at += timedelta(days=4)  # Tuesday again
    week.turn()
    assert len(week.files) == 2
    assert week.lines == []


def test_a_step_that_runs_twice_posts_one_even_when_the_reply_was_lost(week: Week) -> None:
    week.office.slack.trouble["files.completeUploadExternal"].append("lost")
    edge = week.office.edge
    reporting.record_due(edge)
    (key,) = edge.tools.inbox.pending()
    for _ in range(2):  # as after a death before the event was closed
        for outbox_key in answering.plan(key, edge):
            answering.post(outbox_key, edge)
    answering.close(key, edge)
    assert len(week.files) == 1


def test_it_is_a_page_with_at_most_five_lines_beside_it(week: Week) -> None:
    week.turn()
    (posted,) = week.files
    beside = posted.get("initial_comment") or posted["text"]
    assert 1 <= len(beside.splitlines()) <= 5
    assert "touches went to" in beside
    content = posted["files"][0]["content"]
    assert content.startswith(b"<!doctype html>")
    year, number, _ = week.clock.at.isocalendar()
    assert f"{year}-W{number:02}" in posted["files"][0]["name"]
    for lead_id, name, company, mail in week.office.tools.leads.names():
        for private in (lead_id, name, company, mail):
            assert private
            assert private.encode() not in content
            assert private not in beside


def test_it_waits_for_its_day_and_hour_and_comes_later_in_the_week_when_the_bot_was_down(
    week: Week,
) -> None:
    tuesday = week.clock.at.replace(hour=8, minute=59)
    week.clock.at = tuesday - timedelta(days=1)
    week.turn()
    week.clock.at = tuesday
    week.turn()
    assert week.files == []
    week.clock.at = tuesday + timedelta(days=4)
    week.turn()
    assert len(week.files) == 1


@pytest.mark.parametrize(
    "shared",
    [{"is_ext_shared": True}, {"is_pending_ext_shared": True},
     {"is_org_shared": True, "shared_team_ids": ["T01", "T99"]}],
)  # fmt: skip
def test_nothing_is_posted_where_people_of_other_companies_read(
    week: Week, shared: dict[str, Any]
) -> None:
    """M59 An admin hears why, in one sentence."""
    week.office.slack.channels[CHANNEL] = shared
    week.turn()
    assert week.files == []
    ((channel, said),) = week.lines
    assert channel == "D" + ADMIN[1:]
    assert "people of other companies" in said
    week.turn()
    assert len(week.lines) == 1


def test_where_slack_does_not_tell_who_reads_nothing_is_posted(week: Week) -> None:
    """M59"""
    week.office.slack.trouble["conversations.info"].extend(["channel_not_found"] * 3)
    week.turn()
    assert week.files == []
    ((_, said),) = week.lines
    assert "does not tell me who reads" in said


def test_a_refused_upload_is_told_to_the_admin(week: Week) -> None:
    """M59"""
    week.office.slack.trouble["files.getUploadURLExternal"].append("missing_scope")
    week.turn()
    assert week.files == []
    ((channel, said),) = week.lines
    assert channel == "D" + ADMIN[1:]
    assert "files:write" in said
    assert words.NOT_POSTED.split(".")[0] in said


def test_without_a_channel_nothing_is_recorded(quarter_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "own"
    shutil.copytree(quarter_home, home)
    wired = build(Settings(home=home), SetClock(TUESDAY))
    with office_of(wired) as office:
        assert reporting.record_due(office.edge) == 0
    wired.close()


def test_a_home_without_suggestions_tells_the_admin(bare_home: Path, tmp_path: Path) -> None:
    """M59"""
    home = tmp_path / "own"
    shutil.copytree(bare_home, home)
    wired = build(Settings(home=home, **SET), SetClock(TUESDAY))
    with office_of(wired) as office:
        week = Week(office, SetClock(TUESDAY))
        week.turn()
        ((channel, said),) = week.lines
        assert channel == "D" + ADMIN[1:]
        assert "nothing to report yet" in said
    wired.close()


def test_m53_a_manager_gets_the_page_in_direct_messages_and_a_rep_is_refused(week: Week) -> None:
    tools: Wired = week.office.tools
    week.office.give(MIKA, Role.MANAGER)
    week.office.give(ROBIN)  # a rep, as everybody is
    week.office.command("report", user=MIKA)
    (posted,) = week.files
    assert posted["channel"] == "D" + MIKA[1:]
    assert posted["files"][0]["content"].startswith(b"<!doctype html>")
    week.office.slack.messages.clear()
    week.office.command("report", user=ROBIN)
    assert week.files == []
    assert week.lines
    refused = tools.audit.entries(tools.db)[-1]
    assert (refused.actor, refused.data["act"]) == (ROBIN, "see_report")


def test_a_report_heeds_days_and_names_the_words_it_cannot(week: Week) -> None:
    """M54 M59 Words that are passed over in silence would be taken for heeded."""
    week.office.give(MIKA, Role.MANAGER)
    week.office.slack.messages.clear()
    week.office.command("report last 14 days nonsense", user=MIKA)
    (posted,) = week.files
    page = posted["files"][0]["content"].decode()
    assert "as asked" in page
    assert "nonsense" in str(week.lines)
    week.office.slack.messages.clear()
    week.office.command("report stage interest", user=MIKA)
    assert "did not heed" in str(week.lines)


def test_reps_are_called_as_in_slack_once_they_were_looked_up(week: Week) -> None:
    tools = week.office.tools
    names = Names(tools.db, tools.clock)
    user = sorted(names.all())[0]
    week.clock.at += timedelta(days=35)  # what was noted is old by now
    week.office.slack.users[user] = {"real_name": "Ada <b>Bold</b>"}
    week.turn()
    assert names.all()[user] == "Ada <b>Bold</b>"
    assert "@" not in "".join(names.all().values())
    week.office.slack.users.clear()

"""Dead links and dates: three strikes, one message to the owner, and what the owner can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Wired, build
from bot.flow import replacing_asset
from bot.flow.checking_links import check_links, upkeeper
from bot.listeners import answering, chores
from bot.settings import Settings
from knowledge import link_check
from knowledge.assets import Asset, AssetStatus
from knowledge.link_check import LinkAnswer, LinkState, LinkVisitor
from knowledge.rejected import Rejected
from knowledge.roles import Act, Role
from knowledge.roles_told import refusal
from storage import notices
from storage.deciding import asset_row
from tests.conftest import Ran, SetClock
from tests.slack.fixtures import office_of
from tests.slack.local import buttons, said
from tests.slack.office import MIKA, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)

GONE, DOWN, OK = (LinkAnswer(s, f"is {s}") for s in (LinkState.GONE, LinkState.DOWN, LinkState.OK))
SILENT = LinkAnswer(LinkState.DOWN, "the site does not answer", heard=False)
KEEPER = "U09KEEPER"


@pytest.fixture
def tools(home: Any, clock: Any) -> Any:
    wired = build(Settings(home=home, library_keeper=KEEPER), clock)
    yield wired
    wired.close()


def some(tools: Wired, n: int = 0) -> Asset:
    return tools.library.all(AssetStatus.APPROVED)[n]


def asked(tools: Wired, answers: dict[str, LinkAnswer]) -> None:
    """Ask every link in use: those named answer so, the others open."""
    links = [(a.id, a.url or "") for a in tools.library.all(AssetStatus.APPROVED)]
    by_url = {url: answers.get(asset_id, OK) for asset_id, url in links}
    check_links(links, tools, LinkVisitor(by_url.__getitem__, sleep=lambda _: None))


def owned(tools: Wired, owner: str, n: int = 0, **more: Any) -> Asset:
    """A piece in use that somebody owns, its passages as they were."""
    asset = replace(some(tools, n), owner=owner, **more)
    with tools.db.write() as session:
        row = asset_row(session, asset.id)
        row.owner, row.review_by = owner, asset.review_by
        session.add(row)
    return tools.library.get(asset.id)


def deliver(office: Office) -> None:
    for key in notices.waiting(office.tools.db):
        office.work(key)


def to(office: Office, user: str) -> list[dict[str, Any]]:
    return [m for m in office.slack.messages if m["channel"] == f"D{user[1:]}"]


def kinds(tools: Wired, subject: str) -> list[str]:
    return [e.kind for e in tools.audit.entries(tools.db, subject)]


@pytest.mark.parametrize("answer", [GONE, DOWN])
def test_a_third_strike_on_another_day_takes_a_piece_out_of_every_answer(
    office: Office, clock: SetClock, answer: LinkAnswer
) -> None:
    """M17 M56 Not before; its owner is told once; once it opens it is back."""
    tools, dead = office.tools, some(office.tools)
    for day in range(3):
        assert tools.library.approved([dead.id]), day
        asked(tools, {dead.id: answer})
        asked(tools, {dead.id: answer})  # the same day counts once
        clock.at += timedelta(days=1)
    assert tools.library.approved([dead.id]) == {}
    assert dead.id not in {i for i, _ in tools.library.order()}
    assert tools.library.get(dead.id).dead
    deliver(office)
    (told,) = to(office, KEEPER)  # nobody owns it
    assert f"is {answer.state}" in said(told)
    assert buttons(told) == ["library_replace", "library_retire"]
    asked(tools, {dead.id: answer})
    deliver(office)
    assert len(to(office, KEEPER)) == 1
    asked(tools, {})
    assert tools.library.approved([dead.id])
    assert kinds(tools, dead.id)[-2:] == ["asset.dead", "asset.alive"]


def test_a_day_that_opens_between_forgives_the_strikes(tools: Wired, clock: SetClock) -> None:
    piece = some(tools)
    for answer in (GONE, GONE, OK, GONE, DOWN):
        asked(tools, {piece.id: answer})
        clock.at += timedelta(days=1)
    assert upkeeper(tools).of(piece.id).strikes == 2
    assert tools.library.approved([piece.id])


def test_a_bot_without_a_network_strikes_nothing(tools: Wired, clock: SetClock) -> None:
    """M60 Where nothing answers at all the fault is ours."""
    other = elsewhere(tools)
    asked(tools, {})
    every = {a.id: SILENT for a in tools.library.all(AssetStatus.APPROVED)}
    for day in range(4):
        clock.at += timedelta(days=8)
        asked(tools, every)
        assert other.id in every, day
    assert all(u.strikes == 0 for u in upkeeper(tools).all())
    assert upkeeper(tools).links_to_check(5) == []  # the others get their turn first
    clock.at += timedelta(hours=21)
    assert len(upkeeper(tools).links_to_check(5)) == 5


def elsewhere(tools: Wired) -> Asset:
    """A piece whose address is on a host of its own."""
    last = some(tools, -1)
    with tools.db.write() as session:
        row = asset_row(session, last.id)
        row.url = "https://elsewhere.example/page"
        session.add(row)
    return tools.library.get(last.id)


def test_a_silent_site_is_struck_once_a_witness_of_another_host_answers(
    tools: Wired, clock: SetClock
) -> None:
    """M59 A site that is gone with its name is told from a line of ours that is down."""
    other, piece = elsewhere(tools), some(tools)
    asked(tools, {})
    lone, opens = (piece.id, piece.url or ""), {other.url: OK, piece.url: SILENT}
    visitor = LinkVisitor(lambda url: opens[url], sleep=lambda _: None)
    clock.at += timedelta(days=8)
    assert check_links([lone], tools, visitor) == ([(*lone, SILENT)], True)
    assert upkeeper(tools).of(piece.id).strikes == 1
    opens[other.url] = SILENT
    clock.at += timedelta(days=1)
    assert check_links([lone], tools, visitor) == ([(*lone, SILENT)], False)
    assert upkeeper(tools).of(piece.id).strikes == 1


def test_a_pending_card_with_a_dead_link_is_withdrawn(office: Office, clock: SetClock) -> None:
    """M59 The rep is told, with the offer of another."""
    office.send(office.event("What does a maintenance backlog cost? It is for Dana Ortiz."))
    made = office.tools.suggestions.rows()[-1]
    for _ in range(3):
        asked(office.tools, {str(made.asset_id): GONE})
        clock.at += timedelta(days=1)
    deliver(office)
    assert office.tools.suggestions.get(made.suggestion_id).state == "withdrawn"
    card, told = to(office, ROBIN)
    assert "cannot be opened at its address" in said(card)
    assert "cannot be opened at its address" in said(told)
    assert buttons(card) == ["another"]


def test_a_new_address_forgives_a_dead_one(tools: Wired, clock: SetClock) -> None:
    piece = some(tools)
    for _ in range(3):
        asked(tools, {piece.id: GONE})
        clock.at += timedelta(days=1)
    moved = replace(piece, url=f"{piece.url}-new")
    tools.library.put(moved, [], {}, tools.embedder.fingerprint)
    assert tools.library.approved([piece.id])


def test_links_are_asked_weekly_and_failed_ones_the_next_day(tools: Wired, clock: SetClock) -> None:
    every, piece = len(tools.library.all(AssetStatus.APPROVED)), some(tools)
    keeper = upkeeper(tools)
    assert len(keeper.links_to_check(500)) == every
    asked(tools, {piece.id: GONE})
    assert keeper.links_to_check(500) == []
    clock.at += timedelta(days=1)
    assert [i for i, _ in keeper.links_to_check(500)] == [piece.id]
    clock.at += timedelta(days=6, hours=1)
    assert len(keeper.links_to_check(500)) == every


# Once an hour and once a day, whoever sweeps


def test_of_many_processes_one_asks_the_links_of_an_hour(
    office: Office, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M58 Recorded under the hour's key, done as any work is."""
    calls: list[str] = []

    def ask(url: str) -> LinkAnswer:
        calls.append(url)
        return OK

    monkeypatch.setattr(link_check.LinkVisitor, "visit", lambda _, url: ask(url))
    clock.at = clock.at.replace(hour=5)  # too early for reminders
    with office_of(office.tools) as other:
        assert [chores.record_due(office.edge), chores.record_due(other.edge)] == [2, 0]
        (key,) = links_asked(office)
        for edge in (office.edge, other.edge):
            assert answering.plan(key, edge) == []
        answering.close(key, office.edge)
        assert len(calls) == len(set(calls)) == min(60, len(office.tools.library.all()))
        assert chores.record_due(other.edge) == 0
    assert not office.slack.messages


def test_links_are_left_alone_where_the_setting_says_so(home: Path, clock: SetClock) -> None:
    wired = build(Settings(home=home, check_links=False, review_after_days=0), clock)
    clock.at = clock.at.replace(hour=5)
    with office_of(wired) as office:
        chores.record_due(office.edge)
        assert links_asked(office) == []
    wired.close()


def links_asked(office: Office) -> list[str]:
    return [key for key in office.tools.inbox.pending() if key.startswith("chore:links:")]


def weekday(clock: SetClock, hour: int = 9) -> None:
    clock.at = clock.at.replace(hour=hour, minute=0)
    while clock.at.weekday() != 1:
        clock.at += timedelta(days=1)


def remind(office: Office) -> None:
    """One round of the daily reminders."""
    chores.record_due(office.edge)
    for key in office.tools.inbox.pending():
        if ":links:" in key:
            office.tools.inbox.done(key)
        else:
            office.work(key)


def test_the_owner_is_reminded_on_the_day_and_verifies_in_one_click(
    office: Office, clock: SetClock
) -> None:
    """M56 By the address in the front matter; after Verify the year counts anew."""
    weekday(clock)
    tools = office.tools
    office.slack.users[MIKA] = {"profile": {"email": "mika@x.example"}}
    piece = owned(tools, "mika@x.example", review_by=clock.at.date())
    owned(tools, "mika@x.example", 1, review_by=clock.at.date() + timedelta(days=1))
    remind(office)
    (told,) = to(office, MIKA)
    assert piece.title in said(told)
    assert buttons(told) == ["library_verify", "library_replace", "library_retire"]
    office.give(ROBIN)
    office.click(told, "library_verify", ROBIN)  # not theirs
    assert refusal(Act.VERIFY_PIECE, {Role.REP}) in said(to(office, ROBIN)[-1])
    office.click(told, "library_verify", MIKA)
    assert not buttons(told)
    assert "Verified by <@U02MIKA>" in said(told)
    assert kinds(tools, piece.id)[-1] == "asset.verified"
    due = upkeeper(tools).of(piece.id).review_on
    assert due == clock.at.date() + timedelta(days=365)
    clock.at += timedelta(days=1)
    remind(office)
    assert len(to(office, MIKA)) == 2  # the other one's day
    clock.at += timedelta(days=1)
    remind(office)
    assert len(to(office, MIKA)) == 2  # not every day


def test_reminders_come_few_at_a_time_on_weekdays_to_the_keeper_of_the_unowned(
    office: Office, clock: SetClock
) -> None:
    """Nobody reads thirty messages at once."""
    clock.at += timedelta(days=900)
    weekday(clock, hour=8)
    remind(office)
    assert not to(office, KEEPER)
    weekday(clock)
    remind(office)
    remind(office)
    assert len(to(office, KEEPER)) == chores.REMINDERS_EACH
    clock.at += timedelta(days=1)
    remind(office)
    assert len(to(office, KEEPER)) == 2 * chores.REMINDERS_EACH
    while clock.at.weekday() != 5:
        clock.at += timedelta(days=1)
    remind(office)
    assert len(to(office, KEEPER)) == 2 * chores.REMINDERS_EACH


def test_an_owner_named_as_in_slack_is_found_and_one_of_two_is_not(
    office: Office, clock: SetClock
) -> None:
    weekday(clock)
    for user, name in ((MIKA, "Mika Tanaka"), ("U04A", "Kim Lee"), ("U05B", "Kim Lee")):
        office.slack.users[user] = {"real_name": name}
    owned(office.tools, "mika tanaka", review_by=clock.at.date())
    unclear = owned(office.tools, "Kim Lee", 1, review_by=clock.at.date())
    remind(office)
    assert len(to(office, MIKA)) == 1
    assert unclear.title in "".join(said(m) for m in to(office, KEEPER))
    assert not to(office, "U04A") + to(office, "U05B")


def test_replace_asks_for_an_address_or_a_piece(
    office: Office, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 A piece takes its place, and it is retired; nonsense keeps the window open."""
    weekday(clock)
    tools = office.tools
    piece = owned(tools, MIKA, review_by=clock.at.date())
    remind(office)
    (told,) = to(office, MIKA)
    office.click(told, "library_replace", MIKA)
    for typed in ("nonsense", "http://x.example/plain", piece.title):
        assert b"errors" in office.fill_in(MIKA, body=typed).body.encode()
    assert not office.fill_in(MIKA, body=some(tools, 1).title).body
    assert tools.library.get(piece.id).status is AssetStatus.RETIRED
    assert "takes its place" in said(to(office, MIKA)[-1])


def test_a_new_address_becomes_a_new_version_and_a_bad_one_is_given_back(
    office: Office, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M18 M59 Read and audited as any page; a large change waits for a reviewer."""
    weekday(clock)
    tools = office.tools
    piece = owned(tools, MIKA, review_by=clock.at.date())
    page = replace(piece, url="https://www.tidewell.example/new", text="Quite another. " * 30)
    pages: list[Any] = [Rejected("x", "the site answered 404 Not Found"), page]
    monkeypatch.setattr(replacing_asset, "read_all", lambda _: iter([pages.pop(0)]))
    remind(office)
    (told,) = to(office, MIKA)
    office.click(told, "library_replace", MIKA)
    office.fill_in(MIKA, body="https://www.tidewell.example/new")
    assert "the site answered 404" in said(to(office, MIKA)[-1])
    assert "https://www.tidewell.example/new" in said(to(office, MIKA)[-1])
    office.fill_in(MIKA, body="https://www.tidewell.example/new")
    held = tools.library.held(piece.id)
    assert held
    assert held.asset.url == "https://www.tidewell.example/new"
    assert tools.library.get(piece.id).text == piece.text


def test_owner_and_review_date_come_from_the_front_matter(
    trailguide: Callable[..., Ran], home: Path, tmp_path: Path
) -> None:
    body = "Count what a stop costs before you count what a part costs. " * 9
    (tmp_path / "s.md").write_text(
        f"---\ntitle: S\nurl: https://x.example/s\nowner: ada@x.example\n"
        f"review_by: 2027-01-31\n---\n{body}"
    )
    trailguide("--home", home, "library", "add", tmp_path / "s.md", "--approve")
    wired = build(Settings(home=home))
    (found,) = [a for a in wired.library.all() if a.title == "S"]
    assert (found.owner, found.review_by) == ("ada@x.example", date(2027, 1, 31))
    wired.close()


def test_the_command_line_checks_all_links(trailguide: Callable[..., Ran], home: Path) -> None:
    """The sample's addresses are made up, so none is asked, and none is struck."""
    ran = trailguide("--home", home, "library", "check-links", "--json")
    assert ran.status == 0
    assert ran.json["checked"] == len(ran.json["links"]) > 20
    assert {(link["state"], link["strikes"], link["dead"]) for link in ran.json["links"]} == {
        ("unknown", 0, False)
    }
    assert "0 open" in trailguide("--home", home, "library", "check-links").out

"""Roles in Bolt's real dispatch: every handler asks, groups and owners count, refusals are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Wired, build
from bot.flow import publishing
from bot.flow.confirming import VERSION_WAITS, Then, confirm
from bot.flow.health import Health, examine
from bot.flow.permitting import may
from bot.flow.proposing import propose
from bot.flow.standing import kept_roles, roles_of
from bot.listeners import acts, chores, commands, handling, permitted
from bot.listeners.confirming_piece import confirmed_of
from bot.listeners.incoming import Incoming, Kind
from bot.settings import Settings
from bot.views import words_roles
from knowledge.assets import AssetStatus, asset_reference
from knowledge.errors import BadInput
from knowledge.follow_ups import FollowUp
from knowledge.leads import LeadFacts
from knowledge.roles import POLICY, Act, Reach, Role
from knowledge.versions import PROPOSED
from tests.conftest import SetClock
from tests.slack.fixtures import office_of
from tests.slack.local import buttons, said
from tests.slack.office import ADMIN, ASK, CARD_OWNERS, MIKA, ROBIN, Office
from tests.test_reviews import bring, deliver, to

pytest_plugins = ("tests.slack.fixtures",)

ALEX, GROUP, CHANNEL = "U03ALEX", "S01MARKET", "C07LIBRARY"
DANA = "lead-dana-ortiz"


@pytest.fixture
def tools(home: Path, clock: SetClock, request: pytest.FixtureRequest) -> Iterator[Wired]:
    """With the settings that a test names by `with_settings`."""
    wired = build(Settings(home=home, **getattr(request, "param", {})), clock)
    yield wired
    wired.close()


def with_settings(**told: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("tools", [told], indirect=True, ids=["set"])


def in_review(office: Office, name: str = "spares-1") -> str:
    asset = bring(office.tools, name=name)
    publishing.submit([asset.id], ROBIN, office.tools)
    deliver(office)
    return asset.id


def refused(office: Office) -> list[tuple[str, str, dict[str, Any]]]:
    entries = office.tools.audit.entries(office.tools.db)
    return [(e.actor, e.subject_id, e.data) for e in entries if e.kind == "refused"]


def last_to(office: Office, user: str) -> str:
    return said(to(office, user)[-1])


# Every handler asks


def test_no_handler_escapes_the_check() -> None:
    """M53: a button, window, form, search, word or kind of message without an act does not run."""
    assert set(acts.ACTIONS) == set(handling.ACTIONS)
    assert set(acts.WINDOWS) == set(handling.WINDOWS)
    assert set(acts.SHORTCUTS) == set(handling.SHORTCUTS)
    assert set(acts.SEARCHES) == set(handling.SEARCHES)
    assert set(acts.FORMS) == set(handling.FORMS)
    assert set(acts.MESSAGES) == set(handling.MESSAGES) == set(Kind) - {
        Kind.ACTION, Kind.SUBMISSION,
    }  # fmt: skip
    assert set(acts.COMMANDS) == set(commands.WORDS)
    assert set(acts.FOLLOW_UPS) == set(FollowUp)
    by_itself = {k for k, needed in acts.MESSAGES.items() if needed is acts.THE_BOT}
    assert by_itself == {
        Kind.NOTICE,
        Kind.CHORE,
        Kind.ANSWERED,
        Kind.DIGEST,
        Kind.REPORT,
        Kind.CAPPED,
    }
    assert {k for k, needed in acts.WINDOWS.items() if needed is acts.THE_BOT} == {
        "open_asset", "open_gmail", "open_outlook",
    }  # fmt: skip
    assert acts.THE_BOT not in {*acts.ACTIONS.values(), *acts.FORMS.values()}


def test_a_handler_without_an_act_does_not_run(office: Office) -> None:
    event = Incoming("k", Kind.ACTION, "T01", ADMIN, action="brand_new_button")
    with pytest.raises(KeyError):
        handling.answer(event, office.edge)


def test_every_act_that_reaches_one_s_own_says_what_that_is() -> None:
    owned = {act for act in Act if Reach.OWN in POLICY[act].values()}
    assert set(permitted.OWNERSHIP) == owned


@with_settings(default_role="none")
def test_who_has_no_role_can_do_nothing_at_all(office: Office) -> None:
    """M53: not a button, window, form, search or message does anything for them."""
    event = Incoming("k", Kind.ACTION, "T01", ALEX, suggestion_id="x", text="Dana Ortiz")
    for table in (acts.ACTIONS, acts.WINDOWS, acts.SHORTCUTS, acts.SEARCHES, acts.FORMS):
        for needed in table.values():
            if needed is not acts.THE_BOT:
                act = acts.act_of(needed, event)
                assert act is not None
                assert not may(ALEX, act, office.tools, own=True)
    office.send(office.event(ASK, user=ALEX, channel="D03ALEX"))
    assert not office.cards
    assert "You have no role in Trailguide yet" in last_to(office, ALEX)
    assert words_roles.whom_to_ask(ADMIN) in last_to(office, ALEX)
    assert office.options("lead", "Dana", ALEX) == []
    office.shortcut("next_touch", user=ALEX)
    assert not office.slack.views
    office.send({**office.event("", user=ALEX), "event": {
        "type": "app_home_opened", "user": ALEX, "channel": "D03ALEX", "tab": "home",
        "event_ts": "1771.9"}})  # fmt: skip
    assert "no role" in json.dumps(office.slack.homes[ALEX])
    office.give(ALEX, Role.REP)
    office.send(office.event(ASK, user=ALEX, channel="D03ALEX"))
    assert office.cards


# Cards, leads and pieces


def test_m53_a_manager_sees_what_is_behind_a_card_and_changes_nothing(office: Office) -> None:
    """M53 Managers see all and change nothing silently; a rep sees no more than their own."""
    office.send(office.event(ASK))
    card = dict(office.card)
    office.click(card, "why", ALEX)
    assert "a manager or an admin may see what is behind that card" in last_to(office, ALEX)
    office.give(ALEX, Role.MANAGER)
    before = len(office.slack.messages)
    office.click(card, "why", ALEX)
    assert office.slack.messages[before]["channel"] == card["channel"]
    for button in ("approve", "another", "softer"):
        office.click(card, button, ALEX)
        assert CARD_OWNERS in last_to(office, ALEX)
    for button in ("edit", "wrong_stage"):
        office.click(card, button, ALEX)
        assert CARD_OWNERS in office.slack.whispers[-1]["text"]
    assert not office.slack.views
    assert office.card["blocks"] == card["blocks"]
    made = office.tools.suggestions.rows()[-1].suggestion_id
    tried = [data["act"] for who, about, data in refused(office) if (who, about) == (ALEX, made)]
    assert tried == ["see_card", *["decide_card"] * 4, "correct_stage"]


def test_m53_a_lead_of_somebody_else_is_not_looked_up(office: Office) -> None:
    """M53: nobody's lead is anybody's; one's own goes by owner, mail, name or having asked."""
    office.tools.leads.put("lead-noor", LeadFacts(name="Noor Salim"), "test", "test")
    office.command("lead Noor Salim", ALEX)
    assert "Noor Salim" in last_to(office, ALEX)
    office.tools.leads.put(DANA, LeadFacts(owner="mika@tidewell.example"), "test", "test")
    office.command("lead Dana Ortiz", ALEX)
    assert "the owner of that lead, a manager or an admin may see" in last_to(office, ALEX)
    assert "Ortiz" not in last_to(office, ALEX)
    office.slack.users[MIKA] = {"profile": {"email": "mika@tidewell.example"}}
    office.command("lead Dana Ortiz", MIKA)
    assert "Dana Ortiz" in last_to(office, MIKA)
    office.give(ALEX, Role.MANAGER)
    office.command("lead Dana Ortiz", ALEX)
    assert "Dana Ortiz" in last_to(office, ALEX)
    ((who, about, data),) = refused(office)
    assert (who, data) == (ALEX, {"act": "see_lead"})
    assert about.startswith("lead-")
    assert "ortiz" not in about


def test_m53_a_rep_approves_no_piece_and_is_told_who_may(office: Office) -> None:
    """M53 Marketing owns the library: one sentence, an admin to ask, an entry in the audit log."""
    asset_id = in_review(office)
    reviewed = Incoming("k1", Kind.ACTION, "T01", ALEX, channel="D03ALEX", ts="1.1",
                        action="library_approve",
                        suggestion_id=asset_reference(asset_id))  # fmt: skip
    (reply,) = handling.answer(reviewed, office.edge)
    (again,) = handling.answer(reviewed, office.edge)
    told = json.dumps(reply.message.payload())
    assert "Only somebody named as a reviewer, a marketer or an admin may approve a piece." in told
    assert f"<@{ADMIN}>" in told
    assert again == reply
    assert office.tools.library.get(asset_id).status is AssetStatus.IN_REVIEW
    assert refused(office) == [(ALEX, reviewed.suggestion_id, {"act": "approve_piece"})]
    office.give(ALEX, Role.MARKETER)
    handling.answer(reviewed, office.edge)
    assert office.tools.library.get(asset_id).status is AssetStatus.APPROVED


# What was typed before a role was revoked


@with_settings(reviewers=(MIKA,))
def test_a_form_that_outlives_its_role_is_refused_with_what_was_typed(office: Office) -> None:
    """M53 M59 Between opening and submitting; and between submitting and the work."""
    office.give(ALEX, Role.MARKETER)
    first, second = in_review(office), in_review(office, "spares-2")
    message = dict(to(office, MIKA)[0])
    office.click(message, "library_send_back", ALEX)
    office.give(ALEX)
    body = office.fill_in(ALEX, reason="Say whose figures these are.").body
    assert json.loads(body)["errors"]["reason"].startswith("Only somebody named as a reviewer")
    office.give(ALEX, Role.MARKETER)
    office.hold = lambda _key: office.give(ALEX)  # revoked after it was kept, before the work
    office.click(dict(to(office, MIKA)[1]), "library_send_back", ALEX)
    assert not office.fill_in(ALEX, reason="Say whose figures these are.").body
    office.hold = None
    (key,) = office.tools.inbox.pending()
    office.work(key)
    assert "Say whose figures these are." in said(to(office, ALEX)[-2])
    assert words_roles.whom_to_ask(ADMIN) in last_to(office, ALEX)
    for asset_id in (first, second):
        assert office.tools.library.get(asset_id).status is AssetStatus.IN_REVIEW


def test_an_edited_draft_comes_back_word_for_word(office: Office) -> None:
    """M53 M59 The lead got another owner meanwhile; a card is its asker's or the lead's owner's."""
    office.tools.leads.put(DANA, LeadFacts(owner=ALEX), "test", "test")
    office.send(office.event(ASK))
    office.click(office.card, "edit", ALEX)
    office.tools.leads.put(DANA, LeadFacts(owner=MIKA), "test", "test")
    event = Incoming("k", Kind.SUBMISSION, "T01", ALEX, action="edit_draft",
                     suggestion_id=office.tools.suggestions.rows()[-1].suggestion_id,
                     body="My own words for Dana.")  # fmt: skip
    replies = handling.answer(event, office.edge)
    assert CARD_OWNERS in json.dumps(replies[0].message.payload())
    assert "My own words for Dana." in json.dumps(replies[0].message.payload())


# Where roles come from


def test_everybody_sees_who_has_which_role_and_admins_change_it(office: Office) -> None:
    office.command("roles", ALEX)
    shown = last_to(office, ALEX)
    assert f"*Admins*: <@{ADMIN}>" in shown
    assert f"*Marketers*: <@{ROBIN}>, <@{MIKA}>" in shown
    assert words_roles.EVERYBODY in shown
    office.command(f"roles grant <@{ALEX}|alex> manager", ALEX)
    assert "Only an admin may change roles." in last_to(office, ALEX)
    assert refused(office) == [(ALEX, "", {"act": "change_roles"})]
    office.command(f"roles grant <@{ALEX}|alex> manager", ADMIN)
    assert words_roles.granted(ALEX, Role.MANAGER, new=True) in last_to(office, ADMIN)
    office.command(f"roles grant <@{ALEX}> managers", ADMIN)
    assert "already a manager" in last_to(office, ADMIN)
    office.slack.users[ALEX] = {"profile": {"email": "alex@tidewell.example"}}
    office.command("roles revoke <mailto:alex@tidewell.example|alex@tidewell.example> manager",
                   ADMIN)  # fmt: skip
    assert "is not a manager any more" in last_to(office, ADMIN)
    office.command(f"roles revoke <@{ALEX}> rep", ADMIN)
    assert words_roles.BY["default"] in last_to(office, ADMIN)
    told = [(e.kind, e.subject_id, e.actor, e.data["role"])
            for e in office.tools.audit.entries(office.tools.db) if e.actor == ADMIN]  # fmt: skip
    assert told == [("role_granted", ALEX, ADMIN, "manager"),
                    ("role_revoked", ALEX, ADMIN, "manager")]  # fmt: skip


@pytest.mark.parametrize("between", ["\t", "\n", "\u00a0", "  ", "\u2003"])
@pytest.mark.parametrize("word", ["grant", "revoke", "GRANT"])
def test_no_white_space_makes_somebody_an_admin(office: Office, word: str, between: str) -> None:
    """M53 However the words are set apart, changing a role asks for the act."""
    office.command(f"roles {word}{between}<@{ALEX}|alex> admin", ALEX)
    assert "Only an admin may change roles." in last_to(office, ALEX)
    office.command(f"roles {word}{between}<@{ADMIN}|admin>{between}admin", ALEX)
    assert Role.ADMIN not in roles_of(ALEX, office.tools)
    assert Role.ADMIN in roles_of(ADMIN, office.tools)


def test_the_last_admin_stays_one_and_wrong_words_are_explained(office: Office) -> None:
    office.command(f"roles revoke <@{ADMIN}> admin", ADMIN)
    assert "last admin" in last_to(office, ADMIN)
    office.command("roles grant", ADMIN)
    assert words_roles.USAGE in last_to(office, ADMIN)
    office.command(f"roles grant <@{ALEX}> king", ADMIN)
    assert "the roles are rep, marketer, manager, admin" in last_to(office, ADMIN)
    office.command("roles grant nobody@tidewell.example marketer", ADMIN)
    assert words_roles.NOT_FOUND in last_to(office, ADMIN)
    assert kept_roles(office.tools).grants(ADMIN)


def test_owners_of_the_workspace_stand_in_until_somebody_is_made_an_admin(
    office: Office, clock: SetClock
) -> None:
    """Asked of Slack only when it matters, and kept; a failing Slack makes nobody an admin."""
    kept_roles(office.tools).revoke(ADMIN, Role.ADMIN, "test", other_admins=True)
    office.slack.users[ALEX] = {"is_owner": True}
    office.slack.trouble["users.info"].extend(["500"])
    office.command(f"roles grant <@{MIKA}> admin", ALEX)
    assert "Only an admin may change roles" in last_to(office, ALEX)
    office.command(f"roles grant <@{ROBIN}> manager", MIKA)  # an ordinary member
    assert "Only an admin may change roles" in last_to(office, MIKA)
    office.command(f"roles grant <@{ROBIN}> manager", ALEX)
    assert "is now a manager" in last_to(office, ALEX)
    asked = office.slack.calls.count("users.info")
    office.command("roles", ALEX)
    assert words_roles.STAND_IN in last_to(office, ALEX)
    assert f"*Admins*: <@{ALEX}>" in last_to(office, ALEX)
    assert office.slack.calls.count("users.info") == asked
    office.slack.trouble["users.info"].extend(["500"] * 9)
    clock.at += timedelta(days=1, minutes=1)  # what Slack said lapses
    office.command(f"roles grant <@{MIKA}> admin", ALEX)
    assert "Only an admin may change roles" in last_to(office, ALEX)
    office.slack.trouble["users.info"].clear()
    office.command(f"roles grant <@{MIKA}> admin", ALEX)
    office.command(f"roles grant <@{ROBIN}> admin", ALEX)  # named meanwhile: no more standing in
    assert words_roles.whom_to_ask(MIKA) in last_to(office, ALEX)


@with_settings(first_admin=ALEX)
def test_the_first_admin_of_the_settings_is_one_and_no_owner_stands_in(office: Office) -> None:
    kept_roles(office.tools).revoke(ADMIN, Role.ADMIN, "test", other_admins=True)
    office.slack.users[MIKA] = {"is_primary_owner": True}
    office.command(f"roles grant <@{MIKA}> admin", MIKA)
    assert words_roles.whom_to_ask(ALEX) in last_to(office, MIKA)
    assert "users.info" not in office.slack.calls
    office.command(f"roles grant <@{MIKA}> admin", ALEX)
    office.command(f"roles revoke <@{MIKA}> admin", ALEX)  # the setting's own admin is left
    assert "is not an admin any more" in last_to(office, ALEX)
    office.command(f"roles revoke <@{ALEX}> admin", ALEX)
    assert words_roles.BY["setting"] in last_to(office, ALEX)


# User groups


def approves(office: Office, user: str, asset_id: str) -> bool:
    """Whether this person's press on Approve is not refused."""
    event = Incoming(f"k{len(office.started)}{office.tools.clock.now()}{user}", Kind.ACTION, "T01",
                     user, channel="D1", ts="1.1", action="library_approve",
                     suggestion_id=asset_reference(asset_id))  # fmt: skip
    replies = handling.answer(event, office.edge)
    return not any(r.part == "refused" for r in replies)


@with_settings(role_groups=(("marketer", GROUP),))
def test_a_group_gives_its_members_a_role_and_takes_it_again(
    office: Office, clock: SetClock
) -> None:
    """Read lazily, at most every few minutes, and each hour by itself."""
    asset_id = in_review(office)
    office.slack.groups[GROUP] = [MIKA]
    may_now: Callable[[], bool] = lambda: approves(office, ALEX, asset_id)  # noqa: E731
    assert not may_now()
    office.slack.groups[GROUP] = [MIKA, ALEX]
    assert not may_now()  # read a moment ago
    assert office.slack.calls.count("usergroups.users.list") == 1
    clock.at += timedelta(minutes=6)
    assert may_now()
    office.slack.groups[GROUP] = []
    clock.at += timedelta(minutes=6)
    assert not may_now()
    office.send(office.event(ASK))
    assert office.slack.calls.count("usergroups.users.list") == 3, "an ask needs no group"
    clock.at += timedelta(hours=1)
    office.slack.groups[GROUP] = [ALEX]
    chores.record_due(office.edge)
    (key,) = [k for k in office.tools.inbox.pending() if ":roles:" in k]
    office.work(key)
    assert may(ALEX, Act.APPROVE_PIECE, office.tools)


@with_settings(role_groups=(("marketer", GROUP),))
@pytest.mark.parametrize("trouble", ["429", "missing_scope", "500", "lost", "disabled", "gone"])
def test_a_slack_that_fails_gives_no_role_and_the_last_known_members_count_for_a_day(
    office: Office, clock: SetClock, trouble: str
) -> None:
    asset_id = in_review(office)
    slack = office.slack
    slack.groups[GROUP] = [ALEX]
    assert approves(office, ALEX, asset_id)
    if trouble == "disabled":
        slack.disabled_groups.add(GROUP)
    elif trouble == "gone":
        del slack.groups[GROUP]
    else:
        slack.trouble["usergroups.users.list"].extend([trouble] * 9)
    for waited in (timedelta(minutes=6), timedelta(hours=20)):
        clock.at += waited
        assert approves(office, ALEX, asset_id)
        assert not approves(office, "U05NOBODY", asset_id)
    clock.at += timedelta(hours=5)
    assert not approves(office, ALEX, asset_id)


@with_settings(role_groups=(("marketer", GROUP),))
def test_slack_is_left_alone_as_long_as_it_asks(office: Office, clock: SetClock) -> None:
    """M58: Retry-After is kept, whoever presses what meanwhile."""
    asset_id = in_review(office)
    office.slack.groups[GROUP] = [ALEX]
    office.slack.trouble["usergroups.users.list"].append("429")  # asks for seven seconds
    assert not approves(office, ALEX, asset_id)
    clock.at += timedelta(seconds=5)
    assert not approves(office, ALEX, asset_id)
    assert office.slack.calls.count("usergroups.users.list") == 1
    clock.at += timedelta(minutes=6)
    assert approves(office, ALEX, asset_id)


@with_settings(role_groups=(("manager", GROUP),))
def test_what_is_wrong_with_a_group_is_told_once_and_by_the_doctor(
    office: Office, clock: SetClock
) -> None:
    """M59: never silent, and no message an hour."""
    for hour in range(3):
        clock.at += timedelta(hours=1)
        chores.record_due(office.edge)
        for key in [k for k in office.tools.inbox.pending() if ":roles:" in k]:
            office.work(key)
        assert len(to(office, ADMIN)) == 1, hour
    assert f"The members of {GROUP} cannot be read: there is no such user group" in (
        last_to(office, ADMIN)
    )
    (found,) = [f for f in examine(office.tools, lambda _: "asked") if f.part == "roles"]
    assert found.health is Health.BROKEN
    assert GROUP in found.says
    office.slack.groups[GROUP] = [ALEX]
    clock.at += timedelta(hours=1)
    chores.record_due(office.edge)
    for key in [k for k in office.tools.inbox.pending() if ":roles:" in k]:
        office.work(key)
    (found,) = [f for f in examine(office.tools, lambda _: "asked") if f.part == "roles"]
    assert (found.health, found.says) == (Health.GOOD, "admin 1, manager 1, marketer 2, rep 0")


# Reviewers by group and by channel


@pytest.mark.parametrize("by", [GROUP, CHANNEL])
def test_reviewers_may_be_a_group_or_a_channel(home: Path, clock: SetClock, by: str) -> None:
    """M53: each member of a group gets the message; whoever is in it or in the channel decides."""
    tools = build(Settings(home=home, reviewers=(by,)), clock)
    with office_of(tools) as office:
        office.slack.groups[GROUP] = [ALEX, "U04KIM"]
        office.slack.channels[CHANNEL] = {"members": [ALEX, "U0TRAILGUIDE"]}
        asset_id = in_review(office)
        asked = {m["channel"] for m in office.slack.messages if "library_approve" in buttons(m)}
        assert asked == ({"D03ALEX", "D04KIM"} if by == GROUP else {CHANNEL})
        message = next(m for m in office.slack.messages if "library_approve" in buttons(m))
        office.click(message, "library_approve", "U05NOBODY")
        assert office.tools.library.get(asset_id).status is AssetStatus.IN_REVIEW
        office.click(message, "library_approve", ALEX)
        assert office.tools.library.get(asset_id).status is AssetStatus.APPROVED
        assert not [m for m in office.slack.messages if "library_approve" in buttons(m)]
    tools.close()


# What somebody proposes who may not approve


def proposed(office: Office, text: str, by: str) -> tuple[str, str]:
    """A piece in use, proposed anew with other labels: its id, and what is said of it."""
    tools = office.tools
    known = next(a for a in tools.library.all(AssetStatus.APPROVED) if a.type.value == "guide")
    read = replace(known, text=text or known.text, source=known.source)
    name = f"piece-{by}-{len(text)}"
    tools.waiting_pieces.keep(name, by, read, propose(read, tools))
    waiting = tools.waiting_pieces.get(name)
    told = confirmed_of({"stages": ["decision"], "title": "Quite another title"}, waiting)
    done = confirm(waiting, told, Then.PUBLISH, by, tools)
    return done.asset.id, done.refused


def test_m53_what_a_rep_proposes_serves_nobody_until_a_marketer_approves(office: Office) -> None:
    """M53 However small the change: text waits, and what the piece is for stays a marketer's."""
    office.give(MIKA, Role.MARKETER)
    before = {a.id: a for a in office.tools.library.all(AssetStatus.APPROVED)}
    known = next(a for a in before.values() if a.type.value == "guide")
    asset_id, said_of_it = proposed(office, known.text + "\n\nOne more sentence.", ALEX)
    assert said_of_it == VERSION_WAITS
    assert office.tools.library.get(asset_id) == before[asset_id]
    held = office.tools.library.held(asset_id)
    assert held is not None
    assert (held.because, held.by, held.asset.title) == (PROPOSED, ALEX, known.title)
    with pytest.raises(BadInput, match="changed by a marketer"):
        proposed(office, "", ALEX)
    assert office.tools.library.get(asset_id) == before[asset_id]
    publishing.publish([asset_id], MIKA, office.tools)
    assert "One more sentence." in office.tools.library.get(asset_id).text
    proposed(office, known.text + "\n\nAnother sentence.", MIKA)
    assert office.tools.library.get(asset_id).title == "Quite another title"


@with_settings(role_groups=(("marketer", GROUP),))
def test_saving_a_piece_asks_anew_who_may_approve_it(office: Office, clock: SetClock) -> None:
    """Whoever left the group since the form was opened approves nothing with it."""
    office.slack.groups[GROUP] = [ALEX]
    tools = office.tools
    read = replace(next(iter(tools.library.all(AssetStatus.APPROVED))), id="fresh", title="Fresh",
                   source="https://x.example/fresh", url="https://x.example/fresh",
                   text="Measure a stop in euros before you buy a part. " * 30)  # fmt: skip
    for number, place in enumerate(("fresh", "other", "fresh")):
        source = f"https://x.example/{place}"
        piece = replace(read, id=f"fresh-{number}", title=f"Fresh {number}", source=source,
                        url=source, text=f"{read.text} Count {number}.")  # fmt: skip
        tools.waiting_pieces.keep(f"piece-{number}", ALEX, piece, propose(piece, tools))
        event = Incoming(f"k{number}", Kind.SUBMISSION, "T01", ALEX, action="confirm_piece",
                         suggestion_id=f"piece-{number}",
                         typed={"then": "publish", "title": piece.title,
                                "updates": ""})  # fmt: skip
        handling.answer(event, office.edge)
        office.slack.groups[GROUP] = []
        clock.at += timedelta(minutes=6)
    became = {a.title: a for a in tools.library.all() if a.title.startswith("Fresh")}
    assert {title: a.status.value for title, a in became.items()} == {
        "Fresh 0": "approved", "Fresh 1": "in_review",
    }  # fmt: skip
    assert "Count 0." in became["Fresh 0"].text
    held = tools.library.held(became["Fresh 0"].id)
    assert held is not None
    assert held.by == ALEX


def test_many_pieces_at_once_are_a_marketer_s_and_the_window_says_so(office: Office) -> None:
    """A feed or sitemap also brings new versions of what is in use."""
    office.command("add https://www.tidewell.example/sitemap.xml", ALEX)
    assert "may bring in many pieces at once" in said(office.slack.views[-1])
    assert not to(office, ALEX)
    office.command("add https://www.tidewell.example/sitemap.xml", MIKA)
    assert "import" in last_to(office, MIKA).lower()

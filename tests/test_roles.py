"""Who may do what, and how somebody comes by a role (M53, M57)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow.permitting import may, require
from bot.flow.standing import TRUSTED, kept_roles
from bot.settings import Settings, load_settings
from knowledge.errors import BadInput, NotAllowed
from knowledge.roles import POLICY, Act, Role, allowed
from knowledge.roles_told import OWNERS, WHAT, refusal
from storage.audit import JOINED, AuditEntry
from tests import role_table
from tests.conftest import Ran, SetClock
from tests.slack.fake import fake_slack

ROBIN, MIKA, ALEX = "U01ROBIN", "U02MIKA", "U03ALEX"

EXPECTED = {
    # act: what rep, marketer, manager and admin may do: (a)ll, their (o)wn, or nothing (-)
    "ask": "aaaa",
    "see_due": "aaaa",
    "see_lead": "ooaa",
    "see_account": "ooaa",
    "import_leads": "oaaa",
    "see_card": "ooaa",
    "decide_card": "oooo",
    "correct_stage": "oooo",
    "share_piece": "oooo",
    "record_sent": "oooo",
    "record_outcome": "oooo",
    "propose_piece": "aaaa",
    "import_pieces": "-a-a",
    "approve_piece": "oaoa",
    "send_back_piece": "oaoa",
    "see_review": "oaaa",
    "verify_piece": "oaoa",
    "replace_piece": "oaoa",
    "retire_piece": "oaoa",
    "decide_request": "-a-a",
    "see_library": "aaaa",
    "see_coverage": "aaaa",
    "see_plans": "aaaa",
    "hand_over": "oooo",
    "see_own_touches": "aaaa",
    "see_all_touches": "--aa",
    "review_touches": "--aa",
    "export_touches": "--aa",
    "see_report": "-aaa",
    "see_crm": "--aa",
    "erase_lead": "---a",
    "export_lead": "---a",
    "set_retention": "---a",
    "see_roles": "aaaa",
    "change_roles": "---a",
}
"""Written by hand, beside the table: a change of one must be meant in the other."""
ORDER = ("rep", "marketer", "manager", "admin")


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Wired]:
    """A home with nothing in it, and a clock that stands."""
    tools = build(Settings(home=tmp_path / "home"), SetClock(datetime(2026, 3, 2, 9, tzinfo=UTC)))
    yield tools
    tools.close()


def test_the_expectation_names_every_act_and_role() -> None:
    assert set(EXPECTED) == {act.value for act in Act} == {act.value for act in POLICY}
    assert set(ORDER) == {role.value for role in Role}


@pytest.mark.parametrize("act", sorted(EXPECTED))
@pytest.mark.parametrize("role", ORDER)
@pytest.mark.parametrize("own", [True, False])
def test_m53_each_role_may_do_what_is_written_and_no_more(act: str, role: str, own: bool) -> None:
    """M53: marketing owns the library, reps own their leads, managers see all and change none."""
    wanted = {"a": True, "o": own, "-": False}[EXPECTED[act][ORDER.index(role)]]
    assert allowed([role], act, own=own) is wanted


@given(st.sets(st.sampled_from(ORDER)), st.sampled_from(ORDER), st.sampled_from(sorted(EXPECTED)))
def test_a_role_only_ever_adds(roles: set[str], more: str, act: str) -> None:
    for own in (True, False):
        assert allowed({*roles, more}, act, own=own) >= allowed(roles, act, own=own)


@given(st.text(max_size=30), st.text(max_size=30), st.booleans())
def test_what_is_not_in_the_table_is_denied(role: str, act: str, own: bool) -> None:
    if role not in ORDER:
        assert not any(allowed([role], known, own=own) for known in EXPECTED)
    if act not in EXPECTED:
        assert not allowed(ORDER, act, own=own)
    assert not any(allowed([], known, own=own) for known in EXPECTED)


def test_the_page_on_roles_shows_the_table_as_it_is() -> None:
    """`python -m tests.role_table` renews it."""
    page = role_table.PAGE.read_text("utf-8")
    assert role_table.renewed(page) == page


def told_of(tools: Wired) -> list[AuditEntry]:
    """The log without the word that a home on a shared database begins with."""
    return [e for e in tools.audit.entries(tools.db) if e.kind != JOINED]


def test_every_refusal_is_one_sentence_that_says_who_may() -> None:
    """M53: what is not allowed, and who may do it."""
    assert set(WHAT) == set(Act)
    for act in Act:
        told = refusal(act, {Role.REP})
        assert told.count(".") == 1
        assert told.endswith(f" may {WHAT[act]}.")
        assert (act in OWNERS) is ("o" in EXPECTED[act.value])


def test_m53_a_refused_try_is_audited_without_a_word_about_the_lead(bare: Wired) -> None:
    with pytest.raises(NotAllowed, match="Only an admin may erase a lead"):
        require(ROBIN, Act.ERASE_LEAD, bare, about="lead-1", once="Ev1")
    with pytest.raises(NotAllowed):  # the job runs a second time
        require(ROBIN, Act.ERASE_LEAD, bare, about="lead-1", once="Ev1")
    (entry,) = told_of(bare)
    assert (entry.kind, entry.actor, entry.subject_id) == ("refused", ROBIN, "lead-1")
    assert entry.data == {"act": "erase_lead"}
    assert bare.audit.verify(bare.db).ok


def test_everybody_is_a_rep_until_a_role_is_granted_and_again_once_it_is_revoked(
    bare: Wired,
) -> None:
    kept = kept_roles(bare)
    assert may(ROBIN, Act.ASK, bare)
    assert not may(ROBIN, Act.APPROVE_PIECE, bare)
    assert kept.grant(ROBIN, Role.MARKETER, ALEX)
    assert not kept.grant(ROBIN, Role.MARKETER, ALEX)
    assert may(ROBIN, Act.APPROVE_PIECE, bare)
    assert kept.revoke(ROBIN, Role.MARKETER, ALEX)
    assert not may(ROBIN, Act.APPROVE_PIECE, bare)
    told = [(e.kind, e.subject_id, e.actor, e.data) for e in told_of(bare)]
    assert told == [
        ("role_granted", ROBIN, ALEX, {"role": "marketer"}),
        ("role_revoked", ROBIN, ALEX, {"role": "marketer"}),
    ]


def test_whoever_has_a_shell_may_do_everything_and_a_name_that_is_no_person_nothing(
    bare: Wired,
) -> None:
    assert all(may(TRUSTED, act, bare) for act in Act)
    assert not any(may(name, act, bare, own=True) for act in Act for name in ("", "sample", "C01"))


MEMBERS = st.frozensets(st.sampled_from([ROBIN, MIKA, ALEX]))
STEPS = st.lists(
    st.one_of(MEMBERS, st.just("fails"), st.integers(1, 30)), max_size=12
)  # fmt: skip
"""A reading that finds these members, one that fails, or hours that pass."""


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    home = tmp_path_factory.mktemp("grouped") / "home"
    tools = build(Settings(home=home, role_groups=(("marketer", "S01"), ("admin", "S02"))),
                  SetClock(datetime(2026, 3, 2, 9, tzinfo=UTC)))  # fmt: skip
    yield tools
    tools.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_a_group_counts_as_last_read_for_a_day_and_no_failure_gives_a_role(
    grouped: Wired, steps: list[Any]
) -> None:
    """Whatever the order of readings, failures and hours."""
    clock, kept = cast(SetClock, grouped.clock), kept_roles(grouped)
    kept.roster_read("S01", [])
    inside, hours = frozenset[str](), 0
    for step in steps:
        if isinstance(step, frozenset):
            kept.roster_read("S01", step)
            inside, hours = step, 0
        elif step == "fails":
            kept.roster_failed("S01", "missing_scope")
        else:
            clock.at += timedelta(hours=step)
            hours += step
        for user in (ROBIN, MIKA, ALEX):
            wanted = user in inside and hours <= 24
            assert may(user, Act.APPROVE_PIECE, grouped) is wanted
            assert not may(user, Act.CHANGE_ROLES, grouped)


def test_a_group_that_named_admins_once_keeps_the_workspace_s_owners_out(grouped: Wired) -> None:
    """A failure of Slack's makes nobody an admin."""
    clock, kept = cast(SetClock, grouped.clock), kept_roles(grouped)
    kept.stands(ALEX, is_admin=True)
    assert may(ALEX, Act.CHANGE_ROLES, grouped)
    kept.roster_read("S02", [MIKA])
    assert not may(ALEX, Act.CHANGE_ROLES, grouped)
    assert may(MIKA, Act.CHANGE_ROLES, grouped)
    kept.roster_failed("S02", "no_such_subteam")
    clock.at += timedelta(days=2)
    kept.stands(ALEX, is_admin=True)
    assert not may(ALEX, Act.CHANGE_ROLES, grouped)
    assert not may(MIKA, Act.CHANGE_ROLES, grouped)


def test_roles_on_the_command_line(trailguide: Callable[..., Ran], tmp_path: Path) -> None:
    """M56: granted, listed, revoked; the last admin stays, and words that are wrong are named."""
    run = partial(trailguide, "--home", tmp_path / "home", "roles")
    assert "workspace count as" in run("list").err
    assert run("grant", ROBIN, "admin").out == "U01ROBIN is now an admin.\n"
    assert run("grant", f"<@{ROBIN}|robin>", "admin", "--json").json["granted"] is False
    assert run("list", "--json").json == [{"user": ROBIN, "role": "admin", "by": "grant"}]
    refused = run("revoke", ROBIN, "admin")
    assert (refused.status, "last admin" in refused.err) == (2, True)
    assert run("grant", MIKA, "admin").status == 0
    assert run("revoke", ROBIN, "admin").out == "U01ROBIN is not an admin by a grant any more.\n"
    assert run("revoke", ROBIN, "admin").out == "U01ROBIN was not an admin by a grant.\n"
    assert "the roles are" in run("grant", ROBIN, "king").err
    assert "SLACK_BOT_TOKEN" in run("grant", "robin@tidewell.example", "rep").err
    assert "a person of Slack" in run("grant", "C01SALES", "rep").err


def test_a_mail_address_is_looked_up_where_the_bot_can(
    trailguide: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_slack() as slack:
        slack.users[ROBIN] = {"profile": {"email": "robin@tidewell.example"}}
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")
        monkeypatch.setenv("SLACK_API_URL", slack.url)
        run = partial(trailguide, "--home", tmp_path / "home", "roles", "grant")
        assert run("Robin@tidewell.example", "manager").out == "U01ROBIN is now a manager.\n"
        assert "knows nobody" in run("mika@tidewell.example", "manager").err
        slack.trouble["users.lookupByEmail"].append("lost")
        assert "cannot be reached" in run("robin@tidewell.example", "manager").err


@pytest.mark.parametrize("value", ["marketer", "king=S0123", "marketer=U0123", "=S0123"])
def test_a_wrong_group_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAILGUIDE_ROLE_GROUPS", value)
    with pytest.raises(BadInput, match="TRAILGUIDE_ROLE_GROUPS"):
        load_settings()


def test_groups_and_the_first_admin_are_read_from_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRAILGUIDE_ROLE_GROUPS", "marketer=S0123, manager = S0456,")
    monkeypatch.setenv("TRAILGUIDE_FIRST_ADMIN", ROBIN)
    told = load_settings()
    assert told.role_groups == (("marketer", "S0123"), ("manager", "S0456"))
    assert told.first_admin == ROBIN
    monkeypatch.setenv("TRAILGUIDE_FIRST_ADMIN", "Robin")
    with pytest.raises(BadInput, match="TRAILGUIDE_FIRST_ADMIN"):
        load_settings()

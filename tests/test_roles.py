"""Who may do what, and how somebody comes by a role (M53, M57)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow.permitting import may, require
from bot.flow.standing import TRUSTED, kept_roles
from bot.settings import Settings
from knowledge.errors import NotAllowed
from knowledge.roles import POLICY, Act, Role, allowed
from knowledge.roles_told import OWNERS, WHAT, refusal
from tests.conftest import SetClock

ROBIN, MIKA, ALEX = "U01ROBIN", "U02MIKA", "U03ALEX"

EXPECTED = {
    # act: what rep, marketer, manager and admin may do: (a)ll, their (o)wn, or nothing (-)
    "ask": "aaaa",
    "see_due": "aaaa",
    "see_lead": "ooaa",
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
    "see_own_touches": "aaaa",
    "see_all_touches": "--aa",
    "review_touches": "--aa",
    "export_touches": "--aa",
    "see_report": "-aaa",
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
    (entry,) = bare.audit.entries(bare.db)
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
    told = [(e.kind, e.subject_id, e.actor, e.data) for e in bare.audit.entries(bare.db)]
    assert told == [
        ("role_granted", ROBIN, ALEX, {"role": "marketer"}),
        ("role_revoked", ROBIN, ALEX, {"role": "marketer"}),
    ]


def test_whoever_has_a_shell_may_do_everything_and_a_name_that_is_no_person_nothing(
    bare: Wired,
) -> None:
    assert all(may(TRUSTED, act, bare) for act in Act)
    assert not any(may(name, act, bare, own=True) for act in Act for name in ("", "sample", "C01"))

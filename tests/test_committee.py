"""People of one account, tracked apart and together, through the whole flow (M16, M35)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow import decide
from bot.flow.account import nearest
from bot.flow.lines import FactsLine
from bot.flow.next_touch import next_touch
from bot.flow.recalling import recall_lead
from knowledge.companies import company_key
from knowledge.journey import Stage
from knowledge.leads import CONTACTS, TOUCHES, Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.touch import Ask, PaceDecision, Suggestion

BUDGET, TECHNOLOGY = "who holds the budget", "who checks the technology"
COST = "What does maintenance software cost over five years?"
CASE = "How do I build the business case for maintenance planning?"


@pytest.fixture
def today(clock) -> date:  # type: ignore[no-untyped-def]
    day: date = clock.now().date()
    return day


def put(tools: Wired, lead_id: str, company: str | None = "Holmvik Paper", **facts: object) -> None:
    tools.leads.put(lead_id, LeadFacts(company=company, **facts), "import", "U1")  # type: ignore[arg-type]


def happened(tools: Wired, lead_id: str, action: Action, on: date) -> None:
    tools.leads.add_history(lead_id, [HistoryEntry(action, on)])


def asked(tools: Wired, lead_id: str | None, today: date, **more: object) -> Suggestion:
    questions = more.pop("questions", (COST,))
    return next_touch(Ask(today, lead_id, questions=questions, **more), tools)  # type: ignore[arg-type]


def recalled(tools: Wired, today: date, lead_id: str | None, **facts: object) -> LeadProfile:
    return recall_lead(Ask(today, lead_id, LeadFacts(**facts)), (), tools)  # type: ignore[arg-type]


def test_m35_roles_reached_in_the_account_are_those_of_the_others_we_touched(
    tools: Wired, today: date
) -> None:
    put(tools, "ann", role="Maintenance Manager")
    assert recalled(tools, today, "ann").account_roles == ()
    put(tools, "cfo", "HOLMVIK PAPER GmbH & Co. KG", role="CFO")
    put(tools, "it", "Holmvik Paper, Inc.", buying_role="technical_evaluator")
    put(tools, "else", "Holmvik Holding", role="CEO")
    for other in ("it", "else"):
        happened(tools, other, Action.SENT, today - timedelta(days=40))
    happened(tools, "cfo", Action.NEWSLETTER, today - timedelta(days=40))
    happened(tools, "cfo", Action.CALLED, today + timedelta(days=2))
    assert recalled(tools, today, "ann").account_roles == ("technical_evaluator",)
    happened(tools, "cfo", Action.REPLIED, today - timedelta(days=30))
    assert set(recalled(tools, today, "ann").account_roles or ()) == {
        "technical_evaluator", "economic_buyer",
    }  # fmt: skip
    assert recalled(tools, today, "cfo").account_roles == ("technical_evaluator",)


def test_m35_nobody_looks_for_a_lead_without_company_or_record(tools: Wired, today: date) -> None:
    for name, company in (("ann", None), ("ben", "n/a"), ("cem", "n/a")):
        put(tools, name, company, name=name, role="CFO")
        happened(tools, name, Action.SENT, today)
    assert recalled(tools, today, "ben").account_roles is None
    assert recalled(tools, today, "ann").facts.account_touched_on is None
    assert recalled(tools, today, None, company="Vantry Pumps and Valves").account_roles is None


def test_m35_an_uncovered_role_is_named_where_the_piece_can_be_passed_on(
    tools: Wired, today: date
) -> None:
    put(tools, "ann", role="Maintenance Manager", buying_role="champion", stage=Stage.DECISION)
    got = asked(tools, "ann", today, questions=(CASE,))
    assert got.chosen is not None
    assert any(BUDGET in reason and "passed on" in reason for reason in got.reasons)
    assert not any(BUDGET in told for told in got.pace.warnings)
    assert any(TECHNOLOGY in told for told in got.pace.warnings)
    put(tools, "cfo", role="CFO")
    happened(tools, "cfo", Action.SENT, today - timedelta(days=30))
    again = asked(tools, "ann", today, questions=(CASE,))
    assert BUDGET not in str((again.reasons, again.pace.warnings))


def test_m35_uncovered_roles_are_named_while_waiting_and_handing_over_but_not_early(
    tools: Wired, today: date
) -> None:
    put(tools, "ann", buying_role="user", problem="Too many stops", stage=Stage.CONSIDERATION)
    for act, decision in (
        (Action.SENT, PaceDecision.WAIT), (Action.REQUESTED_QUOTE, PaceDecision.HAND_OVER),
    ):  # fmt: skip
        happened(tools, "ann", act, today)
        got = asked(tools, "ann", today)
        assert got.pace.decision is decision
        assert any(BUDGET in w and TECHNOLOGY in w for w in got.pace.warnings)
    early = asked(tools, "ann", today, facts=LeadFacts(stage=Stage.INTEREST))
    assert early.pace.warnings == ()
    happened(tools, "ann", Action.OPTED_OUT, today)
    assert asked(tools, "ann", today).pace.warnings == ()


def test_m35_account_roles_may_be_told_for_this_line_alone(tools: Wired, today: date) -> None:
    told = {"stage": "decision", "problem": "Too many stops"}
    for roles, named in (
        (None, set()),
        ([], {BUDGET, TECHNOLOGY}),
        ("", set()),
        ("CFO", {TECHNOLOGY}),
        (["Economic buyer", "technical-evaluator"], set()),
        ("economic_buyer;user", {TECHNOLOGY}),
    ):
        facts = FactsLine.model_validate({**told, "account_roles": roles}).facts()
        got = asked(tools, None, today, facts=facts)
        said = str((got.reasons, got.pace.warnings))
        assert {who for who in (BUDGET, TECHNOLOGY) if who in said} == named, roles


def test_m35_roles_told_and_roles_reached_come_together(tools: Wired, today: date) -> None:
    """As for every fact, what is told for this ask stands before what was told earlier."""
    put(tools, "ann", account_roles=("user",))
    put(tools, "cfo", role="CFO")
    happened(tools, "cfo", Action.SENT, today - timedelta(days=30))
    assert recalled(tools, today, "ann").account_roles == ("user", "economic_buyer")
    told = recalled(tools, today, "ann", account_roles=("technical_evaluator",))
    assert told.account_roles == ("technical_evaluator", "economic_buyer")


@pytest.mark.parametrize(("ago", "decision"), [(0, "wait"), (6, "wait"), (7, "send"), (30, "send")])
def test_m16_a_touch_of_somebody_else_in_the_account_makes_the_lead_wait(
    tools: Wired, today: date, ago: int, decision: str
) -> None:
    put(tools, "ann", problem="Too many stops")
    put(tools, "ben", "Holmvik Paper Ltd.")
    happened(tools, "ben", Action.CALLED, today - timedelta(days=ago))
    happened(tools, "ben", Action.NEWSLETTER, today)
    happened(tools, "ben", Action.CLICKED, today)
    got = asked(tools, "ann", today)
    assert got.pace.decision == decision
    if decision == "wait":
        assert got.pace.rule == "account_touched"
        assert got.pace.when == today + timedelta(days=7 - ago)
        assert "colleague" in got.pace.reason


def test_m16_m35_an_approved_suggestion_is_a_touch_of_the_account(
    tools: Wired, today: date
) -> None:
    put(tools, "ann", problem="Too many stops")
    put(tools, "ben", problem="Too many stops", role="CFO")
    made = asked(tools, "ben", today)
    assert asked(tools, "ann", today).pace.decision is PaceDecision.SEND
    decide.approve(made.id, "U2", tools)
    waits = asked(tools, "ann", today)
    assert (waits.pace.rule, waits.pace.when) == ("account_touched", today + timedelta(days=7))
    assert waits.profile.account_roles == ("economic_buyer",)
    # Ben himself waits for his own gap, which is another reason.
    assert asked(tools, "ben", today).pace.rule == "gap"


def test_m35_what_is_told_of_one_persons_account_counts_for_all(tools: Wired, today: date) -> None:
    put(tools, "ann", problem="Too many stops")
    put(tools, "ben", account_touched_on=today - timedelta(days=1))
    assert asked(tools, "ann", today).pace.rule == "account_touched"
    before = LeadFacts(account_touched_on=today - timedelta(days=9))
    assert asked(tools, "ann", today, facts=before).pace.decision is PaceDecision.SEND


def test_m35_the_people_of_an_account_keep_their_own_histories(tools: Wired, today: date) -> None:
    put(tools, "ann", problem="Too many stops")
    put(tools, "ben")
    tools.leads.add_history("ben", [HistoryEntry(Action.SENT, today, "a-piece")])
    profile = recalled(tools, today, "ann")
    assert profile.history == ()
    assert profile.known_asset_ids == frozenset()


def test_m35_a_batch_reads_the_record_of_a_stored_lead(
    tools: Wired, today: date, trailguide, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    put(tools, "ann", problem="Too many stops")
    put(tools, "ben")
    happened(tools, "ben", Action.SENT, today - timedelta(days=2))
    lines = [
        {"id": 1, "lead": "ann", "today": today.isoformat(), "questions": [COST]},
        {"id": 2, "lead": {"company": "Holmvik Paper"}, "questions": [COST]},
        {"id": 3, "lead": "ann", "today": (today - timedelta(days=3)).isoformat()},
    ]
    (tmp_path / "in").write_text("\n".join(map(json.dumps, lines)))
    home = tools.settings.home
    trailguide("--home", home, "next", "--batch", tmp_path / "in", "--output", tmp_path / "out")
    got = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert [g.get("rule") for g in got] == ["account_touched", "due", "due"]


@pytest.mark.parametrize(
    "spelled",
    [
        "Müller Brothers", "MULLER BROTHERS GMBH", "Muller-Brothers, Inc.", "Müller Brothers S.A.",
        "The Müller Brothers Company", "Müller Brothers GmbH & Co. KG", "  muller   brothers Ltd. ",
    ],
)  # fmt: skip
def test_m35_one_company_however_its_name_is_spelled(spelled: str) -> None:
    assert company_key(spelled) == "muller brothers"


def test_m35_alike_is_not_the_same_company() -> None:
    names = ("Northgate", "Northgate Holding", "Northgate Haulage", "Northgate IT", "AG", "Co")
    assert len({company_key(name) for name in names}) == len(names)
    assert {company_key(name) for name in ("", " - ", "n/a", "N.A.", "unknown")} == {""}


@given(st.text(max_size=40))
def test_a_company_key_is_its_own_key(name: str) -> None:
    key = company_key(name)
    assert company_key(key) == key


@given(st.lists(st.integers(-20, 20), max_size=5))
def test_the_nearest_day_is_the_one_to_keep_quiet_for(ago: list[int]) -> None:
    now = date(2026, 6, 15)
    found = nearest([now - timedelta(days=n) for n in ago], now)
    if not ago:
        assert found is None
        return
    assert found is not None
    assert abs((now - found).days) == min(map(abs, ago))
    past = [n for n in ago if n >= 0]
    if past == ago:
        assert found == now - timedelta(days=min(past))


def test_every_touch_is_a_contact_and_a_newsletter_is_neither() -> None:
    """M13"""
    assert TOUCHES < CONTACTS
    assert Action.NEWSLETTER not in CONTACTS

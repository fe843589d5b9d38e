"""Definitions, and a sales-ready lead that leaves nurturing with its history (M49, M50)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bot.bootstrap import Wired
from bot.flow.handover import give_back, hand_over, preview
from bot.flow.next_touch import next_touch
from bot.flow.plans import kept_handovers
from bot.views.handover_page import handover_html, handover_markdown
from knowledge.clock import team_date
from knowledge.definitions import standing_of
from knowledge.errors import BadInput
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask
from storage.handovers import Handovers
from storage.leads import Leads
from tests.conftest import Ran
from tests.due_examples import listed
from tests.plan_examples import TODAY, standing

EVIL = "<script>alert(1)</script> [x](https://evil.example) *now*"


@pytest.fixture
def day(tools: Wired) -> date:
    return team_date(tools.clock, tools.settings.time_zone)


def put(tools: Wired, day: date, *acts: Any, lead: str = "ann", **facts: Any) -> None:
    known = {
        "name": "Ann Berg",
        "problem": "Stops",
        "owner": "U01ROBIN",
        "company": "Acme",
        **facts,
    }
    tools.leads.put(lead, LeadFacts(**known), "import of fair.csv", "test")
    entries = [HistoryEntry(a, day - timedelta(days=ago), *rest) for a, ago, *rest in acts]
    tools.leads.add_history(lead, entries)


@pytest.mark.parametrize(
    ("acts", "facts", "is_a"),
    [
        ((), {"problem": None}, "lead"),
        ((), {}, "lead"),
        (((Action.READ, 3, "x"),), {}, "sales_lead"),
        (((Action.READ, 3, "x"),), {"problem": None}, "lead"),
        (((Action.READ, 3, "x"),), {"opted_out": True}, "lead"),
        ((), {"qualified": True}, "qualified_lead"),
        (((Action.REPLIED, 3, None, "Can you send us an offer?"),), {}, "qualified_lead"),
    ],
)
def test_m49_a_lead_is_what_the_definition_says(acts: Any, facts: Any, is_a: str) -> None:
    """M49"""
    assert standing_of(standing(*acts, **facts).profile, TODAY) == is_a


def test_m50_a_handed_over_lead_gets_no_touch_until_a_person_gives_it_back(
    tools: Wired, day: date
) -> None:
    """M50 M49 The definition's version is kept; what it asked of sales before is settled then."""
    piece = tools.library.all()[0].id
    put(tools, day, (Action.SENT, 30, piece), (Action.REPLIED, 3, None, "Can we see a demo?"))
    assert listed(tools)["ann"][0] == "ready"
    made = next_touch(Ask(day, "ann"), tools)
    assert made.step
    assert "(definition 1)" in made.step.says
    page = hand_over("ann", "U1", tools)
    again = hand_over("ann", "U2", tools)
    assert again.handover.id == page.handover.id
    assert (page.handover.definition_version, page.handover.rule) == (1, "asked_for_sales")
    assert "ann" not in listed(tools)
    held = next_touch(Ask(day, "ann"), tools)
    assert (held.pace.decision, held.pace.rule, held.draft) == ("hand_over", "handed_over", None)
    given = give_back("ann", "U1", "No budget", tools)
    assert given.back_on == day
    tools.leads.add_history("ann", [HistoryEntry(Action.ANSWERED, day)])
    back = next_touch(Ask(day, "ann"), tools)
    assert back.pace.decision == "send"
    with pytest.raises(BadInput, match="not with sales"):
        give_back("ann", "U1", "", tools)
    kinds = [e.kind for e in tools.audit.entries(tools.db)]
    assert kinds.count("lead.handed_over") == kinds.count("lead.given_back") == 1


def test_m50_a_mark_of_being_qualified_goes_when_it_is_given_back(tools: Wired, day: date) -> None:
    """M50"""
    put(tools, day, (Action.SENT, 30), qualified=True)
    hand_over("ann", "U1", tools)
    give_back("ann", "U1", "", tools)
    assert tools.leads.get("ann").facts.qualified is False
    assert next_touch(Ask(day, "ann"), tools).pace.decision == "send"


def test_m50_who_was_given_back_is_marked_and_handed_over_again(tools: Wired, day: date) -> None:
    """M50 On the same day too; each hand-over has a row of its own."""
    put(tools, day, (Action.SENT, 30))
    ids = set()
    for _ in range(3):
        tools.leads.put("ann", LeadFacts(qualified=True), "rep in Slack", "U1")
        assert tools.leads.get("ann").facts.qualified is True
        page = hand_over("ann", "U1", tools)
        assert page.handover.is_open
        ids.add(page.handover.id)
        give_back("ann", "U1", "", tools)
        assert tools.leads.get("ann").facts.qualified is False
    assert len(ids) == 3


def test_m50_giving_back_that_died_half_way_leaves_no_mark_behind(
    tools: Wired, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M50 Whatever was written before, a second try gives it back as a whole."""
    put(tools, day, (Action.SENT, 30), qualified=True)
    hand_over("ann", "U1", tools)
    for killed in (Leads, Handovers):
        name = "put" if killed is Leads else "take_back"
        monkeypatch.setattr(killed, name, lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            give_back("ann", "U1", "", tools)
        monkeypatch.undo()
        held = kept_handovers(tools).of("ann")
        assert held
        assert held.is_open
    give_back("ann", "U1", "", tools)
    assert tools.leads.get("ann").facts.qualified is False


def test_m42_a_purchase_ends_a_hand_over_and_the_customer_track_begins(
    tools: Wired, day: date
) -> None:
    """M42"""
    put(tools, day, (Action.SENT, 30), qualified=True)
    hand_over("ann", "U1", tools)
    tools.leads.put("ann", LeadFacts(qualified=False), "crm", "test")
    tools.leads.add_history("ann", [HistoryEntry(Action.BOUGHT, day)])
    tools.leads.correct_stage("ann", Stage.CUSTOMER, "U1")
    made = next_touch(Ask(day, "ann"), tools)
    assert made.step
    assert made.step.track == "customer"


def test_m50_a_lead_that_is_not_ready_is_refused_with_why(
    tools: Wired, day: date, trailguide: Callable[..., Ran]
) -> None:
    """M49 M59"""
    put(tools, day, (Action.SENT, 30))
    with pytest.raises(BadInput, match="Ann is not ready for sales by our definition"):
        hand_over("ann", "U1", tools)
    assert kept_handovers(tools).of("ann") is None
    ran = trailguide("--home", tools.settings.home, "handover", "ann", "--preview")
    assert ran.status == 0
    assert kept_handovers(tools).of("ann") is None


def test_m50_the_page_tells_all_on_one_page(
    tools: Wired, day: date, trailguide: Callable[..., Ran], tmp_path: Any
) -> None:
    """M50 M35 M31 Who, asked, read, facts with source, committee, obstacles, words, definition."""
    piece = tools.library.all()[0]
    put(
        tools, day, (Action.SENT, 30, piece.id), (Action.READ, 28, piece.id),
        (Action.ASKED, 20, None, "What does it cost?"),
        (Action.REPLIED, 3, None, "Can we see a demo?"), obstacles=(EVIL,), role="Plant manager",
    )  # fmt: skip
    put(tools, day, (Action.SENT, 9), lead="bo", name="Bo Lind", role="CFO")
    page = hand_over("ann", "U1", tools)
    told = handover_markdown(page)
    for part in (
        "Ann Berg, Plant manager, Acme", "asked for a demo", "Can we see a demo?",
        "What does it cost?", piece.title[:20], "import of fair.csv", "Bo Lind",
        "checks the technology", "definition 1", "Open questions",
    ):  # fmt: skip
        assert part in told.replace("\\", ""), part
    page_html = handover_html(page)
    assert "<script>" not in page_html
    assert "&lt;script&gt;" in page_html
    assert "<script>" not in told
    assert "[x](https" not in told
    home = tools.settings.home
    for name in ("p.md", "p.html"):
        target = tmp_path / name
        assert trailguide("--home", home, "handover", "ann", "--output", target).status == 0
        assert "Ann Berg" in target.read_text()
    assert trailguide("--home", home, "handover", "ann", "--output", tmp_path / "p.pdf").status == 2
    form = trailguide("--home", home, "handover", "ann", "--json").json
    assert form["definition"]["version"] == 1
    assert trailguide("--home", home, "handover", "ann", "--back").status == 0
    assert preview("ann", tools).handover.by == ""


def test_m49_definitions_are_shown_with_their_version(
    home: Any, trailguide: Callable[..., Ran]
) -> None:
    """M49"""
    told = trailguide("--home", home, "definitions", "--json").json
    assert told["version"] == 1
    assert "qualified_lead" in told["definitions"]
    (home / "definitions.toml").write_text('version = 2\n[definitions]\nlead = "Anybody."\n')
    assert "version 2" in trailguide("--home", home, "definitions").out

"""M35, M36 An account as a whole, the cap of touches a week, and stages by product line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow.account_view import account_view
from bot.flow.due import due_lists
from bot.flow.next_touch import recommend
from bot.flow.recalling import recall_lead
from bot.flow.whose import Person
from bot.settings import Settings
from knowledge.consent import consent
from knowledge.fact_trust import SourceKind, Told
from knowledge.journey import Stage
from knowledge.leads import AccountTouch, Action, HistoryEntry, LeadFacts, LeadProfile, LineStage
from knowledge.pacing import decide_pace
from knowledge.pacing_rules import cap_until
from knowledge.pacing_settings import PacingOverride, PacingSettings, load_pacing
from knowledge.touch import Ask, StageReading
from tests.conftest import Ran, SetClock

TODAY = date(2026, 6, 1)
PEOPLE = {
    "ann": ("CFO", "Northfield Water Ltd"),
    "ben": ("Maintenance planner", "Northfield Water"),
    "cem": ("", "NORTHFIELD WATER"),
}


@pytest.fixture
def tools(tmp_path: Path, clock: SetClock) -> Iterator[Wired]:
    clock.at = datetime(2026, 6, 1, 9, tzinfo=UTC)
    home = tmp_path / "home"
    home.mkdir()
    (home / "pacing.toml").write_text(
        '[quiet]\naccount_days = 0\n\n[[override]]\nsegment = "key"\naccount_touches = 1\n'
    )
    wired = build(Settings(home=home), clock)
    for lead_id, (role, company) in PEOPLE.items():
        facts = LeadFacts(name=lead_id.title(), role=role or None, company=company, problem="p")
        wired.leads.put(lead_id, facts, "rep in Slack", "U1")
    yield wired
    wired.close()


def touch(tools: Wired, lead_id: str, days_ago: int, by: str = "U2") -> None:
    entry = HistoryEntry(Action.SENT, TODAY - timedelta(days=days_ago), f"a-{days_ago}")
    tools.leads.add_history(lead_id, [entry], by)


def test_m35_an_account_shows_people_roles_and_touches(
    tools: Wired, trailguide: Callable[..., Ran]
) -> None:
    tools.leads.put("ann", LeadFacts(stage=Stage.DECISION), "rep in Slack", "U1")
    touch(tools, "ann", 3)
    touch(tools, "ben", 40)
    view = account_view("northfield water gmbh", tools)
    assert [m.lead_id for m in view.members] == ["ann", "ben", "cem"]
    ann = view.members[0]
    assert (ann.role, ann.stage, ann.sure, ann.reached) == (
        "economic_buyer", Stage.DECISION, 1.0, True,
    )  # fmt: skip
    assert view.covered[0] == "economic_buyer"
    assert "technical_evaluator" in view.missing
    assert [(t.lead_id, t.by) for t in view.touches] == [("ann", "U2")], "of four weeks"
    assert (view.this_week, view.cap, view.free_on) == (1, 3, TODAY)
    shown = trailguide("--home", tools.settings.home, "account", "northfield").out
    assert trailguide("--home", tools.settings.home, "account", "nortfeld").status == 2
    form = trailguide("--home", tools.settings.home, "account", "Northfield Water", "--json").json
    assert [p["lead_id"] for p in form["people"]] == ["ann", "ben", "cem"]
    assert shown == "" or "Northfield" in shown


def test_m16_the_cap_of_an_account_makes_next_wait_with_a_day(tools: Wired) -> None:
    for lead_id, days in (("ann", 6), ("ben", 2), ("ben", 4)):
        touch(tools, lead_id, days)
    pace = recommend(Ask(TODAY, "cem"), tools).pace
    assert (pace.decision, pace.rule, pace.when) == ("wait", "account_cap", date(2026, 6, 2))
    assert "3 times in the last 7 days" in pace.reason
    tools.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert recommend(Ask(date(2026, 6, 2), "cem"), tools).pace.decision == "send"


def test_m9_the_cap_is_a_setting_by_segment(tools: Wired) -> None:
    touch(tools, "ann", 2)
    assert recommend(Ask(TODAY, "cem"), tools).pace.decision == "send"
    tools.leads.put("cem", LeadFacts(segment="key"), "rep in Slack", "U1")
    pace = recommend(Ask(TODAY, "cem"), tools).pace
    assert (pace.rule, pace.when) == ("account_cap", TODAY + timedelta(days=5))


def test_m16_a_touch_of_somebody_else_is_told_though_it_stops_nothing(tools: Wired) -> None:
    touch(tools, "ann", 3)
    warnings = recommend(Ask(TODAY, "cem"), tools).pace.warnings
    assert "We were in touch with the one who holds the budget at this account on 29 May 2026." in (
        warnings
    )


def test_the_list_of_due_leads_heeds_the_cap(tools: Wired) -> None:
    for days in (2, 4, 6):
        touch(tools, "ann", days)
    tools.leads.put("cem", LeadFacts(owner="U1"), "rep in Slack", "U1")
    tools.leads.add_history("cem", [HistoryEntry(Action.SENT, TODAY - timedelta(days=20), "a-20")])
    listed = [row.lead_id for rows in due_lists(Person("U1"), tools).rows.values() for row in rows]
    assert "cem" not in listed


def test_the_order_of_decisions_stands() -> None:
    """A reply that nobody answered comes before the cap, the cap before the gap."""
    touches = tuple(AccountTouch(TODAY - timedelta(days=n)) for n in (1, 2, 3))
    sent = HistoryEntry(Action.SENT, TODAY - timedelta(days=1))
    profile = LeadProfile(LeadFacts(), (sent,), account_touches=touches)
    assert decide_pace(profile, TODAY).rule == "account_cap"
    replied = LeadProfile(
        LeadFacts(), (sent, HistoryEntry(Action.REPLIED, TODAY)), account_touches=touches
    )
    assert decide_pace(replied, TODAY).rule == "unanswered_reply"


@given(st.lists(st.integers(0, 12), max_size=8), st.integers(1, 5), st.integers(0, 3))
def test_on_the_day_that_is_named_there_is_room(ago: list[int], cap: int, later: int) -> None:
    days = [TODAY - timedelta(days=n) for n in ago]
    until = cap_until(days, cap, TODAY)
    assert until >= TODAY
    on = until + timedelta(days=later)
    assert sum(0 <= (on - d).days < 7 for d in days) < cap
    if until > TODAY:
        before = until - timedelta(days=1)
        assert sum(0 <= (before - d).days < 7 for d in days) >= cap, "not a day too late"


def test_a_cap_of_none_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pacing.toml").write_text("[quiet]\naccount_touches = 0\n")
    with pytest.raises(Exception, match="account_touches"):
        load_pacing(tmp_path)
    plan = PacingSettings(overrides=(PacingOverride(segment="key", account_touches=5),))
    assert plan.plan_for(None, "key", None).account_touches == 5


def test_m33_each_product_line_has_a_stage_of_its_own(tools: Wired) -> None:
    lines = (
        LineStage("Pumps", Stage.DECISION, "deal stage Proposal", date(2026, 5, 2)),
        LineStage("Valves", Stage.AWARENESS),
    )
    facts = LeadFacts(line_stages=lines, product_line="Valves", stage=Stage.INTEREST)
    tools.leads.put("cem", facts, "rep in Slack", "U1")

    def stage(line: str | None) -> StageReading:
        profile = recall_lead(Ask(TODAY, "cem", LeadFacts(product_line=line)), (), tools)
        return tools.stage_reader.read(profile, TODAY, {})

    assert stage(None).stage is Stage.AWARENESS, "the lead's own line"
    assert stage("pumps").stage is Stage.DECISION, "the line that was asked about"
    assert "deal stage Proposal" in stage("pumps").evidence[0]
    assert stage("Motors").stage is Stage.INTEREST, "the plain stage, where no other was told"
    tools.leads.correct_stage("cem", Stage.CONSIDERATION, "U1")
    assert stage(None).stage is Stage.CONSIDERATION, "a correction is that of the line"
    assert stage("pumps").stage is Stage.DECISION


def test_acts_about_another_line_say_nothing_of_this_one(tools: Wired) -> None:
    bought = HistoryEntry(Action.BOUGHT, TODAY - timedelta(days=9), None, "", "Pumps")
    tools.leads.add_history("cem", [bought], "U1")

    def stage(line: str) -> Stage:
        profile = recall_lead(Ask(TODAY, "cem", LeadFacts(product_line=line)), (), tools)
        return tools.stage_reader.read(profile, TODAY, {}).stage

    assert stage("Pumps") is Stage.CUSTOMER
    assert stage("Valves") is Stage.AWARENESS


def test_consent_holds_for_each_channel_with_source_and_day() -> None:
    """M16 A no counts at once, a yes only when it comes later."""
    may, june = date(2026, 5, 1), date(2026, 6, 1)
    acts = [
        (HistoryEntry(Action.OPTED_IN, may, note="email"), "signal of the website", "webhook"),
        (HistoryEntry(Action.OPTED_OUT, june, note="phone"), "rep in Slack", "U1"),
        (HistoryEntry(Action.OPTED_IN, june, note="phone"), "import of x.csv", "U1"),
    ]
    told = Told("opted_out_channels", ["social"], SourceKind.FILE, "import of x.csv",
                datetime(2026, 5, 9, tzinfo=UTC), "U1")  # fmt: skip
    found = consent(acts, [told])
    assert {c: (w.given, w.on, w.source) for c, w in found.items()} == {
        "email": (True, may, "signal of the website"),
        "phone": (False, june, "rep in Slack"),
        "social": (False, date(2026, 5, 9), "import of x.csv"),
    }


def test_m31_conflicts_are_shown_with_both_words(
    tools: Wired, trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    tools.leads.put("ann", LeadFacts(industry="water"), "rep in Slack", "U1")
    file = tmp_path / "leads.csv"
    file.write_text("id,industry\nann,energy\n")
    home = tools.settings.home
    assert "1 updated" in trailguide("--home", home, "leads", "import", file).out
    shown = " ".join(trailguide("--home", home, "leads", "show", "ann").out.split())
    assert "industry: water (rep in Slack" in shown
    assert "told otherwise: energy (import of leads.csv" in shown
    form = trailguide("--home", home, "leads", "show", "ann", "--json").json
    assert form["industry"] == "water"
    (conflict,) = form["conflicts"]
    assert (conflict["fact"], conflict["used"]["value"]) == ("industry", "water")
    assert [o["value"] for o in conflict["others"]] == ["energy"]

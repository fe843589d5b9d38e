"""M31 Facts and acts of many leads at once: idempotent, audited, never over a more trusted word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.bootstrap import Wired, build
from bot.flow.lead_intake import AT_ONCE, Incoming, take_in
from bot.settings import Settings
from knowledge.channels import CHANNELS, open_channels
from knowledge.fact_trust import Source, SourceKind, conflicts
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile, LineStage
from tests.conftest import SetClock

FILE = Source(SourceKind.FILE, "import of leads.csv")
CRM = Source(SourceKind.CRM, "crm hubspot")
FORM = Source(SourceKind.LEAD, "signal of the website")
DAY = date(2026, 3, 2)


@pytest.fixture
def tools(tmp_path: Path, clock: SetClock) -> Iterator[Wired]:
    wired = build(Settings(home=tmp_path / "home"), clock)
    yield wired
    wired.close()


def many(count: int) -> list[Incoming]:
    return [
        Incoming(
            email=f"ann.{n}@brine.example",
            facts=LeadFacts(name=f"Ann {n}", email=f"ann.{n}@brine.example", company="Brine Ltd"),
            acts=(HistoryEntry(Action.DOWNLOADED, DAY, "guide-1"),),
            where=f"line {n + 2}",
        )
        for n in range(count)
    ]


def test_m31_many_leads_come_in_once_and_are_audited(tools: Wired) -> None:
    count = AT_ONCE + 7
    first = take_in(many(count), tools, FILE, "U1")
    assert (first.added, first.updated, first.unchanged, first.acts) == (count, 0, 0, count)
    second = take_in(many(count), tools, FILE, "U1")
    assert (second.added, second.updated, second.unchanged, second.acts) == (0, 0, count, 0)
    assert second.ids == first.ids
    kinds = [entry.kind for entry in tools.audit.entries(tools.db)]
    assert kinds.count("lead.added") == kinds.count("lead.history_added") == count
    assert len(kinds) == 2 * count, "a second run is no news"
    assert tools.audit.verify(tools.db).ok
    told = tools.leads.facts_log(first.ids[0])[0]
    assert (told.source, told.by, told.kind) == ("import of leads.csv", "U1", "file")
    (act,) = tools.leads.acts_log(first.ids[0])
    assert (act.source, act.by, act.entry.asset_id) == ("import of leads.csv", "U1", "guide-1")


def test_the_lead_with_that_address_is_meant_whatever_its_case(tools: Wired) -> None:
    tools.leads.put("ann", LeadFacts(email="Ann@Brine.example"), "rep in Slack", "U1")
    done = take_in([Incoming(email="ann@brine.EXAMPLE ")], tools, FORM, "web")
    assert done.ids == ["ann"]


def test_who_is_named_by_nothing_is_refused_and_the_others_stay(tools: Wired) -> None:
    come = [Incoming(where="line 2"), Incoming(facts=LeadFacts(name="Bo"), where="line 3")]
    done = take_in(come, tools, FILE, "U1")
    assert done.added == 1
    assert [where for where, _ in done.refused] == ["line 2"]


def test_m31_no_value_goes_over_a_newer_or_a_more_trusted_one(tools: Wired) -> None:
    now = tools.clock.now()
    tools.leads.put("ann", LeadFacts(industry="water", role="Planner"), "rep in Slack", "U1")
    old, new = now - timedelta(days=30), now - timedelta(days=1)
    size = [
        Incoming("ann", facts=LeadFacts(company_size=n, industry="gas"), changed_at=at)
        for n, at in ((80, new), (50, old))
    ]
    take_in(size, tools, CRM, "crm")
    facts = tools.leads.get("ann").facts
    assert (facts.industry, facts.company_size) == ("water", 80)
    found = conflicts([f.word for f in tools.leads.facts_log("ann")])
    assert [(c.fact, c.used.value, c.others[0].value) for c in found] == [
        ("industry", "water", "gas")
    ]
    last = tools.audit.entries(tools.db)[-2]
    assert last.data["not_used"] == ["industry"]


def test_m33_a_stage_for_one_product_line_leaves_the_other_ones(tools: Wired) -> None:
    def lines(*told: tuple[str, Stage]) -> Incoming:
        stages = tuple(LineStage(line, stage, "deal stage Engaging", DAY) for line, stage in told)
        return Incoming("ann", facts=LeadFacts(line_stages=stages))

    take_in([lines(("Pumps", Stage.DECISION), ("Valves", Stage.AWARENESS))], tools, FILE, "U1")
    take_in([lines(("pumps", Stage.CUSTOMER))], tools, CRM, "crm")
    found = tools.leads.get("ann").facts
    assert [(s.line.lower(), s.stage.value) for s in found.line_stages] == [
        ("pumps", "customer"), ("valves", "awareness"),
    ]  # fmt: skip
    assert found.stage is None, "the plain stage says nothing of it"
    tools.leads.correct_stage("ann", Stage.INTEREST, "U1", "Valves")
    assert tools.leads.get("ann").facts.line_stages[1].stage is Stage.INTEREST


def test_m16_an_opt_out_of_a_file_stands_until_the_lead_opts_in(tools: Wired) -> None:
    take_in([Incoming("ann", facts=LeadFacts(opted_out=True))], tools, FILE, "U1")
    take_in([Incoming("ann", facts=LeadFacts(opted_out=False))], tools, CRM, "crm")
    assert tools.leads.get("ann").facts.opted_out is True
    earlier = HistoryEntry(Action.OPTED_IN, tools.clock.now().date() - timedelta(days=9))
    take_in([Incoming("ann", acts=(earlier,))], tools, FORM, "web")
    assert tools.leads.get("ann").facts.opted_out is True, "it opted in before"
    tools.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    today = HistoryEntry(Action.OPTED_IN, tools.clock.now().date(), note="email")
    take_in([Incoming("ann", acts=(today,))], tools, FORM, "web")
    facts = tools.leads.get("ann").facts
    assert facts.opted_out is False
    assert "email" not in facts.opted_out_channels
    assert "phone" in facts.opted_out_channels


@pytest.mark.parametrize(
    ("first", "again", "closed"),
    [
        (LeadFacts(opted_out=True), LeadFacts(opted_out=True), ()),
        (LeadFacts(opted_out_channels=("email",)), LeadFacts(opted_out_channels=("email",)), ()),
        (
            LeadFacts(opted_out_channels=("email",)),
            LeadFacts(opted_out_channels=("E-Mail", "phone")),
            ("phone",),
        ),
    ],
)
def test_m16_an_opt_out_without_a_day_is_no_news_after_an_opt_in(
    tools: Wired, first: LeadFacts, again: LeadFacts, closed: tuple[str, ...]
) -> None:
    """M16 The list of last month, or the next export, says once more what the lead took back."""
    take_in([Incoming("ann", facts=first)], tools, FILE, "U1")
    assert len(open_channels(tools.leads.get("ann"))) < 5
    tools.clock.at += timedelta(days=2)  # type: ignore[attr-defined]
    agreed = HistoryEntry(Action.OPTED_IN, tools.clock.now().date())
    take_in([Incoming("ann", acts=(agreed,))], tools, FORM, "w")
    tools.clock.at += timedelta(days=2)  # type: ignore[attr-defined]
    for name in (FILE.name, "import of next-export.csv"):
        take_in([Incoming("ann", facts=again)], tools, Source(SourceKind.FILE, name), "U1")
        left = open_channels(tools.leads.get("ann"))
        assert left == tuple(c for c in CHANNELS if c not in closed)


def test_m16_of_one_day_the_opt_out_counts() -> None:
    """M16 In whatever order they came: a day tells none."""
    day = date(2026, 6, 1)
    acts = [HistoryEntry(a, day, None, "email") for a in (Action.OPTED_OUT, Action.OPTED_IN)]
    for history in (acts, acts[::-1]):
        assert "email" not in open_channels(LeadProfile(LeadFacts(), tuple(history)))
    later = replace(acts[1], on=date(2026, 6, 2))
    assert "email" in open_channels(LeadProfile(LeadFacts(), (later, acts[0])))


def test_m16_a_new_opt_out_after_an_opt_in_counts(tools: Wired) -> None:
    """M16 From the same source, and on the day of the opt-in as well."""
    out = Incoming("ann", facts=LeadFacts(opted_out=True))
    take_in([out], tools, FILE, "U1")
    tools.clock.at += timedelta(days=2)  # type: ignore[attr-defined]
    now = tools.clock.now()
    take_in([Incoming("ann", acts=(HistoryEntry(Action.OPTED_IN, now.date()),))], tools, FORM, "w")
    assert tools.leads.get("ann").facts.opted_out is False
    late = replace(out, changed_at=now.replace(hour=0))
    assert take_in([late], tools, FILE, "U1").updated == 1
    assert tools.leads.get("ann").facts.opted_out is True
    assert take_in([late], tools, FILE, "U1").unchanged == 1

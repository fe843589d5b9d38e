"""What is known of a lead: who told it and when, and what it changes (M28, M31, M37)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.bootstrap import Wired
from bot.flow.import_leads import import_leads
from bot.flow.next_touch import next_touch, recommend
from knowledge.errors import BadInput
from knowledge.leads import LeadFacts, TrustGap, parse_trust_gap
from knowledge.touch import Ask, PaceDecision
from retrieval.ranking_person import TRUST_TYPES

INTENT = "Find out what unplanned downtime really costs"
OUTCOME = "One backlog figure in the monthly report"
OBSTACLE = "No budget line for maintenance planning this year"
COST = "What does unplanned downtime cost?"


@pytest.fixture
def today(clock) -> date:  # type: ignore[no-untyped-def]
    day: date = clock.now().date()
    return day


def csv(tmp_path: Path, columns: str, *rows: str) -> Path:
    file = tmp_path / "list.csv"
    file.write_text("\n".join((columns, *rows)), encoding="utf-8")
    return file


def test_m28_m31_intent_outcome_and_obstacles_are_kept_with_who_said_so_and_when(
    tools: Wired,
    clock,  # type: ignore[no-untyped-def]
    tmp_path: Path,
) -> None:
    clock.at = datetime(2026, 6, 1, 9, tzinfo=UTC)
    columns = "id,name,intent,outcome,obstacles"
    first = csv(tmp_path, columns, f"ann,Ann Example,{INTENT},{OUTCOME},{OBSTACLE};old data")
    assert import_leads(first, None, tools, by="U1").added == 1
    facts = tools.leads.get("ann").facts
    assert (facts.intent, facts.outcome, facts.obstacles) == (
        INTENT, OUTCOME, (OBSTACLE, "old data"),
    )  # fmt: skip
    clock.at = datetime(2026, 6, 9, 9, tzinfo=UTC)
    tools.leads.put("ann", LeadFacts(intent="Decide on a pilot"), "call", "U2")
    told = [(f.fact, f.value, f.source, f.by, f.at.date()) for f in tools.leads.facts_log("ann")]
    source, on = "import of list.csv", date(2026, 6, 1)
    assert ("intent", INTENT, source, "U1", on) in told  # the original one stays on file
    assert ("outcome", OUTCOME, source, "U1", on) in told
    assert ("obstacles", [OBSTACLE, "old data"], source, "U1", on) in told
    assert told[-1] == ("intent", "Decide on a pilot", "call", "U2", date(2026, 6, 9))


def test_m31_leads_show_says_who_told_what_and_when(
    tools: Wired,
    clock,  # type: ignore[no-untyped-def]
    trailguide,  # type: ignore[no-untyped-def]
) -> None:
    clock.at = datetime(2026, 6, 1, 9, tzinfo=UTC)
    tools.leads.put("ann", LeadFacts(intent="Look around"), "import of list.csv", "U1")
    tools.leads.put("ann", LeadFacts(intent=INTENT), "call", "U2")
    shown = trailguide("--home", tools.settings.home, "leads", "show", "ann").out
    assert f"intent: {INTENT}" in shown
    assert "(call, U2, 2026-06-01)" in shown.replace("\n", " ")
    form = trailguide("--home", tools.settings.home, "leads", "show", "ann", "--json").json
    assert form["intent"] == INTENT
    assert [(f["value"], f["source"], f["by"], f["at"][:10]) for f in form["learnt"]] == [
        ("Look around", "import of list.csv", "U1", "2026-06-01"),
        (INTENT, "call", "U2", "2026-06-01"),
    ]


@pytest.mark.parametrize("fact", ["intent", "outcome", "obstacles"])
def test_m28_next_for_a_stored_lead_goes_by_what_is_on_record(
    tools: Wired, today: date, fact: str
) -> None:
    """Each of the three changes what a piece is worth to this lead, and is named on the card."""
    told = {"intent": INTENT, "outcome": OUTCOME, "obstacles": (OBSTACLE,)}[fact]
    tools.leads.put("ann", LeadFacts(problem="Too many stops"), "import", "U1")
    tools.leads.put("ben", LeadFacts(problem="Too many stops", **{fact: told}), "import", "U1")  # type: ignore[arg-type]
    rules = {}
    for lead_id in ("ann", "ben"):
        found = recommend(Ask(today, lead_id), tools)
        assert found.pace.decision is PaceDecision.SEND
        assert found.chosen is not None
        rules[lead_id] = [
            c for r in found.ranking.ranked for c in r.contributions
            if c.rule in ("outcome", "obstacle", "relevance")
        ]  # fmt: skip
    quoted = told[0] if isinstance(told, tuple) else told
    assert any(quoted in c.sentence for c in rules["ben"])
    assert not any(quoted in c.sentence for c in rules["ann"])


def test_m28_with_nothing_asked_the_intent_on_record_finds_the_piece(
    tools: Wired, today: date
) -> None:
    tools.leads.put("ann", LeadFacts(intent=INTENT), "import", "U1")
    got = next_touch(Ask(today, "ann"), tools)
    assert got.chosen is not None
    assert "downtime" in got.chosen.asset.title.lower()


@pytest.mark.parametrize(
    ("said", "gap"),
    [
        ("known", "known"), ("Knows us", "known"), ("EXPERTISE", "expert"),
        ("sees-us-as-expert", "expert"), ("understands", "understanding"),
        ("believes we understand", "understanding"), (" liking ", "liking"),
        ("likes working with us", "liking"),
    ],
)  # fmt: skip
def test_m37_a_trust_gap_is_read_in_other_words(said: str, gap: str) -> None:
    assert parse_trust_gap(said) == gap


def test_m37_the_gaps_that_can_be_told_are_those_the_ranking_closes() -> None:
    assert set(TrustGap) == set(TRUST_TYPES)


def test_m37_an_unknown_trust_gap_is_refused_with_the_words_there_are() -> None:
    with pytest.raises(BadInput, match=r"'trst'.*known, expert, understanding, liking"):
        parse_trust_gap("trst")


def test_m37_trust_gaps_come_in_by_csv_are_stored_logged_and_shown(
    tools: Wired,
    tmp_path: Path,
    trailguide,  # type: ignore[no-untyped-def]
) -> None:
    file = csv(
        tmp_path, "id,name,trust_gaps", "ann,Ann Example,Knows us; expert", "ben,Ben Example,trst",
        "cem,Cem Example,",
    )  # fmt: skip
    done = import_leads(file, None, tools, by="U1")
    assert done.added == 2
    ((_, line, why),) = done.rejected
    assert line == 3
    assert why.startswith("'trust_gaps' is wrong: Unknown trust gap 'trst'")
    assert import_leads(file, None, tools, by="U1").unchanged == 2
    assert tools.leads.get("ann").facts.trust_gaps == ("known", "expert")
    assert tools.leads.get("cem").facts.trust_gaps == ()
    ((log_value, by),) = [
        (f.value, f.by) for f in tools.leads.facts_log("ann") if f.fact == "trust_gaps"
    ]
    assert (log_value, by) == (["known", "expert"], "U1")
    home = tools.settings.home
    assert "trust gaps: known; expert" in trailguide("--home", home, "leads", "show", "ann").out
    form = trailguide("--home", home, "leads", "show", "ann", "--json").json
    assert form["trust_gaps"] == ["known", "expert"]


def test_m37_a_trust_gap_on_record_changes_what_a_piece_is_worth(tools: Wired, today: date) -> None:
    tools.leads.put("ann", LeadFacts(trust_gaps=("understanding",)), "import", "U1")
    ranking = recommend(Ask(today, "ann", questions=(COST,)), tools).ranking
    told = {r.asset.type for r in ranking.ranked if any(c.rule == "trust" for c in r.contributions)}
    kinds, _ = TRUST_TYPES["understanding"]
    assert told == {r.asset.type for r in ranking.ranked} & kinds


TOLD = ["experts; liking", ["known"], [], None, ["nothing like it"], 5, [5], {"known": 1}]


def test_m37_trust_gaps_are_facts_of_a_next_line(
    tools: Wired,
    tmp_path: Path,
    trailguide,  # type: ignore[no-untyped-def]
) -> None:
    lines = [
        {"id": n, "lead": {"trust_gaps": gaps}, "questions": [COST], "today": "2026-06-15"}
        for n, gaps in enumerate(TOLD)
    ]
    (tmp_path / "in").write_text("\n".join(map(json.dumps, lines)))
    trailguide(
        "--home", tools.settings.home, "next", "--explain",
        "--batch", tmp_path / "in", "--output", tmp_path / "out",
    )  # fmt: skip
    got = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert [g.get("error", "") == "" for g in got] == [True] * 4 + [False] * 4
    assert "known, expert, understanding, liking" in got[4]["error"]

    def spoke(answer: dict) -> bool:  # type: ignore[type-arg]
        pieces = answer["explain"]["candidates"]
        return any(c["rule"] == "trust" for p in pieces for c in p["contributions"])

    assert spoke(got[0]) or spoke(got[1])
    assert not spoke(got[2])
    assert not spoke(got[3])

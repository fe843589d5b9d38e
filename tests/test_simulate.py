"""The simulated quarter: plausible, fictional, the same for the same seed, whole in the log."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow.simulate import Size, simulate_quarter
from bot.flow.simulated_drafts import sample_drafts
from bot.flow.simulated_edits import SELLING, Edit, edited
from bot.flow.simulated_people import PROBLEMS
from bot.settings import Settings
from knowledge.assets import AssetStatus
from knowledge.errors import BadInput
from knowledge.touch import PaceDecision
from tests.conftest import Ran, SetClock
from tests.databases import rows
from tests.quarter import LAST, NOW, SIZE

pytest_plugins = ("tests.quarter",)


@pytest.fixture(scope="module")
def quarter(quarter_home: Path) -> Iterator[Wired]:
    tools = build(Settings(home=quarter_home), SetClock(NOW))
    yield tools
    tools.close()


def test_the_quarter_is_as_large_as_asked_and_lies_within_its_days(
    quarter: Wired, quarter_home: Path
) -> None:
    assert len(quarter.leads.names()) == SIZE.leads
    every = quarter.suggestions.rows()
    assert len(every) == pytest.approx(SIZE.touches, rel=0.01)
    assert len({row.asked_by for row in every}) == SIZE.reps
    days = {row.created_at.date() for row in every}
    assert (LAST - min(days)).days < 90
    assert max(days) <= LAST
    written = "select max(at) from audit where kind like 'suggestion.%'"
    assert str(rows(quarter_home, written)[0][0]) <= f"{LAST} 18:00:01"


def test_everything_that_may_become_of_a_card_does(quarter: Wired) -> None:
    every = quarter.suggestions.rows()
    verdicts = Counter(row.verdict for row in every)
    for verdict in ("approved", "approved_edited", "replaced", "snoozed", "pending", "withdrawn"):
        assert verdicts[verdict], verdict
    assert {row.decision for row in every} >= {
        PaceDecision.SEND,
        PaceDecision.WAIT,
        PaceDecision.ASK,
    }
    assert any(row.kept_rules and row.kept_reason for row in every)
    assert any(row.sent_on and row.sent_text for row in every)
    assert {row.helped for row in every} == {True, False, None}
    assert {row.outcome for row in every} >= {"replied", "moved_on", "no_answer", None}
    assert any(row.stage_corrected for row in every)
    assert quarter.requests.all()


def test_some_leads_were_never_touched_and_stages_go_forward_and_back(quarter_home: Path) -> None:
    touched = {lead for (lead,) in rows(quarter_home, "select distinct lead_id from suggestion")}
    assert len(touched) < SIZE.leads
    stages: dict[str, list[str]] = {}
    query = (
        "select lead_id, stage from suggestion where stage_confidence >= 0.5 order by created_at"
    )
    for lead, stage in rows(quarter_home, query):
        stages.setdefault(lead, []).append(stage)
    order = ["awareness", "interest", "consideration", "decision", "customer"]
    steps = Counter(
        (order.index(b) > order.index(a)) - (order.index(b) < order.index(a))
        for read in stages.values()
        for a, b in pairwise(read)
    )
    assert steps[1] > steps[-1] > 0


def test_m56_the_log_holds_every_decision_and_verifies(quarter: Wired, quarter_home: Path) -> None:
    verdict = quarter.audit.verify(quarter.db)
    assert verdict.ok, verdict.why
    kinds = Counter(kind for (kind,) in rows(quarter_home, "select kind from audit"))
    states = Counter(row.verdict for row in quarter.suggestions.rows())
    assert kinds["suggestion.made"] == sum(states.values())
    assert kinds["suggestion.approved"] == states["approved"] + states["approved_edited"]
    assert kinds["suggestion.snoozed"] == states["snoozed"]
    assert kinds["suggestion.withdrawn"] == states["withdrawn"]
    times = [
        at
        for (at,) in rows(quarter_home, "select at from audit where kind like 'sugg%' order by seq")
    ]
    assert times == sorted(times)


def test_a_card_of_the_quarter_opens_like_any_other(quarter: Wired) -> None:
    card = next(
        r for r in quarter.suggestions.rows() if r.verdict == "approved_edited" and r.sent_on
    )
    stored = quarter.suggestions.get(card.suggestion_id)
    assert stored.draft
    assert stored.original_draft
    assert stored.draft.body != stored.original_draft.body
    assert stored.facts.name
    assert stored.facts.name.split()[0] in stored.original_draft.body
    assert "{name}" not in stored.draft.body
    assert stored.sent
    assert stored.sent.body == stored.draft.body
    assert str(quarter.leads.get(stored.lead_id or "").facts.email).endswith(".example")


def test_the_log_tells_each_decision_as_the_card_stands(quarter: Wired) -> None:
    """M56: what is written in bulk is what the store of one would have written."""
    for record in quarter.suggestions.rows():
        if record.verdict != "approved_edited":
            continue
        entries = quarter.audit.entries(quarter.db, record.suggestion_id)
        approved = next(e for e in entries if e.kind == "suggestion.approved")
        stored = quarter.suggestions.get(record.suggestion_id)
        assert approved.data["state"] == "approved"
        assert approved.data["draft"]["checks"]["findings"] == [
            f.rule for f in stored.draft.checks.findings if stored.draft
        ]
        assert approved.data["kept"] == list(stored.kept_rules)
        assert approved.actor == stored.decided_by


def _figures(home: Path, seed: int, tmp_path: Path) -> list[tuple[Any, ...]]:
    own = tmp_path / f"again{seed}{len(list(tmp_path.iterdir()))}"
    shutil.copytree(home, own)
    tools = build(Settings(home=own), SetClock(NOW))
    simulate_quarter(Size(3, 20, 120), seed, tools, LAST)
    tools.close()
    query = (
        "select s.id, lead_id, asked_by, created_at, stage, state, edits, asset_id, sent_on, "
        "outcome, helped from suggestion s left join touch_outcome on suggestion_id = s.id "
        "order by s.id"
    )
    return rows(own, query)


def test_the_same_seed_gives_the_same_figures_and_another_gives_others(
    bare_home: Path, tmp_path: Path
) -> None:
    first, again, other = (_figures(bare_home, seed, tmp_path) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_a_home_that_holds_leads_is_refused_in_one_sentence(
    home: Path, trailguide: Callable[..., Ran]
) -> None:
    ran = trailguide("--home", home, "simulate", "quarter", "--leads", 5, "--touches", 5)
    assert ran.status == 2
    assert "holds leads or suggestions already; name an empty folder with --home." in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("size", [Size(0, 5, 5), Size(1, 0, 5), Size(1, 5, 0), Size(1, 2, 100)])
def test_a_size_that_cannot_be_is_refused(size: Size, bare_home: Path) -> None:
    tools = build(Settings(home=bare_home), SetClock(NOW))
    with pytest.raises(BadInput):
        simulate_quarter(size, 7, tools, LAST)
    tools.close()


def test_the_command_fills_an_empty_home_and_says_what_it_wrote(
    bare_home: Path, tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    own = tmp_path / "small"
    shutil.copytree(bare_home, own)
    size = ("--reps", 2, "--leads", 10, "--touches", 40)
    ran = trailguide("--home", own, "simulate", "quarter", *size, "--until", "2026-06-30")
    assert ran.status == 0, ran.err
    assert "fictional leads by 2 reps, 2026-04-02 to 2026-06-30." in ran.out
    assert trailguide("--home", own, "audit", "verify").status == 0


def test_every_piece_that_may_be_sent_has_a_draft_for_every_persona(quarter: Wired) -> None:
    drafts = sample_drafts()
    usable = [a.id for a in quarter.library.all(AssetStatus.APPROVED) if a.type.value != "brochure"]
    assert set(usable) <= set(drafts)
    for by_persona in drafts.values():
        assert set(by_persona) == set(PROBLEMS)


def test_what_sells_is_found_in_the_kept_drafts_and_what_does_not_is_not() -> None:
    """The kept findings are those of the real checks; see tests/sample_drafts.py."""
    early = [d for by in sample_drafts().values() for d in by.values()]
    for edit in SELLING:
        found = sum(bool(d.found[edit]) for d in early)
        assert found > len(early) / 2, edit
    clean = sum(not d.found[""] for d in early)
    assert clean > 0.9 * len(early)
    assert json.dumps([d.body for d in early]).count("{name}") >= len(early)


@given(
    st.lists(st.text("abc. ?\u00e9", min_size=1, max_size=30), min_size=1, max_size=7),
    st.sampled_from(Edit),
)
def test_any_edit_of_any_text_leaves_a_text(paragraphs: list[str], edit: Edit) -> None:
    body = "\n\n".join(paragraphs)
    assert isinstance(edited(body, edit), str)
    if edit in SELLING:
        assert edited(body, edit) != body

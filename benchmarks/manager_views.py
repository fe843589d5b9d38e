"""`python -m benchmarks.manager_views [--home DIR] [--write]`: how fast a manager's views are.

A quarter of 60 reps, 3,000 leads and 40,000 suggestions, made up; the slowest of
three runs counts.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlmodel import col, select

from benchmarks.page import keep
from bot.bootstrap import Wired, build
from bot.cli.touches import _csv
from bot.flow import sampling, touch_list
from bot.flow.standing import TRUSTED
from bot.settings import Settings
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.touch import Ask, Pace, PaceDecision
from storage.snapshot import SNAPSHOT, Snapshot
from storage.tables import LeadRow, SuggestionRow, SuggestionTextRow
from storage.touch_checks import check_rows
from storage.touch_filter import ANY_RULE, TouchFilter, TouchState

REPS, LEADS, TOUCHES, DAYS, PIECES = 60, 3000, 40_000, 90, 50
RUNS, PAGE = 3, 10
WORDS = [
    "a",
    "pump",
    "seal",
    "wears",
    "sooner",
    "where",
    "water",
    "runs",
    "dry,",
    "so",
    "check",
    "it",
    "each",
    "week",
]
EMPTY = Snapshot(
    ask=Ask(date(2026, 3, 2)), facts=LeadFacts(), evidence=(), asset=None, alternates=(),
    pace=Pace(PaceDecision.SEND, "", None, 1, 27, 7), reasons=(), unanswered=(), questions=(),
    profiling_question=None, draft=None,
)  # fmt: skip
AIM_SECONDS = 2.0
"""What a view may take, so that it is there before one looks away."""


def main() -> None:
    """Measure, print, and keep the figures when asked to."""
    told = argparse.ArgumentParser()
    told.add_argument("--home", type=Path, help="a home with such a quarter, else one is made")
    told.add_argument("--write", action="store_true")
    asked = told.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = build(Settings(home=asked.home or Path(folder)))
        if not asked.home:
            _made_up(tools)
        text = _measured(tools)
        tools.close()
    print(text)
    if asked.write:
        keep("manager_views", text)


def _made_up(tools: Wired) -> None:
    """Rows as the product keeps them, with texts and checks of the usual size."""
    drawn, now = Random(7), tools.clock.now()
    card = SNAPSHOT.dump_python(EMPTY, mode="json") | {"reasons": ["Such a reason is a line."] * 9}
    with tools.db.write() as session:
        session.add_all(
            LeadRow(id=f"lead-{n}", name=f"Lead {n}", company=f"Company {n % 900}", facts={},
                    added_at=now, updated_at=now)
            for n in range(LEADS)
        )  # fmt: skip
        for n in range(TOUCHES):
            at = now - timedelta(minutes=drawn.randrange(DAYS * 24 * 60))
            state = drawn.choice(["pending", "edited", *["approved"] * 5, "replaced", "snoozed"])
            edits = int(state == "edited" or drawn.random() < 0.4)
            lead = f"lead-{drawn.randrange(LEADS)}"
            body = " ".join(drawn.choices(WORDS, k=110))
            found = [{"rule": "pitch", "sentence": "Buy.", "why": "It sells."}]
            session.add(SuggestionRow(
                id=f"touch-{n}", lead_id=lead, asked_by=f"U{n % REPS:06}", created_at=at,
                stage=drawn.choice(list(Stage)).value, stage_confidence=0.7,
                decision=drawn.choice(list(PaceDecision)).value, touch_number=3, budget=27,
                asset_id=f"asset-{drawn.randrange(PIECES)}", rules=["question"], state=state,
                edits=edits,
            ))  # fmt: skip
            texts = SuggestionTextRow(
                suggestion_id=f"touch-{n}", lead_id=lead, card=card, subject="V", body=body,
                original_subject="V", original_body=" ".join(drawn.choices(WORDS, k=110)),
                checks={"passed": True, "findings": found if drawn.random() < 0.1 else [],
                        "skipped": [], "hype": 0.1},
                kept_reason="They asked." if edits and drawn.random() < 0.3 else None,
            )  # fmt: skip
            session.add(texts)
            session.add_all(check_rows(texts))


def _measured(tools: Wired) -> str:
    lists = touch_list.touch_lists(tools)
    total = lists.count(TouchFilter())
    rows = [
        f"| {name} | {lists.count(wanted):,} | {_slowest(lambda w=wanted: _page(w, tools)):.2f} |"
        for name, wanted in _filters(tools).items()
    ]
    deep = _slowest(lambda: _last_page(tools))
    drawn = _slowest(lambda: _drawn(tools))
    seconds, most, size = _exported(tools)
    return "\n".join([
        "## A manager's views", "",
        f"`python -m benchmarks.manager_views`: {total:,} suggestions on SQLite; a page of {PAGE} "
        f"with its count, the slowest of {RUNS} runs, on two processors that others use too. "
        f"The aim is {AIM_SECONDS:g} s.",
        "", "| filter | lets through | seconds |", "| --- | --- | --- |", *rows,
        f"| the last page of all | | {deep:.2f} |",
        f"| a week's sample, drawn | | {drawn:.2f} |", "",
        f"An export of all takes {seconds:.0f} s for {size / 1e6:.0f} MB of CSV, and at most "
        f"{most / 1e6:.0f} MB of memory for rows.",
    ])  # fmt: skip


def _filters(tools: Wired) -> dict[str, TouchFilter]:
    with tools.db.read() as session:
        newest: Any = select(SuggestionRow).order_by(col(SuggestionRow.created_at).desc()).limit(1)
        row = session.exec(newest).one()
        with_company: Any = select(LeadRow.company).where(col(LeadRow.company).is_not(None))
        company = session.exec(with_company.limit(1)).first()
    until = row.created_at.date()
    month = TouchFilter(since=until - timedelta(days=30), until=until)
    return {
        "none": TouchFilter(),
        "rep": TouchFilter(rep=row.asked_by or ""),
        "lead": TouchFilter(lead=row.lead_id or ""),
        "company": TouchFilter(company=str(company or "")),
        "stage": TouchFilter(stage=Stage.INTEREST),
        "asset": TouchFilter(asset=row.asset_id or ""),
        "decision": TouchFilter(decision=PaceDecision.WAIT),
        "approved after an edit": TouchFilter(state=TouchState.EDITED),
        "any check failed": TouchFilter(failed=ANY_RULE),
        "overridden": TouchFilter(overridden=True),
        "not overridden": TouchFilter(overridden=False),
        "30 days": month,
        "rep, stage, overridden, 30 days": TouchFilter(
            rep=row.asked_by or "", stage=Stage.INTEREST, overridden=True, since=month.since
        ),
        "nothing fits": TouchFilter(rep="U00NOBODY"),
    }


def _page(wanted: TouchFilter, tools: Wired) -> None:
    touch_list.page(wanted, TRUSTED, tools, PAGE)


def _last_page(tools: Wired) -> None:
    with tools.db.read() as session:
        oldest: Any = select(SuggestionRow.id).order_by(col(SuggestionRow.created_at))
        after = session.exec(oldest.offset(PAGE).limit(1)).one()
    touch_list.page(TouchFilter(), TRUSTED, tools, PAGE, after=after)


def _drawn(tools: Wired) -> None:
    """Everything of a draw but the keeping, which is done once."""
    kept, week = sampling.samples(tools), sampling.week_to_review(tools)
    material = kept.material(week)
    marks = kept.marks(week, (m.id for m in material))
    kept.past(week)
    sampling.draw(material, marks, frozenset(), (5, 10))


def _exported(tools: Wired) -> tuple[float, int, int]:
    """Seconds, the most memory, and the size of an export of all."""
    begun = time.perf_counter()
    _, rows = touch_list.exported(TouchFilter(), TRUSTED, tools)
    size = sum(len(line) for line in _csv(rows))
    seconds = time.perf_counter() - begun
    _, rows = touch_list.exported(TouchFilter(), TRUSTED, tools)
    tracemalloc.start()
    for number, _ in enumerate(_csv(rows)):
        if number > 8000:  # a fifth tells: what grows would show by then
            break
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, most, size


def _slowest(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return max(taken)


if __name__ == "__main__":
    main()

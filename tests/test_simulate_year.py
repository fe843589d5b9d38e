"""A year by the real pacing and ranking keeps every promise, and each check sees a broken one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Wired, build
from bot.flow import next_touch, simulate_year, year_checks
from bot.flow.year_checks import CHECKS, check_year
from bot.settings import Settings
from bot.views.year_page import PROMISES, year_lines, year_page
from knowledge import pacing, pacing_rules
from knowledge.leads import Action
from knowledge.pacing_settings import PacingSettings
from knowledge.track_files import load_tracks
from knowledge.year import YearAct, YearLog, YearReport, YearSales, YearTouch
from tests.conftest import Ran

FIRST = date(2026, 1, 1)
SEED = 11
FEW = 24
"""Leads of the years that are played to be broken."""


@pytest.fixture(scope="module")
def year_home(seeded: Path) -> Iterator[Wired]:
    """The seeded home, of which a year writes nothing."""
    wired = build(Settings(home=seeded))
    yield wired
    wired.close()


@pytest.fixture(scope="module")
def played(year_home: Wired) -> tuple[YearReport, YearLog]:
    return simulate_year.simulate_year(60, SEED, year_home, FIRST)


def test_m16_m44_m50_m55_a_year_keeps_every_promise(played: tuple[YearReport, YearLog]) -> None:
    """M4 M6 M8 M10 M16 M44 M50 M55 Sixty leads, day by day, by the code that decides for reps."""
    report, log = played
    assert report.broken == dict.fromkeys(CHECKS, ())
    assert report.is_sound
    assert report.touches > 200
    assert len(log.facts) == 60
    assert {"gap", "account_touched", "due"} <= set(report.by_rule)
    assert {"joined_list", "long_term"} <= set(report.by_track)
    assert any(act.action is Action.OPTED_OUT or act.action is Action.REPLIED for act in log.acts)


@pytest.mark.parametrize("seed", [1, 2])
def test_other_years_keep_them_too(year_home: Wired, seed: int) -> None:
    """M16"""
    report, _ = simulate_year.simulate_year(FEW, seed, year_home, FIRST)
    assert report.broken == dict.fromkeys(CHECKS, ())


def test_the_same_seed_plays_the_same_year(year_home: Wired) -> None:
    first, second = (simulate_year.simulate_year(8, 5, year_home, FIRST)[1] for _ in range(2))
    assert first == second


def _broken_gap(log: YearLog) -> YearLog:
    lead = next(t.lead for t in log.touches if sum(o.lead == t.lead for o in log.touches) > 1)
    one, other = [t for t in log.touches if t.lead == lead][:2]
    early = replace(other, on=one.on + timedelta(days=1))
    return replace(log, touches=tuple(early if t is other else t for t in log.touches))


def _broken_budget(log: YearLog) -> YearLog:
    lead = next(iter(log.facts))
    more = tuple(
        YearTouch(lead, log.first + timedelta(days=8 * n), f"a{n}", None) for n in range(30)
    )
    return replace(log, touches=more)


def _broken_account(log: YearLog) -> YearLog:
    one = log.touches[0]
    other = next(lead for lead in log.facts if lead != one.lead)
    accounts = {**log.accounts, other: log.accounts[one.lead]}
    return replace(log, accounts=accounts, touches=(one, replace(one, lead=other)))


def _broken_cap(log: YearLog) -> YearLog:
    one = log.touches[0]
    return replace(log, touches=(*[replace(one, asset=f"a{n}") for n in range(4)],))


def _broken_twice(log: YearLog) -> YearLog:
    one = next(t for t in log.touches if t.asset)
    again = replace(one, on=one.on + timedelta(days=60))
    return replace(log, touches=(*log.touches, again))


def _broken_opt_out(log: YearLog) -> YearLog:
    one = log.touches[0]
    no = YearAct(one.lead, one.on - timedelta(days=1), Action.OPTED_OUT)
    return replace(log, acts=(no, *log.acts))


def _broken_no_in_words(log: YearLog) -> YearLog:
    one = log.touches[0]
    no = YearAct(one.lead, one.on - timedelta(days=1), Action.REPLIED, year_checks.STOP)
    return replace(log, acts=(no, *log.acts))


BREAKS: list[tuple[str, Callable[[YearLog], YearLog]]] = [
    ("gap", _broken_gap),
    ("budget", _broken_budget),
    ("account", _broken_account),
    ("account_cap", _broken_cap),
    ("forgotten", lambda log: replace(log, looks=log.looks[: len(log.looks) // 2])),
    ("forgotten", lambda log: replace(log, facts={**log.facts, "new": log.facts["lead-0000"]})),
    ("twice", _broken_twice),
    ("opt_out", _broken_opt_out),
    ("opt_out", _broken_no_in_words),
    ("sales", lambda log: replace(log, sales=(YearSales(log.touches[0].lead, log.first),))),
    ("step", lambda log: replace(log, touches=(replace(log.touches[0], step=None),))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "breaks"), BREAKS)
def test_each_check_sees_a_broken_promise(
    played: tuple[YearReport, YearLog], name: str, breaks: Callable[[YearLog], YearLog]
) -> None:
    """M16 A log in which it is broken; a check that sees nothing would be worth nothing."""
    assert check_year(breaks(played[1]), load_tracks(), PacingSettings())[name]


def without(rule: str) -> tuple[Any, ...]:
    return tuple(r for r in pacing_rules.RULES if r.__name__ != f"_{rule}")


@pytest.mark.parametrize(
    ("rule", "name"),
    [("gap", "gap"), ("account_touched", "account"), ("opted_out", "opt_out"),
     ("handed_over", "sales")],
)  # fmt: skip
def test_each_check_sees_code_that_breaks_its_promise(
    year_home: Wired, monkeypatch: pytest.MonkeyPatch, rule: str, name: str
) -> None:
    """M16 M50 The year is played by the real rules: without one of them it is not sound."""
    monkeypatch.setattr(pacing, "RULES", without(rule))
    people = simulate_year.year_leads

    def lively(count: int, rng: Any) -> Any:
        """Leads who answer, leave and buy more than usual, so that few are enough."""
        return [
            replace(p, replies=0.5, leaves=0.1, fades=99, account=f"Firm {n // 3}")
            for n, p in enumerate(people(count, rng))
        ]

    monkeypatch.setattr(simulate_year, "year_leads", lively)
    if rule == "handed_over":
        monkeypatch.setattr(pacing, "RULES", tuple(
            r for r in without(rule) if r.__name__ not in {"_asked_for_sales", "_unanswered_reply"}
        ))  # fmt: skip
        real = simulate_year.Year._decide

        def handed(self: Any, state: Any, today: date) -> None:
            if state.handover is None and len(state.history) > 3:
                pace = pacing.decide_pace(self._profile(state, today), today)
                self._hand_over(state, pace, today)
            real(self, state, today)

        monkeypatch.setattr(simulate_year.Year, "_decide", handed)
        monkeypatch.setattr("bot.flow.plans.with_sales", lambda *_: "")
    report, _ = simulate_year.simulate_year(FEW, SEED, year_home, FIRST)
    assert report.broken[name], report.by_rule


def test_the_checks_see_a_piece_sent_twice_and_a_touch_without_a_step(
    year_home: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M4 M44"""
    monkeypatch.setattr("retrieval.ranking._seen_sentence", lambda *_: None)
    monkeypatch.setattr(next_touch, "step_served", lambda *_: None)
    report, _ = simulate_year.simulate_year(FEW, SEED, year_home, FIRST)
    assert report.broken["twice"]
    assert report.broken["step"]


def test_a_year_is_reported_as_json_and_as_a_page(
    seeded: Path, tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    for name in ("y.json", "y.html"):
        target = tmp_path / name
        ran = trailguide(
            "--home", seeded, "simulate", "year", "--leads", 6, "--seed", 3, "--output", target
        )
        assert ran.status == 0
        assert "Every touch names its step: kept." in ran.out
        assert "kept" in target.read_text() or "sound" in target.read_text()
    ran = trailguide("--home", seeded, "simulate", "year", "--leads", 0)
    assert ran.status == 2
    assert trailguide("--home", seeded, "simulate", "year", "--output", "y.doc").status == 2


def test_a_broken_promise_is_told_in_words() -> None:
    report = YearReport(1, 2, 365, 3, 4, 0.1, broken={"gap": ("<b>lead-1</b>: too early.",)})
    assert not report.is_sound
    assert "  <b>lead-1</b>: too early." in list(year_lines(report))
    assert "&lt;b&gt;lead-1" in year_page(report)
    assert set(PROMISES) == set(CHECKS)

"""The report: every figure equals one that is counted the plain way, and says its denominator."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sqlalchemy import text

from bot.bootstrap import Wired, build
from bot.flow.report import period_of, report
from bot.settings import Settings
from bot.views import words_report as words
from bot.views.report_form import report_form
from knowledge.draft_parts import compared, parts_of
from knowledge.errors import BadInput
from knowledge.journey import Stage
from knowledge.progression import Change, Reading, change_after, moves, spells
from knowledge.report import Asked, ProgressLine, Report
from knowledge.shares import Share
from tests.conftest import Ran, SetClock
from tests.databases import opened
from tests.naive_report import DAYS, ORDER, Naive
from tests.quarter import LAST, NOW

pytest_plugins = ("tests.quarter",)
FIRST = LAST - timedelta(days=89)
SELLING = {
    "pitch", "product_talk", "solution_too_early", "price", "meeting_ask", "urgency",
    "ready_to_buy", "checking_in", "hype", "shouting", "competitor_bashing",
}  # fmt: skip


@pytest.fixture(scope="module")
def quarter(quarter_home: Path) -> Iterator[Wired]:
    tools = build(Settings(home=quarter_home), SetClock(NOW))
    yield tools
    tools.close()


@pytest.fixture(scope="module")
def made(quarter: Wired) -> Report:
    return report(quarter)


@pytest.fixture(scope="module")
def naive(quarter_home: Path) -> Naive:
    return Naive.of(quarter_home)


@pytest.fixture(scope="module")
def touches(naive: Naive) -> list[dict[str, Any]]:
    return naive.touches(FIRST, LAST)


def figures(line: ProgressLine) -> dict[str, Any]:
    return {
        "touches": line.touches,
        "leads": line.leads,
        "forward": (line.forward.count, line.forward.of),
        "back": (line.back.count, line.back.of),
        "reacted": (line.reacted.count, line.reacted.of),
    }


def grouped(
    naive: Naive, touches: list[dict[str, Any]], key: Callable[[dict[str, Any]], str]
) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for touch in touches:
        groups[key(touch)].append(touch)
    return {name: naive.line(group, LAST) for name, group in groups.items()}


def test_m54_what_followed_all_touches(
    made: Report, naive: Naive, touches: list[dict[str, Any]]
) -> None:
    assert made.period.first == FIRST
    assert made.period.last == LAST
    assert made.period.why == "the last 90 days"
    assert figures(made.whole) == naive.line(touches, LAST)
    assert made.touches == len(touches)
    assert made.touched_leads == len({t["lead_id"] for t in touches})
    assert made.leads == len(naive.leads)
    assert 0 < made.whole.back.count < made.whole.forward.count < made.whole.forward.of


def _size(facts: dict[str, Any]) -> str:
    size = facts.get("company_size")
    if size is None:
        return "not known"
    if size < 50:
        return "under 50"
    if size < 250:
        return "50 to 249"
    return "250 to 999" if size < 1000 else "1,000 and more"


def _step(number: int) -> str:
    for band in ("1 to 3", "4 to 6", "7 to 9", "10 to 13", "14 to 18", "19 to 27"):
        low, _, high = band.partition(" to ")
        if int(low) <= number <= int(high):
            return band
    return "over 27"


@pytest.mark.parametrize("of", ["asset", "step", "count", "industry", "size", "persona", "rep"])
def test_m54_progression_by_asset_step_segment_and_rep(
    of: str, made: Report, naive: Naive, touches: list[dict[str, Any]]
) -> None:
    def fact(touch: dict[str, Any], name: str) -> str:
        return naive.leads[touch["lead_id"]].get(name) or "not known"

    key: dict[str, Callable[[dict[str, Any]], str]] = {
        "asset": lambda t: naive.titles[t["asset_id"]],
        "step": lambda t: _step(t["touch_number"]),
        "count": lambda t: str(n) if (n := naive.in_stage(t)) < 6 else "6 or more",
        "industry": lambda t: fact(t, "industry"),
        "size": lambda t: _size(naive.leads[t["lead_id"]]),
        "persona": lambda t: fact(t, "persona"),
        "rep": lambda t: naive.names[t["asked_by"]],
    }
    lines: tuple[ProgressLine, ...] = getattr(made, f"by_{of}")
    assert {line.name: figures(line) for line in lines} == grouped(naive, touches, key[of])
    assert sum(line.touches for line in lines) == made.touches


def test_reps_and_pieces_stand_in_the_order_of_names_never_of_success(made: Report) -> None:
    for lines in (made.by_rep, made.by_asset, made.cards_by_rep):
        names = [line.name for line in lines]
        assert names == sorted(names, key=str.casefold)


def test_m54_moves_and_time_in_stage(made: Report, naive: Naive) -> None:
    assert {(m.before.value, m.stage.value): m.count for m in made.moves} == naive.moves(
        FIRST, LAST
    )
    times = naive.stage_times(FIRST, LAST)
    for line in made.stages:
        told = {k: getattr(line, k) for k in ("forward", "back", "days", "still", "still_days")}
        assert told == times[line.stage.value]
    assert sum(w.forward + w.back for w in made.weeks) == sum(m.count for m in made.moves)


def test_every_week_is_counted_once(
    made: Report, naive: Naive, touches: list[dict[str, Any]]
) -> None:
    mondays = Counter(t["touched"] - timedelta(days=t["touched"].weekday()) for t in touches)
    assert {w.monday: w.touches for w in made.weeks if w.touches} == dict(mondays)
    for week in made.weeks:
        last = week.monday + timedelta(days=6)
        found = naive.moves(max(week.monday, FIRST), min(last, LAST))
        forward = sum(n for (a, b), n in found.items() if ORDER.index(b) > ORDER.index(a))
        assert (week.forward, week.back) == (forward, sum(found.values()) - forward)


def test_what_became_of_the_cards_in_all_and_by_rep(made: Report, naive: Naive) -> None:
    cards = [r for r in naive.suggestions if r["is_card"] and FIRST <= r["on"] <= LAST]
    for line in (made.cards, *made.cards_by_rep):
        mine = [r for r in cards if line is made.cards or naive.names[r["asked_by"]] == line.name]
        states = Counter(r["state"] for r in mine)
        assert line.cards == len(mine)
        assert line.approved == states["approved"]
        assert line.edited == len([r for r in mine if r["state"] == "approved" and r["edits"]])
        assert (line.another, line.put_off) == (states["replaced"], states["snoozed"])
        assert line.withdrawn == states["withdrawn"]
        assert line.waiting == states["pending"] + states["edited"]
        decided = states["approved"] + states["replaced"] + states["snoozed"]
        assert line.accepted == Share(states["approved"], decided)
        assert line.changed == Share(line.edited, states["approved"])


def test_m55_every_lead_stands_in_one_group(made: Report, naive: Naive) -> None:
    groups = naive.covered(LAST)
    for name in ("never", "neglected", "overdue", "in_step", "put_off", "opted_out"):
        assert getattr(made.covered, name) == groups[name], name
    assert sum(groups.values()) == made.covered.leads
    assert made.covered.never
    assert made.covered.neglected


def test_m47_questions_that_found_no_piece_are_counted_by_stage_and_persona(
    made: Report, naive: Naive
) -> None:
    told = [m for m in naive.misses if FIRST.isoformat() <= m["missed_at"][:10] <= LAST.isoformat()]
    assert made.missed.misses == len(told) > 0
    assert made.missed.requests == len({m["request"] for m in told})
    assert made.missed.still_open == made.missed.requests
    by_stage = Counter(m["asked_at"] for m in told)
    assert {line.name: line.misses for line in made.missed.by_stage} == by_stage
    by_persona = Counter(m["persona"] or "not known" for m in told)
    assert {line.name: line.misses for line in made.missed.by_persona} == by_persona
    asks = [r for r in naive.suggestions if FIRST <= r["on"] <= LAST]
    assert made.missed.asks == len(asks)


def test_m48_outcomes_and_what_helped(made: Report, touches: list[dict[str, Any]]) -> None:
    told = Counter(t["outcome"] for t in touches)
    came = made.came
    assert came.told == Share(len(touches) - told[None], len(touches))
    assert (came.replied, came.moved_on) == (told["replied"], told["moved_on"])
    assert (came.no_answer, came.opted_out) == (told["no_answer"], told["opted_out"])
    helped = [t["helped"] for t in touches if t["helped"] is not None]
    assert came.helped == Share(sum(helped), len(helped))


def test_checks_and_promotion_stopped_are_counted_by_draft(made: Report, naive: Naive) -> None:
    cards = [r for r in naive.suggestions if r["is_card"] and FIRST <= r["on"] <= LAST]
    found: dict[str, Counter[str]] = defaultdict(Counter)
    sold = mended = kept = refused = 0
    for row in cards:
        first = {f["rule"] for f in row["card"]["draft"]["checks"]["findings"]}
        last = {f["rule"] for f in row["checks"]["findings"]}
        approved = row["state"] == "approved"
        for rule in first | last:
            found[rule]["found"] += rule in first
            found[rule]["mended"] += rule in first - last
            found[rule]["brought"] += rule in last - first
            found[rule]["kept"] += rule in last and approved
        sold += bool(first & SELLING)
        mended += bool(first & SELLING) and not last & SELLING
        kept += bool(last & SELLING) and approved
        refused += any(a["rule"] == "promotional" for a in row["card"]["alternates"])
    assert {r.rule: (r.found.count, r.mended, r.brought_in, r.kept) for r in made.rules} == {
        rule: (c["found"], c["mended"], c["brought"], c["kept"]) for rule, c in found.items()
    }
    told = made.promotion
    assert (told.cards, told.drafts_found, told.mended) == (len(cards), sold, mended)
    assert (told.kept, told.pieces_refused) == (kept, refused)
    assert min(sold, mended, kept, refused) > 0


def test_what_people_change_is_counted_by_part_of_the_draft(
    made: Report, naive: Naive, touches: list[dict[str, Any]]
) -> None:
    edited = [t for t in touches if t["edits"]]
    assert made.edits.of == len(edited)
    greeting = [t for t in edited if t["body"].split("\n")[0] != t["original_body"].split("\n")[0]]
    parts = {p.part: p for p in made.edits.parts}
    assert parts["greeting"].changed == Share(len(greeting), len(edited))
    asked = "What have you tried so far?"
    put_in = [t for t in edited if asked in t["body"] and asked not in t["original_body"]]
    lines = {line.text: line.drafts for line in made.edits.put_in}
    assert lines[asked] == len(put_in)
    thought = [t for t in edited if "I thought of you when I read it." in t["body"]]
    assert lines["I thought of you when I read it."] == len(thought)


def test_no_word_of_a_lead_is_in_the_report(made: Report, naive: Naive) -> None:
    told = json.dumps(report_form(made), ensure_ascii=False).casefold()
    for lead, facts in naive.leads.items():
        assert lead not in told
        assert facts["name"].casefold() not in told
        assert facts["email"].casefold() not in told
        assert facts["company"].casefold() not in told
    for rep in naive.names:
        assert rep.casefold() not in told


def test_a_sentence_that_few_leads_share_is_not_shown(quarter: Wired, made: Report) -> None:
    from bot.flow.report_quality import FEWEST_LEADS, edits_of
    from storage.report_rows import EditRow

    def rows(count: int) -> list[EditRow]:
        before, after = "Hi X,\n\nA calm line.", "Hi X,\n\nA calm line.\n\nOnly ours: 4711."
        return [
            EditRow(str(n), f"lead-{n}", "U1", before, after, ("Nobody",)) for n in range(count)
        ]

    assert not edits_of(rows(FEWEST_LEADS - 1)).put_in
    assert [w.text for w in edits_of(rows(FEWEST_LEADS)).put_in] == ["Only ours: 4711."]
    named = [
        EditRow(str(n), f"lead-{n}", "U1", "Hi.", "Hi.\n\nAcme is on it.", ("Acme Works",))
        for n in range(9)
    ]
    assert not edits_of(named).put_in


def test_one_rep_or_one_segment_alone(
    quarter: Wired, naive: Naive, touches: list[dict[str, Any]]
) -> None:
    user, name = sorted(naive.names.items())[0]
    for said in (name, user.lower()):
        narrow = report(quarter, asked=Asked(rep=said))
        mine = [t for t in touches if t["asked_by"] == user]
        assert figures(narrow.whole) == naive.line(mine, LAST)
        assert [line.name for line in narrow.by_rep] == [name]
    narrow = report(quarter, asked=Asked(segment="Logistics"))
    mine = [t for t in touches if naive.leads[t["lead_id"]].get("industry") == "logistics"]
    assert figures(narrow.whole) == naive.line(mine, LAST)
    assert [line.name for line in narrow.by_industry] == ["logistics"]
    of = [facts for facts in naive.leads.values() if facts.get("industry") == "logistics"]
    assert narrow.leads == narrow.covered.leads == len(of)


def test_a_past_period_counts_what_came_after_its_end(quarter: Wired, naive: Naive) -> None:
    first, last = FIRST + timedelta(days=20), FIRST + timedelta(days=40)
    past = report(quarter, first, last)
    assert figures(past.whole) == naive.line(naive.touches(first, last), LAST)
    assert past.period.why == "as asked"
    assert past.whole.forward.of == past.whole.touches  # all their days are over


def test_an_erased_lead_leaves_its_touches_and_no_progression(
    quarter_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "own"
    shutil.copytree(quarter_home, home)
    tools = build(Settings(home=home), SetClock(NOW))
    before = report(tools)
    lead = next(
        r.lead_id for r in tools.suggestions.rows() if r.verdict == "approved" and r.lead_id
    )
    tools.leads.erase(lead, "test")
    after = report(tools)
    tools.close()
    assert after.touches == before.touches
    assert after.cards == before.cards
    assert after.leads == before.leads - 1
    assert after.whole.forward.of < before.whole.forward.of


def test_few_are_shown_as_few_and_many_with_their_interval() -> None:
    assert words.share(Share(3, 4), 20) == "3 of 4 (too few to compare)"
    assert words.share(Share(0, 0), 1) == "none"
    assert words.share(Share(30, 40), 20).startswith("75.0")
    assert "30 of 40" in words.share(Share(30, 40), 20)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_wilsons(pair: tuple[int, int]) -> None:
    count, of = pair
    ours = Share(count, of).interval
    theirs = binomtest(count, of).proportion_ci(0.95, method="wilson")
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-9)


DAY = st.integers(0, 60).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
READINGS = st.lists(st.tuples(DAY, st.sampled_from(list(Stage))), max_size=9).map(
    lambda told: [Reading(on, stage) for on, stage in sorted(told, key=lambda one: one[0])]
)


def stood(readings: list[Reading], day: date) -> Stage | None:
    """The stage at the end of a day, by walking."""
    now = None
    for reading in readings:
        if reading.on <= day:
            now = reading.stage
    return now


@given(READINGS, DAY, DAY, st.one_of(st.none(), DAY))
def test_m54_where_a_lead_stood_after_a_touch(
    readings: list[Reading], on: date, today: date, later: date | None
) -> None:
    following = later if later is not None and later > on else None
    found = change_after(on, readings, today=today, next_touch=following)
    until = min(on + timedelta(days=DAYS), following or date.max)
    was, now = stood(readings, on), stood(readings, until)
    if was is None or until > today:
        assert found is None
    else:
        assert now is not None
        step = now.order - was.order
        expected = Change.FORWARD if step > 0 else Change.BACK if step < 0 else Change.NONE
        assert found is expected


@given(READINGS, st.lists(DAY, max_size=8))
def test_moves_and_stretches_tell_the_same_story(readings: list[Reading], days: list[date]) -> None:
    found, stretches = moves(readings, days), spells(readings)
    assert len(stretches) == (len(found) + 1 if readings else 0)
    assert [s.ended for s in stretches[:-1]] == [m.on for m in found]
    assert [s.change for s in stretches[:-1]] == [m.change for m in found]
    stages = [s.stage for s in stretches]
    assert all(a is not b for a, b in pairwise(stages))
    if readings:
        total = sum((s.ended - s.begun).days for s in stretches[:-1] if s.ended)
        assert total == (stretches[-1].begun - readings[0].on).days
    for move in found:
        assert move.before is not move.stage
        assert 0 <= move.after <= len(days)


@given(
    st.lists(
        st.sampled_from(["One.", "Two.", "Hi Ann,", "Why?", "See https://a.example"]), max_size=6
    ),
    st.lists(st.sampled_from(["One.", "Two.", "Hi Bob,", "Three!", "Why?"]), max_size=6),
)
def test_what_an_edit_changed_adds_up(before: list[str], after: list[str]) -> None:
    one, two = "\n\n".join(before), "\n\n".join(after)
    out, put = compared(one, two)
    assert Counter(before) - Counter(after) == Counter(_texts(out))
    assert Counter(after) - Counter(before) == Counter(_texts(put))
    assert not any(compared(one, one))


def _texts(told: Counter[tuple[str, str]]) -> dict[str, int]:
    texts: Counter[str] = Counter()
    for (_, sentence), count in told.items():
        texts[sentence] += count
    return dict(texts)


def test_the_parts_of_a_draft_are_told_by_their_form() -> None:
    body = (
        'Hi Dana,\n\nYou wanted to know what it costs.\n\nThe short answer: "It costs about '
        '467,000, of which the licence is 38%."\n\nThe rest is in "The five-year cost":\n'
        "https://www.tidewell.example/cost\n\nWho keeps track of such costs?\n\nBest wishes"
    )
    parts = [part for part, _ in parts_of(body)]
    assert parts == ["greeting", "opening", "insight", "pointer", "ask", "sign-off"]


def test_the_period_is_the_last_90_days_unless_named() -> None:
    today = date(2026, 6, 30)
    assert period_of(None, None, today).first == date(2026, 4, 2)
    assert period_of(date(2026, 6, 1), None, today).last == today
    assert period_of(None, date(2026, 5, 31), today).first == date(2026, 3, 3)
    with pytest.raises(BadInput, match="swap the two"):
        period_of(date(2026, 6, 2), date(2026, 6, 1), today)
    with pytest.raises(BadInput, match="has not come yet"):
        period_of(date(2026, 7, 2), date(2026, 7, 3), today)


def test_a_home_without_suggestions_says_so_in_one_sentence(
    bare_home: Path, tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    page = tmp_path / "none.html"
    ran = trailguide("--home", bare_home, "report", "--output", page)
    assert ran.status == 2
    assert "There is nothing to report yet" in ran.err
    assert not page.exists()


def test_the_command_writes_the_page_whole_and_prints_the_figures_as_json(
    quarter_home: Path, tmp_path: Path, trailguide: Callable[..., Ran], made: Report
) -> None:
    page = tmp_path / "r.html"
    page.write_text("old")
    days = ("--from", FIRST, "--to", LAST)
    ran = trailguide("--home", quarter_home, "report", *days, "--output", page)
    assert ran.status == 0, ran.err
    assert f"in {page}." in ran.err
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    figures_ = trailguide("--home", quarter_home, "report", *days, "--json").json
    assert figures_["cards"]["cards"] == made.cards.cards
    share = figures_["by_rep"][0]["forward"]
    assert set(share) == {"count", "of", "share", "low", "high"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--rep", "Nobody"), "No rep is called 'Nobody'; there are: "),
        (("--segment", "moon"), "No lead is of the segment 'moon'; there are: "),
        (("--output", "/nowhere/r.html"), "cannot be written"),
        (("--from", "2026-06-09", "--to", "2026-06-01"), "swap the two"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    asked: tuple[str, ...], said: str, quarter_home: Path, trailguide: Callable[..., Ran]
) -> None:
    ran = trailguide("--home", quarter_home, "report", *asked)
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_rep_whose_name_nobody_knows_is_not_shown_by_id(
    quarter_home: Path, tmp_path: Path, naive: Naive
) -> None:
    home = tmp_path / "own"
    shutil.copytree(quarter_home, home)
    tools = build(Settings(home=home), SetClock(NOW))
    tools.library.all()
    with opened(home) as db:
        db.execute(text("delete from person_name"))
    told = report(tools)
    tools.close()
    assert {line.name for line in told.by_rep} == {"name not known"}

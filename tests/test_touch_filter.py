"""Lists of suggestions by a filter: the same by SQL as by hand, in pages and as a stream."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.touch import CheckReport, Draft, Finding, PaceDecision
from storage.audit import Audit
from storage.leads import Leads
from storage.suggestions import Suggestions
from storage.tables import SuggestionRow
from storage.tables_review import TouchCheckRow
from storage.touch_filter import ANY_RULE, TouchFilter, TouchState, conditions
from storage.touch_lists import TouchLists
from tests.storage_examples import a_suggestion

pytest_plugins = ("tests.databases",)

ZONE = "Europe/Berlin"
STATES = ("pending", "edited", "approved", "replaced", "snoozed", "withdrawn")
COMPANIES = {"L1": "Quill Waterworks", "L2": "Öl & Gas", "L3": None}
PITCH = Finding("pitch", "Buy.", "It sells.")


@pytest.fixture
def suggestions(db, set_clock) -> Suggestions:
    for lead_id, company in COMPANIES.items():
        Leads(db, set_clock).put(lead_id, LeadFacts(company=company), "import", "U1")
    return Suggestions(db, Audit(b"k" * 32, clock=set_clock), set_clock)


def rows_of(n: int) -> list[dict[str, Any]]:
    """Suggestions of every kind, a few at the same moment and around two midnights in Berlin."""
    begin = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    return [
        {
            "id": f"s{i:03}",
            "asked_by": f"U{i % 4}",
            "lead_id": (None, "L1", "L2", "L3")[i % 4 - i % 3],
            "created_at": begin + timedelta(minutes=30 * (i // 2)),
            "stage": list(Stage)[i % 5].value,
            "decision": list(PaceDecision)[i % 7 % 4].value,
            "state": STATES[i % 6],
            "edits": i % 3 % 2,
            "asset_id": (None, "valves-1", "pumps-1")[i % 3],
            "failed": {"pitch": i % 8 == 0, "length": False} if i % 4 == 0 else {},
        }
        for i in range(n)
    ]


def put(db, rows: list[dict[str, Any]]) -> None:
    with db.write() as session:
        for row in rows:
            told = {k: v for k, v in row.items() if k != "failed"}
            session.add(SuggestionRow(
                **told, stage_confidence=0.5, touch_number=1, budget=27, rules=[],
            ))  # fmt: skip
            session.flush()
            for rule, kept in row["failed"].items():
                session.add(TouchCheckRow(suggestion_id=row["id"], rule=rule, kept=kept))


def lets_through(wanted: TouchFilter, row: dict[str, Any]) -> bool:
    """The filter by hand."""
    company = COMPANIES.get(row["lead_id"]) or ""
    on = row["created_at"].astimezone(ZoneInfo(ZONE)).date()
    in_state = {
        None: True,
        TouchState.OPEN: row["state"] in {"pending", "edited"},
        TouchState.EDITED: row["state"] == "approved" and row["edits"] > 0,
        TouchState.UNCHANGED: row["state"] == "approved" and row["edits"] == 0,
    }.get(wanted.state, row["state"] == wanted.state)
    asked = {"rep": "asked_by", "lead": "lead_id", "asset": "asset_id", "stage": "stage",
             "decision": "decision"}  # fmt: skip
    return all((
        all(not getattr(wanted, f) or getattr(wanted, f) == row[c] for f, c in asked.items()),
        in_state,
        not wanted.failed or wanted.failed in row["failed"]
        or (wanted.failed == ANY_RULE and bool(row["failed"])),
        wanted.overridden is None or wanted.overridden == any(row["failed"].values()),
        wanted.since is None or on >= wanted.since,
        wanted.until is None or on <= wanted.until,
        not wanted.company or wanted.company.lower() == company.lower(),
    ))  # fmt: skip


FILTERS = st.builds(
    TouchFilter,
    rep=st.sampled_from(["", "", "U1", "U9"]),
    lead=st.sampled_from(["", "", "L1", "L3"]),
    stage=st.sampled_from([None, None, *Stage]),
    asset=st.sampled_from(["", "", "valves-1"]),
    decision=st.sampled_from([None, None, *PaceDecision]),
    state=st.sampled_from([None, None, *TouchState]),
    failed=st.sampled_from(["", "", "pitch", ANY_RULE, "unheard"]),
    overridden=st.sampled_from([None, None, True, False]),
    since=st.sampled_from([None, None, date.min, date(2026, 3, 29), date.max]),
    until=st.sampled_from([None, None, date.min, date(2026, 3, 29), date.max]),
    company=st.sampled_from(["", "", "quill WATERWORKS", "Öl & Gas", "Nobody"]),
)


@pytest.mark.usefixtures("suggestions")
def test_every_filter_lists_in_pages_what_it_lets_through(db):
    """M54: SQL and the filter by hand agree, however it is combined, and no page skips a row."""
    rows = rows_of(96)
    put(db, rows)
    lists = TouchLists(db, ZONE)
    newest_first = sorted(rows, key=lambda r: (r["created_at"], r["id"]), reverse=True)

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(FILTERS, st.integers(1, 40))
    def holds(wanted: TouchFilter, most: int) -> None:
        assert TouchFilter.from_payload(wanted.payload()) == wanted
        expected = [r["id"] for r in newest_first if lets_through(wanted, r)]
        assert lists.count(wanted) == len(expected)
        page, listed = lists.page(wanted, most), []
        while True:
            assert (page.total, page.start) == (len(expected), len(listed))
            listed += [line.id for line in page.lines]
            if not page.after:
                break
            page = lists.page(wanted, most, page.after)
        assert listed == expected
        assert [r.suggestion_id for r in lists.stream(wanted)] == expected[::-1]

    holds()


def test_a_day_has_the_hours_of_the_teams_clocks(db, suggestions, set_clock):
    """M54: on 29 March 2026 Berlin's day has 23 hours, and its edges are the team's midnights."""
    moments = {
        "before": (28, 22, 59),
        "first": (28, 23, 0),
        "last": (29, 21, 59),
        "after": (29, 22, 0),
    }
    for name, (day, hour, minute) in moments.items():
        set_clock.moment = datetime(2026, 3, day, hour, minute, tzinfo=UTC)
        suggestions.save(a_suggestion(name))
    that_day = TouchFilter(since=date(2026, 3, 29), until=date(2026, 3, 29))
    assert [line.id for line in TouchLists(db, ZONE).page(that_day, 9).lines] == ["last", "first"]


def test_a_line_names_lead_piece_and_what_the_checks_found(db, suggestions):
    """M54: overridden is what an editor kept with a reason; an edit that mends it clears it."""
    lists, overridden = TouchLists(db, ZONE), TouchFilter(overridden=True)
    made = a_suggestion("s1", lead_id=None, facts=LeadFacts(name="Ada Quill", company="Quill"))
    failing = CheckReport(passed=False, findings=(PITCH, PITCH))
    suggestions.save(replace(made, draft=Draft("V", "Buy.", "email", "composer", failing)))
    (line,) = lists.page(TouchFilter(failed="pitch"), 9).lines
    assert (line.name, line.company, line.title) == ("Ada Quill", "Quill", "valves-1")
    assert (line.failed, line.kept) == (("pitch",), ())
    assert lists.count(overridden) == 0

    suggestions.edit("s1", "U1", "V", "Buy!", failing, reason="They asked for it.")
    (line,) = lists.page(overridden, 9).lines
    assert (line.kept, line.state, lists.rules()) == (("pitch",), "edited", ("pitch",))

    suggestions.edit("s1", "U1", "V", "Read this.", CheckReport(passed=True))
    assert (lists.count(overridden), lists.count(TouchFilter(failed=ANY_RULE))) == (0, 0)


def test_what_the_checks_found_is_still_counted_once_the_words_are_erased(db, suggestions):
    """M54 M56: rules are no words of the lead, so a report stays true after an erasure."""
    failing = CheckReport(passed=False, findings=(PITCH,))
    made = a_suggestion("s1", lead_id=None)
    suggestions.save(replace(made, draft=Draft("V", "Buy.", "email", "composer", failing)))
    suggestions.erase_texts("s1", "U1")
    (line,) = TouchLists(db, ZONE).page(TouchFilter(failed="pitch"), 9).lines
    assert (line.name, line.company, line.failed) == ("", "", ("pitch",))


def test_a_filter_is_the_same_in_a_report(db, suggestions):
    """M54: its conditions stand in any query of suggestions."""
    suggestions.save(a_suggestion("s1"))
    with db.read() as session:
        query = session.query(SuggestionRow.id)
        hit = query.filter(*conditions(TouchFilter(rep="U1"), ZONE)).all()
        miss = query.filter(*conditions(TouchFilter(rep="U2"), ZONE)).all()
    assert ([tuple(h) for h in hit], miss) == ([("s1",)], [])

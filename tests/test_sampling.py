"""The weekly sample: by chance and by risk, drawn once, by nobody's choice, with its reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flow.sampling import draw
from knowledge.errors import NotFound
from knowledge.review import Drawn, How, NoteAbout, NoteKind, Verdict, days_of, week_before, week_of
from knowledge.review_risk import (
    WEIGHTS,
    Material,
    Sign,
    risk_of,
    share_changed,
    unusual_reps,
    weighted_order,
)
from knowledge.touch import CheckReport, Draft, Finding
from storage.audit import Audit
from storage.review_notes import ReviewNotes
from storage.sampling import Samples
from storage.suggestions import Suggestions
from tests.storage_examples import a_suggestion

pytest_plugins = ("tests.databases",)

ZONE = "Europe/Berlin"
WEEK = "2026-W10"
UNSUPPORTED = Finding("claim_unsupported", "It halves the cost.", "The piece says no such thing.")


@pytest.fixture
def audit(set_clock, tmp_path) -> Audit:
    return Audit(b"k" * 32, tmp_path / "audit.anchor", set_clock)


@pytest.fixture
def samples(db, audit, set_clock) -> Samples:
    return Samples(db, audit, set_clock, ZONE)


@pytest.mark.parametrize(
    ("material", "signs"),
    [
        (Material("s", "r"), ()),
        (Material("s", "r", kept=("pitch",), failed=("pitch",)), (Sign.OVERRIDDEN,)),
        (Material("s", "r", failed=("number_unsupported",)), (Sign.LOW_SUPPORT,)),
        (Material("s", "r", hype_draft=0.5), (Sign.HYPE_DRAFT,)),
        (Material("s", "r", hype_asset=0.7), (Sign.HYPE_ASSET,)),
        (Material("s", "r", changed=0.5), (Sign.MUCH_EDITED,)),
        (Material("s", "r", turned_down=3), (Sign.TURNED_DOWN,)),
        (Material("s", "busy"), (Sign.VOLUME,)),
    ],
)
def test_each_sign_is_told_and_weighed(material: Material, signs: tuple[Sign, ...]) -> None:
    """M57: the reasons are shown, and the score is the sum of their weights."""
    risk = risk_of(material, unusual={"busy"})
    assert risk.signs == signs
    assert risk.score == sum(WEIGHTS[s] for s in signs)


@pytest.mark.parametrize(
    ("now", "past", "unusual"),
    [
        ({"a": 40, "b": 9, "c": 11}, {"a": [8, 10, 9, 11]}, {"a"}),
        ({"a": 40, "b": 9, "c": 11}, {"a": [38, 41, 36, 44]}, set()),  # as always
        ({"a": 60, "b": 9, "c": 11, "d": 10}, {}, {"a"}),  # new: beside the team
        ({"a": 9, "b": 1, "c": 1}, {"a": [0, 0, 0, 0]}, set()),  # too few to be unusual
        ({"a": 40}, {}, set()),  # alone and new: nothing to compare with
    ],
)
def test_an_unusual_volume_is_beside_ones_own_past_or_the_team(
    now: dict[str, int], past: dict[str, list[int]], unusual: set[str]
) -> None:
    """M57: against the rep's own weeks once there are some, else against the others' week."""
    assert unusual_reps(now, past) == unusual


def test_how_much_was_rewritten_is_a_share_of_the_words() -> None:
    assert share_changed("one two three four", "one two three four") == 0.0
    assert share_changed("one two three four", "five six seven eight") == 1.0
    assert 0.0 < share_changed("one two three four", "one two three five") < 0.4


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0.01, 0.99), max_size=30),
       st.integers(0, 10), st.integers(0, 10))  # fmt: skip
def test_a_sample_has_its_sizes_names_nobody_twice_and_chance_knows_no_risk(
    marks: dict[str, float], by_chance: int, by_risk: int
) -> None:
    """M57: what chance draws would be drawn whatever the risks were."""
    calm = [Material(i, "r") for i in marks]
    risky = [replace(m, kept=("pitch",)) for m in calm]
    drawn = draw(risky, marks, frozenset(), (by_chance, by_risk))
    ids = [d.suggestion_id for d in drawn]
    assert len(ids) == len(set(ids)) == min(len(marks), by_chance + by_risk)
    chance = {d.suggestion_id for d in drawn if d.how is How.RANDOM}
    assert chance == {d.suggestion_id for d in draw(calm, marks, frozenset(), (by_chance, 0))}
    assert not list(draw(calm, marks, frozenset(), (0, by_risk)))


def test_the_heavier_come_into_the_sample_more_often(samples: Samples) -> None:
    """M57: of weights one and four, the four comes first about four times in five."""
    first = 0
    for number in range(400):
        marks = samples.marks(WEEK, [f"light-{number}", f"heavy-{number}"])
        order = weighted_order(marks, {i: 4.0 if i.startswith("heavy") else 1.0 for i in marks})
        first += order[0].startswith("heavy")
    assert 280 < first < 360


def test_the_draw_is_the_same_again_and_another_elsewhere(samples, audit, set_clock, tmp_path):
    """M57: by a salt that chance made: nobody can choose, and no repeat draws anew."""
    ids = [f"s{n}" for n in range(50)]
    marks = samples.marks(WEEK, ids)
    assert samples.marks(WEEK, ids) == marks
    assert samples.marks("2026-W11", ids) != marks
    assert all(0 < m < 1 for m in marks.values())


def test_a_weeks_material_is_what_the_record_says(db, samples, audit, set_clock):
    """M57: overrides, support, edits and volume, in the team's week."""
    kept = Suggestions(db, audit, set_clock)
    set_clock.moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # Monday in Berlin
    report = CheckReport(passed=False, findings=(UNSUPPORTED,), hype=0.4)
    made = a_suggestion("s1", lead_id=None)
    kept.save(replace(made, draft=Draft("V", "It halves the cost.", "email", "composer", report)))
    kept.edit("s1", "U1", "V", "Quite other words here.", report, reason="True all the same.")
    set_clock.move(days=7)
    kept.save(a_suggestion("s2", lead_id=None))
    (only,) = samples.material(WEEK)
    assert (only.id, only.rep, only.kept) == ("s1", "U1", ("claim_unsupported",))
    assert (only.hype_draft, only.changed) == (0.4, 1.0)
    assert samples.past("2026-W12")["U1"] == [1, 1]


def test_a_sample_is_drawn_once_and_judged_once(db, samples, audit, set_clock):
    """M57 M56: whoever asks second finds the first's; what was flagged before need not wait."""
    kept = Suggestions(db, audit, set_clock)
    for name in ("s1", "s2", "s3"):
        kept.save(a_suggestion(name, lead_id=None))
    notes = ReviewNotes(db, audit, set_clock)
    notes.write("n1", "s2", NoteKind.FLAG, NoteAbout.OTHER, "U9", text="Why?")
    assert samples.of(WEEK) is None
    first = samples.keep(WEEK, [Drawn("s1", How.RISK, 4.0, ("overridden",)),
                                Drawn("s2", How.RANDOM)], "U3", 3)  # fmt: skip
    assert samples.keep(WEEK, [Drawn("s3", How.RANDOM)], "U4", 3) == first == samples.of(WEEK)
    assert [s.verdict for s in first] == [None, Verdict.FLAGGED]
    for _ in range(2):
        assert samples.judge(WEEK, "s1", Verdict.REVIEWED, "U3").by == "U3"
    kinds = [e.kind for e in audit.entries(db) if e.kind.startswith("review.")]
    assert kinds == ["review.flagged", "review.sampled", "review.judged"]
    with pytest.raises(NotFound, match="not in the sample"):
        samples.judge(WEEK, "s3", Verdict.REVIEWED, "U3")
    notes.write("n2", "s1", NoteKind.FLAG, NoteAbout.OTHER, "U9", text="Why?")
    assert [s.verdict for s in samples.of(WEEK)] == [Verdict.REVIEWED, Verdict.FLAGGED]


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_every_day_is_in_its_week(day: date) -> None:
    monday, sunday = days_of(week_of(day))
    assert monday <= day <= sunday
    assert sunday - monday == timedelta(days=6)
    assert days_of(week_before(day))[1] == monday - timedelta(days=1)

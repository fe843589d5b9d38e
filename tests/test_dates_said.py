"""Days that reps name: next week's weekdays, ordinals, spans and figures (M16)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates_said import day_said

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("remind me Thursday next week", date(2026, 3, 12)),
        ("next week Thursday", date(2026, 3, 12)),
        ("Monday week", date(2026, 3, 16)),
        ("next Friday", date(2026, 3, 13)),
        ("next fri", date(2026, 3, 13)),
        ("on Friday", date(2026, 3, 6)),
        ("tomorrow", date(2026, 3, 5)),
        ("the day after tomorrow", date(2026, 3, 6)),
        ("next week", date(2026, 3, 11)),
        ("on the 2nd", date(2026, 4, 2)),
        ("the 5th", date(2026, 3, 5)),
        ("hold off for three weeks", date(2026, 3, 25)),
        ("wait two weeks", date(2026, 3, 18)),
        ("let's wait a month", date(2026, 4, 4)),
        ("wait another week", date(2026, 3, 11)),
        ("in 10 days", date(2026, 3, 14)),
        ("later. In April.", date(2026, 4, 1)),
        ("15.3.", date(2026, 3, 15)),
        ("not before 3/15", date(2026, 3, 15)),
        ("15.3.2027", date(2027, 3, 15)),
        ("not now", None),
        ("31.2.", None),
        ("version 2.1.0 matters to her", None),
    ],
)
def test_a_day_is_read_as_a_rep_means_it(text: str, day: date | None) -> None:
    assert day_said(text, WEDNESDAY) == day


def test_the_31st_is_that_of_a_month_that_has_one() -> None:
    assert day_said("the 31st", date(2026, 3, 31)) == date(2026, 5, 31)


@given(st.text(max_size=200), st.dates(date(2025, 1, 1), date(2030, 12, 31)))
def test_any_words_name_a_later_day_or_none(text: str, today: date) -> None:
    found = day_said(text, today)
    assert found is None or found > today

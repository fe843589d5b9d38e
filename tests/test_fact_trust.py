"""M31 Which of two conflicting words is used, by source and age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.fact_trust import (
    CORRECTION,
    SourceKind,
    Told,
    conflicts,
    is_news,
    kind_of,
    used_of,
    values_used,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
PERSON, LEAD, CRM, FILE, INFERRED = SourceKind


def told(
    kind: SourceKind, value: Any, day: float, fact: str = "industry", source: str = ""
) -> Told:
    return Told(fact, value, kind, source or kind.value, START + timedelta(days=day))


@pytest.mark.parametrize(
    ("words", "used"),
    [
        # The more trusted kind wins, however old.
        ([told(PERSON, "water", 0), told(LEAD, "gas", 9)], "water"),
        ([told(LEAD, "water", 0), told(CRM, "gas", 9)], "water"),
        ([told(CRM, "water", 0), told(FILE, "gas", 9)], "water"),
        ([told(FILE, "water", 0), told(INFERRED, "gas", 9)], "water"),
        # It wins as well when it comes last.
        ([told(INFERRED, "gas", 9), told(FILE, "water", 0)], "water"),
        ([told(FILE, "gas", 9), told(PERSON, "water", 0)], "water"),
        # Of one kind the newer wins, in whatever order they came in.
        ([told(CRM, "gas", 1), told(CRM, "water", 2)], "water"),
        ([told(CRM, "water", 2), told(CRM, "gas", 1)], "water"),
        ([told(FILE, "gas", 1, source="a"), told(FILE, "water", 2, source="b")], "water"),
        # Of one moment, what was told last.
        ([told(FILE, "gas", 1), told(FILE, "water", 1)], "water"),
    ],
)
def test_m31_the_newer_trusted_word_is_used(words: list[Told], used: str) -> None:
    found = used_of("industry", words)
    assert found is not None
    assert found.value == used


def stage(kind: SourceKind, value: str, day: int, source: str = "") -> Told:
    return told(kind, value, day, "stage", source)


@pytest.mark.parametrize(
    ("words", "used"),
    [
        ([stage(CRM, "interest", 0), stage(FILE, "decision", 5)], "decision"),
        ([stage(CRM, "interest", 0), stage(INFERRED, "decision", 5)], "interest"),
        ([stage(INFERRED, "interest", 0), stage(FILE, "decision", 5)], "decision"),
        (
            [
                stage(FILE, "decision", 0),
                stage(PERSON, "interest", 1, CORRECTION),
                stage(CRM, "decision", 2),
            ],
            "interest",
        ),
        (
            [
                stage(FILE, "decision", 0),
                stage(PERSON, "interest", 1, CORRECTION),
                stage(FILE, "customer", 2),
            ],
            "customer",
        ),
        ([stage(PERSON, "interest", 5, CORRECTION), stage(CRM, "decision", 1)], "interest"),
    ],
)
def test_m33_a_stage_moves_on_but_a_correction_stands(words: list[Told], used: str) -> None:
    found = used_of("stage", words)
    assert found is not None
    assert found.value == used


def out(kind: SourceKind, day: int, *, value: bool = True) -> Told:
    return told(kind, value, day, "opted_out")


def opted_in(day: float, *channels: str) -> Told:
    return told(LEAD, list(channels or ("all",)), day, "opted_in")


def closed(kind: SourceKind, day: float, *channels: str) -> Told:
    return told(kind, list(channels), day, "opted_out_channels")


@pytest.mark.parametrize(
    ("words", "opted_out", "channels"),
    [
        ([out(FILE, 0), out(PERSON, 5, value=False)], True, []),
        ([out(FILE, 0), out(CRM, 5, value=False)], True, []),
        ([out(PERSON, 5, value=False), out(INFERRED, 0)], True, []),
        ([out(FILE, 0), opted_in(5)], False, []),
        ([out(FILE, 0), out(LEAD, 5, value=False)], False, []),
        ([out(FILE, 5), opted_in(0)], True, []),
        ([out(FILE, 0), opted_in(5), out(FILE, 9)], True, []),
        ([closed(FILE, 0, "email"), closed(CRM, 1, "Phone")], None, ["email", "Phone"]),
        ([closed(FILE, 0, "email", "phone"), opted_in(1, "email")], None, ["phone"]),
        ([closed(FILE, 0, "email", "phone"), opted_in(1)], None, []),
        ([out(FILE, 0), opted_in(1, "email")], False, ["phone", "text", "direct_mail", "social"]),
        ([out(FILE, 0, value=False)], False, []),
        # Of one day the opt-out counts, at whatever hour each is noted.
        ([told(FILE, True, 5.5, "opted_out"), opted_in(5.9)], True, []),
        ([closed(FILE, 5.1, "email"), opted_in(5.9, "email")], None, ["email"]),
    ],
)
def test_m16_an_opt_out_counts_until_the_lead_opts_in_later(
    words: list[Told], opted_out: bool | None, channels: list[str]
) -> None:
    used = values_used(words)
    assert used["opted_out"] is opted_out
    assert used["opted_out_channels"] == channels


def test_what_a_source_says_once_more_is_no_news() -> None:
    known = [told(FILE, "water", 0)]
    assert not is_news(told(FILE, "water", 9), known)
    assert is_news(told(FILE, "gas", 9), known)
    assert not is_news(told(INFERRED, "water", 9), known), "a weaker one that agrees adds nothing"
    assert is_news(told(PERSON, "water", 9), known), "a stronger one that agrees makes it firmer"


def test_m16_an_opt_out_after_an_opt_in_is_news_though_its_source_said_so_before() -> None:
    """M16"""
    words = [out(FILE, 0), opted_in(5)]
    assert is_news(out(FILE, 9), words)
    assert is_news(out(CRM, 9), words)
    assert not is_news(out(FILE, 0), words), "the same word, told once more"
    words = [closed(FILE, 0, "email"), opted_in(5)]
    assert is_news(closed(FILE, 9, "E-mail"), words)
    assert not is_news(closed(FILE, 0, "email"), words)
    assert not is_news(out(FILE, 9), [out(FILE, 0)])


def test_m31_a_persons_word_is_news_when_it_would_be_used() -> None:
    """Two people of one source: who spoke last before is not who is used now."""
    words = [told(PERSON, "a", 0, source="rep"), told(PERSON, "b", 1, source="sales")]
    assert is_news(told(PERSON, "a", 2, source="rep"), words)
    assert not is_news(told(PERSON, "a", 0, source="rep"), words), "older than what is used"


def test_m31_a_newer_word_that_agrees_outdates_a_later_told_older_one() -> None:
    """M31 A of 2020, A of 2025, then B of 2022: A is used."""
    words = [told(FILE, "A", 0, source="a")]
    newer = told(FILE, "A", 9, source="b")
    assert is_news(newer, words)
    words += [newer, told(FILE, "B", 5, source="c")]
    assert values_used(words) == {"industry": "A"}
    assert not is_news(told(FILE, "A", 4, source="d"), words), "older, and it agrees"


def test_m31_conflicts_name_the_last_other_word_of_each_source() -> None:
    words = [
        told(FILE, "gas", 0, source="import of a.csv"),
        told(FILE, "oil", 1, source="import of a.csv"),
        told(CRM, "Water", 2),
        told(PERSON, "water", 3),
        told(FILE, "acme", 0, "company"),
        told(CRM, "Acme GmbH", 1, "company"),
    ]
    (only,) = conflicts(words)
    assert (only.fact, only.used.value) == ("industry", "water")
    assert [(o.source, o.value) for o in only.others] == [("import of a.csv", "oil")]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("import of leads.csv", FILE),
        ("crm hubspot", CRM),
        ("signal of zoom", LEAD),
        ("rep in Slack", PERSON),
        (CORRECTION, PERSON),
        ("inferred from the title", INFERRED),
    ],
)
def test_a_source_is_known_by_its_name(name: str, kind: SourceKind) -> None:
    assert kind_of(name) is kind


@given(
    st.permutations(
        [told(kind, kind.value, day) for day, kind in enumerate((FILE, CRM, LEAD, INFERRED))]
    )
)
def test_the_order_in_which_words_come_in_decides_nothing(words: list[Told]) -> None:
    found = used_of("industry", words)
    assert found is not None
    assert found.kind is LEAD

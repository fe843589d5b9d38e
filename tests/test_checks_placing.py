"""Where findings stand, and which of them no reason keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.checks import CheckContext, by_field, check_draft
from tests.draft_phrases import FOUND
from tests.test_checks import CONTEXT, GOOD, URL


def placed(**changes: str) -> dict[str, set[str]]:
    context = replace(CONTEXT, **changes)  # type: ignore[arg-type]
    found = by_field(check_draft(context).findings, context)
    return {field: {f.rule for f in those} for field, those in found.items()}


def test_what_the_subject_says_is_the_subjects() -> None:
    assert placed(subject="Book a demo today!") == {"subject": {"meeting_ask"}}
    assert placed(body=f"{GOOD}\n\nAre you ready to buy?") == {"body": {"ready_to_buy"}}


def test_what_both_say_stands_beside_both() -> None:
    said = "Are you ready to buy?"
    both = placed(subject=said, body=f"{GOOD}\n\n{said}")
    assert both == {"subject": {"ready_to_buy"}, "body": {"ready_to_buy"}}


def test_what_is_about_the_whole_stands_beside_the_message() -> None:
    """A subject is the first sentence, but it is not what lacks the lead."""
    assert "subject" not in placed(subject="Hello", body="Please see the guide.")


@given(st.text(max_size=80), st.text(max_size=200))
def test_no_finding_is_lost_by_placing(subject: str, body: str) -> None:
    context = CheckContext(body=body, subject=subject, asset=CONTEXT.asset, stage=CONTEXT.stage)
    findings = check_draft(context).findings
    assert {f for those in by_field(findings, context).values() for f in those} == set(findings)


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/a", "www.elsewhere.example", "elsewhere.example", "1.2.3.4/a"],
)
def test_m20_only_links_that_are_not_the_pieces_own_are_binding(address: str) -> None:
    report = check_draft(replace(CONTEXT, body=f"{GOOD}\n\nAre you ready to buy? See {address}"))
    assert {f.rule for f in report.binding} == {"foreign_link", "one_topic"}
    assert {f.sentence for f in report.binding} == {address}


def test_the_second_link_is_named_whichever_comes_first() -> None:
    """M20 The piece's own is not the one to drop."""
    report = check_draft(replace(CONTEXT, body=f"See elsewhere.example first.\n\n{GOOD}"))
    assert URL not in {f.sentence for f in report.binding}


@pytest.mark.parametrize("rule", sorted(FOUND))
def test_a_wording_is_never_binding(rule: str) -> None:
    for sentence in FOUND[rule]:
        report = check_draft(replace(CONTEXT, body=f"{GOOD}\n\n{sentence}"))
        assert {f.rule for f in report.binding} <= {"foreign_link", "one_topic"}
        assert all("." in f.sentence and " " not in f.sentence for f in report.binding)

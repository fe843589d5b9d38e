"""The form as Slack takes it, whatever was understood, and what its fields say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flow.intake import ask_of
from bot.views.intake_form import Choices, Filled, intake_view, lead_options, refusing_view
from knowledge.intake import ACTS, FoundLead, Told, employees
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask
from tests.slack.elements import IN_INPUT, element
from tests.slack.payloads import check_view

CHOICES = Choices({"finance": "finance"}, {"champion": "pulls for us"})
TODAY = date(2026, 3, 12)
TEXT = st.text(max_size=4000)


@given(TEXT, TEXT, st.lists(TEXT, max_size=4), st.integers(1, 10**9), st.booleans())
def test_no_text_breaks_the_form(
    word: str, other: str, many: list[str], size: int, known: bool
) -> None:
    facts = LeadFacts(name=word, company=other, role=word, industry=other, company_size=size,
                      intent=word, outcome=other, obstacles=tuple(many))  # fmt: skip
    lead = FoundLead("lead-1", word, other, "a@b.example") if known else None
    filled = Filled(lead, facts, (word, "watched"), tuple(many), "email", other, "touch-1")
    view = intake_view(filled, CHOICES)
    check_view(view)
    assert view["private_metadata"] == "touch-1"
    check_view(refusing_view(word))


@given(TEXT, TEXT)
def test_an_option_shows_no_address(name: str, company: str) -> None:
    options = lead_options([FoundLead("lead-1", name, company, "zq-secret@b.example")])
    element({"type": "static_select", "action_id": "a", "options": options}, IN_INPUT)
    assert "zq-secret" not in str(options)


def test_an_id_too_long_for_slack_is_left_out() -> None:
    assert lead_options([FoundLead("x" * 151, "Jo", "")]) == []


@given(st.dictionaries(st.sampled_from(["lead", "questions", "company_size", "stage", "other"]),
                       st.one_of(TEXT, st.lists(TEXT, max_size=3)), max_size=5))  # fmt: skip
def test_any_submission_can_be_read(typed: dict[str, Any]) -> None:
    lists = {k: v for k, v in typed.items() if isinstance(v, str)}
    told = Told.of(lists)
    assert all(line.strip() for line in told.asked)
    assert told.facts.company_size is None or told.facts.company_size >= 0


@pytest.mark.parametrize(
    ("typed", "count"),
    [("250", 250), ("1,200", 1200), ("1 200", 1200), ("2.5", None), ("many", None), ("", None),
     ("²", None), ("9999999999", None)],
)  # fmt: skip
def test_employees_are_a_number_or_nothing(typed: str, count: int | None) -> None:
    assert employees(typed) == count


def test_not_sure_says_nothing() -> None:
    told = Told.of({"stage": "not_sure", "persona": "not_sure", "questions": "- a?\n\n• b?\n- a?"})
    assert told.facts == LeadFacts()
    assert told.asked == ("a?", "b?")


def test_every_act_can_be_chosen_but_ours_and_questions() -> None:
    assert {Action.SENT, Action.CALLED, Action.ASKED}.isdisjoint(ACTS)
    assert {Action.OPTED_OUT, Action.REPLIED, Action.DOWNLOADED} <= set(ACTS)


class _Tools:
    """As much of the tools as an ask needs: a day, and nobody on record."""

    class settings:  # noqa: N801 - an attribute of the tools
        time_zone = "UTC"

    class leads:  # noqa: N801 - the same
        @staticmethod
        def names() -> list[tuple[str, str, str, str]]:
            return []

    class clock:  # noqa: N801 - the same
        @staticmethod
        def now() -> datetime:
            return datetime(2026, 3, 12, 9, tzinfo=UTC)


def test_what_the_form_does_not_show_is_kept_for_the_same_lead_only() -> None:
    """M32 A correction changes what it shows, and nothing else."""
    sent = HistoryEntry(Action.SENT, date(2026, 3, 1), "guide-1")
    watched = HistoryEntry(Action.WATCHED, date(2026, 3, 2))
    before = Ask(
        TODAY,
        "lead-1",
        LeadFacts(email="a@b.example", industry="logistics", stage=Stage.DECISION),
        (sent, watched),
        ("a?",),
        exclude=("old",),
    )
    tools: Any = _Tools()
    told = Told(lead="lead-1", role="CFO", questions="b?", acts=("watched",))
    same = ask_of(told, tools, by="U1", team="T1", corrected=before)
    assert same.facts == LeadFacts(role="CFO", email="a@b.example")
    assert same.history == (sent, watched)
    assert (same.questions, same.exclude) == (("b?",), ("old",))
    told = Told(lead="lead-2", role="CFO", acts=("watched",))
    other = ask_of(told, tools, by="U1", team="T1", corrected=before)
    assert other.facts == LeadFacts(role="CFO")
    assert other.history == (HistoryEntry(Action.WATCHED, TODAY),)

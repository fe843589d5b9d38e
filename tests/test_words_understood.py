"""The line that says what was understood of a message."""

from __future__ import annotations

from datetime import date

import pytest

from bot.views.words_understood import NOTHING, understood_line
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask
from knowledge.understanding import parse_message

MESSAGE = (
    "Dana Ortiz (CFO, logistics, 1400 people) at Northwind read the TCO paper and asks how long "
    "rollout takes and if it works with SAP. What next?"
)
LINE = (
    "Understood: Dana Ortiz · CFO · Northwind · logistics · 1,400 people · read a piece · "
    "asks: “How long does rollout take?”, “Does it work with SAP?”"
)


def test_the_line_tells_the_lead_what_they_did_and_what_they_ask() -> None:
    assert understood_line(parse_message(MESSAGE)) == LINE


def test_a_stored_ask_gives_the_same_line_as_its_message() -> None:
    ask = parse_message(MESSAGE).ask(date(2026, 6, 1), asked_by="U1")
    assert understood_line(ask) == LINE


def test_an_ask_by_id_alone_can_be_told_the_name() -> None:
    ask = Ask(today=date(2026, 6, 1), lead_id="lead-x", questions=("Is it safe?",))
    assert understood_line(ask, "Ana Vale") == "Understood: Ana Vale · asks: “Is it safe?”"


def test_nothing_understood_is_said_so() -> None:
    assert understood_line(Ask(today=date(2026, 6, 1))) == NOTHING


@pytest.mark.parametrize("action", list(Action))
def test_every_act_has_words(action: Action) -> None:
    ask = Ask(today=date(2026, 6, 1), history=(HistoryEntry(action, date(2026, 6, 1)),))
    assert "_" not in understood_line(ask)


def test_a_flood_of_questions_stays_a_line() -> None:
    ask = Ask(
        today=date(2026, 6, 1),
        facts=LeadFacts(name="N" * 500),
        questions=tuple(f"Is {i} {'very ' * 80}?" for i in range(12)),
    )
    line = understood_line(ask)
    assert "and 8 more" in line
    assert len(line) < 700

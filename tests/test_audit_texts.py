"""M56 What was changed behind the log's back is found, though the log itself is whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.bootstrap import Wired
from bot.flow.next_touch import next_touch
from knowledge.touch import Ask
from storage.lead_merge import merge_leads
from storage.tables import SuggestionRow
from tests.conftest import Ran
from tests.slack.office import ROBIN

DANA = "lead-dana-ortiz"
QUESTION = "What does a maintenance backlog cost us in a year?"


@pytest.fixture
def made(tools: Wired) -> str:
    """A suggestion with a draft."""
    ask = Ask(date.today(), DANA, questions=(QUESTION,), asked_by=ROBIN)  # noqa: DTZ011 - any day
    return next_touch(ask, tools).id


def change(tools: Wired, statement: str, **values: Any) -> None:
    with tools.db.write() as session:
        session.execute(text(statement), values)


def why(tools: Wired) -> str:
    verdict = tools.audit.verify(tools.db)
    assert verdict.ok == (not verdict.why)
    return verdict.why


@pytest.mark.parametrize(("column", "named"), [
    ("body", "The draft of"), ("subject", "The draft of"), ("original_body", "The first draft of"),
])  # fmt: skip
def test_a_forged_draft_is_named(tools: Wired, made: str, column: str, named: str) -> None:
    """M56 The log holds no words, but a mark of them; other words do not fit it."""
    assert why(tools) == ""
    change(tools, f"UPDATE suggestion_text SET {column} = {column} || ' Buy now!'")
    assert why(tools).startswith(f"{named} suggestion {made}")


def test_an_approval_that_nobody_gave_is_named(tools: Wired, made: str) -> None:
    """M56 A state set by hand has no entry."""
    change(tools, "UPDATE suggestion SET state = 'approved', decided_by = 'U01ROBIN'")
    assert made in why(tools)
    assert "the log knows of no approval" in why(tools)


def test_a_decision_turned_around_is_named(tools: Wired, made: str) -> None:
    """M56 What was approved is not made undecided."""
    stored = tools.suggestions.get(made)
    tools.suggestions.approve(made, ROBIN, stored.text_hash or "")
    assert why(tools) == ""
    change(tools, "UPDATE suggestion SET state = 'pending'")
    assert "the log says approved" in why(tools)


def test_a_suggestion_put_in_by_hand_is_named(tools: Wired, made: str) -> None:
    """M56 A row whose making the log does not know."""
    with tools.db.write() as session:
        columns = SuggestionRow.__table__.columns.keys()  # type: ignore[attr-defined]
        others = ", ".join(f'"{name}"' for name in columns if name != "id")
        session.execute(
            text(
                f"INSERT INTO suggestion (id, {others}) "
                f"SELECT 'touch-forged', {others} FROM suggestion"
            )
        )
        session.execute(text("UPDATE suggestion_text SET suggestion_id = 'touch-forged'"))
        session.execute(text("DELETE FROM suggestion WHERE id = :made"), {"made": made})
    assert "touch-forged is on record, but the log does not know it" in why(tools)
    assert made not in why(tools)


def test_an_edit_by_its_own_way_stays_whole(tools: Wired, made: str) -> None:
    """M56 A person's edit is marked with its new words."""
    draft = tools.suggestions.get(made).draft
    assert draft
    tools.suggestions.edit(made, ROBIN, draft.subject, f"{draft.body} See you.", draft.checks)
    assert why(tools) == ""
    change(tools, "UPDATE suggestion_text SET body = original_body")
    assert why(tools).startswith(f"The draft of suggestion {made}")


def test_an_erased_lead_and_a_merged_one_are_no_forgery(tools: Wired, made: str) -> None:
    """M56 Whose words are gone, or whose marks lead to nobody any more, is passed over."""
    other = next(lead for lead, _ in tools.leads.all() if lead != DANA)
    with tools.db.write() as session:
        now = tools.clock.now()
        merge_leads(session, tools.audit, now, gone=DANA, survivor=other, by="test")
    assert why(tools) == ""
    assert tools.suggestions.get(made).lead_id == other
    tools.leads.erase(other, "test")
    assert why(tools) == ""


def test_the_command_says_which(tools: Wired, made: str, trailguide: Any) -> None:
    """M56 `audit verify` names the suggestion and exits 1."""
    change(tools, "UPDATE suggestion_text SET body = 'Are you ready to buy?'")
    ran: Ran = trailguide("--home", tools.settings.home, "audit", "verify")
    assert (ran.status, made in ran.out) == (1, True)


def test_of_a_folder_named_wrongly_it_says_that_nothing_was_suggested(
    tmp_path: Path, trailguide: Any
) -> None:
    """M56 An empty log is no proof of anything; the manager is told which folder was read."""
    ran: Ran = trailguide("--home", tmp_path / "typo", "audit", "verify")
    assert (ran.status, str(tmp_path / "typo") in ran.err) == (0, True)

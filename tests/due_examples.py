"""Leads and cards for the tests of what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.bootstrap import Wired
from bot.flow.due import due_lists
from bot.flow.whose import Person
from knowledge.clock import team_date
from knowledge.due import DueLists
from knowledge.leads import Action, HistoryEntry, LeadFacts
from storage.stored_suggestion import StoredSuggestion
from tests.storage_examples import a_suggestion

ROBIN = Person("U01ROBIN", ("robin@tidewell.example", "Robin Reyes"))
MIKA = Person("U02MIKA", ("mika@tidewell.example", "Mika Tanaka"))
PROBLEM = "Two or three press stops a week"


def today(tools: Wired) -> date:
    return team_date(tools.clock, tools.settings.time_zone)


def put(tools: Wired, lead_id: str, *acts: tuple[Action, int], **facts: object) -> None:
    """A lead of Robin's with a known problem; acts are given by how many days ago they were."""
    told: dict[str, object] = {
        "name": lead_id.title(), "problem": PROBLEM, "owner": "robin@tidewell.example", **facts,
    }  # fmt: skip
    tools.leads.put(lead_id, LeadFacts(**told), "import", "test")  # type: ignore[arg-type]
    happened(tools, lead_id, *acts)


def happened(tools: Wired, lead_id: str, *acts: tuple[Action, int], note: str = "") -> None:
    entries = [HistoryEntry(a, today(tools) - timedelta(days=ago), note=note) for a, ago in acts]
    tools.leads.add_history(lead_id, entries)


def suggested(
    tools: Wired, made: str, lead_id: str | None, *, by: Person = ROBIN, body: str | None = "Hello."
) -> StoredSuggestion:
    """An open card of this person about a lead."""
    whole = a_suggestion(made, lead_id=lead_id, body=body)
    ask = replace(whole.ask, asked_by=by.user, today=today(tools))
    return tools.suggestions.save(replace(whole, ask=ask))


def listed(tools: Wired, person: Person = ROBIN) -> dict[str, tuple[str, str]]:
    """By lead id or card, the list and the reason."""
    return {
        row.lead_id or str(row.why.card): (row.why.listed.value, row.why.because.value)
        for rows in lists(tools, person).rows.values()
        for row in rows
    }


def lists(tools: Wired, person: Person = ROBIN) -> DueLists:
    return due_lists(person, tools)

"""What lists of other countries and tools lose easily: sizes, refusals, lines that are broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow.importing_leads import bring_in
from bot.flow.lines import FactsLine
from knowledge.company_size import people_in
from knowledge.lead_columns import field_named
from knowledge.lead_record import sales_request, waiting_since
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from tests.conftest import Ran
from tests.test_lead_mapping import fields, ids, planned, tools, write

__all__ = ["tools"]


@pytest.mark.parametrize(
    ("told", "size"),
    [
        ("1.200", 1200), ("2.500", 2500), ("1,200", 1200), ("1 200", 1200), ("1'200", 1200),
        ("12.000.000", 12_000_000), ("10k", 10_000), ("1.5k", 1500), ("1,5 Tsd.", 1500),
        ("12.0", 12), ("250 Mitarbeiter", 250), ("50ppl", 50), ("1-5k", 3000),
        ("1.001-5.000", 3000), ("200-500", 350), ("10,001+", 10_001), ("", None),
    ],
)  # fmt: skip
def test_a_company_size_is_read_as_lists_of_any_country_write_it(
    told: str, size: int | None
) -> None:
    assert FactsLine(company_size=told).company_size == size


@given(st.integers(0, 100_000_000), st.sampled_from([",", ".", "'", "\u00a0", " "]))
def test_any_size_is_read_with_any_mark_between_thousands(size: int, mark: str) -> None:
    assert people_in(f"{size:,}".replace(",", mark)) == size


def test_a_german_list_keeps_its_sizes_and_its_refusals(tools: Wired, tmp_path: Path) -> None:
    """M16 What nobody looked at under --yes closes the channel all the same."""
    people = """
        Name;E-Mail;Firma;Mitarbeiterzahl;Werbewiderspruch
        Ada Brine;ada@brine.example;Brine GmbH;1.200;ja
        Bo Ash;bo@ash.example;Ash KG;2.500;nein
        """
    plan = planned(tools, write(tmp_path / "list", people=people))
    assert fields(plan)["Werbewiderspruch"] == "opted_out"
    bring_in(plan, tools, by="U1")
    told = {tools.leads.get(i).facts.name: tools.leads.get(i).facts for i in ids(tools)}
    assert (told["Ada Brine"].company_size, told["Ada Brine"].opted_out) == (1200, True)
    assert (told["Bo Ash"].company_size, told["Bo Ash"].opted_out) == (2500, None)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Werbewiderspruch", "opted_out"), ("Abgemeldet", "opted_out"),
        ("Kontaktsperre", "opted_out"), ("Werbesperre", "opted_out"),
        ("Newsletter abgemeldet", "opted_out:email"), ("Keine E-Mails", "opted_out:email"),
        ("Nicht anrufen", "opted_out:phone"), ("Kein Telefon", "opted_out:phone"),
        ("D\u00e9sabonn\u00e9", "opted_out"), ("Ne pas contacter", "opted_out"),
        ("Baja", "opted_out"), ("No llamar", "opted_out:phone"), ("Uitgeschreven", "opted_out"),
        ("Opted out of marketing", "opted_out"), ("Suppressed", "opted_out"),
        ("Abteilung", None), ("Nummer", None), ("Ansprechpartner", None), ("Optimierung", None),
    ],
)  # fmt: skip
def test_m16_a_column_of_refusals_is_known_in_any_language(column: str, field: str | None) -> None:
    """M16"""
    assert field_named(column) == field


def test_m16_a_yes_or_no_that_nobody_understands_is_told_loudly(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M16 Under --yes nobody looks at the proposal."""
    file = tmp_path / "list.csv"
    file.write_text("Name;E-Mail;Zgoda cofni\u0119ta\nAda Brine;ada@brine.example;x\n")
    done = trailguide("--home", tmp_path / "home", "leads", "import", file, "--yes")
    last = done.err.strip().splitlines()[-1]
    assert "a refusal may stand there: Zgoda cofni\u0119ta" in last
    assert "=opted_out" in last


def test_m16_a_script_is_stopped_where_a_refusal_has_a_name_of_its_own(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M16 A list with mostly our columns goes through unasked, but never past an opt-out."""
    file = tmp_path / "leads.csv"
    file.write_text("id,name,company,Abgemeldet\nann,Ann Example,Brine,x\n")
    home = tmp_path / "home"
    stopped = trailguide("--home", home, "leads", "import", file)
    assert stopped.status == 2
    assert "Abgemeldet -> opted_out" in stopped.err
    assert trailguide("--home", home, "leads", "import", file, "--yes").status == 0
    assert trailguide("--home", home, "leads", "show", "ann", "--json").json["opted_out"] is True


HELD = """
    Contact ID,Email,Activity Type,Date,Completed,Subject
    C1,ada@brine.example,Demo,2026-05-04,Yes,Showed the planner
    C1,ada@brine.example,Meeting,2026-05-05,Yes,Talked about the night shift
    C1,ada@brine.example,Meeting,2026-09-05,No,
    C1,ada@brine.example,Demo Request,2026-05-06,Yes,
    """


def test_m50_a_demo_that_was_held_asks_nothing_of_sales(tools: Wired, tmp_path: Path) -> None:
    """M50 Types of activity are read as what they are: a talk held, and a demo asked for."""
    people = "Contact ID,Name,Email\nC1,Ada Brine,ada@brine.example\n"
    for name, lines, sold in (("held", HELD.rsplit("C1,", 1)[0], False), ("asked", HELD, True)):
        bring_in(planned(tools, write(tmp_path / name, people=people, activities=lines)), tools,
                 by="U1")  # fmt: skip
        ada = tools.leads.get("C1")
        talks = [e for e in ada.history if e.action is Action.MET]
        assert [e.on.day for e in talks] == [4, 5]
        assert bool(sales_request(ada, date(2026, 6, 1))) is sold


def test_a_note_of_a_meeting_is_the_reps_word_and_answers_a_reply() -> None:
    """M50 What the lead asked for there is heard; what the rep showed is not."""
    day = date(2026, 6, 1)

    def lead(*acts: tuple[Action, str]) -> LeadProfile:
        history = tuple(HistoryEntry(action, day, None, note) for action, note in acts)
        return LeadProfile(LeadFacts(), history)

    assert not sales_request(lead((Action.MET, "Showed the demo")), day)
    assert sales_request(lead((Action.MET, "She wants an offer for 80 users")), day)
    assert waiting_since(lead((Action.REPLIED, "Thanks")), day)
    assert not waiting_since(lead((Action.REPLIED, "Thanks"), (Action.MET, "")), day)

"""What lists of other countries and tools lose easily: sizes, refusals, lines that are broken."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow.importing_leads import bring_in
from bot.flow.lines import FactsLine
from knowledge.company_size import people_in
from knowledge.csv_records import records
from knowledge.journey import Stage
from knowledge.lead_columns import FIELDS, field_named
from knowledge.lead_record import sales_request, waiting_since
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from tests.conftest import Ran
from tests.test_lead_mapping import DEALS, fields, ids, planned, tools, write

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


BROKEN = b"""id,name,email
ann,Ann Example,ann@brine.example
bo,Bo Ash,bo@@ash.example
cem,Cem Dur
"dee,Dee Elm,dee@elm.example
eli,Eli Fir,eli@fir.example
ann,Ann Sample,ann@brine.example
flo,Flo Gum,flo@gum.example
gus,Gus Hay,gus@hay.example
hal,Hal Ivy,hal@ivy.example
"""


@pytest.mark.parametrize("mapped", [False, True])
def test_broken_lines_are_told_with_their_numbers_and_are_no_leads(
    trailguide: Callable[..., Ran], tmp_path: Path, mapped: bool
) -> None:
    """Of our own lists and of others: a cell left out is no line refused."""
    file, home = tmp_path / "leads.csv", tmp_path / "home"
    file.write_bytes(BROKEN.replace(b"name", b"Full Name", 1) if mapped else BROKEN)
    flags = ("--yes",) if mapped else ()
    done = trailguide("--home", home, "leads", "import", file, *flags, "--json").json
    rejected = {one["line"]: one["reason"] for one in done["rejected"]}
    left_out = {one["line"]: one["reason"] for one in done["left_out"]}
    assert sorted(rejected) == [4, 5]
    assert rejected[4] == "it has 2 cells for 3 columns"
    assert rejected[5] == "a quote is opened and never closed"
    assert sorted(left_out) == [3, 7]
    assert "bo@@ash.example' is no mail" in left_out[3] or "no mail address" in left_out[3]
    assert "it names the same lead as line 2" in left_out[7]
    assert "name" in left_out[7]
    shown = {one["lead_id"] for one in trailguide("--home", home, "leads", "list", "--json").json}
    assert shown == {"ann", "bo", "eli", "flo", "gus", "hal"}
    assert "email" not in trailguide("--home", home, "leads", "show", "bo", "--json").json
    told = trailguide("--home", home, "leads", "import", file, *flags)
    assert "2 lines rejected, 2 left out of lines that were taken" in told.out


ROWS = st.lists(st.lists(st.text(max_size=6), min_size=2, max_size=3), min_size=1, max_size=6)


@given(ROWS, st.sampled_from([",", ";"]))
def test_any_table_that_was_written_whole_is_read_whole(
    rows: list[list[str]], separator: str
) -> None:
    """Quotes, lines in cells, anything: what a CSV writer wrote has no broken record."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    wanted = [row for row in rows if any(cell.strip() for cell in row)]
    read = [record.cells for record in records("x", text.getvalue(), separator)]
    assert read == wanted


def test_deals_that_name_nobody_are_told_before_and_after(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """A thousand leads without a name are no surprise."""
    folder = write(tmp_path / "deals", **{k: DEALS[k] for k in ("accounts", "pipeline")})[0]
    done = trailguide("--home", tmp_path / "home", "leads", "import", folder, "--yes")
    _, _, after = done.err.partition("pipeline.csv names no people")
    assert "a lead without a name" in after
    assert "4 new leads have neither name nor mail address" in after


def test_a_consent_and_a_status_that_are_not_understood_are_told(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M16 Never silent: what was left out, and what to do."""
    file = tmp_path / "list.csv"
    people = [f"P {n} Ash,p{n}@ash.example,{'granted' if n % 2 else 'yes'},Zorg" for n in range(8)]
    file.write_text("Full Name,Email,Consent,Status\n" + "\n".join(people) + "\n")
    done = trailguide("--home", tmp_path / "home", "leads", "import", file, "--yes")
    assert "lines 2, 3, 4 and 5 more: 'Consent' says that the lead opted in" in done.err
    assert "Status -> stage (check this one)" in done.err
    assert "No word of Status is known here" in done.err


def test_m42_a_purchase_makes_a_customer_of_whom_a_list_put_elsewhere(
    tools: Wired, tmp_path: Path
) -> None:
    """M42 An older status does not beat a later purchase, nor does the same list said once more."""
    people = "Full Name,Email,Status\nAda Brine,ada@brine.example,Working\n"
    plan = planned(tools, write(tmp_path / "list", people=people))
    bring_in(plan, tools, by="U1")
    (ada,) = ids(tools)
    assert tools.leads.get(ada).facts.stage is Stage.INTEREST
    day = tools.clock.now().date()
    tools.leads.add_history(ada, [HistoryEntry(Action.BOUGHT, day, None, "four-week pilot")])
    assert tools.leads.get(ada).facts.stage is Stage.INTEREST
    tools.leads.add_history(ada, [HistoryEntry(Action.BOUGHT, day)])
    assert tools.leads.get(ada).facts.stage is Stage.CUSTOMER
    tools.clock.at += timedelta(days=3)  # type: ignore[attr-defined]
    bring_in(planned(tools, write(tmp_path / "newer", again=people)), tools, by="U1")
    assert tools.leads.get(ada).facts.stage is Stage.CUSTOMER
    tools.leads.correct_stage(ada, Stage.INTEREST, "U1")
    assert tools.leads.get(ada).facts.stage is Stage.INTEREST, "a person knows better"


def test_m42_an_act_of_a_purchase_in_a_list_beats_its_older_status(
    tools: Wired, tmp_path: Path
) -> None:
    """M42"""
    people = "Contact ID,Name,Email,Status,Modified\nC1,Ada,ada@brine.example,Working,2026-01-03\n"
    activities = "Contact ID,Email,Activity Type,Date\nC1,ada@brine.example,Purchase,2026-05-04\n"
    bring_in(
        planned(tools, write(tmp_path / "crm", people=people, activities=activities)), tools,
        by="U1",
    )  # fmt: skip
    assert tools.leads.get("C1").facts.stage is Stage.CUSTOMER


def test_the_docs_list_every_field_that_map_takes() -> None:
    page = (Path(__file__).parents[1] / "docs" / "leads.md").read_text(encoding="utf-8")
    assert [f.name for f in FIELDS if f"| `{f.name}` | {f.means} |" not in page] == []


def test_a_lead_is_marked_qualified_by_a_command(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M49 And the mark is taken away again; both are told."""
    file, home = tmp_path / "leads.csv", tmp_path / "home"
    file.write_text("id,name\nann,Ann Example\n")
    trailguide("--home", home, "leads", "import", file)
    assert "handover ann" in trailguide("--home", home, "leads", "qualify", "ann").out
    assert "nothing changed" in trailguide("--home", home, "leads", "qualify", "ann").out
    page = trailguide("--home", home, "handover", "ann", "--preview")
    assert page.status == 0
    assert "\\" not in page.out
    assert "no longer" in trailguide("--home", home, "leads", "qualify", "ann", "--not").out
    assert trailguide("--home", home, "leads", "qualify", "nobody").status == 2


def test_m16_the_plan_of_whom_may_not_be_written_to_says_what_would_change_it(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M16 M45 No track begins for them, and it says so."""
    file, home = tmp_path / "leads.csv", tmp_path / "home"
    file.write_text("id,name,opted_out,qualified\nann,Ann,true,\nbo,Bo,,true\n")
    trailguide("--home", home, "leads", "import", file)
    refused = trailguide("--home", home, "plan", "ann", "--move", "asked")
    assert refused.status == 2
    assert "No plan can begin for this lead: opted out" in refused.err
    assert trailguide("--home", home, "plan", "bo", "--move", "asked").status == 2
    plan = trailguide("--home", home, "plan", "ann").out
    assert "An opt-in of the lead" in plan
    assert "Four acts in a week" not in plan
    assert "Giving the lead back" in trailguide("--home", home, "plan", "bo").out

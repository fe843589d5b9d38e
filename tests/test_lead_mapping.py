"""Lists of leads of any tool: what is proposed, what is read, what is left out and told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow.importing_leads import LeadPlan, bring_in, plan_leads, read_files
from bot.flow.unmatched import all_unmatched
from bot.settings import Settings
from knowledge.csv_tables import read_table
from knowledge.day_formats import day_format, read_day
from knowledge.errors import BadInput
from knowledge.foreign_words import foreign_action, foreign_stage
from knowledge.journey import Stage
from knowledge.lead_columns import field_named, is_private
from knowledge.lead_mapping import TableKind, corrected
from knowledge.leads import Action
from tests.conftest import Ran, SetClock

TODAY = date(2026, 6, 1)
REAL = os.environ.get("TRAILGUIDE_DEV_DATA", "")


@pytest.fixture
def tools(tmp_path: Path, clock: SetClock) -> Iterator[Wired]:
    clock.at = clock.at.replace(year=2026, month=6, day=1)
    wired = build(Settings(home=tmp_path / "home"), clock)
    yield wired
    wired.close()


def write(folder: Path, **files: str) -> list[Path]:
    """Files of these names, their text without indentation."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        lines = (line.strip() for line in text.strip().splitlines())
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return [folder]


def planned(tools: Wired, paths: list[Path]) -> LeadPlan:
    return plan_leads(read_files(paths), tools)


def fields(plan: LeadPlan, table: int = 0) -> dict[str, str]:
    return {c.name: c.field for c in plan.mapping[table].columns}


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\r\n1,2\r\n", [("1", "2")]),
        (b"\xef\xbb\xbfa;b\n1;2,5\n", [("1", "2,5")]),
        ("a\tb\nJos\xe9\t2\n".encode("cp1252"), [("Jos\xe9", "2")]),
        ("a,b\nJos\xe9,2\n".encode("utf-16"), [("Jos\xe9", "2")]),
        ("a,b\nAda,2\n".encode("utf-16-le"), [("Ada", "2")]),
        (b'a,b\n"x\ny, z",2\n', [("x\ny, z", "2")]),
        (b"a,b\n1\n\n3,4\n", [("3", "4")]),
        (b"a,b\n1\n2\n3,4\n", [("1", ""), ("2", ""), ("3", "4")]),
    ],
)
def test_files_of_any_encoding_and_separator_are_read(
    data: bytes, rows: list[tuple[str, ...]]
) -> None:
    table = read_table("x.csv", data)
    assert table.columns == ("a", "b")
    assert [row.cells for row in table.rows] == rows


def test_a_line_with_too_many_cells_is_told_by_its_number_and_the_others_stay() -> None:
    table = read_table("x.csv", b'a,b\n"1\n1",2\n1,2,3\n5,6\n')
    assert [row.number for row in table.rows] == [3, 5]
    assert table.bad == ((4, "it has 3 cells for 2 columns"),)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\x89PNG\r\n\x1a\n\0\0\0\0binary\0\0"])
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"x\.csv"):
        read_table("x.csv", data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_a_sentence(data: bytes) -> None:
    try:
        table = read_table("x.csv", data)
    except BadInput:
        return
    assert all(len(row.cells) == len(table.columns) for row in table.rows)


@pytest.mark.parametrize(
    ("values", "order", "first"),
    [
        (["2026-11-03", "2026-11-30"], "ymd", date(2026, 11, 3)),
        (["20-10-16", "25-10-16", "01-03-17"], "dmy", date(2016, 10, 20)),
        (["10/16/2020", "03/04/2020"], "mdy", date(2020, 10, 16)),
        (["16.10.2020", "03.04.2020"], "dmy", date(2020, 10, 16)),
        (["3 Nov 2025", "November 12, 2025"], "ymd", date(2025, 11, 3)),
        (["2026-11-03T14:30:00Z", "2026-11-04 09:00"], "ymd", date(2026, 11, 3)),
    ],
)
def test_the_order_of_days_is_settled_by_the_column(
    values: list[str], order: str, first: date
) -> None:
    found = day_format(values, TODAY)
    assert found is not None
    assert (found.order, read_day(values[0], found.order)) == (order, first)


def test_days_that_two_orders_read_as_well_are_doubted() -> None:
    found = day_format(["03/04/2025", "04/03/2025"], TODAY)
    assert found is not None
    assert not found.sure


@pytest.mark.parametrize("values", [["12", "14"], ["a-b-c"], ["1.2.3.4"], []])
def test_what_is_no_day_is_none(values: list[str]) -> None:
    assert day_format(values, TODAY) is None


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.sampled_from(["%d/%m/%Y", "%d.%m.%y"]))
def test_a_day_that_was_written_is_read(on: date, form: str) -> None:
    assert read_day(on.strftime(form), "dmy") == on


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("LeadStatus", "stage"),
        ("Lead Owner", "owner"),
        ("E-mail Address", "email"),
        ("Job Title", "role"),
        ("Account Name", "company"),
        ("No. of Employees", "company_size"),
        ("deal_stage", "stage"),
        ("sales_agent", "owner"),
        ("Contact Full Name", "name"),
        ("Email Opt Out", "opted_out:email"),
    ],
)
def test_names_of_columns_are_known(column: str, field: str) -> None:
    assert field_named(column) == field


@pytest.mark.parametrize("column", ["Phone", "Mailing Street", "Birth Date", "ZIP Code", "City"])
def test_columns_of_private_data_are_known(column: str) -> None:
    assert is_private(column)


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("New", Stage.AWARENESS),
        ("Working", Stage.INTEREST),
        ("1 - Prospecting", Stage.AWARENESS),
        ("Closed Won", Stage.CUSTOMER),
        ("Closed Lost", Stage.INTEREST),
        ("Negotiation/Review", Stage.DECISION),
        ("consideration", Stage.CONSIDERATION),
        ("banana", None),
    ],
)
def test_foreign_stages_have_a_place_in_ours(word: str, stage: Stage | None) -> None:
    """M1 A lost deal is no closed lead."""
    assert foreign_stage(word) is stage


def test_foreign_acts_have_a_place_in_ours() -> None:
    assert foreign_action("Email Opened") is Action.OPENED
    assert foreign_action("visited_pricing") is Action.VISITED_PRICING
    assert foreign_action("juggling") is None


CRM = {
    "contacts": """ContactID,FullName,Email,Phone,City
        C1,Ada Brine,ada@brine.example,555-1,Bath
        C2,Ben Cole,ben@cole.example,555-2,York
        C3,Cem Dur,cem@dur.example,555-3,Hull""",
    "leads": """LeadID,ContactID,LeadSource,LeadStatus,CreatedDate
        L1,C1,Web,New,2026-01-05
        L2,C1,Web,Working,2026-02-05
        L3,C2,Event,Qualified,2026-01-09""",
    "activity": """ActivityID,LeadID,ActivityType,Subject,DueDate,Completed
        A1,L2,Call,Pumps,2026-03-01,True
        A2,L3,Email,Valves,2026-03-02,True
        A3,L3,Meeting,Later,2026-09-09,False""",
    "opportunity": """OpportunityID,ActivityID,OpportunityStage,EstimatedValue,CloseDate
        O1,A1,Proposal Sent,900,2026-04-01
        O2,A2,Closed Won,100,2026-04-02""",
}
DEALS = {
    "accounts": """account,sector,employees,office_location
        Acme Ltd,water,2822,Leeds
        Bolt AG,energy,49,Ulm""",
    "pipeline": """opportunity_id,sales_agent,product,account,stage,engage_date,close_date,value
        1C1I7A6R,Mo Frame,GTX Basic,Acme Ltd,Won,20-10-25,01-03-26,1054
        Z063OYW0,Di Slate,GTXPro,Acme Ltd,Engaging,25-10-25,,
        EC4QE1BX,Mo Frame,MG Special,Bolt AG,Lost,26-10-25,14-12-25,0
        QQ4QE1BX,Mo Frame,MG Special,,Prospecting,,,""",
    "products": """product,series,sales_price
        GTX Basic,GTX,550
        GTX Pro,GTX,4821
        MG Special,MG,55""",
    "teams": """sales_agent,manager,regional_office
        Mo Frame,Max Hull,Central
        Di Slate,Max Hull,West""",
}


def test_tables_of_a_crm_are_joined_to_one_lead_a_person(tools: Wired, tmp_path: Path) -> None:
    """M31 Contacts, leads, activities and deals, joined by the columns that hold their ids."""
    done = bring_in(planned(tools, write(tmp_path / "crm", **CRM)), tools, by="U1")
    assert (done.added, done.history, done.planned, done.rejected) == (3, 3, 1, [])
    ada, ben = tools.leads.get("C1"), tools.leads.get("C2")
    assert (ada.facts.name, ada.facts.email) == ("Ada Brine", "ada@brine.example")
    assert ada.facts.stage is Stage.DECISION, "the deal, which is newer than the status"
    assert [(e.action, e.on, e.note) for e in ada.history] == [
        (Action.CALLED, date(2026, 3, 1), "Pumps")
    ]
    assert ben.facts.stage is Stage.CUSTOMER
    assert {e.action for e in ben.history} == {Action.SENT, Action.BOUGHT}
    assert tools.leads.get("C3").facts.stage is None
    log = str(tools.leads.facts_log("C1"))
    assert "555-1" not in log
    assert "Bath" not in log


def test_deals_without_people_are_leads_of_their_company(tools: Wired, tmp_path: Path) -> None:
    """M33 With industry, size and owner, and a stage for the product line that says so."""
    done = bring_in(planned(tools, write(tmp_path / "deals", **DEALS)), tools, by="U1")
    assert (done.added, done.rejected) == (4, [])
    won = tools.leads.get("1C1I7A6R")
    facts = won.facts
    assert (facts.company, facts.industry, facts.company_size) == ("Acme Ltd", "water", 2822)
    assert (facts.owner, facts.stage) == ("Mo Frame", Stage.CUSTOMER)
    (line,) = facts.line_stages
    assert (line.line, line.stage, line.on) == ("GTX Basic", Stage.CUSTOMER, date(2026, 3, 1))
    assert "Won" in line.evidence
    assert [(e.action, e.on, e.line) for e in won.history] == [
        (Action.BOUGHT, date(2026, 3, 1), "GTX Basic")
    ]
    assert tools.leads.get("EC4QE1BX").facts.stage is Stage.INTEREST, "M1 lost is not closed"


def test_a_second_run_changes_nothing(tools: Wired, tmp_path: Path) -> None:
    for name, files in (("crm", CRM), ("deals", DEALS)):
        folder = write(tmp_path / name, **files)
        first = bring_in(planned(tools, folder), tools, by="U1")
        entries = len(tools.audit.entries(tools.db))
        again = bring_in(planned(tools, folder), tools, by="U1")
        assert (again.added, again.updated, again.history) == (0, 0, 0)
        assert again.unchanged == first.added
        assert len(tools.audit.entries(tools.db)) == entries


def test_acts_alone_find_the_leads_on_record_by_their_ids(tools: Wired, tmp_path: Path) -> None:
    """What is of nobody known stays aside, and is kept once."""
    bring_in(planned(tools, write(tmp_path / "crm", contacts=CRM["contacts"])), tools, by="U1")
    acts = CRM["activity"].replace("LeadID", "ContactID").replace("L2", "C1").replace("L3", "C9")
    paths = write(tmp_path / "acts", activity=acts)
    for _ in range(2):
        done = bring_in(planned(tools, paths), tools, by="U1")
    assert [e.action for e in tools.leads.get("C1").history] == [Action.CALLED]
    assert done.planned == 1
    assert [k.sign.who for k in all_unmatched(tools)] == ["C9"]


def test_each_column_is_told_of_in_a_sentence(tools: Wired, tmp_path: Path) -> None:
    plan = planned(tools, write(tmp_path / "crm", **CRM))
    kinds = {m.name: m.kind for m in plan.mapping}
    assert kinds == {
        "activity.csv": TableKind.ACTS, "contacts.csv": TableKind.PEOPLE,
        "leads.csv": TableKind.PEOPLE, "opportunity.csv": TableKind.DEALS,
    }  # fmt: skip
    assert all(c.why for m in plan.mapping for c in m.columns)
    phone = plan.mapping[1].columns[3]
    assert (phone.name, phone.field) == ("Phone", "")
    assert "more of a person than is needed" in phone.why


def test_a_list_without_names_comes_in_and_values_that_say_nothing_are_dropped(
    tools: Wired, tmp_path: Path
) -> None:
    paths = write(
        tmp_path / "list",
        prospects="""ProspectID,LeadSource,TotalVisits,Specialization,Occupation,Converted
            95caf95f-6873,bing,2,Select,Unemployed,0
            1de8d6ec-3340,bing,1,Retail Management,Select,1
            7020216b-0797,bing,1,,Other,0""",
    )
    done = bring_in(planned(tools, paths), tools, by="U1")
    assert done.added == 3
    first, second, third = (tools.leads.get(i).facts for i in (
        "95caf95f-6873", "1de8d6ec-3340", "7020216b-0797",
    ))  # fmt: skip
    assert (first.industry, first.role, first.stage) == (None, "Unemployed", None)
    assert (second.industry, second.role) == ("Retail Management", None)
    assert second.stage is Stage.CUSTOMER
    assert (third.industry, third.role) == (None, None)


def test_a_name_that_no_rule_knows_is_proposed_by_its_meaning(tools: Wired, tmp_path: Path) -> None:
    paths = write(
        tmp_path / "list",
        people="""Mail,Software in use,What they struggle with,Lucky number,Barcode
            ada@brine.example,Maximo,pumps that fail at night,7,x1
            ben@cole.example,SAP PM,no spare parts,9,x2""",
    )
    plan = planned(tools, paths)
    assert fields(plan) == {
        "Mail": "email", "Software in use": "products", "What they struggle with": "problem",
        "Lucky number": "", "Barcode": "",
    }  # fmt: skip
    unsure = [c.name for c in plan.mapping[0].columns if c.field and not c.sure]
    assert unsure == ["Software in use", "What they struggle with"], "a guess is told as one"


def test_bad_lines_are_told_by_number_and_good_ones_kept(tools: Wired, tmp_path: Path) -> None:
    paths = write(
        tmp_path / "list",
        people="""Full Name,Work Email,Employees,Created
            Ada Brine,ada@brine.example,many,2026-01-02
            ,,,2026-01-03
            Ben Cole,not a mail,20,2026-01-04
            Cem Dur,cem@dur.example,30,someday
            Dee Elm,dee@elm.example,40,2026-01-06
            Eli Fir,eli@fir.example,50,2026-01-07
            Flo Gum,flo@gum.example,50,2026-01-07
            Gus Hay,gus@hay.example,50,2026-01-07
            Hal Ivy,hal@ivy.example,50,2026-01-07
            Ina Jay,ina@jay.example,50,2026-01-07
            Jan Kay,jan@kay.example,50,2026-01-07
            Kim Lee,kim@lee.example,50,2026-01-07""",
    )
    done = bring_in(planned(tools, paths), tools, by="U1")
    told = {(n, why.partition(";")[0]) for _, n, why in [*done.rejected, *done.left_out]}
    assert done.added == 11
    assert (3, "it names nobody: no id, mail address or name") in told
    assert {n for n, _ in told} == {2, 3, 4, 5}


def test_a_webinar_export_brings_acts_consent_and_strangers(tools: Wired, tmp_path: Path) -> None:
    """M45 Registered and attended, with days; who is unknown by name stays aside."""
    paths = write(
        tmp_path / "web",
        webinar_attendees="""First Name,Last Name,Email,Registration Time,Attended,Join Time,Consent
            Ada,Brine,ada@brine.example,05/14/2026 10:00,Yes,05/20/2026 15:01,yes
            Ben,Cole,ben@cole.example,05/15/2026 11:00,No,,no""",
    )
    plan = planned(tools, paths)
    done = bring_in(plan, tools, by="U1")
    assert done.added == 2
    ada = next(p for p in map(tools.leads.get, ids(tools)) if p.facts.name == "Ada Brine")
    acts = {e.action: e.on for e in ada.history}
    assert acts[Action.REGISTERED] == date(2026, 5, 14)
    assert acts[Action.ATTENDED] == date(2026, 5, 20)
    assert Action.OPTED_IN in acts


@pytest.mark.parametrize(
    ("told", "field", "closed"),
    [
        (("Unsubscribed", "2026-05-01"), "opted_out", "all"),
        (("UNSUB_TIME", "2026-05-01 10:11:12"), "opted_out", "all"),
        (("Do not contact", "TRUE (GDPR)"), "opted_out", "all"),
        (("Do not call", "Opted out"), "opted_out:phone", "phone"),
        (("Do not email", "asked twice"), "opted_out:email", "email"),
        (("Do not call", "No"), "opted_out:phone", ""),
        (("Unsubscribed", "FALSE"), "opted_out", ""),
        (("Unsubscribed", "n/a"), "", ""),
    ],
)
def test_m16_a_refusal_is_never_lost_for_the_words_it_is_told_in(
    tools: Wired, tmp_path: Path, told: tuple[str, str], field: str, closed: str
) -> None:
    """M16 Anything but a plain no closes the channel."""
    column, value = told
    people = f"Email,Name,{column}\nada@brine.example,Ada Brine,{value}\n"
    plan = planned(tools, write(tmp_path / "list", people=people))
    assert fields(plan)[column] == field
    bring_in(plan, tools, by="U1")
    facts = tools.leads.get(ids(tools)[0]).facts
    assert bool(facts.opted_out) is (closed == "all")
    assert facts.opted_out_channels == ((closed,) if closed in {"email", "phone"} else ())
    log = tools.leads.facts_log(ids(tools)[0])
    days = {f.as_of.date() for f in log if f.fact == "opted_out" and f.as_of}
    on = date(2026, 5, 1) if value.startswith("2026") else TODAY
    assert days == ({on} if closed == "all" else set())


def test_m16_a_mere_yes_to_consent_undoes_no_opt_out(tools: Wired, tmp_path: Path) -> None:
    """M16 The row's last change is not the day of the opt-in; one that tells its day counts."""
    old = "Email,Name,Unsubscribed\nada@brine.example,Ada Brine,2026-03-01\n"
    bring_in(planned(tools, write(tmp_path / "old", people=old)), tools, by="U1")
    new = "Email,Name,Opted In,Last Modified\nada@brine.example,Ada Brine,yes,2026-05-01\n"
    plan = planned(tools, write(tmp_path / "new", people=new))
    assert fields(plan)["Opted In"] == "opted_in"
    done = bring_in(plan, tools, by="U1")
    ada = tools.leads.get(ids(tools)[0])
    assert ada.facts.opted_out is True
    assert ada.history == ()
    assert any("no day says when" in why for *_, why in done.left_out)
    dated = "Email,Name,Opt in date\nada@brine.example,Ada Brine,2026-05-01\n"
    bring_in(planned(tools, write(tmp_path / "dated", people=dated)), tools, by="U1")
    assert tools.leads.get(ids(tools)[0]).facts.opted_out is False


def ids(tools: Wired) -> list[str]:
    return [lead_id for lead_id, *_ in tools.leads.names()]


def test_a_correction_of_the_mapping_is_taken_and_a_wrong_one_is_refused(
    tools: Wired, tmp_path: Path
) -> None:
    paths = write(tmp_path / "list", people="Email,Notes\nada@brine.example,Pumps fail\n")
    plan = planned(tools, paths)
    assert fields(plan)["Notes"] == ""
    mapping = corrected(plan.mapping, "Notes=problem")
    done = bring_in(LeadPlan(plan.tables, mapping), tools, by="U1")
    assert done.added == 1
    assert tools.leads.get(ids(tools)[0]).facts.problem == "Pumps fail"
    for wrong in ("Notes", "Notes=nothing", "Nonsense=problem"):
        with pytest.raises(BadInput):
            corrected(plan.mapping, wrong)


def test_the_command_line_proposes_asks_and_takes(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """Nothing is stored before somebody confirms; a saved mapping serves the next export."""
    home = tmp_path / "home"
    folder = write(tmp_path / "crm", **CRM)[0]
    refused = trailguide("--home", home, "leads", "import", folder)
    assert refused.status == 2
    assert "LeadStatus -> stage" in refused.err
    assert "--yes" in refused.err
    saved = tmp_path / "crm.toml"
    dry = trailguide(
        "--home", home, "leads", "import", folder, "--dry-run", "--save-mapping", saved
    )
    assert "3 added" in dry.out
    assert trailguide("--home", home, "leads", "list", "--json").json == []
    saved.write_text(saved.read_text().replace('"Working" = "interest"', '"Working" = "decision"'))
    done = trailguide("--home", home, "leads", "import", folder, "--mapping", saved, "--json")
    assert done.json["added"] == 3
    shown = trailguide("--home", home, "leads", "show", "C1", "--json").json
    assert shown["history"][0]["source"] == "import of activity.csv"
    said = {word["fact"]: word["source"] for word in shown["learnt"]}
    assert (said["name"], said["stage"]) == ("import of contacts.csv", "import of opportunity.csv")
    again = trailguide(
        "--home", home, "leads", "import", folder, "--mapping", saved, "--dry-run", "--json"
    ).json
    assert [again[n] for n in ("added", "updated", "unchanged", "history")] == [0, 0, 3, 0]


def test_a_list_of_ours_keeps_working(trailguide: Callable[..., Ran], tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "leads.csv"
    file.write_text("id,name,company_size\nann,Ann Example,40\n")
    first = trailguide("--home", home, "leads", "import", file)
    assert (first.status, first.out.strip()) == (
        0,
        "1 added, 0 updated, 0 unchanged, 0 history entries, 0 lines rejected.",
    )
    file.write_text("id,name,favourite colour\nann,Ann Example,red\n")
    extra = trailguide("--home", home, "leads", "import", file)
    assert extra.status == 0
    assert "favourite colour" in extra.err


@pytest.mark.skipif(not REAL, reason="TRAILGUIDE_DEV_DATA is not set")
@pytest.mark.parametrize(
    ("folder", "leads", "acts"),
    [
        ("maven_b2b_sales", 8800, 4000),
        ("sample_sales_crm", 100, 500),
        ("xeducation_leads", 9240, 0),
    ],
)
def test_real_exports_come_in_without_a_hand(
    tools: Wired, folder: str, leads: int, acts: int
) -> None:
    plan = planned(tools, [Path(REAL) / "samples" / "crm" / folder])
    done = bring_in(plan, tools, by="U1")
    assert done.added == leads
    assert done.history >= acts
    again = bring_in(plan, tools, by="U1")
    assert (again.added, again.updated, again.history) == (0, 0, 0)

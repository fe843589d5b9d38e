"""Lines of `next --batch`, written by hand from the contract, with and without a library.

Each row is a line and what must come back; M numbers stand beside the rows. An empty library never
changes a decision, so rows run against both.
"""
# ruff: noqa: E501 - a row is read as one line

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Wired, build
from bot.cli.asking import _next_line
from bot.flow.lines import NextLine
from bot.settings import Settings
from retrieval.asking import RequestReader
from tests.conftest import Ran

TODAY = date(2026, 6, 15)
DOWNTIME = "How do others cut unplanned downtime?"
HELD_BACK = Path(__file__).resolve().parents[1] / "benchmarks" / "asking" / "held_back.jsonl"
KNOWN = {"problem": "unplanned downtime on the presses"}


@dataclass(frozen=True)
class Row:
    """`when` is days from today, a date, or None for no date at all.

    `history` holds "action days-ago", with ": note" where there is one.
    """

    what: str
    decision: str
    when: int | date | None
    lead: dict[str, Any] = field(default_factory=lambda: dict(KNOWN))
    history: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    touch: tuple[int, int] | None = None


def knows(**facts: Any) -> dict[str, Any]:
    """A lead whose problem is known, and these facts."""
    return {**KNOWN, **facts}


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def line(row: Row) -> dict[str, Any]:
    history = []
    for told in row.history:
        head, _, note = told.partition(": ")
        action, days = head.split()
        history.append({"action": action, "on": ago(int(days)), "note": note or None})
    return {
        "id": row.what, "today": TODAY.isoformat(), "lead": row.lead, "history": history,
        "questions": list(row.questions),
    }  # fmt: skip


SILENT = ("sent 21", "sent 10")
BUSY = ("read 4", "opened 3", "visited 2", "clicked 1")
EVERY_CHANNEL = ["email", "phone", "text", "direct_mail", "social"]

OPTED_OUT = [
    Row("M16 opted out", "wait", None, knows(opted_out=True)),
    Row("M16 opted out, as the text true", "wait", None, knows(opted_out="true")),
    Row("M16 opted out of every channel by name", "wait", None, knows(opted_out_channels=EVERY_CHANNEL)),
    Row("M16 of every channel in other spellings", "wait", None,
        knows(opted_out_channels=["E-Mail", "Phone calls", "SMS", "post", "LinkedIn"])),
    Row("M16 of every channel in plural", "wait", None,
        knows(opted_out_channels=["emails", "calls", "text messages", "letters", "social media"])),
    Row("M16 of every channel in one string", "wait", None,
        knows(opted_out_channels="email; phone; sms; direct mail; linkedin")),
    Row("M16 of every channel, with a fax", "wait", None,
        knows(opted_out_channels=["email, fax", "phone", "text", "direct_mail", "social"])),
    Row("M16 of all", "wait", None, knows(opted_out_channels=["all"])),
    Row("M16 of all but email is not of all", "send", 0, knows(opted_out_channels=["all but email"])),
    Row("M16 of email alone", "send", 0, knows(opted_out_channels=["email"])),
    Row("M16 of four of five", "send", 0, knows(opted_out_channels=EVERY_CHANNEL[1:])),
    Row("M16 opted out in the history", "wait", None, history=("opted_out 3",)),
    Row("M16 opted out in the history, in words", "wait", None, history=("opted_out 3: stop writing",)),
    Row("M16 opted out of email in the history", "send", 0, history=("opted_out 3: email",)),
    Row("M16 opted in again", "send", 0, history=("opted_out 9", "opted_in 3")),
    Row("M16 opted out again", "wait", None, history=("opted_in 9", "opted_out 3")),
    Row("M16 an opt-in to come undoes nothing yet", "wait", None, history=("opted_out 9", "opted_in -3")),
    Row("M16 an opt-out counts whatever its date", "wait", None, history=("opted_out -1",)),
    Row("M16 before being qualified", "wait", None, knows(opted_out=True, qualified=True)),
    Row("M16 before a demo asked for", "wait", None, knows(opted_out=True), ("requested_demo 1",)),
    Row("M16 before a date asked for", "wait", None, knows(opted_out=True, contact_after="2026-09-01")),
    Row("M16 before the unknown problem", "wait", None, {"opted_out": True}),
    Row("M16 asked to stop in the ask", "wait", None, questions=("Please stop emailing me",)),
    Row("M16 asked to stop in a reply", "wait", None, history=("replied 3: unsubscribe please", "answered 2")),
    Row("M16 asked to stop though qualified", "wait", None, knows(qualified=True),
        questions=("We are not interested, remove me from your list",)),
    Row("M16 asked to stop, then opted in", "send", 0, history=("replied 9: unsubscribe please", "answered 8", "opted_in 3")),
    Row("M16 stopping pumps is no opt-out", "send", 0, questions=("How do we stop pumps failing?",)),
    Row("M16 opted out is false", "send", 0, knows(opted_out=False)),
]  # fmt: skip

HANDED_OVER = [
    Row("M50 qualified", "hand_over", 0, knows(qualified=True)),
    Row("M50 qualified, and nothing else known", "hand_over", 0, {"qualified": True}),
    Row("M50 qualified while the gap runs", "hand_over", 0, knows(qualified=True), ("sent 1",)),
    Row("M50 not qualified", "send", 0, knows(qualified=False)),
    Row("M50 asked for a demo", "hand_over", 0, history=("requested_demo 2",)),
    Row("M50 asked for an offer", "hand_over", 0, history=("requested_quote 2",)),
    Row("M50 booked a meeting", "hand_over", 0, history=("booked_meeting 2",)),
    Row("M50 booked a meeting for next week", "hand_over", 0, history=("booked_meeting -6",)),
    Row("M50 a demo asked for tomorrow is a slip", "send", 0, history=("requested_demo -1",)),
    Row("M50 before an unanswered reply", "hand_over", 0, history=("requested_demo 2", "replied 1")),
    Row("M50 before a colleague's contact", "hand_over", 0,
        knows(account_touched_on=ago(1)), ("requested_quote 2",)),
    Row("M50 before a spent budget", "hand_over", 0, knows(touches=27, qualified=True)),
    Row("M50 before a date asked for", "hand_over", 0,
        knows(contact_after="2026-09-01"), ("booked_meeting 1",)),
    Row("M50 looking at prices is not asking", "send", 0, history=("visited_pricing 1",)),
    Row("M50 a page called request a demo is not asking", "send", 0, history=("visited 1: Request a demo",)),
    Row("M50 what our own note says is not asking", "send", 0, history=("called 9: offered a demo",)),
    Row("M50 what a lead said on the phone is", "hand_over", 0, history=("called 2: she wants a quote",)),
    Row("M50 asked at an event", "hand_over", 0, history=("met_at_event 9: wants a demo for the team",)),
    Row("M50 intent in words", "hand_over", 0, {"intent": "wants a demo"}),
    Row("M42 what was asked before buying is settled", "send", 0, history=("requested_demo 90", "bought 60")),
    Row("M42 a customer asks anew", "hand_over", 0, history=("bought 60", "requested_quote 1")),
    Row("M42 a customer is taught on", "send", 0, knows(stage="customer"), ("bought 30",)),
]  # fmt: skip

WAITING = [
    Row("M16 replied, nobody answered", "wait", 1, history=("sent 20", "replied 9")),
    Row("M16 replied, answered", "send", 0, history=("sent 20", "replied 9", "answered 8")),
    Row("M16 replied again after the answer", "wait", 1, history=("replied 9", "answered 8", "replied 7")),
    Row("M16 answered on the same day", "send", 0, history=("replied 9", "answered 9")),
    Row("M16 a newsletter answers nobody", "wait", 1, history=("replied 9", "newsletter 2")),
    Row("M16 a call answers", "send", 0, history=("replied 12", "called 9")),
    Row("M16 replied_at without answered_at", "wait", 1, knows(replied_at=ago(2))),
    Row("M16 answered_at after replied_at", "send", 0, knows(replied_at=ago(2), answered_at=ago(1))),
    Row("M16 answered_at before replied_at", "wait", 1, knows(replied_at=ago(1), answered_at=ago(2))),
    Row("M16 answered two hours later", "send", 0,
        knows(replied_at="2026-06-14T09:00:00Z", answered_at="2026-06-14T11:00:00Z")),
    Row("M16 replied two hours after the answer", "wait", 1,
        knows(replied_at="2026-06-14T11:00:00Z", answered_at="2026-06-14T09:00:00Z")),
    Row("M16 told not to wait for an answer", "send", 0, knows(waiting_for_answer=False), ("replied 2",)),
    Row("M16 told to wait for an answer", "wait", 1, knows(waiting_for_answer=True)),
    Row("M16 a question in the ask keeps nobody waiting", "send", 0, questions=(DOWNTIME,)),
    Row("M16 a question noted keeps nobody waiting", "send", 0, history=(f"asked 2: {DOWNTIME}",)),
    Row("M16 a colleague was there today", "wait", 7, knows(account_touched_on=ago(0))),
    Row("M16 a colleague was there 6 days ago", "wait", 1, knows(account_touched_on=ago(6))),
    Row("M16 a colleague was there 8 days ago", "send", 0, knows(account_touched_on=ago(8))),
    Row("M16 a colleague will be there in 2 days", "wait", 9, knows(account_touched_on=ago(-2))),
    Row("M8 touched today", "wait", 7, history=("sent 0",)),
    Row("M8 touched 6 days ago", "wait", 1, history=("sent 6",)),
    Row("M8 touched 7 days ago", "send", 0, history=("sent 7",)),
    Row("M8 the last touch counts, in any order", "wait", 4, history=("sent 3", "opened 20", "sent 30")),
    Row("M8 a call is a touch", "wait", 5, history=("called 2",), touch=(2, 27)),
    Row("M13 a newsletter is none", "send", 0, history=("newsletter 1",), touch=(1, 27)),
    Row("M13 an answer is none", "send", 0, history=("replied 3", "answered 2"), touch=(1, 27)),
    Row("M8 a touch to come is none yet", "send", 0, history=("sent -2",), touch=(1, 27)),
    Row("M9 a gap of the lead's own", "wait", 6, knows(gap_days=10), ("sent 4",)),
    Row("M9 a short gap of the lead's own", "send", 0, knows(gap_days=3), ("sent 3",)),
    Row("M9 no gap at all", "send", 0, knows(gap_days=0), ("sent 0",)),
    Row("M6 two unanswered touches", "wait", 4, history=SILENT),
    Row("M6 two unanswered touches, 14 days on", "send", 0, history=("sent 21", "sent 14")),
    Row("M6 one of two was read", "send", 0, history=("sent 21", "read 19", "sent 10")),
    Row("M6 the lead came back", "send", 0, history=(*SILENT, "visited 1")),
    Row("M6 nobody picked up", "wait", 4, history=("called 21", "no_answer 21", "called 10", "no_answer 10")),
    Row("M6 a short gap becomes 14 all the same", "wait", 4, knows(gap_days=3), SILENT),
    Row("M6 a longer gap stays", "wait", 20, knows(gap_days=30), SILENT),
    Row("M6 four acts in a week", "send", 0, history=("sent 5", *BUSY)),
    Row("M6 four acts in a week, 4 days on", "wait", 1, history=("sent 4", *BUSY)),
    Row("M6 three acts in a week", "wait", 2, history=("sent 5", *BUSY[1:])),
    Row("M6 four visits on one day are four acts", "send", 0, history=("sent 5", *["visited 1"] * 4)),
    Row("M6 opting in is an act", "send", 0, history=("sent 5", "opted_in 4", *BUSY[1:])),
    Row("M6 our own acts are none of the lead's", "wait", 2,
        history=("sent 5", "newsletter 4", "newsletter 3", "newsletter 2", "newsletter 1")),
    Row("M6 four acts make 5 enough of 21", "send", 0, knows(gap_days=21), ("sent 5", *BUSY)),
    Row("M6 a gap of 3 stays for the busy", "send", 0, knows(gap_days=3), ("sent 3", *BUSY)),
    Row("M6 busy this week, then silent: 5 are enough", "wait", 3,
        history=("read 7", "opened 7", "visited 6", "clicked 6", "sent 5", "sent 2")),
    Row("M1 a date asked for", "wait", date(2026, 9, 1), knows(contact_after="2026-09-01")),
    Row("M1 tomorrow", "wait", 1, knows(contact_after=ago(-1))),
    Row("M1 the date has come", "send", 0, knows(contact_after=ago(0))),
    Row("M1 the date is past", "send", 0, knows(contact_after=ago(40))),
    Row("M1 not now, try in spring", "wait", date(2027, 3, 1),
        history=("replied 9: Not now, try me again in spring.", "answered 8")),
    Row("M1 call me after 3 July", "wait", date(2026, 7, 4),
        history=("replied 9: Call me after 3 July", "answered 8")),
    Row("M1 nobody answered, and a date is asked for", "wait", date(2026, 9, 1),
        history=("replied 2: We are swamped, please come back in September.",)),
    Row("M1 said on the phone", "wait", date(2026, 10, 1),
        history=("called 9: asked me to try again in October",)),
    Row("M1 the date said in words has come", "send", 0,
        history=("replied 40: Please try again in June.", "answered 39")),
    Row("M1 a given date beats the words", "wait", date(2026, 7, 1), knows(contact_after="2026-07-01"),
        ("replied 9: Not now, come back in September.", "answered 8")),
    Row("M1 a demo in March is a demo", "hand_over", 0, questions=("Can we book a demo in March?",)),
    Row("M1 not now alone names no date", "send", 0, history=("replied 9: Not now, sorry.", "answered 8")),
    Row("M16 the latest of several dates", "wait", 30, knows(contact_after=ago(-30)), ("sent 1",)),
    Row("M16 a colleague and the gap", "wait", 5, knows(account_touched_on=ago(2)), ("sent 3",)),
    Row("M10 the budget is spent", "wait", 90, knows(touches=27), touch=(28, 27)),
    Row("M10 one touch is left", "send", 0, knows(touches=26), touch=(27, 27)),
    Row("M10 a budget of the lead's own", "wait", 90, knows(touches=3, budget=3), touch=(4, 3)),
    Row("M10 a larger budget", "send", 0, knows(touches=30, budget=40), touch=(31, 40)),
    Row("M10 touches are counted from the history", "send", 0,
        history=("sent 60", "called 40", "newsletter 30", "read 20", "sent 15"), touch=(4, 27)),
    Row("M10 no budget", "wait", 90, knows(budget=0), touch=(1, 0)),
    Row("M10 the budget before the unknown problem", "wait", 90, {"touches": 27}),
]  # fmt: skip

ASKED = [
    Row("M22 nothing is known", "ask", 0, {}),
    Row("M22 a name and a role", "ask", 0, {"name": "Ann Example", "role": "CFO", "industry": "food"}),
    Row("M22 a problem of blanks", "ask", 0, {"problem": "  "}),
    Row("M22 an outcome is no problem", "ask", 0, {"outcome": "more output"}),
    Row("M22 a download is no problem", "ask", 0, {}, ("downloaded 2",)),
    Row("M22 a question without words", "ask", 0, {}, ("asked 9",)),
    Row("M22 an empty question", "ask", 0, {}, questions=("",)),
    Row("M22 a question to come", "ask", 0, {}, (f"asked -9: {DOWNTIME}",)),
    Row("M22 a problem", "send", 0, {"problem": "downtime"}),
    Row("M22 an intent", "send", 0, {"intent": "fewer breakdowns"}),
    Row("M22 a question", "send", 0, {}, questions=(DOWNTIME,)),
    Row("M22 a question noted", "send", 0, {}, (f"asked 9: {DOWNTIME}",)),
    Row("M5 right after a download", "send", 0, history=("downloaded 0",)),
    Row("M15 a fresh lead", "send", 0, touch=(1, 27)),
]  # fmt: skip

REQUESTS = """
Can somebody walk us through it live?
Send me your terms
Who do I talk to about buying 40 seats?
Could you arrange for somebody to present this to our plant managers?
I'd like to see it running before I say more.
Can I get a quote for 35 technicians?
Please let us have an offer for two sites.
What would you charge a company of 90 people?
Are you free on Thursday for a short call?
Let's set up a meeting with our head of maintenance and you.
Please have your sales team contact me.
Could I speak with a person instead of reading?
We would like to order.
Could you send us the contract so that our lawyer can read it?
What are your payment terms?
Can you tell me your terms for a three year contract?
Which discount can you give us for 200 users?
May I ask for a demonstration at our site?
We are ready to sign, what do you need from us?
Can we have half an hour of your time next week?
Can one of your consultants visit our plant?
Thanks, that was helpful. How do I book a demo?
The guide convinced me. Please call me on Monday.
Our buyer needs a written proposal by the end of the month.
Would you show your software to our works council?
We want to talk prices.
Is there anyone at your company we can talk to about licences?
Put me through to sales.
My manager asked me to get a price from you.
Can you give our planners a live tour?
""".strip().splitlines()

NO_REQUESTS = """
A colleague showed me a demo of something else
What do people usually pay attention to in contracts?
How did the meeting culture change?
What should a good demo of such software show?
How do plants compare offers from several vendors?
Which terms are usual in a service contract?
What does a salesperson need to know about maintenance?
We do not want a demo.
No calls please, just something to read.
It is too early for an offer.
How much does an hour of downtime cost?
How do others price spare parts?
What do planners talk about in the weekly meeting?
How do I present the numbers to our board?
Who should sign a work permit?
How do I book time on a machine for maintenance?
Why do technicians call it firefighting?
We had a demo from another vendor last week and learnt little.
Can you send me an article on shift handover?
Could I have the checklist behind that guide?
I would like to read more on inspection routes.
How do we order spare parts before they run out?
What does it take to buy a used press?
Which live data helps a planner?
How do you demonstrate savings to finance?
In terms of safety, what comes first?
Do meetings with operators reduce stops?
How long should a maintenance contract run?
Is there a study on the price of waiting?
How can I show my team where the time goes?
""".strip().splitlines()

IN_WORDS = [
    *(Row(f"M50 {words}", "hand_over", 0, questions=(words,)) for words in REQUESTS),
    *(Row(f"M19 {words}", "send", 0, questions=(words,)) for words in NO_REQUESTS),
]  # fmt: skip
IN_REPLIES = [
    *(Row(f"M50 in a reply: {words}", "hand_over", 0, history=(f"replied 9: {words}", "answered 8"))
      for words in REQUESTS),
    *(Row(f"M19 in a reply: {words}", "send", 0, history=(f"replied 9: {words}", "answered 8"))
      for words in NO_REQUESTS),
]  # fmt: skip

ROWS = [*OPTED_OUT, *HANDED_OVER, *WAITING, *ASKED, *IN_WORDS, *IN_REPLIES]
RUNS = [(row, "empty") for row in ROWS] + [(row, "sample") for row in ROWS if row not in IN_REPLIES]
"""Replies are read alike whatever the library holds, and every run takes time."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    wired = build(Settings(home=tmp_path_factory.mktemp("empty")))
    yield wired
    wired.close()


@pytest.fixture(scope="module")
def sample(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    home = tmp_path_factory.mktemp("sample") / "home"
    shutil.copytree(seeded, home)
    wired = build(Settings(home=home))
    yield wired
    wired.close()


def answer(given: dict[str, Any], tools: Wired) -> dict[str, Any]:
    return _next_line(NextLine.model_validate(given), tools)


@pytest.mark.parametrize(("row", "library"), RUNS, ids=lambda v: getattr(v, "what", v))
def test_a_line_is_decided_as_the_contract_says(
    row: Row, library: str, request: pytest.FixtureRequest
) -> None:
    """M1 M5 M6 M8 M9 M10 M13 M15 M16 M19 M22 M42 M50 The row's own numbers are in its name."""
    got = answer(line(row), request.getfixturevalue(library))
    when = row.when if row.when is None or isinstance(row.when, date) else (
        TODAY + timedelta(days=row.when)
    )  # fmt: skip
    assert (got["decision"], got["when"]) == (row.decision, when.isoformat() if when else None), (
        got["reason"]
    )
    if row.touch:
        assert (got["touch"]["number"], got["touch"]["budget"]) == row.touch
    if row.decision != "send":
        assert got["asset"] is None
        assert got["draft"] is None
    elif library == "empty":
        assert got["asset"] is None
        assert got["reason"]


def test_new_wordings_are_heard_about_as_often_as_measured(empty: Wired) -> None:
    """M16 M50 On wordings that nothing was fitted on: rules and vectors, few misses, hardly an error."""
    rows = [json.loads(text) for text in HELD_BACK.read_text(encoding="utf-8").splitlines()]
    heard = [bool(empty.request_reader(r["text"])) for r in rows]
    asks = [h for h, r in zip(heard, rows, strict=True) if r["asks"]]
    others = [h for h, r in zip(heard, rows, strict=True) if not r["asks"]]
    assert sum(asks) / len(asks) >= 0.8
    assert sum(others) / len(others) <= 0.03


def test_with_another_model_only_the_rules_speak() -> None:
    """M50 The weights belong to one model; another's vectors mean something else."""

    def never(texts: object) -> Any:
        raise AssertionError(texts)

    reader = RequestReader(never, "another model")
    assert reader("Can we book a demo?") == "a demo"
    assert reader("Would someone be willing to take us through this?") is None


def test_every_line_tells_what_it_is_about_in_words_of_its_own() -> None:
    assert len({row.what for row in ROWS}) == len(ROWS)


def test_all_that_fits_sent_already_waits_and_an_empty_library_does_not(
    sample: Wired, empty: Wired
) -> None:
    """M16 M44 Every piece was sent: wait for a new one; where there is none at all: send."""
    pieces = [a.id for a in sample.library.all()]
    given = {
        "id": 1, "today": TODAY.isoformat(), "lead": {**KNOWN, "touches": 3}, "questions": [DOWNTIME],
        "history": [{"action": "sent", "on": ago(30), "asset_id": p} for p in pieces]
        + [{"action": "read", "on": ago(29), "asset_id": pieces[0]}],
    }  # fmt: skip
    got = answer(given, sample)
    assert (got["decision"], got["asset"]) == ("wait", None)
    assert date.fromisoformat(got["when"]) > TODAY
    spent = answer({**given, "lead": {**KNOWN, "touches": 27}}, sample)
    assert spent["decision"] == "wait"
    assert "everything that fits" in spent["reason"]
    unknown = answer({**given, "lead": {}, "questions": []}, sample)
    assert unknown["decision"] in {"wait", "ask"}
    assert answer(given, empty)["decision"] == "send"


def test_what_a_lead_says_about_contact_is_no_content_request(
    trailguide: Callable[..., Ran], tmp_path: Path
) -> None:
    """M47 Neither a no, nor a request for sales, nor a later date is a question for marketing."""
    home = tmp_path / "home"
    for words in ("Please stop emailing me", "Can we book a demo?", "maybe next quarter"):
        ran = trailguide("--home", home, "next", "--question", words)
        assert ran.status == 0
    with_question = trailguide("--home", home, "next", "--question", "Zebra feeding on Mars?")
    assert with_question.status == 0
    wired = build(Settings(home=home))
    counted = [r.question for r in wired.requests.all()]
    wired.close()
    assert counted == ["Zebra feeding on Mars?"]


def test_a_question_that_asks_for_sales_is_heard_by_the_command(
    trailguide: Callable[..., Ran], home: Path, tmp_path: Path
) -> None:
    """M16 M50 The same through the command itself, in order, with a bad line between."""
    rows = [HANDED_OVER[0], WAITING[0], ASKED[0], IN_WORDS[0], OPTED_OUT[0]]
    lines = [json.dumps(line(row)) for row in rows]
    lines.insert(2, '{"id": "bad", "history": [{"action": "danced", "on": "2026-06-01"}]}')
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(lines) + "\n")
    ran = trailguide("--home", home, "next", "--batch", source, "--output", target)
    assert ran.status == 0
    got = [json.loads(text) for text in target.read_text().splitlines()]
    assert [g.get("decision") for g in got] == [
        "hand_over", "wait", None, "ask", "hand_over", "wait",
    ]  # fmt: skip
    assert "danced" in got[2]["error"]


def test_gap_and_budget_of_the_home_file_reach_the_command(tmp_path: Path) -> None:
    """M9 M10 By product line, segment and stage; what a lead has of its own beats them all."""
    (tmp_path / "pacing.toml").write_text(
        '[[override]]\nproduct_line = "presses"\ngap_days = 10\nbudget = 12\n'
        '[[override]]\nproduct_line = "presses"\nstage = "decision"\ngap_days = 3\n'
    )
    tools = build(Settings(home=tmp_path))

    def asked(**facts: Any) -> tuple[str, str, int]:
        row = Row("M9", "wait", 0, knows(product_line="Presses", **facts), ("sent 4",))
        got = answer(line(row), tools)
        return got["decision"], got["when"], got["touch"]["budget"]

    assert asked() == ("wait", ago(-6), 12)
    assert asked(stage="decision") == ("send", ago(0), 12)
    assert asked(stage="decision", gap_days=8, budget=5) == ("wait", ago(-4), 5)
    tools.close()

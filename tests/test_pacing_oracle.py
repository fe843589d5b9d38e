"""The decision of `next`, written a second time from the contract's words, against the product.

The oracle reads the JSON of a line, so that reading the line is judged as well; it knows nothing of
`knowledge.pacing`. Words are looked up in a small labelled table: recognising them is tested in
test_next_contract.py, weighing them here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.cli.asking import _next_line
from bot.flow.lines import NextLine
from bot.settings import Settings

TODAY = date(2026, 6, 15)
CHANNELS = {"email", "phone", "text", "direct_mail", "social"}
SPELLINGS = {
    "email": "email", "E-Mail": "email", "e-mail": "email", "emails": "email",
    "phone": "phone", "calls": "phone", "Phone call": "phone",
    "text": "text", "SMS": "text", "text message": "text", "Text messages": "text",
    "E-Mails": "email", "telephone": "phone", "WhatsApp": "text", "postcards": "direct_mail",
    "direct mail": "direct_mail", "direct_mail": "direct_mail", "post": "direct_mail",
    "Direct-Mail": "direct_mail", "letters": "direct_mail",
    "social": "social", "LinkedIn": "social", "social media": "social",
}  # fmt: skip
EVERY = ("all", "ALL", "any", "every channel", "All channels")
TOUCH = {"sent", "called"}
OURS = {"sent", "called", "answered", "newsletter"}
NO_ACT = OURS | {"no_answer", "opted_out"}
"""Not an act of an engaged lead: ours, a silence, and a goodbye."""
SILENT_WORDS = {"no_answer", "opted_out"}
TALK = ("replied", "asked", "met_at_event")
DEEDS = {"requested_demo", "requested_quote", "booked_meeting"}
REQUESTS = (
    "Can I see a demo?", "Please send me a quote.", "Could a salesperson call me?",
    "Send me your terms.", "Can we set up a meeting with you?",
)  # fmt: skip
NO_REQUESTS = (
    "How do others plan inspections?", "A colleague showed me a demo of something else.",
    "What do people usually pay attention to in contracts?", "How did the meeting culture change?",
    "We do not need a demo.",
)  # fmt: skip
LATER = {
    "Not now, try in spring.": date(2027, 3, 1),
    "Call me after 3 July.": date(2026, 7, 4),
    "Please come back in September.": date(2026, 9, 1),
}
"""Words of the days before TODAY, and the day they ask to be written to."""
REPLY_LOOK, BUDGET_LOOK = timedelta(days=1), timedelta(days=90)
"""Where the contract names no day: a reply is answered first, a spent budget rests."""


@dataclass(frozen=True)
class Expected:
    """What the contract says; `when` is None for a lead who may not be written to at all."""

    decision: str
    rule: str
    when: date | None
    number: int
    budget: int


def decide(
    line: dict[str, Any], today: date, *, plan_gap: int = 7, plan_budget: int = 27
) -> Expected:
    """The decision, first that applies, in the order of the contract."""
    lead = line.get("lead") or {}
    history = sorted(line.get("history") or [], key=lambda e: e["on"])
    past = [e for e in history if on(e) <= today]
    touches = [e for e in past if e["action"] in TOUCH]
    count = lead["touches"] if lead.get("touches") is not None else len(touches)
    budget = lead["budget"] if lead.get("budget") is not None else plan_budget

    def expect(decision: str, rule: str, when: date | None) -> Expected:
        return Expected(decision, rule, when, count + 1, budget)

    if no_channel_left(lead, history, today):
        return expect("wait", "opted_out", None)
    if lead.get("qualified"):
        return expect("hand_over", "qualified", today)
    if asked_for_sales(past_and_meetings(history, today), line.get("questions") or []):
        return expect("hand_over", "asked_for_sales", today)
    waits = list(reasons_to_wait(lead, past, today, touches, plan_gap))
    if count >= budget and not waits:
        waits.append(("budget", today + BUDGET_LOOK))
    if waits:
        return expect("wait", waits[0][0], max(when for _, when in waits))
    if not problem_known(lead, past, line.get("questions") or []):
        return expect("ask", "problem_unknown", today)
    return expect("send", "due", today)


def past_and_meetings(history: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """What happened; and a meeting booked for a day to come is booked already."""
    return [e for e in history if on(e) <= today or e["action"] == "booked_meeting"]


def on(entry: dict[str, Any]) -> date:
    return date.fromisoformat(entry["on"])


def no_channel_left(lead: dict[str, Any], history: Iterable[dict[str, Any]], today: date) -> bool:
    """A lead's no is honoured whatever its date; an opt-in of a later day undoes it, from then."""
    if lead.get("opted_out"):
        return True
    closed: set[str] = set()
    for entry in sorted(history, key=lambda e: (on(e), e["action"] == "opted_out")):
        named = channels_named(entry.get("note") or "")
        if entry["action"] == "opted_out":
            closed |= named
        elif entry["action"] == "opted_in" and on(entry) <= today:
            closed -= named
    for channel in lead.get("opted_out_channels") or []:
        closed |= channels_named(channel)
    return closed >= CHANNELS


def channels_named(text: str) -> set[str]:
    return {SPELLINGS[text]} if text in SPELLINGS else set(CHANNELS)


def asked_for_sales(past: list[dict[str, Any]], questions: list[str]) -> bool:
    """In deed or words; a purchase after the request has settled it."""
    said = [q for q in questions if q in REQUESTS]
    bought = max((n for n, e in enumerate(past) if e["action"] == "bought"), default=-1)
    since = past[bought + 1 :]
    return bool(said) or any(
        e["action"] in DEEDS
        or (e["action"] not in OURS | SILENT_WORDS and e.get("note") in REQUESTS)
        for e in since
    )


def reasons_to_wait(
    lead: dict[str, Any],
    past: list[dict[str, Any]],
    today: date,
    touches: list[dict[str, Any]],
    plan_gap: int,
) -> Iterable[tuple[str, date]]:
    if reply_is_open(lead, past):
        yield "unanswered_reply", today + REPLY_LOOK
    account = day(lead.get("account_touched_on"))
    if account and abs(today - account) < timedelta(days=7):  # an appointment keeps quiet, too
        yield "account_touched", account + timedelta(days=7)
    if touches:
        free = on(touches[-1]) + timedelta(days=gap(lead, past, today, plan_gap))
        if free > today:
            yield "gap", free
    given = day(lead.get("contact_after"))
    later = given if given and given > today else said_later(past)
    if later and later > today:
        yield "contact_after", later


def reply_is_open(lead: dict[str, Any], past: list[dict[str, Any]]) -> bool:
    if lead.get("waiting_for_answer") is not None:
        return bool(lead["waiting_for_answer"])
    replied, answered = day(lead.get("replied_at")), day(lead.get("answered_at"))
    talk = [e for e in past if e["action"] in {"replied", *OURS} - {"newsletter"}]
    # The latest reply counts, told as a fact or in the history; what we did since answers it.
    told = max((on(e) for e in talk if e["action"] == "replied"), default=None)
    if replied and (told is None or replied > told):
        ours = [on(e) for e in talk if e["action"] != "replied" and on(e) > replied]
        ours += [on(e) for e in talk if e["action"] == "answered" and on(e) == replied]
        return not ours and (answered is None or answered < replied)
    if told is None or (answered and answered >= told):
        return False
    return talk[-1]["action"] == "replied"


def gap(lead: dict[str, Any], past: list[dict[str, Any]], today: date, plan_gap: int) -> int:
    days = lead["gap_days"] if lead.get("gap_days") is not None else plan_gap
    if two_unanswered(past):
        days = max(days, 14)
    acts = [e for e in past if e["action"] not in NO_ACT and today - on(e) <= timedelta(days=7)]
    return min(days, 5) if len(acts) >= 4 else days


def two_unanswered(past: list[dict[str, Any]]) -> bool:
    silent = 0
    for entry in past:
        if entry["action"] in TOUCH:
            silent += 1
        elif entry["action"] not in NO_ACT:
            silent = 0
    return silent >= 2


def said_later(past: list[dict[str, Any]]) -> date | None:
    said = [LATER[e["note"]] for e in past if e["action"] in TALK and e.get("note") in LATER]
    return said[-1] if said else None


def problem_known(lead: dict[str, Any], past: list[dict[str, Any]], questions: list[str]) -> bool:
    asked = [e for e in past if e["action"] == "asked" and (e.get("note") or "").strip()]
    facts = [lead.get("problem"), lead.get("intent"), *questions]
    return bool(asked) or any((f or "").strip() for f in facts)


def day(value: str | None) -> date | None:
    return datetime.fromisoformat(value).date() if value else None


DAYS = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 21, 30, 45, -1, -3, -9])
"""Days ago, around every boundary of the contract; below nought lies the future."""
ACTIONS = (
    "sent", "called", "answered", "newsletter", "opened", "clicked", "downloaded", "read",
    "watched", "attended", "registered", "joined_list", "visited", "visited_pricing", "forwarded",
    "asked", "replied", "no_answer", "requested_demo", "requested_quote", "booked_meeting",
    "met_at_event", "opted_in", "opted_out", "bought",
)  # fmt: skip
COMMON = (
    "sent",
    "called",
    "read",
    "opened",
    "visited",
    "replied",
    "answered",
    "asked",
    "no_answer",
)


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly absent, so that late rules are reached as well."""
    return st.one_of(st.none(), st.none(), st.none(), st.none(), values)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    action = draw(st.one_of(st.sampled_from(COMMON), st.sampled_from(ACTIONS)))
    entry: dict[str, Any] = {"action": action, "on": ago(draw(DAYS))}
    if action in {"opted_out", "opted_in"}:
        entry["note"] = draw(st.sampled_from(["", "", *SPELLINGS, *EVERY, "please stop"]))
    elif action in TALK:
        entry["note"] = draw(
            st.sampled_from(["", *NO_REQUESTS, *NO_REQUESTS, *NO_REQUESTS, *LATER, *REQUESTS])
        )
    elif draw(st.integers(0, 9)) == 0:
        entry["note"] = draw(st.sampled_from([*NO_REQUESTS, *REQUESTS]))
    return entry


LEADS = st.fixed_dictionaries({
    "problem": st.sampled_from([None, "", " ", "downtime", "downtime", "downtime"]),
    "intent": maybe(st.just("fewer breakdowns")),
    "outcome": maybe(st.just("more output")),
    "opted_out": maybe(st.booleans()),
    "opted_out_channels": maybe(
        st.lists(st.sampled_from([*SPELLINGS, *SPELLINGS, *EVERY]), max_size=9)
    ),
    "qualified": maybe(st.booleans()),
    "replied_at": maybe(DAYS.map(lambda d: ago(abs(d)))),
    "answered_at": maybe(DAYS.map(lambda d: ago(abs(d)))),
    "waiting_for_answer": maybe(st.booleans()),
    "contact_after": maybe(DAYS.map(ago)),
    "account_touched_on": maybe(DAYS.map(ago)),
    "gap_days": maybe(st.sampled_from([0, 1, 3, 4, 5, 6, 7, 10, 13, 14, 15, 30])),
    "touches": maybe(st.sampled_from([0, 1, 5, 26, 27, 28])),
    "budget": maybe(st.sampled_from([0, 1, 2, 5, 27, 40])),
    "stage": maybe(st.sampled_from(["awareness", "decision", "customer"])),
})  # fmt: skip
LINES = st.fixed_dictionaries({
    "id": st.just(1),
    "today": st.just(TODAY.isoformat()),
    "lead": LEADS,
    "history": st.one_of(
        st.lists(entries(), max_size=4), st.lists(entries(), max_size=12),
        # Engaged and silent leads, which chance would hardly bring.
        st.builds(
            lambda acts, ours, more: [*acts, *ours, *more],
            st.lists(st.fixed_dictionaries({
                "action": st.sampled_from(["visited", "read", "opened", "opted_in", "no_answer"]),
                "on": st.integers(0, 9).map(ago)}), min_size=3, max_size=6),
            st.lists(st.fixed_dictionaries({
                "action": st.sampled_from(["sent", "called"]),
                "on": st.integers(0, 16).map(ago)}), max_size=3),
            st.lists(entries(), max_size=1),
        ),
    ),
    "questions": st.lists(st.sampled_from(["", *NO_REQUESTS, *NO_REQUESTS, *REQUESTS]), max_size=1),
})  # fmt: skip


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Wired]:
    """Everything wired over a home without a single asset."""
    wired = build(Settings(home=tmp_path_factory.mktemp("empty")))
    yield wired
    wired.close()


def got(line: dict[str, Any], tools: Wired) -> Expected:
    """What `next --batch` says, in the oracle's form; the rule is not part of the contract."""
    form = _next_line(NextLine.model_validate(line), tools)
    when = date.fromisoformat(form["when"]) if form["when"] else None
    touch = form["touch"]
    return Expected(form["decision"], "", when, touch["number"], touch["budget"])


@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(LINES)
def test_the_product_decides_as_the_contract_says(empty: Wired, line: dict[str, Any]) -> None:
    """M1 M8 M10 M13 M15 M16 M22 M50 Decision, date, touch number and budget, whatever the lead."""
    expected = decide(line, TODAY)
    assert got(line, empty) == replace(expected, rule=""), expected.rule


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(LINES)
def test_a_library_does_not_change_the_decision(tools: Wired, line: dict[str, Any]) -> None:
    """M15 M16 Nor an empty one: histories here name no asset, so nothing is sent already."""
    assert got(line, tools) == replace(decide(line, TODAY), rule="")

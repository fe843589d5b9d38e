"""What the words of the slash command answer, and to whom."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.listeners import commands
from bot.views import words, words_commands, words_due, words_lead, words_touches
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.roles import Role
from tests.slack.local import buttons, said
from tests.slack.office import MIKA, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)


@pytest.fixture
def office(shared_office: Office) -> Office:
    return shared_office


@pytest.mark.parametrize(
    ("typed", "near"),
    [("leed", "lead"), ("gap", "gaps"), ("hlep", "help"), ("leads Dana Ortiz", "lead")],
)
def test_an_unknown_word_gets_help_with_a_near_one(office: Office, typed: str, near: str) -> None:
    """M58 Never silent."""
    told = json.loads(office.command(typed).body)
    assert told["response_type"] == "ephemeral"
    assert f"Do you mean `/trailguide {near}`?" in told["text"]
    assert office.started == []


def test_help_names_every_word() -> None:
    told = json.dumps(commands.at_once("help", taken=False))
    assert all(f"/trailguide {word}" in told for word in (*commands.WORDS, "help"))
    assert set(commands.WORDS) | {"help"} == set(words_commands.NAMES)


@pytest.mark.parametrize("typed", ["Leah asked what a rollout costs", "Dana Ortiz: what next?"])
def test_an_ask_needs_no_word(typed: str) -> None:
    assert commands.split(typed) == ("", typed)


@pytest.mark.parametrize("typed", ["lead", "add"])
def test_a_word_that_says_nothing_alone_says_what_it_needs(office: Office, typed: str) -> None:
    told = json.loads(office.command(typed).body)
    assert commands.NEED_MORE[typed] == told["text"]
    assert office.started == []


def test_a_lead_in_short_comes_to_direct_messages(office: Office) -> None:
    """M58 Private by default: the channel sees nothing of the lead."""
    office.give(ROBIN, Role.MANAGER)
    reply = office.command("lead dana")
    assert json.loads(reply.body)["text"] == words.LOOKING
    (told,) = office.slack.messages
    assert told["channel"] == "D01ROBIN"
    for part in ("Dana Ortiz", "Northgate Haulage", "touch ", " of ", "Next: ", words_lead.NO_CARD):
        assert part in said(told)
    assert "@" not in said(told)


def test_the_open_card_of_a_lead_is_named(office: Office) -> None:
    office.give(MIKA, Role.MANAGER)
    office.command("next Priya Raman asked how long a rollout takes")
    office.command("lead Priya Raman")
    assert words_lead.OPEN_CARD in said(office.slack.messages[-1])
    office.command("lead Priya Raman", user=MIKA)
    assert words_lead.NO_CARD in said(office.slack.messages[-1])


def test_a_name_that_fits_several_is_offered_and_one_that_fits_none_has_near_ones(
    office: Office,
) -> None:
    for n in range(2):
        office.tools.leads.put(f"cy@{n}.example", LeadFacts(name="Cy Moor"), "test", "test")
    office.command("lead cy moor")
    (offered,) = office.slack.messages
    assert buttons(offered) == ["show_lead_0", "show_lead_1"]
    assert "example" not in json.dumps(offered["blocks"])
    office.click(offered, "show_lead_1")
    assert "Cy Moor" in said(offered)
    assert buttons(offered) == ["show_plan"]
    office.command("lead Dena Ortez")
    near = office.slack.messages[-1]
    assert words_lead.NOBODY in said(near)
    assert "Dana Ortiz" in said(near)
    office.command("lead Xqzw")
    assert words_lead.NOBODY in said(office.slack.messages[-1])


def test_gaps_tell_what_is_wanted_most_and_what_is_missing(office: Office) -> None:
    """M47 Content requests, counted, most wanted first."""
    for ask in ("a", "b"):
        office.tools.requests.count_miss("Do you run on a ferry?", Stage.INTEREST, ask_key=ask)
    office.tools.requests.count_miss("Is there *a* discount?", Stage.DECISION, ask_key="c")
    office.command("gaps")
    told = said(office.slack.messages[0])
    assert told.index("ferry") < told.index("discount")
    assert "asked 2 times" in told
    assert "*a*" not in told


def test_audit_shows_ones_own_suggestions_and_that_the_chain_holds(office: Office) -> None:
    """M53 M56 Nobody sees another's here; the log is verified."""
    for user in (ROBIN, MIKA):  # other tests made managers of them
        office.give(user, Role.MARKETER)
    office.command("next Tomas Lind asked how long a rollout takes")
    office.slack.messages.clear()
    office.command("audit")
    told = said(office.slack.messages[-1])
    assert "Tomas Lind" in told
    assert words_touches.OWN_NOTE in told
    assert "The audit log was whole" in told
    office.command("audit", user=MIKA)
    assert "Tomas Lind" not in said(office.slack.messages[-1])
    assert words_touches.NOTHING_YET in said(office.slack.messages[-1])


def test_due_names_the_leads_whose_day_has_come(office: Office) -> None:
    office.command("due", user=MIKA)
    assert words_due.NO_LEADS in said(office.slack.messages[-1])
    office.command("next Tomas Lind asked how long a rollout takes", user=MIKA)
    made = office.tools.suggestions.get(buttons_value(office.slack.messages[-1]))
    today = office.tools.clock.now().date()
    office.tools.suggestions.snooze(made.id, MIKA, today - timedelta(days=1))
    office.command("due", user=MIKA)
    assert "Tomas Lind" in said(office.slack.messages[-1])
    office.slack.messages.clear()
    office.command("due", user="U03ALEX")
    assert "Tomas Lind" not in said(office.slack.messages[-1])


def buttons_value(card: dict[str, object]) -> str:
    rows = [b for b in card["blocks"] if b["type"] == "actions"]  # type: ignore[attr-defined]
    return str(rows[-1]["elements"][-1]["value"]).partition("#")[0]


@pytest.mark.parametrize("words_said", ["whos due", "who's due today?", "Who is overdue?"])
def test_who_is_due_may_be_asked_in_words(office: Office, words_said: str) -> None:
    """M55 The list of `/trailguide due`, in direct messages."""
    office.command("due")
    listed = said(office.slack.messages[-1])
    office.send(office.event(words_said))
    told = office.slack.messages[-1]
    assert said(told) == listed
    assert told["channel"] == "D01ROBIN"

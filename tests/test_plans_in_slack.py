"""Segments, tracks, plans and hand-overs in Slack, through Bolt's real dispatch (M4, M50, M51)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.flow.lead_plan import lead_plan
from bot.listeners import chores
from bot.listeners import handover as handover_acts
from bot.listeners.plans import SHOW
from bot.views import words_handover
from bot.views import words_plans as words
from bot.views.plans_slack import group_message, track_message
from knowledge.clock import team_date
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.plan_rules import PlanRule
from knowledge.roles import Role
from knowledge.segments import Segment
from knowledge.tracks import Step, Track, Trigger
from tests.slack.local import said
from tests.slack.office import ADMIN, MIKA, ROBIN, Office
from tests.slack.payloads import check_message
from tests.test_slack_coverage import PNG, press

pytest_plugins = ("tests.slack.fixtures",)


def put(office: Office, lead: str, *acts: Any, **facts: Any) -> None:
    day = team_date(office.tools.clock, office.tools.settings.time_zone)
    known = LeadFacts(**{"name": f"Zoe {lead.title()}", "problem": "Stops", **facts})
    office.tools.leads.put(lead, known, "import", "test")
    entries = [HistoryEntry(a, day - timedelta(days=ago), *rest) for a, ago, *rest in acts]
    office.tools.leads.add_history(lead, entries)


def pictures(office: Office) -> list[dict[str, Any]]:
    return [m for m in office.slack.messages if m.get("files")]


def test_m51_segments_are_counted_for_all_and_named_for_ones_own(shared_office: Office) -> None:
    """M51 M58 The picture comes through the outbox, once."""
    put(shared_office, "mine", owner=ROBIN, company_size=80)
    put(shared_office, "theirs", owner=MIKA, company_size=80)
    shared_office.command("segments")
    assert "Small companies: 2 leads" in said(shared_office.slack.messages[-1])
    shared_office.command("segments small picture")
    shown = said(shared_office.slack.messages[-2])
    assert "Zoe Mine" in shown
    assert "Zoe Theirs" not in shown
    (picture,) = pictures(shared_office)
    assert picture["channel"] == "D01ROBIN"
    assert picture["files"][0]["content"].startswith(PNG)
    assert picture["files"][0]["alt_txt"].startswith("Small companies as boxes")
    shared_office.command("segments giants")
    assert "There is no segment or bucket" in said(shared_office.slack.messages[-1])


def test_m45_a_track_is_shown_with_its_picture(shared_office: Office) -> None:
    """M45 M53 Reading is for all."""
    shared_office.command("tracks", user=MIKA)
    assert "After a download" in said(shared_office.slack.messages[-1])
    shared_office.slack.trouble["files.completeUploadExternal"].append("lost")
    shared_office.command("tracks joined_list")
    (picture,) = pictures(shared_office)
    assert "What others in their place struggle with" in picture["files"][0]["alt_txt"]
    shared_office.command("tracks nowhere")
    assert "There is no track" in said(shared_office.slack.messages[-1])


def test_m4_the_plan_of_a_lead_by_command_and_below_its_summary(shared_office: Office) -> None:
    """M4 M58 For the asker alone; the card names its step."""
    put(shared_office, "ivar", (Action.JOINED_LIST, 20), (Action.SENT, 3))
    shared_office.command("plan Zoe Ivar")
    shown = shared_office.slack.messages[-1]
    assert shown["channel"] == "D01ROBIN"
    assert "Step 2 of 5, “The first five pieces” (version 1)" in said(shown)
    assert words.CHANGES in said(shown)
    shared_office.command("lead Zoe Ivar")
    press(shared_office, shared_office.slack.messages[-1], SHOW)
    assert "Step 2 of 5" in said(shared_office.slack.messages[-1])
    shared_office.command("plan Nobody Atall")
    assert "No lead on record" in said(shared_office.slack.messages[-1])


def test_m53_a_plan_of_somebody_elses_lead_is_not_shown(shared_office: Office) -> None:
    """M53"""
    put(shared_office, "oda", owner=MIKA)
    shared_office.command("plan Zoe Oda")
    assert "Only the owner of that lead" in said(shared_office.slack.messages[-1])


def test_m4_a_card_shows_the_step_it_serves(office: Office) -> None:
    """M4"""
    put(office, "ann", (Action.JOINED_LIST, 2), owner=ROBIN)
    office.send(office.event("What do I send Zoe Ann next?"))
    assert "Step 1 of 5, “The first five pieces”" in said(office.card)


def test_m50_the_page_goes_privately_to_the_owner_and_nurturing_ends(office: Office) -> None:
    """M49 M50 M53 M58 Pressed twice, one page; given back, nurturing goes on."""
    put(office, "ann", (Action.SENT, 30), (Action.REPLIED, 2, None, "Can we see a demo?"),
        owner=MIKA)  # fmt: skip
    office.send(office.event("What do I send Zoe Ann next?"))
    card = office.card
    assert "(definition 1)" in said(card)
    office.slack.trouble["files.completeUploadExternal"].append("lost")
    office.click(card, handover_acts.GIVE)
    (page,) = pictures(office)
    assert page["channel"] == "D02MIKA"
    assert b"Can we see a demo" in page["files"][0]["content"]
    handed = office.slack.messages[-1]
    assert "Zoe Ann is handed over" in said(handed)
    assert f"<@{MIKA}>" in str(handed["blocks"])
    office.send(office.event("What do I send Zoe Ann next?"))
    assert "was handed over" in said(office.card)
    kinds = [e.kind for e in office.tools.audit.entries(office.tools.db)]
    assert kinds.count("lead.handed_over") == 1
    press(office, handed, handover_acts.BACK, user=ROBIN)
    assert words_handover.GIVEN_BACK in said(handed)


def test_m53_somebody_elses_card_hands_nothing_over(office: Office) -> None:
    """M53"""
    put(office, "ann", (Action.REQUESTED_DEMO, 2), owner=ROBIN)
    office.send(office.event("What do I send Zoe Ann next?"))
    office.click(office.card, handover_acts.GIVE, user=ADMIN)
    assert not pictures(office)


def test_m49_definitions_stand_in_help_and_with_the_lead(shared_office: Office) -> None:
    """M49"""
    shared_office.command("definitions")
    assert "Our definitions (version 1)" in said(shared_office.slack.messages[-1])
    put(shared_office, "kim")
    shared_office.command("lead Zoe Kim")
    assert "(definition 1)" in said(shared_office.slack.messages[-1])


@pytest.mark.parametrize("text", ["*x* <!channel> & <https://evil.example|x>", "$a_b$ \\ `c`"])
def test_what_a_team_writes_stays_text(text: str) -> None:
    """M58 Files of the team are shown, never run."""
    track = Track("t", 1, text, (Trigger.ANY,), (Step(text),), says=text)
    segment = Segment("s", text, PlanRule((("industry", (text,)),)))
    for message in (track_message(track), group_message(segment, [], [])):
        check_message({**message.payload(), "channel": "D1"})
        assert "<!channel>" not in str(message.blocks)
        assert "<https://evil" not in str(message.blocks)


def test_m45_a_marketers_slip_in_a_track_is_told_to_marketing_and_stops_no_rep(
    shared_office: Office,
) -> None:
    """M45 Once for the same mistakes; the packaged tracks are used meanwhile."""
    office = shared_office
    put(office, "slip", (Action.DOWNLOADED, 2, "paper"))
    place = office.tools.settings.home / "tracks"
    place.mkdir(exist_ok=True)
    wrong = place / "downloaded.toml"
    wrong.write_text('version = 2\nlabel = "Mine"\ntrigers = ["asked"]\n')
    office.give(MIKA, Role.MARKETER)
    try:
        assert lead_plan("slip", office.tools).placed.track == "downloaded"
        for _ in range(2):
            chores.record_due(office.edge)
            for key in [k for k in office.tools.inbox.pending() if ":plan files:" in k]:
                office.work(key)
            office.edge.tools.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    finally:
        wrong.unlink()
        office.give(MIKA)
    to = [m for m in office.slack.messages if m["channel"] == "D02MIKA"]
    told = [m for m in to if "'trigers' is an unknown key" in said(m)]
    assert len(told) == 1
    assert "tracks check" in said(told[0])

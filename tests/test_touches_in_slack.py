"""The manager's list, its filter, its stories, flags, comments and samples, and what a rep sees."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.flow.standing import kept_roles
from bot.views import words_touches as words
from bot.views.touch_list import EXPORT, FILTER, NEWER, OLDER, OPEN, PAGE, PICK
from knowledge.leads import LeadFacts
from knowledge.roles import Role
from knowledge.touch import CheckReport, Draft, Finding
from tests.slack.local import said
from tests.slack.office import MIKA, ROBIN, Office
from tests.storage_examples import a_suggestion
from tests.test_home import buttons, opens_home, press, words_of

pytest_plugins = ("tests.slack.fixtures",)

NOOR = "U03NOOR"
"""The manager."""
PITCH = CheckReport(passed=False, findings=(Finding("pitch", "Buy.", "It sells."),))


@pytest.fixture
def desk(office: Office) -> Office:
    """An office with a manager, two reps and three suggestions, one of them with a kept finding."""
    kept_roles(office.tools).grant(NOOR, Role.MANAGER, "test")
    tools = office.tools
    for number, (name, rep, lead) in enumerate((
        ("s1", ROBIN, "lead-dana-ortiz"), ("s2", MIKA, "lead-tomas-lind"), ("s3", ROBIN, None),
    )):  # fmt: skip
        tools.clock.at += timedelta(minutes=number)
        made = a_suggestion(name, lead_id=lead, facts=LeadFacts(name="Ada Quill"))
        made = replace(made, ask=replace(made.ask, asked_by=rep))
        tools.suggestions.save(replace(made, draft=Draft("V", "Buy.", "email", "composer", PITCH)))
    tools.suggestions.edit("s1", ROBIN, "V", "Buy it.", PITCH, reason="They asked.")
    return office


def listed(office: Office, text: str = "audit", user: str = NOOR) -> dict[str, Any]:
    office.command(text, user=user)
    return office.slack.messages[-1]


def accessory(message: dict[str, Any], value: str) -> dict[str, Any]:
    (found,) = [
        b["accessory"] for b in message["blocks"]
        if b.get("accessory", {}).get("value") == value
    ]  # fmt: skip
    return dict(found)


def opened(message: dict[str, Any], element: dict[str, Any]) -> dict[str, Any]:
    """A message in which one element alone can be pressed, as the office presses it."""
    return {**message, "blocks": [{"type": "actions", "elements": [element]}]}


def row_ids(message: dict[str, Any]) -> list[str]:
    rows = [b["accessory"] for b in message["blocks"] if "accessory" in b]
    return [r["value"] for r in rows if r["action_id"] == OPEN]


def in_window(office: Office, action: str, value: str, user: str = NOOR) -> None:
    """Press a button of the open window."""
    office.serial += 1
    view = office.slack.views[-1]
    office.send({
        "type": "block_actions", "team": {"id": "T01"}, "user": {"id": user, "team_id": "T01"},
        "api_app_id": "A1", "trigger_id": office.slack.trigger(),
        "container": {"type": "view"}, "view": view,
        "actions": [{"type": "button", "action_id": action, "value": value,
                     "action_ts": str(office.serial)}],
    })  # fmt: skip
    office.settle()


def story(office: Office, own: str, user: str = NOOR) -> dict[str, Any]:
    """The window with the story of a suggestion, opened from the list."""
    message = listed(office, user=user)
    office.click(opened(message, accessory(message, own)), OPEN, user)
    office.settle()
    return dict(office.slack.views[-1])


def flagged(office: Office, own: str = "s1", text: str = "Why sell here?") -> dict[str, Any]:
    """Flag a suggestion; the message that the rep gets."""
    story(office, own)
    in_window(office, "note_flag", own)
    office.fill_in(NOOR, note_text=text, note_about="promotional")
    return next(m for m in office.slack.messages if text in said(m))


def test_a_manager_sees_everybodys_and_a_rep_their_own(desk: Office) -> None:
    """M53 M54: the list is the same, and what is not one's own is not in it."""
    everybody = listed(desk)
    assert row_ids(everybody) == ["s3", "s2", "s1"]
    assert everybody["channel"] == "D03NOOR"
    told = said(everybody)
    assert "Dana Ortiz" in told
    assert "kept against: pitch" in told
    assert f"<@{MIKA}>" in told
    assert "The audit log was whole" in told
    own = listed(desk, user=ROBIN)
    assert row_ids(own) == ["s3", "s1"]
    assert words.OWN_NOTE in said(own)
    assert "Tomas Lind" not in said(own)
    assert row_ids(listed(desk, f"audit rep <@{MIKA}|mika>", ROBIN)) == []


def test_words_filter_and_what_was_not_understood_is_said(desk: Office) -> None:
    """M54 M59: understood and not understood are both told; nothing is guessed in silence."""
    told = listed(desk, f"audit rep <@{ROBIN}|robin> overridden last 30 days quickly")
    assert row_ids(told) == ["s1"]
    assert f"rep <@{ROBIN}>, findings kept, from " in said(told)
    assert "Not understood: “quickly”" in said(told)
    assert words.NOTHING_FITS in said(listed(desk, "audit withdrawn"))


def test_pages_follow_each_other_in_place(desk: Office) -> None:
    """M54: older and newer turn the same message; no row twice, none left out."""
    for number in range(PAGE + 2):
        desk.tools.clock.at += timedelta(minutes=1)
        desk.tools.suggestions.save(a_suggestion(f"t{number:02}", lead_id=None))
    message = listed(desk)
    first, count = row_ids(message), len(desk.slack.messages)
    desk.click(message, OLDER, NOOR)
    assert len(desk.slack.messages) == count
    second = row_ids(message)
    assert len(first) == PAGE
    assert not set(first) & set(second)
    assert len(first) + len(second) == PAGE + 5
    desk.click(message, NEWER, NOOR)
    assert row_ids(message) == first


def test_the_window_filters_the_list_it_was_opened_from(desk: Office) -> None:
    """M54 M59: it opens with what is asked, says what is wrong beside its field, and narrows."""
    message = listed(desk, "audit stage interest")
    desk.click(message, FILTER, NOOR)
    desk.settle()
    window = desk.slack.views[-1]
    assert "dana" not in window["private_metadata"]
    stage = next(b for b in window["blocks"] if b.get("block_id") == "stage")
    assert stage["element"]["initial_option"]["value"] == "interest"
    assert [o["value"] for o in desk.options("touch_lead", "dana", NOOR)] == ["lead-dana-ortiz"]
    assert desk.options("touch_asset", "maintenance", NOOR)

    wrong = json.loads(desk.fill_in(NOOR, since="2026-03-09", touch_until="2026-03-01").body)
    assert set(wrong["errors"]) == {"touch_until"}
    wrong = json.loads(desk.fill_in(NOOR, company="Nobody at all").body)
    assert set(wrong["errors"]) == {"company"}
    desk.fill_in(NOOR, touch_lead="lead-dana-ortiz", overridden="yes")
    assert row_ids(message) == ["s1"]
    assert "lead Dana Ortiz" in said(message)
    assert "stage interest" in said(message)


def test_a_filter_is_nobody_elses_and_goes_with_its_lead(desk: Office) -> None:
    """M53 M56: buttons name a filter that lies here; it is its maker's, and erasable."""
    message = listed(desk, "audit lead Dana Ortiz")
    assert "dana" not in json.dumps([b for b in message["blocks"] if b["type"] == "actions"])
    desk.click(message, EXPORT, MIKA)
    assert "somebody else" in said(desk.slack.messages[-1]) or "manager" in said(
        desk.slack.messages[-1]
    )
    desk.tools.leads.erase("lead-dana-ortiz", NOOR)
    desk.click(message, EXPORT, NOOR)
    assert words.GONE in said(desk.slack.messages[-1])


def test_the_table_comes_with_the_setting_and_plain_rows_beside_it(desk: Office) -> None:
    """M54: with Slack's newer blocks a table with names, and a list to open a row from."""
    desk.tools.settings = desk.tools.settings.model_copy(update={"slack_blocks": "new"})
    desk.edge.poster._newer = True
    desk.slack.users[ROBIN] = {"real_name": "Robin Reyes", "profile": {}}
    message = listed(desk)
    (table,) = [b for b in message["blocks"] if b["type"] == "table"]
    cells = [[c["text"] for c in row] for row in table["rows"]]
    assert cells[0] == list(words.COLUMNS)
    assert len(cells) == 4
    assert cells[3][1] == "Robin Reyes"
    assert cells[3][2].startswith("Dana Ortiz (")
    picked = next(e for b in message["blocks"] if b["type"] == "actions"
                  for e in b["elements"] if e["action_id"] == PICK)  # fmt: skip
    chosen = {**picked, "selected_option": picked["options"][2]}
    desk.click(opened(message, chosen), PICK, NOOR)
    desk.settle()
    assert desk.slack.views[-1]["private_metadata"] == "s1"


def test_a_story_tells_everything_and_only_ids_go_with_the_window(desk: Office) -> None:
    """M56: asked, read, chosen, turned down, drafted, edited with the difference marked."""
    told = "\n".join(str(b.get("text", {}).get("text")) for b in story(desk, "s1")["blocks"])
    for part in (
        "Asked",
        "Stage read",
        "Piece chosen",
        "Turned down",
        "Draft written",
        "Draft edited",
        "They asked.",
        "All about valves",
        "A brochure.",
        "~Buy",
    ):
        assert part in told
    assert desk.slack.views[-1]["private_metadata"] == "s1"


def test_a_long_story_is_split_over_pages(desk: Office) -> None:
    """M56: every edit is an event; the pages turn in the same window."""
    for number in range(70):
        desk.tools.suggestions.edit("s3", ROBIN, "V", f"Buy {number}.", PITCH, reason="So.")
    first = story(desk, "s3")
    assert "Page 1 of" in str(first["blocks"][-1])
    windows = len(desk.slack.views)
    in_window(desk, "story_on", "s3:1")
    assert len(desk.slack.views) == windows
    assert "Page 2 of" in str(desk.slack.views[-1]["blocks"][-1])


def test_a_rep_opens_their_own_story_and_no_other(desk: Office) -> None:
    """M53: without the buttons of a review; somebody else's is refused and the try is audited."""
    view = story(desk, "s1", ROBIN)
    assert not [b for b in view["blocks"] if b["type"] == "actions"]
    before, message = len(desk.slack.views), listed(desk, user=ROBIN)
    button = {"type": "button", "action_id": OPEN, "value": "s2"}
    desk.click(opened(message, button), OPEN, ROBIN)
    desk.settle()
    assert len(desk.slack.views) == before
    assert any("manager" in str(w) for w in desk.slack.whispers)


def test_a_flag_reaches_the_rep_and_the_answer_the_manager(desk: Office) -> None:
    """M57: by direct message, once, with the story behind a button; the card stays as it is."""
    before = desk.tools.suggestions.get("s1")
    note = flagged(desk)
    assert note["channel"] == "D01ROBIN"
    assert f"<@{NOOR}> flagged a suggestion of yours" in said(note)
    assert "promotional" in said(note)
    assert desk.tools.suggestions.get("s1") == before
    assert [m["channel"] for m in desk.slack.messages if "Why sell here?" in said(m)] == [
        "D01ROBIN"
    ]

    desk.click(note, "note_answer")
    desk.settle()
    assert json.loads(desk.fill_in(note_text="  ").body)["errors"] == {
        "note_text": words.SAY_SOMETHING
    }
    desk.fill_in(note_text="They asked for the price.")
    answer = next(m for m in desk.slack.messages if "They asked for the price." in said(m))
    assert answer["channel"] == "D03NOOR"
    assert f"<@{ROBIN}> answered" in said(answer)
    desk.click(answer, "note_settle", NOOR)
    assert not opens_flags(desk)


def opens_flags(office: Office) -> int:
    view = opens_home(office, NOOR)
    return sum(b["action_id"] == "note_settle" for b in buttons(view))


def test_an_answer_may_be_written_in_the_thread(desk: Office) -> None:
    """M57: below the message, without a window; a message elsewhere stays an ask."""
    note = flagged(desk)
    desk.send(desk.event("They asked for it.", channel="D01ROBIN", thread_ts=note["ts"]))
    answer = next(m for m in desk.slack.messages if "They asked for it." in said(m))
    assert answer["channel"] == "D03NOOR"
    mine = next(m for m in desk.slack.messages[::-1] if m["channel"] == "D01ROBIN")
    assert mine.get("thread_ts") == note["ts"]
    assert "is kept" in said(mine)


def test_a_comment_of_an_erased_lead_is_refused_with_what_was_typed_kept(desk: Office) -> None:
    """M57 M59: the window stays open and says why."""
    story(desk, "s1")
    in_window(desk, "note_comment", "s1")
    desk.tools.leads.erase("lead-dana-ortiz", NOOR)
    told = json.loads(desk.fill_in(NOOR, note_text="Well done.").body)
    assert "erased" in told["errors"]["note_text"]


def test_who_is_no_manager_any_more_cannot_submit(desk: Office) -> None:
    """M53 M57: it is asked again when the window closes."""
    story(desk, "s1")
    in_window(desk, "note_flag", "s1")
    kept_roles(desk.tools).revoke(NOOR, Role.MANAGER, "test", other_admins=True)
    told = json.loads(desk.fill_in(NOOR, note_text="Why?", note_about="other").body)
    assert "manager" in told["errors"]["note_text"]
    assert not desk.tools.inbox.pending()


def test_home_shows_a_manager_the_week_and_a_rep_nothing_of_it(desk: Office) -> None:
    """M57: figures, the sample with its reasons, open flags; the log is walked afterwards."""
    assert words.MANAGING not in words_of(opens_home(desk, ROBIN))
    flagged(desk, "s2")
    desk.tools.clock.at += timedelta(days=7)
    view = opens_home(desk, NOOR)
    told = words_of(view)
    assert words.MANAGING in told
    assert "0 suggested" in told
    assert "findings kept with a reason" in told
    assert words.FLAGS in told
    assert "Why sell here?" in told
    assert "The audit log was whole" in told
    marked = next(b for b in buttons(view) if b["action_id"] == "sample_reviewed")
    press(desk, view, marked, NOOR)
    assert "2 of 3 done" in words_of(desk.slack.homes[NOOR])  # the flagged one is done by that
    press(desk, view, next(b for b in buttons(view) if b["action_id"] == "touch_list"), NOOR)
    assert row_ids(desk.slack.messages[-1]) == ["s3", "s2", "s1"]


def test_the_filtered_list_is_exported_as_a_file_to_the_manager(desk: Office) -> None:
    """M54 M53: what the filter lets through; the export is audited without the lead's name."""
    message = listed(desk, "audit overridden")
    desk.click(message, EXPORT, NOOR)
    (upload,) = [c for c in desk.slack.calls if "completeUpload" in str(c)][:1]
    assert upload
    exported = [e for e in desk.tools.audit.entries(desk.tools.db) if e.kind == "touches.exported"]
    assert [(e.actor, e.data["rows"]) for e in exported] == [(NOOR, 1)]
    assert desk.slack.messages[-1]["channel"] == "D03NOOR"


def test_a_file_that_slack_has_not_taken_goes_with_its_lead(desk: Office) -> None:
    """M56: an export that waits or was refused is searched for the lead like any message."""
    held = base64.b64encode(b"s1,Dana Ortiz,Buy it.").decode()
    other = base64.b64encode(b"s2,Tomas Lind,Buy.").decode()
    for key, content in (("mine", held), ("other", other)):
        desk.tools.outbox.plan(key, "files.upload", {"channel": NOOR, "content": content})
    desk.tools.leads.erase("lead-dana-ortiz", NOOR)
    gone, kept = (desk.tools.outbox.get(key) for key in ("mine", "other"))
    assert gone is not None
    assert gone.payload is None
    assert kept is not None
    assert kept.payload

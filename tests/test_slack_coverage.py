"""The coverage map and content requests in Slack, through Bolt's real dispatch (M47)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.requests_answered import KIND, we_have_this
from bot.listeners.incoming import Kind
from bot.views import words_coverage as words
from bot.views.coverage import (
    CELL_ACTION,
    PICTURE_ACTION,
    REQUEST_ACTION,
    STAGE_ACTION,
    Spot,
    cell_message,
    coverage_message,
    request_row,
    spot_of,
)
from bot.views.request_window import request_window
from knowledge.assets import Asset
from knowledge.buyer_questions import IN_SHORT, BuyerQuestion
from knowledge.content_requests import ContentRequest, Miss, RequestState
from knowledge.coverage import EVERYONE, Coverage
from knowledge.errors import BadInput
from knowledge.journey import AssetType, Stage
from knowledge.journey_map import load_journey
from tests.slack.local import said
from tests.slack.office import MIKA, ROBIN, Office
from tests.slack.payloads import check_message, check_view
from tests.test_content_requests import ARABIC, DANA, FERRY, miss

pytest_plugins = ("tests.slack.fixtures",)

PNG = b"\x89PNG\r\n\x1a\n"


def elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for block in message["blocks"]:
        found += [block["accessory"]] if "accessory" in block else []
        found += block.get("elements", []) if block["type"] == "actions" else []
    return [e for e in found if "action_id" in e]


def press(
    office: Office, message: dict[str, Any], action: str, value: str | None = None,
    user: str = ROBIN,
) -> None:  # fmt: skip
    """Press a button, or choose from a list, of a message."""
    offered = [e for e in elements(message) if e["action_id"] == action]
    if value is not None and offered[0]["type"] == "static_select":
        (option,) = [o for o in offered[0]["options"] if o["value"] == value]
        done = {"type": "static_select", "action_id": action, "selected_option": option}
    else:
        done = next(e for e in offered if value in {None, e["value"]})
    office.serial += 1
    office.send({
        "type": "block_actions", "team": {"id": "T01"}, "user": {"id": user, "team_id": "T01"},
        "api_app_id": "A1", "trigger_id": office.slack.trigger(),
        "container": {"type": "message", "message_ts": message["ts"],
                      "channel_id": message["channel"]},
        "channel": {"id": message["channel"]}, "message": message,
        "actions": [{**done, "action_ts": str(office.serial)}],
    })  # fmt: skip


def test_m47_the_map_is_private_and_shows_the_six_questions_of_a_stage(
    shared_office: Office,
) -> None:
    """M43 M47 M58 In the words of the stage, with counts."""
    shared_office.command("coverage interest finance")
    (shown,) = shared_office.slack.messages
    assert shown["channel"] == "D01ROBIN"
    told = said(shown)
    for question in IN_SHORT.values():
        assert question in told
    assert "Which approach would help in a place like ours" in told
    assert "Coverage: Interest, for finance" in told
    assert "pieces" in told


def test_another_stage_is_chosen_in_place_and_a_cell_opens_its_pieces(
    shared_office: Office,
) -> None:
    """M47 The same message turns; back leads to the map again."""
    shared_office.command("coverage")
    (shown,) = shared_office.slack.messages
    press(shared_office, shown, STAGE_ACTION, "decision:all")
    assert "Coverage: Decision, for everybody" in said(shown)
    press(shared_office, shown, CELL_ACTION, "decision:all:afford")
    assert "Payback worksheet for maintenance planning" in said(shown)
    assert "https://www.tidewell.example/resources/payback" in str(shown["blocks"])
    assert len(shared_office.slack.messages) == 1
    press(shared_office, shown, "coverage_back")
    assert words.OPEN in said(shown)


def test_the_picture_is_uploaded_once_even_when_the_reply_was_lost(shared_office: Office) -> None:
    """M47 M58 Found again by the file's name."""
    shared_office.command("coverage")
    (shown,) = shared_office.slack.messages
    shared_office.slack.trouble["files.completeUploadExternal"].append("lost")
    press(shared_office, shown, PICTURE_ACTION)
    pictures = [m for m in shared_office.slack.messages if m.get("files")]
    assert len(pictures) == 1
    assert pictures[0]["channel"] == "D01ROBIN"
    assert pictures[0]["files"][0]["content"].startswith(PNG)


def test_a_workspace_without_the_scope_says_so(shared_office: Office) -> None:
    """M59 Never silent."""
    shared_office.slack.trouble["files.getUploadURLExternal"].append("missing_scope")
    shared_office.command("coverage picture")
    assert "files:write" in said(shared_office.slack.messages[-1])


def test_misses_show_in_their_cell_and_among_the_gaps_with_who_asked(office: Office) -> None:
    """M47"""
    miss(office.tools, "What does *it* cost on a ferry?", ROBIN, Stage.DECISION, persona="finance")
    office.command("coverage decision finance")
    shown = office.slack.messages[-1]
    assert "missed once" in said(shown)
    press(office, shown, CELL_ACTION, spot("decision", "finance", "afford"))
    assert f"<@{ROBIN}>" in str(shown["blocks"])
    assert "*it*" not in said(shown)
    office.command("gaps")
    assert f"<@{ROBIN}>" in str(office.slack.messages[-1]["blocks"])


def spot(stage: str, persona: str, question: str) -> str:
    return Spot(Stage(stage), persona, BuyerQuestion(question)).value


def decide(office: Office, number: int, **typed: Any) -> None:
    """Open the window of a request from the gaps, fill it in and submit it."""
    office.command("gaps")
    press(office, office.slack.messages[-1], REQUEST_ACTION, str(number))
    office.fill_in(**typed)


def test_a_marketer_closes_merges_and_splits_in_a_window(office: Office) -> None:
    """M47 M59 What is missing is said beside its field."""
    for wording in (*FERRY, ARABIC):
        miss(office.tools, wording)
    office.command("gaps")
    first, second = office.tools.request_groups.all()
    decide(office, first.id, choice="merge")
    assert len(office.tools.request_groups.all()) == 2  # nothing chosen: the window stays
    decide(office, first.id, choice="merge", into=str(second.id))
    (left,) = office.tools.request_groups.all()
    assert left.id == second.id
    assert left.count == 3
    arabic = next(m.wording_id for m in left.misses if m.wording == ARABIC)
    decide(office, left.id, choice="split", wordings=[str(arabic)])
    assert [r.count for r in office.tools.request_groups.all()] == [2, 1]
    decide(office, left.id, choice="close", reason="we have no ships")
    assert office.tools.request_groups.get(left.id).state is RequestState.CLOSED
    assert f"Request {left.id} is closed" in said(office.slack.messages[-1])


def test_we_have_this_tells_whoever_asked_with_a_button_for_their_lead(office: Office) -> None:
    """M47 M58 Once, in direct messages, with title, link and the lead still on record."""
    miss(office.tools, ARABIC, MIKA, lead=DANA)
    miss(office.tools, ARABIC, ROBIN)
    office.command("gaps")
    (request,) = office.tools.request_groups.all()
    piece = office.tools.library.get(id_of(office, "offline-mobile-how-it-works"))
    assert office.options("request_asset", "offline mode")[0]["value"] == piece.id
    decide(office, request.id, choice="have", request_asset=piece.id)
    sweep(office)
    sweep(office)
    (told,) = office.slack.in_channel("D02MIKA")
    assert piece.url in str(told["blocks"])
    assert ARABIC in said(told)
    mine = [m for m in office.slack.in_channel("D01ROBIN") if words.ANSWERED_HEAD in said(m)]
    assert [len(elements(m)) for m in mine] == [0]  # Robin named no lead
    press(office, told, "answered_suggest_0", user=MIKA)
    card = office.slack.in_channel("D02MIKA")[-1]
    assert "Dana Ortiz" in said(card)


def test_a_lead_erased_since_gets_no_button(office: Office) -> None:
    """M47 M56 And the wording asked for it is not repeated."""
    miss(office.tools, ARABIC, MIKA, lead=DANA)
    office.command("gaps")
    (request,) = office.tools.request_groups.all()
    we_have_this(request.id, id_of(office, "offline-mobile-how-it-works"), ROBIN, office.tools)
    office.tools.leads.erase(DANA, ROBIN)
    sweep(office)
    (told,) = office.slack.in_channel("D02MIKA")
    assert elements(told) == []
    assert ARABIC not in said(told)


def sweep(office: Office) -> None:
    """What the jobs do every twenty seconds."""
    for key in office.tools.inbox.pending():
        office.work(key)


def id_of(office: Office, name: str) -> str:
    return next(a.id for a in office.tools.library.all() if a.id.startswith(name))


def test_the_flow_and_the_listeners_mean_the_same_kind() -> None:
    assert KIND == Kind.ANSWERED


def test_a_button_of_an_older_map_leads_somewhere() -> None:
    with pytest.raises(BadInput, match="older map"):
        spot_of("nowhere:all", ())
    assert spot_of("interest:gone", ("finance",)) == Spot(Stage.INTEREST)


HOSTILE = st.text(max_size=400) | st.sampled_from(["<!channel>", "*b* <@U1>", "a|b>", "\u202e x"])
WHEN = datetime(2026, 6, 1, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, st.lists(HOSTILE, min_size=1, max_size=5), st.sampled_from(Stage))
def test_any_words_make_messages_and_windows_that_slack_takes(
    title: str, persona: str, wordings: list[str], stage: Stage
) -> None:
    """M58 M59 Foreign titles, personas and wordings stay inert."""
    asset = Asset("a1", title or "x", AssetType.GUIDE, "text", "s", url="https://a.example/x|y",
                  stages=(stage,), personas=(persona,))  # fmt: skip
    misses = tuple(
        Miss(i, i, w, stage, persona, ["U01ROBIN", w][i % 2], None, None, WHEN)
        for i, w in enumerate(wordings)
    )
    request = ContentRequest(1, RequestState.OPEN, misses, asks=BuyerQuestion.HELP)
    cells = {(s, p): (asset,) if s is stage and p == persona else ()
             for s in Stage for p in (persona, EVERYONE)}  # fmt: skip
    covered = Coverage(cells, (persona, EVERYONE), (request,), {"a1": (BuyerQuestion.HELP,)})
    here = Spot(stage, persona, BuyerQuestion.HELP)
    shown = (
        coverage_message(covered, here, load_journey(), {}),
        cell_message(covered, here, {}),
    )
    for message in shown:
        check_message({**message.payload(), "channel": "D1"})
    check_view(request_window(request, [request]))
    assert request_row(request)["accessory"]["value"] == "1"


def test_m34_the_journey_is_told_a_stage_at_a_time_and_turned_by_buttons(
    shared_office: Office,
) -> None:
    """M34 M58 In direct messages; a persona's sheet in the same place."""
    shared_office.command("journey interest")
    (shown,) = shared_office.slack.messages
    assert shown["channel"] == "D01ROBIN"
    for part in ("Hopeful, a little flooded with advice", "Which approach would help", "webinar"):
        assert part in said(shown)
    press(shared_office, shown, "journey_stage_decision")
    assert "Exposed" in said(shown)
    assert "case study" in said(shown)
    sheets = next(e for e in elements(shown) if e["action_id"] == "journey_persona")
    finance = next(o["value"] for o in sheets["options"] if o["text"]["text"] == "finance")
    press(shared_office, shown, "journey_persona", finance)
    assert "When does it pay back" in said(shown)
    assert len(shared_office.slack.messages) == 1
    shared_office.command("journey nonsense")
    assert "awareness, interest" in said(shared_office.slack.messages[-1])


def test_a_piece_retired_before_the_telling_is_not_told_of(office: Office) -> None:
    """M17 M47"""
    miss(office.tools, ARABIC, MIKA, lead=DANA)
    office.command("gaps")
    (request,) = office.tools.request_groups.all()
    piece = id_of(office, "offline-mobile-how-it-works")
    we_have_this(request.id, piece, ROBIN, office.tools)
    office.tools.library.retire([piece], ROBIN)
    sweep(office)
    assert office.slack.in_channel("D02MIKA") == []


def test_the_leads_button_works_after_its_request_became_part_of_another(office: Office) -> None:
    """M47 M59"""
    miss(office.tools, ARABIC, MIKA, lead=DANA)
    miss(office.tools, FERRY[0], ROBIN)
    office.command("gaps")
    arabic, ferry = sorted(office.tools.request_groups.all(), key=lambda r: r.question != ARABIC)
    we_have_this(arabic.id, id_of(office, "offline-mobile"), ROBIN, office.tools)
    sweep(office)
    (told,) = office.slack.in_channel("D02MIKA")
    office.tools.request_groups.merge(arabic.id, ferry.id, ROBIN)
    press(office, told, "answered_suggest_0", user=MIKA)
    assert "Dana Ortiz" in said(office.slack.in_channel("D02MIKA")[-1])

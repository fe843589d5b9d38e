"""Reviews and retirement in Bolt's real dispatch and on the command line (M18, M53, M56, M58)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.bootstrap import Wired, build
from bot.flow import publishing
from bot.flow.next_touch import next_touch
from bot.listeners import answering
from bot.settings import Settings
from bot.views import words, words_keeping
from knowledge.assets import Asset, AssetStatus
from knowledge.chunking import chunk_asset
from knowledge.clock import team_date
from knowledge.errors import BadInput, NotFound
from knowledge.journey import AssetType
from knowledge.roles import Act, Role
from knowledge.roles_told import refusal
from knowledge.touch import Ask
from storage import notices
from storage.stored_suggestion import StoredSuggestion
from tests.conftest import Ran
from tests.slack.local import button_of, buttons, said
from tests.slack.office import ASK, MIKA, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)

ROWAN = "U03ROWAN"
TEXT = "# Spare parts\n\n" + "Count what a stop costs before you count what a part costs. " * 20


@pytest.fixture
def tools(home: Any, clock: Any) -> Any:
    """With two reviewers, and a second person asked for."""
    wired = build(Settings(home=home, reviewers=(MIKA, ROWAN), second_reviewer=True), clock)
    yield wired
    wired.close()


def bring(tools: Wired, by: str = ROBIN, name: str = "spare-parts-1", **more: Any) -> Asset:
    """A new draft of this person's, stored as Slack's side stores one."""
    asset = Asset(
        name, "Spare parts: how many", AssetType.GUIDE, TEXT, "https://x.example/spares",
        url="https://x.example/spares", **more,
    )  # fmt: skip
    tools.library.put(asset, chunk_asset(asset), {}, tools.embedder.fingerprint, by=by)
    return tools.library.get(asset.id)


def deliver(office: Office) -> None:
    """What the jobs' sweep does with what a change left to be told."""
    for key in notices.waiting(office.tools.db):
        office.work(key)


def to(office: Office, user: str) -> list[dict[str, Any]]:
    return [m for m in office.slack.messages if m["channel"] == f"D{user[1:]}"]


def in_review(office: Office, **more: Any) -> Asset:
    asset = bring(office.tools, **more)
    publishing.submit([asset.id], ROBIN, office.tools)
    deliver(office)
    return asset


def kinds(tools: Wired, subject: str) -> list[tuple[str, str]]:
    entries = tools.audit.entries(tools.db, subject)
    return [(e.kind, e.actor) for e in entries if e.kind != "asset.added"]


def pending(office: Office) -> StoredSuggestion:
    office.send(office.event(ASK))
    made = str(button_of(office.card, "another")["value"])
    return office.tools.suggestions.get(made)


# Review


def test_reviewers_get_a_message_and_one_approves(office: Office) -> None:
    """M53 M56 Searchable from then on; the other's message and the author hear of it."""
    asset = in_review(office)
    assert office.tools.library.approved([asset.id]) == {}
    mika, rowan = to(office, MIKA)[0], to(office, ROWAN)[0]
    assert buttons(mika) == ["library_approve", "library_send_back"]
    assert asset.title in said(mika)
    assert "<@U01ROBIN>" in said(mika)
    assert not to(office, ROBIN)
    office.click(mika, "library_approve", MIKA)
    assert set(office.tools.library.approved([asset.id])) == {asset.id}
    for message in (mika, rowan):
        assert not buttons(message)
        assert words_keeping.approved("<@U02MIKA>") in said(message)
    (told,) = to(office, ROBIN)
    assert "was approved by <@U02MIKA>" in said(told)
    assert kinds(office.tools, asset.id) == [("asset.submitted", ROBIN), ("asset.approved", MIKA)]


def test_a_piece_sent_back_is_a_draft_and_its_author_reads_the_reason(office: Office) -> None:
    """M53 M59 The reason in the author's messages, word for word, and on every message."""
    asset = in_review(office)
    mika, rowan = to(office, MIKA)[0], to(office, ROWAN)[0]
    office.click(mika, "library_send_back", MIKA)
    assert json.loads(office.fill_in(MIKA, reason="  ").body)["errors"] == {
        "reason": words_keeping.SEND_BACK_NO_REASON
    }
    assert not office.fill_in(MIKA, reason="Say <whose> figures these are.").body
    assert office.tools.library.get(asset.id).status is AssetStatus.DRAFT
    (told,) = to(office, ROBIN)
    assert "Say &lt;whose&gt; figures these are." in said(told)
    for message in (mika, rowan):
        assert "figures these are" in said(message)
        assert not buttons(message)
    assert [k for k, _ in kinds(office.tools, asset.id)] == ["asset.submitted", "asset.sent_back"]
    publishing.submit([asset.id], ROBIN, office.tools)  # mended, and once more
    deliver(office)
    assert buttons(to(office, MIKA)[-1]) == ["library_approve", "library_send_back"]


def test_what_changed_since_it_was_read_is_not_approved(office: Office) -> None:
    """An approval is of the text that the message is about."""
    asset = in_review(office)
    bring(office.tools, description="Quite another piece.")
    office.click(to(office, MIKA)[0], "library_approve", MIKA)
    assert office.tools.library.get(asset.id).status is AssetStatus.IN_REVIEW
    assert "changed after you read it" in said(to(office, MIKA)[-1])


def test_only_reviewers_decide_and_no_author_their_own(office: Office) -> None:
    """M53 With the setting, somebody other than the author approves, in Slack as elsewhere."""
    asset = in_review(office, owner="Mika")
    message = to(office, MIKA)[0]
    office.give(ROBIN)
    office.click(message, "library_approve", ROBIN)
    assert refusal(Act.APPROVE_PIECE, {Role.REP}) in said(to(office, ROBIN)[-1])
    for names in (("U01robin ", ()), ("somebody", ("U01ROBIN",)), ("command line", ())):
        with pytest.raises(BadInput, match=r"must (be approved by a named|approve it)"):
            publishing.publish([asset.id], names[0], office.tools, also_called=names[1])
    assert office.tools.library.get(asset.id).status is AssetStatus.IN_REVIEW
    other = bring(office.tools, by="command line", name="others", owner="Mika")
    with pytest.raises(BadInput, match="somebody else must approve"):
        publishing.publish([other.id], "U02MIKA", office.tools, also_called=("mika",))


def test_whoever_missed_a_piece_hears_of_its_approval(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M47 With every approval; `tell_of_all` knows whom it told."""
    told: list[str] = []
    monkeypatch.setattr(publishing, "tell_of_all", lambda ids, _: told.extend(ids))
    asset = bring(tools)
    publishing.submit([asset.id], ROBIN, tools)
    assert told == []
    publishing.publish([asset.id], MIKA, tools)
    assert told == [asset.id]


def test_without_the_setting_the_author_may_approve(home: Any, clock: Any) -> None:
    wired = build(Settings(home=home), clock)
    asset = bring(wired)
    assert publishing.publish([asset.id], ROBIN, wired)[0].status is AssetStatus.APPROVED
    wired.close()


def test_a_piece_without_an_address_is_neither_submitted_nor_approved(tools: Wired) -> None:
    """All or none, in one sentence."""
    good = bring(tools)
    bare = Asset("bare", "Bare", AssetType.GUIDE, TEXT, "bare.md")
    tools.library.put(bare, [], {}, tools.embedder.fingerprint)
    for act in (publishing.submit, publishing.publish):
        with pytest.raises(BadInput, match=r"absolute URL: bare;"):
            act([good.id, "bare"], MIKA, tools)
    with pytest.raises(NotFound):
        publishing.submit(["nobody"], MIKA, tools)
    assert tools.library.get(good.id).status is AssetStatus.DRAFT


# The command line


def test_the_command_line_names_who_approves_where_a_second_person_is_asked_for(
    trailguide: Callable[..., Ran], home: Any, tmp_path: Any
) -> None:
    """M53 `--approve` and `library approve` go on, with `--by`; without it one sentence."""
    (home / "trailguide.toml").write_text("second_reviewer = true\n")
    folder = tmp_path / "more"
    folder.mkdir()
    for name, owner in (("one", "Ada"), ("two", "Bea")):
        page = f"---\ntitle: {name}\nurl: https://x.example/{name}\nowner: {owner}\n---\n{TEXT}"
        (folder / f"{name}.md").write_text(page)
    refused = trailguide("--home", home, "library", "add", folder, "--approve", "--json")
    assert refused.status == 2
    assert "--by NAME" in refused.json["error"]
    done = trailguide(
        "--home", home, "library", "add", folder, "--approve", "--by", "Ada", "--json"
    )
    assert done.json["added"] == 2
    (waiting,) = done.json["in_review"]  # Ada's own
    listed = trailguide("--home", home, "library", "list", "--status", "in_review", "--json").json
    assert [a["asset_id"] for a in listed] == [waiting]
    for by in ([], ["--by", "ada"]):
        ran = trailguide("--home", home, "library", "approve", waiting, *by, "--json")
        assert (ran.status, len(ran.err.strip().splitlines())) == (2, 1)
    ran = trailguide("--home", home, "library", "approve", waiting, "--by", "Bea", "--json")
    assert ran.json == {"approved": [waiting]}
    assert not trailguide("--home", home, "library", "retire", waiting).status


# Retirement


def test_a_retired_piece_leaves_every_answer_and_its_pending_card_at_once(office: Office) -> None:
    """M17 M56 M58 The card becomes a sentence with the offer of another; the rep is told once."""
    made = pending(office)
    assert made.asset
    card = office.card
    publishing.retire([made.asset.asset_id], MIKA, office.tools)
    assert office.tools.suggestions.get(made.id).state == "withdrawn"
    assert made.asset.asset_id not in {
        c.asset.id for c in office.tools.finder.candidates((made.questions[0],), depth=50)
    }
    deliver(office)
    assert buttons(card) == ["another"]
    assert made.asset.title in said(card)
    assert "was retired from the library" in said(card)
    assert made.draft
    assert made.draft.body[:40] not in said(card)
    told = [m for m in to(office, ROBIN) if m is not card]
    assert len(told) == 1
    assert "Dana" in said(told[0])
    assert kinds(office.tools, made.id)[-1] == ("suggestion.withdrawn", MIKA)
    office.click(card, "another")
    fresh = office.tools.suggestions.get(str(office.tools.suggestions.get(made.id).replaced_by))
    assert fresh.asset
    assert fresh.asset.asset_id != made.asset.asset_id


def test_a_withdrawal_is_told_once_however_often_and_wherever_it_is_worked_on(
    office: Office,
) -> None:
    """M58 A lost reply, a second run and another process change nothing."""
    made = pending(office)
    assert made.asset
    publishing.retire([made.asset.asset_id], MIKA, office.tools)
    publishing.retire([made.asset.asset_id], MIKA, office.tools)
    (key,) = notices.waiting(office.tools.db)
    office.slack.trouble["chat.postMessage"].append("lost")
    before = len(office.slack.messages)
    for _ in range(2):
        for outbox_key in answering.plan(key, office.edge):
            answering.post(outbox_key, office.edge)
    answering.close(key, office.edge)
    assert len(office.slack.messages) == before + 1
    assert notices.waiting(office.tools.db) == []


@pytest.mark.parametrize("action", ["approve", "edit", "not_now", "softer"])
def test_a_withdrawn_card_cannot_be_acted_on(office: Office, action: str) -> None:
    """M59 Pressed in the moment between: the card says what happened."""
    made = pending(office)
    assert made.asset
    publishing.retire([made.asset.asset_id], MIKA, office.tools)
    office.click(office.card, action)
    office.settle()
    assert office.tools.suggestions.get(made.id).state == "withdrawn"
    assert not office.slack.views


def test_a_card_that_was_on_its_way_when_its_piece_left_becomes_the_sentence(
    office: Office,
) -> None:
    """M58 Planned before, posted after: an open card must not stay."""
    office.hold = lambda _: None
    office.send(office.event(ASK))
    (key,) = office.tools.inbox.pending()
    office.hold = None
    planned = answering.plan(key, office.edge)
    (made,) = [s for s in office.tools.suggestions.rows() if s.verdict == "pending"]
    publishing.retire([str(made.asset_id)], MIKA, office.tools)
    deliver(office)  # the card is nowhere yet
    for outbox_key in planned:
        answering.post(outbox_key, office.edge)
    shown = [m for m in office.slack.messages if "was retired" in said(m)]
    assert {tuple(buttons(m)) for m in shown} == {("another",)}
    assert not office.cards


def test_no_card_is_stored_with_a_piece_retired_this_moment(tools: Wired) -> None:
    """M17 The suggestion was made before, and stored after."""
    today = team_date(tools.clock, tools.settings.time_zone)
    ask = Ask(today, "lead-dana-ortiz", questions=("What does a maintenance backlog cost?",))
    save = tools.suggestions.save

    def retire_first(suggestion: Any) -> StoredSuggestion:
        tools.library.retire([suggestion.chosen.asset.id], MIKA)
        return save(suggestion)

    tools.suggestions.save = retire_first  # type: ignore[method-assign]
    with pytest.raises(BadInput, match="ask once more"):
        next_touch(ask, tools)


def test_what_was_approved_stays_as_it_is(office: Office) -> None:
    """What a rep may have sent already is no pending card."""
    made = pending(office)
    office.click(office.card, "approve")
    assert made.asset
    publishing.retire([made.asset.asset_id], MIKA, office.tools)
    assert office.tools.suggestions.get(made.id).state == "approved"
    assert notices.waiting(office.tools.db) == []


def test_a_piece_gone_from_its_folder_withdraws_its_cards_too(office: Office) -> None:
    """A sync retires as well as a person."""
    made = pending(office)
    assert made.asset
    office.tools.library.retire([made.asset.asset_id], "sync", gone=True)
    deliver(office)
    assert "no longer where it came from" in said(office.slack.messages[-1])
    assert words.ANOTHER in said(office.slack.messages[0]) or buttons(office.slack.messages[0])

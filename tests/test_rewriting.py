"""A draft written anew: shorter, softer, for another channel; stored in place and audited."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, pairwise
from pathlib import Path

import pytest

from bot.bootstrap import Wired, build
from bot.flow import decide
from bot.flow.next_touch import next_touch
from bot.flow.rewriting import rewrite
from bot.settings import Settings
from knowledge.errors import BadInput
from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry
from knowledge.sentences import prose, sentences
from knowledge.touch import Ask, CheckReport, Wish
from prompts.checks.shape import LENGTHS, word_count
from prompts.composer import Composer
from prompts.drafting import Drafter
from prompts.model_prompt import messages
from prompts.wording import words
from storage.stored_suggestion import StoredSuggestion
from tests.chat_replies import reply, writer_for
from tests.chat_server import chat_server, says
from tests.conftest import SetClock
from tests.drafts import draft_request

ROBIN = "U01ROBIN"
numbers = count()


@pytest.fixture(scope="module")
def tools(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    home = tmp_path_factory.mktemp("rewriting") / "home"
    shutil.copytree(seeded, home)
    wired = build(Settings(home=home), SetClock(datetime.now(UTC)))
    yield wired
    wired.close()


def card(tools: Wired, lead: str = "lead-dana-ortiz", *questions: str) -> StoredSuggestion:
    """A fresh card with a draft."""
    ask = Ask(tools.clock.now().date(), lead, questions=questions, asked_by=ROBIN)
    made = next_touch(ask, tools, suggestion_id=f"touch-{next(numbers):012x}")
    stored = tools.suggestions.get(made.id)
    assert stored.draft is not None
    return stored


def length(stored: StoredSuggestion) -> int:
    assert stored.draft is not None
    return word_count(stored.draft.body)


@pytest.mark.parametrize("lead", ["lead-dana-ortiz", "lead-ines-carvalho", "lead-amara-nwosu"])
def test_shorter_has_clearly_fewer_words_and_keeps_thought_link_and_checks(
    tools: Wired, lead: str
) -> None:
    """M20 M23 Shorter still has an insight of the piece, its link, and the least length."""
    before = card(tools, lead, "How long does a rollout take?")
    after = rewrite(before.id, ROBIN, "shorter", tools)
    assert after.draft is not None
    assert before.asset is not None
    fewest = LENGTHS["email"][0]
    assert fewest <= length(after) <= max(fewest * 1.1, length(before) * 2 / 3)
    assert after.draft.checks.passed
    assert before.asset.url is not None
    assert before.asset.url in after.draft.body
    asset = tools.library.get(before.asset.asset_id)
    assert any(
        one in after.draft.body for one in sentences(prose(asset.text)) if one.count(" ") > 3
    )


def test_shorter_again_is_shorter_again_until_it_says_that_it_cannot_be(tools: Wired) -> None:
    """M23 M59 A mail that is as short as a mail may be stays as it is, and that is said."""
    stored = card(tools)
    lengths = [length(stored)]
    told = ""
    while not told and len(lengths) < 9:
        try:
            lengths.append(length(rewrite(stored.id, ROBIN, "shorter", tools)))
        except BadInput as no:
            told = str(no)
    assert re.match(r"It cannot get shorter: it has \d+ words", told)
    assert len(lengths) > 1
    assert all(b <= a * 0.9 for a, b in pairwise(lengths))
    assert length(tools.suggestions.get(stored.id)) == lengths[-1]


def test_a_shorter_text_that_fails_its_checks_is_not_said_to_be_impossible(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 The reason given is the one that holds."""
    stored = card(tools)
    assert stored.draft
    failed = replace(stored.draft, body="Too short.", checks=CheckReport(passed=False))
    monkeypatch.setattr(type(tools.drafter), "draft", lambda *_: failed)
    with pytest.raises(BadInput, match=r"does not pass the checks; press Edit"):
        rewrite(stored.id, ROBIN, "shorter", tools)


def test_softer_comes_from_softer_parts_and_asks_an_easier_question(tools: Wired) -> None:
    """M25 The coach's gentler wording: nothing to do, no pressure, a question for a word or two."""
    before = card(tools, "lead-dana-ortiz", "How long does a rollout take?")
    after = rewrite(before.id, ROBIN, "softer", tools)
    assert after.draft is not None
    assert before.draft is not None
    assert after.draft.body != before.draft.body
    assert after.draft.checks.passed
    last = after.draft.body.rsplit("\n", 1)[-1]
    closings = words("softer")["closing"]
    easy = [q for kind in closings.values() for texts in kind.values() for q in texts]
    assert any(last.endswith(question) for question in easy)
    assert before.profiling_question is None or before.profiling_question not in after.draft.body


def test_shorter_after_softer_stays_soft(tools: Wired) -> None:
    stored = card(tools, "lead-dana-ortiz", "How long does a rollout take?")
    rewrite(stored.id, ROBIN, "softer", tools)
    after = rewrite(stored.id, ROBIN, "shorter", tools)
    assert after.wishes == ("softer", "shorter")
    assert after.draft is not None
    assert after.draft.body.endswith("your place?")


@pytest.mark.parametrize("channel", ["text", "social", "phone", "direct_mail"])
def test_another_channel_has_its_own_form_and_length(tools: Wired, channel: str) -> None:
    """M52 The same piece as a text, a call, a letter or a message on social media."""
    stored = card(tools, "lead-ines-carvalho")
    after = rewrite(stored.id, ROBIN, "channel", tools, channel)
    assert after.draft is not None
    assert after.draft.channel == channel
    fewest, most = LENGTHS[channel]
    assert fewest <= length(after) <= most
    assert after.draft.checks.passed
    assert after.asset == stored.asset
    back = rewrite(stored.id, ROBIN, "channel", tools, ["mail", "me", "by", "e-mail"][-1])
    assert back.draft is not None
    assert back.draft.channel == "email"


def test_the_same_channel_again_and_an_unknown_one_are_said_plainly(tools: Wired) -> None:
    stored = card(tools)
    with pytest.raises(BadInput, match="a mail already"):
        rewrite(stored.id, ROBIN, "channel", tools, "email")
    with pytest.raises(BadInput, match="Unknown channel 'pigeon'"):
        rewrite(stored.id, ROBIN, "channel", tools, "pigeon")


def test_a_channel_that_the_lead_closed_is_refused_in_one_sentence(tools: Wired) -> None:
    """M16 An opt-out of one channel is no way round by another card's wish."""
    stored = card(tools, "lead-owen-brandt", "How long does a rollout take?")
    today = tools.clock.now().date()
    no_texts = HistoryEntry(Action.OPTED_OUT, today, note="text")
    tools.leads.add_history("lead-owen-brandt", [no_texts])
    with pytest.raises(BadInput, match=r"opted out of text messages.*stays as it is\.$"):
        rewrite(stored.id, ROBIN, "channel", tools, "sms")
    assert tools.suggestions.get(stored.id) == stored


def test_a_call_right_after_a_download_is_refused(tools: Wired) -> None:
    """M5 Not by a follow-up either."""
    today = tools.clock.now().date()
    ask = Ask(today, history=(HistoryEntry(Action.DOWNLOADED, today),), asked_by=ROBIN,
              questions=("How long does a rollout take?",))  # fmt: skip
    made = next_touch(ask, tools)
    with pytest.raises(BadInput, match="a call is the wrong next step"):
        rewrite(made.id, ROBIN, "channel", tools, "phone")


def test_it_is_kept_like_an_edit_with_who_and_which_wish_and_the_original(tools: Wired) -> None:
    """M56 Open as before, the first text kept, one audit entry in the transaction of the change."""
    before = card(tools, "lead-amara-nwosu")
    after = rewrite(before.id, "U02MIKA", "softer", tools)
    assert after.is_open
    assert after.state == "pending"
    assert after.original_draft == before.draft
    entry = tools.audit.entries(tools.db, before.id)[-1]
    assert (entry.kind, entry.actor) == ("suggestion.rewritten", "U02MIKA")
    assert entry.data["wishes"] == ["softer"]
    approved = decide.approve(before.id, ROBIN, tools, seen=after.text_hash)
    assert approved.draft == after.draft
    record = next(r for r in tools.suggestions.rows() if r.suggestion_id == before.id)
    assert record.verdict == "approved"
    assert before.draft is not None
    assert record.original_text == before.draft.body


def test_an_event_that_runs_twice_rewrites_once(tools: Wired) -> None:
    stored = card(tools)
    once = rewrite(stored.id, ROBIN, "shorter", tools, key="event:1")
    assert rewrite(stored.id, ROBIN, "shorter", tools, key="event:1") == once
    assert once.wishes == ("shorter",)


def test_a_decided_card_and_one_without_a_draft_are_left_alone(tools: Wired) -> None:
    stored = card(tools)
    tools.suggestions.replace(stored.id, ROBIN)
    with pytest.raises(BadInput, match="decided already"):
        rewrite(stored.id, ROBIN, "shorter", tools)
    today = tools.clock.now().date()
    bare = next_touch(Ask(today, "lead-yuki-tanabe", asked_by=ROBIN), tools)
    with pytest.raises(BadInput, match="no draft"):
        rewrite(bare.id, ROBIN, "softer", tools)


@pytest.mark.parametrize("wish", ["shorter", "softer"])
def test_a_chat_model_is_told_the_wish(wish: Wish) -> None:
    told = words("model")["wishes"][wish].split("{{")[0]
    plain = draft_request()
    assert told not in messages(plain)[1][1]
    wished = replace(plain, wishes=(wish,), most_words=70)
    assert told in messages(wished)[1][1]
    if wish == "shorter":
        assert "at most 50 words" in messages(wished)[1][1]


@pytest.mark.usefixtures("chat_client")
def test_a_model_that_does_not_get_shorter_gives_way_to_the_composer() -> None:
    request = replace(draft_request(stage=Stage.INTEREST), wishes=("shorter",), most_words=66)
    with chat_server(says(reply())) as server:
        draft = Drafter(Composer(), writer_for(server)).draft(request)
    assert word_count(draft.body) <= 70
    assert draft.checks.passed

"""Which of the six buyer questions a piece answers, and what names them (M43, M47)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow.coverage import ReadingAhead, questions_answered
from knowledge.asset_fields import Place, build_asset
from knowledge.assets import Asset, AssetStatus
from knowledge.buyer_questions import (
    ALIASES,
    IN_SHORT,
    BuyerQuestion,
    in_order,
    parse_buyer_question,
)
from knowledge.errors import BadInput, UnreadableSource
from knowledge.journey import AssetType
from retrieval.asking import remembering
from retrieval.buyer_questions import BuyerQuestionReader
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache
from tests.drafts import sample_asset

LABELS = Path(__file__).parents[1] / "benchmarks" / "buyer_questions" / "pieces.jsonl"
Q = BuyerQuestion


@pytest.fixture(scope="module")
def reader() -> BuyerQuestionReader:
    return BuyerQuestionReader(remembering(load_embedder(None, default_cache()).embed))


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("how-tidewell-is-priced", Q.AFFORD),
        ("do-nothing-hire-a-planner-or-buy-software", Q.RIVALS),
        ("security-note-where-data-lies-and-who-sees-it", Q.CREDIBLE),
        ("first-thirty-days-for-planners", Q.HASSLE),
        ("brackwater-water-cut-emergency-callouts", Q.WORK),
        ("five-signs-your-pm-schedule-is-fiction", Q.HELP),
    ],
)
def test_m43_a_piece_answers_what_its_headings_and_type_tell(
    reader: BuyerQuestionReader, name: str, question: Q
) -> None:
    """M43"""
    assert question in reader.answered(sample_asset(name))


def test_m46_a_weak_case_study_answers_nothing(reader: BuyerQuestionReader) -> None:
    """M43 M46 Without problem, method and result it proves nothing, whatever it is called."""
    assert reader.answered(sample_asset("grellan-foods-a-partnership-in-motion")) == ()


def test_what_the_source_names_is_taken_over_what_is_read(reader: BuyerQuestionReader) -> None:
    """M43 A field of the piece overrides the reading."""
    piece = sample_asset("how-tidewell-is-priced")
    named = dataclasses.replace(piece, buyer_questions=(Q.HASSLE,))
    assert reader.answered(named) == (Q.HASSLE,)
    assert named.content_hash != piece.content_hash


def test_the_hand_labelled_pieces_are_read_mostly_right(reader: BuyerQuestionReader) -> None:
    """M43 M47 F1 over the benchmark's labels, which the settings were chosen on."""
    rows = [json.loads(line) for line in LABELS.read_text().splitlines()]
    right = read = labelled = 0
    for row in rows:
        got, want = set(reader.answered(sample_asset(row["asset"]))), set(row["answers"])
        right, read, labelled = right + len(got & want), read + len(got), labelled + len(want)
    assert 2 * right / (read + labelled) > 0.74


@pytest.mark.parametrize(
    ("wording", "question"),
    [
        ("What does it cost for 40 users?", Q.AFFORD),
        ("Who else offers something like that?", Q.RIVALS),
        ("Are you certified, and who sees our data?", Q.CREDIBLE),
        ("How long does it take to get everybody trained?", Q.HASSLE),
    ],
)
def test_a_reps_wording_comes_down_to_one_of_the_six(
    reader: BuyerQuestionReader, wording: str, question: Q
) -> None:
    """M43"""
    assert reader.asked(wording) is question


def test_a_wording_near_to_none_is_left_alone(reader: BuyerQuestionReader) -> None:
    assert reader.asked("zebra stripes") is None
    assert reader.asked("  ") is None


def piece(**fields: object) -> Asset:
    text = "# Any\n\n" + "Some words that teach a reader about planning and parts. " * 12
    return build_asset({"title": "Any", **fields}, text, Place("x.md"))


def test_a_field_names_buyer_questions_by_id_or_in_words() -> None:
    """M43"""
    assert piece(buyer_questions=["afford", "Will it help us?"]).buyer_questions == (
        Q.HELP,
        Q.AFFORD,
    )
    assert piece(buyer_question="price; proof").buyer_questions == (Q.WORK, Q.AFFORD)
    with pytest.raises(UnreadableSource, match="use one of: help, hassle"):
        piece(buyer_questions=["beauty"])


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_any_word_is_one_of_the_six_or_refused(word: str) -> None:
    known = {*BuyerQuestion, *ALIASES, *(q.lower() for q in IN_SHORT.values())}
    if word.strip().lower() in known:
        assert parse_buyer_question(word) in IN_SHORT
    elif word.strip().lower().rstrip("?") not in {k.rstrip("?") for k in known}:
        with pytest.raises(BadInput, match="help, hassle, work, rivals, credible, afford"):
            parse_buyer_question(word)


def test_each_text_is_read_once_and_again_when_it_changes(tools: Wired) -> None:
    """M47 The map of a large library opens at once."""
    assets = tools.library.all()[:4]
    first = questions_answered(assets, tools)
    calls: list[str] = []
    answered = tools.buyer_question_reader.answered

    class Counting:
        mark = tools.buyer_question_reader.mark

        def answered(self, asset: Asset, confirmed: Sequence[str] = ()) -> tuple[Q, ...]:
            calls.append(asset.id)
            return answered(asset, confirmed)

    tools.__dict__["buyer_question_reader"] = Counting()
    assert questions_answered(assets, tools) == first
    assert calls == []
    changed = dataclasses.replace(assets[0], type=AssetType.COMPARISON)
    assert Q.RIVALS in questions_answered([changed], tools)[changed.id] or calls == [changed.id]
    assert calls == [changed.id]


def test_what_a_person_confirmed_counts_in_the_map(tools: Wired) -> None:
    """M43 M47 A question typed or kept in the form of a new piece, until it is taken out again."""
    wording = "Can we afford it, and what does it cost a year?"
    assert tools.buyer_question_reader.asked(wording) is Q.AFFORD
    piece = next(
        a for a in tools.library.all() if Q.AFFORD not in questions_answered([a], tools)[a.id]
    )
    before = questions_answered([piece], tools)[piece.id]
    tools.waiting_pieces.set_questions(piece.id, [(wording, "")])
    assert questions_answered([piece], tools)[piece.id] == in_order([*before, Q.AFFORD])
    tools.waiting_pieces.set_questions(piece.id, [])
    assert questions_answered([piece], tools)[piece.id] == before


def test_the_bot_reads_ahead_in_small_steps_until_nothing_is_new(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M47 And again when the library has changed."""
    monkeypatch.setattr("bot.flow.coverage.READ_A_STEP", 30)
    monkeypatch.setattr("retrieval.buyer_questions.VERSION", "another way of reading")
    ahead = ReadingAhead(tools)
    approved = len(tools.library.all(AssetStatus.APPROVED))
    assert [ahead.step() for _ in range(4)] == [30, approved - 30, 0, 0]
    changed = dataclasses.replace(tools.library.all()[0], title="Prices")
    tools.library.put(changed, [], {}, "m", approve=True)
    assert ahead.step() == 1

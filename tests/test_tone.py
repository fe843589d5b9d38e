"""The tone audit: what sells is told from what teaches (M17, M18, M27, M46)."""

from __future__ import annotations

import os
from pathlib import Path

import frontmatter
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.journey import PROMOTIONAL_TYPES, AssetType, Stage, parse_type
from knowledge.sentences import prose, sentences
from knowledge.tone import HYPE_THRESHOLD, audit_tone, case_study_gaps, is_promotional

LIBRARY = Path(__file__).parent.parent / "knowledge" / "sample" / "library"
TEACHING = (
    "A backlog is not a list of late jobs. It is a debt, because every job that waits grows. If "
    "you only count jobs, a loose bolt weighs as much as a gearbox. Count hours instead. When the "
    "hours are known, you should ask how many of them are free next week, and why the others are "
    "not. For example, a plant with 14 people may have 40 free hours and 400 hours of waiting. "
)
SELLING = (
    "Introducing the most powerful planning suite ever! We are thrilled to announce that our new "
    "version is now available. Get started today, book your demo and save 30% off for a limited "
    "time. Our award-winning platform lets your team unlock its full potential, effortlessly!"
)


def test_a_piece_that_sells_scores_high_and_one_that_teaches_low() -> None:
    assert audit_tone(TEACHING).hype < 0.3
    assert audit_tone(SELLING).hype > 0.9


def test_findings_name_the_sentences_that_sell() -> None:
    """M18"""
    report = audit_tone(TEACHING + "\n\n" + "Book a demo with our team.")
    assert [(f.rule, f.sentence) for f in report.findings] == [
        ("call_to_action", "Book a demo with our team.")
    ]
    assert report.findings[0].why


def test_one_invitation_at_the_end_does_not_spoil_a_long_piece() -> None:
    long_piece = TEACHING * 6
    with_invitation = audit_tone(long_piece + "\n\nGet started with our free trial.")
    assert with_invitation.hype < HYPE_THRESHOLD
    assert audit_tone("Get started with our free trial.").hype > HYPE_THRESHOLD


def test_every_kind_of_selling_has_its_rule() -> None:
    rules = {f.rule for f in audit_tone(SELLING).findings}
    assert rules == {"praise", "offer", "call_to_action", "announcement", "shouting"}


@pytest.mark.parametrize("text", ["", "   \n\n", "```\ncode only\n```", "| a | b |\n|---|---|"])
def test_a_text_without_words_scores_nothing(text: str) -> None:
    assert audit_tone(text).hype == 0.0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gets_a_score_between_0_and_1(text: str) -> None:
    assert 0.0 <= audit_tone(text).hype <= 1.0


def test_the_sample_library_is_told_apart() -> None:
    """M17 M18"""
    pieces = [frontmatter.load(str(path)) for path in sorted(LIBRARY.glob("*.md"))]
    assert pieces
    for piece in pieces:
        hype = audit_tone(piece.content).hype
        assert (hype > HYPE_THRESHOLD) == (parse_type(str(piece["type"])) is AssetType.BROCHURE)


@pytest.mark.parametrize("asset_type", sorted(PROMOTIONAL_TYPES))
@pytest.mark.parametrize("stage", [*Stage, None])
def test_promotional_types_are_refused_at_any_stage_and_score(
    asset_type: AssetType, stage: Stage | None
) -> None:
    """M17"""
    assert is_promotional(asset_type, 0.0, stage, overruled=False)


def test_a_reviewer_may_overrule_the_score_but_never_a_brochure() -> None:
    """M17"""
    assert is_promotional(AssetType.GUIDE, 0.99, Stage.INTEREST, overruled=False)
    assert is_promotional(AssetType.GUIDE, 0.99, Stage.INTEREST, overruled=True) is None
    assert is_promotional(AssetType.BROCHURE, 0.0, Stage.DECISION, overruled=True)


def test_product_material_is_judged_by_stage() -> None:
    """M27"""
    for asset_type in (AssetType.DEMO, AssetType.SPEC, AssetType.PRODUCT_OVERVIEW):
        assert is_promotional(asset_type, 0.9, Stage.CONSIDERATION, overruled=False) is None
        assert is_promotional(asset_type, 0.9, Stage.DECISION, overruled=False) is None
        assert is_promotional(asset_type, 0.9, Stage.AWARENESS, overruled=False)


def test_the_threshold_itself_still_passes() -> None:
    assert is_promotional(AssetType.BLOG, HYPE_THRESHOLD, Stage.AWARENESS, overruled=False) is None


def test_weak_case_studies_are_flagged_with_what_they_lack() -> None:
    """M46"""
    gaps = {
        path.stem: case_study_gaps(frontmatter.load(str(path)).content)
        for path in LIBRARY.glob("*.md")
    }
    assert gaps["brackwater-water-cut-emergency-callouts"] == []
    assert gaps["merrow-parcel-lines-dock-door-uptime"] == []
    assert "measured result" in gaps["hollin-pyke-success-story"]
    assert "measured result" in gaps["grellan-foods-a-partnership-in-motion"]
    assert gaps["regional-carrier-happy-with-tidewell"] == [
        "named problem",
        "method",
        "measured result",
    ]


def test_prose_keeps_words_and_drops_markup() -> None:
    text = "## Why?\n\nSee [the plan](https://x.example/a), **now**.\n\n- one\n- two\n\n| a | b |\n"
    assert prose(text) == "Why?\nSee the plan, now.\none\ntwo"


def test_sentences_end_where_a_reader_would_end_them() -> None:
    text = 'It took 2.5 hours, e.g. on Monday. "Why?" she asked. Dr. Lee knew.\nA heading'
    assert sentences(text) == [
        "It took 2.5 hours, e.g. on Monday.",
        '"Why?" she asked.',
        "Dr. Lee knew.",
        "A heading",
    ]


@pytest.mark.skipif(
    not os.environ.get("TRAILGUIDE_DEV_DATA"), reason="TRAILGUIDE_DEV_DATA is not set"
)
def test_few_educational_pieces_of_real_libraries_are_lost() -> None:
    from benchmarks.tone import read

    data = Path(os.environ["TRAILGUIDE_DEV_DATA"])
    rows = [r for labels in data.glob("*/promo_labels.jsonl") for r in read(labels.parent)]
    educational = [hype for promotional, _, hype in rows if not promotional]
    assert sum(h > HYPE_THRESHOLD for h in educational) / len(educational) <= 0.05

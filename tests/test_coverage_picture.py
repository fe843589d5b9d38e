"""The coverage map as a picture: numbers, hatching, and colours that differ in lightness (M47)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.coverage_picture import counted, coverage_figure, coverage_picture
from knowledge.assets import Asset
from knowledge.buyer_questions import BuyerQuestion
from knowledge.content_requests import ContentRequest, Miss, RequestState
from knowledge.coverage import EVERYONE, Coverage
from knowledge.journey import AssetType, Stage
from tests.conftest import Ran

WHEN = datetime(2026, 6, 1, tzinfo=UTC)
Q = BuyerQuestion


def piece(name: str, stage: Stage, persona: str) -> Asset:
    return Asset(name, name, AssetType.GUIDE, "t", name, stages=(stage,), personas=(persona,))


@pytest.fixture(scope="module")
def covered() -> Coverage:
    """Ten pieces of interest for finance that answer help, one of decision that answers money."""
    many = tuple(piece(f"p{n}", Stage.INTEREST, "finance") for n in range(10))
    one = (piece("x", Stage.DECISION, "it"),)
    cells = {(s, p): () for s in Stage for p in ("finance", "it", EVERYONE)}
    cells |= {(Stage.INTEREST, "finance"): many, (Stage.DECISION, "it"): one}
    answers = {**{a.id: (Q.HELP,) for a in many}, "x": (Q.AFFORD,)}
    missed = Miss(1, 1, "cost?", Stage.DECISION, "it", None, None, None, WHEN)
    request = ContentRequest(1, RequestState.OPEN, (missed,), asks=Q.AFFORD)
    return Coverage(cells, ("finance", "it", EVERYONE), (request,), answers)


def test_m47_each_cell_has_its_number_and_what_was_missed(covered: Coverage) -> None:
    """M47"""
    figure = coverage_figure(covered, {"finance": "finance people"})
    everybody, finance, it = figure.axes
    assert [a.get_title() for a in figure.axes] == ["everybody", "finance people", "it"]
    told = [t.get_text() for t in everybody.texts]
    assert len(told) == len(Stage) * len(Q)
    assert sorted(told)[-2:] == ["10", "1\n1 missed"] or {"10", "1\n1 missed"} <= set(told)
    assert "1\n1 missed" in [t.get_text() for t in it.texts]
    assert "1\n1 missed" not in [t.get_text() for t in finance.texts]


def test_empty_cells_are_hatched_and_no_others(covered: Coverage) -> None:
    """M47 Seen in print without any colour."""
    (axes, *_) = coverage_figure(covered, {}).axes
    for patch, row in zip(
        axes.patches, [c for r in counted(covered, None) for c in r], strict=True
    ):
        assert bool(patch.get_hatch()) == (row[0] == 0)


def test_more_is_lighter_and_each_number_stands_out(covered: Coverage) -> None:
    """M47 By lightness alone, so that nobody's eyes matter."""

    def lightness(colour: tuple[float, ...]) -> float:
        return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]

    from matplotlib.colors import to_rgb

    (axes, *_) = coverage_figure(covered, {}).axes
    shown = {
        text.get_text().split("\n")[0]: (
            lightness(patch.get_facecolor()), lightness(to_rgb(text.get_color())),
        )
        for patch, text in zip(axes.patches, axes.texts, strict=True)
    }  # fmt: skip
    assert shown["10"][0] > shown["1"][0] + 0.3
    for face, ink in shown.values():
        assert abs(face - ink) > 0.4


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=60), max_size=9, unique=True))
def test_any_personas_can_be_drawn(personas: list[str]) -> None:
    """M59 Names with dollar signs, control characters or letters without a glyph."""
    cells = {(s, p): (piece("a", s, p),) for s in Stage for p in (*personas, EVERYONE)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that the font lacks
        drawn = coverage_picture(Coverage(cells, (*personas, EVERYONE), (), {}), {})
    assert drawn.startswith(b"\x89PNG")


def test_the_command_draws_into_a_png_and_refuses_other_names(
    tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    home, file = tmp_path / "home", tmp_path / "map.png"
    ran = trailguide("--home", home, "library", "coverage", "--json", "--picture", file)
    assert ran.status == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    told = ran.json
    assert {"stages", "personas", "cells", "requests", "map", "buyer_questions"} <= told.keys()
    assert len(told["map"]) == len(Stage) * len(Q) * 2  # all, and everyone
    wrong = trailguide("--home", home, "library", "coverage", "--picture", tmp_path / "map.gif")
    assert (wrong.status, ".png" in wrong.err) == (2, True)
    nowhere = trailguide("--home", home, "library", "coverage", "--picture", "/nowhere/map.png")
    assert (nowhere.status, "cannot be written" in nowhere.err) == (2, True)
    nobody = trailguide("--home", home, "library", "coverage", "--persona", "pilots")
    assert (nobody.status, "pilots" in nobody.err) == (2, True)

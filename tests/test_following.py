"""What follows a piece: meaning, titles spoken of, time, several pieces read (M20, M44)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.assets import Asset
from knowledge.journey import AssetType
from retrieval.following import Following, FollowingSettings

DAY = date(2026, 3, 1)
SIDE = 64
"""Length of the vectors here."""


def piece(name: str, title: str = "", text: str = "Text.", on: date | None = DAY) -> Asset:
    return Asset(name, title or f"Piece {name}", AssetType.GUIDE, text, name, published=on)


def unit(*places: int) -> np.ndarray:
    row = np.zeros(SIDE, np.float32)
    row[list(places)] = 1.0
    return row / np.linalg.norm(row)


def following(
    assets: Sequence[Asset], rows: dict[str, list[np.ndarray]] | None = None
) -> Following:
    """Each asset with its own direction unless rows are given."""
    own = {a.id: [unit(i)] for i, a in enumerate(assets)} | (rows or {})
    owners = [name for name, vectors in own.items() for _ in vectors]
    return Following(assets, owners, np.array([v for vs in own.values() for v in vs]))


def best(scores: dict[str, float]) -> str:
    return max(scores, key=lambda name: scores[name])


def others(count: int) -> list[Asset]:
    return [piece(f"other-{i}", f"Subject number{i}") for i in range(count)]


def test_the_piece_nearest_in_meaning_follows() -> None:
    assets = [piece("read"), piece("near"), *others(5)]
    follow = following(assets, {"read": [unit(60)], "near": [unit(60, 61)]})
    assert best(follow.scores(["read"])) == "near"


def test_one_near_passage_is_enough() -> None:
    assets = [piece("read"), piece("long"), *others(5)]
    rows = {"read": [unit(60), unit(51)], "long": [unit(52), unit(53), unit(60)]}
    assert best(following(assets, rows).scores(["read"])) == "long"


def test_a_piece_near_to_everything_does_not_win() -> None:
    """What all passages share says nothing of what follows."""
    assets = [piece("read"), piece("twin"), piece("all-round"), *others(20)]
    shared = {a.id: [unit(0, 1 + i % 5)] for i, a in enumerate(assets)}
    rows = shared | {
        "read": [unit(0, 6)], "twin": [unit(0, 6, 7)], "all-round": [unit(0)],
    }  # fmt: skip
    follow = following(assets, rows)
    meaning = dict(zip(follow.ids, follow.parts("read").meaning, strict=True))
    assert float(unit(0, 6) @ unit(0)) > 0.7
    assert meaning["all-round"] < 0.4 < meaning["twin"]


def test_a_piece_whose_title_the_text_speaks_of_follows() -> None:
    text = "Backups matter. Next, plan how to rehearse a disaster recovery with your team. Bye."
    told = piece("told", "Rehearsing disaster recovery")
    scores = following([piece("read", text=text), told, *others(8)]).scores(["read"])
    assert best(scores) == "told"


def test_words_of_a_title_scattered_over_a_text_count_less() -> None:
    gap = "Something else is said here. " * 4
    close = f"{gap} We will rehearse a disaster recovery soon."
    apart = f"We rehearse songs. {gap} It was a disaster. {gap} The recovery was slow."
    told = piece("told", "Rehearsing disaster recovery")

    def mention(text: str) -> float:
        assets = [piece("read", text=text), told, *others(8)]
        follow = following(assets)
        return float(follow.parts("read").mention[follow.ids.index("told")])

    assert mention(close) > 2 * mention(apart)


def test_words_that_every_piece_holds_are_no_mention() -> None:
    """A footer on every page names a piece to everyone, so it says nothing."""
    footer = "Read the platform overview."
    crowd = [piece(f"other-{i}", text=footer) for i in range(30)]
    assets = [
        piece("read", text=f"Tell about sharding. {footer}"),
        piece("footer", "Platform overview"), piece("rare", "Sharding"), *crowd,
    ]  # fmt: skip
    follow = following(assets)
    mention = dict(zip(follow.ids, follow.parts("read").mention, strict=True))
    assert mention["rare"] > 2 * mention["footer"]


def test_pieces_of_the_same_time_come_first_among_equals() -> None:
    assets = [
        piece("read"), piece("then", on=date(2026, 2, 20)), piece("long-ago", on=date(2019, 1, 1)),
    ]  # fmt: skip
    same = {a.id: [unit(1)] for a in assets}
    scores = following(assets, same).scores(["read"])
    assert scores["then"] > scores["long-ago"]


def test_a_missing_date_neither_helps_nor_hurts_much() -> None:
    days = [DAY, date(2010, 1, 1), None]
    read, near, far, undated = (
        piece(name, "Same title", on=on)
        for name, on in zip(("read", "near", "far", "undated"), (DAY, *days), strict=True)
    )
    assets = [read, near, far, undated]
    scores = following(assets, {a.id: [unit(1)] for a in assets}).scores(["read"])
    assert scores["near"] > scores["undated"] > scores["far"]


def test_the_latest_piece_weighs_most() -> None:
    assets = [piece("first"), piece("last"), piece("like-first"), piece("like-last"), *others(4)]
    rows = {
        "first": [unit(54)], "like-first": [unit(54, 57)],
        "last": [unit(55)], "like-last": [unit(55, 57)],
    }  # fmt: skip
    follow = following(assets, rows)
    scores = follow.scores(["first", "last"])
    assert scores["like-last"] > scores["like-first"] > max(scores[a.id] for a in others(4))
    assert best(follow.scores(["last", "first"])) == "like-first"


def test_what_was_read_never_follows() -> None:
    """M20 the same piece is never sent twice."""
    assets = [piece("a"), piece("b"), *others(3)]
    assert set(following(assets).scores(["a", "b", "a"])) == {a.id for a in others(3)}


def test_unknown_pieces_are_passed_over() -> None:
    follow = following([piece("a"), *others(3)])
    assert follow.scores(["gone"]) == {}
    assert follow.scores([]) == {}
    assert follow.scores(["a", "gone"]) == follow.scores(["a"])


def test_an_unrelated_piece_scores_below_the_threshold() -> None:
    """Nothing follows well, and the score says so."""
    assets = [piece("read", text="Quite another matter.", on=None), *others(7)]
    scores = following(assets).scores(["read"])
    assert max(scores.values()) < FollowingSettings().good_score


def test_the_order_of_the_library_does_not_matter() -> None:
    assets = [piece("read", text="Subject number2 comes next."), *others(5)]
    rows = {a.id: [unit(i), unit(i, 7)] for i, a in enumerate(assets)}
    forward = following(assets, rows).scores(["read"])
    owners = [name for name in reversed(rows) for _ in rows[name]]
    vectors = np.array([v for name in reversed(rows) for v in rows[name]])
    backward = Following(assets[::-1], owners, vectors).scores(["read"])
    assert forward == pytest.approx(backward, abs=2e-4)


def test_chunks_of_unknown_assets_are_left_out() -> None:
    assets = [piece("a"), piece("b")]
    vectors = np.array([unit(1), unit(1), unit(2)])
    plain = Following(assets, ["a", "b"], vectors[:2]).scores(["a"])
    assert Following(assets, ["a", "b", "gone"], vectors).scores(["a"]) == plain


def test_an_asset_without_chunks_can_still_be_spoken_of() -> None:
    assets = [
        piece("read", text="It is about Kubernetes."),
        piece("bare", "Kubernetes"),
        *others(4),
    ]
    rows: dict[str, list[np.ndarray]] = {"bare": []}
    assert best(following(assets, rows).scores(["read"])) == "bare"
    assert Following(assets, [], np.zeros((0, SIDE), np.float32)).scores(["bare"])


def test_settings_of_one_call_count_for_it_alone() -> None:
    follow = following([piece("read", text="Subject number3."), *others(5)])
    usual = follow.scores(["read"])
    none = replace(FollowingSettings(), mention=0.0)
    assert follow.scores(["read"], none) != usual
    assert follow.scores(["read"]) == usual


@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=6),
    st.lists(st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3), max_size=8),
)
def test_scores_stay_between_0_and_1_whatever_the_library(
    texts: list[str], rows: list[list[float]]
) -> None:
    assets = [piece(f"p{i}", title=text, text=" ".join(texts)) for i, text in enumerate(texts)]
    vectors = np.array(rows, np.float32).reshape(-1, 3)
    owners = [f"p{i % (len(texts) + 1)}" for i in range(len(rows))]
    scores = Following(assets, owners, vectors).scores(["p0"])
    assert set(scores) == {a.id for a in assets[1:]}
    assert all(0 <= score <= 1 for score in scores.values())

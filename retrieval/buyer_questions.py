"""Which of a buyer's six questions a piece answers, and which one a wording asks (M43, M47).

A piece tells by its headings: each is held against the examples of every question, and the two
nearest headings speak for the piece; its type speaks beside them. A case study without a problem,
a method or a result answers nothing, however its headings sound.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge.assets import Asset
from knowledge.buyer_questions import BuyerQuestion, in_order
from knowledge.journey import AssetType
from knowledge.tone import case_study_gaps
from retrieval.asking import Embed

_T, _Q = AssetType, BuyerQuestion
TYPE_ANSWERS: Mapping[BuyerQuestion, frozenset[AssetType]] = {
    _Q.HELP: frozenset({
        _T.BLOG, _T.ARTICLE, _T.GUIDE, _T.EBOOK, _T.WHITEPAPER, _T.PODCAST, _T.VIDEO,
    }),
    _Q.HASSLE: frozenset({_T.ONBOARDING, _T.TRAINING, _T.TUTORIAL}),
    _Q.WORK: frozenset({
        _T.CASE_STUDY, _T.TESTIMONIAL, _T.DEMO, _T.DOCS, _T.SPEC, _T.PRODUCT_OVERVIEW,
    }),
    _Q.RIVALS: frozenset({_T.COMPARISON}),
    _Q.CREDIBLE: frozenset(),
    _Q.AFFORD: frozenset({_T.ROI, _T.BUSINESS_CASE}),
}  # fmt: skip
"""What a type is made to answer."""


@dataclass(frozen=True, slots=True)
class BuyerQuestionSettings:
    """Numbers that benchmarks/buyer_questions.py chose on its hand-labelled pieces.

    Of the settings it tries these have the best F1 on one half of the pieces when chosen on the
    other; the table in benchmarks/README.md shows them beside the headings or the type alone.
    """

    nearest: int = 3
    """Examples of a question whose mean cosine says how near a heading is."""
    headings: int = 2
    """Headings that speak for a piece: one alone is often a chance likeness."""
    type_share: float = 0.15
    """What its type adds to a piece's nearness, as a cosine."""
    threshold: float = 0.38
    """Nearness from which the piece answers."""
    asked: float = 0.25
    """Nearness of a wording from which it asks that question; below, none is named."""


EXAMPLES = "buyer_question_examples.toml"
VERSION = "1"
"""Raise it when the reading changes otherwise than by the examples or the settings."""


class BuyerQuestionReader:
    """Reads pieces and wordings; `embed` is the packaged model's, one unit vector a row."""

    def __init__(
        self,
        embed: Embed,
        settings: BuyerQuestionSettings = BuyerQuestionSettings(),
    ) -> None:
        self._embed, self._settings = embed, settings

    @property
    def mark(self) -> str:
        """Changes whenever a piece may be read otherwise than before; 12 hex digits."""
        told = f"{VERSION}\x1f{self._settings}\x1f{_examples_text()}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def answered(self, asset: Asset, confirmed: Sequence[str] = ()) -> tuple[BuyerQuestion, ...]:
        """The questions a piece answers: what its source names, else what is read in it.

        `confirmed` are wordings that it answers by a person's word; what they ask is added.
        """
        if asset.buyer_questions:
            return asset.buyer_questions
        nearness = self.nearness(asset)
        read = [q for q, near in nearness.items() if near >= self._settings.threshold]
        return in_order([*read, *filter(None, map(self.asked, confirmed))])

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The packaged vectors of some texts, one unit row each."""
        return self._embed(list(texts))

    def nearness(self, asset: Asset) -> dict[BuyerQuestion, float]:
        """How near the piece is to each question, as a cosine with its type's share added."""
        if asset.type is AssetType.CASE_STUDY and case_study_gaps(asset.text):
            return dict.fromkeys(BuyerQuestion, -1.0)
        near = self._near(units_of(asset))
        best = np.sort(near, axis=0)[::-1][: self._settings.headings].mean(axis=0)
        share = self._settings.type_share
        return {
            question: float(best[at]) + share * (asset.type in TYPE_ANSWERS[question])
            for at, question in enumerate(BuyerQuestion)
        }

    def asked(self, wording: str) -> BuyerQuestion | None:
        """The question of the six that a wording asks; None when it is near to none."""
        if not wording.strip():
            return None
        near = self._near([wording])[0]
        at = int(near.argmax())
        return list(BuyerQuestion)[at] if near[at] >= self._settings.asked else None

    def _near(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, 6) mean cosines with the nearest examples of each question."""
        cosines = self._embed(list(texts)) @ self._examples[1].T
        kinds = self._examples[0]
        columns = []
        for question in BuyerQuestion:
            own = np.sort(cosines[:, kinds == question.value], axis=1)[:, ::-1]
            columns.append(own[:, : self._settings.nearest].mean(axis=1))
        return np.stack(columns, axis=1)

    @cached_property
    def _examples(self) -> tuple[NDArray[np.str_], NDArray[np.float32]]:
        table: dict[str, list[str]] = tomllib.loads(_examples_text())
        kinds = np.array([BuyerQuestion(name).value for name, said in table.items() for _ in said])
        return kinds, self._embed([wording for said in table.values() for wording in said])


def units_of(asset: Asset) -> list[str]:
    """What names the subjects of a piece: its title, its description, its headings."""
    headings = re.findall(r"^#{1,4}[ \t]+(.+?)[ \t#]*$", asset.text, re.MULTILINE)
    told = (asset.title, asset.description, *headings)
    return [text for text in dict.fromkeys(told) if text.strip()]


@lru_cache(maxsize=1)
def _examples_text() -> str:
    return (files("retrieval") / EXAMPLES).read_text(encoding="utf-8")

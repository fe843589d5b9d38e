"""The insight of a draft: what a piece says that answers best and stands alone (M23, M26).

Words find the places worth a look, and sentence vectors, where there are any, tell which of them
answers. Every text is the piece's own wording; at most an aside or a connective is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from knowledge.assets import Asset
from knowledge.sentences import prose
from prompts.addresses import links
from prompts.checks.support import Nearness, content
from prompts.passages import Place, places
from prompts.quotable import IN_EXAMPLE, LONGEST, SHORTEST, fit, sells

MOST_HEADINGS = 4
_COMFORTABLE = range(14, 42)
_SAME_QUESTION = 0.5
"""Shared words from which a heading asks what the lead asked."""
_DIRECT = 3.0
"""An answer to the lead's own question goes before a sentence that merely repeats its words."""

LOOKED_AT = 48
"""Places outside the passage whose vectors are compared, best by words first: 80 find hardly
better ones and cost time (`benchmarks/insight.py`)."""
WITHIN_WEIGHT, WORDS_WEIGHT, LENGTH_WEIGHT = 0.3, 0.005, 0.05
"""Beside a cosine: standing in the passage that search found, the words' score (mostly 0 to 6), and
a length up to `FULL_LENGTH` words. Words alone pick a sentence out of the answering section in 38
of 100 cases, the cosine alone in 59, all together in 64 (`benchmarks/insight.py`)."""
HEADING_WEIGHT, OPENS_WEIGHT = 0.5, 0.1
"""Of the cosine of the heading above, and more for what comes first under it. Judgement between two
measures: of 56 questions put in other words, over pages that keep their headings, a weight of 0.3
finds the section of 28 and 0.6 of 32; where the right heading is deleted it misleads."""
CUT_WEIGHT, EXAMPLE_WEIGHT, SCENE_WEIGHT = 0.15, 0.3, 0.1
"""Taken off for half a thought, which the next sentence turns, for figures of an example, and for
the first lines of a piece with headings, which set the scene. By the drafts of the sample library.
"""
ANSWER_WEIGHT = 0.5
"""Of standing first under a heading that asks the same in so many words."""
FIGURE_WEIGHT = 0.05
"""Taken off for each figure, up to three: most are of an example that the reader cannot see."""
COUNT_WEIGHT = 0.3
"""For "week one" against "week two", which vectors hardly tell apart."""
REREAD, ANSWERING_WEIGHT = 16, 0.3
"""Places read together with the question (the section that answers is among them in 96 of 100
cases), and what a unit of that score counts in cosines: 0.2 to 0.5 do as well on repositories that
only measured (`benchmarks/fit_answers.py`)."""
FULL_LENGTH = 40
WITHIN_CHARACTERS = 40
"""Of a place's start that must stand in the passage, which may be cut within a sentence."""
ANSWERS_FROM = 0.7
"""The cosine from which a place counts as an answer to a question."""

_FIGURE = re.compile(r"\d[\d.,]*")
_COUNT = re.compile(
    r"\b(?:week|month|day|phase|step|stage|year|site)s? "
    r"(one|two|three|four|five|six|seven|eight|nine|ten|\d+)\b"
)
_STATISTIC = re.compile(
    r"\d\s?(?:%|percent|per cent)|\b(?:one|two|three|four|five|\d+) (?:in|out of) (?:every )?"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twenty|a hundred|\d+)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Insight:
    """What to pass on: `answers` when it directly answers what was asked; `heading` is above it.

    `items` are the first names of a list, then `text` is its lead-in; `more` when the list goes on.
    `within`: it stands in the passage that search found; `opens`: it comes first under its heading;
    `cut`: the sentence after it turns the thought; `example`: its figures are of an example.
    """

    text: str
    score: float
    answers: bool = False
    statistic: bool = False
    heading: str = ""
    items: tuple[str, ...] = ()
    more: bool = False
    within: bool = False
    opens: bool = False
    cut: bool = False
    example: bool = False


def insights(
    asset: Asset,
    query: str,
    passage: str,
    near: Nearness | None = None,
    answering: Nearness | None = None,
) -> list[Insight]:
    """What the piece says on `query`, best first; what stands in `passage` is preferred.

    `near` gives cosines, and `answering` how well each text answers a question.
    """
    asked = content(query)
    within = " ".join(prose(passage).split()).lower()
    every = list(places(asset.text))
    seen = Counter(stem for place in every for stem in content(place.text))
    words = _Words(asked, within, seen, asset)
    ranked = [found for place in every if (found := words.judge(place)) is not None]
    ranked.sort(key=lambda i: -i.score)
    if near is not None and query.strip():
        ranked = _by_meaning(ranked, query, near)
        if answering is not None:
            ranked = _by_answer(ranked, query, answering)
    return [*ranked, *_of_itself(asset)]


def _by_meaning(ranked: list[Insight], query: str, near: Nearness) -> list[Insight]:
    """The likely places by meaning, then the rest as it was."""
    outside = [i for i in ranked if not i.within][:LOOKED_AT]
    likely = [i for i in ranked if i.within or i in outside]
    titles = list(dict.fromkeys(i.heading for i in likely if i.heading))
    told = near(query, [*(_whole(i) for i in likely), *titles])
    cosines, of_title = told[: len(likely)], dict(zip(titles, told[len(likely) :], strict=True))
    is_question = query.rstrip().endswith("?")
    judged = [
        replace(
            i,
            score=_score(i, cosine, of_title.get(i.heading, 0.0))
            + _same_count(query, i.heading)
            - SCENE_WEIGHT * (bool(titles) and not (i.heading or i.within)),
            answers=i.answers or (is_question and cosine >= ANSWERS_FROM),
        )
        for i, cosine in zip(likely, cosines, strict=True)
    ]
    rest = [i for i in ranked if not i.within and i not in outside]
    return [*sorted(judged, key=lambda i: -i.score), *rest]


def _by_answer(ranked: list[Insight], query: str, answering: Nearness) -> list[Insight]:
    """The best places again, by how well they answer, then the rest as it was."""
    best = ranked[:REREAD]
    told = answering(query, [_whole(i) for i in best])
    usual = sum(told) / max(1, len(told))
    read = [
        replace(i, score=i.score + ANSWERING_WEIGHT * (score - usual))
        for i, score in zip(best, told, strict=True)
    ]
    return [*sorted(read, key=lambda i: -i.score), *ranked[REREAD:]]


def _score(insight: Insight, cosine: float, of_heading: float) -> float:
    length = min(1.0, len(_whole(insight).split()) / FULL_LENGTH)
    return (
        cosine
        + (HEADING_WEIGHT + OPENS_WEIGHT * insight.opens) * max(0.0, of_heading)
        + ANSWER_WEIGHT * insight.answers
        + WITHIN_WEIGHT * insight.within
        + WORDS_WEIGHT * insight.score
        + LENGTH_WEIGHT * length
        - CUT_WEIGHT * insight.cut
        - EXAMPLE_WEIGHT * (insight.example and not insight.answers)
        - FIGURE_WEIGHT * (0 if insight.answers else min(3, len(_FIGURE.findall(insight.text))))
    )


def _same_count(query: str, heading: str) -> float:
    """What a heading gains by naming the same week, step or site as the question, or loses."""
    asked, told = (set(_COUNT.findall(text.lower())) for text in (query, heading))
    if not asked or not told:
        return 0.0
    return COUNT_WEIGHT if asked & told else -COUNT_WEIGHT


def _whole(insight: Insight) -> str:
    return f"{insight.text} {'; '.join(insight.items)}" if insight.items else insight.text


def _of_itself(asset: Asset) -> list[Insight]:
    """The last resort: what the piece says of itself."""
    text = " ".join(prose(asset.description).split())
    fit = SHORTEST <= len(text.split()) <= LONGEST and not sells(text)
    return [] if not fit or re.search(r"\b(?:we|our)\b", text, re.I) else [Insight(text, -5.0)]


def headings(asset: Asset) -> str:
    """Up to four headings of the piece, joined, for one that has no sentence to quote."""
    lines = (re.match(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$", line) for line in asset.text.splitlines())
    found = [" ".join(prose(m[1]).split()).rstrip(" .:?!") for m in lines if m]
    plain = [h for h in dict.fromkeys(found) if 1 <= len(h.split()) <= 9 and h != asset.title]
    kept = [h for h in plain if not (sells(h) or any(links(h)))]
    return "; ".join(f'"{h}"' for h in kept[:MOST_HEADINGS])


@dataclass(frozen=True, slots=True)
class _Words:
    """What words say of a place: those it shares with the question, and its form."""

    asked: frozenset[str]
    within: str
    seen: Counter[str]
    asset: Asset

    def judge(self, place: Place) -> Insight | None:
        """The place as an insight with its score, or None when it cannot be quoted."""
        heading = content(place.heading)
        shared = heading & self.asked
        match = len(shared) / max(1, min(len(heading), len(self.asked)))
        under_question = place.opens and place.heading.endswith("?")
        answers = under_question and match >= _SAME_QUESTION and len(shared) > 1
        if not fit(place, match, answers=answers):
            return None
        text = place.text
        # A figure of a worked example is no statistic.
        statistic = bool(_STATISTIC.search(text)) and not IN_EXAMPLE.match(text)
        score = self._score(place, heading, match) + _DIRECT * answers - 0.6 * statistic
        score -= 0.0 if answers else 0.3 * min(4, len(re.findall(r"\d[\d.,]*", text)))
        return Insight(
            text, score, answers, statistic, place.heading, place.items, place.more,
            self._is_within(place), place.opens, place.cut,
            place.example,
        )  # fmt: skip

    def _is_within(self, place: Place) -> bool:
        return bool(self.within) and place.sentences[0][:WITHIN_CHARACTERS].lower() in self.within

    def _score(self, place: Place, heading: frozenset[str], match: float) -> float:
        text, length = place.text, len(place.text.split())
        said = content(f"{text} {' '.join(place.items)}")
        weight = sum(float(1 + self.seen[s]) ** -0.5 for s in said & self.asked)
        score: float = 2.0 * weight + 1.5 * match
        score += 0.9 * self._is_within(place)
        score += 0.3 * place.opens + 0.8 * place.stressed + 0.5 * (length in _COMFORTABLE)
        score += 0.2 * bool(re.search(r"\byour?\b", text, re.I))
        # The first lines of a piece set the scene; what it has to say comes later.
        score -= 0.0 if place.heading else 1.0
        # "The limit", "The visit": a definite thing that neither question nor heading has named.
        if found := re.match(r"the (\w+)", text, re.I):
            known = self.asked | heading | content(self.asset.title)
            score -= 0.0 if content(found[1]) & known else 0.5
        return score

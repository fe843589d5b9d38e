"""The insight of a draft: what a piece says that answers best and stands alone (M23, M26).

Words find the places worth a look, and sentence vectors, where there are any, tell which of them
answers. Every text is the piece's own wording; at most an aside or a connective is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge import tone_words
from knowledge.assets import Asset
from knowledge.sentences import prose
from prompts.addresses import links
from prompts.checks.rule import listed, pattern
from prompts.checks.support import Nearness, content
from prompts.passages import Place, places

SHORTEST, LONGEST = 8, 34
"""Words of a quoted sentence; a short answer under a matching heading may have fewer."""
SHORTEST_ANSWER = 4
MOST_HEADINGS = 4
_COMFORTABLE = range(14, 42)
_SAME_QUESTION, _VERY_SAME = 0.5, 0.8
"""Shared words from which a heading asks what the lead asked; a bare yes or no needs more."""
_DIRECT = 3.0
"""An answer to the lead's own question goes before a sentence that merely repeats its words."""

LOOKED_AT = 48
"""Places outside the passage whose vectors are compared, best by words first: 80 find hardly
better ones and cost time (`benchmarks/insight.py`)."""
WITHIN_WEIGHT, WORDS_WEIGHT, LENGTH_WEIGHT = 0.3, 0.005, 0.05
"""Beside a cosine: standing in the passage that search found, the words' score (mostly 0 to 6), and
a length up to `FULL_LENGTH` words. Words alone pick a sentence out of the answering section in 38
of 100 cases, the cosine alone in 59, all together in 64 (`benchmarks/insight.py`)."""
HEADING_WEIGHT = 0.3
"""Of the cosine of the heading above; questions under which a piece answers are mostly gone from
the measured texts, so this is judgement: a heading says what its section is about."""
ANSWER_WEIGHT = 0.5
"""Of standing first under a heading that asks the same in so many words."""
FIGURE_WEIGHT = 0.06
"""Taken off for each figure, up to three: most are of an example that the reader cannot see."""
COUNT_WEIGHT = 0.3
"""For "week one" against "week two", which vectors hardly tell apart."""
FULL_LENGTH = 40
WITHIN_CHARACTERS = 40
"""Of a place's start that must stand in the passage, which may be cut within a sentence."""
ANSWERS_FROM = 0.7
"""The cosine from which a place counts as an answer to a question."""

_DANGLING = pattern(*listed("leaning"))
_ANSWER_OPENERS = re.compile(r"^(?:yes|no)\b[,.:]", re.I)
_LEANS_WITHIN = pattern(*listed("leaning_within"))
_IN_EXAMPLE = re.compile(r"^in (?:our|the) example,? ", re.I)
_POINTS_ELSEWHERE = re.compile(listed("elsewhere")[0])
_FIGURE = re.compile(r"\d[\d.,]*")
_COUNT = re.compile(
    r"\b(?:week|month|day|phase|step|stage|year|site)s? "
    r"(one|two|three|four|five|six|seven|eight|nine|ten|\d+)\b"
)
_POINTS_BACK = re.compile(
    r"\b(?:that|the|those|these) (?:first|second|third|last|former|latter|other|same|two|three)\b",
    re.I,
)
"""In a later sentence of a run: it may point at what stands before the run."""
_ANNOUNCES = re.compile(r"(?:consider|take|say|suppose|imagine|look at)\b", re.I)
"""A run must not end with the announcement of an example."""
_WEAK_VERB = pattern(*listed("verb"))
_IMPERATIVE = pattern(*listed("imperative"))
_STATISTIC = re.compile(
    r"\d\s?(?:%|percent|per cent)|\b(?:one|two|three|four|five|\d+) (?:in|out of) (?:every )?"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twenty|a hundred|\d+)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Insight:
    """What to pass on: `answers` when it directly answers what was asked; `heading` is above it.

    `items` are the first names of a list, then `text` is its lead-in; `more` when the list goes on.
    `within`: it stands in the passage that search found; `opens`: it comes first under its heading.
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


def insights(asset: Asset, query: str, passage: str, near: Nearness | None = None) -> list[Insight]:
    """What the piece says on `query`, best first; what stands in `passage` is preferred."""
    asked = content(query)
    within = " ".join(prose(passage).split()).lower()
    every = list(places(asset.text))
    seen = Counter(stem for place in every for stem in content(place.text))
    words = _Words(asked, within, seen, asset)
    ranked = [found for place in every if (found := words.judge(place)) is not None]
    ranked.sort(key=lambda i: -i.score)
    if near is not None and query.strip():
        ranked = _by_meaning(ranked, query, near)
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
            score=_score(i, cosine, of_title.get(i.heading, 0.0)) + _same_count(query, i.heading),
            answers=i.answers or (is_question and cosine >= ANSWERS_FROM),
        )
        for i, cosine in zip(likely, cosines, strict=True)
    ]
    rest = [i for i in ranked if not i.within and i not in outside]
    return [*sorted(judged, key=lambda i: -i.score), *rest]


def _score(insight: Insight, cosine: float, of_heading: float) -> float:
    length = min(1.0, len(_whole(insight).split()) / FULL_LENGTH)
    return (
        cosine
        + HEADING_WEIGHT * of_heading
        + ANSWER_WEIGHT * insight.answers
        + WITHIN_WEIGHT * insight.within
        + WORDS_WEIGHT * insight.score
        + LENGTH_WEIGHT * length
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
    fit = SHORTEST <= len(text.split()) <= LONGEST and not _sells(text)
    return [] if not fit or re.search(r"\b(?:we|our)\b", text, re.I) else [Insight(text, -5.0)]


def headings(asset: Asset) -> str:
    """Up to four headings of the piece, joined, for one that has no sentence to quote."""
    lines = (re.match(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$", line) for line in asset.text.splitlines())
    found = [" ".join(prose(m[1]).split()).rstrip(" .:?!") for m in lines if m]
    plain = [h for h in dict.fromkeys(found) if 1 <= len(h.split()) <= 9 and h != asset.title]
    kept = [h for h in plain if not (_sells(h) or any(links(h)))]
    return "; ".join(f'"{h}"' for h in kept[:MOST_HEADINGS])


@lru_cache(maxsize=8_192)
def _sells(text: str) -> bool:
    selling = (
        tone_words.PRAISE,
        tone_words.OFFER,
        tone_words.CALL_TO_ACTION,
        tone_words.ANNOUNCEMENT,
    )
    return "!" in text or any(p.search(text) for p in selling)


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
        if not _fit(place, match, answers=answers):
            return None
        text = place.text
        # A figure of a worked example is no statistic.
        statistic = bool(_STATISTIC.search(text)) and not _IN_EXAMPLE.match(text)
        score = self._score(place, heading, match) + _DIRECT * answers - 0.6 * statistic
        score -= 0.0 if answers else 0.3 * min(4, len(re.findall(r"\d[\d.,]*", text)))
        return Insight(
            text, score, answers, statistic, place.heading, place.items, place.more,
            self._is_within(place), place.opens,
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


def _fit(place: Place, match: float, *, answers: bool) -> bool:
    """Whether a place is whole, calm, of a fit length, and understood without what is around it."""
    first = place.sentences[0]
    if place.items:
        return _fit_list(place)
    if not all(_quotable(s, answers=answers, first=n == 0) for n, s in enumerate(place.sentences)):
        return False
    later = place.sentences[1:]
    if any(_POINTS_BACK.search(s) for s in later) or (later and _ANNOUNCES.match(later[-1])):
        return False
    length = len(place.text.split())
    if length < (SHORTEST_ANSWER if answers else SHORTEST):
        return False
    if _ANSWER_OPENERS.match(first) and match < _VERY_SAME:
        return False
    return answers or _stands_alone(first)


def _fit_list(place: Place) -> bool:
    lead_in = place.sentences[0]
    told = f"{lead_in} {'; '.join(place.items)}"
    return (
        4 <= len(lead_in.split()) <= 24
        and not _DANGLING.match(lead_in)
        and not _POINTS_ELSEWHERE.search(re.sub(r"\bthe following\b", "", lead_in))
        and not _sells(told)
        and not any(links(told))
    )


def _quotable(text: str, *, answers: bool, first: bool) -> bool:
    """Whether a sentence of a run is whole, calm and of a fit length."""
    leans = (
        answers
        and first
        and _DANGLING.match(text)
        and not _ANSWER_OPENERS.match(text)
        and not _IN_EXAMPLE.match(text)
    )
    return (
        len(text.split()) <= LONGEST
        and text.endswith((".", '."', ".'", ".\u201d"))
        and text.count('"') % 2 == 0
        and not _sells(text)
        and not re.search(r"https?:|www\.|@", text)
        and not _POINTS_ELSEWHERE.search(_IN_EXAMPLE.sub("", text) if answers else text)
        and not leans
    )


def _stands_alone(text: str) -> bool:
    complete = _WEAK_VERB.search(text) or _IMPERATIVE.match(text)
    return bool(complete) and not _DANGLING.match(text) and not _LEANS_WITHIN.search(text)

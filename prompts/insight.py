"""The insight of a draft: the sentence of a piece that answers best and stands alone (M23, M26)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge import tone_words
from knowledge.assets import Asset
from knowledge.sentences import prose, sentences
from prompts.addresses import links
from prompts.checks.rule import listed, pattern
from prompts.checks.support import content

SHORTEST, LONGEST = 8, 32
"""Words of an insight; a short answer under a matching heading may have fewer."""
SHORTEST_ANSWER = 4
MOST_HEADINGS = 4
_COMFORTABLE = range(10, 25)
_TWO_SENTENCES = 34
_SAME_QUESTION, _VERY_SAME = 0.5, 0.8
"""Shared words from which a heading asks what the lead asked; a bare yes or no needs more."""
_DIRECT = 3.0
"""An answer to the lead's own question goes before a sentence that merely repeats its words."""

_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
_LIST = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+")
_DANGLING = pattern(*listed("leaning"))
_ANSWER_OPENERS = re.compile(r"^(?:yes|no)\b[,.:]", re.I)
_LEANS_WITHIN = pattern(*listed("leaning_within"))
_IN_EXAMPLE = re.compile(r"^in (?:our|the) example,? ", re.I)
_POINTS_ELSEWHERE = re.compile(listed("elsewhere")[0])
_WEAK_VERB = pattern(*listed("verb"))
_IMPERATIVE = pattern(*listed("imperative"))
_STATISTIC = re.compile(
    r"\d\s?(?:%|percent|per cent)|\b(?:one|two|three|four|five|\d+) (?:in|out of) \w+", re.I
)


@dataclass(frozen=True, slots=True)
class Insight:
    """A sentence worth quoting: `answers` when it directly answers the heading that was asked."""

    text: str
    score: float
    answers: bool = False
    statistic: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    text: str
    heading: str
    first: bool
    stressed: bool
    following: str


def insights(asset: Asset, query: str, passage: str) -> list[Insight]:
    """Sentences of the piece that answer `query`, best first; those of `passage` are preferred.

    Every text is the piece's own wording: at most a bracketed aside is left out.
    """
    asked = content(query)
    within = " ".join(prose(passage).split()).lower()
    places = list(_places(asset.text))
    seen = Counter(stem for place in places for stem in content(place.text))
    ranked = [
        found
        for place in places
        if (found := _judge(place, asked, within, seen, asset)) is not None
    ]
    if asset.description and not re.search(r"\b(?:we|our)\b", asset.description, re.I):
        # The last resort: what the piece says of itself.
        text = " ".join(prose(asset.description).split())
        if SHORTEST <= len(text.split()) <= LONGEST and not _sells(text):
            ranked.append(Insight(text, -5.0))
    return sorted(ranked, key=lambda i: -i.score)


def headings(asset: Asset) -> str:
    """Up to four headings of the piece, joined, for one that has no sentence to quote."""
    lines = (_HEADING.match(line) for line in asset.text.splitlines())
    found = [" ".join(prose(m[1]).split()).rstrip(" .:?!") for m in lines if m]
    plain = [h for h in dict.fromkeys(found) if 1 <= len(h.split()) <= 9 and h != asset.title]
    kept = [h for h in plain if not (_sells(h) or any(links(h)))]
    return "; ".join(f'"{h}"' for h in kept[:MOST_HEADINGS])


def _places(markdown: str) -> Iterator[_Place]:
    heading, fresh = "", True
    for block in re.split(
        r"\n\s*\n", re.sub(r"^(```|~~~).*?^\1\s*$", "", markdown, flags=re.S | re.M)
    ):
        lines = block.strip("\n").splitlines()
        while lines and (found := _HEADING.match(lines[0])):
            heading, fresh = found[1], True
            lines = lines[1:]
        if (
            not lines
            or _LIST.match(lines[0])
            or lines[0].lstrip().startswith(("|", ">", "<", "!["))
        ):
            continue
        body = "\n".join(_before_list(lines))
        stressed = {" ".join(s.split()) for s in re.findall(r"\*\*([^*]{20,300})\*\*", body)}
        split = sentences(" ".join(prose(body).split()))
        for at, sentence in enumerate(split):
            following = split[at + 1] if at + 1 < len(split) else ""
            yield _Place(sentence, heading, fresh and at == 0, sentence in stressed, following)
        fresh = False


def _before_list(lines: list[str]) -> list[str]:
    """The lines of a block up to its first list item."""
    kept = []
    for line in lines:
        if _LIST.match(line):
            break
        kept.append(line)
    return kept


def _sells(text: str) -> bool:
    selling = (
        tone_words.PRAISE,
        tone_words.OFFER,
        tone_words.CALL_TO_ACTION,
        tone_words.ANNOUNCEMENT,
    )
    return "!" in text or any(p.search(text) for p in selling)


def _judge(
    place: _Place, asked: frozenset[str], within: str, seen: Counter[str], asset: Asset
) -> Insight | None:
    heading = content(place.heading)
    shared = heading & asked
    match = len(shared) / max(1, min(len(heading), len(asked)))
    under_question = place.first and place.heading.endswith("?")
    answers = under_question and match >= _SAME_QUESTION and len(shared) > 1
    text = _with_next(re.sub(r"\s\([^()]{1,80}\)", "", place.text), place, answers)
    if not _quotable(text, answers) or (_ANSWER_OPENERS.match(text) and match < _VERY_SAME):
        return None
    # Right under a question a sentence leans on it: it is an answer to that question or nothing.
    if not answers and ((under_question and not place.stressed) or not _stands_alone(text)):
        return None
    # A figure of a worked example is no statistic.
    statistic = bool(_STATISTIC.search(text)) and not _IN_EXAMPLE.match(text)
    length = len(text.split())
    weight = sum(1 / (1 + seen[s]) ** 0.5 for s in content(text) & asked)
    score = 2.0 * weight + 1.5 * match + _DIRECT * answers
    score += 0.9 * bool(within and " ".join(place.text.split()).lower() in within)
    score += 0.3 * place.first + 0.8 * place.stressed + 0.3 * (length in _COMFORTABLE)
    score += 0.2 * bool(re.search(r"\byour?\b", text, re.I)) - 0.6 * statistic
    # The first lines of a piece set the scene; what it has to say comes later.
    score -= 0.0 if place.heading else 1.0
    score -= 0.0 if answers else 0.3 * len(re.findall(r"\d[\d.,]*", text))
    # "The limit", "The visit": a definite thing that neither question nor heading has named.
    if found := re.match(r"the (\w+)", text, re.I):
        score -= 0.0 if content(found[1]) & (asked | heading | content(asset.title)) else 0.5
    return Insight(text, score, answers, statistic)


def _quotable(text: str, answers: bool) -> bool:
    """Whether a sentence is whole, calm and of a fit length."""
    shortest = SHORTEST_ANSWER if answers else SHORTEST
    return (
        shortest <= len(text.split()) <= LONGEST + 2
        and text.endswith((".", '."', ".'", ".\u201d"))
        and text.count('"') % 2 == 0
        and not _sells(text)
        and not re.search(r"https?:|www\.|@", text)
        and not _POINTS_ELSEWHERE.search(_IN_EXAMPLE.sub("", text) if answers else text)
        and not (
            answers
            and _DANGLING.match(text)
            and not _ANSWER_OPENERS.match(text)
            and not _IN_EXAMPLE.match(text)
        )
    )


def _stands_alone(text: str) -> bool:
    complete = _WEAK_VERB.search(text) or _IMPERATIVE.match(text)
    return bool(complete) and not _DANGLING.match(text) and not _LEANS_WITHIN.search(text)


def _with_next(text: str, place: _Place, answers: bool) -> str:
    """A very short answer together with the sentence that completes it."""
    after = place.following
    joined = f"{text} {after}"
    if not answers or len(text.split()) >= SHORTEST or not after.endswith("."):
        return text
    if len(joined.split()) > _TWO_SENTENCES or _POINTS_ELSEWHERE.search(after) or _sells(after):
        return text
    return joined

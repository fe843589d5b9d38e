"""Support: whether a piece says what a sentence claims, by figures and by shared words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from knowledge.assets import Asset
from knowledge.sentences import prose, sentences
from prompts.wording import words

Nearness = Callable[[str, Sequence[str]], Sequence[float]]
"""The cosine of a text with each of the others."""

SUPPORT_SHARE = 0.5
"""Share of a claim's content words that one sentence of the piece must hold. 0.5 to 0.8 find nearly
the same (`benchmarks/support.py`); the lowest leaves most room for honest rewording."""

SPREAD_SHARE = 0.7
"""The share that neighbouring sentences must hold together, when no single one holds enough."""

LOOKED_AT = 48
"""Places whose vectors are compared with a claim: those that share most words with it."""
WORDS_WEIGHT, NEAR_ENOUGH = 0.4, 0.85
"""A place says what is claimed when its cosine and `WORDS_WEIGHT` times the share of the claim's
words that it holds come to `NEAR_ENOUGH`. Set on half of 370 rewordings and inventions, measured on
the other half (`benchmarks/support.py`)."""
SAME_WORDS = 0.9
"""From this share on a sentence is the piece's own, and no vector is asked."""
SAME_MATTER = 0.8
"""The share of a claim's words in one place from which a "not" in one of the two turns it round."""
FIGURE_PLACES = 6
"""The nearest places, in which the figures of a claim must stand; 3 catch a few more changed
ones and refuse honest sums over several sentences."""

_WINDOW = 3
"""A claim may draw on this many neighbouring sentences."""

_LONGEST_KEPT = 1_000
"""Characters of a text whose content words are kept for the next time."""

_LISTS = words("support")
_STOP = frozenset(_LISTS["empty"].split())
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|rarely|seldom)\b|n't\b",
    re.I,
)
_OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split())) for one, other in _LISTS["opposites"]
)
_UNITS: dict[str, str] = _LISTS["units"]
_NUMBER_WORDS: dict[str, float] = _LISTS["numbers"]
_FIGURE = re.compile(
    r"(?P<money>[€$£])?\s?(?P<digits>\d+(?:[.,]\d+)*)(?P<scale>\s?(?:k|m|bn|million|billion|thousand)\b)?"
    r"|\b(?P<word>" + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)) + r")\b",
    re.I,
)
_UNIT_AFTER = re.compile(
    r"^(?:\s*(?:to|-|\u2013|or|and)\s*[\w.,]+)?[\s-]*(?:(?:\w+\s)?(?P<unit>%|percent\w*|per cent"
    r"|hours?|minutes?|days?|weeks?|months?|years?|seconds?|euros?|dollars?))",
    re.I,
)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_UNCOUNTED = frozenset({"one", "single", "third", "thirds", "zero"})
"""Words that mostly count nothing: `one of them`, `the third time`."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its unit; the unit is empty when none is told."""

    value: float
    unit: str = ""


class Support(StrEnum):
    """How a piece stands to a claim."""

    FULL = "full"
    NONE = "none"
    TURNED = "turned"


@lru_cache(maxsize=8_192)
def _stem(word: str) -> str:
    from Stemmer import Stemmer  # loaded when the first draft is checked

    return str(Stemmer("english").stemWord(word))


def content(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    # A whole piece is asked for once; kept, a few of them would fill the memory.
    if len(text) > _LONGEST_KEPT:
        return _content(text)
    # By digest: a lead's words must not stay in memory, and drafts are made of them.
    key = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        found = _KEPT[key] = _content(text)
    return found


_KEPT: dict[bytes, frozenset[str]] = {}
_MOST_KEPT = 4_096


def _content(text: str) -> frozenset[str]:
    found = (w.lower().replace("\u2019", "'").removesuffix("'s") for w in _WORD.findall(text))
    return frozenset(
        _stem(part) for w in found for part in w.split("-") if len(part) > 1 and part not in _STOP
    )


def figures(text: str) -> tuple[Figure, ...]:
    """Every number of a text with its unit, digits and number words alike."""
    found = []
    for match in _FIGURE.finditer(text):
        if match["word"]:
            word = match["word"].lower()
            counts = word in {"one", "single"} and _UNIT_AFTER.match(
                text[match.end() : match.end() + 40]
            )
            if word in _UNCOUNTED and not counts:
                continue
            value, unit = _NUMBER_WORDS[word], ""
        else:
            value = _value(match["digits"]) * _SCALES.get(
                (match["scale"] or "").strip().lower(), 1.0
            )
            unit = "money" if match["money"] else ""
        if not unit and (after := _UNIT_AFTER.match(text[match.end() : match.end() + 40])):
            name = after["unit"].lower()
            unit = _UNITS.get(
                name, _UNITS.get(name.rstrip("s"), "percent" if "percent" in name else "")
            )
        found.append(Figure(round(value, 4), unit))
    return tuple(found)


def _value(digits: str) -> float:
    plain = digits.strip(".,")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain):
        return float(re.sub(r"[.,]", "", plain))
    return (
        float(plain.replace(",", "."))
        if plain.count(",") + plain.count(".") <= 1
        else float(re.sub(r"[.,]", "", plain))
    )


_Window = tuple[frozenset[str], tuple[str, ...]]
"""The content stems of neighbouring sentences, and the sentences."""


def _holds(window: _Window, stems: frozenset[str]) -> bool:
    """Whether its first sentence holds enough of the words, or all of them together do."""
    together, split = window
    return (
        len(stems & together) / len(stems) >= SPREAD_SHARE
        or len(stems & content(split[0])) / len(stems) >= SUPPORT_SHARE
    )


@dataclass(frozen=True, slots=True)
class Passages:
    """A piece made ready for comparing: content stems and wording of each window of sentences.

    `places` are its sentences and pairs of neighbours, `tables` the figures of its tables.
    """

    windows: tuple[_Window, ...]
    numbers: frozenset[Figure]
    tables: frozenset[Figure] = frozenset()
    places: tuple[str, ...] = ()

    def has_figure(self, figure: Figure) -> bool:
        """Whether the piece has that number, with that unit or with none."""
        same = {n.unit for n in self.numbers if abs(n.value - figure.value) < 1e-6}
        return bool(same) and (not figure.unit or figure.unit in same or "" in same)

    def has_figures_beside(
        self, claim: str, told: tuple[Figure, ...], near: Nearness | None = None
    ) -> bool:
        """Whether the figures stand where the piece speaks of what is claimed.

        A row of a table is such a place; without `near` any of its tables will do.
        """
        stems = content(claim)
        if near is not None and stems and (best := self._nearest(claim, stems, near)):
            beside = frozenset(figures("\n".join(text for _, text in best[:FIGURE_PLACES])))
            return all(replace(self, numbers=beside).has_figure(figure) for figure in told)
        around = [
            text for window in self.windows if stems and _holds(window, stems) for text in window[1]
        ]
        return not around or self._has_all(told, "\n".join(around))

    def _has_all(self, told: tuple[Figure, ...], text: str) -> bool:
        beside = replace(self, numbers=frozenset(figures(text)) | self.tables)
        return all(beside.has_figure(figure) for figure in told)

    def support(
        self, claim: str, known: frozenset[str] = frozenset(), near: Nearness | None = None
    ) -> Support:
        """Whether a passage says what is claimed; words in `known` need no support.

        By shared words, and with `near` by meaning too, which knows a rewording from an invention.
        """
        stems = content(claim) - known
        if len(stems) < (2 if known & content(claim) else 1):
            return Support.FULL
        if near is not None and (nearest := self._nearest(claim, stems, near)):
            score, text = nearest[0]
            if score < NEAR_ENOUGH:
                return Support.NONE
            return Support.TURNED if _says_otherwise(claim, text, stems) else Support.FULL
        supporting = [at for at, window in enumerate(self.windows) if _holds(window, stems)]
        if not supporting:
            return Support.NONE
        best = max(supporting, key=lambda at: len(stems & self.windows[at][0]))
        return Support.TURNED if self._turned(claim, stems, best) else Support.FULL

    def _turned(self, claim: str, stems: frozenset[str], window: int) -> bool:
        best = max(
            self.windows[window][1], key=lambda s: len(stems & content(s)) / (5 + len(content(s)))
        )
        return _says_otherwise(claim, best, stems)

    def _nearest(
        self, claim: str, stems: frozenset[str], near: Nearness
    ) -> list[tuple[float, str]]:
        """The places nearest to a claim by words and meaning, each with its score, best first."""
        places = [(text, len(stems & content(text)) / len(stems)) for text in self.places]
        places = sorted(places, key=lambda p: -p[1])[:LOOKED_AT]
        if not places:
            return []
        if places[0][1] >= SAME_WORDS:
            cosines: Sequence[float] = [1.0 if share >= SAME_WORDS else 0.0 for _, share in places]
        else:
            cosines = near(claim, [text for text, _ in places])
        scored = [
            (cosine + WORDS_WEIGHT * share, text)
            for (text, share), cosine in zip(places, cosines, strict=True)
        ]
        return sorted(scored, key=lambda p: -p[0])


def _says_otherwise(claim: str, told: str, stems: frozenset[str]) -> bool:
    """Whether a text in much the same words denies what the claim says, or says its opposite.

    In other words a "not" may say the same: "need no defending" and "do not have to be defended".
    """
    if len(stems & content(told)) / len(stems) < SAME_MATTER:
        return False
    if _denies(claim, told) != _denies(told, claim):
        return True
    mine, theirs = _plain(claim), _plain(told)
    return any(
        (mine & one and theirs & other and not theirs & one)
        or (mine & other and theirs & one and not theirs & other)
        for one, other in _OPPOSITES
    )


_CLAUSE = re.compile(
    r"[,;:()\u2013\u2014]|\s-\s|\b(?:but|because|although|while|unless|so that|and)\b", re.I
)


def _denies(text: str, other: str) -> bool:
    """Whether a clause with a "not" in `text` is about what `other` is about."""
    held = content(other)
    for clause in _CLAUSE.split(text):
        about = content(clause)
        if _NEGATION.search(clause) and about and len(about & held) / len(about) >= 0.5:
            return True
    return False


def _plain(text: str) -> frozenset[str]:
    return frozenset(w.lower() for w in _WORD.findall(text))


@lru_cache(maxsize=24)
def _passages(title: str, description: str, text: str) -> Passages:
    body = prose(text)
    split = sentences(body)
    windows = [
        (content(" ".join(split[at : at + _WINDOW])), tuple(split[at : at + _WINDOW]))
        for at in range(len(split))
    ]
    if description:
        windows.append((content(description), (description,)))
    # Tables are no prose, but their figures are the piece's own.
    everything = f"{title}\n{description}\n{text}\n{body}"
    table = [line.strip() for line in text.splitlines() if line.lstrip().startswith("|")]
    rows = [" ".join(re.sub(r"[|*`]", " ", row).split()) for row in table]
    places = (title, *split, *(f"{one} {two}" for one, two in pairwise(split)), description, *rows)
    return Passages(
        tuple(windows),
        frozenset(figures(everything)),
        frozenset(figures("\n".join(table))),
        tuple(dict.fromkeys(place for place in places if place)),
    )


def read_asset(asset: Asset) -> Passages:
    """The passages of an asset, kept for the next check."""
    return _passages(asset.title, asset.description, asset.text)

"""Versions of a piece: what changed between two, and whether a new one needs a reviewer first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from urllib.parse import urlsplit

from knowledge.assets import Asset
from knowledge.journey import Stage
from knowledge.sentences import prose, sentences
from knowledge.tone import is_promotional

LARGE_CHANGE = 0.25
"""Share of a piece's words that came or went, above which somebody looks at it first (decision 22):
a year's figures put right or a paragraph added stay below it, a piece rewritten does not."""

EXACT_UP_TO = 2000
"""Sentences up to which every repeated one counts in a comparison: longer texts take too long."""


class VersionState(StrEnum):
    """In use, in use before, waiting for a reviewer, or turned down by one."""

    SERVED = "served"
    PAST = "past"
    HELD = "held"
    SENT_BACK = "sent_back"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: the piece as it was, when it came, from whom and from where.

    `because` is the label of why it waits for a reviewer, or waited.
    """

    number: int
    state: VersionState
    asset: Asset
    at: datetime
    by: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Sentences that gave way to others in one place; either may be empty."""

    removed: tuple[str, ...]
    added: tuple[str, ...]


def changes(old: Asset, new: Asset) -> tuple[Change, ...]:
    """What changed, in the order of the text: title and address first, then its sentences."""
    found = [
        Change((before,) if before else (), (after,) if after else ())
        for before, after in ((old.title, new.title), (old.url or "", new.url or ""))
        if before != after
    ]
    before, after = _sentences(old), _sentences(new)
    matcher = SequenceMatcher(None, before, after, autojunk=_long(before, after))
    return tuple(
        found
        + [
            Change(tuple(before[a:b]), tuple(after[c:d]))
            for how, a, b, c, d in matcher.get_opcodes()
            if how != "equal"
        ]
    )


def changed_share(old: Asset, new: Asset) -> float:
    """The share of the words of both texts that came or went, 0 to 1."""
    before, after = prose(old.text).split(), prose(new.text).split()
    total = len(before) + len(after)
    if not total:
        return 0.0
    kept = sum(
        2 * len(" ".join(old_sentences).split())
        for old_sentences in _kept(_sentences(old), _sentences(new))
    )
    return 1.0 - min(1.0, kept / total)


PROPOSED = "proposed"
"""Why a version waits that somebody brought in who may not approve, however little changed."""


def why_review(old: Asset, new: Asset) -> str:
    """The label of why a new version of an approved piece waits for a reviewer; empty for none.

    `promotional`: it fits no stage any more, and did, be it by a reviewer's word. `educational`:
    the other way round. `elsewhere`: it sends leads to another site. `large`: see `LARGE_CHANGE`.
    """
    large = changed_share(old, new) > LARGE_CHANGE
    did_not_fit = _never_fits(old, overruled=old.hype_overruled)
    if _never_fits(new, overruled=old.hype_overruled and not large) != did_not_fit:
        return "educational" if did_not_fit else "promotional"
    if _host(old) != _host(new):
        return "elsewhere"
    return "large" if large else ""


def is_another_text(old: Asset, new: Asset) -> bool:
    """Whether so much changed that a person's word about the old text says nothing of the new."""
    return old.content_hash != new.content_hash and changed_share(old, new) > LARGE_CHANGE


def _never_fits(asset: Asset, *, overruled: bool) -> bool:
    return all(is_promotional(asset.type, asset.hype, stage, overruled) for stage in Stage)


def _host(asset: Asset) -> str:
    return (urlsplit(asset.url or "").hostname or "").removeprefix("www.")


def _kept(before: list[str], after: list[str]) -> list[list[str]]:
    matcher = SequenceMatcher(None, before, after, autojunk=_long(before, after))
    return [before[m.a : m.a + m.size] for m in matcher.get_matching_blocks() if m.size]


def _sentences(asset: Asset) -> list[str]:
    return sentences(prose(asset.text))


def _long(before: list[str], after: list[str]) -> bool:
    return len(before) + len(after) > EXACT_UP_TO

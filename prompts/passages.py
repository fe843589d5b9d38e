"""The places of a piece that could be quoted: sentences, short runs of them, and lists (M23)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.sentences import prose, sentences
from prompts.checks.rule import listed, pattern

_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
_BOLD_HEADING = re.compile(r"^\s*\*\*([^*]{3,120}?)\*\*:?\s*$")
_LIST = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+")
_NO_PROSE = ("|", ">", "<", "![")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_ASIDE = re.compile(r"\s\([^()]{1,80}\)")
_EMPHASIS = re.compile(r"(?<!\w)_([^_\n]{1,60})_(?!\w)")
_LEAD_IN = pattern(*listed("lead_in"))
_SUM = re.compile(r":\s[^:]*\d[^:]*(?:divided by|times|plus|minus|less|[=÷+])[^:]*\d[^:]*[.]$")
"""A sum worked out after a colon: "… the cost divided by the gain: 42 divided by 30 is 1.4"."""
_TURNS = re.compile(
    r"(?:but|however|yet|still|instead|otherwise|the (?:same|others?|rest|second)"
    r"|one that|those that)\b",
    re.I,
)
_EXAMPLE = re.compile(
    r"^(?:take|consider|picture) (?:an?|one|two|three|the)\b|^(?:say|suppose|imagine|assume)\b"
    r"|\b(?:in|of|for) (?:the|this|our) (?:\w+ )?example\b|\bin the example\b|^here that is\b",
    re.I,
)
"""A sentence from which on a section works an example; its figures are of that example."""
_FIGURE = re.compile(r"\d")
WHOLE_WORDS = 6
"""What is left of a sentence without its sum must say something by itself."""

MOST_SENTENCES = 3
"""Of a run: a thought, its reason and its example."""
MOST_WORDS = 48
"""Of a run: with its frame about a third of a mail (M23)."""
LIST_ITEMS = range(2, 8)
ITEMS_TOLD = 3
LONGEST_READ = 60_000
"""Characters read of a piece, about ten thousand words; what comes later is no first insight."""
ITEM_WORDS = 9
"""A longer item is an explanation, and a list of explanations is no list to pass on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something to quote, and where it stands: `opens` is the first of its section.

    `sentences` are the piece's own wording, asides and opening connectives left out. `items` holds
    the first names of a list whose lead-in is the only sentence, `more` whether the list goes on.
    `cut`: the next sentence turns the thought, so that this is half of it. `example`: it has
    figures of an example that its section works.
    """

    sentences: tuple[str, ...]
    heading: str
    opens: bool
    stressed: bool
    items: tuple[str, ...] = ()
    more: bool = False
    cut: bool = False
    example: bool = False

    @property
    def text(self) -> str:
        """The sentences as one text."""
        return " ".join(self.sentences)


def places(markdown: str) -> Iterator[Place]:
    """Every sentence, run of up to three within a paragraph, and short list, in order."""
    heading, fresh, lead_in, example = "", True, "", False
    for block in re.split(r"\n\s*\n", _without_code(markdown)):
        lines = block.strip("\n").splitlines()
        while lines and (found := _HEADING.match(lines[0]) or _BOLD_HEADING.match(lines[0])):
            heading, fresh, lead_in = " ".join(prose(found[1]).split()), True, ""
            example = False
            lines = lines[1:]
        if not lines or lines[0].lstrip().startswith(_NO_PROSE):
            continue
        body, items = _before_list(lines)
        split = sentences(" ".join(prose("\n".join(body)).split()))
        lead_in = split[-1] if split else lead_in
        if items and lead_in.endswith(":"):
            yield from _list(lead_in, items, heading, opens=fresh)
        stressed = {" ".join(s.split()) for s in re.findall(r"\*\*([^*]{20,300})\*\*", block)}
        worked = [example := example or bool(_EXAMPLE.search(s)) for s in split]
        yield from _runs(split, heading, stressed, worked, fresh=fresh)
        fresh, lead_in = False, lead_in if split and not items else ""


def _runs(
    split: list[str], heading: str, stressed: set[str], worked: list[bool], *, fresh: bool
) -> Iterator[Place]:
    shown = [plainer(sentence) for sentence in split]
    for at in range(len(split)):
        for size in range(1, min(MOST_SENTENCES, len(split) - at) + 1):
            run = tuple(shown[at : at + size])
            if size > 1 and sum(len(s.split()) for s in run) > MOST_WORDS:
                break
            cut = at + size < len(split) and bool(_TURNS.match(split[at + size]))
            example = worked[at + size - 1] and any(_FIGURE.search(s) for s in run)
            yield Place(
                run, heading, fresh and at == 0, split[at] in stressed, cut=cut, example=example
            )


def _without_code(markdown: str) -> str:
    """The text without fenced blocks; one that is never closed goes on to the end."""
    kept, inside = [], False
    for line in markdown[:LONGEST_READ].splitlines():
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def plainer(sentence: str) -> str:
    """The sentence without bracketed asides, a connective that opens it and a sum worked out."""
    text = _without_sum(_EMPHASIS.sub(r"\1", _ASIDE.sub("", sentence)))
    kept = _LEAD_IN.sub("", text)
    return kept[:1].upper() + kept[1:] if kept != text and len(kept.split()) > 3 else text


def _without_sum(sentence: str) -> str:
    rule = _SUM.sub(".", sentence)
    fit = len(rule.split()) >= WHOLE_WORDS and not re.search(r"\d", rule)
    return rule if fit else sentence


def _before_list(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of a block up to its first list item, and the items."""
    at = next((n for n, line in enumerate(lines) if _LIST.match(line)), len(lines))
    items: list[str] = []
    own = len(lines[at]) - len(lines[at].lstrip()) if at < len(lines) else 0
    for line in lines[at:]:
        if len(line) - len(line.lstrip()) > own:
            continue  # an item's own list, or the rest of an item
        if _LIST.match(line):
            items.append(_LIST.sub("", line))
        elif items:
            items[-1] += " " + line.strip()
    return lines[:at], items


def _list(lead_in: str, items: list[str], heading: str, *, opens: bool) -> Iterator[Place]:
    if len(items) not in LIST_ITEMS:
        return
    names = tuple(_name_of(item) for item in items[:ITEMS_TOLD])
    if all(names):
        yield Place((lead_in,), heading, opens, stressed=False, items=names,
                    more=len(items) > ITEMS_TOLD)  # fmt: skip


def _name_of(item: str) -> str:
    """What a list item names: its stressed start, what stands before a colon, or all of it."""
    if bold := re.match(r"\*\*([^*]+)\*\*", item):
        text = bold[1]
    else:
        text = re.split(r":\s|\s[\u2013\u2014]\s|\s-\s|[.?!](?:\s|$)", item, maxsplit=1)[0]
    text = " ".join(prose(text).split()).strip(" .:;,")
    return text if 1 <= len(text.split()) <= ITEM_WORDS and "?" not in item[: len(text) + 8] else ""

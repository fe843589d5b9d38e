"""Sentences: Markdown turned into prose, and prose into sentences."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^(```|~~~).*?(^\1|\Z)", re.S | re.M)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--.*?-->", re.S)
_TABLE = re.compile(r"^\s*\|.*$", re.M)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$", re.M)
_MARKER = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+", re.M)
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_ABBREVIATIONS = re.compile(
    r"\b(?:e\.g|i\.e|vs|approx|etc|no|dr|mr|mrs|ms|prof|inc|ltd|fig|cf|ca|incl|jan|feb|aug|sept|dec)\.$",
    re.I,
)
_BREAK = re.compile(
    r"(?<=[.!?…])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z0-9ÄÖÜÀ-Ý€$£@#])"
)


def prose(markdown: str) -> str:
    """The words of a Markdown text, one block a line: no code, tables, markup or addresses.

    A heading stays, as a line of its own that ends without a full stop.
    """
    text = _FENCE.sub("\n", markdown)
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = _TABLE.sub("", _TAG.sub(" ", text))
    text = _HEADING.sub(r"\n\1\n", text)
    blocks = []
    for block in re.split(r"\n\s*\n", text):
        lines = re.split(r"\n(?=\s*(?:[-*+]|\d{1,2}[.)])\s+)", block)
        blocks += [" ".join(_MARKER.sub("", line).lstrip("> ").split()) for line in lines]
    return "\n".join(_EMPHASIS.sub(r"\2", b) for b in blocks if b.strip())


def sentences(text: str) -> list[str]:
    """The sentences of plain text in order; a line break ends one too."""
    found: list[str] = []
    for line in text.splitlines():
        start = 0
        for gap in _BREAK.finditer(line):
            piece = line[start : gap.end()].strip()
            if _ABBREVIATIONS.search(piece):
                continue
            found.append(piece)
            start = gap.end()
        if rest := line[start:].strip():
            found.append(rest)
    return found

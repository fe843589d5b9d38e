"""A passage of a piece as a reader of a card sees it: Markdown shown as plain lines."""

from __future__ import annotations

import re

from knowledge.chunking import plain
from knowledge.sentences import prose

LONGEST_READ = 4_000
"""Characters: passages are of 60 words, and a card shows a few hundred characters."""

_MARKER = re.compile(r"^\s*([-*+•]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?")
_RULE = re.compile(r"^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_ROW = re.compile(r"^\s*\|| \| ")
_BAR = re.compile(r"(?<!\\)\|")
_QUOTE = re.compile(r"^(?:\s{0,3}>\s?)+")
_STRAY = re.compile(r"\*\*(?=\S)|(?<=\S)\*\*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain_passage(markdown: str) -> str:
    """Paragraphs, rows ("a: b, c") and list items ("• a") a line each, links by their text."""
    return "\n".join(filter(None, map(_plain_block, _blocks(markdown[:LONGEST_READ]))))


def _blocks(markdown: str) -> list[str]:
    """Rows and items alone, the lines of a paragraph or a long item together."""
    blocks, goes_on = list[str](), False
    for line in (_QUOTE.sub("", line) for line in markdown.splitlines()):
        own = _is_row(line)
        if goes_on and line.strip() and not own and not _MARKER.match(line):
            blocks[-1] += " " + line.strip()
        elif not _RULE.match(line.strip()):
            blocks.append(line)
        goes_on = bool(line.strip()) and not own
    return blocks


def _is_row(line: str) -> bool:
    return _ROW.search(line) is not None and not _MARKER.match(line)


def _plain_block(block: str) -> str:
    if _is_row(block):
        cells = [cell for cell in map(_plain_words, _BAR.split(block)) if cell]
        return ": ".join(filter(None, [*cells[:1], ", ".join(cells[1:])]))
    marker = _MARKER.match(block)
    if marker is None:
        return _plain_words(block)
    bullet = marker[1] if marker[1][0].isdigit() else "•"
    return f"{bullet} {_plain_words(block[marker.end() :])}"


def _plain_words(text: str) -> str:
    # A passage is a cut, so a mark may stand without its other half.
    words = _STRAY.sub("", " ".join(prose(plain(text)).split()))
    return _ESCAPE.sub(r"\1", words)

"""Assets to passages: Markdown cut at headings and paragraphs into chunks that fit the model."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.assets import Asset, Chunk

CHUNKER = "md2"
"""Part of index names and chunk ids: change it whenever the same text would be cut otherwise."""
WORDS = 60
"""Words a chunk: with pairs of neighbours searched as well, 60 rank better than 180 on each library
measured (benchmarks/README.md)."""
OVERLAP = 10
"""Words repeated when a section is longer than a chunk, so that no thought is cut in two."""
LONG_WORD = 20
"""A longer run without spaces (an address, a key) counts as one word per 5 characters."""
FIRST_WIDE = "\u2e80"
"""From here on (Chinese, Japanese, Korean) the model reads about one piece per character."""

_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
_RULE = re.compile(r"^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_REFERENCE = re.compile(r"^ {0,3}\[[^\[\]]+\]:[ \t]+\S")
_TARGET = r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"
_IMAGE = re.compile(rf"!\[[^\[\]\n]*\](?:{_TARGET}|\[[^\[\]\n]*\])")
_LINK = re.compile(rf"\[([^\[\]\n]*)\](?:{_TARGET}|\[[^\[\]\n]*\])")
_TAG = re.compile(r"<(?:!--[^<>]*--|/?[A-Za-z][^<>]*)>")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<!\w)([*_])(?=\S)([^*_\n]+?)(?<=\S)\1(?!\w)")
_CODE_SPAN = re.compile(r"(`[^`\n]+`)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][\"')\]])\s+|(?<=[。！？])|\n")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class _Block:
    heading: str
    text: str
    code: bool
    opens: bool  # the first block under its heading


def chunk_asset(asset: Asset, words: int = WORDS, overlap: int = OVERLAP) -> list[Chunk]:
    """Return the passages of an asset in order; never empty, so that every asset can be found.

    An id is a hash of what is embedded (asset, title, heading, text) and the number of equal
    passages before it, so an edited asset keeps the ids, and the vectors, of untouched passages.
    """
    pieces = list(_pack(list(_blocks(asset.text)), words, min(overlap, words // 2)))
    if not pieces:
        pieces = [("", asset.description.strip() or asset.title)]
    seen: Counter[tuple[str, str]] = Counter()
    chunks = []
    for ordinal, (heading, text) in enumerate(pieces):
        parts = (CHUNKER, asset.id, asset.title, heading, text, str(seen[heading, text]))
        seen[heading, text] += 1
        digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
        chunks.append(Chunk(digest[:20], asset.id, ordinal, heading, text))
    return chunks


def embedding_text(asset_title: str, chunk: Chunk) -> str:
    """What is embedded for a chunk: title, heading and text, a line each."""
    heading = "" if chunk.heading == asset_title else chunk.heading
    return "\n".join(part for part in (asset_title, heading, chunk.text) if part)


def plain(line: str) -> str:
    """A line of Markdown as a reader sees it: no image, link target, tag or emphasis marks."""
    parts = _CODE_SPAN.split(line)
    for place in range(0, len(parts), 2):  # code spans, at odd places, are kept as they are
        text = _IMAGE.sub("", parts[place])
        text = _LINK.sub(r"\1", text)
        text = _TAG.sub("", text)
        text = _STRONG.sub(r"\2", text)
        parts[place] = _EMPHASIS.sub(r"\2", text)
    parts[1::2] = [span.strip("`") for span in parts[1::2]]
    return "".join(parts).rstrip()


def _blocks(markdown: str) -> Iterator[_Block]:
    """Paragraphs and code blocks in order, each with the heading above it."""
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    heading, opens, held = "", True, list[str]()
    place = 0

    def paragraph() -> Iterator[_Block]:
        nonlocal opens
        text = "\n".join(p for p in map(plain, held) if p.strip())
        held.clear()
        if text:
            yield _Block(heading, text, code=False, opens=opens)
            opens = False

    while place < len(lines):
        line = lines[place]
        place += 1
        if fence := _FENCE.match(line):
            yield from paragraph()
            end = _fence_end(lines, place, fence[1])
            code = "\n".join(lines[place:end]).strip("\n")
            if code.strip():
                yield _Block(heading, code, code=True, opens=opens)
                opens = False
            place = end + 1
        elif title := _HEADING.match(line):
            yield from paragraph()
            heading, opens = plain(title[2] or "").strip(), True
        elif len(held) == 1 and _UNDERLINE.match(line):
            heading, opens = plain(held.pop()).strip(), True
        elif not line.strip() or _RULE.match(line):
            yield from paragraph()
        elif not _REFERENCE.match(line):
            held.append(line)
    yield from paragraph()


def _fence_end(lines: list[str], start: int, mark: str) -> int:
    """The line that closes a fence, or the end of the text when none does."""
    for place in range(start, len(lines)):
        closing = _FENCE.match(lines[place])
        if closing and closing[1].startswith(mark) and not lines[place].strip(" \t" + mark[0]):
            return place
    return len(lines)


def _pack(blocks: list[_Block], words: int, overlap: int) -> Iterator[tuple[str, str]]:
    """Fill chunks with whole blocks; a heading starts a new chunk once this one is a third full.

    Smaller sections share a chunk, their headings kept as lines of the text.
    """
    heading, held, size, prose = "", list[str](), 0, False
    for block in blocks:
        for number, piece in enumerate(_pieces(block, words, overlap)):
            length = count_words(piece)
            section = block.opens and number == 0
            if held and (size + length > words or (section and size >= words / 3)):
                yield heading, "\n\n".join(held)
                tail = _tail(held[-1], overlap) if prose and not section and not block.code else ""
                held, size = ([tail], count_words(tail)) if tail else ([], 0)
                if size + length > words:
                    held, size = [], 0
                heading = block.heading
            elif not held:
                heading = block.heading
            elif section and block.heading:
                held.append(block.heading)
                size += count_words(block.heading)
            held.append(piece)
            size += length
            prose = not block.code
    if held:
        yield heading, "\n\n".join(held)


def _pieces(block: _Block, words: int, overlap: int) -> list[str]:
    """The block whole when it fits, else cut at lines of code, at sentences, at words."""
    if count_words(block.text) <= words:
        return [block.text]
    cut = block.text.splitlines(keepends=True) if block.code else _sentences(block.text)
    room = words if block.code else words - overlap
    return _fill([part for long in cut for part in _short_parts(long, room)], room)


def _sentences(text: str) -> list[str]:
    """Sentences and lines, the space after each kept with it."""
    ends = [0, *(end.end() for end in _SENTENCE_END.finditer(text)), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(ends) if text[a:b].strip()]


def _short_parts(text: str, words: int) -> list[str]:
    """The text whole when it fits, else cut between words, inside one only when it is huge."""
    if count_words(text) <= words:
        return [text]
    cut = (
        (word + " ")[i : i + words] for word in text.split() for i in range(0, len(word) + 1, words)
    )
    return [piece + " " for piece in _fill(list(cut), words)]


def _fill(parts: list[str], words: int) -> list[str]:
    """Join parts in order into pieces of at most `words` words, as full as they get."""
    pieces, held, size = [], list[str](), 0
    for part in parts:
        length = count_words(part)
        if held and size + length > words:
            pieces.append("".join(held).rstrip())
            held, size = [], 0
        held.append(part)
        size += length
    return [*pieces, "".join(held).rstrip()]


def _tail(text: str, overlap: int) -> str:
    """The last whole sentences of a text, at most `overlap` words of them."""
    kept, size = list[str](), 0
    for sentence in reversed(_sentences(text)):
        size += count_words(sentence)
        if size > overlap:
            break
        kept.insert(0, sentence)
    return "".join(kept).strip()


def count_words(text: str) -> int:
    """Words of a text, runs without spaces counted by their length, as the model will cut them."""
    return sum(_weight(word) for word in text.split())


def _weight(word: str) -> int:
    if not word.isascii() and any(letter >= FIRST_WIDE for letter in word):
        return math.ceil(len(word) * 0.75)
    return 1 if len(word) <= LONG_WORD else math.ceil(len(word) / 5)

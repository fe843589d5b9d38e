"""Bytes to clean text: encodings, what is not text at all, and how many words there are."""

from __future__ import annotations

import codecs
import re

from knowledge.errors import UnreadableSource

MAX_TEXT_BYTES = 5_000_000
"""Longest text of one piece: a 900-page book is about 3 MB, so more is a mistake or an attack."""

MIN_WORDS = 20
"""Fewer words than this teach nothing; the shortest of 1,393 real pieces had 50."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # Japanese and Chinese write no spaces


def decode(data: bytes) -> str:
    """Text of a file: UTF-8 or UTF-16 by their marks, else UTF-8, else Western single bytes.

    Raises `UnreadableSource` for bytes that are no text, such as an image renamed to `.md`.
    """
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise UnreadableSource("is not text") from None
    if looks_binary(data):
        raise UnreadableSource("is not text")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def looks_binary(data: bytes) -> bool:
    """Whether the first 64 kB hold a NUL or many control bytes, which no text does."""
    if data.startswith(_UTF16):
        return False
    head = data[:65536]
    control = sum(head.count(code) for code in range(32) if code not in (9, 10, 12, 13, 27))
    return 0 in head or control > len(head) * 0.02


def clean(text: str) -> str:
    """The text with one kind of line end, without control characters and broken surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8").replace("\ufeff", "")
    return _CONTROL.sub("", text).strip()


def count_words(text: str) -> int:
    """Words in the text; in scripts without spaces two characters count as one word."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_WORD.findall(_UNSPACED.sub(" ", text))) + unspaced // 2

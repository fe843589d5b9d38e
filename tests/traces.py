"""Looking for words in every byte of a folder, in each form in which they may lie there."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_MOST = 1 << 22


def traces(folder: Path, words: Iterable[str]) -> dict[str, list[str]]:
    """By word, the files that hold it: as it is, in UTF-16, in base64, or compressed."""
    forms = {word: list(_forms(word.lower())) for word in words}
    found: dict[str, list[str]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        texts = [raw, raw.lower(), *_unpacked(raw)]
        for word, looks in forms.items():
            if any(look in text for look in looks for text in texts):
                found.setdefault(word, []).append(str(path.relative_to(folder)))
    return found


def _forms(word: str) -> Iterator[bytes]:
    yield word.encode()
    yield word.encode("utf-16-le")
    yield word.encode("utf-16-be")
    yield "".join(f"\\u{ord(c):04x}" for c in word).encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + word.encode())
        yield coded[4 if shift else 0 : len(coded) - 4]  # what stands before and after changes it


def _unpacked(raw: bytes) -> Iterator[bytes]:
    for hit in _PACKED.finditer(raw):
        for window in (15, 31):
            try:
                yield zlib.decompressobj(window).decompress(raw[hit.start() :], _MOST).lower()
            except zlib.error:
                continue

"""Looking for words in every byte of a folder, in each form in which they may lie there.

In a run on servers the rows of the databases of its homes count as files of it.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import text

from tests import on_servers
from tests.databases import opened

_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_HEX = re.compile(rb"\\\\*x((?:[0-9a-f]{2})+)")
"""As PostgreSQL writes bytes in the text of a row."""
_MOST = 1 << 22


def traces(folder: Path, words: Iterable[str]) -> dict[str, list[str]]:
    """By word, the files that hold it: as it is, in UTF-16, in base64, or compressed."""
    forms = {word: list(_forms(word.lower())) for word in words}
    found: dict[str, list[str]] = {}
    for place, raw in (*_files(folder), *_tables(folder)):
        texts = [raw, raw.lower(), *_unpacked(raw)]
        for word, looks in forms.items():
            if any(look in text for look in looks for text in texts):
                found.setdefault(word, []).append(place)
    return found


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield str(path.relative_to(folder)), path.read_bytes()


def _tables(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The rows of each table on the server that belongs to a home in this folder."""
    if not on_servers.wanted():
        return
    named = text(
        "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables WHERE "
        "table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    for home in on_servers.homes_under(folder):
        with opened(home) as connection:
            for table in connection.execute(named).scalars().all():
                rows = connection.execute(text(f"SELECT t::text FROM {table} t")).scalars()
                raw = "\n".join(rows).encode()
                held = b"".join(bytes.fromhex(hit[1].decode()) for hit in _HEX.finditer(raw))
                yield f"{home.name}:{table}", raw + held


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

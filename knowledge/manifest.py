"""Manifests: many pieces in one `.jsonl` or `.csv` file, each line judged on its own."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from knowledge.asset_fields import ALIASES, Place, build_asset, kind_of, scalar
from knowledge.assets import Asset
from knowledge.errors import UnreadableSource
from knowledge.rejected import Rejected
from knowledge.text_files import MAX_TEXT_BYTES, decode, looks_binary

MAX_LINE_BYTES = 2 * MAX_TEXT_BYTES
"""JSON escapes can double a text; a longer line is passed over without being kept in memory."""

MAX_CSV_BYTES = 500_000_000
"""A CSV file is read whole, since only its quotes tell where a row ends."""

_COLUMNS = frozenset(
    {
        "id",
        "title",
        "url",
        "type",
        "description",
        "owner",
        "review_by",
        *(n for names in ALIASES.values() for n in names),
    }
)


_Row = tuple[int, Mapping[str, object] | UnreadableSource]
"""The line a row starts on, and its fields or what is wrong with it."""


def read_manifest(path: Path, kind: str, base_url: str | None) -> Iterator[Asset | Rejected]:
    """Each row's asset, or why it is none; `kind` is `jsonl` or `csv`.

    Raises `UnreadableSource` when the file as a whole is no manifest.
    """
    first_lines: dict[str, int] = {}
    place = Place(source="", folder=str(path), key=str(path), base_url=base_url)
    for number, fields in _json_rows(path) if kind == "jsonl" else _csv_rows(path):
        source = str(path)
        try:
            if isinstance(fields, UnreadableSource):
                raise fields
            given = scalar(fields, "id")
            source = f"{path}#{given}" if given else source
            asset = build_asset(fields, _text(fields), place)
            first = first_lines.setdefault(asset.id, number)
            if first != number:
                raise _repeated(asset.id, first, given=given is not None)
        except UnreadableSource as error:
            yield Rejected(source, f"{path.name} line {number}: {error}")
        else:
            yield asset


def _json_rows(path: Path) -> Iterator[_Row]:
    with path.open("rb") as file:
        head = file.read(65536)
        if not head.strip(b"\xef\xbb\xbf \r\n\t"):
            raise UnreadableSource("is empty")
        if looks_binary(head) and not head.lstrip().startswith(b"{"):
            raise UnreadableSource("is not text")
        if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"["):
            raise UnreadableSource("is one JSON list; put each piece on a line of its own instead")
        file.seek(0)
        lines = _lines(file)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            lines = (line.encode() for line in decode(file.read()).split("\n"))
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield number, _parse_json(line)
                except UnreadableSource as error:
                    yield number, error


def _csv_rows(path: Path) -> Iterator[_Row]:
    if path.stat().st_size > MAX_CSV_BYTES:
        raise UnreadableSource(f"is larger than {MAX_CSV_BYTES // 1_000_000} MB")
    text = decode(path.read_bytes())
    if not text.strip():
        raise UnreadableSource("is empty")
    csv.field_size_limit(2 * MAX_TEXT_BYTES)  # Python's own limit of 128 kB refuses long articles
    # Strict, because an unclosed quote would otherwise swallow all the rows below it in silence.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader)]
    except csv.Error as error:
        raise UnreadableSource(f"its first line {_csv_reason(error)}") from None
    _check_header(header)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, UnreadableSource(_csv_reason(error))
            continue
        if len(row) > len(header):
            counts = f"has {len(row)} fields where the header names {len(header)}"
            yield number, UnreadableSource(counts)
        elif any(cell.strip() for cell in row):
            yield number, dict(zip(header, row, strict=False))


def _csv_reason(error: csv.Error) -> str:
    """What the reader of CSV means, in words for whoever wrote the file."""
    told = str(error)
    if "unexpected end" in told:
        return "opens a quote that is never closed"
    if "expected after" in told:
        return 'goes on after a closing quote; write "" for a quote within a field'
    if "field limit" in told:
        return f"holds a field of more than {2 * MAX_TEXT_BYTES // 1_000_000} MB"
    return "is not valid CSV"


def _repeated(identity: str, first: int, *, given: bool) -> UnreadableSource:
    if given:
        return UnreadableSource(f"id '{identity}' is already used on line {first}")
    return UnreadableSource(f"names the same piece as line {first}; give each an id")


def _lines(file: io.BufferedReader) -> Iterator[bytes]:
    """Lines of a file, an overlong one cut short so that parsing it fails."""
    while line := file.readline(MAX_LINE_BYTES):
        yield line
        while len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE_BYTES)


def _parse_json(line: bytes) -> Mapping[str, object]:
    if len(line) >= MAX_LINE_BYTES:
        raise UnreadableSource(f"is longer than {MAX_LINE_BYTES // 1_000_000} MB")
    try:
        fields = json.loads(decode(line))
    except (ValueError, RecursionError):
        raise UnreadableSource("is not valid JSON; write one object in braces") from None
    if not isinstance(fields, dict):
        raise UnreadableSource("is not an object; write one in braces")
    return {str(key).strip().lower(): value for key, value in fields.items()}


def _text(fields: Mapping[str, object]) -> str:
    value = next((fields[name] for name in ALIASES["text"] if fields.get(name) is not None), None)
    if value is None or value == "":
        raise UnreadableSource("has no text")
    if not isinstance(value, str):
        raise UnreadableSource(f"its text is {kind_of(value)}; write the piece's words in quotes")
    for name, part in fields.items():
        if isinstance(part, str) and "\0" in part:
            raise UnreadableSource(f"its {name} holds NUL bytes")
    return value


def _delimiter(text: str) -> str:
    """The comma, unless the header line only makes sense with what spreadsheets also write."""
    line = text.split("\n", 1)[0]
    return max(",;\t", key=lambda mark: len(_COLUMNS & set(_names(line, mark))))


def _names(line: str, mark: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in line.split(mark)]


def _check_header(header: list[str]) -> None:
    missing = []
    if not {"text", "body"} & set(header):
        missing.append("text (or body)")
    if not {"title", "id"} & set(header):
        missing.append("title")
    if missing:
        raise UnreadableSource(
            f"its first line names no column {' and no column '.join(missing)}; "
            "a manifest has id, title, url, type and text"
        )

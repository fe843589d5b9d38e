"""What is named for an import, as pieces to read: files, pages, manifests, and lists opened up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.flow.storing import Bringer
from knowledge.asset_fields import check_base_url
from knowledge.errors import BadInput, UnreadableSource
from knowledge.listing import (
    LIST_SUFFIXES,
    Listed,
    Listing,
    by_https,
    is_address,
    is_address_list,
    read_listing,
    told_lines,
)
from knowledge.parsing import DocumentParser
from knowledge.reading import discover, is_url
from knowledge.text_files import MAX_TEXT_BYTES, decode
from storage.import_records import Piece

STDIN = "-"
URL, PAGE, LIST, REFUSED = "url", "page", "list", "refused"
"""Kinds of pieces beside those of files: an address that was named, a page that a list named (only
where robots.txt allows it), a further list, and what is not read, with the reason."""


@dataclass(frozen=True, slots=True)
class Options:
    """How an import is to be done, as it is kept with the plan.

    `only` are patterns of addresses that lists may add, `cap` the most pieces in all. `by`
    brings them in, `approved_by` (else `by`) approves them.
    """

    approve: bool = False
    base_url: str | None = None
    only: tuple[str, ...] = ()
    cap: int = 5000
    by: str = "command line"
    approved_by: str = ""

    def kept(self) -> dict[str, Any]:
        """The options as JSON values."""
        return {
            "approve": self.approve, "base_url": self.base_url,
            "only": list(self.only), "cap": self.cap, "by": self.by,
            "approved_by": self.approved_by,
        }  # fmt: skip

    @property
    def bringer(self) -> Bringer:
        """Who brings the pieces in, and who approves them with that."""
        return Bringer(self.by, (self.approved_by or self.by) if self.approve else "")

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Options:
        """The options that `kept` was made from."""
        return cls(**{**kept, "only": tuple(kept["only"])})


def pieces_named(
    sources: Sequence[str], options: Options, typed: Sequence[str] | None = None
) -> list[Piece]:
    """The pieces that sources stand for, each once; `-` stands for the lines `typed`.

    Addresses are not fetched yet. Raises `BadInput` for a source that cannot be used.
    """
    check_base_url(options.base_url)
    found: dict[str, Piece] = {}
    with DocumentParser() as parser:
        for source in sources:
            for piece in _pieces(source, options, typed, parser):
                found.setdefault(piece.location, piece)
    return list(found.values())


def listed_pieces(listing: Listing, options: Options) -> list[Piece]:
    """The pieces that a sitemap or feed names, further lists last."""
    pages = [p for p in listing.pages if _wanted(p, options)]
    return [
        *(Piece(p.address, PAGE, changed=p.changed) for p in pages),
        *(Piece(p.address, LIST, changed=p.changed) for p in listing.lists),
    ]


def _pieces(
    source: str, options: Options, typed: Sequence[str] | None, parser: DocumentParser
) -> Iterator[Piece]:
    if source == STDIN:
        if typed is None:
            raise BadInput("Nothing comes in on stdin; pipe addresses in, one a line.")
        yield from _addresses("stdin", typed)
        return
    path = Path(source).expanduser()
    if not is_url(source) and path.is_file():
        suffix = path.suffix.lower()
        if suffix in LIST_SUFFIXES:
            yield from listed_pieces(_listing(path, parser), options)
            return
        if suffix == ".txt" and path.stat().st_size <= MAX_TEXT_BYTES:
            lines = _address_lines(path)
            if lines is not None:
                yield from _addresses(path.name, lines)
                return
    for found in discover([source]):
        yield Piece(found.location, found.kind, found.folder, reason=found.reason)


def _listing(path: Path, parser: DocumentParser) -> Listing:
    try:
        return read_listing(path.read_bytes(), "", parser)
    except UnreadableSource as reason:
        raise BadInput(f"'{path.name}' cannot be used: it {reason}.") from None
    except OSError as refused:
        told = (refused.strerror or "the system refused").lower()
        raise BadInput(f"'{path.name}' cannot be read: {told}.") from None


def _address_lines(path: Path) -> list[str] | None:
    """The lines of a text file that lists addresses; None when it is a text like any other."""
    try:
        text = decode(path.read_bytes())
    except (UnreadableSource, OSError):
        return None  # said once more, and better, when it is read
    return text.splitlines() if is_address_list(text) else None


def _addresses(name: str, lines: Sequence[str]) -> Iterator[Piece]:
    for number, line in told_lines(lines):
        if is_address(line):
            yield Piece(by_https(line), URL)
        else:
            where = f"{name} line {number}"
            yield Piece(where, REFUSED, reason=f"is not a web address: {line[:80]}")


def _wanted(page: Listed, options: Options) -> bool:
    """Whether a pattern of `--only` fits the address or its path."""
    try:
        path = urlsplit(page.address).path
    except ValueError:
        return True  # refused with a reason when it is fetched
    return not options.only or any(
        fnmatch(told, pattern) for pattern in options.only for told in (path, page.address)
    )

"""Lists of addresses: sitemaps, feeds, and plain text with one address a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

from knowledge.parsing import DocumentParser

LIST_SUFFIXES = frozenset({".xml", ".gz", ".rss", ".atom"})
"""Files that are read as sitemaps or feeds when they are named; in a folder they are not."""
_ROOT = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex|rss|feed|RDF)[\s>]")
_HEAD = 4_000
"""Bytes in which a list shows what it is: comments and a style sheet may come first."""
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a list; `changed` is the list's own word of when it changed, or empty."""

    address: str
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list holds: pages, and further lists; `kind` is sitemap, sitemap index or feed."""

    kind: str
    title: str
    pages: tuple[Listed, ...]
    lists: tuple[Listed, ...]


def looks_like_list(body: bytes) -> bool:
    """Whether bytes begin like a sitemap or feed, or are packed, which pages never are."""
    head = body[:_HEAD]
    if body.startswith(_GZIP):
        return True
    starts = head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    return starts and b"<html" not in head.lower() and _ROOT.search(head) is not None


def read_listing(body: bytes, base: str, parser: DocumentParser) -> Listing:
    """The addresses of a sitemap or feed, absolute by `base`, each once and https.

    Raises `UnreadableSource` with the reason. It is parsed in the parser's limited process.
    """
    found = parser.parse("listing", body)
    rows = [line.split("\t") for line in found.text.split("\n")]
    told: dict[str, dict[str, Listed]] = {"page": {}, "list": {}}
    for sort, address, changed in rows:
        whole = by_https(urljoin(base, address))
        told[sort].setdefault(whole, Listed(whole, changed))
    return Listing(
        found.description, found.title, tuple(told["page"].values()), tuple(told["list"].values())
    )


def by_https(address: str) -> str:
    """The same address by https and without a fragment: old lists still say http."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    scheme = "https" if parts.scheme == "http" else parts.scheme
    return urlunsplit((scheme, parts.netloc, parts.path, parts.query, ""))


def is_address(line: str) -> bool:
    """Whether a line is one web address and nothing else."""
    return line.lower().startswith(("http://", "https://")) and " " not in line


def is_address_list(text: str) -> bool:
    """Whether a text holds addresses, one a line: the first line is one, and so are most."""
    lines = [line for _, line in told_lines(text.splitlines())]
    found = [is_address(line) for line in lines]
    return bool(found) and found[0] and sum(found) * 2 > len(found)


def told_lines(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers from 1; `#` begins a remark."""
    for number, line in enumerate(lines, 1):
        told = line.strip().strip("<>")
        if told and not told.startswith("#"):
            yield number, told

"""Sitemaps and feeds to the addresses they list; runs in the limited process of `parse_worker`."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin

MAX_LISTED_BYTES = 50_000_000
"""The most a sitemap may unpack to by its own standard (sitemaps.org)."""
MAX_LISTED = 50_000
"""The most addresses of one sitemap, by the same standard."""
MAX_ADDRESS = 2_000
MAX_DATE = 40

_SITEMAP = "sitemap"
_INDEX = "sitemap index"
_FEED = "feed"
_ROOTS = {"urlset": _SITEMAP, "sitemapindex": _INDEX, "rss": _FEED, "feed": _FEED, "RDF": _FEED}
_GZIP = b"\x1f\x8b"

Row = tuple[str, str, str]
"""`page` or `list`, an address, and when it changed as the list says, in the list's own words."""


class NoList(Exception):
    """What is no sitemap and no feed; the message is the reason."""


def parse_listing(body: bytes) -> dict[str, str]:
    """The addresses of a sitemap, sitemap index, RSS or Atom document, packed by gzip or not.

    Returns `text`, a line an address with its parts split by tabs, `title` and the kind as
    `description`. Raises `NoList`; entities and whatever lies outside are never looked up.
    """
    from lxml import etree

    reader = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = etree.fromstring(_unpacked(body).strip(), reader)
    kind = "" if root is None else _ROOTS.get(_name(root), "")
    if not kind:
        raise NoList("is neither a sitemap nor a feed")
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise NoList("declares entities of its own, which are not read")
    rows = _feed_rows(root) if kind == _FEED else _sitemap_rows(root)
    usable = (_plain(row) for row in rows if _usable(row[1]))
    told = dict.fromkeys("\t".join(row) for row in islice(usable, MAX_LISTED))
    if not told:
        raise NoList(f"is a {kind} that lists no addresses")
    return {"text": "\n".join(told), "title": _title(root), "description": kind}


def _unpacked(body: bytes) -> bytes:
    if body.startswith(_GZIP):
        unpack = zlib.decompressobj(31)
        body = unpack.decompress(body, MAX_LISTED_BYTES + 1)
    if len(body) > MAX_LISTED_BYTES:
        raise NoList(f"unpacks to more than {MAX_LISTED_BYTES // 1_000_000} MB")
    return body


def _sitemap_rows(root: Any) -> Iterator[Row]:
    for entry in root.iterchildren():
        sort = {"url": "page", "sitemap": "list"}.get(_name(entry))
        if sort:
            yield sort, _text(entry, "loc"), _text(entry, "lastmod")


def _feed_rows(root: Any) -> Iterator[Row]:
    for entry in root.iter():
        if _name(entry) in {"item", "entry"}:
            changed = next(
                (t for n in ("updated", "pubDate", "published", "date") if (t := _text(entry, n))),
                "",
            )
            yield "page", _link(entry), changed
        elif _name(entry) == "link" and entry.get("rel") == "next" and entry.get("href"):
            yield "list", urljoin(entry.base or "", entry.get("href")), ""


def _link(entry: Any) -> str:
    """The page of an entry: its alternate link, a link as text, or an id that is an address."""
    for link in entry.iterchildren():
        if _name(link) == "link" and link.get("href"):
            if link.get("rel", "alternate") == "alternate":
                return str(urljoin(link.base or "", link.get("href").strip()))
        elif _name(link) == "link" and (link.text or "").strip():
            return str(urljoin(link.base or "", link.text.strip()))
    for given in ("guid", "id"):
        address = _text(entry, given)
        if address.lower().startswith(("http://", "https://")):
            return address
    return ""


def _title(root: Any) -> str:
    channel = next((c for c in root.iterchildren() if _name(c) == "channel"), root)
    return _text(channel, "title")[:200]


def _text(entry: Any, name: str) -> str:
    found = next((c for c in entry.iterchildren() if _name(c) == name), None)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def _name(element: Any) -> str:
    """A tag without its namespace; publishers are careless with those."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _usable(address: str) -> bool:
    return bool(address) and len(address) <= MAX_ADDRESS and address.isprintable()


def _plain(row: Row) -> Row:
    sort, address, changed = row
    return sort, address.replace(" ", "%20"), changed[:MAX_DATE]

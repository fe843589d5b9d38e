"""Addresses: what a reader, or the program that shows a text, would take for a link."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from prompts.wording import words

_TABLE: Final = words("addresses")
_ENDINGS: Final = "|".join(_TABLE["endings"].split())
_ALSO_WORDS: Final = frozenset(_TABLE["also_words"].split())

_FILES: Final = (
    "js|jsx|ts|tsx|mjs|json|yaml|yml|toml|ini|cfg|conf|log|txt|pdf|docx?|xlsx?|pptx?|csv|tsv|xml|html?"
    "|css|png|jpe?g|gif|svg|php|java|jar|cpp|hpp|go|exe|dll|bat|sql|ipynb|env|lock|tar|gz"
)
"""Endings of files that are no endings of addresses, whatever follows."""

_LABELS: Final = r"(?<![\w-])(?<![\w-]\.)(?:[\w-]{1,63}\.)+"
_IP: Final = r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}(?:/\S*)?|/\S*)"
_WITH_PATH: Final = (
    rf"{_LABELS}(?!(?:{_FILES})\b)(?:[^\W\d_]{{2,24}}|xn--[a-z0-9-]{{1,59}})"
    r"(?::\d{1,5}/\S*|/\S*|\?[\w-]+=\S*)"
)
_WITH_PORT: Final = (
    rf"{_LABELS}(?!(?:{_FILES}|md|py|rs|sh|pl)\b)(?:[^\W\d_]{{2,24}}|xn--[a-z0-9-]{{1,59}})"
    r":\d{2,5}(?!\w)"
)
_BARE: Final = rf"(?<!@){_LABELS}(?:{_ENDINGS}|xn--[a-z0-9-]{{4,59}})(?![\w-])(?:[?#]\w\S*)?"

_FULL: Final = r"(?:https?://|ftp://|www\.)[^\s<>\"']+|\bmailto:[^\s<>\"']+"
_LINK: Final = re.compile(
    f"(?P<full>{_FULL})|(?P<sure>{_IP}|{_WITH_PATH}|{_WITH_PORT})|(?P<bare>{_BARE})", re.I
)
_TAIL: Final = ".,;:!?)]}'\"*_>\u201d\u2019"
_NAMED: Final = re.compile(r"(?:ASP|VB|ADO|ML)\.NET\Z")


def links(text: str) -> Iterator[tuple[int, int]]:
    """Where the addresses of a text stand, in order, as start and end without closing marks.

    Found are full addresses, hosts and IP addresses with a path or a port, and bare hosts with an
    ending that is common and unlike a file's.
    """
    for found in _LINK.finditer(text):
        address = found[0].rstrip(_TAIL)
        if found["bare"] is None or _is_host(address):
            yield found.start(), found.start() + len(address)


def _is_host(bare: str) -> bool:
    """Whether a bare "label.ending" is an address and not two sentences or a product."""
    front, _, ending = re.split(r"[?#]", bare, maxsplit=1)[0].rpartition(".")
    if _NAMED.match(bare):
        return False
    if ending.lower() not in _ALSO_WORDS:
        return True
    return not ending.istitle() and not front.replace(".", "").isdigit()


def without_links(text: str, put: Callable[[str], str] = lambda _: " ") -> str:
    """The text with each address replaced by what `put` makes of it."""
    kept, at = [], 0
    for start, end in links(text):
        kept += [text[at:start], put(text[start:end])]
        at = end
    return "".join((*kept, text[at:]))

"""Untrusted text: names, questions, problems and passages made plain before they enter a draft."""

from __future__ import annotations

import re
import unicodedata

from prompts.addresses import links, without_links

_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_SCHEME = re.compile(r"(?:mailto|javascript|data|tel|file):\S+|\S+@\S+\.\w+", re.I)
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()]{0,2000}\)")
_SLACK = re.compile(r"<[^<>\s|]{1,2000}(?:\|([^<>]{0,300}))?>")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,500}>")
_MARKUP = re.compile(r"[{}<>`|\\\[\]~^]|\*{1,3}|_{2,}|^[#>]+\s*|\$(?=\{|\w+_)", re.M)
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019-](?=[^\W\d_])){0,29}\Z")
_LONGEST_READ = 20_000
"""Characters of an input that are looked at; no real question is longer."""

QUESTION_CHARACTERS = 180
FACT_CHARACTERS = 120


_SENDS_THERE = re.compile(
    r"\b(?:visit|open|click|go|log|sign|register|download|claim|get|see|browse|join|order)"
    r"(?:\W+\w+){0,2}\W+\Z",
    re.I,
)


def names_in(title: str) -> frozenset[str]:
    """Products named like a host, such as Example.io, in a title that a reviewer approved.

    A host that the title sends its reader to is no name.
    """
    bare = (title[a:b].lower() for a, b in links(title) if not _SENDS_THERE.search(title[:a]))
    return frozenset(n for n in bare if "/" not in n and not n.startswith("www."))


def plain(
    text: str, limit: int, *, keep_addresses: bool = False, names: frozenset[str] = frozenset()
) -> str:
    """One line without control characters, markup or addresses, cut at a word within `limit`.

    `names` (lower case) look like hosts and stay, bare as they are.
    """
    seen = unicodedata.normalize("NFC", text[:_LONGEST_READ])
    seen = _HIDDEN.sub("", seen)
    seen = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in seen)
    seen = "".join(c for c in seen if unicodedata.category(c) not in {"Cf", "Co", "Cs", "Cn"})
    seen = _LINK.sub(r"\1", seen)
    if not keep_addresses:
        seen = _SLACK.sub(lambda m: m[1] or " ", seen)
        seen = _SCHEME.sub(" ", seen)
    seen = _tidy(_MARKUP.sub(" ", _TAG.sub(" ", seen)))
    while not keep_addresses:
        # Again when closing the gaps made a new one: "evil .example/x".
        bare = _tidy(without_links(seen, lambda a: a if a.lower() in names else " "))
        if bare == seen:
            break
        seen = bare
    return cut(seen, limit)


def _tidy(text: str) -> str:
    text = re.sub(r"\(\s*\)", " ", text)
    return re.sub(r"\s+([.,;:?!])", r"\1", " ".join(text.split()))


def cut(text: str, limit: int) -> str:
    """The text, or as many whole words as fit, with an ellipsis in place of the rest."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    if " " in kept:
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip(" ,;:.-") + "\u2026"


def first_name(name: str | None) -> str:
    """A name to greet with, or nothing when what was given is no plain name."""
    words = (name or "")[:200].split()
    while words and words[0].rstrip(".").lower() in _TITLES:
        words = words[1:]
    if not words or not _NAME.match(words[0]) or words[0].lower() in _NO_NAMES:
        return ""
    word = words[0]
    return word if not (word.islower() or (word.isupper() and len(word) > 2)) else word.capitalize()


_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "miss", "sir", "herr", "frau", "mme", "ing"})
_NO_NAMES = frozenset(
    {"unknown", "none", "null", "n/a", "na", "test", "lead", "info", "sales", "contact", "admin",
     "user", "customer", "undefined", "nan", "team", "name", "firstname", "the", "planning"}
)  # fmt: skip

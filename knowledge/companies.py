"""Company names: when two spellings mean the same account (M35)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b|\W|$)")
"""The dots of S.A., e.V. and B. V., which are no breaks between words."""
_LEGAL = frozenset({
    "ab", "ag", "aps", "bv", "co", "company", "corp", "corporation", "ev", "gesmbh", "gmbh", "inc",
    "incorporated", "kg", "kgaa", "limited", "llc", "llp", "lp", "ltd", "mbh", "nv", "ohg", "oy",
    "oyj", "plc", "pty", "pvt", "sa", "sarl", "sas", "se", "sl", "sro", "srl", "ug",
})  # fmt: skip
"""Legal forms that are left out or written differently from one list to the next. Words that also
stand in names, such as AS, group and holding, are not among them: they tell companies apart."""

_NO_COMPANY = frozenset({
    "n a", "na", "none", "no company", "unknown", "private", "self employed", "freelance",
    "freelancer", "student", "tbd", "test",
})  # fmt: skip
"""What people fill in who work for no company, or whose company nobody knows: no account."""


@lru_cache(maxsize=65_536)
def company_key(name: str) -> str:
    """The name without case, accents, punctuation and legal form at its end; empty for no name.

    Names of one key are one account. What is only alike is not: Northgate Haulage is not
    Northgate Holding.
    """
    # Twice, for what only shows its capitals once it is taken apart (the one sign for hPa).
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("&", " and ")
    words = re.findall(r"\w+", _DOTTED.sub("", plain))
    if words[:1] == ["the"] and len(words) > 1:
        words = words[1:]
    while len(words) > 1 and (words[-1] in _LEGAL or words[-1] == "and"):
        words.pop()
    key = " ".join(words)
    return "" if key in _NO_COMPANY else key

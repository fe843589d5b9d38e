"""Which leads on record a message means: told by id, mail, name, or company."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledge.naming.features import is_everyday
from knowledge.understanding import Understanding
from knowledge.who import is_aside

SAME_NAME = 88
"""rapidfuzz ratio (0 to 100): one mistyped letter in a name of ten still scores 90."""
MISTYPED = 84
"""The same, for a full name whose initials are right: two slips in ten letters score 85."""
MOST_LIKE = 5
"""Leads of a name like the one said that are looked at."""
SHORTEST_COMPANY = 4
"""Letters of a company's name that alone can tell its lead."""
_NUMBERED = r"(?:\b(?:lead|id|no\.?|number)|#)[ :#]{0,3}"
"""What makes a bare number a lead's id."""
_ALSO_WORDS = frozenset({
    "bob", "buck", "chip", "cliff", "dean", "don", "faith", "gene", "hunter", "iris", "ivy", "jack",
    "mason", "olive", "pat", "pearl", "ray", "reed", "rich", "rob", "robin", "roman", "ruby",
    "rusty", "sage", "shell", "sue", "victor", "wade",
})  # fmt: skip
"""First names that are words too, beside those of the list of everyday words."""
_MONTHS = frozenset({"april", "august", "june", "may"})
_NEAR = 16
"""Characters beside a first name that tell it from a word."""
_BEFORE_A_NAME = r"\b(?:send|give|tell|show|for|to|with|met|and|from|call|mail|ask)\s+$"
_AFTER_A_NAME = (
    r"\s+(?:asks?|asked|wants?|wanted|says?|said|replied|read|downloaded|needs?|attended|"
    r"wonders|booked|opened|watched|and)\b"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A lead on record, as far as it takes to recognise one; `words` are of the name, folded."""

    id: str
    name: str
    company: str
    email: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A message as it is searched: as written and folded."""

    understood: Understanding
    text: str
    folded: str


def known_leads(
    understood: Understanding, names: Iterable[tuple[str, str | None, str | None, str | None]]
) -> list[tuple[str, str]]:
    """The leads (id, name) that the message means; `names` are id, name, company and mail."""
    said = _Said(understood, understood.text, understood.text.casefold())
    known = [
        _Known(i, n or "", c or "", m or "", tuple((n or "").casefold().split()))
        for i, n, c, m in names
    ]
    found = (
        [k for k in known if _has_id(said, k.id)]
        or [k for k in known if k.email and _has_mail(said, k.email)]
        or _by_name(said, known)
    )
    return [(k.id, k.name) for k in found]


def alike(company: str, said: str) -> bool:
    """Whether two names of companies are one, a short form of it included."""
    one, other = company.casefold(), said.casefold()
    initials = "".join(word[0] for word in one.split() if word[0].isalpha())
    return fuzz.partial_ratio(one, other) >= SAME_NAME or (len(other) > 1 and other == initials)


def _has_id(said: _Said, lead_id: str) -> bool:
    told = lead_id.casefold()
    if told not in said.folded:
        return False
    before = _NUMBERED if told.isdigit() else r"(?<![\w-])"
    return re.search(rf"{before}{re.escape(told)}(?![\w-])", said.folded) is not None


def _has_mail(said: _Said, email: str) -> bool:
    told = email.casefold()
    return told in said.folded and bool(
        re.search(rf"(?<![\w.+-]){re.escape(told)}(?![\w-]|\.\w)", said.folded)
    )


def _by_name(said: _Said, known: list[_Known]) -> list[_Known]:
    read = said.understood.lead_name
    in_full = {k.id for k in known if _full_name_stands(said, k)}
    found = [k for k in known if k.id in in_full]
    if not found and read:
        found = _like(read, known)
    if not found:
        found = _mistyped(known, said.folded)
        in_full |= {k.id for k in found}
    if len(found) < 2 and " " not in (read or ""):
        named = [k for k in known if k.words and _first_name_stands(said, k.words[0])]
        found = named if len(named) > 1 or (not found and read is None) else found
    company = said.understood.company
    at_company = [k for k in found if company and k.company and alike(k.company, company)]
    if not found:
        found = [k for k in known if _company_stands(said, k.company)]
    return [
        k
        for k in at_company or found
        if k.id in in_full or not (_elsewhere(read, k) or _of_another_firm(said, k))
    ]


def _full_name_stands(said: _Said, known: _Known) -> bool:
    name = known.name.casefold()
    if not name or name not in said.folded or not _stands_in(name, said.folded):
        return False
    if len(known.words) == 1:
        return _first_name_stands(said, name)
    return not all(map(_is_word, known.words)) or _capital_stands(said, known.name)


def _first_name_stands(said: _Said, name: str) -> bool:
    """Whether a first name is said as one: "May asks", and not the word in "it may take"."""
    if name not in said.folded or not _stands_in(name, said.folded):
        return False
    if not _is_word(name) or (said.understood.lead_name or "").casefold().split()[:1] == [name]:
        return True
    places = re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said.text, re.IGNORECASE)
    return any(
        re.match(_AFTER_A_NAME, said.text[m.end() : m.end() + _NEAR])
        or (name not in _MONTHS and re.search(_BEFORE_A_NAME, said.text[: m.start()][-_NEAR:]))
        for m in places
        if m.group(0)[0].isupper()
    )


def _company_stands(said: _Said, company: str) -> bool:
    name = company.casefold()
    if len(name) < SHORTEST_COMPANY or name not in said.folded:
        return False
    if not _stands_in(name, said.folded):
        return False
    if said.understood.company and alike(company, said.understood.company):
        return True
    words = name.split()
    if all(map(_is_word, words)) or not (len(words) > 1 or _capital_stands(said, company)):
        return False
    places = re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said.text, re.IGNORECASE)
    return not all(is_aside(said.text, m.start()) for m in places)


def _capital_stands(said: _Said, words: str) -> bool:
    """Whether the words stand in the text with a capital on each."""
    found = re.finditer(rf"(?<![\w-]){re.escape(words)}(?![\w-])", said.text, re.IGNORECASE)
    return any(all(w[0].isupper() or not w[0].isalpha() for w in m[0].split()) for m in found)


def _is_word(name: str) -> bool:
    return is_everyday(name) or name in _ALSO_WORDS


def _mistyped(known: list[_Known], said: str) -> list[_Known]:
    """Leads whose full name stands in the text with a slip or two, initials being right."""
    tokens = re.findall(r"[^\W\d_][\w'-]*", said)
    begins: dict[str, list[int]] = {}
    for at, token in enumerate(tokens):
        begins.setdefault(token[0], []).append(at)
    return [
        k
        for k in known
        if len(k.words) > 1
        and any(
            _slips(k.words, tokens[at : at + len(k.words)])
            for at in begins.get(k.words[0][0], ())
            if at + len(k.words) <= len(tokens)
        )
    ]


def _slips(name: tuple[str, ...], said: list[str]) -> bool:
    initials = all(n[0] == s[0] for n, s in zip(name, said, strict=True))
    return initials and fuzz.ratio(" ".join(name), " ".join(said)) >= MISTYPED


def _like(name: str, known: list[_Known]) -> list[_Known]:
    """Leads whose full name is like this one, or whose first name is exactly this one."""
    if " " not in name:
        return [k for k in known if k.words[:1] == (name.casefold(),)]
    names = [k.name for k in known]
    close = process.extract(name, names, scorer=fuzz.ratio, score_cutoff=SAME_NAME, limit=MOST_LIKE)
    return [known[at] for _, _, at in close]


def _stands_in(words: str, said: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", said) is not None


def _elsewhere(read: str | None, known: _Known) -> bool:
    """A different surname is a different person, however alike the first names."""
    said, name = (read or "").casefold().split(), known.words
    if min(len(said), len(name)) < 2 or (len(said) == len(name) and _slips(name, said)):
        return False
    return fuzz.ratio(" ".join(said), " ".join(name)) < SAME_NAME


def _of_another_firm(said: _Said, known: _Known) -> bool:
    """A first name at another company is another person's."""
    company = said.understood.company
    if not company or not known.company or alike(known.company, company):
        return False
    return not _company_stands(said, known.company)

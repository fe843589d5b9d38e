"""Who a message is about: one lead's name, company and job title, out of all that are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.naming import Span, spans
from knowledge.naming.features import is_first_name
from knowledge.vocabulary import ROLE_PATTERN

NEAR = 60
"""Characters between a name and the company or title that belong to it."""
LONGEST_NAME = 80
TITLES_SOUGHT = 600
"""Characters in which a title is looked for that the tagger did not see."""
_USUAL_TITLE = re.compile(rf"(?<![\w&-])(?:{ROLE_PATTERN})(?![\w-])", re.IGNORECASE)
_LOWER_IN_NAMES = frozenset({
    "van", "von", "de", "der", "den", "da", "di", "la", "le", "al", "el", "bin", "dos", "du",
    "ten", "ter", "zu", "of", "and", "the", "&", "for",
})  # fmt: skip
_UPPER_IN_NAMES = frozenset({
    "ag", "bv", "kg", "llc", "llp", "plc", "nv", "sa", "ab", "as", "oy", "oyj", "uk", "us",
    "usa", "it",
})  # fmt: skip
_AS_WRITTEN = {"gmbh": "GmbH", "ltd": "Ltd", "se": "SE"}
_TITLES = re.compile(
    r"^(?:(?:dr|mr|mrs|ms|prof|professor|herr|frau|miss|sir|ing)\.?\s+)+", re.IGNORECASE
)
_OWNED = re.compile(
    rf"(?P<owner>[^\W\d_][\w&-]*)['\u2019]s (?:{ROLE_PATTERN})(?![\w-])", re.IGNORECASE
)
_ASIDE = re.compile(
    r"(?:\b(?:firm|company|business|shop|plant|maker|manufacturer|retailer|bank|insurer|based|"
    r"located|offices?|sites?) in"
    r"|\b(?:compar(?:e|es|ed|ing)|stack(?:s|ed|ing)? up|weigh(?:s|ed|ing)?|pit(?:s|ted|ting)?) "
    r"(?:us |it |you |this |that )?(?:with|to|against)"
    r"|\b(?:instead of|up against|versus|vs\.?|switch(?:ing|ed)? from)) $",
    re.IGNORECASE,
)
_EDGES = " \t\n,;:()[]\"'\u201c\u201d\u2018\u2019<>*_-\u2013\u2014/|"
_NOBODY = frozenset({
    "i", "me", "you", "she", "he", "they", "her", "him", "them", "it", "we", "us", "hi",
    "hello", "hey", "thanks", "thank", "next", "lead", "prospect", "customer", "someone",
    "somebody", "anyone", "team", "question", "questions", "company", "contact", "today",
    "tomorrow", "yesterday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday", "sap", "oracle", "excel", "crm", "erp", "linkedin", "whatsapp", "slack", "sms",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Who:
    """The lead as far as the message names them."""

    name: str | None = None
    company: str | None = None
    role: str | None = None


def who_is_named(said: str) -> Who:
    """The lead's name, company and role: those that stand together win over the first ones."""
    found = [
        _owner(s, said)
        for s in spans(said)
        if _means_something(s) and (s.kind == "role" or not is_aside(said, s.start))
    ]
    names = [s for s in found if s.kind == "name"]
    companies = [s for s in found if s.kind == "company"]
    roles = [s for s in found if s.kind == "role"]
    name = _in_company(names, [*companies, *roles])
    company = _nearest(companies, name)
    role = _nearest(roles, name or company)
    return Who(
        _person(name.text, said) if name else None,
        _firm(company.text, said) if company else None,
        _whole_title(role, said),
    )


def _owner(span: Span, said: str) -> Span:
    """What owns a title is the company: "Acme's CFO asks", and "Acme" is no person."""
    owned = _OWNED.match(said, span.start)
    if span.kind == "role" or not owned or owned.end("owner") > span.end + 2:
        return span
    if span.kind == "name" and is_first_name(owned["owner"].casefold()):
        return Span("name", span.start, owned.end("owner"), owned["owner"])  # "Dana's CFO"
    return Span("company", span.start, owned.end("owner"), owned["owner"])


def is_aside(said: str, at: int) -> bool:
    """Whether a place or a rival begins there: "a firm in Ohio", "comparing us with Asana"."""
    return _ASIDE.search(said[max(0, at - NEAR) : at]) is not None


def _means_something(span: Span) -> bool:
    if span.kind == "company" and re.match(r"an? ", span.text):
        return False  # "a bank" is a kind, no name
    text = _TITLES.sub("", f"{span.text.strip(_EDGES)} ").strip(_EDGES)
    return (
        bool(re.search(r"[^\W_]", text))
        and len(text) <= LONGEST_NAME
        and text.casefold() not in _NOBODY
    )


def _in_company(names: Sequence[Span], others: Sequence[Span]) -> Span | None:
    """The first name that a company or a title stands next to, else the first one."""
    for name in names:
        if any(
            -NEAR < other.start - name.end < NEAR and other.start >= name.start for other in others
        ):
            return _fuller(name, names)
    return _fuller(names[0], names) if names else None


def _fuller(name: Span, names: Sequence[Span]) -> Span:
    """The same person's full name where a message gives it elsewhere ("Dana … Dana Ortiz")."""
    first = name.text.casefold()
    longer = [n for n in names if n.text.casefold().startswith(f"{first} ")]
    return longer[0] if longer and " " not in name.text.strip() else name


def _nearest(found: Sequence[Span], name: Span | None) -> Span | None:
    if not found or name is None:
        return found[0] if found else None
    return min(
        found, key=lambda s: s.start - name.end if s.start >= name.end else 2 * (name.start - s.end)
    )


def _person(text: str, said: str) -> str | None:
    bare = _TITLES.sub("", text.strip(_EDGES))
    bare = re.sub(r"['\u2019]s$", "", bare, flags=re.IGNORECASE).strip(_EDGES)
    return _cased(bare, said) or None


def _firm(text: str, said: str) -> str | None:
    bare = re.sub(r"['\u2019]s$", "", text.strip(_EDGES))
    bare = re.sub(r"^(?:the|company|at|from)\s+(?=\S)", "", bare) if not bare.istitle() else bare
    return _cased(bare.rstrip("."), said) or None


def _title(text: str) -> str | None:
    bare = re.sub(
        r"^(?:the|a|an|our|their|his|her|new|its)\s+(?=\S)",
        "",
        text.strip(_EDGES),
        flags=re.IGNORECASE,
    )
    return re.sub(r"['\u2019]s$", "", " ".join(bare.split())).rstrip(".") or None


def _whole_title(role: Span | None, said: str) -> str | None:
    """The title, as long as the list of usual ones knows it; one that only the list knows too."""
    begins = max(0, role.start - NEAR) if role else 0
    for m in _USUAL_TITLE.finditer(said, begins, role.end + NEAR if role else TITLES_SOUGHT):
        if role is None or (m.start() <= role.start and role.end < m.end()):
            return _title(m.group(0))
    return _title(role.text) if role else None


def _cased(text: str, said: str) -> str:
    """A name as it is written; one in lower case, or in a shouted message, gets capitals."""
    text = " ".join(text.split())
    shouted = text.isupper() and said.isupper() and len(text) > 3
    if not (text.islower() or shouted):
        return text
    return " ".join(_capital(word, at) for at, word in enumerate(text.lower().split(" ")))


def _capital(word: str, at: int) -> str:
    if at and word in _LOWER_IN_NAMES:
        return word
    if word in _UPPER_IN_NAMES and at:
        return word.upper()
    if at and word in _AS_WRITTEN:
        return _AS_WRITTEN[word]
    return re.sub(r"(?:^|(?<=[-&.'\u2019]))[^\W\d_]", lambda m: m.group(0).upper(), word)

"""What a word of a message looks like to the tagger: its shape, its lists, its neighbours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_TOKEN = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}"
    r"|https?://\S+"
    r"|\b(?:[^\W\d_]\.)+(?![\w])"
    r"|\b(?:Dr|St|Mr|Mrs|Ms|Prof|Gebr|No|Jr|Sr|Ing)\."
    r"|\w+(?:['\u2019&+.-]\w+)*"
    r"|\n+|[^\w\s]",
    re.IGNORECASE,
)
_TITLES = frozenset(
    {"dr", "mr", "mrs", "ms", "prof", "professor", "herr", "frau", "miss", "sir", "ing"}
)
_PARTICLES = frozenset(
    {
        "van",
        "von",
        "de",
        "der",
        "den",
        "da",
        "di",
        "la",
        "le",
        "al",
        "el",
        "bin",
        "dos",
        "du",
        "ten",
        "ter",
        "zu",
    }
)
_LINKS = frozenset({"of", "and", "&", "the", "for", "to", "in", "on", "'s"})
_ROLE_HEADS = frozenset({
    "accountant", "actuary", "administrator", "admin", "advisor", "agronomist", "analyst",
    "architect", "assistant", "auditor", "board", "bookkeeper", "boss", "buyer", "captain",
    "ceo", "cfo", "chair", "chairman", "chairwoman", "chef", "chief", "chro", "cio", "ciso",
    "clerk", "cmo", "cdo", "cpo", "cro", "cso", "cto", "coo", "consultant", "controller",
    "coordinator", "copywriter", "counsel", "dean", "deputy", "designer", "developer", "devops",
    "director", "dispatcher", "doctor", "driver", "editor", "engineer", "evp", "exec",
    "executive", "expert", "foreman", "founder", "co-founder", "cofounder", "head",
    "headteacher", "hrbp", "inspector", "instructor", "journalist", "lawyer", "lead", "leader",
    "librarian", "manager", "mayor", "md", "mechanic", "merchandiser", "nurse", "officer",
    "operator", "owner", "co-owner", "paralegal", "partner", "pharmacist", "physician",
    "planner", "president", "principal", "producer", "professor", "programmer", "rector",
    "recruiter", "registrar", "rep", "representative", "researcher", "sales", "scheduler",
    "scientist", "secretary", "specialist", "sre", "steward", "storekeeper", "strategist",
    "superintendent", "supervisor", "surgeon", "svp", "sysadmin", "teacher", "tech",
    "technician", "technologist", "treasurer", "trustee", "underwriter", "vet", "vp", "gm",
    "ops",
})  # fmt: skip
_ROLE_FIELDS = frozenset({
    "accounting", "administration", "assurance", "billing", "brand", "business", "call",
    "category", "center", "centre", "claims", "clinical", "cloud", "commercial",
    "communications", "community", "compliance", "construction", "content", "continuous",
    "corporate", "creative", "customer", "data", "demand", "depot", "design", "development",
    "digital", "distribution", "ecommerce", "e-commerce", "education", "energy", "engineering",
    "enterprise", "environmental", "erp", "events", "export", "facilities", "facility", "field",
    "finance", "financial", "fleet", "gen", "general", "generation", "growth", "health", "hr",
    "hse", "human", "import", "improvement", "information", "infosec", "infrastructure",
    "innovation", "integration", "internal", "inventory", "it", "laboratory", "lab", "learning",
    "legal", "logistics", "maintenance", "managing", "marketing", "materials", "media",
    "medical", "mobility", "network", "nursing", "office", "operating", "operational",
    "operations", "ops", "park", "patient", "payroll", "people", "performance", "planning",
    "plant", "platform", "policy", "practice", "pricing", "process", "procurement", "product",
    "production", "program", "programme", "project", "property", "protection", "purchasing",
    "quality", "regional", "regulatory", "relations", "reliability", "research", "resources",
    "retail", "revenue", "risk", "rolling", "r&d", "safety", "sales", "security", "senior",
    "service", "services", "shift", "site", "social", "software", "solution", "solutions",
    "stock", "store", "strategic", "strategy", "success", "supply", "chain", "support",
    "sustainability", "system", "systems", "talent", "tax", "technical", "technology", "trade",
    "training", "transport", "transformation", "transportation", "treasury", "underwriting",
    "vendor", "vice", "warehouse", "web", "workforce", "works", "sr", "junior", "jr", "lead",
    "group", "global", "assistant", "associate", "interim", "executive", "principal",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of the text, and where it stands."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Words, marks and line ends of a text, in order."""
    return [Token(m.group(0), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def features(found: Sequence[Token]) -> Iterator[list[str]]:
    """For each token the names of its features."""
    words = [_plain(t.text) for t in found]
    kinds = [_kind(t.text, w) for t, w in zip(found, words, strict=True)]
    shapes = [_shape(t.text) for t in found]
    cased = "A" if any(s == "T" for s in shapes) else "a"
    said = [
        w if k.startswith("e") or not w[:1].isalpha() else k
        for w, k in zip(words, kinds, strict=True)
    ]
    pad = "^"

    def at(row: Sequence[str], i: int) -> str:
        return row[i] if 0 <= i < len(row) else pad

    label = ""
    for i, word in enumerate(words):
        before, here, after = at(kinds, i - 1), kinds[i], at(kinds, i + 1)
        shape = shapes[i] + cased
        if found[i].text[0] in "\n;/|":
            label = ""
        if at(words, i - 1) == ":" and i > 1:
            label = words[i - 2]
        line = "start" if i == 0 or found[i - 1].text[0] == "\n" else ""
        yield [
            "*", f"k{here}", f"s{shape}", f"ks{here}{shape}",
            f"w{said[i]}", f"w-{at(said, i - 1)}", f"w+{at(said, i + 1)}",
            f"w--{at(said, i - 2)}", f"w++{at(said, i + 2)}",
            f"-+{at(said, i - 1)}~{at(said, i + 1)}",
            f"--{at(said, i - 2)}~{at(said, i - 1)}", f"++{at(said, i + 1)}~{at(said, i + 2)}",
            f"-k{at(said, i - 1)}~{here}{shape}", f"k+{here}{shape}~{at(said, i + 1)}",
            f"-s{at(shapes, i - 1)}~{shape}", f"s+{shape}~{at(shapes, i + 1)}",
            f"kkk{before}~{here}~{after}", f"kk-{before}~{here}{shape}",
            f"kk+{here}{shape}~{after}",
            f"k3{at(kinds, i - 2)}~{before}~{here}", f"k4{here}~{after}~{at(kinds, i + 2)}",
            f"l{label}~{here}", f"i{line}~{here}{shape}", f"e{word[-3:] if here == 'u' else ''}",
        ]  # fmt: skip


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return bare if bare.strip() else "\n" * min(2, len(word))


def _kind(text: str, word: str) -> str:
    """What the lists say of a word: flags in one string; `u` is a word that no list knows."""
    if not word[0].isalnum():
        return "p"
    if "@" in word:
        return "m"
    if word[0].isdigit():
        return "n"
    if re.fullmatch(r"(?:[^\W\d_]\.)+", text):
        return "i"
    bare = word.rstrip(".").removesuffix("'s").removesuffix("\u2019s")
    if bare in _TITLES:
        return "t"
    lists = _lists()
    parts = re.split(r"['\u2019&.-]", bare)
    kind = "".join(
        flag
        for flag, holds in (
            ("e", bare in lists.everyday or bare in _LINKS),
            ("f", any(p in lists.first_names for p in parts)),
            ("c", bare in lists.firm_words),
            ("h", bare in _ROLE_HEADS or bare.removesuffix("s") in _ROLE_HEADS),
            ("d", bare in _ROLE_FIELDS),
            ("v", bare in _PARTICLES),
        )
        if holds
    )
    return kind or "u"


def _shape(text: str) -> str:
    if not text[0].isalpha():
        return "d" if text[0].isdigit() else "p"
    if text.islower():
        return "l"
    if text.isupper():
        return "U" if len(text) > 1 else "T"
    return "T" if text[0].isupper() else "x"


@dataclass(frozen=True, slots=True)
class _Lists:
    first_names: frozenset[str]
    firm_words: frozenset[str]
    everyday: frozenset[str]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    def read(name: str) -> frozenset[str]:
        text = (files("knowledge.naming") / f"{name}.txt").read_text(encoding="utf-8")
        return frozenset(text.split())

    return _Lists(read("first_names"), read("firm_words"), read("everyday"))


def is_everyday(word: str) -> bool:
    """Whether a word in lower case is one of everyday English, which may be a name too."""
    return word in _lists().everyday


def is_first_name(word: str) -> bool:
    """Whether a word in lower case is a first name on the list."""
    return word in _lists().first_names

"""Phrasing: a lead's question or note turned so that it reads well inside our own sentence."""

from __future__ import annotations

import re

from prompts.wording import words

_SWAP = {
    "i": "you", "we": "you", "me": "you", "us": "you", "my": "your", "our": "your",
    "mine": "yours", "ours": "yours", "myself": "yourself", "ourselves": "yourselves",
    "i'm": "you're", "we're": "you're", "i've": "you've", "we've": "you've", "am": "are",
}  # fmt: skip
_LONGEST_CLAUSE = 16
_GERUNDS = (
    "looking|checking|planning|comparing|preparing|trying|hoping|wanting|thinking|working"
    "|considering|exploring|evaluating|reviewing|searching|collecting|building|deciding"
)


def question_clause(question: str) -> str | None:
    """The question as an indirect one ("how long a rollout takes"), or None when unsure.

    Only shapes whose word order is certain are turned; the others are quoted instead.
    """
    text = question.strip().rstrip("?").strip()
    if not question.strip().endswith("?") or re.search(r"[.?!:;\u2026]", text):
        return None
    said = text.split()
    in_title_case = sum(w[:1].isupper() for w in said) > len(said) / 2
    if in_title_case or not 3 <= len(said) <= _LONGEST_CLAUSE:
        return None
    if _ASKS_US.match(text):
        return None
    for shape, turn in _SHAPES:
        if found := shape.fullmatch(text):
            clause = found.expand(turn)
            if turn.endswith("VERB"):
                clause = clause.removesuffix("VERB") + _third_person(found["verb"]) + found["rest"]
            return None if _STILL_ASKS.search(clause) else _as_said_by_us(clause)
    return None


def kind_of(question: str) -> str:
    """What a question is about: `cost`, `time`, `people` …, or nothing when no kind fits."""
    text = question.strip().lower()
    return next((name for name, found in _KINDS if found.search(text)), "")


# A verb still before its subject, or a "you" that may mean us or anybody: better quoted.
_STILL_ASKS = re.compile(
    r"\b(?:do|does|did|can|could|should|would|will|is|are|am|have|has) (?:i|we|you|they|it)\b"
    r"|\b(?:you|your|yours)\b",
    re.I,
)
_ASKS_US = re.compile(r"(?:what|which|who|when|where|why)\b.*\b(?:do|can|could|would) you\b", re.I)
_TABLE = words("questions")
_SHAPES = tuple(
    (
        re.compile(
            re.sub(r"<(asking|we|thing)>", lambda m: _TABLE["parts"][m[1]], s["find"]), re.I
        ),
        str(s["turn"]),
    )
    for s in _TABLE["shapes"]
)

_KINDS = tuple((str(k["name"]), re.compile(k["find"])) for k in _TABLE["kinds"])


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "x", "ch", "sh")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def _as_said_by_us(clause: str) -> str:
    text = " ".join(_SWAP.get(w.lower(), w) for w in clause.split())
    return text[0].lower() + text[1:]


_ASKS = re.compile(
    r"(?:how|what|when|where|why|who|which|whose|can|could|should|would|will|do|does|did|is|are)\b",
    re.I,
)


def quoted(question: str) -> str:
    """The question in quotation marks, its own marks made single, a question mark kept."""
    inner = re.sub(r"[\"\u201c\u201d\u00ab\u00bb]", "'", question.strip())
    inner = inner[:1].upper() + inner[1:]
    if not inner.endswith(("?", ".", "!", "\u2026")):
        inner += "?" if _ASKS.match(inner) else "."
    return f'"{inner}"'


_HANGING = re.compile(
    r"\b(?:to|of|for|with|in|on|at|by|from|than|and|or|but|versus|vs|between|against|into|via|like"
    r"|about|is|are|the|a|an|our|your|my|if|that|which|see|visit)[\s?.!,;:]*\Z",
    re.I,
)
_ENDS_WELL = re.compile(r"\b(?:about|for|in|on|with|of|to|at|like|from) *\?\Z", re.I)
"""A whole question may end so: "What is it good for?"; it must open with a question word."""
_NOT_A_TOPIC = frozenset(words("questions")["not_a_topic"].split())
_NO_ARTICLE = re.compile(
    r"(?:[^s]s|ing|ment|tion|sion|ance|ence|ity|ware|downtime|data|stock|work|uptime|security)\Z",
    re.I,
)


def broken_off(question: str) -> bool:
    """Whether a question stops in the middle: "How does it compare to." or one that was cut."""
    text = question.strip()
    if text.endswith("\u2026"):
        return True
    whole = _ENDS_WELL.search(text) and re.match(r"(?:what|who|where|which)\b", text, re.I)
    return bool(_HANGING.search(text)) and not whole


def topic_of(question: str) -> str:
    """What a question is about in at most three of its words that need no article, or nothing."""
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[\w'-]+|[.,;:?!\u2026]", question):
        if word.lower() in _NOT_A_TOPIC or not word[0].isalpha():
            runs.append([])
        else:
            runs[-1].append(word)
    fit = [" ".join(run[-3:]) for run in runs if run and _NO_ARTICLE.search(run[-1])]
    return fit[0] if fit else ""


def heart_of(note: str, most_words: int = 16) -> str:
    """The first clause of a note about a lead, short enough to weave in, without a full stop."""
    first = re.split(
        r"[.;:!?]\s|[:;]\s*|\s[-\u2013\u2014]\s|, (?:so|and|but|or|which)\b", note.strip()
    )[0]
    first = first.rstrip(".;:,!? ")
    words = first.split()
    if len(words) > most_words:
        first = re.split(r" (?:because|so that|while|although|but|which|and) ", first)[0]
        words = first.split()
    return first if 2 <= len(words) <= most_words + 6 else ""


def lower_first(text: str) -> str:
    """The text to stand inside a sentence: a first capital goes, unless it begins a name."""
    first = text.split(" ", 1)[0]
    if first.isupper() and len(first) > 1:
        return text
    if first.lower() in _SMALL or (first[1:].islower() and first.lower().rstrip("s") in _PLAIN):
        return text[:1].lower() + text[1:]
    return text


_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "no",
        "not",
        "two",
        "three",
        "four",
        "five",
        "half",
        "every",
        "each",
        "all",
        "some",
        "our",
        "my",
        "their",
        "we",
        "they",
        "it",
        "one",
        "half",
        "work",
        "too",
        "there",
        "when",
        "if",
        "what",
        "how",
        "who",
        "nobody",
        "never",
        "only",
        "more",
        "less",
    ]
)
_PLAIN = frozenset(
    [
        "unplanned",
        "preventive",
        "technician",
        "site",
        "order",
        "late",
        "cannot",
        "spare",
        "spare-part",
        "first",
        "planner",
        "machine",
        "team",
        "report",
        "data",
        "budget",
        "security",
        "fewer",
        "earlier",
        "other",
        "senior",
        "job",
        "people",
        "sites",
        "costs",
        "operator",
        "driver",
        "plan",
        "paper",
        "project",
        "crew",
        "stop",
        "downtime",
        "overtime",
        "backlog",
        "shutdown",
    ]
)


_NOTED = {
    "wants": "want", "want": "want", "needs": "need", "need": "need", "has": "have", "is": "are",
    "cannot": "cannot", "can't": "cannot", "does": "do", "doesn't": "do not", "fears": "fear",
    "prefers": "prefer", "thinks": "think", "believes": "believe", "feels": "feel",
    "struggles": "struggle", "lacks": "lack", "expects": "expect", "hopes": "hope",
    "worries": "worry", "plans": "plan", "likes": "like", "sees": "see", "spends": "spend",
}  # fmt: skip


def note_as_said(note: str) -> str | None:
    """A rep's note with the lead as its subject, said to the lead; None when it has another."""
    first, _, rest = note.partition(" ")
    verb = _NOTED.get(first.lower())
    if not verb or not rest or re.search(r"\b(?:his|her|their|them|he|she|they)\b", rest, re.I):
        return None
    return f"you {verb} {rest}"


def said_to_them(note: str) -> str | None:
    """A rep's note of a problem or obstacle as it may be said to the lead; None when unsure.

    "Lacks time" becomes "you lack time", "we lose two days" "you lose two days"; a note about
    others ("his boss wants proof") is theirs to tell.
    """
    if said := note_as_said(note):
        return said
    if not note or re.search(r"\b(?:his|hers?|their|them|he|she|they|him)\b", note, re.I):
        return None
    if note.split(" ", 1)[0].lower() in _NOTED:
        return None
    first_person = re.search(r"\b(?:i|we|me|us|my|our|ours|i'm|we're|i've|we've)\b", note, re.I)
    return _as_said_by_us(note) if first_person else lower_first(note)


def intent_as_said(intent: str) -> str | None:
    """A rep's note of an intent, said to the lead: "Wants a rule" becomes "you want a rule"."""
    text = heart_of(intent, 22)
    if not text or re.search(
        r"\b(?:his|her|their|them|he|she|they|lead|buy|purchase)\b", text, re.I
    ):
        return None
    if said := note_as_said(text):
        return said
    first, _, rest = text.partition(" ")
    word = first.lower()
    if re.fullmatch(_GERUNDS, word):
        return f"you are {word} {rest}"
    if word in {
        "find",
        "learn",
        "see",
        "understand",
        "know",
        "decide",
        "keep",
        "get",
        "look",
        "show",
    }:
        return f"you want to {word} {rest}"
    return None

"""Turning a reported clause ("if it works with SAP") into the question it stands for."""

from __future__ import annotations

import re

_AUX = frozenset({
    "can", "could", "will", "would", "should", "is", "are", "was", "were", "has", "have", "had",
    "does", "do", "did", "must", "may", "might", "can't", "cannot", "couldn't", "won't",
    "wouldn't", "shouldn't", "isn't", "aren't", "wasn't", "weren't", "hasn't", "haven't",
    "doesn't", "don't", "didn't", "needn't",
})  # fmt: skip
_PRONOUNS = frozenset({
    "i", "we", "you", "they", "he", "she", "it", "there", "this", "that", "these", "those",
    "one", "someone", "anyone", "everyone", "nobody", "others", "people",
})  # fmt: skip
_DETERMINERS = frozenset({
    "the", "a", "an", "our", "your", "their", "my", "his", "her", "its", "this", "that",
    "these", "those", "any", "all", "each", "every", "both", "some", "no",
})  # fmt: skip
_ADVERBS = frozenset({
    "still", "also", "even", "really", "actually", "already", "ever", "usually", "typically",
    "always", "often", "normally", "currently", "only", "just", "then", "generally",
})  # fmt: skip
_DEGREES = frozenset({
    "long", "much", "many", "often", "soon", "big", "hard", "fast", "well", "far", "old",
    "large", "small", "safe", "secure", "easy", "difficult", "good", "quickly", "quick",
    "exactly", "reliable", "accurate", "complex", "early", "late", "deep", "strict", "flexible",
    "stable", "expensive", "likely", "close", "detailed", "high", "low", "realistic", "common",
    "heavy", "mature", "open", "private", "scalable", "slow", "strong", "tough", "useful",
})  # fmt: skip
_VERBS = frozenset({
    "accept", "achieve", "add", "adopt", "affect", "agree", "allow", "answer", "apply", "ask",
    "avoid", "back", "balance", "become", "begin", "belong", "benefit", "bill", "break",
    "bring", "build", "buy", "calculate", "call", "cancel", "care", "carry", "change", "charge",
    "check", "choose", "clean", "close", "collect", "come", "compare", "complete", "comply",
    "configure", "connect", "contain", "contribute", "control", "convert", "convince", "cope",
    "copy", "cost", "count", "cover", "create", "cut", "deal", "decide", "define", "delay",
    "deliver", "depend", "deploy", "describe", "differ", "do", "drive", "earn", "enable",
    "encrypt", "end", "enforce", "ensure", "enter", "evaluate", "exist", "expect", "expire",
    "explain", "export", "extend", "face", "fail", "fall", "feel", "find", "finish", "fit",
    "fix", "flow", "focus", "follow", "forecast", "gain", "generate", "get", "give", "go",
    "grow", "handle", "happen", "help", "hold", "host", "implement", "import", "improve",
    "include", "increase", "influence", "install", "integrate", "interact", "involve", "keep",
    "know", "last", "lead", "learn", "leave", "let", "license", "like", "limit", "link", "list",
    "live", "log", "look", "lose", "lower", "maintain", "make", "manage", "map", "match",
    "matter", "mean", "measure", "meet", "merge", "migrate", "monitor", "move", "need",
    "notify", "offer", "open", "operate", "optimise", "optimize", "order", "organise", "own",
    "pay", "perform", "plan", "play", "prepare", "prevent", "price", "print", "prioritise",
    "process", "produce", "protect", "prove", "provide", "publish", "pull", "push", "qualify",
    "reach", "read", "receive", "recognise", "recommend", "record", "recover", "reduce",
    "refund", "relate", "release", "rely", "remain", "remove", "renew", "repair", "replace",
    "report", "require", "resolve", "respond", "restore", "return", "roll", "run", "save",
    "say", "scale", "schedule", "secure", "see", "sell", "send", "separate", "serve", "set",
    "setup", "share", "ship", "show", "sign", "sit", "slow", "solve", "speak", "spend", "split",
    "spread", "stand", "start", "stay", "stop", "store", "struggle", "succeed", "suffer",
    "suit", "support", "switch", "sync", "take", "talk", "teach", "tell", "test", "think",
    "touch", "track", "train", "transfer", "translate", "treat", "trigger", "trust", "try",
    "turn", "understand", "update", "upgrade", "use", "validate", "vary", "verify", "wait",
    "want", "warn", "win", "work", "worry", "write",
})  # fmt: skip
_IRREGULAR = {
    "got": "get", "went": "go", "made": "make", "took": "take", "ran": "run", "paid": "pay", "kept": "keep",
    "found": "find", "chose": "choose", "built": "build", "came": "come", "saw": "see", "sent": "send",
    "dealt": "deal", "began": "begin", "lost": "lose", "won": "win", "met": "meet", "spent": "spend",
    "bought": "buy", "felt": "feel", "led": "lead", "knew": "know", "grew": "grow", "gave": "give",
}  # fmt: skip
_WH = frozenset(["how", "what", "when", "where", "which", "who", "whose", "why"])
_SORTS = frozenset({"kind", "kinds", "sort", "type", "types", "else", "exactly"})
_MANY = frozenset({"i", "we", "you", "they", "people", "others", "these", "those", "staff"})
_SHORT = re.compile(r"(i|we|you|they|he|she|it|that|there)['\u2019](ve|re|ll|d)", re.IGNORECASE)
_SPELT = {"ve": "have", "re": "are", "ll": "will", "d": "would"}
_CONTRACTED = 6
"""Words at a clause's beginning among which its subject and verb stand."""
_PERFECT = re.compile(
    r"been|got|had|done|gone|seen|made|set|run|built|kept|used|"
    r"(?!seven|eleven|children|women|speed)\w{3,}(?:ed|en)"
)
"""What follows "have" in "has been"; before other words "have" is a verb of its own."""
_HAVE = {"have": "do", "has": "does", "had": "did"}
_LONGEST = 60
"""Words of a clause that are looked at; no one asks longer."""


def as_question(clause: str) -> str:
    """The question that a reported clause stands for; one that is a question already stays so."""
    words = re.sub(r"\s+", " ", clause).strip(" ,;:.!?\"'\u201c\u201d").split(" ")[:_LONGEST]
    if not words or not words[0]:
        return ""
    words = [*_spelt_out(words[:_CONTRACTED]), *words[_CONTRACTED:]]
    first = words[0].casefold()
    if first in {"if", "whether"}:
        asked = _yes_or_no(words[1:])
    elif first in _WH:
        asked = _open(words)
    else:
        asked = words
    text = " ".join(asked).strip(" ,")
    return f"{text[0].upper()}{text[1:]}?" if text else ""


def _spelt_out(words: list[str]) -> list[str]:
    """The same without "we've" and the like."""
    spelt: list[str] = []
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if short := _SHORT.fullmatch(word):
            verb = _SPELT[short[2].casefold()]
            had = verb == "would" and _PERFECT.fullmatch(after.casefold())
            spelt += [short[1], "had" if had else verb]
        else:
            spelt.append(word)
    return spelt


def _yes_or_no(words: list[str]) -> list[str]:
    words = words[2:] if [w.casefold() for w in words[:2]] == ["or", "not"] else words
    turned = _turned(words)
    return turned or ["is", "it", "the", "case", "that", *words]


def _open(words: list[str]) -> list[str]:
    """A clause with a question word: "how long rollout takes", "what the hours are"."""
    lower = [w.casefold() for w in words]
    if lower[0] == "how" and lower[1:2] == ["to"]:
        return ["how", "do", "we", *words[2:]]
    if (
        lower[0] in {"what", "when", "where", "which"}
        and "to" in lower[1:4]
        and not _HAVE.keys() & lower[1:4]
    ):
        at = lower.index("to", 1)
        return [*words[:at], "should", "we", *words[at + 1 :]]
    start = _subject_at(lower)
    if (
        _in_order(lower)
        or start >= len(words)
        or lower[start] in _AUX
        or (start == 1 and _base(lower[1]) and lower[0] in {"what", "who"})
    ):
        return words  # the question word is the subject: "what happens", "who pays"
    turned = _turned(words[start:])
    if turned:
        return [*words[:start], *turned]
    last = lower[-1]
    if last in _AUX:  # "what the support hours are"
        return [*words[:start], words[-1], *words[start:-1]]
    return words


def _in_order(lower: list[str]) -> bool:
    """Whether the clause is worded as a question already: "how secure is it", "who else uses it"."""
    if len(lower) < 3:
        return False
    if lower[0] == "how":
        graded = lower[1] in _DEGREES or lower[2] in {"is", "are", "was", "were"}
        subject = len(lower) > 3 and lower[3] in _PRONOUNS | _DETERMINERS
        plain = lower[1] not in _AUX | _PRONOUNS | _DETERMINERS
        return plain and graded and subject and lower[2] in _AUX
    return lower[1] == "else" and (lower[2] in _AUX or _base(lower[2]) is not None)


def _subject_at(lower: list[str]) -> int:
    """Where the subject begins, after "how", "how long", "which of the sites"."""
    if lower[0] in {"which", "whose"} or (lower[0] == "how" and lower[1:2] in (["many"], ["much"])):
        return _after_noun(lower, 2 if lower[0] == "how" else 1)
    if lower[0] == "what" and len(lower) > 1 and lower[1] in _SORTS:
        places = range(2, min(len(lower), 8))
        begins = _PRONOUNS | _DETERMINERS
        return next((i for i in places if lower[i] in begins and lower[i - 1] != "of"), len(lower))
    told = _AUX | _PRONOUNS | _DETERMINERS
    if lower[0] == "how" and len(lower) > 3 and lower[1] in _DEGREES and lower[2] in {"a", "an"}:
        return next((i for i in range(4, min(len(lower), 8)) if lower[i] in told - _AUX), 2)
    if lower[0] == "who" and lower[1:2] == ["else"]:
        return 2
    if len(lower) > 3 and lower[1] in _DEGREES and lower[2] in _DETERMINERS | _PRONOUNS:
        return 2
    graded = len(lower) > 2 and (lower[1] in _DEGREES or lower[2] in _DETERMINERS | _PRONOUNS)
    plainly = lower[0] != "how" or not graded or lower[1] in told or _base(lower[1]) is not None
    return 1 if plainly else 2


def _after_noun(lower: list[str], asked: int) -> int:
    """Where the subject begins after "which databases", "how much training"."""
    for at in range(asked, min(len(lower), asked + 5)):
        counted = at == asked and lower[at + 1 : at + 2] and lower[at + 1] in _DETERMINERS
        if lower[at] in _PRONOUNS | _DETERMINERS and lower[at - 1] != "of" and not counted:
            return at  # "how many people a rollout needs" counts the people
        if lower[at] in _AUX or (at > asked and _base(lower[at])):
            # "which integrations exist" has no other subject; "how much training crews need" has
            return at if lower[at] in _AUX or at <= asked + 1 else at - 1
    return asked if lower[0] == "how" else len(lower)


def _is_plural(subject: str) -> bool:
    """Whether a subject goes with "do"."""
    return subject in _MANY or (
        subject.endswith("s") and subject not in {"this", "its"} and not subject.endswith("ss")
    )


def _head(lower: list[str], at: int) -> str:
    """The noun that a verb at `at` goes with; none where that word belongs to an "of" before it."""
    if "of" in lower[max(0, at - 2) : at]:
        return ""  # "orders" of "an import of old orders takes" is no verb
    if "of" in lower[1:at]:
        return lower[lower.index("of", 1) - 1]
    return lower[at - 1] if lower[at - 1] not in _ADVERBS else lower[max(0, at - 2)]


def _turned(words: list[str]) -> list[str]:  # noqa: C901 - one pass over the words, case by case
    """Subject and verb in the order of a question; empty where no verb is known."""
    lower = [w.casefold().strip(",") for w in words]
    for at in range(1, min(len(lower), 9)):
        word = lower[at]
        if word in _AUX:
            return _with_first(words, at)
        if word in _ADVERBS:
            continue
        subject = _head(lower, at)
        if not subject:
            continue
        if subject in _DETERMINERS - _PRONOUNS or (at == 1 and subject in {"my", "our"}):
            continue
        base = _base(word)
        plural = _is_plural(subject)
        if base is None:
            continue
        if word in _IRREGULAR or (word.endswith("ed") and word not in _VERBS):
            return ["did", *words[:at], base, *words[at + 1 :]]
        if word.endswith("s") and word not in _VERBS and (not plural or subject in {"this", "it"}):
            return ["does", *words[:at], base, *words[at + 1 :]]
        if word in _VERBS and plural:
            return ["do", *words]
    if (
        lower
        and lower[0] in {"it", "that", "this", "he", "she"}
        and len(lower) > 1
        and re.fullmatch(r"[a-z]{3,}[^s\W]s", lower[1])
    ):
        return ["does", words[0], lower[1][:-1], *words[2:]]
    return (
        ["do", *words]
        if lower and lower[0] in {"they", "you", "we", "i"} and len(lower) > 1
        else []
    )


def _with_first(words: list[str], at: int) -> list[str]:
    """The clause with its auxiliary, at `at`, in front; "have" as a verb of its own takes "do"."""
    verb = words[at].casefold().strip(",")
    if verb in _HAVE and not _of_perfect([w.casefold() for w in words[at + 1 :]]):
        return [_HAVE[verb], *words[:at], "have", *words[at + 1 :]]
    return [words[at], *words[:at], *words[at + 1 :]]


def _of_perfect(after: list[str]) -> bool:
    """Whether a verb in the perfect follows: "has it ever been audited" and not "has to pay"."""
    word = next((w for w in after if w not in _ADVERBS | {"not", "never"}), "")
    return _PERFECT.fullmatch(word) is not None or word in _IRREGULAR


def _base(word: str) -> str | None:
    """The plain form of a verb that is known, or None."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _VERBS:
        return word
    for end, new in (
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ied", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("d", ""),
    ):
        if word.endswith(end) and word.removesuffix(end) + new in _VERBS:
            return word.removesuffix(end) + new
    if len(word) > 5 and word.endswith("ed") and word[-3] == word[-4] and word[:-3] in _VERBS:
        return word[:-3]
    return None

"""The word lists that style is counted by; general English, without any company's own words."""

from __future__ import annotations

import re

from knowledge import tone_words as words

NAME_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9'.-]*")
FENCED = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)", re.M | re.S)
LIST_ITEM = re.compile(r"\s*[-*+]\s")
HEADING = re.compile(r"#{1,6}\s+(.*)")
ASKING_HEADING = re.compile(r".*\?$|(?:how|why|what|when)\b", re.I)
YOU_HEADING = re.compile(r"\byou|your\b", re.I)
PERSON = re.compile(r"\b(?:we|our|us|you|your|I|my)\b", re.I)
_COMMON = """
the a an and or but if when then this that these those it they we you i our your my is are was were
be been to of in on at by for with from as not no so what how why who which where there here also
can will do does don't it's let's we're you're i'm its their his her he she than more most some any
all each every one two first new now just only into out up about over after before while because
since you'll we'll we've may might should would could get use using used has have had
"""
COMMON = frozenset(_COMMON.split())
"""Words that are no product's name although a sentence or heading writes them large."""


def _word(pattern: str, flags: int = re.I) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", flags)


COUNTED: dict[str, re.Pattern[str]] = {
    "ann": words.ANNOUNCEMENT,
    "cta": words.CALL_TO_ACTION,
    "offer": words.OFFER,
    "praise": words.PRAISE,
    "benefit": words.BENEFIT,
    "capab": words.CAPABILITY,
    "teach": words.TEACHING,
    "story": words.STORY,
    "excl": re.compile("!"),
    "q": re.compile(r"\?"),
    "paren": re.compile(r"\("),
    "team": _word(
        "teams?|customers?|users?|company|companies|organi[sz]ations?|enterprises?|business(?:es)?"
        "|community|partners?"
    ),
    "art": _word("the|a|an"),
    "be": _word("is|are|be|was|were|been|being"),
    "modal": _word("should|would|could|might|may|must"),
    "because": _word(
        "because|since|so that|therefore|thus|hence|which means|as a result|due to|reason"
    ),
    "hedge": _word(
        "but|however|although|though|unless|depends?|usually|often|sometimes|probably|maybe"
        "|perhaps|actually|quite|pretty|instead|rather|yet|still|while|whereas"
    ),
    "defn": re.compile(
        r"\b(?:is|are) (?:a|an|the)\b|\bmeans\b|\brefers? to\b|\bcalled\b|\bknown as\b", re.I
    ),
    "seq": _word("first|next|then|finally|after|before|step|below|above|following|let's|we'll"),
    "new": _word(
        "new|now|today|latest|improved|updated?|release[sd]?|version|available|soon|beta|preview"
        "|support(?:s|ed)?"
    ),
    "this": _word("this|that|these|those|it|they|there"),
    "wed": _word(
        r"we (?:\w+ly )?(?:\w{3,}ed|built|chose|found|took|went|made|wrote|ran|had|were|got|saw"
        "|knew|thought)"
    ),
    "our": _word("ours?"),
    "we": _word("we|we're|we've|we'll|us"),
    "i": _word("I|I'm|I've|I'd|my|me", 0),
    "you": _word("you(?:'re|'ll|'ve)?"),
    "your": _word("yours?"),
    "feel": _word(
        "excited|happy|proud|thrilled|glad|pleased|delighted|love|hope|can't wait|looking forward"
        "|thank"
    ),
    "allow": _word(
        "lets?|allows?|enables?|helps?|gives?|makes?|brings?|provides?|offers?|supports?|includes?"
        "|delivers?|ensures?|keeps?"
    ),
    "every": _word(
        "every|all|any|each|always|anywhere|everything|everyone|no more|never|only|single|one"
    ),
    "conj": _word("and|or"),
    "adj": _word(
        "easy|easily|easier|simple|simply|fast|faster|quick(?:ly)?|instant(?:ly)?"
        "|automatic(?:ally)?|powerful|beautiful|smart|modern|secure|reliable|native|full|fully"
        "|seamless(?:ly)?|ready|rich|better|great|best|love[sd]?"
    ),
    "without": re.compile(r"\b(?:without|no (?:\w+ ){1,2}(?:required|needed)|zero[- ])\b", re.I),
    "neg": re.compile(r"\b(?:not|no|never|cannot)\b|n't\b", re.I),
    "past": _word(r"was|were|had|did|\w{3,}ed"),
}
"""Counted per hundred words, under a square root that damps repeats."""

IMPERATIVE = re.compile(
    r"^(?:set|add|use|run|create|get|see|build|deploy|manage|track|connect|choose|start|keep|let"
    r"|make|find|show|share|send|view|try|join|learn|read|check|explore|monitor|automate|sync"
    r"|invite|configure|install|open|click|define|import|export|bring|turn|scale|save|stop|give|go"
    r"|ship|integrate|discover|sign|bootstrap|customi[sz]e|know|publish|communicate|reduce|improve"
    r"|write|test|update|call|ask|plan|look|take|put|do|be|don't|never|avoid|remember|consider"
    r"|think|note|review|compare|measure|decide|imagine|suppose)\b",
    re.I,
)
NAME_DOES = (
    "lets|allows|enables|helps|gives|makes|is|provides|offers|supports|includes|can|has|will|now"
    "|integrates|automatically|handles|takes|keeps"
)

STYLE = (
    *COUNTED, "op_ann", "end_cta", "end_q", "code", "list", "headdens", "h_q", "h_you", "imp",
    "noyou_nowe", "prod", "prod_verb",
)  # fmt: skip
"""The order of the style counts."""

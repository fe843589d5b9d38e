"""Rules of manners: check-ins, hype, shouting, bashing, familiarity, broadcast (M3, M12, M25)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge import tone_words
from knowledge.leads import Action
from knowledge.touch import Finding
from prompts.checks.rule import CheckContext, Rule, learnt, listed, pattern, phrases
from prompts.wording import why

CHECKING_IN = phrases("checking_in") | learnt("checking_in")
"""A touch without something new to learn is not a touch (M3)."""

_PRAISE = pattern(tone_words.PRAISE.pattern, *listed("hype"))
_HARMLESS_PRAISE = pattern(*listed("hype", "but"))


def _hype(context: CheckContext) -> Iterator[Finding]:
    for sentence in context.sentences:
        if _PRAISE.search(_HARMLESS_PRAISE.sub(" … ", sentence)):
            yield Finding("hype", sentence[:300], why("hype"))


HYPE = Rule("hype", _hype) | learnt("hype")

_LOUD_WORDS = re.compile("|".join(listed("shouting")))
_CAPITALS_ROW = re.compile(r"\b[A-Z']{2,}(?: [A-Z']{2,}){2,}\b")
_EMOJI_ROW = re.compile(
    "[\U0001f525\U0001f680\U0001f389\U0001f4a5\U0001f6a8\u26a1\U0001f911]|[\U0001f300-\U0001faff]{2,}"
)


def _shouting(context: CheckContext) -> Iterator[Finding]:
    marks = 0
    for sentence in context.sentences:
        marks += sentence.count("!")
        loud = "!!" in sentence or "?!" in sentence or _EMOJI_ROW.search(sentence)
        if loud or marks > 1 or _LOUD_WORDS.search(sentence) or _in_capitals(sentence):
            yield Finding("shouting", sentence[:300], why("shouting"))
            marks = min(marks, 1)


def _in_capitals(sentence: str) -> bool:
    """Whether three or more words in a row are in capitals, beyond a row of acronyms."""
    rows = _CAPITALS_ROW.findall(sentence)
    return any(sum(len(word) > 3 for word in row.split()) > 1 for row in rows)


SHOUTING = Rule("shouting", _shouting)
"""One exclamation mark is a smile, two are a shout; acronyms are not shouting."""

BASHING = phrases("competitor_bashing") | learnt("competitor_bashing")
"""Others are not spoken of badly; a comparison may still be linked."""

_FAMILIAR = phrases("false_familiarity")
_CONVERSATION = pattern(*listed("conversation"))
_SPOKE = frozenset({
    Action.CALLED, Action.REPLIED, Action.ANSWERED, Action.BOOKED_MEETING, Action.MET_AT_EVENT,
    Action.MET, Action.ATTENDED, Action.ASKED,
})  # fmt: skip


def _invented_conversation(context: CheckContext) -> Iterator[Finding]:
    if context.profile is None or any(e.action in _SPOKE for e in context.profile.history):
        return
    for sentence in context.sentences:
        if _CONVERSATION.search(sentence):
            yield Finding("false_familiarity", sentence[:300], why("false_familiarity"))


FAMILIARITY = (
    _FAMILIAR | learnt("false_familiarity") | Rule("false_familiarity", _invented_conversation)
)
"""Without a history no talk can be referred to; with none given, that part is not judged."""

BROADCAST = phrases("broadcast") | learnt("broadcast")

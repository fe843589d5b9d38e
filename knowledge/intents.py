"""What a rep's message is about, by rule: wordings that tell one intent from the others."""

from __future__ import annotations

import re
from enum import StrEnum


class Intent(StrEnum):
    """What a rep's message is about."""

    NEXT = "next"
    SHORTER = "shorter"
    ALREADY_READ = "already_read"
    OTHER_PERSON = "other_person"
    WHY = "why"
    WHY_NOT = "why_not"
    CHANNEL = "channel"
    LATER = "later"
    ADD_ASSET = "add_asset"
    AUDIT = "audit"
    GAPS = "gaps"
    HELP = "help"
    THANKS = "thanks"
    OFF_TOPIC = "off_topic"


INTENT_RULES: tuple[tuple[Intent, str], ...] = (
    (Intent.THANKS, r"^(?:(?:ok(?:ay)?|great|perfect|super|lovely|nice|awesome|cool)[,!. ]*)*(?:many |much )?(?:thanks|thank you|thx|cheers|ta)\b[^?]{0,60}$|^(?:perfect|great|awesome|nice one|love it)[!. ]*$"),
    (Intent.HELP, r"^\W*(?:help|\?|what can (?:you|this bot|trailguide) do|how do(?:es)? (?:i use (?:you|this)|this work|you work)|commands?)\b.{0,40}$|\bhow do i (?:use|ask|talk to) (?:you|trailguide|the bot)\b"),
    (Intent.SHORTER, r"\b(?:shorter|shorten|(?:boil|strip|pare|slim) (?:it|this|that) down|condense|briefer|too long|cut it (?:down|in half)|trim (?:it|that|this)|more concise|less text|tighter|half the length|make it (?:short|brief)|tl;?dr)\b"),
    (Intent.WHY_NOT, r"\bwhy (?:not|isn'?t|aren'?t|wasn'?t|didn'?t you|don'?t (?:you|we))\b|\bwhat(?:'s| is| was) wrong with\b|\bwhat about the (?:case study|brochure|white ?paper|e-?book|guide|webinar|video|comparison)\b|\binstead of\b.*\bwhy\b"),
    (Intent.WHY, r"^\W*(?:but |and )?why\b|\b(?:explain|justify) (?:that|this|your|the) ?(?:choice|pick|suggestion|recommendation|one)?\b|\bwhat makes you (?:think|suggest|pick)\b|\bhow did you (?:pick|choose|come up|decide)\b|\bwhat(?:'s| is) the reason\b"),
    (Intent.ALREADY_READ, r"\b(?:already (?:read|seen|saw|got|has|have|had|sent|downloaded|watched|received|knows?)|(?:has|have|had) (?:read|seen) (?:that|this|it)\b|(?:we|i) sent (?:that|this|it|him|her|them)\b.*\b(?:before|already|last)|seen (?:that|this) one|read (?:that|this) one)"),
    (Intent.CHANNEL, r"\b(?:make|write|turn|send|do|give|rewrite|draft|want|need|as)\b[^.?!]{0,40}\b(?:text(?: message)?|sms|whatsapp|linkedin|social(?: message)?|phone|call script|talking points|direct ?mail|post ?card|letter|voicemail|e-?mail instead)\b"),
    (Intent.LATER, r"\b(?:not now|later|snooze|remind me|next (?:week|month|quarter)|in (?:a|two|three|\d+) (?:days?|weeks?|months?)|hold off|park (?:it|this|that)|come back to (?:it|this|that|him|her|them)|after the (?:holidays|summer|break))\b"),
    (Intent.GAPS, r"\b(?:gaps?|what(?:'s| is| are we) missing|missing content|content requests?|coverage|unanswered questions?|questions? (?:have|with|without) no (?:good )?(?:answer|asset|content)|holes in)\b"),
    (Intent.AUDIT, r"\b(?:audit|what (?:was|has been|did we|have we|did the team) (?:suggested|sent|send|suggest)|who (?:approved|sent|edited)|show (?:me )?(?:all )?(?:the )?(?:suggestions|approvals|overrides)|history of suggestions|export (?:the )?touches)\b"),
    (Intent.ADD_ASSET, r"\b(?:add|upload|index|import|put|save|include)\b[^.?!]{0,60}(?:\b(?:library|asset|collection|content|knowledge base)\b|https?://)|\bnew (?:asset|piece|white ?paper|guide|blog post) (?:for|to) the library\b"),
    (Intent.OTHER_PERSON, r"\b(?:what|how) about (?:the|her|his|their|our) (?!case study|brochure|white ?paper|guide)(?:[a-z]+ ){0,2}(?:cfo|ceo|cto|cio|coo|ciso|boss|manager|colleague|director|controller|head|lead|vp|buyer|team|planner|owner|founder)\b|\b(?:same|one|something|version|this|that|it) for (?:the|her|his|their) (?:[a-z]+ ){0,2}(?:cfo|ceo|cto|cio|coo|ciso|boss|manager|colleague|director|controller|head|vp|planner)\b|\banother person\b|\bsomeone else (?:there|at)\b"),
)  # fmt: skip

NEXT = re.compile(
    r"\b(?:next|send|share|follow(?:ing)?[- ]?up|recommend|suggest|nurture|touch|asset|content|piece|what (?:should|do|can|would) (?:i|we)"
    r"|lead|prospect|asks?|asked|asking|wants? to know|wonder(?:s|ed|ing)?|questions?|downloaded|attended|webinar|read|replied|interested)\b",
    re.IGNORECASE,
)


def intent_by_rule(said: str, *, tells_of_a_lead: bool) -> Intent:
    """The intent by the first rule that speaks; a message that tells of a lead is an ask."""
    for intent in rules_that_speak(said):
        # A message that names a lead and its questions is an ask, whatever else it mentions.
        if tells_of_a_lead and intent not in {
            Intent.ADD_ASSET,
            Intent.OTHER_PERSON,
            Intent.WHY_NOT,
        }:
            continue
        return intent
    return Intent.NEXT if tells_of_a_lead or NEXT.search(said) else Intent.OFF_TOPIC


def rules_that_speak(said: str) -> tuple[Intent, ...]:
    """Every intent whose wording stands in the text, the surest first."""
    return tuple(i for i, pattern in INTENT_RULES if re.search(pattern, said, re.IGNORECASE))

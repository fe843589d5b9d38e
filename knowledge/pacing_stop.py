"""Words that ask us to stop: "please stop emailing me", "take me off your list" (M16).

A lead's no counts in whatever words it comes. To stop something of their own ("how do we stop pumps
failing?"), to be left in peace for a while ("not before March") or to leave a list inside a tool
asks for no such thing. Each sentence is judged by itself.
"""
# ruff: noqa: E501 - a pattern is read as one line, or not at all

from __future__ import annotations

import re

from knowledge.remembered import remembered

_ME = r"(?:me|us|her|him|them|my (?:team|boss|colleagues?)|our (?:company|team|office)|this (?:address|number))"
_REACH = (
    r"(?:e-?mail(?:ing)?|mail(?:ing)?|spam(?:ming)?|writ(?:e|ing)(?: to)?|contact(?:ing)?|messag(?:e|ing)|text(?:ing)?"
    r"|p(?:ing|inging|ester|estering)|bother(?:ing)?|chas(?:e|ing)|harass(?:ing)?|call(?:ing)?|phon(?:e|ing)|ring(?:ing)?"
    r"|reach(?:ing)? out to|follow(?:ing)? up with|approach(?:ing)?|target(?:ing)?)"
)
_MAIL = r"(?:e-?mails?|mails?|messages?|newsletters?|mailings?|spam|stuff|marketing|communications?|contact|calls|updates|texts)"
_LIST = r"(?:lists?|database|crm|records|mailings?|e-?mails?|newsletters?|contacts|distribution|files?|subscribers?)"
_NEVER = r"(?:stop|quit|cease|refrain from|(?:don't|dont|do not|never|must not|should not)(?: ever| please| keep| try to| continue to| want you to)?|asked (?:us )?not to|tell you to stop)"
_HELLO = r"^(?:(?:hi|hello|hey|dear|no|ok|okay|so|and|but|yes|sorry|thanks|thank you|please|pls|kindly|just|really|simply|again|all|there|\w+ team)[ ,;:-]+)*"
_BYE = r"(?:[ ,;:-]+(?:please|pls|thanks|thank you|now|asap|immediately|at once|sorry|anymore|any more|at all|again|today|so|me|us|best|regards|all|really))*$"
_WISH = r"(?:want|wants|wish|wishes|would like|'d like|need|ask|asks|asked|prefer|care|cares)"

_STOP = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_NEVER} {_REACH} {_ME}\b",
        rf"\b{_NEVER} (?:send(?:ing)?|giv(?:e|ing)) (?:{_ME} )?(?:(?:any|more|further|other|your|these|those|this|such|the|all|anymore) ?){{0,3}}(?:\w+ )?(?:{_MAIL}|anything|things)\b",
        rf"\bstop sending (?:{_ME} )?(?:this|these|more)\b",
        rf"{_HELLO}stop (?:with )?(?:the|all|your|these|those|this|it|that|all these|all of this)? ?(?:\w+ )?{_MAIL}?{_BYE}",
        rf"\b(?:stop|end|block) (?:your|these|those|all your|all these) (?:\w+ )?{_MAIL}\b",
        rf"{_HELLO}(?:(?:can|could|would|will) you )?(?:please )?(?:stop|stop it|unsubscribe|de-?subscribe|opt(?: me| us)? out|opt-out|remove (?:me|us)|delete me|stop contact){_BYE}",
        r"\bunsubscribe (?:me|us|my (?:address|e-?mail)|this address)\b",
        rf"\bunsubscribe(?:d)? from (?:your|this|these|all|all your|any|the (?:mailing|e-?mail)) ?(?:\w+ ){{0,2}}?{_LIST}",
        rf"\b(?:i|we|she|he|they)(?: \w+)? ?{_WISH} to (?:unsubscribe|opt out|be unsubscribed)\b",
        r"^(?:please )?(?:so )?how (?:do|can) i (?:unsubscribe|opt out|get off (?:your|this) (?:\w+ )?list)\b",
        rf"\b(?:remove|delete|take|strike|drop|get|erase|cross) (?:{_ME}|(?:my|our) (?:\w+ ?){{1,2}}|this e-?mail) ?(?:off|from|out of) (?:of )?(?:your|the|this|these|any|all|all your|every)? ?(?:\w+ ){{0,3}}?{_LIST}\b",
        rf"\b(?:{_WISH}|please) (?:\w+ )?to be (?:removed|taken off|deleted|unsubscribed|dropped) ?(?:off|from)? (?:your|our|the|this|any|all) (?:\w+ ){{0,2}}?{_LIST}\b",
        r"\b(?:delete|erase) (?:all )?(?:my|our) (?:personal |contact )?(?:data|details|address|information)$",
        rf"{_HELLO}(?:(?:i|we|she|he|they)(?:'m|'re|'s| am| are| is) )?(?:really |simply |just )?not interested(?: in (?:this|it|any of (?:this|it)|your (?:\w+ ?){{1,2}}|anything you \w+|what you \w+))?{_BYE}",
        rf"\b(?:don't|dont|do not|doesn't|does not|no longer|never)(?: \w+)? ?{_WISH}(?: to)? (?:be contacted|be (?:e-?mailed|called|bothered|approached)|hear (?:any ?more )?from you|(?:receive|get|see|have) (?:any |more |further |your |these |such |any more |any further |other )?(?:\w+ )?{_MAIL})\b",
        rf"\b(?:don't|dont|do not|doesn't|does not|no longer) {_WISH} (?:any |more |further |your |these |any more |any further |any of your )(?:\w+ )?{_MAIL}\b(?! from (?!you\b))",
        rf"{_HELLO}(?:(?:i|we) (?:said|want) )?no (?:more|further) (?:\w+ )?{_MAIL}(?: (?:from you|to (?:me|us)))?{_BYE}",
        r"\bleave (?:me|us) (?:alone|in peace)\b|\blose (?:my|our) (?:number|address|e-?mail)\b|\bgo away$",
        r"\b(?:asked|asks|wants?|prefers?|wishes|wish) not to be (?:contacted|e-?mailed|called|written to|approached)\b",
        r"\b(?:withdraw|revoke) (?:my|our) consent\b|\b(?:asked|asks|told) us to stop (?:writing|calling|e-?mailing|contacting)\b",
    )
)  # fmt: skip
_FOR_A_WHILE = re.compile(
    r"\b(?:until|till|before|yet|now and then|for now|at the moment|right now|today|tomorrow|tonight|this (?:week|month|quarter|year)"
    r"|next (?:week|month|quarter|year)|for (?:a|the next|the rest|\w+) ?(?:while|few|couple|days?|weeks?|months?)|on (?:\w+days?|weekends?|holidays?|my mobile|my private)"
    r"|(?:so|too|that|quite so) (?:often|much|late|early|many)|every (?:day|week)|daily|twice|duplicates?|during|at (?:night|home|lunch|weekends)|in the (?:morning|afternoon|evening)s?|after (?:hours|\d)|outside)\b"
)
"""A limit in time or number: how to be reached, not whether."""
_NOT_OURS = re.compile(
    r"\b(?:why (?:don't|do not|did|do|does|not|won't)|(?:if|unless|when|because|since|so that) (?:you|we|they|people|customers|leads) (?:don't|do not|stop|never)|you (?:don't|never) |(?:don't|do not|never|can't|won't) stop"
    r"|did you stop|in the (?:tool|app|system|software|portal|platform|product|dashboard)|(?:reports?|alerts?|alarms?|notifications?|reminders?|dashboards?|tickets?)\b(?! list)|hesitate to"
    r"|(?:customers?|clients?|people|users|employees|prospects|subscribers|suppliers|vendors|leads|someone|somebody|others) (?:\w+ )?(?:say|tell|ask|unsubscribe|want|wish|who|that|not to|don't|do not|to stop))\b"
)
"""Whose list it is: the tool's, or that of their own customers."""
_ASKS_HOW = re.compile(
    r"\b(?:how|what|which|why|whether|where) (?!(?:do|can) i (?:unsubscribe|opt out|get off|stop (?:your|these)))"
    r"(?:do|does|did|can|could|should|would|to|are|is|will|much|many|happens?|if)\b"
)
_OTHER_WAY = re.compile(
    r"\b(?:don't|dont|do not|stop|never|no) (?:call|phon|ring|text)\w*\b.*\b(?:e-?mail|write|mail|message) ?(?:to )?(?:me|us)?\b"
)
"""No calls but mails: a choice of channel."""
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
"""Our own mail, and the footer that tells how to leave the list, under a reply."""
_SENTENCES = re.compile(r"[!?\n]+|\.(?=\s|$)")
_CLAUSES = re.compile(r"[,;:]\s+|\s[-\u2013\u2014]+\s|\b(?:and|but|so)\b")
_LONGEST = 5_000
"""Characters read; such a wish stands in a mail's first page."""


@remembered
def asks_to_stop(text: str) -> bool:
    """True when the words ask us not to write or call any more, for good."""
    plain = re.sub(r"[\u2018\u2019\u0060]", "'", text.lower())[:_LONGEST]
    return any(_asks(" ".join(raw.split())) for raw in _SENTENCES.split(_QUOTED.sub("\n", plain)))


def _asks(sentence: str) -> bool:
    if _OTHER_WAY.search(sentence):
        return False
    # A sentence whole, for "please, stop", and by its clauses: "not interested, remove me".
    parts = [sentence, *(c.strip() for c in _CLAUSES.split(sentence))]
    return any(
        not (_FOR_A_WHILE.search(part) or _NOT_OURS.search(part) or _ASKS_HOW.search(part))
        and any(pattern.search(part) for pattern in _STOP)
        and not _limited(sentence, part)
        for part in parts
        if part
    )


def _limited(sentence: str, part: str) -> bool:
    """True when the words right after a clause limit it: "not interested, for now"."""
    after = sentence.partition(part)[2].strip(" ,;:-")
    limit = _FOR_A_WHILE.match(after) or re.match(r"(?:at least|just|only|not) ", after)
    return bool(limit) and "interested" in part

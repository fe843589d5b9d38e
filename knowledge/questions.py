"""Finding a lead's questions in a rep's message, asked outright or reported."""

from __future__ import annotations

import re

_TO_THE_BOT = re.compile(
    r"^(?:so |and |ok(?:ay)?,? |hey,? |hi,? )*(?:what(?:'s| is)?(?: the)? next|what (?:should|do|can|could|would|shall|to)(?: (?:i|we))? (?:send|share|do|suggest|say|recommend|follow|offer|give|reply|write)\b"
    r"|what(?:'s| is) (?:a |the )?(?:good|best|right|next)\b|what (?:would|do) you (?:suggest|recommend|send)|which (?:asset|piece|content|one)s? (?:should|do|can|would|is|fits)\b"
    r"|(?:any|got) (?:ideas?|suggestions?|recommendations?|content|thoughts|anything)|(?:can|could|would|will) you (?:please )?(?:suggest|recommend|help|find|send|give|draft|write|make|show|tell|add|put|explain)\b"
    r"|(?:do|have) (?:we|you) (?:have|got) (?:anything|something|any|a)\b|(?:should|can|could|shall) (?:i|we) (?:send|share|call|reach|follow|write|try|ping|wait)\b|what about (?:the|her|his|their|our)\b"
    r"|why (?:not|this|that|the)\b|why\??$|what now|how (?:should|do|can) (?:i|we) (?:respond|reply|follow|answer|react|continue|proceed|nurture)\b|what else\b|anything (?:for|good|else|on)\b|next\??$|help\b|what can you do)",
    re.IGNORECASE,
)
_SEND = re.compile(
    r"\bwhat(?:'s| is| do| should| can| could| would| shall| to)?(?: i| we| you)? (?:send|share|suggest|recommend|do (?:now|next|with|about|for)|say|reply|answer)\b"
    r"|\b(?:something|anything|what(?:'s| is)?(?: the)?|whats) (?:to send|to share|next|good|useful|for (?:her|him|them))\b",
    re.IGNORECASE,
)
"""Words that only a rep says, wherever they stand."""
_REPORTED = re.compile(
    r"\b(?:asks?|asked|asking|wants? to (?:know|understand|learn|see|find out)|wanted to (?:know|understand)|would like to (?:know|understand)|wonder(?:s|ed|ing)?|(?:is |was )?curious(?: about)?|questions?(?: (?:is|was|are|were))?(?: about)?|unsure|not sure|trying to (?:understand|work out|figure out)|needs? to know|worr(?:y|ied|ies)(?: about)?|concerned(?: about)?)\b"
    r"[:,]?\s+(?:me |us |about |on |for )?(?P<q>(?:how|what|when|where|which|who|whose|why|if|whether)\b[^.?!;\n]*)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:asks?|asked|asking|wants? to (?:know|understand|learn)(?: more)?|curious|questions?|worried|concerned) about (?P<t>[^.?!;\n]{3,120})",
    re.IGNORECASE,
)
_JOINT = re.compile(r",?\s+(?:and|or|plus|as well as)\s+(?:also\s+)?(?=(?:how|what|when|where|which|who|why|if|whether)\b)|,\s+(?=(?:how|what|when|where|which|who|why|if|whether)\b)", re.IGNORECASE)  # fmt: skip
_TAIL = re.compile(r",?\s+(?:what(?:'s| is)? (?:next|should)|any (?:ideas?|suggestions?)|what (?:do|should|can) (?:i|we)|so what|but (?:she|he|they)|because|before (?:she|he|they)).*$", re.IGNORECASE)  # fmt: skip
_MARKER = re.compile(r"^(?:\(?(?:\d{1,2}|[a-c])[.):]|[-•*\u2013])\s*", re.IGNORECASE)
_TOLD_BY = re.compile(
    r"^(?:(?:[A-Z][\w'-]+ ){1,3}|(?:she|he|they|lead|the lead|prospect|customer) )(?:just |also |then )?"
    r"(?:asks?|asked|says?|said|wrote|wants to know|is asking|was asking)(?: me| us| about)?[:,]?\s+",
)
"""Who asked, and the mark of a list: the rep's words around the lead's question."""
_AUX = r"can|could|will|would|should|is|are|was|were|has|have|does|do|did|must|may|might"
_SUBJECT = r"it|they|you|we|this|that|he|she|there|(?:the |our |your |their |its |an? )?[\w'-]+(?: [\w'-]+){0,2}?"
_THIRD = r"(?P<v>takes|costs|works|lasts|means|happens|needs|integrates|handles|scales|compares|supports|runs|fits|connects|stores|syncs|requires|includes|looks|pays|helps|exports|imports|replaces|comes|goes|deals|meets)"  # fmt: skip


def questions_in(text: str) -> tuple[str, ...]:
    """The lead's questions in a message, in order, each once; questions put to the bot are left out."""
    found: list[tuple[int, str]] = []
    for m in _REPORTED.finditer(text):
        clause = _TAIL.sub("", m.group("q"))
        at = m.start("q")
        found += [
            (at + i, _as_question(part))
            for i, part in enumerate(_JOINT.split(clause))
            if len(part.split()) > 1
        ]
    covered = [(m.start("q"), m.end("q")) for m in _REPORTED.finditer(text)]
    for m in re.finditer(r"[^.?!\n;]*(?:\.\d[^.?!\n;]*)*\?", text):
        if any(a <= m.end() - 1 <= b + 1 for a, b in covered):
            continue
        question = _direct(m.group(0))
        if question:
            found.append((m.start(), question))
    if not found:
        found = [
            (m.start(), f"What about {m.group('t').strip(' ,')}?") for m in _ABOUT.finditer(text)
        ]
    ordered = [q for _, q in sorted(found, key=lambda f: f[0])]
    return tuple(dict.fromkeys(ordered))


def _direct(sentence: str) -> str | None:
    """A question as the lead put it, or None when it is the rep's own to the bot."""
    words = sentence.strip().strip("\"'“”*_>- ")
    words = _MARKER.sub("", _TOLD_BY.sub("", words)).strip("\"'“” ")
    quoted = re.search(r"(?:^|[\s(:])[\"“']([^\"“”]{8,}\?)$", sentence.strip())
    # "Dana from Northgate: how long does rollout take?" keeps what follows the colon.
    words = quoted.group(1).strip() if quoted else words.rsplit(": ", 1)[-1].strip("\"'“” ")
    if len(words.split()) < 2 or _TO_THE_BOT.search(words) or _SEND.search(words):
        return None
    return words[0].upper() + words[1:]


_WH = r"(?P<w>how (?:long|much|many|often|soon|big|hard|fast|well)|how|what|when|where|why)"
_NOT_AUX = rf"(?!(?:{_AUX}|to)\b)"
_REPORTED_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern + r"(?P<r>.*)$", re.IGNORECASE), form)
    for pattern, form in (
        (rf"(?:if|whether) (?P<s>{_SUBJECT}) (?P<a>{_AUX})\b", "{a} {s}{r}?"),
        (rf"(?:if|whether) (?P<s>{_SUBJECT}) {_THIRD}\b", "does {s} {bare}{r}?"),
        (r"(?:if|whether) (?P<s>it|that|this) (?P<v>[a-z]+[^s\W]s)\b", "does {s} {bare}{r}?"),
        (rf"{_WH} {_NOT_AUX}(?P<s>{_SUBJECT}) {_THIRD}\b", "{w} does {s} {bare}{r}?"),
        (rf"{_WH} (?P<s>it|they|you|we|this|that|he|she) (?P<a>{_AUX})\b", "{w} {a} {s}{r}?"),
        (r"(?P<w>how|what|when|where|why) (?P<s>they|you|we|i)\b", "{w} do {s}{r}?"),
        (rf"{_WH} {_NOT_AUX}(?P<s>[\w'-]+(?: [\w'-]+){{0,3}}?) (?P<a>{_AUX})\b", "{w} {a} {s}{r}?"),
        (r"how to\b", "how do we{r}?"),
    )
)  # fmt: skip
"""Reported clauses and the question each stands for, the most telling form first."""


def _as_question(clause: str) -> str:
    """Turn a reported clause ("if it works with SAP") into a question ("Does it work with SAP?")."""
    clause = re.sub(r"\s+", " ", clause).strip(" ,\"'“”")
    asked = re.sub(r"^(?:if|whether) ", "is it the case that ", clause, flags=re.IGNORECASE) + "?"
    for pattern, form in _REPORTED_FORMS:
        if m := pattern.match(clause):
            parts = m.groupdict()
            asked = form.format(**parts, bare=_bare(parts.get("v") or ""))
            break
    return asked[0].upper() + asked[1:]


def _bare(verb: str) -> str:
    return {"goes": "go"}.get(verb.lower(), verb[:-1])

"""Finding a lead's questions in a rep's message: asked outright, reported, listed or quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.reported import as_question

MOST_QUESTIONS = 12
"""Kept of one message; a longer list is no message about one lead."""
LONGEST_QUESTION = 300
SENTENCE_READ = 700
"""Characters of a sentence that are looked at, from its end, where the mark stands."""

_WORD = r"how|what|when|where|which|who|whose|why|if|whether"
_ASKS_STRAIGHT = r"can|could|does|do|did|is|are|will|would|should|has|have|may|must|isn't|don't|doesn't|can't|won't|aren't"
_STRAIGHT_SUBJECT = r"(?:it|we|they|you|i|he|she|there|this|that|the|our|your|their|my|his|her|its|an?|any|all|staff|[a-z]+s)\b"
_TO_THE_BOT = re.compile(
    r"^(?:so |and |but |or |ok(?:ay)?,? |hey,? |hi,? |yo,? |well,? |please,? |btw,? |also,? )*(?:what(?:'s| is|s)?(?: the)? next|what (?:should|could|can|would|might) (?:he|she|they) (?:read|see|watch|look|get|start|have)\b|what (?:would|could|might|will) (?:work|help|suit|fit|interest|convince|appeal|resonate|be (?:good|best|useful|right))\b|what (?:should|do|can|could|would|shall|to|must)(?: (?:i|we|you))? (?:send|share|do|suggest|say|recommend|follow|offer|give|reply|write|answer|use|go|show|tell|mail)\b"
    r"|what(?:'s| is|s) (?:a |an |the )?(?:good|best|right|next|easy|better|useful|ideal|suitable|fitting)\b|what (?:would|do) you (?:suggest|recommend|send|have|think|advise|pick|propose)|(?:which|what) (?:[\w-]+ ){0,3}(?:asset|piece|content|one|article|guide|material|case study|white ?paper|resource|link)s? (?:should|do|can|would|is|are|fits?|works?|suits?|might|could)\b"
    r"|(?:any|got|have) (?:[\w-]+ )?(?:ideas?|suggestions?|recommendations?|content|thoughts|anything|advice|tips?|clue|piece|luck|guide|article|material)|(?:can|could|would|will|may) (?:you|i|someone|anyone|somebody|u) (?:please |maybe |kindly |quickly )?(?:suggest|recommend|help|find|send|give|draft|write|make|show|tell|add|put|explain|have|get|pick|point|share|propose|look|check|prepare|do|suggest|think)\b"
    r"|(?:do|have|does|has) (?:we|anyone|anybody|somebody|someone|any of you) (?:have|has|got|know|seen)\b|(?:do|have) you (?:have |got )?(?:anything|something|content|(?:a |an |any )?(?:good |nice |better )?(?:ideas?|suggestions?|articles?|guides?|pieces?|assets?|case stud(?:y|ies)|material|blog posts?|white ?papers?) (?:on|about|for|that|to))\b|(?:is|are) (?:there|it) (?:anything|something|content|worth|(?:a |an |any |some |already )?(?:good |nice |other )?(?:articles?|guides?|pieces?|assets?|case stud(?:y|ies)|material|content|blog posts?|white ?papers?|webinar|video|resource) (?:on|about|for|that|to|i|we))\b|isn'?t there (?:anything|something)\b"
    r"|(?:should|can|could|shall|may|must) (?:i|we) (?:send|share|call|reach|follow|write|try|ping|wait|forward|mail|text|offer|use|show|have)\b|(?:what|how) about\b"
    r"|why (?:not|this|that|the|did you|do you|are you|would you)\b|why\??$|what now|how (?:should|do|can|would|could) (?:i|we|you) (?:respond|reply|follow|answer|react|continue|proceed|nurture|approach|help (?:him|her|them)|convince|nudge|wake|move|keep (?:him|her|them)|handle (?:him|her|them|this)|get (?:him|her|them)|win)\b|what else\b|anything\b|something\b|next\??$|help\b|what can you do|(?:follow|nudge|ideas?|thoughts?|suggestions?|recommendations?|advice|next|nurture)\b[\w' -]{0,50}\??$"
    r"|what (?:fits|works|helps|suits)\b|(?:is|are) (?:he|she|they|this|that|it) (?:ready|worth|right|a good|good)\b|(?:what|which) do we (?:have|know|send)\b|which\b[\w -]{0,25}\??$|ready (?:for|to)\b|worth\b|thoughts\b|make sense\b|(?:ok|okay|right|no|yes|agreed|deal)\??$)",
    re.IGNORECASE,
)
_REPS_WORDS = re.compile(
    r"\bwhat(?:'s| is| do| should| can| could| would| shall| to)?(?: i| we| you)? (?:send|share|suggest|recommend|do (?:now|next|with|about|for)|say|reply|answer|give)\b"
    r"|\b(?:something|anything|what(?:'s| is)?(?: the)?|whats) (?:to send|to share|next|good|useful|for (?:her|him|them|the|my|this|our|[A-Z]))"
    r"|\b(?:to|should i|do i|can i|could i|should we|i should|we should|i could|i can) (?:send|share|forward|recommend|reply|follow up|offer (?:her|him|them)|approach|nurture|write (?:her|him|them|back)) ?(?:to )?(?:her|him|them|next|now|it|back)?\b"
    r"|\bmy (?:lead|prospect|contact)\b.*\bneeds? (?:something|content)\b|\b(?:good|next|right|best) (?:asset|piece|touch|step|follow[- ]?up|read|article)\b|\bwould you (?:send|suggest|recommend|share|give|pick)\b"
    r"|\bwhat (?:do|would) you (?:suggest|recommend)\b|\bin (?:the|our|your) library\b",
    re.IGNORECASE,
)
"""Words that only a rep says, wherever they stand."""
_ASKING = (
    r"(?:(?<!\bi )(?<!\bwe )(?:asks?|asked|asking|ask(?:ing)? (?:me|us))|(?:wants?|wanted|needs?|would like|'d like|d like|(?:is |are |was )?(?:keen|eager|trying|hoping|curious)|tr(?:y|ies|ied)|wishes|looking) to (?:know|understand|learn|see|find out|hear|work out|figure out|check|be sure|clarify)(?: more)?|(?<!\bi )wonder(?:s|ed|ing)?"
    r"|(?:is |was |were |are )?(?:curious|unsure|uncertain|unclear|not sure|not clear|not certain|sceptical|skeptical|doubtful)|(?:isn'?t|aren'?t|wasn'?t) (?:sure|clear|certain)|(?:open |main |first |other |second |only |big |key |last |next |his |her |their )*(?:questions?|concern|worry|issue|point)(?: (?:is|was|are|were))|needs? to know|needs? clarity|worr(?:y|ied|ies)|concerned|nervous|interested in|doubts?|doesn'?t (?:know|understand|see)|don'?t (?:know|understand)|(?:talked|spoke|talking|discussed|chatted)(?: about)?)"
)
_REPORTED = re.compile(
    rf"\b{_ASKING}\b(?: me| us| again| also| now| today| yesterday)?[:,]?\s+[\"\u201c']?(?:(?:about|on|for|as to|of|over|is|was|and|exactly|mainly|mostly|specifically|first|then|again|himself|herself|also|me|us)\s+){{0,2}}[\"\u201c']?"
    rf"(?P<q>(?:(?:{_WORD})\b|(?:{_ASKS_STRAIGHT})\s+{_STRAIGHT_SUBJECT})(?:[^.?!;\n]|\.(?=\d|\w))*)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:asks?|asked|asking|wants? to (?:know|understand|learn|hear)(?: more)?|wanted to know|curious|(?:has |had |with |some |a few |two )*questions?|worr(?:ied|ies)|concerned|nervous|wonder(?:s|ed|ing)?|inquir(?:ed|es|ing)|enquir(?:ed|es|ing)) (?:me |us )?(?:about|regarding|on) (?P<t>(?:[^.?!;\n]|\.(?=\d|\w)){3,140})",
    re.IGNORECASE,
)
_JOINT = re.compile(
    rf",?\s+(?:and|or|plus|as well as|but|&|then)\s+(?:also\s+|then\s+|about\s+)*(?=(?:{_WORD})\b)"
    rf"|,\s+(?:also\s+|then\s+|and\s+about\s+)?(?=(?:how|what|why|if|whether|who)\b)"
    rf"|,?\s+(?:and|plus|also|&)\s+(?:also\s+|then\s+)?(?=(?:{_ASKS_STRAIGHT})\s+{_STRAIGHT_SUBJECT})"
    rf"|,\s+(?=(?:{_ASKS_STRAIGHT})\s+(?:it|we|they|you|i|he|she|there|this|the|our|your|their|my)\b)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:,|\s[-\u2013\u2014])?\s+(?:what(?:'s| is|s)? (?:next|should|good)|any (?:ideas?|suggestions?|thoughts)|what (?:do|should|can|would|could) (?:i|we|you) (?:send|do|share|suggest|recommend|say|reply|answer|give|offer)|so what|but (?:she|he|they)|because|before (?:she|he|they)|can you|could you (?:suggest|find|recommend|help|send)|please (?:suggest|recommend|help|find|send)|thanks|thx|pls|help me).*$"
    r"|\s+(?:next|ideas|thoughts|suggestions)\W*$|[\"\u201d]\s.*$",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"^\s*(?:\(?(?:\d{1,2}|[a-f])[.):]|[-\u2022*\u2013\u2014>]+|q(?:uestion)?\s?\d{0,2}[:.)])\s*",
    re.IGNORECASE,
)
_TOLD_BY = re.compile(
    r"^(?:(?:(?:[A-Z][\w'-]+ ){1,3}|(?:she|he|they|lead|the lead|prospect|customer) )(?:just |also |then |kept |keeps )?)?"
    r"(?:asks?|asked|says?|said|wrote|writes|wants to know|is asking|was asking|replied|wonders)(?: me| us| about)?[:,]?\s+",
)
"""Who asked: the rep's words before the lead's question."""
_LIST_HEAD = re.compile(
    rf"(?:\b(?:asks?|asked|asking|questions?|wonders?|{_ASKING})\b[^\n?]{{0,80}}|\bq(?:uestion)?s?)[:\-\u2013]?\s*\n(?P<list>(?:[ \t]*(?:\(?\d{{1,2}}[.):]|[-\u2022*\u2013>])[^\n]*(?:\n|$))+)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:^|[\n.;,]\s*)(?:q|question|asked|asks|ask)\s?\d{0,2}\s?:\s*(?P<q>[^\n?;]{6,200}?)(?=\?|\n|;|\.\s|\.?$)",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    rf"^[^?]*?[,:\u2013\u2014-]\s+(?=(?:{_WORD}|{_ASKS_STRAIGHT})\b)(?!(?:which|who|if|when|where|whose|is|are|has|have|do|did|may)\s(?!(?:it|we|they|you|there|our|your|the|my|i|this|do|does|is|are|can|will|would|owns|pays|else|trains)\b))",
    re.IGNORECASE,
)
_STARTS = re.compile(
    rf"^(?:(?:and|but|or|so|also|then|ok|hi|hello|plus)\W+)*(?:{_WORD}|{_ASKS_STRAIGHT}|was|were|had|in what|at what|for how|to what|on what|by when|until when)\b",
    re.IGNORECASE,
)


_EXPLAIN = re.compile(rf"(?:could|can|would) you (?:please )?(?:tell|explain|show|let)(?: to)?(?: me| us)?(?: know)? (?=(?:{_WORD})\b)", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A question and where it stands in the text; `reported` is False for one asked outright."""

    start: int
    end: int
    question: str
    reported: bool


def questions_in(text: str) -> tuple[str, ...]:
    """The lead's questions in a message, in order, each once; questions put to the bot are left out."""
    return tuple(dict.fromkeys(f.question for f in find_questions(text)))[:MOST_QUESTIONS]


def find_questions(text: str) -> tuple[Found, ...]:
    """The lead's questions with their places, in order."""
    found: list[Found] = []
    _add(found, _listed(text))
    _add(found, _reported(text))
    _add(found, _direct(text))
    _add(found, _labelled(text))
    if len(found) < MOST_QUESTIONS:
        _add(found, _topics(text))
    kept = [
        f for f in found if len(f.question.split()) >= 2 and len(f.question) <= LONGEST_QUESTION
    ]
    return tuple(sorted(kept, key=lambda f: f.start))


def _add(found: list[Found], more: list[Found]) -> None:
    found += [m for m in more if not any(m.start < f.end and f.start < m.end for f in list(found))]


def _reported(text: str) -> list[Found]:
    found = []
    for m in _REPORTED.finditer(text):
        clause = _TAIL.sub("", m.group("q"))
        if not _REPS_WORDS.search(clause):
            found.append((m.start("q"), m.end("q"), clause))
    return [f for start, end, clause in found for f in _split(start, end, clause, reported=True)]


def _split(start: int, end: int, clause: str, *, reported: bool) -> list[Found]:
    """The clause's questions: one for each part that can stand alone."""
    parts = [p for p in _JOINT.split(clause) if p]
    whole: list[str] = []
    for part in parts:
        if whole and len(part.split()) < 2:
            whole[-1] += f" {part}"
        else:
            whole.append(part)
    if any(_STARTS.match(p) for p in whole):
        whole = [p for p in whole if _STARTS.match(p)]
    step = max(1, (end - start) // max(1, len(whole)))
    asked = [as_question(p) if reported else _as_asked(p) for p in whole]
    return [
        Found(
            start + i * step,
            min(end, start + (i + 1) * step) if i + 1 < len(whole) else end,
            q,
            reported,
        )
        for i, q in enumerate(asked)
        if len(q.split()) > 1
    ]


def _as_asked(words: str) -> str:
    words = re.sub(r"\s+", " ", words).strip(" ,;:?\"'\u201c\u201d")
    return f"{words[0].upper()}{words[1:]}?" if words else ""


def _listed(text: str) -> list[Found]:
    found: list[Found] = []
    for m in _LIST_HEAD.finditer(text):
        at = m.start("list")
        for line in m.group("list").splitlines(keepends=True):
            asked = _MARKER.sub("", line).strip()
            if asked and not _of_the_rep(asked):
                for part in re.split(r"(?<=\?)\s+", asked):
                    found += _split(at, at + len(line), part, reported=True)[:3]
            at += len(line)
    return found


def _labelled(text: str) -> list[Found]:
    return [
        Found(m.start("q"), m.end("q"), as_question(_MARKER.sub("", m.group("q"))), reported=True)
        for m in _LABELLED.finditer(text)
        if _STARTS.match(m.group("q").strip())
    ]


def _topics(text: str) -> list[Found]:
    """What is asked about, where no question is worded: "asks about spare parts"."""
    found = []
    for m in _ABOUT.finditer(text):
        topic = re.split(
            r",?\s+(?:and|but) (?:about|wants?|asks?|asked|she|he|they|i|we|read|downloaded|attended|is|has|replied)\b|,\s+(?:what|any|can|she|he|they|next|read|downloaded)\b",
            _TAIL.sub("", m.group("t")),
        )[0]
        if topic.strip() and not _STARTS.match(topic.strip()):
            found.append(
                Found(
                    m.start(),
                    m.start("t") + len(topic),
                    f"What about {topic.strip(' ,:')}?",
                    reported=True,
                )
            )
    return found


def _direct(text: str) -> list[Found]:
    """Questions as the lead put them; the rep's own to the bot are left out."""
    found: list[Found] = []
    for m in re.finditer(r"(?:[^.?!\n]|\.(?=\w))+[.?!]*|[.?!\n]+", text):
        asked = _outright(m.group(0)[-SENTENCE_READ:]) if "?" in m.group(0)[-3:] else None
        if asked:
            starts = max(m.start(), m.end() - len(asked) - 2)
            found += _split(starts, m.end(), asked, reported=False)
    return found


def _outright(sentence: str) -> str | None:
    """The words of a question asked outright, or None when it is the rep's own to the bot."""
    words = sentence.strip().strip("\"'\u201c\u201d*_>- ")
    words = _MARKER.sub("", _TOLD_BY.sub("", words)).strip("\"'\u201c\u201d? ")
    quoted = re.search(
        r"(?:^|[\s(:,])[\"\u201c']([^\"\u201c\u201d]{8,}\?)[\"'\u201d]?$", sentence.strip()
    )
    if quoted:
        words = quoted.group(1).strip()
        words = words if _STARTS.match(words) else _LEAD_IN.sub("", words)
    else:
        # "Dana from Northgate: how long does rollout take?" keeps what follows the colon.
        words = words.rsplit(": ", 1)[-1].strip("\"'\u201c\u201d ")
        if not _STARTS.match(words):
            words = _LEAD_IN.sub("", words)
    words = re.sub(
        r"^(?:(?:and|but|or|so|also|then|ok|plus|well|hi|hello|hey)\b[,:]?\s+)+(?=\w)",
        "",
        words,
        flags=re.IGNORECASE,
    )
    if told := _EXPLAIN.match(words):
        words = as_question(words[told.end() :]).rstrip("?")
    if len(words.split()) < 2 or _of_the_rep(words) or len(words) > LONGEST_QUESTION:
        return None
    return words if _STARTS.match(words) or quoted else None


def _of_the_rep(words: str) -> bool:
    return _TO_THE_BOT.search(words) is not None or _REPS_WORDS.search(words) is not None

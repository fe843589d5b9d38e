"""What a rep means by a few words below a card: rules over plain text, first the surest.

A wording that no rule knows is told by its nearest examples (`retrieval/follow_up_reader.py`).
"""

# ruff: noqa: E501 - a pattern is read as one line, or not at all

from __future__ import annotations

import re
from enum import StrEnum

from knowledge.channels import CHANNELS, parse_channel
from knowledge.journey import AssetType
from knowledge.questions import questions_in
from knowledge.vocabulary import INDUSTRIES, ROLE_PATTERN

LONGEST = 400
"""Characters of a follow-up that rules look at: more is an ask, told with its whole story."""


class FollowUp(StrEnum):
    """What is wanted of the card that is talked about."""

    SHORTER = "shorter"
    SOFTER = "softer"
    CHANNEL = "channel"
    EDIT = "edit"
    ALREADY_READ = "already_read"
    ANOTHER = "another"
    OTHER_KIND = "other_kind"
    OTHER_PERSON = "other_person"
    WHY = "why"
    WHY_NOT = "why_not"
    LATER = "later"
    WHEN = "when"
    ALSO_ASKED = "also_asked"
    STAGE = "stage"
    FACTS = "facts"
    APPROVE = "approve"
    SEND = "send"
    UNDO = "undo"
    WHO_ELSE = "who_else"
    WHAT_TO_ASK = "what_to_ask"
    TOUCHES = "touches"
    SUMMARY = "summary"
    LINK = "link"
    SEARCH = "search"
    THANKS = "thanks"
    HELP = "help"
    OFF_TOPIC = "off_topic"


_BOSS = r"boss|manager|colleague|director|controller|team|planner|owner|founder|finance director|supervisor|assistant"
_ROLE = rf"(?:{ROLE_PATTERN}|{_BOSS})"
_IT = r"(?:it|that|this|them|her|him|the (?:mail|draft|message|text|card|piece|link))"
_PLEASE = r"(?:please |just |ok(?:ay)?,? |now |and |so |then |yes,? |great,? |can you |could you |would you |will you )*"

TYPES: tuple[tuple[str, tuple[AssetType, ...]], ...] = (
    (
        r"case[- ]stud(?:y|ies)|customer stor(?:y|ies)|success stor(?:y|ies)|reference stor(?:y|ies)",
        (AssetType.CASE_STUDY,),
    ),
    (r"testimonials?", (AssetType.TESTIMONIAL,)),
    (r"brochures?|flyers?|leaflets?", (AssetType.BROCHURE,)),
    (r"white ?papers?", (AssetType.WHITEPAPER,)),
    (r"e-?books?", (AssetType.EBOOK,)),
    (r"webinars?|recordings?", (AssetType.WEBINAR,)),
    (r"videos?|clips?|something to watch", (AssetType.VIDEO, AssetType.WEBINAR, AssetType.DEMO)),
    (r"podcasts?|something to listen to", (AssetType.PODCAST,)),
    (r"check ?lists?", (AssetType.CHECKLIST,)),
    (r"tutorials?|how-?tos?", (AssetType.TUTORIAL,)),
    (r"comparisons?", (AssetType.COMPARISON,)),
    (r"(?:data ?|spec(?:ification)? ?)sheets?|specs?|specifications?", (AssetType.SPEC,)),
    (r"docs|documentation", (AssetType.DOCS,)),
    (
        r"(?:roi|payback|cost) (?:calculators?|worksheets?|sheets?)|worksheets?|calculators?|roi (?:piece|one)?",
        (AssetType.ROI,),
    ),
    (r"business cases?", (AssetType.BUSINESS_CASE,)),
    (r"(?:blog )?posts?|blogs?", (AssetType.BLOG,)),
    (r"articles?", (AssetType.ARTICLE, AssetType.BLOG)),
    (r"guides?", (AssetType.GUIDE,)),
    (r"(?:research )?reports?|stud(?:y|ies)|surveys?", (AssetType.RESEARCH,)),
    (r"walk-?throughs?|demos?", (AssetType.DEMO,)),
    (r"trainings?|courses?", (AssetType.TRAINING,)),
    (r"newsletters?", (AssetType.NEWSLETTER,)),
)
"""Words for kinds of piece, and which kinds are meant."""
_TYPE = "|".join(p for p, _ in TYPES)
TECHNICAL = (
    AssetType.TUTORIAL, AssetType.DOCS, AssetType.SPEC, AssetType.WHITEPAPER, AssetType.RESEARCH, AssetType.DEMO,
)  # fmt: skip
EASY = (
    AssetType.BLOG, AssetType.ARTICLE, AssetType.CHECKLIST, AssetType.VIDEO, AssetType.PODCAST, AssetType.EBOOK,
    AssetType.BRIEFING,
)  # fmt: skip
_DEEPER = r"(?:more |very |really )?(?:technical|in[- ]depth|detailed|advanced|hands[- ]on)|deeper|more (?:depth|detail|substance)|for (?:an? )?(?:expert|engineer|specialist)s?|too (?:basic|simple|shallow|superficial|light)|(?:goes|go) (?:deeper|into detail)"
_LIGHTER = r"(?:for )?(?:a )?(?:complete )?(?:beginner|newcomer|layman|lay ?people|novice)s?|(?:more )?(?:basic|introductory)|simpler|easier|lighter|less technical|too (?:technical|advanced|deep|complicated|complex|difficult|hard|dense|heavy)|entry[- ]level|intro(?:duction)?"

_CHANNEL_WORD = r"text message|text|sms|whatsapp|linkedin(?: (?:message|post|note|dm))?|social(?: media)?(?: message| post)?|phone(?: call)?|call script|call|talking points|voice ?mail|direct ?mail|post ?card|letter|e-?mail"
_WHEN_LATER = r"later|in (?:a|one|two|three|four|six|\d+) (?:days?|weeks?|months?)|next (?:week|month|quarter|year)|tomorrow|after the (?:holidays|summer|break)"
"""A day on its own: elsewhere in a sentence it is the lead's, as in "they decide next month"."""
_CONTACT = r"call|ring|phone|contact|write(?: to)?|mail|e-?mail|message|try|ask|get back(?: to)?|come back(?: to)?|go back to|reach out(?: to)?|follow up(?: with)?|check back(?: with)?|talk(?: to)?|speak(?: to)?|approach"
_DAY_NAMED = r"(?:jan|febr)uary|jan|feb|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|spring|summer|autumn|fall|winter|q[1-4]|(?:mon|tues|wednes|thurs|fri)day|christmas|new year|easter|(?:the )?holidays?|(?:days?|weeks?|months?|quarter|year)\b|\d{1,2}(?:st|nd|rd|th)|\d{4}"
_RULES: tuple[tuple[FollowUp, str], ...] = (
    (FollowUp.THANKS, r"^\W*(?:(?:ok(?:ay)?|great|perfect|super|lovely|nice|awesome|cool|brilliant)[,!. ]*)*(?:many |much |a thousand )?(?:thanks|thank you|thx|ty|cheers|ta|much appreciated)\b[^?]{0,60}$|^\W*(?:perfect|great|awesome|nice one|love it|brilliant|super|wonderful)[!. ]*$"),
    (FollowUp.HELP, r"^\W*(?:help|\?+|what (?:else )?can (?:i|you|this bot|trailguide) (?:do|say|ask)\b.*|how (?:does this|do you) work|commands?|options|i(?:'m| am) lost)\W*$|\bhow do i (?:use|talk to) (?:you|this|the bot)\b"),
    (FollowUp.LATER, rf"\b(?:{_CONTACT})(?: (?:me|us|her|him|them|it|this|that|again|back|then))* (?:in|after|on|from|until|not before|next|early|late|mid|around|at the (?:end|beginning|start) of)\b[^.?!]{{0,14}}?\b(?:{_DAY_NAMED})\b(?![^.!]*\?)|\b(?:on (?:holiday|vacation|leave)|away|out of (?:the )?office|back) (?:until|till|from|again in|in|on|after)\b[^.?!]{{0,14}}?\b(?:{_DAY_NAMED})\b(?![^.!]*\?)|^\W*not before\b[^?]*$"),
    (FollowUp.EDIT, rf"\b(?:change|replace|rename|fix|reword|rewrite|delete|remove|add|correct|drop|put|insert|swap)\b[^.?!]{{0,20}}\b(?:subject|sentences?|lines?|words?|paragraphs?|greeting|typos?|sign-?off|signature|p\.?s\.?|opening|question at the end|her name|his name|name)\b|\b(?:i want to|let me|can i) (?:edit|change|write) {_IT}"),
    (FollowUp.CHANNEL, rf"\b(?:as|by|via|into|for|over|on|to) (?:an? |the )?(?:{_CHANNEL_WORD})\b|\b(?:make|turn|write|rewrite|draft|give me|have|want|need|prefer|do)\b[^.?!]{{0,30}}\b(?:text message|sms|whatsapp|linkedin|talking points|call script|voice ?mail|direct ?mail|post ?card|letter)\b|\b(?:text|sms|linkedin|phone|call|letter|e-?mail) (?:instead|version|please)\b|\brather (?:phone|call|text|ring)\b|\bback to (?:an? )?e-?mail\b"),
    (FollowUp.SEND, rf"^\W*{_PLEASE}(?:e-?mail|send|post|text|deliver|forward|fire|shoot|ship|mail)(?: off)? {_IT}\b(?! (?:as|by|via|before|already|last)\b).{{0,40}}$|\bsend it (?:out|off|now|for me)\b|\b(?:email|send|mail) (?:that|it|this) to (?:her|him|them)\b"),
    (FollowUp.SHORTER, r"\b(?:short(?:er|en)|briefer|make it brief|be brief|too (?:wordy|much text)|trim|cut (?:it|that|this|down)|concise|fewer words|less (?:text|words|wordy)|much text|tighter|tighten|half (?:the length|as long|of it)|in half|tl;?dr|condense|(?:boil|slim) it down|keep it short)\b|\b(?:it|this|that|draft|mail|text|message)(?:'s| is| looks| seems| reads)?(?: a bit| way| much| far| just| still)* too long\b|^\W*(?:a bit |way |much |far |still )*too long\b"),
    (FollowUp.SOFTER, r"\b(?:soft(?:er|en)|gentl(?:er|e|y)|warmer|friendlier|kinder|nicer|more (?:personal|friendly|polite|human|relaxed|casual)|less (?:pushy|salesy|direct|formal|aggressive|pressure|stiff|forceful)|too (?:pushy|salesy|direct|formal|aggressive|harsh|cold|stiff|strong|blunt)|(?:a bit|bit|sounds?) (?:pushy|salesy|harsh|cold)|tone (?:it|that|this) down|tone down)\b"),
    (FollowUp.WHY_NOT, rf"\bwhy (?:not|isn'?t|aren'?t|wasn'?t|didn'?t|don'?t|no)\b|\bhow come\b|\bwhat(?:'s| is| was) wrong with\b|\bwhat about (?:the|that|our) (?:[\w'-]+ ){{0,3}}?(?:{_TYPE}|one (?:on|about))\b|\bwhy did(?:n'?t you| you not)\b|\bwould(?:n'?t| not) the\b|\bleft? out\b"),
    (FollowUp.WHY, r"^\W*(?:but |and |ok,? |hm+,? |so )?why\b|\b(?:explain|justify) (?:that|this|your|the|it)\b|\bwhat makes you\b|\bhow did you (?:get|pick|choose|come|decide|arrive)\b|\bwhat(?:'s| is| are) (?:the|your) (?:reasons?|reasoning|rationale)\b|\bwhat for\b|\breasons?\?"),
    (FollowUp.SUMMARY, rf"\bsummar(?:y|ise|ize)\b|\bwhat does (?:it|that|this|the \w+(?: \w+)?) say\b|\bgist\b|\bin a nutshell\b|\bkey (?:points?|messages?)\b|\bmain (?:points?|message|takeaways?)\b|\btake-?aways?\b|\bwhat(?:'s| is) (?:it|that|this|in it|in there|the (?:piece|{_TYPE})) (?:about|all about|\?)|\bwhat is in it\b|\bin short\?"),
    (FollowUp.LINK, r"\b(?:link|url|web address)\b|\bwhere (?:can|do|could) i (?:find|read|open|see) (?:it|that|this|the piece)\b|\b(?:open|show me) the (?:piece|page)\b"),
    (FollowUp.APPROVE, r"^\W*(?:(?:please|i|we|ok(?:ay)?|yes|looks good|good|great|fine),? )*approved?\b|^\W*(?:ok(?:ay)?,? |yes,? |yep,? |great,? )*(?:(?:looks?|sounds?) (?:good|great|fine|right)|lgtm|go (?:with|for|ahead)\b.*|that works|works for me|(?:i'?ll|let'?s|we'?ll) (?:take|use|go with) (?:it|that|this).*|fine by me|do it|accepted|use (?:it|that|this)(?: one)?|sign(?:ed)? off)\W*$"),
    (FollowUp.UNDO, r"\bundo\b|\b(?:go|went|going) back\b|\brevert\b|\bdidn'?t mean\b|\bwrong button\b|\btake (?:that|it) back\b|\brestore\b|\b(?:previous|earlier|old|first|original|last) (?:version|draft|text|wording|one)\b|\bby (?:mistake|accident)\b|\bcancel that\b|\bas it was\b"),
    (FollowUp.WHO_ELSE, r"\bwho else\b|\b(?:any(?:one|body)|some(?:one|body)) else\b|\b(?:which|what|other) (?:people|persons|roles|contacts|stakeholders|decision[- ]makers)\b|\bbuying (?:committee|group|team)\b|\bmissing in (?:this|the|that) account\b|\bwho(?:'s| is) (?:missing|not reached)\b"),
    (FollowUp.WHAT_TO_ASK, r"\b(?:what|which questions?) (?:should|could|can|do|would|shall|might) (?:i|we) ask\b|\b(?:what|something|anything) to ask\b|\bquestions? (?:to|for) (?:ask|put|her|him|them)\b|\bgood question\b|\bask (?:her|him|them) (?:something|anything)\b|\bfind out (?:from|about) (?:her|him|them)\b"),
    (FollowUp.TOUCHES, r"\bhow (?:many|often)\b[^.?!]*\b(?:touch(?:es)?|times|contact(?:ed|s)?|mails?|messages?|writ(?:e|ten)|wrote|sent|reach(?:ed)?)\b|\bnumber of touches\b|\btouch (?:count|number)\b|\bhow (?:many|often) (?:have|did) we\b|\bwhich touch is this\b|\bwhat have we sent\b"),
    (FollowUp.WHEN, r"^\W*(?:and |ok,? |so )?when\b(?! (?:she|he|they) )|\bnext (?:date|touch|one) due\b|\bhow long (?:should|do|must) (?:i|we) wait\b|\b(?:what|which) (?:date|day)\b|\bwhen(?:'s| is| should| can| do| will) (?:i|we|the|it|that)\b|\bhow soon\b"),
    (FollowUp.OTHER_PERSON, rf"\b(?:what|how) about (?:the|her|his|their|our|a|an) (?:[\w-]+ ){{0,2}}?{_ROLE}\b|\b(?:for|to) (?:the|her|his|their|our) (?:[\w-]+ ){{0,2}}?{_ROLE}\b|\b(?:another|different|other) person\b|\bsomeone else (?:there|at)\b|^\W*(?:and |now )?(?:the|her|his|their) (?:[\w-]+ ){{0,2}}?{_ROLE}\?"),
    (FollowUp.ALREADY_READ, r"\balready (?:read|seen|saw|got|sent|downloaded|watched|received|know(?:s|n)?)\b|\b(?:has|have|had|'s|'ve) (?:read|seen|watched|downloaded|received) (?:it|that|this|the)\b|\b(?:she|he|they|lead)(?: has| have| did)? (?:read|seen|saw|know|knows) (?:it|that|this|the)\b|\b(?:got|has|have) (?:it|that|this)(?: (?:one|already))?\W*$|\b(?:we|i) (?:have |had )?(?:already )?(?:gave|given|mailed|shared|sent) (?:that|this|it|her|him|them)\b|\b(?:seen|read) (?:that|this) one\b|\balready (?:in|on) (?:her|his|their)\b|\bfamiliar with (?:it|that|this)\b"),
    (FollowUp.SEARCH, r"\b(?:is there|are there|do (?:we|you) have|have (?:we|you) got|got|find(?: me)?|search|look(?:ing)? for|what do (?:we|you) have|what(?:'s| is) there|anything|something|show me what)\b[^.?!]{0,40}\b(?:on|about|regarding|covering|concerning|around)\b \w|\bsearch (?:for )?\w"),
    (FollowUp.OTHER_KIND, rf"\b(?:{_DEEPER}|{_LIGHTER})\b|\b(?:an?|some|any|rather|prefer|want|need|got|have|with|the) (?:[\w-]+ ){{0,2}}?(?:{_TYPE})\b(?: instead| please| rather|\W*$)|\b(?:{_TYPE}) (?:instead|rather|please)\b|\b(?:is there|do you have|have you got|got|any) (?:an? )?(?:{_TYPE})\b"),
    (FollowUp.ANOTHER, r"\banother\b|\bsomething (?:else|different)\b|\b(?:a )?different (?:one|piece|asset|suggestion)\b|\bwhat else (?:do|have|is|can)\b|\bnext (?:option|best)\b|\bnot (?:that|this) one\b|\b(?:other|more) (?:options?|ideas?|suggestions?|pieces?)\b|\btry again\b|\balternatives?\b|\bdoesn'?t fit\b|\bdon'?t like (?:it|that|this)\b|\banything else\?"),
    (FollowUp.LATER, rf"\b(?:not (?:now|yet|today)|snooze|remind me|hold off|on hold|wait (?:until|till|a|for|two|another)|let'?s wait|postpone|park (?:it|this|that)|put (?:it|this|that) off|come back to (?:it|this|that|her|him|them)|too early)\b|\b(?:ping|ask|nudge|tell|try|contact|write|send|do|move|delay|look at|get back|follow up)\b[^.?!]{{0,30}}\b(?:{_WHEN_LATER})\b|^\W*(?:(?:ok(?:ay)?|maybe|better|rather|not|yes|no|hm+|thanks|please),? )*(?:{_WHEN_LATER})\b"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _RULES)
_ASKED = re.compile(
    r"\b(?:she|he|they|the lead|lead|customer|prospect|[A-Z][a-z]+)(?:'s| is| has| have| had| was| would)?(?: also| now| just| then| even| already)*"
    r" (?:asks?|asked|asking|wants? to (?:know|understand|learn|see)|wanted to know|like to know|wonder(?:s|ed|ing)?|curious|(?:has|had|have) (?:a|another|one more|two) questions?|worr(?:y|ies|ied)|concerned)\b"
    r"|\b(?:also|and) (?:asks?|asked|wants? to know|wonder(?:s|ed|ing)?)\b|\b(?:another|one more|new|second) question\b|\b(?:her|his|their) (?:next |other |new )?question\b"
)
"""What the lead asks, told by the rep."""
_REFUSED = re.compile(
    r"^\W*(?:please )?(?:don'?t|do not|no need to|never)\b(?! (?:like|you|we))", re.IGNORECASE
)
_STAGES = r"awareness|interest|consideration|decision|customer"
_THANKED = re.compile(
    r"\W*(?:(?:ok(?:ay)?|great|perfect|super|lovely|nice|awesome|cool|brilliant)[,!. ]*)*"
    r"(?:many |much |a thousand )?(?:thanks|thank you|thx|ty|cheers|ta)\b"
    r"(?: (?:so much|very much|a lot|again))?(?: for\b[^,.!;?]*)?\W*(?:but |and )?",
    re.IGNORECASE,
)
"""A thanks that something may follow: "Thanks, make it shorter"."""
_ASKS_WHETHER = re.compile(r"^\W*(?:is|was|has|have|had|did|do|does)\b.*\?", re.IGNORECASE)
"""A question turns no card down: "Has she already read it?"."""
_STAGE = re.compile(
    rf"\b(?:{_STAGES})[- ]?(?:stage|phase|level)\b(?=[^?]*$)|\b(?:stage|phase|level)(?: is|:|=)? (?:{_STAGES})\b|\b(?:she|he|they|it|we|lead)(?:'s|'re| is| are)(?: now| already| still| only| just| at| in| the)* (?:{_STAGES}|a customer)(?: now| already| by now)?\W*$|\b(?:further|farther) along\b|\b(?:already|only|still|just) (?:comparing|looking|browsing|deciding|evaluating|shortlisting)\b|\bcomparing (?:vendors|tools|options|products)\b|\b(?:has|have|just|already) (?:bought|signed)\b|\bshort-?list(?:ed|ing)?\b|\bready to (?:sign|decide)\b|\b(?:earlier|later) stage\b|\bevaluat(?:ing|ion)\b",
    re.IGNORECASE,
)
_IS = re.compile(r"\b(?:she|he|they|it|company|lead)(?:'s|'re| is| are| was)\b|\bat\b|\bactually\b|^\W*(?:no|wrong)\b|\bstage\b", re.IGNORECASE)  # fmt: skip
_FACT = re.compile(
    rf"\b(?:she|he|they|it|the lead|the company|company|firm|her company|his company|their company|we know)(?:'s|'re)?\b[^?]{{0,30}}\b(?:works? (?:in|at|for|as)|is (?:an? |the |in )|are (?:an? |the |in |about )|in the|have|has|employs?|with)\b"
    rf"|\b\d[\d,. ]*k? ?(?:people|employees|staff|heads|ftes?|workers)\b|\b(?:{'|'.join(p for _, p in INDUSTRIES)}) (?:company|firm|business|industry|sector)\b|\b(?:role|title|job|industry|size|company) is\b",
    re.IGNORECASE,
)


def by_rule(text: str) -> FollowUp | None:
    """What a follow-up wants, when a rule knows its wording; None is no judgement."""
    said = _plain(text)
    if not said or len(said) > LONGEST:
        return None
    if _ASKED.search(said) and questions_in(said):
        return FollowUp.ALSO_ASKED
    if (thanked := _THANKED.match(said)) and (rest := said[thanked.end() :]):
        return by_rule(rest) or FollowUp.THANKS
    out = _WISHES if _REFUSED.search(said) else frozenset()
    if _ASKS_WHETHER.search(said):
        out |= {FollowUp.ALREADY_READ}
    for kind, pattern in _COMPILED:
        if kind not in out and pattern.search(said):
            return kind
    return None if "?" in said else _told(said)


def _told(said: str) -> FollowUp | None:
    if _STAGE.search(said) and _IS.search(said):
        return FollowUp.STAGE
    return FollowUp.FACTS if _FACT.search(said) else None


_WISHES = frozenset({
    FollowUp.SHORTER, FollowUp.SOFTER, FollowUp.CHANNEL, FollowUp.OTHER_KIND, FollowUp.ANOTHER, FollowUp.SEND,
    FollowUp.APPROVE,
})  # fmt: skip
"""What "don't …" turns into its opposite."""


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u2019", "'")).strip()


_LEADS_OWN_DAY = re.compile(
    r"^\W*(?:she|he|they|(?:her|his|their) \w+)\b.*\b(?:decid|is back|are back|meet|has a|have a)",
    re.IGNORECASE,
)


def turns_no_card_down(text: str, kind: FollowUp) -> bool:
    """Whether words that are only like those of `kind` must not put a card away."""
    said = _plain(text)
    asked = kind is FollowUp.ALREADY_READ and _ASKS_WHETHER.search(said)
    return bool(asked or (kind is FollowUp.LATER and _LEADS_OWN_DAY.search(said)))


_SENT = re.compile(
    r"^\W*(?:i|we)(?:'ve| have)? (?:just |now )?sent it(?: out| off| now| today)*\W*$",
    re.IGNORECASE,
)


def says_sent(text: str) -> bool:
    """Whether the rep tells of having sent the card's text, as in "I have sent it"."""
    return _SENT.match(_plain(text)) is not None


def channel_in(text: str) -> str | None:
    """The channel that a follow-up names, the last one named when there are several."""
    found = None
    for match in re.finditer(_CHANNEL_WORD, text, re.IGNORECASE):
        word = re.sub(r" (?:message|post|note|dm)$", "", match.group(0).lower())
        if word in {"talking points", "call script", "voice mail", "voicemail"}:
            word = "phone"
        found = parse_channel(word) or found
    return found if found in CHANNELS else None


def types_in(text: str) -> tuple[AssetType, ...]:
    """The kinds of piece that a follow-up names, by name or by level; none when it names none."""
    for pattern, types in TYPES:
        if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            return types
    if re.search(rf"\b(?:{_LIGHTER})\b", text, re.IGNORECASE):
        return EASY
    return TECHNICAL if re.search(rf"\b(?:{_DEEPER})\b", text, re.IGNORECASE) else ()


def role_in(text: str) -> str | None:
    """The role of the other person that a follow-up names; None when it names none."""
    found = re.search(
        rf"\b(?:the|her|his|their|our|an?) ((?:[\w-]+ ){{0,2}}?{_ROLE}(?: of [\w ]{{2,30}})?)\b",
        text,
        re.IGNORECASE,
    )
    named = found or re.search(rf"\b({ROLE_PATTERN})\b", text, re.IGNORECASE)
    return named.group(1).strip() if named else None


def topic_in(text: str) -> str:
    """What a search is about: the words after "on", "about" and the like, or all of it."""
    found = re.search(
        r"\b(?:on|about|regarding|covering|concerning|around|for)\b (.+)$",
        _plain(text),
        re.IGNORECASE,
    )
    topic = (
        found.group(1)
        if found
        else re.sub(r"^.*?\bsearch\b", "", _plain(text), flags=re.IGNORECASE)
    )
    return topic.strip(" ?.!\"'")

"""Whether words ask for sales: a demo, a meeting, an offer, terms or a salesperson (M16, M50).

Asking about such things in general ("what should a demo show?") is learning, and so is turning
one down ("no demo yet"): neither hands a lead over. Each clause is judged by itself: it needs a
word that requests, then the thing, with nothing before them that denies or delays, and nothing
that shows it is about other people's demos, meetings, offers or contracts.
"""
# ruff: noqa: E501 - a pattern is read as one line, or not at all

from __future__ import annotations

import re

from knowledge.remembered import remembered

_WORD = r"(?:[\w'/&-]+ )"
_CAN = r"(?:can|could|may|might|would|will|shall|should)"
_PEOPLE = r"(?:i|we|he|she|they|team|boss|manager|director|cfo|cio|cto|coo|ceo|\w+ and i)"
_POLITE = (
    rf"(?:{_CAN} (?:you|we|i|someone|somebody|anyone|one of|your)|please|pls|plz|kindly|let'?s|let us"
    rf"|{_PEOPLE}(?:'d|'ll| would| do)? (?:also |now |really |both |all |just |definitely )?"
    r"(?:like|love|want|wants|wanted|need|needs|prefer|appreciate|welcome)"
    r"|(?:asked|asks|asking|requested|requests|wants|wanted|hoping|hopes|wishes|would like|would love)"
    r"|(?:ready|keen|happy|open|eager|pleased|glad|time|interested|looking forward) (?:to|in|for)"
    r"|how (?:do|can|could|would|should) (?:i|we)|(?:when|where) (?:do|can|could|would|might) (?:we|i|you)"
    r"|is it possible|would it be possible|is there (?:a way|any way|someone|somebody|anyone)|any chance"
    r"|why (?:not|don't we)|do you have (?:time|a slot|availability)|are you (?:free|available)"
    r"|who (?:can|could|do|should) (?:i|we|you|walk|show|give|send))"
)  # fmt: skip
_IMPERATIVE = r"^(?:(?:hi|hello|hey|yes|ok|okay|great|thanks|sure|also|and|so|then) )*"
_DIRECT = (
    rf"(?:{_PEOPLE}(?:'d|'ll| would| do)? (?:also |now |really |just )?(?:like|love|want|wants|need|needs|welcome|appreciate)"
    r"|(?:asked|asks|asking|request|requests|requesting|looking|ready|keen|open|time) (?:us |me )?for|(?:up )?for"
    r"|requested|requesting|interested in|(?:^|and )(?:wants?|wanted|needs?|would like|would love))"
)  # fmt: skip
_A = r"(?:a |an |the |your |another |some |one |any |this |that |our |their |his |her )"
_ADJ = r"(?:[\w'/&-]+ ){0,3}?"
_NOT_COMPOUND = (
    r"\b(?! ?-?(?:management|tools?|software|systems?|automation|tracking|analytics|templates?|generators?|engine"
    r"|workflows?|process(?:es)?|optimi[sz]\w+|cent(?:er|re)s?|off|offs|out|rates?|volumes?|logs?|rooms?|notes|minutes"
    r"|recordings?|forwarding|routing|queues?|handling|data|sensitivity|elasticity|increases?|changes?|lists? import"
    r"|pressure|comparison|feeds?|updates?|lifecycle|renewals? (?:module|tracking)|approvals?|signature|agent|bots?))"
)

_DEMO = r"(?:demos?|demonstration|walk-?through|product tour|guided tour)"
_MEETING = (
    r"(?:meeting|call|appointment|conversation|chat|sit-?down|zoom|slot|visit"
    r"|(?:\d+|fifteen|twenty|thirty|half an) ?-?(?:minutes?|min|mins|hour) (?:with you|of your time|to talk|on the phone))"
)
_OFFER = (
    r"(?:quotes?|quotations?|proposal|offer|bid|price list|pricelist|pricing|prices?|price indication|ballpark|estimate"
    r"|rate card|commercials)"
)
_TERMS = (
    r"(?:contract|contracts|terms|terms and conditions|t&cs|msa|service agreement|services agreement|order form"
    r"|agreement|sla|nda|paperwork|terms sheet)"
)
_SALES = (
    r"(?:sales ?person|sales ?people|sales|sales ?rep|a rep|your rep|sales representative|representative|account executive"
    r"|account manager|sales engineer|(?:someone|somebody|anyone|a person|one) (?:in|from|on|at|of) (?:sales|your)|your team"
    r"|a colleague of yours|a human|a real person)"
)
_GET = r"(?:send|share|give|get|getting|see|have|having|receive|obtain|provide|prepare|put together|draw up|draft|request|ask for|email|e-mail|mail|forward|submit|issue|show|do|run|book|schedule|arrange|organi[sz]e|set up|sign up for|review|go over|discuss|talk about|talk through|work out|make)"
_BOOK = r"(?:book|booking|schedule|scheduling|arrange|arranging|organi[sz]e|organi[sz]ing|set up|setting up|setup|set|have|having|get|get on|hop on|jump on|do|find|fix|make|plan|join|give|offer|put in|grab|squeeze in|request|ask for|see|watch|attend|run|show|do)"


def _rules(kind: str, *patterns: str) -> list[tuple[str, re.Pattern[str]]]:
    return [(kind, re.compile(p)) for p in patterns]


_PATTERNS = (
    *_rules(
        "a demo",
        rf"{_POLITE} {_WORD}{{0,6}}?{_BOOK} (?:me |us |our team |my team )?{_A}?{_ADJ}{_DEMO}{_NOT_COMPOUND}",
        rf"{_IMPERATIVE}{_BOOK} (?:me |us |our team )?{_A}?{_ADJ}{_DEMO}{_NOT_COMPOUND}",
        rf"{_DIRECT} {_A}?{_ADJ}{_DEMO}{_NOT_COMPOUND}",
        rf"{_POLITE} {_WORD}{{0,4}}?(?:demo|demonstrate) (?:it|this|that|the|your)\b",
        rf"{_POLITE} {_WORD}{{0,3}}?(?:show|walk|take) (?:me|us|my \w+|our \w+) (?:how it works|how (?:it|this|your)|{_WORD}{{0,4}}?(?:product|tool|system|software|platform|app|solution|in action|around))\b",
        rf"{_POLITE} {_WORD}{{0,4}}?see (?:it|this|that|your \w+|the \w+) {_WORD}{{0,3}}?(?:live|in action|working|running)\b",
        r"^(?:a )?(?:live |short |quick |product |personal )*demo (?:please|pls|next|this|tomorrow|for us|for our)\b",
        r"^(?:a )?demo request\b",
        rf"{_POLITE} {_WORD}{{0,4}}?(?:walk|take|run|guide) (?:me|us|him|her|them|(?:my|our) (?:\w+ ){{1,3}}?)\W*through (?:it|the \w+|your \w+|this \w+)(?: \w+)? ?(?:live|together|on (?:a|our|your|the|zoom|teams)\b|over (?:zoom|teams)|in person|$)",
        rf"{_POLITE} {_WORD}{{0,4}}?(?:walk|take|run|guide) (?:me|us|him|her|them|(?:my|our) (?:\w+ ){{1,3}}?)\W*through (?:it|(?:the|your) (?:product|tool|system|software|platform|app|solution|dashboard|planner))\b",
        rf"{_POLITE} (?:\w+ ){{0,4}}?(?:give|get|show|have) (?:(?:me|us|our team) )?(?:a |the )?(?:short |quick |guided |live )?(?:tour|live session|hands-on session)\b{_NOT_COMPOUND}",
        rf"(?:{_POLITE}|how soon (?:can|could) you|when (?:can|could) you|any chance of|set (?:me|us) up (?:with|for)) (?:\w+ ){{0,4}}?(?:a )?demo(?: (?:it|this|to|for)|$|,| account)",
        rf"{_POLITE} {_WORD}{{0,4}}?(?:show|present|demonstrate|pitch) (?:it |this |the \w+ |your \w+ |something )?(?:to|for|around) (?:our|my|the) (?:\w+ )?(?:team|management|board|committee|colleagues|directors|planners|cfo|ceo|coo|cio|boss|works council)\b",
        rf"{_POLITE} (?:arrange|organi[sz]e|have|book|schedule|set up|do|give (?:us|me)) (?:a |your |the )?(?:\w+ )?presentation (?:for|to) (?:us|me|our|my)\b",
        rf"{_POLITE} {_WORD}{{0,4}}?(?:come|send (?:someone|somebody|a \w+|one of your \w+)) (?:over |here |in |by |out )?(?:to|and) (?:present|show|demo|demonstrate)\b",
        r"^(?:sign|count|put) (?:me|us) (?:up|in|down) for (?:a |the |your )?(?:\w+ )?demo\b",
    ),
    *_rules(
        "a meeting",
        rf"{_POLITE} {_WORD}{{0,4}}?{_BOOK} (?:me |us |you )?{_A}?{_ADJ}{_MEETING}{_NOT_COMPOUND}",
        rf"{_IMPERATIVE}(?:book|schedule|arrange|set up|organi[sz]e) {_A}?{_ADJ}{_MEETING}{_NOT_COMPOUND}",
        rf"{_DIRECT} (?:a |another |one |some )(?:\w+[ -]){{0,3}}?{_MEETING}{_NOT_COMPOUND}",
        rf"{_POLITE} {_WORD}{{0,3}}?(?:meet|talk|speak|chat|catch up)(?: with you| to you)?(?: in person| next week| tomorrow| today| this week| on \w+day| next \w+day| \w+day| face to face| over the phone| by phone| on the phone| live)\b",
        rf"{_POLITE} {_WORD}{{0,2}}?(?:meet|catch up)(?: with)? you\b",
        r"\bwhen (?:can|could|shall) we (?:meet|talk|speak)$|\blet me know when (?:we can|you can|you are free to) (?:meet|talk|speak|call)\b",
        r"^(?:can|could|shall|may) we (?:please )?(?:meet|talk|speak)(?: (?:soon|sometime|in person|next|this|tomorrow|today|at|about (?:a|the|your|pricing|licen[cs]\w+))\b.*)?$",
        r"\b(?:get|have|request(?:ed|ing)?|need|want|like|for|book) a (?:call ?-?back|phone call from (?:you|one of you))\b",
        r"\b(?:book|grab|pick|choose) (?:a|any) (?:slot|time) (?:with me|in my calendar|that suits)\b|\bmy calendar(?: link)? (?:is|here|below)\b|^here(?:'s| is) my calendar\b",
        r"^(?:please|can you|could you|would you) (?:please )?(?:contact|get back to) (?:me|us)(?: about (?:buying|next steps|an order|pricing|a deal)\b|$)",
        rf"(?:{_POLITE} |^){_WORD}{{0,2}}?(?:call|ring|phone) (?:me|us|him|her|me back|us back)\b",
        rf"(?:{_POLITE} |^){_WORD}{{0,2}}?give (?:me|us|him|her) a (?:\w+ )?(?:call|ring|shout|bell)\b",
        rf"{_POLITE} {_WORD}{{0,2}}?come (?:by|over|in|to (?:our|the) (?:office|site|plant))\b",
        r"\b(?:are you (?:free|available)|do you have (?:time|a slot|availability)|when (?:are you|would you be) (?:free|available))\b",
    ),
    *_rules(
        "an offer",
        rf"{_POLITE} {_WORD}{{0,4}}?{_GET} (?:to )?(?:me |us |over |him |her )?(?:with )?{_A}?{_ADJ}{_OFFER}{_NOT_COMPOUND}",
        rf"{_IMPERATIVE}(?:send|share|give|get|email|forward|provide|prepare|submit) (?:me |us |over )?(?:with )?{_A}?{_ADJ}{_OFFER}{_NOT_COMPOUND}",
        rf"{_DIRECT} (?:a |an |your |some |another )(?:\w+ ){{0,3}}?(?:quote|quotation|proposal|offer|bid|price list|pricing|price|price indication|ballpark|estimate)\b(?! (?:book|tag|point|range for our)){_NOT_COMPOUND}",
        rf"{_DIRECT} (?:pricing|prices|quotes|commercials)\b{_NOT_COMPOUND}",
        rf"(?:{_POLITE} |^){_WORD}{{0,2}}?quote (?:us|me|for|on)\b",
        r"\bwhat (?:would|will|do|could) you (?:charge|quote|offer) (?:us|me|for|a company|our)\b",
        r"\bwhat would (?:it|that|this|you) (?:cost|charge) us\b(?= for \d| to (?:buy|start with you))",
        r"^(?:so |ok |hi |hello )?(?:please|pls|kindly) quote\b",
        r"\b(?:get|come) back to (?:me|us) with (?:a |an |your )?(?:\w+ )?(?:price|prices|pricing|offer|quote|proposal|figure|number)s?\b",
        r"\b(?:reach out|contact|call|email|write|get in touch)(?: (?:to|with))? (?:me|us) (?:to discuss|about|on|regarding) (?:pricing|prices|licen[cs]\w+|a quote|an offer|a licen[cs]e|buying|a purchase|a contract)\b",
        r"\bwhat(?:'s| is| would be) your (?:best|last|final|lowest) (?:price|offer)\b",
        rf"{_POLITE} {_WORD}{{0,3}}?(?:send|issue|email) (?:me |us )?(?:an? |the )?(?:rfp response|response to our (?:rfp|tender)|invoice (?:for|so))\b",
        r"^our (?:procurement|purchasing|finance)(?: \w+)? needs (?:your|an|a) (?:offer|quote|quotation|proposal|price)\b",
        r"^(?:a )?(?:\w+ )?(?:quote|quotation|pricing|price|prices|proposal|offer) (?:please|pls|for (?:\d|our|us|a team of))",
        r"\bwhat(?:'s| is| are) your (?:best |lowest )?(?:price|offer|quote|discount) for (?:\d|us|our)",
        r"\b(?:which|what|any) (?:volume )?discounts? (?:can|could|would|do|will) you (?:offer|give|do)\b",
        r"\b(?:can|could|would|will|do) you (?:offer|give|do) (?:us |me )?(?:a |any )?(?:volume |better )?(?:discounts?|price)\b",
    ),
    *_rules(
        "contract terms",
        rf"{_POLITE} {_WORD}{{0,4}}?{_GET} (?:me |us |over )?(?:with )?{_A}?{_ADJ}{_TERMS}{_NOT_COMPOUND}",
        rf"{_IMPERATIVE}(?:send|share|give|email|forward|provide|prepare) (?:me |us |over )?{_A}?{_ADJ}{_TERMS}{_NOT_COMPOUND}",
        rf"{_DIRECT} (?:a |an |your |the )(?:\w+ ){{0,2}}?(?:draft contract|contract|contract draft|order form|msa|nda|terms)\b{_NOT_COMPOUND}",
        r"\bwhat (?:are|would be|is|would) (?:your|the) (?:standard |usual |commercial |minimum )?(?:contract|payment|licen[cs]e|licen[cs]ing|cancellation|renewal|commercial)? ?(?:terms|notice period|contract length|contract term)\b(?! in| of art)",
        rf"{_POLITE} {_WORD}{{0,3}}?sign(?! ?-?(?:in|on|off|up|into|a petition))(?: (?:a|the|this|your))?(?: (?:contract|agreement|order|deal|paperwork|it))?(?:$| (?:this|next|by|today|now|tomorrow)\b)",
        r"\b(?:do|does|can|will|would|are) your (?:standard |usual )?(?:contracts?|terms|agreements?) ",
        r"\bwhat do your (?:\w+ ){0,3}?(?:terms|terms and conditions|contracts?|agreements?) (?:look like|say|cover|include)\b",
        rf"{_POLITE} {_WORD}{{0,2}}?negotiate(?:$| (?:the |your |a |on )?(?:terms|contract|price|pricing|deal|conditions|agreement)(?! (?:with (?!you\b))))",
        r"\bhow long (?:is|are|would be) (?:your|the) (?:minimum )?(?:contracts?|contract term|commitment)\b",
    ),
    *_rules(
        "a salesperson",
        rf"{_POLITE} {_WORD}{{0,4}}?(?:talk|speak|chat|get in touch|be in touch|connect|touch base|put (?:me|us) (?:in touch|through)|connect (?:me|us)|hear|contact|reach|reach out|introduce (?:me|us)|meet)(?:ing)? (?:to |with |from |out to )?{_ADJ}{_SALES}\b(?! (?:data|figures|numbers|software|tools?|process|history|tax|orders?|pipeline|forecasts?))",
        r"\b(?:someone|somebody|anyone|a person|person|whom|who) (?:there )?(?:that )?(?:i|we) (?:can|could|may|should) (?:talk|speak|chat) (?:to|with)\b(?! (?:in|at|on) our)",
        r"\bwho (?:can|could|do|should|would) (?:i|we) (?:talk|speak|write|turn) (?:to|with) (?:at|about|on your|there|over there|to (?:buy|get|move))",
        r"\b(?:have|let|ask|get) (?:someone|somebody|a (?:rep|colleague|sales\w*)|one of your \w+|your (?:team|rep|sales\w*|colleague))(?: (?:from|in|on) (?:sales|your \w+))? (?:to )?(?:call|ring|contact|reach out|get in touch|be in touch|visit|present|email)\b",
        rf"{_POLITE} {_WORD}{{0,3}}?(?:someone|somebody|a rep|a colleague|one of your \w+|your \w+) (?:please |to )?(?:call|ring|contact|reach out|get in touch|be in touch|visit us)\b",
        r"\b(?:tell|ask|have|let|get) (?:your|the|a) (?:sales ?\w*|rep|reps|account \w+|commercial \w+)(?: (?:guy|team|people|person|colleague|manager|executive|out))? ?(?:to |should |please )?(?:call|ring|contact|visit|reach|get|speak|talk|here|out)\b",
        rf"(?:{_POLITE} |\b{_CAN} |^)(?:a|your|one of your|some|any of your) (?:sales ?\w*|rep|reps|representative|account \w+)(?: \w+)? (?:please )?(?:call|ring|contact|visit|reach|get in touch|be in touch|come)\b",
        rf"{_POLITE} {_WORD}{{0,3}}?(?:speak|talk|connect|get in touch) (?:to|with) (?:your|the) (?:commercial|sales|enterprise|licen[cs]ing|account)\b",
        rf"{_POLITE} {_WORD}{{0,3}}?get (?:a|your|one of your) (?:sales ?)?reps?(?:resentative)? (?:out|over|here|on)\b",
        r"\bwho(?:m)? (?:do|should|can|could|would|must) (?:i|we) (?:talk|speak|contact|write|turn|go|call)(?: to| with)? ?(?:to|about|for|regarding|if) (?:\w+ ){0,3}?(?:buy|buying|order|ordering|an order|purchas\w+|licen[cs]\w*|seats|a quote|an offer|pricing|a demo|a contract|signing up)\b",
        r"\bwho(?:'s| is| would be) (?:our|my|the|your) (?:account manager|account executive|sales (?:contact|rep\w*|person))\b",
        r"\b(?:rather|prefer to|like to|want to|can i|could i|may i) (?:talk|speak) (?:to|with) an? (?:human|real person|person|actual person)\b",
        r"\b(?:connect|put) (?:me|us) (?:with|in touch with) who(?:m)?ever\b",
        rf"(?:{_POLITE} |\b(?:we|i) (?:would|'d) )(?:\w+ ){{0,2}}?(?:buy|purchase|order|take|license|subscribe to) (?:\d+|some|more|another|a few|the) (?:\w+ )?(?:seats?|licen[cs]es?|users?|subscriptions?|plan)\b",
        r"^(?:and |so |ok )?how (?:do|can|could) (?:i|we) (?:sign up|buy(?: this| it| from you)?|become a customer|place an order|get started with you)$",
        r"\b(?:decided|chosen|choose|going) to go with you\b|^where do (?:i|we) sign$",
        rf"^(?:put|connect) (?:me|us) (?:in touch|through)?(?: ?(?:with|to)) {_ADJ}{_SALES}\b",
        rf"{_POLITE} (?:to )?(?:talk|speak) (?:to|with) (?:you|someone|somebody|sales)\b",
        rf"{_POLITE} {_WORD}{{0,2}}?(?:buy|purchase|order)(?: (?:it|this|now|from you|licen[cs]es|seats|your \w+)\b| from you| today|$)",
    ),
)  # fmt: skip

_NOT_DENIAL = re.compile(
    r"\b(?:why (?:not|don't we|dont we|don't you|can't we)|(?:can't|cant|cannot) wait (?:to|for)"
    r"|if (?:you|it) (?:don't|do not|doesn't) mind|wouldn't mind|would not mind|(?:don't|do not) hesitate to|no rush"
    r"|not only|no problem|not a problem|not (?:just|sure whether you))\b"
)
_DENIED = re.compile(
    r"\b(?:no|not|never|without|nor|neither|cannot|can't|cant|don't|dont|doesn't|doesnt|won't|wont|didn't|wouldn't"
    r"|isn't|aren't|haven't|hasn't|shouldn't|couldn't|needn't|rather than|instead of|too early|too soon|premature"
    r"|prior to|ahead of|hold off|avoid|skip|stop|unless|declined?|declines|cancel(?:led)?|turned down|refused?"
    r"|already (?:had|have|got|seen|did|done)"
    r"|(?:before|until|till|after)(?! (?:mon|tues|wednes|thurs|fri|satur|sun)day| the end| end| next| \d| christmas| easter"
    r"| the (?:holidays|summer|weekend)| year| this| lunch| noon| q\d))\b"
)
_DENIED_LATER = re.compile(
    r"^ (?:\w+ ){0,4}?(?:(?:is|are|would be|feels|seems) (?:not|too early|too soon|premature)|isn't|not (?:yet|now|needed|necessary)"
    r"|(?:yet|one day|some ?day|eventually|at some point)$)"
)
_ABOUT = re.compile(r"\b(?:how|what|whether|why|which|questions|about how)\b")
_HOW_WE = re.compile(
    r"^(?:how (?:do|can|could|would|should) (?:i|we)|why (?:not|don't we))\b"
    r"|\b(?:show|walk) (?:me|us|my \w+|our \w+) (?:through )?how (?:it|this|that|your)\b"
)
_IN_GENERAL = re.compile(
    r"^(?:and |so )?how (?:do|can|could|should|would) (?:i|we) (?:best )?(?:show|present|demonstrate|pitch|explain)\b"
    r"|^(?:do|would|should|did) (?:i|we) (?:\w+ )?need\b|^(?:what|which) (?:are|is) the (?:\w+ )?terms for\b|\bquote (?:from|by) (?:the|a|an) (?:report|book|study|article)\b"
    r"|\brequests? for (?:proposals?|quotations?)\b(?=.{0,3}$)|^(?:and |so )?how (?:do|can|should) (?:i|we) (?:do|run|hold|conduct|perform|prepare) a (?:walk-?through|demo)\b"
    r"|\b(?:they|people|everyone|he|she|nobody) (?:\w+ )?(?:calls?|rings?|phones?|contacts?) (?:me|us)\b"
    r"|^(?:do|does|did|are|is) (?:demos?|meetings?|calls?|offers?|quotes?|contracts?)\b"
)
"""Such things as a matter to learn about."""
_OUR_OWN = re.compile(r"^how (?:do|can|could|would|should) (?:i|we)\b(?!.*\b(?:you|your|yours)\b)")
_OTHERS = re.compile(
    r"\b(?:how|what|why|when) (?:do|did|can|could|should|would|are|have) (?:other|others|most|people|companies|teams|plants|firms|buyers|vendors|suppliers|similar)\b"
    r"|\b(?:vendors?|suppliers?|other (?:providers?|tools?)|several (?:providers|offers|quotes)|three (?:quotes|offers)|competing|competitors?)\b"
    r"|\b(?:from|by|to|for|with|of) (?:our |my |their |new |the )?(?:customers?|clients?|patients?|candidates?|prospects?|members|tenants?|guests?|carriers?|subcontractors?|employees|students|parents|applicants|insurers?)\b"
    r"|\b(?:recording|recorded|on-demand)\b|\bdemo (?:video|recording|data|accounts?|environment|day)\b"
    r"|\b(?:template|templates|examples?|sample|samples|checklist|guide|article|webinar|video|white ?paper|e-?book|case stud(?:y|ies)|business case|blog|past (?:the|our))\b"
    r"|\b(?:sign|log) ?-?(?:in|on) "
)
_OUR_PEOPLE = re.compile(
    r"\bwith (?:our|my|the) (?:own |whole )?(?:cfo|ceo|cio|coo|board|boss|management|finance|it|colleagues|union|works council|staff|auditors?|customers?|clients?|patients?|drivers?|technicians?|employees?|candidates?|managers?|stakeholders?|steering \w+)\b"
)
_SENTENCES = re.compile(r"[!?\n]+|\.(?=\s|$)")
_INSTEAD = re.compile(r"(?<=\w),? (?:instead of|rather than)\b.*$")
"""What somebody wants less says nothing against what they want."""
_SHORT = 4
"""Words; a shorter sentence belongs to the one before it."""
_PAST = re.compile(
    r"^(?:many )?(?:thanks|thank you) for\b|\b(?:yesterday|last (?:week|month|year))\b"
    r"|\b(?:yet|one day|some ?day|eventually|at some point|later)$"
)
"""What was, or may be one day, is not asked for now."""
_CLAUSES = re.compile(
    r"[.!?;:\n()\u2013\u2014]+|\s-+\s|,\s*(?:(?:but|so|and|then)\b)?|\bbut\b|\bthough\b"
)


@remembered
def asks_for_sales(text: str) -> str | None:
    """What the words ask for, as a rep would say it ("a demo"), or None when they ask for nothing.

    Kinds: a demo, a meeting, an offer, contract terms, a salesperson.
    """
    plain = re.sub(r"[\u2018\u2019\u0060]", "'", text.lower())[:_LONGEST]
    for raw in _CLAUSES.split(plain):
        clause = " ".join(raw.split())
        if not clause or _OTHERS.search(clause) or _IN_GENERAL.search(clause):
            continue
        for kind, pattern in _PATTERNS:
            found = pattern.search(clause)
            if not found or _about_it(clause, found) or _denied(clause, found):
                continue
            if kind != "a demo" and _OUR_PEOPLE.search(clause):
                continue
            if kind == "a meeting" and _OUR_OWN.search(clause):
                continue  # "how do we run a stand-up meeting" is about their own meetings
            return kind
    return None


def may_ask_for_sales(text: str) -> tuple[str, ...]:
    """The sentences that could ask for sales: those that neither deny nor speak of others.

    For readers that judge a whole sentence and cannot tell "a demo" from "no demo".
    """
    plain = re.sub(r"[\u2018\u2019\u0060]", "'", text.lower())[:_LONGEST]
    sentences: list[str] = []
    for raw in _SENTENCES.split(plain):
        sentence = _INSTEAD.sub("", " ".join(raw.split())).strip()
        if sentences and sentence and sentence.count(" ") + 1 < _SHORT:
            sentences[-1] += f". {sentence}"  # "... Yours?" says nothing by itself
        elif sentence:
            sentences.append(sentence)
    return tuple(s for s in sentences if s.count(" ") >= 2 and not _closed(s))


def _closed(sentence: str) -> bool:
    # What denies in a clause of its own denies the clause, yet "not now, call us" is two.
    told = _NOT_DENIAL.sub(" ", sentence)
    others = (
        _OTHERS.search(sentence)
        or _IN_GENERAL.search(sentence)
        or _OUR_OWN.search(sentence)
        or _OUR_PEOPLE.search(sentence)
    )
    return bool(others or _DENIED.search(told) or _PAST.search(sentence))


_LONGEST = 5_000
"""Characters read: a request stands in a mail's first page or it is no request."""


def _denied(clause: str, found: re.Match[str]) -> bool:
    before = _NOT_DENIAL.sub(" ", clause[: found.end()])
    return bool(_DENIED.search(before) or _DENIED_LATER.search(clause[found.end() :]))


def _about_it(clause: str, found: re.Match[str]) -> bool:
    upto = _HOW_WE.sub(" ", clause[: found.end()])
    asks_for_terms = found.group().startswith(("what ", "how long", "which ", "who "))
    return bool(_ABOUT.search(upto)) and not asks_for_terms

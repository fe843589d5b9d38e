"""What a message says of a lead besides the name: industry, size, stage, channel, and what they did."""

from __future__ import annotations

import re

from knowledge.journey import Stage
from knowledge.leads import Action
from knowledge.vocabulary import INDUSTRIES, INDUSTRIES_IN_NAMES, NEGATED, SIGNALS

_COUNTED = r"(?:people|persons?|ppl|employees?|empl?s?\b\.?|staff|staffers?|heads?|headcount|ftes?|workers?|seats|strong\b|colleagues|team members|folks|co-?workers|souls|hires|mitarbeiter|employed)"
_NUMBER = r"\d{1,3}(?:[., \u00a0]\d{3}){1,2}(?!\d)|\d+(?:[.,]\d+)?\s?(?:k|thousand)?\b|\d+"
_SIZE = re.compile(
    rf"(?<![\w.,$\u20ac\u00a3-])(?P<a>{_NUMBER})\+?(?:\s?(?:-|\u2013|to|and|or|bis)\s?(?P<b>{_NUMBER})\+?)?[\s-]*(?:or so |odd |plus |full[- ]time |permanent |total |office |in |of )?{_COUNTED}",
    re.IGNORECASE,
)
_SIZE_AFTER = re.compile(
    rf"\b(?:employees?|headcount|staff|team size|company size|size|heads|ftes?|workforce|employs|employing|staffed (?:with|by)|workforce of|team of|staff of|headcount of|startup of|company of|firm of|shop of|business of|agency of|group of)(?:\s?(?:is|are|of|:|=|~|about|around|roughly|approx\.?|some|at|count))*\s*[:=~]?\s*(?P<a>{_NUMBER})\+?(?:\s?(?:-|\u2013|to)\s?(?P<b>{_NUMBER}))?(?!\s*(?:%|mails?|months?|weeks?|days?|hours?|sites?|questions?|:|\u20ac|\$))",
    re.IGNORECASE,
)
_SIZE_BARE = re.compile(rf"~\s?(?P<a>{_NUMBER})\+?(?=\s*(?:[.,;)\n/|]|$))")
_WORDED = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "a hundred": 100, "one hundred": 100, "two hundred": 200, "three hundred": 300,
    "four hundred": 400, "five hundred": 500, "a thousand": 1000, "one thousand": 1000, "two thousand": 2000,
}  # fmt: skip
_SIZE_WORDED = re.compile(
    rf"\b(?P<w>{'|'.join(sorted(_WORDED, key=len, reverse=True))})[\s-]+(?:or so |odd )?{_COUNTED}(?! (?:of finance|of it|of))",
    re.IGNORECASE,
)
_MOST_EMPLOYEES = 5_000_000
"""More than any company has; a larger figure counts something else."""

_STAGES: tuple[tuple[Stage, str], ...] = (
    (Stage.CUSTOMER, r"\b(?:(?:(?<!with )(?<!with an )(?<!with a )(?<!with our )(?<!with one of our )(?:existing|new|current|long[- ]time|paying|first|recent)|already a|already our|is a|(?<!with )a|(?<!with )our|became a) customers?(?! (?:stor|video|case|interview|quote|webinar|support|success|service|care|reference|experience|data|base|portal|facing|asks? us))|customers? (?:stage|since)|(?:is|are|am|was|already) (?:an? |one of )?(?:existing |new |current |recent )?customers? of ours|post[- ]sale|(?:is|are|now|still|currently|in|in the|during) onboarding|onboarding (?:now|phase|stage)|just closed|(?:just|already|recently|finally) (?:bought|signed|purchased|went live|onboarded)|bought (?:last|in|from us|it|the|yesterday|this)|purchased (?:last|in|it|the|yesterday|this)|signed (?:the|a|their|our) (?:contract|deal|order)|went live|closed[- ]won|(?:up for|coming up for|due for|before (?:the|their|her|his)|their|her|his|close to) renewal|renewal (?:is|stage|phase|due|coming|in)|(?:is|are|about to|wants? to|will|want to) renew(?:ing)?|renews|implementation phase)\b"),
    (Stage.DECISION, r"\b(?:decision (?:stage|phase|mode|time)|in decision|decision\b(?=[,;.]|$)|stage:? decision|(?:is |are |now |about to |ready to |has to |have to |will |must |want to |wants to )?decid(?:e|es|ing) (?:this|next|by|now|soon|in|on a|between|who|which|until|before)|about to (?:choose|decide|sign|buy|commit|pull the trigger)|final(?:ists?| decision| round| stage| two| vendor| choice)|near[- ]purchase|ready to (?:sign|decide|buy|go|commit|purchase)|(?:close|closing) to (?:signing|buying|a decision)|negotiat(?:ing|ions?)|in procurement|contract (?:review|negotiation)|verbal (?:yes|commitment)|preparing the business case|needs? (?:board|budget) (?:approval|sign[- ]off)|last step before)\b"),
    (Stage.CONSIDERATION, r"\b(?:consideration|evaluat(?:ing|es)|evaluation(?!s? (?:guides?|checklists?|kits?|papers?|templates?|criteria|reports?|e-?books?|webinars?|matrix|sheets?|framework|forms?|questions?|articles?|posts?|videos?))|compar(?:ing|es) (?:vendors|tools|options|us|suppliers|providers|products|platforms|solutions|several|two|three|offers)|short[- ]?list(?:ed|ing)?|mid[- ](?:funnel|stage)|middle of the funnel|(?:looking at|talking to|weighing|against|up against) (?:a few|several|two|three|four|other|some|our|\d)(?: other)? (?:vendors|tools|options|suppliers|providers|competitors|solutions)|running (?:an rfp|a tender|a pilot|a trial)|\brfp\b|vendor selection|proof of concept|\bpoc\b)"),
    (Stage.AWARENESS, r"\b(?:awareness|early(?:[- ]stage| days| on)?(?=[\s,.;]|$)(?! (?:next|this|in|mon|tues|may|june|access|adopter))|top of (?:the )?funnel|(?:just|only|merely|still) (?:looking(?: around)?|browsing|starting(?: out)?|curious|exploring)|never heard of|knows? nothing|knows? (?:very )?little|first contact|cold lead|brand new to|no idea (?:yet )?(?:what|that)|new to (?:the topic|this|all this))\b"),
    (Stage.INTEREST, r"\b(?:interest stage|in interest|stage:? interest|interest phase|(?:learning|reading up) (?:about|on)|researching (?:the topic|approaches|how|methods))\b"),
)  # fmt: skip
_ABOUT = re.compile(
    r"\b(?P<told>(?:something|anything|ask(?:s|ed|ing)?|reads?|guides?|papers?|articles?|webinars?|content|curious|questions?|pieces?|talk(?:s|ed|ing)?|sessions?|info|information|more|posts?|videos?|material|case stud(?:y|ies)|reports?|checklists?|know|learn|hear)(?: (?:me|us))? (?:on|about|regarding)) "
    r"(?:(?! (?:and|but) (?:is|are|has|they|she|he|it|just|already|now)\b)[^,;.!?\n]){1,80}",
    re.IGNORECASE,
)
"""A topic: what it is about is not where the lead stands."""
_NO_INDUSTRY = re.compile(
    r"\b(?:(?:head(?:s|ed|ing)?|runs?|leads?|manages?|oversees|director|vp|manager|chief|responsible|in charge|looks after|owns)(?: up| of| for| all| the| of the)* (?:[\w&]+ (?:and|&) )?[\w-]+|(?<![\w-])[\w-]+ (?:and [\w-]+ )?(?:manager|director|lead|head|officer|planner|buyer|coordinator|engineer|analyst|specialist|supervisor|clerk|vp))\b",
    re.IGNORECASE,
)
"""A field that someone is in charge of is not what the company does."""
_CHANNELS: tuple[tuple[str, str], ...] = (
    ("text", r"\b(?:by|via|as|in|on|for|over) (?:a |an )?(?:text(?: message)?|sms|whatsapp)\b|\b(?:text|whatsapp|sms) (?:him|her|them|message|version)\b|\ban? sms\b"),
    ("phone", r"\b(?:by|via|over|for|on|use) (?:the |a )?(?:phone|phone call|call)\b|\bcall script\b|\btalking points\b|\bphone script\b|\bvoicemail\b|\b(?:prefers|wants) (?:the |a )?(?:phone|call)\b|\b(?:calling|ring|call) (?:her|him|them)\b"),
    ("social", r"\b(?:by|via|on|as an?|over|in a|for) (?:linkedin|social)\b|\blinkedin (?:note|message|dm|version|comment|post)\b"),
    ("direct_mail", r"\b(?:by|as an?|via) (?:post|letter|postcard|direct mail|(?:handwritten )?card)\b|\b(?:postcard|handwritten (?:card|note)|direct mail)\b"),
    ("email", r"\b(?:as|an|by|via) e-?mail (?:again|instead)\b|\be-?mail instead\b"),
)  # fmt: skip


def industry(said: str, company: str | None) -> str | None:
    """The industry that is said, by its canonical name; else the one that the company's name tells."""
    around = _NO_INDUSTRY.sub(" ", said.replace(company, " ") if company else said)
    for text, table in (
        (around, INDUSTRIES),
        (company or "", INDUSTRIES_IN_NAMES),
        (company or "", INDUSTRIES),
    ):
        places = [
            (m.start(), name)
            for name, p in table
            if (m := re.search(rf"\b(?:{p})\b", text, re.IGNORECASE))
        ]
        if places:
            return min(places)[1]
    return None


def company_size(said: str) -> int | None:
    """The number of employees; the middle of a range."""
    for pattern in (_SIZE, _SIZE_AFTER):
        for m in pattern.finditer(said):
            low = _number(m.group("a"))
            high = _number(m.group("b")) if m.group("b") else low
            if high < low and (m.group("b") or "").lower().rstrip().endswith("k"):
                low *= 1000
            size = round((low + high) / 2)
            if 0 < size <= _MOST_EMPLOYEES:
                return size
    if bare := _SIZE_BARE.search(said):
        return round(_number(bare.group("a")))
    worded = _SIZE_WORDED.search(said)
    return _WORDED[worded.group("w").lower()] if worded else None


def stage(said: str) -> Stage | None:
    """The stage that the rep names or describes."""
    told = _ABOUT.sub(r"\g<told> .", said)
    return next((s for s, p in _STAGES if re.search(p, told, re.IGNORECASE)), None)


def channel(said: str) -> str | None:
    """The channel that the rep wants."""
    return next((c for c, p in _CHANNELS if re.search(p, said, re.IGNORECASE)), None)


def signals(said: str) -> tuple[Action, ...]:
    """What the lead did, in the order of the vocabulary; what they did not do is left out."""
    found = []
    for action, pattern in SIGNALS:
        for m in re.finditer(pattern, said, re.IGNORECASE):
            if not NEGATED.search(said[max(0, m.start() - 30) : m.start()]):
                found.append(action)
                break
    if (
        Action.VISITED_PRICING in found
        and Action.VISITED in found
        and len(re.findall(r"\b(?:page|site|website|docs|blog)\b", said, re.IGNORECASE)) < 2
    ):
        found.remove(Action.VISITED)
    return tuple(found)


_PROBLEM = re.compile(
    r"\b(?:(?:has|have|had|got|having|with) (?:a |an |some |the )?(?:(?:big|real|huge|serious|major|main|constant|lots? of) )*"
    r"(?:problems?|issues?|troubles?|headaches?|pains?) (?:with|because of|from)"
    r"|(?:struggl(?:es|ed|ing)|fights?|fighting|wrestl(?:es|ing)|(?:is|are) (?:fed up|frustrated|unhappy|stuck)) with"
    r"|(?:suffers?|suffering) from"
    r"|(?:the|their|her|his) (?:(?:main|biggest|real|big|only) )?(?:problem|issue|challenge|pain(?: point)?|headache) (?:is|are|seems to be)(?: that)?"
    r"|(?:problem|pain|challenge):) +(?P<told>[^.;!?\n]{6,200})",
    re.IGNORECASE,
)
_PROBLEM_ENDS = re.compile(
    r",? (?:and|but|so) (?:she|he|they|i|we|now|then|asks?|asked|wants?|wanted|what|which|read|downloaded)\b"
    r"|,? (?:asks?|asked|asking)\b|,? what (?:do|should|can|next)\b",
    re.IGNORECASE,
)
LEAST_OF_A_PROBLEM = 2
"""Words beside an article: "problem with the report" names a thing and no problem."""


def problem(said: str) -> str | None:
    """The problem that the lead is said to have, in the rep's words; None when none is told."""
    for found in _PROBLEM.finditer(said):
        if NEGATED.search(said[max(0, found.start() - 30) : found.start()]):
            continue
        told = " ".join(_PROBLEM_ENDS.split(found["told"])[0].split()).strip(" ,:-")
        bare = re.sub(r"^(?:the|an?|our|their|his|her|my|your|this|that) ", "", told, flags=re.I)
        if len(bare.split()) >= LEAST_OF_A_PROBLEM:
            return told[:1].upper() + told[1:]
    return None


_REFUSED: tuple[tuple[str, str], ...] = (
    ("email", r"\be-?mail(?:s|ed|ing)?\b|\bmail(?:s|ed)\b|\bmailing\b(?! list)|\bnewsletters?\b"),
    ("phone", r"\b(?:phone )?call(?:s|ed|ing)?\b|\bphon(?:e|ed|ing)\b|\bringing\b"),
    ("text", r"\btext(?:s|ed|ing)?\b|\bsms\b|\bwhatsapp\b"),
    ("social", r"\blinkedin\b"),
)
_REFUSAL_REACHES = 30
"""Characters after the words of a refusal in which what is refused may stand."""
_AT_ALL = re.compile(
    r"\b(?:at all|altogether|entirely|everything|completely|any (?:more )?contact|no contact|nothing (?:more|from us)|hear(?:ing)? from|leave (?:her|him|them) alone|all channels)\b",
    re.IGNORECASE,
)
"""Words that make a no to one channel a no to all."""


def refused_channels(said: str) -> tuple[str, ...]:
    """The channels that an opt-out is said of; none when it is said of all, or of none by name."""
    pattern = next(p for action, p in SIGNALS if action is Action.OPTED_OUT)
    named: set[str] = set()
    for m in re.finditer(pattern, said, re.IGNORECASE):
        after = said[m.end() : m.end() + _REFUSAL_REACHES]
        refused = (
            m.group(0) + re.split(r"[,.;:!?\n]|\b(?:but|instead|while|so|just|rather)\b", after)[0]
        )
        here = {c for c, p in _REFUSED if re.search(p, refused, re.IGNORECASE)}
        if not here:
            return ()
        named |= here
    return () if _AT_ALL.search(said) else tuple(c for c, _ in _REFUSED if c in named)


def _number(text: str) -> float:
    text = text.lower().strip()
    thousand = text.endswith(("k", "thousand"))
    digits = text.removesuffix("thousand").removesuffix("k").strip()
    if re.fullmatch(r"\d{1,3}(?:[., \u00a0]\d{3})+", digits):
        digits = re.sub(r"\D", "", digits)
    value = float(digits.replace(",", "."))
    return value * 1000 if thousand else value

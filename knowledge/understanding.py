"""Understanding a rep's message: intent, lead, company, role, industry, size, stage, questions, signals.

Rules over plain text; nothing here needs a model. The vocabularies are plain tables so that they
can be read and extended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge.journey import Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.questions import questions_in
from knowledge.touch import Ask
from knowledge.vocabulary import INDUSTRIES, NOT_A_NAME, ROLE_PATTERN, SIGNALS


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


_SAID_NOT_DONE = frozenset({Action.ASKED, Action.REPLIED, Action.NO_ANSWER})
"""A rep who passes on a question is answering it: it does not mean that the lead waits."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message says. `company_size` counts employees; `signals` are names of actions.

    `lead_id` and `matches` (id, name) are filled where known leads can be looked up; several
    matches mean that the rep must choose.
    """

    intent: Intent
    text: str
    lead_name: str | None = None
    email: str | None = None
    company: str | None = None
    role: str | None = None
    industry: str | None = None
    company_size: int | None = None
    stage: Stage | None = None
    questions: tuple[str, ...] = ()
    signals: tuple[Action, ...] = ()
    channel: str | None = None
    lead_id: str | None = None
    matches: tuple[tuple[str, str], ...] = field(default=())

    def ask(self, today: date, *, asked_by: str, team: str = "", channel: str = "email") -> Ask:
        """Return the ask that this message makes; what the lead did is taken as done today."""
        done = tuple(HistoryEntry(s, today) for s in self.signals if s not in _SAID_NOT_DONE)
        return Ask(
            today=today,
            lead_id=self.lead_id,
            facts=self.facts,
            history=done,
            questions=self.questions,
            channel=self.channel or channel,
            asked_by=asked_by,
            team=team,
        )

    @property
    def facts(self) -> LeadFacts:
        """The facts of the lead that the message states."""
        return LeadFacts(
            name=self.lead_name,
            email=self.email,
            company=self.company,
            role=self.role,
            industry=self.industry,
            company_size=self.company_size,
            stage=self.stage,
        )


_INTENTS: tuple[tuple[Intent, str], ...] = (
    (Intent.THANKS, r"^(?:(?:ok(?:ay)?|great|perfect|super|lovely|nice|awesome|cool)[,!. ]*)*(?:many |much )?(?:thanks|thank you|thx|cheers|ta)\b[^?]{0,60}$|^(?:perfect|great|awesome|nice one|love it)[!. ]*$"),
    (Intent.HELP, r"^\W*(?:help|\?|what can (?:you|this bot|trailguide) do|how do(?:es)? (?:i use (?:you|this)|this work|you work)|commands?)\b.{0,40}$|\bhow do i (?:use|ask|talk to) (?:you|trailguide|the bot)\b"),
    (Intent.SHORTER, r"\b(?:shorter|shorten|briefer|too long|cut it (?:down|in half)|trim (?:it|that|this)|more concise|less text|tighter|half the length|make it (?:short|brief)|tl;?dr)\b"),
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

_NEXT = re.compile(
    r"\b(?:next|send|share|follow(?:ing)?[- ]?up|recommend|suggest|nurture|touch|asset|content|piece|what (?:should|do|can|would) (?:i|we)"
    r"|lead|prospect|asks?|asked|asking|wants? to know|wonder(?:s|ed|ing)?|questions?|downloaded|attended|webinar|read|replied|interested)\b",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w'\u2019-]+(?:\s+(?:(?:van|von|de|der|den|da|di|la|le|al|bin)\s+)*[A-Z][\w'\u2019-]+){0,2}"
_COMPANY = r"[A-Z0-9][\w&'\u2019.-]*(?:\s+(?:of|and|&|the)?\s*[A-Z0-9&][\w&'\u2019.-]*){0,4}"
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_SIZE = re.compile(
    r"(?:~|about |around |roughly |approx\.? )?(\d{1,3}(?:[, ]\d{3})+|\d+(?:\.\d+)?\s?k?)\+?[\s-]*"
    r"(?:people|persons?|employees?|staff|heads?|headcount|ftes?|workers?|seats|strong|emp\b)",
    re.IGNORECASE,
)
_STAGE_WORDS: tuple[tuple[Stage, str], ...] = (
    (Stage.AWARENESS, r"\b(?:awareness|early(?:[- ]stage)?|top of (?:the )?funnel|just (?:looking|browsing|starting))\b"),
    (Stage.CUSTOMER, r"\b(?:(?:existing|already a|new|current|is a) customer|customer stage|post[- ]sale|onboarding now|just bought)\b"),
    (Stage.DECISION, r"\b(?:decision stage|in decision|deciding|final(?:ists?| decision)|near[- ]purchase|ready to (?:sign|decide))\b"),
    (Stage.CONSIDERATION, r"\b(?:consideration|evaluat(?:ing|ion)|comparing (?:vendors|tools|options)|short[- ]?list(?:ed|ing)?|mid[- ]funnel)\b"),
    (Stage.INTEREST, r"\b(?:interest stage|in interest|stage:? interest)\b"),
)  # fmt: skip

_CHANNELS: tuple[tuple[str, str], ...] = (
    ("text", r"\b(?:by|via|as|in) (?:a |an )?(?:text(?: message)?|sms|whatsapp)\b"),
    ("phone", r"\b(?:by|via|over|for) (?:the |a )?(?:phone|phone call|call)\b|\bcall script\b|\btalking points\b"),
    ("social", r"\b(?:by|via|on|as a) (?:linkedin|social)\b"),
    ("direct_mail", r"\b(?:by|as a) (?:post|letter|postcard|direct mail)\b"),
)  # fmt: skip


def parse_message(text: str) -> Understanding:
    """Read a rep's message; what is not said stays None or empty."""
    said = _plain(text)
    name, company = _who(said)
    role = _role(said)
    return Understanding(
        intent=_intent(said),
        text=said,
        lead_name=name,
        email=(m.group(0) if (m := _EMAIL.search(said)) else None),
        company=company,
        role=role,
        industry=_industry(said),
        company_size=_size(said),
        stage=next((s for s, p in _STAGE_WORDS if re.search(p, said, re.IGNORECASE)), None),
        questions=questions_in(said),
        signals=tuple(a for a, p in SIGNALS if re.search(p, said, re.IGNORECASE)),
        channel=next((c for c, p in _CHANNELS if re.search(p, said, re.IGNORECASE)), None),
    )


def _plain(text: str) -> str:
    text = re.sub(r"<@[A-Z0-9]+(?:\|[^>]*)?>", " ", text[:20_000])
    text = re.sub(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>", r"\1", text)
    text = re.sub(r"<mailto:([^|>\s]+)(?:\|[^>]*)?>", r"\1", text)
    text = (
        text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("\u2019", "'")
    )
    return re.sub(r"[ \t]+", " ", text).strip()


def _intent(said: str) -> Intent:
    ask = bool(questions_in(said)) and bool(_who(said)[0] or _role(said))
    for intent, pattern in _INTENTS:
        if re.search(pattern, said, re.IGNORECASE):
            # A message that names a lead and its questions is an ask, whatever else it mentions.
            if ask and intent not in {Intent.ADD_ASSET, Intent.OTHER_PERSON, Intent.WHY_NOT}:
                continue
            return intent
    return Intent.NEXT if ask or _NEXT.search(said) or _who(said)[0] else Intent.OFF_TOPIC


def _who(said: str) -> tuple[str | None, str | None]:
    """The lead's name and company, from the forms that reps use."""
    patterns = (
        rf"(?P<n>{_NAME})\s*(?:,\s*[^,.?!()]{{2,40}},?\s*)?(?:\([^)]*\)\s*)?(?:at|from|of|@)\s+(?P<c>{_COMPANY})",
        rf"(?P<n>{_NAME})\s*\((?P<p>[^)]*)\)",
        rf"(?:for|with|to|about|lead|prospect|is|met|and)\s+(?P<n>{_NAME})",
        rf"^\W*(?P<n>{_NAME})(?=\s*[,(:]|\s+(?:asks?|asked|wants?|read|has|just|replied|is|downloaded|attended|wonders?|works?|needs?|came|watched|said|says|told|opened|visited)\b)",
        rf"(?P<n>{_NAME})(?=\s+(?:asks?|asked|wants?|read|replied|downloaded|attended|wonders?|watched|opened|visited|told)\b)",
    )
    name = company = None
    for pattern in patterns:
        for m in re.finditer(pattern, said):
            words = m.group("n").split()
            while words and words[0].lower() in NOT_A_NAME:
                words = words[1:]
            if (
                not words
                or words[0].lower() in NOT_A_NAME
                or re.fullmatch(ROLE_PATTERN, " ".join(words), re.IGNORECASE)
            ):
                continue
            if len(words) == 1 and words[0].isupper():
                continue
            name = " ".join(words)
            company = _clean_company(m.groupdict().get("c"))
            break
        if name:
            break
    if company is None:
        place = re.search(rf"\b(?:at|from|@)\s+(?P<c>{_COMPANY})", said)
        company = _clean_company(place.group("c")) if place else None
    if company and company == name:
        name = None
    return name, company


def _clean_company(found: str | None) -> str | None:
    if not found:
        return None
    company = re.split(
        r"\s+(?:What|How|Which|She|He|They|Can|Should|Is|Does|Do|I|We|Any)\b", found
    )[0].strip(" .,-'&")
    return company if company and company.split()[0].lower() not in NOT_A_NAME else None


def _role(said: str) -> str | None:
    m = re.search(rf"\b(?:{ROLE_PATTERN})\b", said, re.IGNORECASE)
    return m.group(0).strip() if m else None


def _industry(said: str) -> str | None:
    return next(
        (name for name, p in INDUSTRIES if re.search(rf"\b(?:{p})\b", said, re.IGNORECASE)), None
    )


def _size(said: str) -> int | None:
    m = _SIZE.search(said)
    if not m:
        return None
    digits = m.group(1).lower().replace(",", "").replace(" ", "")
    return round(float(digits[:-1]) * 1000) if digits.endswith("k") else round(float(digits))

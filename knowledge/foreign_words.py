"""What other tools call a stage and an act, in our words: proposed, and confirmed by a person."""

from __future__ import annotations

import re

from knowledge.errors import BadInput
from knowledge.journey import Stage, parse_stage
from knowledge.leads import Action

_A, _I, _C, _D, _W = Stage

STAGE_WORDS: dict[str, Stage] = {
    # Lists of leads.
    "new": _A, "open": _A, "not contacted": _A, "raw": _A, "cold": _A, "unqualified": _A,
    "disqualified": _A, "junk": _A, "unsubscribed": _A, "subscriber": _A, "visitor": _A,
    "target": _A, "suspect": _A, "attempted": _A, "attempted to contact": _A, "assigned": _A,
    "lead": _A, "prospecting": _A, "identified": _A, "bad timing": _A, "recycled": _A,
    "nurture": _I, "nurturing": _I, "working": _I, "contacted": _I, "connected": _I, "warm": _I,
    "engaged": _I, "engaging": _I, "in progress": _I, "open deal": _I, "prospect": _I,
    "interested": _I, "marketing qualified lead": _I, "mql": _I, "discovery": _I,
    "qualification": _I, "initial contact": _I, "appointment scheduled": _I, "meeting": _I,
    "needs analysis": _I, "on hold": _I, "follow up": _I, "paused": _I,
    # A deal that was lost, now: timing never closes a lead (M1), and it knows the matter.
    "lost": _I, "closed lost": _I, "dead": _I, "dropped": _I, "abandoned": _I, "churned": _W,
    "qualified": _C, "sales qualified lead": _C, "sql": _C, "hot": _C, "evaluation": _C,
    "evaluating": _C, "solution": _C, "demo": _C, "demo scheduled": _C, "trial": _C, "pilot": _C,
    "technical evaluation": _C, "value proposition": _C, "id decision makers": _C,
    "perception analysis": _C, "opportunity": _C, "consideration": _C, "shortlisted": _C,
    "qualified to buy": _C, "presentation scheduled": _C, "sales accepted lead": _C,
    "proposal": _D, "proposal sent": _D, "proposal price quote": _D, "quote": _D, "quoted": _D,
    "quote sent": _D, "negotiation": _D, "negotiating": _D, "negotiation review": _D,
    "contract": _D, "contract sent": _D, "commit": _D, "verbal": _D, "legal": _D, "closing": _D,
    "decision maker bought in": _D, "decision": _D, "procurement": _D, "verbal commitment": _D,
    "won": _W, "closed won": _W, "customer": _W, "converted": _W, "client": _W, "active": _W,
    "existing customer": _W, "evangelist": _W, "closed": _W, "sold": _W, "bought": _W,
    "onboarding": _W, "renewal": _W, "implementation": _W, "post sale": _W,
}  # fmt: skip

ACTION_WORDS: dict[str, Action] = {
    "email": Action.SENT, "e mail": Action.SENT, "email sent": Action.SENT, "mail": Action.SENT,
    "outbound email": Action.SENT, "follow up": Action.SENT, "letter": Action.SENT,
    "message": Action.SENT, "linkedin message": Action.SENT, "sms": Action.SENT,
    "sent": Action.SENT, "task": Action.SENT,
    "call": Action.CALLED, "phone": Action.CALLED, "phone call": Action.CALLED,
    "outbound call": Action.CALLED, "cold call": Action.CALLED, "called": Action.CALLED,
    "meeting": Action.MET, "meeting held": Action.MET, "visit on site": Action.MET,
    "site visit": Action.MET, "on site visit": Action.MET, "lunch": Action.MET,
    "video call": Action.MET, "online meeting": Action.MET, "video meeting": Action.MET,
    "demo held": Action.MET, "demo given": Action.MET, "presentation": Action.MET,
    "event": Action.MET_AT_EVENT,
    "trade show": Action.MET_AT_EVENT, "conference": Action.MET_AT_EVENT,
    "meeting booked": Action.BOOKED_MEETING, "booked meeting": Action.BOOKED_MEETING,
    "appointment": Action.BOOKED_MEETING, "meeting scheduled": Action.BOOKED_MEETING,
    "demo": Action.REQUESTED_DEMO, "demo request": Action.REQUESTED_DEMO,
    "requested demo": Action.REQUESTED_DEMO, "demo requested": Action.REQUESTED_DEMO,
    "quote request": Action.REQUESTED_QUOTE, "requested quote": Action.REQUESTED_QUOTE,
    "pricing request": Action.REQUESTED_QUOTE, "rfq": Action.REQUESTED_QUOTE,
    "open": Action.OPENED, "opened": Action.OPENED, "email open": Action.OPENED,
    "email opened": Action.OPENED, "click": Action.CLICKED, "clicked": Action.CLICKED,
    "email click": Action.CLICKED, "email clicked": Action.CLICKED,
    "email link clicked": Action.CLICKED, "download": Action.DOWNLOADED,
    "downloaded": Action.DOWNLOADED, "content download": Action.DOWNLOADED,
    "file download": Action.DOWNLOADED, "form download": Action.DOWNLOADED,
    "read": Action.READ, "view": Action.READ, "viewed": Action.READ, "article view": Action.READ,
    "watched": Action.WATCHED, "video view": Action.WATCHED, "video": Action.WATCHED,
    "video watched": Action.WATCHED, "attended": Action.ATTENDED, "attendee": Action.ATTENDED,
    "webinar": Action.ATTENDED, "webinar attended": Action.ATTENDED,
    "webinar attendance": Action.ATTENDED, "attended webinar": Action.ATTENDED,
    "event attended": Action.ATTENDED, "registered": Action.REGISTERED,
    "registration": Action.REGISTERED, "webinar registration": Action.REGISTERED,
    "registrant": Action.REGISTERED, "event registration": Action.REGISTERED,
    "no show": Action.REGISTERED, "form": Action.JOINED_LIST, "subscribed": Action.JOINED_LIST,
    "form submission": Action.JOINED_LIST, "subscribe": Action.JOINED_LIST,
    "list join": Action.JOINED_LIST, "joined list": Action.JOINED_LIST,
    "signup": Action.JOINED_LIST, "sign up": Action.JOINED_LIST, "newsletter": Action.NEWSLETTER,
    "newsletter signup": Action.JOINED_LIST, "page view": Action.VISITED,
    "pageview": Action.VISITED, "page visit": Action.VISITED, "website visit": Action.VISITED,
    "web visit": Action.VISITED, "visit": Action.VISITED, "visited": Action.VISITED,
    "visit webpage": Action.VISITED, "pricing page": Action.VISITED_PRICING,
    "pricing page visit": Action.VISITED_PRICING, "visited pricing": Action.VISITED_PRICING,
    "forward": Action.FORWARDED, "forwarded": Action.FORWARDED, "share": Action.FORWARDED,
    "reply": Action.REPLIED, "replied": Action.REPLIED, "email reply": Action.REPLIED,
    "email replied": Action.REPLIED, "inbound email": Action.REPLIED,
    "response": Action.REPLIED, "inbound call": Action.REPLIED, "chat": Action.ASKED,
    "question": Action.ASKED, "asked": Action.ASKED, "inquiry": Action.ASKED,
    "enquiry": Action.ASKED, "contact form": Action.ASKED, "no answer": Action.NO_ANSWER,
    "no response": Action.NO_ANSWER, "voicemail": Action.NO_ANSWER,
    "left message": Action.NO_ANSWER,
    "unsubscribe": Action.OPTED_OUT, "unsubscribed": Action.OPTED_OUT,
    "opt out": Action.OPTED_OUT, "opted out": Action.OPTED_OUT, "opt in": Action.OPTED_IN,
    "opted in": Action.OPTED_IN, "purchase": Action.BOUGHT, "order": Action.BOUGHT,
    "bought": Action.BOUGHT, "sale": Action.BOUGHT,
}  # fmt: skip

TALKS_HELD = {"demo": Action.MET, "product demo": Action.MET, "live demo": Action.MET,
              "appointment": Action.MET}  # fmt: skip
"""In a list of activities, the talk that was held; said by itself, what was asked for."""

YES = frozenset({"yes", "y", "true", "t", "1", "x", "✓", "ja", "oui", "si", "sí", "on",
                 "wahr", "vrai", "vero", "verdadero", "sim"})  # fmt: skip
NO = frozenset({"no", "n", "false", "f", "0", "nein", "non", "off", "falsch", "faux", "falso",
                "nee",                "não", "nao", "nej", "keine", "kein"})  # fmt: skip


def plain(text: str) -> str:
    """Words in small letters, parted by single spaces: `LeadStatus` and `lead_status` are one."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.findall(r"[^\W_]+", parted.casefold()))


def foreign_stage(value: str) -> Stage | None:
    """Our stage for another tool's status, or None for a word that we do not know."""
    word = re.sub(r"^\d+ ", "", plain(value))
    if word in STAGE_WORDS:
        return STAGE_WORDS[word]
    try:
        return parse_stage(value)
    except BadInput:
        pass
    bare = word.removesuffix(" lead").removeprefix("lead ").removeprefix("deal ")
    return STAGE_WORDS.get(bare)


def listed_action(value: str) -> Action | None:
    """Our act for a type of activity in a list of what happened: a demo there was given."""
    word = plain(value)
    return TALKS_HELD.get(word) or TALKS_HELD.get(word.removesuffix("s")) or foreign_action(value)


def foreign_action(value: str) -> Action | None:
    """Our act for another tool's type of activity, or None for a word that we do not know."""
    word = plain(value)
    try:
        return Action(word.replace(" ", "_"))
    except ValueError:
        return ACTION_WORDS.get(word) or ACTION_WORDS.get(word.removesuffix("s"))


def yes_or_no(value: str) -> bool | None:
    """What a yes-or-no value says, or None for anything else."""
    word = value.strip().casefold()
    if word in YES:
        return True
    return False if word in NO else None

"""What a rep reads on the card's buttons, and in the windows and lines they open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.views.words import day
from knowledge.journey import Stage
from knowledge.outcomes import Outcome

# Buttons of an open card
WHY = "Why"
WRONG_STAGE = "Wrong stage?"
SOFTER = "Softer"
SHORTER = "Shorter"

# Buttons of an approved card
GMAIL = "Open in Gmail"
OUTLOOK = "Open in Outlook"
MAIL_CLIENT = "Open in my mail program"
MARK_SENT = "Mark sent"
CHANGE_SENT = "Change what was sent"
OUTCOME = "What happened?"
SAY_WHY = "Say why"

OPEN_ASSET = "Open"
WHY_NOT = "Why not this one"

NOT_SENT_YET = "Once you sent it, press Mark sent: the gap then counts from that day."

# Windows
STAGE_TITLE = "Which stage is it?"
STAGE_LABEL = "The stage this lead is in"
STAGE_PUT_RIGHT = "Correct it"
SENT_TITLE = "Mark as sent"
SENT_ON = "Sent on"
SENT_BY_CHANNEL = "Sent by"
SENT_SUBJECT = "Subject as sent"
SENT_BODY = "Message as sent"
OUTCOME_TITLE = "What happened?"
OUTCOME_LABEL = "After this touch, the lead …"
OUTCOME_ON = "On"
OUTCOME_NOTE = "What they wrote (optional, for a reply)"
HELP_TITLE = "Why did it help?"
HELP_LABEL = "In a word or two"
CHOOSE = "Choose"

CHANNEL_NAMES = {
    "email": "e-mail",
    "phone": "phone call",
    "text": "text message",
    "direct_mail": "letter",
    "social": "social media",
}
"""The media of a touch (M52)."""

OUTCOMES = {
    Outcome.REPLIED: "replied",
    Outcome.MOVED_ON: "read it and moved on",
    Outcome.NO_ANSWER: "did not answer",
    Outcome.OPTED_OUT: "opted out: no more messages",
}

# What keeps a window open, or answers an old card
NO_STAGE_CHOSEN = "Choose one of the five stages."
STAGE_AS_READ = "That is the stage I read already. Choose another, or press Cancel."
NO_OUTCOME_CHOSEN = "Choose what happened."
NOTE_ONLY_FOR_A_REPLY = "Leave this empty, or choose that the lead replied."
NOT_APPROVED = "Only an approved card can be marked; approve it first."
NO_DRAFT_SENT = "There is no text on this card that could have been sent."
NO_REASON = "Say why, or press Cancel."
ERASED = "The lead of this card was erased, so there is nothing left to note."

# Why
NOW_WORKED_OUT = "What counted, worked out again with the library as it is now"
NO_LONGER_RANKED = (
    "The points cannot be worked out again: the piece is no longer one to choose from."
)


def paste_the_text(ways: Sequence[str]) -> str:
    """Beside links that had no room for the text."""
    named = " and ".join(f"“{way}”" for way in ways)
    return f"The text is too long for {named}: paste it into the mail that opens."


def stage_read(stage: Stage, sure: str) -> str:
    """Above the five stages: the one that was read."""
    return f"I read *{stage.capitalize()}* ({sure})."


def stage_line(stage: Stage, doing: str, thinking: str) -> str:
    """One of the five stages; the last two are inert already."""
    return f"*{stage.capitalize()}*: {doing} _“{thinking}”_"


def stage_corrected(who: str, when: str, stage: Stage) -> str:
    """Context line of a card whose stage was corrected."""
    return f"{who} set the stage to {stage.capitalize()} on {when}. The new card is below."


def sent(who: str, on: date, channel: str, *, changed: bool) -> str:
    """Context line of a card that was marked as sent."""
    how = "with your changes" if changed else "as approved"
    medium = CHANNEL_NAMES.get(channel, "another way")
    return f"Sent by {who} on {day(on)}, by {medium}, {how}."


def what_happened(outcome: Outcome, on: date) -> str:
    """Context line: what the rep said came of it."""
    return f"After that, on {day(on)}, the lead {OUTCOMES[outcome]}."


def because(reason: str) -> str:
    """Below the answer whether it helped; the reason is inert already."""
    return f"Because: {reason}"


def counted(points: float, of: float) -> str:
    """How much one reason weighed, in plain words and points."""
    share = points / of if of > 0 else 0.0
    weight = "a lot" if share >= 0.3 else "some" if share >= 0.1 else "a little"
    return f"counts {weight} ({points:+.2f})"


def against(points: float) -> str:
    """How much one rule spoke against it."""
    return f"speaks against it ({points:+.2f})"


def runner_up(title: str, points: float, behind: float) -> str:
    """The next piece in the ranking."""
    return f"{title}: {points:.2f} points, {behind:.2f} behind"

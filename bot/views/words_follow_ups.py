"""What a rep reads in answer to a follow-up below a card."""

from __future__ import annotations

from datetime import date

from bot.views.words import day

ALL_MADE = {
    "shorter": "I made it shorter; the card shows the new draft. Say it again for less still.",
    "softer": "I made it softer; the card shows the new draft.",
    "channel": "I wrote it anew for that channel; the card shows the new draft.",
}
YOUR_WORDS = "Your own wording gave way to it. Here it is, to copy:"
PRESS_APPROVE = (
    "I take no approval from a message: press Approve on the card, so that it is certain which "
    "text you mean. Then copy it into your own mail."
)
HOW_TO_MARK_SENT = (
    "Good. Press Approve on the card if you have not yet, then Mark sent: so I count this touch."
)
NEVER_SENDS = (
    "I never send anything to a lead. Press Approve on the card, then copy the text and send it "
    "yourself."
)
PRESS_EDIT = "Press Edit on the card to change the words yourself; the checks run again then."
WHICH_CHANNEL = "For which channel: mail, text message, social media, call or letter?"
WHICH_KIND = "Which kind of piece do you mean: a guide, a video, a case study, a checklist?"
NOT_THEIR_QUESTION = (
    "The draft takes up what was asked on the last card, as if this person had asked it. "
    "If they did not, press Edit and say where the question comes from."
)
WHICH_PERSON = "Whom do you mean? Name the role, for example “what about the CTO?”."
SAME_PERSON = (
    "That is the role of the lead on this card, and I know of nobody else there who has it. Name "
    "another role, or the person: “what about the CTO?”, “the same for Sam Porter”."
)
WHICH_QUESTION = "What did they ask? Write it as a question, and I look for what answers it."
WHICH_STAGE = "Which stage is it: awareness, interest, consideration, decision or customer?"
WHICH_FACT = (
    "I could not tell what that says about the lead. Name the role, the industry or the number of "
    "people, for example “she works in logistics, 400 people”."
)
UNTIL_WHEN = (
    "Until when? Say for example “in two weeks” or “in March”, or press Not now on the card."
)
NO_DRAFT = "There is no piece on this card."
NO_MORE_TO_ASK = "There is nothing left to ask that would change what I suggest."
NOBODY_LEFT = "Everybody a decision needs has been reached there, as far as I know."
TOO_EARLY_FOR_OTHERS = (
    "At this stage one person is enough; I look for who is missing once they compare products."
)
NOBODY_KNOWN = "I know of nobody else there."
UNDO = {
    "pending": (
        "Nothing on this card is final yet. Press Edit to put your own words, Another for a "
        "different piece, or ask again for a fresh card."
    ),
    "edited": (
        "Your edit waits for your approval. Press Edit to change it again, or say “softer” or "
        "“shorter” and I write it anew."
    ),
    "approved": (
        "An approval stays on record, but I sent nothing: do not send the text, and ask me for the "
        "next touch when you want another one."
    ),
    "replaced": (
        "That card gave way to the one below it. Ask again with the lead's name for a fresh one."
    ),
    "withdrawn": (
        "The piece of that card is no longer in use, so its draft was withdrawn. Press Another on "
        "it, or ask again with the lead's name."
    ),
    "snoozed": "That card was put off. Ask again with the lead's name to take the lead up today.",
}
UNCLEAR = (
    "I am not sure what you mean for this card. You can say: shorter, softer, as a text message, "
    "another one, why, why not the case study, what about the CTO, or not now, in two weeks."
)
HELP = (
    "*What you can say about this card*\n"
    "• _shorter_, _softer_, _as a text message_: I write the draft anew\n"
    "• _another one_, _a video instead_, _she already read that_: a different piece\n"
    "• _why?_, _why not the case study?_, _what does it say?_, _the link_\n"
    "• _she also asked whether…_, _actually she is at decision stage_, _they have 400 people_\n"
    "• _what about the CTO?_, _who else should I write to?_, _what should I ask her?_\n"
    "• _not now, in two weeks_, _when is the next one?_, _how many touches has she had?_\n"
    "Approve and Edit are buttons on the card. I never send anything."
)
HELP_TEXT = "Say shorter, softer, another one, why, what about the CTO, or not now, in two weeks."


def put_off(until: date) -> str:
    """After a snooze."""
    return f"Put off. I look at this lead again on {day(until)}."


def no_such_kind(name: str) -> str:
    """No piece of a kind is in the library."""
    return f"There is no other {name} in the library that I could send."


def none_on_this(name: str) -> str:
    """When a rep asks why not a kind of piece that there is none of; `name` has its article."""
    return f"The library has no piece of that kind: I looked for {name}."


def that_kind_not_now(title: str, why: str) -> str:
    """No piece of that kind can be sent to this lead now; both are inert already."""
    return f"Nothing of that kind fits this lead now. The nearest is “{title}”: {why}"


def why_not(title: str, why: str) -> str:
    """The reason against one piece; both are inert already."""
    return f"“{title}”: {why}"


def touches(number: int, budget: int, gap_days: int) -> str:
    """How many touches there were, and the gap in force."""
    had = number - 1
    times = "no touch" if had < 1 else "1 touch" if had == 1 else f"{had} touches"
    days = "1 day" if gap_days == 1 else f"{gap_days} days"
    return f"So far {times} of {budget}; the gap between two is {days} for this lead now."


def next_one(when: date | None, today: date, gap_days: int, *, sends: bool) -> str:
    """When to write."""
    if when is None:
        return "No date can be named for this lead."
    if sends and when <= today:
        return f"This one can go out today; the one after it about {gap_days} days later."
    return f"The next one is due on {day(when)}; the gap is {gap_days} days for this lead now."


def to_ask(question: str) -> str:
    """The profiling question; inert already."""
    return f"Ask them: {question}"


def missing(who: tuple[str, ...]) -> str:
    """Roles that nobody in the account has."""
    return f"Nobody was reached there yet {' or '.join(who)}."


def on_record(names: list[str]) -> str:
    """Other leads at the company; inert already."""
    return f"On record there: {'; '.join(names)}."


def summary(title: str) -> str:
    """Above the sentences of a piece."""
    return f"“{title}” says, in its own words:"


def found(topic: str) -> str:
    """Above the titles that a search found."""
    return f"On “{topic}” the library has:"


def nothing_on(topic: str) -> str:
    """A search that found nothing; inert already."""
    return f"The library has nothing on “{topic}” that I could recommend."

"""What a rep reads in the form that asks for the next touch, and around it."""

from __future__ import annotations

from knowledge.intake import Told

TITLE = "What to send next"
CORRECT_TITLE = "Correct what I took"
CORRECT = "Correct"
SUBMIT = "Suggest"
CLOSE = "Cancel"
ONE_MOMENT = "One moment, I am opening the form…"
NOT_OPENED = "This form cannot be opened"

LEAD = "Lead"
LEAD_HINT = "Type a few letters of a name, a company or a mail address."
LEAD_SEARCH = "Search the leads on record"
NEW_LEAD = "Or somebody new: name"
COMPANY = "Company"
ROLE = "Job title"
INDUSTRY = "Industry"
COMPANY_SIZE = "Employees"
STAGE = "Stage"
PERSONA = "Persona"
BUYING_ROLE = "Part in the decision"
NOT_SURE = "Not sure"
INTENT = "What brought them to us"
OUTCOME = "What they want in the end"
OBSTACLE = "What stands in the way, one thing a line"
ACTS = "What they did"
ACTS_HINT = "Acts count for this suggestion as done today."
CHOOSE = "Choose"
QUESTIONS = "What they asked, one question a line"
CHANNEL = "Channel"
FROM_MESSAGE = "The message that this was read from:"
CORRECT_NOTE = "Set right what is wrong. The new suggestion takes the place of the old card."
NOTHING_FOUND_IN_IT = "I found no question in it. Copy below what they asked, if they did."

CHANNELS = {
    "email": "E-mail",
    "phone": "Phone",
    "text": "Text message",
    "direct_mail": "Letter",
    "social": "Social message",
}

NOT_KEPT = "I made no suggestion of what you typed in the form. Here it is, to copy:"
TRY_AGAIN = "Slack closed that window before I could fill it. Please try once more."
ALREADY_DECIDED = (
    "This card was decided already, so there is nothing to correct any more. "
    "Ask me for the next touch to get a new one."
)


def act(name: str) -> str:
    """What a lead did, as the form lists it."""
    told = {
        "no_answer": "Did not answer",
        "joined_list": "Joined the mailing list",
        "visited": "Visited our site",
        "visited_pricing": "Visited the pricing page",
        "requested_demo": "Asked for a demo",
        "requested_quote": "Asked for an offer",
        "booked_meeting": "Booked a meeting",
        "met_at_event": "Met us at an event",
        "met": "Met with us",
        "opted_in": "Agreed to be written to",
        "opted_out": "Asked us to stop",
        "read": "Read a piece",
        "opened": "Opened a mail",
        "clicked": "Clicked a link",
        "downloaded": "Downloaded a piece",
        "watched": "Watched a video",
        "attended": "Attended a webinar",
        "registered": "Registered for something",
        "forwarded": "Passed a piece on",
        "replied": "Replied",
        "bought": "Bought",
    }
    return told.get(name, name.replace("_", " ").capitalize())


def told(typed: Told) -> list[tuple[str, str]]:
    """Every field with what was typed in it, to give it back."""
    return [
        (LEAD, typed.lead),
        (NEW_LEAD, typed.lead_name),
        (COMPANY, typed.company),
        (ROLE, typed.role),
        (INDUSTRY, typed.industry),
        (COMPANY_SIZE, typed.company_size),
        (QUESTIONS, typed.questions),
        (OBSTACLE, typed.obstacle),
        (INTENT, typed.intent),
        (OUTCOME, typed.outcome),
        (STAGE, typed.stage),
        (PERSONA, typed.persona),
        (BUYING_ROLE, typed.buying_role),
        (ACTS, ", ".join(act(a) for a in typed.acts)),
        (CHANNEL, CHANNELS.get(typed.channel, typed.channel)),
    ]

"""What marketers read about coverage, content requests and the journey."""

from __future__ import annotations

from knowledge.buyer_questions import IN_SHORT, BuyerQuestion
from knowledge.content_requests import RequestState

ANYBODY = "everybody"
CHOOSE_STAGE = "Stage"
CHOOSE_PERSONA = "Persona"
OPEN = "Open"
BACK = "Back"
PICTURE = "As a picture"
REQUESTS = "Content requests"
MANAGE = "Decide"
NO_PIECE = "*Nothing yet*"
OTHER = "asked for something else"
NO_PIECES = "No piece answers this yet."
NO_MISSES = "Nobody has asked in vain."
PIECES = "Pieces that answer"
MISSED = "Asked in vain"
ERASED = "a question whose wording was erased"
HOW_READ = (
    "What a piece answers is read in its headings and its type. Where that is wrong, name it in "
    "the piece's own fields: `buyer_questions: [help, afford]`."
)
PICTURE_TITLE = "Coverage of the library"
PICTURE_COMMENT = "The coverage map: pieces by stage and buyer question. Hatched cells are empty."
PICTURE_ALT = "A heat map of how many pieces answer each buyer question at each stage."
NO_UPLOAD = (
    "Slack would not take the picture: the app lacks the scope `files:write`, or files are turned "
    "off. An admin can add it (slack_manifest.yaml) and install the app anew; "
    "`trailguide library coverage --picture FILE.png` draws it on the machine."
)
WANTED = "Most wanted, without a good answer"
MORE = "…and {n} more: `trailguide requests list`."

WINDOW_TITLE = "Content request"
WHAT_TO_DO = "What to do"
WHICH_ASSET = "The piece that answers (for “We have this”)"
WHICH_REQUEST = "The request to put it into (for “It is the same as another”)"
WHICH_WORDINGS = "The wordings to take out (for “It is two requests”)"
WHY = "Why, in a few words (kept with the request)"
TYPE_TO_FIND = "Type to find a piece"
CHOICES = {
    "have": "We have this: a piece answers it",
    "close": "Close it: we will not write this",
    "merge": "It is the same as another",
    "split": "It is two requests",
}
CHOOSE_ONE = "Choose what to do."
NAME_ASSET = "Choose the piece that answers."
NAME_REQUEST = "Choose the other request."
NAME_WORDINGS = "Choose some of the wordings, not all of them."
DONE = "It was decided so already; nothing has changed."
GONE = "There is no such content request any more."
ANSWERED_HEAD = "There is a piece now for what you asked."
SUGGEST_FOR = "Suggest next for {name}"
NO_LEAD = "That lead is not on record any more, so there is nobody to suggest it for."

STATE_WORDS = {
    RequestState.OPEN: "open",
    RequestState.CLOSED: "closed",
    RequestState.ANSWERED: "answered",
}


def head(stage: str, persona: str) -> str:
    """The headline of the map; both words are inert already."""
    return f"*Coverage: {stage.capitalize()}, for {persona}*"


def cell(question: BuyerQuestion, pieces: int, missed: int) -> str:
    """One row of the map: how much there is, and how often it lacked."""
    there = NO_PIECE if not pieces else "1 piece" if pieces == 1 else f"{pieces} pieces"
    lacked = f" · missed {times(missed)}" if missed else ""
    return f"*{IN_SHORT[question]}*  {there}{lacked}"


def times(count: int) -> str:
    """Once, or so many times."""
    return "once" if count == 1 else f"{count} times"


def other(missed: int) -> str:
    """Misses that come down to none of the six."""
    return f"Besides, something else was asked in vain {times(missed)}."


def request_line(question: str, count: int, stages: str, personas: str, by: str) -> str:
    """One request; all but the count is inert already."""
    about = " · ".join(part for part in (stages, personas, by) if part)
    return f"*{question or ERASED}*\nasked {times(count)} · {about}"


def also(wordings: str) -> str:
    """Other wordings of a request."""
    return f"also: {wordings}"


def decided(choice: str, number: int, other_number: int | None = None) -> str:
    """What was done with a request."""
    return {
        "have": f"Request {number} is answered; whoever asked is told.",
        "close": f"Request {number} is closed.",
        "merge": f"Request {number} is now part of request {other_number}.",
        "split": f"Some wordings of request {number} are now request {other_number}.",
    }[choice]


def told(question: str, title: str) -> str:
    """What a rep reads when a piece answers what they missed; both are inert already."""
    asked = f"You asked: “{question}”. " if question else "You asked something nothing answered. "
    return f"{asked}Now there is {title}."

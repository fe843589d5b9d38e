"""What a rep reads in answer to the slash command."""

from __future__ import annotations

NAMES = {
    "next": "what to send a lead next; alone it opens a form",
    "lead": "what is on record of a lead",
    "due": "the leads to look at today",
    "digest": "on or off: the same in your messages every morning",
    "gaps": "what buyers asked that nothing answers",
    "coverage": "what the library answers, by stage, persona and question; `picture` draws it",
    "journey": "what buyers do, think, feel and ask at a stage, and the personas",
    "library": "what ails the pieces in use, and what to do",
    "roles": "who has which role; an admin grants and revokes",
    "add": "bring a page into the library; you confirm what it is",
    "report": "for managers and marketing: how leads moved on in 90 days, as a page",
    "audit": "your latest suggestions, and whether the log is whole",
    "help": "this list",
}
A_LEAD = "A lead that is not on record"
ADD_WHAT = (
    "Give the web address of one page: `/trailguide add https://…`. For files and folders there is "
    "the command line: `trailguide library add PATH…`."
)
NO_ADDRESS = "That is no web address. " + ADD_WHAT
NO_GAPS = "Nothing is missing that anybody asked for, and each stage has something to send."
WANTED = "Most wanted, without a good answer"
HOLES = "Nothing to send at a stage"
YOURS_ONLY = "These are your own suggestions; nobody has a manager's view in Slack yet."
NO_SUGGESTIONS = "You have not asked for a suggestion yet."
LATEST = "Your latest suggestions"
NO_ASSET = "no piece"
STATES = {
    "pending": "waits for you",
    "edited": "edited, waits for you",
    "approved": "approved",
    "replaced": "replaced by another",
    "snoozed": "not now",
    "withdrawn": "withdrawn with its piece",
}


def unknown(word: str, near: str | None) -> str:
    """What to say to a word that there is not; the word is inert already."""
    if not word:
        return ""
    return f"I don't know “{word}”." + (f" Do you mean `/trailguide {near}`?" if near else "")


def words_list() -> str:
    """Every word with what it does."""
    return "\n".join(f"• `/trailguide {name}`: {told}" for name, told in NAMES.items())


def hole(stage: str, personas: list[str]) -> str:
    """A stage, and for whom nothing is there."""
    return f"{stage.capitalize()}: for {', '.join(personas)}"


def suggestion(when: str, stage: str, asset: str, state: str, who: str) -> str:
    """One line of the latest suggestions."""
    return f"{when} · {who} · {stage} · {asset} · {STATES.get(state, state)}"


def chain(ok: bool, entries: int, why: str) -> str:
    """Whether the audit log is whole; `why` is inert already."""
    if ok:
        return f"The audit log is whole: {entries:,} entries, each follows from the one before."
    return f"The audit log is not whole: {why} Tell your admin: `trailguide audit verify`."

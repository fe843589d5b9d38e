"""What a rep reads in answer to the slash command."""

from __future__ import annotations

NAMES = {
    "next": "what to send a lead next; alone it opens a form",
    "lead": "what is on record of a lead",
    "account": "the people of a company: stage and role of each, who is missing, who wrote to whom",
    "plan": "the plan of a lead: what was, what comes next and when",
    "due": "the leads to look at today",
    "digest": "on or off: the same in your messages every morning",
    "gaps": "what buyers asked that nothing answers",
    "coverage": "what the library answers, by stage, persona and question; `picture` draws it",
    "journey": "what buyers do, think, feel and ask at a stage, and the personas",
    "segments": "how many leads stand in which segment and bucket; `picture` draws the decisions",
    "tracks": "the plans of touches; with a name one of them, as a picture too",
    "definitions": "what a lead, a sales lead and a qualified lead are",
    "library": "what ails the pieces in use, and what to do",
    "roles": "who has which role; an admin grants and revokes",
    "add": "bring a page into the library; you confirm what it is",
    "report": "for managers and marketing: how leads moved on, as a page: `last 30 days`",
    "crm": "for managers: how the CRM and this agree",
    "audit": "what was suggested: `rep @…`, `stage …`, `overridden`, `last 30 days` and more",
    "help": "this list",
}
ADD_WHAT = (
    "Give the web address of one page: `/trailguide add https://…`. For files and folders there is "
    "the command line: `trailguide library add PATH…`."
)
NO_ADDRESS = "That is no web address. " + ADD_WHAT
NO_GAPS = "Nothing is missing that anybody asked for, and each stage has something to send."
WANTED = "Most wanted, without a good answer"
HOLES = "Nothing to send at a stage"


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

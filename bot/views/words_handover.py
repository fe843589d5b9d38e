"""What people read of definitions, and of a lead that is handed over to sales."""

from __future__ import annotations

from knowledge.personas import Definitions

DEFINITIONS = "Our definitions"
BUTTON, BACK = "Hand over", "Give back to nurturing"
NOT_ON_RECORD = (
    "This lead is not on record, so there is no history to hand over. Import the lead, then ask "
    "again."
)
NOBODY = "The lead has no owner that I can find in Slack, so the page comes to you."
TITLE = "Hand-over"
COMMENT = "The history of a lead that is ready for sales, on one page."
GIVEN_BACK = "Given back: nurturing goes on from here."
FILE = "handover.md"
READY, WORDS, FACTS, ASKED = "Why ready", "In their words", "What is known", "What they asked"
READ, TOUCHES, OBSTACLES = "What they read", "Our touches", "What stands in the way"
COMMITTEE, MISSING, OPEN = "The account", "Nobody reached yet", "Open questions"
DEFINITION, NONE = "The definition used", "Nothing on record."
REACHED, NOT_REACHED = "reached", "not reached yet"
STANDINGS = {"lead": "a lead", "sales_lead": "a sales lead", "qualified_lead": "a qualified lead"}


def handed(to: str, name: str) -> str:
    """After a hand-over, where the button was pressed; both are inert already."""
    return (
        f"{name} is handed over to {to}. Nothing more is suggested until somebody gives them back."
    )


def stands_as(standing: str, definitions: Definitions) -> str:
    """What a lead is by our definitions, with the version."""
    meaning = definitions.of(standing)
    return f"{STANDINGS[standing].capitalize()}: {meaning}" if meaning else ""


def lines(definitions: Definitions) -> list[str]:
    """Each definition in one line, in plain words."""
    return [f"{word.replace('_', ' ').capitalize()}: {told}" for word, told in definitions.meanings]


def title(definitions: Definitions) -> str:
    """Above the definitions."""
    return f"{DEFINITIONS} (version {definitions.version})"

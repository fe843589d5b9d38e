"""The words of the slash command: one line each, and what is said at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rapidfuzz import fuzz, process

from bot.listeners import (
    account_command,
    adding,
    asking,
    command_answers,
    coverage,
    crm,
    digest,
    handover,
    journey,
    library_health,
    plans,
    reporting,
    roles_command,
    touches,
)
from bot.listeners.due_list import due_message
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape, words, words_account, words_commands, words_lead, words_plans
from bot.views.blocks import Part, section

COMMAND = "/trailguide"
NEXT = "next"
ADD = "add"
PEOPLE_NAMED_IN = "audit"
"""The word after which a mention says who is meant; elsewhere it is a name among others."""
LIKE = 75.0
"""rapidfuzz ratio (0 to 100) of a word typed alone: "leed" scores 75 to "lead", "dance" 40."""
LIKE_BEFORE_MORE = 85.0
"""The same before more words, which may be an ask: "leads Dana" scores 89, "Leah asked" 75."""

Answer = Callable[[Incoming, Edge], list[Reply]]

WORDS: dict[str, Answer] = {
    NEXT: asking.answer,
    "lead": command_answers.lead,
    "account": account_command.command,
    ADD: adding.add,
    "gaps": command_answers.gaps,
    "coverage": coverage.command,
    "journey": journey.command,
    "audit": touches.command,
    "due": lambda event, edge: [Reply("due", due_message(event.user, edge), event.user)],
    "digest": digest.command,
    "library": library_health.command,
    "roles": roles_command.command,
    "report": reporting.command,
    "crm": crm.command,
    "segments": plans.segments,
    "tracks": plans.tracks,
    "plan": plans.plan,
    "definitions": handover.definitions,
}
"""Words that start work; what they answer goes to the asker's direct messages."""

NAME_PEOPLE = frozenset({"roles"})
"""Words that are about people of the team: what follows is kept with its mentions."""

NEED_MORE = {
    "lead": words_lead.WHO,
    "account": words_account.ASK,
    "plan": words_plans.WHO,
    "add": words_commands.ADD_WHAT,
}
"""Words that say nothing alone, and what to say then."""


def answer(event: Incoming, edge: Edge) -> list[Reply]:
    """The messages that answer a command."""
    return WORDS[event.action or NEXT](event, edge)


def split(text: str) -> tuple[str, str]:
    """The word of a command, and what it is about; no word when the text is an ask by itself."""
    first, _, rest = text.strip().partition(" ")
    word, rest = first.lower().strip(":,."), rest.strip()
    if word in WORDS or word in {"help", ""}:
        return word, rest
    return ("", text.strip()) if rest and not near(first, LIKE_BEFORE_MORE) else (word, rest)


def opens_form(text: str) -> bool:
    """Whether the command asks for the form: `next` with nothing said."""
    return split(text) == (NEXT, "")


def at_once(text: str, *, taken: bool) -> dict[str, Any]:
    """What only the person who typed the command sees at once."""
    if taken:
        return {"response_type": "ephemeral", "text": words.LOOKING}
    word, _ = split(text)
    if word in NEED_MORE:
        return {"response_type": "ephemeral", "text": NEED_MORE[word]}
    known = word in {"help", ""}
    first = "" if known else words_commands.unknown(escape.mrkdwn(word, 40), near(word, LIKE))
    told = asking.help_message(first)
    listed = Part(section(words_commands.words_list())).block
    return {"response_type": "ephemeral", **told.payload(), "blocks": [*told.blocks, listed]}


def near(word: str, like: float) -> str | None:
    """The word of ours that a mistyped one comes near to; a name has a capital and is none."""
    if word != word.lower():
        return None
    found = process.extractOne(
        word, list(words_commands.NAMES), scorer=fuzz.ratio, score_cutoff=like
    )
    return str(found[0]) if found else None

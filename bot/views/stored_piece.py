"""What the person who added a piece hears: what became of it, and what it covers now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.views import escape
from bot.views import words_proposing as words
from bot.views.blocks import Message, Part, message, section
from knowledge.assets import Asset
from knowledge.journey import Stage

LISTED = 5


def stored_message(
    asset: Asset,
    *,
    update: bool,
    refused: str,
    questions: int,
    first_for: Sequence[tuple[Stage, str]],
    requests: Sequence[str],
    never_fit: bool,
    personas: Mapping[str, str],
) -> Message:
    """The news in one message; persona ids are told by their labels."""
    title = escape.mrkdwn(asset.title, 300)

    def named(persona: str) -> str:
        return escape.mrkdwn(personas.get(persona, persona), 60)

    whom = [named(p) for p in asset.personas]
    lines = [
        f"*{words.became(title, update)}*",
        words.STATUS[asset.status],
        *([words.went_no_further(escape.mrkdwn(refused, 1000))] if refused else []),
        words.covers(list(asset.fitting_stages), whom),
        *([words.first_for([(s, named(p)) for s, p in first_for])] if first_for else []),
        *([words.answers(questions)] if questions else []),
        *([words.NEVER_FIT] if never_fit else []),
    ]
    parts = [Part(section("\n".join(lines)))]
    if requests:
        shown = [escape.mrkdwn(q, 200) for q in requests[:LISTED]]
        parts.append(Part(section(words.answers_requests(shown))))
    return message(f"{asset.title}: {words.ADDED.lower()}", parts)

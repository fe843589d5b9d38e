"""What stands in the place of a card whose piece is no longer in use."""

from __future__ import annotations

from bot.views import escape, words, words_keeping
from bot.views.blocks import Message, Part, actions, button, message, section
from bot.views.card_values import Acted, Card

NAME_LIMIT, TITLE_LIMIT = 80, 220


def withdrawn_card(card: Card, acted: Acted) -> Message:
    """One sentence and the offer of another piece; the draft is shown no more."""
    return _told(words.header(card.facts.name), card, acted, button_too=True)


def withdrawn_line(card: Card, acted: Acted, *, card_in_sight: bool) -> Message:
    """The same as news to the rep; the button is there when no card has it."""
    told = words_keeping.withdrawn_news(card.facts.name or words.THIS_LEAD)
    return _told(told, card, acted, button_too=not card_in_sight)


def _told(head: str, card: Card, acted: Acted, *, button_too: bool) -> Message:
    title = escape.mrkdwn(card.asset.title, TITLE_LIMIT) if card.asset else ""
    said = words_keeping.withdrawn(title, acted.why)
    parts = [Part(section(f"*{escape.mrkdwn(head, NAME_LIMIT + 80)}*\n{said}"))]
    if button_too:
        parts.append(Part(actions([button("another", words.ANOTHER, card.suggestion_id)])))
    return message(head, parts)

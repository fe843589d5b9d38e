"""The parts of a card in Slack's newer blocks: card, table and feedback buttons.

Limits are those of Slack's reference: 150 characters in a card's title and subtitle, 200 in its
body; one table in a message. Its alert block is for modals only, so findings stay as they are.
"""

from __future__ import annotations

from bot.views import escape, words, words_card
from bot.views.blocks import Block, Part, link_button, markdown, plain
from bot.views.card_values import Card, ShownAsset
from bot.views.plain_passage import plain_passage

TITLE_LIMIT, BODY_LIMIT = 150, 200
CELL_LIMIT = 220
OTHERS_SHOWN = 3
ADDRESS_LIMIT = 3000


def asset_card(asset: ShownAsset, suggestion_id: str) -> Part:
    """Title, type and reading time, the passage that answers, and a button that opens it."""
    told = [words.kind(asset.kind), words.minutes(asset.minutes) if asset.minutes else ""]
    made: Block = {
        "type": "card",
        "title": markdown(escape.mrkdwn(asset.title, TITLE_LIMIT) or "-"),
        "subtitle": markdown(" · ".join(t for t in told if t)),
    }
    passage = escape.mrkdwn(
        escape.whole_sentences(escape.one_line(plain_passage(asset.passage)), BODY_LIMIT),
        BODY_LIMIT,
    )
    if passage:
        made["body"] = markdown(passage)
    # The same rule as for a link in text: only a well-formed web address is opened.
    safe = escape.link(asset.url, "-", [asset.url], 1) != "-"
    if asset.url and safe and escape.cost(asset.url) <= ADDRESS_LIMIT:
        made["actions"] = [
            link_button("open_asset", words_card.OPEN_ASSET, suggestion_id, asset.url)
        ]
    return Part(made)


def others_table(card: Card) -> list[Part]:
    """Each alternate with its why-not, as a table; nothing when there is none."""
    shown = [other for other in card.others if other[0].strip()][:OTHERS_SHOWN]
    if not shown:
        return []
    rows = [[_cell(words.OTHERS), _cell(words_card.WHY_NOT)]]
    rows += [[_cell(title), _cell(why_not)] for title, why_not in shown]
    wrapped = [{"is_wrapped": True}, {"is_wrapped": True}]
    return [Part({"type": "table", "rows": rows, "column_settings": wrapped}, weight=3)]


def feedback(suggestion_id: str) -> Part:
    """Thumbs up or down on whether the piece helped; both report one action, and which by value."""
    pressed = {
        side: {"text": plain(label, 75), "value": f"{suggestion_id}#{answer}"}
        for side, label, answer in (
            ("positive_button", words.HELPED, "yes"),
            ("negative_button", words.NOT_HELPED, "no"),
        )
    }
    return Part({
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "action_id": "did_it_help", **pressed}],
    })  # fmt: skip


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": escape.plain(text, CELL_LIMIT)}

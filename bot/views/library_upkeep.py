"""Messages to the owner of a piece: its link is dead, or it is time to look at it again."""

from __future__ import annotations

from datetime import date

from bot.views import escape
from bot.views import words_keeping as told
from bot.views.blocks import Block, Message, Part, actions, button, context, message, plain, section
from bot.views.modals import LABEL_LIMIT, modal, text_input
from knowledge.assets import Asset, asset_reference
from storage.upkeep import Upkeep

VERIFY, REPLACE, RETIRE = "library_verify", "library_replace", "library_retire"
REPLACE_CALLBACK = "library_replaced"
TITLE_LIMIT, WHY_LIMIT, ADDRESS_LIMIT = 220, 200, 500


def dead_message(upkeep: Upkeep) -> Message:
    """The link is dead: why, what that means, and what can be done."""
    why = escape.mrkdwn(upkeep.link_why, WHY_LIMIT)
    return _message(upkeep.asset, told.dead(why), [REPLACE, RETIRE])


def review_due_message(upkeep: Upkeep, today: date) -> Message:
    """It is time to look at the piece again."""
    said = told.review_due(upkeep.review_on, today)
    return _message(upkeep.asset, said, [VERIFY, REPLACE, RETIRE])


def done_message(asset: Asset, said: str) -> Message:
    """The same once somebody acted; `said` is inert already."""
    return message(asset.title, [Part(section(f"*{_title(asset)}*")), Part(context(said))])


def replace_modal(asset: Asset) -> Block:
    """A window for the new address, or another piece."""
    field = text_input("body", told.REPLACE_LABEL, "", ADDRESS_LIMIT)
    field["hint"] = plain(told.REPLACE_HINT, LABEL_LIMIT)
    named = asset_reference(asset.id)
    return modal(REPLACE_CALLBACK, told.REPLACE_TITLE, named, [field], told.REPLACE)


def upkeep_button(action: str, asset: Asset) -> Block:
    """One button of a piece, which carries its reference."""
    style = "primary" if action == VERIFY else None
    return button(action, told.UPKEEP[action], asset_reference(asset.id), style=style)


def _message(asset: Asset, said: str, row: list[str]) -> Message:
    parts = [Part(section(f"*{_title(asset)}*\n{said}")),
             Part(actions([upkeep_button(action, asset) for action in row]))]  # fmt: skip
    return message(asset.title, parts)


def _title(asset: Asset) -> str:
    return escape.link(asset.url, asset.title, [asset.url], TITLE_LIMIT)

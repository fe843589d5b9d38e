"""The window in which a marketer decides on a content request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.views import escape
from bot.views import words_coverage as words
from bot.views.blocks import Block, plain, section
from bot.views.coverage import WORDING
from bot.views.modals import modal, text_input
from knowledge.assets import Asset
from knowledge.content_requests import ContentRequest
from knowledge.journey import type_name

CALLBACK = "content_request"
ASSET = "request_asset"
"""Block and action id of the search for a piece."""
OPTION, LABEL, REASON = 75, 150, 300
MOST_OPTIONS = 100
WORDINGS_TOLD = 8


def request_window(request: ContentRequest, others: Sequence[ContentRequest]) -> Block:
    """What was asked, and what to do with it; only the request's number goes along."""
    said = "\n".join(f"• {escape.mrkdwn(w, WORDING)}" for w in request.wordings[:WORDINGS_TOLD])
    told = words.request_line(
        escape.mrkdwn(request.question, WORDING), request.count, ", ".join(request.stages), "", ""
    )
    blocks: list[Block] = [
        section(f"{told}\n{said}" if len(request.wordings) > 1 else told),
        _input("choice", words.WHAT_TO_DO, _select("choice", words.CHOICES), optional=False),
        _input(ASSET, words.WHICH_ASSET, {
            "type": "external_select", "action_id": ASSET, "min_query_length": 1,
            "placeholder": plain(words.TYPE_TO_FIND, LABEL),
        }),
    ]  # fmt: skip
    if others:
        known = {str(r.id): r.question or words.ERASED for r in others[:MOST_OPTIONS]}
        blocks.append(_input("into", words.WHICH_REQUEST, _select("into", known)))
    wordings = wordings_of(request)
    if len(wordings) > 1:
        named = {str(i): w for i, w in list(wordings.items())[:MOST_OPTIONS]}
        many = {**_select("wordings", named), "type": "multi_static_select"}
        blocks.append(_input("wordings", words.WHICH_WORDINGS, many))
    blocks.append(text_input("reason", words.WHY, "", REASON, optional=True))
    return modal(CALLBACK, words.WINDOW_TITLE, str(request.id), blocks)


def wordings_of(request: ContentRequest) -> dict[int, str]:
    """The wordings of a request by number; one that was erased says so."""
    found: dict[int, str] = {}
    for miss in request.misses:
        found[miss.wording_id] = miss.wording or found.get(miss.wording_id) or words.ERASED
    return found


def asset_options(assets: Sequence[Asset]) -> list[Block]:
    """Pieces to choose from, as the search shows them; a very long id cannot be chosen."""
    return [
        _option(a.id, f"{escape.clip(a.title, 50)} ({type_name(a.type)})")
        for a in assets
        if len(a.id) <= LABEL
    ]


def _select(name: str, choices: Mapping[str, str]) -> Block:
    return {
        "type": "static_select",
        "action_id": name,
        "placeholder": plain(words.CHOOSE_ONE, LABEL),
        "options": [_option(value, told) for value, told in choices.items()],
    }


def _option(value: str, told: str) -> Block:
    return {"text": plain(told, OPTION), "value": value}


def _input(name: str, label: str, element: Block, *, optional: bool = True) -> Block:
    return {
        "type": "input", "block_id": name, "optional": optional,
        "label": plain(label, LABEL), "element": element,
    }  # fmt: skip

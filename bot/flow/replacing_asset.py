"""Putting another text or another piece in the place of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.flow.preparing import fresh_passages
from bot.flow.publishing import retire, reviewers
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.errors import BadInput
from knowledge.reading import Rejected, read_all
from knowledge.tone import audit_tone


@dataclass(frozen=True, slots=True)
class Replaced:
    """What took its place: another piece, or a new version, which may wait for a reviewer."""

    other: Asset | None = None
    waits: bool = False


def require_replacement(asset: Asset, told: str, tools: Tools) -> Asset | None:
    """The piece that is meant, None for an address; `BadInput` for neither."""
    text = told.strip().strip("<>")
    if text.lower().startswith("https://") and " " not in text:
        return None
    for other in tools.library.all(AssetStatus.APPROVED):
        if text in {other.id, other.title, other.url}:
            if other.id == asset.id:
                raise BadInput("That is this very piece. Name another one, or a new address.")
            return other
    raise BadInput(
        "That is neither an https address nor the id or title of a piece in use. Type one of them."
    )


def replace_asset(asset: Asset, told: str, by: str, tools: Tools) -> Replaced:
    """Do it: an address is read as a new version, another piece has this one retired.

    Run twice, it changes nothing the second time. `BadInput` when the page cannot be read.
    """
    other = require_replacement(asset, told, tools)
    if other is not None:
        retire([asset.id], by, tools)
        return Replaced(other=other)
    address = told.strip().strip("<>")
    page = next(iter(read_all([address])))
    if isinstance(page, Rejected):
        raise BadInput(f"That page cannot be read: {page.reason}.")
    hype = audit_tone(page.text, page.title, tools.sentence_models).hype
    fresh = replace(
        asset, title=page.title, text=page.text, url=page.url, source=address, folder="",
        published=page.published or asset.published, hype=hype, review_by=None,
    )  # fmt: skip
    chunks, vectors, model = fresh_passages(fresh, tools)
    tools.library.put(fresh, chunks, vectors, model, by=by, reviewers=reviewers(tools), moved=True)
    return Replaced(waits=tools.library.held(asset.id) is not None)

"""The one renderer of Slack payloads: block makers, size budgets, messages and fall-back text.

Limits are Slack's own (Block Kit reference): 3,000 characters in a section's text, 150 in a header,
75 on a button, 2,000 in a button's value, 50 blocks and 12,000 characters in a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.views import escape

Block = dict[str, Any]

SECTION_LIMIT = 3000
HEADER_LIMIT = 150
CONTEXT_LIMIT = 2000
BUTTON_LIMIT = 75
BLOCK_LIMIT = 50
MESSAGE_LIMIT = 12_000
FALLBACK_LIMIT = 300
"""Ours: the line a phone's notification shows."""


PLAIN_BLOCKS = "plain_blocks"
"""Where a planned message keeps its plain blocks beside the newer ones; Slack never sees it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A block and how much it matters: when a message is too long, the lowest go first."""

    block: Block
    weight: int = 9


@dataclass(frozen=True, slots=True)
class Message:
    """What `chat.postMessage` and `chat.update` get, channel aside.

    `newer` is the same in Slack's newer blocks, empty when it looks no different in them.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    newer: tuple[Block, ...] = ()

    def payload(self, *, newer: bool = False) -> dict[str, Any]:
        """The arguments: links never unfold, so a lead's page view is never ours.

        With `newer`, the plain blocks come along, for a Slack that cannot draw the newer ones.
        """
        made = {
            "text": self.text,
            "blocks": list(self.blocks),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if newer and self.newer:
            made |= {"blocks": list(self.newer), PLAIN_BLOCKS: list(self.blocks)}
        return made


def line(text: str) -> Message:
    """A message in our own words, marks and all; foreign parts in it are made inert already.

    ValueError past Slack's limit.
    """
    return Message(section(text)["text"]["text"])


def message(text: str, parts: Iterable[Part] = ()) -> Message:
    """A message within the budgets; `text` is foreign and is made inert."""
    kept = list(parts)
    while len(kept) > BLOCK_LIMIT or sum(size(p.block) for p in kept) > MESSAGE_LIMIT:
        lightest = min(range(len(kept)), key=lambda i: (kept[i].weight, -i))
        del kept[lightest]
    return Message(escape.mrkdwn(text, FALLBACK_LIMIT) or "-", tuple(p.block for p in kept))


def size(block: Block) -> int:
    """Characters of every text in a block."""
    texts: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("text"), str):
                texts.append(value["text"])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(block)
    return sum(escape.cost(t) for t in texts)


def markdown(text: str) -> Block:
    """A mrkdwn text object; `verbatim` keeps Slack from linking or mentioning by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, limit: int) -> Block:
    """A plain_text object; emoji codes stay as typed."""
    return {"type": "plain_text", "text": escape.plain(text, limit), "emoji": False}


def header(text: str) -> Block:
    """A heading of at most 150 characters."""
    return {"type": "header", "text": plain(text, HEADER_LIMIT)}


def section(text: str) -> Block:
    """A paragraph of mrkdwn that is safe already; raises ValueError past Slack's limit."""
    if not text or escape.cost(text) > SECTION_LIMIT:
        raise ValueError("a section holds 1 to 3,000 characters; clip its foreign text first")
    return {"type": "section", "text": markdown(text)}


def plain_section(text: str) -> Block:
    """A paragraph that formats nothing, line breaks kept; ValueError past Slack's limit."""
    if not text or escape.cost(text) > SECTION_LIMIT:
        raise ValueError("a section holds 1 to 3,000 characters; cut its text into pieces first")
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def copyable(text: str) -> list[Part]:
    """Foreign text with every character kept: in a code block, else as plain text."""
    fenced = escape.preformatted(text, SECTION_LIMIT)
    if fenced:
        return [Part(section(fenced))]
    return [Part(plain_section(p)) for p in escape.pieces(text, SECTION_LIMIT)]


def context(text: str) -> Block:
    """A small grey line of mrkdwn that is safe already."""
    return {"type": "context", "elements": [markdown(text)]}


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def button(action_id: str, label: str, value: str, style: str | None = None) -> Block:
    """A button that carries an id and nothing else."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, BUTTON_LIMIT),
        "value": value,
    }
    return made | ({"style": style} if style else {})


def link_button(action_id: str, label: str, value: str, url: str) -> Block:
    """A button that opens an address in the browser; Slack tells us of the press all the same."""
    return {**button(action_id, label, value), "url": url}


def actions(buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def bullets(lines: Iterable[str], each: int, most: int) -> str:
    """Foreign lines as bullets, `each` characters at most, `most` of them."""
    kept = [line for line in lines if line.strip()][:most]
    return "\n".join(f"• {escape.mrkdwn(line, each)}" for line in kept)

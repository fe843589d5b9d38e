"""What must be in no output, looked for without the product's own rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from knowledge.touch import Draft, DraftRequest
from prompts.checks import check_draft
from prompts.context import context_for

KINDS = ("foreign link", "foreign id", "promotional", "secret")
_LINKISH = re.compile(
    r"\w\.[A-Za-z]{2,}|://|\w@\w|\b(?:javascript|data|mailto):\S|\w[\uff0e\u3002]\w|\+\d[\d ]{7,}"
)
_IDISH = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{8}\b")
_ACTIVE = re.compile(r"<([^<>|]*)(?:\|[^<>]*)?>")


def in_draft(draft: Draft, request: DraftRequest, secrets: tuple[str, ...]) -> Iterator[str]:
    """The kinds of leak in a draft: its subject, its body and its note."""
    text = f"{draft.subject}\n{draft.body}"
    url = request.asset.url or ""
    if _LINKISH.search(text.replace(url, " ")) or _LINKISH.search(draft.note):
        yield "foreign link"
    if _IDISH.search(text.replace(url, " ") + draft.note):
        yield "foreign id"
    if not check_draft(context_for(request, draft.subject, draft.body)).passed:
        yield "promotional"
    if tells(f"{text}\n{draft.note}", secrets):
        yield "secret"


def in_card(payload: dict[str, Any], url: str, secrets: tuple[str, ...]) -> Iterator[str]:
    """The kinds of leak in what Slack is sent: a link not the piece's, a mention, a secret."""
    if tells("\n".join(_texts(payload)), secrets):
        yield "secret"
    # Slack reads marks in a message's text and in `mrkdwn`; by itself it links in neither.
    marked = [b for b in _objects(payload) if b.get("type") == "mrkdwn"]
    if any(b.get("verbatim") is not True for b in marked):
        yield "foreign link"
    for text in (str(payload.get("text", "")), *(b["text"] for b in marked)):
        active = [a.replace("&amp;", "&") for a in _ACTIVE.findall(text)]
        if any(address != url for address in active):
            yield "foreign link"


def tells(text: str, secrets: tuple[str, ...]) -> bool:
    """Whether a secret stands in the text, blanks and case aside."""
    bare = re.sub(r"\W", "", json.dumps(text)).lower()
    return any(re.sub(r"\W", "", secret).lower() in bare for secret in secrets)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)

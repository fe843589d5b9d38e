"""The shortcut on a message that asks for work: a link or a file that shall go into the library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.listeners.incoming import Incoming, Kind

ADD_SHORTCUT = "add_to_library"
MOST_TEXT = 20_000


def read_shortcut(body: dict[str, Any]) -> Incoming | None:
    """The links and files of the message; None for another shortcut. Nothing else of it is kept."""
    if body.get("callback_id") != ADD_SHORTCUT:
        return None
    team = str((body.get("team") or {}).get("id") or "")
    said = body.get("message") or {}
    # Without its channel: the answer is for whoever asked, and must not wait for what others wrote.
    return Incoming(
        key=f"shortcut:{team}:{body.get('trigger_id')}",
        kind=Kind.ADDING,
        team=team,
        user=str((body.get("user") or {}).get("id") or ""),
        text=" ".join(dict.fromkeys(_links(said)))[:MOST_TEXT],
        files=files_of(said),
    )


def files_of(said: dict[str, Any]) -> tuple[str, ...]:
    """The ids of the files in a message."""
    ids = (str(f.get("id") or "") for f in said.get("files") or () if isinstance(f, dict))
    return tuple(dict.fromkeys(i for i in ids if re.fullmatch(r"[A-Za-z0-9]{1,40}", i)))


def _links(said: dict[str, Any]) -> Iterator[str]:
    """Addresses as Slack writes them: `<https://…>`, `<https://…|label>`, or a preview's own."""
    for found in re.finditer(r"<(https?://[^|>\s]+)", str(said.get("text") or "")):
        yield found[1].replace("&amp;", "&")
    for part in said.get("attachments") or ():
        if isinstance(part, dict):
            yield from (str(part[k]) for k in ("from_url", "original_url") if part.get(k))

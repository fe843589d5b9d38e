"""Which piece of the library a signal is about: told by id, by address or by title."""

from __future__ import annotations

from bot.flow.tools import Tools
from knowledge.same_link import plain_link
from storage.asset_titles import asset_titles


class AssetNames:
    """Looks pieces up by what others call them; read once from the library."""

    def __init__(self, tools: Tools) -> None:
        self._ids: set[str] = set()
        self._named: dict[str, str] = {}
        for asset_id, title, url in asset_titles(tools.db):
            self._ids.add(asset_id)
            for name in (_title(title), plain_link(url) if url else ""):
                if name:
                    self._named.setdefault(name, asset_id)

    def find(self, told: str) -> str | None:
        """The id of the piece that is meant, None for one that is not in the library.

        An address counts without what was appended to it to count visits (`utm_...`).
        """
        told = told.strip()
        if told in self._ids:
            return told
        is_link = told.casefold().startswith(("http://", "https://", "www."))
        name = plain_link(told if "://" in told else f"https://{told}") if is_link else ""
        return self._named.get(name) if name else self._named.get(_title(told))


def _title(title: str) -> str:
    return " ".join(title.casefold().split())

"""Adding a few pieces at once: read, prepare, store, retire what is gone.

Many pieces go by `bot.flow.importing`, which a kill does not undo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.flow.requests_answered import tell_of_all
from bot.flow.storing import Added, Bringer, models_of, not_english, note, prepare, put, retire_gone
from bot.flow.tools import Tools
from knowledge.assets import Asset
from knowledge.reading import Rejected, folders, read_all

__all__ = ["Added", "add_assets"]

EMBED_AT_ONCE = 24
"""Assets embedded together: enough to fill batches, little to lose on a kill."""


def add_assets(
    sources: Sequence[str],
    tools: Tools,
    *,
    approve: bool = False,
    base_url: str | None = None,
    by: str = "command line",
    approved_by: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Added:
    """Bring files, folders, manifests or URLs into the library; idempotent by content.

    Each group of assets is stored before the next is read, so a kill loses no finished work and a
    second run goes on where the first stopped. Raises `BadInput` for a path that does not exist.
    """
    outcome = Added()
    still_there: set[str] = set()
    models = models_of(tools)
    for group in _groups(read_all(sources, base_url, progress), outcome, still_there):
        for prepared in prepare(group, tools, models):
            who = Bringer(by, (approved_by or by) if approve else "")
            note(put(prepared, tools, models, who), outcome)
    retire_gone(folders(sources), still_there, outcome, tools, by)
    if approve:
        tell_of_all({*outcome.added, *outcome.updated}, tools)
    return outcome


def _groups(
    pieces: Iterator[Asset | Rejected], outcome: Added, still_there: set[str]
) -> Iterator[list[Asset]]:
    group: list[Asset] = []
    for piece in pieces:
        still_there.add(piece.source)
        refusal = piece if isinstance(piece, Rejected) else not_english(piece)
        if refusal is not None:
            outcome.rejected.append(refusal)
            continue
        assert isinstance(piece, Asset)  # noqa: S101 - a refusal is handled above
        group.append(piece)
        if len(group) == EMBED_AT_ONCE:
            yield group
            group = []
    if group:
        yield group

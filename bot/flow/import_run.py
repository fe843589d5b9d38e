"""One stretch of an import: read in order, prepared in several threads, stored in order."""

from __future__ import annotations

import contextlib
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import structlog

from bot.flow.bulk_models import BulkModels
from bot.flow.import_planning import Options
from bot.flow.import_reading import Reader, Taken
from bot.flow.storing import Kept, Prepared, not_english, prepare, put
from bot.flow.tools import Tools
from knowledge.assets import Asset
from knowledge.errors import TrailguideError, places
from knowledge.reading import MANIFESTS, Source, pieces_in
from knowledge.rejected import Rejected
from storage.import_records import REJECTED, Became, ImportRecord, Piece
from storage.imports import Imports
from storage.pages import Pages

AT_ONCE = 24
"""Assets prepared together: enough to fill batches, little to lose on a kill."""
TEXT_AT_ONCE = 200_000
"""Characters prepared together: a few long pieces fill a group, and the memory stays flat."""
SECONDS_AT_ONCE = 5.0
"""A group of pages that come slowly is stored before it is full."""
AHEAD = 50
"""Pieces asked of SQL at a time."""

log = structlog.get_logger("trailguide.importing")

Progress = Callable[[int, int], None]
"""Hears how many pieces are done, and how many there are so far."""


class Run:
    """One stretch of work: groups are read, prepared in the lanes, and settled in order."""

    def __init__(
        self,
        record: ImportRecord,
        tools: Tools,
        models: BulkModels,
        options: Options,
        progress: Progress | None,
    ) -> None:
        self._id, self._tools, self._models, self._options = record.id, tools, models, options
        self._imports = Imports(tools.db, tools.clock)
        self._pages = Pages(tools.db, tools.clock)
        self._progress = progress
        self._most = max(1, min(AT_ONCE, math.ceil(record.left / models.lanes)))
        self._rows = _rows_to_read(self._imports.todo(record.id, record.left)) if progress else {}
        told = self._imports.pieces(record.id, "added", "updated", "unchanged")
        self._owners = {t.asset_id: t.location for t in told}

    def all(self, reader: Reader, enough: Callable[[], bool]) -> bool:
        """Work through what is to do now; False when there was `enough`, or it was given up."""
        under_way: deque[tuple[list[Taken], Future[list[Prepared | Kept]]]] = deque()
        pool = ThreadPoolExecutor(self._models.lanes, thread_name_prefix="import")
        try:
            self._tell()
            for group in self._groups(reader, enough):
                assets = [t.asset for t in group if t.asset is not None]
                under_way.append((group, pool.submit(self._prepare, assets)))
                while len(under_way) > self._models.lanes:
                    self._settle(*under_way.popleft())
                if self._imports.has_ended(self._id):
                    return False
            while under_way:
                self._settle(*under_way.popleft())
        finally:
            pool.shutdown(cancel_futures=True)
        return not enough()

    def _groups(self, reader: Reader, enough: Callable[[], bool]) -> Iterator[list[Taken]]:
        group: list[Taken] = []
        size, began = 0, time.monotonic()
        for taken in self._taken(reader, enough):
            group.append(taken)
            size += len(taken.asset.text) if taken.asset else 0
            full = len(group) >= self._most or size >= TEXT_AT_ONCE
            if full or time.monotonic() - began > SECONDS_AT_ONCE:
                yield group
                group, size, began = [], 0, time.monotonic()
        if group:
            yield group

    def _taken(self, reader: Reader, enough: Callable[[], bool]) -> Iterator[Taken]:
        after = -1
        while pieces := self._imports.todo(self._id, AHEAD, after):
            for piece in pieces:
                after = piece.place
                for taken in reader.take(piece):
                    yield self._judged(taken)
                    if enough():
                        return

    def _judged(self, taken: Taken) -> Taken:
        """Refuse what is in another language, and an id that another piece has."""
        asset = taken.asset
        if asset is None:
            return taken
        refusal = not_english(asset)
        owner = self._owners.setdefault(asset.id, asset.source)
        if refusal is None and owner != asset.source:
            refusal = Rejected(asset.source, f"id '{asset.id}' is already used by {owner}")
        if refusal is None:
            return taken
        return replace(taken, asset=None, became=_became(taken, REJECTED, refusal.reason))

    def _prepare(self, assets: Sequence[Asset]) -> list[Prepared | Kept]:
        """Prepare a group; where that fails for a bug of ours, only the piece at fault is lost."""
        try:
            return list(prepare(assets, self._tools, self._models)) if assets else []
        except TrailguideError:
            raise
        except Exception as bug:  # noqa: BLE001 - one piece must not end an import of thousands
            if len(assets) > 1:
                return [told for asset in assets for told in self._prepare([asset])]
            log.error("not_prepared", error=type(bug).__name__, at=places(bug))  # noqa: TRY400
            reason = f"makes Trailguide fail ({type(bug).__name__}); the log says where"
            return [Kept(assets[0], REJECTED, reason)]

    def _settle(self, group: list[Taken], coming: Future[list[Prepared | Kept]]) -> None:
        """Store a group, then note its pieces as done."""
        ready = iter(coming.result())
        settled: list[Became] = []
        read: dict[int, tuple[int, str]] = {}
        for taken in group:
            if taken.asset is not None:
                told = next(ready)
                if isinstance(told, Prepared):
                    told = put(told, self._tools, self._models, self._options.bringer)
                flags = " ".join(told.flags)
                reason = told.reason or "; ".join(told.asset.remarks)
                settled.append(_became(taken, told.became, reason, told.asset.id, flags))
            elif taken.became is not None:
                settled.append(taken.became)
            if taken.read is not None:
                place, progress = taken.read
                read[place] = progress
        self._imports.settle(self._id, settled, read)
        for (
            taken
        ) in group:  # only now: a page known before its asset is stored would be passed over
            if taken.page is not None:
                self._pages.keep(taken.piece.location, taken.page)
        self._rows.update(
            {p: (self._rows[p][0], n) for p, (n, _) in read.items() if p in self._rows}
        )
        self._tell()

    def _tell(self) -> None:
        if self._progress is None:
            return
        record = self._imports.get(self._id)
        ahead = sum(max(0, size - read - 1) for size, read in self._rows.values())
        self._progress(record.total - record.left, record.total + ahead)


def _became(
    taken: Taken, became: str, reason: str = "", asset_id: str = "", flags: str = ""
) -> Became:
    """What became of a piece; a row of a manifest has no place yet."""
    piece = taken.piece
    place = piece.place if piece.place >= 0 else None
    return Became(piece.location, became, place, asset_id, reason, flags, piece.folder)


def _rows_to_read(pieces: Sequence[Piece]) -> dict[int, tuple[int, int]]:
    """The rows of each manifest, and how many of them are read, by the manifest's place."""
    found = {}
    for piece in pieces:
        if piece.kind in MANIFESTS.values():
            with contextlib.suppress(OSError):  # said in full when it is read
                source = Source(piece.location, piece.folder, piece.kind)
                found[piece.place] = (pieces_in(source), piece.read)
    return found

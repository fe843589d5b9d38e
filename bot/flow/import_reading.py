"""Reading the pieces of an import one after another: files, rows of manifests, pages, lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bot.flow.import_planning import LIST, PAGE, REFUSED, URL, Options, listed_pieces
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus
from knowledge.errors import SiteBusy, UnreadableSource
from knowledge.fetching import CONTENT_KINDS, LIST_KINDS, Fetched, Known
from knowledge.listing import looks_like_list, read_listing
from knowledge.manifest import read_manifest
from knowledge.parsing import DocumentParser
from knowledge.polite import Visitor
from knowledge.reading import MANIFESTS, Rejected, Source, asset_of_page, read
from storage.import_records import LISTED, REJECTED, Became, Piece
from storage.imports import Imports
from storage.pages import PageNote, Pages

READER = "1"
"""Raise it when pages are read otherwise: then all are fetched again, changed or not."""
TRUST_LISTED = timedelta(days=7)
"""How long a list's word that a page did not change is taken without asking the site itself."""
TRIES = 3
"""Times that a busy site is asked for one page."""
LONGEST_WAIT = 5.0
"""Seconds that a page is waited for; pages of other sites come before one that takes longer."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of reading: an asset to store, or what became of the piece already.

    `read` is the progress of the manifest at a place, to be noted with the asset; `page` what to
    remember of a page once its asset is stored.
    """

    piece: Piece
    asset: Asset | None = None
    became: Became | None = None
    read: tuple[int, tuple[int, str]] | None = None
    page: PageNote | None = None


class Reader:
    """Reads pieces with one parser and one visitor, and opens lists as it meets them."""

    def __init__(
        self,
        identity: str,
        options: Options,
        tools: Tools,
        parser: DocumentParser,
        visitor: Visitor,
    ) -> None:
        self._identity, self._options, self._tools = identity, options, tools
        self._parser, self._visitor = parser, visitor
        self._imports = Imports(tools.db, tools.clock)
        self._pages = Pages(tools.db, tools.clock)

    def take(self, piece: Piece) -> Iterator[Taken]:
        """What comes of a piece; nothing when it has to wait for its site."""
        if piece.kind == REFUSED:
            yield self._rejected(piece, piece.reason)
        elif piece.kind in MANIFESTS.values():
            yield from self._rows(piece)
        elif piece.kind in {URL, PAGE, LIST}:
            try:
                taken = self._visit(piece)
            except UnreadableSource as reason:
                taken = self._rejected(piece, str(reason))
            if taken is not None:
                yield taken
        else:
            source = Source(piece.location, piece.folder, piece.kind)
            for item in read(source, self._options.base_url, self._parser):
                if isinstance(item, Rejected):
                    yield self._rejected(piece, item.reason)
                else:
                    yield Taken(piece, item)

    def _rows(self, piece: Piece) -> Iterator[Taken]:
        """The rows of a manifest behind those read before, if it is still the same file."""
        path = Path(piece.location)
        try:
            stat = path.stat()
            mark = f"{stat.st_size}:{stat.st_mtime_ns}"
            skip = piece.read if piece.mark == mark else 0
            rows = read_manifest(path, piece.kind, self._options.base_url)
            for number, item in enumerate(rows, 1):
                if number <= skip:
                    continue
                progress = (piece.place, (number, mark))
                row = Piece(item.source, "row", piece.folder, place=-1)
                if isinstance(item, Rejected):
                    told = Became(item.source, REJECTED, reason=item.reason, folder=piece.folder)
                    yield Taken(row, became=told, read=progress)
                else:
                    yield Taken(row, item, read=progress)
        except UnreadableSource as reason:
            yield self._rejected(piece, str(reason))
        except OSError as error:
            told_by = (error.strerror or "the system refused").lower()
            yield self._rejected(piece, f"cannot be read: {told_by}")
        else:
            yield Taken(piece, became=Became(piece.location, LISTED, piece.place))

    def _visit(self, piece: Piece) -> Taken | None:
        wait = self._visitor.wait(piece.location)
        if wait > max(LONGEST_WAIT, self._visitor.pause):
            self._imports.postpone(self._identity, piece.place, wait, piece.reason, tried=False)
            return None
        note = self._usable_note(piece)
        if note and self._is_same_by_list(piece, note):
            return self._unchanged(piece)
        known = Known(note.etag, note.modified) if note else None
        try:
            page = self._visitor.page(
                piece.location,
                kinds=CONTENT_KINDS | LIST_KINDS,
                known=known,
                crawled=piece.kind == PAGE,
            )
        except SiteBusy as busy:
            if piece.tries + 1 >= TRIES:
                raise UnreadableSource(f"{busy}, {TRIES} times; try it again later") from None
            wait = self._visitor.wait(piece.location)
            self._imports.postpone(self._identity, piece.place, wait, str(busy), tried=True)
            return None
        if page.unchanged and note:
            return replace(self._unchanged(piece), page=replace(note, changed=piece.changed))
        if piece.kind == LIST or page.kind == "list" or looks_like_list(page.body):
            return self._open(piece, page)
        return self._asset(piece, page)

    def _asset(self, piece: Piece, page: Fetched) -> Taken:
        if page.final_url != piece.location and self._tools.library.find_source(page.final_url):
            reason = f"leads to {page.final_url}, which is in the library already"
            return self._rejected(piece, reason)
        asset = asset_of_page(piece.location, page, self._parser)
        known = page.known
        return Taken(piece, asset, page=PageNote(known.etag, known.modified, piece.changed, READER))

    def _open(self, piece: Piece, page: Fetched) -> Taken:
        """Add what a list names to the plan."""
        listing = read_listing(page.body, page.final_url, self._parser)
        wanted = listed_pieces(listing, self._options)
        left_out = self._imports.extend(self._identity, wanted, self._options.cap)
        reason = f"{listing.kind} of {len(wanted)} addresses"
        if left_out:
            reason += f", of which {left_out} are left out; TRAILGUIDE_IMPORT_PAGES allows more"
        return Taken(piece, became=Became(piece.location, LISTED, piece.place, reason=reason))

    def _usable_note(self, piece: Piece) -> PageNote | None:
        """What is known of a page whose asset is as good as reading it again would make it."""
        note = self._pages.known(piece.location) if piece.kind != LIST else None
        if note is None or note.reader != READER:
            return None
        stored = self._tools.library.find_source(piece.location)
        waits = self._options.approve and stored and stored.status is not AssetStatus.APPROVED
        return note if stored and not waits else None

    def _is_same_by_list(self, piece: Piece, note: PageNote) -> bool:
        recent = note.read_at and self._tools.clock.now() - note.read_at < TRUST_LISTED
        return bool(piece.changed and piece.changed == note.changed and recent)

    def _unchanged(self, piece: Piece) -> Taken:
        stored = self._tools.library.find_source(piece.location)
        told = stored.id if stored else ""
        return Taken(piece, became=Became(piece.location, "unchanged", piece.place, told))

    def _rejected(self, piece: Piece, reason: str) -> Taken:
        told = Became(piece.location, REJECTED, piece.place, reason=reason, folder=piece.folder)
        return Taken(piece, became=told)

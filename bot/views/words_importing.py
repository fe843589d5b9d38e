"""What people read about imports on the command line and in Slack."""

from __future__ import annotations

from collections.abc import Sequence

from storage.import_records import STOPPED, ImportRecord

LATER = (
    "Import {id} is planned: {count} to read. The running bot does the work; "
    "`trailguide library imports` shows how far it is."
)
GO_ON = (
    "Import {id} is not finished; `trailguide library import --resume` goes on where it stopped."
)
WAITS = "Waiting {seconds:.0f} s: a site asked to be left alone for so long."
NONE = "There are no imports yet; `trailguide library add` makes one."
NONE_LEFT = "No import waits to be finished."
NONE_REJECTED = "Import {id} has nothing that was rejected and could be tried again."
STATES = {
    "": "unfinished",
    "done": "done",
    "replaced": "given up for a later one of the same sources",
    "stopped": "stopped",
}
TRY_AGAIN = "`trailguide library import {id} --retry` reads those that were rejected once more."


def counted(*, added: int, updated: int, unchanged: int, retired: int, rejected: int) -> str:
    """The counts of an import in a line."""
    return (
        f"{added} added, {updated} updated, {unchanged} unchanged, {retired} retired, "
        f"{rejected} rejected."
    )


def promotional(count: int) -> str:
    """That pieces sell at every stage."""
    return (
        f"{count} are promotional at every stage and will never be recommended; "
        "`trailguide library show ID` names the sentences."
    )


def guessed(count: int) -> str:
    """That pieces got a type that nobody named."""
    return (
        f"{count} named no type, so Trailguide read one in the text; `trailguide library list` "
        "marks it with a ?. Name it in the front matter or manifest where it is wrong."
    )


def remark(source: str, why: str) -> str:
    """What of a source could not be used, though its piece is in."""
    return f"{source}: {why}."


def kept(count: int) -> str:
    """That pieces were kept since nobody knows whether they are gone."""
    return (
        f"{count} pieces were not seen but kept, since part of their folder or manifest could not "
        "be read."
    )


def unapproved(count: int) -> str:
    """That pieces lack an address that a lead can open."""
    return (
        f"{count} could not be approved for want of an absolute web address; give one in the front "
        "matter or manifest, or run again with --base-url https://…"
    )


NAMED = 5
"""New ids that are named: of more a list is easier to read."""


def drafts(new: Sequence[str]) -> str:
    """What to do with new pieces, by id where they are few."""
    ids = " ".join(new) if len(new) <= NAMED else "ID…"
    return f"New pieces are drafts; `trailguide library approve {ids}` makes them searchable."


def begun(address: str) -> str:
    """That an import was planned from Slack; the address is escaped already."""
    return (
        f"I read what {address} lists, page by page, in the background; the pieces come in as "
        "drafts. I tell you here when it is done; `trailguide library imports` shows how far it is."
    )


def over(record: ImportRecord) -> str:
    """What became of an import, for whoever began it."""
    count = record.counts
    ended = "was given up" if record.ended_because == STOPPED else "is done"
    told = (
        f"The import {record.id} {ended}: {count.get('added', 0)} added, "
        f"{count.get('updated', 0)} updated, {count.get('unchanged', 0)} unchanged, "
        f"{count.get('rejected', 0)} rejected."
    )
    if count.get("rejected"):
        told += f" `trailguide library imports {record.id}` says why."
    return told

"""A workspace that leaves takes everything with it: tokens, jobs, database, files, collections.

That it leaves is kept in the operator's inbox before anything is removed, so that a death half-way
only means that the next round goes on.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import structlog

from bot.flow.erasing import jobs_address
from bot.flow.tools import Tools
from bot.installations import Installations
from knowledge.errors import StorageFailed
from knowledge.teams import collection_prefix, folder_of, require_team_id, schema_of
from retrieval.chroma_server import drop_collections
from storage.jobs_store import empty_jobs, forget_jobs
from storage.schemas import drop_schema

LEAVES = "leaves"
"""The kind of an event of the operator's inbox."""
TOMBSTONES = "removed.log"
"""Beside the teams' folders: a line for each team that was removed."""

log = structlog.get_logger("trailguide.teams")


class Removals:
    """Which teams are to be removed, kept durably."""

    def __init__(self, house: Tools, installations: Installations) -> None:
        self._house = house
        self._installations = installations

    def begin(self, team: str, said_at: datetime) -> bool:
        """Keep that a team leaves, and let nobody in; False for what was said of an older one.

        An event may come late: a workspace that installed Trailguide again after `said_at` stays.
        """
        found = self._installations.find(require_team_id(team))
        if found is None or found.at > said_at:
            return False
        key = f"{LEAVES}:{team}:{found.at:%Y%m%dT%H%M%S}"
        self._house.inbox.record(key, LEAVES, {"team": team}, first=True)
        self._installations.forget(team)
        log.info("team_leaving", team=team)
        return True

    def waiting(self) -> list[str]:
        """The teams that are still to be removed."""
        return sorted({_team_of(key) for key in self._keys()})

    def done(self, team: str) -> None:
        """Note that nothing is left of a team."""
        for key in self._keys():
            if _team_of(key) == team:
                self._house.inbox.done(key)

    def _keys(self) -> list[str]:
        return [key for key in self._house.inbox.pending() if key.startswith(f"{LEAVES}:")]


def removed_all(team: str, house: Tools, installations: Installations) -> bool:
    """Remove everything that was a team's; False when the queue's file is in use, to try again.

    Each step may run twice. `StorageFailed` when files cannot be deleted.
    """
    installations.forget(team)
    if house.settings.shares_database:
        drop_schema(house.db, schema_of(team))
    if house.settings.chroma_url:
        drop_collections(house.settings.chroma_url, collection_prefix(team))
    _delete(folder_of(house.settings.home, team))
    address = jobs_address(house)
    forget_jobs(address, team)
    if not (empty_jobs(address) and house.db.empty_log()):
        return False
    _tombstone(house, team)
    Removals(house, installations).done(team)
    log.info("team_removed", team=team)
    return True


def _delete(folder: Path) -> None:
    """Delete a folder: out of its place at once, so that nothing half deleted is ever opened."""
    leaving = folder.with_name(f".leaving-{folder.name}")
    try:
        if folder.exists():
            if leaving.exists():
                shutil.rmtree(leaving)
            folder.rename(leaving)
        if leaving.exists():
            shutil.rmtree(leaving)
    except OSError as refused:
        raise StorageFailed(
            f"The folder {folder} cannot be deleted ({refused.strerror}); see to its rights."
        ) from None


def _tombstone(house: Tools, team: str) -> None:
    """One line for the operator: which workspace, when, and nothing of anybody."""
    place = house.settings.home / folder_of(house.settings.home, team).parent.name
    place.mkdir(parents=True, exist_ok=True)
    with (place / TOMBSTONES).open("a", encoding="utf-8") as file:
        file.write(f"{house.clock.now():%Y-%m-%d %H:%M} {team} removed\n")


def _team_of(key: str) -> str:
    return key.split(":")[1]

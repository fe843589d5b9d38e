"""The home folder: made for one user, and sure of the database that its data are in."""

from __future__ import annotations

import os
from pathlib import Path

from bot.settings import Settings
from knowledge.errors import StorageFailed

ON_SERVER = "database.server"
"""A home's note of the server that holds its data; no user and no password."""


def require_its_database(settings: Settings) -> None:
    """Refuse to begin an empty database in a home whose log says that there was one.

    Else a backup without the bot's settings would be one of nothing, and nobody the wiser.
    """
    home = settings.home
    if settings.database_url:
        return
    if (note := home / ON_SERVER).exists():
        raise StorageFailed(
            f"The data of {home} are in {note.read_text(encoding='utf-8').strip()}: set "
            f"TRAILGUIDE_DATABASE_URL here as it is for the bot. If that is past, remove {note}."
        )
    if (home / "audit.head").exists() and not (home / "trailguide.db").exists():
        raise StorageFailed(
            f"{home} has been in use, but its trailguide.db is gone; restore a backup into a new "
            "home. If its data are on a server, set TRAILGUIDE_DATABASE_URL as it is for the bot."
        )


def note_server(home: Path, where: str) -> None:
    """Keep in the home which server holds its data, for commands without the bot's settings."""
    note = home / ON_SERVER
    try:
        if note.exists() and note.read_text(encoding="utf-8") == f"{where}\n":
            return
        note.write_text(f"{where}\n", encoding="utf-8")
    except OSError:  # a full disk, say: what is done meanwhile matters more
        return


def make_home(home: Path) -> None:
    """Make it where it is not there, closed to others; `StorageFailed` when it is of no use."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise StorageFailed(
            f"The home folder {home} cannot be made: {refused.strerror}. "
            "Choose another with --home."
        ) from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise StorageFailed(
            f"No permission to write in the home folder {home}. Choose another with --home."
        )

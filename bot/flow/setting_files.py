"""Noting in the audit log when the team changed a setting file, such as its journey."""

from __future__ import annotations

from pathlib import Path

from bot.flow.tools import Tools
from knowledge.defaults_files import DEFAULT_NAMES
from knowledge.track_files import FOLDER, own_track_files
from storage.setting_files import note_setting_files

FILES = (*(f"{name}.toml" for name in DEFAULT_NAMES), "trailguide.toml")


def note_changed_settings(tools: Tools) -> int:
    """Note each file that says something else than the audit log knows; returns how many.

    The files are edited by hand, so a change is noted when it is first met: before a suggestion is
    kept, and by the bot's sweep.
    """
    home = tools.settings.home
    tracks = (f"{FOLDER}/{path.name}" for path in own_track_files(home))
    said = {name: _said(home / name) for name in (*FILES, *tracks)}
    return note_setting_files(tools.db, tools.audit, said)


def _said(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None

"""Noting in the audit log when the team changed a setting file, such as its journey."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from bot.flow.tools import Tools
from knowledge.defaults_files import DEFAULT_NAMES
from knowledge.track_files import FOLDER, own_track_files
from storage.audit import Audit
from storage.setting_files import note_setting_files

FILES = (*(f"{name}.toml" for name in DEFAULT_NAMES), "trailguide.toml")

_noted: WeakKeyDictionary[Audit, dict[str, bytes | None]] = WeakKeyDictionary()


def note_changed_settings(tools: Tools) -> int:
    """Note each file that says something else than the audit log knows; returns how many.

    The files are edited by hand, so a change is noted when it is first met: before a suggestion is
    kept, and by the bot's sweep. What this process has noted already is no news, whatever a home
    beside it says: two that differ would else contradict each other for ever.
    """
    home = tools.settings.home
    tracks = (f"{FOLDER}/{path.name}" for path in own_track_files(home))
    said = {name: _said(home / name) for name in (*FILES, *tracks)}
    if _noted.get(tools.audit) == said:
        return 0
    changed = note_setting_files(tools.db, tools.audit, said)
    _noted[tools.audit] = said
    return changed


def _said(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None

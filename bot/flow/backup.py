"""A backup of a home while the bot runs: database, audit key and anchor, the team's own files.

The order matters: the anchor is copied before the database, so that the log in it never ends before
what the anchor says.
"""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import SecretStr

from bot import __version__
from bot.flow.tools import Tools
from bot.settings import Settings
from knowledge.errors import BadInput, StorageFailed
from knowledge.track_files import FOLDER as TRACKS
from storage import erased_marks
from storage.backup_copy import copy_of, counted
from storage.backup_file import FORMAT, Manifest, write_backup
from storage.crm_file import OURS as CRM_FILE
from storage.migrate import HEAD

MADE = "backup.made"
AUDIT_FILES = ("audit.head", "audit.marks", "audit.key")
SETTINGS_FILE = "trailguide.toml"
_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)-")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written."""

    path: Path
    bytes: int
    manifest: Manifest


def back_up(output: Path, by: str, tools: Tools) -> Made:
    """Write a backup to `output`; `BadInput` when a file is there, `StorageFailed`."""
    if output.exists():
        raise BadInput(f"{output} is there already; choose another name for the backup.")
    if not output.parent.is_dir():
        raise BadInput(f"The folder {output.parent} is not there.")
    home, identity = tools.settings.home, secrets.token_hex(8)
    with tools.db.write() as session:  # before the copy, which holds its own beginning so
        tools.audit.append(session, MADE, identity, by, {})
    try:
        with tempfile.TemporaryDirectory(prefix=".trailguide-backup-", dir=output.parent) as made:
            folder = Path(made)
            files = dict(_anchored(home, folder))
            copy = copy_of(tools.db, folder)
            own, left_out = _own_files(tools.settings, folder)
            files |= own | {copy.name: copy}
            manifest = write_backup(
                output,
                Manifest(
                    format=FORMAT,
                    id=identity,
                    made=tools.clock.now().isoformat(timespec="seconds"),
                    program=__version__,
                    step=HEAD,
                    database="sqlite" if tools.db.is_sqlite else "postgresql",
                    holds=counted(tools.db),
                    left_out=left_out,
                    files={},
                ),
                files,
            )
    except OSError as refused:
        raise StorageFailed(f"The backup cannot be written: {refused.strerror}.") from None
    return Made(output, output.stat().st_size, manifest)


def keep_erasures(tools: Tools) -> None:
    """Bring the list of erasures in the home folder up to date."""
    erased_marks.keep_list(tools.settings.home / erased_marks.LIST, erased_marks.marks_in(tools.db))


def secret_settings() -> frozenset[str]:
    """The names of settings that hold a secret, the database's address with its password too."""
    return frozenset({"database_url"}) | {
        name
        for name, field in Settings.model_fields.items()
        if SecretStr in _types(field.annotation)
    }


def without_secrets(text: str) -> tuple[str, list[str]] | None:
    """A settings file without its secrets, and their names; None where that cannot be done surely.

    Lines are taken out, so that the team's comments stay; what is left must say the same.
    """
    said = tomllib.loads(text)
    secret = sorted(secret_settings() & said.keys())
    names = re.compile(r"\b(?:" + "|".join(map(re.escape, secret_settings())) + r")\b")
    lines = text.splitlines(keepends=True)
    left = "".join(line for line in lines if not names.search(line) and not _TOKEN.search(line))
    try:
        same = tomllib.loads(left) == {k: v for k, v in said.items() if k not in secret}
    except tomllib.TOMLDecodeError:
        same = False
    return (left, secret) if same else None


def _types(annotation: object) -> set[object]:
    inner = get_args(annotation)
    return {annotation}.union(*map(_types, inner)) if inner else {annotation}


def _anchored(home: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    for name in AUDIT_FILES:
        if (home / name).exists():
            yield name, Path(shutil.copyfile(home / name, folder / name))


def _own_files(settings: Settings, folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The team's files as they go into the backup, and the names of settings left out."""
    home = settings.home
    found = {path.name: path for path in sorted(home.glob("*.toml"))}
    found |= {f"{TRACKS}/{p.name}": p for p in sorted((home / TRACKS).glob("*.toml"))}
    for name, path in (
        (erased_marks.LIST, home / erased_marks.LIST),
        (f"crm/{CRM_FILE}", home / "crm" / CRM_FILE),
    ):
        if path.exists():
            found[name] = path
    left_out: list[str] = []
    if SETTINGS_FILE in found:
        bare = without_secrets(found.pop(SETTINGS_FILE).read_text("utf-8"))
        if bare is None:
            left_out = [SETTINGS_FILE]
        else:
            text, left_out = bare
            found[SETTINGS_FILE] = folder / SETTINGS_FILE
            found[SETTINGS_FILE].write_text(text, "utf-8")
    return found, left_out

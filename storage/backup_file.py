"""A backup as one file: a zip archive with a manifest that names each file and its hash.

The file appears under its name when it is whole, for its owner's eyes only. What is cut, foreign or
altered is told by the hashes before anything of it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import TypeAdapter, ValidationError

from knowledge.errors import BadInput, StorageFailed

FORMAT = 1
"""Raised when a file of this kind can no longer be read by an older program."""
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1_000_000
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileSum:
    """Size and SHA-256 of one file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `step` is the migration that its database is at."""

    format: int
    id: str
    made: str
    program: str
    step: str
    database: str
    holds: dict[str, int]
    left_out: list[str]
    files: dict[str, FileSum]


_MANIFEST = TypeAdapter(Manifest)


def write_backup(path: Path, manifest: Manifest, files: Mapping[str, Path]) -> Manifest:
    """Write the files, by their names in it, into a backup at `path`; returns what it says.

    `BadInput` when something is there already, `StorageFailed` when it cannot be written; then
    nothing is left.
    """
    part = path.with_name(f".{path.name}.{manifest.id}.part")
    try:
        with _removed_on_failure(part):
            with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
                sums = {name: _sum(file) for name, file in files.items()}
                told = Manifest(**{**_fields(manifest), "files": sums})
                with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                    archive.writestr(MANIFEST, json.dumps(asdict(told), indent=1))
                    for name, file in files.items():
                        archive.write(file, name)
                out.flush()
                os.fsync(out.fileno())
            os.link(part, path)  # whole or not at all, and never over another file
            part.unlink()
    except FileExistsError:
        raise BadInput(f"{path} is there already; choose another name for the backup.") from None
    except OSError as refused:
        raise StorageFailed(f"{path} cannot be written: {refused.strerror}.") from None
    return told


def read_manifest(path: Path) -> Manifest:
    """What a backup says of itself; `BadInput` for a file that is none, or that was cut."""
    with _opened(path) as archive:
        return _manifest_in(archive, path)


def unpack(path: Path, folder: Path) -> Manifest:
    """Put a backup's files into an empty folder, each checked by its hash; `BadInput`."""
    with _opened(path) as archive:
        manifest = _manifest_in(archive, path)
        for name, told in manifest.files.items():
            to = folder / _safe(name, path)
            to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (
                archive.open(name) as source,
                os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
            ):
                shutil.copyfileobj(source, out, BLOCK)
            if _sum(to) != told:
                raise BadInput(_damaged(path, name))
    return manifest


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError):
        raise BadInput(_damaged(path)) from None
    except OSError as refused:
        raise StorageFailed(f"{path} cannot be unpacked: {refused.strerror}.") from None


def _manifest_in(archive: zipfile.ZipFile, path: Path) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BadInput(_damaged(path))
    try:
        said: Any = json.loads(archive.read(MANIFEST))
        if isinstance(said, dict) and int(said.get("format", 0)) > FORMAT:
            raise BadInput(f"{path} was made by a newer Trailguide; update Trailguide.")
        manifest = _MANIFEST.validate_python(said)
    except (ValueError, TypeError, ValidationError):
        raise BadInput(_damaged(path)) from None
    return manifest


def _damaged(path: Path, name: str = "") -> str:
    what = f": {name} in it is not what was put in" if name else ""
    return f"{path} is no whole backup of Trailguide{what}; nothing was restored. Use another one."


def _safe(name: str, path: Path) -> PurePosixPath:
    """The name, which a stranger may have written, as a place below the folder."""
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or "\\" in name or not place.parts:
        raise BadInput(_damaged(path))
    return place


def _sum(path: Path) -> FileSum:
    with path.open("rb") as file:
        return FileSum(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}


@contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise

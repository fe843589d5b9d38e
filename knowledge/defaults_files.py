"""Packaged settings files, and how a file of the same name in the home folder changes them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from knowledge.errors import BadInput, Mistakes

DEFAULT_NAMES = ("pacing", "personas", "journey", "definitions", "segments")

OPEN_TABLES = frozenset({
    "personas", "buying_roles", "definitions", "pacing:override", "journey:profiling",
    "segments:segments", "segments:buckets",
})  # fmt: skip
"""Tables in which a team may add entries of its own; anywhere else an unknown key is a slip."""

MAX_BYTES = 1_000_000
"""A settings file is read whole; nobody's is a megabyte."""


T = TypeVar("T")


def once_a_version(name: str) -> Callable[[Callable[[Path | None], T]], Callable[..., T]]:
    """Keep what a loader of the file `name` made until the home's file changes.

    Reading a file takes milliseconds, and an ask needs several. The results are shared: a loader
    must return something that nobody changes.
    """

    def keeping(load: Callable[[Path | None], T]) -> Callable[..., T]:
        @lru_cache(maxsize=64)
        def made(home: Path | None, _version: tuple[int, ...]) -> T:
            return load(home)

        @wraps(load)
        def loaded(home: Path | None = None) -> T:
            return made(home, _version_of(home / f"{name}.toml") if home else ())

        return loaded

    return keeping


def _version_of(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def load_defaults(name: str, home: Path | None = None) -> dict[str, Any]:
    """Read the packaged file `name` (without `.toml`), with HOME/<name>.toml laid over it.

    Tables merge key by key; lists and single values are replaced. The result is the caller's own
    copy. Raises `BadInput`, naming file and key, when the home file cannot be read, holds an
    unknown key, or a value of another type than the packaged one.
    """
    if name not in DEFAULT_NAMES:
        raise BadInput(f"There is no settings file '{name}'; use one of: {_spoken(DEFAULT_NAMES)}.")
    packaged = tomllib.loads(_packaged_text(name))
    path = home / f"{name}.toml" if home else None
    if path is None or not path.exists():
        return packaged
    problems: list[str] = []
    merged = _laid_over(packaged, _read(path), _Merge(path, name, problems), ())
    if problems:
        raise Mistakes(problems)
    return merged


@lru_cache(maxsize=len(DEFAULT_NAMES))
def _packaged_text(name: str) -> str:
    return (files("knowledge") / "defaults" / f"{name}.toml").read_text(encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(f"{path} is larger than 1 MB; a settings file should be far smaller.")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not plain text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path} is not valid TOML ({error}); correct it or delete it.") from None
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise BadInput(f"{path} cannot be read ({reason}); check the file.") from None


@dataclass(frozen=True, slots=True)
class _Merge:
    """A home file being laid over the packaged one, and what is wrong with it so far."""

    path: Path
    name: str
    problems: list[str]

    def object_to(self, trail: tuple[str, ...], what: str) -> None:
        """Note a problem of a key, with the line it stands on where that can be told."""
        line = line_of(self.path, trail)
        at = f" (line {line})" if line else ""
        self.problems.append(f"{self.path}{at}: {what}")


def line_of(path: Path, trail: tuple[str, ...]) -> int | None:
    """The line of a key in a settings file, None when it is not written there plainly."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    table = ""
    wanted = ".".join(trail)
    for number, text in enumerate(lines, 1):
        head = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", text)
        key = re.match(r"\s*([\w.\"'-]+)\s*=", text)
        if head:
            table = re.sub(r"[\"'\s]", "", head.group(1))
            if table == wanted:
                return number
        elif key:
            full = ".".join(p for p in (table, re.sub(r"[\"'\s]", "", key.group(1))) if p)
            if full == wanted:
                return number
    return None


def _laid_over(
    base: dict[str, Any], over: dict[str, Any], merge: _Merge, trail: tuple[str, ...]
) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        here = (*trail, key)
        if key not in base:
            if _may_add(merge.name, trail, key):
                merged[key] = value
            else:
                known = _spoken(tuple(base)) or "nothing"
                merge.object_to(here, f"unknown key '{'.'.join(here)}'; known here: {known}.")
            continue
        if isinstance(base[key], dict) and isinstance(value, dict):
            merged[key] = _laid_over(base[key], value, merge, here)
            continue
        _same_type(base[key], value, merge, here)
        merged[key] = value
    return merged


def _may_add(name: str, trail: tuple[str, ...], key: str) -> bool:
    if not trail:
        return f"{name}:{key}" in OPEN_TABLES
    return trail[0] in OPEN_TABLES or f"{name}:{trail[0]}" in OPEN_TABLES


def _same_type(base: object, value: object, merge: _Merge, trail: tuple[str, ...]) -> None:
    ok = isinstance(value, type(base)) and not (
        isinstance(value, bool) and not isinstance(base, bool)
    )
    if ok and isinstance(base, list) and base:
        ok = all(isinstance(item, type(base[0])) for item in value)  # type: ignore[attr-defined]
    if not ok:
        merge.object_to(
            trail,
            f"'{'.'.join(trail)}' must be {_TYPE_WORDS[type(base)]}, "
            f"not {_TYPE_WORDS.get(type(value), 'a date')}.",
        )


_TYPE_WORDS: dict[type, str] = {
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def _spoken(names: tuple[str, ...]) -> str:
    return ", ".join(names)

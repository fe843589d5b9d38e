"""Tracks as files: the packaged ones, and a team's own in the folder `tracks` of its home (M45)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from knowledge.channels import CHANNELS, parse_channel
from knowledge.defaults_files import MAX_BYTES
from knowledge.errors import BadInput, Mistakes
from knowledge.journey import PROMOTIONAL_TYPES, AssetType, Stage, parse_stage, parse_type
from knowledge.tracks import Exit, Step, Track, Trigger

FOLDER = "tracks"
MOST_FILES, MOST_STEPS, MOST_DAYS = 200, 60, 3650
"""Bounds against slips: a track of a step a week would outlast a year at 60."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_TRACK_KEYS = ("version", "label", "says", "triggers", "segments", "product_lines", "within_days",
               "budget", "repeat", "exits", "use", "step")  # fmt: skip
_STEP_KEYS = ("says", "stages", "kinds", "channel", "gap_days", "new", "answers")

Note = Callable[[str, str], None]
"""Notes what is wrong with a key of a file."""


def load_tracks(home: Path | None = None) -> Mapping[str, Track]:
    """All tracks in force by id, in the order of their names.

    `BadInput` names everything that is wrong, each with file, line, entry and what to do.
    """
    tracks, problems = _loaded(home, _versions(home))
    if problems:
        raise Mistakes(problems)
    return tracks


def tracks_in_force(home: Path) -> tuple[Mapping[str, Track], tuple[str, ...]]:
    """The tracks that are right, with what is wrong with the others.

    The packaged file of that name stands in for one that is wrong.
    """
    return _loaded(home, _versions(home))


def own_track_files(home: Path) -> tuple[Path, ...]:
    """The track files that a home has of its own, by name."""
    place = home / FOLDER
    return tuple(sorted(place.glob("*.toml"))) if place.is_dir() else ()


def track_warnings(track: Track) -> tuple[str, ...]:
    """What a track may do and had better not, each with what to do instead (M5, M11)."""
    early = [n for n, step in enumerate(track.steps[:2], 1) if step.channel == "phone"]
    told = [
        f"step {n} is a call: lead, then call, then sale loses people; teach first and let the "
        "lead ask." for n in early
    ]  # fmt: skip
    endless = track.repeat and track.budget is None and Trigger.BOUGHT not in track.triggers
    if endless and not set(track.exits) - {Exit.OPTED_OUT}:
        told.append("it repeats without a budget and ends by an opt-out alone.")
    return tuple(told)


def _versions(home: Path | None) -> tuple[tuple[str, int, int, int], ...]:
    found = []
    for path in own_track_files(home) if home else ():
        try:
            told = path.stat()
        except OSError:
            continue
        found.append((path.name, told.st_mtime_ns, told.st_size, told.st_ino))
    return tuple(found)


@lru_cache(maxsize=64)
def _loaded(
    home: Path | None, _: tuple[tuple[str, int, int, int], ...]
) -> tuple[Mapping[str, Track], tuple[str, ...]]:
    problems: list[str] = []
    packaged = {path.name: text for path, text in _packaged()}
    own = {path.name: path for path in (own_track_files(home) if home else ())}
    if len(own) > MOST_FILES:
        place = next(iter(own.values())).parent
        problems.append(f"{place} holds {len(own)} files; {MOST_FILES} tracks at most.")
        own = {}
    found: dict[str, Track] = {}
    for name in sorted({*packaged, *own}):
        before, track = len(problems), None
        if name in own:
            text = _read(own[name], problems)
            track = _track(name.removesuffix(".toml"), str(own[name]), text, problems)
        if name in packaged and (name not in own or len(problems) > before):
            track = _track(name.removesuffix(".toml"), name, packaged[name], problems)
        if track is not None:
            found[track.id] = track
    return MappingProxyType(found), tuple(problems)


@lru_cache(maxsize=1)
def _packaged() -> tuple[tuple[Path, str], ...]:
    place = files("knowledge") / "defaults" / FOLDER
    return tuple(
        (Path(entry.name), entry.read_text(encoding="utf-8"))
        for entry in place.iterdir()
        if entry.name.endswith(".toml")
    )


def _read(path: Path, problems: list[str]) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            problems.append(f"{path} is larger than 1 MB; a track should be far smaller.")
            return ""
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problems.append(f"{path} is not plain text; save it as UTF-8.")
    except OSError as error:
        problems.append(f"{path} cannot be read ({error.strerror or 'unknown'}); check the file.")
    return ""


def _track(name: str, place: str, text: str, problems: list[str]) -> Track | None:
    """Read one file; None where it is wrong, or is turned off."""
    before = len(problems)
    if not text.strip():
        if before == len(problems):
            problems.append(f"{place} is empty; write a track into it or delete it.")
        return None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{place} is not valid TOML ({error}); correct it or delete it.")
        return None

    def note(key: str, what: str) -> None:
        line = _line_of(text, key)
        at = f" (line {line})" if line else ""
        problems.append(f"{place}{at}: {_entry(key)} {what}")

    if not _NAME.fullmatch(name):
        problems.append(f"{place}: name the file in small letters, digits, - and _.")
    if table.get("use", True) is False:
        return None
    made = _read_track(name, table, note)
    return made if len(problems) == before else None


def _read_track(name: str, table: Mapping[str, Any], note: Note) -> Track:
    _known(table, _TRACK_KEYS, "", note)
    triggers = tuple(
        Trigger(t) for t in _words(table, "triggers", "triggers", tuple(Trigger), note, needed=True)
    )
    exits = _words(table, "exits", "exits", tuple(Exit), note)
    entries = table.get("step", [])
    steps: tuple[Step, ...] = ()
    if (
        not isinstance(entries, list)
        or not entries
        or not all(isinstance(e, dict) for e in entries)
    ):
        note("step", "must be written as [[step]] tables, one at least.")
    elif len(entries) > MOST_STEPS:
        note("step", f"has {len(entries)} entries; {MOST_STEPS} at most.")
    else:
        steps = tuple(_step(entry, n, note) for n, entry in enumerate(entries, 1))
    if steps and steps[0].channel == "phone" and Trigger.DOWNLOADED in triggers:
        note("step 1.channel", "is the phone right after a download; send another piece first.")
    return Track(
        id=name,
        version=_count(table, "version", "version", note, needed=True) or 1,
        label=_text(table, "label", "label", note),
        says=_text(table, "says", "says", note) if "says" in table else "",
        triggers=triggers,
        steps=steps,
        segments=_words(table, "segments", "segments", (), note),
        product_lines=_words(table, "product_lines", "product_lines", (), note),
        within_days=_count(table, "within_days", "within_days", note) or 30,
        budget=_count(table, "budget", "budget", note),
        repeat=_flag(table, "repeat", "repeat", note),
        exits=tuple(Exit(e) for e in exits),
    )


def _step(entry: Mapping[str, Any], number: int, note: Note) -> Step:
    at = f"step {number}"
    _known(entry, _STEP_KEYS, f"{at}.", note)
    channel = entry.get("channel")
    if channel is not None:
        known = parse_channel(channel) if isinstance(channel, str) else None
        if known is None:
            note(f"{at}.channel", f"must be one of: {', '.join(CHANNELS)}.")
        channel = known
    return Step(
        says=_text(entry, "says", f"{at}.says", note),
        stages=tuple(_stages(entry, f"{at}.stages", note)),
        kinds=tuple(_kinds(entry, f"{at}.kinds", note)),
        channel=channel,
        gap_days=_count(entry, "gap_days", f"{at}.gap_days", note),
        new=_flag(entry, "new", f"{at}.new", note),
        answers=_flag(entry, "answers", f"{at}.answers", note),
    )


def _stages(entry: Mapping[str, Any], key: str, note: Note) -> Iterator[Stage]:
    for word in _words(entry, "stages", key, (), note):
        try:
            yield parse_stage(word)
        except BadInput as wrong:
            note(key, f"is wrong. {wrong}")


def _kinds(entry: Mapping[str, Any], key: str, note: Note) -> Iterator[AssetType]:
    for word in _words(entry, "kinds", key, (), note):
        kind = parse_type(word)
        if kind is AssetType.OTHER:
            fit = ", ".join(k for k in AssetType if k not in PROMOTIONAL_TYPES | {AssetType.OTHER})
            note(key, f"names an unknown type '{word[:40]}'; use some of: {fit}.")
        elif kind in PROMOTIONAL_TYPES:
            note(key, f"names '{kind}', which is never recommended; name a kind that teaches.")
        yield kind


def _known(table: Mapping[str, Any], keys: tuple[str, ...], before: str, note: Note) -> None:
    for key in table:
        if key not in keys:
            note(f"{before}{key}", f"is an unknown key; known here: {', '.join(keys)}.")


def _words(
    table: Mapping[str, Any], key: str, trail: str, allowed: tuple[str, ...], note: Note,
    *, needed: bool = False,
) -> tuple[str, ...]:  # fmt: skip
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        note(trail, "must be a list of words in quotes.")
        return ()
    if needed and not value:
        note(trail, f"must name what sets the track off: {', '.join(allowed)}.")
    kept = []
    for word in value:
        if allowed and word not in allowed:
            note(trail, f"names an unknown '{word[:40]}'; use some of: {', '.join(allowed)}.")
        else:
            kept.append(word)
    return tuple(dict.fromkeys(kept))


def _text(table: Mapping[str, Any], key: str, trail: str, note: Note) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        note(trail, "must be text in quotes.")
        return ""
    return " ".join(value.split())


def _count(
    table: Mapping[str, Any], key: str, trail: str, note: Note, *, needed: bool = False
) -> int | None:
    if key not in table and not needed:
        return None
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_DAYS:
        note(trail, f"must be a whole number from 1 to {MOST_DAYS}.")
        return None
    return value


def _flag(table: Mapping[str, Any], key: str, trail: str, note: Note) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        note(trail, "must be true or false.")
    return value is True


def _entry(key: str) -> str:
    """A key as a sentence names it: `step 2.kinds` is "step 2: 'kinds'"."""
    step, dot, name = key.partition(".")
    return f"{step}: '{name}'" if dot else f"'{key}'"


def _line_of(text: str, key: str) -> int | None:
    """The line of a key, within the step it belongs to; None where it is not written plainly."""
    step, dot, name = key.rpartition(".")
    wanted, number = (int(step.split()[1]) if dot else 0), 0
    for line, told in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[\[\s*step\s*\]\]", told):
            number += 1
            if not dot and name == "step":
                return line
        elif number == wanted and re.match(rf"\s*{re.escape(name)}\s*=", told):
            return line
    return None

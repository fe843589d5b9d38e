"""What is wrong with the files of segments and tracks, and what had better be otherwise."""

from __future__ import annotations

from pathlib import Path

from knowledge.segments import load_segments, segments_in_force
from knowledge.track_files import (
    load_tracks,
    own_track_files,
    track_warnings,
    tracks_in_force,
)
from storage.plans import Plans


def track_problems(place: Path, plans: Plans) -> tuple[list[str], list[str]]:
    """What is wrong in a folder, and what had better be otherwise, each a sentence."""
    wrong = plan_file_problems(place)
    if wrong:
        return wrong, []
    better = []
    segments, tracks = load_segments(place), load_tracks(place)
    labels = {s.label.casefold() for s in segments.segments} | {s.id for s in segments.segments}
    for track in tracks.values():
        better += [f"{track.id}: {told}" for told in track_warnings(track)]
        better += [
            f"{track.id}: no rule tells the segment '{name}'; only leads whose record says so fit."
            for name in track.segments
            if name.strip().casefold() not in labels
        ]
        noted = plans.version_noted(track.id, track.version)
        if noted and noted != track.mark:
            better.append(
                f"{track.id}: it says something else than version {track.version} did when plans "
                "began with it; raise the version."
            )
    return [], better


def plan_file_problems(home: Path) -> list[str]:
    """Everything that is wrong with a folder's segments and tracks, with file, line and key."""
    return [*segments_in_force(home)[1], *tracks_in_force(home)[1]]


def own_plan_files(home: Path) -> list[str]:
    """The files of segments and tracks that a home has of its own."""
    own = ["segments.toml"] if (home / "segments.toml").exists() else []
    return [*own, *(f"tracks/{path.name}" for path in own_track_files(home))]

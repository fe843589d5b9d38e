"""Segments, tracks and the plan of a lead for programs: `--json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from knowledge.placed import CUSTOMER, QUALIFIED, Placed
from knowledge.plan_place import Place
from knowledge.segments import Segment, Segments
from knowledge.tracks import Track, as_json


def segments_form(segments: Segments, leads: Iterable[Placed]) -> dict[str, Any]:
    """All segments and buckets with how many leads stand in each."""
    held = list(leads)
    in_segment = Counter(p.place.segment for p in held)
    in_bucket = Counter(p.bucket for p in held)
    named = {s.id for s in segments.segments}
    return {
        "version": segments.version,
        "segments": [{**segment_form(s), "leads": in_segment[s.id]} for s in segments.segments]
        + [
            {"id": own, "label": own, "rule": [], "leads": count}
            for own, count in sorted(in_segment.items())
            if own and own not in named
        ],
        "none": in_segment[""],
        "buckets": [
            {"id": b.id, "label": b.label, "do": b.do, "leads": in_bucket[b.id]}
            for b in segments.buckets
        ],
        "qualified": in_bucket[QUALIFIED],
        "customers": in_bucket[CUSTOMER],
    }


def segment_form(segment: Segment) -> dict[str, Any]:
    """One segment."""
    return {"id": segment.id, "label": segment.label, "rule": list(segment.rule.told)}


def placed_form(placed: Placed) -> dict[str, Any]:
    """One lead where it stands."""
    return {"lead_id": placed.lead_id, "name": placed.name, **place_form(placed.place)}


def place_form(place: Place) -> dict[str, Any]:
    """Where a lead stands, with why."""
    bucket, track = place.bucket, place.track
    return {
        "segment": place.segment or None,
        "segment_because": place.segment_why,
        "bucket": bucket.bucket if bucket else None,
        "bucket_because": bucket.why if bucket else place.why,
        "track": track.id if track else None,
        "version": track.version if track else None,
        "track_because": place.why,
        "step": place.step[0] if place.step else None,
        "of": len(track.steps) if track else None,
        "under_way": place.held,
    }


def tracks_form(tracks: Mapping[str, Track], leads: Iterable[Placed]) -> list[dict[str, Any]]:
    """All tracks in short."""
    on = Counter(p.track for p in leads)
    return [
        {
            "id": t.id, "label": t.label, "version": t.version, "triggers": list(t.triggers),
            "segments": list(t.segments), "steps": len(t.steps), "budget": t.budget,
            "leads": on[t.id],
        }
        for t in tracks.values()
    ]  # fmt: skip


def track_form(track: Track) -> dict[str, Any]:
    """One track in full."""
    return as_json(track)

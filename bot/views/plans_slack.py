"""Segments and tracks as messages in Slack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.views import escape, plan_words
from bot.views import words_plans as words
from bot.views.blocks import Message, Part, bullets, context, message, section
from knowledge.placed import CUSTOMER, QUALIFIED, Placed
from knowledge.segments import Bucket, Segment, Segments
from knowledge.tracks import Track

LINE, LABEL, MOST_LEADS = 240, 80, 15


def segments_message(segments: Segments, leads: Sequence[Placed]) -> Message:
    """All segments and buckets with how many leads stand in each; no lead is named."""
    of, into = Counter(p.place.segment for p in leads), Counter(p.bucket for p in leads)
    told = [_segment(s, of[s.id]) for s in segments.segments]
    told += [f"{own}: {words.leads_count(n)}" for own, n in sorted(of.items())
             if own and own not in {s.id for s in segments.segments}]  # fmt: skip
    told.append(f"{words.NO_SEGMENT}: {words.leads_count(of[''])}")
    held = [f"{b.label}: {words.leads_count(into[b.id])}. {b.do}" for b in segments.buckets]
    held.append(f"{words.QUALIFIED}: {words.leads_count(into[QUALIFIED])}")
    held.append(f"{words.CUSTOMERS}: {words.leads_count(into[CUSTOMER])}")
    head = f"{words.SEGMENTS} (version {segments.version})"
    return message(
        head,
        [
            Part(section(f"*{head}*\n{bullets(told, LINE, len(told))}")),
            Part(section(f"*{words.BUCKETS}*\n{bullets(held, LINE, len(held))}")),
            Part(context(words.FILES), 1),
        ],
    )


def group_message(
    group: Segment | Bucket, leads: Sequence[Placed], mine: Sequence[Placed]
) -> Message:
    """A segment or a bucket: how many leads, and those that are the asker's own."""
    rule = "; ".join(group.rule.told) if group.rule else ""
    told = rule if isinstance(group, Segment) else group.do
    head = f"{group.label}: {words.leads_count(len(leads))}"
    parts = [Part(section(f"*{escape.mrkdwn(head, LABEL)}*\n{escape.mrkdwn(told, LINE)}"))]
    lines = [f"{p.name or p.company}: {p.place.bucket.why if p.place.bucket else p.place.why}"
             for p in mine[:MOST_LEADS]]  # fmt: skip
    if lines:
        parts.append(Part(section(f"*{words.YOURS}*\n{bullets(lines, LINE, len(lines))}"), 6))
    if len(mine) > MOST_LEADS:
        parts.append(Part(context(f"and {len(mine) - MOST_LEADS} more")))
    return message(head, [*parts, Part(context(words.FILES), 1)])


def tracks_message(tracks: Sequence[Track], leads: Sequence[Placed]) -> Message:
    """All tracks in short."""
    on = Counter(p.track for p in leads)
    lines = [
        f"{t.label} ({t.id}, version {t.version}): {plan_words.set_off_by(t)}; "
        f"{plan_words.counted(t)}; {words.leads_count(on[t.id])}"
        for t in tracks
    ]
    return message(
        words.TRACKS,
        [
            Part(section(f"*{words.TRACKS}*\n{bullets(lines, LINE, len(lines))}")),
            Part(context(words.ONE_TRACK)),
            Part(context(words.FILES), 1),
        ],
    )


def track_message(track: Track) -> Message:
    """One track with its steps."""
    head = f"{track.label} (version {track.version})"
    lines = [
        f"{n}. {s.says}" + (f" ({'; '.join(plan_words.wants(s))})" if plan_words.wants(s) else "")
        for n, s in enumerate(track.steps, 1)
    ]
    about = f"{plan_words.set_off_by(track)}. {track.says} Ends by: {plan_words.ended_by(track)}."
    return message(
        head,
        [
            Part(section(f"*{escape.mrkdwn(head, LABEL)}*\n{escape.mrkdwn(about, 2 * LINE)}")),
            Part(section(bullets(lines, LINE, len(lines)))),
            Part(context(words.FILES), 1),
        ],
    )


def _segment(segment: Segment, leads: int) -> str:
    return f"{segment.label}: {words.leads_count(leads)}. {'; '.join(segment.rule.told)}"

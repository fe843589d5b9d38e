"""Plans as pictures: the steps of a track, and the decision tree of each segment (M45, M51).

Drawn by matplotlib without a screen. Boxes are told apart by their words and by lightness alone.
"""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.views import plan_words
from bot.views import words_plans as words
from knowledge.placed import CUSTOMER, QUALIFIED, Placed
from knowledge.plan_place import PlanFiles
from knowledge.segments import Segment
from knowledge.tracks import LONG_TERM, Track, Trigger

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 130
MOST_SEGMENTS, MOST_STEPS = 6, 12
"""More panels or steps would be too small to read."""
IN_A_ROW = 2
WIDTH, ROW_INCHES = 6.4, 0.78
"""Inches of a panel, and of a row of boxes in it."""
LETTERS = 46
"""Letters in a line of a box of half a panel, at its size."""
LINES = 3
DARK, FACE, LEAF, START = "#1a1a1a", "#ffffff", "#e4e4e4", "#c4cfdd"
_TRIGGERED = {
    "timing_later": Trigger.TIMING_LATER, "went_silent": Trigger.LONG_SILENCE,
    "budget_spent": Trigger.BUDGET_SPENT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A box at the left, and what follows from a yes at the right; both are plain words."""

    left: str
    right: str = ""
    face: str = FACE


def track_picture(track: Track) -> bytes:
    """The steps of a track as a PNG."""
    return _png(track_figure(track))


def segment_picture(
    files: PlanFiles, leads: Iterable[Placed] = (), only: str | None = None
) -> bytes:
    """The decision tree of each segment as a PNG, with how many leads stand at each leaf."""
    return _png(segments_figure(files, leads, only))


def track_figure(track: Track) -> Figure:
    """The steps of a track, from what sets it off to its end."""
    rows = [Row(f"{plan_words.set_off_by(track)}", track.says, START)]
    for number, step in enumerate(track.steps[:MOST_STEPS], 1):
        rows.append(Row(f"{number}. {step.says}", "\n".join(plan_words.wants(step))))
    if len(track.steps) > MOST_STEPS:
        rows.append(Row(f"and {len(track.steps) - MOST_STEPS} more steps"))
    if track.repeat:
        rows.append(Row("the last step again", f"{track.budget or 'all'} touches at most", LEAF))
    rows.append(Row("the end", f"or before, by: {plan_words.ended_by(track)}", LEAF))
    whom = plan_words.whom(track) or words.EVERYBODY
    title = f"{track.label}, version {track.version}, for {whom}"
    return _figure([(title, rows)])


def segments_figure(
    files: PlanFiles, leads: Iterable[Placed] = (), only: str | None = None
) -> Figure:
    """A panel for each segment: who belongs to it, and bucket after bucket what is decided."""
    held, segments = list(leads), files.segments
    chosen = [s for s in segments.segments if only is None or segments.named(only) is s]
    panels = []
    for segment in chosen[:MOST_SEGMENTS]:
        counts = Counter(p.bucket for p in held if p.place.segment == segment.id)
        title = f"{segment.label}: {words.leads_count(sum(counts.values()))}"
        panels.append((title, tree(segment, files, counts)))
    return _figure(panels)


def tree(segment: Segment, files: PlanFiles, counts: Counter[str]) -> list[Row]:
    """The decisions of a segment from top to bottom; each row's right side is its yes."""
    segments = files.segments
    rows = [Row("\n".join(segment.rule.told), "or their record names this segment", START)]
    rows.append(Row("bought?", f"they are customers ({counts[CUSTOMER]})"))
    rows.append(Row("qualified, or asked for sales?", f"hand over to sales ({counts[QUALIFIED]})"))
    for name in segments.order_for(segment.id):
        bucket = segments.bucket(name)
        track = _track_of(name, segment, files)
        then = f" Track: {track.label}." if track else ""
        told = f"{bucket.do}{then} ({counts[name]})"
        question = bucket.label + ("" if name == "in_progress" else "?")
        rows.append(Row(question, told, LEAF if name == "in_progress" else FACE))
    return [*rows, *_by_acts(segment, files)]


def _track_of(bucket: str, segment: Segment, files: PlanFiles) -> Track | None:
    trigger = _TRIGGERED.get(bucket)
    fitting = (
        (count, t)
        for t in files.tracks.values()
        if trigger in t.triggers and (count := t.is_for(segment.id, segment.label, "")) is not None
    )
    return max(fitting, key=lambda f: f[0], default=(0, None))[1]


def _by_acts(segment: Segment, files: PlanFiles) -> list[Row]:
    """Which track each act sets off."""
    return [
        Row(plan_words.set_off_by(t), f"Track: {t.label}")
        for t in files.tracks.values()
        if t.is_for(segment.id, segment.label, "") is not None
        and not set(t.triggers) & set(LONG_TERM)
    ]


def _figure(panels: Sequence[tuple[str, Sequence[Row]]]) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    beside = min(IN_A_ROW, max(1, len(panels)))
    down = -(-len(panels) // beside) or 1
    most = max((len(rows) for _, rows in panels), default=1)
    figure = Figure(
        figsize=(WIDTH * beside, (most * ROW_INCHES + 0.4) * down), layout="constrained"
    )
    FigureCanvasAgg(figure)  # draws without a screen
    for place, (title, rows) in enumerate(panels, 1):
        axes = figure.add_subplot(down, beside, place)
        axes.set_title(_plain(title)[:70], fontsize=10)
        _panel(axes, rows, most)
    return figure


def _panel(axes: Any, rows: Sequence[Row], most: int) -> None:
    axes.set_xlim(0, 10)
    axes.set_ylim(most, 0)
    axes.axis("off")
    for y, row in enumerate(rows):
        _box(axes, (0.1, y + 0.14, 4.4), row.left, row.face)
        if row.right:
            _box(axes, (5.2, y + 0.14, 4.7), row.right, LEAF)
            _arrow(axes, (4.5, y + 0.5), (5.2, y + 0.5))
        if y + 1 < len(rows):
            _arrow(axes, (2.3, y + 0.86), (2.3, y + 1.14))


def _box(axes: Any, place: tuple[float, float, float], told: str, face: str) -> None:
    """A box at x and y, so many units wide."""
    from matplotlib.patches import FancyBboxPatch

    x, y, wide = place
    axes.add_patch(
        FancyBboxPatch(
            (x, y), wide, 0.72, boxstyle="round,pad=0,rounding_size=0.08", facecolor=face,
            edgecolor="#8a8a8a", linewidth=0.8,
        )
    )  # fmt: skip
    axes.text(x + 0.12, y + 0.36, _wrapped(told), ha="left", va="center", color=DARK, fontsize=6.6)


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": "#6a6a6a", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=end, xytext=start, arrowprops=style)


def _wrapped(told: str) -> str:
    """At most three lines, cut with an ellipsis."""
    lines = [
        part for line in _plain(told).split("\n") for part in textwrap.wrap(line, LETTERS) or [""]
    ]
    kept = lines[:LINES]
    if len(lines) > LINES:
        kept[-1] = kept[-1][: LETTERS - 1].rstrip() + "…"
    return "\n".join(kept)


def _plain(told: str) -> str:
    """Words without what matplotlib would read as a formula, or cannot draw."""
    kept = "".join(letter for letter in told if letter.isprintable() or letter == "\n")
    return kept.replace("$", "\\$")


def _png(figure: Figure) -> bytes:
    told = io.BytesIO()
    figure.savefig(told, format="png", dpi=DOTS_PER_INCH, metadata={"Software": ""})
    return told.getvalue()

"""The charts of a report: inline SVG that takes its colours and its type from the page's CSS.

Drawn by matplotlib with stand-in colours, which are then turned into CSS variables, so that one
chart serves light and dark, screen and print. Each is drawn twice, for a desk and for a phone:
scaled down, its words could not be read.
"""

from __future__ import annotations

import io
import logging
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bot.views.report_svg import COLOURS, inline, printable
from knowledge.report import ProgressLine, WeekLine
from knowledge.shares import Share

FORWARD, BACK, INK, MUTED, RULE = COLOURS
DESK, PHONE = 680, 340
"""Widths in CSS pixels at which the words of a chart have their size."""
LINE = 26
"""Height in pixels of one row of a chart."""
POINTS = 72 / 96
_ONE_AT_A_TIME = threading.Lock()
"""Matplotlib keeps its settings for the whole process."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its words; `told` stands at its end."""

    name: str
    value: float
    told: str
    colour: str = FORWARD


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for a desk and a phone, each a whole SVG element with title and description."""

    desk: Markup
    phone: Markup


def week_chart(name: str, title: str, told: str, weeks: Sequence[WeekLine]) -> Chart:
    """Moves forward above the line and back below it, week by week."""

    def draw(axes: Any, width: int) -> None:
        places = range(len(weeks))
        axes.bar(places, [w.forward for w in weeks], 0.72, color=FORWARD)
        axes.bar(places, [-w.back for w in weeks], 0.72, color=BACK)
        axes.axhline(0, color=INK, linewidth=0.8)
        ends = (("forward", FORWARD, 1, "top"), ("back", BACK, 0, "bottom"))
        for words, colour, height, held in ends:
            axes.text(
                0.004, height, words, transform=axes.transAxes, color=colour, va=held,
                fontsize=13 * POINTS, fontweight="bold",
            )  # fmt: skip
        every = 2 if width == DESK else 3
        marks = list(places)[::every]
        axes.set_xticks(marks, [f"{weeks[n].monday.day} {weeks[n].monday:%b}" for n in marks])
        axes.yaxis.set_major_formatter(lambda value, _place: f"{abs(value):,.0f}")
        axes.yaxis.set_major_locator(_ticks(5, whole=True))
        axes.grid(axis="y", color=RULE, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.set_xlim(-0.6, len(weeks) - 0.4)

    return _both(name, title, told, draw, lambda _width: 250)


def share_chart(
    name: str,
    title: str,
    told: str,
    lines: Sequence[ProgressLine],
    whole: Share,
) -> Chart:
    """A dot for each share with its interval, beside the share of the whole."""
    rows = list(reversed(lines))

    def draw(axes: Any, width: int) -> None:
        for place, line in enumerate(rows):
            share = line.forward
            low, high = share.interval or (0.0, 0.0)
            axes.plot([100 * low, 100 * high], [place, place], color=FORWARD, linewidth=2.4)
            axes.plot(100 * (share.value or 0.0), place, "o", color=FORWARD, markersize=6.5)
        if whole.value is not None:
            axes.axvline(100 * whole.value, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
        _names(axes, [line.name for line in rows], width)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_formatter(lambda value, _place: f"{value:g} %")
        axes.xaxis.set_major_locator(_ticks(6 if width == DESK else 4))
        axes.grid(axis="x", color=RULE, linewidth=0.8)

    return _both(name, title, told, draw, lambda _width: LINE * len(rows) + 44)


def bar_chart(name: str, title: str, told: str, bars: Sequence[Bar]) -> Chart:
    """Bars side by side with their names before and their figures behind them."""
    rows = list(reversed(bars))
    most = max((bar.value for bar in rows), default=0) or 1

    def draw(axes: Any, width: int) -> None:
        for place, bar in enumerate(rows):
            axes.barh(place, bar.value, 0.62, color=bar.colour)
            axes.text(
                bar.value + most * 0.015, place, bar.told, va="center", color=INK,
                fontsize=13 * POINTS, parse_math=False,
            )  # fmt: skip
        _names(axes, [bar.name for bar in rows], width)
        axes.set_xlim(0, most * (1.28 if width == DESK else 1.75))
        axes.set_xticks([])
        axes.spines["left"].set_visible(True)

    return _both(name, title, told, draw, lambda _width: LINE * len(rows) + 16)


def _names(axes: Any, names: Sequence[str], width: int) -> None:
    most = 52 if width == DESK else 22
    shown = [name if len(name) <= most else f"{name[: most - 1].rstrip()}…" for name in names]
    axes.set_yticks(range(len(names)), [printable(name) for name in shown], parse_math=False)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.tick_params(axis="y", length=0)


def _ticks(most: int, *, whole: bool = False) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(most, integer=whole)


def _both(
    name: str,
    title: str,
    told: str,
    draw: Callable[[Any, int], None],
    height: Callable[[int], int],
) -> Chart:
    return Chart(
        *(
            _drawn(f"{name}-{kind}", title, told, draw, (width, height(width)))
            for kind, width in (("desk", DESK), ("phone", PHONE))
        )
    )


def _drawn(
    name: str, title: str, told: str, draw: Callable[[Any, int], None], size: tuple[int, int]
) -> Markup:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    width, height = size
    kept: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.family": "sans-serif",
    }
    written = io.BytesIO()
    with _ONE_AT_A_TIME, warnings.catch_warnings(), rc_context(kept):
        warnings.simplefilter("ignore")  # of glyphs: the page's own font draws them
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        figure = Figure(figsize=(width / 96, height / 96), layout="constrained")
        axes = figure.add_subplot()
        for side in axes.spines.values():
            side.set_visible(False)
            side.set_color(RULE)
        axes.tick_params(colors=MUTED, labelsize=13 * POINTS, length=0)
        draw(axes, width)
        for label in axes.get_yticklabels():
            label.set_color(INK)
        figure.patch.set_alpha(0)
        axes.patch.set_alpha(0)
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return inline(written.getvalue(), name, title, told)

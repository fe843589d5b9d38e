"""The coverage map as a picture: a panel for all, and one for each persona.

Read in print and by people who see colours otherwise: the colours of `cividis` differ in lightness
alone, each cell has its number, and an empty one is hatched.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from bot.views.coverage import choosable
from bot.views.words_coverage import ANYBODY, PICTURE_TITLE
from knowledge.buyer_questions import BuyerQuestion
from knowledge.coverage import Coverage
from knowledge.journey import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

MOST_PANELS = 8
"""Of all personas the first by name: more would be too small to read."""
IN_A_ROW = 2
PANEL_INCHES = (5.6, 3.4)
DOTS_PER_INCH = 130
COLUMNS = {
    BuyerQuestion.HELP: "will it\nhelp us?",
    BuyerQuestion.HASSLE: "worth the\nhassle?",
    BuyerQuestion.WORK: "will it work,\nproof?",
    BuyerQuestion.RIVALS: "somebody\nbetter?",
    BuyerQuestion.CREDIBLE: "company\ncredible?",
    BuyerQuestion.AFFORD: "can we\nafford it?",
}
HEAD = (
    f"{PICTURE_TITLE}: pieces by stage and buyer question\n"
    'hatched: nothing yet; "n missed": asked in vain so often'
)
TITLE_INCHES, TITLE_LETTERS = 0.6, 40
DARK, LIGHT, EMPTY = "#1a1a1a", "#ffffff", "#f2f2f2"


def coverage_picture(covered: Coverage, labels: Mapping[str, str]) -> bytes:
    """The map as a PNG."""
    told = io.BytesIO()
    figure = coverage_figure(covered, labels)
    figure.savefig(told, format="png", dpi=DOTS_PER_INCH, metadata={"Software": ""})
    return told.getvalue()


def coverage_figure(covered: Coverage, labels: Mapping[str, str]) -> Figure:
    """The map as a figure; a cell holds its pieces, and below them how often it was missed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels: list[str | None] = [None, *choosable(covered)][:MOST_PANELS]
    beside = min(IN_A_ROW, len(panels))
    rows = -(-len(panels) // IN_A_ROW)
    size = (PANEL_INCHES[0] * beside, PANEL_INCHES[1] * rows + TITLE_INCHES)
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)  # draws without a screen
    counts = {p: counted(covered, p) for p in panels}
    most = max((n for table in counts.values() for row in table for n, _ in row), default=0)
    for place, persona in enumerate(panels, 1):
        axes = figure.add_subplot(rows, beside, place)
        _panel(axes, counts[persona], max(most, 1))
        name = ANYBODY if persona is None else labels.get(persona, persona)
        axes.set_title(_plain(name)[:TITLE_LETTERS], fontsize=10)
    figure.suptitle(HEAD, fontsize=10)
    return figure


def counted(covered: Coverage, persona: str | None) -> list[list[tuple[int, int]]]:
    """(pieces, misses) of each cell: a row for each stage, a column for each question."""
    return [
        [
            (
                len(covered.answering(stage, persona, question)),
                covered.misses_in(stage, persona, question),
            )
            for question in BuyerQuestion
        ]
        for stage in Stage
    ]


def _panel(axes: Any, table: list[list[tuple[int, int]]], most: int) -> None:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    colours = colormaps["cividis"]
    for y, row in enumerate(table):
        for x, (pieces, missed) in enumerate(row):
            share = pieces / most
            face = colours(0.15 + 0.85 * share) if pieces else EMPTY
            axes.add_patch(
                Rectangle((x, y), 1, 1, facecolor=face, edgecolor="#8a8a8a", linewidth=0.8,
                          hatch=None if pieces else "////")
            )  # fmt: skip
            ink = LIGHT if pieces and _lightness(face) < 0.5 else DARK
            told = f"{pieces}\n{missed} missed" if missed else str(pieces)
            box = None if pieces else {"facecolor": LIGHT, "edgecolor": "none", "pad": 1.5}
            axes.text(x + 0.5, y + 0.5, told, ha="center", va="center", color=ink, fontsize=9,
                      bbox=box)  # fmt: skip
    axes.set_xlim(0, len(BuyerQuestion))
    axes.set_ylim(len(Stage), 0)
    axes.set_xticks([i + 0.5 for i in range(len(BuyerQuestion))])
    axes.set_xticklabels([COLUMNS[q] for q in BuyerQuestion], fontsize=7)
    axes.set_yticks([i + 0.5 for i in range(len(Stage))])
    axes.set_yticklabels(list(Stage), fontsize=8)
    axes.tick_params(length=0)


def _plain(name: str) -> str:
    """A persona's name without what matplotlib would read as a formula, or cannot draw."""
    return "".join(letter for letter in name if letter.isprintable()).replace("$", "\\$")


def _lightness(colour: Any) -> float:
    """Relative luminance, 0 to 1, of an RGBA colour."""
    red, green, blue = (float(part) for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

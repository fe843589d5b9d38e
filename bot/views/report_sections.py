"""The sections of a report: which charts and tables stand where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.views import report_tables as tables
from bot.views import words_report as words
from bot.views.report_charts import (
    BACK,
    FORWARD,
    Bar,
    Chart,
    bar_chart,
    share_chart,
    week_chart,
)
from bot.views.report_tables import Table
from bot.views.words_report import number
from knowledge.report import ProgressLine, Report
from knowledge.shares import Share


@dataclass(frozen=True, slots=True)
class Block:
    """A chart with the table of its figures, or one of the two; `beside` where both are narrow."""

    table: Table | None = None
    chart: Chart | None = None
    caption: str = ""
    title: str = ""
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page."""

    id: str
    title: str
    about: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A figure of the top: what, how much, of what."""

    name: str
    big: str
    of: str


def keys(report: Report) -> list[Key]:
    """The figures that a manager looks at first."""
    whole, cover, days = report.whole, report.covered, report.days_after
    quiet = Share(cover.never + cover.neglected, cover.leads)
    told = (
        (f"Later stage within {days} days after a touch", whole.forward),
        (f"Earlier stage within {days} days after a touch", whole.back),
        ("Cards approved, of those decided", report.cards.accepted),
        ("Edited, of those approved", report.cards.changed),
        ("Leads never touched or neglected", quiet),
    )
    return [_key(name, share, report.least) for name, share in told]


def sections(report: Report) -> list[Section]:
    """All sections, in the order of the page."""
    return [_stages(report), _after(report), _segments(report), _drafts(report), _leads(report)]


def _key(name: str, told: Share, least: int) -> Key:
    counts = f"{number(told.count)} of {number(told.of)}"
    if not told.enough(least):
        return Key(name, number(told.count), f"of {number(told.of)}; {words.TOO_FEW}")
    return Key(name, words.percent(told.value or 0.0), f"{words.between(told)}; {counts}")


def _stages(report: Report) -> Section:
    forward, back = (sum(getattr(w, way) for w in report.weeks) for way in ("forward", "back"))
    told = f"{number(forward)} moves forward and {number(back)} back, week by week."
    chart = week_chart("weeks", "Moves from stage to stage by week", told, report.weeks)
    return Section(
        "stages",
        "From stage to stage",
        words.about_stages(report),
        (
            Block(
                tables.weeks(report), chart if forward + back else None, words.WEEKS, beside=True
            ),
            Block(tables.stages(report)),
            Block(tables.moves(report)),
        ),
    )


def _after(report: Report) -> Section:
    enough = [a for a in report.by_asset if a.forward.enough(report.least)]
    enough.sort(key=lambda a: (-(a.forward.value or 0.0), a.name))
    pieces = _share_chart(report, "pieces", "Later stage after each piece", enough)
    few = words.pieces_shown(report.least, len(report.by_asset) - len(enough))
    table = tables.progress(report, "By piece, in the order of titles", report.by_asset, "Piece")
    return Section(
        "after",
        "What followed a touch",
        words.about_after(report),
        (
            _shares(report, "step", "By number of the touch", report.by_step, "Touch"),
            _shares(report, "count", "By touches in the stage so far", report.by_count, "In stage"),
            Block(table, pieces if enough else None, few, "Pieces"),
            Block(tables.came(report)),
        ),
    )


def _segments(report: Report) -> Section:
    reps = tables.progress(report, "By rep, in the order of names", report.by_rep, "Rep")
    return Section(
        "segments",
        "Segments and reps",
        words.ABOUT_SEGMENTS,
        (
            _shares(report, "persona", "By persona", report.by_persona, "Persona"),
            _shares(report, "industry", "By industry", report.by_industry, "Industry"),
            _shares(report, "size", "By size of the company", report.by_size, "Employees"),
            Block(reps),
        ),
    )


def _drafts(report: Report) -> Section:
    cards, edits = report.cards, report.edits
    became = (
        cards.approved - cards.edited, cards.edited, cards.another, cards.put_off, cards.withdrawn,
        cards.waiting,
    )  # fmt: skip
    of = f"of {number(cards.cards)} cards made in the period"
    states = _bars(zip(words.STATES, became, strict=True), cards.cards)
    parts = _bars(((p.part, p.changed.count) for p in edits.parts), edits.of)
    changed = tables.parts(report)
    return Section(
        "drafts",
        "Drafts and what people make of them",
        words.about_drafts(report),
        (
            Block(
                tables.cards(report.cards_by_rep),
                bar_chart("cards", "What became of the cards", of, states) if cards.cards else None,
                f"{of[0].upper()}{of[1:]}.",
                "Cards",
            ),
            Block(
                changed,
                bar_chart("parts", "Parts of drafts that people change", changed.of, parts)
                if parts
                else None,
                words.PARTS,
                "Edits",
            ),
            Block(tables.sentences("Sentences taken out oftenest", edits.taken_out, edits.of)),
            Block(tables.sentences("Sentences put in oftenest", edits.put_in, edits.of)),
            Block(tables.rules(report)),
            Block(tables.promotion(report)),
        ),
    )


def _leads(report: Report) -> Section:
    cover, missed = report.covered, report.missed
    groups = (
        ("never touched", cover.never), ("neglected", cover.neglected),
        ("past their gap", cover.overdue), ("within their gap", cover.in_step),
        ("put off until a day to come", cover.put_off), ("opted out", cover.opted_out),
    )  # fmt: skip
    bars = [
        Bar(bar.name, bar.value, bar.told, BACK if place < 3 else FORWARD)
        for place, bar in enumerate(_bars(groups, cover.leads))
    ]
    table = tables.leads(report, groups)
    chart = bar_chart("leads", "Leads by last touch", table.of, bars) if cover.leads else None
    return Section(
        "leads",
        "Leads and gaps",
        words.about_leads(report),
        (
            Block(table, chart, words.LEADS, beside=True),
            Block(
                tables.missed(
                    report, "Questions that found no piece, by stage", "Stage", missed.by_stage
                )
            ),
            Block(
                tables.missed(
                    report, "The same questions, by persona", "Persona", missed.by_persona
                )
            ),
        ),
    )


def _bars(counts: Iterable[tuple[str, int]], of: int) -> list[Bar]:
    return [Bar(name, count, f"{number(count)} of {number(of)}") for name, count in counts]


def _shares(
    report: Report, name: str, title: str, lines: Sequence[ProgressLine], head: str
) -> Block:
    enough = [line for line in lines if line.forward.enough(report.least)]
    chart = _share_chart(report, name, f"Later stage after a touch, {title.lower()}", enough)
    table = tables.progress(report, title, lines, head)
    return Block(table, chart if enough else None, words.SHARES, f"Later stage, {title.lower()}")


def _share_chart(report: Report, name: str, title: str, lines: Sequence[ProgressLine]) -> Chart:
    told = "; ".join(f"{line.name}: {words.share(line.forward, report.least)}" for line in lines)
    return share_chart(name, title, told, lines, report.whole.forward)

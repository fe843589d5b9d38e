"""The tables of a report, each with what it counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.views import words_report as words
from bot.views.words_report import number
from knowledge.journey import Stage
from knowledge.report import CardsLine, MissLine, ProgressLine, Report, WordLine
from knowledge.shares import Share


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its name, and `n` for counts, `days` for days, `share` for shares, else text."""

    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with what it counts; each row begins with its name."""

    title: str
    of: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Any, ...], ...]


def weeks(report: Report) -> Table:
    """Touches and moves by week."""
    return Table(
        "By week",
        "counts of touches and moves; weeks begin on Monday",
        (Head("Week of"), *_counts("Touches", "Forward", "Back")),
        tuple((words.day(w.monday), w.touches, w.forward, w.back) for w in report.weeks),
    )


def stages(report: Report) -> Table:
    """Time in each stage."""
    return Table(
        "Time in each stage",
        "stretches that ended in the period, and leads still there at its end; median days",
        (
            Head("Stage"), *_counts("Went forward", "Went back"), Head("Days until then", "days"),
            Head("Still there", "n"), Head("Days so far", "days"),
        ),
        tuple(
            (s.stage.capitalize(), s.forward, s.back, _days(s.days), s.still, _days(s.still_days))
            for s in report.stages
        ),
    )  # fmt: skip


def moves(report: Report) -> Table:
    """From which stage to which: right of the empty cells forward, left of them back."""
    counted = {(m.before, m.stage): m.count for m in report.moves}
    return Table(
        "Which moves",
        f"of {number(sum(counted.values()))} moves in the period; from the row to the column",
        (Head("From"), *(Head(f"to {stage}", "days") for stage in Stage)),
        tuple(
            (
                before.capitalize(),
                *("" if s is before else number(counted.get((before, s), 0)) for s in Stage),
            )
            for before in Stage
        ),
    )


def progress(report: Report, title: str, lines: Iterable[ProgressLine], head: str) -> Table:
    """What followed the touches of each kind."""
    return Table(
        title,
        f"touches in the period; shares of those whose {report.days_after} days are over",
        (
            Head(head), *_counts("Touches", "Leads"),
            *(Head(name, "share") for name in ("Later stage", "Earlier stage", "Reacted")),
        ),
        tuple((x.name, x.touches, x.leads, x.forward, x.back, x.reacted) for x in lines),
    )  # fmt: skip


def came(report: Report) -> Table:
    """What reps said came of their touches."""
    told = report.came
    said = told.told.count
    return Table(
        "What reps said came of it",
        f"of {number(told.touches)} touches; what happened, of those of which it was said",
        (Head("Answer"), Head("Touches", "share")),
        (
            ("said what happened", told.told),
            ("the lead answered", Share(told.replied, said)),
            ("the lead moved on", Share(told.moved_on, said)),
            ("no answer", Share(told.no_answer, said)),
            ("the lead opted out", Share(told.opted_out, said)),
            ("the piece helped, of those answered yes or no", told.helped),
        ),
    )


def cards(lines: Iterable[CardsLine]) -> Table:
    """What became of the cards of each rep."""
    return Table(
        "What became of the cards, by rep",
        "approved: of cards decided by a person; edited: of those approved; in the order of names",
        (
            Head("Rep"), Head("Cards", "n"), Head("Approved", "share"), Head("Edited", "share"),
            *_counts("Another", "Put off", "Waiting"),
        ),
        tuple(
            (c.name, c.cards, c.accepted, c.changed, c.another, c.put_off, c.waiting) for c in lines
        ),
    )  # fmt: skip


def parts(report: Report) -> Table:
    """Which parts of drafts people change."""
    return Table(
        "What people change, by part",
        f"of {number(report.edits.of)} approved drafts that were edited",
        (Head("Part"), Head("Drafts", "share"), *_counts("Sentences out", "Sentences in")),
        tuple((p.part, p.changed, p.taken_out, p.put_in) for p in report.edits.parts),
    )


def sentences(title: str, lines: Iterable[WordLine], of: int) -> Table:
    """Sentences that people change."""
    return Table(
        title,
        f"counts of {number(of)} edited drafts; only what was changed for five leads or more",
        (Head("Sentence"), Head("Drafts", "n")),
        tuple((line.text, line.drafts) for line in lines),
    )


def rules(report: Report) -> Table:
    """What the checks found, and what became of it."""
    return Table(
        "What the checks found",
        f"of {number(report.promotion.cards)} cards with a draft; counts of drafts",
        (
            Head("Check"), Head("Found as made", "share"),
            *_counts("Mended", "Brought in by an edit", "Approved with it"),
        ),
        tuple((words.rule(r.rule), r.found, r.mended, r.brought_in, r.kept) for r in report.rules),
    )  # fmt: skip


def promotion(report: Report) -> Table:
    """What sold, and was stopped or kept."""
    told = report.promotion
    return Table(
        "Promotion stopped",
        f"of {number(told.cards)} cards with a draft",
        (Head("What"), Head("Cards", "share")),
        (
            ("a promotional piece was refused", Share(told.pieces_refused, told.cards)),
            ("the draft as made sold or pressed", Share(told.drafts_found, told.cards)),
            ("of those, mended", Share(told.mended, told.drafts_found)),
            ("approved with it all the same", Share(told.kept, told.cards)),
        ),
    )


def leads(report: Report, groups: Iterable[tuple[str, int]]) -> Table:
    """Every lead, by its last touch."""
    of = report.covered.leads
    return Table(
        "Leads by last touch",
        f"of {number(of)} leads on {words.day(report.period.last)}",
        (Head("Group"), Head("Leads", "share")),
        tuple((name, Share(count, of)) for name, count in groups),
    )


def missed(report: Report, title: str, head: str, lines: Iterable[MissLine]) -> Table:
    """Questions that found no piece."""
    told = report.missed
    return Table(
        title,
        f"{number(told.misses)} questions beside {number(told.asks)} suggestions made in the "
        f"period; {number(told.requests)} content requests, {number(told.still_open)} open",
        (Head(head), *_counts("Questions", "Requests")),
        tuple((m.name.capitalize(), m.misses, m.requests) for m in lines),
    )


def _counts(*names: str) -> tuple[Head, ...]:
    return tuple(Head(name, "n") for name in names)


def _days(days: float | None) -> str:
    return words.NOTHING if days is None else f"{days:g}"

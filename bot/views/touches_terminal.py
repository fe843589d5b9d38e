"""The list of suggestions, a story and a sample on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich import box
from rich.table import Table
from rich.text import Text

from bot.views import escape, words_story
from bot.views import words_touches as words
from bot.views.terminal import console
from bot.views.touch_list import lead_of
from knowledge.review import How, Sampled
from knowledge.story import Story, StoryEvent
from knowledge.text_difference import as_lines
from storage.touch_lists import TouchLine, TouchPage

CELL = 40


def print_page(page: TouchPage, zone: str) -> None:
    """A page as a table, and how to see the next one."""
    shown = console()
    if not page.lines:
        shown.print(Text("Nothing fits; ask for less, or for nothing to see all."))
        return
    table = Table(box=box.SIMPLE)
    table.add_column("id", no_wrap=True)  # it is copied into `touches show`
    for column in words.COLUMNS:
        table.add_column(Text(column), overflow="fold")
    for line in page.lines:
        table.add_row(*(Text(cell) for cell in _cells(line, zone)))
    shown.print(table)
    shown.print(Text(words.counted(page.start, len(page.lines), page.total)))
    if page.after:
        shown.print(Text(f"The next ones: --after {page.after}"))


def print_story(story: Story, zone: str) -> None:
    """Every event with what is known of it, oldest first."""
    shown = console()
    asked = story.asked_by or words.NOBODY
    shown.print(Text(words.story_head(_when(story.created_at, zone), asked, story.state)))
    if story.erased:
        shown.print(Text(words.ERASED_WORDS))
    for event in story.events:
        by = f" · {event.by}" if event.by else ""
        head = f"{words_story.HAPPENED[event.what]} · {_when(event.at, zone)}{by}"
        shown.print(Text(f"\n{head}", style="bold"))
        for line in _told(event):
            shown.print(Text(f"  {line}"))


def print_sample(
    week: str, drawn: Sequence[Sampled], lines: Mapping[str, TouchLine], zone: str
) -> None:
    """A week's sample with why each was drawn, and what was done with it."""
    shown = console()
    if not drawn:
        shown.print(Text(words.NO_SAMPLE))
        return
    table = Table(box=box.SIMPLE, title=f"Sample of {week}")
    table.add_column("id", no_wrap=True)
    for column in (*words.COLUMNS[:3], "Why", "Done"):
        table.add_column(Text(column), overflow="fold")
    for one in drawn:
        own = one.drawn.suggestion_id
        cells = _cells(lines[own], zone)[:4] if own in lines else [own, "", "", ""]
        why = words.because(one.drawn.signs, one.drawn.how is How.RANDOM)
        table.add_row(*(Text(c) for c in (*cells, why, str(one.verdict or "waits"))))
    shown.print(table)


def _cells(line: TouchLine, zone: str) -> list[str]:
    return [
        escape.one_line(text)
        for text in (
            line.id,
            _when(line.at, zone),
            line.asked_by or words.NOBODY,
            escape.clip(lead_of(line), CELL),
            line.stage.capitalize(),
            escape.clip(line.title, CELL) or words.NO_PIECE,
            words.state(line.state, line.edits),
            words.checks(line.failed, line.kept) or "-",
        )
    ]


def _told(event: StoryEvent) -> list[str]:
    told = [f"{words_story.FACT[fact]}: {escape.one_line(value)}" for fact, value in event.told]
    for piece in event.pieces:
        score = f" ({piece.score:.2f})" if piece.score is not None else ""
        why = piece.why_not or words.rules([piece.rule] if piece.rule else [])
        name = piece.title or piece.asset_id
        told.append(escape.one_line(f"- {name}{score}{': ' if why else ''}{why}"))
    for finding in event.findings:
        parts = [words.rules([finding.rule]), finding.sentence, finding.why]
        told.append(escape.one_line(f"- {words.FOUND}: {': '.join(p for p in parts if p)}"))
    if event.difference:
        told += escape.clean(as_lines(event.difference)).split("\n")
    elif event.text is not None:
        subject, body = event.text
        told += [f"Subject: {escape.one_line(subject)}", *escape.clean(body).split("\n")]
    return told


def _when(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"

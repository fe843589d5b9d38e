"""Commands of the manager's view: list, story, sample and export of suggestions (M54, M56, M57)."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from bot.cli.managing import AsJson, touches
from bot.cli.root import print_json, tools_of
from bot.flow import sampling, touch_list
from bot.flow.finding_leads import leads_meant
from bot.flow.standing import TRUSTED
from bot.flow.tools import Tools
from bot.flow.touch_rows import COLUMNS, cells
from bot.flow.touch_words import RULE_NAMES
from bot.views.touches_terminal import print_page, print_sample, print_story
from knowledge.errors import BadInput, StorageFailed
from knowledge.journey import parse_stage
from knowledge.review import days_of
from knowledge.touch import PaceDecision
from storage.suggestions import SuggestionRecord
from storage.touch_filter import ANY_RULE, TouchFilter, TouchState

Rep = Annotated[str, typer.Option(help="Who asked: a Slack user id.")]
Lead = Annotated[str, typer.Option(help="A lead's id, name or address.")]
Company = Annotated[str, typer.Option(help="The company of a lead on record.")]
StageNamed = Annotated[str, typer.Option("--stage", help="The stage that was read.")]
Asset = Annotated[str, typer.Option(help="A piece's id or title.")]
Decision = Annotated[PaceDecision | None, typer.Option(help="What the suggestion says to do.")]
State = Annotated[TouchState | None, typer.Option(help="What became of it.")]
Failed = Annotated[str, typer.Option(help="A check that finds something in it; 'any' for all.")]
Overridden = Annotated[
    bool | None,
    typer.Option("--overridden/--not-overridden", help="Whether findings were kept."),
]
Since = Annotated[str, typer.Option(help="The first day, as 2026-03-01, in the team's zone.")]
Until = Annotated[str, typer.Option(help="The last day.")]


class Format(StrEnum):
    """How suggestions are exported."""

    CSV = "csv"
    JSONL = "jsonl"


@touches.command("list")
def list_touches(
    context: typer.Context,
    rep: Rep = "",
    lead: Lead = "",
    company: Company = "",
    stage: StageNamed = "",
    asset: Asset = "",
    decision: Decision = None,
    state: State = None,
    failed: Failed = "",
    overridden: Overridden = None,
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most lines of a page.")] = 20,
    after: Annotated[str, typer.Option(help="The id that ended the page before.")] = "",
    as_json: AsJson = False,
) -> None:
    """List suggestions, newest first, by what they must be."""
    with tools_of(context) as tools:
        wanted = _filter(
            tools, rep, lead, company, stage, asset, decision, state, failed, overridden, since,
            until,
        )  # fmt: skip
        if after:
            tools.suggestions.get(after)  # one that there is not would show the first page again
        page = touch_list.page(wanted, TRUSTED, tools, limit, after=after)
        zone = tools.settings.time_zone
    if as_json:
        lines = [json.loads(_as_json(asdict(line))) for line in page.lines]
        print_json({"total": page.total, "start": page.start, "after": page.after or None,
                    "touches": lines})  # fmt: skip
        return
    print_page(page, zone)


@touches.command("show")
def show(context: typer.Context, suggestion_id: str, as_json: AsJson = False) -> None:
    """Tell the story of one suggestion: asked, read, chosen, drafted, decided, sent, what came."""
    with tools_of(context) as tools:
        told = touch_list.story_of(suggestion_id, TRUSTED, tools)
        zone = tools.settings.time_zone
    if as_json:
        print_json(json.loads(_as_json(asdict(told))))
        return
    print_story(told, zone)


@touches.command("sample")
def sample(
    context: typer.Context,
    week: Annotated[str, typer.Option(help="As 2026-W09; the last whole week otherwise.")] = "",
    as_json: AsJson = False,
) -> None:
    """Draw the sample of a week for review, by chance and by risk; once drawn, it stays."""
    with tools_of(context) as tools:
        named = week.strip().upper() or sampling.week_to_review(tools)
        try:
            days_of(named)
        except ValueError:
            raise BadInput(f"Name a week as 2026-W09, not '{week[:40]}'.") from None
        if named > sampling.week_to_review(tools):
            raise BadInput("That week is not over yet; its sample is drawn once it is.")
        drawn = sampling.sample_of(named, TRUSTED, tools)
        lines = touch_list.touch_lists(tools).lines(tuple(d.drawn.suggestion_id for d in drawn))
        zone = tools.settings.time_zone
    if as_json:
        print_json({"week": named, "sample": [json.loads(_as_json(asdict(d))) for d in drawn]})
        return
    print_sample(named, drawn, {line.id: line for line in lines}, zone)


@touches.command("export")
def export(
    context: typer.Context,
    form: Annotated[Format, typer.Option("--format")] = Format.CSV,
    output: Annotated[Path | None, typer.Option(help="A file instead of stdout.")] = None,
    rep: Rep = "",
    lead: Lead = "",
    company: Company = "",
    stage: StageNamed = "",
    asset: Asset = "",
    decision: Decision = None,
    state: State = None,
    failed: Failed = "",
    overridden: Overridden = None,
    since: Since = "",
    until: Until = "",
) -> None:
    """Export suggestions with their decisions, oldest first; all of them, or by what they are."""
    with tools_of(context) as tools:
        wanted = _filter(
            tools, rep, lead, company, stage, asset, decision, state, failed, overridden, since,
            until,
        )  # fmt: skip
        with _out(output) as file:
            _, rows = touch_list.exported(wanted, TRUSTED, tools)
            for text in _csv(rows) if form is Format.CSV else _lines(rows):
                file.write(text)


def _csv(rows: Iterable[SuggestionRecord]) -> Iterator[str]:
    yield _line_of(COLUMNS)
    for row in rows:
        yield _line_of(cells(row))


def _line_of(told: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(told)
    return text.getvalue()


def _lines(rows: Iterable[SuggestionRecord]) -> Iterator[str]:
    return (_as_json(asdict(row)) + "\n" for row in rows)


def _as_json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, default=str)


@contextmanager
def _out(output: Path | None) -> Iterator[TextIO]:
    """Where the export goes: stdout, or a file that is whole or not there.

    It is written beside the file and takes its place at the end; a pipe or a device is written to
    as it is. `StorageFailed` when it cannot be.
    """
    if output is None:
        yield typer.get_text_stream("stdout")
        return
    if output.exists() and not output.is_file():
        with _refusals(output), output.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    whole = output.resolve()  # through a link, as writing to it would
    fresh: Path | None = None
    try:
        with _refusals(output):
            number, name = tempfile.mkstemp(dir=whole.parent, prefix=f".{whole.name[:80]}.")
            fresh = Path(name)
            with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(whole)
            fresh = None
    finally:
        if fresh is not None:
            fresh.unlink(missing_ok=True)


@contextmanager
def _refusals(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as refused:
        raise StorageFailed(f"{output} cannot be written: {refused.strerror}.") from None


def _filter(
    tools: Tools,
    rep: str,
    lead: str,
    company: str,
    stage: str,
    asset: str,
    decision: PaceDecision | None,
    state: TouchState | None,
    failed: str,
    overridden: bool | None,
    since: str,
    until: str,
) -> TouchFilter:
    """The filter that the options name; `BadInput` for one that names nothing."""
    rule = failed.strip().lower().replace(" ", "_")
    if rule and rule not in {ANY_RULE, *RULE_NAMES}:
        raise BadInput(f"No check is called '{failed[:40]}'; use one of: {', '.join(RULE_NAMES)}.")
    wanted = TouchFilter(
        rep=rep.strip().removeprefix("@"),
        lead=_lead(lead, tools),
        stage=parse_stage(stage) if stage else None,
        asset=_asset(asset, tools),
        decision=decision,
        state=state,
        failed=rule,
        overridden=overridden,
        since=_day(since),
        until=_day(until),
        company=company.strip(),
    )
    wrong = touch_list.objections(wanted, tools)
    if wrong:
        name, why = next(iter(wrong.items()))
        raise BadInput(f"--{name}: {why}")
    return wanted


def _lead(said: str, tools: Tools) -> str:
    """The id of a lead; what names nobody is taken as an id: it may be that of an erased one."""
    found = leads_meant(said, tools) if said else []
    if len(found) > 1:
        ids = ", ".join(k.id for k in found[:5])
        raise BadInput(f"{len(found)} leads fit '{said[:40]}': name one by its id, such as {ids}.")
    return found[0].id if found else said


def _asset(said: str, tools: Tools) -> str:
    if not said:
        return ""
    known = {a.id: a.title for a in tools.library.all()}
    titled = [i for i, title in known.items() if title.casefold() == said.casefold()]
    return said if said in known or not titled else titled[0]


def _day(said: str) -> date | None:
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise BadInput(f"Name a day as 2026-03-01, not '{said[:40]}'.") from None

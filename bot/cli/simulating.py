"""The commands that fill an empty home with a fictional quarter, and that play a year."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.bootstrap import Wired, build
from bot.cli.root import FAILED, note, print_json, tools_of
from bot.flow.add_assets import add_assets
from bot.flow.simulate import Size, simulate_quarter
from bot.flow.simulate_year import DAYS, simulate_year
from bot.sample import SAMPLE
from bot.settings import Settings
from bot.views.year_page import year_lines, year_page
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.track_files import FOLDER

simulate = typer.Typer(
    help="Fictional data to look at: reports, lists and the managers' view.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(simulate, name="simulate")


@simulate.callback()
def _group() -> None:
    """Keep `quarter` a word of its own beside others to come."""


@simulate.command("quarter")
def quarter(
    context: typer.Context,
    reps: Annotated[int, typer.Option(help="How many reps.")] = 60,
    leads: Annotated[int, typer.Option(help="How many leads.")] = 3000,
    touches: Annotated[int, typer.Option(help="How many suggestions.")] = 40_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 7,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day (default: today)."),
    ] = None,
) -> None:
    """Fill an empty home with 90 days of the sample company, plainly fictional."""
    columns = (TextColumn("Writing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with tools_of(context) as tools:
        note("Reading the sample library.")
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Writing", total=None)
            made = simulate_quarter(
                Size(reps, leads, touches),
                seed,
                tools,
                until.date() if until else None,
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        typer.echo(
            f"{made.touches} suggestions for {made.leads} fictional leads by {reps} reps, "
            f"{made.first} to {made.last}."
        )


@simulate.command("year")
def year(
    context: typer.Context,
    leads: Annotated[int, typer.Option(help="How many leads.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed plays the same year.")] = 7,
    output: Annotated[
        Path | None, typer.Option(metavar="F.json|F.html", help="Where the report goes.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Play a year with invented leads by the real pacing and ranking, and check it."""
    if output and output.suffix not in {".json", ".html"}:
        raise BadInput(f"'{output.name}' must end in .json or .html.")
    columns = (TextColumn("Day"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with tools_of(context) as tools, with_library(tools) as own:
        first = team_date(own.clock, own.settings.time_zone).replace(month=1, day=1)
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Day", total=DAYS)
            report, _ = simulate_year(
                leads, seed, own, first, lambda done, _: bar.update(task, completed=done)
            )
    form = asdict(report) | {"sound": report.is_sound}
    if output:
        text = year_page(report) if output.suffix == ".html" else json.dumps(form, indent=2)
        output.write_text(text, encoding="utf-8")
        note(f"Written: {output}")
    if as_json:
        print_json(form)
    else:
        typer.echo("\n".join(year_lines(report)))
    if not report.is_sound:
        raise typer.Exit(FAILED)


@contextmanager
def with_library(tools: Wired) -> Iterator[Wired]:
    """These tools; where their library is empty, others over the sample's, thrown away after."""
    if tools.library.any_approved():
        yield tools
        return
    note("The library is empty; the year is played with the sample's pieces.")
    with TemporaryDirectory() as folder:
        own = Path(folder) / "home"
        own.mkdir()
        for name in ("segments.toml", "pacing.toml", "journey.toml", "personas.toml"):
            if (tools.settings.home / name).exists():
                shutil.copy(tools.settings.home / name, own / name)
        if (tools.settings.home / FOLDER).is_dir():
            shutil.copytree(tools.settings.home / FOLDER, own / FOLDER)
        sample = build(Settings(home=own))
        try:
            add_assets([str(SAMPLE / "library")], sample, approve=True, by="simulation")
            yield sample
        finally:
            sample.close()

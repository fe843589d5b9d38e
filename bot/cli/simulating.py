"""The command that fills an empty home with a fictional quarter."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.root import note, tools_of
from bot.flow.simulate import Size, simulate_quarter

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

"""The command that makes the report: an HTML page, or its figures as JSON."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.root import note, print_json, tools_of
from bot.flow.report import report
from bot.views import words_report as words
from bot.views.report_form import report_form
from knowledge.errors import BadInput
from knowledge.report import Asked

_DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("report")(report_)


def report_(
    context: typer.Context,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="The first day.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=_DAY, help="The last day (default: today).")
    ] = None,
    rep: Annotated[str, typer.Option(help="One rep alone, by name or Slack id.")] = "",
    segment: Annotated[
        str, typer.Option(help="One industry, size of company, persona or segment alone.")
    ] = "",
    output: Annotated[Path, typer.Option(metavar="FILE.html", help="Where the page goes.")] = Path(
        "report.html"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures instead.")] = False,
) -> None:
    """Report how leads moved on, by piece, step, segment and rep (default: the last 90 days)."""
    with tools_of(context) as tools, Console(stderr=True).status("Reading") as status:
        made = report(
            tools,
            first.date() if first else None,
            last.date() if last else None,
            Asked(rep.strip(), segment.strip()),
            lambda section: status.update(f"Reading: {section}"),
        )
        if as_json:
            print_json(report_form(made))
            return
        status.update("Drawing")
        from bot.views.report_page import report_page

        _write(output, report_page(made))
    note(f"The report of {words.period(made)} is in {output}.")


def _write(path: Path, page: str) -> None:
    """Put the page in its place whole: a reader sees the former one or this one."""
    try:
        place, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
        with os.fdopen(place, "w", encoding="utf-8") as file:
            file.write(page)
        Path(fresh).chmod(0o644)
        Path(fresh).replace(path)
    except OSError as refused:
        reason = refused.strerror or "unknown reason"
        raise BadInput(f"'{path}' cannot be written ({reason}); name another file.") from None

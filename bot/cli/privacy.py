"""Commands about what is held on leads: exporting it, and taking out what was kept too long."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.people import leads
from bot.cli.root import note, print_json, tools_of
from bot.flow import retention
from bot.flow.lead_export import held_on
from bot.flow.near_leads import lead_on_record
from bot.views import words_privacy
from bot.views.lead_export import lead_text
from knowledge.errors import StorageFailed

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
BY = "command line"

kept = typer.Typer(help="What is kept for how long.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(kept, name="retention")


@leads.command("export")
def export(
    context: typer.Context,
    lead_id: str,
    output: Annotated[Path | None, typer.Option(help="A file instead of stdout.")] = None,
    as_json: AsJson = False,
) -> None:
    """Export everything held on one lead; the audit log notes that you did."""
    with tools_of(context) as tools:
        lead_on_record(lead_id, tools)
        held = held_on(lead_id, BY, tools)
    document = {"lead_id": lead_id, "held": held}
    if output is None:
        print_json(document) if as_json else typer.echo(lead_text(lead_id, held), nl=False)
        return
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    _write(output, text if as_json else lead_text(lead_id, held))
    note(f"Everything held on {lead_id} is in {output}.")


@kept.command("show")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show how long each kind is kept, and how much would go now."""
    with tools_of(context) as tools:
        days, due = retention.days_kept(tools), retention.due(tools)
    if as_json:
        print_json([{"kind": k.value, "days": days[k], "due": n} for k, n in due.items()])
        return
    for kind, count in due.items():
        told = words_privacy.kept_days(days[kind])
        typer.echo(f"{count:>6}  {words_privacy.GOES[kind]} ({told})")


@kept.command("run")
def run(context: typer.Context, as_json: AsJson = False) -> None:
    """Take out what was kept for too long; the bot does so every day."""
    with tools_of(context) as tools:
        done = retention.run(BY, tools)
    if as_json:
        print_json({kind.value: count for kind, count in done.items()})
        return
    for kind, count in done.items():
        typer.echo(f"{count:>6}  {words_privacy.GOES[kind]}")


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
                       encoding="utf-8") as file:  # fmt: skip
            file.write(text)
    except OSError as refused:
        raise StorageFailed(f"{path} cannot be written: {refused.strerror}.") from None

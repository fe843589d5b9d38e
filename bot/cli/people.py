"""Commands for lead records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.root import note, print_json, tools_of
from bot.flow.erasing import erase_lead
from bot.flow.import_leads import import_leads
from bot.flow.near_leads import lead_on_record
from bot.views import words_privacy
from bot.views.json_forms import lead_form
from bot.views.terminal import print_lead

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
leads = typer.Typer(help="Lead records.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(leads, name="leads")


@leads.command("import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="CSV", help="One lead a line; see docs/leads.md.")
    ],
    history: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="What happened: lead_id,action,on,asset_id,note."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import leads; bad lines are reported, good ones kept."""
    with tools_of(context) as tools:
        done = import_leads(file, history, tools)
        if as_json:
            print_json({
                "added": done.added,
                "updated": done.updated,
                "unchanged": done.unchanged,
                "history": done.history,
                "rejected": [{"file": f, "line": n, "reason": r} for f, n, r in done.rejected],
            })  # fmt: skip
            return
        typer.echo(
            f"{done.added} added, {done.updated} updated, {done.unchanged} unchanged, "
            f"{done.history} history entries, {len(done.rejected)} lines rejected."
        )
        for name, number, reason in done.rejected:
            note(f"  {name} line {number}: {reason}")


@leads.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the leads with their ids."""
    with tools_of(context) as tools:
        known = tools.leads.names()
        if not known:
            note(f"There are no leads in {tools.settings.home} yet; see docs/leads.md.")
        if as_json:
            keys = ("lead_id", "name", "company", "email")
            print_json([dict(zip(keys, lead, strict=True)) for lead in known])
            return
        for lead_id, name, company, email in known:
            typer.echo("  ".join(p for p in (lead_id, name, company, email) if p))


@leads.command("show")
def show(context: typer.Context, lead_id: str, as_json: AsJson = False) -> None:
    """Show what is known of a lead, who told it and when, and what happened."""
    with tools_of(context) as tools:
        profile, learnt = lead_on_record(lead_id, tools), tools.leads.facts_log(lead_id)
        print_json(lead_form(profile, learnt)) if as_json else print_lead(profile, learnt)


@leads.command("erase")
def erase(context: typer.Context, lead_id: str, as_json: AsJson = False) -> None:
    """Erase a lead everywhere; the audit log keeps ids only and still verifies."""
    with tools_of(context) as tools:
        lead_on_record(lead_id, tools)
        done = erase_lead(lead_id, "command line", tools)
        told = {"erased": lead_id, "log_emptied": not done.left, "left": list(done.left)}
        print_json(told) if as_json else typer.echo(words_privacy.erased(lead_id))
        if done.left:
            note(words_privacy.still_held(done.left))

"""Commands for lead records."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.cli.root import note, print_json, tools_of
from bot.flow.erasing import erase_lead
from bot.flow.near_leads import lead_on_record
from bot.flow.whole_record import whole_record
from bot.views import words_lead, words_privacy
from bot.views.lead_record import print_record, record_form
from knowledge.leads import LeadFacts

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
leads = typer.Typer(help="Lead records.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(leads, name="leads")


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
        record = whole_record(lead_on_record(lead_id, tools), tools)
        print_json(record_form(record)) if as_json else print_record(record)


@leads.command("qualify")
def qualify(
    context: typer.Context,
    lead_id: str,
    no: Annotated[bool, typer.Option("--not", help="Take the mark away.")] = False,
) -> None:
    """Mark a lead qualified, so that it is handed over to sales; --not takes the mark away."""
    with tools_of(context) as tools:
        lead_on_record(lead_id, tools)
        was = bool(tools.leads.get(lead_id).facts.qualified)
        tools.leads.put(lead_id, LeadFacts(qualified=not no), "command line", "command line")
        typer.echo(words_lead.qualified(lead_id, now=not no, was=was))


@leads.command("erase")
def erase(context: typer.Context, lead_id: str, as_json: AsJson = False) -> None:
    """Erase a lead everywhere; the audit log keeps ids only and still verifies."""
    with tools_of(context) as tools:
        lead_on_record(lead_id, tools)
        # Only where somebody sits at it: a script has made up its mind.
        if sys.stdin.isatty() and not as_json:
            typer.confirm(words_privacy.SURE.format(lead=lead_id), abort=True, err=True)
        done = erase_lead(lead_id, "command line", tools)
        told = {"erased": lead_id, "log_emptied": not done.left, "left": list(done.left)}
        print_json(told) if as_json else typer.echo(words_privacy.erased(lead_id))
        if done.left:
            note(words_privacy.still_held(done.left))

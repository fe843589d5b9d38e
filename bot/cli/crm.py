"""Commands of the CRM: what it says, pulling, writing back, and what a person must decide."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.root import note, print_json, tools_of
from bot.crm.csv_files import CsvFolder
from bot.flow.crm_desk import desk_of
from bot.flow.crm_pull import pull as pull_from
from bot.flow.crm_push import push as push_to
from bot.flow.crm_status import conflict_lead, gone_leads, status
from bot.flow.standing import TRUSTED
from bot.views import words_crm as words
from bot.views.crm import conflict_form, conflict_line, gone_lines, status_form, status_lines
from bot.views.escape import one_line
from knowledge.crm_mapping import packaged
from knowledge.errors import BadInput, CrmFailed

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
crm = typer.Typer(
    help="The CRM: pull from it, write back to it.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(crm, name="crm")


@crm.command("check")
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Ask the CRM whether it lets us in, and whether it has what the mapping names."""
    with tools_of(context) as tools:
        told = desk_of(tools).crm.check()
    print_json({"crm": told}) if as_json else typer.echo(f"{told}.")


@crm.command("pull")
def pull(
    context: typer.Context,
    again: Annotated[
        bool, typer.Option("--all", help="Everything, as after a change of crm.toml.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Pull what changed since the last time; after a stop or a kill it goes on where it was."""
    with tools_of(context) as tools:
        desk = desk_of(tools)
        if again:
            desk.cursors.start_over()
        done = pull_from(desk)
        if as_json:
            print_json(asdict(done))
        else:
            typer.echo(words.pulled(done.records, over=done.over))
            gone = gone_leads(desk)
            if gone:
                note("\n".join(gone_lines(gone, one_line)))
        if isinstance(desk.crm, CsvFolder):
            for line in desk.crm.passed_over():
                note(f"{line}.")
        if done.trouble:
            raise CrmFailed(done.trouble)


@crm.command("push")
def push(context: typer.Context, as_json: AsJson = False) -> None:
    """Write what waits for the CRM, as far as it is switched on."""
    with tools_of(context) as tools:
        done = push_to(desk_of(tools))
        if as_json:
            print_json(asdict(done))
        else:
            typer.echo(words.pushed(done.written, done.agreed, done.conflicts, done.refused))
        if done.trouble:
            raise CrmFailed(done.trouble)


@crm.command("status")
def status_(context: typer.Context, as_json: AsJson = False) -> None:
    """Say when it was pulled, what waits, and what is open; nothing is asked of the CRM."""
    with tools_of(context) as tools:
        desk = desk_of(tools)
        told, gone = status(desk), gone_leads(desk)
        if as_json:
            print_json(status_form(told))
            return
        typer.echo("\n".join(status_lines(told, tools.settings.time_zone, one_line)))
        if gone:
            typer.echo("\n".join(gone_lines(gone, one_line)))


@crm.command("fields")
def fields(
    context: typer.Context,
    example: Annotated[
        bool, typer.Option("--file", help="Print the packaged mapping, to copy to crm.toml.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show which field is which fact, and what else the CRM offers."""
    with tools_of(context) as tools:
        if example:
            desk_of(tools)
            typer.echo(packaged(tools.settings.crm), nl=False)
            return
        desk = desk_of(tools)
        mapped, offers = list(desk.mapping.shown()), desk.crm.offers()
        if as_json:
            told = [{"kind": k, "fact": fact, "fields": theirs} for k, fact, theirs in mapped]
            print_json({"mapped": told, "writes": desk.mapping.writes(),
                        "offered": [asdict(o) for o in offers]})  # fmt: skip
            return
        for kind, fact, theirs in mapped:
            typer.echo(f"{kind}: {fact} = {theirs}")
        for fact, theirs in sorted(desk.mapping.writes().items()):
            typer.echo(f"written back: {fact}{f' = {theirs}' if theirs else ''}")
        for offer in offers:
            options = f": {', '.join(offer.options)}" if offer.options else ""
            typer.echo(f"offered by {offer.kind}: {offer.name} ({offer.type}{options})")


@crm.command("conflicts")
def conflicts(context: typer.Context, as_json: AsJson = False) -> None:
    """List what was changed here and in the CRM at once; nothing of it was forced."""
    with tools_of(context) as tools:
        desk = desk_of(tools)
        found = [(one, conflict_lead(one, desk)) for one in desk.writes.conflicts()]
        if as_json:
            print_json([conflict_form(one, name) for one, name in found])
            return
        for one, name in found:
            typer.echo(one_line(conflict_line(one, name)))
        note(words.SETTLE if found else words.NO_CONFLICTS)


@crm.command("settle")
def settle(
    context: typer.Context,
    number: int,
    whose: Annotated[str, typer.Argument(metavar="ours|theirs")],
    as_json: AsJson = False,
) -> None:
    """Decide a conflict: write ours with the next push, or let theirs stand."""
    if whose not in {"ours", "theirs"}:
        raise BadInput(
            "Say `ours` to write what is known here, or `theirs` to let the CRM's stand."
        )
    with tools_of(context) as tools:
        desk_of(tools).writes.settle(number, TRUSTED, ours=whose == "ours")
    print_json({"number": number, "settled": whose}) if as_json else typer.echo(
        f"{number} is settled: {whose}."
    )


@crm.command("keep")
def keep(context: typer.Context, lead: str, as_json: AsJson = False) -> None:
    """Keep a lead whose record is gone from the CRM."""
    with tools_of(context) as tools:
        desk_of(tools).records.keep_lead(lead, TRUSTED)
    print_json({"lead": lead, "kept": True}) if as_json else typer.echo(
        words.KEPT.format(lead=lead)
    )

"""Commands of the definitions, and of leads that go to sales (M49, M50)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.root import print_json, settings_of, tools_of
from bot.flow.handover import give_back, hand_over, preview
from bot.flow.near_leads import lead_on_record
from bot.views import words_handover as words
from bot.views.handover_page import handover_form, handover_html, handover_markdown, handover_text
from bot.views.terminal import console
from knowledge.errors import BadInput
from knowledge.personas import load_definitions

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("definitions")(definitions)
    app.command("handover")(handover)


def definitions(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what a lead, a sales lead and a qualified lead are."""
    told = load_definitions(settings_of(context).home)
    if as_json:
        print_json({"version": told.version, "definitions": dict(told.meanings)})
        return
    shown = console()
    shown.print(Text(words.title(told), style="bold"))
    for line in words.lines(told):
        shown.print(Text(f"  {line}"))


def handover(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help="Id of a lead.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="F.md|F.html", help="Where the page goes."),
    ] = None,
    look: Annotated[bool, typer.Option("--preview", help="Only show the page.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Give the lead back to nurturing.")] = False,
    because: Annotated[str, typer.Option(help="Why it is given back.")] = "",
    as_json: AsJson = False,
) -> None:
    """Hand a sales-ready lead over with its history on one page; nurturing ends until --back."""
    if output and output.suffix not in {".md", ".html"}:
        raise BadInput(f"'{output.name}' must end in .md or .html.")
    with tools_of(context) as tools:
        lead_on_record(lead, tools)
        if back:
            given = give_back(lead, "command line", because, tools)
            typer.echo(f"{given.lead_id}: {words.GIVEN_BACK}")
            return
        page = preview(lead, tools) if look else hand_over(lead, "command line", tools)
    if output:
        text = handover_html(page) if output.suffix == ".html" else handover_markdown(page)
        output.write_text(text, encoding="utf-8")
        typer.echo(f"Written: {output}")
    elif as_json:
        print_json(handover_form(page))
    else:
        typer.echo(handover_text(page))

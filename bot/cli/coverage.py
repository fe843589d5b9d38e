"""Commands of coverage: the map, its picture, and the content requests (M47)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.content import library
from bot.cli.root import note, print_json, tools_of
from bot.flow import content_requests as flow
from bot.flow.coverage import coverage
from bot.flow.requests_answered import we_have_this
from bot.views.coverage import choosable
from bot.views.coverage_forms import coverage_form, request_form
from bot.views.coverage_picture import coverage_picture
from bot.views.coverage_terminal import print_coverage, print_request, print_requests
from knowledge.content_requests import RequestState
from knowledge.errors import BadInput
from knowledge.personas import load_personas

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
BY = "command line"
requests = typer.Typer(
    help="Content requests: what reps asked that nothing answers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(requests, name="requests")


@library.command("coverage")
def coverage_(
    context: typer.Context,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the map into this file.")
    ] = None,
    persona: Annotated[
        str | None, typer.Option(help="The questions of this persona alone.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the library covers, and the questions nothing answers.

    By stage, persona and the six buyer questions.
    """
    with tools_of(context) as tools:
        covered = coverage(tools)
        if persona is not None and persona not in {*choosable(covered), *covered.personas}:
            known = ", ".join(choosable(covered)) or "none yet"
            raise BadInput(
                f"No piece and no question is of the persona '{persona}'; there are: {known}."
            )
        if picture is not None:
            labels = load_personas(tools.settings.home).names
            _write(picture, coverage_picture(covered, labels))
        if as_json:
            print_json(coverage_form(covered))
        else:
            print_coverage(covered, persona)


@requests.command("list")
def list_(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Closed and answered ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the content requests, the most asked first."""
    with tools_of(context) as tools:
        found = flow.content_requests(tools, None if every else RequestState.OPEN)
        if as_json:
            print_json([request_form(r) for r in found])
        elif found:
            print_requests(found)
        else:
            note("There is no content request: nothing was asked in vain.")


@requests.command("show")
def show(context: typer.Context, number: int, as_json: AsJson = False) -> None:
    """Show one request with all its wordings and their numbers."""
    with tools_of(context) as tools:
        flow.put_together(tools)
        request = tools.request_groups.get(number)
        print_json(request_form(request)) if as_json else print_request(request)


@requests.command("close")
def close(
    context: typer.Context,
    number: int,
    because: Annotated[str, typer.Option(help="Why; it is kept with the request.")] = "",
) -> None:
    """Close a request that nobody will write for."""
    with tools_of(context) as tools:
        done = flow.close(number, BY, tools, because)
        typer.echo(f"Request {number} is closed." if done else "It is closed already.")


@requests.command("reopen")
def reopen(context: typer.Context, number: int) -> None:
    """Open a request again."""
    with tools_of(context) as tools:
        done = flow.reopen(number, BY, tools)
        typer.echo(f"Request {number} is open." if done else "It is open already.")


@requests.command("merge")
def merge(context: typer.Context, number: int, into: int) -> None:
    """Put a request into another that asks the same."""
    with tools_of(context) as tools:
        flow.merge(number, into, BY, tools)
        typer.echo(f"Request {number} is now part of request {into}.")


@requests.command("split")
def split(
    context: typer.Context,
    number: int,
    wordings: Annotated[list[int], typer.Argument(metavar="WORDING…")],
) -> None:
    """Take wordings out of a request into one of their own; `requests show` has their numbers."""
    with tools_of(context) as tools:
        fresh = flow.split(number, wordings, BY, tools)
        typer.echo(f"These wordings are now request {fresh}.")


@requests.command("answered")
def answered(context: typer.Context, number: int, asset_id: str) -> None:
    """Say that an approved piece answers a request; whoever asked in Slack is told."""
    with tools_of(context) as tools:
        we_have_this(number, asset_id, BY, tools)
        typer.echo(f"Request {number} is answered; whoever asked in Slack is told by the bot.")


def _write(path: Path, content: bytes) -> None:
    if path.suffix.lower() != ".png":
        raise BadInput(f"'{path}' is no PNG; give a file name that ends in .png.")
    try:
        path.write_bytes(content)
    except OSError as refused:
        reason = refused.strerror or "unknown reason"
        raise BadInput(f"'{path}' cannot be written ({reason}); name another file.") from None
    note(f"The map is drawn in {path}.")

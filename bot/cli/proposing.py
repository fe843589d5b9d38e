"""What a piece would be proposed as, without storing it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.content import AsJson, library
from bot.cli.root import print_json, tools_of
from bot.flow.proposing import propose, read_piece
from bot.views.proposals_terminal import print_proposals
from knowledge.proposals import proposals_form


def register(_app: typer.Typer) -> None:
    """Add the command to those of the library."""
    library.command("propose")(propose_)


def propose_(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="PATH|URL")],
    as_json: AsJson = False,
) -> None:
    """Read one piece and say what it seems to be; nothing is stored."""
    with tools_of(context) as tools:
        asset = read_piece(source)
        proposed = propose(asset, tools)
        if as_json:
            form = proposals_form(proposed)
            print_json({"source": asset.source, "url": asset.url, **form})
        else:
            print_proposals(asset, proposed)

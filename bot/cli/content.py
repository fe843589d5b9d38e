"""Commands of the marketer: the library and what it lacks."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.keeping import check_links, diff, health, print_weaknesses, show_versions, weak_form
from bot.cli.root import note, print_json, tools_of
from bot.flow.publishing import publish, require_named, retire, reviewers, submit
from bot.flow.tools import Tools
from bot.views import words_keeping
from bot.views.json_forms import checks_form, library_form
from bot.views.terminal import print_library, print_whole_asset
from knowledge.assets import Asset, AssetStatus
from knowledge.errors import BadInput
from prompts.checks import check_asset

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Ids = Annotated[list[str] | None, typer.Argument(help="Asset ids.", metavar="ID…")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it.")]
COMMAND_LINE = "command line"
library = typer.Typer(help="The content library.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    library.command("diff")(diff)
    library.command("check-links")(check_links)
    library.command("health")(health)
    app.add_typer(library, name="library")


@library.command("list")
def list_(
    context: typer.Context,
    status: Annotated[AssetStatus | None, typer.Option(help="Only these.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the assets."""
    with tools_of(context) as tools:
        assets = tools.library.all(status)
        if status is AssetStatus.IN_REVIEW:
            used = tools.library.all(AssetStatus.APPROVED)
            held = [a for a in used if tools.library.held(a.id)]
            assets = [*assets, *held]
            if held:
                note(words_keeping.held_versions(len(held)))
        if not assets:
            note(f"The library in {tools.settings.home} has no such assets yet.")
        print_json([library_form(a) for a in assets]) if as_json else print_library(assets)


@library.command("show")
def show(
    context: typer.Context,
    asset_id: str,
    versions: Annotated[bool, typer.Option("--versions", help="List its versions.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one asset with its audit for hype, or its versions."""
    with tools_of(context) as tools:
        if versions:
            show_versions(tools.library.versions(asset_id), as_json)
            return
        asset = tools.library.get(asset_id)
        report = check_asset(
            asset.text, asset.type, None, title=asset.title, models=tools.sentence_models
        )
        if as_json:
            form = {**library_form(asset), "text": asset.text, "checks": checks_form(report)}
            print_json({**form, **weak_form(asset)})
        else:
            print_whole_asset(asset, report)
            print_weaknesses(asset)


@library.command("approve")
def approve(
    context: typer.Context,
    ids: Ids = None,
    every_draft: Annotated[
        bool, typer.Option("--all", help="Every draft that has an address.")
    ] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make assets searchable."""
    with tools_of(context) as tools:
        require_named(by, tools)
        waiting = (AssetStatus.DRAFT, AssetStatus.IN_REVIEW) if every_draft else ()
        drafts = [a for status in waiting for a in tools.library.all(status)]
        wanted = [a for a in drafts if a.url] if every_draft else _known(ids, tools)
        publish([a.id for a in wanted], by or COMMAND_LINE, tools)
        _report("approved", wanted, as_json)


@library.command("submit")
def submit_(
    context: typer.Context, ids: Ids = None, by: By = None, as_json: AsJson = False
) -> None:
    """Put drafts before the reviewers, who are told in Slack by the running bot."""
    with tools_of(context) as tools:
        wanted = _known(ids, tools)
        submit([a.id for a in wanted], by or COMMAND_LINE, tools)
        if not reviewers(tools):
            note(words_keeping.NOBODY_NAMED)
        _report("submitted", wanted, as_json)


@library.command("retire")
def retire_(
    context: typer.Context, ids: Ids = None, by: By = None, as_json: AsJson = False
) -> None:
    """Take assets out of every answer at once, and pending cards back; nothing is deleted."""
    with tools_of(context) as tools:
        wanted = _known(ids, tools)
        retire([a.id for a in wanted], by or COMMAND_LINE, tools)
        _report("retired", wanted, as_json)


@library.command("overrule")
def overrule(
    context: typer.Context,
    asset_id: str,
    reason: Annotated[str, typer.Option(help="Why the hype score is wrong; it is kept.")],
    as_json: AsJson = False,
) -> None:
    """Let a piece be recommended although its hype score is high; never a brochure."""
    with tools_of(context) as tools:
        tools.library.overrule_hype(asset_id, "command line", reason)
        _report("overruled", [tools.library.get(asset_id)], as_json)


def _known(ids: list[str] | None, tools: Tools) -> list[Asset]:
    if not ids:
        raise BadInput("Name at least one asset id; `trailguide library list` shows them.")
    return [tools.library.get(i) for i in dict.fromkeys(ids)]


def _report(what: str, assets: list[Asset], as_json: bool) -> None:
    if as_json:
        print_json({what: [a.id for a in assets]})
    else:
        typer.echo(f"{len(assets)} {what}.")

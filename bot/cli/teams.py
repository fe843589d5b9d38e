"""Commands for the operator of a bot that serves many workspaces: teams list, remove, new-key."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.bootstrap import build
from bot.cli.root import house_of, note, print_json
from bot.installations import Installations
from bot.places import place_in
from bot.views import words_teams
from knowledge.errors import IndexBusy
from knowledge.teams import NotInstalled, require_team_id

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="The workspaces that have installed Trailguide.", no_args_is_help=True)
    group.command("list")(list_teams)
    group.command("remove")(remove)
    group.command("new-key")(new_key)
    app.add_typer(group, name="teams")


def list_teams(context: typer.Context, as_json: AsJson = False) -> None:
    """List the workspaces that have installed Trailguide, by id."""
    from bot.teams import installations_of

    house = build(house_of(context))
    try:
        installations = installations_of(house)
        found = [known for team in installations.teams() if (known := installations.find(team))]
    finally:
        house.close()
    if as_json:
        print_json([{"id": t.team, "name": t.name, "installed": t.at.isoformat()} for t in found])
        return
    for team in found:
        typer.echo(f"{team.team}  {team.at:%Y-%m-%d}  {team.name}")
    if not found:
        note(words_teams.NO_TEAMS)


def remove(
    context: typer.Context,
    team: Annotated[str, typer.Argument(help="Slack id of the workspace.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask in the terminal.")] = False,
) -> None:
    """Remove a workspace with everything that it holds: tokens, jobs, database, index, files."""
    from bot.team_removal import Removals, removed_all
    from bot.teams import installations_of

    house = build(house_of(context))
    try:
        installations = installations_of(house)
        leaving = Removals(house, installations)
        _make_sure(team, installations, yes=yes)
        began = leaving.begin(require_team_id(team), house.clock.now())
        if not began and team not in leaving.waiting():
            raise NotInstalled(f"Workspace {team} has not installed Trailguide.")
        try:
            with place_in(house.settings.home, shared=house.settings.shares_database):
                done = removed_all(team, house, installations)
        except IndexBusy:  # the bot that runs removes it
            done = False
    finally:
        house.close()
    typer.echo((words_teams.REMOVED if done else words_teams.WILL_BE_REMOVED).format(team=team))


def _make_sure(team: str, installations: Installations, *, yes: bool) -> None:
    """Where a person types, name the workspace and ask: one wrong id would cost a customer."""
    known = installations.find(team)
    if known and not yes and sys.stdin.isatty():
        typer.confirm(words_teams.REALLY.format(name=known.name, team=team), abort=True)


def new_key() -> None:
    """Print a fresh key for TRAILGUIDE_TOKEN_KEYS."""
    from bot.installations import new_key as made

    typer.echo(made())

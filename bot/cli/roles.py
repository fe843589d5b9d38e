"""Commands for roles: who has which, granting, revoking."""

from __future__ import annotations

import http.client
from typing import Annotated

import typer
from slack_sdk.errors import SlackApiError

from bot.bootstrap import Wired
from bot.cli.root import note, print_json, tools_of
from bot.flow import changing_roles as flow
from bot.flow.roster_trouble import troubles
from bot.flow.standing import TRUSTED, has_admin
from bot.slack_client import make_client
from knowledge.errors import BadInput
from knowledge.roles_told import ROLE_NAMES

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Who = Annotated[str, typer.Argument(metavar="USER", help="Slack id (U…) or mail address.")]
Which = Annotated[str, typer.Argument(metavar="ROLE", help="rep, marketer, manager or admin.")]
roles = typer.Typer(help="Who may do what.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(roles, name="roles")


@roles.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List who has which role, and by what: a grant, a setting, a user group, the workspace."""
    with tools_of(context) as tools:
        known = flow.everybody(tools)
        if as_json:
            print_json([{"user": h.user, "role": h.role.value, "by": h.by} for h in known])
        else:
            for had in known:
                typer.echo(f"{had.user}  {had.role}  by {had.by}")
            for _, told in troubles(tools):
                note(told)
        if not has_admin(tools):
            note(
                "Nobody was made an admin yet, so the owners and admins of the workspace count as "
                "such; name one with `trailguide roles grant USER admin`."
            )


@roles.command("grant")
def grant(context: typer.Context, user: Who, role: Which, as_json: AsJson = False) -> None:
    """Give somebody a role; it only adds to what they may do."""
    named = flow.role_named(role)
    with tools_of(context) as tools:
        who = _person(user, tools)
        new = flow.grant(who, named, TRUSTED, tools)
    if as_json:
        print_json({"user": who, "role": named.value, "granted": new})
    else:
        typer.echo(f"{who} is {'now' if new else 'already'} {ROLE_NAMES[named]}.")


@roles.command("revoke")
def revoke(context: typer.Context, user: Who, role: Which, as_json: AsJson = False) -> None:
    """Take a granted role back; the last admin stays one."""
    named = flow.role_named(role)
    with tools_of(context) as tools:
        who = _person(user, tools)
        done = flow.revoke(who, named, TRUSTED, tools)
        still = flow.still_by(who, named, tools)
    if as_json:
        print_json({"user": who, "role": named.value, "revoked": done, "still_by": still})
        return
    told = "is not {} by a grant any more" if done else "was not {} by a grant"
    typer.echo(f"{who} {told.format(ROLE_NAMES[named])}.")
    if still:
        note(f"{who} stays {ROLE_NAMES[named]}, by {still}; no command takes that away.")


def _person(said: str, tools: Wired) -> str:
    """The Slack id itself, or that of a mail address, which the bot's token looks up."""
    if "@" not in said.strip("<@>"):
        return said.strip("<@>").partition("|")[0]
    token = tools.settings.slack_bot_token
    if token is None:
        raise BadInput("To find somebody by mail address SLACK_BOT_TOKEN is needed; give the id.")
    client = make_client(token.get_secret_value(), tools.settings.slack_api_url)
    try:
        return str(client.users_lookupByEmail(email=said)["user"]["id"])
    except SlackApiError as refused:
        why = refused.response.get("error")
        raise BadInput(f"Slack knows nobody by that address ({why}); give the id.") from None
    except (OSError, http.client.HTTPException):
        raise BadInput("Slack cannot be reached to look that address up; give the id.") from None

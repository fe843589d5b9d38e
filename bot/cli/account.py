"""The command for an account: `trailguide account COMPANY`."""

from __future__ import annotations

import typer

from bot.cli.people import AsJson
from bot.cli.root import print_json, tools_of
from bot.flow.account_view import account_view, companies_like
from bot.views.account import account_form, print_account
from knowledge.clock import team_date
from knowledge.errors import NotFound


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("account")(account)


def account(context: typer.Context, company: str, as_json: AsJson = False) -> None:
    """Show an account: its people with stage and role, who is missing, who touched whom."""
    with tools_of(context) as tools:
        try:
            view = account_view(company, tools)
        except NotFound as missing:
            near = companies_like(company, tools)
            if not near:
                raise
            raise NotFound(
                f"Nobody on record works for '{company[:80]}'. Did you mean {' or '.join(near)}?"
            ) from missing
        today = team_date(tools.clock, tools.settings.time_zone)
        print_json(account_form(view)) if as_json else print_account(view, today)

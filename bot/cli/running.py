"""Commands that run or look after Trailguide: serve, demo, doctor."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from bot.bootstrap import build
from bot.cli.root import house_of, print_json, tools_of
from bot.demo import fresh_home, show_demo
from bot.flow.health import Finding, Health, examine
from bot.views.terminal import console

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("serve")(serve)
    app.command("demo")(demo)
    app.command("doctor")(doctor)


def serve(context: typer.Context) -> None:
    """Run the Slack bot: Socket Mode with SLACK_APP_TOKEN, else HTTP."""
    from bot.serve import serve as run

    tools = build(house_of(context), must_own_index=True)
    try:
        run(tools)
    finally:
        tools.close()


def demo(context: typer.Context) -> None:
    """Walk through four leads of a fictional company, in a folder of its own (HOME/demo)."""
    settings = house_of(context)
    home = settings.home / "demo"
    fresh_home(home)
    tools = build(
        settings.model_copy(update={"home": home, "database_url": None, "chroma_url": None})
    )
    try:
        show_demo(tools)
    finally:
        tools.close()


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what is configured, reachable and healthy; exit 1 when something needed is not."""
    from bot.slack_tokens import as_whom

    with tools_of(context) as tools:
        findings = examine(tools, as_whom)
    if as_json:
        print_json([{"part": f.part, "health": f.health, "says": f.says} for f in findings])
    else:
        _print_findings(findings)
    if any(f.health is Health.BROKEN for f in findings):
        raise typer.Exit(1)


def _print_findings(findings: list[Finding]) -> None:
    styles = {
        Health.GOOD: "green",
        Health.UNSET: "dim",
        Health.WARNING: "yellow",
        Health.BROKEN: "red",
    }
    table = Table(box=box.SIMPLE, show_header=False)
    for finding in findings:
        table.add_row(
            finding.part, Text(finding.health, style=styles[finding.health]), Text(finding.says)
        )
    console().print(table)

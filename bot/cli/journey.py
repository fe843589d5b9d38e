"""Commands of the journey map and the personas: show them, and what a change would move (M34)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.root import print_json, settings_of, tools_of
from bot.flow.journey_diff import JourneyDiff, journey_diff
from bot.views import words_journey as words
from bot.views.journey import journey_form
from bot.views.terminal import console
from knowledge.buyer_questions import IN_SHORT, BuyerQuestion
from knowledge.journey import Stage, parse_stage, type_name
from knowledge.journey_map import StageMap, load_journey
from knowledge.personas import PersonaSheet, load_personas

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
ChangedFiles = Annotated[
    Path | None,
    typer.Argument(
        metavar="FOLDER",
        help="Folder with changed files, held against those in force; without it the home's "
        "own files are held against the packaged ones.",
    ),
]
journey = typer.Typer(
    help="The buyer's journey and the personas.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(journey, name="journey")


@journey.callback()
def show(
    context: typer.Context,
    stage: Annotated[str | None, typer.Option(help="This stage alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the journey map and the personas; `journey diff` lists what a change moves."""
    if context.invoked_subcommand is not None:
        return
    home = settings_of(context).home
    told, personas = load_journey(home), load_personas(home)
    if as_json:
        print_json(journey_form(told, personas))
        return
    for one in [parse_stage(stage)] if stage else list(Stage):
        _print_stage(told[one])
    if not stage:
        for sheet in personas.sheets:
            _print_sheet(sheet)


@journey.command("diff")
def diff(
    context: typer.Context,
    folder: ChangedFiles = None,
    as_json: AsJson = False,
) -> None:
    """List which pieces and leads changed files would move; nothing is moved."""
    with tools_of(context) as tools:
        found = journey_diff(tools, folder)
    if as_json:
        print_json(asdict(found))
    else:
        _print_diff(found)


def _print_stage(told: StageMap) -> None:
    shown = console()
    shown.print(Text(told.stage.capitalize(), style="bold"))
    for title, text in (
        (words.DOING, told.doing),
        (words.THINKING, told.thinking),
        (words.FEELING, told.feeling),
    ):
        shown.print(Text(f"  {title}: {text}"))
    for key, question in told.buyer_questions:
        shown.print(Text(f"  {IN_SHORT[BuyerQuestion(key)]} {question}"))
    fits = ", ".join(type_name(kind) for kind in told.types) or words.NO_TYPES
    shown.print(Text(f"  {words.FITS}: {fits}\n"))


def _print_sheet(sheet: PersonaSheet) -> None:
    shown = console()
    shown.print(Text(f"{sheet.label} ({sheet.id})", style="bold"))
    for title, lines in (
        (words.GOALS, sheet.goals),
        (words.PROBLEMS, sheet.problems),
        (words.QUESTIONS, sheet.questions),
        (words.SAYS, sheet.says),
    ):
        if lines:
            shown.print(Text(f"  {title}: {'; '.join(lines)}"))
    shown.print()


def _print_diff(found: JourneyDiff) -> None:
    shown = console()
    if not found.count:
        shown.print(words.NOTHING_MOVES)
    for name, title in words.MOVES.items():
        moves = getattr(found, name)
        if moves:
            shown.print(Text(f"{title}:", style="bold"))
        for move in moves:
            shown.print(Text(f"  {move.name} ({move.id}): {move.before} -> {move.after}"))

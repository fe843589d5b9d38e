"""Commands of the manager: touches and the audit log."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.progress import progress_on_terminal
from bot.cli.root import note, print_json, tools_of
from bot.flow.erasing import erase_words
from bot.views import words_privacy
from knowledge.errors import BadInput

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_YES_OR_NO = {"yes": True, "y": True, "no": False, "n": False}

touches = typer.Typer(
    help="What was suggested and decided.", no_args_is_help=True, rich_markup_mode=None
)
audit = typer.Typer(help="The audit log.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(touches, name="touches")
    app.add_typer(audit, name="audit")


@touches.command("erase")
def erase(context: typer.Context, suggestion_id: str) -> None:
    """Erase the words of a suggestion whose lead is not on record; the audit log still verifies."""
    with tools_of(context) as tools:
        left = erase_words(suggestion_id, "command line", tools).left
    typer.echo(f"The words of {suggestion_id} are erased.")
    if left:
        note(words_privacy.still_held(left))


@touches.command("helped")
def helped(
    context: typer.Context,
    suggestion_id: str,
    answer: Annotated[str, typer.Argument(metavar="yes|no")],
) -> None:
    """Say whether an approved piece helped; a later answer takes the place of the former."""
    yes = _YES_OR_NO.get(answer.strip().lower())
    if yes is None:
        raise BadInput(f"Say yes or no, not '{answer[:40]}'.")
    with tools_of(context) as tools:
        tools.track_record.answer(suggestion_id, "command line", helped=yes)
    said = "helped" if yes else "did not help"
    typer.echo(f"Noted: the piece of {suggestion_id} {said}.")


@audit.command("verify")
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Check that no entry of the audit log was changed, removed or added; exit 1 if one was."""
    with tools_of(context) as tools, progress_on_terminal("Entries") as progress:
        verdict, home = tools.audit.verify(tools.db, progress), tools.settings.home
    if as_json:
        print_json(asdict(verdict))
    elif verdict.ok:
        typer.echo(f"The audit log is intact: {verdict.entries} entries.")
        if verdict.since > 1:
            note(f"This home folder keeps marks of the entries from {verdict.since} on.")
        if not verdict.entries:
            note(f"Nothing was suggested in {home} yet; --home names another folder.")
    else:
        at = f" at entry {verdict.first_bad}" if verdict.first_bad else ""
        typer.echo(f"The audit log is NOT intact{at}: {verdict.why}")
    if not verdict.guarded:
        note("The database's own triggers against changes of the log are gone.")
    if not verdict.ok:
        raise typer.Exit(1)

"""Commands for a bad day: a backup while the bot runs, and restoring it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from bot.bootstrap import build
from bot.cli.crashes import log_under
from bot.cli.root import note, print_json, tools_of
from bot.flow.backup import AUDIT_FILES, back_up
from bot.flow.restoring import Closing, erase_again
from bot.flow.restoring import restore as put_back
from bot.settings import Settings, load_settings
from bot.views import words_backup
from knowledge.errors import BadInput
from storage.backup_copy import POSTGRES_COPY, SQLITE_COPY
from storage.database import open_database
from storage.erased_marks import LIST, marks_in, read_list

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
BY = "command line"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("erasures")(erasures_again)


def backup(
    context: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option(help="The file; one named by the time, in this folder, if not set."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write everything that must not be lost into one file, while the bot runs."""
    with tools_of(context) as tools:
        named = f"trailguide-{tools.clock.now():%Y%m%d-%H%M%S}.zip"
        made = back_up(output or Path(named), BY, tools)
    told = made.manifest
    if as_json:
        print_json({
            "file": str(made.path), "bytes": made.bytes, "made": told.made, "step": told.step,
            "database": told.database, "holds": told.holds, "files": sorted(told.files),
            "left_out": told.left_out,
        })  # fmt: skip
        return
    files = len(told.files.keys() - {*AUDIT_FILES, SQLITE_COPY, POSTGRES_COPY, LIST})
    typer.echo(words_backup.written(made.path, made.bytes, told.holds, files))
    if told.left_out:
        typer.echo(words_backup.left_out(told.left_out))
    typer.echo(words_backup.NOT_IN_IT)
    typer.echo(words_backup.KEEP_IT)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    home: Annotated[
        Path | None, typer.Option(help="A new or empty folder; that of the command if not set.")
    ] = None,
    erasures: Annotated[
        list[Path] | None,
        typer.Option(help="erasures.txt of the lost home, or that home: erase the same again."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup into a new home: checked, brought up to date, verified."""
    lists = erasures or []
    marks = [mark for path in lists for mark in _marks_of(path)]
    to = home or context.obj or Path(str(Settings.model_fields["home"].default))
    done = put_back(file, to, marks=marks, by=BY, load=load_settings, wire=_wire)
    log_under(to)
    told, verdict = done.manifest, done.verdict
    if as_json:
        print_json({
            "home": str(done.home), "made": told.made, "step": done.step, "holds": told.holds,
            "passages": done.passages, "erased_again": done.erased_again,
            "audit": {"ok": verdict.ok, "entries": verdict.entries, "why": verdict.why},
        })  # fmt: skip
    else:
        typer.echo(words_backup.restored(done.home, told.made[:16], told.holds, done.passages))
        typer.echo(words_backup.verified(verdict))
        if done.erased_again:
            typer.echo(words_backup.erased_again(done.erased_again))
        typer.echo(words_backup.NEXT)
    if not lists:
        note(words_backup.NO_LIST)
    if not verdict.ok:
        raise typer.Exit(1)


def erasures_again(
    context: typer.Context,
    listed: Annotated[Path, typer.Argument(metavar="FILE", help="erasures.txt, or a home.")],
    as_json: AsJson = False,
) -> None:
    """Erase again what a list says was erased, as after a database server was put back."""
    marks = _marks_of(listed)
    with tools_of(context) as tools:
        count = erase_again(tools, marks, BY)
    print_json({"erased_again": count}) if as_json else typer.echo(words_backup.again(count))


def _wire(settings: Settings) -> Closing:
    return cast(Closing, build(settings, must_own_index=True))


def _marks_of(path: Path) -> list[str]:
    """The marks of a list, or of a home whose SQLite database can still be read."""
    if not path.is_dir():
        return read_list(path)
    if not (path / SQLITE_COPY).exists():
        raise BadInput(f"{path} has no {SQLITE_COPY}; name the list erasures.txt of that home.")
    db = open_database(f"sqlite:///{(path / SQLITE_COPY).absolute()}")
    try:
        return marks_in(db)
    finally:
        db.close()

"""Commands that bring content in: `library add`, `library imports`, `library import`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from bot.bootstrap import Wired
from bot.cli.content import COMMAND_LINE, AsJson, By, library
from bot.cli.root import note, print_json, tools_of
from bot.flow import importing
from bot.flow.import_planning import STDIN, Options
from bot.flow.import_run import Progress as Heard
from bot.flow.publishing import require_named
from bot.flow.storing import Added
from bot.views import words_importing as words
from bot.views.imports import import_form, print_import, print_imports
from bot.views.words_keeping import waiting
from knowledge.errors import BadInput
from storage.import_records import REJECTED, ImportRecord
from storage.imports import Imports

LONGEST_SLEEP = 60.0
"""Seconds: after so long the plan is looked at again, however long a site wants to be left."""


@library.command("add")
def add(
    context: typer.Context,
    sources: Annotated[list[str], typer.Argument(metavar="PATH|URL|-…")],
    approve: Annotated[
        bool, typer.Option("--approve", help="Make them searchable at once.")
    ] = False,
    base_url: Annotated[
        str | None, typer.Option(metavar="U", help="Joined with relative addresses and file paths.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Of a list, only addresses like /blog/*; repeatable."),
    ] = None,
    later: Annotated[
        bool, typer.Option("--later", help="Plan it, and leave the work to the running bot.")
    ] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Add or refresh assets: files, folders, manifests, sitemaps, feeds, addresses, or - for stdin.

    A sitemap or feed is told by its content, a text file with an address a line likewise. When it
    is stopped or killed, `trailguide library import --resume` goes on.
    """
    with tools_of(context) as tools:
        if approve:
            require_named(by, tools)
        cap = tools.settings.import_pages
        options = Options(approve, base_url, tuple(only or ()), cap, approved_by=by or "")
        bringer = COMMAND_LINE if approve or not by else by
        typed = sys.stdin.read().splitlines() if STDIN in sources else None
        identity = importing.plan(sources, tools, options, by=bringer, typed=typed, for_bot=later)
        if later:
            record = Imports(tools.db, tools.clock).get(identity)
            if as_json:
                print_json(import_form(record))
            else:
                typer.echo(words.LATER.format(id=identity, count=record.left))
        else:
            _finish(identity, tools, as_json)


@library.command("import")
def import_(
    context: typer.Context,
    identity: Annotated[str | None, typer.Argument(metavar="ID")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where it stopped.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Read what was rejected once more, and go on.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Give it up; what is in stays.")] = False,
    as_json: AsJson = False,
) -> None:
    """Go on with an import, or give it up; without an ID the latest that is not finished."""
    if resume + retry + stop != 1:
        raise BadInput("Say one of --resume, --retry and --stop; `library add` begins an import.")
    with tools_of(context) as tools:
        imports = Imports(tools.db, tools.clock)
        record = imports.get(identity) if identity else _latest(imports, any_state=retry)
        if record is None:
            note(words.NONE_LEFT)
            print_json({"import": None}) if as_json else None
            return
        if stop:
            importing.stop(record.id, tools)
            ended = imports.get(record.id)
            print_json(import_form(ended)) if as_json else print_imports([ended])
            return
        if retry and not imports.try_again(record.id):
            note(words.NONE_REJECTED.format(id=record.id))
        _finish(record.id, tools, as_json)


@library.command("imports")
def imports_(
    context: typer.Context,
    identity: Annotated[str | None, typer.Argument(metavar="ID")] = None,
    as_json: AsJson = False,
) -> None:
    """List the imports; of one, what is left and what was rejected, with the reasons."""
    with tools_of(context) as tools:
        imports = Imports(tools.db, tools.clock)
        if identity:
            record, rejected = imports.get(identity), imports.pieces(identity, REJECTED)
            if as_json:
                print_json(import_form(record, rejected))
            else:
                print_import(record, rejected)
            return
        every = imports.all()
        if not every:
            note(words.NONE)
        print_json([import_form(r) for r in every]) if as_json else print_imports(every)


def _latest(imports: Imports, *, any_state: bool) -> ImportRecord | None:
    return next(iter(imports.all(unfinished=not any_state)), None)


def _finish(identity: str, tools: Wired, as_json: bool) -> None:
    """Work on an import to its end, and print what became of it."""
    try:
        with _progress() as progress:
            worked = importing.work(identity, tools, progress=progress)
            while worked.wait is not None:
                if worked.wait > 1:
                    note(words.WAITS.format(seconds=worked.wait))
                time.sleep(min(worked.wait, LONGEST_SLEEP))
                worked = importing.work(identity, tools, progress=progress)
    except KeyboardInterrupt:
        note(words.GO_ON.format(id=identity))
        raise
    done = importing.result(identity, tools, worked)
    record = Imports(tools.db, tools.clock).get(identity)
    if as_json:
        print_json(_added_form(done) | {"import": identity})
    else:
        _print_added(done, record)


class _Rate(ProgressColumn):
    """Pieces a minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed * 60:.0f}/min" if speed else "", style="progress.data.speed")


@contextmanager
def _progress() -> Iterator[Heard]:
    columns = (
        TextColumn("Indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(file=sys.stderr))
    task = bar.add_task("Indexing", total=None)

    def show(done: int, total: int) -> None:
        bar.start()  # only once there is something to read: a refusal stays one line
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        bar.stop()


def _added_form(done: Added) -> dict[str, object]:
    return {
        "added": len(done.added),
        "updated": len(done.updated),
        "unchanged": len(done.unchanged),
        "retired": len(done.retired),
        "rejected": [{"source": r.source, "reason": r.reason} for r in done.rejected],
        "unapproved": done.unapproved,
        "kept": done.kept,
        "promotional": done.promotional,
        "in_review": done.in_review,
        "guessed": done.guessed,
        "remarks": [{"source": r.source, "remark": r.reason} for r in done.remarks],
    }


def _print_added(done: Added, record: ImportRecord) -> None:
    typer.echo(
        words.counted(
            added=len(done.added), updated=len(done.updated), unchanged=len(done.unchanged),
            retired=len(done.retired), rejected=len(done.rejected),
        )
    )  # fmt: skip
    for rejected in done.rejected:
        typer.echo(f"  rejected: {rejected.source}: {rejected.reason}")
    for remark in done.remarks:
        note(words.remark(remark.source, remark.reason))
    if done.guessed:
        note(words.guessed(len(done.guessed)))
    if done.promotional:
        note(words.promotional(len(done.promotional)))
    if done.kept:
        note(words.kept(len(done.kept)))
    if done.in_review:
        note(waiting(len(done.in_review)))
    if done.unapproved:
        note(words.unapproved(len(done.unapproved)))
    elif done.added and not record.options.get("approve"):
        note(words.drafts(done.added))

"""The command's root: global options, and how failures reach a person."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from bot import __version__
from bot.bootstrap import Wired, build
from bot.cli.crashes import log_bug, log_under
from bot.cli.inert import inert, inert_output
from bot.settings import Settings, load_settings
from knowledge.errors import TrailguideError
from knowledge.teams import require_team_id

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
TEAM = "trailguide.team"
"""Where click keeps which team is meant, for the commands below."""


class Command(typer.Typer):
    """A Typer whose failures are one sentence and an exit status, never a traceback."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run one command and turn any failure into a sentence."""
        arguments = list(args[0] if args else sys.argv[1:])
        try:
            with inert_output():
                return super().__call__(*args, **kwargs)
        except TrailguideError as refusal:
            _tell(str(refusal), arguments)
            sys.exit(refusal.exit_status)
        except KeyboardInterrupt:
            _tell("Stopped.", arguments)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # Whoever read our output has left; say nothing, as other commands do.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FAILED)
        except Exception as bug:  # noqa: BLE001 - the last line of defence: log, show a reference
            _tell(log_bug(bug), arguments)
            sys.exit(FAILED)


app = Command(
    name="trailguide",
    help="Recommend the next educational asset for a lead, and draft the follow-up.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trailguide {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Folder of all runtime data (default: var).")
    ] = None,
    team: Annotated[
        str, typer.Option(help="Workspace meant, by its Slack id, where one bot serves many.")
    ] = "",
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Recommend the next educational asset for a lead, and draft the follow-up."""
    context.obj, context.meta[TEAM] = home, team
    leave_a_closed_folder(home)
    # Libraries log to stderr on their own account; people asked for an answer, not for that.
    quiet = logging.StreamHandler()
    quiet.setLevel(logging.ERROR)
    logging.basicConfig(handlers=[quiet])
    # Our own lines too: stdout is the answer's alone.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def leave_a_closed_folder(home: Path | None) -> None:
    """Work from the root folder where the working folder is one that we may not enter.

    As when root runs a command in the bot's name from its own folder: we and our libraries look
    for a `.env` there. With a home named by a relative path we stay, since it would be another.
    """
    told = home or os.environ.get("TRAILGUIDE_HOME")
    if told and Path(told).is_absolute() and not os.access(os.curdir, os.X_OK):
        os.chdir("/")


def house_of(context: typer.Context) -> Settings:
    """Read the operator's settings for this run, the `--home` flag first, whatever team is set."""
    return _read(context).model_copy(update={"team": ""})


def settings_of(context: typer.Context) -> Settings:
    """The settings for this run: the operator's, or those of the team that is meant."""
    house = _read(context)
    team = str(context.meta.get(TEAM) or house.team)
    if not team:
        return house
    from bot.teams import settings_of_team  # loads Slack's libraries

    house = house.model_copy(update={"team": ""})
    settings = settings_of_team(house, require_team_id(team))
    log_under(settings.home)
    return settings


def _read(context: typer.Context) -> Settings:
    settings = load_settings(context.obj)
    log_under(settings.home)
    return settings


@contextmanager
def tools_of(context: typer.Context) -> Iterator[Wired]:
    """Wire the tools for one command, and give back what was opened."""
    tools = build(settings_of(context))
    try:
        yield tools
    finally:
        tools.close()


def print_json(document: Any) -> None:
    """Print one JSON document on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def note(sentence: str) -> None:
    """Say something on stderr, beside the answer."""
    typer.echo(inert(sentence), err=True)


def _tell(sentence: str, arguments: list[str]) -> None:
    note(sentence)
    if "--json" in arguments:
        print_json({"error": sentence})

"""Commands that keep the library in order: versions and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.root import note, print_json, tools_of
from bot.views.library_diff import diff_form, diff_lines, version_form
from bot.views.words_keeping import NO_CHANGE
from knowledge.errors import BadInput, NotFound
from knowledge.versions import Version, VersionState, changed_share, changes

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Number = Annotated[int | None, typer.Argument(metavar="V", help="A version's number.")]


def show_versions(versions: Sequence[Version], as_json: bool) -> None:
    """Print the versions of one piece, oldest first."""
    if as_json:
        print_json([version_form(version) for version in versions])
        return
    table = Table(box=None)
    for column in ("version", "state", "since", "by", "hype", "words", "title", "from"):
        table.add_column(column, overflow="fold")
    for version in versions:
        form = version_form(version)
        table.add_row(
            str(version.number), version.state.replace("_", " "), f"{version.at:%Y-%m-%d}",
            Text(version.by), f"{version.asset.hype:.2f}", str(form["words"]),
            Text(version.asset.title), Text(version.asset.source),
        )  # fmt: skip
    Console(highlight=False).print(table)


def diff(
    context: typer.Context,
    asset_id: str,
    first: Number = None,
    second: Number = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two versions: what waits, else is in use, and the one before."""
    with tools_of(context) as tools:
        versions = tools.library.versions(asset_id)
        old, new = _two(versions, first, second, asset_id)
        changed = changes(old.asset, new.asset)
        if as_json:
            share = changed_share(old.asset, new.asset)
            print_json(diff_form(old, new, changed, share))
            return
        note(f"Version {old.number} to {new.number}:")
        typer.echo("\n".join(diff_lines(changed)) or NO_CHANGE)


def _two(
    versions: Sequence[Version], first: int | None, second: int | None, asset_id: str
) -> tuple[Version, Version]:
    """The versions named; with one, that and what is in use; with none, as `diff` says."""
    by_number = {version.number: version for version in versions}
    if len(versions) < 2:
        raise BadInput(f"'{asset_id}' has one version only; there is nothing to compare.")
    served = next(v for v in versions if v.state is VersionState.SERVED)
    held = next((v for v in versions if v.state is VersionState.HELD), None)
    if first is None:
        before = [v for v in versions if v.state is VersionState.PAST]
        return (served, held) if held else (before[-1] if before else served, served)
    wanted = (first, served.number if second is None else second)
    for number in wanted:
        if number not in by_number:
            known = ", ".join(map(str, by_number))
            raise NotFound(f"'{asset_id}' has no version {number}; it has {known}.")
    return by_number[wanted[0]], by_number[wanted[1]]

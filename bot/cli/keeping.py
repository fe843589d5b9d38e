"""Commands that keep the library in order: versions and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.root import note, print_json, tools_of
from bot.flow import checking_links
from bot.flow.library_health import library_health
from bot.views.library_diff import diff_form, diff_lines, version_form
from bot.views.library_health import health_form, health_lines
from bot.views.words_keeping import NO_CHANGE, OFFLINE
from knowledge.assets import Asset, AssetStatus
from knowledge.case_studies import weaknesses
from knowledge.errors import BadInput, NotFound
from knowledge.journey import AssetType
from knowledge.library_health import Ailment
from knowledge.link_check import LinkState
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


def check_links(context: typer.Context, as_json: AsJson = False) -> None:
    """Ask every piece in use whether its address opens; three bad days take it out of answers."""
    with tools_of(context) as tools:
        assets = tools.library.all(AssetStatus.APPROVED)
        links = [(a.id, a.url or "") for a in assets]
        found, noted = checking_links.check_links(links, tools)
        if not noted:
            note(OFFLINE)
        keeper = checking_links.upkeeper(tools)
        standing = {each.asset.id: each for each in keeper.all()}
        if as_json:
            told = [
                {
                    "asset_id": asset_id, "url": url, "state": answer.state, "why": answer.why,
                    "moved_to": answer.moved_to or None, "strikes": standing[asset_id].strikes,
                    "dead": standing[asset_id].dead_at is not None,
                }
                for asset_id, url, answer in found
            ]  # fmt: skip
            print_json({"checked": len(told), "noted": noted, "links": told})
            return
        bad = [(i, url, a) for i, url, a in found if a.state is not LinkState.OK]
        typer.echo(f"{len(found)} checked, {len(found) - len(bad)} open.")
        for asset_id, url, answer in bad:
            now = standing[asset_id]
            dead = "; dead" if now.dead_at else f"; strike {now.strikes} of 3" * bool(now.strikes)
            moved = f" to {answer.moved_to}" if answer.moved_to else ""
            typer.echo(f"  {answer.state}: {asset_id}: {url}: {answer.why}{moved}{dead}")


def health(
    context: typer.Context,
    only: Annotated[
        list[Ailment] | None, typer.Option("--only", help="Pieces with this; repeatable.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many pieces, the gravest first.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what ails the pieces in use, and what to do about each."""
    with tools_of(context) as tools:
        found = library_health(tools).narrowed(only or (), limit)
        if as_json:
            print_json(health_form(found))
        else:
            typer.echo("\n".join(health_lines(found)))


def weak_form(asset: Asset) -> dict[str, Any]:
    """What a case study lacks, as JSON; nothing for any other piece (M46)."""
    if asset.type is not AssetType.CASE_STUDY:
        return {}
    return {"weaknesses": [asdict(weak) for weak in weaknesses(asset.text)]}


def print_weaknesses(asset: Asset) -> None:
    """Print what a case study lacks, the sentences nearest to it, and what to add (M46)."""
    for weak in weaknesses(asset.text) if asset.type is AssetType.CASE_STUDY else ():
        typer.echo(f"Lacks a {weak.part}. {weak.add}")
        for sentence in weak.sentences:
            typer.echo(f"  nearest: {sentence}")


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

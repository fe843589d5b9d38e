"""Commands that bring leads in, and what leads did: `leads import`, `act`, `unmatched`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import Wired
from bot.cli.people import AsJson, leads
from bot.cli.progress import progress_on_terminal
from bot.cli.root import note, print_json, tools_of
from bot.flow.acting import act_by_hand
from bot.flow.import_leads import Imported, import_history, import_leads
from bot.flow.importing_leads import (
    NAMES_SOMEBODY,
    OURS,
    Brought,
    LeadPlan,
    bring_in,
    corrected_plan,
    deals_without_people,
    is_ours,
    plan_leads,
    read_files,
    require_leads,
)
from bot.flow.mapping_files import as_json as mapping_form
from bot.flow.mapping_files import written
from bot.flow.unmatched import all_unmatched, assign, drop_unmatched
from bot.views import words_lead_import as words
from bot.views import words_signals
from knowledge.csv_tables import Table
from knowledge.errors import BadInput
from knowledge.foreign_words import plain
from knowledge.refusal_columns import refusal_named

COMMAND_LINE = "command line"
MOST_LINES = 200
"""Bad lines that are printed; a file with more has one mistake in all of them."""
OURS_OF_HISTORY = frozenset({"lead_id", "action"})


@leads.command("import")
def import_(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="CSV|FOLDER…", help="Lists of leads, of any tool; see docs/leads.md."
        ),
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="What happened: lead_id,action,on,asset_id,note; or any export."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the proposed mapping.")] = False,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Correct the proposal; repeatable."),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="TOML", help="A mapping that was saved.")
    ] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(metavar="TOML", help="Write the mapping to this file.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import leads; columns of other tools are mapped. Bad lines are reported, good ones kept."""
    if not files and history is None:
        raise BadInput("Say which file: trailguide leads import leads.csv.")
    with tools_of(context) as tools:
        asked = _Asked(yes, tuple(map_ or ()), mapping, save_mapping, dry_run, as_json)
        done = _import(list(files or ()), history, asked, tools)
        if done is not None:
            _print(done, as_json)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the flags said."""

    yes: bool
    told: tuple[str, ...]
    mapping: Path | None
    save: Path | None
    dry_run: bool
    as_json: bool

    @property
    def maps(self) -> bool:
        """Whether a mapping was asked for in any way."""
        return bool(self.told or self.mapping or self.save or self.dry_run)


def _import(
    files: list[Path], history: Path | None, asked: _Asked, tools: Wired
) -> Imported | None:
    tables = read_files(files)
    own = (
        len(tables) == 1
        and not asked.maps
        and not files[0].is_dir()
        and _reads_as_ours(tables[0], asked)
    )
    own_history = history is not None and _is_our_history(history)
    if own or not files:
        done = Imported()
        if own:
            with progress_on_terminal("Leads") as told:
                done = import_leads(files[0], None, tools, told=told and _counting(told, tables))
        if history is not None and own_history:
            import_history(history, tools, done, COMMAND_LINE)
            return done
        if history is None:
            return done
        more = _map(read_files([history]), asked, tools)
        return _added(done, more) if more else done
    if history is not None and not own_history:
        return _map((*tables, *read_files([history])), asked, tools)
    mapped = _map(tables, asked, tools, history)
    if mapped is not None and history is not None and not asked.dry_run:
        import_history(history, tools, mapped, COMMAND_LINE)
    return mapped


def _reads_as_ours(table: Table, asked: _Asked) -> bool:
    """Whether the file is read as docs/leads.md says; what else a script's has is noted."""
    if is_ours(table):
        return True
    columns = {c.lower(): c for c in table.columns}
    script = not asked.yes and not sys.stdin.isatty()
    known = columns.keys() & OURS
    refusals = any(refusal_named(plain(c)) for c in columns.keys() - known)
    if (
        script
        and not refusals
        and columns.keys() & NAMES_SOMEBODY
        and 2 * len(known) >= len(columns)
    ):
        note(words.IGNORED.format(columns=", ".join(columns[c] for c in columns if c not in known)))
        return True
    return False


def _is_our_history(file: Path) -> bool:
    (table,) = read_files([file])
    return {c.lower() for c in table.columns} >= OURS_OF_HISTORY


def _map(
    tables: tuple[Table, ...], asked: _Asked, tools: Wired, history: Path | None = None
) -> Brought | None:
    """Propose, show, ask, and take in; None when it was not taken. `history` is one of ours."""
    plan = corrected_plan(plan_leads(tables, tools), tools, asked.told, asked.mapping)
    require_leads(plan)
    _show(plan)
    if asked.save:
        asked.save.write_text(written(plan.mapping), encoding="utf-8")
        note(f"The mapping is in {asked.save}.")
    if asked.dry_run:
        done = bring_in(plan, tools, by=COMMAND_LINE, dry=True)
        if history is not None:
            import_history(history, tools, done, COMMAND_LINE, also=done.ids, dry=True)
        note(words.DRY)
        if asked.as_json:
            print_json({"mapping": mapping_form(plan.mapping), **_form(done)})
            return None
        return done
    if not asked.yes and asked.mapping is None:
        if not sys.stdin.isatty():
            raise BadInput(words.SAY_YES)
        if not typer.confirm(words.CONFIRM, err=True):
            note(words.NOT_TAKEN)
            return None
    with progress_on_terminal("Leads") as told:
        heard = (lambda n, of: told(n, of or n)) if told else None
        return bring_in(plan, tools, by=COMMAND_LINE, told=heard)


def _counting(told: Any, tables: tuple[Table, ...]) -> Any:
    return lambda done, _: told(done, len(tables[0].rows))


def _show(plan: LeadPlan) -> None:
    for table in plan.mapping:
        note(f"{table.name}: {words.KIND[table.kind]}.")
        for column in table.columns:
            note(f"  {words.column_line(column)}")
    for name, lines in deals_without_people(plan):
        note(words.deals_without_people(name, lines))


def _added(done: Imported, more: Brought) -> Brought:
    for name in ("added", "updated", "unchanged", "history"):
        setattr(more, name, getattr(more, name) + getattr(done, name))
    more.rejected = done.rejected + more.rejected
    more.left_out = done.left_out + more.left_out
    return more


def _form(done: Imported) -> dict[str, Any]:
    form: dict[str, Any] = {
        "added": done.added,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "history": done.history,
        "rejected": [{"file": f, "line": n, "reason": r} for f, n, r in done.rejected],
        "left_out": [{"file": f, "line": n, "reason": r} for f, n, r in done.left_out],
    }
    if isinstance(done, Brought):
        form |= {"unmatched": done.unmatched, "planned": done.planned, "lost": done.lost,
                 "unknown_assets": done.unknown_assets, "unclear": done.unclear,
                 "unread": done.unread, "nameless": done.nameless}  # fmt: skip
    return form


def _print(done: Imported, as_json: bool) -> None:
    if as_json:
        print_json(_form(done))
        return
    typer.echo(
        words.counts(
            done.added,
            done.updated,
            done.unchanged,
            done.history,
            len(done.rejected),
            left_out=len(done.left_out),
        )
    )
    if isinstance(done, Brought):
        for sentence in words.kept_aside(done.unmatched, done.planned, done.lost):
            note(sentence)
        if done.unknown_assets:
            note(words.unknown_assets(done.unknown_assets))
    for sentence in words.lines_wrong([*done.rejected, *done.left_out], MOST_LINES):
        note(sentence)
    if isinstance(done, Brought):
        for sentence in words.warnings(done.unclear, done.unread, done.nameless):
            note(sentence)


@leads.command("act")
def act(
    context: typer.Context,
    lead_id: str,
    action: str,
    on: Annotated[str | None, typer.Option(metavar="D", help="The day; today without it.")] = None,
    asset: Annotated[
        str | None, typer.Option(metavar="A", help="The piece: its id, address or title.")
    ] = None,
    told: Annotated[str, typer.Option("--note", metavar="T", help="In words.")] = "",
    line: Annotated[str, typer.Option("--product-line", help="Which line it was about.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note by hand what a lead did, or what we did."""
    with tools_of(context) as tools:
        entry, is_new = act_by_hand(
            lead_id, action, tools, by=COMMAND_LINE, on=on, asset=asset, note=told, line=line
        )
        if as_json:
            print_json(words_signals.act_form(lead_id, entry, is_new=is_new))
            return
        typer.echo(words_signals.noted(entry, is_new=is_new))


@leads.command("unmatched")
def unmatched(
    context: typer.Context,
    sign: Annotated[str | None, typer.Argument(metavar="ID")] = None,
    lead: Annotated[
        str | None,
        typer.Option(metavar="LEAD", help="Give this one, and the person's others, to a lead."),
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Take it out.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what was done by people who are no leads here; give it to a lead, or drop it."""
    with tools_of(context) as tools:
        if sign is None:
            kept = all_unmatched(tools)
            if as_json:
                print_json([words_signals.unmatched_form(k) for k in kept])
                return
            if not kept:
                note(words_signals.NO_UNMATCHED)
            for one in kept:
                typer.echo(words_signals.unmatched_line(one))
            return
        if bool(lead) == drop:
            raise BadInput("Say either --lead LEAD or --drop.")
        if lead:
            count = assign(sign, lead, tools, by=COMMAND_LINE)
            typer.echo(words_signals.assigned(count, lead))
        else:
            drop_unmatched(sign, tools, by=COMMAND_LINE)
            typer.echo(words_signals.DROPPED)

"""Importing leads from files of any tool: read, propose, confirm, gather, take in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.flow.asset_names import AssetNames
from bot.flow.gathering_leads import Gathering, by_file, gather, incoming
from bot.flow.import_leads import RELATIVE_DAYS, Imported, bytes_of
from bot.flow.lead_intake import Incoming, TakenIn, Told, mails, take_in
from bot.flow.lead_rows import Line
from bot.flow.lines import FactsLine
from bot.flow.mapping_files import with_file
from bot.flow.own_imports import Keep
from bot.flow.proposing_columns import FLAG_NOT_CLEAR, Embed, look, says_nothing, with_values
from bot.flow.proposing_tables import propose
from bot.flow.tools import Tools
from bot.flow.unmatched import Sign, keep_unmatched
from knowledge.clock import team_date
from knowledge.csv_tables import Table, read_table
from knowledge.errors import BadInput
from knowledge.fact_trust import Source, SourceKind
from knowledge.lead_mapping import LeadMapping, TableKind, TableMapping, corrected
from knowledge.leads import HistoryEntry

OURS = frozenset({"id", *FactsLine.model_fields, *RELATIVE_DAYS})
NAMES_SOMEBODY = frozenset({"id", "email", "name"})
NOT_YOURS = "it belongs to somebody else, and you bring in leads of your own"


@dataclass(frozen=True)
class LeadPlan:
    """Files that were read, and what they are taken to mean."""

    tables: tuple[Table, ...]
    mapping: LeadMapping


@dataclass
class Brought(Imported):
    """What became of the files: beside lines and leads, what was kept aside and why.

    `unmatched` are signs of people that nobody knows, `planned` acts that have not happened,
    `unknown_assets` the pieces that the library does not have, by how often they were named;
    `unclear` are columns that were left out though a refusal may stand there, `unread` those of a
    status or an act of which no word is known, `nameless` new leads without name and mail address.
    """

    unmatched: int = 0
    planned: int = 0
    lost: int = 0
    unknown_assets: dict[str, int] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    nameless: int = 0
    ids: frozenset[str] = frozenset()


def read_files(paths: Iterable[Path]) -> tuple[Table, ...]:
    """Read CSV files, those of a folder together; `BadInput` names one that cannot be read."""
    tables: list[Table] = []
    for path in paths:
        found = sorted(p for p in path.iterdir() if _is_table(p)) if path.is_dir() else [path]
        if not found:
            raise BadInput(f"There is no CSV file in {path}.")
        for file in found:
            tables.append(read_table(_free(file.name, tables), bytes_of(file)))
    return tuple(tables)


def is_ours(table: Table) -> bool:
    """Whether every column is one of docs/leads.md, and one of them names the lead."""
    columns = {c.lower() for c in table.columns}
    return columns <= OURS and bool(columns & NAMES_SOMEBODY)


def plan_leads(tables: Sequence[Table], tools: Tools) -> LeadPlan:
    """Propose what the files mean."""
    today = team_date(tools.clock, tools.settings.time_zone)
    mapping = propose(tables, today, _embed(tools))
    return LeadPlan(tuple(tables), mapping)


def corrected_plan(
    plan: LeadPlan, tools: Tools, told: Iterable[str] = (), file: Path | None = None
) -> LeadPlan:
    """The plan with a mapping file and corrections put in.

    `BadInput` for a column or a field that there is not.
    """
    mapping = with_file(plan.mapping, file) if file else plan.mapping
    for one in told:
        mapping = corrected(mapping, one)
    return completed(replace(plan, mapping=mapping), tools)


def completed(plan: LeadPlan, tools: Tools) -> LeadPlan:
    """The plan with what the words of each status mean, for columns that were put in by hand."""
    today = team_date(tools.clock, tools.settings.time_zone)
    tables = {t.name: t for t in plan.tables}
    made = []
    for m in plan.mapping:
        looked = {c.name: c for c in look(tables[m.name], today)}
        columns = tuple(
            with_values(c, looked[c.name], _embed(tools))
            if c.why in {"as you said", "as the mapping says"}
            else c
            for c in m.columns
        )
        made.append(replace(m, columns=columns))
    return replace(plan, mapping=tuple(made))


def deals_without_people(plan: LeadPlan) -> list[tuple[str, int]]:
    """The files of deals that name nobody and refer to no people, with how many lines they have."""
    kinds = {m.name: m for m in plan.mapping}
    rows = {t.name: len(t.rows) for t in plan.tables}

    def names_people(table: TableMapping, depth: int = 0) -> bool:
        if table.kind is TableKind.PEOPLE or table.fields & {"email", "name", "last_name"}:
            return True
        return depth < 5 and any(names_people(kinds[li.table], depth + 1) for li in table.links)

    return [
        (m.name, rows[m.name])
        for m in plan.mapping
        if m.kind is TableKind.DEALS and not names_people(m)
    ]


def require_leads(plan: LeadPlan) -> None:
    """`BadInput` when nothing in the files tells who a lead is."""
    useful = {TableKind.PEOPLE, TableKind.DEALS, TableKind.ACTS, TableKind.PURCHASES}
    if not any(m.kind in useful for m in plan.mapping):
        names = ", ".join(t.name for t in plan.tables)
        raise BadInput(
            f"Nothing in {names} names a lead: no id, mail address or name; "
            'say which column does with --map "Column=email".'
        )


def gather_leads(plan: LeadPlan, tools: Tools) -> tuple[list[Incoming], Gathering, Brought]:
    """What the files say of each lead, and what is wrong with their lines; nothing is stored."""
    today = team_date(tools.clock, tools.settings.time_zone)
    done = Brought()
    columns = [c for m in plan.mapping for c in m.columns]
    done.unclear = tuple(c.name for c in columns if c.why == FLAG_NOT_CLEAR)
    done.unread = tuple(c.name for c in columns if c.field and says_nothing(c))
    for table in plan.tables:
        done.rejected += [(table.name, number, reason) for number, reason in table.bad]
    by_id = {lead_id.casefold(): lead_id for lead_id, *_ in tools.leads.names()}
    found = gather(
        plan.tables,
        plan.mapping,
        {**by_id, **mails(tools)},
        today,
        lambda name, number, why, whole: (done.rejected if whole else done.left_out).append(
            (name, number, why)
        ),
    )
    done.planned, done.lost = found.planned, found.lost
    pieces = _Pieces(AssetNames(tools), done)
    leads = []
    for gathered in found.leads.values():
        came = incoming(gathered)
        leads.append(replace(came, acts=tuple(map(pieces.found, came.acts))))
    return leads, found, done


def bring_in(
    plan: LeadPlan,
    tools: Tools,
    *,
    by: str,
    told: Told | None = None,
    keep: Keep | None = None,
    dry: bool = False,
) -> Brought:
    """Take in what the files say; a second run changes nothing.

    `keep` says which leads may come in, and how; each other one is told as a line that was refused.
    A `dry` run counts and stores nothing.
    """
    require_leads(plan)
    leads, found, done = gather_leads(plan, tools)
    if keep:
        leads = _allowed(leads, keep, found, done)
    taken, parts = TakenIn(), dict[str, list[Incoming]]()
    for came in leads:
        for file, part in by_file(came, found.leads[came.lead_id or ""]):
            parts.setdefault(file, []).append(part)
    count = sum(map(len, parts.values()))
    for file, theirs in parts.items():
        source = Source(SourceKind.FILE, f"import of {file}")
        take_in(theirs, tools, source, by, told=told, of=count, taken=taken, dry=dry)
    done.added, done.updated = taken.added, taken.updated
    done.unchanged, done.history = taken.unchanged, taken.acts
    done.ids = frozenset(taken.ids)
    added = {lead_id for lead_id, became in taken.became.items() if became == "added"}
    done.nameless = sum(c.lead_id in added and not (c.facts.name or c.facts.email) for c in leads)
    signs = [s for line in found.strangers if (s := _sign(line, f"import of {line.table.name}"))]
    if dry:
        done.unmatched = len(signs)
        return done
    done.unmatched = keep_unmatched(signs, tools, by)
    if done.added or done.updated or done.history:
        counts = {"added": done.added, "updated": done.updated, "unchanged": done.unchanged,
                  "acts": done.history, "rejected": len(done.rejected)}  # fmt: skip
        tools.leads.imported(by, {"files": len(plan.tables), **counts})
    return done


def _embed(tools: Tools) -> Embed:
    """The sentence model, loaded only when a name or a word is unknown to every rule."""

    def embed(texts: Sequence[str]) -> Any:
        return tools.embedder.embed(texts)

    return embed


def _allowed(leads: list[Incoming], keep: Keep, found: Gathering, done: Brought) -> list[Incoming]:
    allowed = []
    for came in leads:
        kept = keep(came)
        if kept is None:
            file, number = found.leads[came.lead_id or ""].where
            done.rejected.append((file, number, NOT_YOURS))
        else:
            allowed.append(kept)
    return allowed


class _Pieces:
    """Puts the library's ids in the place of addresses and titles."""

    def __init__(self, names: AssetNames, done: Brought) -> None:
        self._names, self._done = names, done

    def found(self, entry: HistoryEntry) -> HistoryEntry:
        if not entry.asset_id:
            return entry
        asset = self._names.find(entry.asset_id)
        if asset is None:
            unknown = self._done.unknown_assets
            unknown[entry.asset_id[:80]] = unknown.get(entry.asset_id[:80], 0) + 1
            note = entry.note or entry.asset_id[:200]
            return replace(entry, asset_id=None, note=note)
        return replace(entry, asset_id=asset)


def _sign(line: Line, source: str) -> Sign | None:
    action, on = line.meant("action") or line.table.act, line.day("on")
    if not action or on is None:
        return None
    name = line.of("name") or f"{line.of('first_name')} {line.of('last_name')}".strip()
    who = line.of("email") or name or line.of("id")
    return Sign(who, name, action, on, line.of("asset"), line.of("note")[:200], source)


def _is_table(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".csv"


def _free(name: str, tables: Sequence[Table]) -> str:
    taken = {t.name for t in tables}
    return name if name not in taken else f"{name} ({len(tables) + 1})"

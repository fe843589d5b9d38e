"""What people read of an import of leads: the proposal, the question, the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.lead_mapping import Column, TableKind

KIND = {
    TableKind.PEOPLE: "each line is a person",
    TableKind.COMPANIES: "each line is a company",
    TableKind.DEALS: "each line is a deal",
    TableKind.ACTS: "each line is something that happened",
    TableKind.PURCHASES: "each line is a purchase",
    TableKind.ASIDE: "left aside: it tells of no lead",
}
LEFT_OUT = "left out"
CONFIRM = "Take this in?"
NOT_TAKEN = (
    'Nothing was taken in. Correct it with --map "Column=field", or write it to a file with '
    "--save-mapping."
)
SAY_YES = (
    "The columns are not those of docs/leads.md. Look at the proposal above, correct it with "
    '--map "Column=field", and take it with --yes.'
)
DRY = "A dry run: nothing was stored."
IGNORED = (
    "Not read, since nothing here is called so: {columns}. See what they may be with --dry-run."
)


def column_line(column: Column) -> str:
    """One column of a proposal, in a sentence."""
    what = column.field or LEFT_OUT
    doubt = "" if column.sure or not column.field else " (check this one)"
    days = {"dmy": ", day first", "mdy": ", month first", "ymd": ", year first"}.get(
        column.days, ""
    )
    meant = f" {values(column.values)}" if column.field and column.values else ""
    return f"{column.name} -> {what}{doubt}: {column.why}{days}.{meant}"


def values(meant: Mapping[str, str], most: int = 8) -> str:
    """What the words of a status mean here."""
    told = [f"{word} = {ours or 'nothing'}" for word, ours in list(meant.items())[:most]]
    more = len(meant) - len(told)
    return ", ".join(told) + (f", and {more} more" if more > 0 else "") + "."


def counts(added: int, updated: int, unchanged: int, history: int, rejected: int) -> str:
    """What became of a file."""
    return (
        f"{added} added, {updated} updated, {unchanged} unchanged, {history} history entries, "
        f"{rejected} lines rejected."
    )


def kept_aside(unmatched: int, planned: int, lost: int) -> list[str]:
    """What was not taken in, and why."""
    told = []
    if unmatched:
        told.append(f"{unmatched} acts are of people who are no leads here; see `leads unmatched`.")
    if planned:
        told.append(f"{planned} acts have not happened yet, and were left out.")
    if lost:
        told.append(f"{lost} lines belong to people who are in none of the files.")
    return told


def unknown_assets(named: Mapping[str, int], most: int = 5) -> str:
    """Pieces that the library does not have."""
    shown = [f"'{name}'" for name in sorted(named, key=lambda n: (-named[n], n))[:most]]
    more = f" and {len(named) - most} more" if len(named) > most else ""
    return f"Not in the library, so kept as notes: {', '.join(shown)}{more}."


def unclear_flags(columns: Sequence[str]) -> str:
    """Yes-or-no columns that were left out: a refusal may stand in one."""
    named = ", ".join(columns)
    return (
        f"Left out, though a refusal may stand there: {named}. If it says who wants nothing from "
        f'us, import again with --map "{columns[0]}=opted_out".'
    )


def lines_wrong(rejected: Sequence[tuple[str, int, str]], most: int) -> list[str]:
    """The lines that were wrong, with their reasons."""
    told = [f"  {name} line {number}: {reason}" for name, number, reason in rejected[:most]]
    if len(rejected) > most:
        told.append(f"  ... and {len(rejected) - most} more; --json lists all of them.")
    return told

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


def counts(
    added: int, updated: int, unchanged: int, history: int, rejected: int, *, left_out: int = 0
) -> str:
    """What became of a file; `left_out` counts what was left out of lines that were taken in."""
    lines = "1 line" if rejected == 1 else f"{rejected} lines"
    of_lines = f", {left_out} left out of lines that were taken" if left_out else ""
    entries = "1 history entry" if history == 1 else f"{history} history entries"
    return (
        f"{added} added, {updated} updated, {unchanged} unchanged, {entries}, "
        f"{lines} rejected{of_lines}."
    )


def nameless(count: int) -> str:
    """New leads of whom nothing says who they are."""
    told = "1 new lead has" if count == 1 else f"{count:,} new leads have"
    return (
        f"{told} neither name nor mail address, such as deals whose people are in no file. Import "
        "the file of the people with it, or look with --dry-run first."
    )


def deals_without_people(table: str, lines: int) -> str:
    """What a file of deals that names nobody brings, told before it is taken in."""
    return (
        f"{table} names no people, and no other file does: each of its {lines:,} lines becomes a "
        "lead without a name."
    )


def unread(columns: Sequence[str]) -> str:
    """Columns of a status or an act of which no word is known."""
    return (
        f"No word of {', '.join(columns)} is known here, so it told nothing. Say what each means: "
        "write the mapping with --save-mapping, put our words in, and import with --mapping."
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


def warnings(unclear: Sequence[str], of_no_word: Sequence[str], no_names: int) -> list[str]:
    """What had better be looked at, though the list was taken in."""
    told = [unclear_flags(unclear)] if unclear else []
    told += [unread(of_no_word)] if of_no_word else []
    return told + ([nameless(no_names)] if no_names else [])


def lines_wrong(rejected: Sequence[tuple[str, int, str]], most: int) -> list[str]:
    """The lines that were wrong, with their reasons; many of one reason in one sentence."""
    alike: dict[tuple[str, str], list[int]] = {}
    for name, number, reason in rejected:
        alike.setdefault((name, reason), []).append(number)
    told = [f"  {name} {_numbers(found)}: {reason}" for (name, reason), found in alike.items()]
    if len(told) > most:
        told = [*told[:most], f"  ... and {len(told) - most} more; --json lists all of them."]
    return told


def _numbers(numbers: Sequence[int], most: int = 3) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]}"
    shown = ", ".join(map(str, numbers[:most]))
    return f"lines {shown}" + (f" and {len(numbers) - most:,} more" if len(numbers) > most else "")

"""`python -m tests.faults.table`: the tallies of `make test-faults` into benchmarks/README.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.page import keep
from tests.faults.kills import PLACES

ROOT = Path(__file__).parents[2]
TALLIES = ROOT / ".pytest_cache" / "v" / "kills"
DATABASES = ("sqlite", "postgresql")


def rows(folder: Path = TALLIES) -> list[tuple[str, str, dict[str, Any]]]:
    """Place, database and tally of each that was killed at, in the order of the places."""
    found = []
    for place in PLACES:
        for database in DATABASES:
            file = folder / database / "-".join(place).strip("-")
            if file.exists():
                found.append((" ".join(place).strip(), database, json.loads(file.read_text())))
    return found


def table(found: list[tuple[str, str, dict[str, Any]]]) -> str:
    """The table in Markdown, with the sum of all below."""
    names = ("kills", "lost", "doubled", "broken_logs", "other_index")
    lines = [
        "| killed | database | kills | lost | twice | broken logs | another index |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {place} | {database} | {' | '.join(str(tally[name]) for name in names)} |"
        for place, database, tally in found
    ]
    sums = " | ".join(str(sum(tally[name] for *_, tally in found)) for name in names)
    days = sorted({str(tally["on"]) for *_, tally in found})
    told = f"`make test-faults`, then `python -m tests.faults.table`, {', '.join(days)}."
    return "\n".join(
        ["## Kills at marked points", "", told, "", *lines, f"| all | both | {sums} |"]
    )


if __name__ == "__main__":
    keep("marked-kills", table(rows()))

"""How long it takes to take lists of leads in: a generated one, and real exports where they are.

`python -m benchmarks.lead_import [--leads N] [--write]`; the target is 9,000 leads in a minute.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from benchmarks.page import keep
from bot.bootstrap import build
from bot.flow.importing_leads import bring_in, plan_leads, read_files
from bot.settings import Settings

HEAD = """## Lists of leads

`python -m benchmarks.lead_import --write`: reading, proposing the mapping, joining the tables and
taking all in, audited; in brackets the processor's time, since others used the two cores too. The
target: 9,000 leads in a minute."""
LEADS = 9000
SEED = 7
REAL = ("maven_b2b_sales", "sample_sales_crm", "xeducation_leads")
COLUMNS = ("Record ID", "Full Name", "Work Email", "Company", "Industry", "Employees", "Job Title",
           "Lead Status", "Lead Owner", "Created Date", "Phone", "Notes")  # fmt: skip
_STATUS = ("New", "Working", "Qualified", "Proposal Sent", "Won", "Lost", "Select")


def main() -> None:
    """Measure each list, first and again, and keep the figures when asked to."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--leads", type=int, default=LEADS)
    asked.add_argument("--write", action="store_true")
    told = asked.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        file = generated(Path(folder), told.leads)
        rows.append(measured("generated, 12 columns", file, Path(folder) / "generated-home"))
        real = os.environ.get("TRAILGUIDE_DEV_DATA")
        for name in REAL if real else ():
            place = Path(str(real)) / "samples" / "crm" / name
            rows.append(measured(f"`{name}`", place, Path(folder) / name))
    table = "\n".join(
        [
            "| list | leads | acts | first run | second run, nothing new |",
            "| --- | --- | --- | --- | --- |",
            *rows,
        ]
    )
    print(table)
    if told.write:
        keep("lead-import", f"{HEAD}\n\n{table}")


def generated(folder: Path, count: int) -> Path:
    """A list as a CRM exports it, made from a seed."""
    chance, file = random.Random(SEED), folder / "leads.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(COLUMNS)
        for n in range(count):
            on = date(2026, 1, 1) + timedelta(days=chance.randrange(150))
            lines.writerow([
                f"R{n:05}", f"Pat Lead{n}", f"pat{n}@firm{n % 900}.example", f"Firm {n % 900} Ltd",
                chance.choice(("water", "energy", "retail", "")), chance.randrange(10, 9000),
                chance.choice(("Planner", "CFO", "Engineer")), chance.choice(_STATUS),
                f"rep{n % 30}@us.example", on.strftime("%m/%d/%Y"), f"555-{n}", "called twice",
            ])  # fmt: skip
    return file


def measured(name: str, place: Path, home: Path) -> str:
    """One row: how many came in, how long it took, and how long a second run takes."""
    tools = build(Settings(home=home))
    took, worked, leads, acts = [], [], 0, 0
    for _ in range(2):
        begun, busy = time.perf_counter(), time.process_time()
        done = bring_in(plan_leads(read_files([place]), tools), tools, by="benchmark")
        took.append(time.perf_counter() - begun)
        worked.append(time.process_time() - busy)
        leads, acts = leads + done.added, acts + done.history
    tools.close()
    runs = " | ".join(f"{t:.0f} s ({w:.0f} s)" for t, w in zip(took, worked, strict=True))
    return f"| {name} | {leads:,} | {acts:,} | {runs} |"


if __name__ == "__main__":
    main()

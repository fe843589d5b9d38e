"""A year for a thousand invented leads, and its promises: `python -m benchmarks.simulated_year`.

The real command plays it over the sample library; its own checks count afterwards. `--write` keeps
the figures, `--leads N` plays another number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from benchmarks.page import keep

LEADS = 1000


def main() -> None:
    count = int(sys.argv[sys.argv.index("--leads") + 1]) if "--leads" in sys.argv else LEADS
    before, began = os.times(), time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        told = subprocess.run(
            [sys.executable, "-m", "bot.cli", "--home", home, "simulate", "year",
             "--leads", str(count), "--json"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if not told.stdout:
        sys.exit(told.stderr)
    after = os.times()
    spent = after.children_user + after.children_system
    spent -= before.children_user + before.children_system
    text = report(json.loads(told.stdout), time.perf_counter() - began, spent)
    print(text)
    if "--write" in sys.argv:
        keep("simulated-year", f"## A simulated year\n\n{text}")


def report(year: dict[str, Any], wall: float, cpu: float) -> str:
    """The figures in Markdown."""
    rows = "\n".join(f"| {name} | {len(found)} |" for name, found in year["broken"].items())
    ends = ", ".join(f"{name} {n}" for name, n in sorted(year["ends"].items(), key=lambda e: -e[1]))
    return (
        f"`python -m benchmarks.simulated_year --write`, {time.strftime('%Y-%m-%d')}: "
        f"{year['leads']:,} leads, {year['days']} days, seed {year['seed']}: {year['touches']:,} "
        f"touches and {year['decisions']:,} decisions in {wall:.0f} s ({cpu:.0f} s of the "
        "processor), the sample library's indexing included.\n\n"
        f"| promise | broken |\n|---|---|\n{rows}\n\nWhere they stand at the end: {ends}."
    )


if __name__ == "__main__":
    main()

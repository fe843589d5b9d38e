"""`make fuzz`: 20,000 made-up inputs for every parser and payload, into benchmarks/README.md."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.page import keep

ROOT = Path(__file__).resolve().parents[1]
TIMES = 40
"""By how much the suite's own counts, 524 in all with the lines of batches, are multiplied."""


def main() -> int:
    """Run, print the row, and keep it when asked to."""
    told = argparse.ArgumentParser()
    told.add_argument("--times", type=int, default=TIMES)
    told.add_argument("--no-write", action="store_true")
    asked = told.parse_args()
    files = sorted(str(f) for f in (ROOT / "tests").glob("test_fuzz_*.py"))
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        began = time.monotonic()
        results = Path(folder) / "results.xml"
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *files, "-v", "-n", "0", "--timeout", "0",
             f"--junitxml={results}"],
            cwd=ROOT, env={**os.environ, "FUZZ_TIMES": str(asked.times),
                           "FUZZ_COUNTS": str(counts)},
        )  # fmt: skip
        seconds = time.monotonic() - began
        examples = sum(json.loads(counts.read_text()).values()) if counts.exists() else 0
        suites = ElementTree.parse(results).getroot().iter("testsuite")
        failed = sum(int(s.get(kind, "0")) for s in suites for kind in ("failures", "errors"))
    row = (
        "## Fuzzing\n\n"
        "`make fuzz`: made-up inputs for every parser and payload, of files, lines and Slack; a "
        "failure found is mended and kept as an example of the suite.\n\n"
        "| day | examples | seconds | failures found |\n| --- | ---: | ---: | ---: |\n"
        f"| {time.strftime('%Y-%m-%d')} | {examples:,} | {seconds:.0f} | {failed} |"
    )
    sys.stdout.write(f"\n{row}\n")
    if not asked.no_write:
        keep("fuzz", row)
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.report_speed [--home DIR] [--write]`: how long the report takes.

A simulated quarter of 60 reps, 3,000 leads and 40,000 suggestions; each section is timed by itself,
the best of two, in seconds of the processor: others use the machine, too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.page import keep
from bot.bootstrap import Wired, build
from bot.flow.report import report
from bot.flow.simulate import Size, simulate_quarter
from bot.settings import Settings
from bot.views.report_page import report_page
from knowledge.report import Report

SIZE = Size(reps=60, leads=3000, touches=40_000)
RUNS = 2
SECTION_SECONDS, REPORT_SECONDS = 2.0, 30.0
"""What each section's query, and the whole report with its page, may take."""


def main() -> None:
    """Measure, print, and keep the figures when asked to."""
    told = argparse.ArgumentParser()
    told.add_argument("--home", type=Path, help="a home with such a quarter, else one is made")
    told.add_argument("--write", action="store_true")
    asked = told.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = build(Settings(home=asked.home or Path(folder)))
        begun = time.process_time()
        if not asked.home:
            simulate_quarter(SIZE, 7, tools)
        made = None if asked.home else time.process_time() - begun
        text = _measured(tools, made)
        tools.close()
    print(text)
    if asked.write:
        keep("report-speed", text)


def _measured(tools: Wired, simulated: float | None) -> str:
    sections: dict[str, list[float]] = {}
    whole, drawn = [], []
    for _ in range(RUNS):
        seconds, made = _timed(tools, sections)
        whole.append(seconds)
        begun = time.process_time()
        page = report_page(made)
        drawn.append(time.process_time() - begun)
    rows = [f"| {name} | {min(times):.2f} |" for name, times in sections.items()]
    slowest = max(min(times) for name, times in sections.items() if name != "counting")
    total = min(whole) + min(drawn)
    lines = [
        "## The report", "",
        f"`python -m benchmarks.report_speed`: {made.touches:,} touches among "
        f"{made.cards.cards:,} cards, {made.leads:,} leads, {len(made.by_rep)} reps; the best of "
        f"{RUNS} runs, in seconds of one processor. Aims: {SECTION_SECONDS:g} s a query, "
        f"{REPORT_SECONDS:g} s the whole.",
        "", "| section | processor seconds |", "| --- | --- |", *rows,
        f"| drawing the page, {len(page) // 1024} KiB | {min(drawn):.2f} |",
        f"| all | {total:.2f} |",
    ]  # fmt: skip
    if simulated is not None:
        lines += ["", f"Simulating that quarter takes {simulated:.0f} s."]
    if slowest > SECTION_SECONDS or total > REPORT_SECONDS:
        lines += ["", "Slower than aimed at on this run."]
    return "\n".join(lines)


def _timed(tools: Wired, sections: dict[str, list[float]]) -> tuple[float, Report]:
    """One report, with the time of each section put to the others of its name."""
    marks: list[tuple[str, float]] = []
    note: Callable[[str], None] = lambda name: marks.append((name, time.process_time()))  # noqa: E731
    begun = time.process_time()
    made = report(tools, progress=note)
    ended = time.process_time()
    after = [at for _, at in marks[1:]] + [ended]
    for (name, at), end in zip(marks, after, strict=True):
        sections.setdefault(name, []).append(end - at)
    return ended - begun, made


if __name__ == "__main__":
    main()

"""The report of a simulated year: lines for the terminal, and a short page."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from knowledge.year import YearReport

PROMISES = {
    "gap": "No touch before the gap was over",
    "budget": "No more touches than planned",
    "account": "No two people of one account within the quiet days",
    "account_cap": "No more touches of one account in a week than allowed",
    "forgotten": "Every open lead was touched, or has a day to look again",
    "twice": "No piece twice to one lead",
    "opt_out": "Nothing after a no",
    "sales": "No touch while sales had the lead",
    "step": "Every touch names its step",
}
KEPT, BROKEN = "kept", "broken"
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}td,th{text-align:left;padding:.1rem 1rem .1rem 0}"
)


def year_lines(report: YearReport) -> Iterator[str]:
    """The report in plain lines."""
    yield (
        f"{report.leads} invented leads over {report.days} days (seed {report.seed}): "
        f"{report.touches} touches, {report.decisions} decisions, {report.seconds} s."
    )
    yield f"Touches by track: {_listed(report.by_track)}."
    yield f"Decisions by rule: {_listed(report.by_rule)}."
    yield f"At the end: {_listed(report.ends)}."
    for name, told in PROMISES.items():
        broken = report.broken.get(name, ())
        yield f"{told}: {BROKEN if broken else KEPT}."
        yield from (f"  {sentence}" for sentence in broken)


def year_page(report: YearReport) -> str:
    """The report as one HTML page that needs nothing else."""
    first, *_ = year_lines(report)
    rows = "".join(_row(told, report.broken.get(name, ())) for name, told in PROMISES.items())
    tables = "".join(
        f"<h2>{title}</h2><table>{_counts(counts)}</table>"
        for title, counts in (
            ("Touches by track", report.by_track),
            ("Decisions by rule", report.by_rule),
            ("At the end", report.ends),
        )
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>A simulated year</title><style>{_STYLE}</style></head><body>"
        f"<h1>A simulated year</h1><p>{html.escape(first)}</p>"
        f"<h2>What was promised</h2><table>{rows}</table>{tables}</body></html>\n"
    )


def _row(told: str, broken: tuple[str, ...]) -> str:
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in broken)
    said = f"{BROKEN}<ul>{items}</ul>" if broken else KEPT
    return f"<tr><td>{html.escape(told)}</td><td>{said}</td></tr>"


def _counts(counts: Mapping[str, int]) -> str:
    return "".join(
        f"<tr><td>{html.escape(name)}</td><td>{count}</td></tr>" for name, count in counts.items()
    )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"

"""The report as one HTML page that needs nothing else: text escaped, charts and CSS within."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.views import words_report as words
from bot.views.report_sections import keys, sections
from knowledge.report import Report

TEMPLATES = Path(__file__).with_name("templates")


def report_page(report: Report) -> str:
    """The whole page; titles, names and segments stay text whatever they hold."""
    css = (TEMPLATES / "report.css").read_text("utf-8")
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            least=report.least,
            words=words,
            css=Markup(css),  # noqa: S704 - a file of ours
            narrowed=words.narrowed(report),
            summary=words.summary(report),
            keys=keys(report),
            parts=sections(report),
            notes=(*words.NOTES, *report.definitions),
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

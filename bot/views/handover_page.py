"""The page of a hand-over as Markdown and as HTML; what others wrote stays text in both."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.views import words_handover as words
from bot.views.words import day
from knowledge.handover import HandoverPage, ToldFact

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.05rem;"
    "margin:1.2rem 0 .2rem}ul{margin:.2rem 0;padding-left:1.2rem}p{margin:.2rem 0}"
)


def handover_markdown(page: HandoverPage) -> str:
    """The page as Markdown."""
    return _written(page, _escaped)


def handover_text(page: HandoverPage) -> str:
    """The page for a terminal: the same, with words as they were written."""
    return _written(page, str)


def _written(page: HandoverPage, render: Callable[[str], str]) -> str:
    told = [f"# {render(_head(page))}", render(_under(page)), ""]
    for title, lines in chapters(page):
        told += [f"## {title}", *(f"- {render(line)}" for line in lines), ""]
    return "\n".join(told)


def handover_html(page: HandoverPage) -> str:
    """The page as HTML that needs nothing else and requests nothing."""
    parts = [f"<h1>{html.escape(_head(page))}</h1><p>{html.escape(_under(page))}</p>"]
    for title, lines in chapters(page):
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
        parts.append(f"<h2>{html.escape(title)}</h2><ul>{items}</ul>")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{html.escape(_head(page))}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def chapters(page: HandoverPage) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each chapter with its lines, as plain text on one line each."""
    yield words.READY, (_line(page.ready),)
    if page.words:
        yield words.WORDS, (f"{day(page.words[0])}: “{_line(page.words[1])}”",)
    yield words.FACTS, tuple(_fact(f) for f in page.facts) or (words.NONE,)
    yield words.ASKED, tuple(f"{day(on)}: “{_line(q)}”" for on, q in page.asked) or (words.NONE,)
    yield words.READ, tuple(_act(*one) for one in page.read) or (words.NONE,)
    yield words.TOUCHES, tuple(_act(*one) for one in page.touches) or (words.NONE,)
    if page.obstacles:
        yield words.OBSTACLES, tuple(_line(o) for o in page.obstacles)
    if page.committee:
        yield (
            words.COMMITTEE,
            tuple(
                f"{_line(c.name)}{f', {_line(c.role)}' if c.role else ''}: "
                f"{words.REACHED if c.reached else words.NOT_REACHED}"
                for c in page.committee
            ),
        )
    if page.missing:
        yield words.MISSING, page.missing
    left = (*page.unanswered, *page.unknown)
    if left:
        yield words.OPEN, tuple(_line(q) for q in left)
    held = page.handover
    yield words.DEFINITION, (f"{held.definition} (definition {held.definition_version})",)


def handover_form(page: HandoverPage) -> dict[str, Any]:
    """The page as JSON."""
    held = page.handover
    return {
        "handover_id": held.id,
        "lead_id": held.lead_id,
        "on": held.on.isoformat(),
        "by": held.by,
        "owner": held.owner,
        "rule": held.rule,
        "definition": {"version": held.definition_version, "text": held.definition},
        "stage": page.stage,
        "chapters": {title: list(lines) for title, lines in chapters(page)},
    }


def _head(page: HandoverPage) -> str:
    return _line(", ".join(p for p in (page.name, page.role, page.company) if p)) or "A lead"


def _under(page: HandoverPage) -> str:
    held = page.handover
    to = f" to {_line(held.owner)}" if held.owner else ""
    return f"{words.TITLE}{to}, {day(held.on)}. Stage: {page.stage}."


def _fact(told: ToldFact) -> str:
    by = f"{_line(told.source)}, {_line(told.by)}, {day(told.on)}"
    return f"{told.fact.replace('_', ' ')}: {_line(told.value)} ({by})"


def _act(on: Any, act: str, title: str) -> str:
    about = f": “{_line(title)}”" if title else ""
    return f"{day(on)}: {act.replace('_', ' ')}{about}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _escaped(line: str) -> str:
    return _SPECIAL.sub(r"\\\1", line)

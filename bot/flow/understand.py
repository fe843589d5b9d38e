"""Understanding a rep's message, with known leads looked up and the library consulted."""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz, process

from bot.flow.tools import Tools
from knowledge.understanding import Intent, Understanding, parse_message

SAME_NAME = 88
"""rapidfuzz ratio (0 to 100): one mistyped letter in a name of ten still scores 90."""
MOST_MATCHES = 5
"""Buttons offered when a name fits several leads."""


def understand(text: str, tools: Tools) -> Understanding:
    """Read the message; a known lead is told by id, mail, full name or unique first name."""
    understood = parse_message(text)
    matches = _known_leads(understood, tools)
    if len(matches) == 1:
        (lead_id, name), *_ = matches
        understood = replace(understood, lead_id=lead_id, lead_name=name or understood.lead_name)
    else:
        understood = replace(understood, matches=tuple(matches[:MOST_MATCHES]))
    return _about_content(understood, tools)


def _known_leads(understood: Understanding, tools: Tools) -> list[tuple[str, str]]:
    said = understood.text.casefold()
    known = tools.leads.names()
    by_id = [
        (i, n)
        for i, n, _, _ in known
        if re.search(rf"(?<![\w-]){re.escape(i.casefold())}(?![\w-])", said)
    ]
    if by_id:
        return by_id
    by_mail = [(i, n) for i, n, _, mail in known if mail and mail.casefold() in said]
    if by_mail:
        return by_mail
    by_name = [
        (i, n, c)
        for i, n, c, _ in known
        if n and re.search(rf"\b{re.escape(n.casefold())}\b", said)
    ]
    if not by_name and understood.lead_name:
        by_name = _like(understood.lead_name, known)
    at_company = [m for m in by_name if understood.company and _same(m[2], understood.company)]
    return [(i, n) for i, n, _ in at_company or by_name if not _elsewhere(understood, n)]


def _like(name: str, known: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str]]:
    """Leads whose full name is like this one, or whose first name is exactly this one."""
    if " " not in name:
        return [
            (i, n, c) for i, n, c, _ in known if n and n.split()[0].casefold() == name.casefold()
        ]
    names = {i: n for i, n, _, _ in known if n}
    close = process.extract(
        name, names, scorer=fuzz.ratio, score_cutoff=SAME_NAME, limit=MOST_MATCHES
    )
    companies = {i: c for i, _, c, _ in known}
    return [(i, n, companies[i]) for n, _, i in close]


def _same(company: str | None, said: str) -> bool:
    return bool(company) and fuzz.partial_ratio(company.casefold(), said.casefold()) >= SAME_NAME  # type: ignore[union-attr]  # bool() above excludes None


def _elsewhere(understood: Understanding, name: str) -> bool:
    """A different surname is a different person, however alike the first names."""
    said = understood.lead_name or ""
    return " " in said and " " in name and fuzz.ratio(said.casefold(), name.casefold()) < SAME_NAME


def _about_content(understood: Understanding, tools: Tools) -> Understanding:
    """Take a bare question for an ask when the library has something close to it."""
    if understood.intent is not Intent.OFF_TOPIC or not understood.questions:
        return understood
    best = tools.finder.candidates(understood.questions, depth=1)
    if best and best[0].answers:
        return replace(understood, intent=Intent.NEXT)
    return understood

"""A lead named by id at the edge: the record, or the leads that may have been meant."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from bot.flow.tools import Tools
from knowledge.errors import NotFound
from knowledge.leads import LeadProfile

MOST_NAMED = 3
NEAR = 80
"""Of 100: two letters swapped in a name of four (`dnaa`) score 75, in one of six 83."""
SHORTEST_START = 3
"""Letters that may stand for the word they begin; fewer begin too many."""


def lead_on_record(lead_id: str, tools: Tools) -> LeadProfile:
    """The lead with this id; `NotFound` names those whose id, name or company is like it."""
    try:
        return tools.leads.get(lead_id)
    except NotFound as missing:
        near = near_leads(lead_id, tools)
        if not near:
            raise
        raise NotFound(
            f"There is no lead '{lead_id[:80]}'. Did you mean {' or '.join(near)}?"
        ) from missing


def near_leads(said: str, tools: Tools) -> list[str]:
    """Leads that may be meant, nearest first, as `id (name, company)`."""
    ranked = []
    for lead_id, name, company, _ in tools.leads.names():
        told = [part for part in (name, company) if part]
        score = _likeness(said, " ".join([lead_id, *told]))
        if score >= NEAR:
            ranked.append((-score, f"{lead_id} ({', '.join(told)})" if told else lead_id))
    return [shown for _, shown in sorted(ranked)[:MOST_NAMED]]


def _likeness(said: str, known: str) -> float:
    """How well each word said is found among the words known of a lead, on average (0 to 100)."""
    words, theirs = _words(said), _words(known)
    if not words:
        return 0
    return sum(max(_alike(word, other) for other in theirs) for word in words) / len(words)


def _alike(said: str, other: str) -> float:
    if len(said) >= SHORTEST_START and other.startswith(said):
        return 100
    return fuzz.ratio(said, other)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text[:200].casefold())

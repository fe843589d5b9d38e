"""What a manager's Home shows beside the lists; nothing for anybody else."""

from __future__ import annotations

from typing import Any

from bot.flow import sampling, touch_list
from bot.flow.chain_state import chain_state, is_stale, known_state
from bot.flow.permitting import may
from bot.flow.review_notes import notes
from bot.listeners.edge import Edge
from bot.listeners.moments import chain_told, when
from bot.views import words_touches as words
from bot.views.manager_home import FLAG_ROWS, Managed, manager_blocks, suggestions_of
from knowledge.roles import Act


def blocks_for(user: str, edge: Edge) -> list[dict[str, Any]]:
    """The blocks of a manager's part; none for whoever does not review."""
    tools = edge.tools
    if not (may(user, Act.REVIEW_TOUCHES, tools) and may(user, Act.SEE_ALL_TOUCHES, tools)):
        return []
    week = sampling.week_to_review(tools)
    sample = sampling.sample_of(week, user, tools)
    flags, flags_open = notes(tools).open_flags(FLAG_ROWS)
    shown = touch_list.touch_lists(tools).lines(suggestions_of(sample, flags))
    made = touch_list.figures(user, tools)
    state = known_state(tools)
    managed = Managed(
        figures=words.figures(made.suggested, made.approved, made.edited, made.overridden),
        week=week,
        sample=sample,
        flags=flags,
        flags_open=flags_open,
        answers=notes(tools).answers_to(flag.id for flag in flags),
        lines={line.id: line for line in shown},
        chain=chain_told(state, edge) if state else words.NOT_WALKED,
    )
    return manager_blocks(managed, when(edge))


def walk_if_stale(user: str, edge: Edge) -> bool:
    """Walk the log for a manager when that was long ago; whether it was, so that Home says so."""
    if not may(user, Act.REVIEW_TOUCHES, edge.tools) or not is_stale(edge.tools):
        return False
    chain_state(edge.tools)
    return True

"""`python -m benchmarks.ask_steps [--write]`: where the time of one ask goes, step by step.

Asks with words of their own run in this process through Bolt's dispatch and the fake of Slack, one
after the other. Each step's own time leaves out the steps inside it; what runs aside at the same
time counts for itself, so that the steps together may take longer than the ask.
"""

from __future__ import annotations

import functools
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bot.flow.choosing
import bot.flow.next_touch
import bot.listeners.answering
import bot.listeners.asking
import bot.listeners.showing
import prompts.checks
import prompts.drafting
import retrieval.answering
import retrieval.chroma_sync
import retrieval.embeddings
import retrieval.lexical
from benchmarks.load import questions
from benchmarks.page import keep
from bot.bootstrap import build
from bot.flow.turns import Turns
from bot.sample import seed_sample
from bot.settings import Settings
from knowledge.clock import SystemClock
from prompts.composer import Composer
from retrieval.stage import StageReader
from storage.quotas import Quotas
from storage.suggestions import Suggestions
from tests.slack.fixtures import office_of
from tests.slack.office import Office

ASKS = 40
WARM = 5
STEPS: tuple[tuple[str, Any, str], ...] = (
    ("record the event", Quotas, "take"),
    ("understand the message", bot.listeners.asking, "understand"),
    ("keep what was learnt", bot.listeners.asking, "learn"),
    ("recall the lead", bot.flow.next_touch, "recall_lead"),
    ("read the stage", StageReader, "read"),
    ("decide the pace", bot.flow.next_touch, "decide_pace"),
    ("find: the rest", bot.flow.choosing, "find_candidates"),
    ("find: one query of the index", retrieval.chroma_sync.SyncedCollection, "query_many"),
    ("find: words by BM25", retrieval.lexical.LexicalIndex, "shares"),
    ("rank", bot.flow.next_touch, "rank_for"),
    ("choose the profiling question", bot.flow.next_touch, "next_profiling_question"),
    ("write the draft", Composer, "write"),
    ("check drafts", prompts.drafting, "check_draft"),
    ("embed sentences", retrieval.embeddings.OnnxEmbedder, "embed"),
    ("read question and answer together", retrieval.answering.Answering, "scores"),
    ("store and audit", Suggestions, "save"),
    ("render the card", bot.listeners.showing, "card_replies"),
    ("plan: the rest", bot.listeners.answering, "plan"),
    ("post to Slack", bot.listeners.answering, "post"),
    ("close the event", bot.listeners.answering, "close"),
)

WHY = {
    "embed sentences": (
        "up to 48 places of the chosen piece besides the passage that search found, and every "
        "sentence of a draft, are embedded, the former to find which is nearest to the question. A "
        "sentence is embedded once while it is among the 4,096 last seen: a larger library asked "
        "about many things pays most of this at each ask, a rep who stays with a lead little of it."
    ),
    "read question and answer together": (
        "the sixteen nearest places go once more through the model beside the question, its last "
        "two layers reading both at once. It decides which sentence a draft passes on; nothing of "
        "it can be kept for another question."
    ),
    "write the draft": (
        "the composer's own Python, by regular expressions for most of it: cutting the piece into "
        "places, judging each as a sentence that stands alone, filling the wordings, and looking "
        "for what earlier touches said."
    ),
    "plan: the rest": (
        "the rows of an answer: looking whether it was planned before, the settings and channels "
        "it depends on, its messages in the outbox, each committed, so that a death loses none."
    ),
    "post to Slack": "the request itself, to a stand-in on the same machine, and the row after it.",
}
"""Why a step costs what it does, for those that may be among the largest."""
EXPLAINED = 3


class Steps:
    """Own seconds by step, of one ask at a time."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inside = threading.local()

    def timing(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, counted; what it calls of ours is counted for itself."""

        @functools.wraps(call)
        def timed(*args: Any, **named: Any) -> Any:
            stack = self._inside.__dict__.setdefault("stack", [])
            stack.append(0.0)
            began = time.perf_counter()
            try:
                return call(*args, **named)
            finally:
                took, within = time.perf_counter() - began, stack.pop()
                self.spent[name] += took - within
                if stack:
                    stack[-1] += took

        return timed

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count every step for a while."""
        before = [(owner, name, getattr(owner, name)) for _, owner, name in STEPS]
        for label, owner, name in STEPS:
            setattr(owner, name, self.timing(label, getattr(owner, name)))
        try:
            yield
        finally:
            for owner, name, call in before:
                setattr(owner, name, call)


def main() -> None:
    """Measure, print, and keep the table when asked to."""
    with tempfile.TemporaryDirectory() as folder:
        uncapped = Settings(home=Path(folder) / "home", asks_per_minute=0, team_asks_per_minute=0)
        tools = build(uncapped, SystemClock())
        seed_sample(tools)
        tools.finder.warm()
        with office_of(tools) as office:
            text = _told(_measure(office))
        tools.close()
    print(text)
    if "--write" in sys.argv:
        keep("ask-steps", text)


def _measure(office: Office) -> list[dict[str, float]]:
    steps, asks, seen = Steps(), questions(11), []
    office.edge.tools.turns = Turns(1)
    with steps.watching():
        for _ in range(WARM + ASKS):
            steps.spent.clear()
            began = time.perf_counter()
            office.send(office.event(next(asks)))
            seen.append({**steps.spent, "whole": time.perf_counter() - began})
    return seen[WARM:]


def _told(asks: list[dict[str, float]]) -> str:
    whole = statistics.median(ask["whole"] for ask in asks)
    means = {name: statistics.fmean(a.get(name, 0.0) for a in asks) for name, _, _ in STEPS}
    total = sum(means.values())
    ranked = sorted(means.items(), key=lambda step: -step[1])
    rows = [f"| {name} | {mean * 1000:.1f} | {mean / total:.0%} |" for name, mean in ranked]
    why = [
        f"- *{name}* ({mean / total:.0%}): {WHY.get(name, 'not looked into yet.')}"
        for name, mean in ranked[:EXPLAINED]
    ]
    return (
        "## Where the time of an ask goes\n\n"
        f"`python -m benchmarks.ask_steps --write`, {time.strftime('%Y-%m-%d')}: {len(asks)} asks, "
        f"{whole * 1000:.0f} ms each (median).\n\n"
        "| step | ms, its own | share |\n| --- | ---: | ---: |\n" + "\n".join(rows) + "\n\n"
        "The three largest:\n\n" + "\n".join(why)
    )


if __name__ == "__main__":
    main()

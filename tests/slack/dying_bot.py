"""The bot with one fault: it is killed, as by a power cut, at the point named in DIE_AT."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot import jobs, slack_client
from bot.listeners import answering, asking, showing
from storage.quotas import Quotas
from storage.suggestions import Suggestions

POINTS: dict[str, tuple[Any, str, str]] = {
    "before_record": (Quotas, "take", "before"),  # nothing is on disk, nothing acknowledged
    "kept": (Quotas, "take", "after"),  # on disk, but not acknowledged
    "recorded": (jobs.Jobs, "start", "before"),  # acknowledged, but no job was made
    "handed": (jobs.Jobs, "_enqueue", "after"),
    "before_plan": (answering, "plan", "before"),
    "before_understanding": (asking, "understand", "before"),
    "understood": (asking, "understand", "after"),
    "before_suggesting": (showing, "next_touch", "before"),
    "touch_made": (showing, "next_touch", "after"),  # the suggestion is stored
    "suggested": (showing, "card_replies", "before"),  # stored, but no message planned
    "before_outbox": (slack_client.Poster, "plan", "before"),
    "one_planned": (slack_client.Poster, "plan", "after"),
    "planned": (answering, "plan", "after"),  # messages planned, but the job has not noted it
    "before_post": (answering, "post", "before"),
    "before_write": (slack_client.Poster, "_write", "before"),
    "card_posted": (slack_client.Poster, "_write", "after"),  # Slack has it, we have not noted it
    "post_noted": (slack_client.Poster, "post", "after"),
    "card_on_record": (Suggestions, "card_posted", "after"),
    "card_noted": (answering, "post", "after"),  # noted by us, but not by the job
    "all_posted": (answering, "close", "before"),
}
"""Twenty points of an ask, in their order."""

STEPS = ("recorded", "suggested", "planned", "card_posted", "card_noted", "all_posted")
"""The few that every run of the tests goes through; `benchmarks.slack_storm` takes all twenty."""


OWN = ("chore:", "digest:", "report:", "alive:")
"""Keys of what the bot does by itself, which may come before the ask: the fault is the ask's."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(owner: Any, name: str, when: str) -> None:
    """Put the fault in place: before or after the work of that name."""
    work = getattr(owner, name)

    def dying(*args: Any, **named: Any) -> Any:
        if any(isinstance(a, str) and a.startswith(OWN) for a in args):
            return work(*args, **named)
        if when == "after":
            work(*args, **named)
        return die()

    setattr(owner, name, dying)


if __name__ == "__main__":
    arm(*POINTS[os.environ["DIE_AT"]])
    from bot.cli import app

    app()

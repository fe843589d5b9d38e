"""The bot with one fault: it is killed, as by a power cut, at the step named in DIE_AT."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot import jobs, slack_client
from bot.listeners import answering, asking

STEPS = ("recorded", "suggested", "planned", "card_posted", "card_noted", "all_posted")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str) -> None:
    """Put the fault in place."""
    if step == "recorded":  # on disk and acknowledged, but no job was made
        jobs.Jobs.start = lambda *_: die()  # type: ignore[method-assign]
    elif step == "suggested":  # stored, but no message planned
        asking._card_replies = lambda *_: die()  # type: ignore[assignment,return-value]
    elif step == "planned":  # messages planned, but the job has not noted it
        answering.plan = _dying_after(answering.plan)
    elif step == "card_posted":  # Slack has it, we have not noted it
        poster: Any = slack_client.Poster
        poster._write = _dying_after(poster._write)
    elif step == "card_noted":  # noted by us, but not by the job
        answering.post = _dying_after(answering.post)
    elif step == "all_posted":
        answering.close = _dying_after(lambda *_: None)


def _dying_after(work: Any) -> Any:
    def do(*args: Any) -> Any:
        work(*args)
        die()

    return do


if __name__ == "__main__":
    arm(os.environ["DIE_AT"])
    from bot.cli import app

    app()

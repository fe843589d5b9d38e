"""What is said to somebody who asks more within a minute than is taken."""

from __future__ import annotations


def left(seconds: int) -> str:
    """In place of answers: when to go on. What was sent meanwhile is named, since it is gone."""
    second = "second" if seconds == 1 else "seconds"
    return (
        f"That was more within a minute than I take, so I left your last message unanswered. "
        f"Go on in {seconds} {second}: send it again then, and whatever you send before."
    )


def form_stays(seconds: int) -> str:
    """The same in a form, which stays open with what was typed in it."""
    second = "second" if seconds == 1 else "seconds"
    return (
        f"That was more within a minute than I take. Press the button again in {seconds} {second}."
    )

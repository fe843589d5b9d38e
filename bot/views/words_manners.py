"""Words of good manners: why the bot keeps out of a channel, and what to do when it stumbles."""

from __future__ import annotations

from bot.views import words

SHARED_CHANNEL = (
    "People of other companies can read the channel you asked in, so I say nothing there. "
    "Ask me here instead."
)
SHARED_CHANNEL_ACT = (
    "People of other companies can read that channel, so I did nothing there. "
    "Ask me here for a new card."
)


def not_kept(reference: str) -> str:
    """What came in could not be put on disk, so nobody works on it."""
    return f"{words.KEPT_NOT} {_named(reference)}"


def not_opened(reference: str) -> str:
    """A window did not open."""
    return f"{words.MODAL_LATE} {_named(reference)}"


def not_saved(reference: str) -> str:
    """A form stays open with what was typed in it."""
    return (
        "I could not save that just now; what you typed is still here. Press the button once more. "
        + _named(reference)
    )


def _named(reference: str) -> str:
    return f"If it fails again, give your admin this reference: {reference}."

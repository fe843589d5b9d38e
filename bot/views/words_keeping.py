"""Words about keeping the library: reviews, withdrawn cards, links and dates."""

from __future__ import annotations

from datetime import date

from bot.views.words import day

APPROVE = "Approve"
SEND_BACK = "Send back"
SEND_BACK_TITLE = "Send it back"
SEND_BACK_LABEL = "What should be mended?"
SEND_BACK_HINT = "The author reads this, word for word."
SEND_BACK_NO_REASON = "Say what should be mended, or press Cancel."
CHANGES = "What changed"
CHANGES_TITLE = "What changed"
NO_CHANGE = "No sentence changed."
OFFLINE = (
    "No address answered at all, so the fault is likely on this side; nothing was noted. Check the "
    "network and run it again."
)
REPLACE = "Replace"
REPLACE_TITLE = "Replace it"
REPLACE_LABEL = "New address, or the id or title of another piece"
REPLACE_HINT = (
    "An https address becomes a new version of this piece; a large change waits for a reviewer. "
    "Another piece takes this one's place: this one is retired."
)
UPKEEP = {"library_verify": "Verify", "library_replace": REPLACE, "library_retire": "Retire"}
GONE = "That piece is not in the library any more."

_WHY_WITHDRAWN = {
    "retired": "was retired from the library",
    "gone": "is no longer where it came from, so it was retired",
    "unapproved": "has no web address any more, so it is a draft again",
    "dead": "cannot be opened at its address any more",
    "kept_too_long": "waited too long for a decision",
}


def waiting(count: int) -> str:
    """After an import: how many pieces or new versions of them wait for a reviewer."""
    return (
        f"{count} wait for a reviewer; `trailguide library diff ID` shows what changed in an "
        "approved piece, which is served as it was until then."
    )


def withdrawn(title: str, because: str) -> str:
    """In place of a card; the title is inert already, and may be empty."""
    what = f"“{title}”" if title else "The piece of this card"
    why = _WHY_WITHDRAWN.get(because, "is no longer in use")
    return f"{what} {why}, so I withdrew this draft. Please do not send it if you copied it."


def withdrawn_news(name: str) -> str:
    """The first line of the news to the rep."""
    return f"The draft for {name} is withdrawn"


def review_head(title: str) -> str:
    """The first line of the message to a reviewer; the title is foreign."""
    return f"To review: {title}"


def review_facts(kind: str, minutes: str, by: str, hype: float) -> str:
    """Below the title: what it is, who brought it in, how it sounds; `by` is inert already."""
    told = [kind, minutes, *([f"from {by}"] if by else [])]
    return " · ".join([*told, f"tone {hype:.2f} (0 teaches, 1 sells)"])


REVIEW_ASKS = (
    "Once approved it may be suggested to leads. Sent back, its author reads your reason and mends "
    "it."
)


def approved(who: str) -> str:
    """On a reviewer's message once it is approved; `who` is inert already."""
    return f"Approved{_by(who)}. It may be suggested from now on."


def sent_back(who: str, reason: str) -> str:
    """On a reviewer's message once it is sent back; both are inert already."""
    return f"Sent back{_by(who)}: {reason}"


def retired(who: str) -> str:
    """On a reviewer's message once it is retired."""
    return f"Retired{_by(who)}."


def dead(why: str) -> str:
    """Of a piece whose link is dead; `why` is inert already."""
    return (
        f"Its address did not open on three days: {why}. Until it does it is not suggested to "
        "anybody, and pending drafts with it were withdrawn."
    )


def review_due(on: date | None, today: date) -> str:
    """Of a piece that somebody should look at again."""
    since = f" since {day(on)}" if on and on < today else ""
    return f"It is time to look at this piece again{since}: is it still true, and still the best?"


def verified(who: str) -> str:
    """After Verify; `who` is inert already."""
    return f"Verified{_by(who)}. Nothing changes for leads."


def replaced_by(title: str, who: str) -> str:
    """After Replace by another piece; both are inert already."""
    return f"Retired{_by(who)}; “{title}” takes its place."


def new_address(who: str, *, waits: bool) -> str:
    """After Replace by an address."""
    later = "It waits for a reviewer; until then the version before is used."
    return f"A new version was read from that address{_by(who)}. {later if waits else ''}".strip()


WHY_HELD = {
    "large": "A large part of it changed",
    "promotional": "It reads as promotion now, and did not before",
    "educational": "It was promotional, and is to be no more",
    "proposed": "Somebody who may not approve pieces brought it in",
    "elsewhere": "Its address is on another site now",
}


def version_head(number: int, because: str) -> str:
    """On a message about a new version of an approved piece."""
    why = WHY_HELD.get(because, "It changed")
    return (
        f"*Version {number}* of an approved piece. {why}; until you decide, the one before is used."
    )


def version_sent_back(who: str, reason: str) -> str:
    """On a reviewer's message once a version was sent back; both are inert already."""
    return f"This version was sent back{_by(who)}; the one before stays in use. {reason}"


def more_changes(count: int) -> str:
    """Under the first places of change."""
    return "and one more place" if count == 1 else f"and {count} more places"


DRAFT_AGAIN = "It is a draft again."


def told_approved(title: str, who: str) -> str:
    """To the author; both are inert already."""
    return f"“{title}” was approved{_by(who)}. It may be suggested from now on."


def told_sent_back(title: str, who: str, reason: str) -> str:
    """To the author; all are inert already."""
    return (
        f"“{title}” was sent back{_by(who)}:\n{reason}\nMend it where it comes from, add it again, "
        "and submit it once more."
    )


def told_retired(title: str, who: str) -> str:
    """To the author of a piece that was retired while in review."""
    return f"“{title}” was retired{_by(who)}; it will not be suggested."


def _by(who: str) -> str:
    return f" by {who}" if who else ""


NOBODY_NAMED = (
    "Nobody is named in TRAILGUIDE_REVIEWERS, so marketers, else admins, are asked in Slack; "
    "`trailguide library approve ID` approves here."
)


def held_versions(count: int) -> str:
    """That pieces in use are listed because a new version of them waits."""
    are, each = ("is", "it") if count == 1 else ("are", "each")
    return (
        f"{count} of these {are} in use; a new version of {each} "
        "waits for a reviewer (`trailguide library show ID --versions`)."
    )

"""Words about the health of the library: what ails a piece, and what to do."""

from __future__ import annotations

from datetime import date

from bot.views.words import day
from knowledge.library_health import Ailment

NAMES = {
    Ailment.DEAD_LINK: "dead link",
    Ailment.PROMOTIONAL: "promotional",
    Ailment.REVIEW_OVERDUE: "review overdue",
    Ailment.LINK_FAILS: "link fails",
    Ailment.MOVED: "moved",
    Ailment.DUPLICATE: "duplicate",
    Ailment.WEAK_CASE_STUDY: "weak case study",
    Ailment.NEVER_HELPFUL: "never helpful",
    Ailment.STALE: "stale",
    Ailment.HARD_TO_READ: "hard to read",
    Ailment.NEVER_USED: "never used",
    Ailment.UNOWNED: "unowned",
    Ailment.UNTYPED: "type only guessed",
}
_WHAT = {
    Ailment.DEAD_LINK: "its address did not open on three days: {told}",
    Ailment.PROMOTIONAL: "it reads as promotion (tone {told}), so it is suggested at no stage",
    Ailment.REVIEW_OVERDUE: "it was to be looked at again by {day}",
    Ailment.LINK_FAILS: "its address did not open when asked last: {told}",
    Ailment.MOVED: "its address leads for good to {told}",
    Ailment.DUPLICATE: "it says the same as “{told}”",
    Ailment.WEAK_CASE_STUDY: "as a case study it lacks: {told}",
    Ailment.NEVER_HELPFUL: "{told} reps answered, and it helped nobody",
    Ailment.STALE: "nobody changed or verified it since {day}",
    Ailment.HARD_TO_READ: "it takes {told} years of school to read",
    Ailment.NEVER_USED: "in use since {day}, and never sent",
    Ailment.UNOWNED: "nobody answers for it",
    Ailment.UNTYPED: "nobody named its type; it reads like a {told}",
}
_DO = {
    Ailment.DEAD_LINK: "Replace the address, or retire it.",
    Ailment.PROMOTIONAL: "Mend the sentences or retire it; overrule the score if it teaches.",
    Ailment.REVIEW_OVERDUE: "Read it, then verify, replace or retire it.",
    Ailment.LINK_FAILS: "Open it; if it is gone, replace the address.",
    Ailment.MOVED: "Replace the address by the new one.",
    Ailment.DUPLICATE: "Keep the better one, retire the other.",
    Ailment.WEAK_CASE_STUDY: "Add what is lacking, then add it again.",
    Ailment.NEVER_HELPFUL: "Ask the reps why; rewrite, replace or retire it.",
    Ailment.STALE: "Check its figures, then verify, replace or retire it.",
    Ailment.HARD_TO_READ: "Shorten its sentences.",
    Ailment.NEVER_USED: "See whether stages and personas are right, or retire it.",
    Ailment.UNOWNED: "Name an owner in its front matter.",
    Ailment.UNTYPED: "Name its type in its front matter or manifest.",
}
RETIRE, VERIFY, BACK, MORE = "Retire", "Verify", "Back", "More"
ALL_WELL = "Nothing ails the pieces in use."
EMPTY = "No piece is in use yet. Add some with `trailguide library add PATH --approve`."
HEAD = "Health of the library"


def head(count: int, ailing: int, today: date) -> str:
    """The first line."""
    pieces = "one piece" if count == 1 else f"{count:,} pieces"
    return f"{HEAD}, {day(today)}: {pieces} in use, {ailing:,} to look at."


def what(ailment: Ailment, told: str) -> str:
    """What ails a piece, in a clause; `told` is made safe by the caller."""
    when = told
    if ailment in {Ailment.REVIEW_OVERDUE, Ailment.STALE, Ailment.NEVER_USED}:
        when = day(date.fromisoformat(told))
    return _WHAT[ailment].format(told=told, day=when)


def do(ailment: Ailment) -> str:
    """What to do about it."""
    return _DO[ailment]


def page(first: int, last: int, count: int) -> str:
    """Beside the buttons that turn the page."""
    return f"{first} to {last} of {count}"


def mend(sentence: str, how: str) -> str:
    """One sentence that shows it, and how to mend it; both are made safe by the caller."""
    return f"“{sentence}”: {how}" if sentence else how

"""What people read of segments, buckets, tracks and the plan of a lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.views.words import day

SEGMENTS, BUCKETS = "Segments", "Buckets of leads that are not qualified"
NO_SEGMENT = "no segment"
QUALIFIED = "Qualified, or with sales"
CUSTOMERS = "Customers"
NO_TRACK = "no track"
TRACKS = "Tracks"
EVERYBODY = "everybody"
FILES = (
    "Yours to change: `segments.toml`, and files in the folder `tracks`, in the home folder. "
    "`trailguide tracks diff` lists which leads would move."
)
NOTHING_MOVES = "No lead moves."
MOVES = {
    "segments": "Leads of another segment",
    "buckets": "Leads in another bucket",
    "tracks": "Leads on another track",
    "staying": "Plans under way that keep the version they began with",
}
ALL_WELL = "Every file is right."
STEP = "Step"
PASSED_OVER = "Passed over"
PLAN = "Plan"
PAST = "So far"
NOW = "Next"
AFTER = "After that"
CHANGES = "What would change it"
YOURS = "Yours"
ONE_TRACK = "`/trailguide tracks NAME` shows one with its steps, as a picture too."
NO_TOUCH = "No touch so far."
PICTURE_COMMENT = "The plan as a picture."
LIKELY = "likely"
WHO = "Say who: `/trailguide plan Dana Ortiz`, or the company or mail address on record."
SHOW_PLAN = "Show the plan"
WHAT_CHANGES = (
    ("A reply", "you answer first; the track ends and the conversation leads"),
    ("An opt-out", "nothing is sent any more"),
    ("A request for a meeting, a demo or an offer", "hand over to sales; nurturing ends"),
    ("A question", "its answer comes first; the step gives way"),
    ("A stage that you correct", "the pieces follow the stage; the step stays"),
    ("Four acts in a week", "the gap gets shorter"),
    ("Two touches without an answer", "the gap gets longer"),
)


def mistakes(count: int) -> str:
    """How many mistakes the files of segments and tracks have, and what counts until then."""
    told = "One mistake" if count == 1 else f"{count} mistakes"
    return f"{told}; the packaged files are used in the place of these until they are right."


def told_mistakes(each: Sequence[str], most: int = 3) -> str:
    """The same with the first of them, for whoever looks after the files."""
    more = f" And {len(each) - most} more." if len(each) > most else ""
    return (
        f"Segments and tracks: {mistakes(len(each))} {' '.join(each[:most])}{more} "
        "`trailguide tracks check` names them all."
    )


CHANGES_OPTED_OUT = (
    ("An opt-in of the lead", "they may be written to again, by what they agreed to"),
)
CHANGES_WITH_SALES = (
    ("Giving the lead back", "nurturing goes on, and what they asked of sales before is settled"),
    ("A purchase", "the customers' track begins"),
    ("An opt-out", "nothing is sent any more"),
)
CHANGES_UNANSWERED = (
    ("Your answer", "the plan goes on"),
    ("An opt-out", "nothing is sent any more"),
    ("A request for a meeting, a demo or an offer", "hand over to sales; nurturing ends"),
)
_CHANGES_BY_RULE = {
    "opted_out": CHANGES_OPTED_OUT, "handed_over": CHANGES_WITH_SALES,
    "qualified": CHANGES_WITH_SALES, "asked_for_sales": CHANGES_WITH_SALES,
    "unanswered_reply": CHANGES_UNANSWERED,
}  # fmt: skip


def changes(rule: str) -> tuple[tuple[str, str], ...]:
    """What would change a plan, by the rule that decides on the lead now."""
    return _CHANGES_BY_RULE.get(rule, WHAT_CHANGES)


def step_line(
    says: str, number: int | None, of: int | None, label: str, version: int | None
) -> str:
    """The step that a touch serves, in one line."""
    if number is None or of is None:
        return f"{STEP}: {says}"
    return f"{STEP} {number} of {max(of, number)}, “{label}” (version {version}): {says}"


def leads_count(count: int) -> str:
    """How many leads, in words."""
    return "one lead" if count == 1 else f"{count} leads"


def picture_title(name: str) -> str:
    """The title of a track's or a segment's picture."""
    return f"Plan: {name}"


def picture_alt(title: str, parts: list[str]) -> str:
    """What the picture shows, for whoever cannot see it."""
    told = "; ".join(f"{n}. {part}" for n, part in enumerate(parts, 1))
    return f"{title} as boxes from top to bottom: {told}"[:1000]


def due_on(on: date | None) -> str:
    """When the next step comes."""
    return f"on {day(on)}" if on else "when the lead turns to us again"

"""The words of a report: its summary, headings, notes, and what Slack says beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from knowledge.report import Report
from knowledge.shares import Share

TITLE = "How leads moved on"
TOO_FEW = "too few to compare"
NOTHING = "none"
THIN = "\N{NARROW NO-BREAK SPACE}"

RULES = {
    "pitch": "pitch",
    "product_talk": "talk of the product",
    "solution_too_early": "solution before the problem",
    "price": "price or discount",
    "meeting_ask": "asks for a meeting or demo",
    "urgency": "hurries the buyer",
    "ready_to_buy": "asks whether they are ready to buy",
    "checking_in": "checking in without news",
    "hype": "hype",
    "shouting": "shouting",
    "competitor_bashing": "talks down competitors",
    "false_familiarity": "false familiarity",
    "broadcast": "broadcast",
    "one_topic": "more than one topic, link or question",
    "foreign_link": "a link that is not the piece's",
    "number_unsupported": "a number the piece does not give",
    "claim_unsupported": "a claim the piece does not make",
    "statistic_source": "a statistic without source and year",
    "nothing_of_the_lead": "nothing about this lead",
    "length": "too long or too short",
    "hard_to_read": "hard to read",
    "placeholder": "a placeholder left in",
}
"""The checks as a manager reads them; one that is missing here is shown by its name."""

STATES = (
    "approved as drafted", "approved after an edit", "another asked for", "put off", "withdrawn",
    "waiting",
)  # fmt: skip
"""What may become of a card, as a chart names it."""

WEEKS = "Above the line moves forward, below it back. Moves are counted, not leads."
SHARES = "Dot: later stage, share of touches. Line: its interval. Dashes: all touches together."
PARTS = "Counts of edited drafts; one edit may change several parts."
LEADS = "In the second colour: what asks for attention."
ABOUT_SEGMENTS = (
    "The same by who the leads are and by who wrote to them. Each touch counts once in each table."
)


FILE_TITLE = "How leads moved on"
FILE_ALT = "A page with charts and tables: progression by piece, step, segment and rep"
NOT_POSTED = (
    "The report could not be uploaded. Invite me to the report channel, and see that the app has "
    "the scope `files:write` of the manifest."
)
OUTSIDERS_THERE = (
    "The weekly report was not posted, since people of other companies read its channel; set "
    "`TRAILGUIDE_REPORT_CHANNEL` to a channel of your own."
)
CHANNEL_NOT_KNOWN = (
    "The weekly report was not posted, since Slack does not tell me who reads its channel; check "
    "`TRAILGUIDE_REPORT_CHANNEL`, and invite me there."
)


def not_made(told: str) -> str:
    """Why there is no weekly report; the reason is inert already."""
    return f"The weekly report was not posted. {told}"


def day(on: date) -> str:
    """A day as the page says it: 3 Sep 2026."""
    return f"{on.day} {on:%b %Y}"


def number(count: int) -> str:
    """A count with its thousands apart."""
    return f"{count:,}"


def percent(value: float) -> str:
    """A share in percent, with one digit."""
    return f"{100 * value:.1f}{THIN}%"


def share(told: Share, least: int) -> str:
    """A share with its interval and its denominator; the counts alone where they are few."""
    if not told.of:
        return NOTHING
    counts = f"{number(told.count)} of {number(told.of)}"
    if not told.enough(least):
        return f"{counts} ({TOO_FEW})"
    return f"{percent(told.value or 0.0)} ({between(told)}; {counts})"


def between(told: Share) -> str:
    """The interval of a share."""
    low, high = told.interval or (0.0, 0.0)
    return f"{100 * low:.1f} to {percent(high)}"


def rule(name: str) -> str:
    """A check as a manager reads it."""
    return RULES.get(name, name.replace("_", " "))


def unheeded(words: Sequence[str]) -> str:
    """What was written beside `report` and is no period or person; inert already."""
    heard = ", ".join(f"“{w}”" for w in words)
    return (
        f"I did not heed {heard}: a report takes days and a person, such as `/trailguide report "
        "last 30 days` or `from 2026-03-01 to 2026-03-31 rep @Robin`. The list of `/trailguide "
        "audit` takes the rest."
    )


def period(report: Report) -> str:
    """The period with how it was chosen."""
    told = report.period
    return f"{day(told.first)} to {day(told.last)}, {told.why}"


def narrowed(report: Report) -> str:
    """What the report was narrowed to; empty for all."""
    asked = report.asked
    told = [
        f"rep {asked.rep}" if asked.rep else "",
        f"segment {asked.segment}" * bool(asked.segment),
    ]
    return ", ".join(word for word in told if word)


def summary(report: Report) -> list[str]:
    """The report in words, most important first; five sentences at most."""
    after, cover = report.days_after, report.covered
    said = [
        f"{number(report.touches)} touches went to {number(report.touched_leads)} of "
        f"{number(report.leads)} leads.",
        f"Within {after} days after a touch the lead stood at a later stage in "
        f"{share(report.whole.forward, report.least)}, at an earlier one in "
        f"{share(report.whole.back, report.least)}. That followed the touch; it does not show that "
        "the touch caused it.",
        f"Of the cards that people decided, {share(report.cards.accepted, report.least)} were "
        f"approved; of those, {share(report.cards.changed, report.least)} after an edit"
        f"{_most_changed(report)}.",
        f"{number(cover.never)} leads were never touched, {number(cover.neglected)} not for more "
        f"than {cover.neglected_days} days, {number(cover.overdue)} are past their gap.",
    ]
    if report.missed.misses:
        said.append(
            f"{number(report.missed.misses)} questions found no piece; "
            f"{number(report.missed.still_open)} content requests are open."
        )
    return said


def about_stages(report: Report) -> str:
    """What the first section counts."""
    told = report.period
    return (
        f"Stages of {number(report.leads)} leads on record, as read with some confidence or told "
        f"by a person, {day(told.first)} to {day(told.last)}."
    )


def about_after(report: Report) -> str:
    """What the second section counts."""
    return (
        f"Where leads stood {report.days_after} days after a touch, or at the next touch before "
        "that. It followed the touch; it is not shown to come from it."
    )


def about_drafts(report: Report) -> str:
    """What the section of drafts counts."""
    return (
        f"{number(report.cards.cards)} cards with a draft were made in the period; "
        f"{number(report.cards.decided)} were decided by a person."
    )


def about_leads(report: Report) -> str:
    """What the section of leads counts."""
    cover = report.covered
    return (
        f"{number(cover.leads)} leads on record on {day(report.period.last)}, each in one group. "
        f"A lead is neglected when nobody wrote or called for more than {cover.neglected_days} "
        "days; it is past its gap when it might have heard from us by then."
    )


def pieces_shown(least: int, fewer: int) -> str:
    """Which pieces stand in the chart."""
    rest = f"; {number(fewer)} with fewer stand in the table alone" if fewer else ""
    return f"Pieces with {least} touches or more to judge by, in the order of the share{rest}."


def _most_changed(report: Report) -> str:
    named = [part for part in report.edits.parts if part.part != "other"]
    parts = sorted(named, key=lambda part: (-part.changed.count, part.part))
    if not parts or not report.edits.of:
        return ""
    top = parts[0]
    return (
        f", {'mostly' if 2 * top.changed.count > top.changed.of else 'most often'} of the "
        f"{top.part} ({number(top.changed.count)} of "
        f"{number(top.changed.of)} edited drafts)"
    )


NOTES = (
    "A touch is a suggestion that was approved with a piece; its day is the day it was marked as "
    "sent, else the day of the approval.",
    "Where a lead stood is the last stage that was read with some confidence, or told by a person. "
    "A touch counts for the stage only once its days are over or the next touch came, and where a "
    "stage was known before; a lead of whom no other stage was read stayed where it was.",
    "The share in brackets runs from the lower to the upper end of Wilson's interval at 95 %: with "
    "few touches it is wide. Intervals that overlap say nothing about which is better.",
    "“Reacted” is an act of the lead on the piece within those days, any other act before the next "
    "touch, or a rep's word that they answered or moved on.",
    "Reps stand by name. They have different leads, so the figures compare nobody; ask what is "
    "behind one before you judge it.",
    "Time in a stage is told by the stretches that ended in the period, beside those that had not: "
    "the first alone would look shorter than it is.",
    "Sentences are shown only where they were changed for five leads or more, and never with a "
    "word of the lead's name, company or address.",
)

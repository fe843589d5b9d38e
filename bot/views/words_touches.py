"""What a manager and a rep read in the list of suggestions, its filter, its story and its notes."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.review import NoteAbout, NoteKind
from knowledge.review_risk import Sign
from storage.touch_filter import TouchState

ALL, OWN = "Suggestions of the team", "Your suggestions"
FILTER, EXPORT, NEWER, OLDER, OPEN = "Filter", "Export CSV", "Newer", "Older", "Open"
OPEN_ONE = "Open one"
NOTHING_YET = "Nothing was suggested yet. Ask for the next touch of a lead: `/trailguide next …`."
NOTHING_FITS = "Nothing fits this filter. Press *Filter* to widen it, or ask `/trailguide audit`."
OWN_NOTE = "You see what you asked for; a manager sees everybody's."
A_LEAD, NO_PIECE, NOBODY = "a lead not on record", "no piece", "nobody"
STATES = {
    "pending": "waits for a decision",
    "edited": "edited, waits for a decision",
    "approved": "approved",
    "replaced": "turned down for another",
    "snoozed": "not now",
    "withdrawn": "withdrawn",
}
STATE_CHOICES = {
    TouchState.OPEN: "Open",
    TouchState.APPROVED: "Approved",
    TouchState.UNCHANGED: "Approved as written",
    TouchState.EDITED: "Approved after an edit",
    TouchState.REPLACED: "Turned down for another",
    TouchState.SNOOZED: "Not now",
    TouchState.WITHDRAWN: "Withdrawn with its piece",
}
DECISIONS = {
    "send": "Send", "wait": "Wait", "ask": "Ask a question first",
    "hand_over": "Hand over to sales",
}  # fmt: skip
COLUMNS = ("When", "Rep", "Lead", "Stage", "Piece", "What became of it", "Checks")
FILTER_TITLE, APPLY = "Filter suggestions", "Show"
FIELDS = {
    "rep": "Rep", "lead": "Lead", "company": "Company", "stage": "Stage", "asset": "Piece",
    "state": "What became of it", "decision": "What to do",
    "failed": "A check that finds something",
    "overridden": "Findings kept with a reason", "since": "From", "until": "To",
}  # fmt: skip
ANY_CHECK, YES, NO = "Any check", "Yes", "No"
ANYBODY, TYPE_TO_FIND, ANY = "Anybody", "Type to find", "Any"
ALL_SHOWN = "Everything is shown."
GONE = "This list is of an older day; ask for a new one with /trailguide audit."
NOT_YOURS = "This list is somebody else's; ask for your own with /trailguide audit."
NO_COMPANY = "No lead on record is at a company of this name."
NOT_UPLOADED = (
    "Slack did not take the file. It needs the scope `files:write`; on the command line it is "
    "`trailguide touches export`."
)
EXPORT_NAME, EXPORT_TITLE = "suggestions.csv", "Suggestions"
STORY_TITLE, CLOSE = "One suggestion", "Close"
EARLIER, LATER, FOUND = "Earlier", "Later", "found"
DIFFERENCE = "_What was changed: ~taken out~, *put in*._"
FLAG, COMMENT, ANSWER, STORY, SETTLE = "Flag", "Comment", "Answer", "See the story", "Settled"
OPEN_CARD, REVIEWED = "Open the card", "Reviewed"
NOTE_TITLES = {"flag": "Flag for the rep", "comment": "Comment for the rep", "answer": "Answer"}
ABOUT, SAY = "What it is about", "What you want to say"
ABOUTS = {
    NoteAbout.PROMOTIONAL: "Promotional",
    NoteAbout.WRONG_STAGE: "Wrong stage",
    NoteAbout.NOT_SUPPORTED: "Not supported by the piece",
    NoteAbout.GOOD_EXAMPLE: "A good example",
    NoteAbout.OTHER: "Something else",
}
SAY_SOMETHING = "Say in a sentence or two what you saw; the rep reads it."
SEND = "Send"
THE_REP_SEES = (
    "The rep gets this as a direct message and can answer. The suggestion stays as it is."
)
NO_REP = "Nobody in Slack asked for this one, so nobody is told; it is kept with the suggestion."
ERASED_WORDS = "The words were erased along with the lead."
ANSWER_HINT = "Press *Answer*, or write in this thread."
SETTLED = "Settled; the flag is closed."
SIGNS = {
    Sign.OVERRIDDEN: "findings kept with a reason",
    Sign.HYPE_DRAFT: "the draft sounds promotional",
    Sign.HYPE_ASSET: "the piece sounds promotional",
    Sign.LOW_SUPPORT: "a claim that the piece does not bear out",
    Sign.VOLUME: "far more suggestions than usual from this rep",
    Sign.MUCH_EDITED: "much of the draft was rewritten",
    Sign.TURNED_DOWN: "several turned down for this lead",
}
BY_CHANCE = "drawn by chance"
MANAGING, THIS_WEEK, SAMPLE, FLAGS = "For managers", "This week", "To review", "Open flags"
NO_SAMPLE = "Nothing was suggested in that week, so there is nothing to review."
ALL_REVIEWED = "All of it is reviewed."
NO_FLAGS = "No flag is open."
ALL_TOUCHES = "All suggestions"
NOT_WALKED = "The audit log was not walked yet; `/trailguide audit` does it."


def understood(told: Sequence[str], unknown: Sequence[str], remarks: Sequence[str]) -> str:
    """What a filter asks, and what was not understood; all inert already."""
    lines = [f"Shown: {', '.join(told)}." if told else ALL_SHOWN]
    if unknown:
        heard = ", ".join(f"“{u}”" for u in unknown)
        lines.append(f"Not understood: {heard}. Press *Filter* to choose from lists.")
    return "\n".join([*lines, *remarks])


def counted(start: int, shown: int, total: int) -> str:
    """Which of how many a page shows."""
    if not total:
        return "0 suggestions"
    return f"{start + 1:,} to {start + shown:,} of {total:,}, newest first"


def checks(failed: Sequence[str], kept: Sequence[str]) -> str:
    """What the checks found in a text."""
    if kept:
        return f"kept against: {rules(kept)}"
    return f"found: {rules(failed)}" if failed else ""


def rules(names: Sequence[str]) -> str:
    """Names of rules as people read them."""
    return ", ".join(name.replace("_", " ") for name in names)


def state(name: str, edits: int) -> str:
    """What became of a suggestion."""
    if name == "approved" and edits:
        return "approved after an edit"
    return STATES.get(name, name)


def chain(ok: bool, entries: int, at: str, why: str) -> str:
    """Whether the audit log was whole when it was walked; `why` is inert already."""
    if ok:
        return f"The audit log was whole at {at}: {entries:,} entries, each follows the one before."
    return f"*The audit log is not whole* ({at}): {why} Tell your admin: `trailguide audit verify`."


def figures(suggested: int, approved: int, edited: int, overridden: int) -> str:
    """The figures of a week."""
    return (
        f"{suggested:,} suggested · {approved:,} approved · {edited:,} of them edited · "
        f"{overridden:,} with findings kept"
    )


def exported(rows: int, left_out: int) -> str:
    """What stands beside an exported file."""
    counted = (
        "1 suggestion, with its texts" if rows == 1 else f"{rows:,} suggestions, with their texts"
    )
    told = f"{counted}: keep the file where lead data may lie."
    if left_out:
        told += (
            f" {left_out:,} older ones are left out; narrow the filter, or use "
            "`trailguide touches export`."
        )
    return told


def story_head(when: str, by: str, state_now: str) -> str:
    """The first line of a story; both are inert already."""
    return f"Asked on {when} by {by}. Now: {STATES.get(state_now, state_now)}."


def page_of(page: int, pages: int) -> str:
    """Which page of a story this is."""
    return f"Page {page} of {pages}"


def subject(told: str) -> str:
    """The subject of a text, inert already."""
    return f"Subject: {told}"


def noted(kind: NoteKind, about: NoteAbout, by: str) -> str:
    """The head of the message to whom a note is for; `by` is inert already."""
    if kind is NoteKind.ANSWER:
        return f"*{by} answered* on a suggestion."
    done = "flagged" if kind is NoteKind.FLAG else "commented on"
    return f"*{by} {done} a suggestion of yours:* {ABOUTS[about].lower()}"


def kept_note(kind: NoteKind, told: str) -> str:
    """What the writer of a note reads; `told` is the mention of whom it goes to, or empty."""
    done = {"flag": "Flagged", "comment": "Your comment is kept", "answer": "Your answer is kept"}
    return f"{done[kind]}; {told} gets a message." if told else f"{done[kind]}. {NO_REP}"


def sample_head(week: str, done: int, total: int) -> str:
    """The head of a week's sample."""
    return f"*{SAMPLE}: week {week[-2:]} of {week[:4]}*, {done} of {total} done"


def because(signs: Sequence[str], by_chance: bool) -> str:
    """Why a suggestion is in the sample."""
    told = [SIGNS[Sign(s)] for s in signs if s in set(Sign)]
    return "; ".join([*([BY_CHANCE] if by_chance else []), *told])

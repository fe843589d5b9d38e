"""Words about what is due: the Home tab, the list on a command, and the daily digest."""

from __future__ import annotations

from datetime import date

from bot.views.words import day
from knowledge.due import Because, Listed

TITLES = {
    Listed.READY: "Ready for sales",
    Listed.ASKED: "Lead asked something",
    Listed.REVIEW: "Waiting for your review",
    Listed.DUE: "Due today",
    Listed.NEGLECTED: "Neglected",
}
EMPTY = {
    Listed.READY: "Nobody is ready for sales. Whoever asks for a demo or an offer shows up here.",
    Listed.ASKED: "Nobody waits for an answer.",
    Listed.REVIEW: "No card waits for you. Open a lead below, or ask me about one in Messages.",
    Listed.DUE: (
        "Nobody is due. Ask me about a lead in Messages, or import your leads with "
        "`trailguide leads import leads.csv`."
    ),
    Listed.NEGLECTED: "Nobody is neglected.",
}
NO_LEADS = (
    "*No lead is yours yet.* Ask me about a lead in Messages, and it stays on your list. Or have "
    "your leads imported with `trailguide leads import leads.csv`: the column `owner` holds your "
    "e-mail address (or full name as in Slack)."
)
HOME = "Your leads"
NEXT = "What to send next"
OPEN_CARD = "Open card"
SUGGEST = "Suggest next"
BACK = "Back"
MORE = "More"
DIGEST_ON = "Send me this every morning"
DIGEST_OFF = "Stop the daily digest"
NO_NAME = "A lead without a name"
ASK_FIRST = "Their problem is unknown: ask first."
GONE = "That lead is not on record any more. Open the Home tab again for the list as it is now."
DECIDED = "That card was decided meanwhile. Open the Home tab again for the list as it is now."
SENT = "I sent the card to your messages."
TURNED_OFF = "The daily digest is off. Turn it on again in the Home tab."
NOTHING_DUE = "Nothing is due for you today."
IN_HOME = "All of them are in my Home tab."
HOW_TO_SWITCH = "Type `/trailguide digest on` or `/trailguide digest off`."


def sent(name: str) -> str:
    """After a row was opened; the name is inert already."""
    return f"The card for {name} is on its way to your messages (the Messages tab)."


def summary(due: int, leads: int, today: date) -> str:
    """Below the title: how many rows there are, of how many leads."""
    of = "one lead is yours" if leads == 1 else f"{leads} leads are yours"
    told = "nothing is due" if not due else f"{due} to look at"
    return f"{day(today)}: {told}; {of}."


def digest_state(*, on: bool, at: str) -> str:
    """Beside the switch."""
    if on:
        return f"The daily digest comes to your messages on weekdays at {at}, your time."
    return f"A daily digest can come to your messages on weekdays at {at}, your time. It is off."


def turned_on(at: str) -> str:
    """After the switch was turned on by command."""
    return (
        f"The daily digest is on: on weekdays at {at}, your time, when something is due. "
        "The first comes the next time it is that late."
    )


def digest_head(count: int, today: date) -> str:
    """The digest's first line."""
    return f"Good morning. {_leads(count)} to look at on {day(today)}."


def list_head(count: int, today: date) -> str:
    """The first line of the list on a command."""
    return f"{_leads(count)} to look at on {day(today)}."


def _leads(count: int) -> str:
    return "One lead" if count == 1 else f"{count} leads"


def counted(title: str, count: int) -> str:
    """A list's title with how many stand in it."""
    return f"{title} ({count})"


def shown(first: int, last: int, count: int) -> str:
    """Beside the buttons that turn the page."""
    return f"{first} to {last} of {count}"


def more_of(count: int) -> str:
    """Under the first rows of a list that has more."""
    return f"and {count} more"


_REASONS = {
    Because.READY: "{told}",
    Because.REPLIED: "Replied{on} and waits for an answer{said}",
    Because.ASKED: "Asked{on}, and nobody answered{said}",
    Because.CARD: "Your card of {when} waits for your decision.",
    Because.EDITED_CARD: "You edited this card of {when}; it waits for your approval.",
    Because.GAP_OVER: "Due since {when}: the gap is over.",
    Because.PUT_OFF_OVER: "Put off until {when}; that day has come.",
    Because.LATER_DATE_CAME: "Wanted to hear from us from {when}; that day has come.",
    Because.NEVER_TOUCHED: "Never touched; on record since {when}.",
    Because.LONG_UNTOUCHED: "No touch since {when}.",
    Because.SOMETHING_NEW: "Long-term, last touch on {when}; new for them since: {told}",
    Because.BUDGET_SPENT: "All planned touches are used; see whether it is worth another look.",
}


def reason(because: Because, on: date | None, told: str) -> str:
    """Why a lead is listed; `told` is inert already, and may be empty."""
    when = day(on) if on else ""
    return _REASONS[because].format(
        when=when,
        on=f" on {when}" if when else "",
        told=told,
        said=f": “{told}”" if told else ".",
    )

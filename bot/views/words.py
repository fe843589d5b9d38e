"""Every word a rep reads in Slack, in one place."""

from __future__ import annotations

from datetime import date

THIS_LEAD = "this lead"

# Buttons and modals
APPROVE = "Approve"
EDIT = "Edit"
ANOTHER = "Another"
NOT_NOW = "Not now"
SHARE = "Share in this thread"
HELPED = "It helped"
NOT_HELPED = "It did not"
SAVE = "Save"
CANCEL = "Cancel"
EDIT_TITLE = "Edit the draft"
NOT_NOW_TITLE = "Not now"
SUBJECT = "Subject"
BODY = "Message"
KEEP_REASON = "Why keep it as it is? (only if a check complains)"
KEEP_REASON_HINT = (
    "With a reason your wording is kept; the reason is noted for your manager. "
    "A link other than the piece's own is never kept."
)
CHECKS_NOTE = "When you save, the same checks run again: no pitch, no hurry, one link, true claims."
UNTIL = "Look again on"
WHY_NOT_NOW = "Reason (optional)"

# Card
DRAFT = "Draft for you to review"
TO_COPY = "Ready to copy into your own mail. Nothing was sent."
WHY = "Why this one"
NO_ANSWER_HEAD = "No good answer in the library"
COUNTED = "Counted as a content request for marketing."
NOTHING_FITS = "Nothing good enough to send."
OTHERS = "Also looked at"
LEARN_MORE = "Worth asking along the way"
CHECKS_PASSED = "all checks passed"
WRITERS = {"composer": "Written by the built-in composer", "model": "Written by the chat model"}
REP_WROTE = "Edited by you"
SEND_NOTHING = "Send nothing now."
ASK_FIRST = "Ask before you teach."
HAND_OVER = "This lead is ready for sales: hand over."
LOOK_AGAIN = "Look again on"
NO_DATE = "No date to look again."

# Lines outside the card
SENT_TO_DM = "I sent my suggestion to you in a direct message."
LINE_TO_DM = "I answered you in a direct message."
SHARED_BUTTON_USED = "Shared below."
ONLY_ASKER = "Only the person who asked can do that."
ALREADY_DECIDED = "This card was already answered; it now shows the latest state."
DECIDED_MEANWHILE = (
    "This card was decided in the meantime, so nothing more can be changed. "
    "Copy what you typed if you need it, then ask for the next touch."
)
NOT_KEPT = "I did not keep what you typed. Here it is, to copy:"
DECIDED_ALREADY = "That card was decided already. Ask me for the next touch to get a new one."
MODAL_LATE = "Slack closed that window before I could open it. Please press the button once more."
THANKS = "Glad it helped."
OFF_TOPIC = (
    "I only know one thing: what to send a lead next. Tell me who the lead is and what they asked."
)
NEED_MORE = (
    "Tell me a little about the lead: a name or a company, and what they asked or did. "
    "Then I look for the next piece to send."
)
THERE_IS_A_WORD = (
    "There is a word for that: `/trailguide add https://…` brings a page into the library, "
    "`/trailguide gaps` tells what is missing in it, `/trailguide audit` what I suggested to you."
)
EMPTIED = {
    "subject": "The subject is empty; write one.",
    "body": "The message is empty; write one.",
}
MUST_CHANGE = "No reason keeps this; it has to be changed."
MUST_CHANGE_ALL = "No reason keeps these; they have to be changed."
NOTHING_CHANGED = (
    "You changed nothing, so there is no wording to give a reason for. "
    "Press Cancel, then approve the card as it is."
)
DATE_PASSED = "Choose a date after today."
NO_OTHERS = "Nothing else came close."
LOOKING = "I'm on it. The answer comes to your direct messages."
KEPT_NOT = "I could not keep that just now, so I did not start on it. Please try again in a minute."
NO_CARD_HERE = "I don't see which suggestion you mean. Write in the thread of its card."

HELP = (
    "*I suggest the next thing to teach a lead.* I never send anything myself.\n"
    "• Ask me here or mention me in a channel: "
    "_Dana at Brackwater Water asked how long a rollout takes. What do I send her?_\n"
    "• Or type `/trailguide next` and the same; alone it opens a form, as the shortcut "
    "_What to send next_ does.\n"
    "• On a message, say a lead's mail, the shortcut _Plan next touch_ reads it into the form.\n"
    "• The card comes to your direct messages. Approve, edit, ask for another, or say not now.\n"
    "• _Who is due?_ or `/trailguide due` lists your leads for today; "
    "`/trailguide lead Dana Ortiz` sums one up.\n"
    "• Reply in the card's thread to go on; no need to mention me there."
)
HELP_TEXT = "I suggest the next thing to teach a lead. Ask me here, or type /trailguide next."


def failed(reference: str) -> str:
    """A bug: say so, what to do, and what to quote."""
    return (
        "Something went wrong on my side, and I could not finish that. What you sent is kept. "
        f"Please try once more; if it fails again, give your admin this reference: {reference}."
    )


NOT_SHOWN = (
    "Slack would not take my last message or my change to a card. What you decided is kept; "
    "ask me for the next touch of this lead to go on."
)


def refused(sentence: str) -> str:
    """A failure that the user may read, with where to turn; the sentence is inert already."""
    return f"{sentence} Type `/trailguide help` to see what I can do."


def edit_findings(count: int, shown: int) -> str:
    """Above the findings under a field of the edit modal."""
    if count == 1:
        return "One thing to look at:"
    return f"{count} things to look at" + (":" if count <= shown else f", the first {shown} here:")


def keep_or_change() -> str:
    """Below the findings under a field, when a reason could keep them all."""
    return "Change it, or say below why you keep it."


def must_change(count: int, *, others: bool) -> str:
    """Below the findings under a field, when no reason keeps the first `count` of them."""
    if not others:
        return MUST_CHANGE if count == 1 else MUST_CHANGE_ALL
    first = "the first; it has" if count == 1 else f"the first {count}; they have"
    return (
        f"No reason keeps {first} to be changed. Change the rest too, or say below why you keep it."
    )


def header(name: str | None) -> str:
    """The card's first line."""
    return f"Next touch for {name or THIS_LEAD}"


def sureness(confidence: float) -> str:
    """A confidence from 0 to 1 in words, with the figure."""
    share = f"{round(confidence * 100)}%"
    if confidence >= 0.8:
        return f"sure, {share}"
    return f"fairly sure, {share}" if confidence >= 0.5 else f"a guess, {share}"


def day(when: date) -> str:
    """`Thu 12 Mar 2026`."""
    return f"{when:%a} {when.day} {when:%b %Y}"


def send_on(when: date | None, today: date | None) -> str:
    """What to do, and when as well (M15)."""
    if when is None or when == today:
        return "Send this today."
    return f"Send this on {day(when)}."


def touch(number: int, budget: int) -> str:
    """The touch count against the budget (M10)."""
    return f"touch {number} of {budget}"


def gap(days: int) -> str:
    """The gap in force (M6, M8)."""
    return "gap 1 day" if days == 1 else f"gap {days} days"


def minutes(count: int) -> str:
    """Reading time."""
    return f"{count} min read"


def kind(asset_type: str) -> str:
    """A content type as people write it."""
    names = {"ebook": "e-book", "whitepaper": "white paper", "roi": "return on investment"}
    words = names.get(asset_type, asset_type.replace("_", " "))
    return words[:1].upper() + words[1:]


def findings(count: int) -> str:
    """After the writer's name when a check complained."""
    return "one thing to look at" if count == 1 else f"{count} things to look at"


RULE_NAMES = {
    "pitch": "a pitch",
    "product_talk": "talk of the product too early",
    "solution_too_early": "a solution before the problem",
    "price": "talk of prices",
    "meeting_ask": "asks for a meeting",
    "urgency": "hurries the reader",
    "ready_to_buy": "asks whether they are ready to buy",
    "checking_in": "just checking in",
    "hype": "praise instead of teaching",
    "shouting": "shouting",
    "competitor_bashing": "speaks badly of others",
    "false_familiarity": "closer than we are",
    "broadcast": "written to many",
    "one_topic": "more than one topic",
    "foreign_link": "a link that is not the piece's",
    "number_unsupported": "a figure that is not in the piece",
    "claim_unsupported": "a claim that is not in the piece",
    "statistic_source": "a statistic without its source",
    "nothing_of_the_lead": "nothing about this lead",
    "length": "length",
    "hard_to_read": "hard to read",
    "placeholder": "something left to fill in",
}
"""What each rule of the checks objects to, in plain words."""


def kept(rules: tuple[str, ...], reason: str) -> str:
    """On an edited card: which findings were kept, and why; the reason is inert already."""
    return f"Kept with a reason: {reason} ({'; '.join(RULE_NAMES.get(r, r) for r in rules)})"


def approved(who: str, when: str) -> str:
    """Context line after Approve."""
    return f"Approved by {who} on {when}."


def edited(who: str, when: str) -> str:
    """Context line after Edit."""
    return f"Edited by {who} on {when}."


def did_it_help(helped: bool | None) -> str:
    """Above the two buttons of an approved card: the question, or the answer that was given."""
    if helped is None:
        return "Did it help? Say so once you know; it counts in what I suggest next time."
    said = "it helped" if helped else "it did not help"
    return f"You said: {said}. Press the other one to change that."


def replaced(who: str, when: str) -> str:
    """Context line after Another."""
    return f"{who} asked for another one on {when}. The new card is below."


def put_off(who: str, when: str, until: date | None) -> str:
    """Context line after Not now."""
    later = f" Look again on {day(until)}." if until else ""
    return f"{who} said not now on {when}.{later}"


def shared(title: str) -> str:
    """The message in the channel thread after Share; no lead data."""
    return f"A piece worth reading: {title}"


def reasons_line(title: str) -> str:
    """Above the reasons, when a rep asks why."""
    return f"Why “{title}”:"


def others_line() -> str:
    """Above the alternates, when a rep asks why not another."""
    return "I also looked at these:"

"""What a person reads when a piece is added: while it is read, in the form, and afterwards."""

from __future__ import annotations

TITLE = "Add to the library"
SUBMIT = "Save"
CLOSE = "Cancel"
READING = (
    "One moment, I am reading it…\nIf that takes longer, close this window: I send you a message "
    "with what I propose."
)
A_LIST = "That is a list of many pages: I bring them in one by one, and tell you in a message."
OPENING = "One moment, I am opening the proposals…"
IN_MESSAGES = "That took longer. What I propose is in your messages with me."
NOT_TAKEN = "I could not take this in"
NOTHING_TO_ADD = (
    "There is no link and no file in that message. Use “Add to library” on a message with one, "
    "type `/trailguide add https://…`, or drop a PDF, DOCX, PPTX, HTML, Markdown or text file here."
)
DROP_IT_ALONE = (
    "To bring the file into the library, drop it here on its own, or write “add” with it."
)
TRY_AGAIN = "Slack closed that window before I could fill it. Please try once more."
NOT_YOURS = "Somebody else added this piece; only they can confirm it."
IN_ALREADY = "This piece was saved already. To change it, add it once more."

REVIEW = "Review proposals"
LABELS = {
    "title": "Title",
    "url": "Web address that leads get",
    "type": "Type",
    "stages": "Stages it fits",
    "personas": "For whom",
    "industries": "Industries",
    "topics": "Topics, one a line",
    "questions": "Buyer questions it answers, one a line",
    "updates": "Is it a new version of a piece in the library?",
    "then": "When saved",
}
URL_HINT = "Needed before it can be approved."
NO_STAGES = "Without any, the stages follow the type."
NEW_PIECE = "No, a new piece"
CHOOSE = "Choose"
THEN = {
    "draft": "Keep it as a draft",
    "review": "Submit it for review",
    "publish": "Approve it: it may be suggested to leads",
}
TEXT_BEGINS = "It begins:"
ANSWERS = "Questions it answers, each with the passage:"
NO_ANSWERS = "I found no buyer's question that it answers. Type them below if there are any."
SELLS = "Sentences that sell, and what to do about each:"
TYPES = {
    "roi": "Cost and return",
    "docs": "Documentation page",
    "spec": "Specification",
    "other": "Other",
    "ebook": "E-book",
    "whitepaper": "White paper",
}
NOT_KEPT = "I did not save what you typed in the form. Here it is, to copy:"
ADDED = "In the library"
STATUS = {
    "draft": "It is a draft, and nothing suggests it yet.",
    "in_review": "It waits for a reviewer; you hear what becomes of it.",
    "approved": "It is approved and may be suggested to leads.",
    "retired": "It stays retired, as somebody decided before.",
}
NEVER_FIT = "It reads as promotion, so it would not be suggested at any stage as it is."


def reading_facts(words: int, minutes: int) -> str:
    """Length and reading time."""
    noun = "word" if words == 1 else "words"
    return f"{words:,} {noun} · {minutes} min read"


def type_label(kind: str) -> str:
    """A content type as the list shows it."""
    return TYPES.get(kind) or kind.replace("_", " ").capitalize()


def tone(hype: float) -> str:
    """How much it sells."""
    return f"Tone {hype:.2f} (0 teaches, 1 sells)"


def and_more(count: int) -> str:
    """What a list leaves out."""
    return f"… and {count} more."


LIKENESS = {
    "same_link": "it came from this very link or file",
    "same_text": "its text is the same, word for word",
    "edited": "{share:.0%} of the words are the same",
    "shorter": "it is a shorter version: {share:.0%} of its words stand here",
    "longer": "it is a longer version: {share:.0%} of the words here stand there",
}


def twin(title: str, status: str, likeness: str, share: float) -> str:
    """A piece in the library that says the same; the title is inert already."""
    told = LIKENESS[likeness].format(share=share)
    return f"• “{title}” ({status.replace('_', ' ')}): {told}"


def twins_head(count: int) -> str:
    """Before the pieces that say the same."""
    return "In the library there is already:" if count == 1 else "In the library there are already:"


def will_update(title: str) -> str:
    """That saving changes a piece that is there; the title is inert already."""
    return f"Saving makes this the new version of “{title}”, unless you say below that it is new."


def proposed(kind: str, stages: str, questions: int) -> str:
    """The proposals in one line."""
    asked = {0: "no buyer question found", 1: "answers 1 buyer question"}.get(
        questions, f"answers {questions} buyer questions"
    )
    return " · ".join(part for part in (kind, stages, asked) if part)


def read_head(title: str) -> str:
    """The first line of the message with the proposals; the title is foreign."""
    return f"I have read “{title}”"


NOTHING_STORED = "Nothing is saved yet: look at what I propose, and confirm it."


def left_out(count: int) -> str:
    """Files and links past the most that are taken at once."""
    noun = "link or file" if count == 1 else "links or files"
    return f"I left out {count} more {noun}; add them in a second message."


def became(title: str, update: bool) -> str:
    """What was done; the title is inert already."""
    return f"“{title}” is updated." if update else f"“{title}” is in the library."


def went_no_further(why: str) -> str:
    """That it could not be sent on; `why` is inert already."""
    return f"It went no further: {why}"


def covers(stages: list[str], personas: list[str]) -> str:
    """Where it fits."""
    whom = f" for {_and(personas)}" if personas else ""
    return f"It fits {_and(stages)}{whom}." if stages else "It fits no stage by its type."


def first_for(cells: list[tuple[str, str]]) -> str:
    """What nothing covered before."""
    told = _and([f"{stage} for {persona}" for stage, persona in cells])
    return f"Nothing covered this before: {told}."


def answers_requests(questions: list[str]) -> str:
    """The questions that reps had missed an answer to; they are inert already."""
    told = "\n".join(f"• {q}" for q in questions)
    return f"It answers what buyers asked in vain:\n{told}"


def answers(count: int) -> str:
    """How many questions it answers."""
    return f"It answers {count} buyer question{'' if count == 1 else 's'}."


def _and(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


# Files
NOT_HERE = "That file is not in Slack any more; drop it here once more."
ELSEWHERE = "That file lies outside Slack; add its web address instead."
NO_SCOPE = (
    "Slack does not let me read files yet: the app needs the scope files:read. "
    "Ask whoever installed it to add the scope and to install it again."
)
NO_DOWNLOAD = "Slack did not hand out that file; try again in a minute, or add its web address."


def not_read(kind: str) -> str:
    """A kind of file that is not read; `kind` is its extension."""
    told = f"“.{kind}” files are" if kind else "Files of that kind are"
    return f"{told} not read; drop a PDF, DOCX, PPTX, HTML, Markdown or text file."


def too_large(megabytes: int) -> str:
    """A file past the cap."""
    return f"That file is larger than {megabytes} MB; make it smaller, or add its web address."

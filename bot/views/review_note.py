"""Notes of a review in Slack: the window to write one, and the message that tells of it (M57)."""

from __future__ import annotations

from bot.views import escape
from bot.views import words_touches as words
from bot.views.blocks import Block, Message, Part, actions, button, context, message, plain, section
from bot.views.intake_form import option
from bot.views.modals import LABEL_LIMIT, modal, text_input
from bot.views.touch_list import OPEN, person
from knowledge.review import NoteAbout, NoteKind, ReviewNote

FLAG_CALLBACK, COMMENT_CALLBACK, ANSWER_CALLBACK = "note_flag", "note_comment", "note_answer"
KINDS = {FLAG_CALLBACK: NoteKind.FLAG, COMMENT_CALLBACK: NoteKind.COMMENT}
ANSWER, SETTLE, OPEN_CARD = "note_answer", "note_settle", "due_open"
TEXT, ABOUT = "note_text", "note_about"
"""The blocks of the window."""
LONGEST = 2000
QUOTED = 2500


def note_window(kind: NoteKind, own: str, *, told: bool = True) -> Block:
    """The window for a flag, a comment or an answer; `own` is the id of what it is about.

    `told` says that somebody in Slack will hear of it.
    """
    blocks: list[Block] = []
    if kind is not NoteKind.ANSWER:
        blocks.append(context(words.THE_REP_SEES if told else words.NO_REP))
        options = [option(about.value, words.ABOUTS[about]) for about in NoteAbout]
        first = NoteAbout.GOOD_EXAMPLE if kind is NoteKind.COMMENT else NoteAbout.OTHER
        initial = next(o for o in options if o["value"] == first.value)
        select = {"type": "static_select", "action_id": ABOUT, "options": options,
                  "initial_option": initial}  # fmt: skip
        blocks.append({
            "type": "input", "block_id": ABOUT, "label": plain(words.ABOUT, LABEL_LIMIT),
            "element": select,
        })  # fmt: skip
    blocks.append(text_input(TEXT, words.SAY, "", LONGEST, multiline=True))
    callback = {NoteKind.FLAG: FLAG_CALLBACK, NoteKind.COMMENT: COMMENT_CALLBACK}
    title = words.NOTE_TITLES[kind]
    return modal(callback.get(kind, ANSWER_CALLBACK), title, own, blocks, words.SEND)


def note_message(
    note: ReviewNote, about: str, *, card_open: bool = False, flag: ReviewNote | None = None
) -> Message:
    """What the rep (or, of an answer, the manager) reads; `about` names the suggestion, inert.

    `flag` is the flag that an answer is about, while it is open.
    """
    head = words.noted(note.kind, note.about, person(note.by))
    said = escape.quoted(note.text, QUOTED) or words.ERASED_WORDS
    buttons = [
        button(ANSWER, words.ANSWER, note.id),
        button(OPEN, words.STORY, note.suggestion_id),
    ]
    if card_open:
        buttons.append(button(OPEN_CARD, words.OPEN_CARD, note.suggestion_id))
    if flag is not None:
        buttons.append(button(SETTLE, words.SETTLE, flag.id, style="primary"))
    parts = [
        Part(section(head)), Part(section(about)), Part(section(said)),
        Part(actions(buttons)), Part(context(words.ANSWER_HINT)),
    ]  # fmt: skip
    return message(words.STORY_TITLE, parts)

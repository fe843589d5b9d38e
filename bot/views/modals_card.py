"""The windows of a card besides Edit and Not now: stage, what was sent, what happened, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.views import escape, words, words_card
from bot.views.blocks import Block, context, plain, section
from bot.views.modals import (
    BODY_LIMIT,
    LABEL_LIMIT,
    REASON_LIMIT,
    SUBJECT_LIMIT,
    modal,
    text_input,
)
from knowledge.journey import Stage
from knowledge.journey_map import StageMap
from knowledge.outcomes import Outcome
from knowledge.touch import StageReading

STAGE_CALLBACK = "right_stage"
SENT_CALLBACK = "was_sent"
OUTCOME_CALLBACK = "what_happened"
HELP_CALLBACK = "why_it_helped"
CARD_CALLBACKS = frozenset({STAGE_CALLBACK, SENT_CALLBACK, OUTCOME_CALLBACK, HELP_CALLBACK})

OPTION_LIMIT = 75
STAGE_TEXT = 400
EVIDENCE_LIMIT = 200


def stage_modal(suggestion_id: str, read: StageReading, journey: Mapping[Stage, StageMap]) -> Block:
    """The stage read and what says so, what buyers do and think at each, and the choice."""
    said = words_card.stage_read(read.stage, words.sureness(read.confidence))
    evidence = [escape.mrkdwn(e, EVIDENCE_LIMIT) for e in read.evidence[:4] if e.strip()]
    blocks = [section("\n".join((said, *(f"• {e}" for e in evidence))))]
    for stage, told in journey.items():
        doing, thinking = (escape.mrkdwn(t, STAGE_TEXT) for t in (told.doing, told.thinking))
        blocks.append(context(words_card.stage_line(stage, doing, thinking)))
    choice = [(stage.value, stage.capitalize()) for stage in Stage]
    blocks.append(_choice("radio_buttons", words_card.STAGE_LABEL, choice))
    return modal(
        STAGE_CALLBACK, words_card.STAGE_TITLE, suggestion_id, blocks,
        submit=words_card.STAGE_PUT_RIGHT,
    )  # fmt: skip


def sent_modal(
    suggestion_id: str, subject: str, body: str, channel: str, on: date, *, has_subject: bool
) -> Block:
    """The day and the channel, and the text as it was sent, filled in with the one approved."""
    channels = list(words_card.CHANNEL_NAMES.items())
    text = [text_input("body", words_card.SENT_BODY, body, BODY_LIMIT, multiline=True)]
    if has_subject:
        text.insert(0, text_input("subject", words_card.SENT_SUBJECT, subject, SUBJECT_LIMIT))
    blocks = [
        _day(words_card.SENT_ON, on),
        _choice("static_select", words_card.SENT_BY_CHANNEL, channels, channel, optional=True),
        *text,
    ]
    return modal(SENT_CALLBACK, words_card.SENT_TITLE, suggestion_id, blocks)


def outcome_modal(suggestion_id: str, on: date, said: Outcome | None, written: str = "") -> Block:
    """What happened, when, and what was written, filled in with what was told before."""
    choice = [(outcome.value, label) for outcome, label in words_card.OUTCOMES.items()]
    note = text_input(
        "reason", words_card.OUTCOME_NOTE, note_as_shown(written), BODY_LIMIT,
        multiline=True, optional=True,
    )  # fmt: skip
    blocks = [
        _choice("radio_buttons", words_card.OUTCOME_LABEL, choice, said, optional=said is not None),
        _day(words_card.OUTCOME_ON, on),
        note,
    ]
    return modal(OUTCOME_CALLBACK, words_card.OUTCOME_TITLE, suggestion_id, blocks)


def note_as_shown(note: str) -> str:
    """What a lead wrote as the window's field shows it, and gives it back when left alone."""
    return escape.clip(escape.clean(note), BODY_LIMIT)


def help_modal(suggestion_id: str, reason: str) -> Block:
    """Why it helped, or did not."""
    shown = escape.clip(escape.clean(reason), REASON_LIMIT)
    field = text_input("reason", words_card.HELP_LABEL, shown, REASON_LIMIT, multiline=True)
    return modal(HELP_CALLBACK, words_card.HELP_TITLE, suggestion_id, [field])


def _day(label: str, on: date) -> Block:
    return {
        "type": "input",
        "block_id": "until",
        "label": plain(label, LABEL_LIMIT),
        "element": {"type": "datepicker", "action_id": "until", "initial_date": on.isoformat()},
    }


def _choice(
    kind: str,
    label: str,
    options: Sequence[tuple[str, str]],
    chosen: str | None = None,
    *,
    optional: bool = False,
) -> Block:
    """One of several; a field left alone means `chosen`."""
    shown = {value: {"text": plain(text, OPTION_LIMIT), "value": value} for value, text in options}
    element: Block = {"type": kind, "action_id": "choice", "options": list(shown.values())}
    if chosen in shown:
        element["initial_option"] = shown[str(chosen)]
    if kind == "static_select":
        told = dict(options).get(str(chosen), words_card.CHOOSE)
        element["placeholder"] = plain(told, OPTION_LIMIT)
    return {
        "type": "input",
        "block_id": "choice",
        "optional": optional,
        "label": plain(label, LABEL_LIMIT),
        "element": element,
    }

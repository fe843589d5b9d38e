"""The two modals: edit a draft, and put a lead off. They carry a suggestion's id, nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.views import escape, words
from bot.views.blocks import Block, context, plain
from knowledge.touch import Draft, Finding

EDIT_CALLBACK = "edit_draft"
NOT_NOW_CALLBACK = "put_off"
TITLE_LIMIT = 24
LABEL_LIMIT = 2000
SUBJECT_LIMIT = 200
BODY_LIMIT = 3000
"""Slack's most for a text input; a draft is 60 to 140 words (M23)."""
REASON_LIMIT = 500
ERROR_LIMIT = 1500


def edit_modal(suggestion_id: str, draft: Draft) -> Block:
    """Subject and message as they stand, and an optional reason to keep the wording."""
    body = escape.clip(escape.clean(draft.body), BODY_LIMIT)
    inputs = [_text("body", words.BODY, body, BODY_LIMIT, multiline=True)]
    if draft.subject:
        subject = escape.clip(escape.one_line(draft.subject), SUBJECT_LIMIT)
        inputs.insert(0, _text("subject", words.SUBJECT, subject, SUBJECT_LIMIT))
    reason = _text("reason", words.KEEP_REASON, "", REASON_LIMIT, optional=True)
    reason["hint"] = plain(words.KEEP_REASON_HINT, LABEL_LIMIT)
    blocks = [*inputs, context(words.CHECKS_NOTE), reason]
    return _modal(EDIT_CALLBACK, words.EDIT_TITLE, suggestion_id, blocks)


def not_now_modal(suggestion_id: str, until: date) -> Block:
    """A date to look again, and an optional reason."""
    picker = {
        "type": "input",
        "block_id": "until",
        "label": plain(words.UNTIL, LABEL_LIMIT),
        "element": {
            "type": "datepicker",
            "action_id": "until",
            "initial_date": until.isoformat(),
        },
    }
    reason = _text("reason", words.WHY_NOT_NOW, "", REASON_LIMIT, optional=True)
    return _modal(NOT_NOW_CALLBACK, words.NOT_NOW_TITLE, suggestion_id, [picker, reason])


def finding_errors(findings: tuple[Finding, ...]) -> dict[str, str]:
    """What `response_action: errors` shows beside the message field."""
    told = [f"“{escape.clip(escape.one_line(f.sentence), 120)}”: {f.why}" for f in findings[:4]]
    lines = [words.edit_findings(len(findings)), *told, words.keep_or_change()]
    return {"body": escape.clip(" ".join(lines), ERROR_LIMIT)}


def _modal(callback: str, title: str, suggestion_id: str, blocks: list[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": suggestion_id,
        "title": plain(title, TITLE_LIMIT),
        "submit": plain(words.SAVE, TITLE_LIMIT),
        "close": plain(words.CANCEL, TITLE_LIMIT),
        "blocks": blocks,
    }


def _text(
    name: str,
    label: str,
    value: str,
    most: int,
    *,
    multiline: bool = False,
    optional: bool = False,
) -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": name,
        "max_length": most,
        "multiline": multiline,
    }
    if value:
        element["initial_value"] = value
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": plain(label, LABEL_LIMIT),
        "element": element,
    }

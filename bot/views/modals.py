"""The two modals: edit a draft, and put a lead off. They carry a suggestion's id, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.views import escape, words
from bot.views.blocks import Block, context, plain
from knowledge.touch import Draft, Finding
from prompts.checks import Field

EDIT_CALLBACK = "edit_draft"
NOT_NOW_CALLBACK = "put_off"
TITLE_LIMIT = 24
LABEL_LIMIT = 2000
SUBJECT_LIMIT = 200
BODY_LIMIT = 3000
"""Slack's most for a text input; a draft is 60 to 140 words (M23)."""
REASON_LIMIT = 500
ERROR_LIMIT = 1500
FINDINGS_SHOWN = 4
SENTENCE_LIMIT = 120


def edit_modal(suggestion_id: str, draft: Draft) -> Block:
    """Subject and message as they stand, and an optional reason to keep the wording."""
    subject, body = as_shown(draft)
    inputs = [text_input("body", words.BODY, body, BODY_LIMIT, multiline=True)]
    if draft.subject:
        inputs.insert(0, text_input("subject", words.SUBJECT, subject, SUBJECT_LIMIT))
    reason = text_input("reason", words.KEEP_REASON, "", REASON_LIMIT, optional=True)
    reason["hint"] = plain(words.KEEP_REASON_HINT, LABEL_LIMIT)
    blocks = [*inputs, context(words.CHECKS_NOTE), reason]
    return modal(EDIT_CALLBACK, words.EDIT_TITLE, suggestion_id, blocks)


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
    reason = text_input("reason", words.WHY_NOT_NOW, "", REASON_LIMIT, optional=True)
    return modal(NOT_NOW_CALLBACK, words.NOT_NOW_TITLE, suggestion_id, [picker, reason])


def as_shown(draft: Draft) -> tuple[str, str]:
    """Subject and body as the modal's fields show them, and give them back when left alone."""
    subject = escape.clip(escape.one_line(draft.subject), SUBJECT_LIMIT)
    return subject, escape.clip(escape.clean(draft.body), BODY_LIMIT)


def finding_errors(against: Mapping[Field, tuple[Finding, ...]]) -> dict[str, str]:
    """What `response_action: errors` shows beside each field: what was found, and what to do."""
    return {
        field: escape.clip(f"{findings_told(found)} {_what_helps(found)}", ERROR_LIMIT)
        for field, found in against.items()
    }


def findings_told(findings: tuple[Finding, ...]) -> str:
    """All are counted and the first four told, binding ones before others."""
    first = sorted(findings, key=lambda f: not f.binding)[:FINDINGS_SHOWN]
    return " ".join((words.edit_findings(len(findings), len(first)), *map(_told, first)))


def _told(finding: Finding) -> str:
    named = escape.clip(escape.one_line(finding.sentence), SENTENCE_LIMIT)
    return f"“{named}”: {finding.why}" if named else finding.why


def _what_helps(findings: tuple[Finding, ...]) -> str:
    """A reason is asked for only where one could help."""
    binding = sum(f.binding for f in findings)
    if not binding:
        return words.keep_or_change()
    return words.must_change(binding, others=len(findings) > binding)


def modal(
    callback: str, title: str, suggestion_id: str, blocks: list[Block], submit: str = words.SAVE
) -> Block:
    """A window that carries a suggestion's id."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": suggestion_id,
        "title": plain(title, TITLE_LIMIT),
        "submit": plain(submit, TITLE_LIMIT),
        "close": plain(words.CANCEL, TITLE_LIMIT),
        "blocks": blocks,
    }


def text_input(
    name: str,
    label: str,
    value: str,
    most: int,
    *,
    multiline: bool = False,
    optional: bool = False,
) -> Block:
    """A field to type in, filled in with `value`."""
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

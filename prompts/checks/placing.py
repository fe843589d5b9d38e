"""Where a finding stands: in the subject of a draft, in its body, or in both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from knowledge.touch import Finding
from prompts.checks.rule import CheckContext

Field = Literal["subject", "body"]

_OF_THE_WHOLE = frozenset({"length", "nothing_of_the_lead"})
"""Rules about the message as a whole, whatever sentence they name."""


def by_field(
    findings: Iterable[Finding], context: CheckContext
) -> dict[Field, tuple[Finding, ...]]:
    """The findings by the field they stand in; what cannot be placed is the body's.

    A field without findings is left out.
    """
    subject = _parts_of(replace(context, body=""))
    body = _parts_of(replace(context, subject=""))
    placed: dict[Field, list[Finding]] = {"subject": [], "body": []}
    for finding in findings:
        part = _same(finding.sentence)
        in_subject = finding.rule not in _OF_THE_WHOLE and part in subject
        if in_subject:
            placed["subject"].append(finding)
        if not in_subject or part in body:
            placed["body"].append(finding)
    return {field: tuple(found) for field, found in placed.items() if found}


def _parts_of(context: CheckContext) -> frozenset[str]:
    """What the rules may name of a text: its sentences, its lines and its addresses."""
    lines = f"{context.subject}\n{context.body}".splitlines()
    return frozenset(_same(part) for part in (*context.sentences, *context.urls, *lines))


def _same(part: str) -> str:
    return part.strip()[:300].rstrip("/").lower()

"""What a chat model may return, strictly, and how it becomes a draft: facts and links are ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from knowledge.channels import parse_channel
from knowledge.touch import Draft, DraftRequest
from prompts.addresses import links
from prompts.json_reply import parsed, schema_of
from prompts.lead_facts import known_of
from prompts.parts import once_known
from prompts.untrusted import QUESTION_CHARACTERS, plain
from prompts.wording import render, words

_FIELD_CHARACTERS = 700
_WRITTEN = ("subject", "opening", "insight", "closing_question")
"""The fields whose words reach the draft."""


class Reply(BaseModel):
    """What the model may return; anything more is refused.

    `evidence` never reaches a draft: it is the wording of the piece that `insight` must keep to.
    """

    model_config = ConfigDict(extra="forbid", title="FollowUp", json_schema_extra={
        "description": "The words of one follow-up.",
    })  # fmt: skip

    asset_id: str = Field(max_length=200)
    evidence: str = Field(min_length=1, max_length=1500)
    subject: str = Field(max_length=120)
    opening: str = Field(min_length=1, max_length=900)
    insight: str = Field(min_length=1, max_length=900)
    closing_question: str = Field(min_length=1, max_length=300)

    def written(self) -> Iterator[str]:
        """The texts that would reach the draft, cleaned of markup; addresses are still in them."""
        for name in _WRITTEN:
            yield plain(getattr(self, name), _FIELD_CHARACTERS, keep_addresses=True)

    def links(self) -> Iterator[str]:
        """Addresses in the texts as the model wrote them, those of links included."""
        for name in _WRITTEN:
            text = getattr(self, name)
            yield from (text[start:end] for start, end in links(text))


def schema() -> dict[str, Any]:
    """The reply's shape as providers take it."""
    return schema_of(Reply)


def read_reply(answer: str) -> Reply | None:
    """The reply in a model's answer; None when it is anything else."""
    return parsed(answer, Reply)


def assemble(request: DraftRequest, reply: Reply) -> Draft:
    """The draft: the model's four texts, with greeting, title, address and asked question ours."""
    composer = words("composer")
    channel = parse_channel(request.channel) or "email"
    known = known_of(request, composer)
    values = {**known.values, **once_known(request, composer, known)}
    wanted = plain(request.profiling_question or "", QUESTION_CHARACTERS)
    subject, opening, insight, closing = reply.written()
    link = "without" if not values["url"] else "seen" if values["is_seen"] else "url"
    named = "named" if values["first_name"] else "unnamed"
    filled: dict[str, object] = {
        **values,
        "greeting": render(composer["greeting"][named][0], values),
        "opening": opening,
        "short_opening": opening,
        "insight": insight,
        "short_insight": insight,
        "bridge": "",
        "pointer": "",
        "link": render(composer["link"][link][0], values),
        "closing": wanted or closing,
    }
    body = render(composer["form"][channel][0], filled)
    body = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+(?=\n)", "", body)).strip()
    if channel in composer["task_subject"]:
        subject = render(composer["task_subject"][channel][0], values)
    elif channel in ("text", "social"):
        subject = ""
    return Draft(subject=subject, body=body, channel=channel, source="model")

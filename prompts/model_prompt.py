"""What a chat model is told, and how its answer becomes a draft: facts and links are ours."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.channels import parse_channel
from knowledge.sentences import prose
from knowledge.touch import Draft, DraftRequest
from prompts.lead_facts import asked_plainly, known_of, last_deed, title_plainly
from prompts.untrusted import FACT_CHARACTERS, QUESTION_CHARACTERS, plain
from prompts.wording import prompt, render, words

TEXT_CHARACTERS = 6_000
"""Of the piece itself, beside the passage that matched: enough to quote, little to pay for."""
PASSAGE_CHARACTERS = 2_000
_FIELD_CHARACTERS = 700


class Reply(BaseModel):
    """What the model may return; anything more is refused."""

    model_config = ConfigDict(extra="forbid", title="FollowUp", json_schema_extra={
        "description": "The words of one follow-up.",
    })  # fmt: skip

    asset_id: str = Field(max_length=200)
    subject: str = Field(max_length=200)
    opening: str = Field(min_length=1, max_length=900)
    insight: str = Field(min_length=1, max_length=900)
    closing_question: str = Field(min_length=1, max_length=300)


def data(label: str, text: str) -> str:
    """Untrusted text as a marked block; its own angle brackets cannot close the block."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<data name="{label}">\n{safe}\n</data>'


def messages(request: DraftRequest) -> list[tuple[str, str]]:
    """The conversation's start: rules, then the request with every foreign text in data blocks.

    Of the lead it holds what the draft needs and no name, address or company.
    """
    table, composer = words("model"), words("composer")
    channel = parse_channel(request.channel) or "email"
    noun = composer["nouns"].get(request.asset.type, composer["nouns"]["other"])
    system = prompt(
        "draft_system",
        {
            "stage_hint": table["stage_hint"][request.stage],
            "opening_words": table["opening_words"][channel],
            "insight_words": table["insight_words"][channel],
            "noun": noun,
        },
    )
    asked = prompt(
        "draft_request",
        {
            "noun": noun,
            "asset_id": data("asset_id", request.asset.id),
            "title": data("title", title_plainly(request)),
            "passage": data("best passage", prose(request.insight_from)[:PASSAGE_CHARACTERS]),
            "text": data("text of the piece", prose(request.asset.text)[:TEXT_CHARACTERS]),
            "lead": data("reader", _about(request)),
            "channel": channel,
            "stage": request.stage,
        },
    )
    return [("system", system), ("user", asked)]


def _about(request: DraftRequest) -> str:
    labels, facts = words("model")["labels"], request.profile.facts
    known = {
        "question": asked_plainly(request),
        "problem": plain(facts.problem or "", FACT_CHARACTERS),
        "obstacle": plain("; ".join(facts.obstacles), FACT_CHARACTERS),
        "outcome": plain(facts.outcome or "", FACT_CHARACTERS),
        "role": plain(facts.role or "", 60),
        "industry": plain(facts.industry or "", 60),
        "deed": (last_deed(request.profile) or "").replace("_", " "),
    }
    return "\n".join(f"{labels[name]}: {text}" for name, text in known.items() if text) or "-"


def read_reply(answer: str) -> Reply | None:
    """The reply in a model's answer, a fence around it forgiven; None when it is anything else."""
    text = answer.strip()
    if fenced := re.fullmatch(r"```(?:json)?\s*(\{.*\})\s*```", text, re.S):
        text = fenced[1]
    try:
        found: Any = json.loads(text)
        return Reply.model_validate(found)
    except (ValueError, ValidationError, RecursionError):
        return None


def assemble(request: DraftRequest, reply: Reply) -> Draft:
    """The draft: the model's four texts, with greeting, title, address and asked question ours."""
    composer = words("composer")
    channel = parse_channel(request.channel) or "email"
    values = known_of(request, composer).values
    wanted = plain(request.profiling_question or "", QUESTION_CHARACTERS)
    said = {
        name: plain(getattr(reply, name), _FIELD_CHARACTERS, keep_addresses=True)
        for name in ("opening", "insight", "closing_question", "subject")
    }
    named = "named" if values["first_name"] else "unnamed"
    filled: dict[str, object] = {
        **values,
        "greeting": render(composer["greeting"][named][0], values),
        "opening": said["opening"],
        "short_opening": said["opening"],
        "insight": said["insight"],
        "short_insight": said["insight"],
        "bridge": "",
        "link": render(composer["link"]["url" if values["url"] else "without"][0], values),
        "closing": wanted or said["closing_question"],
    }
    body = render(composer["form"][channel][0], filled)
    body = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+(?=\n)", "", body)).strip()
    subject = said["subject"]
    if channel in composer["task_subject"]:
        subject = render(composer["task_subject"][channel][0], values)
    elif channel in ("text", "social"):
        subject = ""
    return Draft(subject=subject, body=body, channel=channel, source="model")

"""What a chat model may say of a message, strictly, and what of it the message bears out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from knowledge import describing
from knowledge.intents import Intent
from knowledge.journey import Stage
from knowledge.leads import Action
from knowledge.questions import LONGEST_QUESTION, MOST_QUESTIONS
from knowledge.understanding import Understanding
from knowledge.vocabulary import INDUSTRIES
from prompts.json_reply import parsed, plain, quoted, schema_of

SHARE_GROUNDED = 0.75
"""Of a question's telling words that must stand in the message: a reworded verb may be new."""
OPT_OUT_WORDS = 3
"""Quoted at least for an opt-out that no rule heard: it closes a lead, one word is no proof."""
_NAME_CHARACTERS = 120
_EVERYDAY = frozenset({
    "a", "about", "an", "and", "any", "are", "be", "can", "did", "do", "does", "for", "from", "has",
    "have", "he", "how", "i", "if", "in", "is", "it", "many", "much", "my", "of", "on", "or", "our",
    "she", "that", "the", "their", "there", "they", "this", "to", "us", "was", "we", "what", "when",
    "where", "which", "who", "why", "will", "with", "you", "your",
})  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Signal(_Strict):
    """An act of the lead and the words that tell of it."""

    action: Action
    words: str = Field(max_length=400)


class Reading(_Strict):
    """What the model may return; anything more is refused."""

    model_config = ConfigDict(extra="forbid", title="Reading", json_schema_extra={
        "description": "What one message of a sales rep says.",
    })  # fmt: skip

    intent: Intent
    lead_name: str | None = Field(max_length=_NAME_CHARACTERS)
    company: str | None = Field(max_length=_NAME_CHARACTERS)
    role: str | None = Field(max_length=_NAME_CHARACTERS)
    industry: str | None = Field(max_length=60)
    industry_words: str | None = Field(max_length=400)
    company_size: int | None
    size_words: str | None = Field(max_length=400)
    stage: Stage | None
    stage_words: str | None = Field(max_length=400)
    questions: list[str] = Field(max_length=40)
    signals: list[Signal] = Field(max_length=40)


def reading_schema() -> dict[str, Any]:
    """The shape as providers take it."""
    return schema_of(Reading)


def grounded(answer: str, ruled: Understanding) -> Understanding | None:
    """The rules' reading with what the model read and the message bears out; None for no reading.

    A slot whose value the message does not bear out keeps what the rules read. An opt-out that the
    rules heard stays heard (M16).
    """
    told = parsed(answer, Reading)
    if told is None:
        return None
    said = plain(ruled.text)
    return replace(
        ruled,
        intent=told.intent,
        lead_name=_named(told.lead_name, said, ruled.lead_name),
        company=_named(told.company, said, ruled.company),
        role=_named(told.role, said, ruled.role),
        industry=_industry(told, said, ruled.industry),
        company_size=_size(told, said, ruled.company_size),
        stage=told.stage if told.stage is None or _tells(told.stage_words, said) else ruled.stage,
        questions=tuple(_questions(told, said)),
        signals=_signals(told, said, ruled),
    )


def _tells(words: str | None, said: str) -> bool:
    """Whether the words are the message's, and one of them is more than an everyday one."""
    return quoted(words, said) and any(w not in _EVERYDAY for w in plain(words or "").split())


def _named(value: str | None, said: str, ruled: str | None) -> str | None:
    if value is None:
        return None
    return " ".join(value.split()) if quoted(value, said) else ruled


def _industry(told: Reading, said: str, ruled: str | None) -> str | None:
    if told.industry is None:
        return None
    known = told.industry in {name for name, _ in INDUSTRIES}
    return told.industry if known and quoted(told.industry_words, said) else ruled


def _size(told: Reading, said: str, ruled: int | None) -> int | None:
    """A number of employees that its own words say, whichever noun stands beside them."""
    if told.company_size is None:
        return None
    words = told.size_words or ""
    heard = {describing.company_size(words), describing.company_size(f"{words} people")}
    return told.company_size if quoted(words, said) and told.company_size in heard else ruled


def _questions(told: Reading, said: str) -> Iterator[str]:
    words = {_stem(w) for w in said.split()}
    for question in dict.fromkeys(" ".join(q.split()) for q in told.questions[:MOST_QUESTIONS]):
        telling = [w for w in plain(question).split() if w not in _EVERYDAY]
        held = sum(_stem(w) in words for w in telling)
        figures = all(w in said.split() for w in telling if w.isdigit())
        if (
            telling
            and figures
            and held >= SHARE_GROUNDED * len(telling)
            and len(question) <= LONGEST_QUESTION
        ):
            yield question if question.endswith("?") else f"{question.rstrip('.')}?"


def _stem(word: str) -> str:
    return re.sub(r"(?<=\w{3})(?:ies|es|s|ing|ed|e|y)$", "", word)


def _signals(told: Reading, said: str, ruled: Understanding) -> tuple[Action, ...]:
    found = [
        s.action
        for s in told.signals
        if _tells(s.words, said)
        and (s.action is not Action.OPTED_OUT or len(plain(s.words).split()) >= OPT_OUT_WORDS)
    ]
    found += [s for s in ruled.signals if s is Action.OPTED_OUT]
    return tuple(a for a in Action if a in found)

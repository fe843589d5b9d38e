"""What a chat model may say of a piece, strictly, and what of it the piece bears out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from knowledge.journey import TYPE_STAGES, AssetType, Stage
from knowledge.proposals import Answered, Basis, Proposals
from knowledge.vocabulary import INDUSTRIES
from prompts.json_reply import parsed, plain, quoted, schema_of

LEAST_ANSWER_WORDS = 6
"""Of the piece's own that a question must come with: fewer answer nothing."""
LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_TOPIC = 200, 400, 60
MOST_QUESTIONS, MOST_TOPICS, MOST_PERSONAS, MOST_STAGES = 8, 5, 2, 2
MOST_TOGETHER = 14
"""Questions shown: the piece's own, and the model's beside them."""
_QUESTION_WORDS = range(3, 31)
BY_MODEL = "Read by the chat model."


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SaidIndustry(_Strict):
    """An industry and the words of the piece that name it."""

    name: str = Field(max_length=60)
    words: str = Field(max_length=400)


class SaidQuestion(_Strict):
    """A buyer's question and the piece's own sentences that answer it."""

    question: str = Field(max_length=400)
    answer: str = Field(max_length=2_000)


class Proposing(_Strict):
    """What the model may return; anything more is refused."""

    model_config = ConfigDict(extra="forbid", title="Proposing", json_schema_extra={
        "description": "What one piece of content is.",
    })  # fmt: skip

    type: AssetType
    type_words: str = Field(max_length=400)
    stages: list[Stage] = Field(max_length=10)
    personas: list[str] = Field(max_length=20)
    industries: list[SaidIndustry] = Field(max_length=20)
    topics: list[str] = Field(max_length=20)
    questions: list[SaidQuestion] = Field(max_length=40)


def proposing_schema() -> dict[str, Any]:
    """The shape as providers take it."""
    return schema_of(Proposing)


def grounded(
    answer: str, ruled: Proposals, said: str, personas: Collection[str], given: Collection[str]
) -> Proposals | None:
    """The rules' proposals with what the model read and the piece bears out; None for no reading.

    `said` is the piece's title and text, `given` the fields that its source names: those stay.
    """
    told = parsed(answer, Proposing)
    if told is None:
        return None
    plain_said = plain(said)
    read: dict[str, Any] = {}
    if told.type is not AssetType.OTHER and quoted(told.type_words, plain_said):
        read["type"] = told.type
    if told.stages:
        kept = tuple(sorted(set(told.stages), key=lambda s: s.order))[:MOST_STAGES]
        read["stages"] = kept
    elif "type" in read:
        read["stages"] = TYPE_STAGES[told.type]
    if known := [p for p in dict.fromkeys(told.personas) if p in personas]:
        read["personas"] = tuple(known[:MOST_PERSONAS])
    names = {name for name, _ in INDUSTRIES}
    read["industries"] = tuple(
        dict.fromkeys(
            i.name for i in told.industries if i.name in names and quoted(i.words, plain_said)
        )
    )
    if topics := list(_topics(told.topics, plain_said)):
        read["topics"] = tuple(topics[:MOST_TOPICS])
    read = {name: value for name, value in read.items() if name not in given}
    why = {**ruled.why, **dict.fromkeys(read, BY_MODEL)}
    questions = _together(ruled.questions, list(_questions(told, plain_said)))
    return replace(ruled, **read, questions=questions, why=why)


def _topics(told: Sequence[str], said: str) -> Iterator[str]:
    for topic in dict.fromkeys(" ".join(t.split()) for t in told):
        if len(topic) <= LONGEST_TOPIC and quoted(topic, said):
            yield topic


def _questions(told: Proposing, said: str) -> Iterator[Answered]:
    for pair in told.questions[:MOST_QUESTIONS]:
        question = " ".join(pair.question.split())
        answer = " ".join(pair.answer.split())
        if (
            question.endswith("?")
            and len(question) <= LONGEST_QUESTION
            and len(question.split()) in _QUESTION_WORDS
            and "://" not in question
            and len(plain(answer).split()) >= LEAST_ANSWER_WORDS
            and quoted(answer, said)
        ):
            yield Answered(question, answer[:LONGEST_ANSWER], Basis.MODEL)


def _together(ruled: Sequence[Answered], more: Sequence[Answered]) -> tuple[Answered, ...]:
    known = {plain(a.question) for a in ruled}
    fresh = [a for a in more if plain(a.question) not in known]
    return (*ruled, *fresh)[:MOST_TOGETHER]

"""What a person confirmed of a new piece: judged, stored as a draft, and sent on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.flow.choosing import in_english
from bot.flow.coverage import coverage
from bot.flow.publishing import may_review, publish, submit
from bot.flow.storing import Bringer, models_of, prepare, put, with_what_is_known
from bot.flow.tools import Tools
from knowledge.asset_fields import MAX_TITLE, absolute_url
from knowledge.assets import Asset, AssetStatus, asset_id
from knowledge.chunking import chunk_asset
from knowledge.coverage import EVERYONE
from knowledge.errors import BadInput, NotFound, TrailguideError
from knowledge.journey import Stage
from knowledge.proposals import Confirmed
from retrieval.proposing_questions import shown
from storage.library import is_absolute
from storage.proposals import Waiting

MOST_TOPICS, LONGEST_TOPIC = 12, 60
MOST_QUESTIONS, LONGEST_QUESTION = 20, 200
NO_TITLE = "Give it a title."
LONG_TITLE = f"Shorten the title to {MAX_TITLE} characters."
NO_LINK = "That is no web address that a lead can open; write it with https:// and a host."
NEEDS_LINK = "A piece without a web address stays a draft; give the address, or keep it as a draft."
MANY_TOPICS = f"Those are more than {MOST_TOPICS} topics; keep the most important."
LONG_TOPIC = f"A topic is a word or a few, of {LONGEST_TOPIC} characters at most, one a line."
MANY_QUESTIONS = f"Those are more than {MOST_QUESTIONS} questions; keep the most important."
LONG_QUESTION = f"Shorten each question to {LONGEST_QUESTION} characters, one a line."
VERSION_WAITS = (
    "It is a new version of a piece in use, so it waits for a reviewer; the one before is used."
)
SAME_TEXT = (
    "That piece is in use with this very text; what it is for is changed by a marketer or an admin."
)
ANSWERS_FROM = 0.35
"""Cosine of a question that a person added with a passage, from which that passage is shown."""


class Then(StrEnum):
    """What shall become of a piece once it is stored."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a piece; `refused` says why it did not go as far as was wished.

    `first_for` holds the (stage, persona) that nothing covered before, `requests` the content
    requests that it answers.
    """

    asset: Asset
    became: str
    then: Then
    refused: str = ""
    questions: tuple[str, ...] = ()
    first_for: tuple[tuple[Stage, str], ...] = ()
    requests: tuple[str, ...] = ()


def problems(confirmed: Confirmed, typed_url: str, then: Then) -> dict[str, str]:
    """What keeps the form open, by field; empty when the piece can be stored."""
    found: dict[str, str] = {}
    if not confirmed.title:
        found["title"] = NO_TITLE
    elif len(confirmed.title) > MAX_TITLE:
        found["title"] = LONG_TITLE
    if typed_url and confirmed.url is None:
        found["url"] = NO_LINK
    elif then is not Then.DRAFT and confirmed.url is None:
        found["url"] = NEEDS_LINK
    if len(confirmed.topics) > MOST_TOPICS:
        found["topics"] = MANY_TOPICS
    elif any(len(topic) > LONGEST_TOPIC for topic in confirmed.topics):
        found["topics"] = LONG_TOPIC
    return {**found, **_about_questions(confirmed.questions)}


def _about_questions(questions: Sequence[str]) -> dict[str, str]:
    if len(questions) > MOST_QUESTIONS:
        return {"questions": MANY_QUESTIONS}
    if any(len(question) > LONGEST_QUESTION for question in questions):
        return {"questions": LONG_QUESTION}
    try:
        in_english(questions)
    except BadInput as why:
        return {"questions": str(why)}
    return {}


def web_address(typed: str) -> str | None:
    """A typed address as it is stored; None for nothing, or for what no lead can open."""
    found = absolute_url(typed.strip() or None, None)
    return found if is_absolute(found) else None


def confirm(waiting: Waiting, confirmed: Confirmed, then: Then, by: str, tools: Tools) -> Stored:
    """Store a piece as it was confirmed, and send it on; safe to run twice.

    Where it cannot be submitted or published it stays a draft, and `refused` says why.
    """
    asset = _asset(waiting, confirmed, tools)
    in_use = None if may_review(by, tools) else _in_use(asset, tools)
    if in_use is not None:
        asset = _only_text(asset, in_use)
    became = _put(asset, Bringer(by, proposed=in_use is not None), tools)
    if in_use is None:
        answered = _with_passages(waiting, confirmed, tools)
        tools.waiting_pieces.set_questions(asset.id, answered, by)
    tools.waiting_pieces.stored(waiting.id, asset.id)
    refused = ""
    try:
        if in_use is not None:
            refused = VERSION_WAITS
        elif then is Then.PUBLISH and not may_review(by, tools):
            submit([asset.id], by, tools)
            refused = "A reviewer has to approve it, so it waits for one."
        elif then is Then.PUBLISH:
            publish([asset.id], by, tools)
        elif then is Then.REVIEW:
            submit([asset.id], by, tools)
    except TrailguideError as why:
        refused = str(why)
    kept = tools.library.get(asset.id)
    return Stored(
        kept,
        became,
        then,
        refused,
        confirmed.questions,
        _first_for(kept, tools),
        _requests(confirmed.questions, tools),
    )


def _asset(waiting: Waiting, confirmed: Confirmed, tools: Tools) -> Asset:
    """The piece as it is to be stored; a new version keeps the id and the place it came from."""
    read = waiting.asset
    known = tools.library.get(confirmed.updates) if confirmed.updates else None
    source = known.source if known else read.source
    if known:
        read = with_what_is_known(read, known)
    return replace(
        read,
        id=known.id if known else waiting.asset_id or asset_id(confirmed.title, source),
        source=source,
        folder=known.folder if known else read.folder,
        title=confirmed.title,
        type=confirmed.type,
        type_guessed=False,
        url=confirmed.url,
        stages=confirmed.stages,
        personas=confirmed.personas,
        industries=confirmed.industries,
        topics=confirmed.topics,
        status=AssetStatus.DRAFT,
    )


def _in_use(asset: Asset, tools: Tools) -> Asset | None:
    """The approved piece that would be changed, by id or by where it comes from; None for none."""
    known = tools.library.find_source(asset.source)
    if known is None:
        try:
            known = tools.library.get(asset.id)
        except NotFound:
            return None
    return known if known.status is AssetStatus.APPROVED else None


def _only_text(asset: Asset, in_use: Asset) -> Asset:
    """The new text of a piece in use, with what the piece is for left to whoever may decide it."""
    kept = replace(
        asset, id=in_use.id, title=in_use.title, type=in_use.type, url=asset.url or in_use.url,
        type_guessed=in_use.type_guessed,
        stages=in_use.stages, personas=in_use.personas, industries=in_use.industries,
        topics=in_use.topics,
    )  # fmt: skip
    if kept.content_hash == in_use.content_hash:
        raise BadInput(SAME_TEXT)
    return kept


def _put(asset: Asset, who: Bringer, tools: Tools) -> str:
    """Audit, cut, embed and store the piece; `BadInput` says why the library does not take it."""
    models = models_of(tools)
    (prepared,) = prepare([asset], tools, models)
    kept = put(prepared, tools, models, who)
    if kept.became == "rejected":
        raise BadInput(kept.reason)
    return kept.became


def _with_passages(waiting: Waiting, confirmed: Confirmed, tools: Tools) -> list[tuple[str, str]]:
    """Each question with the passage shown beside it; one that a person added gets its nearest."""
    proposed = {a.question: a.passage for a in waiting.proposals.questions}
    return [(q, proposed.get(q) or _nearest(q, waiting.asset, tools)) for q in confirmed.questions]


def _nearest(question: str, asset: Asset, tools: Tools) -> str:
    """The passage nearest to a question; empty when none is near."""
    texts = [chunk.text for chunk in chunk_asset(asset)]
    near = tools.sentence_models.nearness(question, texts)
    best = max(range(len(texts)), key=lambda n: near[n])
    return shown(texts[best]) if near[best] >= ANSWERS_FROM else ""


def _first_for(asset: Asset, tools: Tools) -> tuple[tuple[Stage, str], ...]:
    """Where it is the only approved piece; the persona is `everyone` where it names none."""
    if asset.status is not AssetStatus.APPROVED:
        return ()
    cells: Mapping[tuple[Stage, str], Sequence[Asset]] = coverage(tools, by_question=False).cells
    wanted = [(s, p) for s in asset.fitting_stages for p in asset.personas or (EVERYONE,)]
    return tuple(cell for cell in wanted if [a.id for a in cells.get(cell, ())] == [asset.id])


def _requests(questions: Sequence[str], tools: Tools) -> tuple[str, ...]:
    """The content requests among the confirmed questions."""
    asked = {q.lower() for q in questions}
    return tuple(r.question for r in tools.requests.all() if r.question.lower() in asked)

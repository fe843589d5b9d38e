"""Reading a new piece and proposing what it is, for a person to confirm: nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.flow.tools import Tools
from knowledge.assets import Asset, Chunk
from knowledge.chunking import chunk_asset, embedding_text
from knowledge.clock import team_date
from knowledge.errors import BadInput, UnreadableSource
from knowledge.journey import TYPE_STAGES, AssetType, Stage, a_type
from knowledge.journey_map import load_journey
from knowledge.language import language_name
from knowledge.leads import LeadProfile
from knowledge.personas import load_personas
from knowledge.proposals import Answered, Basis, Likeness, Proposals, Twin, minutes_of
from knowledge.reading import Source, discover, read
from knowledge.rejected import Rejected
from knowledge.same_link import same_link
from knowledge.text_files import count_words
from knowledge.tone import audit_tone
from retrieval.asking import Embed, remembering
from retrieval.near_duplicates import Held, neighbours, twins_of
from retrieval.proposing_questions import Passages, asked_elsewhere, own_questions
from retrieval.proposing_subject import Neighbour, industries_of, personas_of, topics_of
from retrieval.proposing_type import read_type
from storage.held_passages import assets_by_id, held_passages, links

PASSAGES_READ = 150
"""Of a very long piece, about 8,000 words; embedding more would keep its adder waiting."""
STAGE_SURE, STAGE_QUESTIONS = 0.6, 2
"""The mean probability, and the number of questions, from which these add a stage to the type's."""
REQUESTS_READ = 300
"""The most missed questions; more would take long, and a piece answers few."""

FROM_SOURCE = "The piece itself says so."
BY_PLACE = "Its address or folder says so."
BY_TYPE = "That is where {kind} fits."
BY_QUESTIONS = "The questions that it answers are asked there."
AS_STORED = "As it stands in the library now."
ONE_PIECE = "Give one file or one web address; for folders there is `trailguide library add`."


def read_piece(location: str) -> Asset:
    """The piece at an https address or in a file; `BadInput` says why there is none."""
    sources = discover([location])
    if len(sources) != 1 or sources[0].folder:
        raise BadInput(ONE_PIECE)
    return only_english(_read(sources[0]))


def only_english(asset: Asset) -> Asset:
    """The piece; `UnreadableSource` when it is in a language that is not read."""
    if asset.language == "en":
        return asset
    raise UnreadableSource(
        f"It seems to be in {language_name(asset.language)}; this version reads English only."
    )


def _read(source: Source) -> Asset:
    found = next(read(source))
    if isinstance(found, Rejected):
        raise UnreadableSource(f"It cannot be taken in: {found.reason.rstrip('.')}.")
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece with its passages, their rows and the mean of these."""

    asset: Asset
    chunks: Sequence[Chunk]
    vectors: NDArray[np.float32]
    mean: NDArray[np.float32]


def propose(asset: Asset, tools: Tools) -> Proposals:
    """What this piece seems to be: by rules and vectors, and by the chat model where one is set."""
    embed = remembering(tools.embedder.embed, PASSAGES_READ + 512)
    piece = _piece_of(asset, embed)
    known = _known_link(asset, tools)
    held = Held(*held_passages(tools.db, tools.embedder.fingerprint, known.id if known else ""))
    twins = [
        *([_as_twin(known)] if known else []),
        *twins_of(asset.text, piece.vectors, held, lambda ids: assets_by_id(tools.db, ids)),
    ]
    proposed = _described(piece, held, embed, tools)
    if tools.model_proposer is not None:
        proposed = tools.model_proposer(asset, proposed, _personas(tools))
    proposed = replace(proposed, twins=tuple(twins), updates=_updates(twins))
    return _as_it_stands(proposed, known, tools) if known else proposed


def _piece_of(asset: Asset, embed: Embed) -> _Piece:
    chunks = chunk_asset(asset)[:PASSAGES_READ]
    vectors = np.asarray(embed([embedding_text(asset.title, c) for c in chunks]), dtype=np.float32)
    mean = vectors.mean(axis=0)
    return _Piece(asset, chunks, vectors, mean / max(float(np.linalg.norm(mean)), 1e-9))


def _described(piece: _Piece, held: Held, embed: Embed, tools: Tools) -> Proposals:
    asset, why = piece.asset, dict[str, str]()
    kind = asset.type
    if kind is AssetType.OTHER:
        reading = read_type(asset.title, asset.text, embed)
        kind, why["type"] = reading.type, reading.why
    else:
        why["type"] = BY_PLACE
    questions = _questions(piece, embed, tools)
    stages, why["stages"] = _stages(asset, kind, questions, tools)
    near = _near(piece, held, tools)
    titles = load_personas(tools.settings.home).personas
    personas = asset.personas or personas_of(
        asset.title, asset.text, titles, piece.mean, embed=embed, near=near
    )
    industries = asset.industries or industries_of(asset.title, asset.text, near)
    known_topics = [topic for n in near for topic in n.asset.topics]
    topics = asset.topics or topics_of(asset.title, asset.text, piece.mean, embed, known_topics)
    for name in ("personas", "industries", "topics"):
        if getattr(asset, name):
            why[name] = FROM_SOURCE
    tone = audit_tone(asset.text, asset.title, tools.sentence_models)
    words = count_words(asset.text)
    return Proposals(
        title=asset.title,
        type=kind,
        stages=stages,
        personas=tuple(personas),
        industries=tuple(industries),
        topics=tuple(topics),
        questions=tuple(questions),
        words=words,
        minutes=minutes_of(words),
        hype=tone.hype,
        findings=tone.findings,
        why={name: told for name, told in why.items() if told},
    )


def _questions(piece: _Piece, embed: Embed, tools: Tools) -> list[Answered]:
    """The piece's own questions, then those on record that a passage answers."""
    own = own_questions(piece.asset.text)
    passages = Passages(piece.asset.title, piece.chunks, piece.vectors)
    asked = asked_elsewhere(_bank(tools), passages, embed, tools.sentence_models.answering)
    known = {a.question.lower() for a in own}
    return [*own, *(a for a in asked if a.question.lower() not in known)]


def _bank(tools: Tools) -> Iterable[tuple[str, Basis]]:
    """Questions that buyers have: what was missed most, then the journey map's."""
    for request in tools.requests.all()[:REQUESTS_READ]:
        yield request.question, Basis.REQUEST
    for told in load_journey(tools.settings.home).values():
        for _, question in told.buyer_questions:
            yield question, Basis.JOURNEY


def _stages(
    asset: Asset, kind: AssetType, questions: Sequence[Answered], tools: Tools
) -> tuple[tuple[Stage, ...], str]:
    """The stages that the source names, else the type's, with what the questions say beside."""
    if asset.stages:
        return asset.stages, FROM_SOURCE
    fitting = TYPE_STAGES[kind]
    asked = _asked_at([a.question for a in questions if a.basis is Basis.HEADING], tools)
    if asked is None or asked in fitting:
        return fitting, BY_TYPE.format(kind=a_type(kind)) if fitting else ""
    if not fitting:
        return (asked,), BY_QUESTIONS
    both = tuple(sorted({*fitting, asked}, key=lambda stage: stage.order))
    return both, f"{BY_TYPE.format(kind=a_type(kind))} {BY_QUESTIONS}"


def _asked_at(questions: Sequence[str], tools: Tools) -> Stage | None:
    """The stage that these questions are asked at, where they are sure of one together."""
    if len(questions) < STAGE_QUESTIONS:
        return None
    today = team_date(tools.clock, tools.settings.time_zone)
    rows = [tools.stage_reader.probabilities(LeadProfile(questions=(q,)), today) for q in questions]
    mean = np.mean(rows, axis=0)
    return list(Stage)[int(mean.argmax())] if float(mean.max()) >= STAGE_SURE else None


def _near(piece: _Piece, held: Held, tools: Tools) -> list[Neighbour]:
    found = neighbours(piece.mean, held)
    assets = assets_by_id(tools.db, [name for name, _ in found])
    return [Neighbour(assets[name], cosine) for name, cosine in found if name in assets]


def _personas(tools: Tools) -> dict[str, str]:
    return load_personas(tools.settings.home).names


def _known_link(asset: Asset, tools: Tools) -> Asset | None:
    """The piece in the library that came from the same link or file, a retired one too."""
    if known := tools.library.find_source(asset.source):
        return known
    for name, source, url in links(tools.db):
        if same_link(asset.url, url) or same_link(asset.url, source):
            return tools.library.get(name)
    return None


def _as_twin(known: Asset) -> Twin:
    return Twin(known.id, known.title, known.status, 1.0, Likeness.SAME_LINK)


def _updates(twins: Sequence[Twin]) -> str:
    """The piece that this is a new version of: the same link's, else one of the very same text."""
    same = {Likeness.SAME_LINK, Likeness.SAME_TEXT}
    return next((t.asset_id for t in twins if t.likeness in same), "")


def _as_it_stands(proposed: Proposals, known: Asset, tools: Tools) -> Proposals:
    """What people confirmed of a piece before stays proposed; only its text is read anew."""
    confirmed = tools.waiting_pieces.questions(known.id)
    fields = {n: getattr(known, n) or getattr(proposed, n) for n in _KEPT}
    kind = known.type if known.type is not AssetType.OTHER else proposed.type
    if confirmed:
        fields["questions"] = tuple(Answered(q, passage, Basis.HEADING) for q, passage in confirmed)
    why = {**proposed.why, **dict.fromkeys(("type", *_KEPT), AS_STORED)}
    return replace(proposed, type=kind, why=why, **fields)


_KEPT = ("title", "stages", "personas", "industries", "topics")

"""The coverage map in Slack: one stage and persona at a time, six rows, and each opens its cell."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.views import escape
from bot.views import words_coverage as words
from bot.views.blocks import Block, Message, Part, actions, button, context, message, plain, section
from knowledge.assets import Asset
from knowledge.buyer_questions import IN_SHORT, BuyerQuestion
from knowledge.content_requests import ContentRequest
from knowledge.coverage import EVERYONE, Coverage
from knowledge.errors import BadInput
from knowledge.journey import Stage, type_name
from knowledge.journey_map import StageMap

STAGE_ACTION, PERSONA_ACTION = "coverage_stage", "coverage_persona"
CELL_ACTION, BACK_ACTION = "coverage_cell", "coverage_back"
PICTURE_ACTION, REQUESTS_ACTION = "coverage_picture", "coverage_requests"
REQUEST_ACTION = "request_decide"
COVERAGE_ACTIONS = (
    STAGE_ACTION, PERSONA_ACTION, CELL_ACTION, BACK_ACTION, PICTURE_ACTION, REQUESTS_ACTION,
)  # fmt: skip
ALL = "all"
"""Stands for every persona in a button's value."""
MOST_PERSONAS = 99
ASSETS_SHOWN, REQUESTS_SHOWN, WORDINGS_SHOWN, ASKERS_SHOWN = 12, 5, 3, 5
WORDING, TITLE, LABEL = 160, 120, 75


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map, as a button carries it: stage, a hash of the persona, question."""

    stage: Stage
    persona: str | None = None
    question: BuyerQuestion | None = None

    @property
    def value(self) -> str:
        """The spot as ids; a persona is told by a hash, since its name may be anything."""
        place = _mark(self.persona) if self.persona is not None else ALL
        return ":".join([self.stage, place, *([self.question] if self.question else [])])


def spot_of(value: str, personas: Sequence[str]) -> Spot:
    """The spot that a button carried; a persona that has gone is every persona again."""
    stage, _, rest = value.partition(":")
    place, _, question = rest.partition(":")
    if stage not in set(Stage):
        raise BadInput("That button is of an older map; ask for `/trailguide coverage` again.")
    persona = next((p for p in personas if _mark(p) == place), None)
    known = BuyerQuestion(question) if question in set(BuyerQuestion) else None
    return Spot(Stage(stage), persona, known)


def coverage_message(
    covered: Coverage, spot: Spot, journey: Mapping[Stage, StageMap], labels: Mapping[str, str]
) -> Message:
    """The six rows of a stage and persona, with the lists that choose another."""
    personas = choosable(covered)
    asked = dict(journey[spot.stage].buyer_questions)
    head = words.head(spot.stage, escape.mrkdwn(_label(spot.persona, labels), LABEL))
    parts = [Part(section(head)), Part(actions(_choosers(spot, personas, labels)))]
    for question in BuyerQuestion:
        pieces = len(covered.answering(spot.stage, spot.persona, question))
        missed = covered.misses_in(spot.stage, spot.persona, question)
        row = section(
            f"{words.cell(question, pieces, missed)}\n"
            f"_{escape.mrkdwn(asked[question].strip('_'), WORDING)}_"
        )
        value = Spot(spot.stage, spot.persona, question).value
        parts.append(Part({**row, "accessory": button(CELL_ACTION, words.OPEN, value)}))
    others = covered.misses_in(spot.stage, spot.persona, None)
    if others:
        parts.append(Part(context(words.other(others))))
    acts = [
        button(PICTURE_ACTION, words.PICTURE, spot.value),
        button(REQUESTS_ACTION, words.REQUESTS, spot.value),
    ]
    parts += [Part(actions(acts)), Part(context(words.HOW_READ), 1)]
    return message(f"Coverage: {spot.stage}", parts)


def cell_message(covered: Coverage, spot: Spot, labels: Mapping[str, str]) -> Message:
    """One cell: its pieces, and the requests that were asked there in vain."""
    question = spot.question or BuyerQuestion.HELP
    head = words.head(spot.stage, escape.mrkdwn(_label(spot.persona, labels), LABEL))
    pieces = covered.answering(spot.stage, spot.persona, question)
    requests = covered.asked_in(spot.stage, spot.persona, question)
    listed = "\n".join(_piece(a) for a in pieces[:ASSETS_SHOWN]) or words.NO_PIECES
    more = len(pieces) - ASSETS_SHOWN
    listed += f"\n…and {more} more." if more > 0 else ""
    parts = [
        Part(section(f"{head}\n*{IN_SHORT[question]}*")),
        Part(section(f"{words.PIECES}:\n{listed}")),
        Part(section(f"{words.MISSED}:" if requests else words.NO_MISSES)),
        *(Part(request_row(r)) for r in requests[:REQUESTS_SHOWN]),
        Part(actions([button(BACK_ACTION, words.BACK, Spot(spot.stage, spot.persona).value)])),
    ]
    return message(IN_SHORT[question], parts)


def request_row(request: ContentRequest) -> Block:
    """One content request, with a button to decide on it."""
    told = words.request_line(
        escape.mrkdwn(request.question, WORDING),
        request.count,
        ", ".join(request.stages),
        escape.mrkdwn(", ".join(request.personas), LABEL),
        _askers(request),
    )
    others = "; ".join(request.wordings[1:WORDINGS_SHOWN])
    if others:
        told += f"\n{words.also(escape.mrkdwn(others, 2 * WORDING))}"
    return {
        **section(told),
        "accessory": button(REQUEST_ACTION, words.MANAGE, str(request.id)),
    }


def choosable(covered: Coverage) -> tuple[str, ...]:
    """Personas one may choose: those that pieces name, and those of whom questions came."""
    asked = {m.persona for r in covered.requests for m in r.misses if m.persona}
    named = {p for p in covered.personas if p != EVERYONE}
    return tuple(sorted(named | asked))[:MOST_PERSONAS]


def _choosers(spot: Spot, personas: Sequence[str], labels: Mapping[str, str]) -> list[Block]:
    here = Spot(spot.stage, spot.persona).value
    stages = {Spot(s, spot.persona).value: s.capitalize() for s in Stage}
    people = {Spot(spot.stage, p).value: _label(p, labels) for p in (None, *personas)}
    return [
        _select(STAGE_ACTION, words.CHOOSE_STAGE, stages, here),
        _select(PERSONA_ACTION, words.CHOOSE_PERSONA, people, here),
    ]


def _select(name: str, label: str, choices: Mapping[str, str], chosen: str) -> Block:
    options = {v: {"text": plain(told, LABEL), "value": v} for v, told in choices.items()}
    made: Block = {
        "type": "static_select",
        "action_id": name,
        "placeholder": plain(label, 150),
        "options": list(options.values()),
    }
    return made | ({"initial_option": options[chosen]} if chosen in options else {})


def _mark(persona: str) -> str:
    return hashlib.sha256(persona.encode()).hexdigest()[:12]


def _piece(asset: Asset) -> str:
    kind = type_name(asset.type)
    return f"• {escape.link(asset.url, asset.title, {asset.url}, TITLE)} ({kind})"


def _askers(request: ContentRequest) -> str:
    """Who asked: people in Slack as mentions, others by the name they go by."""
    named = [_asker(a) for a in request.askers[:ASKERS_SHOWN]]
    more = len(request.askers) - ASKERS_SHOWN
    told = ", ".join([*named, *([f"{more} more"] if more > 0 else [])])
    return f"by {told}" if told else ""


def _asker(name: str) -> str:
    in_slack = name[:1] in {"U", "W"} and name.isascii() and name.isalnum() and name.isupper()
    return f"<@{name}>" if in_slack else escape.mrkdwn(name, 40)


def _label(persona: str | None, labels: Mapping[str, str]) -> str:
    return words.ANYBODY if persona is None else labels.get(persona, persona)

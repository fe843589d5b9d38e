"""The proposals confirmed: judged while the form is open, then stored, and the adder is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.flow.confirming import Then, confirm, problems, web_address
from bot.flow.storing import never_fit
from bot.listeners import asking_slack, faults
from bot.listeners.adding_window import of_this_adder
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape
from bot.views import words_proposing as words
from bot.views.blocks import Part, copyable, line, message, section
from bot.views.proposals_form import updated_by, updates_value
from bot.views.stored_piece import stored_message
from bot.views.words import failed
from knowledge.errors import BadInput, TrailguideError
from knowledge.journey import Stage, parse_type
from knowledge.personas import load_personas
from knowledge.proposals import Confirmed, Proposals
from storage.proposals import Waiting


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps the form open, by field; empty when the piece can be stored."""
    try:
        waiting = of_this_adder(event.suggestion_id, event.user, edge)
    except TrailguideError as told:
        return {"title": str(told)}
    return problems(confirmed_of(event.typed, waiting), _text(event.typed, "url", _url(waiting)),
                    _then(event.typed))  # fmt: skip


def submitted(event: Incoming, edge: Edge) -> list[Reply]:
    """Store the piece and tell what became of it; what cannot be used is given back."""
    try:
        return [_stored(event, edge)]
    except TrailguideError as told:
        return [given_back(event, str(told))]
    except Exception as bug:  # noqa: BLE001 - the edge: what was typed must outlive a bug
        return [given_back(event, failed(faults.note("bug", bug, key=event.key)))]


def _stored(event: Incoming, edge: Edge) -> Reply:
    tools = edge.tools
    waiting = tools.waiting_pieces.get(event.suggestion_id)
    if waiting.by != event.user:
        raise BadInput(words.NOT_YOURS)
    confirmed = confirmed_of(event.typed, waiting)
    asking_slack.refresh(event.user, edge)  # whether it may be approved hangs on a role
    done = confirm(waiting, confirmed, _then(event.typed), event.user, tools)
    told = stored_message(
        done.asset,
        update=bool(confirmed.updates),
        refused=done.refused,
        questions=len(done.questions),
        first_for=done.first_for,
        requests=done.requests,
        never_fit=never_fit(done.asset),
        personas=load_personas(tools.settings.home).names,
    )
    return Reply("stored", told, event.user)


def confirmed_of(typed: dict[str, Any], waiting: Waiting) -> Confirmed:
    """The fields as they stand; one that is not in the submission is as the form showed it."""
    proposed = waiting.proposals

    def many(name: str) -> tuple[str, ...]:
        told = typed.get(name, getattr(proposed, name))
        return tuple(str(value) for value in told)

    return Confirmed(
        title=" ".join(_text(typed, "title", proposed.title).split()),
        type=parse_type(_text(typed, "type", proposed.type)),
        url=web_address(_text(typed, "url", _url(waiting))),
        stages=tuple(s for s in Stage if s.value in many("stages")),
        personas=many("personas"),
        industries=many("industries"),
        topics=tuple(_lines(_text(typed, "topics", "\n".join(proposed.topics)), r"[\n;,]")),
        questions=tuple(_lines(_text(typed, "questions", _asked(proposed)), r"\n")),
        updates=updated_by(_text(typed, "updates", updates_value(proposed)), proposed),
    )


def _asked(proposed: Proposals) -> str:
    return "\n".join(" ".join(a.question.split()) for a in proposed.questions)


def _url(waiting: Waiting) -> str:
    return waiting.asset.url or ""


def _text(typed: dict[str, Any], name: str, before: str) -> str:
    return str(typed.get(name, before)).strip()


def _then(typed: dict[str, Any]) -> Then:
    told = _text(typed, "then", Then.DRAFT)
    return Then(told) if told in set(Then) else Then.DRAFT


def _lines(text: str, between: str) -> Iterator[str]:
    """The entries of a field, bullets and blanks taken off, each once."""
    found = (re.sub(r"^[\s•*-]+", "", part).strip() for part in re.split(between, text))
    yield from dict.fromkeys(entry for entry in found if entry)


def given_back(event: Incoming, why: str) -> Reply:
    """Why it is not stored, and what was typed, to the person who typed it (M59)."""
    typed = "\n".join(
        f"{label}: {_shown(event.typed[name])}"
        for name, label in words.LABELS.items()
        if event.typed.get(name)
    )
    head = escape.mrkdwn(why, 1500)
    if not typed:
        return Reply("told", line(head), event.user)
    parts = [Part(section(f"{head}\n{words.NOT_KEPT}")), *copyable(typed)]
    return Reply("told", message(why, parts), event.user)


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

"""The events in which a suggestion came about: asked, read, paced, chosen, drafted (M56)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from knowledge.leads import LeadFacts
from knowledge.story import Fact, Happening, Piece, StoryEvent
from knowledge.touch import Contribution, Finding
from storage.audit import AuditEntry
from storage.snapshot import StoredAsset
from storage.stored_suggestion import StoredSuggestion

Told = list[tuple[Fact, Any]]


def events_of_made(entry: AuditEntry, stored: StoredSuggestion) -> Iterator[StoryEvent]:
    """The events of the entry `suggestion.made`, with the words that are still kept."""

    def event(what: Happening, told: Told, by: str = "", **more: Any) -> StoryEvent:
        kept = tuple((fact, str(value)) for fact, value in told if value not in (None, ""))
        at = datetime.fromisoformat(entry.at)
        return StoryEvent(what, at, by, kept, entry=entry.seq, **more)

    yield event(Happening.ASKED, _asked(entry, stored), entry.actor)
    if understood := _understood(stored.facts):
        yield event(Happening.UNDERSTOOD, understood)
    yield event(Happening.STAGE_READ, _stage(stored))
    yield event(Happening.PACED, _pace(stored))
    if chosen := _chosen(entry, stored):
        told: Told = [(Fact.BECAUSE, reason) for reason in stored.reasons]
        told.append((Fact.VERSION, entry.data.get("asset_version")))
        yield event(Happening.CHOSEN, told, pieces=(chosen,))
    if turned_down := _turned_down(entry, stored):
        yield event(Happening.TURNED_DOWN, [], pieces=turned_down)
    drafted = _drafted(entry, stored)
    if drafted is not None:
        told, more = drafted
        yield event(Happening.DRAFTED, told, **more)


def _asked(entry: AuditEntry, stored: StoredSuggestion) -> Told:
    told: Told = [(Fact.LEAD, stored.lead_id)]
    told += [(Fact.QUESTION, question) for question in stored.questions]
    told += [(Fact.UNANSWERED, question) for question in stored.unanswered]
    if stored.ask is not None:
        told.append((Fact.CHANNEL, stored.ask.channel))
    elif not stored.questions:
        told += [(Fact.MARK, mark) for mark in entry.data.get("questions", ())]
    return told


def _understood(facts: LeadFacts) -> Told:
    told: Told = [
        (Fact.PERSON, facts.name), (Fact.COMPANY, facts.company), (Fact.ROLE, facts.role),
        (Fact.PERSONA, facts.persona), (Fact.INDUSTRY, facts.industry),
    ]  # fmt: skip
    return [(fact, value) for fact, value in told if value]


def _stage(stored: StoredSuggestion) -> Told:
    told: Told = [(Fact.STAGE, stored.stage.stage.value)]
    told.append((Fact.SURE, f"{stored.stage.confidence:.0%}"))
    return told + [(Fact.EVIDENCE, words) for words in stored.stage.evidence]


def _pace(stored: StoredSuggestion) -> Told:
    pace = stored.pace
    return [
        (Fact.DECISION, pace.decision.value),
        (Fact.RULE, pace.rule),
        (Fact.BECAUSE, pace.reason),
        *((Fact.ALSO, also) for also in (*pace.also, *pace.warnings)),
        (Fact.WHEN, pace.when.isoformat() if pace.when else None),
        (Fact.TOUCH, pace.touch_number),
        (Fact.BUDGET, pace.budget),
        (Fact.PROFILING, stored.profiling_question),
    ]


def _chosen(entry: AuditEntry, stored: StoredSuggestion) -> Piece | None:
    """The chosen piece with each rule's points: with their sentences, or from the log alone."""
    data = entry.data
    if not data.get("asset"):
        return None
    points = _points(data.get("rules"), stored.asset)
    title = stored.asset.title if stored.asset else ""
    return Piece(data["asset"], title, data.get("score"), points=points)


def _turned_down(entry: AuditEntry, stored: StoredSuggestion) -> tuple[Piece, ...]:
    held = {asset.asset_id: asset for asset in stored.alternates}
    pieces = []
    for down in entry.data.get("turned_down") or ():
        asset = held.get(down["asset"])
        pieces.append(Piece(
            down["asset"],
            asset.title if asset else "",
            down.get("score"),
            down.get("rule", ""),
            asset.why_not if asset else "",
            _points(down.get("rules"), asset),
        ))  # fmt: skip
    return tuple(pieces)


def _points(marked: dict[str, float] | None, asset: StoredAsset | None) -> tuple[Contribution, ...]:
    """What the rules gave, the strongest first."""
    if asset is not None and asset.points:
        given = asset.points
    else:
        given = tuple(Contribution(rule, points) for rule, points in (marked or {}).items())
    return tuple(sorted(given, key=lambda c: -abs(c.points)))


def _drafted(entry: AuditEntry, stored: StoredSuggestion) -> tuple[Told, dict[str, Any]] | None:
    marked, draft = entry.data.get("draft"), stored.original_draft
    if marked is None:
        return None
    checks = marked["checks"]
    told: Told = [
        (Fact.WRITER, marked["source"]),
        (Fact.CHANNEL, marked["channel"]),
        (Fact.CHECKS, "passed" if checks["passed"] else "failed"),
        *((Fact.SKIPPED, rule) for rule in checks["skipped"]),
        (Fact.NOTE, draft.note if draft else ""),
    ]
    if draft is None:
        findings = tuple(Finding(rule, "", "") for rule in checks["findings"])
        return told, {"findings": findings}
    return told, {"findings": draft.checks.findings, "text": (draft.subject, draft.body)}

"""Why this stage, this moment and this piece, in plain words and points, as a message."""

from __future__ import annotations

from bot.views import escape, words, words_card
from bot.views.blocks import Message, Part, bullets, context, message, section
from knowledge.touch import Ranked, Ranking
from storage.stored_suggestion import StoredSuggestion

LINE = 300
NEXT_ONES = 2
"""Pieces named after the chosen one: more would be a list, not a reason."""


def why_message(stored: StoredSuggestion, ranking: Ranking | None) -> Message:
    """The stage with its evidence, the pace, and what counted for the piece, strongest first."""
    stage, pace = stored.stage, stored.pace
    head = words_card.stage_read(stage.stage, words.sureness(stage.confidence))
    parts = [Part(section("\n".join(p for p in (head, bullets(stage.evidence, LINE, 5)) if p)))]
    told = bullets((pace.reason, *pace.also, *pace.warnings), LINE, 6)
    if told:
        parts.append(Part(section(told)))
    if stored.asset is None:
        return message(pace.reason or head, parts)
    title = words.reasons_line(stored.asset.title)
    reasons = bullets(stored.reasons, LINE, 6)
    parts.append(Part(section("\n".join(p for p in (escape.mrkdwn(title, LINE), reasons) if p))))
    parts += _points(stored.asset.asset_id, ranking)
    others = bullets((f"{a.title}: {a.why_not}" for a in stored.alternates), LINE, 3)
    if others:
        parts.append(Part(context(f"{words.OTHERS}\n{others}"), weight=5))
    return message(title, parts)


def _points(asset_id: str, ranking: Ranking | None) -> list[Part]:
    ranked = ranking.ranked if ranking else ()
    chosen = next((r for r in ranked if r.asset.id == asset_id), None)
    if chosen is None:
        return [Part(context(words_card.NO_LONGER_RANKED), weight=6)]
    lines = [*_counted(chosen)]
    after = [r for r in ranked if r.asset.id != asset_id][:NEXT_ONES]
    lines += [words_card.runner_up(r.asset.title, r.score, chosen.score - r.score) for r in after]
    return [Part(section(f"*{words_card.NOW_WORKED_OUT}*\n{bullets(lines, LINE, 14)}"), weight=7)]


def _counted(chosen: Ranked) -> list[str]:
    total = sum(c.points for c in chosen.contributions if c.points > 0)
    order = sorted(chosen.contributions, key=lambda c: -c.points)
    return [
        f"{(c.sentence or c.rule.replace('_', ' ')).rstrip('.')}: {_weight(c.points, total)}"
        for c in order
        if round(c.points, 2)
    ]


def _weight(points: float, total: float) -> str:
    return words_card.counted(points, total) if points > 0 else words_card.against(points)

"""What was kept for too long, by the settings: shown, and taken out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.flow.erasing import erase_lead_outside, finish
from bot.flow.permitting import require
from bot.flow.tools import Tools
from knowledge.retention import RULES, Kept
from knowledge.roles import Act
from storage.retention import Retention

BOT = ""
"""Who runs it every day: Trailguide itself."""


def days_kept(tools: Tools) -> dict[Kept, int]:
    """The days that each kind is kept; 0 for ever."""
    return {rule.kept: int(getattr(tools.settings, rule.setting)) for rule in RULES}


def due(tools: Tools) -> dict[Kept, int]:
    """How much of each kind would go now."""
    before = _before(tools)
    logs = {Kept.LOGS: _old_lines(tools, before.pop(Kept.LOGS, None))}
    return {rule.kept: (_retention(tools).due(before) | logs).get(rule.kept, 0) for rule in RULES}


def run(by: str, tools: Tools) -> dict[Kept, int]:
    """Take out what was kept for too long; audited with the counts. `NotAllowed`."""
    if by != BOT:
        require(by, Act.SET_RETENTION, tools)
    before = _before(tools)
    lines = _old_lines(tools, before.pop(Kept.LOGS, None), take_out=True)
    done = _retention(tools).run(before, by, {Kept.LOGS.value: lines})
    finish(tools)
    return {rule.kept: (done | {Kept.LOGS: lines}).get(rule.kept, 0) for rule in RULES}


def _retention(tools: Tools) -> Retention:
    return Retention(tools.db, tools.audit, tools.clock, partial(erase_lead_outside, tools))


def _before(tools: Tools) -> dict[Kept, datetime]:
    now = tools.clock.now()
    return {kept: now - timedelta(days=days) for kept, days in days_kept(tools).items() if days}


def _old_lines(tools: Tools, before: datetime | None, *, take_out: bool = False) -> int:
    """Lines of our log files from before a moment; each begins with its day."""
    if before is None:
        return 0
    day = before.astimezone(UTC).date().isoformat()
    folder, old = tools.settings.home / "logs", 0
    for path in sorted(folder.glob("*.log")) if folder.is_dir() else ():
        old += _cut(path, day, take_out=take_out)
    return old


def _cut(path: Path, day: str, *, take_out: bool) -> int:
    lines = path.read_text("utf-8", "replace").splitlines(keepends=True)
    kept = [line for line in lines if line[: len(day)] >= day and line[:4].isdigit()]
    if take_out and len(kept) < len(lines):
        path.write_text("".join(kept), "utf-8")
    return len(lines) - len(kept)


def in_order(counts: Mapping[Kept, int]) -> list[tuple[Kept, int]]:
    """Counts in the order of the rules."""
    return [(rule.kept, counts.get(rule.kept, 0)) for rule in RULES]

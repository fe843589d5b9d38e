"""The sample library and leads of a fictional company: seeding a home folder with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.flow.add_assets import Added, add_assets
from bot.flow.import_leads import import_leads
from bot.flow.next_touch import next_touch
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import SetupMissing
from knowledge.touch import Ask

SAMPLE = Path(__file__).resolve().parents[1] / "knowledge" / "sample"


def seed_sample(tools: Tools, progress: Callable[[int, int], None] | None = None) -> Added:
    """Index the sample library, approve it, and import the sample leads; idempotent."""
    if not (SAMPLE / "library").is_dir():
        raise SetupMissing(f"The sample library is missing at {SAMPLE}; reinstall Trailguide.")
    done = add_assets(
        [str(SAMPLE / "library")], tools, approve=True, by="sample", progress=progress
    )
    import_leads(SAMPLE / "leads.csv", SAMPLE / "history.csv", tools, by="sample")
    return done


def seed_card(tools: Tools, rep: str, team: str) -> None:
    """Suggest the next touch of a sample lead for a rep, so that a card waits for review."""
    today = team_date(tools.clock, tools.settings.time_zone)
    next_touch(Ask(today, "lead-dana-ortiz", asked_by=rep, team=team), tools)

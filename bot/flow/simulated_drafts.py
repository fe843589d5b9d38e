"""The drafts that a simulated quarter shows: the composer's own, kept in the sample."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.flow.simulated_edits import Edit, edited
from knowledge.errors import SetupMissing
from knowledge.touch import CheckReport, Draft, Finding

PLACE = Path(__file__).resolve().parents[2] / "knowledge" / "sample" / "drafts.json"


@dataclass(frozen=True, slots=True)
class SampleDraft:
    """A draft for a piece and a persona; `{name}` stands for the lead, `found` for each edit."""

    subject: str
    body: str
    hype: float
    found: dict[str, tuple[Finding, ...]]

    def draft(self, name: str, edit: Edit | None = None, source: str = "composer") -> Draft:
        """The draft for a lead of this first name, after an edit, with its checks."""
        body = edited(self.body, edit) if edit else self.body
        found = tuple(
            Finding(f.rule, f.sentence.replace("{name}", name), f.why, f.binding)
            for f in self.found[edit or ""]
        )
        report = CheckReport(not found, found, (), self.hype)
        return Draft(
            self.subject.replace("{name}", name), body.replace("{name}", name), "email", source,
            report,
        )  # fmt: skip


@lru_cache(maxsize=1)
def sample_drafts() -> dict[str, dict[str, SampleDraft]]:
    """The drafts by piece and persona."""
    if not PLACE.is_file():
        raise SetupMissing(f"The sample drafts are missing at {PLACE}; reinstall Trailguide.")
    held = json.loads(PLACE.read_text("utf-8"))
    whys = held["whys"]
    drafts: dict[str, dict[str, SampleDraft]] = {}
    for one in held["drafts"]:
        found = {
            edit: tuple(Finding(rule, said, whys[why], firm) for rule, said, why, firm in told)
            for edit, told in one["findings"].items()
        }
        drafts.setdefault(one["asset"], {})[one["persona"]] = SampleDraft(
            one["subject"], one["body"], one["hype"], found
        )
    return drafts

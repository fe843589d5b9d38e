"""Writes knowledge/sample/drafts.json: `python -m tests.sample_drafts` (some minutes).

The drafts that a simulated quarter shows (`bot/flow/simulate.py`), as the composer writes them for
each sample piece and persona, with what the checks find after each habit of editing.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from bot.bootstrap import build
from bot.flow.add_assets import add_assets
from bot.flow.simulated_edits import Edit, edited
from bot.flow.simulated_people import PROBLEMS
from bot.sample import SAMPLE
from bot.settings import Settings
from knowledge.journey import TYPE_STAGES
from knowledge.leads import LeadFacts, LeadProfile
from knowledge.tone import is_promotional
from knowledge.touch import CheckReport, DraftRequest
from prompts.checks import check_draft
from prompts.context import context_for

PLACE = SAMPLE / "drafts.json"
NAME = "Zzyx"
"""Stands for the lead's first name until a quarter is made."""


def main() -> None:
    """Write the file again."""
    drafts: list[dict[str, Any]] = []
    whys: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        tools = build(Settings(home=Path(folder)))
        add_assets([str(SAMPLE / "library")], tools, approve=True, by="sample")
        models = tools.sentence_models
        for asset in sorted(tools.library.all(), key=lambda a: a.id):
            stages = asset.stages or TYPE_STAGES[asset.type]
            stage = stages[0]
            if is_promotional(asset.type, asset.hype, stage, asset.hype_overruled):
                continue
            for persona, problem in PROBLEMS.items():
                facts = LeadFacts(name=NAME, persona=persona, problem=problem)
                request = DraftRequest(
                    asset, LeadProfile(facts), stage, "email", "", asset.text[:600], None, 3
                )
                made = tools.drafter.draft(request)
                found = {"": _findings(made.checks, whys)}
                for edit in Edit:
                    body = edited(made.body, edit)
                    report = check_draft(context_for(request, made.subject, body, models))
                    found[edit] = _findings(report, whys)
                drafts.append(
                    {
                        "asset": asset.id,
                        "persona": persona,
                        "stage": stage,
                        "subject": made.subject.replace(NAME, "{name}"),
                        "body": made.body.replace(NAME, "{name}"),
                        "hype": made.checks.hype,
                        "findings": found,
                    }
                )
        tools.close()
    text = json.dumps({"whys": whys, "drafts": drafts}, ensure_ascii=False, indent=0)
    PLACE.write_text(text + "\n", encoding="utf-8")


def _findings(report: CheckReport, whys: list[str]) -> list[list[Any]]:
    for finding in report.findings:
        if finding.why not in whys:
            whys.append(finding.why)
    return [
        [f.rule, f.sentence.replace(NAME, "{name}"), whys.index(f.why), f.binding]
        for f in report.findings
    ]


if __name__ == "__main__":
    main()

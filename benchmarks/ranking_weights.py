"""Which piece should come first: preferences that a careful person agrees on, with each rule off.

    python -m benchmarks.ranking_weights [--home DIR] [--wrong] [--scale] [--write]

The libraries are the packaged sample and a made-up one of another field (`ranking/made_up.jsonl`).
Each line of `ranking/preferences.jsonl` names a lead, a piece that should come first, one that
should not, and why. A third, by the digest of its id, is held back: weights are set on the rest.
`--wrong` lists the open preferences that fail, `--scale` measures `RankingSettings.relevance_scale`
(run it when the search changes), `--write` puts the table into `benchmarks/README.md`.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks.page import keep
from bot.bootstrap import Wired, build
from bot.flow.add_assets import add_assets
from bot.flow.choosing import find_candidates, need_of
from bot.sample import SAMPLE
from bot.settings import Settings
from knowledge.assets import Asset
from knowledge.journey import parse_stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.touch import Ask, Candidate, StageReading
from retrieval.ranking import RULES, RankingSettings, Rule, score_one

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
LIBRARIES = {"sample": SAMPLE / "library", "made_up": HERE / "ranking" / "made_up.jsonl"}


@dataclass(frozen=True)
class Case:
    """One preference with its candidates found and its stage read, ready to be ranked."""

    name: str
    about: str
    profile: LeadProfile
    questions: tuple[str, ...]
    stage: StageReading
    candidates: tuple[Candidate, ...]
    seen: dict[str, Asset]
    better: str
    worse: str
    why: str

    @property
    def held_back(self) -> bool:
        return hashlib.sha256(self.name.encode()).digest()[0] % 3 == 0

    def lead_of_better(self, settings: RankingSettings, rules: Sequence[Rule] = RULES) -> float:
        """Points that the better piece has over the other one.

        Whether a piece is near enough to be sent at all is the search's threshold, measured by
        `benchmarks.retrieval`; here only the order counts.
        """
        points = []
        for name in (self.better, self.worse):
            found = next((c for c in self.candidates if c.asset.id == name), None)
            if found is None:  # not even looked at: as good as last
                points.append(-1.0)
                continue
            scored = score_one(
                found, self.profile, self.stage, settings, today=TODAY, rules=rules,
                history_assets=self.seen, questions=self.questions,
            )  # fmt: skip
            points.append(scored.score)
        return points[0] - points[1]

    def holds(self, settings: RankingSettings, rules: Sequence[Rule] = RULES) -> bool:
        return self.lead_of_better(settings, rules) > 0


def libraries(home: Path) -> dict[str, Wired]:
    wired = {}
    for name, source in LIBRARIES.items():
        tools = build(Settings(home=home / name))
        add_assets([str(source)], tools, approve=True, by="benchmark")
        wired[name] = tools
    return wired


def cases(home: Path) -> list[Case]:
    wired = libraries(home)
    lines = (HERE / "ranking" / "preferences.jsonl").read_text(encoding="utf-8").splitlines()
    found = [_case(json.loads(line), wired) for line in lines]
    for tools in wired.values():
        tools.close()
    return found


def _case(line: dict, wired: dict[str, Wired]) -> Case:  # type: ignore[type-arg]
    tools = wired[line["library"]]
    by_id = {a.id: a for a in tools.library.all()}

    def asset(start: str) -> str:
        (only,) = [i for i in by_id if i.startswith(start)]
        return only

    facts = {k: tuple(v) if isinstance(v, list) else v for k, v in line["lead"].items()}
    if "stage" in facts:
        facts["stage"] = parse_stage(facts["stage"])
    history = tuple(
        HistoryEntry(
            Action(e["action"]),
            TODAY - timedelta(days=e["days_ago"]),
            asset(e["asset_id"]) if "asset_id" in e else None,
        )
        for e in line.get("history", ())
    )
    roles = line.get("account_roles")
    profile = LeadProfile(
        LeadFacts(**facts), history, tuple(line["questions"]),
        account_roles=None if roles is None else tuple(roles),
    )  # fmt: skip
    seen = {e.asset_id: by_id[e.asset_id] for e in history if e.asset_id}
    need = need_of(profile, seen, Ask(TODAY, questions=profile.questions))
    return Case(
        line["id"], line["about"], profile, need.texts,
        tools.stage_reader.read(profile, TODAY, seen), tuple(find_candidates(need, tools)), seen,
        asset(line["better"]), asset(line["worse"]), line["why"],
    )  # fmt: skip


def share(found: Sequence[Case], settings: RankingSettings, rules: Sequence[Rule] = RULES) -> float:
    return sum(c.holds(settings, rules) for c in found) / len(found)


def scale(found: Sequence[Case]) -> tuple[float, float]:
    """Median scores of the pieces that should and should not come first, of one-question asks."""
    low, high = [], []
    for case in found:
        score = {c.asset.id: c.score for c in case.candidates}
        if case.better in score and case.worse in score and case.about == "relevance":
            high.append(score[case.better])
            low.append(score[case.worse])
    return round(median(low), 3), round(median(high), 3)


def table(found: Sequence[Case]) -> Iterator[str]:
    settings = RankingSettings()
    open_ = [c for c in found if not c.held_back]
    held = [c for c in found if c.held_back]
    yield f"| rules | open ({len(open_)}) | held back ({len(held)}) | lost without it |"
    yield "|---|---|---|---|"
    yield f"| all | {share(open_, settings):.1%} | {share(held, settings):.1%} | |"
    for rule in RULES:
        rules = [r for r in RULES if r is not rule]
        lost = Counter(c.about for c in found if c.holds(settings) and not c.holds(settings, rules))
        named = ", ".join(f"{n} {about}" for about, n in lost.most_common(4))
        yield (
            f"| without `{rule.__name__}` | {share(open_, settings, rules):.1%} "
            f"| {share(held, settings, rules):.1%} | {named} |"
        )
    alone = [r for r in RULES if r.__name__ == "relevance"]
    yield (
        f"| `relevance` alone | {share(open_, settings, alone):.1%} "
        f"| {share(held, settings, alone):.1%} | |"
    )


def main() -> None:
    arguments = sys.argv[1:]
    home = Path(arguments[arguments.index("--home") + 1]) if "--home" in arguments else None
    with tempfile.TemporaryDirectory() as scratch:
        found = cases(home or Path(scratch))
    if "--scale" in arguments:
        print("relevance_scale =", scale(found))
        return
    if "--wrong" in arguments:
        for case in found:
            if not case.held_back and not case.holds(RankingSettings()):
                print(case.name, case.questions, case.better, "over", case.worse, "-", case.why)
    text = "\n".join(table(found))
    print(text)
    if "--write" in arguments:
        _write(text)


def _write(text: str) -> None:
    section = (
        "## Ranking: preferences that hold, and what each rule is for\n\n"
        "    python -m benchmarks.ranking_weights --write\n\n"
        "Pairs of pieces for one lead, each with its reason, over the sample library and a\n"
        "made-up one; weights were set on the open ones only. The last column counts, over all,\n"
        "the preferences that hold with the rule and fail without it.\n\n"
        f"{text}"
    )
    keep("ranking", section)


if __name__ == "__main__":
    main()

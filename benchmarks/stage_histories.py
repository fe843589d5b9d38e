"""How well questions and acts together tell the stage of 150 leads, and the fit of their weights.

    python -m benchmarks.stage_histories

searches the few weights of retrieval/stage.py and stage_history.py on the open two thirds of
benchmarks/stage/histories.jsonl, one at a time until none gains, and prints them; they are set by
hand in those files. Every third history is held back and only measured.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import frontmatter
import numpy as np

from knowledge.assets import Asset
from knowledge.journey import Stage, parse_stage, parse_type
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from retrieval import stage as reading
from retrieval import stage_history as acts
from retrieval.stage import StageReader
from retrieval.stage_model import STAGES

HERE = Path(__file__).resolve().parent
Lead = tuple[LeadProfile, date, int]

SEARCHED = {
    "QUESTION_WEIGHT": (reading, (0.6, 0.8, 1.0, 1.2)),
    "NOTED_WEIGHT": (reading, (0.3, 0.4, 0.5, 0.7, 0.85, 1.0)),
    "HALF_WEIGHT_DAYS": (acts, (10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0)),
    "ACTS_WEIGHT": (acts, (0.6, 0.8, 1.0, 1.3, 1.6, 2.0)),
    "PIECE_POINTS": (acts, (0.7, 0.9, 1.1, 1.3, 1.6, 2.0, 2.5)),
    "BOUGHT_POINTS": (acts, (2.0, 2.5, 3.0, 3.5, 4.0, 5.0)),
}


def sample_library() -> dict[str, Asset]:
    """The packaged sample pieces by id, as far as the stage is concerned."""
    found = {}
    for path in sorted((HERE.parent / "knowledge" / "sample" / "library").glob("*.md")):
        told = frontmatter.load(str(path))
        stages = tuple(parse_stage(s) for s in told.get("stages", []))
        kind = parse_type(told.get("type"))
        found[told["id"]] = Asset(told["id"], told["title"], kind, "", path.name, stages=stages)
    return found


def leads(held_back: bool) -> list[Lead]:
    found = []
    for line in (HERE / "stage" / "histories.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if (int(row["id"][1:]) % 3 == 0) is held_back:
            history = tuple(
                HistoryEntry(
                    Action(e["action"]),
                    date.fromisoformat(e["on"]),
                    e.get("asset_id"),
                    e.get("note", ""),
                )
                for e in row["history"]
            )
            profile = LeadProfile(LeadFacts(), history, tuple(row["questions"]))
            label = STAGES.index(Stage(row["stage"]))
            found.append((profile, date.fromisoformat(row["today"]), label))
    return found


def deeds_only(profile: LeadProfile) -> LeadProfile:
    return replace(
        profile, questions=(), history=tuple(replace(e, note="") for e in profile.history)
    )


def words_only(profile: LeadProfile) -> LeadProfile:
    said = tuple(e for e in profile.history if e.action in (Action.ASKED, Action.REPLIED))
    return replace(profile, history=said)


def likely(reader: StageReader, some: list[Lead], assets: dict[str, Asset]) -> np.ndarray:
    return np.array([reader.probabilities(profile, on, assets) for profile, on, _ in some])


def loss(reader: StageReader, some: list[Lead], assets: dict[str, Asset]) -> float:
    truth = [label for *_, label in some]
    chance = likely(reader, some, assets)[np.arange(len(some)), truth]
    return float(-np.log(np.maximum(chance, 1e-3)).mean())


def search(reader: StageReader, some: list[Lead], assets: dict[str, Asset]) -> float:
    """Set each weight to its best value in turn, until a whole round gains less than 0.002."""
    best = loss(reader, some, assets)
    while True:
        before = best
        for name, (module, tried) in SEARCHED.items():
            kept = getattr(module, name)
            for value in tried:
                setattr(module, name, value)
                if (got := loss(reader, some, assets)) < best - 1e-4:
                    best, kept = got, value
            setattr(module, name, kept)
        if before - best < 0.002:
            return best


def report_histories() -> list[str]:
    from benchmarks.fit_stage import HEAD, row

    reader, assets, lines = StageReader(), sample_library(), [HEAD]
    for held in (False, True):
        some = leads(held)
        truth = np.array([label for *_, label in some])
        for name, part in (
            ("acts alone", deeds_only), ("words alone", words_only), ("**both**", lambda p: p),
        ):  # fmt: skip
            got = likely(reader, [(part(p), on, n) for p, on, n in some], assets)
            which = "held back" if held else "open"
            lines.append(row(f"{name}, {len(some)} {which} histories", truth, got))
    return lines


def main() -> None:
    reader, assets, some = StageReader(), sample_library(), leads(held_back=False)
    print(f"log loss {loss(reader, some, assets):.3f} before, ", end="")
    print(f"{search(reader, some, assets):.3f} after")
    for name, (module, _) in SEARCHED.items():
        print(name, getattr(module, name))


if __name__ == "__main__":
    main()

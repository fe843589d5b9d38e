"""Fit the model that says what a sentence of a follow-up does, and say how good it is.

    python -m benchmarks.fit_sentence_tone [--check]

Trains on benchmarks/sentences, all but what is held back (sentences_e and the whole messages), and
writes retrieval/tone_weights.safetensors; a training takes 7 minutes on a free core.
`--check` only measures the weights that are there, in a minute.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from benchmarks.page import keep
from knowledge.journey import CONSIDERATION_TYPES, PROMOTIONAL_TYPES, Stage
from knowledge.sentence_models import SINS
from knowledge.sentences import prose
from knowledge.sentences import sentences as split
from prompts.checks import CheckContext, check_draft, rule
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache
from retrieval.packaged_models import PackagedModels
from retrieval.sentence_tone import WEIGHTS, sin_probabilities
from retrieval.tuned_layers import load_tuned
from tests.composer_wordings import every_wording
from tests.drafts import LIBRARY, sample_asset

HERE = Path(__file__).resolve().parent
EPOCHS = 3
WRITERS, HELD_BACK = "abcdfg", "e"
OTHER_RULES = frozenset({"length", "one_topic", "hard_to_read", "placeholder", "statistic_source"})
"""What a message may fail for that is no question of tone."""

Row = dict[str, object]


def rows(name: str) -> list[Row]:
    lines = (HERE / "sentences" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def sentences(writers: str) -> list[Row]:
    return [row for name in writers for row in rows(f"sentences_{name}")]


def labels_of(found: Iterable[Row]) -> np.ndarray:
    return np.array([[sin in row["labels"] for sin in SINS] for row in found], dtype=np.int64)


def fine_sentences() -> list[Row]:
    """Fine ones as they stand in whole texts, where sins are rare.

    Out of good messages, teaching pieces of made-up companies and of the sample library, and the
    composer's own wordings.
    """
    mails = [str(row["text"]) for row in rows("good_mails")]
    pieces = [
        str(row["text"])
        for row in map(json.loads, (HERE / "hype" / "pieces.jsonl").read_text("utf-8").splitlines())
        if row["kind"] == "edu"
    ]
    library = [sample_asset(path.stem) for path in sorted(LIBRARY.glob("*.md"))]
    pieces += [a.text for a in library if a.type not in PROMOTIONAL_TYPES | CONSIDERATION_TYPES]
    told = [s for text in mails for s in CheckContext(body=text).sentences]
    told += [s for text in pieces for s in split(prose(text)) if s.endswith(".")]
    told += [s for said in every_wording() for s in CheckContext(body=said).sentences]
    return [{"text": s, "labels": []} for s in dict.fromkeys(told) if len(s.split()) > 2]


def fit() -> None:
    from benchmarks.layer_tuning import tune

    learnt = [*sentences(WRITERS), *fine_sentences()]
    sins = labels_of(learnt)
    fine = sins.sum(axis=1, keepdims=True) == 0
    told = np.hstack([sins, fine]).astype(float)
    shares = told / told.sum(axis=1, keepdims=True)
    print(f"{len(learnt)} sentences, {int(fine.sum())} of them fine")
    write(tune([str(row["text"]) for row in learnt], shares, epochs=EPOCHS))


def write(change: dict[str, np.ndarray]) -> None:
    path = HERE.parent / "retrieval" / WEIGHTS
    save_file(
        {name: np.ascontiguousarray(a.astype(np.float16)) for name, a in change.items()}, str(path)
    )
    path.chmod(0o644)  # safetensors makes it the owner's alone
    load_tuned.cache_clear()


def found_in(text: str, models: PackagedModels | None, stage: Stage) -> set[str]:
    report = check_draft(CheckContext(body=text, stage=stage, models=models))
    return {f.rule for f in report.findings} - OTHER_RULES


def share(hits: int, of: int) -> str:
    return f"{hits / of:.1%} of {of}" if of else "-"


def table_of_sentences(models: PackagedModels) -> list[str]:
    held = sentences(HELD_BACK)
    rules = [found_in(str(r["text"]), None, Stage.AWARENESS) for r in held]
    both = [found_in(str(r["text"]), models, Stage.AWARENESS) for r in held]
    likely = sin_probabilities([str(r["text"]) for r in held])
    truth = labels_of(held)
    lines = [
        "| sentences of e | found by rules | by rules and model | under its own name | AUC |",
        "|---|---|---|---|---|",
    ]
    for n, sin in enumerate(SINS):
        at = np.flatnonzero(truth[:, n])
        lines.append(
            f"| {sin} | {share(sum(bool(rules[i]) for i in at), len(at))} "
            f"| {share(sum(bool(both[i]) for i in at), len(at))} "
            f"| {share(sum(sin in both[i] for i in at), len(at))} "
            f"| {auc(likely[:, n], truth[:, n]):.3f} |"
        )
    fine = np.flatnonzero(truth.sum(axis=1) == 0)
    lines.append(
        f"| fine: falsely found | {share(sum(bool(rules[i]) for i in fine), len(fine))} "
        f"| {share(sum(bool(both[i]) for i in fine), len(fine))} | | |"
    )
    return lines


def table_of_mails(models: PackagedModels) -> list[str]:
    mails = rows("mails")
    lines = ["| whole messages | by rules | by rules and model |", "|---|---|---|"]
    for name, wanted in (("with sins, blocked", True), ("good, falsely blocked", False)):
        some = [m for m in mails if bool(m["labels"]) is wanted]
        stages = [Stage(str(m["stage"])) for m in some]
        counts = [
            sum(bool(found_in(str(m["text"]), by, s)) for m, s in zip(some, stages, strict=True))
            for by in (None, models)
        ]
        lines.append(f"| {name} | {share(counts[0], len(some))} | {share(counts[1], len(some))} |")
    hype = np.array(
        [check_draft(CheckContext(body=str(m["text"]), models=models)).hype for m in mails]
    )
    bad = np.array([bool(m["labels"]) for m in mails], dtype=int)
    lines.append(f"| AUC of the hype score, good against bad | | {auc(hype, bad):.3f} |")
    return lines


def auc(scores: np.ndarray, truth: np.ndarray) -> float:
    """The chance that one of the class scores higher than one outside it."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        ranks[scores == value] = ranks[scores == value].mean()
    ones = int(truth.sum())
    return float((ranks[truth == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(truth) - ones)))


def thresholds(models: PackagedModels) -> list[str]:
    """How many messages each threshold would block, on what is held back."""
    mails = rows("mails")
    lines = ["| threshold | messages with sins blocked | good ones blocked |", "|---|---|---|"]
    before = rule.LEARNT_FROM
    for level in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        rule.LEARNT_FROM = level
        counts = {True: 0, False: 0}
        for m in mails:
            stage = Stage(str(m["stage"]))
            counts[bool(m["labels"])] += bool(found_in(str(m["text"]), models, stage))
        lines.append(f"| {level} | {counts[True]} of 70 | {counts[False]} of 70 |")
    rule.LEARNT_FROM = before
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        fit()
    models = PackagedModels(load_embedder(None, default_cache()))
    lines = [*table_of_sentences(models), "", *table_of_mails(models), "", *thresholds(models)]
    print("\n".join(lines))
    keep("sentence-tone", "\n".join(lines))


if __name__ == "__main__":
    main()

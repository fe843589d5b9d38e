"""Does the insight of a draft come from the part of the piece that answers the question?

    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.insight [--write]

Authors head a section with a question. The question line is deleted from the piece, so that its
words cannot be matched, and the composer's picker is asked it; right is a sentence out of that
section. The piece's best passage is found as search finds it. Another section may answer as well.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.page import keep
from bot.bootstrap import build
from bot.settings import load_settings
from knowledge.assets import Asset
from knowledge.chunking import chunk_asset, embedding_text
from knowledge.journey import parse_type
from knowledge.sentences import prose
from prompts.insight import insights

COMPANIES = ("highlight", "openstatus", "pulumi")
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s+\S|\*\*[^*]+\?\*\*\s*$)")


@dataclass(frozen=True, slots=True)
class Case:
    """A question, its piece without the question line, and the words of the section under it."""

    question: str
    asset: Asset
    answer: str


def cases(folder: Path) -> Iterator[Case]:
    """Every question of a company that stands above a section of the piece that answers it."""
    lines = (folder / "assets.jsonl").read_text("utf-8").splitlines()
    pieces = {row["id"]: row for row in map(json.loads, lines)}
    for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
        asked = json.loads(line)
        piece = pieces[asked["assets"][0]]
        if found := _split(piece["body"], asked["question"]):
            text, answer = found
            kind = parse_type(piece["type"])
            yield Case(
                asked["question"],
                Asset(
                    piece["id"], piece["title"], kind, text, piece["id"], url="https://x.example"
                ),
                answer,
            )


def _split(body: str, question: str) -> tuple[str, str] | None:
    lines = body.splitlines()
    wanted = re.sub(r"\W+", " ", question.lower()).strip()
    for at, line in enumerate(lines):
        if re.sub(r"\W+", " ", line.lower()).strip() != wanted:
            continue
        end = at + 1
        while end < len(lines) and not _HEADING.match(lines[end]):
            end += 1
        answer = " ".join(prose("\n".join(lines[at + 1 : end])).split())
        if len(answer.split()) >= 15:  # enough to quote from
            return "\n".join(lines[:at] + lines[at + 1 :]), answer
    return None


def best_passage(case: Case, embedder) -> str:  # noqa: ANN001
    chunks = chunk_asset(case.asset)
    vectors = embedder.embed([embedding_text(case.asset.title, c) for c in chunks])
    near = vectors @ embedder.embed([case.question])[0]
    return chunks[int(np.argmax(near))].text


def within(insight: str, answer: str) -> bool:
    """Whether most of the insight's words stand in the answer in runs of three."""
    runs = _threes(insight)
    return bool(runs) and len(runs & _threes(answer)) >= 0.6 * len(runs)


def _threes(text: str) -> set[tuple[str, ...]]:
    said = re.findall(r"\w+", text.lower())
    return {tuple(said[i : i + 3]) for i in range(len(said) - 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--show", action="store_true", help="print each question and its insight")
    parser.add_argument("--most", type=int, default=60, help="questions a company, spread evenly")
    asked = parser.parse_args()
    data = Path(os.environ["TRAILGUIDE_DEV_DATA"])
    tools = build(load_settings())
    rows = []
    for company in COMPANIES:
        every = list(cases(data / company))
        found = every[:: max(1, len(every) // asked.most)]
        words = meaning = together = none = 0
        for case in found:
            passage = best_passage(case, tools.embedder)
            by_words = insights(case.asset, case.question, passage)
            models = tools.sentence_models
            near = models.nearness
            by_meaning = insights(case.asset, case.question, passage, near)
            read = insights(case.asset, case.question, passage, near, models.answering)
            first = read[0].text if read else ""
            words += bool(by_words) and within(by_words[0].text, case.answer)
            meaning += bool(by_meaning) and within(by_meaning[0].text, case.answer)
            together += within(first, case.answer)
            none += not any(within(i.text, case.answer) for i in by_meaning)
            if asked.show:
                print(f"{'+' if within(first, case.answer) else '-'} {case.question}\n    {first}")
        of = len(found)
        shares = " | ".join(f"{n / of:.1%}" for n in (words, meaning, together, none))
        rows.append(f"| {company} | {of} | {shares} |")
    table = "\n".join(
        ["| library | questions | by words | by words and meaning | read together "
         "| no sentence of it quotable |",
         "|---|---|---|---|---|---|", *rows]
    )  # fmt: skip
    print(table)
    if asked.write:
        keep("insight", table)


if __name__ == "__main__":
    main()
